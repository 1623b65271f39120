"""The record of a session: what was planned is never forgotten, and the reports always say so."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from monitor import reports
from monitor.reports import LATE, REPORTS, Report, Written
from monitor.session.record import Record
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.declared import rung_of

IDS = [f"tests_synthetic/test_x.py::test_{name}[prod]" for name in "abc"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """The runs that were given to the reports."""
    runs: list[Run] = []

    def write_all(
        directory: Path, run: Run, *, fail_on: frozenset[Status], reports: Collection[Report], stale: set[str]
    ) -> Written:
        assert (directory, fail_on) == (Path("reports"), frozenset({Status.DOWN}))
        early = set() if runs else {each.name for each in REPORTS if not each.is_folder and each.name not in LATE}
        assert stale - LATE == early
        runs.append(run)
        return Written({each.name: directory / each.name for each in reports})

    monkeypatch.setattr(reports, "write_all", write_all, raising=False)
    return runs


@pytest.fixture
def record() -> Record:
    return Record(Path("reports"), frozenset({Status.DOWN}), "live", ("prod",), {"AUTH0_DOMAIN": "set"})


def verdict(node_id: str, status: Status = Status.UP) -> Verdict:
    return Verdict.planned(node_id, status=status, reason="", rung=rung_of(node_id))


def test_plan_is_written_before_anything_is_judged(record: Record, written: list[Run]) -> None:
    record.plan(IDS)

    (run,) = written
    assert run.ended == "running"
    assert [each.id for each in run.verdicts] == IDS
    assert {each.status for each in run.verdicts} == {Status.UNKNOWN}
    assert (run.mode, run.tenants, run.environment) == ("live", ("prod",), {"AUTH0_DOMAIN": "set"})
    assert run.started.endswith("Z")
    assert set(run.versions) == {"python", "pytest", "requests"}
    assert not record.complete
    assert run.silent


@pytest.mark.usefixtures("written")
def test_what_a_probe_stands_on_is_known_before_it_is_judged_and_where_nobody_judges_it(record: Record) -> None:
    rungs = dict(zip(IDS, ("claims", "keys", ""), strict=True))
    record.plan(rungs)

    assert {each.id: each.rung for each in record.verdicts.values()} == rungs

    record.give_up(IDS[0], "not judged: the worker process died")
    run, _ = record.close("finished", "")

    assert {each.id: each.rung for each in run.verdicts} == rungs
    assert [each.reason for each in run.verdicts] == [
        "not judged: the worker process died",
        *["not judged: the run ended before this probe did"] * 2,
    ]


def test_plan_of_a_second_worker_is_not_written_again(record: Record, written: list[Run]) -> None:
    record.plan(IDS)
    record.plan(iter(IDS))
    record.plan([])

    assert len(written) == 1


def test_verdicts_keep_the_order_of_the_plan(record: Record, written: list[Run]) -> None:
    record.plan(IDS)
    for node_id in reversed(IDS):
        record.take(verdict(node_id))
    run, told = record.close("finished", "")

    assert set(told.paths) == {each.name for each in reports.REPORTS}
    assert run is written[-1]
    assert [each.id for each in run.verdicts] == IDS
    assert {each.status for each in run.verdicts} == {Status.UP}
    assert run.ended == "finished"
    assert record.complete
    assert not run.silent


def test_second_plan_forgets_no_verdict(record: Record, written: list[Run]) -> None:
    record.plan(IDS[:1])
    record.take(verdict(IDS[0], Status.DOWN))
    record.plan(IDS)

    assert [each.status for each in written[-1].verdicts] == [Status.DOWN, Status.UNKNOWN, Status.UNKNOWN]


@pytest.mark.parametrize(
    ("ended", "stopped", "reason", "told"),
    [
        ("finished", "", "not judged: the run ended before this probe did", "interrupted: not every probe was judged"),
        ("finished", "after 1 failures", "not judged: after 1 failures", "interrupted: after 1 failures"),
        ("interrupted: SIGTERM", "", "not judged: interrupted: SIGTERM", "interrupted: SIGTERM"),
    ],
)
@pytest.mark.usefixtures("written")
def test_what_was_not_judged_is_unknown_and_says_why(
    record: Record, ended: str, stopped: str, reason: str, told: str
) -> None:
    record.plan(IDS)
    record.take(verdict(IDS[0]))
    run, _ = record.close(ended, stopped)

    assert not record.complete
    assert [each.reason for each in run.verdicts] == ["", reason, reason]
    assert run.status is Status.UNKNOWN
    assert run.ended == told


@pytest.mark.usefixtures("written")
def test_skips_alone_judge_nothing(record: Record) -> None:
    record.plan(IDS)
    for node_id in IDS:
        record.take(verdict(node_id, Status.SKIPPED))
    run, _ = record.close("finished", "")

    assert record.complete
    assert run.silent


@pytest.mark.usefixtures("written")
def test_record_knows_what_was_planned_or_judged(record: Record) -> None:
    record.plan(IDS[:1])
    record.take(verdict(IDS[1]))

    assert [record.knows(node_id) for node_id in IDS] == [True, True, False]


WEAK = "tests_synthetic/test_health.py::test_testall_endpoint_says_ok[prod]"


@pytest.mark.usefixtures("written")
def test_run_is_diagnosed_when_it_has_ended(record: Record, written: list[Run]) -> None:
    record.plan(IDS)
    run, _ = record.close("finished", "")

    assert written[0].diagnosis is None
    assert run.diagnosis is not None
    assert [each.rule for each in run.diagnosis.causes] == ["not-judged"]


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("down", "fail_on", "status"),
    [
        ([WEAK], {Status.DOWN}, 0),
        ([WEAK], {Status.DOWN, Status.DEGRADED}, 1),
        ([WEAK, IDS[0]], {Status.DOWN}, 1),
        ([IDS[0]], {Status.DOWN}, 1),
        ([], {Status.DOWN}, 0),
    ],
)
def test_weak_witnesses_alone_are_excused(
    record: Record, down: list[str], fail_on: set[Status], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "write_all", lambda *_, **__: reports.Written())
    record.fail_on = frozenset(fail_on)
    for node_id in [*IDS, WEAK]:
        record.take(verdict(node_id, Status.DOWN if node_id in down else Status.UP))
    run, _ = record.close("finished", "")

    assert run.exit_status(record.fail_on) == status


def test_page_of_the_plan_is_written_after_the_others_and_none_of_an_earlier_run_is_left_meanwhile(
    tmp_path: Path,
) -> None:
    for each in REPORTS:
        if not each.is_folder:
            (tmp_path / each.name).write_text("of an earlier run")
    record = Record(tmp_path, frozenset({Status.DOWN}), "live", ("prod",), {})
    record.plan(IDS)

    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in REPORTS if not each.is_folder} - LATE
    assert not [each for each in tmp_path.iterdir() if "of an earlier run" in each.read_text()]

    record.write_late_ones()

    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in REPORTS if not each.is_folder}
    assert all("INCOMPLETE" in (tmp_path / name).read_text() for name in LATE)
