"""Statuspage's summary.json, and its look-alikes such as incident.io: components, incidents with an impact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.vocabulary import Word, last_touched, titled, word

_COMPONENTS = {
    "operational": Severity.OK,
    "under_maintenance": Severity.MAINTENANCE,
    "degraded_performance": Severity.DEGRADED,
    "partial_outage": Severity.PARTIAL,
    "major_outage": Severity.MAJOR,
    "full_outage": Severity.MAJOR,
}
_IMPACTS = {
    "none": Severity.INFO,
    "maintenance": Severity.MAINTENANCE,
    "minor": Severity.DEGRADED,
    "major": Severity.PARTIAL,
    "critical": Severity.MAJOR,
}
_INDICATORS = {**_IMPACTS, "none": Severity.OK}
_OVER = {"resolved", "postmortem", "completed", "complete"}
_UNDER_WAY = {"in_progress", "verifying"}
_AHEAD = {"scheduled"}
_ADVERTISEMENT = re.compile(r"visit\s+(?:https?://)?(?:www|status)\.", re.IGNORECASE)


class _Part(Shaped):
    name: str = Field(min_length=1)
    status: Word = None
    id: Word = None
    group: Word = None
    group_id: Word = None


class _Update(Shaped):
    updated_at: object = None
    created_at: object = None
    display_at: object = None


class _Event(Shaped):
    name: object = None
    status: Word = None
    impact: Word = None
    shortlink: object = None
    started_at: object = None
    created_at: object = None
    updated_at: object = None
    scheduled_for: object = None
    scheduled_until: object = None
    components: list[_Part] | None = None
    incident_updates: list[_Update] | None = None

    @property
    def touched(self) -> datetime | None:
        updates = self.incident_updates or []
        return last_touched([(each.updated_at, each.created_at, each.display_at) for each in updates], self.updated_at)


class _Whose(Shaped):
    name: str = Field(min_length=1)


class _Whole(Shaped):
    indicator: Word = None


class _Summary(Shaped):
    page: _Whose
    status: _Whole | None = None
    components: list[_Part] | None = None
    incidents: list[_Event] | None = None
    scheduled_maintenances: list[_Event] | None = None


def read(answer: Answer) -> Page:
    """The components, and what is open on them; where no incidents are listed, the word at the page's top."""
    summary: _Summary = json_of(answer, _Summary)
    if summary.components is None and summary.incidents is None:
        raise Unreadable("JSON of a page that lists neither components nor incidents: give its summary.json")
    if summary.incidents is None and summary.status is None:
        raise Unreadable("JSON of a page that lists no incidents, nor says how the whole is: give its summary.json")
    parts = summary.components
    grouping = [each for each in parts or () if each.group is True and each.id is not None]
    groups: dict[Word, str] = {each.id: titled(each.name) for each in grouping}
    components = None if parts is None else tuple(_components(parts, groups, None))
    incidents = tuple(_incident(each, summary, groups) for each in summary.incidents or () if _is_open(each))
    planned = tuple(_maintenance(each, summary, groups) for each in summary.scheduled_maintenances or ())
    return Page(
        name=titled(summary.page.name),
        components=components,
        notices=(*incidents, *filter(None, planned)),
        banner=_banner(summary, components or (), incidents),
    )


def _components(parts: Iterable[_Part], groups: dict[Word, str], severity: Severity | None) -> Iterator[Component]:
    """Each part as severe as it says, or as is given; groups and advertisements are none."""
    for part in parts:
        if part.group is not True and not _ADVERTISEMENT.match(part.name):
            own = _COMPONENTS.get(word(part.status), Severity.UNKNOWN)
            yield Component(
                titled(part.name), own if severity is None else severity, group=groups.get(part.group_id, "")
            )


def _is_open(event: _Event) -> bool:
    return word(event.status).removeprefix("maintenance_") not in _OVER


def _incident(event: _Event, summary: _Summary, groups: dict[Word, str]) -> Notice:
    severity = _IMPACTS.get(word(event.impact), Severity.UNKNOWN)
    return Notice(
        title=titled(event.name, "an incident without a name"),
        severity=severity,
        components=_concerned(event, summary, groups, severity),
        since=dated(event.started_at) or dated(event.created_at),
        touched=event.touched,
        link=link(event.shortlink),
    )


def _maintenance(event: _Event, summary: _Summary, groups: dict[Word, str]) -> Notice | None:
    if not _is_open(event):
        return None
    status = word(event.status).removeprefix("maintenance_")
    severity = Severity.MAINTENANCE if status in _UNDER_WAY | _AHEAD else Severity.UNKNOWN
    since = dated(event.scheduled_for)
    if status in _UNDER_WAY:  # it may have begun before its time
        since = min(filter(None, (since, event.touched)), default=None)
    return Notice(
        title=titled(event.name, "a maintenance without a name"),
        severity=severity,
        components=_concerned(event, summary, groups, severity),
        since=since,
        touched=event.touched,
        until=dated(event.scheduled_until),
        link=link(event.shortlink),
    )


def _concerned(event: _Event, summary: _Summary, groups: dict[Word, str], severity: Severity) -> tuple[Component, ...]:
    """The parts that an event is on; of a group, its members."""
    named = event.components or []
    whole = {each.id for each in named if each.group is True}
    members = [each for each in summary.components or () if whole and each.group_id in whole]
    return tuple(dict.fromkeys(_components([*named, *members], groups, severity)))


def _banner(summary: _Summary, components: tuple[Component, ...], incidents: tuple[Notice, ...]) -> Severity | None:
    """The word at the top: where no incidents are listed, or where it is ill and nothing on the page says why."""
    if summary.status is None:
        return None
    said = _INDICATORS.get(word(summary.status.indicator), Severity.UNKNOWN)
    unexplained = not incidents and all(each.severity is Severity.OK for each in components)
    ill = said >= Severity.PARTIAL or said is Severity.UNKNOWN
    return said if summary.incidents is None or (unexplained and ill) else None
