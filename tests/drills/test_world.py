"""Faults of a world with real names: whose work they are was written down before, and none of ours is Auth0's."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.owners import Owner
from tests.drills import __main__ as command
from tests.drills import score, stage, world
from tests.drills.score import WorldRow

WHY_NOT = stage.possible()


@pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "unshare is not allowed here")
@pytest.mark.parametrize("name", world.FAULTS)
def test_fault_of_the_world_is_its_owners_work(name: str, tmp_path: Path) -> None:
    fault = world.FAULTS[name]
    performance = stage.play(name, tmp_path / "stage")
    causes = performance.document["diagnosis"]["causes"]
    owners = {Owner(cause["owner"]) for cause in causes[:1]}

    assert owners <= set(fault.owners), performance.output
    assert bool(causes) is bool(fault.owners), performance.output
    assert fault.run in ("*", performance.run["status"]), performance.output
    assert "Traceback" not in performance.output


def test_page_has_every_fault_of_the_world() -> None:
    rows = score.world_rows(command.PAGE.read_text(encoding="utf-8"))

    assert [each.name for each in rows] == list(world.FAULTS), "play them by `make drill ARGS=--world`"
    assert len(rows) >= 60


def went(name: str, said: str, sure: str, *expected: str) -> WorldRow:
    return WorldRow(name, "what | it is", "down", said, sure, frozenset(expected))


ROWS = [
    went("a", "auth0", "certain", "auth0"),
    went("b", "auth0", "likely", "runner"),
    went("c", score.NOBODY, score.NOBODY, "runner"),
    went("d", "runner", "guess"),
    went("e", score.NOBODY, score.NOBODY),
]


def test_score_counts_by_owner_and_by_confidence_and_names_the_worst() -> None:
    told = score.world_text(ROWS)

    assert "5 faults. The owner is right in 2 (40.0 %)." in told
    assert "Ours, and blamed on Auth0: b. Silent: c. False alarms: d." in told
    assert "| by auth0 | 2 | 1 (50.0 %) |" in told
    assert "| certain | 1 | 1 (100.0 %) |" in told
    assert "| likely | 1 | 0 (0.0 %) |" in told


def test_rows_are_read_as_they_were_written_and_replaced_alone(tmp_path: Path) -> None:
    page = tmp_path / "drills.md"
    page.write_text("above\n", encoding="utf-8")
    score.keep_world(page, ROWS, ["a", "b", "c", "d", "e"])
    assert score.world_rows(page.read_text(encoding="utf-8")) == ROWS

    score.keep_world(page, [went("b", "runner", "likely", "runner")], ["a", "b", "c"])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("above\n")
    assert [each.right for each in score.world_rows(text)] == [True, True, False]
