"""For whom login works: each connection of a tenant, and each way to log in through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.configuration.forms import UNIVERSAL_LOGIN, USER_FLOWS
from monitor.diagnosis.ladder import SERVING_LOGIN
from monitor.reports import findings
from monitor.status import SEVERITY, Status
from monitor.verdict import Run, Verdict, worst

PASSWORD, PAGES, MACHINE, CLAIMS, REFRESH = "password grant", "Universal Login", "machine login", "claims", "refresh"
LOGOUT, PROFILE = "logout", "profile"
ALWAYS = (PASSWORD, PAGES, CLAIMS, REFRESH)
"""Ways that every tenant has a column for. The others have one where they do not work."""

DIRECTORY = "default directory"
"""What stands for the connection where a login names none."""

WORDS = {
    Status.UP: "works",
    Status.DEGRADED: "works, degraded",
    Status.DOWN: "fails",
    Status.UNKNOWN: "not judged",
    Status.SKIPPED: "not asked",
}

_BY_RUNG = {"claims": CLAIMS, "refresh": REFRESH, "logout": LOGOUT, "profile": PROFILE}
_OF_TENANTS = {"machine": MACHINE, "api": MACHINE, "device": "device"}


@dataclass(frozen=True, slots=True)
class ConnectionReach:
    """A connection, and how each way to log in through it is; a way that was not asked is not among them."""

    connection: str
    ways: dict[str, Status]


@dataclass(frozen=True, slots=True)
class TenantReach:
    """For whom a tenant works.

    ``ways`` are the columns of its connections, and ``whole`` the ways that no connection is part of, such as a machine
    login, each with its status. ``degraded_by`` are the failures, by the names of their classes, of what is degraded.
    """

    tenant: str
    ways: tuple[str, ...]
    connections: tuple[ConnectionReach, ...]
    whole: dict[str, Status]
    degraded_by: frozenset[str] = frozenset()

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Those of all that was asked."""
        return (*self.whole.values(), *(status for each in self.connections for status in each.ways.values()))

    @property
    def well(self) -> bool:
        """Whether all that was asked works, and nothing of it is degraded."""
        return all(status is Status.UP for status in self.statuses)

    def connections_that(self, *statuses: Status, ways: Iterable[str] = (PASSWORD, PAGES)) -> list[str]:
        """The connections of which a login by one of these ways has one of these statuses."""
        wanted = tuple(ways)
        return [each.connection for each in self.connections if any(each.ways.get(way) in statuses for way in wanted)]


def reaches(run: Run) -> list[TenantReach]:
    """For whom each tenant of this run works, the worst tenant first; a tenant without any login is left out."""
    by_cause = _by_cause(run)
    made = (_reach(tenant, verdicts, by_cause) for tenant, verdicts in findings.by_tenant(run).items())
    return [each for each in made if each.statuses]


def _by_cause(run: Run) -> dict[str, Status]:
    """The status of verdicts whose cause says another one: a machine that reaches nobody says nothing of users."""
    known = {verdict.id: verdict for verdict in run.verdicts}
    found: dict[str, Status] = {}
    for cause in run.diagnosis.causes if run.diagnosis else ():
        explained = [known[id_] for id_ in cause.verdicts if id_ in known]
        if explained and worst(explained) is not cause.status:
            found |= {verdict.id: cause.status for verdict in explained if verdict.ill}
    return found


def _reach(tenant: str, verdicts: Iterable[Verdict], by_cause: Mapping[str, Status]) -> TenantReach:
    cells: dict[tuple[str, str], list[Status]] = {}
    degraded_by = set[str]()
    for verdict in verdicts:
        place = _place(verdict)
        if place and verdict.status is not Status.SKIPPED:
            cells.setdefault(place, []).append(by_cause.get(verdict.id, verdict.status))
            degraded_by |= {verdict.failure} if verdict.status is Status.DEGRADED else set()
    judged = {place: max(some, key=SEVERITY.__getitem__) for place, some in cells.items()}
    ill = {way for (_, way), status in judged.items() if status is not Status.UP}
    names = dict.fromkeys(connection for connection, _ in judged if connection)
    others = (way for way in _BY_RUNG.values() if way not in ALWAYS and way in ill)
    ways = (*ALWAYS, *others)
    rows = (
        ConnectionReach(name, {way: status for (connection, way), status in judged.items() if connection == name})
        for name in names
    )
    whole = {way: status for (connection, way), status in judged.items() if not connection}
    kept = {way: status for way, status in whole.items() if way == MACHINE or status is not Status.UP}
    return TenantReach(tenant, ways, tuple(rows), kept, frozenset(degraded_by))


def _place(verdict: Verdict) -> tuple[str, str] | None:
    """The connection and the way that this is about; no connection where it is about none, None where it is no login.

    Whoever must be refused (a stranger, a wrong secret) is none of the users.
    """
    flow, _, connection = verdict.target.partition(":")[2].partition(":")
    rung = verdict.rung or ""
    if flow in USER_FLOWS:
        by_flow = PAGES if flow == UNIVERSAL_LOGIN else PASSWORD
        way = by_flow if rung in SERVING_LOGIN else _BY_RUNG.get(rung)
        return (connection or DIRECTORY, way) if way else None
    if rung == "profile":
        return flow or DIRECTORY, _BY_RUNG[rung]
    return ("", _OF_TENANTS[rung]) if not flow and rung in _OF_TENANTS else None
