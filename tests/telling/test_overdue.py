"""A monitor that is dead cannot say so: the second workflow looks for its newest run."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import history
from monitor.history import freshness
from monitor.telling.commands import Telling
from tests.reports import runs as runs_
from tests.telling.desk import Desk


def look(desk: Desk, now: float) -> tuple[bool, Telling]:
    """As the command does it, at this time."""
    telling = Telling(desk.values, str, now=now)
    return telling.overdue(history.read(desk.file), desk.file), telling


def runs(desk: Desk, number: int) -> float:
    """So many runs, one every five minutes; when the last of them began."""
    for _ in range(number):
        desk.run()
    return float(int(desk.began)) + (desk.count - 1) * 300


@pytest.mark.parametrize(
    ("number", "later", "late"),
    [
        (5, 299, False),
        (5, 4 * 300, False),
        (5, 4 * 300 + 2, True),
        (2, 4 * 300, False),
        (2, 4 * 300 + 2, True),
        (1, 3600, False),
        (1, 86_402, True),
    ],
    ids=[
        *("in-time", "late-as-schedulers-are", "too-late", "in-time-by-two-runs", "too-late-by-two-runs"),
        *("cadence-unknown", "a-day-without"),
    ],
)
def test_run_is_overdue_by_the_cadence_that_was_observed(desk: Desk, number: int, later: float, *, late: bool) -> None:
    last = runs(desk, number)

    assert freshness.age(history.read(desk.file), last + later).overdue is late


@pytest.mark.parametrize(
    ("between", "later", "least", "late"),
    [(15, 17.5, 10, False), (15, 60, 30, True), (5, 7, 10, False), (5, 15, 10, True), (5, 17.5, 30, False)],
    ids=["late-scheduler", "late-scheduler-gone", "in-time", "in-time-gone", "slots-dropped-on-github"],
)
def test_rounds_a_minute_apart_hide_nothing_of_the_schedulers_pauses(
    tmp_path: Path, between: int, later: float, least: int, *, late: bool
) -> None:
    """Five rounds a minute apart, and then as GitHub likes: most intervals are of a minute all the same."""
    began = datetime(2026, 11, 23, tzinfo=UTC)
    run = runs_.diagnosed(runs_.verdict())
    starts = [began + timedelta(minutes=between * n + k) for n in range(30) for k in range(5)]
    file = tmp_path / "history.sqlite"
    history.record(file, [replace(run, started=start.isoformat()) for start in starts])

    now = starts[-1].timestamp() + later * 60
    assert freshness.age(history.read(file), now, least * 60).overdue is late


def test_silence_is_told_once_and_its_end_too(desk: Desk) -> None:
    last = runs(desk, 5)
    for later in (3600, 3700, 7200):
        late, _ = look(desk, last + later)
        assert late
    assert [each["title"].partition(":")[0] for each in desk.messages] == ["SILENT"]
    assert [each["state"] for each in desk.issues] == ["OPEN"]

    desk.count += 30
    last = runs(desk, 1)
    late, _ = look(desk, last + 60)
    assert not late
    assert [each["title"].partition(":")[0] for each in desk.messages] == ["SILENT", "RECOVERED"]
    assert [each["state"] for each in desk.issues] == ["CLOSED"]

    look(desk, last + 120)
    assert len(desk.messages) == 2
    assert len(desk.issues[0]["comments"]) == 1


def test_issue_that_another_copy_of_the_history_opened_is_closed(desk: Desk) -> None:
    last = runs(desk, 5)
    copy = desk.folder / "copy.sqlite"
    shutil.copy(desk.file, copy)
    look(desk, last + 3600)
    shutil.copy(copy, desk.file)
    desk.count += 30
    look(desk, runs(desk, 1))

    assert [each["state"] for each in desk.issues] == ["CLOSED"]


def test_history_without_a_run_is_overdue(desk: Desk) -> None:
    ran = desk.call("overdue")

    assert ran.returncode == 1
    assert "no run is recorded" in ran.stderr
    assert len(desk.messages) == 1


def test_command_says_how_old_the_newest_run_is(desk: Desk) -> None:
    desk.began = time.time() - 1300
    runs(desk, 5)
    ran = desk.call("overdue")

    assert ran.returncode == 0, ran.stderr
    assert "usually there is one every 5 min" in ran.stderr


def test_run_of_a_clock_that_was_ahead_hides_no_silence(desk: Desk) -> None:
    """Its age would be negative for days, in which a monitor that is dead is never told of."""
    last = runs(desk, 5)
    desk.count += 12 * 20
    runs(desk, 1)
    late, done = look(desk, last + 3600)

    assert late
    assert any(each.startswith("1 run begins after now") for each in done.remarks)
    assert done.remarks[-1].startswith("the newest run began 1 h ago") or "1 h ago" in " ".join(done.remarks)
