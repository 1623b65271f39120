"""Verdicts and runs: read from pytest's names, written as JSON, and the same when they are read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields, replace
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.shards import Shard
from monitor.status import ILL, JUDGED, SEVERITY, Status
from monitor.verdict import PHASES, Run, Verdict, worst
from tests.suite import ROOT

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
    rung=st.none() | st.text(max_size=9),
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
    drill=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    environment=st.dictionaries(st.text(max_size=4), st.sampled_from(["set", "not set"]), max_size=2),
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


def test_verdict_that_was_judged_is_called_as_its_node_id_says() -> None:
    judged = Verdict.judged(NODE_ID, Status.DOWN, "it was refused", failure="Refused", seconds=1.0)

    assert judged == Verdict.planned(
        NODE_ID, status=Status.DOWN, reason="it was refused", failure="Refused", seconds=1.0
    )
    assert (judged.id, judged.kind, judged.probe) == (NODE_ID, "machine-login", "machine_can_log_in")


@given(verdicts)
def test_verdict_comes_back_from_json(verdict: Verdict) -> None:
    document = json.loads(json.dumps(verdict.to_dict()))

    assert document == verdict.to_dict(), "plain JSON types"
    assert set(document) == {each.name for each in fields(Verdict)}
    assert Verdict.from_dict(document) == verdict
    assert Verdict.from_dict(document).status is verdict.status
    assert Verdict.from_dict(document | {"of a later version": 1}) == verdict
    del document["rung"]
    assert Verdict.from_dict(document) == replace(verdict, rung=None), "an earlier version told none"


@given(runs)
def test_run_comes_back_from_json(run: Run) -> None:
    document = json.loads(json.dumps(run.to_dict()))

    assert Run.from_dict(document) == run
    assert document["run"] == run.to_dict()["run"], "plain JSON types"
    assert set(document["run"]) | {"verdicts", "diagnosis", "clues"} == {each.name for each in fields(Run)} | {
        "status",
        "counts",
    }
    assert document["run"]["status"] == run.status
    assert document["run"]["counts"] == {str(status): run.count(status) for status in Status}
    assert sum(document["run"]["counts"].values()) == len(run.verdicts)


@given(runs)
def test_run_of_an_earlier_version_knows_of_no_drill(run: Run) -> None:
    document = json.loads(json.dumps(run.to_dict()))
    del document["run"]["drill"], document["diagnosis"]

    assert Run.from_dict(document) == replace(run, drill=(), diagnosis=None)


def test_diagnosis_speaks_for_a_run_and_before_there_is_one_the_worst_verdict() -> None:
    weak = Run("live", "", 0.0, "1", verdicts=(Verdict.planned("health", status=Status.DOWN),))

    assert weak.status is Status.DOWN
    assert replace(weak, diagnosis=Diagnosis(Status.DEGRADED, None, "a weak witness")).status is Status.DEGRADED


@pytest.mark.parametrize(
    ("status", "failure", "ill", "fails"),
    [
        ("up", "", False, False),
        ("degraded", "OverBudget", True, False),
        ("down", "Refused", True, True),
        ("down", "", True, True),
        ("unknown", "Throttled", True, True),
        ("unknown", "Broken", True, True),
        ("unknown", "", True, True),
        ("unknown", "Unreadable", False, False),
        ("down", "Unreadable", True, True),
        ("skipped", "NotConfigured", False, False),
    ],
)
def test_what_somebody_has_to_read_about_and_what_fails_a_run(
    status: str, failure: str, ill: object, fails: object
) -> None:
    verdict = Verdict.planned("x", status=Status(status), failure=failure)

    assert (verdict.ill, verdict.fails()) == (ill, fails)
    assert verdict.unread is (failure == "Unreadable" and status == "unknown")
    assert verdict.fails({verdict.status}), "a run fails on whatever it was told to"
    assert verdict.fails(set(Status) - {verdict.status}) is fails, "and on nothing besides"


def a_run(*statuses: str, **said: Any) -> Run:
    """A run of verdicts with these statuses, called a, b, c …; an unread page is ``unread``."""
    verdicts_ = [
        Verdict.planned(name, status=Status("unknown" if each == "unread" else each), failure=failure)
        for name, each in zip("abcd", statuses, strict=False)
        for failure in ["Unreadable" if each == "unread" else ""]
    ]
    plain: dict[str, Any] = {"mode": "live", "tenants": ("prod",), "verdicts": tuple(verdicts_)}
    return Run(started="", seconds=0.0, version="1", **plain | said)


def weakly(*ids: str, of: Status = Status.DEGRADED) -> Diagnosis:
    """A diagnosis with one cause, which explains these."""
    cause = Cause("a-rule", Owner.UNKNOWN, Confidence.GUESS, of, "prod", "a sentence", ids, (), "docs/runbook.md")
    return Diagnosis(of, Owner.UNKNOWN, "a sentence", (cause,))


ELSEWHERE = Shard(3, 3, ("prod",), ())


@pytest.mark.parametrize(
    ("run", "fail_on", "problems", "status"),
    [
        (a_run("up", "skipped"), "", (), 0),
        (a_run("up", "degraded", "unread"), "", (), 0),
        (a_run("up", "degraded"), "degraded", (), 1),
        (a_run("up", "unread"), "degraded", (), 0),
        (a_run("up", "unread"), "unknown", (), 1),
        (a_run("up", "down"), "", (), 1),
        (a_run("up", "unknown"), "", (), 1),
        (a_run("up", "down"), "degraded unknown", (), 1),
        (a_run("up", "down", diagnosis=weakly("b")), "", (), 0),
        (a_run("up", "down", diagnosis=weakly("b")), "unknown", (), 0),
        (a_run("up", "down", diagnosis=weakly("b")), "degraded", (), 1),
        (a_run("up", "down", diagnosis=weakly("a")), "", (), 1),
        (a_run("up", "down", "down", diagnosis=weakly("b")), "", (), 1),
        (a_run("up", "down", diagnosis=weakly("b", of=Status.DOWN)), "", (), 1),
        (a_run("up", "down", "unread", diagnosis=weakly("b")), "unknown", (), 1),
        (a_run("up", "down", diagnosis=weakly("b")), "", ("no room on the disk",), 1),
        (a_run("down", diagnosis=weakly("a"), ended="interrupted: SIGTERM"), "", (), 1),
        (a_run("up"), "", ("a test beside failed",), 1),
        (a_run("up", ended="running"), "", (), 1),
        (a_run("up", ended="interrupted: stopped by hand"), "", (), 1),
        (a_run("skipped", "unread"), "", (), 1),
        (a_run(), "", (), 1),
        (a_run(shard=ELSEWHERE), "", (), 1),
        (a_run(shard=ELSEWHERE, tenants=()), "", (), 0),
        (a_run(shard=ELSEWHERE, tenants=()), "degraded unknown", (), 0),
        (a_run(shard=ELSEWHERE, tenants=()), "", ("no room on the disk",), 1),
        (a_run(shard=ELSEWHERE, tenants=(), ended="interrupted: SIGTERM"), "", (), 1),
        (a_run("unread", shard=ELSEWHERE, tenants=()), "", (), 1),
        (a_run("up", shard=ELSEWHERE, tenants=()), "", (), 0),
        (a_run(tenants=()), "", (), 1),
        (a_run("down", mode="drill", drill=("login-refused",)), "", (), 1),
        (a_run("up", mode="sandbox"), "", (), 0),
    ],
)
def test_what_a_run_ends_with(run: Run, fail_on: str, problems: tuple[str, ...], status: int) -> None:
    assert run.exit_status({Status.DOWN, *map(Status, fail_on.split())}, problems) == status
    assert (
        Run.from_dict(json.loads(json.dumps(run.to_dict()))).exit_status({*map(Status, fail_on.split())}, problems)
        == status
    ), "and so does one that was read again"


@pytest.mark.parametrize("target", ["prod", "prod:corp", "prod:password-realm:corp"])
def test_tenant_is_the_first_part_of_the_target(target: str) -> None:
    assert Verdict.planned(f"test_x.py::test_y[{target}]").tenant == "prod"


def test_verdicts_rest_on_one_exchange_where_tenant_and_all_attempts_are_the_same() -> None:
    def resting_on(target: str, *attempts: tuple[float, str]) -> tuple[object, ...]:
        seen = [{"started": started, "url": url, "status": 200} for started, url in attempts]
        return Verdict.planned(f"test_x.py::test_y[{target}]", attempts=seen).exchange

    login = resting_on("prod:password:db", (1.0, "/token"))

    assert login == resting_on("prod:password-realm:db", (1.0, "/token"))
    assert login != resting_on("staging:password:db", (1.0, "/token"))
    assert login != resting_on("prod:password:db", (2.0, "/token"))
    assert login != resting_on("prod:password:db", (1.0, "/userinfo"))
    assert login != resting_on("prod:password:db", (1.0, "/token"), (1.1, "/token"))


def test_phases_tell_two_attempts_apart_that_a_clock_which_stands_tells_as_one() -> None:
    seen = {"started": 1.0, "seconds": 0.2, "url": "/token"}
    one, other = (
        Verdict.planned("test_x.py::test_y[prod]", attempts=[seen | {"phases": {"connect": part, "wait": 0.2 - part}}])
        for part in (0.05, 0.1)
    )

    assert one.exchange != other.exchange


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


@pytest.mark.parametrize(("other", "speaks"), [("up", "up"), ("degraded", "degraded"), ("skipped", "unknown")])
def test_page_that_was_not_read_does_not_speak_for_a_run(other: str, speaks: str) -> None:
    unread = Verdict.planned("page", status=Status.UNKNOWN, failure="Unreadable")

    assert worst([unread, Verdict.planned("x", status=Status(other))]) == speaks
    assert worst([unread]) is Status.UNKNOWN


def test_statuses_are_ordered_from_what_says_nothing_to_what_is_down() -> None:
    """Unknown stands between what is harmless and what is ill, and hides nothing that is known to be ill."""
    order = [Status.SKIPPED, Status.UP, Status.DEGRADED, Status.UNKNOWN, Status.DOWN]

    assert sorted(SEVERITY, key=SEVERITY.__getitem__) == order
    assert len(set(SEVERITY.values())) == len(Status)


def test_what_is_ill_stands_worst_first_and_what_says_something_of_its_target_is_judged() -> None:
    assert list(ILL) == sorted(set(Status) - {Status.UP, Status.SKIPPED}, key=SEVERITY.__getitem__, reverse=True)
    assert set(Status) - JUDGED == {Status.UNKNOWN, Status.SKIPPED}


@given(diagnoses)
def test_diagnosis_that_is_read_again_has_its_types(diagnosis: Diagnosis) -> None:
    read = Diagnosis.from_dict(json.loads(json.dumps(asdict(diagnosis))))

    assert read == diagnosis
    assert (read.status, read.owner) == (Status(diagnosis.status), diagnosis.owner)
    assert read.status is diagnosis.status
    assert read.owner is diagnosis.owner
    for cause, told in zip(read.causes, diagnosis.causes, strict=True):
        assert (cause.owner is told.owner, cause.confidence is told.confidence, cause.status is told.status) == (
            True,
            True,
            True,
        )


@pytest.mark.parametrize("words", [Owner, Confidence, Status])
def test_words_are_those_of_the_published_schema(words: type[StrEnum]) -> None:
    schema = (ROOT / "monitor/reports/results.schema.json").read_text(encoding="utf-8")
    published = [set(each) - {None} for each in enumerations(json.loads(schema))]

    assert {str(each) for each in words} in published


def test_phases_are_those_of_the_published_schema_in_their_order() -> None:
    schema = json.loads((ROOT / "monitor/reports/results.schema.json").read_text(encoding="utf-8"))

    assert list(PHASES) == list(schema["$defs"]["phases"]["properties"])


def enumerations(schema: Any) -> Iterator[list[Any]]:
    """Every list of words in a JSON Schema."""
    if isinstance(schema, dict):
        yield from [schema["enum"]] if isinstance(schema.get("enum"), list) else []
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from enumerations(each)
