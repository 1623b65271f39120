"""Since when it is so, of each login of a tenant that is ill: what report.html cannot know, and a history can."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from monitor.site import drawing
from monitor.site.contents import Board, Group, Lane
from monitor.status import Status
from monitor.text import duration, legible, minute

MANY = 30
"""How many rows are told, the worst tenants first."""

_HEADS = ("login", "now", "last good run", "for", "last 24 hours")


def table(board: Board) -> str:
    """The rows as HTML, escaped; empty where there is no history, or nobody is ill."""
    if not board.runs:
        return ""
    rows = [row for group in board.groups if not group.well for row in _rows(group, board)]
    if not rows:
        return ""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(each) for each in _HEADS)
    region = Markup('<div class="wide" tabindex="0" role="region" aria-label="Since when">')
    body = Markup("").join(rows[:MANY])
    return str(region + Markup('<table class="told since"><tr>{}</tr>{}</table></div>').format(heads, body))


def told(lane: Lane, now: float) -> str:
    """Since when, for how long, and when the last good run was; empty where it is well, or that is not known."""
    if lane.began is None:
        return ""
    before = f"; last good run {minute(lane.before)}" if lane.before is not None else "; no good run is known before"
    return f"since {minute(lane.began)}, for {duration(now - lane.began)}{before}"


def _rows(group: Group, board: Board) -> Iterator[Markup]:
    logins = [each for each in group.parts if each.sort == "login"]
    for lane in [*([] if logins else [group.whole]), *logins]:
        name = f"{group.whole.name}: {lane.connection}, {lane.label}" if lane.sort == "login" else group.whole.name
        well = lane.seen if lane.status is Status.UP else lane.before
        good = minute(well) if well is not None else "–"
        last = "–" if lane.began is None else duration(board.made - lane.began)
        cells = (
            Markup('<b class="{}">{}</b>').format(lane.status, lane.status.upper()),
            good,
            last,
            drawing.strip(lane.hours) if lane.hours else "",
        )
        row = Markup("").join(Markup("<td>{}</td>").format(each) for each in cells)
        yield Markup('<tr><th scope="row">{}</th>{}</tr>').format(legible(name), row)
