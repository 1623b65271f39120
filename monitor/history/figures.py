"""The arithmetic: intervals of confidence, how much of a time was observed, and what an error budget has left."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from operator import sub

from monitor.history import sketch
from monitor.history.values import DAY, Counts, Latency
from monitor.status import Status

Z = statistics.NormalDist().inv_cdf(0.975)
"""For 95 %, both sides."""

REACH = 2
"""Cadences for which an observation speaks at most."""

ENOUGH = 4
"""Intervals of a day from which its own cadence is told; with fewer, that of the whole window holds."""

BURNS = (3_600.0, 6 * 3_600.0, 3 * DAY)
BUDGET = 30 * DAY


def wilson(well: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of which ``well`` in ``n`` were seen; 0 to 1 where nothing was."""
    if not n:
        return 0.0, 1.0
    share, square = well / n, Z * Z / n
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return max(0.0, middle - half) if well else 0.0, min(1.0, middle + half) if well < n else 1.0


def counted(letters: Mapping[str, int], statuses: Mapping[str, Status]) -> Counts:
    """Counts of the letters that stand for statuses; what stands for none is left out."""
    return Counts(**{str(statuses[letter]): count for letter, count in letters.items() if letter in statuses})


def worst(counts: Counts) -> Status:
    """The worst that was observed; unknown where nothing was."""
    if counts.down:
        return Status.DOWN
    if counts.degraded:
        return Status.DEGRADED
    return Status.UP if counts.up else Status.UNKNOWN


def burnt(counts: Counts, slo: float) -> float | None:
    """The share that was down, in shares that the objective allows; None where nothing was judged."""
    return counts.down / counts.judged / (1 - slo) if counts.judged else None


def latency(at: float, some: sketch.Sketch) -> Latency:
    """What these times come to; ``at`` is when they began."""
    p50, p95, p99 = sketch.percentiles(some, (0.5, 0.95, 0.99))
    return Latency(at, some.total(), p50, p95, p99, sketch.ERROR)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a window was observed: the rest is gaps.

    ``by_day`` are its seconds by the day's number; ``cadence`` is the median of the intervals, ``longest`` the longest
    that is no gap; None where there are too few observations.
    """

    by_day: dict[int, float]
    cadence: float | None
    longest: float | None

    @property
    def seconds(self) -> float:
        return math.fsum(self.by_day.values())


@lru_cache(64)
def observed(times: tuple[float, ...], since: float, until: float) -> Coverage:
    """What these observations tell of a window; those shortly before it speak into it.

    An observation speaks until the next one, and for at most REACH cadences. A day's cadence is the median of the
    intervals between its observations, since schedules change; where there are fewer than ENOUGH, that of all.
    """
    by_day: dict[int, float] = {}
    if len(times) < 2:
        return Coverage(by_day, None, None)
    general = statistics.median(map(sub, times[1:], times))
    intervals: list[float] = []
    longest: list[float] = []
    before, reach = times[0], 0.0
    for day, some in groupby(times, lambda time: int(time // DAY)):
        own = [*some]
        between = [*map(sub, own[1:], own)]
        cadence = statistics.median(between) if len(between) >= ENOUGH else general
        _add(by_day, max(before, since), min(own[0], before + reach, until))
        reach = REACH * cadence
        if own[0] >= since and max(between, default=0) <= reach:  # the whole day at once: there are many of them
            by_day[day] = by_day.get(day, 0.0) + own[-1] - own[0]
        else:
            for a, b in pairwise(own):
                _add(by_day, max(a, since), min(b, a + reach))
        inside = [*map(sub, own[1:], own)] if own[0] >= since else [b - a for a, b in pairwise(own) if b >= since]
        inside += [own[0] - before] if own[0] >= since and own[0] > before else []
        intervals += inside
        longest.append(max((each for each in inside if each <= reach), default=0.0))
        before = own[-1]
    _add(by_day, max(before, since), min(before + reach, until))
    return Coverage(by_day, statistics.median(intervals) if intervals else None, max(longest) or None)


def _add(by_day: dict[int, float], begin: float, end: float) -> None:
    while begin < end:
        day = int(begin // DAY)
        stop = min(end, (day + 1) * DAY)
        by_day[day] = by_day.get(day, 0.0) + stop - begin
        begin = stop
