"""What was told of incidents: rows that monitor.telling keeps beside the runs, and that go wherever the runs go.

Nothing here reads them. A union has, of each incident and channel, the newest row; and the oldest of those without an
incident, which say since when anybody is told at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

TABLE = """
CREATE TABLE IF NOT EXISTS told (
    incident TEXT NOT NULL, channel TEXT NOT NULL, at REAL NOT NULL, claimed REAL NOT NULL, said TEXT NOT NULL,
    PRIMARY KEY (incident, channel)
) WITHOUT ROWID
"""


class ToldRow(NamedTuple):
    """What a channel was told of an incident last, and when: a row of the ledger (``monitor.telling.ledger``)."""

    incident: str
    channel: str
    at: float
    said: str


def load(connection: sqlite3.Connection) -> list[ToldRow]:
    """The rows of this file; none where nobody was ever told."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'told'").fetchone():
        return []
    rows = connection.execute("SELECT incident, channel, at, said FROM told WHERE at > 0 ORDER BY incident, channel")
    return [ToldRow(*row) for row in rows]


def add(connection: sqlite3.Connection, rows: Iterable[ToldRow]) -> None:
    """Add these to the file's own."""
    known = list(rows)
    if known:
        connection.execute(TABLE)
        connection.executemany(
            "INSERT INTO told VALUES (?, ?, ?, 0, ?)"
            " ON CONFLICT DO UPDATE SET at = excluded.at, said = excluded.said"
            " WHERE CASE WHEN incident = '' THEN excluded.at < at"
            " ELSE excluded.at > at OR (excluded.at = at AND excluded.said > said) END",
            known,
        )
