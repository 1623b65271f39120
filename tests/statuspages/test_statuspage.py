from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.statuspage import read
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import LONG_AGO, NOW, STALE
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import AHEAD, TOUCHED, event, iso, part, statuspage
from tests.statuspages.recordings import REMADE, both

OK, MAINTENANCE, INFO, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.INFO, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
LOGIN = Wanted(("Login",))
NAMES = frozenset({"name"})


def page(document: Any) -> Page:
    return read(Answer(written(document)))


def planned(status: str | None, **times: Any) -> dict[str, Any]:
    found: dict[str, Any] = event(part("Login"), impact="maintenance") | {"status": status} | times
    return found


def test_healthy_page_lists_its_components() -> None:
    assert page(statuspage()) == Page("Example", (Component("Login", OK), Component("API", OK)), alive=Alive(NOW))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("operational", OK),
        ("under_maintenance", MAINTENANCE),
        ("degraded_performance", DEGRADED),
        ("partial_outage", PARTIAL),
        ("major_outage", MAJOR),
        ("full_outage", MAJOR),
        ("MAJOR_OUTAGE", MAJOR),
        ("frobnicated", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
        (1, UNKNOWN),
    ],
)
def test_status_of_a_component_is_its_severity(status: Any, expected: Severity) -> None:
    assert come_to(read, statuspage(part("Login", status), part("API")), LOGIN) is expected


@pytest.mark.parametrize(
    ("impact", "expected"),
    [
        ("none", INFO),
        ("maintenance", MAINTENANCE),
        ("minor", DEGRADED),
        ("major", PARTIAL),
        ("critical", MAJOR),
        ("frobnicated", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_impact_of_an_incident_is_its_severity_beside_a_green_banner(impact: Any, expected: Severity) -> None:
    assert come_to(read, statuspage(incidents=[event(part("Login"), impact=impact)]), LOGIN) is expected


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        *((status, True) for status in ("investigating", "identified", "monitoring", "frobnicated", "", None)),
        *((status, False) for status in ("resolved", "postmortem", "completed", "Resolved")),
    ],
)
def test_incident_is_open_until_it_is_said_to_be_over(status: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert bool(page(statuspage(incidents=[event(status=status)])).notices) is is_open


def test_incident_tells_its_times_components_and_link() -> None:
    assert only(read, statuspage(incidents=[event(part("Login"))])) == Notice(
        title="Login fails",
        severity=MAJOR,
        components=(Component("Login", MAJOR),),
        since=LONG_AGO,
        touched=TOUCHED,
        link="https://stspg.example/1",
        said="Login fails We are on it. We look into it.",
    )


@pytest.mark.parametrize(
    ("more", "title"), [({"name": None}, "an incident without a name"), ({"name": "<b> a\n b"}, "a b")]
)
def test_title_is_one_line_of_text_and_never_empty(more: Any, title: str) -> None:
    assert only(read, statuspage(incidents=[event(**more)])).title == title


@pytest.mark.parametrize("shortlink", ["javascript:alert(1)", "/1", None, 1])
def test_link_is_an_address_of_the_web_or_left_out(shortlink: Any) -> None:
    assert only(read, statuspage(incidents=[event(shortlink=shortlink)])).link == ""


@pytest.mark.parametrize(
    "more",
    [
        {"updated_at": None},
        {"updated_at": "frobnicated"},
        {"updated_at": "0001-01-01T00:00:00Z"},
        {"updated_at": 7},
        {"incident_updates": [{"body": "It has no time"}]},
        {"incident_updates": [], "updated_at": None},
    ],
)
def test_incident_whose_newest_time_is_not_told_is_never_stale(more: Any) -> None:
    assert only(read, statuspage(incidents=[event(part("Login"), **more)])).touched is None


@pytest.mark.parametrize("updates", [None, []])
def test_incident_without_updates_was_touched_when_it_says_so_itself(updates: Any) -> None:
    assert only(read, statuspage(incidents=[event(incident_updates=updates)])).touched == TOUCHED


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Nobody gets in", "open, and does not name your components; see"),
        ("LOGIN fails", "open, and does not name your components, but its text speaks of LOGIN; see"),
    ],
)
def test_incident_without_components_concerns_all_and_beside_a_filter_perhaps(name: str, told: str) -> None:
    nameless = event(name=name, incident_updates=[])
    found = page(statuspage(incidents=[nameless]))
    certain, perhaps = (weigh(found, wanted, now=NOW, stale=STALE) for wanted in (Wanted(), LOGIN))

    assert (certain.severity, certain.vague) == (MAJOR, False)
    assert (perhaps.severity, perhaps.vague) == (DEGRADED, True)
    assert told in perhaps.told


