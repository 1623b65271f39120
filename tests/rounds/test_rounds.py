"""Rounds, as a scheduler starts them: real processes, against a sandbox and against programs that misbehave."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from monitor import history, results
from monitor.reports import EARLIER
from monitor.rounds import all_rounds, archive, pace
from monitor.rounds.__main__ import Session
from monitor.rounds.pace import Plan, Round
from monitor.status import FAILING
from sandbox.box import Sandbox
from tests.forks import python
from tests.processes import ending
from tests.reports import runs
from tests.suite import ROOT, configured, environment
from tests.wire.servers import Server, answer, saying


@pytest.fixture(scope="module")
def healthy() -> Iterator[Sandbox]:
    with sandbox.start() as running:
        yield running


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "monitor.rounds", *arguments]


def performed(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        python(*command(*arguments)[1:]),
        cwd=ROOT,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=90,
        check=False,
    )


def test_rounds_are_recorded_and_the_newest_lies_where_everybody_looks(healthy: Sandbox, tmp_path: Path) -> None:
    file, reports = tmp_path / "history.sqlite", tmp_path / "reports"
    variables = configured(healthy, tmp_path, AUTH0_TENANTS="prod", AUTH0_DEPENDENCIES="none", AUTH0_SCOPE="")

    where = ("--reports", str(reports), "--history", str(file))
    ran = performed(variables, "--rounds", "2", "--every", "1.5", *where, "--probes", "discovery")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    folders = sorted((reports / "rounds").iterdir())
    assert [each.name[-2:] for each in folders] == ["-1", "-2"]
    assert (reports / "results.json").read_bytes() == (folders[1] / "results.json").read_bytes()
    started = [results.read(each / "results.json").started for each in folders]
    assert started[0] < started[1]
    assert len(history.read(file).runs(last=9)) == 2
    assert "round 1 of 2: exit status 0" in ran.stdout


def test_round_alone_is_written_where_it_is_asked_for_and_an_empty_variable_hides_nothing(
    healthy: Sandbox, tmp_path: Path
) -> None:
    variables = configured(healthy, tmp_path, AUTH0_DEPENDENCIES="none", AUTH0_AUDIENCE="", AUTH0_TIMEOUT="nonsense ")

    ran = performed(variables, "--reports", str(tmp_path / "r"), "--shard", "", "--", "-k", "discovery or profile")

    assert ran.returncode == 1
    assert (tmp_path / "r/results.json").exists()
    assert not (tmp_path / "r/rounds").exists()
    assert "AUTH0_TIMEOUT: not a number" in ran.stdout


def test_round_without_a_tenant_is_refused_and_never_asks_the_sandbox(tmp_path: Path) -> None:
    ran = performed({}, "--reports", str(tmp_path / "r"))

    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--live: no tenant is configured" in ran.stdout


def test_round_that_hung_takes_not_the_place_of_those_that_began_after_it(tmp_path: Path) -> None:
    session = Session(Plan(2, 0.0, 1.0, tmp_path), None, None)
    for number in (2, 1):
        folder = tmp_path / "rounds" / f"20261122T21000{number}Z-{number}"
        folder.mkdir(parents=True)
        run = runs.diagnosed(runs.verdict() if number == 2 else runs.down())
        results.write(folder / "results.json", run)
        session.take(Round(number, folder, 2 - number, "", "" if number == 2 else "it took longer, and was killed"))

    assert results.read(tmp_path / "results.json").status == "up"
    assert session.close(2) == 1
    told = (tmp_path / "junit-rounds.xml").read_text(encoding="utf-8")
    assert 'message="round 1 of 2: ' in told
    assert 'name="rounds" value="2"' in told


def test_round_that_left_nothing_is_an_error_in_the_file_of_all_rounds(tmp_path: Path) -> None:
    session = Session(Plan(2, 0.0, 1.0, tmp_path), None, None)
    for number in (1, 2):
        folder = tmp_path / "rounds" / f"20261122T21000{number}Z-{number}"
        folder.mkdir(parents=True)
        if number == 1:
            results.write(folder / "results.json", runs.diagnosed(runs.verdict()))
        session.take(Round(number, folder, 0, "", ""))
    session.close(2)
    told = (tmp_path / "junit-rounds.xml").read_text(encoding="utf-8")

    assert 'errors="1"' in told
    assert "round 2 left no results" in told


def test_rounds_that_go_on_for_days_fill_neither_the_memory_nor_the_disk(tmp_path: Path) -> None:
    """Of a round that is like those before nothing is kept twice, and what is told at the end is the same."""
    number_of_rounds, whole = archive.KEPT + 10, []
    session = Session(Plan(number_of_rounds, 0.0, 1.0, tmp_path), None, None)
    for number in range(1, number_of_rounds + 1):
        folder = tmp_path / "rounds" / f"20261122T{210000 + number:06}Z-{number}"
        folder.mkdir(parents=True)
        well = [runs.verdict(probe=f"probe_{each}", attempts=[runs.attempt()]) for each in range(30)]
        run = runs.diagnosed(*well[1:], runs.down(probe="probe_0") if number % 7 == 0 else well[0])
        whole.append(run)
        results.write(folder / "results.json", run)
        session.take(Round(number, folder, int(number % 7 == 0), "", ""))
        assert len(list((tmp_path / "rounds").iterdir())) <= archive.KEPT + 1

    kept = [verdict for run in session.runs.values() for verdict in run.verdicts]
    assert len(kept) == 30 + number_of_rounds - 1
    assert sum(len(run.verdicts) > 1 for run in session.runs.values()) == 1
    session.close(number_of_rounds)
    (tmp_path / "whole").mkdir()
    all_rounds.write(tmp_path / "whole", whole, FAILING)
    assert (tmp_path / "junit-rounds.xml").read_text() == (tmp_path / "whole/junit-rounds.xml").read_text()


def test_drill_is_not_recorded(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"

    where = ("--reports", str(tmp_path), "--history", str(file))
    ran = performed({}, "--drill", "login-refused", *where, "--probes", "test_login")

    assert ran.returncode == 1
    assert "a drill is not recorded" in ran.stderr
    assert not file.exists()


@pytest.mark.parametrize("more", [(), ("--tell",)], ids=["recorded", "told"])
def test_round_of_a_shard_without_a_tenant_ends_with_0_as_in_pytest(
    healthy: Sandbox, tmp_path: Path, more: tuple[str, ...]
) -> None:
    file = tmp_path / "history.sqlite"
    where = ("--reports", str(tmp_path / "r"), "--history", str(file))

    ran = performed(configured(healthy, tmp_path, AUTH0_TENANTS="us"), "--shard", "3/3", *where, *more)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "shard 3/3 is not recorded: it has no tenant, and no probe ran" in ran.stderr
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rounds", "0"), "'0' is no number of rounds"),
        (("--every", "soon"), "'soon' is no number of seconds"),
        (("--limit", "0"), "give it some seconds"),
        (("--tell",), "--tell needs --history"),
        (("--site", "site"), "--site needs --tell"),
    ],
    ids=["rounds", "every", "limit", "tell", "site"],
)
def test_usage_is_told(arguments: tuple[str, ...], told: str) -> None:
    ran = performed({}, *arguments)

    assert ran.returncode == 2
    assert told in ran.stderr


def test_sigterm_ends_the_round_that_runs_with_its_reports_and_begins_no_other(tmp_path: Path) -> None:
    reports, file = tmp_path / "reports", tmp_path / "history.sqlite"
    with sandbox.start(delay=600) as silent:
        variables = configured(silent, tmp_path, AUTH0_TIMEOUT="600", AUTH0_CONNECT_TIMEOUT="600", AUTH0_TENANTS="prod")
        with (
            subprocess.Popen(
                command("--rounds", "3", "--reports", str(reports), "--history", str(file), "--probes", "discovery"),
                cwd=ROOT,
                env=environment(**variables),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as started,
            ending(started),
        ):
            until(lambda: any(reports.glob("rounds/*/results.json")), started)
            started.send_signal(signal.SIGTERM)
            output, _ = started.communicate(timeout=60)

    assert started.returncode == 2, output
    assert "1 of 3 rounds began: it was stopped" in output
    run = results.read(reports / "results.json")
    assert run.ended == "interrupted: SIGTERM"
    assert [each.started for each in history.read(file).runs(last=9)]


def until(fact: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)


STUBBORN = """
import os, pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {child.pid}")
child.wait()
"""


def test_round_that_hangs_is_ended_at_its_time_with_all_that_it_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "GRACE", 0.1)
    pids = tmp_path / "pids"
    ended: list[Round] = []

    def program(folder: Path) -> list[str]:
        hangs = folder.name.endswith("-1")
        return [sys.executable, "-c", STUBBORN, str(pids)] if hangs else [sys.executable, "-c", "print('well')"]

    asyncio.run(pace.perform(Plan(2, 0.0, 2.0, tmp_path), program, ended.append))

    assert [each.number for each in ended] == [2, 1]
    assert ended[0].output == "well\n"
    assert ended[1].stopped == "it took longer than 2 s, and was killed"
    assert ended[1].code == -signal.SIGKILL
    deadline = time.monotonic() + 30
    while alive(int(pids.read_text().split()[1])):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether this process is there, and no mere entry of one that was killed."""
    status = Path(f"/proc/{pid}/stat")
    if not status.parent.parent.joinpath("self").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_what_a_newer_round_does_not_have_is_taken_away(tmp_path: Path) -> None:
    ill, well = tmp_path / "rounds/1", tmp_path / "rounds/2"
    for folder in (ill, well):
        folder.mkdir(parents=True)
        results.write(folder / "results.json", runs.diagnosed(runs.down() if folder is ill else runs.verdict()))
    (ill / "evidence").mkdir()
    (ill / "evidence/x.har").touch()

    archive.newest(tmp_path, ill)
    assert (tmp_path / "evidence/x.har").exists()
    archive.newest(tmp_path, well)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["evidence", "results.json", "rounds"]
    assert (ill / "evidence/x.har").exists()
    assert (tmp_path / "evidence/x.har").exists(), "what failed last stays until something fails again"
    assert "that of 2 has none" in (tmp_path / "evidence" / EARLIER).read_text()
    archive.newest(tmp_path, ill)
    assert sorted(each.name for each in (tmp_path / "evidence").iterdir()) == ["x.har"]


