"""A status page that could not be read: told in every report, and an alarm in none, unless unknown is to fail."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from monitor.reports import Written, findings, html, junit, terminal
from monitor.status import FAILING, Status
from monitor.verdict import Run, Verdict, worst
from tests.reports import runs

FAIL_ON_UNKNOWN = FAILING | {Status.UNKNOWN}


def screen(run: Run) -> list[str]:
    return [line.text for line in terminal.screen(run, Written(), width=110)]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ((runs.unread(), runs.verdict()), Status.UP),
        ((runs.unread(), runs.degraded()), Status.DEGRADED),
        ((runs.unread(), runs.skipped()), Status.UNKNOWN),
        ((runs.unread(),), Status.UNKNOWN),
        ((runs.unread(), runs.unknown()), Status.UNKNOWN),
    ],
)
def test_it_has_no_say_in_the_status_of_its_run(verdicts: tuple[Verdict, ...], status: Status) -> None:
    assert worst(verdicts) is status


def test_it_is_not_ill_and_fails_only_where_unknown_is_to_fail() -> None:
    assert not runs.unread().ill
    assert not runs.unread().fails()
    assert not runs.unread().fails({Status.DEGRADED})
    assert runs.unread().fails(FAIL_ON_UNKNOWN)
    assert runs.unknown().fails()
    assert not runs.unread(status=Status.DOWN).unread


def test_screen_tells_it_below_what_is_up_and_not_as_a_cause() -> None:
    lines = screen(runs.run(runs.unread(), runs.verdict()))

    assert lines[0] == "UP        prod, dependencies: 1 probe up, 1 status page not read"
    told = "not read  service_reports_no_incident [github]: an HTML page; look at https://example.com"
    assert lines.index(told) > next(number for number, line in enumerate(lines) if line.startswith("up "))
    assert not any("UNKNOWN" in line for line in lines)


def test_screen_says_where_nothing_could_be_read() -> None:
    assert screen(runs.run(runs.unread()))[0] == "UNKNOWN   dependencies: no status page could be read"


def test_conclusion_counts_those_that_are_ill_alone() -> None:
    run = runs.run(runs.unknown(), runs.unread(), runs.unknown("x", "dependencies:aws"))

    assert findings.conclusion(run) == "prod: 1 of 1 probe is unknown; dependencies: 1 of 2"


@pytest.mark.parametrize(("fail_on", "tag"), [(FAILING, "skipped"), (FAIL_ON_UNKNOWN, "error")])
def test_junit_skips_it_unless_unknown_fails(fail_on: frozenset[Status], tag: str) -> None:
    root = ET.fromstring(junit.render(runs.run(runs.unread(), runs.verdict()), fail_on=fail_on))  # noqa: S314 -- ours
    found = [child.tag for case in root.iter("testcase") for child in case]

    assert found == [tag]
    (suite,) = (each for each in root if each.get("name") == "dependencies")
    assert (suite.get("skipped"), suite.get("errors")) == (("1", "0") if tag == "skipped" else ("0", "1"))


@pytest.mark.parametrize(("fail_on", "box"), [(FAILING, "skipped"), (FAIL_ON_UNKNOWN, "error")])
def test_page_has_it_among_the_skipped_unless_unknown_fails(fail_on: frozenset[Status], box: str) -> None:
    text = html.render(runs.run(runs.unread(), runs.verdict()), fail_on=fail_on)

    assert "1 status page not read" in text
    counted = re.search(rf'data-test-result="{box}"[^>]*>\s*<span [^>]*>1 ([^<]*)</span>', text)
    assert counted
    assert counted[1] == ("skipped or not read" if box == "skipped" else "unknown")
    assert '<b class="unknown">1 unknown</b>' not in text
