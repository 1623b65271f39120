"""Bars and charts as inline SVG: a path for each status, no colour without a shape, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from monitor import text
from monitor.history import DAY, HOUR, Bar, Latency
from monitor.site import words
from monitor.status import Status
from monitor.text import count, seconds

STEP, TALL = 8, 40
"""Of a bar: how wide it is with the gap beside it, and how tall the drawing is."""

TOP, BASE = 9, 31
"""Between these lies what is well; what is degraded has a hat above, what is down reaches over both."""

WIDE, HIGH = 720, 100
"""Of a chart."""

HEADROOM = 1.15
MOST = 3
"""Budgets that a chart is tall at most: one slow day must not make all others flat."""


def runs(bars: Sequence[Bar]) -> list[tuple[Bar, ...]]:
    """Days in a row that have the same status."""
    return [tuple(some) for _, some in groupby(bars, lambda each: each.status)]


def strip(bars: Sequence[Bar]) -> Markup:
    """The days, or hours: as tall as the share that was observed, on a ground of what is unknown."""
    shapes, step = [], step_of(bars)
    for some in runs([each for each in bars if each.counts.judged]):
        told = Markup("<title>{}</title>").format(words.bars(some, step)) if some[0].status is not Status.UP else ""
        path = "".join(_bar(each, round((each.day - bars[0].day) / step)) for each in some)
        shapes.append(Markup('<path class="{}" d="{}">{}</path>').format(some[0].status, path, told))
    box = f"0 0 {STEP * len(bars) - 1} {TALL}"
    ground = Markup('<path class="none" d="M0 {}h{}"/>').format((TOP + BASE) // 2, STEP * len(bars))
    return Markup(
        '<svg class="strip" role="img" aria-label="{}" viewBox="{}" preserveAspectRatio="none">{}{}</svg>'
    ).format(summary(bars), box, ground, Markup("").join(shapes))


def _bar(bar: Bar, place: int) -> str:
    left, wide = place * STEP, STEP - 2
    if bar.status is Status.DOWN:
        return f"M{left} 0h{wide}v{TALL}h-{wide}z"
    tall = max(3, round((BASE - TOP) * bar.observed))
    hat = f"M{left} 2h{wide}v4h-{wide}z" if bar.status is Status.DEGRADED else ""
    return f"{hat}M{left} {BASE - tall}h{wide}v{tall}h-{wide}z"


def summary(bars: Sequence[Bar]) -> str:
    """``90 days until 2026-11-23: 3 down, 5 degraded, 80 up, 2 unknown``."""
    order = (Status.DOWN, Status.DEGRADED, Status.UP, Status.UNKNOWN)
    counts = {status: sum(each.status is status for each in bars) for status in order}
    told = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    if step_of(bars) < DAY:
        return f"{count(len(bars), 'hour')} until {text.minute(bars[-1].day + HOUR)}: {told}"
    return f"{count(len(bars), 'day')} until {text.day(bars[-1].day)}: {told}"


def step_of(bars: Sequence[Bar]) -> float:
    """The seconds of each of these bars: those of a day, or of an hour."""
    return bars[1].day - bars[0].day if len(bars) > 1 else DAY


def ends(bars: Sequence[Bar]) -> tuple[str, str]:
    """What stands at the beginning and at the end of a strip: ``90 days ago``, ``today``."""
    if step_of(bars) < DAY:
        return f"{count(len(bars), 'hour')} ago", "now"
    return f"{count(len(bars), 'day')} ago", "today"


def ill(bars: Sequence[Bar]) -> list[tuple[Status, str]]:
    """What the bars show beside what is well, in lines, the newest first."""
    step = step_of(bars)
    return [
        (some[0].status, words.bars(some, step)) for some in reversed(runs(bars)) if some[0].status is not Status.UP
    ]


def chart(latencies: Sequence[Latency], budgets: Sequence[float]) -> Markup:
    """The band from p50 to p95 (of few answers to the slowest), and its upper line; a line for the budget.

    A gap is where nothing was right.
    """
    slowest = max((_upper(each) for each in latencies), default=0.0)
    top = max(slowest, *budgets, 0.001) * HEADROOM
    if budgets:
        top = min(top, MOST * max(budgets))
    step = WIDE / max(1, len(latencies))
    band, line = [], []
    for timed, some in groupby(enumerate(latencies), lambda pair: bool(pair[1].n)):
        if timed:
            spell = [*some]
            upper = _points(spell, [_upper(each) for _, each in spell], step, top)
            lower = _points(spell, [each.p50 for _, each in spell], step, top)
            band.append(f"M{' '.join([*upper, *reversed(lower)])}z")
            line.append(f"M{' '.join(upper)}")
    limits = Markup("").join(
        Markup('<path class="budget" d="M0 {}h{}"/>').format(round(HIGH * (1 - each / top)), WIDE) for each in budgets
    )
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
        '<path class="band" d="{}"/><path class="line" d="{}"/>{}</svg>'
    ).format(caption(latencies, budgets), WIDE, HIGH, "".join(band), "".join(line), limits)


def _upper(each: Latency) -> float:
    """p95, or where there are too few answers for it the slowest."""
    return each.p95 if each.p95 is not None else each.slowest or 0.0


def _points(spell: Sequence[tuple[int, Latency]], values: Sequence[float | None], step: float, top: float) -> list[str]:
    """Each in the middle of its time; one that stands alone is as wide as that."""
    heights = [round(HIGH * (1 - min(1.0, (each or 0.0) / top))) for each in values]
    if len(spell) == 1:
        at = spell[0][0] * step
        return [f"{round(at)} {heights[0]}", f"{round(at + step)} {heights[0]}"]
    return [f"{round((at + 0.5) * step)} {height}" for (at, _), height in zip(spell, heights, strict=True)]


def caption(latencies: Sequence[Latency], budgets: Sequence[float]) -> str:
    """The chart in a line."""
    known = [each for each in latencies if each.n]
    every = "day" if len(latencies) > 1 and latencies[1].at - latencies[0].at >= DAY else "hour"
    worst = max(known, key=_upper, default=None)
    told = f"latency by the {every}: "
    what = "the slowest answer" if worst and worst.p95 is None else "p95"
    told += f"{what} at most {seconds(_upper(worst))}, on {text.minute(worst.at)}" if worst else "no answer was timed"
    return told + (f"; budget {' and '.join(f'{each:g} s' for each in budgets)}" if budgets else "")
