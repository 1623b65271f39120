"""pytest-html's page, made of rows of ours instead of a session: whatever leans on its private parts stands here."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

SETTINGS: dict[str, Any] = {
    "environment_table_redact_list": [],
    "generate_report_on_test": False,
    "initial_sort": "original",
    "max_asset_filename_length": 255,
    "render_collapsed": "all",
}
"""What it asks of pytest's configuration."""

BOX = re.compile(r'(<input [^>]*data-test-result="(\w+)"[^>]*>\s*<span [^>]*>[^<]*?),?</span>')
"""A box that shows and hides rows, and its label, which does not belong to it."""

# When the page was made, and how long that took: of no use to a reader, and a run makes the same page without it.
MAKING = re.compile(r'<p>Report generated on .*?</p>|<p class="run-count">.*?</p>', re.DOTALL)

RELOAD = ' onclick="location.reload()"'
"""Of a button that is hidden, and would break the policy."""


class TableRow(NamedTuple):
    """A row of the table: ``result`` is pytest-html's word for it, of any case, by which it filters and sorts.

    ``cells`` and ``details`` (what is shown when it is opened) are HTML, escaped; ``sorting`` is what a click on each
    heading sorts by. ``verdicts`` is how many it is of: a box counts them, and not rows.
    """

    result: str
    cells: list[str]
    details: str
    sorting: Mapping[str, str | float]
    verdicts: int = 1


@dataclass(frozen=True)
class TablePage:
    """The page: all but the ``title`` is HTML, escaped. ``labels`` name the boxes, by pytest-html's words.

    ``above`` stands above the boxes, ``below`` between them and the table; ``style`` comes after pytest-html's own.
    """

    title: str
    environment: dict[str, str]
    headings: Sequence[str]
    above: Sequence[str]
    below: Sequence[str]
    rows: Sequence[TableRow]
    labels: Mapping[str, str]
    style: str


def render(page: TablePage) -> str:
    """The page's text. pytest-html is asked through its hooks, and escapes nothing but the title."""
    from pytest_html.report_data import ReportData
    from pytest_html.selfcontained_report import SelfContainedReport

    config = _config(page)
    told = ReportData(config)
    template, style = template_and_style()
    report = SelfContainedReport("report.html", config, told, template, f"{style}\n{page.style}")
    texts: list[str] = []
    report._write_report = texts.append  # noqa: SLF001 - else it opens the file, and a reader sees half of it
    session = SimpleNamespace(config=config)
    report.pytest_sessionstart(session)
    for number, row in enumerate(page.rows):
        for phase in _phases(f"row {number}", row):
            report.pytest_runtest_logreport(phase)
    for entries, row in zip(told.data["tests"].values(), page.rows, strict=True):
        entries[0] |= {"result": row.result, **row.sorting}
    for word, label in page.labels.items():
        number = sum(row.verdicts for row in page.rows if row.result.lower() == word)
        told.outcomes[word] |= {"label": label, "value": number}
    report.pytest_sessionfinish(session)
    return _finished(texts[0])


def _phases(node_id: str, row: TableRow) -> list[pytest.TestReport]:
    """What pytest would have logged: an error is what breaks before the test is called."""
    word = row.result.lower()
    when: Any = "setup" if word == "error" else "call"
    outcome: Any = "failed" if word == "error" else word
    told: dict[str, Any] = {"location": ("", None, ""), "keywords": {}, "longrepr": None}
    return [
        pytest.TestReport(node_id, outcome=outcome, when=when, row=row, **told),
        pytest.TestReport(node_id, outcome="passed", when="teardown", row=None, **told),
    ]


def _config(page: TablePage) -> Any:
    """What pytest-html asks of pytest's configuration: settings, hooks, and a place for the environment.

    A real one takes as long to make as the page, and a second one in the process changes how modules are imported.
    """
    import pytest_html.hooks
    from pytest_metadata.plugin import metadata_key

    plugins = pytest.PytestPluginManager()
    plugins.add_hookspecs(pytest_html.hooks)
    plugins.register(Hooks(page))
    return SimpleNamespace(getini=SETTINGS.__getitem__, hook=plugins.hook, stash={metadata_key: page.environment})


class Hooks:
    """pytest-html's hooks, as a conftest.py would have them."""

    def __init__(self, page: TablePage) -> None:
        self.page = page

    def pytest_html_report_title(self, report: Any) -> None:
        report.title = self.page.title

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        cells[:] = self.page.headings

    def pytest_html_results_summary(self, prefix: list[str], summary: list[str]) -> None:
        prefix += self.page.above
        summary += self.page.below

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        cells[:] = report.row.cells if report.row else []

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        data[:] = [report.row.details]


@cache
def template_and_style() -> tuple[Any, str]:
    """pytest-html's template and style, read once in a process; compiled, as Python's own modules are, once for all."""
    import jinja2
    import pytest_html
    from pytest_html.util import _process_css

    from monitor.reports.compiled_templates import CompiledTemplates

    resources = Path(pytest_html.__file__).parent / "resources"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources),
        autoescape=jinja2.select_autoescape(enabled_extensions=("jinja2",)),
        bytecode_cache=CompiledTemplates(Path(cache_from_source(__file__)).parent),
    )
    return environment.get_template("index.jinja2"), _process_css(resources / "style.css", [])


def _finished(text: str) -> str:
    """The page with what pytest-html leaves out: language, width, a landmark, names for the boxes, a policy.

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
    text = text.replace("<html>", '<html lang="en">', 1).replace("<head>", head, 1).replace(RELOAD, "", 1)
    text = MAKING.sub("", text, count=2)
    text = text.replace("<body>", "<body><main>", 1).replace("</body>", "</main></body>", 1)
    return BOX.sub(r'<label class="box-\2">\1</span></label>', text)