def test_groups_are_no_components_but_name_their_members() -> None:
    group = part("Accounts", "major_outage", group=True)
    found = page(statuspage(group, part("Login", group_id=group["id"]), part("API")))

    assert found.components == (Component("Login", OK, group="Accounts"), Component("API", OK))


def test_group_without_an_id_has_no_members() -> None:
    found = page(statuspage(part("Accounts", "major_outage", group=True, id=None), part("Login")))

    assert found.components == (Component("Login", OK),)


def test_incident_that_does_not_say_when_it_began_began_when_it_was_written() -> None:
    found = only(read, statuspage(incidents=[event(started_at=None, created_at="2026-11-01T03:00:00Z")]))

    assert found.since is not None
    assert found.since.isoformat() == "2026-11-01T03:00:00+00:00"


def test_incident_on_a_group_concerns_its_members() -> None:
    group = part("Accounts", group=True)
    parts = [group, part("Login", group_id=group["id"]), part("API")]

    assert come_to(read, statuspage(*parts, incidents=[event(group, part("API"))]), LOGIN) is MAJOR


@pytest.mark.parametrize(
    "name", ["Visit www.githubstatus.com for more information", "visit https://status.example.com"]
)
def test_advertisement_is_no_component(name: str) -> None:
    assert page(statuspage(part("Login"), part(name))).components == (Component("Login", OK),)


def test_component_may_begin_with_the_word_visit() -> None:
    assert page(statuspage(part("Visitors"), part("Visit planner"))).components == (
        Component("Visitors", OK),
        Component("Visit planner", OK),
    )


@pytest.mark.parametrize(
    ("status", "times", "expected"),
    [
        ("scheduled", {"scheduled_for": iso(AHEAD)}, OK),
        ("maintenance_scheduled", {"scheduled_for": iso(AHEAD)}, OK),
        ("scheduled", {"scheduled_for": iso(TOUCHED)}, MAINTENANCE),
        ("scheduled", {"scheduled_for": None}, MAINTENANCE),
        ("in_progress", {"scheduled_for": iso(TOUCHED)}, MAINTENANCE),
        ("in_progress", {"scheduled_for": iso(AHEAD)}, MAINTENANCE),
        ("verifying", {"scheduled_for": iso(TOUCHED)}, MAINTENANCE),
        ("completed", {"scheduled_for": iso(TOUCHED)}, OK),
        ("maintenance_complete", {"scheduled_for": iso(TOUCHED)}, OK),
        ("frobnicated", {"scheduled_for": iso(AHEAD)}, OK),
        ("frobnicated", {"scheduled_for": iso(TOUCHED)}, UNKNOWN),
        (None, {"scheduled_for": iso(TOUCHED)}, UNKNOWN),
    ],
)
def test_maintenance_counts_while_it_lasts(status: str | None, times: Any, expected: Severity) -> None:
    assert come_to(read, statuspage(scheduled_maintenances=[planned(status, **times)]), LOGIN) is expected


def test_maintenance_tells_when_it_begins_and_ends() -> None:
    end = AHEAD + timedelta(hours=2)
    found = only(
        read,
        statuspage(scheduled_maintenances=[planned("scheduled", scheduled_for=iso(AHEAD), scheduled_until=iso(end))]),
    )

    assert (found.since, found.until) == (AHEAD, end)


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("none", OK),
        ("minor", UNKNOWN),
        ("major", UNKNOWN),
        ("critical", UNKNOWN),
        ("maintenance", UNKNOWN),
        ("frobnicated", UNKNOWN),
    ],
)
def test_page_that_lists_no_incidents_speaks_by_its_banner(indicator: str, expected: Severity) -> None:
    silent = statuspage(indicator=indicator, incidents=None, scheduled_maintenances=None)

    assert come_to(read, silent, LOGIN) is expected


