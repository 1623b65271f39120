"""A full disk, a read-only folder, a kill in the middle of writing: nothing is half there, and nothing is of old."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sandbox
from monitor.reports import EARLIER, EVIDENCE, REPORTS
from sandbox.box import Sandbox
from tests.runs import bad_luck
from tests.runs.conftest import Run
from tests.suite import PROBES, SERVICES, Performance

ALL = PROBES + SERVICES
NAMES = tuple(each.name for each in REPORTS if not each.is_folder)
OLD = "of an earlier run"


def earlier(folder: Path) -> Path:
    """A folder with the reports of an earlier run."""
    (folder / EVIDENCE.name / "login").mkdir(parents=True)
    (folder / EVIDENCE.name / "login" / "about.txt").write_text(OLD)
    for name in NAMES:
        (folder / name).write_text(OLD)
    return folder


def is_old(folder: Path) -> list[str]:
    """What passes for this run's and is not; the evidence of an earlier one may stay, where it says that it is such."""
    marked = folder / EVIDENCE.name / EARLIER
    files = (each for each in folder.rglob("*") if each.is_file() and not (marked.exists() and _within(each, marked)))
    return [str(each) for each in files if OLD in each.read_text(errors="replace")]


def _within(file: Path, marked: Path) -> bool:
    return marked.parent in file.parents


def hidden(folder: Path) -> list[str]:
    """What was left beside the reports."""
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


def limited(kibibytes: int) -> Sequence[str]:
    """By this command no file can be larger. What measures coverage could not write its own."""
    quiet = ("env", "-u", "COVERAGE_PROCESS_START", "-u", "COVERAGE_PROCESS_CONFIG")
    return (*quiet, "bash", "-c", f'ulimit -f {kibibytes}; exec "$@"', "bash")


Mounted = Callable[[str, str], Sequence[str]]


