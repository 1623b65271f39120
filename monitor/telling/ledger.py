"""What was told to whom: a table beside the runs, in the history's own file, so that it goes wherever that goes.

A row for each incident and channel. Whoever wants to tell claims the row first, and only who still finds it as it was
gets it: so of two processes with the same file one tells. A claim that was never settled is void after CLAIM seconds.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from monitor.history import carried

CLAIM = 600.0
"""Seconds: more than any channel takes."""

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""

SILENT = "silent"
"""What is said of an incident that came and went in a maintenance."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The last thing that a channel was told of an incident.

    ``event`` is that (empty: nothing yet), ``at`` when, ``run`` the id of a run that saw the incident, ``facts`` what
    it was like then, ``title`` how it was called.
    """

    incident: str
    channel: str
    event: str = ""
    at: float = 0.0
    run: str = ""
    title: str = ""
    facts: Mapping[str, Any] | None = None


class Ledger:
    """The table of this file, which is there."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self) -> dict[tuple[str, str], LedgerEntry]:
        """All of them, by incident and channel."""
        with self._connected() as connection:
            rows = [each for each in carried.load(connection) if each.incident]
        return {(each.incident, each.channel): LedgerEntry(**json.loads(each.said) | {"at": each.at}) for each in rows}

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
            mine = at == before.at and abs(now - claimed) >= CLAIM
            if mine:
                connection.execute(
                    "INSERT INTO told VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET claimed = excluded.claimed",
                    (*key, at, now, "{}"),
                )
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
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        address = f"{self._file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
            yield connection
