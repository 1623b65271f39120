"""A history, read: targets, runs, observations, and the figures about them."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, groupby, pairwise

from monitor.history import figures, freshness, sketch
from monitor.history.calendar import Calendar, Day
from monitor.history.content import Content, Folded
from monitor.history.days import ABSENT, STATUSES
from monitor.history.outages import stretches
from monitor.history.packing import unpacked
from monitor.history.past import PastRun
from monitor.history.recall import of_day, of_record, targets, under
from monitor.history.records import of_all, of_targets
from monitor.history.values import (
    DAY,
    HOUR,
    Ahead,
    Bar,
    Counts,
    ErrorBudget,
    Latency,
    Observation,
    Outage,
    PastTarget,
    Uptime,
)
from monitor.status import Status

_LOOK_BACK = 3 * DAY
"""Seconds before a window in which the last observation before it is looked for."""


class History:
    """What a file holds, read once: a value."""

    def __init__(self, content: Content, ahead: Ahead | None = None) -> None:
        self._content = content
        self.ahead = ahead
        """The runs that are left out, since they began after the time that this is read at; None: there are none."""
        self._calendar = Calendar(content, of_targets)
        self.mode = content.mode
        """``live``, or what else was recorded: a history has runs of one mode alone."""
        self.count = len(content.ids)
        """How many runs there are, however old."""

    def as_of(self, now: float) -> History:
        """This without the runs that began after now, by more than clocks differ: a machine's clock was wrong.

        They stay in the file. None of them is the newest, none makes a pause, and no figure has them.
        """
        limit = now + freshness.CLOCKS
        late = [run.started for run in self._content.runs if run.started > limit]
        late += [start for day in self._content.folded if day.day * DAY > limit for start in _starts_of(day)]
        if not late:
            return self
        kept = replace(
            self._content,
            runs=[run for run in self._content.runs if run.started <= limit],
            folded=[day for day in self._content.folded if day.day * DAY <= limit],
        )
        return History(kept, Ahead(len(late), min(late), max(late)))

    @property
    def first(self) -> float | None:
        """When the first run began; None where there is none."""
        numbers = self._calendar.numbers
        return self._calendar.day(numbers[0]).starts[0] if numbers else None

    @property
    def last(self) -> float | None:
        """When the last run began: how old what you read is."""
        numbers = self._calendar.numbers
        return self._calendar.day(numbers[-1]).starts[-1] if numbers else None

    @property
    def cadence(self) -> float | None:
        """The median of the last 100 intervals between runs; None where there is no interval."""
        intervals = [after - before for before, after in pairwise(self._starts())]
        return statistics.median(intervals) if intervals else None

    @property
    def pause(self) -> float | None:
        """What nine of ten of them keep to."""
        return freshness.usual(self._starts())

    def _starts(self) -> list[float]:
        return [start for _, _, start in reversed(self._newest(101))]

    @property
    def left_out(self) -> int:
        """How many runs are in no latency, since two copies that were merged had folded their day differently."""
        return sum(self._calendar.day(number).left_out for number in self._calendar.numbers)

    @cached_property
    def targets(self) -> tuple[PastTarget, ...]:
        """Whoever was asked: tenants by name, each before its parts, and dependencies last."""
        return targets(map(self._calendar.day, self._calendar.numbers))

    @property
    def probes(self) -> tuple[str, ...]:
        """The ids of all verdicts: each may stand where a target is asked for."""
        days = map(self._whole.day, self._whole.numbers)
        return tuple(sorted({name for day in days for name in day.rows if name not in day.kinds}))

    def runs(self, *, last: int | None = None, since: float | None = None) -> tuple[PastRun, ...]:
        """The newest ``last`` runs (None: all), or those that began since then, the newest first."""
        by_day = groupby(self._newest(last, since), lambda newest: newest[0].number)
        return tuple(chain.from_iterable(self._runs([*some]) for _, some in by_day))

    def run(self, id_: str) -> PastRun:
        """This run. Raises KeyError."""
        for number in reversed(self._calendar.numbers):
            if id_ in self._calendar.day(number).ids:
                return next(self._runs([(self._calendar.day(number), id_, 0.0)]))
        raise KeyError(id_)

    def observations(self, target: str, since: float, until: float) -> tuple[Observation, ...]:
        """What each run saw of this target, the oldest first; runs that did not ask it are not among them."""
        return tuple(
            Observation(start, STATUSES[letter], id_)
            for day in self._of(target).days(since, until)
            for start, letter, id_ in zip(day.starts, day.letters(target), day.ids, strict=False)
            if letter != ABSENT and since <= start < until
        )

    def latest(self, target: str) -> Observation | None:
        """The newest that judged it (up, degraded or down)."""
        calendar = self._of(target)
        for day in map(calendar.day, reversed(calendar.numbers)):
            for _, after in day.judged(target)[-1:]:
                letter = day.letters(target)[after - 1]
                return Observation(day.starts[after - 1], STATUSES[letter], day.ids[after - 1])
        return None

    def bars(self, target: str, until: float, *, days: int = 90) -> tuple[Bar, ...]:
        """One for each day, the oldest first; the last is the day that ``until`` lies in."""
        numbers = range(int(until // DAY) - days + 1, int(until // DAY) + 1)
        since = numbers[0] * DAY
        seen = figures.observed(self._times(target, since, until), since, until).by_day
        bars = []
        for number in numbers:
            counts = self._counts(target, number * DAY, min((number + 1) * DAY, until))
            length = min(DAY, until - number * DAY)
            share = seen.get(number, 0.0) / length if length else 0.0
            bars.append(Bar(number * DAY, figures.worst(counts), counts, share))
        return tuple(bars)

    def uptime(self, target: str, since: float, until: float) -> Uptime:
        """How often it was well, of how often it was judged, in this window."""
        counts = self._counts(target, since, until)
        seen = figures.observed(self._times(target, since, until), since, until)
        return Uptime(
            counts,
            counts.well / counts.judged if counts.judged else None,
            *figures.wilson(counts.well, counts.judged),
            seen.seconds / (until - since),
            seen.cadence,
            seen.longest,
        )

    def latency(self, target: str, since: float, until: float) -> Latency:
        """That of a window: of all hours that touch it; of a day whose hours are forgotten the whole day."""
        times: sketch.Sketch = Counter()
        for day in self._of(target).days(since, until):
            whole = since <= day.number * DAY and (day.number + 1) * DAY <= until
            if whole or not day.has_hours:
                times += day.whole(target)
            else:
                times = sum((some for _, some in self._hours(day, target, since, until)), times)
        return figures.latency(since, times)

    def latencies(self, target: str, since: float, until: float, *, step: float = DAY) -> tuple[Latency, ...]:
        """One for each HOUR or DAY that touches the window; n is 0 where nothing was right, or hours are forgotten."""
        times: dict[int, sketch.Sketch] = {}
        for day in self._of(target).days(since, until):
            times |= {day.number: day.whole(target)} if step == DAY else dict(self._hours(day, target, since, until))
        numbers = range(int(since // step), int(-(-until // step)))
        return tuple(figures.latency(number * step, times.get(number, Counter())) for number in numbers)

    def outages(self, target: str, *, statuses: frozenset[Status] = frozenset({Status.DOWN})) -> tuple[Outage, ...]:
        """Open and past, the newest first; which of degraded and down is one is for ``statuses`` to say.

        None of them need be an incident: ``monitor.incidents`` says what was confirmed, and is told.
        """
        days = map(self._of(target).day, self._calendar.numbers)
        return tuple(self._in_full(stretch.of(target)) for stretch in reversed([*stretches(days, target, statuses)]))

    def budget(self, target: str, until: float, *, slo: float) -> ErrorBudget:
        """What is spent of the 30 days before, and how fast it is being spent; ``slo`` is between 0 and 1."""
        counts = self._counts(target, until - figures.BUDGET, until)
        burn = {window: figures.burnt(self._counts(target, until - window, until), slo) for window in figures.BURNS}
        return ErrorBudget(slo, counts, figures.burnt(counts, slo), burn)

    @cached_property
    def _whole(self) -> Calendar:
        """The same days, with every probe of the single runs."""
        return Calendar(self._content, of_all)

    def _of(self, target: str) -> Calendar:
        """The days that know of this target, or of this probe."""
        return self._whole if "::" in target else self._calendar

    def _newest(self, last: int | None, since: float | None = None) -> list[tuple[Day, str, float]]:
        newest: list[tuple[Day, str, float]] = []
        for number in reversed(self._calendar.numbers):
            if (last is not None and len(newest) >= last) or (since is not None and (number + 1) * DAY <= since):
                break
            day = self._calendar.day(number)
            of_day = zip(reversed(day.ids), reversed(day.starts), strict=True)
            newest += [(day, id_, start) for id_, start in of_day if since is None or start >= since]
        return newest[:last]

    def _runs(self, some: Sequence[tuple[Day, str, float]]) -> Iterator[PastRun]:
        """These, which are all of one day."""
        single = self._calendar.single
        folded = of_day(some[0][0], [id_ for _, id_, _ in some if id_ not in single])
        return (of_record(single[id_]) if id_ in single else next(folded) for _, id_, _ in some)

    def _in_full(self, outage: Outage) -> Outage:
        """This with what the first run that saw it found."""
        run = self.run(outage.run)
        findings = under(run, outage.target)
        cause = findings[0].cause if findings else None
        owner, sentence = (cause.owner, cause.sentence) if cause else (run.owner, run.sentence)
        return replace(outage, link=run.link, owner=owner, sentence=sentence, findings=findings)

    def _counts(self, target: str, since: float, until: float) -> Counts:
        letters: Counter[str] = Counter()
        for day in self._of(target).days(since, until):
            low, high = bisect_left(day.starts, since), bisect_left(day.starts, until)
            for letter, first, after in day.pieces(target):
                letters[letter] += max(0, min(after, high) - max(first, low))
        return figures.counted(letters, STATUSES)

    def _times(self, target: str, since: float, until: float) -> tuple[float, ...]:
        """When it was judged, in the window and shortly before."""
        times: list[float] = []
        for day in self._of(target).days(since - _LOOK_BACK, until):
            for first, after in day.judged(target):
                times += day.starts[first:after]
        return tuple(times[: bisect_left(times, until)])

    def _hours(self, day: Day, target: str, since: float, until: float) -> Iterator[tuple[int, sketch.Sketch]]:
        """The hours of a day that touch the window, by their number since the epoch."""
        for hour in range(day.number * 24, (day.number + 1) * 24):
            if hour * HOUR < until and (hour + 1) * HOUR > since:
                yield hour, day.hour(target, hour % 24)


def _starts_of(folded: Folded) -> Iterator[float]:
    """When the runs of this folded day began."""
    return (folded.day * DAY + start / 1000 for start in unpacked(folded.told)["starts"])
