"""Incidents in lines for a terminal: those that are open, then those that are over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.history import History
from monitor.incidents.described import doubt, flapping, lasted, shown, title, whose
from monitor.incidents.incident import Incident
from monitor.incidents.newest import DAYS
from monitor.text import count, minute, one_line, some

MOST = 20
"""Incidents that are over have lines of their own up to so many; how many more there were is said."""

NAMED = 10
"""Targets of an incident that are named."""


def lines(history: History, incidents: Sequence[Incident], now: float) -> Iterator[str]:
    """The lines of these incidents, which are the history's of the last DAYS days, the newest first."""
    if history.last is None:
        yield "no runs"
        return
    mark = "" if history.mode == "live" else f"{history.mode.upper()}, nothing real fails: "
    current = [incident for incident in incidents if incident.open]
    past = [incident for incident in incidents if not incident.open]
    yield f"{mark}{count(len(current), 'open incident')}, {len(past):,} closed in the last {DAYS} days"
    for incident in (*current, *past[:MOST]):
        yield ""
        yield from _of(incident, now)
    if len(past) > MOST:
        yield ""
        yield f"and {count(len(past) - MOST, 'closed incident')} before"


def _of(incident: Incident, now: float) -> Iterator[str]:
    yield title(incident)
    yield f"  status   {'open' if incident.open else 'closed'}, {shown(incident)}"
    yield f"  since    {minute(incident.began)}, confirmed at {minute(incident.opened)}"
    yield f"  until    {_end(incident, now)}"
    yield f"  lasted   {lasted(incident, now)}"
    yield f"  owner    {whose(incident)}"
    yield f"  targets  {some(incident.targets, NAMED)}"
    yield f"  cause    {one_line(incident.sentence)}"
    if again := flapping(incident):
        yield f"  flapping {again}"
    if incident.reason:
        yield f"  reason   {one_line(incident.reason)}"
    yield f"  next     {one_line(incident.causes[0].runbook)}"
    if incident.link:
        yield f"  run      {incident.link}"


def _end(incident: Incident, now: float) -> str:
    if incident.open:
        return doubt(incident, now) or "now"
    if incident.reason and incident.recovered is None:
        return f"{minute(incident.closed or incident.known)}, when it was found to be no incident"
    if incident.recovered is None:
        return f"{minute(incident.seen)}, when it was last unhealthy: it is not monitored any more"
    return minute(incident.recovered)
