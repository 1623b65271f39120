"""An incident in words: its title, what happened now, and what whoever is on call must know at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from monitor.incidents import Incident
from monitor.incidents.described import doubt, flapping, title, whose
from monitor.reports.stakeholders import blame, public
from monitor.status import Status
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message, MessageLine
from monitor.text import NAMED, count, duration, minute, one_line, some

DRILL = "drill"
"""The mode of a history of drills."""

HEADLINE = 300
"""Characters of the first line: what a pager reads aloud, and a mail has as its subject."""

_DRILL = "DRILL, nothing real fails: "


@dataclass(frozen=True, slots=True)
class Background:
    """What there is to say of an incident besides itself.

    ``runbook`` gives the address of a section of the runbook (``docs/runbook.md#connection``), ``status`` that of
    Auth0's status page for a tenant, ``logs`` that of its logs in Auth0's dashboard; empty where there is none.
    ``seen`` is what the newest run saw of an incident, and ``scrub`` takes secrets out of what came from outside.
    """

    runbook: Callable[[str], str] = lambda _section: ""
    status: Callable[[str], str] = lambda _tenant: ""
    logs: Callable[[str], str] = lambda _tenant: ""
    seen: Callable[[Incident], Sequence[MessageLine]] = lambda _incident: ()
    scrub: Callable[[str], str] = str


def message(
    known: Incident, event: Event, *, now: float, mode: str = "live", background: Background | None = None
) -> Message:
    """This event of it, in a history of this mode."""
    more = background or Background()
    incident = _scrubbed(known, more.scrub)
    told = {Event.OPENED: _opened, Event.CHANGED: _changed, Event.CLOSED: _closed}[event](incident)
    mark = _DRILL if mode == DRILL else ""
    last = incident.closed if event is Event.CLOSED and incident.closed is not None else incident.known
    return Message(
        event=event,
        incident=incident.id,
        title=mark + title(incident),
        headline=mark + told,
        lines=tuple(_lines(incident, event, now, more, mark)),
        run=incident.runs[-1],
        at=last,
        status=Status.UP if event is Event.CLOSED else incident.status,
        tenants=incident.tenants,
        targets=incident.targets,
        owner=str(incident.owner),
    )


def _scrubbed(incident: Incident, scrub: Callable[[str], str]) -> Incident:
    """It without secrets in its sentences; its names are our own, and stay."""

    def clean(each: Any) -> Any:
        return replace(each, sentence=scrub(each.sentence))

    causes, besides, changes = (
        tuple(map(clean, some)) for some in (incident.causes, incident.besides, incident.changes)
    )
    return replace(incident, causes=causes, besides=besides, changes=changes)


def forgotten(entry: LedgerEntry, now: float, why: str) -> Message:
    """The end of what a channel was told of, and is no incident any more; ``why`` that is so."""
    known = entry.facts or {}
    targets = tuple(str(each) for each in known.get("targets", ()))
    tenants = tuple(dict.fromkeys(each.partition(":")[0] for each in targets))
    return Message(
        event=Event.CLOSED,
        incident=entry.incident,
        title=entry.title,
        headline=f"CLOSED: {some(tenants)}: not followed any more",
        lines=(MessageLine("why", f"{why}. What is unhealthy is alerted anew"),),
        run=entry.run,
        at=now,
        status=Status.UP,
        tenants=tenants,
        targets=targets,
        owner=str(known.get("owner", "")),
    )


def _opened(incident: Incident) -> str:
    again = " again and again" if incident.flapping else ""
    return _first(f"{_shout(incident)}{again}", incident)


def _changed(incident: Incident) -> str:
    return _first(f"CHANGED, {_shout(incident)}", incident)


def _first(shout: str, incident: Incident) -> str:
    """What is ill, for whom, since when, and whose work it is: all of it in one line, however long the sentence is."""
    head, tail = f"{shout}: {some(incident.tenants)}: ", f"; since {minute(incident.began)}; {whose(incident)}"
    room = max(HEADLINE - len(head) - len(tail), 40)
    sentence = one_line(incident.sentence, HEADLINE)
    return head + (sentence if len(sentence) <= room else f"{sentence[: room - 1]}…") + tail


def _closed(incident: Incident) -> str:
    if incident.recovered is None:
        told = f"CLOSED: {some(incident.tenants)}: not monitored any more; last unhealthy at {minute(incident.seen)}"
    else:
        since, end = minute(incident.began), minute(incident.recovered)
        works = "can be judged again" if incident.about_monitor else "works again"
        lasting = duration(incident.recovered - incident.began)
        told = f"RECOVERED: {some(incident.tenants)}: {works} after {lasting}; incident from {since} to {end}"
    return one_line(told, HEADLINE)


def _shout(incident: Incident) -> str:
    return "BLIND" if incident.about_monitor else str(incident.status).upper()


def _lines(incident: Incident, event: Event, now: float, more: Background, mark: str) -> Iterable[MessageLine]:
    """What is known, then what was seen, and last where to look."""
    if mark:
        yield MessageLine("drill", "a sandbox was probed that fails on purpose; no real tenant was")
    yield from _was(incident) if event is Event.CLOSED else _is(incident)
    if incident.about_monitor:
        yield MessageLine("about", "the monitor itself: whether logins work is unknown")
    yield MessageLine("say", _say(incident, event, mark))
    if event is Event.CHANGED:
        yield from _before(incident)
    if event is not Event.CLOSED:
        yield from _besides(incident, now)
    if again := flapping(incident):
        yield MessageLine("flapping", f"{again}, so it stays open until there is no change for a while")
    yield from more.seen(incident)
    yield from _ways(incident, event, more)


def _ways(incident: Incident, event: Event, more: Background) -> Iterable[MessageLine]:
    """The run that saw it first, and the one that changed it; the runbook; Auth0's own word for each tenant."""
    if incident.link:
        yield MessageLine("run", incident.link, incident.link)
    last = incident.changes[-1].link
    if last and last != incident.link:
        yield MessageLine("last change", last, last)
    if event is not Event.CLOSED:
        section = incident.causes[0].runbook
        yield MessageLine("runbook", section, more.runbook(section))
    if not incident.about_monitor:
        pages = {page: tenant for tenant in reversed(incident.tenants) if (page := more.status(tenant))}
        yield from (
            MessageLine("Auth0's status", tenant, page) for page, tenant in list(reversed(pages.items()))[:NAMED]
        )
        logs = ((tenant, more.logs(tenant)) for tenant in incident.tenants[:NAMED])
        yield from (MessageLine("tenant's logs", tenant, page) for tenant, page in logs if page)


def _say(incident: Incident, event: Event, mark: str) -> str:
    """What to say to whoever does not run the monitor: names of tenants and connections, no host, nothing foreign."""
    to = public(incident.tenants, "our tenant")
    parts = public((each.rpartition(":")[2] for each in incident.targets if ":" in each), "")
    through = f" ({parts})" if parts else ""
    if event is Event.CLOSED and incident.recovered is not None:
        lasting, began = duration(incident.recovered - incident.began), minute(incident.began)
        if incident.about_monitor:
            return f"{mark}Our monitoring sees login to {to}{through} again."
        return f"{mark}Login to {to}{through} works again. It was disrupted for {lasting}, from {began}."
    if incident.about_monitor:
        return f"{mark}Our monitoring does not see login to {to}{through}. Whether it works is not known."
    if event is Event.CLOSED:
        return f"{mark}Login to {to}{through} is not monitored any more. Whether it works is not known."
    how = "is slow, or near a limit," if incident.status is Status.DEGRADED else "is disrupted"
    where = blame(incident.owner, incident.causes[0].confidence)
    return f"{mark}Login to {to}{through} {how} since {minute(incident.began)}. {where}"


def _was(incident: Incident) -> Iterable[MessageLine]:
    yield MessageLine("was", f"{incident.worst}; last {whose(incident)}: {incident.sentence}")
    yield MessageLine("seen by", f"{count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")


def _is(incident: Incident) -> Iterable[MessageLine]:
    yield MessageLine("cause", f"{whose(incident)}: {incident.sentence}")
    yield MessageLine("targets", some(incident.targets, 10))
    seen = f"{minute(incident.began)}, confirmed at {minute(incident.opened)}; seen by"
    yield MessageLine("since", f"{seen} {count(len(incident.runs), 'run')}, the last at {minute(incident.seen)}")


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
