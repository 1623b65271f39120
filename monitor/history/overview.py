"""What is in a history, in lines for a terminal: how old, how often, and how each target has been."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from monitor.history.definitions import DEFINITIONS
from monitor.history.planned import Window, spans_of
from monitor.history.reading import History
from monitor.history.values import DAY, ErrorBudget, Latency, Outage, PastTarget, State, Uptime
from monitor.status import Status
from monitor.text import at_least, at_most, count, duration, minute, one_line, percent, percent_up, seconds

WINDOW = 30
"""Days."""

SHOWN = 3
"""Outages of a target that are told; how many more there were is said."""

DIGITS = 2
"""Of a share that is not whole: 99.90 % stands below 99.97 %."""


def overview(history: History, slos: Mapping[str, float], now: float, left_out: Sequence[Window] = ()) -> Iterator[str]:
    """The lines. ``slos`` are the objectives by target, as shares; ``left_out`` the times that no error budget has."""
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
        yield f"{count(history.left_out, 'run')} left out of latency: merged copies had folded their days differently"
    for target in (each for each in history.targets if each.sort != "metric"):
        yield ""
        slo = None if target.sort == "dependency" else slos[target.name]
        yield from _of(history, target, slo, now, left_out)
    yield ""
    yield "Definitions:"
    yield from (f"  {name}: {words}" for name, words in DEFINITIONS.items())


def _of(
    history: History, target: PastTarget, slo: float | None, now: float, left_out: Sequence[Window]
) -> Iterator[str]:
    since = now - WINDOW * DAY
    figure = history.uptime(target.name, since, now)
    yield f"{one_line(target.name)} ({target.sort}): {state(history.state(target.name, now))}"
    yield f"  uptime   {uptime(figure)}"
    if figure.by_observations is not None:
        yield f"           {observations(figure)}"
    if figure.observed:
        yield f"  observed {observed(figure)}"
    yield f"  latency  {latency(history.latency(target.name, since, now))}"
    if slo is not None:
        spent = history.budget(target.name, now, slo=slo, without=spans_of(target.name, left_out))
        yield f"  budget   {budget(spent)}"
    outages = history.outages(target.name)
    for outage in outages[:SHOWN]:
        link = f" {outage.link}" if outage.link else ""
        yield f"  outage   {lasting(outage)}: {outage.sentence}{link}"
    if len(outages) > SHOWN:
        yield f"           and {count(len(outages) - SHOWN, 'outage')} before"


def state(now: State) -> str:
    """``up, 2026-11-22 23:55 UTC``, or since when nothing is known, and what was known then."""
    if now.known is None or now.was is None:
        return "never judged"
    if now.status in (Status.UNKNOWN, Status.SKIPPED):
        return f"{now.status} since {minute(now.known)}, {now.was} before"
    return f"{now.status}, {minute(now.known)}"


def uptime(figure: Uptime) -> str:
    """``99.94 % of the observed time (99.90 %–99.96 % by …; 95 % interval …)``."""
    if figure.share is None:
        if figure.by_observations is None:
            return f"unknown: nothing was judged in {WINDOW} days"
        return "by time unknown: no two observations are close enough to have observed the time between them"
    bounds = f"{_percent(figure.least)}–{percent_up(figure.most, DIGITS)} by the pauses around outages"
    interval = f"95 % interval {_percent(figure.low)}–{percent_up(figure.high, DIGITS)}"
    return f"{_percent(figure.share)} of the observed time; {bounds}; {interval}"


def observations(figure: Uptime) -> str:
    """``99.68 % of 8,612 observations, 3 of them degraded``."""
    assert figure.by_observations is not None  # noqa: S101 - who asks has looked
    degraded = f", {figure.counts.degraded:,} of them degraded" if figure.counts.degraded else ""
    return f"{_percent(figure.by_observations)} of {count(figure.counts.judged, 'observation')}{degraded}"


def observed(figure: Uptime) -> str:
    """How much of the window was, in which pauses, and what cannot have been missed in it."""
    told = [f"{_percent(figure.coverage)} of {WINDOW} days"]
    if figure.cadence is not None and figure.longest_pause is not None:
        usual = f"every {duration(figure.cadence)} usually, the longest pause {at_most(figure.longest_pause)}"
        if figure.in_long:
            long = duration(2 * figure.cadence)
            usual += f", {percent_up(figure.in_long)} of the observed time in pauses of more than {long}"
        told.append(usual)
    if figure.shortest_outage is not None:
        told.append(
            f"in the observed time an outage of {at_most(figure.shortest_outage)} or more cannot have been missed"
        )
    return "; ".join(told)


def lasting(outage: Outage) -> str:
    """When it was, and how long, at least and at most: ``… until 2026-11-20 11:25 UTC, 2 h 15 min (2 h 10 min–…)``."""
    least = at_least(outage.last - outage.began)
    if outage.ended is None:
        return f"{minute(outage.began)}, open; {least} at least"
    most = at_most(outage.ended - outage.after) if outage.after is not None else "no upper bound"
    whole = duration(outage.ended - outage.began)
    return f"{minute(outage.began)} until {minute(outage.ended)}, {whole} ({least}–{most})"


def latency(figure: Latency) -> str:
    """``p50 0.21 s, p95 0.40 s, p99 1.20 s (±2%) of 8,640 right answers``."""
    if not figure.n:
        return "no right answer was timed"
    named = zip(("p50", "p95", "p99"), (figure.p50, figure.p95, figure.p99), figure.NEEDED, strict=True)
    times, missing = [], ""
    for name, value, needed in named:
        if value is None:
            missing += f"; {name} needs {needed}"
        else:
            times.append(f"{name} {seconds(value)}")
    return f"{', '.join(times)} (±{figure.error:.0%}) of {count(figure.n, 'right answer')}{missing}"


def budget(figure: ErrorBudget) -> str:
    """``11.6 % of the 43 min 12 s of 30 days are spent (…); it burns at 0.0 (1 h), 0.4 (6 h), 1.2 (3 d)``."""
    allowed = f"{_exact(figure.allowed)} in 30 days"
    if figure.spent is None or figure.spent_of_seen is None:
        return f"{allowed} ({percent(figure.slo)}); nothing was observed"
    rates = ((duration(window), "–" if rate is None else f"{rate:.1f}") for window, rate in figure.burn.items())
    burn = ", ".join(f"{rate} ({window})" for window, rate in rates)
    out = f"; {duration(figure.excluded)} of maintenance excluded" if figure.excluded else ""
    seen = f"{_spent(figure.spent_of_seen)} of the observed time's part"
    return f"{_spent(figure.spent)} used of {allowed} ({seen}); burn rate {burn}{out}"


def _spent(share: float) -> str:
    """Rounded up: what is spent never reads as less."""
    tenths = math.ceil(share * 1_000 - 1e-9)
    return f"{tenths / 10:,.1f} %" if 0 < tenths < 1_000 else f"{math.ceil(share * 100 - 1e-9):,} %"


def _exact(length: float) -> str:
    """``43 min 12 s``: a budget is short, and its seconds count."""
    whole, rest = divmod(round(length), 60)
    return duration(length) if whole >= 120 or not whole else f"{whole} min {rest} s" if rest else f"{whole} min"


def _percent(share: float) -> str:
    return percent(share, DIGITS)


def _or_dash(length: float | None) -> str:
    return "–" if length is None else duration(length)
