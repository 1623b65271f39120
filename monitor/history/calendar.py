"""The days of a history as they are read: one Day of whatever was folded and of the single runs that are left."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from monitor.history import days, sights, sketch
from monitor.history.content import Content, Folded
from monitor.history.packing import unpacked
from monitor.history.records import RunRecord
from monitor.history.sights import Sights
from monitor.history.values import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Day:
    """The runs of a day in their order: when each began, its id, and by name what it saw.

    ``times`` are packed sketches by name; ``hours``, of the same runs, by name and hour (None: forgotten). ``left_out``
    runs are in neither: two copies folded this day while each had some runs of the other's and lacked some. ``instead``
    is, of each of ``hours``, by target the probe whose times are the target's, where an earlier version folded it.
    """

    number: int
    starts: Sequence[float]
    ids: Sequence[str]
    kinds: dict[str, list[str]]
    rows: dict[str, days.Row]
    times: dict[str, list[list[int]]]
    hours: list[bytes | dict[str, Any] | None]
    documents: Sequence[dict[str, Any]]
    places: Sequence[tuple[int, int]] = ()
    left_out: int = 0
    instead: Sequence[dict[str, str] | None] = ()

    def place(self, at: int) -> tuple[int, int]:
        """The number of the document that has the run of this number, and the run's place in it."""
        return self.places[at] if self.places else (0, at)

    def pieces(self, name: str) -> Iterator[tuple[str, int, int]]:
        """What was seen of this name: a letter, and the places of the first run that saw it and of the one after."""
        place = 0
        for letter, count in self.rows.get(name, ()):
            yield letter, place, place + count
            place += count

    def judged(self, name: str) -> list[tuple[int, int]]:
        """The places of the runs that judged it: of each piece the first, and the one after its last."""
        return [(first, after) for letter, first, after in self.pieces(name) if letter in days.JUDGED]

    def letters(self, name: str) -> list[str]:
        """The same for each run."""
        return days.spread(self.rows[name]) if name in self.rows else []

    def whole(self, name: str) -> sketch.Sketch:
        return sketch.unpack(*self.times.get(name, ()))

    @property
    def has_hours(self) -> bool:
        return None not in self.hours

    def lies_in(self, since: float, until: float, hour: int | None = None) -> bool:
        """Whether all runs of this day, or of this hour of it, began in the window."""
        first, after = 0, len(self.starts)
        if hour is not None:
            begin = self.number * DAY + hour * HOUR
            first, after = bisect_left(self.starts, begin), bisect_left(self.starts, begin + HOUR)
        return first == after or (since <= self.starts[first] and self.starts[after - 1] < until)

    def hour(self, name: str, hour: int) -> sketch.Sketch:
        for at, each in enumerate(self.hours):
            if isinstance(each, bytes):
                self.hours[at] = unpacked(each)
        known = ((each, _name(name, self.instead[at])) for at, each in enumerate(self.hours) if isinstance(each, dict))
        return sketch.unpack(*(each.get(own, {}).get(str(hour), ()) for each, own in known))


class Calendar:
    """Days by number, each read when it is asked for.

    ``see`` says what of a single run: a page asks for targets, and there are several probes to each.
    """

    def __init__(self, content: Content, see: Callable[[RunRecord], Sights]) -> None:
        self._see = see
        self.single = {each.id: each for each in content.runs}
        self._folded: dict[int, list[Folded]] = {}
        self._runs: dict[int, list[RunRecord]] = {}
        self._days: dict[int, Day] = {}
        for folded in content.folded:
            self._folded.setdefault(folded.day, []).append(folded)
        for run in content.runs:
            self._runs.setdefault(days.number(run.started), []).append(run)
        self.numbers = sorted(self._folded.keys() | self._runs.keys())

    def day(self, number: int) -> Day:
        """The day of this number; an empty one where there was no run."""
        if number not in self._days:
            self._days[number] = self._read(number)
        return self._days[number]

    def days(self, since: float, until: float) -> Iterator[Day]:
        """Those that have a part of the window, and runs."""
        first = bisect_left(self.numbers, days.number(since))
        return (self.day(each) for each in takewhile(lambda each: each * DAY < until, self.numbers[first:]))

    def _read(self, number: int) -> Day:
        folded = sorted(self._folded.get(number, ()), key=lambda each: (-len(each.ids), each.name))
        documents = [unpacked(each.told) for each in folded]
        hours: list[bytes | dict[str, Any] | None] = [each.hours for each in folded]
        if number in self._runs:
            document, hourly = days.sights(number, self._runs[number], self._see)
            documents, hours = [*documents, document], [*hours, hourly]
        return _alone(number, *documents, *hours) if len(documents) == 1 else _together(number, documents, hours)


def _together(number: int, documents: Sequence[dict[str, Any]], hours: Sequence[bytes | dict[str, Any] | None]) -> Day:
    """One day of these, which may have runs in common: each is counted once."""
    order: list[tuple[int, str, int, int]] = []
    taken: set[str] = set()
    apart = []
    for at, document in enumerate(documents):
        ids = document["ids"]
        apart += [at] if taken.isdisjoint(ids) else []
        order += [(document["starts"][p], id_, at, p) for p, id_ in enumerate(ids) if id_ not in taken]
        taken.update(ids)
    order.sort()
    return Day(
        number,
        [number * DAY + start / 1000 for start, *_ in order],
        [id_ for _, id_, *_ in order],
        _kinds(documents),
        _rows(documents, order),
        _gathered(_times(documents[at]) for at in apart),
        [hours[at] for at in apart],
        documents,
        [(at, place) for *_, at, place in order],
        len(taken) - sum(len(documents[at]["ids"]) for at in apart),
        [sights.instead(documents[at]) for at in apart],
    )


def _alone(number: int, document: dict[str, Any], hours: bytes | dict[str, Any] | None) -> Day:
    """The day of a single document: most are, and a page reads hundreds."""
    return Day(
        number,
        [number * DAY + start / 1000 for start in document["starts"]],
        document["ids"],
        document["kinds"],
        document["rows"],
        {name: [each] for name, each in _times(document).items()},
        [hours],
        [document],
        instead=[sights.instead(document)],
    )


def _times(document: dict[str, Any]) -> dict[str, Any]:
    """The times of each target and of each probe in it."""
    times: dict[str, Any] = document["times"]
    other = sights.instead(document)
    if other is None:
        return times
    own = {target: times[probe] for target, probe in other.items()}
    return {name: each for name, each in times.items() if "::" in name} | own


def _name(name: str, instead: dict[str, str] | None) -> str:
    return name if instead is None or "::" in name else instead.get(name, "")


def _rows(documents: Sequence[dict[str, Any]], order: Sequence[tuple[int, str, int, int]]) -> dict[str, days.Row]:
    names = sorted({name for each in documents for name in each["rows"]})
    absent = [[days.ABSENT] * len(each["ids"]) for each in documents]
    rows = {}
    for name in names:
        letters = [
            days.spread(each["rows"][name]) if name in each["rows"] else absent[at] for at, each in enumerate(documents)
        ]
        rows[name] = days.row(letters[at][place] for _, _, at, place in order)
    return rows


def _kinds(documents: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    kinds: dict[str, set[str]] = {}
    for each in documents:
        for target, some in each["kinds"].items():
            kinds.setdefault(target, set()).update(some)
    return {target: sorted(some) for target, some in kinds.items()}


def _gathered(some: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in some:
        for name, value in each.items():
            found.setdefault(name, []).append(value)
    return found
