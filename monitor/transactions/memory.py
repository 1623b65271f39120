"""What was seen in earlier runs: pages, so that they need not be sent again, and values, so that a change is seen."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor import files

_KEPT = 30 * 86_400
"""Seconds after which what nobody asks for any more is forgotten."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A page as it was, and the headers by which its server knows it."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    at: float = 0.0
    """When it was last asked for, in seconds of the epoch."""


@dataclass(frozen=True, slots=True)
class Note:
    """A value as it was noted last, ``at`` which time; ``before`` is what it was until it ``changed``, if it ever did.

    Times are in seconds of the epoch.
    """

    value: str
    at: float
    before: str = ""
    changed: float = 0.0


class Memory:
    """Pages by address, in a file (None: nothing is remembered).

    A file that cannot be used costs nothing but what it would have saved: then every page is asked for as if for the
    first time. Who else needs the file says what is wrong with it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def recall(self, address: str) -> Remembered | None:
        """The page that was kept for this address."""
        found = self._do("SELECT body, content_type, etag, modified, at FROM pages WHERE address = ?", (_key(address),))
        if not found or not isinstance(found[0][0], bytes):
            return None
        body, content_type, etag, modified, at = found[0]
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        known = {name: value for name, value in headers.items() if value}
        return Remembered(body, str(content_type), known, float(at))

    def keep(self, address: str, body: bytes, headers: Mapping[str, str], *, for_its_time: bool = False) -> None:
        """Keep this page, if its server gave it a mark by which to know it again, or if it is good ``for_its_time``."""
        etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
        if not (etag or modified or for_its_time):
            return
        now = time.time()
        content_type = headers.get("content-type", "")
        self._do("DELETE FROM pages WHERE at < ?", (now - _KEPT,))
        self._do(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)",
            (_key(address), etag, modified, content_type, body, now),
        )

    def noted(self, key: str) -> Note | None:
        """What was noted under this key; a time that is still to come, since a clock was wrong, counts as none."""
        found = self._do("SELECT value, at, before, changed FROM notes WHERE key = ?", (_key(key),))
        if not found or float(found[0][1]) > time.time():
            return None
        value, at, before, changed = found[0]
        return Note(str(value), float(at), str(before), float(changed))

    def note(self, key: str, value: str) -> Note:
        """Note that this is the value now; what is returned says whether it was another one before."""
        known, now = self.noted(key), time.time()
        if known is None:
            note = Note(value, now)
        elif known.value == value:
            note = Note(value, now, known.before, known.changed)
        else:
            note = Note(value, now, known.value, now)
        self._do("DELETE FROM notes WHERE at < ?", (now - _KEPT,))
        row = (_key(key), note.value, note.at, note.before, note.changed)
        self._do("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?)", row)
        return note

    def _do(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        if self._file is None:
            return []
        try:
            import sqlite3
        except (ImportError, OSError):  # a Python without it, or nothing left to open its files with
            return []
        try:
            files.refuse_others(self._file)
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=2, isolation_level=None)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS pages"
                    " (address PRIMARY KEY, etag TEXT, modified TEXT, content_type TEXT, body BLOB, at REAL)"
                )
                database.execute(
                    "CREATE TABLE IF NOT EXISTS notes (key PRIMARY KEY, value TEXT, at REAL, before TEXT, changed REAL)"
                )
                return database.execute(statement, values).fetchall()
        except (sqlite3.Error, OSError):
            return []


def _key(address: str) -> str:
    """An address may hold a secret, and the file is nobody's safe."""
    return hashlib.sha256(address.encode()).hexdigest()
