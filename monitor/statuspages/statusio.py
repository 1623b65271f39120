"""Status.io's public status: components with a code, incidents, maintenances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_CODES = {
    100: Severity.OK,
    200: Severity.MAINTENANCE,
    300: Severity.DEGRADED,
    400: Severity.PARTIAL,
    500: Severity.MAJOR,
    600: Severity.MAJOR,
}
_RESOLVED = 400
"""The state of a message, which is another scale than a status: investigating, identified, monitoring, resolved."""


class _Named(Shaped):
    name: str


class _Component(Shaped):
    name: str
    status_code: int


class _Message(Shaped):
    datetime: Any = None
    state: int | None = None
    status: int | None = None


class _Event(Shaped):
    name: str = ""
    messages: list[_Message] = Field(default_factory=list)
    components_affected: list[_Named] = Field(default_factory=list)
    datetime_open: Any = None
    datetime_resolved: Any = None
    datetime_planned_start: Any = None
    datetime_planned_end: Any = None


class _Maintenance(Shaped):
    active: list[_Event] = Field(default_factory=list)
    upcoming: list[_Event] = Field(default_factory=list)


class _Result(Shaped):
    status: list[_Component]
    incidents: list[_Event] = Field(default_factory=list)
    maintenance: _Maintenance = Field(default_factory=_Maintenance)


class _Public(Shaped):
    result: _Result


def read(answer: Answer) -> Page:
    """The components, and what is open on them."""
    public: _Public = json_of(answer, _Public)
    told = public.result
    components = tuple(Component(plain(each.name), _severity(each.status_code)) for each in told.status)
    planned = [*told.maintenance.active, *told.maintenance.upcoming]
    maintenances = (_told(event, Severity.MAINTENANCE, event.datetime_planned_start) for event in planned)
    return Page("", components, (*_open(told.incidents), *maintenances))


def _severity(code: int | None) -> Severity:
    return _CODES.get(code or 0, Severity.UNKNOWN)


def _open(events: list[_Event]) -> Iterator[Incident]:
    for event in events:
        last = _last(event.messages)
        if event.datetime_resolved or last.state == _RESOLVED:
            continue
        severity = _severity(last.status)
        yield _told(event, Severity.INFO if severity is Severity.OK else severity, event.datetime_open)


def _last(messages: list[_Message]) -> _Message:
    """The newest; the first where no time can be read."""
    known = [(at, message) for message in messages if (at := moment(message.datetime))]
    return max(known, key=lambda pair: pair[0])[1] if known else next(iter(messages), _Message())


def _told(event: _Event, severity: Severity, began: object) -> Incident:
    return Incident(
        title=plain(event.name) or "an incident without a name",
        severity=severity,
        components=tuple(Component(plain(part.name), severity) for part in event.components_affected),
        since=moment(began),
        touched=newest(*(message.datetime for message in event.messages)),
        until=moment(event.datetime_planned_end) if severity is Severity.MAINTENANCE else None,
    )
