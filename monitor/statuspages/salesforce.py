"""Salesforce's /v1/instances/<KEY>/status: one instance, its incidents and its maintenances."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.vocabulary import Word, last_touched, titled, word

_STATUSES = {
    "ok": Severity.OK,
    "maintenance_core": Severity.MAINTENANCE,
    "maintenance_noncore": Severity.MAINTENANCE,
    "minor_incident_core": Severity.DEGRADED,
    "minor_incident_noncore": Severity.DEGRADED,
    "major_incident_noncore": Severity.PARTIAL,
    "major_incident_core": Severity.MAJOR,
}
_HARMLESS = {"maintenance_": Severity.MAINTENANCE, "informational": Severity.INFO}
_SITE = "https://status.salesforce.com"


class _Impact(Shaped):
    severity: Word = None
    end: object = Field(None, alias="endTime")


class _Told(Shaped):
    created: object = Field(None, alias="createdAt")
    updated: object = Field(None, alias="updatedAt")


class _Event(_Told):
    id: Word = None
    name: object = None
    message: object = None
    information: object = Field(None, alias="additionalInformation")
    status: Word = None
    core: Word = Field(None, alias="isCore")
    start: object = Field(None, alias="plannedStartTime")
    end: object = Field(None, alias="plannedEndTime")
    impacts: list[_Impact] | None = Field(None, alias="IncidentImpacts")
    updates: list[_Told] | None = Field(None, alias="IncidentEvents")
    steps: list[_Told] | None = Field(None, alias="MaintenanceEvents")


class _Instance(Shaped):
    key: str = Field(min_length=1)
    status: Word = None
    incidents: list[_Event] = Field(alias="Incidents")
    maintenances: list[_Event] | None = Field(None, alias="Maintenances")


def read(answer: Answer) -> Page:
    """The instance, and what is open on it."""
    document: Any = json_of(answer, Any)
    if isinstance(document, list) or (isinstance(document, dict) and "message" in document and "key" not in document):
        raise Unreadable("no such instance: the key in the address is wrong, or the instance was renamed")
    instance: _Instance = shaped(document, _Instance)
    key = titled(instance.key)
    incidents = (_incident(each, key) for each in instance.incidents if not _over(each))
    planned = (_maintenance(each, key) for each in instance.maintenances or () if not _over(each))
    return Page(components=(Component(key, _status(instance.status)),), notices=(*incidents, *planned))


def _status(told: Word) -> Severity:
    status = word(told)
    harmless = (severity for start, severity in _HARMLESS.items() if status.startswith(start))
    return _STATUSES[status] if status in _STATUSES else next(harmless, Severity.UNKNOWN)


def _over(event: _Event) -> bool:
    return is_over(event.status)


def _incident(event: _Event, key: str) -> Notice:
    open_ = [each for each in event.impacts or () if not dated(each.end)]
    severity = max((_impact(each, event) for each in open_), default=Severity.UNKNOWN)
    return Notice(
        title=_title(event, f"incident {word(event.id)}".strip()),
        severity=severity,
        components=(Component(key, severity),),
        since=dated(event.created),
        touched=last_touched([(each.updated, each.created) for each in event.updates or ()], event.updated),
        link=_link("incidents", event),
    )


def _impact(impact: _Impact, event: _Event) -> Severity:
    """What is not core is less severe; what is not said not to be is core."""
    part = "noncore" if event.core is False else "core"
    return _STATUSES.get(f"{word(impact.severity)}_incident_{part}", Severity.UNKNOWN)


def _maintenance(event: _Event, key: str) -> Notice:
    return Notice(
        title=_title(event, f"maintenance {word(event.id)}".strip()),
        severity=Severity.MAINTENANCE,
        components=(Component(key, Severity.MAINTENANCE),),
        since=dated(event.start),
        touched=last_touched([(each.updated, each.created) for each in event.steps or ()], event.updated),
        until=dated(event.end),
        link=_link("maintenances", event),
    )


def _title(event: _Event, otherwise: str) -> str:
    inner = event.message.get("pathToResolution") if isinstance(event.message, dict) else event.message
    told = (titled(each, "") for each in (event.name, event.information, inner))
    return next(filter(None, told), otherwise)


def _link(kind: str, event: _Event) -> str:
    number = word(event.id)
    return f"{_SITE}/{kind}/{number}" if number.isascii() and number.isalnum() else ""
