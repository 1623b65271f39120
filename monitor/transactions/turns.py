"""Logins that a limit of Auth0's lets only so many of in a time: who may now, in turn, remembered between runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from monitor.failures import Misconfigured, NotDue
from monitor.text import second

_KEPT = 30 * 86_400
"""Seconds after which nobody remembers any more who had a turn."""


class Turn(NamedTuple):
    """That this one (``who``) is one of ``most`` who may in so many ``seconds``, of all that share the ``limit``.

    ``why`` is the rule in words, with the variable that changes it.
    """

    limit: str
    who: str
    most: int
    seconds: float
    why: str


class Turns:
    """Whose turn it is, of those that are planned: theirs who had none for longest. In a file, between runs.

    Without a file (in the sandbox) it is everybody's, but for what may happen once in any case (``most`` is 1).
    """

    def __init__(self, memory: Path | None) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._planned: dict[str, list[str]] = {}
        self._chosen: dict[str, tuple[frozenset[str], float]] = {}

    def plan(self, turns: Iterable[Turn]) -> None:
        """These are selected, so they may have their turn."""
        for turn in turns:
            names = self._planned.setdefault(turn.limit, [])
            if turn.who not in names:
                names.append(turn.who)

    def take(self, turn: Turn) -> None:
        """Return if it is this one's turn, and remember that; else raise NotDue, saying when one is free."""
        if self._memory is None and turn.most > 1:
            return
        with self._lock:
            if turn.limit not in self._chosen:
                self._chosen[turn.limit] = self._decide(turn)
            chosen, free = self._chosen[turn.limit]
        if turn.who not in chosen:
            raise NotDue(f"in turn: due from {second(free)} on ({turn.why})")

    def _decide(self, turn: Turn) -> tuple[frozenset[str], float]:
        """Who may now, and when the next one may."""
        names = self._planned.get(turn.limit) or [turn.who]
        now = time.time()
        if self._memory is None:
            return frozenset(names[: turn.most]), now + turn.seconds
        import sqlite3

        try:
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._memory, timeout=10, isolation_level=None)) as database:
                database.execute("CREATE TABLE IF NOT EXISTS turns (bound, who, at REAL)")
                database.execute("BEGIN IMMEDIATE")
                database.execute("DELETE FROM turns WHERE at < ?", (now - _KEPT,))
                rows = database.execute("SELECT who, at FROM turns WHERE bound = ?", (turn.limit,)).fetchall()
                had = [(str(who), float(at)) for who, at in rows if at <= now]
                recent = sorted(at for _, at in had if at > now - turn.seconds)
                last = dict(sorted(had, key=lambda each: each[1]))
                chosen = sorted(names, key=lambda who: last.get(who, 0.0))[: max(0, turn.most - len(recent))]
                database.executemany("INSERT INTO turns VALUES (?, ?, ?)", [(turn.limit, who, now) for who in chosen])
                database.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            cure = "move it away, or let AUTH0_MEMORY name a file that can be written"
            raise Misconfigured(f"the memory of the turns, {self._memory}, cannot be used ({error}): {cure}") from None
        return frozenset(chosen), min([*recent, now]) + turn.seconds
