"""How often the interval of uptime holds: months by chance, of which the truth is known, seen at the usual cadences."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from monitor.history.figures import Period, apart, downtime, observed, wilson
from monitor.history.outages import spells
from monitor.history.values import DAY, HOUR
from monitor.text import percent

MONTH = 30 * DAY
MINUTE = 60.0


def _steady(step: float, jitter: float) -> Callable[[random.Random], list[float]]:
    """Observations at this distance, each as late as chance has it."""

    def times(chance: random.Random) -> list[float]:
        phase = chance.uniform(0, step)
        return sorted(phase + place * step + chance.uniform(0, jitter) for place in range(int(MONTH / step)))

    return times


def _twice(step: float) -> Callable[[random.Random], list[float]]:
    """The same of two machines, two seconds apart."""

    def times(chance: random.Random) -> list[float]:
        return sorted(at + late for at in _steady(step, 1)(chance) for late in (0.0, 2.0))

    return times


def _github(chance: random.Random) -> list[float]:
    """Three rounds a minute apart, begun when GitHub likes: every 5 to 15 minutes, and now and then after 56."""
    starts = accumulate(chance.uniform(300, 900) if chance.random() < 0.95 else 3_360.0 for _ in range(12_000))
    return [start + round_ * MINUTE for start in starts if start < MONTH for round_ in range(3)]


CADENCES: dict[str, Callable[[random.Random], list[float]]] = {
    "every minute": _steady(MINUTE, 1),
    "every 5 minutes": _steady(5 * MINUTE, 20),
    "every 5 minutes, two machines": _twice(5 * MINUTE),
    "three rounds, as GitHub begins them": _github,
    "every hour": _steady(HOUR, 300),
}
OUTAGES: dict[str, tuple[float, float]] = {
    "blips of 20 s": (20.0, 0.001),
    "outages of 4 min": (240.0, 0.001),
    "outages of 40 min": (2_400.0, 0.002),
    "outages of 3 h": (3 * HOUR, 0.01),
}
"""How long an outage is on average (by chance, exponentially), and the share of the time that is down."""


def holds(cadence: str, outages: str, chance: random.Random) -> tuple[bool, float]:
    """Whether the interval has the month's own uptime, and how wide it is."""
    length, share = OUTAGES[outages]
    down = apart(_by_chance(length, share, chance))
    truth = 1 - sum(min(end, MONTH) - begin for begin, end in down) / MONTH
    times = tuple(at for at in CADENCES[cadence](chance) if at < MONTH)
    seen = observed(times, 0.0, MONTH)
    bad = downtime(seen, spells(times, _letters(times, down)))
    own, least, most = (1 - each / seen.seconds for each in (bad.seconds, bad.most, bad.least))
    low, high = wilson(seen.looks * own, seen.looks)
    low, high = min(low, least), max(high, most)
    return low <= truth <= high, high - low


def _by_chance(length: float, share: float, chance: random.Random) -> Iterator[Period]:
    at = chance.expovariate(share / length)
    while at < MONTH:
        end = at + chance.expovariate(1 / length)
        yield at, end
        at = end + chance.expovariate(share / length)


def _letters(times: Sequence[float], down: Sequence[Period]) -> str:
    """How each observation found it: up, or down."""
    letters, place = [], 0
    for at in times:
        while place < len(down) and down[place][1] <= at:
            place += 1
        letters.append("x" if place < len(down) and down[place][0] <= at else "u")
    return "".join(letters)


def lines(months: int, seed: int = 1) -> Iterator[str]:
    """The table: for each cadence and sort of outages in how many months the interval holds, and its usual width."""
    yield f"{months} months of each, of which the interval of 95 % has the month's own uptime in:"
    for cadence in CADENCES:
        for outages in OUTAGES:
            chance = random.Random(f"{seed} {cadence} {outages}")  # noqa: S311 - no secret
            found = [holds(cadence, outages, chance) for _ in range(months)]
            share = sum(held for held, _ in found) / months
            width = sorted(wide for _, wide in found)[months // 2]
            yield f"  {share:6.1%} of months, {cadence}, {outages} (it is {percent(width)} wide)"
