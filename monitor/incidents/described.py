"""An incident in words, the same wherever it is told: in an issue, on the page, on a terminal."""

from __future__ import annotations

from monitor.incidents.incident import Incident
from monitor.status import Status
from monitor.text import duration, minute, some

_BLIND = "cannot be seen by the monitor"


def title(incident: Incident) -> str:
    """The same for its whole life: who, and what it was when it opened, since when, and the beginning of its id."""
    first = incident.changes[0]
    tenants = some(dict.fromkeys(target.partition(":")[0] or "the suite" for target in first.targets))
    was = _BLIND if incident.about_monitor else str(first.status)
    return f"{tenants}: {was} since {minute(incident.began)} [{incident.id[:6]}]"


def whose(incident: Incident) -> str:
    """``extension, likely``: the owner, and how sure that is."""
    return f"{incident.owner}, {incident.causes[0].confidence}"


def shown(incident: Incident) -> Status:
    """What it shows as: its last status while it is open, its worst afterwards; unknown if the monitor was blind."""
    if incident.about_monitor:
        return Status.UNKNOWN
    return incident.status if incident.open else incident.worst


def lasted(incident: Incident, now: float) -> str:
    """How long it lasted, or has lasted, by the runs that saw it begin and end."""
    if incident.recovered is not None:
        return duration(incident.recovered - incident.began)
    known = not incident.open or incident.silent(now)
    return duration((incident.known if known else now) - incident.began) + (" at least" if known else " so far")


def doubt(incident: Incident, now: float) -> str:
    """Why one that is open may be over already; empty where nothing says so."""
    if incident.open and incident.recovered is not None:
        return f"healthy since {minute(incident.recovered)}, which is not confirmed yet"
    if incident.open and incident.silent(now):
        return f"unknown since {minute(incident.known)}: no run has judged it"
    return ""


def flapping(incident: Incident) -> str:
    """How often it began, where that is why it stays open; empty where it does not flap."""
    return f"it failed {incident.spells} times within a short time" if incident.flapping else ""
