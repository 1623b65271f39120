"""The suite against the floor, against itself with many tenants, and a year of its runs: python -m benchmarks."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import history, peers, site
from monitor.reports import REPORTS

ROOT = Path(__file__).parent.parent
DELAYS = (0.0, 0.05, 0.2)
PEERS_DELAY = 0.2
RUNS = (*(("pinned", delay) for delay in DELAYS), ("whole", DELAYS[-1]))
"""What is asked, and what the sandbox waits before each answer, in seconds."""

SINCE = ("horizon", "redirects")
SUITE = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
WHOLE = list(SUITE)
"""The sandbox's default run, with all that it has by now."""

SUITE += [f"--ignore=tests_synthetic/test_{kind}.py" for kind in SINCE]
PINNED = {
    "AUTH0_FLOWS": "oauth-ro,password,password-realm,client-credentials,refresh",
    "AUTH0_DEPENDENCIES": "aws,azure-ad,facebook,github,google-workspace,sendgrid,twilio",
}
"""What is asked, so that flows and services that come do not move what is measured; nor do the kinds of probes that
came since, which SUITE leaves out."""

UNTOLD = "GET /status/auth0-uptime/"
"""What the suite asks for, and no verdict tells: the uptime report."""

ONLY_OURS = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_PLUGINS": "xdist.plugin,pytest_html.plugin,pytest_metadata.plugin",
}
"""The plugins that `make probe` has: the environment for development has more, which start with every pytest."""


@dataclass(frozen=True)
class Cost:
    """What a process cost: seconds by the clock and of the processor, and its greatest size in MiB."""

    wall: float
    processor: float
    memory: float


@contextlib.contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """This commit in a folder of its own, which goes again. Ends where there is no such commit, or no git."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "before"
        try:
            made = subprocess.run(
                ["git", "worktree", "add", "--quiet", "--detach", str(place), commit],  # noqa: S607 -- the user's own
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise SystemExit(f"--against needs git ({error.strerror})") from None
        if made.returncode:
            raise SystemExit(f"--against {commit}: {made.stderr.strip()}")
        try:
            yield place
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(place)], cwd=ROOT, check=False)  # noqa: S607


@contextlib.contextmanager
def sandbox(delay: float, pinned: Mapping[str, str] = PINNED) -> Iterator[dict[str, str]]:
    """A sandbox in a process of its own; the environment for using it, with these variables instead of its own."""
    command = [sys.executable, "-m", "sandbox", "--delay", str(delay)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "PYTHONDONT"))}
        try:
            yield kept | ONLY_OURS | dict(shlex.split(line)[0].split("=", 1) for line in lines) | dict(pinned)
        finally:
            process.terminate()


def cost(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> tuple[Cost, str]:
    """Run this in this folder, and see what it cost; its children are counted in, each process' size by itself."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), text


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(each, name) for each in costs) for name in ("wall", "processor", "memory")))


def attempts(reports: Path) -> list[dict[str, Any]]:
    """Each attempt of this run once, however many verdicts rest on it."""
    document = json.loads((reports / "results.json").read_text())
    if document["schema"] == 1:  # of a commit before, in which each verdict has its own
        several = (each for verdict in document["verdicts"] for each in verdict["attempts"])
        return list({(each["started"], each["url"]): each for each in several}.values())
    found: list[dict[str, Any]] = document["attempts"]
    return found


def told(reports: Path) -> Counter[tuple[str, int]]:
    """With which status each request of the suite was answered, by its method and path."""
    return Counter((f"{each['method']} {urlsplit(each['url']).path}", each["status"]) for each in attempts(reports))


def compare(floor: str, suite: Counter[tuple[str, int]]) -> None:
    """End where the floor was not answered as the suite was: it would be another floor than that of these requests."""
    answered = Counter((what, status) for what, status in json.loads(floor) if what != UNTOLD)
    if answered != suite:
        differing = [f"floor only: {dict(answered - suite)}", f"suite only: {dict(suite - answered)}"]
        raise SystemExit(f"the floor is not answered as the suite is; {'; '.join(differing)}")


