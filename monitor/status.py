"""The five things that a probe, and a run, can say."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """The five things that a probe can say, as in the design's table."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


SEVERITY = {Status.SKIPPED: 0, Status.UP: 1, Status.DEGRADED: 2, Status.UNKNOWN: 3, Status.DOWN: 4}
"""Which status speaks for many: the greatest."""

ILL = (Status.DOWN, Status.UNKNOWN, Status.DEGRADED)
"""The statuses that are not well, worst first."""

JUDGED = frozenset({Status.UP, Status.DEGRADED, Status.DOWN})
"""The statuses that say something about the target."""


FAILING: frozenset[Status] = frozenset({Status.DOWN})
"""The statuses that fail a run where nothing else is said; what we could not judge by our own fault does too."""


def failing(named: Iterable[str]) -> frozenset[Status]:
    """The statuses that fail a run: those that these texts name, and down. ValueError, where one is not among them."""
    words = {word.strip().lower() for words in named for word in words.replace("|", ",").split(",")} - {""}
    wrong = words - {"down", "degraded", "unknown"}
    if wrong:
        raise ValueError(f"{', '.join(sorted(wrong))} is not among down, degraded, unknown")
    return FAILING | {Status(word) for word in words}
