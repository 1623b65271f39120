"""What the page leans on inside of pytest-html: an upgrade that changes any of it is told in a sentence."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import jinja2.meta
import pytest
import pytest_html
import pytest_html.basereport
import pytest_html.hooks
import pytest_html.report_data
import pytest_html.selfcontained_report
import pytest_html.util

from monitor.reports import html, pytest_html_page
from monitor.reports.pytest_html_page import BOX, MAKING, RELOAD, SETTINGS, Hooks
from tests.reports import runs

CURE = f"pytest-html {version('pytest-html')} is not as monitor/reports/pytest_html_page.py takes it to be: "
RESOURCES = Path(pytest_html.__file__).parent / "resources"
VARIABLES = {
    *("title", "date", "time", "version", "styles", "run_count", "running_state", "self_contained", "outcomes"),
    *("test_data", "table_head", "additional_summary"),
}
WORDS = {"failed", "passed", "skipped", "error"}
"""By which rows are filtered; each has a box."""


def parameters(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def called_with(where: Any, name: str, *wanted: str) -> Iterator[str]:
    """Whether this function, or class, is there, and takes these arguments in their order."""
    found = getattr(where, name, None)
    of = f"{getattr(where, '__name__', where)}.{name}"
    if found is None:
        yield f"there is no {of}"
    elif parameters(found)[: len(wanted)] != list(wanted):
        yield f"{of} takes {', '.join(parameters(found)) or 'nothing'}, and not {', '.join(wanted)}"


def functions() -> Iterator[str]:
    report = ("report_path", "config", "report_data", "template", "css")
    yield from called_with(pytest_html.selfcontained_report, "SelfContainedReport", *report)
    yield from called_with(pytest_html.report_data, "ReportData", "config")
    yield from called_with(pytest_html.util, "_process_css", "default_css", "extra_css")
    written_by = pytest_html.selfcontained_report.SelfContainedReport
    yield from called_with(written_by, "_write_report", "rendered_report")
    yield from called_with(written_by, "pytest_sessionstart", "session")
    yield from called_with(written_by, "pytest_runtest_logreport", "report")
    yield from called_with(written_by, "pytest_sessionfinish", "session")


def hooks() -> Iterator[str]:
    for name, own in vars(Hooks).items():
        if name.startswith("pytest_html_"):
            yield from (
                f"the hook {name} has no argument {each}"
                for each in parameters(own)
                if each not in parameters(getattr(pytest_html.hooks, name, lambda: None))
            )


def data() -> Iterator[str]:
    told = pytest_html.report_data.ReportData(SimpleNamespace(getini=SETTINGS.get))
    if "tests" not in told.data:
        yield "ReportData.data has no tests"
    for word in sorted(WORDS):
        if "label" not in told.outcomes.get(word, {}):
            yield f"ReportData.outcomes has no label of {word!r}"


def settings() -> Iterator[str]:
    sources = "".join(
        inspect.getsource(each)
        for each in (pytest_html.basereport, pytest_html.report_data, pytest_html.selfcontained_report)
    )
    asked = set(re.findall(r'getini\(\s*"(\w+)"', sources))
    yield from (f"the setting {each} is asked for" for each in sorted(asked - set(SETTINGS)))
    yield from (f"the setting {each} is asked for no more" for each in sorted(set(SETTINGS) - asked))


def template() -> Iterator[str]:
    for name in ("index.jinja2", "style.css", "app.js"):
        if not (RESOURCES / name).is_file():
            yield f"there is no resources/{name}"
    source = (RESOURCES / "index.jinja2").read_text(encoding="utf-8")
    used = jinja2.meta.find_undeclared_variables(jinja2.Environment(autoescape=True).parse(source))
    yield from (f"the template has no variable {each}" for each in sorted(VARIABLES - used))
    yield from (f"the template has a variable {each}, which nobody knows" for each in sorted(used - VARIABLES))
    for told, times in {
        "<html>": 1,
        "<head>": 1,
        RELOAD: 1,
        "<script>": 1,
        'data-jsonblob="{{ test_data }}"': 1,
    }.items():
        if source.count(told) != times:
            yield f"the template has {told.strip()} {source.count(told)} times"
    script = (RESOURCES / "app.js").read_text(encoding="utf-8")
    for word in ("collapsible", "dataset.id", "testId", "resultsTableRow", "testResult"):
        if word not in script:
            yield f"app.js knows no {word}"


def page() -> Iterator[str]:
    """The page itself, as pytest-html makes it, before we have finished it."""
    texts: list[str] = []

    def keep(text: str) -> str:
        texts.append(text)
        return text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pytest_html_page, "_finished", keep)
        html.render(runs.every_status())
    boxes = {match[2] for match in BOX.finditer(texts[0])}
    yield from (f"there is no box of {each!r}" for each in sorted(WORDS - boxes))
    if len(MAKING.findall(texts[0])) != 2:
        yield "what says when the page was made, and how long that took, is not found"


KINDS: dict[str, Callable[[], Iterator[str]]] = {
    each.__name__: each for each in (functions, hooks, data, settings, template, page)
}


@pytest.mark.parametrize("kind", KINDS)
def test_pytest_html_is_as_the_page_takes_it_to_be(kind: str) -> None:
    changed = list(KINDS[kind]())

    assert not changed, CURE + "; ".join(changed)


class Renamed:
    """As if a version had other names and arguments."""

    def __init__(self, report_path: str, config: object, theme: str) -> None:
        """Do nothing."""

    def pytest_sessionstart(self, session: object, when: float) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (
            "functions",
            lambda patch, _: patch.setattr(pytest_html.selfcontained_report, "SelfContainedReport", Renamed),
            "SelfContainedReport takes report_path, config, theme, and not report_path, config, report_data, template",
        ),
        (
            "functions",
            lambda patch, _: patch.delattr(pytest_html.basereport.BaseReport, "_write_report"),
            "there is no SelfContainedReport._write_report",
        ),
        (
            "functions",
            lambda patch, _: patch.delattr(pytest_html.util, "_process_css"),
            "there is no pytest_html.util._process_css",
        ),
        (
            "hooks",
            lambda patch, _: patch.setattr(pytest_html.hooks, "pytest_html_results_table_row", lambda report: report),
            "the hook pytest_html_results_table_row has no argument cells",
        ),
        (
            "hooks",
            lambda patch, _: patch.delattr(pytest_html.hooks, "pytest_html_report_title"),
            "the hook pytest_html_report_title has no argument report",
        ),
        (
            "data",
            lambda patch, _: patch.setattr(pytest_html.report_data.ReportData, "outcomes", {}),
            "ReportData.outcomes has no label of 'error'",
        ),
        (
            "settings",
            lambda patch, _: patch.setitem(SETTINGS, "of_an_earlier_version", ""),
            "the setting of_an_earlier_version is asked for no more",
        ),
        (
            "template",
            lambda _, text: text.replace("{{ test_data }}", "{{ blob }}"),
            "the template has a variable blob, which nobody knows",
        ),
        ("template", lambda _, text: text.replace("<html>", "<html dir>"), "the template has <html> 0 times"),
    ],
)
def test_change_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, change: Callable[[Any, str], Any], said: str
) -> None:
    text = (RESOURCES / "index.jinja2").read_text(encoding="utf-8")
    changed = change(monkeypatch, text)
    if isinstance(changed, str):
        for name in ("app.js", "style.css"):
            (tmp_path / name).write_bytes((RESOURCES / name).read_bytes())
        (tmp_path / "index.jinja2").write_text(changed, encoding="utf-8")
        monkeypatch.setattr("tests.reports.test_pytest_html_page.RESOURCES", tmp_path)

    assert said in "; ".join(KINDS[kind]())
