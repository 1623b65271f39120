"""status.json: the page in Statuspage's own format (``/api/v2/summary.json``), for whoever reads such pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from monitor import text
from monitor.history import document
from monitor.history.planned import Window
from monitor.incidents import Incident
from monitor.site import told
from monitor.site.contents import Board, Lane
from monitor.status import SEVERITY, Status
from monitor.text import one_line

PARTS = {
    Status.UP: "operational",
    Status.DEGRADED: "degraded_performance",
    Status.UNKNOWN: "degraded_performance",
    Status.DOWN: "major_outage",
}
"""Statuspage has no word for unknown. What cannot be judged is not told as well; the description says what it is.

A part that was skipped, and a service whose page could not be read, is left out: nothing is said of it.
"""

INDICATORS = {
    Status.UP: "none",
    Status.DEGRADED: "minor",
    Status.UNKNOWN: "minor",
    Status.DOWN: "critical",
}
SERVICES = "Services"
"""The group of what tenants lean on."""


def render(board: Board, address: str = "") -> str:
    """The document; ``address`` is where the site is."""
    at = text.stamp(board.newest.started if board.newest else board.made)
    groups = [(each.whole.name, (each.whole, *each.parts)) for each in board.groups]
    if board.services:
        groups.append((SERVICES, board.services))
    groups = [(name, known) for name, lanes in groups if (known := tuple(each for each in lanes if each.judged))]
    document = {
        "page": {
            "id": _id("page", board.mode),
            "name": f"{told.mode(board)}Login through Auth0",
            "url": address,
            "time_zone": "Etc/UTC",
            "updated_at": at,
        },
        "status": {
            "indicator": INDICATORS[board.status],
            "description": f"{told.mode(board)}{board.status}: {told.headline(board)}",
        },
        "components": [*_components(board, groups)],
        "incidents": [_incident(each, board) for each in board.open],
        "scheduled_maintenances": [_maintenance(each, board) for each in board.windows],
    }
    return json.dumps(document, indent=1) + "\n"


def _components(board: Board, groups: Iterable[tuple[str, Iterable[Lane]]]) -> Iterator[dict[str, Any]]:
    for place, (name, lanes) in enumerate(groups, 1):
        group, members = _id("group", name), [*lanes]
        status = (
            members[0].status if name != SERVICES else max((each.status for each in members), key=SEVERITY.__getitem__)
        )
        yield _component(board, group, name, status, place) | {
            "group": True,
            "components": [_id("component", each.name) for each in members],
        }
        for number, each in enumerate(members, 1):
            yield _component(board, _id("component", each.name), each.name, each.status, number) | {
                "group": False,
                "group_id": group,
                "description": one_line(
                    f"{told.mode(board)}{_now(board, each.status)}{': ' if each.said else ''}{each.said}"
                ),
                "figures": [*_figures(each, board)] if board.runs else [],
            }


def _figures(lane: Lane, board: Board) -> Iterator[dict[str, Any]]:
    """The uptime of each window, as ``python -m monitor.history status --json`` tells it."""
    for span in lane.spans:
        until = lane.until if lane.until is not None else board.made
        yield from document.figures(span.uptime, until - span.seconds, until)


def _component(board: Board, id_: str, name: str, status: Status, place: int) -> dict[str, Any]:
    at = text.stamp(board.newest.started if board.newest else board.made)
    return {
        "id": id_,
        "name": one_line(name),
        "status": PARTS[_now(board, status)],
        "created_at": text.stamp(board.first) if board.first is not None else at,
        "updated_at": at,
        "position": place,
        "description": f"{told.mode(board)}{_now(board, status)}",
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": _id("page", board.mode),
        "only_show_if_degraded": False,
    }


def _now(board: Board, status: Status) -> Status:
    return Status.UNKNOWN if board.stale else status


def _incident(incident: Incident, board: Board) -> dict[str, Any]:
    id_, link = _id("incident", incident.id), incident.link
    state = "monitoring" if incident.recovered is not None else "identified"
    lanes = (each for group in board.groups for each in (group.whole, *group.parts) if each.judged)
    named = {*incident.targets, *incident.tenants}
    concerned = [each for each in lanes if each.name in named or (each.ill and each.tenant in incident.tenants)]
    updates = [
        {
            "id": _id("update", f"{incident.id}{each.at}"),
            "status": state,
            "body": one_line(f"{told.mode(board)}{each.status}, {each.owner}: {each.sentence}"),
            "incident_id": id_,
            "created_at": text.stamp(each.at),
            "updated_at": text.stamp(each.at),
            "display_at": text.stamp(each.at),
        }
        for each in reversed(incident.changes)
    ]
    return {
        "id": id_,
        "name": one_line(f"{told.mode(board)}{told.title(incident)}: {incident.sentence}"),
        "status": state,
        "created_at": text.stamp(incident.opened),
        "updated_at": text.stamp(incident.known),
        "monitoring_at": text.stamp(incident.recovered) if incident.recovered is not None else None,
        "resolved_at": None,
        "impact": INDICATORS[told.status(incident)],
        "shortlink": link,
        "started_at": text.stamp(incident.began),
        "page_id": _id("page", board.mode),
        "incident_updates": updates,
        "components": [
            _component(board, _id("component", each.name), each.name, each.status, 1) | {"group": False}
            for each in concerned
        ],
    }


def _maintenance(window: Window, board: Board) -> dict[str, Any]:
    """A maintenance that goes on, or is ahead; its components are its tenants' groups, which are as they are."""
    id_ = _id("maintenance", f"{window.since}{window.until}{window.tenant}{window.source}")
    begun = window.holds(board.made)
    lanes = (each.whole for each in board.groups if each.whole.judged)
    concerned = [each for each in lanes if window.tenant.lower() in ("", each.tenant.lower())]
    at = text.stamp(board.newest.started if board.newest else board.made)
    return {
        "id": id_,
        "name": one_line(f"{told.mode(board)}{told.window(window)}"),
        "status": "in_progress" if begun else "scheduled",
        "created_at": at,
        "updated_at": at,
        "monitoring_at": None,
        "resolved_at": None,
        "impact": "maintenance",
        "shortlink": "",
        "started_at": text.stamp(window.since),
        "page_id": _id("page", board.mode),
        "incident_updates": [],
        "components": [
            _component(board, _id("component", each.name), each.name, each.status, 1) | {"group": False}
            for each in concerned
        ],
        "scheduled_for": text.stamp(window.since),
        "scheduled_until": text.stamp(window.until),
    }


def _id(kind: str, name: str) -> str:
    """An id like Statuspage's: the same for the same name, whenever it is made."""
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()[:12]
