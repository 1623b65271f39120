from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.aws import read, read_feed
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.weighing import Reading, Wanted, weigh
from tests.statuspages import feeds
from tests.statuspages.feeds import LONG_AGO, NOW, STALE, item, rss
from tests.statuspages.mangling import come_to, only, reads_or_says_why_not, stays_ill, written
from tests.statuspages.payloads import TOUCHED, aws, epoch
from tests.statuspages.recordings import both

OK, INFO, UNKNOWN, DEGRADED, MAJOR = (
    Severity.OK,
    Severity.INFO,
    Severity.UNKNOWN,
    Severity.DEGRADED,
    Severity.MAJOR,
)
KEYS = ("iam", "sts", "signin", "ses", "route53", "cloudfront", "lambda", "eventbridge", "multipleservices")
OURS = Wanted(KEYS, ("us-east-1", "us-west-2", "eu-west-1"))
EMIRATES = Wanted(KEYS, ("me-central-1",))
NAMES = frozenset({"service"})
CHANNEL = "Amazon Web Services Service Status"


def said(title: str, when: datetime | None = TOUCHED, key: str = "multipleservices-us-east-1") -> str:
    """An update in the feed, dated as AWS does."""
    dated = {"pubDate": (when - timedelta(hours=8)).strftime("%a, %d %b %Y %H:%M:%S PST")} if when else {}
    guid = f"https://status.aws.amazon.com/#{key}_{epoch(when or NOW)}" if key else ""
    return item(title=title, description="More.", guid=guid, link="https://status.aws.amazon.com/", **dated)


def updates(*items: str) -> bytes:
    return rss(*items, title=CHANNEL)


def of_feed(*items: str, wanted: Wanted = OURS) -> Severity:
    return feeds.severity(read, updates(*items), wanted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_no_event_at_all_is_a_healthy_aws(encoding: str) -> None:
    body = "[]".encode(encoding)

    assert read(Answer(b"\xff\xfe" + body if encoding == "utf-16-le" else body)) == Page()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("0", OK),
        (0, OK),
        ("1", INFO),
        (1, INFO),
        ("2", DEGRADED),
        (2, DEGRADED),
        ("3", MAJOR),
        (3, MAJOR),
        ("4", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
        ("disrupted", UNKNOWN),
    ],
    ids=repr,
)
def test_status_of_an_event_is_its_severity(status: Any, expected: Severity) -> None:
    assert come_to(read, [aws(status)], OURS) is expected


def test_event_of_a_service_that_operates_normally_is_no_incident() -> None:
    assert read(Answer(written([aws("0")]))).notices == ()


def test_event_tells_its_services_regions_and_times() -> None:
    assert only(read, [aws()]) == Notice(
        title="Increased Error Rates",
        severity=MAJOR,
        components=(Component("multipleservices", MAJOR, "us-east-1"), Component("iam", MAJOR, "us-east-1")),
        since=LONG_AGO,
        touched=TOUCHED,
    )


@pytest.mark.parametrize(
    ("key", "name", "region"),
    [
        ("multipleservices-us-east-1", "multipleservices", "us-east-1"),
        ("internetconnectivity-us-west-2", "internetconnectivity", "us-west-2"),
        ("acm-pca-me-south-1", "acm-pca", "me-south-1"),
        ("ec2-us-gov-west-1", "ec2", "us-gov-west-1"),
        ("ec2-us-iso-east-1", "ec2", "us-iso-east-1"),
        ("Lambda-EU-West-1", "lambda", "eu-west-1"),
        ("route53", "route53", ""),
        ("management-console", "management-console", ""),
        ("iam", "iam", ""),
    ],
)
def test_region_is_the_suffix_of_the_service(key: str, name: str, region: str) -> None:
    assert only(read, [aws(service=key, impacted_services={})]).components == (Component(name, MAJOR, region),)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("multipleservices-us-east-1", MAJOR),
        ("multipleservices-me-central-1", OK),
        ("iam", MAJOR),
        ("ec2-us-east-1", OK),
    ],
)
def test_event_matters_by_service_and_region(service: str, expected: Severity) -> None:
    assert come_to(read, [aws(service=service, impacted_services={})], OURS) is expected


