"""What is ill with one tenant, as far as the Management API is asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from statistics import median
from typing import Any

from monitor.clues import Clue, ClueKind
from monitor.configuration.targets import Tenant, plain
from monitor.configuration.variables import DEFAULT_CONNECTION
from monitor.status import Status
from monitor.verdict import Verdict

EXPLAINED = (
    "machine",
    "login",
    "token",
    "api",
    "scope",
    "claims",
    "stranger",
    "redirect",
    "provider",
    "profile",
    "refresh",
    "device",
)
"""Rungs of which the tenant itself may know more than it answered."""

OF_USERS = ("login", "token", "api", "scope", "claims", "profile", "refresh", "stranger")
_GRAVE = (Status.DOWN, Status.UNKNOWN)
MOST = 3
"""How many users, or connections, are asked about."""


def asked_about(verdict: Verdict) -> bool:
    """Whether the tenant may know more of this: it is ill, and the tenant answered."""
    answered = bool(verdict.attempts) and verdict.attempts[-1].get("status") is not None
    return verdict.ill and verdict.rung in EXPLAINED and answered


@dataclass
class Case:
    """A tenant, and all verdicts on it; ``seen_from`` becomes the addresses from which it saw our logins come."""

    tenant: Tenant
    verdicts: list[Verdict]
    seen_from: set[str] = field(default_factory=set)

    @cached_property
    def ill(self) -> list[Verdict]:
        return [each for each in self.verdicts if asked_about(each)]

    @property
    def grave(self) -> list[Verdict]:
        """What is ill, and not merely late."""
        return [each for each in self.ill if each.status in _GRAVE]

    @cached_property
    def failures(self) -> list[list[str]]:
        """What fails, where, and how it was answered: the same from run to run, as long as the same is broken."""
        found = {
            (each.rung or "", connection_of(each), str(each.attempts[-1].get("status")), each.failure, each.error)
            for each in self.ill
        }
        return [list(each) for each in sorted(found)]

    def is_ill(self, *rungs: str) -> bool:
        return any(each.rung in rungs for each in self.ill)

    @cached_property
    def connections(self) -> list[str]:
        """The connections that are ill, by their own names; the default directory is one that nobody named."""
        named = {plain(name): name for name in (*self.tenant.users, *self.tenant.providers)}
        parts = (connection_of(each) for each in self.ill)
        return list(dict.fromkeys(named.get(each, each) for each in parts if each))[:MOST]

    @cached_property
    def users(self) -> dict[str, str]:
        """The users whose logins are ill, each with the connection of one."""
        logins = {(login.flow, plain(login.connection)): login for login in self.tenant.logins if not login.blocked}
        found: dict[str, str] = {}
        for verdict in self.ill:
            _, flow, connection = _parts(verdict)
            login = logins.get((flow, connection))
            login = login or next((each for key, each in logins.items() if verdict.rung in OF_USERS), None)
            if login and login.username and verdict.rung in OF_USERS:
                found.setdefault(login.username, login.connection or DEFAULT_CONNECTION)
        return dict(list(found.items())[:MOST])

    @cached_property
    def shift(self) -> float:
        """Seconds by which the tenant's clock is ahead of ours, by its answers' own Date."""
        return shift_of(each for verdict in self.verdicts for each in verdict.attempts)

    @cached_property
    def began(self) -> float:
        """When the first of what is ill was asked, by the tenant's clock."""
        return min(float(each.attempts[0]["started"]) for each in self.ill) + self.shift

    @cached_property
    def ended(self) -> float:
        lasts = (each.attempts[-1] for each in self.ill)
        return max(float(each["started"]) + float(each["seconds"]) for each in lasts) + self.shift

    def clue(self, kind: ClueKind, words: str, **more: Any) -> Clue:
        return Clue(plain(self.tenant.name), kind, words, **more)


def connection_of(verdict: Verdict) -> str:
    """The connection that a verdict is about, as its target has it; empty where it names none."""
    _, second, third = _parts(verdict)
    if verdict.rung in ("redirect", "provider", "profile"):
        return second
    return third if verdict.rung in OF_USERS else ""


def _parts(verdict: Verdict) -> tuple[str, str, str]:
    tenant, second, third, *_ = (*verdict.target.split(":"), "", "", "")
    return tenant, second, third


def shift_of(attempts: Iterable[dict[str, Any]]) -> float:
    """Seconds by which the answers' own clock is ahead of ours; 0 where nobody told the time, or it is a second."""
    seen = []
    for attempt in attempts:
        try:
            told = parsedate_to_datetime(attempt["headers"]["date"]).timestamp()
            seen.append(told - float(attempt["started"]) - float(attempt["seconds"]))
        except (KeyError, TypeError, ValueError):
            continue
    middle = median(seen) if seen else 0.0
    return middle if abs(middle) > 2 else 0.0
