"""Heroku's ``current-status``: three systems with a colour each, and what is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import link, plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_COLOURS = {
    "green": Severity.OK,
    "blue": Severity.INFO,
    "yellow": Severity.DEGRADED,
    "red": Severity.MAJOR,
}


class _System(Shaped):
    system: str
    status: str


class _Update(Shaped):
    status_prod: str = ""
    created_at: Any = None
    updated_at: Any = None


class _Incident(Shaped):
    title: str = ""
    state: str = ""
    resolved: bool = False
    created_at: Any = None
    updated_at: Any = None
    full_url: Any = None
    scheduled_for: Any = None
    updates: list[_Update] = Field(default_factory=list)


class _Current(Shaped):
    status: list[_System]
    incidents: list[_Incident]
    scheduled: list[_Incident] = Field(default_factory=list)


def read(answer: Answer) -> Page:
    """The systems, and what is open on them."""
    current: _Current = json_of(answer, _Current)
    systems = tuple(
        Component(plain(each.system), _COLOURS.get(each.status.lower(), Severity.UNKNOWN)) for each in current.status
    )
    return Page("Heroku", systems, (*_open(current.incidents), *_planned(current.scheduled)))


def _open(incidents: list[_Incident]) -> Iterator[Incident]:
    for incident in incidents:
        if not incident.resolved and incident.state.lower() != "resolved":
            colour = _newest(incident.updates).status_prod.lower()
            # An update that turns it green does not close it.
            severity = Severity.INFO if colour == "green" else _COLOURS.get(colour, Severity.UNKNOWN)
            yield _told(incident, severity, moment(incident.created_at))


def _planned(maintenances: list[_Incident]) -> Iterator[Incident]:
    for each in maintenances:
        if not each.resolved:
            yield _told(each, Severity.MAINTENANCE, moment(each.scheduled_for))


def _newest(updates: list[_Update]) -> _Update:
    timed = [(moment(update.created_at), update) for update in updates]
    known = [(at, update) for at, update in timed if at]
    return max(known, key=lambda pair: pair[0])[1] if known else next(iter(updates), _Update())


def _told(incident: _Incident, severity: Severity, since: Any) -> Incident:
    touches = [each for update in incident.updates for each in (update.created_at, update.updated_at)]
    return Incident(
        title=plain(incident.title) or "an incident without a title",
        severity=severity,
        since=since,
        touched=newest(incident.updated_at, *touches),
        link=link(incident.full_url),
    )
