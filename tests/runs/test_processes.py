"""--processes N: the tenants are shared out over processes of one machine, and what is told is one run."""

from __future__ import annotations

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sandbox
from monitor import results
from monitor.status import Status
from sandbox.box import Sandbox
from tests.canaries import leaks
from tests.runs import bad_luck
from tests.runs.conftest import Run
from tests.runs.test_bad_disks import earlier, hidden, is_old
from tests.runs.test_broken_off import DEADLINE, wait_until_empty
from tests.runs.test_secrets import BREAKING, LOUD
from tests.runs.test_shards import cases, rows, told
from tests.suite import FILES, ROOT, Performance, command, configured, environment

TENANTS = ("prod", "staging", "eu")
"""Of two processes the first asks the first and the last of them."""

MANY = {"AUTH0_TENANTS": ",".join(TENANTS), "AUTH0_FLOWS": "password-realm,refresh", "AUTH0_BUDGET": "6"}
"""By flows of which no limit makes logins take turns: for that they would be asked by one process, with one domain."""

FEW = ("-k", "discovery or test_login_hands or expected_claims or incident")


@pytest.fixture(scope="module")
def ill() -> Iterator[Sandbox]:
    with sandbox.start(["custom-database-down", "claim-missing"]) as running:
        yield running


@pytest.fixture(scope="module")
def slow() -> Iterator[Sandbox]:
    with sandbox.start(delay=0.2) as running:
        yield running


def summary(performance: Performance) -> str:
    """The line with which pytest ends, without the time."""
    counted = re.search(r"^=+ (.*) in [0-9.]+s", performance.output, re.MULTILINE)
    return counted[1] if counted else ""


def last_screen(performance: Performance) -> str:
    """What follows it on what is ill, without times and the ids of requests."""
    screen = performance.output.partition(f"{summary(performance)} in ")[2].partition("\n")[2]
    words = " ".join(screen.partition("\nup ")[0].split())
    return re.sub(r"[0-9.]+ s\b|requestid \S+|cf-ray \S+|at 20\S+", "", words)


def test_processes_find_and_tell_what_one_does(ill: Sandbox, tmp_path: Path) -> None:
    run = Run(ill, tmp_path)
    alone = run(*FEW, **MANY)
    shared = run(*FEW, "--processes", "2", "-rA", "--junitxml", str(tmp_path / "own.xml"), **MANY)

    assert "2 processes, with 2 and 1 tenants" in shared.output
    assert told(shared.document) == told(alone.document)
    assert cases(shared.reports) == cases(alone.reports)
    assert rows(shared.reports) == rows(alone.reports) != []
    assert {each.name for each in shared.reports.iterdir()} == {*FILES, "evidence"}
    assert last_screen(shared) == last_screen(alone) != ""
    assert summary(shared) == summary(alone) != ""
    own = ET.parse(tmp_path / "own.xml").iter("testcase")  # noqa: S314 -- pytest wrote it
    assert len(list(own)) == len(alone.document["verdicts"])
    assert leaks(shared, ill) == []
    assert shared.code == alone.code == 1


def test_part_of_several_machines_is_shared_out_over_processes_too(ill: Sandbox, tmp_path: Path) -> None:
    run, many = Run(ill, tmp_path), MANY | {"AUTH0_TENANTS": "prod,staging,eu,us,dev,lab"}
    alone = run("--shard", "1/2", *FEW, **many)
    shared = run("--shard", "1/2", *FEW, "--processes", "2", **many)

    assert 1 < len(alone.run["tenants"]) < len(many["AUTH0_TENANTS"].split(","))
    assert "2 processes, with " in shared.output
    assert told(shared.document) == told(alone.document)
    assert shared.run["shard"] == alone.run["shard"]
    assert rows(shared.reports) == rows(alone.reports) != []
    assert last_screen(shared) == last_screen(alone) != ""
    assert shared.code == alone.code == 1


def test_each_logs_in_once_and_each_page_is_read_once(tmp_path: Path) -> None:
    with sandbox.start() as box:
        performance = Run(box, tmp_path)("--processes", "2", **MANY)

        assert performance.code == 0, performance.output
        asked = Counter(each.kind for each in box.asked if each.target not in ("pages", "identity-provider"))
        read = Counter(each.kind for each in box.asked if each.target == "pages")
    connections, strangers = 2, 2
    assert asked["login"] == (connections + strangers) * len(TENANTS)
    assert {
        kind: count for kind, count in read.items() if kind in ("aws", "azure-ad", "github", "twilio")
    } == dict.fromkeys(("aws", "azure-ad", "github", "twilio"), 1)


def test_x_stops_all_of_them_and_last_failed_runs_just_those(ill: Sandbox, tmp_path: Path) -> None:
    cache = ("-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}")
    run = Run(ill, tmp_path)
    named = "tests_synthetic/test_login.py::test_login_hands_out_tokens[eu:password-realm:custom-users]"
    first = run(*FEW, "-x", "--processes", "2", **MANY)
    alone = run(named, "--processes", "2", *cache, **MANY)
    again = run("--lf", "--processes", "2", *cache, **MANY)

    statuses = Counter(each["status"] for each in first.document["verdicts"])
    unjudged = {each["reason"] for each in first.document["verdicts"] if each["status"] == "unknown"}
    assert (statuses["down"], first.code) == (1, 1), first.output
    assert unjudged == {"not judged: stopping after 1 failures"}
    assert [each["id"] for each in alone.document["verdicts"]] == [named]
    assert [each["id"] for each in again.document["verdicts"]] == [named]
    assert (alone.code, again.code) == (1, 1)


