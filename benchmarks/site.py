"""The status page: how long it takes to be drawn, and how much it weighs, of a year and of many tenants."""

from __future__ import annotations

import gc
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.history import END, SEED
from monitor import history
from monitor.diagnosis.diagnosis import diagnose
from monitor.history import DAY, HOUR
from monitor.incidents import DAYS, Policy, open_since
from monitor.site import rendering
from monitor.site.board import board
from monitor.status import Status
from monitor.verdict import Run, Verdict

TENANTS, EVERY = 10, 6 * HOUR
PARTS = ("", ":password-realm:users", ":password-realm:partners", ":password-realm:custom-users", ":10.0.0.1")


def draw(file: Path) -> str:
    """A row of the table: what a page of this history costs, and weighs."""
    gc.collect()
    gc.disable()  # as the command does
    began, burnt = time.perf_counter(), time.process_time()
    known = history.read(file)
    now = (known.last or 0.0) + 60
    slos = {each.name: 0.999 for each in known.targets}
    made = board(known, None, now, open_since(known, Policy(), now - DAYS * DAY), slos=slos)
    figures, drawn = time.process_time() - burnt, time.process_time()
    text = rendering.render(made, latest="latest/", reports=rendering.REPORTS, siblings=rendering.SIBLINGS)
    drawing, took = time.process_time() - drawn, time.perf_counter() - began
    gc.enable()
    size = len(text.encode()) / 1000
    lanes = sum(1 + len(each.parts) for each in made.groups) + len(made.services)
    return f"| {known.count} | {lanes} | {took:.2f} | {figures:.2f} | {drawing:.2f} | {size:.0f} |"


def measure(year: Path) -> None:
    """Draw a page of this history, and one of ten tenants and ninety days."""
    print("\nThe status page\n")
    print("| runs | lanes | wall s | cpu s for the figures | for drawing | kB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    print(draw(year))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite"
        history.record(file, _tenants(random.Random(SEED)))  # noqa: S311 - it draws latencies, no secrets
        print(draw(file))


def _tenants(chance: random.Random) -> Iterator[Run]:
    """Runs of many tenants: each day is well, and one part of one tenant now and then is not."""
    names = [f"customer-{number:02}" for number in range(TENANTS)]
    blanks = [_verdict(f"{name}{part}") for name in names for part in PARTS]
    for step in range(int(DAYS * DAY / EVERY)):
        verdicts = [replace(each, seconds=round(chance.lognormvariate(-1.2, 0.4), 4)) for each in blanks]
        if chance.random() < 0.2:
            place = chance.randrange(len(verdicts))
            verdicts[place] = replace(verdicts[place], status=Status.DOWN, reason="500 server_error", failure="Refused")
        started = datetime.fromtimestamp(END - DAYS * DAY + step * EVERY, UTC).isoformat().replace("+00:00", "Z")
        run = Run("live", started, 1.0, "0.1.0", tenants=tuple(names), verdicts=tuple(verdicts))
        yield replace(run, diagnosis=diagnose(run))


def _verdict(target: str) -> Verdict:
    kind = "dedicated" if target.endswith(".1") else "login" if ":" in target else "discovery"
    node = f"tests_synthetic/test_{kind}.py::test_probe[{target}]"
    rung = {"dedicated": "node"}.get(kind, kind)
    return Verdict.planned(node, status=Status.UP, reason="", question="Is it?", budget=3.0, rung=rung)
