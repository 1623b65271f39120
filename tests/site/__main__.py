"""Draw the pictures of the docs, two runs of the sandbox over and over: python -m tests.site.

docs/status-page.png is the status page, docs/report-down.png and docs/report-up.png are reports of each of the runs.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright import sync_api as playwright

import sandbox
from monitor import results
from monitor.history import DAY, HOUR
from monitor.reports import html, html_answers
from monitor.site import rendering, since
from monitor.verdict import Run
from tests.site.pasts import NOW, past
from tests.suite import ROOT, configured, perform

DOCS = ROOT / "docs"
WIDTH, HEIGHT = 1180, 900
EVERY = 2 * HOUR


def observed(folder: Path, *faults: str) -> Run:
    """What the suite says of a sandbox with these faults, as the tenant prod."""
    with sandbox.start(faults) as box:
        variables = {
            name.replace("AUTH0_", "AUTH0_PROD_", 1) if name == "AUTH0_DOMAIN" else name: value
            for name, value in configured(box, folder).items()
        }
        performance = perform(folder / "reports", variables | {"AUTH0_TENANTS": "prod"})
    return results.read(performance.reports / "results.json")


def quarter(well: Run, ill: Run) -> Iterator[Run]:
    """Three months with an outage that is over, a gap, and an outage that goes on."""
    for step in range(int(92 * DAY / EVERY), -1, -1):
        ago = step * EVERY
        run = ill if ago <= 6 * HOUR or 40 * DAY < ago < 41.5 * DAY else well
        if not 20 * DAY < ago < 24 * DAY:
            yield replace(run, started=datetime.fromtimestamp(NOW - ago, UTC).isoformat().replace("+00:00", "Z"))


def main() -> None:
    """Draw it."""
    with tempfile.TemporaryDirectory() as name, playwright.sync_playwright() as driver:
        folder = Path(name)
        well = observed(folder)
        runs = quarter(well, observed(folder, "custom-database-down"))
        told = past(folder / "past", runs)
        board = told.board()
        pages = {
            "status-page": rendering.render(board, siblings=rendering.SIBLINGS),
            "report-down": html_answers.in_past(html.render(told.newest), since.table(board)),
            "report-up": html.render(well),
        }
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        tab.clock.set_fixed_time(datetime.fromtimestamp(board.made, UTC))
        for title, page in pages.items():
            file = folder / f"{title}.html"
            file.write_text(page, encoding="utf-8")
            tab.goto(file.as_uri())
            tab.screenshot(path=DOCS / f"{title}.png")
        browser.close()


main()
