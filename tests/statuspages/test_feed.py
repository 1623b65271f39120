from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.feed import read
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Notice, Severity
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import (
    LONG_AGO,
    NOW,
    STALE,
    atom,
    entry,
    item,
    mail,
    reads_or_says_why_not,
    rss,
    severity,
    stays_ill,
    update,
)
from tests.statuspages.recordings import both

OK, MAINTENANCE, UNKNOWN, DEGRADED = Severity.OK, Severity.MAINTENANCE, Severity.UNKNOWN, Severity.DEGRADED
HOUR = timedelta(hours=1)
OPEN = update("Monitoring", when=NOW - HOUR) + update("Investigating", when=NOW - 2 * HOUR)


def incidents(body: bytes) -> tuple[Notice, ...]:
    return read(Answer(body)).notices


def only(body: bytes) -> Notice:
    (found,) = incidents(body)
    return found


@pytest.mark.parametrize("body", [rss(), atom()])
def test_feed_without_entries_is_healthy_and_named(body: bytes) -> None:
    page = read(Answer(body))

    assert (page.name, page.components, page.notices) == ("Some Status", None, ())


@pytest.mark.parametrize(
    "body",
    [
        rss(title=""),
        atom(title=""),
        b"",
        b"<!doctype html><title>Not Found</title>",
        b"{}",
        rss(item(title="Login fails"))[:-9],
        b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(),
    ],
)
def test_what_is_no_feed_of_anybody_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(Answer(body))


@pytest.mark.parametrize(
    "title",
    [
        "Resolved: login fails",
        "RESOLVED - Login fails",
        "Resolved Service Disruption",
        "[RESOLVED] Login fails",
        "[Resolved 14:07 UTC] Login fails",
        "Login fails (resolved)",
        "Login fails [Closed]",
        "Completed: upgrade",
        "Postmortem: login failed",
        "Post-mortem - login failed",
        "Closed",
        "Service is operating normally: [RESOLVED] Increased Packet loss",
        "Service is operating normally",
    ],
)
def test_title_closes_an_entry(title: str) -> None:
    assert incidents(rss(item(title=title, description="It was bad."))) == ()


@pytest.mark.parametrize(
    "title",
    [
        "Login fails",
        "Unresolved login failures",
        "Not resolved: login fails",
        "Partially resolved: login fails",
        "Closed-loop logins fail",
        "Completed payments are not shown",
        "Login fails [Not resolved]",
        "Login fails (resolved in Europe only)",
        "",
    ],
)
def test_title_that_merely_holds_a_closing_word_closes_nothing(title: str) -> None:
    found = only(rss(item(title=title, description="It is bad.")))

    assert found.severity is DEGRADED
    assert found.title == (title or "It is bad.")


@pytest.mark.parametrize("word", ["Resolved", "resolved", "COMPLETED", "Postmortem", "Post-mortem", "Closed"])
@pytest.mark.parametrize("make", ["rss", "encoded", "atom"])
def test_newest_update_closes_an_entry(word: str, make: str) -> None:
    content = update(word, when=NOW) + OPEN
    body = {
        "rss": rss(item(title="Login fails", description=content)),
        "encoded": rss(item(title="Login fails", content_encoded=content)),
        "atom": atom(entry("Login fails", content)),
    }[make]

    assert incidents(body) == ()


@pytest.mark.parametrize(
    "content",
    [
        "<b>Status: Resolved</b><br/>All is well",
        "<p>Aug 4, 14:07 UTC</p><p><strong>Resolved</strong> &#8211; fine</p>",
        "<p><strong>Resolved</strong> – fine <small>2026-11-22T02:00:00Z</small></p>" + OPEN,
        "Resolved - all is well",
        "Aug 4, 14:07 UTC Resolved: all is well",
        "[Resolved] all is well",
        "Resolved",
        "<p>It is back.</p>" + update("Resolved"),
    ],
)
def test_newest_update_is_found_however_it_is_written(content: str) -> None:
    assert incidents(rss(item(title="Login fails", description=content))) == ()


@pytest.mark.parametrize(
    "content",
    [
        OPEN,
        update("Investigating") + update("Resolved"),
        update("Frobnicated") + update("Resolved"),
        "We resolved nothing yet",
        "Resolved names are wrong",
        "<strong>Resolved</strong> names are wrong",
        "",
    ],
)
def test_what_is_not_said_to_be_over_is_open(content: str) -> None:
    assert only(rss(item(title="Login fails", description=content))).severity is DEGRADED


