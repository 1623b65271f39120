"""A history, read: targets, runs, observations, and the figures about them."""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, groupby, pairwise

from monitor.history import figures, freshness, sketch
from monitor.history.calendar import Calendar, Day
from monitor.history.carried import ToldRow
from monitor.history.content import Content, Folded
from monitor.history.days import ABSENT, STATUSES
from monitor.history.outages import Stretch, stretches
from monitor.history.packing import unpacked
from monitor.history.past import PastRun
from monitor.history.planned import Window, recalled
from monitor.history.recall import of_day, of_record, targets, under
from monitor.history.records import of_all, of_targets
from monitor.history.values import (
    DAY,
    HOUR,
    SEEN_ENOUGH,
    Ahead,
    Bar,
    Counts,
    ErrorBudget,
    Latency,
    Observation,
    Outage,
    PastTarget,
    State,
    Uptime,
)
from monitor.status import Status


class History:
    """What a file holds, read once: a value."""

    def __init__(self, content: Content, ahead: Ahead | None = None) -> None:
        self._content = content
        self._known: dict[tuple[str, frozenset[Status]], list[Stretch]] = {}
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

    @property
    def told(self) -> list[ToldRow]:
        """What was told of incidents, beside the runs: for whoever knows how it is written."""
        return self._content.told

    @property
    def planned(self) -> list[Window]:
        """The planned maintenances, as the newest telling knew of them: those of 31 days, and those ahead."""
        return recalled(self._content.told)

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

    def state(self, target: str, now: float) -> State:
        """How it is now, wherever that is told.

        An observation is believed for as long as the target's usual pauses say, and no shorter than the run itself is.
        One that could not judge makes it unknown, however well it was before.
        """
        latest = self.latest(target)
        at, was = (latest.at, latest.status) if latest else (None, None)
        usual = freshness.usual(self._times(target, latest.at - DAY, latest.at + 1)[-101:]) if latest else None
        every = max(usual, self.pause or 0.0) if usual is not None else self.pause
        since = now - freshness.lasting(every)
        recent = [each for each in self.observations(target, since, now + freshness.CLOCKS) if each.at > since]
        asked = [each for each in recent if each.status is not Status.SKIPPED]
        if asked:
            return State(asked[-1].status, asked[-1].at, at, was, asked[-1].run)
        if recent:
            return State(Status.SKIPPED, recent[-1].at, at, was, recent[-1].run)
        return State(Status.UNKNOWN, at, at, was)

    def bars(self, target: str, until: float, *, days: int = 90) -> tuple[Bar, ...]:
        """One for each day, the oldest first; the last is the day that ``until`` lies in."""
        return self._bars(target, until, DAY, days)

    def hours(self, target: str, until: float, *, hours: int = 24) -> tuple[Bar, ...]:
        """The same for each hour."""
        return self._bars(target, until, HOUR, hours)

    def _bars(self, target: str, until: float, step: float, most: int) -> tuple[Bar, ...]:
        numbers = range(int(until // step) - most + 1, int(until // step) + 1)
        seen = self.coverage(target, numbers[0] * step, until)
        bars = []
        for number in numbers:
            begin, end = number * step, min((number + 1) * step, until)
            counts = self._counts(target, begin, end)
            share = seen.within(begin, end) / (end - begin) if end > begin else 0.0
            bars.append(Bar(begin, figures.worst(counts), counts, share))
        return tuple(bars)

    def coverage(self, target: str, since: float, until: float) -> figures.Coverage:
        """What of this window was observed."""
        return figures.observed(self._times(target, since, until), since, until)

    def uptime(self, target: str, since: float, until: float) -> Uptime:
        """How much of the observed time of this window it was well, and how often of how often it was judged."""
        counts = self._counts(target, since, until)
        seen = self.coverage(target, since, until)
        whole = seen.seconds
        down = figures.downtime(seen, (each.limits for each in self._down(target, until)))
        share, least, most = (1 - each / whole if whole else None for each in (down.seconds, down.most, down.least))
        low, high = figures.wilson(seen.looks * (share or 0.0), seen.looks) if share is not None else (0.0, 1.0)
        return Uptime(
            counts,
            share,
            low if least is None else min(low, least),
            high if most is None else max(high, most),
            whole / (until - since),
            seen.usual,
            seen.longest,
            0.0 if least is None else least,
            1.0 if most is None else most,
            counts.well / counts.judged if counts.judged else None,
            whole,
            down.seconds,
            seen.pause,
            seen.long / whole if whole else 0.0,
        )

    def latency(self, target: str, since: float, until: float) -> Latency:
        """That of a window: of the hours of which all runs lie in it, or days, where hours are forgotten."""
        times: sketch.Sketch = Counter()
        for day in self._of(target).days(since, until):
            if day.lies_in(since, until):
                times += day.whole(target)
            elif day.has_hours:
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
        return tuple(self._in_full(stretch.of(target)) for stretch in reversed(self._stretches(target, statuses)))

    def budget(self, target: str, until: float, *, slo: float, without: Iterable[figures.Period] = ()) -> ErrorBudget:
        """What is spent of the 30 days before, and how fast it is being spent; ``slo`` is between 0 and 1.

        ``without`` are times that do not count: a planned maintenance, where it is to be left out.
        """
        since, apart = until - figures.BUDGET, figures.apart(without)
        own = [(max(a, since), min(b, until)) for a, b in apart if a < until and b > since]
        excluded = math.fsum(b - a for a, b in own)
        seen = self.coverage(target, since, until)
        observed = figures.counting(seen, since, until, apart)
        limits = [each.limits for each in self._down(target, until)]
        down = figures.downtime(seen, limits, apart).seconds
        allowed = (1 - slo) * (figures.BUDGET - excluded)
        burn: dict[float, float | None] = {}
        for window in figures.BURNS:
            part = self.coverage(target, until - window, until)
            length = figures.counting(part, until - window, until, apart)
            enough = length >= SEEN_ENOUGH * window
            burn[window] = figures.downtime(part, limits, apart).seconds / length / (1 - slo) if enough else None
        known = observed > 0
        return ErrorBudget(
            slo=slo,
            allowed=allowed,
            down=down,
            observed=observed,
            spent=down / allowed if known and allowed else None,
            spent_of_seen=down / observed / (1 - slo) if known else None,
            burn=burn,
            excluded=excluded,
        )

    def _stretches(self, target: str, statuses: frozenset[Status]) -> list[Stretch]:
        key = (target, statuses)
        if key not in self._known:
            self._known[key] = [*stretches(map(self._of(target).day, self._calendar.numbers), target, statuses)]
        return self._known[key]

    def _down(self, target: str, until: float) -> list[Stretch]:
        """Its outages as they were known then: what was observed later says nothing of a window that ended before."""
        found = [each for each in self._stretches(target, frozenset({Status.DOWN})) if each.began < until]
        if found and found[-1].last >= until:
            last = max(time for time in self._times(target, found[-1].began, until) if time < until)
            found[-1] = replace(found[-1], last=last, ended=None)
        elif found and found[-1].ended is not None and found[-1].ended >= until:
            found[-1] = replace(found[-1], ended=None)
        return found

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
        for day in self._of(target).days(since - figures.GAP, until):
            for first, after in day.judged(target):
                times += day.starts[first:after]
        return tuple(times[: bisect_left(times, until)])

    def _hours(self, day: Day, target: str, since: float, until: float) -> Iterator[tuple[int, sketch.Sketch]]:
        """The hours of a day of which all runs lie in the window, by their number since the epoch."""
        for hour in range(day.number * 24, (day.number + 1) * 24):
            if hour * HOUR < until and (hour + 1) * HOUR > since and day.lies_in(since, until, hour % 24):
                yield hour, day.hour(target, hour % 24)


def _starts_of(folded: Folded) -> Iterator[float]:
    """When the runs of this folded day began."""
    return (folded.day * DAY + start / 1000 for start in unpacked(folded.told)["starts"])
