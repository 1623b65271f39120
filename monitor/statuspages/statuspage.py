"""Statuspage's ``summary.json``, and those of incident.io and others who answer as it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import link, plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_COMPONENT = {
    "operational": Severity.OK,
    "under_maintenance": Severity.MAINTENANCE,
    "degraded_performance": Severity.DEGRADED,
    "partial_outage": Severity.PARTIAL,
    "major_outage": Severity.MAJOR,
    "full_outage": Severity.MAJOR,
}
_IMPACT = {
    "none": Severity.INFO,
    "maintenance": Severity.MAINTENANCE,
    "minor": Severity.DEGRADED,
    "major": Severity.PARTIAL,
    "critical": Severity.MAJOR,
}
_INDICATOR = _IMPACT | {"none": Severity.OK}
_OVER = {"resolved", "postmortem", "completed"}
_PSEUDO = "visit "
"""How the name of a component begins that is an advertisement."""


class _Name(Shaped):
    name: str


class _Part(Shaped):
    id: str = ""
    name: str
    status: str
    group: bool = False
    group_id: str | None = None


class _Update(Shaped):
    updated_at: Any = None
    created_at: Any = None
    display_at: Any = None


class _Event(Shaped):
    name: str = ""
    status: str = ""
    impact: str = ""
    shortlink: Any = None
    started_at: Any = None
    created_at: Any = None
    updated_at: Any = None
    scheduled_for: Any = None
    scheduled_until: Any = None
    components: list[_Name] = Field(default_factory=list)
    incident_updates: list[_Update] = Field(default_factory=list)


class _Status(Shaped):
    indicator: str = ""


class _Summary(Shaped):
    page: _Name
    status: _Status | None = None
    components: list[_Part] | None = None
    incidents: list[_Event] | None = None
    scheduled_maintenances: list[_Event] = Field(default_factory=list)


def read(answer: Answer) -> Page:
    """The components, and what is open on them; where a page lists no incidents, the word at its top."""
    summary: _Summary = json_of(answer, _Summary)
    if summary.components is None and summary.incidents is None:
        raise Unreadable("JSON with neither components nor incidents")
    components = None if summary.components is None else tuple(_components(summary.components))
    incidents = tuple(_incidents(summary.incidents or [])) + tuple(_maintenances(summary.scheduled_maintenances))
    return Page(plain(summary.page.name), components, incidents, _banner(summary, incidents))


def _components(parts: list[_Part]) -> Iterator[Component]:
    groups = {part.id: plain(part.name) for part in parts if part.group}
    for part in parts:
        name = plain(part.name)
        if not part.group and not name.casefold().startswith(_PSEUDO):
            severity = _COMPONENT.get(part.status.lower(), Severity.UNKNOWN)
            yield Component(name, severity, group=groups.get(part.group_id or "", ""))


def _incidents(events: list[_Event]) -> Iterator[Incident]:
    for event in events:
        if event.status.lower() not in _OVER:
            severity = _IMPACT.get(event.impact.lower(), Severity.UNKNOWN)
            yield _incident(event, severity, event.started_at, event.created_at)


def _maintenances(events: list[_Event]) -> Iterator[Incident]:
    for event in events:
        if event.status.lower() not in _OVER:
            yield _incident(event, Severity.MAINTENANCE, event.scheduled_for, None)


def _incident(event: _Event, severity: Severity, *began: object) -> Incident:
    touches = [each for update in event.incident_updates for each in (update.updated_at, update.created_at)]
    return Incident(
        title=plain(event.name) or "an incident without a name",
        severity=severity,
        components=tuple(Component(plain(part.name), severity) for part in event.components),
        since=next(filter(None, map(moment, began)), None),
        touched=newest(event.updated_at, *touches),
        until=moment(event.scheduled_until) if severity is Severity.MAINTENANCE else None,
        link=link(event.shortlink),
    )


def _banner(summary: _Summary, incidents: tuple[Incident, ...]) -> Severity | None:
    """The word at the top, where nothing else explains it: no incidents are listed, or nothing that is ill is."""
    if summary.status is None:
        if summary.incidents is None:
            raise Unreadable("JSON with neither incidents nor a status of the whole")
        return None
    said = _INDICATOR.get(summary.status.indicator.lower(), Severity.UNKNOWN)
    return None if incidents and summary.incidents is not None else said
