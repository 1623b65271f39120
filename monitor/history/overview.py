"""What is in a history, in lines for a terminal: how old, how often, and how each target has been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.history.reading import History
from monitor.history.values import DAY, ErrorBudget, Latency, PastTarget, Uptime
from monitor.text import count, duration, minute, one_line, percent, seconds

WINDOW = 30
"""Days."""

SHOWN = 3
"""Outages of a target that are told; how many more there were is said."""

DIGITS = 2
"""Of a share that is not whole: 99.90 % stands below 99.97 %."""


def overview(history: History, slos: Mapping[str, float], now: float) -> Iterator[str]:
    """The lines. ``slos`` are the objectives by target, as shares."""
    history = history.as_of(now)
    first, last = history.first, history.last
    if first is None or last is None:
        yield f"no runs; {history.ahead}" if history.ahead else "no runs"
        return
    yield f"{count(history.count, 'run')} ({history.mode}), from {minute(first)} to {minute(last)}"
    yield f"the last one began {duration(max(0.0, now - last))} ago; one every {_or_dash(history.cadence)}"
    if history.ahead:
        yield f"WARNING: {history.ahead}"
    if history.left_out:
        yield f"{count(history.left_out, 'run')} in no latency: merged copies had folded their days differently"
    for target in (each for each in history.targets if each.sort != "metric"):
        yield ""
        yield from _of(history, target, slos[target.name], now)


def _of(history: History, target: PastTarget, slo: float, now: float) -> Iterator[str]:
    latest, since = history.latest(target.name), now - WINDOW * DAY
    state = f"{latest.status}, {minute(latest.at)}" if latest else "never judged"
    yield f"{one_line(target.name)} ({target.sort}): {state}"
    yield f"  uptime   {uptime(history.uptime(target.name, since, now))}"
    yield f"  latency  {latency(history.latency(target.name, since, now))}"
    yield f"  budget   {budget(history.budget(target.name, now, slo=slo))}"
    outages = history.outages(target.name)
    for outage in outages[:SHOWN]:
        end = f"until {minute(outage.ended)}" if outage.ended is not None else "open"
        link = f" {outage.link}" if outage.link else ""
        yield f"  outage   {minute(outage.began)}, {end}: {outage.sentence}{link}"
    if len(outages) > SHOWN:
        yield f"           and {count(len(outages) - SHOWN, 'outage')} before"


def uptime(figure: Uptime) -> str:
    """``99.91 % (99.70 %–99.97 %) of 8,640 observations …``."""
    if figure.share is None:
        return f"unknown: nothing was judged in {WINDOW} days"
    interval = f"{_percent(figure.low)}–{_percent(figure.high)}"
    share = f"{_percent(figure.share)} ({interval}) of {count(figure.counts.judged, 'observation')}"
    degraded = f", {figure.counts.degraded:,} of them degraded" if figure.counts.degraded else ""
    sees = f"; outages of {duration(figure.shortest_outage)} and more are seen" if figure.shortest_outage else ""
    return f"{share}{degraded} in {WINDOW} days; {_percent(figure.coverage)} of the time was observed{sees}"


def latency(figure: Latency) -> str:
    """``p50 0.21 s, p95 0.40 s, p99 1.20 s (±2%) of 8,640 right answers``."""
    if not figure.n:
        return "no right answer was timed"
    times = f"p50 {seconds(figure.p50)}, p95 {seconds(figure.p95)}, p99 {seconds(figure.p99)}"
    return f"{times} (±{figure.error:.0%}) of {count(figure.n, 'right answer')}"


def budget(figure: ErrorBudget) -> str:
    """``12 % of the 0.10 % are spent; it burns at 0.0 (1 h), 0.4 (6 h), 1.2 (3 d)``."""
    if figure.spent is None:
        return f"{_percent(1 - figure.slo)}; nothing was judged"
    rates = ((duration(window), "–" if rate is None else f"{rate:.1f}") for window, rate in figure.burn.items())
    burn = ", ".join(f"{rate} ({window})" for window, rate in rates)
    return f"{round(figure.spent * 100):,} % of the {_percent(1 - figure.slo)} are spent; it burns at {burn}"


def _percent(share: float) -> str:
    return percent(share, DIGITS)


def _or_dash(length: float | None) -> str:
    return "–" if length is None else duration(length)
