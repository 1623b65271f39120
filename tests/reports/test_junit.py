from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest

from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import junit
from monitor.shards import Shard
from monitor.status import FAILING, Status
from monitor.text import TEXT_BOUND
from monitor.verdict import Run, Verdict
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


def weakly(*verdicts: Verdict, by: Verdict, **said: Any) -> Run:
    """A run in which one verdict is a weak witness's: the diagnosis has it degraded."""
    cause = Cause("health", Owner.AUTH0, Confidence.GUESS, Status.DEGRADED, "prod", "it is ill", (by.id,), (), "x#y")
    return runs.run(*verdicts, diagnosis=Diagnosis(Status.DEGRADED, Owner.AUTH0, "it is ill", (cause,)), **said)


def test_suite_tells_what_its_probes_took_and_how_many_there_are() -> None:
    run = runs.run(
        runs.down(seconds=0.25),
        runs.down("y", seconds=0.5),
        runs.unknown(),
        runs.skipped(),
        runs.verdict("x", seconds=1.0),
        runs.verdict("z", "qa"),
    )
    first, second = parsed(run)
    case = first[1]

    assert first.attrib == {
        "name": "prod",
        "package": "monitor",
        "id": "0",
        "hostname": "localhost",
        "timestamp": "2026-11-22T21:00:00",
        "time": "1.750",
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    assert (second.get("name"), second.get("tests"), second.get("failures")) == ("qa", "1", "0")
    assert [each.tag for each in first] == ["properties", *["testcase"] * 5, "system-out", "system-err"]
    assert case.attrib == {
        "classname": "tests_synthetic.test_login",
        "name": "test_login_hands_out_tokens[prod]",
        "time": "0.250",
    }


def test_run_without_a_verdict_has_an_empty_suite_that_says_how_it_is() -> None:
    (suite,) = parsed(runs.run())

    assert (suite.get("name"), suite.get("tests")) == ("suite", "0")
    assert {each.get("name"): each.get("value") for each in suite.iter("property")}["status"] == "unknown"


def test_properties_name_the_drill_and_the_shard_where_there_are_any() -> None:
    def properties(run: Run) -> dict[str | None, str | None]:
        return {each.get("name"): each.get("value") for each in parsed(run).iter("property")}

    told = properties(runs.run(runs.verdict(), mode="drill", drill=("a", "b"), shard=Shard(2, 3, ("prod",))))

    assert (told["drill"], told["shard"]) == ("a, b", "2/3")
    assert not {"drill", "shard", "rounds", "diagnosis", "owner"} & set(properties(runs.run(runs.verdict())))


@pytest.mark.parametrize("mode", ["live", "drill"])
def test_failure_of_a_drill_is_marked_wherever_it_is_told(mode: str) -> None:
    ill, late, page = runs.down("a"), runs.degraded(), runs.unknown("b")
    root = parsed(weakly(ill, late, page, runs.down("c"), by=ill, mode=mode))
    mark = "[DRILL] " if mode == "drill" else ""
    failure, error, weak = root.find(".//failure"), root.find(".//error"), root.find(".//skipped")
    out = root.findtext(".//system-out") or ""
    late_told = "took 4.20 s of a budget of 3 s"

    assert failure is not None
    assert error is not None
    assert weak is not None
    assert failure.get("message") == mark + runs.REFUSED
    assert (failure.text or "").startswith(mark + runs.REFUSED)
    assert str(error.get("message")).startswith(mark + "AUTH0_CLIENT_ID")
    assert weak.text == weak.get("message") == f"down, which alone does not fail a run: {mark}{runs.REFUSED}"
    assert out.splitlines() == [
        f"degraded a[prod]: {mark}{runs.REFUSED}",
        f"degraded tenant_is_fast[prod]: {mark}{late_told}",
    ]
    told = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert told["degraded:tenant_is_fast[prod]"] == mark + late_told


def test_what_is_neither_weak_nor_degraded_is_not_in_the_output_of_its_suite() -> None:
    run = runs.run(runs.verdict(), runs.down(), runs.unknown(), runs.skipped(), runs.unread("prod:page"))

    assert not parsed(run).findtext(".//system-out")
    assert not [each for each in parsed(run).iter("property") if str(each.get("name")).startswith("degraded:")]


def test_suite_names_each_cause_that_is_its_own_and_the_owner_of_the_first() -> None:
    first, second, other = runs.down("a"), runs.down("b"), runs.down("c", "qa")

    def cause(owner: Owner, sentence: str, verdict: Verdict) -> Cause:
        return Cause("r", owner, Confidence.LIKELY, Status.DOWN, "prod", sentence, (verdict.id,), (), "x#y")

    causes = (
        cause(Owner.AUTH0, "qa is ill", other),
        cause(Owner.UPSTREAM, "one", first),
        cause(Owner.EXTENSION, "two", second),
    )
    run = runs.run(first, second, other, diagnosis=Diagnosis(Status.DOWN, Owner.AUTH0, "qa is ill", causes))
    prod, qa = ({each.get("name"): each.get("value") for each in suite.iter("property")} for suite in parsed(run))

    assert (prod["diagnosis"], prod["owner"]) == ("one; two", "upstream")
    assert (qa["diagnosis"], qa["owner"]) == ("qa is ill", "auth0")


def rounds_of(*several: Run, **said: Any) -> ET.Element:
    return ET.fromstring(junit.render_rounds(several, **said).encode())  # noqa: S314 - it is our own


def test_rounds_prefer_what_fails_to_what_is_only_seen_by_a_weak_witness() -> None:
    """A witness that is down fails nothing, an unknown does, and the first of two that are as bad is told."""
    weak = runs.down("a", reason="weak")
    root = rounds_of(
        weakly(weak, by=weak),
        runs.run(runs.unknown("a", reason="first")),
        runs.run(runs.unknown("a", reason="second")),
        runs.run(runs.degraded("a", reason="late")),
    )

    assert [each.get("message") for each in root.iter("error")] == ["round 2 of 4: first"]
    assert not list(root.iter("failure"))
    told = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert (told["rounds"], told["status"]) == ("4", "unknown")


def test_rounds_take_what_is_degraded_for_as_bad_as_a_weak_witness() -> None:
    weak = runs.down("a", reason="weak")
    late = runs.run(runs.degraded("a", reason="late"))

    for several, first in (((late, weakly(weak, by=weak)), "late"), ((weakly(weak, by=weak), late), "weak")):
        out = rounds_of(*several).findtext(".//system-out") or ""
        assert out.endswith(f"round 1 of 2: {first}")


def test_rounds_have_each_probe_that_any_of_them_had_and_say_of_the_worst_how_it_ended() -> None:
    root = rounds_of(
        runs.run(runs.verdict("a")),
        runs.run(runs.verdict("b"), runs.down("c"), ended="interrupted: SIGTERM"),
        fail_on=FAIL_ON_DEGRADED,
    )

    assert [each.get("name") for each in root.iter("testcase")] == ["test_a[prod]", "test_b[prod]", "test_c[prod]"]
    assert "interrupted: SIGTERM" in [each.get("value") for each in root.iter("property")]
    only = rounds_of(runs.run(runs.degraded("a", reason="late")), fail_on=FAIL_ON_DEGRADED)
    assert [each.get("message") for each in only.iter("failure")] == ["late"]


@pytest.mark.parametrize("started", ["no time at all", ""])
def test_run_at_no_time_has_the_first_that_there_is(started: str) -> None:
    assert parsed(runs.run(runs.verdict(), started=started))[0].get("timestamp") == "1970-01-01T00:00:00"


def test_name_of_a_file_on_windows_is_that_of_any_other() -> None:
    assert junit.names(r"tests_synthetic\test_login.py::test_x[prod]") == (
        "tests_synthetic.test_login",
        "test_x[prod]",
    )


def test_suite_of_the_worst_tenant_is_first_and_what_they_lean_on_after_its_equals() -> None:
    service = runs.verdict("service_reports_no_incident", "dependencies:aws")
    run = runs.run(service, runs.verdict(target="b"), runs.down(target="c"), runs.verdict(target="a"))

    assert [each.get("name") for each in parsed(run)] == ["c", "a", "b", "dependencies"]
