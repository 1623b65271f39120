"""feed.atom: an entry for each incident, which changes with it and keeps its id."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from monitor import NAME
from monitor.incidents import Incident
from monitor.site import told
from monitor.site.contents import Board
from monitor.text import legible, minute, some, stamp

_SPACE = "http://www.w3.org/2005/Atom"
_URN = f"urn:{NAME}"


def render(board: Board, address: str = "") -> str:
    """The feed. ``address`` is where the site is, with a slash at its end; without it links are relative."""
    ET.register_namespace("", _SPACE)
    feed = ET.Element(f"{{{_SPACE}}}feed")
    _text(feed, "id", address or f"{_URN}:{board.mode}:{','.join(each.whole.name for each in board.groups)}")
    _text(feed, "title", f"{told.mode(board)}Login through Auth0: incidents")
    _text(feed, "subtitle", f"{told.mode(board)}{board.status.upper()}: {told.headline(board)}")
    _text(feed, "updated", stamp(board.newest.started if board.newest else board.made))
    _text(ET.SubElement(feed, f"{{{_SPACE}}}author"), "name", NAME)
    ET.SubElement(feed, f"{{{_SPACE}}}link", rel="alternate", type="text/html", href=f"{address}index.html")
    ET.SubElement(feed, f"{{{_SPACE}}}link", rel="self", type="application/atom+xml", href=f"{address}feed.atom")
    for incident in (*board.open, *board.past):
        _entry(feed, incident, board, address)
    ET.indent(feed, " ")
    return ET.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def _entry(feed: ET.Element, incident: Incident, board: Board, address: str) -> None:
    entry = ET.SubElement(feed, f"{{{_SPACE}}}entry")
    over = "" if incident.open else "Resolved: "
    _text(entry, "id", f"{_URN}:{board.mode}:incident:{incident.id}")
    _text(entry, "title", f"{over}{told.mode(board)}{told.title(incident)} ({told.whose(incident)})")
    _text(entry, "published", stamp(incident.began))
    _text(entry, "updated", stamp(incident.closed or incident.known))
    ET.SubElement(entry, f"{{{_SPACE}}}link", rel="alternate", href=incident.link or f"{address}index.html#incidents")
    _text(entry, "content", "\n".join(_lines(incident, board)), type="text")


def _lines(incident: Incident, board: Board) -> Iterator[str]:
    if mode := told.mode(board):
        yield f"{mode}this says nothing about a real tenant"
    end = f", until {minute(incident.recovered)}" if incident.recovered is not None else ""
    yield incident.sentence
    yield f"since {minute(incident.began)}{end}: {told.lasted(incident, board.made)}"
    yield f"targets: {some(incident.targets, 10)}"
    yield f"owner: {told.whose(incident)}; next: {incident.causes[0].runbook}"
    if incident.reason:
        yield f"as it was reported; {incident.reason}"
    if remark := told.remark(incident, board.made):
        yield remark
    yield from (f"{minute(each.at)} {each.status}, {each.owner}: {each.sentence}" for each in incident.changes)


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_SPACE}}}{name}", attributes).text = legible(text)
