"""Each attempt of a run is held once, with its evidence where one of its copies has that."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.attempts import Attempts

ONE: dict[str, Any] = {
    "started": 1.0,
    "seconds": 0.5,
    "phases": {"dns": 0.1},
    "url": "https://a.example/",
    "status": 200,
}


@pytest.mark.parametrize(
    "other",
    [{"started": 2.0}, {"seconds": 0.6}, {"phases": {"dns": 0.2}}, {"phases": None}, {"url": "b"}, {"status": 500}],
    ids=str,
)
def test_attempt_that_differs_in_anything_is_another(other: dict[str, Any]) -> None:
    held = Attempts()

    assert held.places("prod", [ONE, ONE | other, ONE]) == [0, 1, 0]
    assert list(held.held) == [ONE, ONE | other]


def test_attempts_of_two_tenants_are_two() -> None:
    held = Attempts()

    assert [held.places(tenant, [ONE]) for tenant in ("prod", "staging", "prod")] == [[0], [1], [0]]


def test_evidence_of_one_copy_is_that_of_all_and_other_evidence_makes_another() -> None:
    first, second = ONE | {"evidence": {"a": 1}}, ONE | {"evidence": {"a": 2}}
    held = Attempts()

    (bare,) = held.shared("prod", [ONE])
    (with_it,) = held.shared("prod", [first])
    assert bare is with_it
    assert bare == first
    assert "evidence" not in ONE, "what is taken in is never changed"
    assert held.places("prod", [second, ONE, first]) == [1, 0, 0]
