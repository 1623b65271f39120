"""The file: made, locked, looked over whenever it is opened, and set aside where it is corrupt. SQL is here alone."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from monitor import console, files
from monitor.history.values import DAY, Unusable
from monitor.text import for_name, one_line

SCHEMA = 1
"""The number of the file's form: a file of a greater one is of a later version of this suite, and not touched."""

OURS = 0x41304849
"""What tells a history from any other file of SQLite."""

PATIENCE, SILENT = 60.0, 2.0
"""Seconds to wait for another process that writes, and after how many that is said."""

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs (id TEXT PRIMARY KEY, started REAL NOT NULL, told BLOB NOT NULL, summary BLOB NOT NULL,
    link TEXT NOT NULL);
CREATE TABLE days (name TEXT PRIMARY KEY, day INTEGER NOT NULL, ids BLOB NOT NULL, told BLOB NOT NULL, hours BLOB);
"""
_LAST = datetime.max.replace(tzinfo=UTC).timestamp()
_MAGIC = b"SQLite format 3\0"
_MARK_AT = 68
"""Where in a file of SQLite its ``application_id`` stands, in four bytes."""

_ANOTHER = "name another one with --history or AUTH0_HISTORY"
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR_SHORT_READ)


class Corrupt(Unusable):
    """A file that was a history, or should have been one, and cannot be trusted any more."""


def is_sqlite(file: Path) -> bool:
    """Whether this file is one of SQLite: a history, or somebody else's."""
    with file.open("rb") as stream:
        return stream.read(len(_MAGIC)) == _MAGIC


@contextmanager
def reading(file: Path, *, as_remembered: bool = False) -> Iterator[sqlite3.Connection]:
    """The file, to be read; it is there, and whole. Raises Unusable, or Corrupt.

    ``as_remembered`` is for who asks for little: what whoever wrote it last left whole is not looked over again.
    """
    try:
        with _told(file):
            _refuse_others(file)
            whole = as_remembered and _was_left_whole(file)
            with closing(_connected(file)) as connection:
                if not whole:
                    _look_over(file, connection)
                connection.execute("BEGIN")
                yield connection
    except Corrupt as error:
        raise Corrupt(f"{error}: restore a copy, or import a run, which sets it aside and begins afresh") from None


