from __future__ import annotations

import pytest

from monitor import text
from monitor.history import DAY, HOUR, Bar, Counts, Uptime
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
    ("share", "told"), [(1.0, "100 %"), (0.99999, "99.99 %"), (0.5, "50 %"), (0.0, "0 %"), (0.9968, "99.68 %")], ids=str
)
def test_share_is_rounded_down(share: float, told: str) -> None:
    assert text.percent(share) == told


def test_interval_is_rounded_outwards() -> None:
    assert words.interval(Uptime(Counts(), 0.997, 0.99129, 0.99901, 0.94, None, None)) == "99.12–99.91 %"


def test_days_of_one_status_are_told_together() -> None:
    bars = tuple(Bar(day * DAY, Status.DOWN, Counts(up=20, degraded=1, down=3), 0.5) for day in (0, 1))

    assert (
        words.bars(bars)
        == "1970-01-01 to 1970-01-02 down: 6 down and 2 degraded of 48 observations, 50 % of the time observed"
    )


def test_day_without_an_observation_is_unknown() -> None:
    assert words.bars((Bar(0.0, Status.UNKNOWN, Counts(), 0.0),)) == "1970-01-01 unknown: nothing was observed"
