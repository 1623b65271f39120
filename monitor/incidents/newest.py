"""The newest incidents, worked out without reading a whole year: the same as of all runs, only fewer."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.history import DAY, History, PastRun
from monitor.incidents.folding import fold, sights_in
from monitor.incidents.incident import Incident
from monitor.incidents.policy import Policy

RECENT = 5_000
"""Runs that are looked at where only the newest incidents are asked for."""

DAYS = 90
"""How far back incidents that are over are listed, on the page and by the command."""

LEAD = 2 * DAY
"""Seconds before the first moment from which runs are read: an incident of that moment may have begun in them."""

MARGIN = 50
"""Runs that there must be before an incident: what leads to it (earlier spells, the usual pause) is in them."""


def recent(history: History, policy: Policy, *, runs: int = RECENT) -> tuple[Incident, ...]:
    """The incidents of so many newest runs, the newest first; of more runs, where one may have begun before."""
    while True:
        read = history.runs(last=runs)
        incidents = fold(read, sights_in(history, read), policy)
        if _enough(read, history, incidents):
            return incidents
        runs *= 4


def open_since(history: History, policy: Policy, moment: float) -> tuple[Incident, ...]:
    """The incidents that were open at this moment or later, the newest first; runs before it are read as needed."""
    lead = LEAD
    while True:
        read = history.runs(since=moment - lead)
        incidents = fold(read, sights_in(history, read), policy)
        wanted = [incident for incident in incidents if incident.closed is None or incident.closed >= moment]
        if _enough(read, history, wanted):
            return tuple(wanted)
        lead *= 4


def _enough(read: Sequence[PastRun], history: History, incidents: Sequence[Incident]) -> bool:
    """Whether these runs, the newest first, are all that there are, or begin well before each of these incidents."""
    if len(read) >= history.count:
        return True
    return len(read) >= MARGIN and all(incident.began > read[-MARGIN].started for incident in incidents)
