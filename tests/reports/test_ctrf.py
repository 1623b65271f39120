"""ctrf.json: as the format has it, in whose words unknown is neither passed nor failed, and flaky is marked."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from monitor.reports import ctrf
from monitor.status import Status
from monitor.verdict import Run
from tests.feeds import made
from tests.reports import runs

WORDS = ["passed", "failed", "skipped", "pending", "other"]
COUNT = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}
FORM = {
    "type": "object",
    "required": ["reportFormat", "specVersion", "results"],
    "additionalProperties": False,
    "properties": {
        "reportFormat": {"const": "CTRF"},
        "specVersion": {"pattern": r"^\d+\.\d+\.\d+$"},
        "reportId": {"pattern": "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"},
        "generatedBy": TEXT,
        "results": {
            "type": "object",
            "required": ["tool", "summary", "tests"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": TEXT | {"minLength": 1}, "version": TEXT},
                    "additionalProperties": False,
                },
                "summary": {
                    "type": "object",
                    "required": ["tests", *WORDS, "start", "stop"],
                    "properties": dict.fromkeys(["tests", *WORDS, "flaky", "start", "stop", "duration"], COUNT),
                    "additionalProperties": False,
                },
                "tests": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "status", "duration"],
                        "additionalProperties": False,
                        "properties": {
                            **dict.fromkeys(["message", "trace", "rawStatus", "type", "filePath"], TEXT),
                            "name": TEXT | {"minLength": 1},
                            "status": {"enum": WORDS},
                            "duration": COUNT,
                            "retries": COUNT,
                            "flaky": {"type": "boolean"},
                            "suite": {"type": "array", "items": TEXT | {"minLength": 1}, "minItems": 1},
                            "extra": {"type": "object"},
                        },
                    },
                },
                "extra": {"type": "object"},
            },
        },
    },
}
"""What of the format is used, in our own words."""


def document(run: Run, **said: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(ctrf.render(run, **said))
    return read


@made.each_run
def test_any_run_is_a_document_of_the_format_whose_counts_are_those_of_its_tests(run: Run) -> None:
    told = document(run)

    jsonschema.Draft202012Validator(FORM).validate(told)
    tests = told["results"]["tests"]
    assert len(tests) == told["results"]["summary"]["tests"] == len(run.verdicts)
    for word in WORDS:
        assert told["results"]["summary"][word] == sum(test["status"] == word for test in tests)


def test_each_status_has_its_word_and_unknown_is_neither_good_nor_bad() -> None:
    tests = document(runs.every_status())["results"]["tests"]

    assert {test["rawStatus"]: test["status"] for test in tests} == {
        "up": "passed",
        "degraded": "passed",
        "down": "failed",
        "unknown": "other",
        "skipped": "skipped",
    }


def test_what_fails_a_run_besides_is_failed_but_a_page_that_could_not_be_read() -> None:
    some = frozenset({Status.DOWN, Status.UNKNOWN, Status.DEGRADED})
    tests = document(runs.run(runs.unknown(), runs.degraded(), runs.unread()), fail_on=some)["results"]["tests"]

    assert [test["status"] for test in tests] == ["failed", "failed", "other"]


def test_right_on_the_second_attempt_is_flaky() -> None:
    broken, right = runs.attempt(status=503), runs.attempt()
    lost = runs.attempt(status=None, error="the connection was reset")
    run = runs.run(
        runs.degraded(attempts=[broken, right]),
        runs.degraded("other", attempts=[lost, right]),
        runs.degraded("late"),
        runs.down(attempts=[broken, broken]),
        runs.verdict("two_requests", attempts=[right, right]),
    )
    told = document(run)["results"]

    assert [test.get("flaky", False) for test in told["tests"]] == [True, True, False, False, False]
    assert told["summary"]["flaky"] == 2
    assert told["tests"][0]["retries"] == 1


def test_reason_and_evidence_are_told_where_a_probe_is_not_up() -> None:
    up, down = document(runs.run(runs.verdict(), runs.down()))["results"]["tests"]

    assert "message" not in up
    assert down["message"] == runs.REFUSED
    assert "POST https://prod.example/oauth/token" in down["trace"]


@pytest.mark.parametrize("mode", ["drill", "sandbox", "live"])
def test_document_says_of_what_it_is(mode: str) -> None:
    told = document(runs.diagnosed(runs.down(), mode=mode))["results"]

    assert told["extra"]["mode"] == mode
    assert told["tests"][0]["message"].startswith("[DRILL]") is (mode == "drill")


def test_same_run_has_the_same_id() -> None:
    assert ctrf.render(made.well()) == ctrf.render(made.well()) or made.well().started != made.well().started


def test_document_has_all_that_is_known_of_a_run_and_of_each_probe() -> None:
    node = "tests_synthetic/test_login.py::test_login_hands_out_tokens[prod:password]"
    run = runs.diagnosed(
        runs.down(target="prod:password", seconds=0.4567, failure="Refused", error="invalid_grant"),
        runs.verdict("keys_are_there", seconds=None),
    )
    told = document(run)
    results, first = told["results"], told["results"]["tests"][0]
    begun = 1795381200000

    assert results["summary"] == {
        "tests": 2,
        "passed": 1,
        "failed": 1,
        "skipped": 0,
        "pending": 0,
        "other": 0,
        "flaky": 0,
        "start": begun,
        "stop": begun + 1234,
        "duration": 1234,
    }
    assert results["tool"]["version"] == "0.1.0"
    assert run.diagnosis
    assert results["extra"] == {
        "mode": "live",
        "status": "down",
        "ended": "finished",
        "started": "2026-11-22T21:00:00Z",
        "diagnosis": run.diagnosis.sentence,
        "owner": "configuration",
    }
    assert first | {"message": "", "trace": ""} == {
        "name": "login_hands_out_tokens [password]",
        "status": "failed",
        "duration": 457,
        "rawStatus": "down",
        "suite": ["prod", "login"],
        "type": "synthetic",
        "extra": {"id": node, "target": "prod:password"},
        "filePath": "tests_synthetic/test_login.py",
        "message": "",
        "trace": "",
    }
    assert results["tests"][1]["duration"] == 0
    assert "diagnosis" not in document(runs.run(runs.verdict()))["results"]["extra"]
    assert document(runs.diagnosed(runs.verdict()))["results"]["extra"]["owner"] == ""


def test_probe_that_is_of_no_file_and_of_no_tenant_is_a_test_all_the_same() -> None:
    (test,) = document(runs.run(runs.verdict().planned("not a node id", target="", probe="", kind="")))["results"][
        "tests"
    ]

    assert (test["name"], test["suite"]) == ("unnamed", ["suite", "probes"])
    assert "filePath" not in test


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({}, False),
        ({"seconds": 9.0}, False),
        ({"started": "2026-11-22T21:00:01Z"}, True),
        ({"mode": "sandbox"}, True),
        ({"tenants": ("qa",)}, True),
    ],
    ids=["same", "longer", "later", "sandbox", "tenants"],
)
def test_id_of_a_document_is_of_its_run(other: dict[str, Any], *, differs: bool) -> None:
    first, second = document(runs.run(runs.verdict())), document(runs.run(runs.verdict(), **other))

    assert (first["reportId"] != second["reportId"]) is differs


@pytest.mark.parametrize("started", ["no time at all", "1960-01-01T00:00:00Z"], ids=["none", "before-the-epoch"])
def test_run_at_a_time_that_the_format_has_not_begins_at_none(started: str) -> None:
    summary = document(runs.run(runs.verdict(), started=started))["results"]["summary"]

    assert (summary["start"], summary["stop"], summary["duration"]) == (0, 1234, 1234)


@pytest.mark.parametrize(
    ("status", "seen", "flaky"),
    [
        (Status.UP, [{"status": 500}, {}], True),
        (Status.UP, [{"status": 499}, {}], False),
        (Status.UP, [{"status": None, "error": "reset"}, {}], True),
        (Status.UP, [{}, {"status": 503}], False),
        (Status.UNKNOWN, [{"status": 503}, {}], False),
    ],
    ids=["500", "499", "broken", "the-last", "unknown"],
)
def test_only_an_attempt_that_broke_before_a_right_one_makes_it_flaky(
    status: Status, seen: list[dict[str, Any]], *, flaky: bool
) -> None:
    attempts = [runs.attempt(**each) for each in seen]

    assert ctrf.is_flaky(runs.verdict(status=status, reason="why", attempts=attempts)) is flaky
