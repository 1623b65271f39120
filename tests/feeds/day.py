"""A bad day: a run of 300 tenants of which half are down, each with logins, a late one and one that is unknown."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache, lru_cache

from monitor.owners import Owner
from monitor.status import Status
from monitor.text import stamp
from monitor.verdict import Run
from tests.feeds import made
from tests.reports import runs

TENANTS = 300
DOWN = TENANTS // 2
CANARY = "canary-5ecret-0f-the-reader"
"""What every key of these tests is: it must be in no file and no message."""


def bad() -> Run:
    """Five targets a tenant and 40 probes; the causes name who is to blame, and some have long sentences. Just now."""
    return _of_minute(int(time.time() // 60))


@lru_cache(1)
def _of_minute(minute: int) -> Run:
    return replace(_made_once(), started=stamp(60.0 * minute))


@cache
def _made_once() -> Run:
    verdicts, causes = [], []
    for number in range(TENANTS):
        name = f"tenant-{number:03}"
        ill = number % 2 == 0
        make = runs.down if ill else runs.verdict
        logins = [make(target=f"{name}:password-realm:connection-{login}") for login in range(3)]
        others = [runs.verdict(f"probe_{each}", name) for each in range(34)]
        late = runs.degraded(target=f"{name}:refresh")
        unclear = runs.unknown(target=f"{name}:universal-login")
        verdicts += [*logins, *others, late, unclear, runs.skipped(target=name)]
        if ill:
            sentence = f"the connection of {name} is broken, {runs.HOSTILE * 4}"
            owner = list(Owner)[number % len(Owner)]
            causes.append(made.cause(owner, Status.DOWN, *logins, rule=f"rule-{number % 50}", sentence=sentence))
    names = tuple(f"tenant-{number:03}" for number in range(TENANTS))
    return made.told(*verdicts, causes=tuple(causes), ago=20, tenants=names)
