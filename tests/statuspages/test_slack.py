from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.slack import read
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import LONG_AGO, NOW, STALE
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import TOUCHED, slack, trouble
from tests.statuspages.recordings import both

OK, MAINTENANCE, INFO, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.INFO, Severity.UNKNOWN
DEGRADED, MAJOR = Severity.DEGRADED, Severity.MAJOR
LOGIN = Wanted(("Login/SSO",))
NAMES = frozenset({"services"})


def test_healthy_slack_lists_nothing() -> None:
    assert read(Answer(written(slack(status="ok")))) == Page(alive=Alive(NOW, quiet=True))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("outage", MAJOR),
        ("incident", DEGRADED),
        ("notice", INFO),
        ("maintenance", MAINTENANCE),
        ("frobnicated", UNKNOWN),
        (None, UNKNOWN),
    ],
)
@pytest.mark.parametrize("status", ["active", "ok"])
def test_type_of_an_incident_is_its_severity_whatever_the_whole_is(status: str, kind: Any, expected: Severity) -> None:
    assert come_to(read, slack(trouble(type=kind), status=status), LOGIN) is expected


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        *((status, True) for status in ("active", "scheduled", "frobnicated", None)),
        *((status, False) for status in ("resolved", "completed", "cancelled", "canceled")),
    ],
)
def test_incident_is_open_until_it_is_said_to_be_over(status: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert bool(read(Answer(written(slack(trouble(status=status), status="ok")))).notices) is is_open


@pytest.mark.parametrize("status", ["active", "frobnicated", "", None])
def test_slack_that_is_not_well_and_does_not_say_why_is_not_understood(status: Any) -> None:
    assert come_to(read, slack(status=status), LOGIN) is UNKNOWN


@pytest.mark.parametrize(("status", "expected"), [("active", OK), ("frobnicated", UNKNOWN)])
def test_incident_on_what_does_not_matter_explains_an_active_status(status: str, expected: Severity) -> None:
    assert come_to(read, slack(trouble(services=["Calls"]), status=status), LOGIN) is expected


def test_incident_tells_its_services_times_and_link() -> None:
    assert only(read, slack(trouble())) == Notice(
        title="Nobody can sign in",
        severity=MAJOR,
        components=(Component("Login/SSO", MAJOR),),
        since=LONG_AGO,
        touched=TOUCHED,
        link="https://slack-status.example/1",
    )


@pytest.mark.parametrize("services", [None, []])
def test_incident_without_services_concerns_all(services: Any) -> None:
    assert come_to(read, slack(trouble(services=services)), LOGIN) is MAJOR


@pytest.mark.parametrize("more", [{"date_updated": None}, {"notes": []}, {"notes": [{"body": "It has no time"}]}])
def test_incident_whose_newest_time_is_not_told_is_never_stale(more: Any) -> None:
    assert only(read, slack(trouble(**more))).touched is None


def test_incident_without_a_title_has_one() -> None:
    assert only(read, slack(trouble(title=None))).title == "an incident without a title"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"status": "ok"}, "active_incidents"),
        ({"active_incidents": []}, "status"),
        ([], "the document"),
        (slack(trouble(services="Login/SSO")), "services"),
    ],
)
def test_page_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


def test_nothing_that_happens_to_a_page_makes_an_open_incident_well() -> None:
    stays_ill(read, slack(trouble()), LOGIN, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, slack(trouble()))


@both
def test_recorded_page_is_judged_as_it_deserves(payloads: Path) -> None:
    page = read(Answer((payloads / "slack" / "current-incident.json").read_bytes()))

    assert weigh(page, Wanted(), now=datetime(2020, 7, 30, 23, 0, tzinfo=UTC), stale=STALE).severity is DEGRADED
