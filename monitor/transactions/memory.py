"""What status pages said in the last run, so that they need not send it again where nothing has changed."""

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


class Memory:
    """Pages by address, in a file (None: nothing is remembered).

    A file that cannot be used costs nothing but what it would have saved: then every page is asked for as if for the
    first time. Who else needs the file says what is wrong with it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def recall(self, address: str) -> Remembered | None:
        """The page that was kept for this address."""
        found = self._do("SELECT body, content_type, etag, modified FROM pages WHERE address = ?", (_key(address),))
        if not found or not isinstance(found[0][0], bytes):
            return None
        body, content_type, etag, modified = found[0]
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return Remembered(body, str(content_type), {name: value for name, value in headers.items() if value})

    def keep(self, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep this page, if its server gave it a mark by which to know it again."""
        etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
        if not etag and not modified:
            return
        now = time.time()
        content_type = headers.get("content-type", "")
        self._do("DELETE FROM pages WHERE at < ?", (now - _KEPT,))
        self._do(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?)",
            (_key(address), etag, modified, content_type, body, now),
        )

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
                return database.execute(statement, values).fetchall()
        except (sqlite3.Error, OSError):
            return []


def _key(address: str) -> str:
    """An address may hold a secret, and the file is nobody's safe."""
    return hashlib.sha256(address.encode()).hexdigest()
