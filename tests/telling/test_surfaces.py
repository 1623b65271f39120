"""One history, and everything that tells of it: page, feed, channels and terminal agree on what the incidents are."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor import history
from tests.suite import ROOT
from tests.telling.desk import MINUTE, Desk, cause

WORDS = "....aaaa......................a..a..a.."
"""Runs, five minutes apart: ``a`` is down. First an incident that is over, then one that flaps and stays open."""

ID = "[0-9a-f]{6}"


@pytest.fixture
def flapping(desk: Desk) -> Desk:
    """A history with both, whose newest run has just been."""
    desk.began = time.time() - (len(WORDS) - 1) * 5 * MINUTE - 1
    for word in WORDS:
        desk.run(*([cause()] if word == "a" else []))
    return desk


def said(desk: Desk, module: str, *arguments: str | Path) -> str:
    """What this command prints about the desk's history."""
    command = [sys.executable, "-m", module, "--history", desk.file, *arguments]
    ran = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=desk.values,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout


def test_page_feed_channels_and_terminal_name_the_same_incidents(flapping: Desk, tmp_path: Path) -> None:
    """Four outages of one target are two incidents, wherever somebody looks."""
    printed = said(flapping, "monitor.incidents")
    opened = re.findall(rf"\[({ID})\]\n  status   open", printed)
    closed = re.findall(rf"\[({ID})\]\n  status   closed", printed)
    said(flapping, "monitor.site", "--reports", flapping.reports, "--site", tmp_path / "site")
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    feed = (tmp_path / "site/feed.atom").read_text(encoding="utf-8")
    told = said(flapping, "monitor.telling", "--reports", flapping.reports, "--dry-run")

    assert len(history.read(flapping.file).outages("prod")) == 4
    assert (len(opened), len(closed)) == (1, 1)
    assert re.findall(rf'<li id="incident-({ID})"', page) == opened
    assert re.findall(rf'<tr id="incident-({ID})"', page) == closed
    assert re.findall(rf":incident:({ID})", feed) == [*opened, *closed]
    assert set(re.findall(rf"\[({ID})\]", told)) == {*opened}


def test_they_agree_on_what_is_confirmed_as_well(flapping: Desk, tmp_path: Path) -> None:
    """With a threshold of two hours nothing was an incident but what flaps, which is opened unconfirmed."""
    flapping.values["AUTH0_CONFIRM"] = "2h"
    printed = said(flapping, "monitor.incidents")
    said(flapping, "monitor.site", "--reports", flapping.reports, "--site", tmp_path / "site")
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")

    assert printed.startswith("1 open incident, 0 closed in the last 90 days\n")
    assert re.findall(rf'id="incident-({ID})"', page) == re.findall(rf"\[({ID})\]", printed)