@pytest.mark.parametrize(
    ("title", "content", "expected"),
    [
        ("Database maintenance", "We upgrade it.", MAINTENANCE),
        ("Scheduled: database", "We upgrade it.", MAINTENANCE),
        ("Scheduled upgrade of the database", "We upgrade it.", MAINTENANCE),
        ("Database", update("Scheduled"), MAINTENANCE),
        ("Database", update("In progress") + update("Scheduled"), MAINTENANCE),
        ("Database", update("In progress"), DEGRADED),
        ("Database maintenance", update("Update") + update("Scheduled"), MAINTENANCE),
        ("Database maintenance", OPEN, DEGRADED),
        ("Database", update("Investigating") + update("Scheduled"), DEGRADED),
        ("Login fails after maintenance", "It is bad.", DEGRADED),
        ("Scheduled jobs are late", "It is bad.", DEGRADED),
        ("Unscheduled restart", "It is bad.", DEGRADED),
    ],
)
def test_maintenance_is_told_from_an_incident(title: str, content: str, expected: Severity) -> None:
    assert only(rss(item(title=title, description=content))).severity is expected


@pytest.mark.parametrize(
    "body",
    [
        rss(item(title="Maintenance", pubDate=mail(NOW + STALE), maintenanceEndDate=mail(NOW + STALE + HOUR))),
        rss(
            item(
                title="Database",
                description="<p><strong>THIS IS A SCHEDULED EVENT Dec <var>6</var>, 03:00 - 04:00 UTC</strong></p>"
                + update("Scheduled", when=NOW),
                pubDate=mail(NOW),
                maintenanceEndDate=mail(NOW + STALE + HOUR),
            )
        ),
    ],
)
def test_maintenance_to_come_begins_and_ends_when_it_says(body: bytes) -> None:
    found = only(body)

    assert found.severity is MAINTENANCE
    assert (found.since, found.until) == (NOW + STALE, NOW + STALE + HOUR)


def test_entry_tells_its_times_and_where_to_read_on() -> None:
    told = entry("Login fails", OPEN, "2026-11-22T01:00:00Z", "2026-11-22T02:30:00Z")

    assert only(atom(told)) == Notice(
        title="Login fails",
        severity=DEGRADED,
        text="Login fails Nov 22, 02:00 UTC Monitoring - We are on it. Nov 22, 01:00 UTC Investigating - We are on it.",
        since=NOW - 2 * HOUR,
        touched=NOW - HOUR / 2,
        link="https://status.example.com/1",
    )


@pytest.mark.parametrize(
    ("body", "touched"),
    [
        (rss(item(title="a", description="b", pubDate=mail(LONG_AGO))), LONG_AGO),
        (rss(item(title="a", pubDate=mail(LONG_AGO))), None),
        (rss(item(title="a", pubDate=mail(LONG_AGO), a10_updated=NOW.isoformat())), NOW),
        (rss(item(title="a", pubDate=mail(LONG_AGO), a10_updated="recently")), None),
        (rss(item(title="a", pubDate=mail(LONG_AGO), description=OPEN)), NOW - HOUR),
        (rss(item(title="a", pubDate=mail(LONG_AGO), description=update("Monitoring"))), None),
        (rss(item(title="a", pubDate=mail(LONG_AGO), description=update("Update") + OPEN)), None),
        (rss(item(title="a", description=OPEN)), None),
        (rss(item(title="a", pubDate="2026")), None),
        (rss(item(title="a", pubDate="yesterday")), None),
        (atom(entry("a", published=LONG_AGO.isoformat())), None),
        (atom(entry("a", "It is bad.", published=LONG_AGO.isoformat())), None),
        (atom(entry("a", updated=NOW.isoformat())), NOW),
        (atom(entry("a", OPEN, published=LONG_AGO.isoformat())), NOW - HOUR),
        (atom(entry("a", OPEN, updated=LONG_AGO.isoformat())), NOW - HOUR),
    ],
)
def test_entry_was_touched_when_the_feed_says_so(body: bytes, touched: object) -> None:
    assert only(body).touched == touched


def test_update_without_a_year_is_of_the_nearest() -> None:
    content = "<small>Dec 31, 23:50 PST</small><strong>Investigating</strong> - bad"
    found = only(rss(item(title="a", pubDate="Fri, 01 Jan 2027 08:00:00 GMT", description=content)))

    assert found.touched is not None
    assert found.touched.isoformat() == "2027-01-01T08:00:00+00:00"


def test_year_that_is_told_is_the_year() -> None:
    content = "<small>Nov 21, 2025, 02:00 UTC</small><strong>Investigating</strong> - bad"
    found = only(atom(entry("a", content, published=NOW.isoformat())))

    assert found.touched is not None
    assert found.touched.isoformat() == "2025-11-21T02:00:00+00:00"


