"""Heroku's /api/v4/current-status: three systems with a colour, incidents, and what is scheduled."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.vocabulary import Word, last_touched, said, titled, word

_COLOURS = {
    "green": Severity.OK,
    "blue": Severity.MAINTENANCE,
    "yellow": Severity.DEGRADED,
    "red": Severity.MAJOR,
}
_ILL = {colour: severity for colour, severity in _COLOURS.items() if severity > Severity.UNKNOWN}


class _System(Shaped):
    system: str = Field(min_length=1)
    status: Word = None

    @property
    def severity(self) -> Severity:
        return _COLOURS.get(word(self.status), Severity.UNKNOWN)


class _Update(Shaped):
    status_prod: Word = None
    contents: object = None
    created_at: object = None
    updated_at: object = None

    @property
    def severity(self) -> Severity:
        """What is open cannot be green: that is not understood."""
        return _ILL.get(word(self.status_prod), Severity.UNKNOWN)


class _Event(Shaped):
    title: object = None
    state: Word = None
    resolved: Word = None
    full_url: object = None
    created_at: object = None
    updated_at: object = None
    scheduled_for: object = None
    scheduled_until: object = None
    updates: list[_Update] | None = None

    @property
    def over(self) -> bool:
        return self.resolved is True or is_over(self.state)

    @property
    def touched(self) -> datetime | None:
        updates = self.updates or []
        return last_touched([(each.updated_at, each.created_at) for each in updates], self.updated_at)


class _Current(Shaped):
    status: list[_System]
    incidents: list[_Event]
    scheduled: list[_Event] | None = None


def read(answer: Answer) -> Page:
    """The systems, and what is open; an incident does not say on which of them it is."""
    current: _Current = json_of(answer, _Current)
    systems = (Component(titled(each.system), each.severity) for each in current.status)
    incidents = (_incident(each) for each in current.incidents if not each.over)
    planned = (_maintenance(each) for each in current.scheduled or () if not each.over)
    return Page(components=tuple(systems), notices=(*incidents, *planned))


def _incident(event: _Event) -> Notice:
    return Notice(
        title=titled(event.title, "an incident without a title"),
        severity=_severity(event.updates or []),
        since=dated(event.created_at),
        touched=event.touched,
        link=link(event.full_url),
        said=said(event.title, *(each.contents for each in event.updates or ())),
    )


def _severity(updates: list[_Update]) -> Severity:
    """That of the newest update; of the worst, where one has no time and could be the newest."""
    timed = [(when, each.severity) for each in updates if (when := dated(each.created_at))]
    if timed and len(timed) == len(updates):
        return max(timed)[1]
    return max((each.severity for each in updates), default=Severity.UNKNOWN)


def _maintenance(event: _Event) -> Notice:
    return Notice(
        title=titled(event.title, "a maintenance without a title"),
        severity=Severity.MAINTENANCE,
        since=dated(event.scheduled_for),
        touched=event.touched,
        until=dated(event.scheduled_until),
        link=link(event.full_url),
    )
