from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest

from monitor.reports import junit
from monitor.status import FAILING, Status
from monitor.text import TEXT_BOUND
from monitor.verdict import Run
from tests.reports import runs

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"
FAIL_ON_DEGRADED = FAILING | {Status.DEGRADED}

RUNS = {
    "every_status": runs.every_status(),
    "hostile": runs.hostile(),
    "no_verdicts": runs.run(),
    "ten_tenants": runs.run(*(runs.down(target=f"tenant{number}:password") for number in range(10))),
    "long": runs.run(runs.down(reason="x" * 100_000, attempts=[runs.attempt(error="y" * 100_000)] * 5)),
    "hours": runs.run(runs.down(seconds=12345.6789)),
    "diagnosed": runs.diagnosed(*runs.every_status().verdicts, *runs.hostile().verdicts),
    "planned": runs.run(runs.verdict().planned("not a node id"), started="no time at all"),
}


@pytest.fixture(scope="session", params=["junit-10.xsd", "JUnit-ant.xsd"])
def schema(request: pytest.FixtureRequest) -> Any:
    path = SCHEMAS / request.param
    if not path.exists():
        pytest.skip(f"{path.name} is not there: it is not copied into this project")
    import xmlschema

    return xmlschema.XMLSchema(str(path))


def parsed(run: Run, **said: Any) -> ET.Element:
    return ET.fromstring(junit.render(run, **said).encode())  # noqa: S314 - it is our own


@pytest.mark.parametrize("name", list(RUNS))
@pytest.mark.parametrize("fail_on", [FAILING, FAIL_ON_DEGRADED], ids=["failing", "failing_on_degraded"])
def test_file_is_valid_against_both_schemas(tmp_path: Path, schema: Any, name: str, fail_on: frozenset[Status]) -> None:
    junit.write(tmp_path / "junit.xml", RUNS[name], fail_on=fail_on)

    schema.validate(str(tmp_path / "junit.xml"))


def test_reader_finds_names_times_and_statuses(tmp_path: Path) -> None:
    junit.write(tmp_path / "junit.xml", runs.every_status())
    (suite,) = junitparser.JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    cases = {case.name: case for case in suite}

    assert {case.classname for case in suite} == {"tests_synthetic.test_login"}
    assert {name: case.time for name, case in cases.items()} == {
        "test_login_hands_out_tokens[prod]": 0.213,
        "test_tenant_is_fast[prod]": 4.2,
        "test_login_page_is_served[prod]": 0.0,
        "test_node_is_idle[prod]": 0.0,
    }
    kinds = {case.name: [type(each).__name__ for each in case.result] for case in list(suite)[2:]}
    assert kinds == {
        "test_tenant_is_fast[prod]": [],
        "test_login_page_is_served[prod]": ["Error"],
        "test_login_hands_out_tokens[prod]": ["Failure"],
    }
    assert [type(each).__name__ for each in cases["test_node_is_idle[prod]"].result] == ["Skipped"]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (5, 1, 1, 1)


def test_first_line_of_a_failure_is_the_cause_and_the_evidence_follows() -> None:
    both = [runs.attempt(status=None, error="connection refused"), runs.attempt(status=500)]
    failure = parsed(runs.run(runs.down(attempts=both, seconds=0.4))).find(".//failure")

    assert failure is not None
    assert failure.attrib == {"type": "down", "message": runs.REFUSED}
    lines = (failure.text or "").splitlines()
    assert lines[0] == runs.REFUSED
    assert lines[1:4] == ["target: prod", "question: Is the user let in?", "time: 0.40 s of 3 s"]
    assert lines[4].startswith("attempt 1: POST https://prod.example/oauth/token → no answer, connection refused")
    assert lines[5].startswith("attempt 2: POST https://prod.example/oauth/token → 500, 0.21 s")
    for told in ("x-auth0-requestid 7b6f4d1a0c2e", "cf-ray 8f0a1b2c-FRA", "2026-11-22T21:01:01.250Z", "wait 179"):
        assert told in lines[5]
    assert "never told" not in lines[5]


