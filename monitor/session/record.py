"""The record of a session: what was planned, what was judged, and the reports that say so, whatever happens."""

from __future__ import annotations

import platform
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from monitor import VERSION, files, reports
from monitor.attempts import Attempts
from monitor.clues import Clue
from monitor.reports import Report, Written
from monitor.shards import Shard
from monitor.status import Status
from monitor.text import stamp
from monitor.verdict import Run, Verdict


class Record:
    """Verdicts by node id, in the order of the plan; a probe that is planned and not judged is an unknown."""

    def __init__(
        self,
        directory: Path,
        fail_on: frozenset[Status],
        mode: str,
        tenants: tuple[str, ...],
        environment: dict[str, str],
        *,
        drill: tuple[str, ...] = (),
        shard: Shard | None = None,
        remarks: tuple[str, ...] = (),
    ) -> None:
        self.directory, self.fail_on = directory, fail_on
        self.mode, self.tenants, self.environment = mode, tenants, environment
        self.drill, self.shard, self.remarks = drill, shard, remarks
        self.verdicts: dict[str, Verdict] = {}
        self._waiting: set[str] = set()
        self._written: set[str] = set()
        self._late_are_due = False
        self._attempts = Attempts()
        self._started, self._clock = time.time(), time.monotonic()

    def plan(self, probes: Iterable[str] | Mapping[str, str]) -> None:
        """These probes are to be judged: their node ids, with the rungs that they stand on where those are known.

        The reports are written now, so that not even a kill leaves older ones; but for the late ones, of which those
        of an earlier run go.
        """
        rungs = probes if isinstance(probes, Mapping) else dict.fromkeys(probes, "")
        new = [node_id for node_id in rungs if node_id not in self.verdicts]
        for node_id in new:
            self.verdicts[node_id] = Verdict.planned(node_id, rung=rungs[node_id])
        self._waiting.update(new)
        if new:
            files.sweep(self.directory, [each.name for each in reports.REPORTS])
            self._write("running", [each for each in reports.REPORTS if each.name not in reports.LATE])
            self._late_are_due = True
            for name in reports.LATE - self._written:
                reports.removed(self.directory / name)

    def write_late_ones(self) -> None:
        """Write what of the plan is still to be written; where that is done, nothing."""
        if not self._late_are_due:
            return
        self._late_are_due = False
        self._write("running", [each for each in reports.REPORTS if each.name in reports.LATE])

    def take(self, verdict: Verdict) -> None:
        """This probe has been judged. The attempts of one transaction are kept once, however many judge it."""
        shared = self._attempts.shared(verdict.tenant, verdict.attempts)
        self.verdicts[verdict.id] = replace(verdict, attempts=shared)
        self._waiting.discard(verdict.id)

    def give_up(self, node_id: str, reason: str) -> None:
        """Nobody will judge this probe, which was planned; the reason says why."""
        self.take(self._unjudged(node_id, reason))

    def drop(self, node_id: str) -> None:
        """This is no probe, after all."""
        self.verdicts.pop(node_id, None)
        self._waiting.discard(node_id)

    def knows(self, node_id: str) -> bool:
        return node_id in self.verdicts

    @property
    def complete(self) -> bool:
        """Whether every probe that was planned has been judged."""
        return not self._waiting

    def close(self, ended: str, stopped: str, clues: tuple[Clue, ...] = ()) -> tuple[Run, Written]:
        """The session is over; ``stopped`` says why it came to its end early, where it did.

        ``clues`` are what Auth0 itself knows of what is ill.
        """
        why = stopped or (ended if ended != "finished" else "the run ended before this probe did")
        for node_id in self._waiting:
            self.verdicts[node_id] = self._unjudged(node_id, f"not judged: {why}")
        if self._waiting and ended == "finished":
            ended = f"interrupted: {stopped or 'not every probe was judged'}"
        return self._write(ended, reports.REPORTS, clues)

    def _unjudged(self, node_id: str, reason: str) -> Verdict:
        return Verdict.planned(node_id, reason=reason, rung=self.verdicts[node_id].rung)

    def _write(self, ended: str, asked: Collection[Report], clues: tuple[Clue, ...] = ()) -> tuple[Run, Written]:
        from monitor.diagnosis.diagnosis import diagnose

        run = Run(
            mode=self.mode,
            drill=self.drill,
            shard=self.shard,
            started=stamp(self._started),
            seconds=round(time.monotonic() - self._clock, 3),
            version=VERSION,
            ended=ended,
            tenants=self.tenants,
            versions={"python": platform.python_version()} | {name: version(name) for name in ("pytest", "requests")},
            environment=self.environment,
            remarks=self.remarks,
            verdicts=tuple(self.verdicts.values()),
            clues=clues,
        )
        run = run if ended == "running" else replace(run, diagnosis=diagnose(run))
        if not self._written:
            reports.remove_page(self.directory)
        stale = {each.name for each in reports.REPORTS if not each.is_folder} - self._written
        written = reports.write_all(self.directory, run, fail_on=self.fail_on, reports=asked, stale=stale)
        self._written.update(written.paths)
        return run, written