@contextmanager
def writing(file: Path, mode: str = "") -> Iterator[tuple[sqlite3.Connection, str]]:
    """The file, to be written by nobody else meanwhile, and what happened to it (empty: nothing).

    A file that is not there is made, for runs of this mode. A corrupt one is set aside first. What is done is kept only
    where nothing was raised.
    """
    with _told(file):
        _refuse_others(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(_locked(_lock(file))) as lock:
            warning = _ready(file, mode or "live", lock)
            with closing(_connected(file)) as connection:
                with _saying_so(file):
                    connection.execute("BEGIN IMMEDIATE")
                yield connection, warning
                connection.execute("COMMIT")
            _remember(file, lock)


def shrink(file: Path) -> None:
    """Give back the room that nothing is in any more, where there is any."""
    with _told(file):
        _refuse_others(file)
        with closing(_locked(_lock(file))) as lock:
            was_whole = _is_whole(file, lock)
            with closing(_connected(file)) as connection:
                (free,) = connection.execute("PRAGMA freelist_count").fetchone()
                if not free:
                    return
                connection.execute("VACUUM")
            if was_whole:
                _remember(file, lock)


def _remember(file: Path, lock: sqlite3.Connection) -> None:
    """Remember what the file is like, which is whole, so that whoever writes next need not look it over."""
    lock.execute("CREATE TABLE IF NOT EXISTS whole (size INTEGER, crc INTEGER)")
    lock.execute("DELETE FROM whole")
    lock.execute("INSERT INTO whole VALUES (?, ?)", _marks(file))
    lock.execute("COMMIT")


def _was_left_whole(file: Path) -> bool:
    with closing(_locked(_lock(file))) as lock:
        return _is_whole(file, lock)


def _is_whole(file: Path, lock: sqlite3.Connection) -> bool:
    return not _journal(file).exists() and _is_as_remembered(file, lock)


def _is_as_remembered(file: Path, lock: sqlite3.Connection) -> bool:
    """Whether this is the file that was whole when somebody wrote it last: else it is looked over."""
    try:
        return bool(lock.execute("SELECT size, crc FROM whole").fetchone() == _marks(file))
    except sqlite3.OperationalError:  # nobody has remembered anything yet
        return False


def _marks(file: Path) -> tuple[int, int]:
    """The size of a file, and a checksum of all its bytes, at a fraction of what it takes to understand them."""
    crc = size = 0
    with file.open("rb") as stream:
        while piece := stream.read(1 << 20):
            crc, size = zlib.crc32(piece, crc), size + len(piece)
    return size, crc


def lay_out(connection: sqlite3.Connection, mode: str) -> None:
    """Make an empty history of what is an empty file."""
    connection.executescript(f"PRAGMA application_id = {OURS}; PRAGMA user_version = {SCHEMA}; {_TABLES}")
    connection.execute("INSERT INTO about VALUES ('mode', ?)", (mode,))


def mode_of(connection: sqlite3.Connection) -> str:
    """Of which runs this is the history: ``live``, ``sandbox`` or ``drill``."""
    found: str = connection.execute("SELECT value FROM about WHERE name = 'mode'").fetchone()[0]
    return found


def _refuse_others(file: Path) -> None:
    """Raise Unusable, or OSError, unless this is a file that is a history, or once was, or nothing.

    A text that somebody named by a slip is theirs: only what was a history once may be set aside.
    """
    for each in (file, _lock(file)):
        files.refuse_others(each)
    if not file.exists():
        return
    with file.open("rb") as stream:
        head = stream.read(_MARK_AT + 4)
    if head.startswith(_MAGIC) and len(head) > _MARK_AT and int.from_bytes(head[_MARK_AT:]) != OURS:
        raise Unusable(f"{file} is a file of SQLite, and no history: {_ANOTHER}")
    if not _was_a_history(head) and not _lock(file).exists():
        raise Unusable(f"{file} is no history, and never was one, so it is left alone: {_ANOTHER}")


def _was_a_history(head: bytes) -> bool:
    """Whether a file that begins so is a history, or what is left of one: cut short, or nothing but zeros."""
    return head.startswith(_MAGIC) or _MAGIC.startswith(head) or not head.strip(b"\0")


def _lock(file: Path) -> Path:
    return file.with_name(f".{file.name}.lock")


def _locked(lock: Path) -> sqlite3.Connection:
    """Nobody else has this file as long as this connection is open, or this process alive: SQLite knows how."""
    with _saying_so(lock):
        return _begun(sqlite3.connect(lock, timeout=PATIENCE, isolation_level=None), "BEGIN EXCLUSIVE")


@contextmanager
def _saying_so(file: Path) -> Iterator[None]:
    """Within, whoever looks on is told what takes so long: that another process has this file."""

    def say() -> None:
        waiting = f"waiting for another process that has {one_line(str(file))} ({PATIENCE:g} s at most)"
        console.say(f"{waiting}: end it, or name another file\n", sys.stderr)

    timer = threading.Timer(SILENT, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connected(file: Path) -> sqlite3.Connection:
    # Not created where it is missing; a journal that a killed process left is rolled back, so also readers may write.
    address = f"{file.absolute().as_uri()}?mode=rw"
    with _saying_so(file):
        connection = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
        _begun(connection, "SELECT name FROM sqlite_master LIMIT 1")  # which waits for whoever writes
    return _begun(connection, "PRAGMA synchronous = FULL")


def _begun(connection: sqlite3.Connection, statement: str) -> sqlite3.Connection:
    """This connection, with its first word said: the first to find that the file is corrupt, or locked."""
    try:
        connection.execute(statement)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _ready(file: Path, mode: str, lock: sqlite3.Connection) -> str:
    """See to it that there is a file that can be used; what had to be done for that is told."""
    warning = ""
    if file.exists() and _is_whole(file, lock):
        return ""
    if file.exists():
        try:
            with _told(file), closing(_connected(file)) as connection:
                _look_over(file, connection)
        except Corrupt as error:
            warning = f"{error}; it was set aside as {_set_aside(file)}, and a fresh history is begun"
        else:
            return ""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        lay_out(connection, mode)
    fresh.replace(file)
    return warning


def _journal(file: Path) -> Path:
    """What a process that was killed while it wrote has left: SQLite has to look at that first."""
    return file.with_name(f"{file.name}-journal")


def _set_aside(file: Path) -> str:
    """Give the file another name. It has no journal any more: SQLite saw to that when it was opened."""
    stem = f"{file.name}.corrupt-{for_name(time.time())}"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    name = next(each for each in names if not file.with_name(each).exists())
    file.rename(file.with_name(name))
    return name


def _look_over(file: Path, connection: sqlite3.Connection) -> None:
    """Raise Corrupt where the file cannot be trusted, and Unusable where it is somebody else's."""
    if not file.stat().st_size:
        raise Corrupt(f"{file} is empty")
    ours, schema = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if ours != OURS:
        raise Unusable(f"{file} is a file of SQLite, and no history: {_ANOTHER}")
    if schema > SCHEMA:
        raise Unusable(f"{file} was written by a later version of this suite (form {schema}): update this one")
    (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise Corrupt(f"{file} is corrupt ({one_line(said)})")
    try:
        for table, columns in (("runs", "told, summary"), ("days", "told, hours")):
            for blobs in connection.execute(f"SELECT {columns} FROM {table}"):  # noqa: S608 - the names are ours
                for blob in blobs:
                    zlib.decompress(blob or zlib.compress(b""))
        mode_of(connection)
        odd = next(_of_no_time(connection), "")
    except (zlib.error, TypeError, sqlite3.OperationalError) as error:
        raise Corrupt(f"{file} is corrupt ({error})") from None
    if odd:
        raise Corrupt(f"{file} is corrupt (it has {odd} of no time that there is)")


def _of_no_time(connection: sqlite3.Connection) -> Iterator[str]:
    """The tables in which something else than a time stands in a time's place: SQLite takes anything."""
    for table, column, kind, last in (("runs", "started", "real", _LAST), ("days", "day", "integer", _LAST // DAY)):
        odd = f"typeof({column}) <> '{kind}' OR abs({column}) > {last}"
        if connection.execute(f"SELECT 1 FROM {table} WHERE {odd} LIMIT 1").fetchone():  # noqa: S608 - the names are ours
            yield table


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What SQLite and the system raise, in our words."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code in _CORRUPT or code & 0xFF in _CORRUPT:
            raise Corrupt(f"{file} is corrupt ({error})") from None
        if code & 0xFF == sqlite3.SQLITE_BUSY:
            cure = "wait for the other process that uses it, or end it"
            raise Unusable(f"{file} was locked for {PATIENCE:g} s: {cure}") from None
        cure = "let --history or AUTH0_HISTORY name a file that can be read and written"
        raise Unusable(f"{file} cannot be used ({error}): {cure}") from None
    except OSError as error:
        cure = "let --history or AUTH0_HISTORY name a file that can be read and written"
        raise Unusable(f"{file} cannot be used ({error.strerror or error}): {cure}") from None
