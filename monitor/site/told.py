"""What is said of a board, by whatever tells of it: its headline, and its incidents as all else tells them."""

from __future__ import annotations

from monitor import text
from monitor.history.planned import Window
from monitor.incidents import Incident
from monitor.incidents.described import doubt, flapping, lasted, whose
from monitor.incidents.described import shown as status
from monitor.site.contents import Board
from monitor.text import one_line, some

__all__ = ["headline", "held", "lasted", "mode", "remark", "status", "title", "whose", "window"]


def mode(board: Board) -> str:
    """``DRILL: `` or ``SANDBOX: ``, before whatever is said; nothing before what is real."""
    return "" if board.mode == "live" else f"{board.mode.upper()}: "


def headline(board: Board) -> str:
    """How it is, in a sentence, without the status before it."""
    if board.newest is None:
        return "no run is recorded, so the status is unknown"
    if not board.stale:
        return one_line(board.newest.sentence)
    before = f"{board.newest.status.upper()}: {board.newest.sentence}"
    return one_line(f"no result since {text.minute(board.newest.started)}; the last one was {before}")


def title(incident: Incident) -> str:
    """Who was ill, and how."""
    return f"{some(incident.tenants)}: {'not seen by the monitor' if incident.about_monitor else incident.worst}"


def held(incident: Incident, board: Board) -> str:
    """Why nobody is told of it, where that is so."""
    by = board.held(incident)
    if not by:
        return ""
    until = text.minute(max(each.until for each in by))
    return one_line(f"no alert is sent until {until}: {some(dict.fromkeys(each.source for each in by))}")


def window(one: Window) -> str:
    """A maintenance in a line: for whom, from when to when, and who asked for it."""
    whom = one.tenant or "all tenants"
    return one_line(f"{whom}: {text.minute(one.since)} to {text.minute(one.until)} ({one.source})")


def remark(incident: Incident, now: float) -> str:
    """What must be known besides of one that is open; empty where it is plain."""
    return doubt(incident, now) or flapping(incident)
