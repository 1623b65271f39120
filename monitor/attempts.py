"""The attempts of one run: each is held once and written once, however many verdicts rest on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_EVIDENCE = "evidence"


def marks(attempt: Mapping[str, Any]) -> tuple[object, ...]:
    """What tells an attempt of a tenant from all others of it: when it began, how long each phase took, what it asked.

    A clock that is coarse, or set back, tells two times as one; that two attempts took the same microseconds in every
    phase is not to be expected.
    """
    phases: Mapping[str, float] = attempt.get("phases") or {}
    return (attempt.get("started"), attempt.get("seconds"), *phases.items(), attempt.get("url"))


class Attempts:
    """Attempts in plain JSON types, in the order in which they came; the same one is taken in once.

    Of two that are the same but for the evidence, the one with it stands for both. What is taken in is never changed.
    """

    def __init__(self) -> None:
        self._held: list[dict[str, Any]] = []
        self._places: dict[tuple[object, ...], list[int]] = {}

    @property
    def held(self) -> Sequence[dict[str, Any]]:
        """All of them, by their places."""
        return self._held

    def places(self, tenant: str, attempts: Sequence[Mapping[str, Any]]) -> list[int]:
        """Where each of these attempts of a tenant is held; what is not yet, is from now on."""
        return [self._place(tenant, each) for each in attempts]

    def shared(self, tenant: str, attempts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """These attempts of a tenant, as they are held: each is one object for all that rest on it."""
        return [self._held[place] for place in self.places(tenant, attempts)]

    def _place(self, tenant: str, attempt: Mapping[str, Any]) -> int:
        known = self._places.setdefault((tenant, *marks(attempt)), [])
        for place in known:
            held = self._held[place]
            if _are_one(held, attempt):
                held.update(attempt)  # a copy of ours, which every verdict that rests on it has
                return place
        known.append(len(self._held))
        self._held.append(dict(attempt))
        return known[-1]


def _are_one(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether they are equal, but that only one of them may have evidence."""
    if _EVIDENCE in one and _EVIDENCE in other:
        return one == other
    return _plain(one) == _plain(other)


def _plain(attempt: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attempt.items() if name != _EVIDENCE}
