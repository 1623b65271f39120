"""Figures of a history put in words, as the page has them: intervals, latencies, bars."""

from __future__ import annotations

import math

from monitor.history import Bar, Latency, Uptime
from monitor.status import Status
from monitor.text import count, day, percent, seconds


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
