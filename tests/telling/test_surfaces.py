"""One history, and everything that tells of it: page, feed, channels and terminal agree on what the incidents are."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from monitor import history
from monitor.owners import Owner
from monitor.status import Status
from tests import clocks
from tests.forks import python
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
    first = arguments[:1] if module == "monitor.history" else ()
    words = [module, *first, "--history", desk.file, *arguments[len(first) :]]
    ran = subprocess.run(
        python("-m", *map(str, words)),
        cwd=ROOT,
        env=desk.values,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert "--json" in arguments or clocks.raw(ran.stdout) == []
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


@pytest.fixture
def judged_away(desk: Desk) -> Desk:
    """An incident that was told; and then another machine's runs come, which had found it well in between."""
    desk.began = time.time() - 20 * MINUTE
    for causes in [[], [cause()], [cause()]]:
        desk.run(*causes)
    desk.tell()
    began, count = desk.began, desk.count
    desk.began, desk.count = began + 100, 1
    desk.run()
    desk.began, desk.count = began, count
    desk.run()
    return desk


def test_incident_that_is_judged_away_is_closed_with_the_reason(judged_away: Desk) -> None:
    desk = judged_away
    done = desk.tell()

    assert [each["state"] for each in desk.issues] == ["CLOSED"]
    assert "runs that were recorded later changed this" in desk.issues[0]["comments"][-1]["body"]
    assert [each["type"] for each in desk.messages] == ["failure", "success"]
    assert done.problems == []
    assert desk.tell().told == []


def test_incident_that_is_judged_away_stays_listed_as_it_was_told(judged_away: Desk, tmp_path: Path) -> None:
    desk = judged_away
    desk.tell()
    (id_,) = re.findall(rf"\[({ID})\]", desk.issues[0]["title"])
    printed = said(desk, "monitor.incidents")
    said(desk, "monitor.site", "--reports", desk.reports, "--site", tmp_path / "site")
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    feed = (tmp_path / "site/feed.atom").read_text(encoding="utf-8")

    assert f"{desk.issues[0]['title']}\n  status   closed, down" in printed
    assert "reason   runs that were recorded later changed this" in printed
    assert re.findall(rf'<tr id="incident-({ID})"', page) == [id_]
    assert "as it was sent; runs that were recorded later" in page
    assert re.findall(rf":incident:({ID})", feed) == [id_]


def test_settings_that_judge_an_incident_away_are_the_reason(desk: Desk) -> None:
    desk.began = time.time() - 15 * MINUTE
    for causes in [[], [cause()], [cause()]]:
        desk.run(*causes)
    desk.tell()
    desk.tell(AUTH0_CONFIRM="2h")
    desk.values["AUTH0_CONFIRM"] = "2h"

    assert "AUTH0_CONFIRM or AUTH0_TELL was changed" in desk.issues[0]["comments"][-1]["body"]
    assert "AUTH0_CONFIRM or AUTH0_TELL was changed" in said(desk, "monitor.incidents")
    desk.values["AUTH0_CONFIRM"] = "2"
    desk.tell()
    assert [each["state"] for each in desk.issues] == ["OPEN"], "and what is one again is told again"
    assert "1 open incident, 0 closed" in said(desk, "monitor.incidents")


def test_end_that_late_runs_set_before_what_was_told_is_told_all_the_same(desk: Desk) -> None:
    """It was told as ill at the fourth run; by late runs it was over before that, and only suspected again since."""
    desk.began = time.time() - 25 * MINUTE
    desk.run()
    for _ in range(3):
        desk.run(cause())
    desk.tell()
    desk.run(cause())
    desk.tell()
    began, count = desk.began, desk.count
    for late in (100, 130):
        desk.began, desk.count = began + late, 3
        desk.run()
    desk.began, desk.count = began, count
    desk.run()
    desk.tell()
    desk.run()
    desk.tell()

    assert [each["state"] for each in desk.issues if each["title"].startswith("prod: down")] == ["CLOSED"] * len(
        desk.issues
    )
    assert "success" in [each["type"] for each in desk.messages]


def test_state_is_the_same_on_every_surface(desk: Desk, tmp_path: Path) -> None:
    """Terminal, page, badge, status.json: the newest run could not judge, so nobody says up."""
    desk.began = time.time() - 15 * MINUTE
    for _ in range(2):
        desk.run()
    blind = cause(Owner.RUNNER, status=Status.UNKNOWN, rule="nothing-answers")
    desk.run(blind)
    printed = said(desk, "monitor.history", "status")
    document = json.loads(said(desk, "monitor.history", "status", "--json"))
    said(desk, "monitor.site", "--reports", desk.reports, "--site", tmp_path / "site")
    badge, status = (json.loads((tmp_path / "site" / name).read_text()) for name in ("badge.json", "status.json"))
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")

    assert "prod (tenant): unknown since " in printed
    assert document["targets"][0]["state"]["status"] == "unknown"
    assert badge["message"].startswith("unknown")
    assert status["components"][0]["description"] == "unknown"
    assert "<title>UNKNOWN" in page
    figures = {each["definition"]: each for each in status["components"][1]["figures"]}
    theirs = {
        each["definition"]: each for each in document["targets"][0]["figures"] if each["window"]["seconds"] == 86_400
    }
    assert figures["uptime-by-observations"]["value"] == theirs["uptime-by-observations"]["value"] == 1.0
