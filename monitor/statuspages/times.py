"""The times of status pages: ISO 8601 with any offset or a bare Z, and seconds or milliseconds of the epoch."""

from __future__ import annotations

import calendar
import time
from datetime import UTC, datetime

_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No page is older: what would be is a number that is no time, and would make an open incident look forgotten."""

_MILLISECONDS = 100_000_000_000
"""An epoch beyond this is in milliseconds: in seconds it would be the year 5138."""


def moment(value: object) -> datetime | None:
    """The time that this is, in UTC; None where it is none. A time without an offset is taken to be in UTC."""
    found = _moment(value)
    return found if found and found > _OLDEST else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, time.struct_time):
        return _epoch(calendar.timegm(value))
    text = str(value).strip()
    try:
        return _epoch(float(text))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text.upper())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def newest(*values: object) -> datetime | None:
    """The newest of those that are times."""
    return max(filter(None, map(moment, values)), default=None)


def _epoch(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
