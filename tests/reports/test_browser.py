from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.reports import html
from monitor.verdict import Run
from tests.reports import runs

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--enable-logging=stderr"),
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here to open the page with")


class Opened:
    """A page as a browser made it: the document when its scripts have run, and what they complained about."""

    def __init__(self, tmp_path: Path, text: str, query: str = "") -> None:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
        ran = subprocess.run(
            [*command, f"{path.as_uri()}{query}"], capture_output=True, text=True, timeout=60, check=True
        )
        self.document = ran.stdout
        self.complaints = [line for line in ran.stderr.splitlines() if "CONSOLE" in line]

    @property
    def statuses(self) -> list[str]:
        shown = self.document.rpartition("</thead>")[2]
        return re.findall(r'<b class="\w+">(\w+)</b></button>', shown)

    @property
    def title(self) -> str:
        found = re.search(r"<title[^>]*>(.*?)</title>", self.document)
        return found[1] if found else ""


def unguarded(run: Run) -> str:
    """The page without its policy, so that only the escaping stands between the text and its execution."""
    text, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html.render(run))
    assert count == 1
    return text


def test_rows_are_shown_worst_first_and_nothing_complains(tmp_path: Path) -> None:
    opened = Opened(tmp_path, html.render(runs.every_status()))

    assert opened.statuses == ["DOWN", "UNKNOWN", "DEGRADED", "UP", "SKIPPED"]
    assert opened.complaints == []
    assert "AUTH0_NODES" in opened.document


def test_boxes_of_pytest_html_still_choose_the_rows(tmp_path: Path) -> None:
    opened = Opened(tmp_path, html.render(runs.every_status()), "?visible=failed,skipped")

    assert opened.statuses == ["DOWN", "SKIPPED"]


def test_click_on_a_word_opens_its_row_and_only_that(tmp_path: Path) -> None:
    click = "<script>document.querySelector('.collapsible .col-result b').click()</script></body>"
    opened = Opened(tmp_path, unguarded(runs.every_status()).replace("</body>", click))
    shown = opened.document.rpartition("</thead>")[2]

    assert shown.count('class="extras-row"') == 1
    assert shown.count('class="extras-row hidden"') == 4
    assert opened.complaints == []


def test_boxes_leave_the_worst_on_top(tmp_path: Path) -> None:
    click = "<script>document.querySelector('[data-test-result=skipped]').click()</script></body>"
    opened = Opened(tmp_path, unguarded(runs.every_status()).replace("</body>", click))

    assert opened.statuses == ["DOWN", "UNKNOWN", "DEGRADED", "UP"]


def test_hostile_text_is_shown_and_not_executed(tmp_path: Path) -> None:
    opened = Opened(tmp_path, unguarded(runs.hostile()))

    assert len(opened.statuses) == 5
    assert opened.title.startswith("DOWN")
    assert opened.complaints == []


def test_canary_of_the_test_above_sings_where_nothing_is_escaped(tmp_path: Path) -> None:
    opened = Opened(tmp_path, unguarded(runs.hostile()).replace("<body>", f"<body>{runs.HOSTILE.partition('{{')[0]}"))

    assert opened.title == "owned"


def test_policy_stops_a_script_that_is_not_ours(tmp_path: Path) -> None:
    text = html.render(runs.every_status()).replace("<body>", "<body><script>document.title='owned'</script>")
    opened = Opened(tmp_path, text)

    assert opened.title.startswith("DOWN")
    assert len(opened.complaints) == 1


def test_ten_thousand_verdicts_open(tmp_path: Path) -> None:
    opened = Opened(tmp_path, html.render(runs.huge(ill=9_000)))

    assert len(opened.statuses) == 1_000
    assert opened.complaints == []