@pytest.mark.parametrize("word", ["Investigating", "Identified", "Monitoring"])
@pytest.mark.parametrize("content", ["{}: logins fail.", "{} - logins fail.", "<strong>{}</strong> - logins fail."])
def test_maintenance_after_which_something_broke_is_an_incident(content: str, word: str) -> None:
    assert only(rss(item(title="Scheduled maintenance", description=content.format(word)))).severity is DEGRADED


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\x1b[31mb", "a [31mb"),
        ("exe.\u202egnp", "exe. gnp"),
        ("a\x00b\r\n\tc", "a b c"),
        ("<b>a</b>&lt;script&gt;b&lt;/script&gt;", "ab"),
        ("1 &lt; 2", "1 < 2"),
        ("<p>a</p><p>b</p>", "a b"),
    ],
)
def test_text_of_a_page_is_shown_without_html_and_without_what_speaks_to_a_terminal(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_categories_are_components_and_text_speaks_where_there_are_none() -> None:
    named, unnamed = incidents(
        rss(item(title="a", category=["Login", "API", "Incident"]), item(title="b <i>c</i>", description="<p>d</p>"))
    )

    assert (named.components, named.text) == ((Component("Login", DEGRADED), Component("API", DEGRADED)), "")
    assert (unnamed.components, unnamed.text, unnamed.title) == ((), "b c d", "b c")


@pytest.mark.parametrize(
    "kind",
    [
        *("incident", "Incidents", "outage", "Outages", "STATUS", "Uncategorized"),
        *("Monitoring", "Identified", "In progress", "Scheduled", "Maintenance"),
    ],
)
def test_category_that_says_what_an_entry_is_names_no_component(kind: str) -> None:
    found = only(rss(item(title="Login fails", category=kind)))

    assert (found.components, found.text) == ((), "Login fails")


def test_content_is_read_before_the_summary_and_the_summary_where_there_is_none() -> None:
    over, bad = update("Resolved"), update("Investigating")

    assert incidents(atom(entry("Login fails", over, summary=bad))) == ()
    assert incidents(atom(entry("Login fails", summary=over))) == ()
    assert len(incidents(atom(entry("Login fails", bad, summary=over)))) == 1


@pytest.mark.parametrize(("pattern", "expected"), [("login", DEGRADED), ("billing", OK)])
def test_filter_looks_into_the_text(pattern: str, expected: Severity) -> None:
    assert severity(read, rss(item(title="Login fails", description="It is bad.")), Wanted((pattern,))) is expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [("https://a.example/1", "https://a.example/1"), ("/1", ""), ("javascript:alert(1)", ""), ("https://[", "")],
)
def test_only_addresses_of_the_web_are_linked(given: str, shown: str) -> None:
    assert only(rss(item(title="a", link=given))).link == shown


def test_entry_with_nothing_in_it_concerns_everything() -> None:
    found = only(rss(item(guid="1")))

    assert (found.title, found.severity, found.text) == ("an entry without a title", DEGRADED, "")


@pytest.mark.parametrize(
    "body",
    [
        rss(
            item(title="Login fails", description="Login fails.", pubDate=mail(NOW), guid="1", link="https://a.example")
        ),
        rss(item(title="Login fails", description="Login: " + OPEN, pubDate=mail(LONG_AGO), category=["Login"])),
        rss(
            item(title="Login fails", description="Login fails.", pubDate=mail(LONG_AGO), a10_updated=NOW.isoformat()),
            item(title="Resolved: API fails", description="It was bad.", a10_updated=LONG_AGO.isoformat()),
        ),
        atom(entry("Login fails", OPEN + "Login", LONG_AGO.isoformat(), NOW.isoformat(), summary="Login fails")),
        atom(entry("Login fails", OPEN + update("Identified", "Login", LONG_AGO), NOW.isoformat(), NOW.isoformat())),
    ],
)
def test_nothing_that_happens_to_a_feed_makes_an_open_incident_well(body: bytes) -> None:
    stays_ill(read, body, Wanted(("Login",)))


@pytest.mark.parametrize("body", [rss(item(title="a", description=OPEN)), atom(entry("a", OPEN, NOW.isoformat()))])
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    reads_or_says_why_not(read, body)


@pytest.mark.parametrize("content", ["<" * 50_000, "<b>" + " " * 50_000, "<![x[", "&amp;lt;b&amp;gt;"])
def test_odd_html_is_only_text(content: str) -> None:
    assert only(rss(item(title="a", description=content))).severity is DEGRADED


def test_number_of_thousands_of_digits_is_left_as_it_is() -> None:
    number = "&#" + "9" * 5000 + ";"

    assert plain(f"<p>{number}</p>") == number


@both
def test_recorded_feed_is_read(payloads: Path) -> None:
    page = read(Answer((payloads / "aws" / "rss-all-2026-08.rss").read_bytes()))
    over = weigh(page, Wanted(("Direct Connect",)), now=datetime(2026, 8, 18, 14, tzinfo=UTC), stale=STALE)

    assert page.name == "Amazon Web Services Service Status"
    assert page.notices
    assert not any("RESOLVED" in each.title for each in page.notices)
    assert over.severity is OK