@pytest.fixture
def mounted(tmp_path: Path) -> Mounted:
    """By the command that this makes, a disk of its own is mounted for one process: of a size, then as it is told."""
    place = tmp_path / "disk"
    place.mkdir()

    def command(size: str, then: str) -> Sequence[str]:
        where = shlex.quote(str(place))
        script = f'mount -t tmpfs -o size={size} none {where} && cd {where} && {then} && cd - >/dev/null && "$@"'
        kept = f"; code=$?; cp -a {where} {where}.kept; exit $code"
        return ("unshare", "--mount", "bash", "-c", script + kept, "bash")

    tried = subprocess.run([*command("8k", "true"), "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no disk can be mounted here: {tried.stderr.strip() or 'unshare failed'}")
    subprocess.run(["rm", "-rf", f"{place}.kept"], check=True)  # noqa: S607
    return command


def problems(performance: Performance) -> str:
    """What the last screen says of reports, in one line."""
    screen = performance.output[performance.output.index("PROBLEM") :]
    return " ".join(screen.split())


def test_report_that_is_too_large_is_named_and_the_older_one_removed(healthy: Sandbox, tmp_path: Path) -> None:
    reports = earlier(tmp_path / "reports")
    performance = Run(healthy, tmp_path, reports=reports, within=limited(40))("-k", "test_health")

    assert performance.code == 1, performance.output
    assert "Traceback" not in performance.output
    cure = "report.html was not written (File too large): raise the limit of a file's size (ulimit -f)"
    assert cure in problems(performance)
    assert {each.name for each in reports.iterdir()} == {*NAMES, EVIDENCE.name} - {"report.html"}
    assert is_old(reports) == []
    assert performance.run["counts"]["up"] == 2


def test_report_that_has_no_room_at_the_end_says_that_the_run_has_not_ended(healthy: Sandbox, tmp_path: Path) -> None:
    reports = earlier(tmp_path / "reports")
    performance = Run(healthy, tmp_path, reports=reports, within=limited(100))()

    assert performance.code == 1, performance.output
    assert "results.json was not written (File too large)" in problems(performance)
    assert performance.run["ended"] == "running"
    assert performance.run["counts"]["unknown"] == ALL
    assert is_old(reports) == hidden(reports) == []
    properties = ET.parse(reports / "junit.xml").iter("property")  # noqa: S314 -- we wrote it
    assert {each.get("value") for each in properties if each.get("name") == "ended"} == {"finished"}


@pytest.mark.parametrize("size", ["8k", "300k"])
def test_disk_that_is_full_leaves_nothing_half_written(tmp_path: Path, mounted: Mounted, size: str) -> None:
    place = tmp_path / "disk"
    with sandbox.start(["node-ill"]) as box:
        performance = Run(box, tmp_path, reports=place, within=mounted(size, "true"))()

    kept = Path(f"{place}.kept")
    assert performance.code == 1, performance.output
    assert "Traceback" not in performance.output
    assert "was not written (No space left on device): free some space on its disk" in problems(performance)
    assert hidden(kept) == []
    for file in kept.glob("results.json"):
        assert len(json.loads(file.read_text())["verdicts"]) == ALL
    for file in kept.glob("junit.xml"):
        assert len(list(ET.parse(file).iter("testcase"))) == ALL  # noqa: S314 -- we wrote it
    for folder in (kept / "evidence").glob("*"):
        assert {each.name for each in folder.iterdir()} == {"attempts.har", "curl.sh", "about.txt"}


def test_folder_that_is_read_only_is_named_with_what_stands_in_it(
    healthy: Sandbox, tmp_path: Path, mounted: Mounted
) -> None:
    place = tmp_path / "disk"
    within = mounted("1m", f"echo {OLD} > results.json && mount -o remount,ro {shlex.quote(str(place))}")
    performance = Run(healthy, tmp_path, reports=place, within=within)("-k", "test_health")

    assert performance.code == 1, performance.output
    assert "Traceback" not in performance.output
    told = problems(performance)
    assert told.count("Read-only file system): name a folder that can be written to with --reports") == len(NAMES)
    assert "What has that name is not of this run, and cannot be removed" in told
    assert "2 passed" in performance.output


@pytest.mark.parametrize("moment", ["results.json.@2", "report.html.@4", "about.txt@1"])
def test_kill_while_a_report_is_written_leaves_whole_ones_and_the_next_run_what_it_left(
    healthy: Sandbox, tmp_path: Path, moment: str
) -> None:
    reports = earlier(tmp_path / "reports")
    chosen = ("-k", "node_says_ok or test_health")
    with sandbox.start(["node-ill"]) as box:
        performance = Run(box, tmp_path, reports=reports)(
            *("-p", "tests.runs.bad_luck"), *chosen, **{bad_luck.KILLED_AT: moment}
        )
    assert performance.code == -signal.SIGKILL, performance.output
    assert hidden(reports) != []
    if moment == "results.json.@2":
        assert len(is_old(reports)) == len(NAMES) + 1  # nothing was asked yet
    else:
        assert is_old(reports) == []
        assert performance.run["ended"] in ("running", "finished")
        assert len(performance.document["verdicts"]) == 4
        ET.parse(reports / "junit.xml")  # noqa: S314 -- we wrote it

    assert Run(healthy, tmp_path, reports=reports)(*chosen).code == 0
    assert {each.name for each in reports.iterdir()} == {*NAMES, EVIDENCE.name}
    assert is_old(reports) == []


MEMORY = {
    "corrupt": ("4m", "head -c 9999 /dev/urandom > memory.sqlite"),
    "on-a-full-disk": ("8k", "head -c 8192 /dev/zero > full; true"),
    "read-only": ("4m", "mount -o remount,ro $PWD"),
}


@pytest.mark.parametrize("broken", MEMORY)
def test_memory_that_cannot_be_used_costs_the_refusals_and_nothing_else(
    healthy: Sandbox, tmp_path: Path, mounted: Mounted, broken: str
) -> None:
    memory = tmp_path / "disk" / "memory.sqlite"
    performance = Run(healthy, tmp_path, within=mounted(*MEMORY[broken]))(
        *("-k", "refusal or refused or service"), AUTH0_MEMORY=str(memory), AUTH0_REFUSALS_EVERY="3600"
    )

    assert performance.code == 1, performance.output
    unknown = [each for each in performance.document["verdicts"] if each["status"] == "unknown"]
    assert Counter(each["kind"] for each in unknown) == {"refusals": 3, "rotation": 1}
    reasons = [each["reason"] for each in unknown]
    assert all(str(memory) in each and "let AUTH0_MEMORY name a file" in each for each in reasons)
    assert performance.run["counts"] == {"up": 12, "degraded": 0, "down": 0, "unknown": 4, "skipped": 1}


def test_processes_are_told_apart_by_whether_they_live(tmp_path: Path) -> None:
    from monitor import files

    dead = subprocess.Popen(["true"])  # noqa: S607
    dead.wait()
    gone = [tmp_path / f".{name}.{dead.pid}.partial" for name in ("junit.xml", "evidence")]
    gone += [tmp_path / f".evidence.{os.getpid()}.before"]
    stay = [tmp_path / f".junit.xml.{os.getppid()}.partial", tmp_path / ".junit.xml.mine.partial", tmp_path / ".other"]
    for each in (*gone, *stay):
        each.mkdir() if "evidence" in each.name else each.write_text("half")
    files.sweep(tmp_path, [each.name for each in REPORTS])

    assert set(tmp_path.iterdir()) == set(stay)
