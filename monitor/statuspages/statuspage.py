"""Statuspage's summary.json, and its look-alikes, incident.io and Rootly: components, incidents with an impact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, last_touched, said, titled, word

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
_STILL_OPEN = {"investigating", "identified", "monitoring"}
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
    body: object = None
    updated_at: object = None
    created_at: object = None
    display_at: object = None


class _Event(Shaped):
    name: object = None
    status: Word = None
    impact: Word = None
    shortlink: object = None
    url: object = None
    started_at: object = None
    resolved_at: object = None
    created_at: object = None
    updated_at: object = None
    scheduled_for: object = None
    scheduled_until: object = None
    components: list[_Part] | None = None
    incident_updates: list[_Update] | None = None

    @property
    def touched(self) -> datetime | None:
        """By its own date, which each update changes; Rootly's incidents have none, and their updates tell it."""
        updates = [(each.updated_at, each.created_at, each.display_at) for each in self.incident_updates or ()]
        if not updates:
            return dated(self.updated_at)
        own = [self.updated_at] if "updated_at" in self.model_fields_set or self.shortlink else []
        return last_touched(updates, *own)

    @property
    def over(self) -> bool:
        """By its word; where that says neither, by the time at which it was resolved."""
        status = word(self.status)
        ended = bool(dated(self.resolved_at)) and status not in _STILL_OPEN
        return is_over(status.removeprefix("maintenance_")) or ended


class _Whose(Shaped):
    name: str = Field(min_length=1)
    updated_at: object = None


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
        raise Unreadable("JSON of a page that lists neither components nor incidents, as a status.json does")
    if summary.incidents is None and summary.status is None:
        raise Unreadable("JSON of a page that lists no incidents, nor says how the whole is, as a components.json does")
    parts = summary.components
    grouping = [each for each in parts or () if each.group is True and each.id is not None]
    groups: dict[Word, str] = {each.id: titled(each.name) for each in grouping}
    components = None if parts is None else tuple(_components(parts, groups, None))
    incidents = tuple(_incident(each, summary, groups) for each in summary.incidents or () if not each.over)
    planned = tuple(_maintenance(each, summary, groups) for each in summary.scheduled_maintenances or ())
    return Page(
        name=titled(summary.page.name),
        components=components,
        notices=(*incidents, *filter(None, planned)),
        banner=_banner(summary, components, incidents),
        alive=_alive(summary),
    )


def _alive(summary: _Summary) -> Alive | None:
    """The page's own date changes with whatever changes on it."""
    events = (*(summary.incidents or ()), *(summary.scheduled_maintenances or ()))
    changed = newest(dated(summary.page.updated_at), *(dated(each.updated_at) for each in events))
    return Alive(changed) if changed else None


def _components(parts: Iterable[_Part], groups: dict[Word, str], severity: Severity | None) -> Iterator[Component]:
    """Each part as severe as it says, or as is given; groups and advertisements are none."""
    for part in parts:
        if part.group is not True and not _ADVERTISEMENT.match(part.name):
            own = _COMPONENTS.get(word(part.status), Severity.UNKNOWN)
            yield Component(
                titled(part.name), own if severity is None else severity, group=groups.get(part.group_id, "")
            )


def _incident(event: _Event, summary: _Summary, groups: dict[Word, str]) -> Notice:
    """Some pages list a maintenance among the incidents, with the time for which it is scheduled."""
    if word(event.impact) == "maintenance" and dated(event.scheduled_for):
        return _maintenance(event, summary, groups) or Notice("a maintenance", Severity.MAINTENANCE)
    severity = _IMPACTS.get(word(event.impact), Severity.UNKNOWN)
    return Notice(
        title=titled(event.name, "an incident without a name"),
        severity=severity,
        components=_concerned(event, summary, groups, severity),
        since=dated(event.started_at) or dated(event.created_at),
        touched=event.touched,
        link=link(event.shortlink) or link(event.url),
        said=said(event.name, *(each.body for each in event.incident_updates or ())),
    )


def _maintenance(event: _Event, summary: _Summary, groups: dict[Word, str]) -> Notice | None:
    if event.over:
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
        link=link(event.shortlink) or link(event.url),
        said=said(event.name, *(each.body for each in event.incident_updates or ())),
    )


def _concerned(event: _Event, summary: _Summary, groups: dict[Word, str], severity: Severity) -> tuple[Component, ...]:
    """The parts that an event is on; of a group, its members."""
    named = event.components or []
    whole = {each.id for each in named if each.group is True}
    members = [each for each in summary.components or () if whole and each.group_id in whole]
    return tuple(dict.fromkeys(_components([*named, *members], groups, severity)))


def _banner(
    summary: _Summary, components: tuple[Component, ...] | None, incidents: tuple[Notice, ...]
) -> Severity | None:
    """The word at the top: where nothing else is listed, or where it is ill and nothing on the page says why."""
    if summary.status is None:
        return None
    whole = _INDICATORS.get(word(summary.status.indicator), Severity.UNKNOWN)
    unexplained = not incidents and all(each.severity is Severity.OK for each in components or ())
    ill = whole >= Severity.PARTIAL or whole is Severity.UNKNOWN
    alone = summary.incidents is None or (not components and not incidents)
    return whole if alone or (unexplained and ill) else None
