from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.heroku import read
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import LONG_AGO, NOW, STALE
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import AHEAD, TOUCHED, heroku, iso, outage
from tests.statuspages.recordings import both

OK, MAINTENANCE, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.UNKNOWN
DEGRADED, MAJOR = Severity.DEGRADED, Severity.MAJOR
APPS = Wanted(("Apps",))
NAMES = frozenset({"system"})


def test_healthy_page_lists_its_systems() -> None:
    assert read(Answer(written(heroku()))) == Page(
        components=(Component("Apps", OK), Component("Data", OK), Component("Tools", OK))
    )


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("green", OK),
        ("blue", MAINTENANCE),
        ("yellow", DEGRADED),
        ("red", MAJOR),
        ("Red", MAJOR),
        ("mauve", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_colour_of_a_system_is_its_severity(colour: Any, expected: Severity) -> None:
    assert come_to(read, heroku(colour=colour), APPS) is expected


@pytest.mark.parametrize(
    ("newest", "first", "expected"),
    [
        ("red", "yellow", MAJOR),
        ("yellow", "red", DEGRADED),
        ("green", "red", UNKNOWN),
        ("blue", "red", UNKNOWN),
        ("mauve", "red", UNKNOWN),
    ],
)
def test_newest_update_tells_the_severity_of_an_incident(newest: str, first: str, expected: Severity) -> None:
    assert come_to(read, heroku(outage(newest, first))) is expected


def test_order_of_the_updates_does_not_matter() -> None:
    turned = outage("yellow", "red")
    turned["updates"].reverse()

    assert come_to(read, heroku(turned), APPS) is DEGRADED


def test_worst_update_speaks_where_one_has_no_time() -> None:
    timeless = outage("yellow", "red")
    del timeless["updates"][1]["created_at"]

    assert come_to(read, heroku(timeless)) is MAJOR


@pytest.mark.parametrize("updates", [None, []])
def test_incident_without_updates_is_not_understood(updates: Any) -> None:
    assert come_to(read, heroku(outage(updates=updates)), APPS) is UNKNOWN


@pytest.mark.parametrize(
    ("more", "is_open"),
    [
        ({}, True),
        ({"state": None}, True),
        ({"state": "frobnicated", "resolved": "true"}, True),
        ({"resolved": None}, True),
        ({"resolved": True}, False),
        ({"state": "resolved"}, False),
    ],
)
def test_incident_is_open_until_it_is_said_to_be_over(more: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert bool(read(Answer(written(heroku(outage(**more))))).notices) is is_open


def test_incident_tells_its_times_and_link_and_concerns_all() -> None:
    assert only(read, heroku(outage())) == Notice(
        title="Routing fails",
        severity=MAJOR,
        since=LONG_AGO,
        touched=TOUCHED,
        link="https://status.heroku.com/incidents/1",
        said="Routing fails",
    )
    assert come_to(read, heroku(outage())) is MAJOR
    assert come_to(read, heroku(outage()), APPS) is DEGRADED, "it does not say of which systems"


@pytest.mark.parametrize("more", [{"updated_at": None}, {"updates": []}, {"updates": [{"status_prod": "red"}]}])
def test_incident_whose_newest_time_is_not_told_is_never_stale(more: Any) -> None:
    assert only(read, heroku(outage(**more))).touched is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"scheduled_for": iso(AHEAD)}, OK),
        ({"scheduled_for": iso(TOUCHED)}, MAINTENANCE),
        ({}, MAINTENANCE),
        ({"scheduled_for": iso(TOUCHED), "state": "completed"}, OK),
    ],
)
def test_maintenance_counts_once_it_has_begun(more: Any, expected: Severity) -> None:
    scheduled = outage("green", "green", state="scheduled", scheduled_until=iso(AHEAD)) | more

    assert come_to(read, heroku(scheduled=[scheduled]), APPS) is expected


def test_incident_and_maintenance_without_a_title_have_one() -> None:
    untitled = outage(title=None)
    page = read(Answer(written(heroku(untitled, scheduled=[untitled]))))

    assert [each.title for each in page.notices] == ["an incident without a title", "a maintenance without a title"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"status": []}, "incidents"),
        ({"incidents": []}, "status"),
        (heroku() | {"status": [{"status": "green"}]}, "status.0.system"),
        ({"status": {"Production": "green", "Development": "green"}, "issues": []}, "status"),
    ],
)
def test_page_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


def test_nothing_that_happens_to_a_page_makes_an_open_incident_well() -> None:
    stays_ill(read, heroku(outage(), colour="red"), APPS, names=NAMES)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, heroku(outage(), scheduled=[outage(scheduled_for=iso(NOW))]))


@both
def test_recorded_page_is_judged_as_it_deserves(payloads: Path) -> None:
    page = read(Answer((payloads / "heroku" / "current-status-incident.json").read_bytes()))

    assert weigh(page, Wanted(), now=datetime(2019, 10, 24, 19, 0, tzinfo=UTC), stale=STALE).severity is DEGRADED


def test_update_that_nobody_corrected_was_touched_when_it_was_written() -> None:
    once = outage(updates=[{"status_prod": "red", "created_at": iso(TOUCHED)}])

    assert only(read, heroku(once)).touched == TOUCHED
