"""For how long what was seen is believed: by how often there is a run, and no longer than until one is overdue."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history.reading import History
from monitor.history.values import DAY, HOUR

TIMES = 4
"""How many intervals without a run are too many; schedulers are late, and drop some."""

LEAST, MOST = 600.0, DAY
"""Seconds: nothing younger is too old, and whatever is older is."""

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
        return self.last is None or self.seconds > self.allowed


def lasting(every: float | None, *, least: float = LEAST, lone: float = LONE) -> float:
    """Seconds for which an observation is believed where there is one ``every`` so many; ``lone``: that is unknown."""
    return lone if every is None else min(max(least, TIMES * every), MOST)


def age(history: History, now: float, least: float = LEAST) -> Age:
    """The age of this history's newest run, against the pauses that were observed."""
    last, every = history.last, history.pause
    return Age(last, now - last if last is not None else 0.0, lasting(every, least=least, lone=MOST), every)
