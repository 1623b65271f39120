from __future__ import annotations

import pytest

from monitor import text
from monitor.history import DAY, HOUR, Bar, Counts, Latency, Uptime
from monitor.site import words
from monitor.status import Status


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (45, "45 s"),
        (119, "1 min 59 s"),
        (299, "5 min"),
        (301, "5 min"),
        (HOUR, "1 h"),
        (2 * HOUR + 600, "2 h 10 min"),
        (DAY + 59, "1 d"),
        (3 * DAY + 4 * HOUR + 600, "3 d 4 h"),
        (DAY + 300, "1 d"),
        (89.9 * DAY, "90 d"),
    ],
    ids=str,
)
def test_duration_has_two_units_at_most(length: float, told: str) -> None:
    assert text.duration(length) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (1.0, "100 %"),
        (0.99999, "99.999 %"),
        (0.999999, "99.999 %"),
        (0.99899, "99.89 %"),
        (0.5, "50 %"),
        (0.0, "0 %"),
        (0.9968, "99.68 %"),
    ],
    ids=str,
)
def test_share_is_rounded_down(share: float, told: str) -> None:
    assert text.percent(share) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "100 %"), (0.9999999, "100 %"), (0.99991, "99.991 %"), (0.9968, "99.68 %"), (0.99681, "99.69 %")],
    ids=str,
)
def test_what_it_is_at_most_is_rounded_up(share: float, told: str) -> None:
    assert text.percent_up(share) == told


@pytest.mark.parametrize(
    ("length", "least", "most"),
    [
        (0, "0 s", "0 s"),
        (61.2, "1 min 1 s", "1 min 2 s"),
        (298, "4 min", "5 min"),
        (DAY + 60, "1 d", "1 d 1 h"),
        (10.5 * DAY, "10 d", "11 d"),
    ],
    ids=str,
)
def test_durations_are_rounded_outwards(length: float, least: str, most: str) -> None:
    assert (text.at_least(length), text.at_most(length)) == (least, most)


def test_interval_is_rounded_outwards() -> None:
    assert words.interval(Uptime(Counts(), 0.997, 0.99129, 0.99901, 0.94, None, None)) == "99.12–99.901 %"


def test_days_of_one_status_are_told_together() -> None:
    bars = tuple(Bar(day * DAY, Status.DOWN, Counts(up=20, degraded=1, down=3), 0.5) for day in (0, 1))

    assert (
        words.bars(bars)
        == "1970-01-01 to 1970-01-02 down: 6 down and 2 degraded of 48 observations, 50 % of the time observed"
    )


def test_day_without_an_observation_is_unknown() -> None:
    assert words.bars((Bar(0.0, Status.UNKNOWN, Counts(), 0.0),)) == "1970-01-01 unknown: nothing was observed"


def latency(n: int, p50: float | None = 0.2, p95: float | None = None, p99: float | None = None) -> Latency:
    return Latency(0.0, n, p50, p95, p99, 0.0, 0.02)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (latency(0, None), "no right answer was timed"),
        (latency(1), "p50 0.20 s of 1 right answer"),
        (latency(20, 0.2, 0.4), "p50 0.20 s, p95 0.40 s of 20 right answers"),
        (latency(8640, 0.21, 0.4, 1.2), "p50 0.21 s, p95 0.40 s, p99 1.20 s of 8,640 right answers"),
    ],
    ids=["none", "one", "twenty", "many"],
)
def test_latency_has_the_percentiles_that_there_are_answers_for(known: Latency, told: str) -> None:
    assert words.latency(known) == told


def test_bounds_are_those_of_the_pauses_and_not_the_interval() -> None:
    known = Uptime(Counts(), 0.997, 0.99129, 0.99901, 0.94, None, None, least=0.98, most=0.9999)

    assert words.bounds(known) == "98–99.99 %"


def test_hours_of_one_status_are_told_with_their_times() -> None:
    bars = tuple(Bar(hour * HOUR, Status.UP, Counts(up=2), share) for hour, share in ((1, 1.0), (2, 0.5)))

    assert words.bars(bars, HOUR) == (
        "1970-01-01 01:00 UTC to 1970-01-01 02:00 UTC up: none down or degraded of 4 observations, "
        "75 % of the time observed"
    )
    assert words.bars(bars[:1], HOUR).startswith("1970-01-01 01:00 UTC up: ")
