"""badge.json: the page in three words, for shields' endpoint badge, which refuses keys that it does not know."""

from __future__ import annotations

import json

from monitor.site.contents import Board
from monitor.status import Status
from monitor.text import brief

COLOURS = {
    Status.UP: "brightgreen",
    Status.DEGRADED: "yellow",
    Status.DOWN: "red",
    Status.UNKNOWN: "lightgrey",
    Status.SKIPPED: "lightgrey",
}

FRESH = 300
"""Seconds for which it may be kept: the least that shields takes."""


def render(board: Board) -> str:
    """The badge. It cannot tell its own age, so it says of when it is."""
    newest, mode = board.newest, "" if board.mode == "live" else f" ({board.mode.upper()})"
    when = f", {brief(newest.started)}" if newest else ""
    document = {
        "schemaVersion": 1,
        "label": f"Auth0 login{mode}",
        "message": f"{'stale' if board.stale and newest else board.status}{when}",
        "color": COLOURS[board.status],
        "isError": board.status is Status.DOWN,
        "cacheSeconds": FRESH,
    }
    return json.dumps(document, indent=1) + "\n"
