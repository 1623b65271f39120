"""The arithmetic, held to published figures, to hand-made ones and to slower ways of counting."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import outages, simulation, sketch
from monitor.history.calendar import Day
from monitor.history.figures import (
    Coverage,
    Downtime,
    Period,
    apart,
    counted,
    counting,
    downtime,
    latency,
    observed,
    wilson,
    worst,
)
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
    ("times", "seconds", "usual", "longest", "pause"),
    [
        ([], 0, None, None, None),
        ([100], 0, None, None, 19_900),  # it is too long ago
        ([19_000], 1_000, None, 1_000, 1_000),  # what has passed since the last was seen so far
        ([0, 300, 600], 600, 300, 300, 19_400),
        ([0, 300, 600, 900, 19_700], 900 + 300, 300, 300, 18_800),  # nothing of a gap was seen, also not its beginning
        ([0, 300, 600, 1_200, 1_500], 1_500, 300, 600, 18_500),
        ([-300, 19_000, 19_300], 1_000, 9_800, 700, 19_300),
        ([-300, 300, 600], 600, 450, 600, 19_400),  # a pause that began before the window is as long as it is
        ([0, 2, 300, 302, 600, 602], 602, 300, 298, 19_398),  # two machines: one observation
        ([0, *range(10_000, 10_600, 20), 17_200, 20_000 - 1], 9_999 + 1, 7_110, 6_620, 10_000),
    ],
)
def test_pause_was_observed_where_it_is_no_gap(
    times: list[float], seconds: float, usual: float | None, longest: float | None, pause: float | None
) -> None:
    told = observed(tuple(map(float, times)), 0.0, 20_000.0)

    assert (told.seconds, told.longest, told.pause) == (seconds, longest, pause)
    if usual != 7_110:
        assert told.usual == usual


def test_window_before_all_observations_saw_nothing() -> None:
    assert observed((), 0.0, 100.0).seconds == 0.0


@SMALL
@given(
    st.lists(st.integers(-20_000, 200_000), max_size=40, unique=True),
    st.lists(st.integers(-20_000, 200_000), min_size=1, max_size=40, unique=True),
    st.integers(1, 200_000),
)
def test_looking_more_often_never_lowers_what_was_seen(some: list[int], more: list[int], until: int) -> None:
    """Wherever in the window it is asked: not only in sum."""
    fewer = observed(tuple(float(each) for each in sorted(some) if each < until), 0.0, float(until))
    all_ = observed(tuple(float(each) for each in sorted({*some, *more}) if each < until), 0.0, float(until))

    assert all_.seconds >= fewer.seconds
    for begin in range(0, until, 10_000):
        assert all_.within(begin, begin + 10_000) >= fewer.within(begin, begin + 10_000) - 1e-6


@SMALL
@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=40, unique=True), st.integers(0, 100_000), st.data())
def test_outage_of_the_shortest_that_cannot_be_missed_is_not_missed(
    times: list[int], since: int, data: st.DataObject
) -> None:
    """At the edge of a gap as well: whatever as long lies in the observed time has an observation in it."""
    own = sorted(times)
    seen = observed(tuple(map(float, own)), float(since), 100_001.0)
    if seen.longest is None or not seen.seconds:
        return
    begin = data.draw(st.floats(since, 100_001.0 - min(seen.longest, 100_001.0 - since)))
    end = begin + seen.longest
    if end <= seen.end and seen.within(begin, end) >= seen.longest - 1e-6 and begin >= seen.begin:
        assert any(begin - 1e-6 <= at <= end + 1e-6 for at in own)


@pytest.mark.parametrize("seconds", [0, 2, 30, 54])
def test_second_machine_changes_nothing_but_the_count(seconds: int) -> None:
    alone = observed(tuple(float(at) for at in range(0, 86_400, 300)), 0.0, DAY)
    both = observed(tuple(sorted(float(at + late) for at in range(0, 86_400, 300) for late in {0, seconds})), 0.0, DAY)

    assert both.seconds == alone.seconds == DAY
    assert both.usual == alone.usual == 300
    assert both.looks <= alone.looks * 1.6
    if seconds <= 2:
        assert both.looks == pytest.approx(alone.looks, rel=0.02), "what is seen twice is no second sample"


def test_rounds_a_minute_apart_are_several_observations() -> None:
    starts = [at + late for at in range(0, 86_400, 900) for late in (0, 59, 121)]
    told = observed(tuple(map(float, starts)), 0.0, DAY)

    assert (told.usual, told.longest) == (62, 779)
    assert told.long == pytest.approx(96 * 779, abs=800), "most of the time lay in the pauses between rounds"


@pytest.mark.parametrize(
    ("letters", "spells"),
    [
        ("uuxxuu", [(300, 600, 900, 1_200)]),
        ("xuuuux", [(None, 0, 0, 300), (1_200, 1_500, 1_500, None)]),
        ("uudduu", []),
        ("xxxxxx", [(None, 0, 1_500, None)]),
    ],
)
def test_outage_is_from_the_first_bad_to_the_first_good(letters: str, spells: list[tuple[float | None, ...]]) -> None:
    times = [300.0 * place for place in range(len(letters))]

    assert outages.spells(times, letters) == spells


@pytest.mark.parametrize("order", ["xu", "ux"])
def test_two_machines_of_which_one_sees_it_down_see_one_outage(order: str) -> None:
    """Whichever is the first by two seconds: what one saw down was down."""
    times = [at + late for at in (0.0, 300.0, 600.0, 900.0) for late in (0.0, 2.0)]
    (told,) = outages.spells(times, "uu" + order * 2 + "uu")

    assert told == {"xu": (2.0, 300.0, 600.0, 900.0), "ux": (2.0, 302.0, 602.0, 900.0)}[order]


def test_downtime_is_bounded_by_the_pauses_and_is_of_the_observed_time() -> None:
    seen = observed((0.0, 300.0, 600.0, 900.0, 20_000.0, 20_300.0), 0.0, 20_300.0)

    assert downtime(seen, [(300.0, 600.0, 600.0, 900.0)]) == Downtime(300.0, 0.0, 600.0)
    assert downtime(seen, [(600.0, 900.0, 900.0, 20_300.0)]) == Downtime(300.0, 0.0, 600.0), "the gap is in no downtime"
    assert downtime(seen, [(None, 0.0, 300.0, None)]) == Downtime(1_200.0, 300.0, 1_200.0)
    assert downtime(seen, [(300.0, 600.0, 600.0, 900.0)], [(700.0, 800.0)]).seconds == 200.0


@pytest.mark.parametrize(
    ("spans", "joined"),
    [([], []), ([(5.0, 9.0), (1.0, 6.0), (20.0, 21.0)], [(1.0, 9.0), (20.0, 21.0)])],
    ids=["none", "some"],
)
def test_times_that_overlap_are_counted_once(spans: list[Period], joined: list[Period]) -> None:
    assert apart(spans) == joined


def test_interval_holds_in_months_by_chance() -> None:
    """In few of them here: ``python -m monitor.history simulate`` makes as many as one likes."""
    for cadence in ("every 5 minutes, two machines", "three rounds, as GitHub begins them", "every hour"):
        chance = random.Random(cadence)  # noqa: S311 - no secret
        held = [simulation.holds(cadence, "outages of 3 h", chance)[0] for _ in range(10)]
        assert sum(held) >= 9


def test_simulation_tells_every_cadence_and_sort_of_outage() -> None:
    head, *rows = simulation.lines(1)

    assert "interval of 95 %" in head
    assert len(rows) == len(simulation.CADENCES) * len(simulation.OUTAGES)


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


@pytest.mark.parametrize(
    ("answers", "has_p95", "has_p99"),
    [(1, False, False), (19, False, False), (20, True, False), (99, True, False), (100, True, True)],
)
def test_percentile_is_told_where_there_are_as_many_answers_as_it_needs(
    answers: int, *, has_p95: bool, has_p99: bool
) -> None:
    told = latency(7.0, sketch.unpack([sketch.class_of(0.2), answers - 1, 60, 1]))

    assert (told.at, told.n) == (7.0, answers)
    assert (told.p95 is not None, told.p99 is not None) == (has_p95, has_p99)
    assert told.p50 is not None
    assert told.slowest is not None
    if answers > 1:
        assert told.p50 == pytest.approx(0.2, rel=told.error)
        assert told.slowest > 1.5


def test_nothing_has_no_latency() -> None:
    told = latency(7.0, sketch.unpack())

    assert (told.n, told.p50, told.p95, told.p99, told.slowest) == (0, None, None, None, None)


def test_letters_that_stand_for_no_status_are_not_counted() -> None:
    statuses = {"u": Status.UP, "x": Status.DOWN}

    assert counted({"u": 3, "x": 2, "-": 9, "?": 1}, statuses) == Counts(up=3, down=2)


@pytest.mark.parametrize(
    ("since", "until", "seconds"),
    [
        (0, 100, 60),
        (-50, 500, 60),
        (0, 20, 20),
        (0, 30, 20),
        (20, 40, 0),
        (30, 50, 10),
        (40, 60, 10),
        (60, 70, 0),
        (70, 70, 0),
        (80, 70, 0),
        (100, 200, 0),
        (-20, 0, 0),
    ],
)
def test_what_lies_in_a_gap_was_not_observed(since: float, until: float, seconds: float) -> None:
    seen = Coverage(0.0, 100.0, ((20.0, 40.0), (50.0, 70.0)))

    assert seen.within(since, until) == seconds
    assert seen.seconds == 60


@pytest.mark.parametrize(
    ("without", "seconds"),
    [
        ([], 80.0),
        ([(0.0, 10.0)], 70.0),
        ([(-10.0, 10.0)], 70.0),
        ([(10.0, 30.0)], 70.0),
        ([(20.0, 40.0)], 80.0),
        ([(90.0, 300.0)], 70.0),
        ([(100.0, 300.0), (-9.0, 0.0)], 80.0),
        ([(0.0, 20.0), (40.0, 50.0)], 50.0),
        ([(-1.0, 101.0)], 0.0),
    ],
    ids=str,
)
def test_time_that_does_not_count_is_left_out_as_far_as_it_was_observed(without: list[Period], seconds: float) -> None:
    assert counting(Coverage(0.0, 100.0, ((20.0, 40.0),)), 0.0, 100.0, without) == seconds


@pytest.mark.parametrize(
    ("without", "seconds"), [((0.0, 20.0), 70.0), ((80.0, 100.0), 70.0), ((0.0, 10.0), 80.0), ((90.0, 95.0), 80.0)]
)
def test_time_that_does_not_count_is_left_out_only_of_what_is_asked_for(without: Period, seconds: float) -> None:
    assert counting(Coverage(0.0, 100.0), 10.0, 90.0, [without]) == seconds


@pytest.mark.parametrize(("pause", "is_gap"), [(7_200.0, False), (7_200.5, True)])
def test_pause_of_more_than_two_hours_is_a_gap(pause: float, *, is_gap: bool) -> None:
    seen = observed((0.0, pause), 0.0, pause)

    assert seen.gaps == (((0.0, pause),) if is_gap else ())
    assert seen.seconds == (0.0 if is_gap else pause)
    assert seen.pause == pause


@pytest.mark.parametrize(("apart_", "usual"), [(54.9, 300.0), (55.0, 55.0)])
def test_observations_within_fifty_five_seconds_are_one(apart_: float, usual: float) -> None:
    times = tuple(at + late for at in (0.0, 300.0, 600.0, 900.0) for late in (0.0, apart_))

    assert observed(times, 0.0, 900.0 + apart_).usual == usual
    for letters in ("ux" * 4, "xu" * 4):
        assert len(outages.spells(times, letters)) == (1 if apart_ < 55 else 4)


def test_spells_that_join_have_all_that_was_bad_in_them() -> None:
    times = [0.0, 300.0, 302.0, 304.0, 306.0, 600.0]

    assert outages.spells(times, "uxuxuu") == [(0.0, 300.0, 304.0, 600.0)]
    assert outages.spells(times, "xuuuux") == [(None, 0.0, 0.0, 300.0), (306.0, 600.0, 600.0, None)]
    assert outages.spells([], "") == []


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, 0.001), (0.001, 0.001), (0.0005, 0.001), (86_400.0, 86_400.0), (1e9, 86_400.0)]
)
def test_time_is_told_within_its_error_and_its_bounds(seconds: float, told: float) -> None:
    (found,) = sketch.percentiles(sketch.unpack([sketch.class_of(seconds), 1]), (0.5,))

    assert found == pytest.approx(told, rel=sketch.ERROR + 1e-9)


def test_outage_is_as_bad_as_the_worst_of_it_and_counts_what_was_bad() -> None:
    day = Day(
        0, [0.0, 300.0, 600.0, 602.0, 604.0, 900.0], list("abcdef"), {},
        {"prod": [["u", 1], ["d", 1], ["x", 1], ["u", 1], ["d", 1], ["u", 1]]}, {}, [], [],
    )  # fmt: skip
    (both,) = outages.stretches([day], "prod", frozenset({Status.DOWN, Status.DEGRADED}))
    (down,) = outages.stretches([day], "prod", frozenset({Status.DOWN}))

    assert (both.status, both.after, both.began, both.last, both.ended) == (Status.DOWN, 0.0, 300.0, 604.0, 900.0)
    assert (both.observations, both.run) == (3, "b")
    assert (down.status, down.observations, down.run, down.limits) == (
        Status.DOWN,
        1,
        "c",
        (300.0, 600.0, 600.0, 900.0),
    )
    assert list(outages.stretches([day], "prod", frozenset())) == []
    assert list(outages.stretches([day], "other", frozenset({Status.DOWN}))) == []
    assert both.of("prod").target == "prod"


def test_observation_that_judged_nothing_neither_begins_nor_ends_an_outage() -> None:
    row = [["n", 1], ["u", 1], ["n", 1], ["x", 1], ["-", 1], ["x", 2], ["s", 1], ["u", 1]]
    starts = [300.0 * place for place in range(9)]
    day = Day(0, starts, [str(place) for place in range(9)], {}, {"prod": row}, {}, [], [])
    (found,) = outages.stretches([day], "prod", frozenset({Status.DOWN}))

    assert found.limits == (300.0, 900.0, 1_800.0, 2_400.0)
    assert (found.observations, found.run) == (3, "3")
