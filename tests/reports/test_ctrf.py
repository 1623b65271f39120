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
