"""Times of status pages: a wrong one would make an open incident look forgotten, so what is none is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.statuspages.times import moment, newest

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22t12:00:00z",
        " 2026-11-22 12:00:00+00:00 ",
        "2026-11-22T12:00:00",
        "2026-11-22T04:00:00-08:00",
        "20261122T120000Z",
        NOON.timestamp(),
        int(NOON.timestamp()),
        str(int(NOON.timestamp())),
        int(NOON.timestamp() * 1000),
        str(int(NOON.timestamp() * 1000)),
        NOON,
        NOON.astimezone(timezone(timedelta(hours=-8))),
        time.strptime("2026-11-22 12:00", "%Y-%m-%d %H:%M"),
    ],
    ids=lambda each: f"{type(each).__name__}-{str(each).strip()[:30]}",
)
def test_time_is_read_however_it_is_written(written: object) -> None:
    found = moment(written)

    assert found == NOON
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "written",
    [
        *(None, True, False, "", " ", "yesterday", "2026-13-01T00:00:00Z", [], {}),
        *(0, 1, 7, "7", -1, 946_684_800, "1999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"),
        *("nan", "inf", "-inf", float("nan"), 1e300, "9" * 400, 10**18),
    ],
    ids=lambda each: f"{type(each).__name__}-{str(each)[:30]}",
)
def test_what_is_no_time_is_none(written: object) -> None:
    assert moment(written) is None


@pytest.mark.parametrize(
    ("seconds", "year"), [(946_684_801, 2000), (99_999_999_999, 5138), (100_000_000_000, 5138), (946_684_800_001, 2000)]
)
def test_epoch_is_in_seconds_unless_it_would_be_thousands_of_years_from_now(seconds: int, year: int) -> None:
    found = moment(seconds)

    assert found is not None
    assert found.year == year


def test_newest_is_that_of_those_that_are_times() -> None:
    assert newest(None, "never", "2026-11-22T12:00:00Z", 1_700_000_000, "") == NOON
    assert newest() is None
    assert newest(None, "never", 0) is None


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is set to another zone than UTC."""
    with monkeypatch.context() as moved:
        moved.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_zone_of_the_machine_changes_nothing() -> None:
    assert time.localtime(0).tm_hour == 9, "this machine knows the zone"
    assert moment("2026-11-22T12:00:00") == moment(int(NOON.timestamp())) == NOON