UNLUCKY = ("--processes", "2", "-p", "tests.runs.bad_luck")


def strike(box: Sandbox, tmp_path: Path, whom: str, number: signal.Signals) -> tuple[int, str, Path]:
    """A run one of whose processes gets a signal: its exit status, what it printed, its reports; no process is left."""
    reports = earlier(tmp_path / "reports")
    luck = {bad_luck.SIGNAL: str(int(number)), bad_luck.STRIKES: f"{whom} staging"}
    with subprocess.Popen(
        command(f"--reports={reports}", *UNLUCKY),
        cwd=ROOT,
        env=environment(**configured(box, tmp_path, **MANY), **luck),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        output = process.communicate(timeout=DEADLINE)[0].decode(errors="replace")
    wait_until_empty(process.pid, output)
    assert is_old(reports) == hidden(reports) == [], output
    assert "Traceback" not in output, output
    return process.returncode, output, reports


def test_process_that_is_killed_costs_its_own_tenants_and_is_told(slow: Sandbox, tmp_path: Path) -> None:
    code, output, reports = strike(slow, tmp_path, "child", signal.SIGKILL)

    run = results.read(reports / "results.json")
    unjudged = Counter(each.tenant for each in run.verdicts if each.status == "unknown")
    judged = Counter(each.tenant for each in run.verdicts if each.status == "up")
    assert code == 1, output
    assert run.ended == "interrupted: process 2 of 2 was ended by SIGKILL"
    assert set(unjudged) - {"dependencies"} == {"staging"}
    assert judged["prod"] == judged["eu"] > 20
    assert all(
        "not judged: process 2 of 2 was ended by SIGKILL" in each.reason
        for each in run.verdicts
        if each.status == "unknown"
    )
    assert "process 2 of 2 was ended by SIGKILL" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_with_the_one_that_began_them_and_reports_are_left(
    slow: Sandbox, tmp_path: Path, number: signal.Signals
) -> None:
    code, output, reports = strike(slow, tmp_path, "parent", number)

    run = results.read(reports / "results.json")
    assert Counter(each.tenant for each in run.verdicts).keys() == {*TENANTS, "dependencies"}
    if number is signal.SIGTERM:
        assert (run.ended, code) == ("interrupted: SIGTERM", 2), output
        assert "not judged: SIGTERM" in {each.reason for each in run.verdicts}
    else:
        assert (run.ended, code, run.count(Status.UNKNOWN)) == ("running", -signal.SIGKILL, len(run.verdicts)), output


NO_PROBES = """
import warnings

def test_of_another_kind():
    warnings.warn("mind this")
    assert 1 + 1 == 3
"""


def test_what_is_no_probe_is_run_once_and_nothing_that_breaks_shows_a_secret(tmp_path: Path) -> None:
    probes = tmp_path / "suite" / "tests_synthetic"
    probes.mkdir(parents=True)
    (probes / "test_breaking.py").write_text(BREAKING)
    (probes / "test_no_probes.py").write_text(NO_PROBES)
    for name in ("monitor", "sandbox", "conftest.py", "pytest.ini"):
        (tmp_path / "suite" / name).symlink_to(ROOT / name)
    with sandbox.start() as box:
        run = Run(box, tmp_path, root=tmp_path / "suite")
        two = MANY | {"AUTH0_TENANTS": "prod,staging"}
        ran = run("--processes", "2", *LOUD, **two)
        (probes / "test_broken.py").write_text("import nothing_of_that_name")
        broken = run("--processes", "2", **two)

        probes_of_both = {"that_breaks": "down", "that_raises": "unknown"}
        assert {key[0]: each["status"] for key, each in ran.verdicts.items()} == probes_of_both, ran.output
        assert len(re.findall("^FAILED .*test_of_another_kind", ran.output, re.MULTILINE)) == 1
        assert ran.output.count("UserWarning: mind this") == 1
        assert "***" in ran.output
        assert leaks(ran, box) == []
    assert broken.code == 2
    assert broken.output.count("ERROR collecting") == broken.output.count("Interrupted: 1 error during") == 1, (
        broken.output
    )
    assert "no module named 'nothing_of_that_name'" in broken.output.lower()


REFUSED = {
    "no number": (("--processes", "0"), "--processes: '0' is no number of processes: write 1 to 64"),
    "workers as well": (("--processes", "2", "-n", "2"), "--processes and -n: give one of them"),
    "a test that is not there": (("--processes", "2", "tests_synthetic/test_health.py::test_nothing"), "not found: "),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_shared_out_is_a_usage_error(healthy: Sandbox, tmp_path: Path, why: str) -> None:
    arguments, said = REFUSED[why]
    performance = Run(healthy, tmp_path)(*arguments, **MANY)

    assert performance.code == 4
    assert performance.output.count(said) == 1, performance.output


def test_one_tenant_is_asked_by_one_process(healthy: Sandbox, tmp_path: Path) -> None:
    performance = Run(healthy, tmp_path)("--processes", "2", "-k", "discovery")

    assert performance.code == 0
    assert "--processes 2: so many are not needed; a tenant is asked by one process" in performance.output
    assert "collected" in performance.output
