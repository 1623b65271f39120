"""What Auth0 itself knows of tenants that are ill: gathered once a run, at most every ten minutes, within seconds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Any

from monitor import machine
from monitor.clues import Clue, ClueKind
from monitor.configuration.targets import Tenant, plain
from monitor.failures import Failure, Misconfigured, NotConfigured, Unreadable
from monitor.management import access
from monitor.management.access import Access, Ask, Patience
from monitor.management.case import Case
from monitor.management.inquiries import INQUIRIES
from monitor.text import some
from monitor.transactions.memory import Memory
from monitor.verdict import Verdict

EVERY = 600.0
"""Seconds for which what was gathered is good, so that a token is asked for no more often."""

PATIENCE = 6.0
"""Seconds that this may add to a run that is ill."""

MOST = 16
"""How many tenants are asked about in one run: an outage of all of them is one."""

OF_THE_LOG = (ClueKind.LOG, ClueKind.SUCCESS, ClueKind.LATE)
"""What is said of single logins; all else is of settings, which stand from one run to the next."""

Scrubbing = Callable[[str, str], str]
"""``scrub(text, tenant)``."""


def gathered(
    verdicts: Iterable[Verdict],
    tenants: Iterable[Tenant],
    ask: Ask,
    *,
    memory: Memory,
    keep_secret: Callable[[str, str], None],
    scrub: Scrubbing,
) -> tuple[Clue, ...]:
    """The clues to what is ill in these verdicts; none where all is well, or no credentials are given.

    ``keep_secret`` is told each token, with its tenant's name. Nothing is raised: what could not be asked is a clue,
    too.
    """
    judged: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        judged.setdefault(verdict.tenant, []).append(verdict)
    cases = [Case(tenant, judged.get(plain(tenant.name), [])) for tenant in tenants if not tenant.management_fault]
    ill = [case for case in cases if case.ill][:MOST]
    patience = Patience.of(PATIENCE)
    futures = [_begun(_Gathering(case, ask, memory, keep_secret, scrub), patience) for case in ill]
    wait(futures, timeout=PATIENCE + 1)
    return tuple(
        clue
        for case, future in zip(ill, futures, strict=True)
        for clue in (future.result() if future.done() else [_unasked(case, "it did not answer in time")])
    )


def _unasked(case: Case, why: str) -> Clue:
    return case.clue(ClueKind.UNASKED, f"the Management API was not asked: {why}")


def _begun(gathering: _Gathering, patience: Patience) -> Future[list[Clue]]:
    """In a thread that keeps no run alive: a name that is being looked up cannot be interrupted."""
    future = Future[list[Clue]]()
    name = f"management-{gathering.case.tenant.name}"
    threading.Thread(target=lambda: future.set_result(gathering.clues(patience)), daemon=True, name=name).start()
    return future


class _Gathering:
    """Of one tenant."""

    def __init__(
        self, case: Case, ask: Ask, memory: Memory, keep_secret: Callable[[str, str], None], scrub: Scrubbing
    ) -> None:
        self.case, self._ask, self._memory = case, ask, memory
        self._keep_secret, self._scrub = keep_secret, scrub

    def clues(self, patience: Patience) -> list[Clue]:
        """What is remembered, or what is asked for now."""
        try:
            known = self._memory.recall(self._key)
            if known and 0 <= time.time() - known.at < EVERY:
                return self._remembered(json.loads(known.body))
            found = self._asked(patience)
            told = {"failures": self.case.failures, "clues": [each.to_dict() for each in found]}
            self._memory.keep(self._key, json.dumps(told).encode(), {}, for_its_time=True)
        except Exception as error:  # noqa: BLE001 - a remark must not cost a run its reports
            return [_unasked(self.case, machine.untranslated(error, "asked the Management API").reason)]
        return found

    def _remembered(self, told: Mapping[str, Any]) -> list[Clue]:
        """What was found; of the log nothing, where something else fails by now than was looked for in it."""
        clues = [Clue.from_dict(each) for each in told["clues"]]
        if all(failure in told["failures"] for failure in self.case.failures):
            return clues
        words = "not asked for the log of what fails now: it was read less than ten minutes ago, for another failure"
        return [*(clue for clue in clues if clue.kind not in OF_THE_LOG), self.case.clue(ClueKind.UNASKED, words)]

    @property
    def _key(self) -> str:
        return json.dumps(["clues", self.case.tenant.name, self.case.tenant.management_host])

    def _asked(self, patience: Patience) -> list[Clue]:
        name = self.case.tenant.name
        try:
            way = access.opened(self.case.tenant, self._within(patience), lambda token: self._keep_secret(token, name))
        except Failure as failure:
            return [self._clean(_unasked(self.case, failure.reason))]
        return [self._clean(clue) for clue in self._inquired(way, patience)]

    def _within(self, patience: Patience) -> Ask:
        """The same asking, in the time that is left."""

        def ask(method: str, address: str, *, timeout: float, **sent: Any) -> Any:
            return self._ask(method, address, timeout=max(0.1, min(timeout, patience.left)), **sent)

        return ask

    def _inquired(self, way: Access, patience: Patience) -> Iterable[Clue]:
        missing: dict[str, list[str]] = {}
        unread: dict[str, list[str]] = {}
        for inquiry in INQUIRIES:
            if not inquiry.due(self.case):
                continue
            if lacks := way.lacks(*inquiry.scopes):
                missing.setdefault(", ".join(lacks), []).append(inquiry.what)
                continue
            try:
                yield from inquiry.ask(self.case, way, patience)
            except (NotConfigured, Misconfigured, Unreadable) as failure:
                unread.setdefault(failure.reason, []).append(inquiry.what)
        yield from self._told(missing, "{what}: the scope {why} is missing")
        yield from self._told(unread, "{what}: {why}")

    def _told(self, reasons: Mapping[str, list[str]], words: str) -> Iterable[Clue]:
        for why, things in reasons.items():
            what = some(dict.fromkeys(things), 9)
            yield self.case.clue(ClueKind.UNASKED, f"not asked for {words.format(what=what, why=why)}")

    def _clean(self, clue: Clue) -> Clue:
        """The clue without secrets."""
        return replace(clue, words=self._scrub(clue.words, self.case.tenant.name))
