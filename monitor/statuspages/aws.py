"""AWS' events: the JSON behind its Health Dashboard, in UTF-16 or UTF-8, and the RSS of its old one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.feed import feed_in
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_LEVELS = {"0": Severity.OK, "1": Severity.INFO, "2": Severity.DEGRADED, "3": Severity.MAJOR}
_PREFIXES = {
    "service is operating normally": Severity.OK,
    "informational message": Severity.INFO,
    "performance issues": Severity.DEGRADED,
    "service degradation": Severity.DEGRADED,
    "service disruption": Severity.MAJOR,
}
_RESOLVED = "[resolved]"
_CHANNEL = "amazon web services service status"
_PLACE = re.compile(r"^(?P<service>.+?)-(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)$")
_GUID = re.compile(r"#(?P<service>[^#]+)_\d+$")


class _Log(Shaped):
    timestamp: Any = None


class _Impacted(Shaped):
    current: Any = None


class _Event(Shaped):
    service: str
    status: Any
    summary: str = ""
    date: Any = None
    end_time: Any = None
    event_log: list[_Log] = Field(default_factory=list)
    impacted_services: dict[str, _Impacted] = Field(default_factory=dict)


def read(answer: Answer) -> Page:
    """What is open; no event at all is healthy."""
    if answer.body.lstrip().startswith((b"<?xml", b"<rss")):
        return _feed(answer)
    events: list[_Event] = json_of(answer, list[_Event])
    return Page("Amazon Web Services", None, tuple(_incidents(events)))


def _incidents(events: list[_Event]) -> Iterator[Incident]:
    for event in events:
        severity = _level(event.status)
        ended = moment(event.end_time)
        if severity is Severity.OK or (ended and ended <= datetime.now(UTC)):
            continue
        impacted = [(key, _level(each.current)) for key, each in event.impacted_services.items()]
        parts: list[tuple[str, Severity]] = [(event.service, severity), *(part for part in impacted if part[1])]
        yield Incident(
            title=plain(event.summary) or "an event without a summary",
            severity=severity,
            components=tuple(_component(key, level) for key, level in parts),
            since=moment(event.date),
            touched=newest(*(log.timestamp for log in event.event_log)),
        )


def _level(status: object) -> Severity:
    return _LEVELS.get(str(status).strip(), Severity.UNKNOWN)


def _component(key: str, severity: Severity) -> Component:
    """A service in its region, which is told by the key: ``lambda-us-east-1``; what has none is in all."""
    placed = _PLACE.match(key)
    return Component(placed["service"], severity, placed["region"]) if placed else Component(key, severity)


def _feed(answer: Answer) -> Page:
    """The RSS: the last fifty updates, of which the newest of each service and region counts."""
    feed = feed_in(answer)
    if feed.title.casefold() != _CHANNEL:
        raise Unreadable(f'a feed, but of "{feed.title[:80]}" where that of AWS was expected')
    seen: set[str] = set()
    incidents = []
    entries = sorted(feed.entries, key=lambda entry: entry.published or datetime.max.replace(tzinfo=UTC), reverse=True)
    for entry in entries:
        found = _GUID.search(entry.identifier)
        service = found["service"] if found else ""
        if service and service in seen:
            continue
        seen.add(service)
        prefix, _, rest = entry.title.partition(":")
        severity = _PREFIXES.get(prefix.strip().casefold(), Severity.UNKNOWN)
        if severity is Severity.OK or rest.strip().casefold().startswith(_RESOLVED):
            continue
        parts = (_component(service, severity),) if service else ()
        incidents.append(Incident(entry.shown, severity, parts, since=entry.published, touched=entry.published))
    return Page(feed.title, None, tuple(incidents))
