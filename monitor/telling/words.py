"""An incident in words: its title, what happened now, and what whoever is on call must know at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from monitor.incidents import Incident
from monitor.reports.wording import count, one_line
from monitor.status import Status
from monitor.telling.message import Event, Line, Message

NAMED = 3
"""How many tenants a title names, and how many causes a message has in full."""

DRILL = "drill"
"""The mode of a history of drills."""

_BLIND = "cannot be seen by the monitor"
_DRILL = "DRILL, nothing real is ill: "


def title(incident: Incident) -> str:
    """The same for the whole life of the incident: what it was when it opened."""
    first = incident.changes[0]
    tenants = some(dict.fromkeys(each.partition(":")[0] or "the suite" for each in first.targets))
    was = _BLIND if incident.about_monitor else str(first.status)
    return f"{tenants}: {was} since {minute(incident.began)} [{incident.id[:6]}]"


def message(incident: Incident, event: Event, *, now: float, mode: str = "live", books: str = "") -> Message:
    """This event of it, in a history of this mode. ``books`` is the address that the runbook's path follows."""
    told = {Event.OPENED: _opened, Event.CHANGED: _changed, Event.CLOSED: _closed}[event](incident)
    mark = _DRILL if mode == DRILL else ""
    last = incident.closed if event is Event.CLOSED and incident.closed is not None else incident.known
    return Message(
        event=event,
        incident=incident.id,
        title=mark + title(incident),
        headline=one_line(mark + told, 300),
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


def _lines(incident: Incident, event: Event, now: float, books: str, mark: str) -> Iterable[Line]:
    if mark:
        yield Line("drill", "a sandbox was asked that is ill on purpose; no real tenant is")
    yield from _was(incident) if event is Event.CLOSED else _is(incident, books)
    if incident.about_monitor:
        yield Line("about", "the monitor itself: nobody's login is known to be broken, nor to work")
    if event is Event.CHANGED:
        yield from _before(incident)
    if event is not Event.CLOSED:
        yield from _besides(incident, now)
    if incident.flapping:
        yield Line("flapping", f"it began {incident.spells} times in short order, so it stays open until it is quiet")
    if incident.link:
        yield Line("first run", incident.link, incident.link)
    last = incident.changes[-1].link
    if last and last != incident.link:
        yield Line("last change", last, last)


def _was(incident: Incident) -> Iterable[Line]:
    whose = f"{incident.owner}, {incident.causes[0].confidence}"
    yield Line("was", f"{incident.worst}; last {whose}: {incident.sentence}")
    yield Line("seen by", f"{count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")


def _is(incident: Incident, books: str) -> Iterable[Line]:
    cause = incident.causes[0]
    yield Line("cause", f"{incident.owner}, {cause.confidence}: {incident.sentence}")
    yield Line("targets", some(incident.targets, 10))
    seen = f"{minute(incident.began)}, confirmed at {minute(incident.opened)}; seen by"
    yield Line("since", f"{seen} {count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")
    yield Line("next", cause.runbook, f"{books}{cause.runbook}" if books else "")


def _before(incident: Incident) -> Iterable[Line]:
    if len(incident.changes) > 1:
        before, after = incident.changes[-2:]
        yield Line("before", f"{before.status}, {before.owner}: {before.sentence}")
        gained = [each for each in after.targets if each not in before.targets]
        if gained:
            yield Line("also", some(gained, 10))


def _besides(incident: Incident, now: float) -> Iterable[Line]:
    for other in incident.causes[1 : NAMED + 1]:
        yield Line("and", f"{other.owner}, {other.confidence}: {other.sentence}")
    for other in incident.besides[:NAMED]:
        yield Line("besides", f"{other.owner}, {other.confidence}: {other.sentence}")
    if incident.recovered is not None:
        yield Line("but", f"well since {minute(incident.recovered)}, which is not confirmed yet")
    elif incident.known + incident.silent_after < now:
        yield Line("but", f"nothing is known of it since {minute(incident.known)}: no run has judged it")


def minute(epoch: float) -> str:
    """A time for people: ``2026-11-23 03:12 UTC``."""
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M} UTC"


def some(names: Iterable[str], most: int = NAMED) -> str:
    """These names, and how many more there are."""
    known = [one_line(each, 100) or "the suite" for each in names]
    left = len(known) - most
    return ", ".join(known[:most]) + (f" and {left:,} more" if left > 0 else "")
