"""Runs to keep: of two logins, a tenant's own probe and a service, at any time, well or ill as a word says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.diagnosis.diagnosis import diagnose
from monitor.history.records import RunRecord, of
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.declared import rung_of

DAY0 = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
"""Midnight, of the first day of most tests."""

DAY, HOUR = 86_400.0, 3_600.0
USERS, PARTNERS = "prod:password-realm:users", "prod:password-realm:partners"
LOGIN = f"tests_synthetic/test_login.py::test_login_hands_out_tokens[{USERS}]"

_SAID: dict[str, dict[str, Any]] = {
    "up": {"status": Status.UP},
    "late": {"status": Status.DEGRADED, "failure": "OverBudget", "reason": "took 4.20 s of a budget of 3 s"},
    "down": {"status": Status.DOWN, "failure": "Refused", "reason": "500 server_error"},
    "unknown": {"status": Status.UNKNOWN, "failure": "Misconfigured", "reason": "AUTH0_CLIENT_ID is wrong"},
    "unread": {"status": Status.UNKNOWN, "failure": "Unreadable", "reason": "an HTML page"},
    "skipped": {"status": Status.SKIPPED, "reason": "set AUTH0_USERNAME", "seconds": None, "budget": None},
}


def verdict(target: str, said: str = "up", *, kind: str = "login", probe: str = "", **known: Any) -> Verdict:
    probe = probe or {"login": "login_hands_out_tokens", "discovery": "issuer_is_this_tenant"}.get(kind, "holds")
    node = f"tests_synthetic/test_{kind}.py::test_{probe}[{target}]"
    rung = rung_of(node, otherwise={"dependencies": "service", "health": "health"}.get(kind, ""))
    return Verdict.planned(node, **{"reason": "", "seconds": 0.25, "budget": 3.0, **_SAID[said], **known, "rung": rung})


def run(at: float, users: str = "up", *others: Verdict, seconds: float = 0.25, **said: Any) -> Run:
    """A run that began so many seconds after DAY0, and what it says of the users' login; all else is well."""
    timed: dict[str, Any] = {} if users == "skipped" else {"seconds": seconds}
    verdicts = (
        verdict("prod", kind="discovery"),
        verdict(USERS, users, **timed),
        verdict(PARTNERS),
        verdict("dependencies:github", kind="dependencies", budget=None),
        *others,
    )
    started = datetime.fromtimestamp(DAY0 + at, UTC).isoformat().replace("+00:00", "Z")
    known: dict[str, Any] = {"mode": "live", "seconds": 1.5, "version": "0.1.0", "tenants": ("prod",)}
    told = Run(**known | {"started": started, "verdicts": verdicts} | said)
    return replace(told, diagnosis=diagnose(told))


def record(at: float, users: str = "up", *others: Verdict, link: str = "", **said: Any) -> RunRecord:
    return of(run(at, users, *others, **said), link=link)


def every(step: float, words: Iterable[str], *, first: float = 0.0) -> list[Run]:
    """Runs at this distance, one for each word."""
    return [run(first + number * step, word) for number, word in enumerate(words)]
