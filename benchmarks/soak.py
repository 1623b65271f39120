"""The monitor over hours: rounds, history, alerts and page under faults that come and go; whatever grows is found.

``python -m benchmarks.soak --minutes 30`` ends with 1 where something grows that must not, and says what.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import sandbox
from monitor import history
from monitor.rounds import archive
from sandbox.box import Sandbox

ROOT = Path(__file__).parent.parent
FAULTS = ("login-refused", "login-500", "too-many-attempts", "discovery-wrong-issuer", "testall-500")
"""Ways in which the tenant falls ill, one at a time; between them it is well."""

LOOK = 0.25
"""Seconds from one look at the processes to the next."""

PARTS = ("beginning", "middle", "end")


@dataclass(frozen=True)
class Sample:
    """What one look saw: of the process that begins the rounds MiB, descriptors and threads; of what it begins MiB."""

    memory: float
    descriptors: int
    threads: int
    round_memory: float


@dataclass(frozen=True)
class Part:
    """A third of the time, in medians and (of what is begun) the greatest; the files are as they are at its end."""

    memory: float
    descriptors: float
    threads: float
    round_memory: float
    seconds: float
    runs: int
    history: int
    memory_file: int
    reports: int
    folders: int
    site: int


@dataclass(frozen=True)
class Bound:
    """What a figure of the end may be: so many times that of the middle, and so much more."""

    name: str
    times: float
    more: float


BOUNDS = (
    Bound("memory", 1.1, 4),
    Bound("descriptors", 1, 4),
    Bound("threads", 1, 2),
    Bound("round_memory", 1.25, 20),
    Bound("seconds", 2, 2),
    Bound("memory_file", 1.2, 65_536),
    Bound("site", 1.5, 262_144),
)
A_RUN, A_FOLDER = 40_000, 8_000_000
"""Bytes by which the history may grow with a run, and that a kept round may have in the folder of reports."""

KEPT = archive.KEPT + archive.KEPT_ILL
"""Rounds whose reports may be kept."""


def main(arguments: Sequence[str]) -> int:
    """Soak; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30.0, metavar="N", help="how long (default: 30)")
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="S", help="seconds from round to round (default: 5)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the faults (default: 1)")
    parser.add_argument("--probes", default="", metavar="EXPRESSION", help="which, as for pytest -k (default: all)")
    asked = parser.parse_args(arguments)
    rounds = max(6, min(9999, int(asked.minutes * 60 / asked.every)))
    with (
        tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder,
        sandbox.start() as box,
        receiver() as (address, told),
    ):
        soak = Soak(Path(folder), box, address, random.Random(asked.seed))  # noqa: S311 - it draws faults, no secrets
        parts = soak.perform(rounds, asked.every, asked.probes)
    print(f"{rounds} rounds, {asked.every:g} s apart, seed {asked.seed}; alerts received: {len(told)}\n")
    print("\n".join(table(parts)))
    grown = growth(parts)
    if not told:
        grown.append("no alert came: the faults were not told of")
    print("\n" + ("\n".join(f"GROWS: {line}" for line in grown) or "nothing grows that must not"))
    return int(bool(grown))


