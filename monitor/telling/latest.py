"""The newest run's own report: whether the history has that run, and what was seen in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from monitor import files, results
from monitor.history import History, freshness
from monitor.incidents import Incident
from monitor.reports import wording
from monitor.telling.message import MessageLine
from monitor.verdict import Run

_MODES = ("live", "sandbox", "drill")
_ENDED = re.compile(r"running|finished|interrupted: .*", re.DOTALL)


def latest(reports: Path) -> Run | None:
    """The run that these reports are of; None where they cannot be read, or are damaged: such a run is no good one."""
    try:
        files.refuse_others(reports / results.NAME)
        run = results.run_of(json.loads((reports / results.NAME).read_text(encoding="utf-8")))
        return run if _is_whole(run) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_whole(run: Run) -> bool:
    """Whether what is believed of it can be: it is not held against the schema, which takes its time."""
    took = type(run.seconds) in (int, float) and 0 <= run.seconds <= results.LONGEST
    return took and run.mode in _MODES and bool(_ENDED.fullmatch(run.ended))


def began(run: Run) -> float | None:
    """When this run began; None where it does not say so."""
    try:
        return datetime.fromisoformat(run.started).timestamp()
    except (ValueError, TypeError):
        return None


def after(run: Run, now: float) -> bool:
    """Whether this run began after now, by more than clocks differ."""
    at = began(run)
    return at is not None and at > now + freshness.CLOCKS


def missing(run: Run, history: History, now: float) -> str:
    """Why what this run found cannot be told: the history does not have it. Empty where it has."""
    at = began(run)
    if run.ended == "running" or at is None:
        return "its run has not ended, or was killed: its result is unknown, and no alert is sent for it"
    if after(run, now):
        return f"its run began after now ({run.started}), so no alert is sent for it: set the clock that is wrong"
    if any(abs(each.started - at) < 1 for each in history.runs(last=100)):
        return ""
    return "it is of a run that the history does not have, so no alert is sent for it: import it first"


def evidence(run: Run | None, incident: Incident, scrub: Callable[[str], str]) -> list[MessageLine]:
    """What was seen, in a line that Auth0's support can look up, where this is the run that saw the incident last."""
    at = began(run) if run else None
    if run is None or at is None or abs(at - incident.seen) >= 1 or not run.diagnosis:
        return []
    first = incident.causes[0]
    ids = {id_ for each in run.diagnosis.causes if each.rule == first.rule for id_ in each.verdicts}
    seen = [each.attempts[-1] for each in run.verdicts if each.id in ids and each.attempts]
    return [MessageLine("seen", scrub(wording.answer(seen[0])))] if seen else []
