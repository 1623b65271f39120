"""Runs of a machine whose clock was days ahead: they stay in the file, and are in nothing that is told of now."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor import history
from monitor.history import freshness
from monitor.history.content import Content
from monitor.history.overview import overview
from monitor.history.reading import History
from monitor.status import Status
from tests.history.commands import command
from tests.history.runs import DAY, DAY0, HOUR, PARTNERS, USERS, record, run
from tests.history.test_content import made

NOW = DAY0 + 10 * DAY
TRUE = [record(10 * DAY - number * 300, "down") for number in range(5)]
"""The five newest runs are down."""

AHEAD = [record(10 * DAY + days * DAY, "up") for days in (1, 3)]
"""Earlier, as the file has it later, two were up."""


def known(*records: object) -> History:
    return History(Content(runs=[*TRUE, *AHEAD, *records]))  # type: ignore[list-item]


def test_run_that_begins_after_now_is_neither_newest_nor_a_pause() -> None:
    told = known().as_of(NOW)

    assert (told.last, told.count) == (NOW, 5)
    assert told.cadence == told.pause == 300
    assert [each.status for each in told.runs(last=9)] == [Status.DOWN] * 5
    latest = told.latest(USERS)
    assert latest is not None
    assert (latest.at, latest.status) == (NOW, Status.DOWN)


def test_how_many_they_are_is_said() -> None:
    told = known().as_of(NOW)

    assert told.ahead is not None
    assert told.ahead.runs == 2
    assert str(told.ahead) == (
        "2 runs begin after now (2026-03-13 00:00 UTC to 2026-03-15 00:00 UTC): "
        "the clock of that machine was wrong, so nothing here counts them"
    )
    assert known().as_of(NOW + 9 * DAY).ahead is None


@pytest.mark.parametrize(("ahead", "left_out"), [(0, 0), (60, 0), (freshness.CLOCKS, 0), (freshness.CLOCKS + 1, 1)])
def test_clocks_may_differ_by_minutes(ahead: float, left_out: int) -> None:
    told = History(Content(runs=[*TRUE, record(10 * DAY + ahead)])).as_of(NOW)

    assert (told.ahead.runs if told.ahead else 0) == left_out


def test_day_that_was_folded_by_the_wrong_clock_is_left_out_too() -> None:
    folded = made(Content(runs=[*TRUE, *AHEAD]), now=NOW + 30 * DAY)
    told = History(folded).as_of(NOW)

    assert told.ahead is not None
    assert (told.ahead.runs, told.last, told.count) == (2, NOW, 5)


def test_age_is_that_of_the_newest_run_until_now() -> None:
    age = freshness.age(known(), NOW + HOUR)

    assert (age.seconds, age.overdue, age.every) == (HOUR, True, 300)


def test_terminal_says_so_and_calls_nobody_up() -> None:
    told = [*overview(known(), dict.fromkeys(("prod", USERS, PARTNERS, "dependencies:github"), 0.999), NOW)]

    assert any(line.startswith("WARNING: 2 runs begin after now") for line in told)
    assert any(line.startswith(f"{USERS} (login): down") for line in told)


def test_history_of_nothing_else_says_so() -> None:
    (told,) = overview(History(Content(runs=AHEAD)), {}, NOW)

    assert told.startswith("no runs; 2 runs begin after now")


def test_commands_say_so_and_nothing_leaves_the_file(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    now = time.time() - DAY0
    history.record(file, [run(now - 600, "down"), run(now - 300, "down"), run(now + 12 * HOUR)])

    told = command(tmp_path, "status", "--history", file)
    assert "1 run begins after now" in told.stdout
    assert command(tmp_path, "prune", "--history", file).returncode == 0
    assert history.read(file).count == 3
