from __future__ import annotations

from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.salesforce import read
from monitor.statuspages.weighing import Wanted
from tests.statuspages.feeds import LONG_AGO, NOW
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import AHEAD, TOUCHED, failure, iso, salesforce

OK, MAINTENANCE, INFO, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.INFO, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
OURS = Wanted(("EU45",))
NAMES = frozenset({"key"})


def planned(**more: Any) -> dict[str, Any]:
    return {
        "id": 8,
        "name": "Release",
        "plannedStartTime": iso(AHEAD),
        "plannedEndTime": iso(AHEAD),
        "updatedAt": iso(TOUCHED),
        "MaintenanceEvents": [],
    } | more


def test_healthy_instance_is_a_component() -> None:
    assert read(Answer(written(salesforce()))) == Page(components=(Component("EU45", OK),))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OK", OK),
        ("MAINTENANCE_CORE", MAINTENANCE),
        ("MAINTENANCE_NONCORE", MAINTENANCE),
        ("MAINTENANCE_FROBNICATED", MAINTENANCE),
        ("INFORMATIONAL_CORE", INFO),
        ("INFORMATIONAL", INFO),
        ("MINOR_INCIDENT_CORE", DEGRADED),
        ("MINOR_INCIDENT_NONCORE", DEGRADED),
        ("MAJOR_INCIDENT_NONCORE", PARTIAL),
        ("MAJOR_INCIDENT_CORE", MAJOR),
        ("FROBNICATED", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_status_of_an_instance_is_its_severity(status: Any, expected: Severity) -> None:
    assert come_to(read, salesforce(status=status), OURS) is expected


@pytest.mark.parametrize(
    ("severity", "core", "expected"),
    [
        ("major", True, MAJOR),
        ("major", None, MAJOR),
        ("major", False, PARTIAL),
        ("minor", True, DEGRADED),
        ("minor", False, DEGRADED),
        ("frobnicated", True, UNKNOWN),
    ],
)
def test_incident_is_as_severe_as_what_it_has_not_ended_yet(severity: str, core: Any, expected: Severity) -> None:
    assert come_to(read, salesforce(failure(severity, isCore=core)), OURS) is expected


@pytest.mark.parametrize("impacts", [None, [], [{"severity": "major", "endTime": iso(TOUCHED)}]])
def test_open_incident_without_an_impact_is_not_understood(impacts: Any) -> None:
    assert come_to(read, salesforce(failure(IncidentImpacts=impacts)), OURS) is UNKNOWN


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        *(("Confirmed", True), ("Frobnicated", True), (None, True)),
        *((each, False) for each in ("Resolved", "Completed", "Closed", "Canceled", "Cancelled")),
    ],
)
def test_incident_is_open_until_it_is_said_to_be_over(status: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert bool(read(Answer(written(salesforce(failure(status=status))))).notices) is is_open


def test_incident_tells_its_times_and_link() -> None:
    assert only(read, salesforce(failure())) == Notice(
        title="We restart it.",
        severity=MAJOR,
        components=(Component("EU45", MAJOR),),
        since=LONG_AGO,
        touched=TOUCHED,
        link="https://status.salesforce.com/incidents/7",
    )


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"message": "It <b>fails</b>"}, "It fails"),
        ({"message": None, "additionalInformation": "It fails"}, "It fails"),
        ({"message": None}, "incident 7"),
        ({"message": {}, "id": None}, "incident"),
    ],
)
def test_title_is_what_there_is(more: Any, title: str) -> None:
    assert only(read, salesforce(failure(**more))).title == title


@pytest.mark.parametrize("identity", [None, "", "../1", 0.5])
def test_link_needs_an_identity(identity: Any) -> None:
    assert only(read, salesforce(failure(id=identity))).link == ""


@pytest.mark.parametrize("more", [{"updatedAt": None}, {"IncidentEvents": []}, {"IncidentEvents": [{"type": "a"}]}])
def test_incident_whose_newest_time_is_not_told_is_never_stale(more: Any) -> None:
    assert only(read, salesforce(failure(**more))).touched is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, OK),
        ({"plannedStartTime": iso(TOUCHED)}, MAINTENANCE),
        ({"plannedStartTime": None}, MAINTENANCE),
        ({"plannedStartTime": iso(TOUCHED), "status": "Completed"}, OK),
    ],
)
def test_maintenance_counts_once_it_has_begun(more: Any, expected: Severity) -> None:
    assert come_to(read, salesforce(Maintenances=[planned(**more)]), OURS) is expected


def test_instance_with_a_message_is_an_instance() -> None:
    assert come_to(read, salesforce(message="Welcome")) is OK


def test_update_that_was_corrected_later_was_touched_then() -> None:
    changed = [{"createdAt": iso(LONG_AGO), "updatedAt": iso(NOW)}]

    assert only(read, salesforce(failure(IncidentEvents=changed))).touched == NOW


@pytest.mark.parametrize("document", [{"message": "Instance not found"}, [], [salesforce()]])
def test_instance_that_is_not_there_is_unreadable(document: Any) -> None:
    with pytest.raises(Unreadable, match="no such instance"):
        read(Answer(written(document)))


@pytest.mark.parametrize(
    ("document", "told"),
    [({}, "key"), ({"key": "EU45"}, "Incidents"), (salesforce(key=""), "key"), (7, "the document")],
)
def test_page_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


def test_nothing_that_happens_to_a_page_makes_an_open_incident_well() -> None:
    stays_ill(read, salesforce(failure(), status="MAJOR_INCIDENT_CORE"), OURS, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, salesforce(failure(), Maintenances=[planned()]))
