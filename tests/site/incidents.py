"""Boards and incidents to tell of, made by hand: what a test does not say is as plain as it can be."""

from __future__ import annotations

from typing import Any

from monitor.history import HOUR, PastCause
from monitor.incidents import Change, Incident
from monitor.owners import Confidence, Owner
from monitor.site.contents import Board, Group, Lane, Newest
from monitor.status import Status
from tests.site.pasts import NOW

CAUSE = PastCause(
    "connection", Owner.EXTENSION, Confidence.LIKELY, Status.DOWN, "prod", "logins fail", "docs/runbook.md#connection"
)


def change(at: float, status: Status = Status.DOWN, sentence: str = "logins fail") -> Change:
    return Change(at, "run", "", Owner.EXTENSION, status, ("prod",), sentence)


def incident(**known: Any) -> Incident:
    """One that began three hours ago, and goes on."""
    plain: dict[str, Any] = {
        "id": "0123456789ab",
        "owner": Owner.EXTENSION,
        "status": Status.DOWN,
        "worst": Status.DOWN,
        "tenants": ("prod",),
        "targets": ("prod:password",),
        "causes": (CAUSE,),
        "besides": (),
        "began": NOW - 3 * HOUR,
        "opened": NOW - 2 * HOUR,
        "seen": NOW,
        "known": NOW,
        "recovered": None,
        "closed": None,
        "runs": ("run",),
        "link": "",
        "changes": (change(NOW - 2 * HOUR),),
        "spells": 0,
        "silent_after": 4 * HOUR,
    }
    return Incident(**plain | known)


def lane(name: str = "prod", sort: str = "tenant", status: Status = Status.UP, **known: Any) -> Lane:
    plain: dict[str, Any] = {"seen": NOW, "said": "", "unread": False, "bars": (), "spans": ()}
    return Lane(name, name, sort, status, **plain | known)


def newest(**known: Any) -> Newest:
    plain: dict[str, Any] = {
        "started": NOW,
        "seconds": 1.5,
        "status": Status.UP,
        "ended": "finished",
        "version": "0.1.0",
        "owner": None,
        "sentence": "login works",
        "causes": (),
        "link": "",
        "own": True,
    }
    return Newest(**plain | known)


def board(*groups: Group, **known: Any) -> Board:
    """A board of these groups, made a minute after its newest run, of a history of ten days."""
    plain: dict[str, Any] = {
        "made": NOW + 60,
        "mode": "live",
        "newest": newest(),
        "expires": NOW + 4 * HOUR,
        "runs": 240,
        "every": HOUR,
        "first": NOW - 240 * HOUR,
        "warnings": (),
        "groups": groups,
        "services": (),
        "open": (),
        "past": (),
        "earlier": 0,
    }
    return Board(**plain | known)
