"""Channels at work: all at once, each by its own deadline, and none that fails or hangs stops another."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.telling.ledger import MOVED, Ledger, LedgerEntry
from monitor.telling.message import Message
from monitor.text import count


class Untold(Exception):
    """A channel could not be told; the message says why, in one line, and holds no secret."""


SHORTEST = 6
"""Characters of a part of a channel's address that may be a secret, to who tells: nothing of it need be shown."""

Tell = Callable[[Message, LedgerEntry], str | None]
"""Tell this message to whoever was last told that; raise Untold where it did not arrive.

What it returns says, in words for the terminal, what was done instead of telling it; None: it was told.
"""


class Ending(StrEnum):
    """What the end of an incident is to a channel: a message as any other, or what closes the alert that it opened.

    Some pagers cannot close an alert: whatever they are told is another one.
    """

    MESSAGE = "message"
    CLOSES = "closes"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Channel:
    """Somebody to tell. ``key`` stands for it in the ledger and ``name`` on the terminal; neither is a secret.

    ``deadline`` is in seconds, over all that it is told at a time.
    """

    key: str
    name: str
    tell: Tell
    deadline: float
    ending: Ending = Ending.MESSAGE


@dataclass(frozen=True, slots=True)
class Task:
    """What a channel has to be told: what it was told of that before, and what the ledger has to know afterwards.

    Without ``after`` the ledger is neither asked nor written, and the terminal says nothing of it where it is
    ``quiet``. Without a ``message`` the ledger learns ``after`` where all before it was told.
    """

    message: Message | None
    before: LedgerEntry
    after: LedgerEntry | None = None
    quiet: bool = False


class _Work:
    """What a channel does, and what came of it until its deadline; what comes later is nobody's."""

    def __init__(self, channel: Channel, tasks: Sequence[Task]) -> None:
        self.channel, self.tasks = channel, tasks
        self.told: list[str] = []
        self.problems: list[str] = []
        self.claimed: LedgerEntry | None = None
        self._lock = threading.Lock()
        self._left = sum(task.message is not None for task in tasks)
        self._awaited = self._over = False

    def note(self, lines: list[str], line: str) -> None:
        with self._lock:
            lines += [] if self._over else [line]

    def begin(self) -> None:
        """The channel is awaited."""
        with self._lock:
            self._awaited = True

    def conclude(self, lines: list[str], *said: str) -> None:
        """This came of a message: the channel is awaited no more."""
        with self._lock:
            lines += [] if self._over else said
            self._awaited = False
            self._left -= 1

    def end(self) -> str:
        """The deadline is here: what has not come of it; empty where all has."""
        with self._lock:
            self._over = True
            if self._awaited:
                return f"no answer within {self.channel.deadline:g} s"
            late = f"could not be sent within {self.channel.deadline:g} s: the next run sends it"
            return f"{count(self._left, 'message')} {late}" if self._left else ""


def tell_all(work: Iterable[tuple[Channel, Sequence[Task]]], ledger: Ledger | None) -> tuple[list[str], list[str]]:
    """Tell every channel what it has to be told: a line for each message that arrived, and for each that did not."""
    all_ = [_Work(channel, tasks) for channel, tasks in work if tasks]
    threads = [threading.Thread(target=_tell, args=(each, ledger), daemon=True) for each in all_]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread, each in zip(threads, all_, strict=True):
        thread.join(max(0.0, began + each.channel.deadline - time.monotonic()))
        if missed := each.end():
            each.problems.append(f"{each.channel.name}: {missed}")
            if ledger and each.claimed:
                _quietly(ledger.release, each.claimed)
    return [line for each in all_ for line in each.told], [line for each in all_ for line in each.problems]


def _tell(work: _Work, ledger: Ledger | None) -> None:
    complete = True
    for task in work.tasks:
        if task.message:
            complete &= _told(work, task, task.message, ledger)
        elif complete and ledger and task.after:
            _quietly(ledger.settle, task.after)


def _told(work: _Work, task: Task, message: Message, ledger: Ledger | None) -> bool:
    """Whether the channel was told this, by us and now."""
    name, book = work.channel.name, ledger if task.after else None
    if book and not _claimed(book, task.before, work):
        work.conclude(work.told)
        return False
    told = False
    work.begin()
    try:
        instead = work.channel.tell(message, task.before)
    except Untold as error:
        work.conclude(work.problems, f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 - whatever breaks in one channel, the others are to be told
        why = f"failed ({type(error).__name__}): a bug in the monitor, please report it"
        work.conclude(work.problems, f"{name}: {why}")
    else:
        told = True
        said = [] if task.quiet else [f"{name}: {instead or f'{message.event}: {message.title}'}"]
        work.conclude(work.told, *said)
        problem = _settled(book, task) if book else ""
        if problem:
            work.note(work.problems, f"{name}: was notified, and will be notified again: {problem}")
        work.claimed = None
    if book and work.claimed:
        _quietly(book.release, work.claimed)
    work.claimed = None
    return told


def _settled(ledger: Ledger, task: Task) -> str:
    """Let the ledger know; where the incident had another id before, what stands under that is moved."""
    problem = _quietly(ledger.settle, task.after) if task.after else ""
    if not problem and task.after and task.before.event and task.before.incident != task.after.incident:
        problem = _quietly(ledger.settle, replace(task.before, event=MOVED, at=task.after.at))
    return problem


def _claimed(ledger: Ledger, before: LedgerEntry, work: _Work) -> bool:
    """Whether it is ours to tell. A ledger that cannot be written is no reason for silence."""
    try:
        mine = ledger.claim(before)
    except sqlite3.Error as error:
        why = f"the ledger cannot be written ({error}): the alert is sent all the same"
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
