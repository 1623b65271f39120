"""Channels at work: all at once, each by its own deadline, and none that fails or hangs stops another."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.telling.ledger import Ledger, LedgerEntry
from monitor.telling.message import Message


class Untold(Exception):
    """A channel could not be told; the message says why, in one line, and holds no secret."""


SHORTEST = 6
"""Characters of a part of a channel's address that may be a secret, to who tells: nothing of it need be shown."""

Tell = Callable[[Message, LedgerEntry], None]
"""Tell this message to whoever was last told that; raise Untold where it did not arrive."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Somebody to tell. ``key`` stands for it in the ledger and ``name`` on the terminal; neither is a secret.

    ``deadline`` is in seconds, over all that it is told at a time.
    """

    key: str
    name: str
    tell: Tell
    deadline: float


@dataclass(frozen=True, slots=True)
class Task:
    """What a channel has to be told: what it was told of that before, and what the ledger has to know afterwards.

    Without ``after`` the ledger is neither asked nor written.
    """

    message: Message
    before: LedgerEntry
    after: LedgerEntry | None = None


class _Work:
    """What a channel does, and what came of it until its deadline; what comes later is nobody's."""

    def __init__(self, channel: Channel, tasks: Sequence[Task]) -> None:
        self.channel, self.tasks = channel, tasks
        self.told: list[str] = []
        self.problems: list[str] = []
        self.claimed: LedgerEntry | None = None
        self._lock = threading.Lock()
        self._done = self._over = False

    def note(self, lines: list[str], line: str) -> None:
        with self._lock:
            lines += [] if self._over else [line]

    def finish(self) -> None:
        with self._lock:
            self._done = True

    def end(self) -> bool:
        """The deadline is here; whether it was met."""
        with self._lock:
            self._over = True
            return self._done


def tell_all(work: Iterable[tuple[Channel, Sequence[Task]]], ledger: Ledger | None) -> tuple[list[str], list[str]]:
    """Tell every channel what it has to be told: a line for each message that arrived, and for each that did not."""
    all_ = [_Work(channel, tasks) for channel, tasks in work if tasks]
    threads = [threading.Thread(target=_tell, args=(each, ledger), daemon=True) for each in all_]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread, each in zip(threads, all_, strict=True):
        thread.join(max(0.0, began + each.channel.deadline - time.monotonic()))
        if not each.end():
            each.problems.append(f"{each.channel.name}: no answer within {each.channel.deadline:g} s")
            if ledger and each.claimed:
                _quietly(ledger.release, each.claimed)
    return [line for each in all_ for line in each.told], [line for each in all_ for line in each.problems]


def _tell(work: _Work, ledger: Ledger | None) -> None:
    for task in work.tasks:
        name, book = work.channel.name, ledger if task.after else None
        if book and not _claimed(book, task.before, work):
            continue
        try:
            work.channel.tell(task.message, task.before)
        except Untold as error:
            work.note(work.problems, f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever breaks in one channel, the others are to be told
            why = f"broke ({type(error).__name__}): that is our bug, please tell us"
            work.note(work.problems, f"{name}: {why}")
        else:
            work.note(work.told, f"{name}: {task.message.event}: {task.message.title}")
            problem = _quietly(book.settle, task.after) if book and task.after else ""
            if problem:
                work.note(work.problems, f"{name}: was told, and will be told again: {problem}")
            work.claimed = None
        if book and work.claimed:
            _quietly(book.release, work.claimed)
        work.claimed = None
    work.finish()


def _claimed(ledger: Ledger, before: LedgerEntry, work: _Work) -> bool:
    """Whether it is ours to tell. A ledger that cannot be written is no reason for silence."""
    try:
        mine = ledger.claim(before)
    except sqlite3.Error as error:
        why = f"the ledger cannot be written ({error}): told all the same"
        work.note(work.problems, f"{work.channel.name}: {why}")
        return True
    work.claimed = before if mine else None
    return mine


def _quietly(what: Callable[[LedgerEntry], None], entry: LedgerEntry) -> str:
    try:
        what(entry)
    except sqlite3.Error as error:
        return f"the ledger cannot be written ({error})"
    return ""