class Soak:
    """One long run of rounds, looked at from outside."""

    def __init__(self, folder: Path, box: Sandbox, address: str, chance: random.Random) -> None:
        self._folder, self._box, self._chance = folder, box, chance
        self._history = folder / "history.sqlite"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTH0_")}
        self._environment = kept | box.environment | {
            "AUTH0_TENANTS": "prod",
            "AUTH0_MEMORY": str(folder / "memory.sqlite"),
            "AUTH0_REFUSALS_EVERY": "0",
            "AUTH0_CONFIRM": "2",
            "AUTH0_ISSUES": "none",
            "AUTH0_NOTIFY": address,
        }  # fmt: skip

    def perform(self, rounds: int, every: float, probes: str) -> list[Part]:
        """So many rounds; what was seen in each third of the time."""
        where = ("--history", str(self._history), "--reports", str(self._folder / "reports"), "--tell")
        command = [
            sys.executable, "-m", "monitor.rounds", "--rounds", str(rounds), "--every", str(every), "--limit", "60",
            *where, "--probes", probes, "--", "-p", "no:cacheprovider",
        ]  # fmt: skip
        parts: list[Part] = []
        with (
            (self._folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log) as process,
        ):
            try:
                for third in range(1, len(PARTS) + 1):
                    samples = list(self._looks(process, rounds * third // len(PARTS)))
                    self._page()
                    parts.append(self._part(samples, len(parts) and sum(part.runs for part in parts)))
                with suppress(subprocess.TimeoutExpired):  # the last round is recorded, and its alerts are on their way
                    process.wait(60)
            finally:
                process.terminate()
        return parts

    def _looks(self, process: subprocess.Popen[bytes], until: int) -> Iterator[Sample]:
        """Looks until so many rounds have been recorded; the tenant falls ill and recovers meanwhile."""
        waiting = threading.Event()
        done, change, quiet = self._runs(), 0, time.monotonic()
        while done < until and process.poll() is None:
            if done >= change:
                change = done + self._chance.randint(3, 6)
                self._box.suffer([self._chance.choice(FAULTS)] if self._chance.random() < 0.5 else [])
            with suppress(FileNotFoundError, ProcessLookupError):
                yield look(process.pid)
            waiting.wait(LOOK)
            before, done = done, self._runs()
            quiet = time.monotonic() if done > before else quiet
            if time.monotonic() - quiet > 180:
                raise SystemExit(f"no round came for three minutes; the last words: {self._log()}")
        if done < until:
            raise SystemExit(f"the rounds ended after {done} of {until}; the last words: {self._log()}")

    def _runs(self) -> int:
        return _known(self._history) if self._history.exists() else 0

    def _log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def _page(self) -> None:
        command = [
            sys.executable, "-m", "monitor.site", "--history", str(self._history),
            "--reports", str(self._folder / "reports"), "--site", str(self._folder / "site"),
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, env=self._environment, check=True, capture_output=True, timeout=120)

    def _part(self, samples: list[Sample], before: int) -> Part:
        known = history.read(self._history)
        count = known.count - before
        seconds = [run.seconds for run in known.runs(last=count) if run.seconds is not None]
        own = [sample for sample in samples if sample.memory]
        return Part(
            memory=statistics.median(sample.memory for sample in own),
            descriptors=statistics.median(sample.descriptors for sample in own),
            threads=statistics.median(sample.threads for sample in own),
            round_memory=max(sample.round_memory for sample in own),
            seconds=statistics.median(seconds),
            runs=count,
            history=size(self._history),
            memory_file=size(self._folder / "memory.sqlite"),
            reports=size(self._folder / "reports"),
            folders=len(list((self._folder / "reports/rounds").iterdir())),
            site=size(self._folder / "site"),
        )


def _known(file: Path) -> int:
    try:
        return history.read(file).count
    except (history.Unusable, OSError):
        return 0  # it is being written


def look(pid: int) -> Sample:
    """The process of this number, and the greatest of those that it has begun."""
    status = fields(Path(f"/proc/{pid}/status"))
    begun = [size_of(int(child)) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return Sample(
        int(status["VmRSS"].split()[0]) / 1024,
        len(list(Path(f"/proc/{pid}/fd").iterdir())),
        int(status["Threads"]),
        max(begun, default=0.0),
    )


def size_of(pid: int) -> float:
    """MiB that this process had at most so far; 0 where it has ended meanwhile."""
    with suppress(OSError, KeyError):
        return int(fields(Path(f"/proc/{pid}/status"))["VmHWM"].split()[0]) / 1024
    return 0.0


def fields(file: Path) -> dict[str, str]:
    """What the kernel tells of a process."""
    return dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; of what is not there 0."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    total = 0
    for each in files:
        with suppress(FileNotFoundError):
            total += each.stat().st_size
    return total


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """A web hook on loopback: the address for AUTH0_NOTIFY, and what it was told."""
    told: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            told.append(self.rfile.read(length).decode("utf-8", "replace"))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: a soak has a table of its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_address[1]}/soak", told
    finally:
        server.shutdown()
        server.server_close()


def table(parts: Sequence[Part]) -> Iterator[str]:
    """The parts side by side, in Markdown."""
    rows = {
        "rounds": [str(part.runs) for part in parts],
        "seconds a round, median": [f"{part.seconds:.2f}" for part in parts],
        "memory of the process that begins them, MiB": [f"{part.memory:.1f}" for part in parts],
        "its descriptors": [f"{part.descriptors:g}" for part in parts],
        "its threads": [f"{part.threads:g}" for part in parts],
        "memory of a round, or of what follows it, at most, MiB": [f"{part.round_memory:.0f}" for part in parts],
        "history, kB": [f"{part.history / 1000:.0f}" for part in parts],
        "memory between runs, kB": [f"{part.memory_file / 1000:.0f}" for part in parts],
        "reports, MB": [f"{part.reports / 1e6:.1f}" for part in parts],
        "rounds whose reports are kept": [str(part.folders) for part in parts],
        "page, kB": [f"{part.site / 1000:.0f}" for part in parts],
    }
    yield f"| | {' | '.join(PARTS)} |"
    yield f"| --- |{' ---: |' * len(PARTS)}"
    for name, values in rows.items():
        yield f"| {name} | {' | '.join(values)} |"


def growth(parts: Sequence[Part]) -> list[str]:
    """What grows from the middle to the end that must not; nothing where all is well."""
    middle, end = parts[-2:]
    grown = []
    for bound in BOUNDS:
        before, after = float(getattr(middle, bound.name)), float(getattr(end, bound.name))
        if after > before * bound.times + bound.more:
            grown.append(f"{bound.name}: {before:,.1f} in the middle, {after:,.1f} at the end")
    if end.history - middle.history > A_RUN * end.runs:
        grown.append(f"history: {(end.history - middle.history) / end.runs:,.0f} bytes with every run")
    if end.reports > A_FOLDER * (end.folders + 1):
        grown.append(f"reports: {end.reports:,} bytes in {end.folders} rounds")
    if end.folders > KEPT:
        grown.append(f"reports: {end.folders} rounds are kept, where {KEPT} may be")
    return grown


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
