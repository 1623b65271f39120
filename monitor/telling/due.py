"""What is due to be told to a channel: each incident's news since it was last told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.incidents import Incident
from monitor.status import SEVERITY, Status
from monitor.telling.ledger import SILENT, LedgerEntry
from monitor.telling.message import Event

EVERY = 900.0
"""Seconds between two updates of an incident that does not become worse."""

STALE = 86_400.0
"""Seconds for which the end of an incident that was never told is still news."""


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
    last = incident.changes[-1]
    return {"owner": str(last.owner), "status": str(last.status), "targets": list(last.targets)}


def due(
    incidents: Iterable[Incident],
    channel: str,
    entries: Mapping[tuple[str, str], LedgerEntry],
    now: float,
    since: float,
) -> list[Due]:
    """What this channel must hear of, the oldest first.

    ``entries`` is the ledger, and ``since`` when this history was first told of: what was over by then is no news.
    """
    news = []
    known = sorted(incidents, key=lambda incident: incident.opened)
    own = {entry.incident: entry for (_, name), entry in entries.items() if name == channel}
    lost = [entry for id_, entry in own.items() if id_ not in {incident.id for incident in known}]
    for incident in known:
        before = own.get(incident.id) or _alias(incident, lost) or LedgerEntry(incident.id, channel)
        event = _event(incident, before, now, since)
        if event:
            news.append(Due(incident, event, before))
    return news


def silenced(one: Due) -> Due | None:
    """What of this is left in a maintenance: an incident that was never told, and is over, never will be."""
    return Due(one.incident, None, one.before) if one.event is Event.CLOSED and not one.before.event else None


def entry(one: Due, title: str, now: float) -> LedgerEntry:
    """What the ledger has to know when it has been told."""
    said = str(one.event) if one.event else SILENT
    incident = one.incident
    return LedgerEntry(incident.id, one.before.channel, said, now, incident.runs[0], title, facts(incident))


def _alias(incident: Incident, own: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """What was told of it by another id: a run that was recorded later began before all that were known."""
    runs = set(incident.runs)
    return next(
        (entry for entry in own if entry.run in runs and (entry.facts or {}).get("owner") in _owners(incident)), None
    )


def _owners(incident: Incident) -> set[str]:
    return {str(change.owner) for change in incident.changes}


def _event(incident: Incident, before: LedgerEntry, now: float, since: float) -> Event | None:
    if before.event in ("", Event.CLOSED, SILENT):
        if incident.open:
            return Event.OPENED
        news = incident.closed is not None and incident.closed > max(since, now - STALE)
        return Event.CLOSED if news and not before.event else None
    if not incident.open:
        return Event.CLOSED
    known = before.facts or {}
    if facts(incident) == known:
        return None
    worse = SEVERITY[incident.changes[-1].status] > SEVERITY[Status(known.get("status", Status.UP))]
    return Event.CHANGED if worse or now - before.at >= EVERY else None
