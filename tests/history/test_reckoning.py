"""A second reckoning, from the definitions of docs/history.md alone: whatever was observed, it comes to the same.

Nothing of ``monitor.history`` computes here: the definitions are followed word by word, slowly. Only what is reckoned
with (a history of runs) and what it has to equal come from there.
"""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history.content import Content
from monitor.history.reading import History
from monitor.history.records import RunRecord
from tests.history.runs import DAY0, USERS, record
from tests.history.test_content import made

SMALL = settings(derandomize=True, max_examples=60, deadline=None, database=None)
DAY, HOUR = 86_400, 3_600
ILL, FINE = ["down", "down", "up"], [*["up"] * 12, "late", "unknown", "skipped"]
JUDGED, WELL = {"up", "late", "down"}, {"up", "late"}


@dataclass(frozen=True)
class Reckoned:
    """A second's worth at a time, and every pause for itself."""

    seen: list[tuple[int, str]]
    since: int
    until: int

    @property
    def judged(self) -> list[tuple[int, str]]:
        return [(at, word) for at, word in self.seen if word in JUDGED and at < self.until]

    @property
    def times(self) -> list[int]:
        """Those that a window knows of: its own, and the last one before it."""
        before = [at for at, _ in self.judged if at <= self.since][-1:]
        return [*before, *(at for at, _ in self.judged if at > self.since)]

    @property
    def pauses(self) -> list[tuple[int, int]]:
        return [*pairwise([*self.times, self.until])]

    def observed(self, begin: float, end: float) -> float:
        """Seconds of this time in pauses of at most two hours, within the window."""
        inside = [(max(a, self.since, begin), min(b, end)) for a, b in self.pauses if b - a <= 2 * HOUR]
        return sum(max(0, b - a) for a, b in inside)

    @property
    def bad(self) -> list[bool]:
        """Whether an observation is bad, or one with a bad one: less than 55 seconds from it."""
        down = [at for at, word in self.judged if word == "down"]
        return [any(abs(at - other) < 55 for other in down) for at, _ in self.judged]

    @property
    def outages(self) -> list[tuple[float | None, int, int, int | None]]:
        found: list[tuple[float | None, int, int, int | None]] = []
        rows = [(at, word == "down", bad) for (at, word), bad in zip(self.judged, self.bad, strict=True)]
        place = 0
        while place < len(rows):
            if not rows[place][2]:
                place += 1
                continue
            end = place
            while end < len(rows) and rows[end][2]:
                end += 1
            really = [at for at, down, _ in rows[place:end] if down]
            after = rows[place - 1][0] if place else None
            found.append((after, really[0], really[-1], rows[end][0] if end < len(rows) else None))
            place = end
        return found

    def down(self) -> tuple[float, float, float]:
        """As it counts, at least, and at most."""
        sums = [0.0, 0.0, 0.0]
        for after, began, last, ended in self.outages:
            end = self.until if ended is None else ended
            start = self.since if after is None else after
            for place, (a, b) in enumerate(((began, end), (began, last), (min(start, began), end))):
                sums[place] += self.observed(a, b)
        return sums[0], sums[1], sums[2]

    def interval(self) -> tuple[float, float]:
        """Wilson's, of the uptime by time and as many observations as the pauses are worth; it holds the bounds."""
        lengths = [self.observed(a, b) for a, b in self.pauses]
        whole = sum(lengths)
        if not whole:
            return 0.0, 1.0
        n, z = whole**2 / sum(each**2 for each in lengths), statistics.NormalDist().inv_cdf(0.975)
        share, most, least = self._shares(whole)
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        return min(max(0.0, middle - half), least), max(min(1.0, middle + half), most)

    def _shares(self, whole: float) -> tuple[float, float, float]:
        down, least, most = self.down()
        return 1 - down / whole, 1 - least / whole, 1 - most / whole

    @property
    def usual(self) -> float | None:
        looks: list[int] = []
        for at in self.times:
            if not looks or at - looks[-1] >= 55:
                looks.append(at)
        return statistics.median(b - a for a, b in pairwise(looks)) if len(looks) > 1 else None


def seen_by(cadence: int, machines: int, gaps: list[tuple[int, int]], chance: random.Random) -> list[tuple[int, str]]:
    """Some days of observations, at a cadence, by machines that are seconds apart, with gaps, ill now and then."""
    found: dict[int, str] = {}
    ill = False
    for at in range(0, 3 * DAY, cadence):
        if any(begin <= at < end for begin, end in gaps):
            continue
        ill = chance.random() < (0.7 if ill else 0.05)
        for machine in range(machines):
            word = (
                chance.choice(["down", "down", "up"])
                if ill
                else chance.choice(["up"] * 12 + ["late", "unknown", "skipped"])
            )
            found[at + machine * 2 + chance.randrange(0, 2)] = word
    return sorted(found.items())


Case = tuple[int, int, list[tuple[int, int]], int, int, int]
cases = st.tuples(
    st.sampled_from([900, 1_800, 3_600, 7_000, 9_000]),
    st.integers(1, 2),
    st.lists(
        st.tuples(st.integers(0, 3 * DAY), st.integers(600, DAY)).map(lambda one: (one[0], one[0] + one[1])), max_size=3
    ),
    st.integers(0, 2**16),
    st.integers(0, 2 * DAY),
    st.integers(1, 2 * DAY),
)


@SMALL
@given(cases)
def test_figures_are_those_that_the_definitions_say(
    case: Case,
) -> None:
    cadence, machines, gaps, seed, since, length = case
    chance = random.Random(seed)  # noqa: S311 - no secret
    seen = seen_by(cadence, machines, gaps, chance)
    until = since + length
    own = Reckoned(seen, since, until)
    told = history_of(seen, chance)
    figure = told.uptime(USERS, DAY0 + since, DAY0 + until)
    whole = own.observed(since, until)
    down, least, most = own.down()

    inside = [word for at, word in own.judged if at >= since]
    assert figure.counts.judged == len(inside)
    assert figure.by_observations == (sum(word in WELL for word in inside) / len(inside) if inside else None)
    assert figure.observed == pytest.approx(whole, abs=0.01)
    assert figure.coverage == pytest.approx(whole / length, abs=1e-6)
    assert figure.down == pytest.approx(down, abs=0.01)
    if whole:
        bounds = (1 - down / whole, 1 - most / whole, 1 - least / whole)
        assert (figure.share, figure.least, figure.most) == pytest.approx(bounds, abs=1e-6)
        fine = [b - a for a, b in own.pauses if b - a <= 2 * HOUR]
        assert figure.shortest_outage == pytest.approx(max(fine), abs=0.01)
    else:
        assert figure.share is None
    assert figure.cadence == (None if own.usual is None else pytest.approx(own.usual, abs=0.01))
    if own.times:
        assert figure.longest_pause == pytest.approx(max(b - a for a, b in own.pauses), abs=0.01) or len(own.times) == 1
    if whole and own.usual:
        long = sum(own.observed(a, b) for a, b in own.pauses if 2 * own.usual < b - a <= 2 * HOUR)
        assert figure.in_long == pytest.approx(long / whole, abs=1e-6)
    low, high = own.interval()
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=1e-6)


@SMALL
@given(cases)
def test_outages_and_bars_are_those_that_the_definitions_say(
    case: Case,
) -> None:
    cadence, machines, gaps, seed, _, _ = case
    chance = random.Random(seed)  # noqa: S311 - no secret
    seen = seen_by(cadence, machines, gaps, chance)
    own, told = Reckoned(seen, 0, 4 * DAY), history_of(seen, chance)
    outages = [
        tuple(None if at is None else round(at - DAY0, 3) for at in (each.after, each.began, each.last, each.ended))
        for each in reversed(told.outages(USERS))
    ]

    assert outages == own.outages
    for bar in told.bars(USERS, DAY0 + 4 * DAY - 1, days=4):
        begin = int(bar.day - DAY0)
        words = [word for at, word in own.judged if begin <= at < begin + DAY]
        worst = next(
            (name for word, name in (("down", "down"), ("late", "degraded"), ("up", "up")) if word in words), "unknown"
        )
        assert bar.status == worst
        assert bar.counts.judged == len(words)
        alone = Reckoned(seen, 0, 4 * DAY - 1)
        length = min(DAY, 4 * DAY - 1 - begin)
        assert bar.observed == pytest.approx(alone.observed(begin, begin + length) / length, abs=1e-6)


@SMALL
@given(cases, st.sampled_from([0.9, 0.99, 0.999]))
def test_budgets_are_those_that_the_definitions_say(case: Case, slo: float) -> None:
    cadence, machines, gaps, seed, since, _ = case
    chance = random.Random(seed)  # noqa: S311 - no secret
    seen = seen_by(cadence, machines, gaps, chance)
    until = since + DAY
    own = Reckoned(seen, until - 30 * DAY, until)
    told = history_of(seen, chance).budget(USERS, DAY0 + until, slo=slo)
    down, whole = own.down()[0], own.observed(until - 30 * DAY, until)

    assert told.down == pytest.approx(down, abs=0.01)
    if not whole:
        assert (told.spent, told.spent_of_seen) == (None, None)
        return
    assert told.spent == pytest.approx(down / (30 * DAY * (1 - slo)), abs=1e-6)
    assert told.spent_of_seen == pytest.approx(down / (whole * (1 - slo)), abs=1e-6)
    for window, rate in told.burn.items():
        part = Reckoned(seen, int(until - window), until)
        length = part.observed(until - window, until)
        if length < window / 2:
            assert rate is None
        else:
            assert rate == pytest.approx(part.down()[0] / length / (1 - slo), abs=1e-6)


def history_of(seen: list[tuple[int, str]], chance: random.Random) -> History:
    """These observations as a history, in parts that were merged in whatever order, some twice, and pruned or not."""
    runs = [KNOWN.setdefault((at, word), record(at, word, seconds=took(at))) for at, word in seen]
    parts = [runs[place::3] for place in range(3)] + [runs[::5]]
    chance.shuffle(parts)
    age = chance.choice([None, DAY0 + 9 * DAY, DAY0 + 40 * DAY])
    merged = made(*(Content(runs=part) for part in parts), now=age)
    return History(made(merged, merged, now=age))


def took(at: int) -> float:
    """How long the login of that run took."""
    return 0.1 + at % 97 / 100


@SMALL
@given(cases)
def test_latencies_are_those_that_the_definitions_say(case: Case) -> None:
    cadence, machines, gaps, seed, since, length = case
    chance = random.Random(seed)  # noqa: S311 - no secret
    seen = seen_by(cadence, machines, gaps, chance)
    until = since + length
    hours: dict[int, list[int]] = {}
    for at, _ in seen:
        hours.setdefault(at // HOUR, []).append(at)
    whole = {hour for hour, some in hours.items() if since <= min(some) and max(some) < until}
    right = sorted(took(at) for at, word in seen if word in WELL and at // HOUR in whole)
    told = history_of(seen, chance).latency(USERS, DAY0 + since, DAY0 + until)

    assert told.n == len(right)
    for value, share, needed in ((told.p50, 0.5, 1), (told.p95, 0.95, 20), (told.p99, 0.99, 100)):
        if len(right) < needed:
            assert value is None
        else:
            assert value == pytest.approx(right[math.ceil(share * len(right) - 1e-9) - 1], rel=0.0201)


KNOWN: dict[tuple[int, str], RunRecord] = {}
"""Records by when and what: they take long to make, and are the same in every case."""