def test_error_and_skipped_tell_their_reason_in_message_and_text() -> None:
    root = parsed(runs.every_status())
    error, skipped = root.find(".//error"), root.find(".//skipped")

    assert error is not None
    assert error.attrib == {"type": "unknown", "message": "AUTH0_CLIENT_ID is wrong"}
    assert (error.text or "").splitlines()[0] == "AUTH0_CLIENT_ID is wrong"
    assert skipped is not None
    assert skipped.attrib == {"message": "set AUTH0_NODES"}
    assert skipped.text == "set AUTH0_NODES"


def test_degraded_is_a_property_of_the_suite_and_fails_only_where_it_is_to() -> None:
    root, failing = parsed(runs.every_status()), parsed(runs.every_status(), fail_on=FAIL_ON_DEGRADED)
    name = "degraded:tenant_is_fast[prod]"

    for each in (root, failing):
        properties = {found.get("name"): found.get("value") for found in each.iter("property")}
        assert properties[name] == "took 4.20 s of a budget of 3 s"
    assert [each.get("type") for each in root.iter("failure")] == ["down"]
    assert [each.get("type") for each in failing.iter("failure")] == ["degraded", "down"]
    assert failing.find("testsuite").get("failures") == "2"  # type: ignore[union-attr]


def test_unknown_is_an_error_whatever_fails_the_run() -> None:
    assert parsed(runs.every_status(), fail_on=frozenset()).find(".//error") is not None


def test_each_tenant_has_a_suite_that_says_how_it_is() -> None:
    root = parsed(
        runs.run(
            runs.verdict(target="staging:password"),
            runs.down(target="prod:password"),
            runs.verdict(target=""),
            mode="sandbox",
            ended="interrupted: SIGTERM",
        )
    )
    suites = {suite.get("name"): suite for suite in root}
    told = {
        name: {each.get("name"): each.get("value") for each in suite.iter("property")} for name, suite in suites.items()
    }

    assert list(suites) == ["prod", "staging", "suite"]
    assert [suite.get("id") for suite in root] == ["0", "1", "2"]
    assert {name: each["status"] for name, each in told.items()} == {"prod": "down", "staging": "up", "suite": "up"}
    assert told["prod"] == {
        "mode": "sandbox",
        "tenant": "prod",
        "version": "0.1.0",
        "ended": "interrupted: SIGTERM",
        "status": "down",
    }


def test_suite_says_whose_work_it_is() -> None:
    ill = runs.down(target="prod:password-realm:corp", failure="Refused", error="invalid_grant")
    root = parsed(runs.diagnosed(ill, runs.verdict(target="staging:password")))
    told = [{each.get("name"): each.get("value") for each in suite.iter("property")} for suite in root]

    assert [each["owner"] for each in told] == ["configuration", ""]
    assert str(told[0]["diagnosis"]).startswith("prod rejects the synthetic user")
    assert told[1]["diagnosis"] == "nothing fails here"
    (well,) = parsed(runs.diagnosed(runs.verdict()))
    assert "login works: 1 probe of prod succeeds" in [each.get("value") for each in well.iter("property")]


def test_time_is_in_utc_without_saying_so() -> None:
    for started in ("2026-11-22T21:00:00Z", "2026-11-22T22:00:00.75+01:00"):
        assert parsed(runs.run(runs.verdict(), started=started))[0].get("timestamp") == "2026-11-22T21:00:00"


def test_hostile_text_stays_text() -> None:
    root = parsed(runs.hostile())

    assert {each.tag for each in root.iter()} == {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out", "system-err"),
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert "]]> </script><script>" in str(failure.get("message"))
    assert "😀" in str(failure.text)
    assert all("\n" not in value for each in root.iter() for value in each.attrib.values())


def test_long_text_is_bounded_and_says_so() -> None:
    text = junit.render(RUNS["long"])

    assert len(text) < 2 * TEXT_BOUND
    assert "more characters)" in text


@pytest.mark.parametrize(
    ("node_id", "expected"),
    [
        ("tests_synthetic/test_login.py::test_x[prod:a]", ("tests_synthetic.test_login", "test_x[prod:a]")),
        ("tests_synthetic/test_login.py::test_x", ("tests_synthetic.test_login", "test_x")),
        ("a/b/test_c.py::TestD::test_x[e::f/g.py]", ("a.b.test_c.TestD", "test_x[e::f/g.py]")),
        ("not a node id", ("not a node id", "not a node id")),
    ],
)
def test_names_are_those_that_pytest_gives(node_id: str, expected: tuple[str, str]) -> None:
    assert junit.names(node_id) == expected