def errors(reports: Path, delay: float) -> tuple[int, float, float]:
    """How many requests were made, and by how many ms their wait and their total differ from the delay (median)."""
    seen = attempts(reports)
    waits = [each["phases"]["wait"] - delay for each in seen]
    totals = [each["seconds"] - delay for each in seen]
    return len(seen), statistics.median(waits) * 1000, statistics.median(totals) * 1000


def ratio(one: float, other: float) -> str:
    """How many times the other this is: ``2.10 ×``; a dash where there is no other."""
    return f"{one / other:.2f} ×" if other else "–"


def paired(ours: list[Cost], others: list[Cost], name: str) -> float:
    """The median of the ratios of what was measured one after the other: what a busy machine distorts least."""
    pairs = zip(ours, others, strict=True)
    return float(statistics.median(getattr(one, name) / max(getattr(other, name), 1e-9) for one, other in pairs))


def one_tenant(rounds: int, before: Path | None) -> None:
    print(f"One tenant, median of {rounds}; the floor is a bare asyncio client that makes the same requests\n")
    print(
        "| what | delay ms | requests | floor s | suite s | ratio | floor cpu s | cpu s | MiB "
        "| wait off ms | total off ms |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    against = []
    for what, delay in RUNS:
        suite_of, variables_of, told_to_floor = (
            (WHOLE, {}, {"FLOOR_WHOLE": "1"}) if what == "whole" else (SUITE, PINNED, {})
        )
        with sandbox(delay, variables_of) as environment, tempfile.TemporaryDirectory() as folder:
            variables = environment | {"AUTH0_REFUSALS_EVERY": "0"}
            floors, suites, earlier, off, asked = [], [], [], [], "[]"
            for number in range(rounds):
                variables["AUTH0_MEMORY"] = str(Path(folder) / f"memory-{number}.sqlite")  # else pages say 304
                floor, asked = cost([sys.executable, "-m", "benchmarks.floor"], environment | told_to_floor)
                floors.append(floor)
                suites.append(cost([*suite_of, f"--reports={folder}"], variables)[0])
                off.append(errors(Path(folder), delay))
                compare(asked, told(Path(folder)))
                if before:
                    variables["AUTH0_MEMORY"] = str(Path(folder) / f"before-{number}.sqlite")
                    earlier.append(cost([*suite_of, f"--reports={folder}/before"], variables, before)[0])
            floor, suite = median(floors), median(suites)
            wait, total = (statistics.median(each[at] for each in off) for at in (1, 2))
            print(
                f"| {what} | {delay * 1000:.0f} | {len(json.loads(asked))} "
                f"| {floor.wall:.2f} | {suite.wall:.2f} | {paired(suites, floors, 'wall'):.2f} "
                f"| {floor.processor:.2f} | {suite.processor:.2f} | {suite.memory:.0f} | {wait:.1f} | {total:.1f} |"
            )
            if before:
                against.append((what, delay, suites, earlier))
    if before:
        print("\n| what | delay ms | before s | before cpu s | wall | processor | memory |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for what, delay, suites, earlier in against:
        was = median(earlier)
        ratios = " | ".join(f"{paired(suites, earlier, name):.2f} ×" for name in ("wall", "processor", "memory"))
        print(f"| {what} | {delay * 1000:.0f} | {was.wall:.2f} | {was.processor:.2f} | {ratios} |")


def start_up(rounds: int) -> None:
    with sandbox(0) as environment:
        collect = median([cost([*SUITE, "--collect-only"], environment)[0] for _ in range(rounds)])
        bare = {name: value for name, value in environment.items() if not name.startswith("AUTH0_")}
        nothing = median([cost([*SUITE, "--version"], bare)[0] for _ in range(rounds)])
    print(f"\nStart-up (collect only): {collect.wall:.2f} s, {collect.processor:.2f} s of the processor", end="")
    print(f" (pytest --version alone: {nothing.wall:.2f} s)")


def many_tenants(tenants: int, before: Path | None) -> None:
    """A tenth of the tenants, and all of them, in one process, in two of ours, in two of xdist's, and as before."""
    print(
        f"\n{tenants} tenants in one run, same sandbox; a ratio is to all of them {'before' if before else 'alone'}\n"
    )
    files = [each.name for each in REPORTS if not each.is_folder]
    print(f"| how | probes | wall s | ratio | cpu s | ratio | MiB | {' | '.join(files)} |")
    print(f"| --- | ---: | ---: | ---: | ---: | ---: | ---: |{' ---: |' * len(files)}")
    rows: list[tuple[int, list[str], Path]] = [(tenants, [], before)] if before else []
    rows += [(tenants, [], ROOT), (tenants, ["--processes=2"], ROOT), (tenants, ["-n", "2"], ROOT)]
    first: Cost | None = None
    spent_by: dict[int, Cost] = {}
    for count, how, where in [*rows, (tenants // 10, [], ROOT)]:
        with sandbox(0) as environment, tempfile.TemporaryDirectory() as folder:
            names = ",".join(f"tenant-{number:03}" for number in range(count))
            variables = environment | {"AUTH0_TENANTS": names, "AUTH0_REFUSALS_EVERY": "0"}
            spent, _ = cost([*SUITE, f"--reports={folder}", *how], variables, where)
            first = first or spent
            sizes = [(Path(folder) / name).stat().st_size / 2**20 for name in files]
            probes = len(re.findall(r'"probe":', (Path(folder) / "results.json").read_text()))
            room = " | ".join(f"{size:.1f} MiB" for size in sizes)
            called = " ".join([f"{count} tenants", *(["before"] if where != ROOT else how)])
            print(
                f"| {called} | {probes} | {spent.wall:.1f} | {ratio(spent.wall, first.wall)} "
                f"| {spent.processor:.1f} | {ratio(spent.processor, first.processor)} | {spent.memory:.0f} | {room} |"
            )
            if where == ROOT and not how:
                spent_by[count] = spent
    print(f"\nA further tenant: {further(spent_by)}")


def layers(tenants: int) -> None:
    """Where the processor time of so many tenants goes, by a plugin in the run itself."""
    with sandbox(0) as environment, tempfile.TemporaryDirectory() as folder:
        names = ",".join(f"tenant-{number:03}" for number in range(tenants))
        variables = environment | {"AUTH0_TENANTS": names, "AUTH0_REFUSALS_EVERY": "0"}
        _, said = cost([*SUITE, f"--reports={folder}", "-p", "benchmarks.layers"], variables)
    print(f"\n{tenants} tenants, by thread time\n")
    print("\n".join(line for line in said.splitlines() if line.startswith("| ")))


def further(spent: Mapping[int, Cost]) -> str:
    """What one tenant more costs, by the difference between a few and many."""
    (few, less), (many, more) = sorted(spent.items())
    one = 1 / (many - few)
    return (
        f"{(more.processor - less.processor) * one:.3f} s of the processor, {(more.memory - less.memory) * one:.2f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often one tenant is measured; 0 leaves it out")
    parser.add_argument("--tenants", type=int, default=300, help="tenants of the large run; 0 leaves it out")
    parser.add_argument("--days", type=int, default=365, help="days of the generated history; 0 leaves it out")
    parser.add_argument("--against", metavar="COMMIT", help="measure this commit in the same run, and print the ratios")
    parser.add_argument("--peers", action="store_true", help="and other tools, where they are installed")
    parser.add_argument(
        "--layers", type=int, default=0, metavar="TENANTS", help="where the time of so many tenants goes"
    )
    asked = parser.parse_args()
    with worktree(asked.against) if asked.against else contextlib.nullcontext() as before:
        if asked.rounds:
            one_tenant(asked.rounds, before)
            start_up(asked.rounds)
        if asked.peers:
            with sandbox(PEERS_DELAY) as environment:
                peers.measure(environment, max(asked.rounds, 1), cost)
        if asked.tenants:
            many_tenants(asked.tenants, before)
        if asked.layers:
            layers(asked.layers)
    if asked.days:
        history.measure(asked.days, site.measure)


if __name__ == "__main__":
    main()
