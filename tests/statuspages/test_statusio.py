from __future__ import annotations

from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.statusio import read
from monitor.statuspages.weighing import Wanted
from tests.statuspages.feeds import LONG_AGO, NOW
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import AHEAD, TOUCHED, iso, messages, statusio

OK, MAINTENANCE, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
LOGIN = Wanted(("Login",))
NAMES = frozenset({"name"})
CODES = [
    (100, OK),
    (200, MAINTENANCE),
    (300, DEGRADED),
    (400, PARTIAL),
    (500, MAJOR),
    (600, MAJOR),
    ("500", MAJOR),
    (700, UNKNOWN),
    ("Operational", UNKNOWN),
    (None, UNKNOWN),
]


def planned(**more: Any) -> dict[str, Any]:
    times = {"datetime_planned_start": iso(AHEAD), "datetime_planned_end": iso(AHEAD)}
    return messages(200, 200) | times | more


def test_healthy_page_lists_its_components() -> None:
    parts = (Component("Login", OK), Component("API", OK))

    assert read(Answer(written(statusio()))) == Page(components=parts, alive=Alive(NOW))


@pytest.mark.parametrize(("code", "expected"), CODES, ids=repr)
def test_code_of_a_component_is_its_severity(code: Any, expected: Severity) -> None:
    assert come_to(read, statusio(code=code), LOGIN) is expected


@pytest.mark.parametrize(
    ("code", "expected"), [(code, UNKNOWN if each is OK else each) for code, each in CODES], ids=repr
)
def test_newest_message_tells_the_severity_of_an_incident(code: Any, expected: Severity) -> None:
    assert come_to(read, statusio(messages(code)), LOGIN) is expected


def test_worst_message_speaks_where_one_has_no_time() -> None:
    timeless = messages(300)
    del timeless["messages"][1]["datetime"]

    assert come_to(read, statusio(timeless), LOGIN) is MAJOR


@pytest.mark.parametrize("listed", [None, []])
def test_incident_without_messages_is_not_understood(listed: Any) -> None:
    assert come_to(read, statusio(messages(messages=listed)), LOGIN) is UNKNOWN


@pytest.mark.parametrize(
    ("incident", "is_open"),
    [
        (messages(500, 300), True),
        (messages(500, 900), True),
        (messages(500, None), True),
        (messages(500, 200, datetime_resolved="frobnicated"), True),
        (messages(100, 400), False),
        (messages(500, "400"), False),
        (messages(500, 200, datetime_resolved=iso(TOUCHED)), False),
    ],
)
def test_incident_is_open_until_it_is_said_to_be_over(incident: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert bool(read(Answer(written(statusio(incident)))).notices) is is_open


def test_incident_is_open_where_nobody_can_tell_its_newest_message() -> None:
    timeless = messages(100, 400)
    del timeless["messages"][1]["datetime"]

    assert come_to(read, statusio(timeless), LOGIN) is MAJOR


def test_incident_tells_its_components_and_times() -> None:
    assert only(read, statusio(messages())) == Notice(
        title="Login fails",
        severity=MAJOR,
        components=(Component("Login", MAJOR),),
        since=LONG_AGO,
        touched=TOUCHED,
        said="Login fails Still. It fails.",
    )


@pytest.mark.parametrize("affected", [None, []])
def test_incident_without_components_concerns_all_and_beside_a_filter_perhaps(affected: Any) -> None:
    document = statusio(messages(components_affected=affected))

    assert come_to(read, document) is MAJOR
    assert come_to(read, document, LOGIN) is DEGRADED


@pytest.mark.parametrize(
    ("kind", "event", "expected"),
    [
        ("active", planned(), MAINTENANCE),
        ("active", planned(datetime_planned_start=iso(TOUCHED)), MAINTENANCE),
        ("active", planned(datetime_planned_start=None), MAINTENANCE),
        ("active", planned(messages=messages(200, 300)["messages"]), OK),
        ("upcoming", planned(), OK),
        ("upcoming", planned(datetime_planned_start=iso(TOUCHED)), MAINTENANCE),
    ],
)
def test_maintenance_counts_while_it_lasts(kind: str, event: Any, expected: Severity) -> None:
    assert come_to(read, statusio(**{kind: [event]}), LOGIN) is expected


def test_maintenance_tells_its_components_and_times() -> None:
    (plan,) = read(Answer(written(statusio(upcoming=[planned(name="We upgrade")])))).notices

    assert plan == Notice(
        title="We upgrade",
        severity=MAINTENANCE,
        components=(Component("Login", MAINTENANCE),),
        since=AHEAD,
        touched=TOUCHED,
        until=AHEAD,
    )


@pytest.mark.parametrize("kind", ["active", "upcoming"])
def test_maintenance_of_what_is_not_said_is_one_of_everything(kind: str) -> None:
    event = planned(components_affected=None, datetime_planned_start=iso(TOUCHED))

    assert come_to(read, statusio(**{kind: [event]}), LOGIN) is MAINTENANCE


def test_event_may_lack_all_but_its_messages_and_the_page_the_word_for_the_whole() -> None:
    bare = statusio({"messages": messages()["messages"]})
    del bare["result"]["status_overall"], bare["result"]["maintenance"]

    assert come_to(read, bare) is MAJOR


def test_ill_whole_is_explained_by_an_incident_elsewhere() -> None:
    elsewhere = messages(300, components_affected=[{"name": "API"}])

    assert come_to(read, statusio(elsewhere, overall=500), LOGIN) is OK


def test_incident_and_maintenance_without_a_name_have_a_title() -> None:
    page = read(Answer(written(statusio(messages(name=None), upcoming=[planned(name=None)]))))

    assert [each.title for each in page.notices] == ["an incident without a name", "a maintenance without a name"]


@pytest.mark.parametrize(("overall", "expected"), [(500, UNKNOWN), (300, UNKNOWN), ("frobnicated", UNKNOWN), (200, OK)])
def test_ill_whole_that_nothing_on_the_page_explains_is_not_understood(overall: Any, expected: Severity) -> None:
    assert come_to(read, statusio(overall=overall), LOGIN) is expected


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "result"),
        ({"result": {"status": []}}, "result.incidents"),
        ({"result": {"incidents": []}}, "result.status"),
        ({"result": {"incidents": [], "status": [{"status_code": 100}]}}, "result.status.0.name"),
        ({"result": {"incidents": [], "status": [{"name": "", "status_code": 100}]}}, "result.status.0.name"),
        (statusio(messages(components_affected=[{"name": ""}])), "components_affected.0.name"),
        ({"status": {"error": "yes", "message": "Invalid status page id"}}, "result"),
    ],
)
def test_page_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


def test_nothing_that_happens_to_a_page_makes_an_open_incident_well() -> None:
    stays_ill(read, statusio(messages(), code=500), LOGIN, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, statusio(messages(), active=[planned()], upcoming=[planned()]))
