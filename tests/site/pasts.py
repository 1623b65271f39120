"""Histories to draw pages of: tenants with two logins and a node, for as long as is wanted, well or ill by a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from monitor import history, results
from monitor.diagnosis.diagnosis import diagnose
from monitor.history import DAY, HOUR
from monitor.incidents import Policy, open_since
from monitor.site.board import board
from monitor.site.contents import Board
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.declared import rung_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
"""When the newest run begins."""

USERS, PARTNERS, NODE = "password-realm:users", "password-realm:partners", "10.0.0.1"
LINK = "https://ci.example/runs/1"

_SAID: dict[str, dict[str, Any]] = {
    "up": {"status": Status.UP, "reason": ""},
    "late": {
        "status": Status.DEGRADED,
        "failure": "OverBudget",
        "reason": "took 4.20 s of a budget of 3 s",
        "seconds": 4.2,
    },
    "down": {"status": Status.DOWN, "failure": "WrongAnswer", "reason": "500 server_error", "error": "server_error"},
    "unknown": {"status": Status.UNKNOWN, "failure": "Misconfigured", "reason": "AUTH0_CLIENT_ID is wrong"},
    "unread": {"status": Status.UNKNOWN, "failure": "Unreadable", "reason": "an HTML page"},
}

Words = Callable[[float], str]
"""What is said of the login of the users by when it is asked; an empty word: there is no run."""


@cache
def verdict(kind: str, probe: str, target: str, said: str = "up") -> Verdict:
    node = f"tests_synthetic/test_{kind}.py::test_{probe}[{target}]"
    budget = None if kind == "dependencies" else 2.0 if kind == "dedicated" else 3.0
    return Verdict.planned(
        node, **{"question": "Is it?", "seconds": 0.25, "budget": budget, "rung": rung_of(node)} | _SAID[said]
    )


def well(_at: float) -> str:
    return "up"


def between(since: float, until: float, word: str, otherwise: str = "up") -> Words:
    """This word between so many seconds before NOW, and so many."""
    return lambda at: word if since >= NOW - at >= until else otherwise


def run(at: float = NOW, said: str = "up", tenants: Sequence[str] = ("prod",), **known: Any) -> Run:
    """A run, and what it says of the users' login to the first of these tenants; all else is well."""
    verdicts = []
    for place, tenant in enumerate(tenants):
        verdicts += [
            verdict("discovery", "issuer_is_this_tenant", tenant),
            verdict("login", "login_hands_out_tokens", f"{tenant}:{USERS}", "up" if place else said),
            verdict("login", "login_hands_out_tokens", f"{tenant}:{PARTNERS}"),
            verdict("dedicated", "node_answers", f"{tenant}:{NODE}"),
        ]
    verdicts.append(verdict("dependencies", "service_reports_no_incident", "dependencies:github"))
    verdicts.append(verdict("dependencies", "service_reports_no_incident", "dependencies:mandrill", "unread"))
    started = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    ended: dict[str, Any] = {"mode": "live", "seconds": 1.5, "version": "0.1.0", "tenants": tuple(tenants)}
    told = Run(**{**ended, "started": started, "verdicts": tuple(verdicts)} | known)
    return replace(told, diagnosis=diagnose(told)) if told.ended == "finished" else told


def runs(words: Words = well, *, days: float = 2, every: float = HOUR, **known: Any) -> Iterator[Run]:
    """Runs at this distance until NOW."""
    for step in range(int(days * DAY / every), -1, -1):
        at = NOW - step * every
        if said := words(at):
            yield run(at, said, **known)


@dataclass(frozen=True)
class Past:
    """A history in a file, and the newest run's reports."""

    folder: Path
    newest: Run

    @property
    def history(self) -> Path:
        return self.folder / "history.sqlite"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def board(self, after: float = 60, **known: Any) -> Board:
        """What a page says so many seconds after the newest run began."""
        read = history.read(self.history)
        incidents = open_since(read, Policy(), NOW - 90 * DAY)
        return board(read, self.newest, NOW + after, incidents, **known)


def past(folder: Path, some: Iterator[Run], *, mode: str = "live") -> Past:
    """These runs, kept, and the reports of the last."""
    told = [*some]
    (folder / "reports").mkdir(parents=True)
    history.record(folder / "history.sqlite", told, link=LINK, mode=mode)
    results.write(folder / "reports/results.json", told[-1])
    return Past(folder, told[-1])
