"""Maintenance silences telling, never probing; what is still there when it ends is told then."""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.secrets import Scrubber
from monitor.telling import maintenance
from monitor.telling.__main__ import Call, _summarise
from monitor.telling.commands import Telling
from tests import clocks
from tests.forks import python
from tests.suite import ROOT
from tests.telling.desk import Desk, cause

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
ALWAYS = "2000-01-01T00:00Z/2100-01-01T00:00Z"


@pytest.mark.parametrize(
    ("value", "tenants", "silent"),
    [
        ("2026-12-01T11:00Z/2026-12-01T13:00Z", ("prod",), True),
        ("2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("2026-12-01T12:30+01:00/PT1H", ("prod",), True),
        ("2026-12-01/P1D", ("prod",), None),
        ("2026-12-01T00:00Z/P1D", ("prod", "staging"), True),
        ("2026-12-01T11:00Z/PT30M", ("prod",), False),
        ("2026-12-01T11:00Z/PT1H", ("prod",), False),
        ("2026-12-01T12:00Z/PT1H30M5S", ("prod",), True),
        ("prod=2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("PROD=2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("prod=2026-12-01T11:00Z/PT2H", ("prod", "staging"), False),
        ("staging=2026-12-01T11:00Z/PT2H, prod=2026-12-01T11:00Z/PT2H", ("prod", "staging"), True),
        ("prod=2026-12-01T11:00Z/PT2H", (), False),
        ("2026-12-01T11:00/PT2H", ("prod",), None),
        ("2026-12-01T13:00Z/2026-12-01T11:00Z", ("prod",), None),
        ("2026-12-01T11:00Z", ("prod",), None),
        ("2026-12-01T11:00Z/", ("prod",), None),
        ("2026-12-01T11:00Z/P", ("prod",), None),
        ("2026-12-01T11:00Z/PT", ("prod",), None),
        ("2026-12-01T11:00Z/P9999999999D", ("prod",), None),
        ("=2026-12-01T11:00Z/PT2H", ("prod",), None),
        ("always", ("prod",), None),
        ("", ("prod",), False),
    ],
)
def test_windows_are_read_and_what_is_none_silences_nothing(
    value: str,
    tenants: tuple[str, ...],
    silent: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    windows, problems = maintenance.windows(value)

    assert maintenance.silenced(tenants, windows, NOON) is bool(silent)
    assert len(problems) == (silent is None)
    assert all(each.startswith("AUTH0_MAINTENANCE: ") for each in problems)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("2026-12-01T11:00Z/PT", "'2026-12-01T11:00Z/PT'"),
        ("prod=2026-12-01T11:00Z/", "'prod=2026-12-01T11:00Z/'"),
        ("tonight", "'tonight'"),
        ("AUTH0_PASSWORD=s3cret-words", "one that looks like more than one setting, and is not shown"),
        ("prod=s3cret-words", "one that looks like more than one setting, and is not shown"),
    ],
)
def test_what_is_no_window_is_shown_where_it_can_be_nothing_else(word: str, told: str) -> None:
    (problem,) = maintenance.windows(word)[1]

    assert problem.startswith(f"AUTH0_MAINTENANCE: {told} is not a maintenance window (")


def issue(title: str, **said: Any) -> dict[str, Any]:
    known = {"number": 1, "title": title, "body": "", "state": "OPEN", "labels": ["auth0-maintenance"], "comments": []}
    return known | said


@pytest.mark.parametrize(
    ("issues", "silent"),
    [
        ([issue("Upgrade tonight")], True),
        ([issue("Upgrade of prod")], True),
        ([issue("Upgrade of Prod, and staging")], True),
        ([issue("Upgrade of staging")], False),
        ([issue("Upgrade tonight", state="CLOSED")], False),
        ([issue("Upgrade tonight", labels=["bug"])], False),
        ([], False),
    ],
    ids=["all", "prod", "both", "another", "closed", "another-label", "none"],
)
def test_open_issue_of_the_label_silences_whom_it_names(
    desk: Desk, issues: list[dict[str, Any]], *, silent: bool
) -> None:
    desk.github = desk.github | {"issues": issues}
    desk.run(tenants=("prod", "staging"))
    for _ in range(2):
        desk.run(cause(), tenants=("prod", "staging"))
    desk.tell()

    assert len(desk.messages) == (not silent)


def test_what_is_there_when_the_maintenance_ends_is_told_then(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    assert desk.tell(AUTH0_MAINTENANCE=ALWAYS).told == []
    assert desk.tell().told != []
    assert [each["type"] for each in desk.messages] == ["failure"]


def test_what_came_and_went_in_a_maintenance_is_never_told(desk: Desk) -> None:
    desk.run()
    desk.tell()
    desk.now = time.time() + 1_800
    desk.began = time.time() + 60
    for some in [(cause(),)] * 2 + [()] * 2:
        desk.run(*some)
        desk.tell(AUTH0_MAINTENANCE=ALWAYS)
    desk.tell()

    assert (desk.messages, desk.issues) == ([], [])


def test_end_of_what_was_told_before_is_told_after_the_maintenance(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    for _ in range(2):
        desk.run()
    assert desk.tell(AUTH0_MAINTENANCE=ALWAYS).told == []
    desk.tell()

    assert [each["type"] for each in desk.messages] == ["failure", "success"]


def test_window_that_cannot_be_read_is_told_and_silences_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    done = desk.tell(AUTH0_MAINTENANCE="tonight")

    assert len(desk.messages) == 1
    assert done.remarks[0].startswith("AUTH0_MAINTENANCE: 'tonight' is not a maintenance window (it has no end)")


def days_ago(days: float) -> str:
    return datetime.fromtimestamp(time.time() - days * 86_400, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


LATER, BEFORE = days_ago(-1), days_ago(1)


@pytest.mark.parametrize(
    ("said", "at_most", "silent", "remark"),
    [
        ({}, "", True, "names no end, so it holds back alerts until"),
        ({"createdAt": days_ago(270)}, "", False, "names no end, so it holds back no alerts any more: close it"),
        ({"createdAt": days_ago(1.1)}, "", False, "has been open since"),
        ({"createdAt": days_ago(1.1)}, "48h", True, "names no end"),
        ({"createdAt": days_ago(1.1)}, "2d", True, "names no end"),
        ({"createdAt": days_ago(1.1)}, "PT48H", True, "names no end"),
        ({"createdAt": days_ago(0.2)}, "60m", False, "holds back no alerts any more"),
        ({"createdAt": days_ago(0.2)}, "0h", False, "holds back no alerts any more"),
        ({"createdAt": days_ago(0.2)}, "soon", True, "AUTH0_MAINTENANCE_AT_MOST: 'soon' is no time"),
        ({"createdAt": days_ago(270), "title": f"Upgrade until {LATER}"}, "", True, ""),
        ({"createdAt": days_ago(270), "body": f"all night\n\nUntil: {LATER[:16].replace('T', ' ')} UTC"}, "", True, ""),
        ({"createdAt": days_ago(270), "body": f"{BEFORE}/{LATER}"}, "", True, ""),
        ({"body": f"{days_ago(-0.1)}/PT2H"}, "", False, ""),
        ({"body": f"{BEFORE}/PT2H"}, "", False, "was over at"),
        ({"title": f"Upgrade until {BEFORE}"}, "", False, "was over at"),
        ({"title": "Upgrade until tomorrow"}, "", True, "names no end"),
        ({"createdAt": ""}, "", False, "does not say when it was opened"),
    ],
)
def test_issue_that_nobody_closed_silences_nothing_after_its_end(
    desk: Desk, said: dict[str, str], at_most: str, *, silent: bool, remark: str
) -> None:
    desk.github = desk.github | {"issues": [issue("Upgrade of prod", number=7) | said]}
    for _ in range(2):
        desk.run(cause())
    done = desk.tell(AUTH0_MAINTENANCE_AT_MOST=at_most)

    assert len(desk.messages) == (not silent)
    assert any(remark in each for each in done.remarks) is bool(remark)
    assert clocks.raw(*done.remarks, *done.held) == []
    assert len(done.held) == silent
    if silent:
        assert done.held[0].startswith("held back until ")
        assert "by issue 7 (" in done.held[0]
        assert "): prod: down since " in done.held[0]


def test_what_is_held_back_is_counted_and_named_wherever_somebody_looks(desk: Desk, tmp_path: Path) -> None:
    desk.github = desk.github | {"issues": [issue("Upgrade of prod", number=7)]}
    for _ in range(2):
        desk.run(cause(), link="https://ci.example/runs/1")
    summary = tmp_path / "summary.md"
    ran = desk.call("tell", GITHUB_STEP_SUMMARY=str(summary))
    page = site(desk, tmp_path / "site")
    document = json.loads((tmp_path / "site/status.json").read_text(encoding="utf-8"))

    assert "no alert was due" not in ran.stdout
    assert ran.stdout.startswith("1 incident held back by a maintenance:\nheld back until ")
    assert "by issue 7 (Upgrade of prod): prod: down since" in ran.stdout
    assert "**1 incident held back by a maintenance:**" in summary.read_text(encoding="utf-8")
    assert "1 open incident held back by a maintenance" in page
    assert "no alert is sent until" in page
    assert "Planned maintenance" in page
    (planned,) = document["scheduled_maintenances"]
    assert (planned["status"], planned["impact"]) == ("in_progress", "maintenance")
    assert "issue 7 (Upgrade of prod)" in planned["name"]


def test_issue_that_was_closed_is_no_maintenance_of_the_page(desk: Desk, tmp_path: Path) -> None:
    desk.github = desk.github | {"issues": [issue("Upgrade of prod")]}
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    desk.github = desk.github | {"issues": []}
    desk.tell()

    assert "Planned maintenance" not in site(desk, tmp_path / "site")


def test_planned_maintenance_is_shown_before_it_begins(desk: Desk, tmp_path: Path) -> None:
    desk.began = time.time() - 60
    desk.run()
    page = site(desk, tmp_path / "site", AUTH0_MAINTENANCE=f"prod={LATER}/PT2H")
    (planned,) = json.loads((tmp_path / "site/status.json").read_text(encoding="utf-8"))["scheduled_maintenances"]

    assert "Planned maintenance" in page
    assert "held back" not in page
    assert (planned["status"], planned["scheduled_for"]) == ("scheduled", LATER)
    assert [each["name"] for each in planned["components"]] == ["prod"]


def test_what_came_and_went_in_a_maintenance_is_named_once(desk: Desk) -> None:
    desk.run()
    desk.tell()
    desk.now = time.time() + 1_800
    desk.began = time.time() + 60
    held = []
    for some in [(cause(),)] * 2 + [()] * 3:
        desk.run(*some)
        held.append(len(desk.tell(AUTH0_MAINTENANCE=ALWAYS).held))

    assert held == [0, 1, 1, 1, 0]


def site(desk: Desk, folder: Path, **variables: str) -> str:
    """The page that is made of what the desk has."""
    where = ["--history", str(desk.file), "--reports", str(desk.reports), "--site", str(folder)]
    ran = subprocess.run(
        python("-m", "monitor.site", *where),
        cwd=ROOT,
        env=desk.values | variables,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert clocks.raw(clocks.shown(page)) == []
    return page


def test_github_that_cannot_be_asked_for_maintenance_silences_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.break_(issue_list="HTTP 502")
    done = Telling(desk.values, str)
    done.tell(history.read(desk.file), desk.file, desk.reports)

    assert len(desk.messages) == 1
    assert done.remarks == ["whether an issue says auth0-maintenance is not known: gh issue list: HTTP 502"]


@pytest.mark.parametrize(
    ("window", "told"),
    [(f"prodd={BEFORE}/{LATER}", True), (f"PROD={BEFORE}/{LATER}", False), (f"{BEFORE}/{LATER}", False)],
    ids=["of one that no run asked", "of one that a run asked", "of all"],  # no time: each worker has its own now
)
def test_window_of_a_tenant_that_no_run_asked_is_told(desk: Desk, window: str, *, told: bool) -> None:
    desk.run()

    remarks = desk.tell(AUTH0_MAINTENANCE=window).remarks

    why = "AUTH0_MAINTENANCE: no run asked a tenant called 'prodd', so its window holds back no alerts"
    assert [each.startswith(why) for each in remarks if "no run asked" in each] == [True] * told


def test_page_of_the_run_that_cannot_be_written_costs_no_alert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Call(argparse.Namespace(), {"GITHUB_STEP_SUMMARY": str(tmp_path)}, Scrubber(), Scrubber())

    _summarise(call, ["held back until then: prod"])

    assert "the run's page does not say so: GITHUB_STEP_SUMMARY: Is a directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 86_400), ("90m", 5_400), ("24h", 86_400), ("24 H", 86_400), ("2d", 172_800), ("PT24H", 86_400),
        ("P1D", 86_400), ("0m", 0), ("99999h", 359_996_400),
    ],
)  # fmt: skip
def test_issue_without_an_end_holds_for_as_long_as_was_said(text: str, seconds: float) -> None:
    assert maintenance.at_most({"AUTH0_MAINTENANCE_AT_MOST": text}) == (seconds, [])


@pytest.mark.parametrize("text", ["90", "h", "1w", "-1h", "1.5h", "P", "P9999999999D"])
def test_time_of_an_issue_that_cannot_be_read_is_a_day_and_said(text: str) -> None:
    seconds, (remark,) = maintenance.at_most({"AUTH0_MAINTENANCE_AT_MOST": text})

    assert seconds == 86_400
    assert remark.startswith("AUTH0_MAINTENANCE_AT_MOST: ")


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Upgrade", [""]),
        ("Upgrade of PROD", ["prod"]),
        ("Upgrade of prod and qa.eu", ["prod", "qa.eu"]),
        ("Upgrade of staging, prod, qa.eu", [""]),
        ("Upgrade of production", [""]),
    ],
)
def test_issue_is_for_the_tenants_that_its_title_names_and_else_for_all(title: str, names: list[str]) -> None:
    said = {"number": 7, "title": title, "createdAt": "2026-12-01T11:00:00Z"}
    windows, _ = maintenance.of_issues([said], ("prod", "staging", "qa.eu"), 7_200.0, NOON)

    assert [each.tenant for each in windows] == names
    assert {(each.since, each.until) for each in windows} == {(NOON - 3_600, NOON + 3_600)}


def test_issue_of_a_clock_that_is_ahead_holds_from_now_on() -> None:
    said = {"number": 7, "title": "Upgrade", "createdAt": "2026-12-01T12:05:00Z"}
    (window,), _ = maintenance.of_issues([said], (), 3_600.0, NOON)

    assert (window.since, window.until) == (NOON, NOON + 3_600)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("until 2026-12-01T13:00Z", 3_600),
        ("Until: 2026-12-01 13:00:30 utc", 3_630),
        ("until 2026-12-01T15:00+02:00", 3_600),
        ("until 2026-12-01T15:00+0200", 3_600),
        ("until 2026-99-01T13:00Z, or until 2026-12-01T14:00Z", 7_200),
        ("2026-99-01T13:00Z/PT1H, rather 2026-12-01T11:30Z/PT1H", 1_800),
        ("until 2026-12-01T13:00", 86_400),
        ("meanuntil 2026-12-01T13:00Z", 86_400),
    ],
)
def test_end_of_an_issue_is_read_in_its_title_or_text(text: str, until: float) -> None:
    """Without one that can be read it holds for the time that was said."""
    for where in ("title", "body"):
        said = {"number": 7, "title": "x", "createdAt": "2026-12-01T12:00:00Z", where: text}
        (window,), _ = maintenance.of_issues([said], (), 86_400.0, NOON)
        assert window.until == NOON + until


