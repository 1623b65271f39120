"""Apple's system_status_en_US.js: each service with its events; bare JSON, or what a script would be called with."""

from __future__ import annotations

import re
from datetime import datetime

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import moment
from monitor.statuspages.vocabulary import Word, said, titled, word

_TYPES = {
    "maintenance": Severity.MAINTENANCE,
    "issue": Severity.DEGRADED,
    "performance": Severity.DEGRADED,
    "slowness": Severity.DEGRADED,
    "outage": Severity.PARTIAL,
}
_ALL_USERS = re.compile(r"\ball users\b", re.IGNORECASE)
_POSTED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d\d) (P[DS]T)")
_ZONES = {"PST": "-08:00", "PDT": "-07:00"}


class _Event(Shaped):
    users: object = Field(None, alias="usersAffected")
    begins: Word = Field(None, alias="epochStartDate")
    ends: Word = Field(None, alias="epochEndDate")
    kind: Word = Field(None, alias="statusType")
    status: Word = Field(None, alias="eventStatus")
    posted: object = Field(None, alias="datePosted")
    starts: object = Field(None, alias="startDate")
    ended: object = Field(None, alias="endDate")
    message: object = None


class _Service(Shaped):
    name: str = Field(min_length=1, alias="serviceName")
    link: object = Field(None, alias="redirectUrl")
    events: list[_Event]


class _Status(Shaped):
    services: list[_Service]


def read(answer: Answer) -> Page:
    """Every service, and the events that Apple does not call over: one that has none is well."""
    status: _Status = json_of(answer, _Status)
    if not status.services:
        raise Unreadable("Apple's list of services has none in it")
    names = [titled(each.name) for each in status.services]
    incidents = tuple(
        _incident(name, service, event)
        for name, service in zip(names, status.services, strict=True)
        for event in service.events
        if not is_over(event.status)
    )
    return Page("Apple", tuple(Component(name, Severity.OK) for name in names), incidents)


def _incident(name: str, service: _Service, event: _Event) -> Notice:
    severity = _TYPES.get(word(event.kind), Severity.UNKNOWN)
    if severity is Severity.PARTIAL and _ALL_USERS.search(str(event.users or "")):
        severity = Severity.MAJOR
    return Notice(
        title=titled(event.message, titled(event.kind, "an event without a message")),
        severity=severity,
        components=(Component(name, severity),),
        since=moment(event.begins) or _posted(event.starts),
        touched=_posted(event.posted),
        until=moment(event.ends) or _posted(event.ended),
        link=link(service.link),
        said=said(event.message),
    )


def _posted(told: object) -> datetime | None:
    """``11/27/2026 10:48 PST``."""
    found = _POSTED.fullmatch(str(told).strip())
    if not found:
        return None
    month, day, year, hour, minute, zone = found.groups()
    return moment(f"{year}-{int(month):02}-{int(day):02}T{int(hour):02}:{minute}:00{_ZONES[zone]}")
