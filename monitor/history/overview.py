"""What is in a history, in lines for a terminal: how old, how often, and how each target has been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.history.reading import History
from monitor.history.values import DAY, HOUR, Budget, Latency, Target, Uptime
from monitor.text import count, moment, one_line, seconds

WINDOW = 30


def overview(history: History, slos: Mapping[str, float], now: float) -> Iterator[str]:
    """The lines. ``slos`` are the objectives by target, as shares."""
    first, last = history.first, history.last
    if first is None or last is None:
        yield "no runs"
        return
    yield f"{count(history.count, 'run')} ({history.mode}), from {_minute(first)} to {_minute(last)}"
    yield f"the last one began {_long(now - last)} ago; one every {_long(history.cadence)}"
    if history.left_out:
        yield f"{count(history.left_out, 'run')} in no latency: merged copies had folded their days differently"
    for target in (each for each in history.targets if each.sort != "metric"):
        yield ""
        yield from _of(history, target, slos[target.name], now)


def _of(history: History, target: Target, slo: float, now: float) -> Iterator[str]:
    latest, since = history.latest(target.name), now - WINDOW * DAY
    state = f"{latest.status}, {_minute(latest.at)}" if latest else "never judged"
    yield f"{one_line(target.name)} ({target.sort}): {state}"
    yield f"  uptime   {uptime(history.uptime(target.name, since, now))}"
    yield f"  latency  {latency(history.latency(target.name, since, now))}"
    yield f"  budget   {budget(history.budget(target.name, now, slo=slo))}"
    incidents = history.incidents(target.name)
    for each in incidents[:3]:
        end = f"until {_minute(each.ended)}" if each.ended is not None else "open"
        yield f"  down     {_minute(each.began)}, {end}: {each.sentence}" + (f" {each.link}" if each.link else "")
    if len(incidents) > 3:
        yield f"           and {count(len(incidents) - 3, 'incident')} before"


def uptime(each: Uptime) -> str:
    """``99.91 % (99.70–99.97 %) of 8,640 observations …``."""
    if each.share is None:
        return f"unknown: nothing was judged in {WINDOW} days"
    interval = f"{_percent(each.low)}–{_percent(each.high)}"
    told = f"{_percent(each.share)} ({interval}) of {count(each.counts.judged, 'observation')}"
    degraded = f", {each.counts.degraded:,} of them degraded" if each.counts.degraded else ""
    sees = f"; outages of {_long(each.shortest_outage)} and more are seen" if each.shortest_outage else ""
    return f"{told}{degraded} in {WINDOW} days; {_percent(each.coverage)} of the time was observed{sees}"


def latency(each: Latency) -> str:
    """``p50 0.21 s, p95 0.40 s, p99 1.20 s (±2 %) of 8,640 right answers``."""
    if not each.n:
        return "no right answer was timed"
    told = f"p50 {seconds(each.p50)}, p95 {seconds(each.p95)}, p99 {seconds(each.p99)}"
    return f"{told} (±{each.error:.0%}) of {count(each.n, 'right answer')}"


def budget(each: Budget) -> str:
    """``12 % of the 0.1 % are spent; it burns at 0.0 (1 h), 0.4 (6 h), 1.2 (3 d)``."""
    if each.spent is None:
        return f"{_percent(1 - each.slo)}; nothing was judged"
    rates = ((_long(window), "–" if rate is None else f"{rate:.1f}") for window, rate in each.burn.items())
    burn = ", ".join(f"{rate} ({window})" for window, rate in rates)
    return f"{round(each.spent * 100):,} % of the {_percent(1 - each.slo)} are spent; it burns at {burn}"


def _percent(share: float) -> str:
    """Rounded down: what is not all of it never reads as 100 %."""
    digits = int(share * 10_000 + 1e-9) / 100
    return f"{digits:g} %" if digits == int(digits) else f"{digits:.2f} %"


def _long(duration: float | None) -> str:
    if duration is None:
        return "–"
    for unit, size in (("d", DAY), ("h", HOUR), ("min", 60.0)):
        if duration >= 2 * size or (duration >= size and duration % size == 0):
            return f"{duration / size:.3g} {unit}"
    return f"{duration:.3g} s"


def _minute(at: float) -> str:
    return f"{moment(at)[:16].replace('T', ' ')} UTC"
