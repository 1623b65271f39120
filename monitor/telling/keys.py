"""Under which key a pager keeps an incident, and what to do where runs that it was told of may have been lost.

A history may come back as it was before its newest runs: a machine died after it had told, and before it had handed its
file on. Then whoever was told of those runs knows of alerts that nobody here remembers. So a key is made of what
survives that: the run up to which the channel had been told everything, whose work the incident was at first, and the
tenant. The next run that finds the same makes the same key; and all keys that the lost runs can have used can be told.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from monitor import NAME
from monitor.history import History, PastRun
from monitor.incidents import ONE_WORK, Incident
from monitor.owners import Owner
from monitor.telling.ledger import LedgerEntry

LOOKED_AT = 101
"""The newest runs, by whose pauses it is judged whether one is missing."""

MISSING = 1.5
"""As many usual pauses without a run, and one may have been lost."""

ENOUGH = 20
"""Pauses of which a tenth may be long ones, as between rounds a minute apart; of fewer the one in the middle counts."""

MOST = 40
"""Keys that are resolved at a time, where runs may have been lost: more would meet a pager's limits."""

_NEW = tuple(owner for owner in Owner if owner is not Owner.UPSTREAM)


def anchor(history: History, read: LedgerEntry | None) -> str:
    """What new keys of a channel begin with: the run up to which it has been told everything, or the history's own."""
    return read.run if read and read.run else f"{history.first}"


def fresh(anchor: str, incident: Incident, taken: Collection[str]) -> str:
    """A key for this incident, which is none of those that are taken."""
    first = incident.changes[0]
    tenants = sorted({target.partition(":")[0] for target in first.targets})
    return _free(_key(anchor, first.owner, "" if first.owner in ONE_WORK or not tenants else tenants[0]), taken)


def silence(history: History) -> str:
    """The key of the alarm that no run comes: one for each history, so that two monitors do not share it."""
    return _hashed(f"silence {history.first}")


def lost(history: History, read: LedgerEntry | None, *, quiet: bool) -> bool:
    """Whether runs may have been lost after those that a channel was told of: a pause after them was unusual.

    Where no pause is known from before, only where that run was ill and nothing is now (``quiet``).
    """
    runs = sorted(history.runs(last=LOOKED_AT), key=lambda each: each.started)
    last = next((each for each in runs if read and each.id == read.run), None)
    if last is None or last is runs[-1]:
        return False
    pauses = [(before, after.started - before.started) for before, after in pairwise(runs)]
    earlier = sorted(length for before, length in pauses if before.started < last.started)
    later = [length for before, length in pauses if before.started >= last.started]
    if not earlier:
        return quiet and bool(last.causes)
    usual = earlier[int(0.9 * (len(earlier) - 1))] if len(earlier) >= ENOUGH else statistics.median(earlier)
    return max(later) > MISSING * usual


def possible(anchor: str, newest: PastRun | None, known: Collection[str], held: Collection[str]) -> list[str]:
    """The keys that runs which were lost can have used: of each owner, in each tenant.

    ``known`` are those that were ever used, of which the next may have been, and ``held`` those that are open now.
    """
    keys = [*_possible(anchor, newest.tenants if newest else ())]
    keys += [_free(each, known) for each in keys if each in known]
    return [each for each in keys if each not in held][:MOST]


def _possible(anchor: str, tenants: Iterable[str]) -> Iterator[str]:
    yield from (_key(anchor, owner, "") for owner in _NEW if owner in ONE_WORK)
    for tenant in tenants:
        yield from (_key(anchor, owner, tenant) for owner in _NEW if owner not in ONE_WORK)


def _key(anchor: str, owner: Owner, tenant: str) -> str:
    return _hashed(f"{anchor} {owner} {tenant}")


def _free(key: str, taken: Collection[str]) -> str:
    return next(each for each in (key, *(f"{key}-{number}" for number in range(2, 10_000))) if each not in taken)


def _hashed(text: str) -> str:
    return f"{NAME}-{hashlib.sha256(text.encode()).hexdigest()[:20]}"
