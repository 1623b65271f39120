"""Slack's ``current``: what is open, by kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import link, plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_KINDS = {
    "outage": Severity.MAJOR,
    "incident": Severity.DEGRADED,
    "notice": Severity.INFO,
    "maintenance": Severity.MAINTENANCE,
}
_OVER = {"resolved", "completed", "cancelled"}


class _Note(Shaped):
    date_created: Any = None


class _Incident(Shaped):
    title: str = ""
    type: str = ""
    status: str = ""
    date_created: Any = None
    date_updated: Any = None
    url: Any = None
    services: list[str] = Field(default_factory=list)
    notes: list[_Note] = Field(default_factory=list)


class _Current(Shaped):
    status: str
    active_incidents: list[_Incident]


def read(answer: Answer) -> Page:
    """What is open; where something is said to be, and nothing is listed, it is not known what."""
    current: _Current = json_of(answer, _Current)
    incidents = tuple(_open(current.active_incidents))
    banner = None if incidents or current.status == "ok" else Severity.UNKNOWN
    return Page("Slack", None, incidents, banner)


def _open(incidents: list[_Incident]) -> Iterator[Incident]:
    for incident in incidents:
        if incident.status.lower() not in _OVER:
            severity = _KINDS.get(incident.type.lower(), Severity.UNKNOWN)
            yield Incident(
                title=plain(incident.title) or "an incident without a title",
                severity=severity,
                components=tuple(Component(plain(service), severity) for service in incident.services),
                since=moment(incident.date_created),
                touched=newest(incident.date_updated, *(note.date_created for note in incident.notes)),
                link=link(incident.url),
            )
