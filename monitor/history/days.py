"""A day's runs in little room: who was seen how in each, in what times, and in full what was not well.

A day is a document of plain JSON types that depends on nothing but its runs: whoever folds the same ones has the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from monitor.history import sketch
from monitor.history.records import RunRecord, of_all
from monitor.history.sights import RULE, Sights, full
from monitor.history.values import DAY, HOUR
from monitor.status import JUDGED as JUDGED_STATUSES
from monitor.status import Status
from monitor.verdict import is_unread

ABSENT = "-"
"""What stands for a target in a run that did not ask it."""

LETTERS = {str(status): letter for status, letter in zip(Status, "udxns", strict=True)}
STATUSES = {letter: Status(status) for status, letter in LETTERS.items()}
"""Up, degraded, down (x), unknown (n) and skipped, by the letters that stand for them in a row of runs."""

_SAYING_NOTHING = (Status.UP, Status.SKIPPED)
"""Statuses of verdicts of which nothing more need be known."""

_MEASURED = ("seconds", "budget")
"""What differs from run to run in a finding that is otherwise the same."""

JUDGED = frozenset(LETTERS[status] for status in JUDGED_STATUSES)

Row = list[list[Any]]
"""What stands in a row and how many times: [["u", 280], ["x", 3], ["u", 5]]."""


def number(started: float) -> int:
    """The day's number: whole days of the epoch, in UTC."""
    return int(started // DAY)


def named(ids: Iterable[str]) -> str:
    """The name of a day that has these runs."""
    return hashlib.sha256("".join(sorted(ids)).encode()).hexdigest()[:16]


def fold(day: int, records: Iterable[RunRecord]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document of these runs of one day, and what they saw by the hour."""
    runs = _ordered(records)
    document, hourly = sights(day, runs, of_all)
    return document | _told(runs), hourly


def sights(
    day: int, records: Iterable[RunRecord], see: Callable[[RunRecord], Sights]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same without what was found: how each run saw whom, and in which times."""
    runs = _ordered(records)
    letters: dict[str, list[str]] = {}
    seconds: dict[str, dict[int, list[float]]] = {}
    for place, run in enumerate(runs):
        hour = int(run.started % DAY // HOUR)
        for name, (status, took) in see(run).items():
            own = letters.setdefault(name, [])
            own += [ABSENT] * (place - len(own)) + [LETTERS[status]]
            if took is not None:
                seconds.setdefault(name, {}).setdefault(hour, []).append(took)
    times = {name: {hour: _sketch(some) for hour, some in seconds[name].items()} for name in sorted(seconds)}
    document = {
        "day": day,
        "timed": RULE,
        "ids": [each.id for each in runs],
        "starts": [round((each.started - day * DAY) * 1000) for each in runs],
        "kinds": _kinds(runs),
        "rows": {name: row([*own, *[ABSENT] * (len(runs) - len(own))]) for name, own in sorted(letters.items())},
        "times": {name: sketch.pack(_total(hours.values())) for name, hours in times.items()},
    }
    hourly = {name: {str(hour): sketch.pack(each) for hour, each in hours.items()} for name, hours in times.items()}
    return document, hourly


def _kinds(runs: Iterable[RunRecord]) -> dict[str, list[str]]:
    kinds: dict[str, set[str]] = {}
    for run in runs:
        for target, some in run.saw["kinds"].items():
            kinds.setdefault(target, set()).update(some)
    return {target: sorted(some) for target, some in sorted(kinds.items())}


def _total(sketches: Iterable[sketch.Sketch]) -> sketch.Sketch:
    total: sketch.Sketch = Counter()
    for each in sketches:
        total.update(each)
    return total


def _ordered(records: Iterable[RunRecord]) -> list[RunRecord]:
    return sorted(records, key=lambda each: (each.started, each.id))


def _sketch(seconds: Iterable[float]) -> sketch.Sketch:
    return Counter(map(sketch.class_of, seconds))


def _told(runs: Sequence[RunRecord]) -> dict[str, Any]:
    """How each run was; and of those that were not up all that was found. A page that was not read is no such thing.

    ``plain`` are rows of what many runs have in common; ``ill`` is by the run's place, and points into ``causes`` and
    ``findings``.
    """
    causes, findings = _Numbers(), _Numbers()
    ill: dict[str, Any] = {}
    for place, run in enumerate(runs):
        verdicts = (verdict for verdict in run.document["verdicts"] if verdict["status"] not in _SAYING_NOTHING)
        bad = [full(verdict) for verdict in verdicts]
        if run.document["status"] == Status.UP and all(
            is_unread(verdict["status"], verdict["failure"]) for verdict in bad
        ):
            continue
        places = [causes.number(cause) for cause in run.document["causes"]]
        references = []
        for verdict in bad:
            cause = places[verdict["cause"]] if verdict["cause"] is not None else None
            finding = {key: value for key, value in verdict.items() if key not in _MEASURED} | {"cause": cause}
            references.append([findings.number(finding), verdict["seconds"]])
        kept = {name: run.document[name] for name in ("seconds", "owner", "sentence")}
        ill[str(place)] = kept | {"link": run.link, "causes": places, "findings": references}
    plain = {name: row(run.document[name] for run in runs) for name in ("status", "ended", "tenants")}
    return {"plain": plain, "causes": causes.values, "findings": findings.values, "ill": ill}


class _Numbers:
    """Values by number, each once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._known: dict[str, int] = {}

    def number(self, value: Any) -> int:
        key = json.dumps(value, sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self.values)
            self.values.append(value)
        return self._known[key]


def row(values: Iterable[Any]) -> Row:
    """These values, those that follow each other together."""
    return [[value, sum(1 for _ in some)] for value, some in groupby(values)]


def spread(packed: Row) -> list[Any]:
    """What ``row`` put together, one by one."""
    return [value for value, times in packed for _ in range(times)]
