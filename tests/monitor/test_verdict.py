"""Verdicts and runs: read from pytest's names, written as JSON, and the same when they are read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.owners import Cause, Diagnosis
from monitor.status import JUDGED, SEVERITY, Status
from monitor.verdict import PHASES, Run, Verdict, worst

NODE_ID = "tests_synthetic/test_machine_login.py::test_machine_can_log_in[prod:corp]"

seconds = st.none() | st.floats(0, 100)
verdicts = st.builds(
    Verdict,
    id=st.text(max_size=20),
    probe=st.text(max_size=9),
    target=st.text(max_size=9),
    kind=st.text(max_size=9),
    status=st.sampled_from(Status),
    reason=st.text(max_size=9),
    seconds=seconds,
    budget=seconds,
    phases=st.dictionaries(st.sampled_from(PHASES), st.floats(0, 9)),
    attempts=st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2), max_size=2),
)
causes = st.builds(
    Cause,
    status=st.sampled_from(Status),
    verdicts=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    against=st.lists(st.text(max_size=4), max_size=2).map(tuple),
)
diagnoses = st.builds(Diagnosis, causes=st.lists(causes, max_size=2).map(tuple))
runs = st.builds(
    Run,
    diagnosis=st.none() | diagnoses,
    mode=st.sampled_from(["live", "sandbox"]),
    started=st.just("2026-01-01T00:00:00Z"),
    seconds=st.floats(0, 9),
    version=st.just("1"),
    tenants=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    versions=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    verdicts=st.lists(verdicts, max_size=4).map(tuple),
)


@pytest.mark.parametrize(
    ("node_id", "kind", "probe", "target"),
    [
        (NODE_ID, "machine-login", "machine_can_log_in", "prod:corp"),
        ("test_health.py::test_ok", "health", "ok", ""),
        ("a/b/test_health.py::test_ok[]", "health", "ok", ""),
        ("health.py::ok[x]", "health", "ok", "x"),
        ("test_health.py::TestOk::test_ok[a[b]]", "health", "TestOk::test_ok", "a[b]"),
        ("test_health.py::test_ok[a::b]", "health", "ok", "a::b"),
        ("tests_synthetic/test_health.py", "", "tests_synthetic/test_health.py", ""),
        ("no node id at all", "", "no node id at all", ""),
        ("", "", "", ""),
    ],
)
def test_planned_verdict_is_read_from_the_node_id(node_id: str, kind: str, probe: str, target: str) -> None:
    planned = Verdict.planned(node_id)

    assert (planned.id, planned.kind, planned.probe, planned.target) == (node_id, kind, probe, target)
    assert planned.status is Status.UNKNOWN
    assert "never judged" in planned.reason


@given(st.text(max_size=60))
def test_any_name_can_be_planned(name: str) -> None:
    assert Verdict.planned(name).id == name
    assert Verdict.planned(f"tests_synthetic/test_x.py::test_y[{name}]").id.endswith(f"[{name}]")


def test_what_is_known_of_a_planned_verdict_is_kept() -> None:
    known = Verdict.planned(NODE_ID, status=Status.UP, reason="", seconds=1.0)

    assert (known.status, known.reason, known.seconds, known.tenant) == (Status.UP, "", 1.0, "prod")


@given(verdicts)
def test_verdict_comes_back_from_json(verdict: Verdict) -> None:
    document = json.loads(json.dumps(verdict.to_dict()))

    assert Verdict.from_dict(document) == verdict
    assert Verdict.from_dict(document | {"of a later version": 1}) == verdict


@given(runs)
def test_run_comes_back_from_json(run: Run) -> None:
    document = json.loads(json.dumps(run.to_dict()))

    assert Run.from_dict(document) == run
    assert document["run"]["status"] == run.status
    assert document["run"]["counts"] == {str(status): run.count(status) for status in Status}
    assert sum(document["run"]["counts"].values()) == len(run.verdicts)


@pytest.mark.parametrize("of", [tuple, list])
@pytest.mark.parametrize(
    ("statuses", "speaks"),
    [
        ("", "unknown"),
        ("skipped", "unknown"),
        ("up", "up"),
        ("up skipped", "up"),
        ("up degraded skipped", "degraded"),
        ("degraded unknown up", "unknown"),
        ("unknown down degraded", "down"),
        ("unknown skipped", "unknown"),
    ],
)
def test_worst_status_speaks_for_all_and_nothing_is_unknown(
    statuses: str, speaks: str, of: Callable[[Any], Any]
) -> None:
    assert worst(of(Verdict.planned("x", status=Status(each)) for each in statuses.split())) == speaks


def test_every_status_has_a_severity() -> None:
    assert set(SEVERITY) == set(Status)
    assert len(set(SEVERITY.values())) == len(Status)
    assert set(Status) > JUDGED
