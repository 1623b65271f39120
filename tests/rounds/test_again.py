"""One round more: where the newest says otherwise than the history did, and never for what is known already."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import history
from monitor.rounds import again, pace
from monitor.rounds.pace import Plan, Round
from monitor.verdict import Run, Verdict
from tests.reports import runs

WELL = (runs.verdict(), runs.verdict(target="staging"))
ILL = (runs.down(), runs.verdict(target="staging"))
OTHER = (runs.verdict(), runs.down(target="staging"))
BLIND = (runs.unknown(), runs.verdict(target="staging"))


def recorded(file: Path, *verdicts: Verdict) -> Path:
    history.record(file, [live(*verdicts)])
    return file


def live(*verdicts: Verdict) -> Run:
    return replace(runs.diagnosed(*verdicts), mode="live")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (WELL, WELL, False),
        (WELL, ILL, True),
        (ILL, ILL, False),
        (ILL, WELL, True),
        (ILL, OTHER, True),
        (WELL, BLIND, True),
        (WELL, (*WELL, runs.unread()), False),
        (WELL, (*WELL, runs.degraded()), False),
    ],
    ids=["well", "falls-ill", "stays-ill", "recovers", "another", "cannot-be-judged", "status-page", "late"],
)
def test_what_is_new_is_asked_again_and_what_is_known_is_not(
    tmp_path: Path, before: tuple[Verdict, ...], now: tuple[Verdict, ...], *, expected: bool
) -> None:
    file = recorded(tmp_path / "history.sqlite", *before)

    assert again.differs(live(*now), again.ill_before(file)) is expected


def test_nothing_is_asked_again_where_no_run_is_known_before(tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no history")

    for file in (None, tmp_path / "missing.sqlite", broken):
        assert not again.differs(live(*ILL), again.ill_before(file))


@pytest.mark.parametrize(("wanted", "expected"), [(0, 1), (1, 2), (9, 3)], ids=["never", "once", "as-often-as-allowed"])
def test_there_are_as_many_rounds_more_as_are_wanted_and_allowed(tmp_path: Path, wanted: int, expected: int) -> None:
    done: list[int] = []

    def take(ended: Round) -> None:
        done.append(ended.number)

    plan = Plan(1, 0.0, 30.0, tmp_path, again=2)
    command = [sys.executable, "-c", ""]
    ended = asyncio.run(pace.perform(plan, lambda _folder: command, take, lambda: len(done) <= wanted))

    assert [each.number for each in ended] == done == list(range(1, expected + 1))
