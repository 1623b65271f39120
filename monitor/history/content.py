"""What is in a file, and how two of them become one: single runs, and days whose runs have been folded.

It is a set of runs and a set of folded days, none of which is a part of another, and a run that a folded day has is not
kept singly. A merge is the union, under those two rules: so it does not matter in which order it is done, or how often.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.history import carried, days, store
from monitor.history.packing import packed
from monitor.history.records import ID_BYTES, RunRecord
from monitor.history.values import DAY

_SINGLE = "SELECT id, started, told, summary, link FROM runs"


@dataclass(frozen=True, slots=True)
class Folded:
    """A day whose runs have been folded: which runs, and the documents of ``days.fold``, packed.

    ``hours`` is None where they have been forgotten.
    """

    name: str
    day: int
    ids: frozenset[str]
    told: bytes
    hours: bytes | None

    @classmethod
    def of(cls, day: int, records: Iterable[RunRecord]) -> Folded:
        told, hours = days.fold(day, records)
        return cls(days.named(told["ids"]), day, frozenset(told["ids"]), packed(told), packed(hours))


@dataclass(frozen=True, slots=True)
class Content:
    """All that a file has."""

    mode: str = "live"
    runs: list[RunRecord] = field(default_factory=list)
    folded: list[Folded] = field(default_factory=list)
    told: list[carried.ToldRow] = field(default_factory=list)

    @property
    def ids(self) -> frozenset[str]:
        """Every run that is known, single or folded."""
        return frozenset(each.id for each in self.runs).union(*(each.ids for each in self.folded))


def load(connection: sqlite3.Connection) -> Content:
    """What this file has."""
    runs = connection.execute(f"{_SINGLE} ORDER BY started, id")
    folded = connection.execute("SELECT name, day, ids, told, hours FROM days ORDER BY day, name")
    return Content(
        store.mode_of(connection),
        [RunRecord(*row) for row in runs],
        [Folded(name, day, _ids(ids), told, hours) for name, day, ids, told, hours in folded],
        carried.load(connection),
    )


def add(connection: sqlite3.Connection, content: Content) -> None:
    """Add what this content has to the file, and settle what is there twice."""
    rows = ((each.id, each.started, each.blob, each.summary, each.link) for each in content.runs)
    connection.executemany(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET link = max(link, excluded.link),"
        " told = max(told, excluded.told), summary = max(summary, excluded.summary)",
        rows,
    )
    folded = ((each.name, each.day, _blob(each.ids), each.told, each.hours) for each in content.folded)
    connection.executemany(
        "INSERT INTO days VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET told = max(told, excluded.told), hours = coalesce(max(hours, excluded.hours), hours, excluded.hours)",
        folded,
    )
    carried.add(connection, content.told)
    for day in _days(content):
        _settle(connection, day)


def known(connection: sqlite3.Connection, content: Content) -> set[str]:
    """The ids of those runs of this content that this file has, single or in a day."""
    found: set[str] = set()
    for day in _days(content):
        single = connection.execute("SELECT id FROM runs WHERE started >= ? AND started < ?", _bounds(day))
        found.update(id_ for (id_,) in single)
        found.update(*(_ids(blob) for (blob,) in connection.execute("SELECT ids FROM days WHERE day = ?", (day,))))
    return found & content.ids


def _days(content: Content) -> set[int]:
    """The days that this content has anything of."""
    return {days.number(each.started) for each in content.runs} | {each.day for each in content.folded}


def _bounds(day: int) -> tuple[float, float]:
    return day * DAY, (day + 1) * DAY


def _settle(connection: sqlite3.Connection, day: int) -> None:
    """Of this day, take out what is folded and part of another, and single runs that are folded as well."""
    found = connection.execute("SELECT name, ids FROM days WHERE day = ?", (day,))
    folded = [(name, _ids(blob)) for name, blob in found]
    parts = [(name,) for name, ids in folded if any(ids < others for _, others in folded)]
    connection.executemany("DELETE FROM days WHERE name = ?", parts)
    single = connection.execute("SELECT id FROM runs WHERE started >= ? AND started < ?", _bounds(day))
    twice = [row for row in single if any(row[0] in ids for _, ids in folded)]
    connection.executemany("DELETE FROM runs WHERE id = ?", twice)


def fold(connection: sqlite3.Connection, before: float, forget_before: float) -> None:
    """Fold the single runs of days that ended before then, and forget the hours of those that ended before that.

    One day after the other, so that also a month that nobody folded needs the memory of a day.
    """
    started = connection.execute("SELECT started FROM runs WHERE started < ?", (before,))
    for day in sorted({days.number(each) for (each,) in started}):
        if (day + 1) * DAY <= before:
            found = connection.execute(f"{_SINGLE} WHERE started >= ? AND started < ?", _bounds(day))
            add(connection, Content(folded=[Folded.of(day, [RunRecord(*row) for row in found])]))
    connection.execute(
        "UPDATE days SET hours = NULL WHERE hours IS NOT NULL AND (day + 1) * ? <= ?", (DAY, forget_before)
    )


def last(connection: sqlite3.Connection) -> float | None:
    """When the newest run began; None where there is none, or where all of them are folded."""
    found: float | None = connection.execute("SELECT max(started) FROM runs").fetchone()[0]
    (folded,) = connection.execute("SELECT max(day) FROM days").fetchone()
    return found if found is not None and (folded is None or found >= (folded + 1) * DAY) else None


def _blob(ids: Iterable[str]) -> bytes:
    return bytes.fromhex("".join(sorted(ids)))


def _ids(blob: bytes) -> frozenset[str]:
    return frozenset(blob[at : at + ID_BYTES].hex() for at in range(0, len(blob), ID_BYTES))
