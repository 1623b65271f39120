"""What is said of a board, by whatever tells of it: its headline, an incident's title, how long it lasted."""

from __future__ import annotations

from monitor import text
from monitor.incidents import Incident
from monitor.site.contents import Board
from monitor.status import Status
from monitor.text import one_line, some

__all__ = ["headline", "lasted", "mode", "remark", "some", "status", "title", "whose"]


def mode(board: Board) -> str:
    """``DRILL: `` or ``SANDBOX: ``, before whatever is said; nothing before what is real."""
    return "" if board.mode == "live" else f"{board.mode.upper()}: "


def headline(board: Board) -> str:
    """How it is, in a sentence, without the status before it."""
    if board.newest is None:
        return "no run is known, so nothing is"
    if not board.stale:
        return one_line(board.newest.sentence)
    before = f"{board.newest.status.upper()}: {board.newest.sentence}"
    return one_line(f"nothing is known since {text.minute(board.newest.started)}; then it was {before}")


def title(incident: Incident) -> str:
    """Who was ill, and how."""
    return f"{some(incident.tenants)}: {'not seen by the monitor' if incident.about_monitor else incident.worst}"


def whose(incident: Incident) -> str:
    """``extension, likely``."""
    return f"{incident.owner}, {incident.causes[0].confidence}"


def lasted(incident: Incident, now: float) -> str:
    """How long it lasted, or has lasted, by the runs that saw it begin and end."""
    if incident.recovered is not None:
        return text.duration(incident.recovered - incident.began)
    silent = incident.silent(now)
    until = incident.known if silent else now
    return text.duration(until - incident.began) + (" at least" if silent else " so far")


def remark(incident: Incident, now: float) -> str:
    """What must be known besides of one that is open; empty where it is plain."""
    if incident.recovered is not None and incident.open:
        return f"well since {text.minute(incident.recovered)}, which is not confirmed yet"
    if incident.open and incident.silent(now):
        return f"nothing is known of it since {text.minute(incident.known)}: no run has judged it"
    return f"it began {incident.spells} times in short order" if incident.flapping else ""


def status(incident: Incident) -> Status:
    """What an incident shows as: unknown where it is the monitor that could not see."""
    return Status.UNKNOWN if incident.about_monitor else incident.status if incident.open else incident.worst
