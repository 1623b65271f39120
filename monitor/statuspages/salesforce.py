"""Salesforce's status of one instance: a word for the whole, its incidents and its maintenances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, Field

from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_WORDS = {
    "OK": Severity.OK,
    "MAJOR_INCIDENT_CORE": Severity.MAJOR,
    "MAJOR_INCIDENT_NONCORE": Severity.PARTIAL,
    "MINOR_INCIDENT_CORE": Severity.DEGRADED,
    "MINOR_INCIDENT_NONCORE": Severity.DEGRADED,
}


class _Message(Shaped):
    subject: str | None = None


class _Event(Shaped):
    id: Any = None
    message: _Message | None = None
    name: str | None = None
    additionalInformation: str | None = None  # noqa: N815 -- theirs
    startTime: Any = Field(None, validation_alias=AliasChoices("startTime", "plannedStartTime", "createdAt"))  # noqa: N815
    endTime: Any = Field(None, validation_alias=AliasChoices("endTime", "plannedEndTime"))  # noqa: N815
    updatedAt: Any = None  # noqa: N815


class _Instance(Shaped):
    key: str
    status: str
    Incidents: list[_Event] = Field(default_factory=list)
    Maintenances: list[_Event] = Field(default_factory=list)


def read(answer: Answer) -> Page:
    """The instance as a component, and what is open on it, as bad as its word says."""
    instance: _Instance = json_of(answer, _Instance)
    severity = _severity(instance.status)
    incidents = list(_events(instance.Incidents, severity)) if severity is not Severity.OK else []
    maintenances = list(_events(instance.Maintenances, Severity.MAINTENANCE))
    return Page("Salesforce", (Component(plain(instance.key), severity),), (*incidents, *maintenances))


def _severity(word: str) -> Severity:
    if word.startswith("MAINTENANCE"):
        return Severity.MAINTENANCE
    return Severity.INFO if word.startswith("INFORMATIONAL") else _WORDS.get(word, Severity.UNKNOWN)


def _events(events: list[_Event], severity: Severity) -> Iterator[Incident]:
    for event in events:
        subject = event.message.subject if event.message else None
        title = subject or event.name or event.additionalInformation or ""
        yield Incident(
            title=plain(title) or f"{severity.name.lower()} {event.id or ''}".strip(),
            severity=severity,
            since=moment(event.startTime),
            touched=newest(event.updatedAt),
            until=moment(event.endTime),
        )
