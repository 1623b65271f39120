"""What was told to whom: a table beside the runs, in the history's own file, so that it goes wherever that goes.

A row for each incident and channel. Whoever wants to tell claims the row first, and only who still finds it as it was
gets it: so of two processes with the same file one tells. A claim that was never settled is void when the process that
made it is gone, and after CLAIM seconds in any case.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from monitor import files
from monitor.history import carried

CLAIM = 180.0
"""Seconds: more than any channel takes."""

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

SILENT = "silent"
"""What is said of an incident that came and went in a maintenance."""

MOVED = "moved"
"""What is said of an incident that has another id by now: its life goes on in the row of that."""

READ = "read"
"""Stands for an incident: up to which run a channel was told everything."""

_CLAIMANTS = """
CREATE TABLE IF NOT EXISTS claimants (
    incident TEXT NOT NULL, channel TEXT NOT NULL, machine TEXT NOT NULL, process INTEGER NOT NULL,
    PRIMARY KEY (incident, channel)
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The last thing that a channel was told of an incident.

    ``event`` is that (empty: nothing yet), ``at`` when, ``run`` the id of a run that saw the incident, ``facts`` what
    it was like then, ``title`` how it was called, ``key`` by what a pager keeps it, ``shown`` what it takes to
    list it as it was told (``monitor.incidents.as_told``), ``why`` the reason of its end where it was judged away.
    """

    incident: str
    channel: str
    event: str = ""
    at: float = 0.0
    run: str = ""
    title: str = ""
    facts: Mapping[str, Any] | None = None
    key: str = ""
    shown: Mapping[str, Any] | None = None
    why: str = ""

    @classmethod
    def read(cls, said: str, at: float) -> LedgerEntry:
        """The entry that was written so, at this time; what a later version says besides is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in json.loads(said).items() if name in known} | {"at": at})


class Ledger:
    """The table of this file, which is there."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self) -> dict[tuple[str, str], LedgerEntry]:
        """All of them, by incident and channel."""
        with self._connected() as connection:
            rows = [each for each in carried.load(connection) if each.incident]
        return {(each.incident, each.channel): LedgerEntry.read(each.said, each.at) for each in rows}

    def since(self, now: float) -> float:
        """When this history was first told of: now, where it never was."""
        with self._open() as connection:
            connection.execute("INSERT OR IGNORE INTO told VALUES ('', '', ?, 0, '{}')", (now,))
            found: float = connection.execute("SELECT at FROM told WHERE incident = ''").fetchone()[0]
        return found

    def claim(self, before: LedgerEntry, now: float | None = None) -> bool:
        """Whether this process may tell what follows on this entry: nobody else does, or has."""
        key = (before.incident, before.channel)
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            now = time.time() if now is None else now
            row = connection.execute("SELECT at, claimed FROM told WHERE incident = ? AND channel = ?", key).fetchone()
            at, claimed = row or (0.0, 0.0)
            mine = at == before.at and (abs(now - claimed) >= CLAIM or _abandoned(connection, key))
            if mine:
                connection.execute(
                    "INSERT INTO told VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET claimed = excluded.claimed",
                    (*key, at, now, "{}"),
                )
                claimant = (*key, platform.node(), os.getpid())
                connection.execute("INSERT OR REPLACE INTO claimants VALUES (?, ?, ?, ?)", claimant)
            connection.execute("COMMIT")
        return mine

    def settle(self, entry: LedgerEntry) -> None:
        """This was told."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO told VALUES (?, ?, ?, 0, ?)"
                " ON CONFLICT DO UPDATE SET at = excluded.at, claimed = 0, said = excluded.said",
                (entry.incident, entry.channel, entry.at, json.dumps(asdict(entry), sort_keys=True)),
            )

    def release(self, entry: LedgerEntry) -> None:
        """This was not told: the next run may try."""
        with self._open() as connection:
            key = (entry.incident, entry.channel)
            connection.execute("UPDATE told SET claimed = 0 WHERE incident = ? AND channel = ?", key)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection:
            connection.execute(carried.TABLE)
            connection.execute(_CLAIMANTS)
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
            yield connection


def _abandoned(connection: sqlite3.Connection, key: tuple[str, str]) -> bool:
    """Whether the process that claimed this row was one of this machine, and is there no more."""
    found = connection.execute("SELECT machine, process FROM claimants WHERE incident = ? AND channel = ?", key)
    machine, process = found.fetchone() or ("", 0)
    return machine == platform.node() and process != os.getpid() and not files.lives(process)
