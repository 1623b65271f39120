"""Figures put in words, as the page has them: shares, durations, days, intervals; always in UTC."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from monitor.history import DAY, HOUR, Bar, Latency, Uptime
from monitor.reports.wording import count, seconds
from monitor.status import Status
from monitor.telling.words import minute

__all__ = ["bars", "day", "duration", "interval", "latency", "minute", "percent", "stamp"]

_UNITS = (("d", DAY), ("h", HOUR), ("min", 60.0), ("s", 1.0))
_PRECISE = 10 * DAY
"""Seconds from which on whole days are enough; two minutes are enough for whole minutes."""


def percent(share: float) -> str:
    """``99.97 %``, rounded down: what is not all of it never reads as 100 %."""
    return f"{int(share * 10_000 + 1e-9) / 100:.2f}".rstrip("0").rstrip(".") + " %"


def duration(length: float) -> str:
    """``3 d 4 h``, ``2 h 10 min``, ``45 s``: two units at most, and no seconds beside minutes."""
    unit = DAY if length >= _PRECISE else 60.0 if length >= 120 else 1.0
    left, told = round(max(0.0, length) / unit) * unit, list[str]()
    for name, size in _UNITS:
        number = int(left // size)
        left -= number * size
        if number or told:
            told.append(f"{number:,} {name}" if number else "")
    return " ".join(filter(None, told[:2])) or "0 s"


def day(at: float) -> str:
    """``2026-11-23``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def stamp(at: float) -> str:
    """``2026-11-23T03:12:00Z``, for programs."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def interval(each: Uptime) -> str:
    """``99.54–99.78 %``: where its share truly lies, in 19 of 20 cases; rounded outwards."""
    high = math.ceil(each.high * 10_000 - 1e-9) / 10_000
    return f"{percent(each.low).removesuffix(' %')}–{percent(high)}"


def latency(each: Latency) -> str:
    """``p50 0.21 s, p95 0.40 s, p99 1.20 s``."""
    if not each.n:
        return "no right answer was timed"
    return f"p50 {seconds(each.p50)}, p95 {seconds(each.p95)}, p99 {seconds(each.p99)}"


def bars(some: tuple[Bar, ...]) -> str:
    """Days of one status in one line: when, what was observed, how much of the time."""
    first, last = day(some[0].day), day(some[-1].day)
    when = first if first == last else f"{first} to {last}"
    judged = sum(each.counts.judged for each in some)
    if not judged:
        return f"{when} unknown: nothing was observed"
    ill = {status: sum(getattr(each.counts, status) for each in some) for status in (Status.DOWN, Status.DEGRADED)}
    told = " and ".join(f"{number:,} {status}" for status, number in ill.items() if number) or "none ill"
    share = sum(each.observed for each in some) / len(some)
    return f"{when} {some[0].status}: {told} of {count(judged, 'observation')}, {percent(share)} of the time observed"
