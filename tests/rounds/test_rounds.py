"""Rounds, as a scheduler starts them: real processes, against a sandbox and against programs that misbehave."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import sandbox
from monitor import history, results
from monitor.reports import EARLIER
from monitor.rounds import afterwards, all_rounds, archive, pace
from monitor.rounds.__main__ import Session, main
from monitor.rounds.afterwards import Afterwards
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


@dataclass
class Follows:
    """What follows a round, as far as a Session is concerned: how often was told, and with what it closed."""

    told: int = 0
    closed: list[str] = field(default_factory=list)
    code: int = 0

    def tell(self) -> int:
        self.told += 1
        return self.code

    def close(self, failed: str) -> int:
        self.closed.append(failed)
        return 0


def ended(top: Path, number: int, code: int = 0, stopped: str = "") -> Round:
    """A round that has ended so, and left its results."""
    folder = top / "rounds" / f"20261122T21000{number}Z-{number}"
    folder.mkdir(parents=True)
    results.write(folder / "results.json", runs.diagnosed(runs.verdict(), started=f"2026-11-22T21:00:0{number}Z"))
    return Round(number, folder, code, "all is well\n", stopped)


@pytest.mark.parametrize(
    ("codes", "stopped", "status", "failed"),
    [
        ([0, 0], "", 0, ""),
        ([1, 0], "", 1, ""),
        ([0, 2], "", 2, "round 2"),
        ([4, 3], "", 4, "round 1, round 2"),
        ([0, -9], "", 137, "round 2"),
        ([0, 0], "it was stopped", 1, "round 1, round 2"),
        ([2, 2], "it was stopped", 2, "round 1, round 2"),
    ],
    ids=["well", "a-tenant-is-ill", "interrupted", "worst", "by-a-signal", "stopped", "stopped-with-2"],
)
def test_session_ends_as_its_worst_round_and_says_which_failed(
    tmp_path: Path, codes: list[int], stopped: str, status: int, failed: str
) -> None:
    """A tenant that is ill is no failure of a round: the sign of life is sent."""
    follows: Any = Follows()
    session = Session(Plan(len(codes), 0.0, 1.0, tmp_path), tmp_path / "history.sqlite", follows)
    for number, code in enumerate(codes, 1):
        session.take(ended(tmp_path, number, code, stopped))

    assert session.close(len(codes)) == status
    assert (follows.told, follows.closed) == (len(codes), [failed])


def test_session_that_was_stopped_before_its_last_round_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    follows: Any = Follows()
    session = Session(Plan(3, 0.0, 1.0, tmp_path), None, follows)
    session.take(ended(tmp_path, 1))

    assert session.close(1) == 1
    assert follows.closed == ["stopped"]
    assert "1 of 3 rounds began: it was stopped" in capsys.readouterr().err


def test_session_without_a_round_is_not_green(tmp_path: Path) -> None:
    assert Session(Plan(1, 0.0, 1.0, tmp_path), None, None).close(1) == 1


def test_telling_that_fails_ends_a_session_with_3_and_is_named(tmp_path: Path) -> None:
    follows: Any = Follows(code=1)
    session = Session(Plan(1, 0.0, 1.0, tmp_path), tmp_path / "history.sqlite", follows)
    session.take(ended(tmp_path, 1))

    assert (session.close(1), follows.closed) == (3, ["telling"])


def test_round_that_cannot_be_recorded_is_not_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "history.sqlite").mkdir()
    follows: Any = Follows()
    session = Session(Plan(1, 0.0, 1.0, tmp_path), tmp_path / "history.sqlite", follows)
    session.take(ended(tmp_path, 1))

    assert (session.close(1), follows.told, follows.closed) == (3, 0, ["recording"])
    assert "not recorded: " in capsys.readouterr().err


FOLDED = "::group::round 2 of 2: last words\none\nlast words\n::endgroup::\nround 2 of 2: exit status 0\n"


@pytest.mark.parametrize(
    ("rounds", "number", "github", "expected"),
    [
        (1, 1, "", "one\nlast words\n"),
        (1, 1, "true", "one\nlast words\n"),
        (2, 1, "", "one\nlast words\nround 1 of 2: exit status 0\n"),
        (2, 2, "true", FOLDED),
        (1, 2, "", "one\nlast words\nround 2, to confirm it: exit status 0\n"),
    ],
    ids=["alone", "alone-on-github", "of-two", "folded", "once-more"],
)
def test_round_is_told_with_its_number_and_folded_away_on_githubs_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *,
    rounds: int, number: int, github: str, expected: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("GITHUB_ACTIONS", github)
    session = Session(Plan(rounds, 0.0, 1.0, tmp_path), None, None)
    session.take(replace(ended(tmp_path, number), output="one\nlast words\n"))

    assert capsys.readouterr().out == expected


def test_round_that_was_stopped_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Session(Plan(1, 0.0, 1.0, tmp_path), None, None).take(ended(tmp_path, 1, -15, "it took longer than 1 s"))

    assert capsys.readouterr().out == "all is well\nexit status -15; it took longer than 1 s\n"


@pytest.fixture
def performing(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Plan, list[str]]]:
    """Which rounds were asked for, and what each would have called; none of them is."""
    asked: list[tuple[Plan, list[str]]] = []

    async def perform(plan: Plan, call: Callable[[Path], Sequence[str]], *_: object) -> list[Round]:
        asked.append((plan, [*call(plan.reports)]))
        return [Round(number, plan.reports, 0, "") for number in range(1, plan.rounds + 1)]

    monkeypatch.setattr(pace, "perform", perform)
    return asked


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        ("", "--live tests_synthetic"),
        ("--drill hang", "--drill=hang tests_synthetic"),
        ("--drill=", "--live tests_synthetic"),
        ("--shard 1/3", "--live --shard=1/3 tests_synthetic"),
        ("--fail-on degraded", "--live --fail-on=degraded tests_synthetic"),
        ("--probes login --markers wide", "--live -k login -m wide tests_synthetic"),
        ("-- -x --maxfail=1", "--live -x --maxfail=1 tests_synthetic"),
        ("-- tests_synthetic/test_login.py", "--live tests_synthetic/test_login.py"),
    ],
)
def test_options_of_rounds_are_those_of_pytest(
    tmp_path: Path, performing: list[tuple[Plan, list[str]]], arguments: str, called: str
) -> None:
    where = ("--reports", str(tmp_path / "reports"))
    main([*where, *arguments.split()])

    ((_, command_),) = performing
    assert command_ == [sys.executable, "-m", "pytest", f"--reports={tmp_path / 'reports'}", *called.split()]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", (1, 60.0, 240.0, False, 0)),
        ("--rounds 5 --every 30 --limit 12.5", (5, 30.0, 12.5, True, 0)),
        ("--again 2", (1, 60.0, 240.0, False, 0)),
        ("--again 2 --history {}", (1, 60.0, 240.0, True, 2)),
        ("--again 2 --history {} --drill hang", (1, 60.0, 240.0, False, 0)),
        ("--tell --history {}", (1, 60.0, 240.0, True, 0)),
        ("--rounds 9999 --every 0", (9999, 0.0, 240.0, True, 0)),
        ("--again 0 --history {}", (1, 60.0, 240.0, False, 0)),
    ],
)
def test_rounds_are_as_many_and_as_often_as_was_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    performing: list[tuple[Plan, list[str]]],
    arguments: str,
    expected: tuple[int, float, float, bool, int],
) -> None:
    """More rounds are never added to a drill, nor where no history knows what was before."""
    monkeypatch.setattr(Afterwards, "close", lambda *_: 0)
    main(["--reports", str(tmp_path), *arguments.format(tmp_path / "history.sqlite").split()])

    ((plan, _),) = performing
    assert (plan.rounds, plan.every, plan.limit, plan.keep, plan.again) == expected
    assert plan.reports == tmp_path


@pytest.mark.parametrize(
    "arguments",
    ["--rounds 10000", "--rounds 1.5", "--every -1", "--every 1e3", "--limit 0", "--limit 0.0", "--tell", "--site x"],
)
def test_what_cannot_be_meant_is_a_usage_error_and_begins_no_round(
    tmp_path: Path, performing: list[tuple[Plan, list[str]]], arguments: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--reports", str(tmp_path), *arguments.split()])

    assert (refused.value.code, performing) == (2, [])


def test_file_of_all_rounds_of_an_earlier_command_is_removed(
    tmp_path: Path, performing: list[tuple[Plan, list[str]]]
) -> None:
    (tmp_path / all_rounds.NAME).write_text("<testsuites/>")
    main(["--reports", str(tmp_path)])

    assert len(performing) == 1
    assert not (tmp_path / all_rounds.NAME).exists()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/watch", "GITHUB_RUN_ID": "7"},
            "https://github.com/acme/watch/actions/runs/7",
        ),
        ({"CI_JOB_URL": "https://gitlab.example/acme/-/jobs/7"}, "https://gitlab.example/acme/-/jobs/7"),
        ({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/watch"}, ""),
        ({}, ""),
    ],
    ids=["github", "gitlab", "no-run", "nowhere"],
)
def test_run_is_linked_where_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "CI_JOB_URL"):
        monkeypatch.setenv(name, variables.get(name, ""))

    assert archive.link() == expected


def test_round_is_recorded_with_its_link_and_only_where_it_is_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_RUN_ID", "")
    monkeypatch.setenv("CI_JOB_URL", "https://gitlab.example/acme/-/jobs/7")
    file, folder = tmp_path / "history.sqlite", tmp_path / "round"
    folder.mkdir()
    for mode in ("sandbox", "drill"):
        results.write(folder / "results.json", runs.diagnosed(runs.verdict(), mode=mode))
        assert archive.record(file, folder) == f"a {mode} is not recorded"
        assert not file.exists()
    results.write(folder / "results.json", runs.diagnosed(runs.verdict()))

    assert archive.record(file, folder) == ""
    assert [each.link for each in history.read(file).runs()] == ["https://gitlab.example/acme/-/jobs/7"]


@pytest.mark.parametrize("what", ["a file of somebody's", "a linked file", "a link", "a file", "a folder"])
def test_what_is_no_report_of_ours_is_left_alone_and_said(tmp_path: Path, what: str) -> None:
    newest = tmp_path / "rounds/1"
    (newest / "evidence").mkdir(parents=True)
    (newest / "evidence/x.har").touch()
    results.write(newest / "results.json", runs.diagnosed(runs.down()))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.har").touch()
    name = "evidence"
    if what == "a file of somebody's":
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.docx").touch()
    elif what == "a linked file":
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.har").symlink_to(elsewhere / "mine.har")
    elif what == "a link":
        (tmp_path / name).symlink_to(elsewhere)
    elif what == "a file":
        (tmp_path / name).write_text("mine")
    else:
        name = "results.json"
        (tmp_path / name / "mine").mkdir(parents=True)
    (problem,) = archive.newest(tmp_path, newest)

    assert problem.startswith(f"{tmp_path / name} was not replaced (")
    assert problem.endswith("move it away, or name another folder with --reports")
    assert (tmp_path / "evidence/thesis.docx").exists() is (what == "a file of somebody's")
    assert (elsewhere / "mine.har").exists()
    assert (tmp_path / "evidence/mine.har").exists() is (what in ("a linked file", "a link"))
    assert [*tmp_path.glob(".*")] == []
    assert (tmp_path / name).is_dir() is (what != "a file")
    assert (tmp_path / ("results.json" if name == "evidence" else "evidence/x.har")).is_file(), "the others are"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"AUTH0_NOTIFY": ""}, None),
        ({"AUTH0_NOTIFY": " "}, None),
        ({"AUTH0_NOTIFY": "$(AUTH0_NOTIFY)"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, None),
        ({"AUTH0_NOTIFY": "$(OTHER)"}, "$(OTHER)"),
        ({"AUTH0_NOTIFY": "json://x"}, "json://x"),
        ({"LESSOPEN": ""}, ""),
        ({"LESSOPEN": "$(LESSOPEN)"}, "$(LESSOPEN)"),
    ],
    ids=["empty", "blank", "azures", "otel", "another's", "set", "not-ours", "not-ours-of-azure"],
)
def test_variable_of_ours_that_is_not_set_hides_nothing_of_a_file(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str | None
) -> None:
    monkeypatch.delenv("OTHER", raising=False)
    ((name, value),) = variables.items()
    monkeypatch.setenv(name, value)

    assert pace.environment().get(name) == expected


def test_rounds_are_kept_by_the_time_of_their_beginning_or_written_where_it_was_asked(tmp_path: Path) -> None:
    kept = pace.folder_of(Plan(1, 0.0, 1.0, tmp_path, keep=True), 7)

    assert kept.parent == tmp_path / "rounds"
    assert kept.name.startswith(time.strftime("%Y%m", time.gmtime()))
    assert kept.name.endswith("Z-7")
    assert pace.folder_of(Plan(1, 0.0, 1.0, tmp_path, keep=False), 7) == tmp_path


@dataclass
class Called:
    """The modules that would have been run, with their arguments; those in ``failing`` end with 4."""

    modules: list[str] = field(default_factory=list)
    arguments: list[list[str]] = field(default_factory=list)
    failing: frozenset[str] = frozenset()

    def __call__(self, command_: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.modules.append(command_[2])
        self.arguments.append(command_[3:])
        return subprocess.CompletedProcess(command_, 4 if command_[2] in self.failing else 0)


@pytest.mark.parametrize(
    ("recorded", "site", "failing", "failed", "modules", "code", "said"),
    [
        (True, True, "", "", "history site telling", 0, False),
        (True, False, "", "", "history telling", 0, False),
        (False, True, "", "", "site telling", 0, False),
        (True, True, "", "round 2", "history site telling", 0, True),
        (True, True, "history", "", "history site telling", 1, True),
        (True, True, "site", "", "history site telling", 1, True),
        (True, True, "telling", "", "history site telling", 1, False),
    ],
    ids=["all", "no-page", "no-history", "a-round-failed", "prune-failed", "page-failed", "no-sign-of-life"],
)
def test_sign_of_life_comes_last_and_says_whether_something_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *,
    recorded: bool, site: bool, failing: str, failed: str, modules: str, code: int, said: bool,
) -> None:  # fmt: skip
    called = Called(failing=frozenset({f"monitor.{failing}"}))
    monkeypatch.setattr(subprocess, "run", called)
    file, reports = tmp_path / "history.sqlite", tmp_path / "reports"
    file.touch() if recorded else None
    follows = Afterwards(file, reports, tmp_path / "site" if site else None)

    assert follows.close(failed) == code
    assert called.modules == [f"monitor.{each}" for each in modules.split()]
    assert called.arguments[-1] == ["heartbeat", "--reports", str(reports), *(["--failed"] if said else [])]
    for arguments in called.arguments[:-1]:
        assert arguments[arguments.index("--history") + 1] == str(file)


def test_someone_is_told_after_a_round_where_a_run_was_ever_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = Called(failing=frozenset({"monitor.telling"}))
    monkeypatch.setattr(subprocess, "run", called)
    file = tmp_path / "history.sqlite"
    follows = Afterwards(file, tmp_path / "reports", None)
    assert (follows.tell(), called.modules) == (0, [])
    file.touch()

    assert (follows.tell(), called.modules) == (1, ["monitor.telling"])
    assert called.arguments == [["--history", str(file), "--reports", str(tmp_path / "reports")]]


def test_what_does_not_end_after_a_round_is_killed_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(command_: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command_, timeout)

    monkeypatch.setattr(subprocess, "run", late)
    (tmp_path / "history.sqlite").touch()

    assert Afterwards(tmp_path / "history.sqlite", tmp_path, None).tell() == 1
    assert "python -m monitor.telling did not end within 300 s, and was killed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "fed"),
    [
        ("AUTH0_FEED_PROMETHEUS_FILE", True),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", True),
        ("AUTH0_NOTIFY", False),
        ("OTEL_SERVICE_NAME", False),
    ],
)
def test_newest_round_is_fed_where_a_variable_of_a_feed_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, fed: bool
) -> None:
    called = Called()
    monkeypatch.setattr(subprocess, "run", called)
    monkeypatch.chdir(tmp_path)
    for each in [each for each in os.environ if each.startswith(afterwards.FEEDS)]:
        monkeypatch.delenv(each)
    monkeypatch.setenv(name, " ")
    assert (afterwards.feed(tmp_path), called.modules) == (0, [])
    monkeypatch.setenv(name, "x")

    assert afterwards.feed(tmp_path) == 0
    assert called.arguments == ([["push", str(tmp_path), "--quiet"]] if fed else [])


def test_file_of_all_rounds_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / all_rounds.NAME / "mine").mkdir(parents=True)
    said = all_rounds.write(tmp_path, [runs.diagnosed(runs.verdict())], FAILING)

    assert said.startswith(f"{tmp_path / all_rounds.NAME} was not written (")
    assert (tmp_path / all_rounds.NAME / "mine").is_dir()


def test_round_without_a_history_before_it_asks_for_no_more(tmp_path: Path) -> None:
    """Only the newest round says whether another is wanted; one that hung comes after it, and says nothing."""
    session = Session(Plan(2, 0.0, 1.0, tmp_path), None, None, before=frozenset())
    late, newest = ended(tmp_path, 1), ended(tmp_path, 2)
    results.write(late.folder / "results.json", runs.diagnosed(runs.down()))
    session.take(newest)
    assert not session.differs
    session.take(late)
    assert not session.differs

    third = ended(tmp_path, 3)
    results.write(third.folder / "results.json", runs.diagnosed(runs.down()))
    session.take(third)
    assert session.differs
