"""report.html: the conclusion, and a table of what every probe said, the worst first, in one file for people."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from monitor import files
from monitor.reports import html_parts, html_rows, pytest_html_page
from monitor.reports.pytest_html_page import TablePage
from monitor.status import FAILING, Status
from monitor.verdict import Run


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write the page, in one file that asks nobody for anything; ``fail_on`` with ``DEGRADED`` in it fails that."""
    files.replace(path, render(run, fail_on=fail_on))


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The page's text, by pytest-html, which escapes nothing: html_parts does."""
    page = TablePage(
        title=html_parts.title(run),
        environment=html_parts.environment(run),
        headings=html_parts.HEADINGS,
        above=[*html_parts.conclusion(run)],
        below=[*html_parts.speeds(run), f"<script>{_beside('report.js')}</script>"],
        rows=html_rows.TableRows(run, fail_on).all(),
        labels=html_rows.labels(fail_on),
        style=_beside("report.css"),
    )
    return pytest_html_page.render(page)


@cache
def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