def test_oldest_rounds_are_forgotten_evidence_last_and_nothing_else_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "KEPT", 1)
    monkeypatch.setattr(archive, "KEPT_ILL", 1)
    rounds = tmp_path / "rounds"
    for each in ("20261122T210000Z-1/evidence", "20261122T210100Z-2/evidence", "20261122T210200Z-3", "mine/evidence"):
        (rounds / each).mkdir(parents=True)
    (rounds / "20261122T210300Z-4").mkdir()

    archive.forget(tmp_path)

    assert sorted(each.name for each in rounds.iterdir()) == ["20261122T210100Z-2", "20261122T210300Z-4", "mine"]


def test_machine_of_ones_own_tells_makes_the_page_and_keeps_what_was_seen(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with sandbox.start(["custom-database-down"]) as ill, Server(saying(answer(200))) as pulse:
        variables = configured(ill, tmp_path, AUTH0_TENANTS="prod", AUTH0_DEPENDENCIES="none", AUTH0_CONFIRM="1")
        unset = {"AUTH0_NOTIFY": "$(AUTH0_NOTIFY)", "AUTH0_ISSUES": ""}  # as Azure Pipelines has it, and GitHub
        variables |= unset | {"AUTH0_HEARTBEAT_URL": f"http://127.0.0.1:{pulse.port}/{{status}}"}
        where = ("--history", str(state / "history.sqlite"), "--reports", str(state / "reports"))
        ran = performed(variables, *where, "--tell", "--site", str(state / "site"), "--probes", "test_login")

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "no channel is configured" in ran.stderr
    assert "no alert was due" not in ran.stdout
    (folder,) = (state / "reports/rounds").iterdir()
    assert (folder / "evidence").is_dir()
    assert (state / "reports/evidence").is_dir()
    assert "sent up" in ran.stdout
    assert (state / "site/index.html").exists()


def test_history_that_cannot_be_used_is_said_and_the_rounds_go_on(healthy: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    file.mkdir()
    variables = configured(healthy, tmp_path, AUTH0_DEPENDENCIES="none")

    where: tuple[Any, ...] = ("--reports", str(tmp_path / "r"), "--history", str(file))
    ran = performed(variables, *where, "--probes", "discovery")

    assert ran.returncode == 3, "a tenant that is ill ends it with 1, which to a unit of systemd's is a success"
    assert "not recorded: " in ran.stderr
    assert results.read(tmp_path / "r/results.json").ended == "finished"


def test_newest_round_is_fed_to_other_monitors_and_a_feed_that_fails_is_no_tenants_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "auth0.prom"
    monkeypatch.setenv("AUTH0_FEED_PROMETHEUS_FILE", str(file))
    folder = tmp_path / "reports" / "rounds" / "20261122T210000Z-1"
    folder.mkdir(parents=True)
    results.write(folder / "results.json", runs.run(runs.verdict()))
    plan = Plan(1, 60.0, 10.0, tmp_path / "reports")

    session = Session(plan, None, None)
    session.take(Round(1, folder, 0, "all is well\n"))
    assert 'auth0_synthetic_run_status{mode="live",status="up",tenant="prod"} 1.0' in file.read_text(encoding="utf-8")
    assert (set(session.codes), session.failed) == ({0}, [])

    monkeypatch.setenv("AUTH0_FEED_PROMETHEUS_FILE", str(tmp_path / "nowhere" / "auth0.prom"))
    session.take(Round(2, folder, 0, "all is well\n"))
    assert (max(session.codes), session.failed) == (3, []), "the sign of life is sent all the same"
