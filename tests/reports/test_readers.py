"""What readers of junit.xml show for each status: the table of docs/reports.md, held by what they read."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import junitparser
import pytest

from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import junit
from monitor.status import FAILING, Status
from monitor.verdict import Run, Verdict
from tests.reports import runs
from tests.suite import ROOT

DOCUMENT = (ROOT / "docs/reports.md").read_text(encoding="utf-8")
HEAD = (
    "| status | in the test case | Jenkins | GitLab | Azure DevOps | dorny/test-reporter | publish-unit-test-result |"
)


def table() -> list[list[str]]:
    lines = DOCUMENT.partition(HEAD)[2].strip().splitlines()[1:]
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def weak(verdict: Verdict) -> Diagnosis:
    """A diagnosis in which a witness that is too weak to end a run says that something is down."""
    cause = Cause(
        "health", Owner.UNKNOWN, Confidence.GUESS, Status.DEGRADED, "prod", "/test is ill", (verdict.id,), (), "docs/x"
    )
    return Diagnosis(Status.DEGRADED, Owner.UNKNOWN, "/test is ill", (cause,))


SHOWN: dict[str, Verdict] = {
    "up": runs.verdict(),
    "degraded": runs.verdict(status=Status.DEGRADED, reason="late"),
    "down, by a weak witness alone": runs.down(),
    "down": runs.down(),
    "unknown": runs.unknown(),
    "a status page that was not read": runs.unread(),
    "skipped": runs.verdict(status=Status.SKIPPED, reason="set AUTH0_NODES"),
}


def made(status: str) -> tuple[Run, frozenset[Status]]:
    """A run of one verdict of this status, as the table has it, and what fails it."""
    plain, _, option = status.partition(", with ")
    found = re.search(r"--fail-on (\w+)", option)
    verdict = SHOWN[plain]
    run = runs.run(verdict)
    run = replace(run, diagnosis=weak(verdict)) if "weak witness" in plain else run
    return run, FAILING | ({Status(found[1])} if found else set())


def read(path: Path) -> list[junitparser.TestCase]:
    return [case for suite in junitparser.JUnitXml.fromfile(str(path)) for case in suite]


def element(case: junitparser.TestCase) -> str:
    (result,) = case.result or (None,)
    if result is None:
        return "nothing"
    kind = type(result).__name__.lower()
    return f'`<{kind} type="{result.type}">`' if result.type else f"`<{kind}>`"


def publish_unit_test_result(case: junitparser.TestCase) -> str:
    """By its documentation: an error before a failure, before what was skipped; the check fails by the first two."""
    kinds = {type(each) for each in case.result}
    found = next(
        (
            name
            for kind, name in (
                (junitparser.Error, "error"),
                (junitparser.Failure, "failure"),
                (junitparser.Skipped, "skipped"),
            )
            if kind in kinds
        ),
        "success",
    )
    return f"{found}; the check fails" if found in ("error", "failure") else found


COUNTERPARTS = {
    "success": ("passed", "success", "Passed", "passed"),
    "skipped": ("skipped", "skipped", "Not executed", "skipped"),
    "failure": ("failed; the build is unstable", "failed", "Failed", "failed; the check fails"),
    "error": ("failed; the build is unstable", "error", "Failed", "failed; the check fails"),
}
"""What Jenkins, GitLab, Azure DevOps and dorny/test-reporter make of what that one calls so, by their documentation."""


def test_table_has_every_status_and_option() -> None:
    options: dict[str, tuple[str, ...]] = {", with `--fail-on degraded`": ("degraded", "down, by a weak witness alone")}
    options |= {", with `--fail-on unknown`": ("a status page that was not read",)}
    wanted = set(SHOWN) | {f"{status}{option}" for option, those in options.items() for status in those}

    assert {row[0] for row in table()} == wanted


@pytest.mark.parametrize("row", table(), ids=[row[0] for row in table()])
def test_row_of_the_table_is_what_readers_find_and_agrees_with_the_run(row: list[str], tmp_path: Path) -> None:
    status, written, *others, published = row
    run, fail_on = made(status)
    junit.write(tmp_path / "junit.xml", run, fail_on=fail_on)
    (case,) = read(tmp_path / "junit.xml")

    assert element(case) == written
    assert publish_unit_test_result(case) == published
    assert tuple(others) == COUNTERPARTS[published.partition(";")[0]]
    judged = [*run.verdicts, runs.verdict("keys_are_there")]
    code = replace(run, verdicts=tuple(judged)).exit_status(fail_on)
    assert (code == 1) is ("fails" in published), "the run and its file agree"


def suites(run: Run, **said: frozenset[Status]) -> dict[str, dict[str, str]]:
    from xml.etree import ElementTree as ET

    root = ET.fromstring(junit.render(run, **said).encode())  # noqa: S314 - it is our own
    return {
        str(suite.get("name")): {str(each.get("name")): str(each.get("value")) for each in suite.iter("property")}
        for suite in root
    }


def test_suite_has_the_diagnosed_status_and_names_what_fails_nothing() -> None:
    ill, well = runs.down(), runs.verdict(target="staging")
    told = suites(replace(runs.run(ill, well), diagnosis=weak(ill)))

    assert {name: each["status"] for name, each in told.items()} == {"prod": "degraded", "staging": "up"}
    assert told["prod"]["degraded:login_hands_out_tokens[prod]"] == runs.REFUSED


def test_weak_witness_beside_what_is_down_is_no_failure_either() -> None:
    ill, worse = runs.down(), runs.down(target="staging")
    run = replace(runs.run(ill, worse), diagnosis=weak(ill))

    assert run.failing() == {worse.id}
    assert run.exit_status() == 1
    assert run.failing({Status.DEGRADED}) == {ill.id, worse.id}


def rounds(*statuses: Status) -> list[Run]:
    """Rounds of one probe, and of one that is always well."""
    reasons = {Status.UP: "", Status.DEGRADED: "late", Status.DOWN: "refused", Status.UNKNOWN: "no variable"}
    return [
        runs.diagnosed(runs.verdict(status=each, reason=reasons[each]), runs.verdict("keys_are_there"))
        for each in statuses
    ]


@pytest.mark.parametrize(
    ("statuses", "shown", "said"),
    [
        ((Status.UP, Status.UP), "nothing", ""),
        ((Status.DOWN, Status.UP, Status.UP), '`<failure type="down">`', "round 1 of 3: refused"),
        ((Status.UP, Status.DEGRADED, Status.DOWN), '`<failure type="down">`', "round 3 of 3: refused"),
        ((Status.UNKNOWN, Status.UP), '`<error type="unknown">`', "round 1 of 2: no variable"),
        ((Status.UP, Status.DEGRADED), "nothing", ""),
        ((Status.DOWN,), '`<failure type="down">`', "refused"),
    ],
)
def test_rounds_are_one_file_in_which_each_probe_is_as_it_was_at_its_worst(
    statuses: tuple[Status, ...], shown: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(junit.render_rounds(rounds(*statuses)), encoding="utf-8")
    cases = read(path)
    ill = next(each for each in cases if "login" in str(each.name))

    assert len(cases) == 2
    assert element(ill) == shown
    assert [each.message for each in ill.result] == ([said] if said else [])
    worst = max(statuses, key=list(Status).index)
    failed = any(each.exit_status() for each in rounds(*statuses))
    assert ("nothing" not in shown) is failed, f"the job is red where the file is: {worst}"
