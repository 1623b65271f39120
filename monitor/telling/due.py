"""What is due to be told to a channel: each incident's news since it was last told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.incidents import Change, Incident
from monitor.incidents.as_told import shown
from monitor.status import SEVERITY, Status
from monitor.telling.ledger import MOVED, READ, SILENT, LedgerEntry
from monitor.telling.message import SILENCE, Event

EVERY = 900.0
"""Seconds between two updates of an incident that neither becomes worse nor is found to be another's work."""

STALE = 86_400.0
"""Seconds for which the end of an incident that was never told is still news."""


NOT_TOLD = ("", Event.CLOSED, SILENT, MOVED)
"""What is last said of an incident that a channel does not know to be open."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event of an incident that a channel has to be told; ``before`` is the last thing that it was told of it.

    ``event`` is None where it is over, and was silenced for as long as it lasted: then only the ledger learns of it.
    """

    incident: Incident
    event: Event | None
    before: LedgerEntry


def facts(incident: Incident) -> dict[str, Any]:
    """What an update is due for when it changes."""
    return _facts(incident.changes[-1])


def _facts(change: Change) -> dict[str, Any]:
    return {"owner": str(change.owner), "status": str(change.status), "targets": list(change.targets)}


def befores(
    incidents: Iterable[Incident], channel: str, told: Mapping[tuple[str, str], LedgerEntry]
) -> list[tuple[Incident, LedgerEntry]]:
    """Each of these, the oldest first, with the last thing that this channel was told of it, by whatever id."""
    own = {entry.incident: entry for (_, name), entry in told.items() if name == channel}
    known = sorted(incidents, key=lambda each: each.opened)
    left = {id_: entry for id_, entry in own.items() if entry.event != MOVED and id_ not in (READ, SILENCE)}
    for one in known:
        left.pop(one.id, None)
    found = []
    for one in known:
        before = own.get(one.id) or _alias(one, left.values()) or LedgerEntry(one.id, channel)
        left.pop(before.incident, None)  # what was told of one incident is not what was told of another
        found.append((one, before))
    return found


def due(
    incidents: Iterable[Incident], channel: str, told: Mapping[tuple[str, str], LedgerEntry], now: float, since: float
) -> list[Due]:
    """What this channel must hear of, the oldest first.

    ``told`` is the ledger, and ``since`` when this history was first told of: what was over by then is nobody's news.
    """
    both = befores(incidents, channel, told)
    events = [(incident, _event(incident, before, now, since), before) for incident, before in both]
    return [Due(incident, event, before) for incident, event, before in events if event]


def forgotten(
    incidents: Iterable[Incident], channel: str, told: Mapping[tuple[str, str], LedgerEntry]
) -> list[LedgerEntry]:
    """What this channel was told of as open, and is none of these incidents by any id: nobody else would close it.

    By other settings it is no incident, or it has become part of another one.
    """
    chosen = {before.incident for _, before in befores(incidents, channel, told)}
    own = [entry for (_, name), entry in told.items() if name == channel and entry.key]
    return [
        entry
        for entry in own
        if entry.event not in NOT_TOLD
        and entry.incident not in {*chosen, READ, SILENCE}
        and not any(each.key == entry.key and each.at >= entry.at for each in own if each is not entry)
    ]


def silenced(one: Due) -> Due | None:
    """What of this is left in a maintenance: an incident that was never told, and is over, never will be."""
    return Due(one.incident, None, one.before) if one.event is Event.CLOSED and not one.before.event else None


def entry(one: Due, title: str, key: str, now: float, rule: str = "") -> LedgerEntry:
    """What the ledger has to know when it has been told; ``rule`` stands for the settings."""
    said = str(one.event) if one.event else SILENT
    incident = one.incident
    told = (said, now, incident.runs[0], title, facts(incident), key)
    return LedgerEntry(incident.id, one.before.channel, *told, shown=shown(incident, rule))


def _alias(incident: Incident, own: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """What was told of it by another id: a run that was recorded later began before all that were known."""
    runs = set(incident.runs)
    return next(
        (each for each in own if each.run in runs and (each.facts or {}).get("owner") in _owners(incident)), None
    )


def _owners(incident: Incident) -> set[str]:
    return {str(each.owner) for each in incident.changes}


def _event(incident: Incident, before: LedgerEntry, now: float, since: float) -> Event | None:
    if before.event in NOT_TOLD:
        if incident.open:
            return Event.OPENED
        news = incident.closed is not None and incident.closed > max(since, now - STALE)
        return Event.CLOSED if news and not before.event else None
    if not incident.open:
        return Event.CLOSED
    if facts(incident) == before.facts:
        return None
    return Event.CHANGED if _is_worse(incident, before) or now - before.at >= EVERY else None


def _is_worse(incident: Incident, before: LedgerEntry) -> bool:
    """Whether it is news at once: a worse status, more targets, or an owner that it had not had when this was told.

    An owner that it had already is no such news: where two are blamed in turn, each turn would be.
    """
    known, last = before.facts or {}, incident.changes[-1]
    told = max((place for place, each in enumerate(incident.changes) if _facts(each) == known), default=-1)
    had = {str(each.owner) for each in incident.changes[: told + 1]} | {known.get("owner")}
    return (
        SEVERITY[last.status] > SEVERITY[Status(known.get("status", Status.UP))]
        or grown(last.targets, before)
        or str(last.owner) not in had
    )


def grown(targets: Iterable[str], before: LedgerEntry) -> bool:
    """Whether there is one among these targets of which this did not tell."""
    return not set(targets) <= set((before.facts or {}).get("targets", ()))
