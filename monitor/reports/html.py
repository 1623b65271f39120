"""report.html: the conclusion, and a table of what every probe said, the worst first, in one file for people."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from monitor import files
from monitor.reports import evidence_folders, html_parts, pytest_html_page
from monitor.reports.findings import ORDER
from monitor.reports.pytest_html_page import TablePage, TableRow
from monitor.status import FAILING, Status
from monitor.verdict import Run, Verdict

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


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write the page, in one file that asks nobody for anything; ``fail_on`` with ``DEGRADED`` in it fails that."""
    files.replace(path, render(run, fail_on=fail_on))


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The page's text, by pytest-html, which escapes nothing: html_parts does."""
    places = evidence_folders.places(run)
    rows = [
        TableRow(
            _word(verdict, fail_on),
            html_parts.cells(verdict, places.get(verdict.id, "")),
            html_parts.details(verdict),
            html_parts.sorting(verdict),
        )
        for verdict in html_parts.shown(run)
    ]
    page = TablePage(
        title=html_parts.title(run),
        environment=html_parts.environment(run),
        headings=html_parts.HEADINGS,
        above=[*html_parts.conclusion(run)],
        below=[*html_parts.speeds(run), f"<script>{_beside('report.js')}</script>"],
        rows=rows,
        labels={word: _label(word, fail_on) for word in map(str.lower, _ROWS.values())},
        style=_beside("report.css"),
    )
    return pytest_html_page.render(page)


def _word(verdict: Verdict, fail_on: frozenset[Status]) -> str:
    """pytest-html's word for it."""
    if verdict.unread and not verdict.fails(fail_on):
        return _ROWS[Status.SKIPPED]
    if verdict.status is Status.DEGRADED and verdict.fails(fail_on):
        return _FAILED_THOUGH_DEGRADED
    return _ROWS[verdict.status]


def _label(word: str, fail_on: frozenset[Status]) -> str:
    """What stands beside a box that shows and hides rows."""
    failing = {Status.DEGRADED: _FAILED_THOUGH_DEGRADED} if Status.DEGRADED in fail_on else {}
    told = [str(status) for status in ORDER if (_ROWS | failing)[status].lower() == word]
    unread = ["not read"] if word == _ROWS[Status.SKIPPED] and Status.UNKNOWN not in fail_on else []
    return " or ".join([*told, *unread])


@cache
def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
