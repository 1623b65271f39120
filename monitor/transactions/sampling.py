"""Refusals that send credentials, sampled: failed logins count against the runner's address, about a hundred a day."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from pathlib import Path

from monitor import files
from monitor.configuration.targets import Tenant
from monitor.failures import Misconfigured, NotDue
from monitor.text import second


class Sampling:
    """At most one refusal per tenant and ``refusals_every`` seconds, in turn, remembered in a file between runs.

    Without a file (in the sandbox) every refusal is always due.
    """

    def __init__(self, memory: Path | None) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._candidates: dict[Tenant, list[str]] = {}
        self._turn: dict[Tenant, tuple[str | None, float]] = {}

    def plan(self, tenant: Tenant, refusal: str) -> None:
        """This refusal is selected, so it may have its turn."""
        names = self._candidates.setdefault(tenant, [])
        if refusal not in names:
            names.append(refusal)

    def wait_for_turn(self, tenant: Tenant, refusal: str) -> None:
        """Return if this refusal is due now, and remember that it was asked for; else raise NotDue, saying when."""
        every = tenant.variables.refusals_every
        if self._memory is None or every == 0:
            return
        with self._lock:
            if tenant not in self._turn:
                self._turn[tenant] = self._decide(self._memory, tenant, every)
        chosen, last = self._turn[tenant]
        if chosen != refusal:
            rule = f"one refusal per tenant and {every:g} s, in turn; {tenant.variable('refusals_every')} changes it"
            raise NotDue(f"sampled: due from {second(last + every)} on ({rule})")

    def _decide(self, memory: Path, tenant: Tenant, every: float) -> tuple[str | None, float]:
        """Whose turn it is (None: nobody's), and when one last had its turn."""
        import sqlite3

        key, now = f"{tenant.name} {tenant.url}", time.time()
        try:
            files.refuse_others(memory)
            memory.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(memory, timeout=10, isolation_level=None)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS asked (tenant, refusal, at REAL, PRIMARY KEY (tenant, refusal))"
                )
                database.execute("BEGIN IMMEDIATE")
                asked = dict(database.execute("SELECT refusal, at FROM asked WHERE tenant = ?", (key,)).fetchall())
                last = max((at for at in asked.values() if at <= now), default=0.0)
                if now - last < every:
                    database.execute("ROLLBACK")
                    return None, last
                chosen = min(self._candidates[tenant], key=lambda refusal: asked.get(refusal, 0.0))
                database.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (key, chosen, now))
                database.execute("COMMIT")
                return chosen, now
        except (sqlite3.Error, OSError) as error:
            cure = "move it away, or let AUTH0_MEMORY name a file that can be written"
            raise Misconfigured(f"the memory of the refusals, {memory}, cannot be used ({error}): {cure}") from None