@pytest.mark.parametrize(
    ("current", "expected"), [("3", MAJOR), (2, DEGRADED), ("0", OK), ("7", UNKNOWN), (None, UNKNOWN)]
)
def test_service_that_an_event_impacts_is_as_ill_as_it_is_there(current: Any, expected: Severity) -> None:
    impacted = {"lambda-us-east-1": {"service_name": "AWS Lambda", "current": current}}

    assert come_to(read, [aws(service="ec2-us-east-1", impacted_services=impacted)], OURS) is expected


@pytest.mark.parametrize(
    ("end", "is_open"),
    [
        (str(epoch(LONG_AGO)), False),
        (epoch(LONG_AGO) * 1000, False),
        pytest.param(epoch(datetime.now(UTC)) + 10_000, True, id="in-three-hours"),
        (99999999999, True),
        ("", True),
        (None, True),
        ("frobnicated", True),
        (7, True),
    ],
)
def test_event_is_over_once_its_end_has_come(end: Any, is_open: bool) -> None:  # noqa: FBT001 -- a row
    assert (come_to(read, [aws(end_time=end)], OURS) is MAJOR) is is_open


@pytest.mark.parametrize(
    ("more", "touched"),
    [
        ({"event_log": [{"timestamp": epoch(TOUCHED) * 1000}]}, TOUCHED),
        ({"impacted_service_status_changes": [{"timestamp": epoch(NOW) * 1000}]}, NOW),
        ({"event_log": [{"timestamp": epoch(LONG_AGO)}, {"status": 3}]}, None),
        ({"event_log": [{"timestamp": epoch(LONG_AGO)}, {"timestamp": 7}]}, None),
        ({"event_log": []}, None),
        ({"event_log": None, "impacted_service_status_changes": [{"timestamp": epoch(LONG_AGO)}]}, None),
    ],
)
def test_event_is_as_new_as_its_newest_update_where_all_have_a_time(more: Any, touched: datetime | None) -> None:
    assert only(read, [aws(**more)]).touched == touched


def test_event_without_a_summary_has_a_title() -> None:
    assert only(read, [aws(summary=None)]).title == "an event without a summary"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "the document"),
        ([{"status": "3"}], "0.service"),
        ([{"service": "iam", "status": "3"}], "0.impacted_services"),
        ([aws(impacted_services=[])], "0.impacted_services"),
    ],
)
def test_event_of_another_shape_is_unreadable_and_says_what_is_amiss(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(written(document)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nothing_that_happens_to_a_page_makes_an_open_event_well(encoding: str) -> None:
    stays_ill(read, [aws("0"), aws()], OURS, names=NAMES, encoding=encoding)


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, [aws()])
    feeds.reads_or_says_why_not(read, updates(said("Service disruption: a")))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Service is operating normally: [RESOLVED] Increased Error Rates", OK),
        ("Service is operating normally", OK),
        ("Service disruption: [RESOLVED] Increased Error Rates", OK),
        ("Informational message: Maintenance", INFO),
        ("Performance issues: Increased Latencies", DEGRADED),
        ("Service degradation: Increased Latencies", DEGRADED),
        ("Service impact: Increased Packet loss", DEGRADED),
        ("Service disruption: Increased Error Rates", MAJOR),
        ("SERVICE DISRUPTION: Increased Error Rates", MAJOR),
        ("Service frobnication: Increased Error Rates", UNKNOWN),
        ("Increased Error Rates", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_prefix_of_a_title_in_the_feed_is_its_severity(title: str, expected: Severity) -> None:
    assert of_feed(said(title)) is expected


OVER, BROKEN = "Service is operating normally: [RESOLVED] a", "Service disruption: a"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([said(OVER, NOW), said(BROKEN, TOUCHED)], OK),
        ([said(BROKEN, TOUCHED), said(OVER, NOW)], OK),
        ([said(BROKEN, NOW), said(OVER, TOUCHED)], MAJOR),
        ([said(OVER, NOW, "iam"), said(BROKEN, TOUCHED)], MAJOR),
        ([said(OVER, None), said(BROKEN, TOUCHED)], MAJOR),
        ([said(OVER, NOW), said(BROKEN, None)], MAJOR),
        ([said(OVER, NOW, key=""), said(BROKEN, TOUCHED)], MAJOR),
        ([said(OVER, NOW), said(BROKEN, TOUCHED, key="")], MAJOR),
        ([said(OVER, NOW), said(OVER, NOW)], OK),
        ([said(BROKEN, key="multipleservices-me-central-1")], OK),
        ([said(BROKEN, key="route53")], MAJOR),
        ([said(BROKEN, LONG_AGO)], OK),
        ([], OK),
    ],
)
def test_newest_update_of_a_service_in_a_region_speaks(items: list[str], expected: Severity) -> None:
    assert of_feed(*items) is expected


