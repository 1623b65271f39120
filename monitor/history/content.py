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
    runs = connection.execute("SELECT id, started, told, summary, link FROM runs ORDER BY started, id")
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
    _settle(connection)


def known(connection: sqlite3.Connection) -> set[str]:
    """The ids of all runs that this file has."""
    found = {id_ for (id_,) in connection.execute("SELECT id FROM runs")}
    return found.union(*(_ids(blob) for (blob,) in connection.execute("SELECT ids FROM days")))


def _settle(connection: sqlite3.Connection) -> None:
    """Take out days that are part of another, and single runs that a day has."""
    of_day: dict[int, list[tuple[str, frozenset[str]]]] = {}
    for name, day, blob in connection.execute("SELECT name, day, ids FROM days"):
        of_day.setdefault(day, []).append((name, _ids(blob)))
    parts = [(a,) for some in of_day.values() for a, ids in some if any(ids < others for _, others in some)]
    connection.executemany("DELETE FROM days WHERE name = ?", parts)
    twice = [
        (id_,)
        for id_, started in connection.execute("SELECT id, started FROM runs")
        if any(id_ in ids for _, ids in of_day.get(days.number(started), ()))
    ]
    connection.executemany("DELETE FROM runs WHERE id = ?", twice)


def fold(connection: sqlite3.Connection, before: float, forget_before: float) -> None:
    """Fold the single runs of days that ended before then, and forget the hours of those that ended before that."""
    of_day: dict[int, list[RunRecord]] = {}
    for each in load(connection).runs:
        of_day.setdefault(days.number(each.started), []).append(each)
    old = [Folded.of(day, runs) for day, runs in of_day.items() if (day + 1) * DAY <= before]
    add(connection, Content(folded=old))
    connection.execute("UPDATE days SET hours = NULL WHERE (day + 1) * ? <= ?", (DAY, forget_before))


def _blob(ids: Iterable[str]) -> bytes:
    return bytes.fromhex("".join(sorted(ids)))


def _ids(blob: bytes) -> frozenset[str]:
    return frozenset(blob[at : at + ID_BYTES].hex() for at in range(0, len(blob), ID_BYTES))
