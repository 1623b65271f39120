"""Figures of a history put in words, as the page has them: intervals, latencies, bars."""

from __future__ import annotations

from monitor.history import DAY, Bar, Latency, Uptime
from monitor.status import Status
from monitor.text import count, day, minute, percent, percent_up, seconds


def interval(each: Uptime) -> str:
    """``99.54–99.78 %``: where its share truly lies, in 19 of 20 cases; rounded outwards."""
    return _between(each.low, each.high)


def bounds(each: Uptime) -> str:
    """The same of what the pauses around the outages that were seen leave open."""
    return _between(each.least, each.most)


def _between(low: float, high: float) -> str:
    return f"{percent(low).removesuffix(' %')}–{percent_up(high)}"


def latency(each: Latency) -> str:
    """``p50 0.21 s, p95 0.40 s, p99 1.20 s of 8,640 right answers``; what needs more answers is left out."""
    if not each.n:
        return "no right answer was timed"
    named = (("p50", each.p50), ("p95", each.p95), ("p99", each.p99))
    told = ", ".join(f"{name} {seconds(value)}" for name, value in named if value is not None)
    return f"{told} of {count(each.n, 'right answer')}"


def bars(some: tuple[Bar, ...], step: float = DAY) -> str:
    """Days, or hours, of one status in one line: when, what was observed, how much of the time."""
    when_of = day if step >= DAY else minute
    first, last = when_of(some[0].day), when_of(some[-1].day)
    when = first if first == last else f"{first} to {last}"
    judged = sum(each.counts.judged for each in some)
    if not judged:
        return f"{when} unknown: nothing was observed"
    ill = {status: sum(getattr(each.counts, status) for each in some) for status in (Status.DOWN, Status.DEGRADED)}
    told = " and ".join(f"{number:,} {status}" for status, number in ill.items() if number) or "none down or degraded"
    share = sum(each.observed for each in some) / len(some)
    return f"{when} {some[0].status}: {told} of {count(judged, 'observation')}, {percent(share)} of the time observed"
