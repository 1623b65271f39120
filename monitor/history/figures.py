"""The arithmetic: what was observed of a time and how well it was, intervals of confidence, what a budget has left."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import sub

from monitor.history import sketch
from monitor.history.values import DAY, HOUR, Counts, Latency
from monitor.status import Status

Z = statistics.NormalDist().inv_cdf(0.975)
"""For 95 %, both sides."""

GAP = 2 * HOUR
"""Seconds: a longer pause is a gap, in which nobody looked. The same for every cadence: so whoever looks more often
never has seen less."""

TOGETHER = 55.0
"""Seconds: observations that are no further apart are one, of several machines or by hand. Rounds a minute apart begin
a little early or late, and are several."""

LONG = 2
"""As many usual pauses are a long one."""

BURNS = (HOUR, 6 * HOUR, 3 * DAY)
BUDGET = 30 * DAY

Period = tuple[float, float]
"""From when to when, in seconds of the epoch."""


def wilson(well: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of which ``well`` in ``n`` were seen; 0 to 1 where nothing was."""
    if not n:
        return 0.0, 1.0
    share, square = well / n, Z * Z / n
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(max(0.0, share * (1 - share)) / n + square / (4 * n)) / (1 + square)
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


def latency(at: float, some: sketch.Sketch) -> Latency:
    """What these times come to; ``at`` is when they began."""
    (p50, p95, p99), (slowest,) = (sketch.percentiles(some, shares) for shares in ((0.5, 0.95, 0.99), (1.0,)))
    n, (_, for_p95, for_p99) = some.total(), Latency.NEEDED
    return Latency(at, n, p50, p95 if n >= for_p95 else None, p99 if n >= for_p99 else None, sketch.ERROR, slowest)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a window was observed: the pauses between observations that are no gaps.

    It reaches from ``begin`` to ``end`` without the ``gaps``; None where nothing was. ``usual`` is the median pause,
    ``longest`` the longest that is no gap, ``pause`` the longest of all, ``long`` the seconds that lie in pauses of
    more than LONG usual ones and are no gaps; ``looks`` is as how many observations at random moments these count.
    """

    begin: float
    end: float
    gaps: tuple[Period, ...] = ()
    usual: float | None = None
    longest: float | None = None
    pause: float | None = None
    long: float = 0.0
    looks: float = 0.0

    def within(self, since: float, until: float) -> float:
        """The seconds that were observed between these moments."""
        since, until = max(since, self.begin), min(until, self.end)
        if since >= until:
            return 0.0
        lost = (min(until, b) - max(since, a) for a, b in self.gaps if a < until and b > since)
        return max(0.0, until - since - math.fsum(lost))

    @property
    def seconds(self) -> float:
        """All of them."""
        return self.within(self.begin, self.end)


@lru_cache(64)
def observed(times: tuple[float, ...], since: float, until: float) -> Coverage:
    """What these observations, the oldest first, tell of a window; the last one before it speaks into it.

    A pause between two of them was observed where it is no longer than GAP, and so is what has passed since the last.
    Nothing else was: what began and ended in a longer pause cannot have been seen, not even right after its beginning.
    """
    before = bisect_right(times, since)
    own = [*times[max(0, before - 1) :], until]
    if len(own) < 2:
        return Coverage(since, since)
    pauses = [*map(sub, own[1:], own)]
    gaps = tuple((own[place], own[place + 1]) for place, pause in enumerate(pauses) if pause > GAP)
    fine = [pause for pause in pauses if pause <= GAP] if gaps else pauses
    begin = max(since, own[0])
    usual = _usual(own[:-1])
    clipped = [(min(pause, own[place + 1] - begin), pause) for place, pause in enumerate(pauses[:1])]
    lengths = [(pause, pause) for pause in pauses[1:] if pause <= GAP]
    lengths += [each for each in clipped if each[1] <= GAP]
    long = math.fsum(inside for inside, pause in lengths if usual is not None and pause > LONG * usual)
    squares = math.fsum(inside * inside for inside, _ in lengths)
    whole = math.fsum(inside for inside, _ in lengths)
    return Coverage(
        begin,
        until,
        gaps,
        usual,
        max(fine, default=None),
        max(pauses),
        long,
        whole * whole / squares if squares else 0.0,
    )


def _usual(times: Sequence[float]) -> float | None:
    """The median pause between looks: observations within TOGETHER of the first of them are one."""
    pauses = [*map(sub, times[1:], times)]
    if pauses and min(pauses) < TOGETHER:
        looks = [times[0]]
        for time in times:
            looks += [time] if time - looks[-1] >= TOGETHER else []
        pauses = [*map(sub, looks[1:], looks)]
    return statistics.median(pauses) if pauses else None


@dataclass(frozen=True, slots=True)
class Downtime:
    """The seconds of the observed time in which a target was down, and what they are at least and at most."""

    seconds: float
    least: float
    most: float


Limits = tuple[float | None, float, float, float | None]
"""Of an outage: its last good observation before, its first bad one, its last bad one, the first good one after it."""


def downtime(seen: Coverage, outages: Iterable[Limits], without: Sequence[Period] = ()) -> Downtime:
    """That of these outages; ``without`` are times that do not count, apart from each other."""
    sums = [0.0, 0.0, 0.0]
    for after, began, last, ended in outages:
        end = seen.end if ended is None else ended
        start = seen.begin if after is None else after
        for place, (a, b) in enumerate(((began, end), (began, last), (min(start, began), end))):
            sums[place] += counting(seen, a, b, without)
    return Downtime(*sums)


def counting(seen: Coverage, since: float, until: float, without: Sequence[Period] = ()) -> float:
    """The observed seconds between these moments, less those that do not count."""
    lost = (seen.within(max(since, a), min(until, b)) for a, b in without if a < until and b > since)
    return max(0.0, seen.within(since, until) - math.fsum(lost))


def apart(spans: Iterable[Period]) -> list[Period]:
    """These without what several of them have in common."""
    joined: list[Period] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined
