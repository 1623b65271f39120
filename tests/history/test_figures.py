"""The arithmetic, held to published figures, to hand-made ones and to slower ways of counting."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import sketch
from monitor.history.figures import burnt, observed, wilson, worst
from monitor.history.values import Counts
from monitor.status import Status

SMALL = settings(derandomize=True, max_examples=100, deadline=None, database=None)
DAY, HOUR = 86_400.0, 3_600.0


@pytest.mark.parametrize(
    ("well", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # the mirror of the third, and nothing observed
        (20, 20, 0.8389, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_interval_is_wilsons(well: int, n: int, low: float, high: float) -> None:
    assert wilson(well, n) == pytest.approx((low, high), abs=0.00005)


@SMALL
@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=300), st.sampled_from([0.5, 0.95, 0.99]))
def test_percentile_is_the_nearest_rank_within_the_stated_error(seconds: list[float], share: float) -> None:
    packed = sketch.unpack(sketch.pack(sketch.Sketch(map(sketch.class_of, seconds))))
    (told,) = sketch.percentiles(packed, [share])
    exact = sorted(seconds)[math.ceil(share * len(seconds) - 1e-9) - 1]

    assert told is not None
    assert abs(told - exact) <= exact * sketch.ERROR * 1.0001


def test_percentiles_are_those_of_the_standard_library() -> None:
    seconds = [0.1 * 1.003**number for number in range(1_000)]
    told = sketch.percentiles(sketch.Sketch(map(sketch.class_of, seconds)), (0.5, 0.95, 0.99))
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")

    assert told == pytest.approx([cuts[49], cuts[94], cuts[98]], rel=sketch.ERROR + 0.003)


def test_error_that_is_told_is_two_percent() -> None:
    assert 0.019 < sketch.ERROR < 0.02


@pytest.mark.parametrize(("seconds", "told"), [(0.0, 0.001), (1e9, 86_400.0)])
def test_times_out_of_bounds_are_told_as_the_bound(seconds: float, told: float) -> None:
    assert sketch.percentiles(sketch.Sketch([sketch.class_of(seconds)]), [0.5]) == pytest.approx([told], rel=0.02)


def test_nothing_has_no_percentile() -> None:
    assert sketch.percentiles(sketch.Sketch(), (0.5, 0.95)) == [None, None]


@SMALL
@given(st.lists(st.floats(0.001, 100)), st.lists(st.floats(0.001, 100)))
def test_sketches_add_up(one: list[float], other: list[float]) -> None:
    first, second = (sketch.Sketch(map(sketch.class_of, each)) for each in (one, other))

    assert first + second == sketch.Sketch(map(sketch.class_of, one + other))
    assert sketch.unpack(sketch.pack(first)) == first


@pytest.mark.parametrize(
    ("times", "seconds", "cadence", "longest"),
    [
        ([], 0, None, None),
        ([100], 0, None, None),
        ([0, 300, 600], 1_200, 300, 300),  # the last one speaks for two cadences, and no longer
        ([0, 300, 600, 900, 3_000, 3_300], 900 + 600 + 300 + 600, 300, 300),  # a gap is known for two cadences
        ([0, 300, 600, 1_200, 1_500], 2_100, 300, 600),  # two cadences are no gap, and what is shorter may be missed
        ([-300, 0, 300], 900, 300, 300),  # before the window, it speaks into it
    ],
)
def test_observation_speaks_until_the_next_one_and_for_two_cadences(
    times: list[float], seconds: float, cadence: float | None, longest: float | None
) -> None:
    told = observed(tuple(map(float, times)), 0.0, 10_000.0)

    assert (told.seconds, told.cadence, told.longest) == (seconds, cadence, longest)


def test_schedule_that_changes_makes_no_gaps() -> None:
    slow = [at * HOUR for at in range(24)]
    fast = [DAY + at * 300.0 for at in range(288)]

    assert observed((*slow, *fast), 0.0, 2 * DAY).seconds == 2 * DAY


def _slowly(times: list[int], since: int, until: int) -> int:
    """Second by second: is there an observation at most two cadences before?"""
    cadence = statistics.median(b - a for a, b in pairwise(times))
    return sum(any(at - 2 * cadence < time <= at for time in times) for at in range(since, until))


@SMALL
@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=4, unique=True).map(sorted),
    st.integers(0, 200),
    st.integers(201, 600),
)
def test_time_observed_is_that_counted_second_by_second(times: list[int], since: int, until: int) -> None:
    seen = [time for time in times if time < until]
    told = observed(tuple(map(float, seen)), float(since), float(until)).seconds

    assert told == (_slowly(seen, since, until) if len(seen) > 1 else 0)


@SMALL
@given(st.lists(st.integers(0, 4 * 86_400), min_size=2, max_size=60, unique=True).map(sorted), st.integers(0, 86_400))
def test_days_are_parts_of_the_window(times: list[int], since: int) -> None:
    until = 4.5 * DAY
    told = observed(tuple(map(float, times)), float(since), until)

    assert 0 <= told.seconds <= until - since
    for day, seconds in told.by_day.items():
        assert 0 <= seconds <= min((day + 1) * DAY, until) - max(day * DAY, since) + 1e-6


@pytest.mark.parametrize(
    ("counts", "slo", "rate"),
    [
        (Counts(up=999, down=1), 0.999, 1.0),  # spends the budget exactly in its time
        (Counts(up=990, down=10), 0.999, 10.0),
        (Counts(up=500, degraded=500), 0.999, 0.0),  # late is not down
        (Counts(up=9, down=1, unknown=90, skipped=900), 0.9, 1.0),  # what was not judged is not in it
        (Counts(unknown=5), 0.999, None),
    ],
)
def test_budget_burns_as_fast_as_more_is_down_than_the_objective_allows(
    counts: Counts, slo: float, rate: float | None
) -> None:
    assert burnt(counts, slo) == (None if rate is None else pytest.approx(rate))


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (Counts(up=280, degraded=7, down=1, unknown=3), Status.DOWN),
        (Counts(up=280, degraded=7, unknown=3), Status.DEGRADED),
        (Counts(up=1, unknown=287), Status.UP),
        (Counts(unknown=3, skipped=9), Status.UNKNOWN),
        (Counts(), Status.UNKNOWN),
    ],
)
def test_day_is_its_worst_observation_and_unknown_without_one(counts: Counts, status: Status) -> None:
    assert worst(counts) is status
