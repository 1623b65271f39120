from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.meta import read
from monitor.statuspages.page import Answer, Component, Notice, Severity
from monitor.statuspages.weighing import Wanted
from tests.statuspages.feeds import (
    LONG_AGO,
    NOW,
    item,
    mail,
    reads_or_says_why_not,
    rss,
    severity,
    stays_ill,
)

HOUR = timedelta(hours=1)
OVER, DEGRADED, PARTIAL = Severity.OK, Severity.DEGRADED, Severity.PARTIAL
MAJOR, UNKNOWN = Severity.MAJOR, Severity.UNKNOWN
LINK = "https://metastatus.com/facebook-login"


def feed(*items: str) -> bytes:
    return rss(*items, title="Facebook Login Status")


def said(
    level: str, when: datetime | None = NOW, guid: str = "1", link: str = LINK, product: str = "Facebook Login"
) -> str:
    times = {"pubDate": mail(when)} if when else {}
    return item(title=f"[{level}]: {product}", description="More.", guid=guid, link=link, **times)


def test_feed_without_items_is_healthy_and_named() -> None:
    page = read(Answer(feed()))

    assert (page.name, page.components, page.notices) == ("Facebook Login Status", None, ())


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE html><html lang="en"><head><title>Meta Status</title></head><body></body></html>',
        rss(title=""),
        feed(said("Major outage"))[:-30],
        b"",
    ],
)
def test_shell_that_answers_every_path_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(Answer(body, "text/html"))


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("Resolved", OVER),
        ("No known issues", OVER),
        ("Low disruptions", DEGRADED),
        ("Some disruptions", DEGRADED),
        ("Medium disruptions", DEGRADED),
        ("High disruptions", PARTIAL),
        ("HIGH DISRUPTIONS", PARTIAL),
        ("Major disruptions", PARTIAL),
        ("Major outage", MAJOR),
        ("Frobnicated", UNKNOWN),
        ("Resolved?", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_level_in_brackets_is_the_severity(level: str, expected: Severity) -> None:
    assert severity(read, feed(said(level)), Wanted(("Facebook Login",))) is expected


@pytest.mark.parametrize(
    "title", ["Facebook Login", "Resolved: Facebook Login", "About [Resolved]: Facebook Login", ""]
)
def test_title_without_a_level_is_not_understood(title: str) -> None:
    body = feed(item(title=title, description="Facebook Login"))

    assert severity(read, body, Wanted(("Facebook Login",))) is UNKNOWN


def test_item_tells_its_product_times_and_link() -> None:
    assert read(Answer(feed(said("High disruptions")))).notices == (
        Notice(
            title="[High disruptions]: Facebook Login",
            severity=PARTIAL,
            components=(Component("Facebook Login", PARTIAL),),
            since=NOW,
            touched=NOW,
            link=LINK,
        ),
    )


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([said("Major outage", NOW - HOUR), said("Resolved", NOW)], OVER),
        ([said("Resolved", NOW), said("Major outage", NOW - HOUR)], OVER),
        ([said("Resolved", NOW - HOUR), said("Major outage", NOW)], MAJOR),
        ([said("Major outage", NOW - HOUR), said("Low disruptions", NOW)], DEGRADED),
        ([said("Resolved", NOW), said("Major outage", NOW)], MAJOR),
        ([said("Resolved", NOW), said("Major outage", None)], MAJOR),
        ([said("Resolved", None), said("Major outage", NOW)], MAJOR),
        ([said("Resolved", NOW, guid="2"), said("Major outage", NOW - HOUR, guid="1")], OVER),
        ([said("Resolved", NOW, guid="", link=""), said("Major outage", NOW - HOUR, guid="", link="")], MAJOR),
        ([said("Resolved", NOW, guid="2", product="Graph API"), said("Major outage", NOW - HOUR)], MAJOR),
        ([said("Resolved", NOW, link=""), said("Major outage", NOW - HOUR, link="")], OVER),
        (
            [
                said("Some disruptions", NOW - HOUR, "1"),
                said("Major outage", NOW, "2", ""),
                said("Resolved", NOW + HOUR, "2"),
            ],
            OVER,
        ),
    ],
)
def test_newest_item_speaks_for_an_event(items: list[str], expected: Severity) -> None:
    assert severity(read, feed(*items), Wanted()) is expected


def test_event_began_with_its_first_item_and_was_touched_with_its_last() -> None:
    (found,) = read(Answer(feed(said("Major outage", NOW), said("Low disruptions", LONG_AGO)))).notices

    assert (found.since, found.touched, found.severity) == (LONG_AGO, NOW, MAJOR)


@pytest.mark.parametrize(
    "items",
    [
        [said("Major outage")],
        [said("Major outage"), said("Resolved", LONG_AGO)],
        [said("Major outage"), said("High disruptions", LONG_AGO)],
        [said("Major outage"), said("Resolved", LONG_AGO, guid="2")],
    ],
)
def test_nothing_that_happens_to_the_feed_makes_an_open_outage_well(items: list[str]) -> None:
    stays_ill(read, feed(*items), Wanted(("Facebook Login",)))


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, feed(said("Major outage")))
