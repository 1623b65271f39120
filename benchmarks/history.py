"""A year of runs: how much room it takes, and how long what a page shows takes to be read and reckoned."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor import history
from monitor.diagnosis.diagnosis import diagnose
from monitor.history import DAY, HOUR, History
from monitor.owners import Diagnosis
from monitor.status import Status
from monitor.verdict import Run, Verdict

END = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
EVERY, SEED = 300, 20260101
LOGINS = ("prod:password-realm:users", "prod:password-realm:custom-users", "prod:password-realm:partners")
PROBES = [
    *(("login", f"probe_{number}", login) for login in LOGINS for number in range(6)),
    *(("health", f"probe_{number}", "prod") for number in range(8)),
    *(("dependencies", "service_reports_no_incident", f"dependencies:service-{number}") for number in range(4)),
]


class Past:
    """Runs every five minutes with gaps and outages; the same in every process."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._chance = random.Random(SEED)  # noqa: S311 - it draws latencies, no secrets
        self._blanks = [self._verdict(*each) for each in PROBES]
        self._spells = {status: self._windows(24, 4 * HOUR) for status in (Status.DOWN, Status.DEGRADED)}
        self._gaps = self._windows(12, DAY)
        self._long = self._windows(2, 10 * DAY)
        self._well: Diagnosis | None = None

    @property
    def months(self) -> Iterator[list[Run]]:
        """All of its runs, thirty days at a time."""
        for first in range(0, self._days, 30):
            days = range(first, min(first + 30, self._days))
            starts = (
                END - (self._days - day) * DAY + step * EVERY for day in days for step in range(int(DAY) // EVERY)
            )
            yield [self._run(at + self._chance.randrange(20)) for at in starts if not self._missing(at)]

    def _windows(self, count: int, longest: float) -> list[tuple[float, float]]:
        begins = [END - self._chance.random() * self._days * DAY for _ in range(count)]
        return [(begin, begin + self._chance.random() * longest) for begin in begins]

    def _missing(self, at: float) -> bool:
        return self._chance.random() < 0.02 or _inside(self._gaps, at)

    def _verdict(self, kind: str, probe: str, target: str) -> Verdict:
        budget = None if kind == "dependencies" else 3.0
        node = f"tests_synthetic/test_{kind}.py::test_{probe}[{target}]"
        rung = {"dependencies": "service"}.get(kind, kind)
        return Verdict.planned(node, status=Status.UP, reason="", question="Is it?", budget=budget, rung=rung)

    def _run(self, at: float) -> Run:
        verdicts = [replace(each, seconds=round(self._chance.lognormvariate(-1.2, 0.4), 4)) for each in self._blanks]
        if _inside(self._spells[Status.DOWN], at):
            said = {
                "status": Status.DOWN,
                "reason": "500 server_error: the database did not answer",
                "failure": "Refused",
            }
            verdicts[6:12] = [replace(each, **said) for each in verdicts[6:12]]  # type: ignore[arg-type]
        elif _inside(self._spells[Status.DEGRADED], at):
            late = 3 + self._chance.random() * 4
            said = {
                "status": Status.DEGRADED,
                "failure": "OverBudget",
                "reason": f"took {late:.2f} s of a budget of 3 s",
            }
            verdicts[1] = replace(verdicts[1], **said, seconds=round(late, 4))  # type: ignore[arg-type]
        if _inside(self._long, at):
            said = {"status": Status.DEGRADED, "failure": "Degrading", "reason": "an incident: elevated errors"}
            verdicts[-1] = replace(verdicts[-1], **said)  # type: ignore[arg-type]
        started = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
        seconds = round(1 + self._chance.random(), 3)
        run = Run("live", started, seconds, "0.1.0", tenants=("prod",), verdicts=tuple(verdicts))
        ill = [each.reason for each in verdicts if each.status is not Status.UP]
        self._well = self._well or diagnose(run)
        return replace(run, diagnosis=diagnose(run) if ill else self._well)


def _inside(windows: list[tuple[float, float]], at: float) -> bool:
    return any(begin <= at < end for begin, end in windows)


def page(file: Path) -> tuple[History, int]:
    """All that a page of every target needs; and how many figures that is."""
    known = history.read(file)
    until = known.last or 0.0
    figures = 0
    for target in known.targets:
        bars = known.bars(target.name, until)
        uptimes = [known.uptime(target.name, until - days * DAY, until) for days in (1, 7, 30, 90)]
        latencies = known.latencies(target.name, until - 90 * DAY, until)
        hours = known.latencies(target.name, until - 7 * DAY, until, step=HOUR)
        outages = known.outages(target.name)
        known.budget(target.name, until, slo=0.999)
        figures += len(bars) + len(uptimes) + len(latencies) + len(hours) + len(outages)
    return known, figures + len(known.runs(last=100))


def measure(days: int, also: Callable[[Path], None]) -> None:
    """Make a history of so many days as a user would, month by month, say what it costs, and hand it on."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite"
        began = time.perf_counter()
        for runs in Past(days).months:
            history.record(file, runs, link="https://github.example/acme/monitor/actions/runs/12345678901")
            history.prune(file, datetime.fromisoformat(runs[-1].started).timestamp())
        generated, size = time.perf_counter() - began, file.stat().st_size / 1e6
        began, burnt = time.perf_counter(), time.process_time()
        known, figures = page(file)
        took, burnt = time.perf_counter() - began, time.process_time() - burnt
        _tell(days, known, f"{generated:.0f} | {size:.1f}", f"{figures} | {took:.2f} | {burnt:.2f}")
        also(file)


def _tell(days: int, known: History, made: str, read: str) -> None:
    print(f"\nA history of {days} days, {len(PROBES)} probes every {EVERY // 60} minutes\n")
    print("| runs | made in s | size MB | targets | figures of a page | wall s | cpu s |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| {known.count} | {made} | {len(known.targets)} | {read} |")
