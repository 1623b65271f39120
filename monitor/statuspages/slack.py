"""Slack's /api/v2.0.0/current: what is open, of which type, on which of its services."""

from __future__ import annotations

from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, last_touched, titled, word

_TYPES = {
    "maintenance": Severity.MAINTENANCE,
    "notice": Severity.INFO,
    "incident": Severity.DEGRADED,
    "outage": Severity.MAJOR,
}


class _Note(Shaped):
    date_created: object = None


class _Event(Shaped):
    title: object = None
    type: Word = None
    status: Word = None
    url: object = None
    date_created: object = None
    date_updated: object = None
    services: list[str] | None = None
    notes: list[_Note] | None = None


class _Current(Shaped):
    status: Word
    date_updated: object = None
    active_incidents: list[_Event]


def read(answer: Answer) -> Page:
    """What is open; where Slack says that something is, and not what, nobody knows how it is."""
    current: _Current = json_of(answer, _Current)
    incidents = tuple(_notice(each) for each in current.active_incidents if not is_over(each.status))
    explained = word(current.status) == "ok" or (word(current.status) == "active" and incidents)
    changed = newest(dated(current.date_updated), *(each.touched for each in incidents))
    alive = Alive(changed, quiet=True) if changed else None
    return Page(notices=incidents, banner=None if explained else Severity.UNKNOWN, alive=alive)


def _notice(event: _Event) -> Notice:
    severity = _TYPES.get(word(event.type), Severity.UNKNOWN)
    return Notice(
        title=titled(event.title, "an incident without a title"),
        severity=severity,
        components=tuple(Component(titled(each), severity) for each in event.services or ()),
        since=dated(event.date_created),
        touched=last_touched([[each.date_created] for each in event.notes or ()], event.date_updated),
        link=link(event.url),
    )