def test_feed_tells_since_when_what_is_open() -> None:
    earlier = NOW - timedelta(hours=5)
    (found,) = read_feed(
        Answer(
            updates(said(BROKEN, NOW), said("Service impact: a", TOUCHED), said(OVER, earlier), said(BROKEN, LONG_AGO))
        )
    ).notices

    assert found == Notice(
        title=BROKEN,
        severity=MAJOR,
        components=(Component("multipleservices", MAJOR, "us-east-1"),),
        since=TOUCHED,
        touched=NOW,
    )


@pytest.mark.parametrize("title", ["Azure Status", "", "Error"])
def test_feed_of_somebody_else_is_unreadable(title: str) -> None:
    with pytest.raises(Unreadable):
        read(Answer(rss(said(OVER), title=title)))


def test_html_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="an HTML page where JSON was expected"):
        read(Answer(b"<!DOCTYPE html><html></html>", "text/html"))


def test_nothing_that_happens_to_a_feed_makes_an_open_event_well() -> None:
    feeds.stays_ill(read, updates(said(BROKEN, NOW), said(BROKEN, LONG_AGO), said(OVER, TOUCHED, "iam")), OURS)


def recorded(payloads: Path, name: str, now: datetime, wanted: Wanted) -> Reading:
    return weigh(read(Answer((payloads / "aws" / name).read_bytes())), wanted, now=now, stale=STALE)


IN_APRIL = datetime(2026, 4, 30, 9, 0, tzinfo=UTC)
IN_AUGUST = datetime(2026, 8, 18, 13, 0, tzinfo=UTC)


@both
@pytest.mark.parametrize(
    ("name", "now", "wanted", "expected"),
    [
        ("currentevents-two-open-utf16be.bin", IN_APRIL, OURS, OK),
        ("currentevents-two-open-utf16be.bin", IN_APRIL, EMIRATES, MAJOR),
        ("currentevents-resolved-2023-03.json", datetime(2023, 3, 13, 18, 0, tzinfo=UTC), Wanted(), OK),
        ("rss-all-2026-08.rss", IN_APRIL, EMIRATES, MAJOR),
    ],
)
def test_recorded_page_is_judged_as_it_deserves(
    payloads: Path, name: str, now: datetime, wanted: Wanted, expected: Severity
) -> None:
    reading = recorded(payloads, name, now, wanted)

    assert reading.severity is expected, reading


@both
def test_recorded_feed_has_nothing_open_for_our_regions(payloads: Path) -> None:
    """Three events are in it: Frankfurt's is resolved; those of the Emirates and of Bahrain were open, since March."""
    found = read(Answer((payloads / "aws" / "rss-all-2026-08.rss").read_bytes()))
    open_ = {part for incident in found.notices for part in incident.components}

    assert found.name == CHANNEL
    assert open_ == {
        Component("multipleservices", MAJOR, "me-central-1"),
        Component("multipleservices", MAJOR, "me-south-1"),
    }
    assert recorded(payloads, "rss-all-2026-08.rss", IN_AUGUST, OURS).severity is OK


@both
def test_recorded_events_that_nobody_has_touched_for_months_are_told_of_and_do_not_count(payloads: Path) -> None:
    reading = recorded(payloads, "rss-all-2026-08.rss", IN_AUGUST, EMIRATES)

    assert reading.severity is OK
    assert "not counted, since it had no update for 14 days" in reading.aside
