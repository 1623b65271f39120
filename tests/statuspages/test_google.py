from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.google import read
from monitor.statuspages.page import Answer, Component, Notice, Severity
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import LONG_AGO, STALE
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import TOUCHED, google, iso
from tests.statuspages.recordings import both

OK, INFO, UNKNOWN = Severity.OK, Severity.INFO, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
MAIL = Wanted(("Gmail",))
NAMES = frozenset({"title"})
OVER = google(end=iso(TOUCHED))


@pytest.mark.parametrize(
    ("impact", "severity", "expected"),
    [
        ("SERVICE_INFORMATION", "high", INFO),
        ("SERVICE_DISRUPTION", "low", DEGRADED),
        ("SERVICE_DISRUPTION", "medium", DEGRADED),
        ("SERVICE_DISRUPTION", "high", PARTIAL),
        ("SERVICE_DISRUPTION", None, DEGRADED),
        ("SERVICE_OUTAGE", "low", MAJOR),
        ("SERVICE_OUTAGE", "high", MAJOR),
        ("AVAILABLE", "low", UNKNOWN),
        ("FROBNICATED", "high", UNKNOWN),
        (None, "high", UNKNOWN),
    ],
)
def test_impact_and_severity_of_an_incident_are_its_severity(impact: Any, severity: Any, expected: Severity) -> None:
    assert come_to(read, [google(status_impact=impact, severity=severity)], MAIL) is expected


@pytest.mark.parametrize("end", [None, "", "frobnicated", 7, True])
def test_incident_is_open_until_it_has_an_end(end: Any) -> None:
    assert come_to(read, [google(end=end)], MAIL) is MAJOR


def test_incident_that_has_no_field_for_its_end_is_open() -> None:
    document = google()
    del document["end"]

    assert come_to(read, [OVER, document], MAIL) is MAJOR


def test_archive_of_what_is_over_is_healthy() -> None:
    assert come_to(read, [OVER, OVER], MAIL) is OK


def test_update_that_calls_it_available_ends_nothing() -> None:
    assert come_to(read, [google(most_recent_update={"status": "AVAILABLE"})], MAIL) is MAJOR


def test_incident_tells_its_products_times_and_link() -> None:
    assert only(read, [google()]) == Notice(
        title="Mail is late",
        severity=MAJOR,
        components=(Component("Gmail", MAJOR),),
        since=LONG_AGO,
        touched=TOUCHED,
        link="https://www.google.com/appsstatus/dashboard/incidents/abc",
    )


@pytest.mark.parametrize(
    ("service", "product", "name", "link"),
    [
        ("Gmail", "Gmail", "Google Workspace", "https://www.google.com/appsstatus/dashboard/incidents/abc"),
        (
            "Multiple Products",
            "Admin Console",
            "Google Workspace",
            "https://www.google.com/appsstatus/dashboard/incidents/abc",
        ),
        ("Multiple Products", "Google Compute Engine", "Google Cloud", "https://status.cloud.google.com/incidents/abc"),
        ("Google Cloud SQL", "Google Cloud SQL", "Google Cloud", "https://status.cloud.google.com/incidents/abc"),
        ("Frobnicator", "Frobnicator", "Frobnicator", ""),
    ],
)
def test_products_tell_whose_archive_it_is(service: str, product: str, name: str, link: str) -> None:
    document = [google(service_name=service, affected_products=[{"title": product}])]

    assert read(Answer(written(document))).name == name
    assert only(read, document).link == link


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://[", None, 7, ""])
def test_link_is_an_address_of_the_web_or_left_out(uri: Any) -> None:
    assert only(read, [google(uri=uri)]).link == ""


@pytest.mark.parametrize("more", [{"modified": None}, {"modified": 7}, {"updates": [], "most_recent_update": None}])
def test_incident_whose_newest_time_is_not_told_is_never_stale(more: Any) -> None:
    assert only(read, [google(**more)]).touched is None


@pytest.mark.parametrize("products", [None, []])
def test_incident_without_products_concerns_all(products: Any) -> None:
    assert come_to(read, [google(affected_products=products)], MAIL) is MAJOR


def test_incident_without_a_description_has_a_title() -> None:
    assert only(read, [google(external_desc=None)]).title == "an incident without a description"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "an empty list where Google has an archive"),
        ({}, "the document"),
        ([google(affected_products=[{"id": "gmail"}])], "title"),
    ],
)
def test_archive_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


def test_nothing_that_happens_to_an_archive_makes_an_open_incident_well() -> None:
    stays_ill(read, [google(), OVER], MAIL, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, [google(), OVER])


@both
def test_recorded_archive_of_google_cloud_is_healthy(payloads: Path) -> None:
    page = read(Answer((payloads / "google-cloud" / "incidents-2026-08.json").read_bytes()))

    assert page.name == "Google Cloud"
    assert weigh(page, Wanted(), now=datetime(2026, 8, 1, tzinfo=UTC), stale=STALE).severity is OK


def test_incident_that_does_not_say_when_it_began_began_when_it_was_written() -> None:
    assert only(read, [google(begin=None)]).since == LONG_AGO