def test_window_that_was_taken_away_is_known_to_have_ended_then_and_no_longer_than_31_days() -> None:
    day = 86_400.0

    def window(since: float, until: float, source: str) -> maintenance.Window:
        return maintenance.Window(NOON + since, NOON + until, "prod", source)

    there = window(-100, 100, "there")
    before = [
        there,
        window(-100, 100, "closed early"),
        window(-200, -100, "over"),
        window(50, 100, "never began"),
        window(-40 * day, -31 * day, "forgotten"),
        window(-40 * day, -31 * day + 1, "not yet forgotten"),
    ]
    row = maintenance.entry([there, window(100, 200, "planned")], before, NOON)

    assert (row.incident, row.channel, row.event, row.at) == (maintenance.HELD, "", maintenance.HELD, NOON)
    assert {each["source"]: each["until"] - NOON for each in (row.facts or {})["windows"]} == {
        "there": 100,
        "planned": 200,
        "closed early": 0,
        "over": -100,
        "not yet forgotten": -31 * day + 1,
    }


def test_tenants_that_no_run_asked_are_named_where_a_window_of_theirs_is_not_over() -> None:
    def windows(*names: str, until: float = 1.0) -> list[maintenance.Window]:
        return [maintenance.Window(NOON - 1, NOON + until, each, "AUTH0_MAINTENANCE") for each in names]

    told = maintenance.of_nobody(windows("Prod", "", "prodd", "prodd", "stagin"), ("prod", "staging"), NOON)

    assert [each.partition("'")[2].partition("'")[0] for each in told] == ["prodd", "stagin"]
    assert maintenance.of_nobody(windows("prodd", until=0.0), ("prod",), NOON) == []
    assert maintenance.of_nobody(windows("prodd"), (), NOON) == []
