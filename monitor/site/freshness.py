"""For how long what was seen is believed: by how often it is looked at, as long as nobody alarms that it is overdue."""

from __future__ import annotations

from monitor.history import HOUR
from monitor.telling.overdue import LEAST, MOST, TIMES

LONE = HOUR
"""Seconds for which one run alone is believed."""


def lasting(every: float | None) -> float:
    """Seconds for which an observation is believed where there is one every so many; None where that is not known."""
    return LONE if every is None else min(max(LEAST, TIMES * every), MOST)
