"""For how long what was seen is believed, by how often there is a run: whoever asks whether it is too old asks here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from monitor.history.values import DAY, HOUR

if TYPE_CHECKING:
    from monitor.history.reading import History

TIMES = 4
"""How many intervals without a run are too many; schedulers are late, and drop some."""

MISSING = 3
"""As many intervals without a run are a gap, in which nothing is known of who was followed from run to run."""

LEAST, MOST = 600.0, DAY
"""Seconds: nothing younger is too old, and whatever is older is."""

CLOCKS = 600.0
"""Seconds by which a run may begin after now, since clocks differ; one that begins later had a clock that was wrong."""

LONE = HOUR
"""Seconds for which one run alone is believed."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old the newest run is, how old it may be, and what pause is usual; None where there is no run at all."""

    last: float | None
    seconds: float
    allowed: float
    every: float | None

    @property
    def overdue(self) -> bool:
        """Whether somebody has to be told that no run comes; at that very moment nobody has yet."""
        return self.last is None or self.seconds > self.allowed


def usual(starts: Iterable[float]) -> float | None:
    """What nine of ten pauses between these moments, the oldest first, keep to; None where there is no pause.

    No median: rounds come a minute apart, and then none until a scheduler is ready.
    """
    pauses = sorted(after - before for before, after in pairwise(starts))
    return pauses[math.ceil(0.9 * len(pauses)) - 1] if pauses else None


def lasting(every: float | None, *, least: float = LEAST, lone: float = LONE) -> float:
    """Seconds for which an observation is believed where there is one ``every`` so many; ``lone``: that is unknown."""
    return lone if every is None else min(max(least, TIMES * every), MOST)


def expires(seen: float, every: float | None) -> float:
    """From when on what was seen then is too old to be believed."""
    return seen + lasting(every)


def missed(every: float | None) -> float:
    """Seconds without a word that are more than usual; without end, where it is not known what is usual."""
    return MISSING * every if every is not None else math.inf


def age(history: History, now: float, least: float = LEAST) -> Age:
    """The age of this history's newest run, against the pauses that were observed."""
    known = history.as_of(now)
    last, every = known.last, known.pause
    return Age(last, max(0.0, now - last) if last is not None else 0.0, lasting(every, least=least, lone=MOST), every)
