"""An incident in words: its title, what happened now, and what whoever is on call must know at once."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.incidents import Incident
from monitor.incidents.described import doubt, flapping, title, whose
from monitor.status import Status
from monitor.telling.message import Event, Message, MessageLine
from monitor.text import NAMED, count, minute, one_line, some

DRILL = "drill"
"""The mode of a history of drills."""

_DRILL = "DRILL, nothing real is ill: "


def message(incident: Incident, event: Event, *, now: float, mode: str = "live", books: str = "") -> Message:
    """This event of it, in a history of this mode. ``books`` is the address that the runbook's path follows."""
    happened = {Event.OPENED: _opened, Event.CHANGED: _changed, Event.CLOSED: _closed}[event](incident)
    mark = _DRILL if mode == DRILL else ""
    last = incident.closed if event is Event.CLOSED and incident.closed is not None else incident.known
    return Message(
        event=event,
        incident=incident.id,
        title=mark + title(incident),
        headline=one_line(mark + happened, 300),
        lines=tuple(_lines(incident, event, now, books, mark)),
        run=incident.runs[-1],
        at=last,
        status=Status.UP if event is Event.CLOSED else incident.status,
    )


def _opened(incident: Incident) -> str:
    again = " again and again" if incident.flapping else ""
    who = some(incident.tenants)
    return f"{_shout(incident)}{again}: {who}: {incident.sentence}"


def _changed(incident: Incident) -> str:
    return f"CHANGED, {_shout(incident)}: {some(incident.tenants)}: {incident.sentence}"


def _closed(incident: Incident) -> str:
    if incident.recovered is None:
        return f"OVER: {some(incident.tenants)}: not asked any more; last seen ill at {minute(incident.seen)}"
    since, end = minute(incident.began), minute(incident.recovered)
    well = "can be seen again" if incident.about_monitor else "well again"
    return f"OVER: {some(incident.tenants)}: {well}; ill from {since} to {end}"


def _shout(incident: Incident) -> str:
    return "BLIND" if incident.about_monitor else str(incident.status).upper()


def _lines(incident: Incident, event: Event, now: float, books: str, mark: str) -> Iterable[MessageLine]:
    if mark:
        yield MessageLine("drill", "a sandbox was asked that is ill on purpose; no real tenant is")
    yield from _was(incident) if event is Event.CLOSED else _is(incident, books)
    if incident.about_monitor:
        yield MessageLine("about", "the monitor itself: nobody's login is known to be broken, nor to work")
    if event is Event.CHANGED:
        yield from _before(incident)
    if event is not Event.CLOSED:
        yield from _besides(incident, now)
    if again := flapping(incident):
        yield MessageLine("flapping", f"{again}, so it stays open until it is quiet")
    if incident.link:
        yield MessageLine("first run", incident.link, incident.link)
    last = incident.changes[-1].link
    if last and last != incident.link:
        yield MessageLine("last change", last, last)


def _was(incident: Incident) -> Iterable[MessageLine]:
    yield MessageLine("was", f"{incident.worst}; last {whose(incident)}: {incident.sentence}")
    yield MessageLine("seen by", f"{count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")


def _is(incident: Incident, books: str) -> Iterable[MessageLine]:
    cause = incident.causes[0]
    yield MessageLine("cause", f"{whose(incident)}: {incident.sentence}")
    yield MessageLine("targets", some(incident.targets, 10))
    seen = f"{minute(incident.began)}, confirmed at {minute(incident.opened)}; seen by"
    yield MessageLine("since", f"{seen} {count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")
    yield MessageLine("next", cause.runbook, f"{books}{cause.runbook}" if books else "")


def _before(incident: Incident) -> Iterable[MessageLine]:
    if len(incident.changes) > 1:
        before, after = incident.changes[-2:]
        yield MessageLine("before", f"{before.status}, {before.owner}: {before.sentence}")
        gained = [each for each in after.targets if each not in before.targets]
        if gained:
            yield MessageLine("also", some(gained, 10))


def _besides(incident: Incident, now: float) -> Iterable[MessageLine]:
    for other in incident.causes[1 : NAMED + 1]:
        yield MessageLine("and", f"{other.owner}, {other.confidence}: {other.sentence}")
    for other in incident.besides[:NAMED]:
        yield MessageLine("besides", f"{other.owner}, {other.confidence}: {other.sentence}")
    if but := doubt(incident, now):
        yield MessageLine("but", but)