@pytest.mark.parametrize(
    ("indicator", "banner"),
    [
        ("none", None),
        ("minor", None),
        ("maintenance", None),
        ("major", PARTIAL),
        ("critical", MAJOR),
        ("frobnicated", UNKNOWN),
    ],
)
def test_ill_banner_that_nothing_on_the_page_explains_is_kept(indicator: str, banner: Severity | None) -> None:
    assert page(statuspage(indicator=indicator)).banner is banner


@pytest.mark.parametrize(
    "document",
    [
        statuspage(indicator="major", incidents=[event(part("API"))]),
        statuspage(part("Login"), part("API", "major_outage"), indicator="critical"),
    ],
)
def test_ill_banner_that_something_else_explains_does_not_count(document: Any) -> None:
    assert come_to(read, document, LOGIN) is OK


def test_page_of_incidents_only_is_judged_by_them() -> None:
    document = {"page": {"name": "Example"}, "incidents": [event(part("Login")), event(status="resolved")]}

    assert page(document).components is None
    assert come_to(read, document, LOGIN) is MAJOR
    assert come_to(read, document, Wanted(("API",))) is OK


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"page": {"name": "Example"}}, "neither components nor incidents"),
        ({"page": {"name": "Example"}, "scheduled_maintenances": [], "status": {}}, "neither components nor incidents"),
        ({"page": {"name": "Example"}, "components": []}, "lists no incidents, nor"),
        (statuspage() | {"page": {}}, "page.name"),
        (statuspage() | {"components": [{"status": "operational"}]}, "components.0.name"),
        (statuspage() | {"components": "none"}, "components"),
        ([], "not of the form"),
    ],
)
def test_page_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        page(document)


def test_html_where_json_was_due_is_unreadable() -> None:
    with pytest.raises(Unreadable, match=r'an HTML page \("Nobody lives here"\)'):
        read(Answer(b"<!DOCTYPE html><html><title>Nobody lives here</title></html>", "text/html"))


@pytest.mark.parametrize(
    "document",
    [
        statuspage(part("Login", "major_outage"), part("API"), indicator="major", incidents=[event(part("Login"))]),
        statuspage(part("Login", "major_outage"), part("API"), indicator="critical", incidents=[event()]),
        statuspage(part("Login", "full_outage"), part("API"), indicator="major", incidents=None),
        {"page": {"name": "Example"}, "incidents": [event(part("Login"))]},
    ],
)
def test_nothing_that_happens_to_a_page_makes_an_open_incident_well(document: Any) -> None:
    stays_ill(read, document, LOGIN, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    maintenance = planned("in_progress", scheduled_for=iso(AHEAD))
    reads_or_says_why_not(read, statuspage(incidents=[event(part("Login"))], scheduled_maintenances=[maintenance]))


@both
@pytest.mark.parametrize(
    ("name", "wanted", "expected"),
    [
        ("github/summary-incident-major-2026-07-24.json", Wanted(("API Requests",)), OK),
        ("github/summary-incident-major-2026-07-24.json", Wanted(), MAJOR),
        ("github/incidents-fifty-resolved-2026-08.json", Wanted(), OK),
        ("twilio/summary-incident.json", Wanted(("SMS", "MMS", "Verify", "Lookup", "REST API")), DEGRADED),
        ("statuspage/anthropic-summary-major-2026-07-29.json", Wanted(), MAJOR),
        ("statuspage/cloudamqp-maintenance.json", Wanted(), MAINTENANCE),
    ],
)
def test_recorded_page_is_judged_as_it_deserves(payloads: Path, name: str, wanted: Wanted, expected: Severity) -> None:
    found = read(Answer((payloads / name).read_bytes()))
    assert found.alive is not None
    reading = weigh(found, wanted, now=found.alive.at + timedelta(minutes=10), stale=STALE)

    assert reading.severity is expected, reading


@both
def test_recorded_page_of_twilio_announces_maintenances_while_it_tells_of_incidents(payloads: Path) -> None:
    found = read(Answer((payloads / "twilio" / "summary-incident.json").read_bytes()))

    assert found.name == ("Example Texts" if payloads == REMADE else "Twilio")
    assert {each.group for each in found.components or ()} >= {"PROGRAMMABLE MESSAGING", "CARRIER NETWORK"}
    assert {each.severity for each in found.notices} == {DEGRADED, MAINTENANCE}
