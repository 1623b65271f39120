"""report.html: pytest-html's own page, driven from the run instead of a session, with the conclusion at its top."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from monitor import files
from monitor.reports import evidence_folders, html_parts
from monitor.reports.findings import ORDER
from monitor.status import FAILING, Status
from monitor.verdict import Run, Verdict

_SETTINGS: dict[str, Any] = {
    "environment_table_redact_list": [],
    "generate_report_on_test": False,
    "initial_sort": "original",
    "max_asset_filename_length": 255,
    "render_collapsed": "all",
}

# pytest-html filters by these words, whatever their case, and sorts by their letters, of which capitals come first. So
# written, a click on a box or on the heading leaves the worst on top: FAILED < error < failed < pASSED < passed.
_ROWS = {
    Status.DOWN: "FAILED",
    Status.UNKNOWN: "error",
    Status.DEGRADED: "pASSED",
    Status.UP: "passed",
    Status.SKIPPED: "skipped",
}
_FAILED_THOUGH_DEGRADED = "failed"

_BOX = re.compile(r'(<input [^>]*data-test-result="(\w+)"[^>]*>\s*<span [^>]*>[^<]*?),?</span>')


# When the page was made, and how long that took: of no use to a reader, and a run makes the same page without it.
_MAKING = re.compile(r'<p>Report generated on .*?</p>|<p class="run-count">.*?</p>', re.DOTALL)


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write the page, in one file that asks nobody for anything; ``fail_on`` with ``DEGRADED`` in it fails that."""
    files.replace(path, render(run, fail_on=fail_on))


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The page's text. pytest-html is asked through its hooks, and escapes nothing: page.py does."""
    from pytest_html.report_data import ReportData
    from pytest_html.selfcontained_report import SelfContainedReport

    config = _config(run)
    told = ReportData(config)
    report = SelfContainedReport("report.html", config, told, *_template())
    pages: list[str] = []
    report._write_report = pages.append  # noqa: SLF001 - else it opens the file, and a reader sees half of it
    session = SimpleNamespace(config=config)
    report.pytest_sessionstart(session)
    shown = html_parts.shown(run)
    rows = [_row(verdict, fail_on) for verdict in shown]
    for number, (verdict, row) in enumerate(zip(shown, rows, strict=True)):
        for phase in _phases(f"row {number}", verdict, row.lower()):
            report.pytest_runtest_logreport(phase)
    for entries, verdict, row in zip(told.data["tests"].values(), shown, rows, strict=True):
        entries[0] |= {"result": row, **html_parts.sorting(verdict)}
    for name in set(map(str.lower, _ROWS.values())):
        told.outcomes[name]["label"] = _label(name, fail_on)
    report.pytest_sessionfinish(session)
    return _finished(pages[0])


def _row(verdict: Verdict, fail_on: frozenset[Status]) -> str:
    if verdict.unread and not verdict.fails(fail_on):
        return _ROWS[Status.SKIPPED]
    return (
        _FAILED_THOUGH_DEGRADED
        if verdict.status is Status.DEGRADED and verdict.fails(fail_on)
        else _ROWS[verdict.status]
    )


def _label(name: str, fail_on: frozenset[Status]) -> str:
    """What stands beside a box that shows and hides rows."""
    failing = {Status.DEGRADED: _FAILED_THOUGH_DEGRADED} if Status.DEGRADED in fail_on else {}
    told = [str(status) for status in ORDER if (_ROWS | failing)[status].lower() == name]
    unread = ["not read"] if name == _ROWS[Status.SKIPPED] and Status.UNKNOWN not in fail_on else []
    return " or ".join([*told, *unread])


def _phases(node_id: str, verdict: Verdict, row: str) -> list[pytest.TestReport]:
    """What pytest would have logged: an error is what breaks before the test is called."""
    when: Any = "setup" if row == "error" else "call"
    outcome: Any = "failed" if row == "error" else row
    told: dict[str, Any] = {"location": ("", None, ""), "keywords": {}, "longrepr": None}
    return [
        pytest.TestReport(node_id, outcome=outcome, when=when, verdict=verdict, **told),
        pytest.TestReport(node_id, outcome="passed", when="teardown", verdict=None, **told),
    ]


def _config(run: Run) -> Any:
    """What pytest-html asks of pytest's configuration: settings, hooks, and a place for the environment.

    A real one takes as long to make as the page, and a second one in the process changes how modules are imported.
    """
    import pytest_html.hooks
    from pytest_metadata.plugin import metadata_key

    plugins = pytest.PytestPluginManager()
    plugins.add_hookspecs(pytest_html.hooks)
    plugins.register(_Hooks(run))
    return SimpleNamespace(
        getini=_SETTINGS.__getitem__, hook=plugins.hook, stash={metadata_key: html_parts.environment(run)}
    )


class _Hooks:
    """pytest-html's hooks, as a conftest.py would have them."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.places = evidence_folders.places(run)

    def pytest_html_report_title(self, report: Any) -> None:
        report.title = html_parts.title(self.run)

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        cells[:] = html_parts.HEADINGS

    def pytest_html_results_summary(self, prefix: list[str], summary: list[str]) -> None:
        prefix += html_parts.conclusion(self.run)
        summary += [*html_parts.speeds(self.run), f"<script>{_beside('report.js')}</script>"]

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        verdict = report.verdict
        cells[:] = html_parts.cells(verdict, self.places.get(verdict.id, "")) if verdict else []

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        data[:] = [html_parts.details(report.verdict)]


@cache
def _template() -> tuple[Any, str]:
    """pytest-html's template and style, with our style after it; read and compiled once in a process."""
    import pytest_html
    from pytest_html.util import _process_css, _read_template

    resources = Path(pytest_html.__file__).parent / "resources"
    return _read_template([resources]), f"{_process_css(resources / 'style.css', [])}\n{_beside('report.css')}"


@cache
def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _finished(text: str) -> str:
    """The page with what pytest-html leaves out: its language, a width for telephones, names for the boxes, a policy.

    The policy lets nothing be fetched, and no script run but the two that are meant to.
    """
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"
    head = (
        f'<head>\n    <meta http-equiv="Content-Security-Policy" content="{policy}"/>'
        '\n    <meta name="viewport" content="width=device-width, initial-scale=1"/>'
    )
    text = text.replace("<html>", '<html lang="en">', 1).replace("<head>", head, 1)
    text = text.replace(' onclick="location.reload()"', "", 1)  # of a button that is hidden, and would break the policy
    text = _MAKING.sub("", text, count=2)
    return _BOX.sub(r'<label class="box-\2">\1</span></label>', text)
