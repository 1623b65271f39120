"""Which statuses fail a run is read from words that people write."""

from __future__ import annotations

import pytest

from monitor.status import FAILING, Status, failing

D, U, X = Status.DEGRADED, Status.UNKNOWN, Status.DOWN


@pytest.mark.parametrize(
    ("named", "statuses"),
    [
        ([], {X}),
        ([""], {X}),
        (["down"], {X}),
        (["degraded"], {X, D}),
        ([" Degraded , UNKNOWN "], {X, D, U}),
        (["degraded|unknown"], {X, D, U}),
        (["degraded", "unknown"], {X, D, U}),
        (["unknown,,"], {X, U}),
    ],
    ids=lambda value: "" if isinstance(value, set) else str(value),
)
def test_down_always_fails_a_run_and_what_is_named_does_too(named: list[str], statuses: set[Status]) -> None:
    assert failing(named) == statuses
    assert {X} == FAILING


@pytest.mark.parametrize("word", ["up", "skipped", "all", "down degraded"])
def test_word_that_is_no_such_status_is_named(word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word} is not among down, degraded, unknown$"):
        failing(["degraded", word])
