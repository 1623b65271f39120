"""junit-rounds.xml: all rounds of a command in one file, for who takes one of a job and would see the newest alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor import VERSION, files, results, text
from monitor.reports import junit
from monitor.status import Status
from monitor.verdict import Run, Verdict

NAME = "junit-rounds.xml"
_WELL = (Status.UP, Status.SKIPPED)


def write(reports: Path, rounds: Sequence[Run], fail_on: frozenset[Status]) -> str:
    """Write it beside the newest reports; why it could not be written (empty: it was)."""
    path = reports / NAME
    try:
        files.replace(path, junit.render_rounds(rounds, fail_on=fail_on))
    except OSError as error:
        cure = "move away what is there, or name another folder with --reports"
        return text.one_line(f"{path} was not written ({error.strerror or error}): {cure}")
    return ""


def remove(reports: Path) -> None:
    """Let none of an earlier command pass for this one's. Raises OSError."""
    path = reports / NAME
    files.refuse_others(path)
    path.unlink(missing_ok=True)


Seen = set[tuple[str, Status, bool]]
"""What probes were in earlier rounds: the id, the status, and whether it is witnessed weakly."""


def kept(run: Run, seen: Seen) -> Run:
    """What this file needs of a round: of every probe the first verdict of each kind, which ``seen`` takes note of.

    Rounds may go on for days, in one process.
    """
    weak, needed = run.witnessed_weakly, []
    for each in run.verdicts:
        mark = (each.id, each.status, each.id in weak)
        if mark not in seen:
            seen.add(mark)
            needed.append(each if each.status not in _WELL else replace(each, attempts=[], phases={}))
    return replace(run, verdicts=tuple(needed) or run.verdicts[:1])


def read(folder: Path, number: int) -> Run:
    """The run of this round; one that left none is an unknown, which says so."""
    try:
        return results.read(folder / results.NAME)
    except results.UnreadableResults as error:
        lost = Verdict.planned(f"rounds::round-{number}", reason=f"round {number} left no results: {error}")
        return Run(
            "live", text.stamp(time.time()), 0.0, VERSION, ended="interrupted: it left no results", verdicts=(lost,)
        )
