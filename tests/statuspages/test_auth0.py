from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.failures import Unreadable
from monitor.statuspages.auth0 import read
from monitor.statuspages.page import Answer, Component, Notice, Severity
from monitor.statuspages.uptime import uptime
from monitor.statuspages.weighing import Wanted
from tests.statuspages.feeds import (
    LONG_AGO,
    NOW,
    WELL,
    atom,
    entry,
    item,
    mail,
    quick,
    reads_or_says_why_not,
    rss,
    severity,
    stays_ill,
    update,
)
from tests.statuspages.recordings import both

OK, INFO, MAINTENANCE, UNKNOWN = Severity.OK, Severity.INFO, Severity.MAINTENANCE, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
HOUR = timedelta(hours=1)
EUROPE = Wanted(regions=("EU-1",))
ALL_CLEAR: dict[str, object] = {"status": "operational", "name": "All Systems Operational", "id": "", "impact": "none"}

NO_SHARES: list[object] = [None, True, "", "none", -1, 100.5, "101%", "nan", float("nan"), 10**400, [], {}, [99]]


def incident(**told: object) -> dict[str, object]:
    known = {
        "status": "investigating",
        "name": "Logins fail",
        "id": "one",
        "updated_at": (NOW - HOUR).isoformat(),
        "scheduled_for": None,
        "authenticationAffected": False,
        "impact": "major",
        "isPrivate": False,
    }
    return known | told


def document(**regions: list[dict[str, object]]) -> dict[str, Any]:
    active = [
        {
            "region": name.replace("_", "-"),
            "environment": "Production",
            "response": {"uptime": "99.9", "incidents": told},
        }
        for name, told in regions.items()
    ]
    return {"props": {"pageProps": {"activeIncidents": active}}, "page": "/"}


def home(held: object) -> bytes:
    script = f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(held)}</script>'
    return f"<!DOCTYPE html><html><head><title>Auth0 Status</title></head><body>{script}</body></html>".encode()


def only(body: bytes) -> Notice:
    (found,) = read(Answer(body)).notices
    return found


def each_form(content: str, when: datetime = NOW) -> list[bytes]:
    """The same entry in each of the three feeds."""
    return [
        atom(entry("Logins fail", content, LONG_AGO.isoformat(), when.isoformat()), title="Auth0 Status"),
        rss(item(title="Logins fail", content_encoded=content, pubDate=mail(when)), title="Auth0 Status"),
        rss(item(title="Logins fail", description=content, pubDate=mail(when)), title="Auth0 Status"),
    ]


@pytest.mark.parametrize("body", [atom(title="Auth0 Status"), rss(title="Auth0 Status")])
def test_feed_without_entries_is_healthy(body: bytes) -> None:
    page = read(Answer(body))

    assert (page.name, page.components, page.notices) == ("Auth0 Status", None, ())


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        ("Resolved", OK),
        ("RESOLVED", OK),
        ("Completed", OK),
        ("Postmortem", OK),
        ("Investigating", PARTIAL),
        ("Identified", PARTIAL),
        ("Monitoring", PARTIAL),
        ("Update", PARTIAL),
        ("Verifying", PARTIAL),
        ("In progress", PARTIAL),
        ("In_Progress", PARTIAL),
        ("Frobnicated", UNKNOWN),
        ("Not resolved", UNKNOWN),
    ],
)
@pytest.mark.parametrize("older", ["", update("Resolved"), update("Investigating")])
def test_newest_update_of_an_entry_says_whether_it_is_open(newest: str, older: str, expected: Severity) -> None:
    for body in each_form(update(newest, when=NOW) + older):
        assert severity(read, body, Wanted()) is expected


@pytest.mark.parametrize(
    "content",
    [
        "<strong>Resolved</strong> - It is over.",
        "<p><small>Nov 22, 02:00 UTC</small><br><strong>Resolved</strong> - It is over.</p>" + update("Investigating"),
        "<p><strong>Resolved</strong> - It is over. <small>2026-11-22T02:00:00.000Z</small></p>" + update("Identified"),
        "<p>Nov 22, 2026 02:00 UTC</p><div><strong>Resolved</strong> &ndash; It is over.</div>",
        "<p>It is back.</p><p><strong>Resolved</strong> - It is over.</p>",
    ],
)
def test_time_may_stand_before_or_after_an_update(content: str) -> None:
    for body in each_form(content):
        assert read(Answer(body)).notices == ()


@pytest.mark.parametrize("content", ["", "Logins fail", "<b>Major outage</b>"])
def test_entry_without_a_word_is_not_understood(content: str) -> None:
    for body in each_form(content):
        assert severity(read, body, Wanted()) is UNKNOWN


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (update("Scheduled"), MAINTENANCE),
        (update("In progress") + update("Scheduled"), MAINTENANCE),
        (update("Verifying") + update("In progress") + update("Scheduled"), MAINTENANCE),
        (update("Investigating") + update("Scheduled"), PARTIAL),
        (update("Frobnicated") + update("Scheduled"), UNKNOWN),
        (update("Completed") + update("Scheduled"), OK),
    ],
)
def test_maintenance_is_told_from_an_incident(content: str, expected: Severity) -> None:
    for body in each_form(content):
        assert severity(read, body, Wanted()) is expected


def test_maintenance_to_come_does_not_count_yet() -> None:
    event = "<p><strong>THIS IS A SCHEDULED EVENT Dec 6, 03:00 - 04:00 UTC</strong></p>" + update("Scheduled", when=NOW)

    for body in each_form(event):
        assert only(body).since == NOW + timedelta(days=14)
        assert severity(read, body, Wanted()) is OK


def test_incident_of_a_tenant_concerns_it_as_a_whole() -> None:
    atom_feed, *rss_feeds = each_form(
        update("Monitoring", when=NOW - HOUR) + update("Investigating", when=NOW - 2 * HOUR)
    )

    assert only(atom_feed) == Notice(
        title="Logins fail", severity=PARTIAL, since=LONG_AGO, touched=NOW, link="https://status.example.com/1"
    )
    for body in rss_feeds:
        assert only(body) == Notice(title="Logins fail", severity=PARTIAL, since=NOW, touched=NOW)
    for body in (atom_feed, *rss_feeds):
        assert severity(read, body, Wanted(("anything",), ("EU-1",))) is PARTIAL


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"Domain is required.", "lacks .domain="),
        (b"Domain not found", "where a feed was expected"),
        (b"", "empty"),
        (b'{"message": "Not Found"}', "where a feed was expected"),
        (b"<html><body>maintenance mode</body></html>", "an HTML page without the data"),
        (home({}), "props"),
        (home({"props": {"pageProps": {}}}), "activeIncidents"),
        (home(document(EU_1=[{"name": "Logins fail"}])), "status"),
        (home({"props": {"pageProps": {"activeIncidents": [{"response": {"incidents": []}}]}}}), "region"),
        (home({"props": {"pageProps": {"activeIncidents": [{"region": "EU-1"}]}}}), "response"),
        (home([]), "the document"),
        (home(document(EU_1=[ALL_CLEAR])).replace(b'"activeIncidents"', b"activeIncidents"), "where JSON"),
        (home(document(EU_1=[ALL_CLEAR]))[:-30], "without the data"),
        (atom(title=""), "without a title"),
    ],
)
def test_what_is_not_auth0s_is_unreadable(body: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(body))


def test_home_page_has_a_component_for_each_region() -> None:
    page = read(Answer(home(document(EU_1=[ALL_CLEAR], US_1=[ALL_CLEAR]))))

    assert page.components == (Component("Auth0", OK, "EU-1"), Component("Auth0", OK, "US-1"))
    assert (page.name, page.notices) == ("Auth0 Status", ())


@pytest.mark.parametrize(
    ("regions", "expected"), [(("EU-1",), OK), (("eu-*",), OK), (("JP-1",), UNKNOWN), ((), OK), (("!EU-1",), UNKNOWN)]
)
def test_region_that_the_page_does_not_have_is_unknown(regions: tuple[str, ...], expected: Severity) -> None:
    assert severity(read, home(document(EU_1=[ALL_CLEAR])), Wanted(regions=regions)) is expected


@pytest.mark.parametrize("held", [document(), document(EU_1=[])])
def test_region_of_which_nothing_is_said_is_unknown(held: object) -> None:
    assert severity(read, home(held), EUROPE) is UNKNOWN


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"impact": "none"}, INFO),
        ({"impact": "minor"}, DEGRADED),
        ({"impact": "Major"}, PARTIAL),
        ({"impact": "critical"}, MAJOR),
        ({"impact": "maintenance"}, MAINTENANCE),
        ({"impact": "frobnicated"}, UNKNOWN),
        ({"impact": None}, UNKNOWN),
        ({"impact": "minor", "authenticationAffected": True}, MAJOR),
        ({"impact": "frobnicated", "authenticationAffected": True}, MAJOR),
        ({"impact": "minor", "authenticationAffected": None}, DEGRADED),
        ({"impact": "none", "authenticationAffected": None}, UNKNOWN),
        ({"status": "scheduled", "impact": "critical"}, MAINTENANCE),
        ({"status": "scheduled", "authenticationAffected": True}, MAINTENANCE),
        ({"status": "in_progress", "impact": "maintenance"}, MAINTENANCE),
        ({"status": "frobnicated"}, PARTIAL),
        ({"status": "Resolved"}, OK),
        ({"status": "completed"}, OK),
        ({"status": "postmortem"}, OK),
        ({"status": "operational"}, OK),
    ],
)
def test_impact_and_authentication_tell_the_severity(told: dict[str, object], expected: Severity) -> None:
    body = home(document(EU_1=[incident(**told)], US_1=[ALL_CLEAR]))

    assert severity(read, body, EUROPE) is expected
    assert severity(read, body, Wanted(regions=("US-*",))) is OK


def test_maintenance_begins_when_it_is_scheduled_for() -> None:
    ahead = NOW + HOUR
    body = home(document(EU_1=[incident(status="scheduled", impact="maintenance", scheduled_for=ahead.isoformat())]))

    assert (only(body).since, only(body).severity) == (ahead, MAINTENANCE)
    assert severity(read, body, EUROPE) is OK


def test_incident_of_several_regions_is_one() -> None:
    milder = incident(impact="minor", updated_at=NOW.isoformat())
    other = incident(id="two", name="<b>Slow</b> logins", isPrivate=True)
    first, second = read(Answer(home(document(EU_1=[incident(), other], EU_2=[milder], US_1=[ALL_CLEAR])))).notices

    assert first == Notice(
        title="Logins fail",
        severity=PARTIAL,
        components=(Component("Auth0", PARTIAL, "EU-1"), Component("Auth0", DEGRADED, "EU-2")),
        touched=NOW,
    )
    assert second.title == "private incident"


def test_incident_without_an_identifier_stands_alone() -> None:
    nameless = [incident(id=""), incident(id="", name="Slow logins"), incident(id=None, name=None), incident(id=None)]
    page = read(Answer(home(document(EU_1=nameless[:3], US_1=nameless[3:]))))

    assert [each.title for each in page.notices] == ["Logins fail", "Slow logins", "incident", "Logins fail"]
    assert [[part.region for part in each.components] for each in page.notices] == [["EU-1"]] * 3 + [["US-1"]]


@pytest.mark.parametrize("updated", [None, "recently", 0, 7, "", [], "2026"])
def test_incident_of_which_no_touch_is_told_is_never_stale(updated: object) -> None:
    old = incident(updated_at=LONG_AGO.isoformat())
    body = home(document(EU_1=[incident(updated_at=updated)], EU_2=[old]))

    assert only(body).touched is None
    assert severity(read, body, EUROPE) is PARTIAL


@pytest.mark.parametrize(
    "body",
    each_form(update("Identified", when=NOW) + update("Investigating", when=LONG_AGO))
    + each_form("<strong>Update</strong> - Bad."),
)
def test_nothing_that_happens_to_a_feed_makes_an_open_incident_well(body: bytes) -> None:
    stays_ill(read, body, Wanted())


_LOST = object()


def changes(held: Any) -> Iterator[object]:
    """The document without any one field, or with an unheard-of value in it; names of regions stay."""
    for path in _paths(held):
        if path[-1] == "region":
            continue
        for value in (_LOST, "frobnicated", "", None, 0, -1, 7, 10**12, True, [], {}):
            changed = copy.deepcopy(held)
            inside = changed
            for step in path[:-1]:
                inside = inside[step]
            if value is _LOST:
                del inside[path[-1]]
            else:
                inside[path[-1]] = value
            yield changed


def _paths(held: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(held, dict | list):
        for key, below in held.items() if isinstance(held, dict) else enumerate(held):
            yield from [(*above, key), *_paths(below, *above, key)]


@pytest.mark.parametrize(
    "held",
    [
        document(EU_1=[incident(impact="critical", authenticationAffected=True)], US_1=[ALL_CLEAR]),
        document(EU_1=[incident(impact="none", authenticationAffected=True)]),
        document(EU_1=[incident(impact="critical")], US_1=[incident(updated_at=LONG_AGO.isoformat())]),
    ],
)
def test_nothing_that_happens_to_the_home_page_makes_an_open_incident_well(held: dict[str, Any]) -> None:
    body = home(held)
    cut = st.integers(0, len(body) - 1).map(lambda end: body[:end])

    @quick
    @given(st.one_of(cut, st.sampled_from(list(changes(held))).map(home)))
    def holds(mangled: bytes) -> None:
        assert severity(read, mangled, EUROPE) not in WELL, mangled

    assert severity(read, body, EUROPE) is MAJOR
    holds()


@pytest.mark.parametrize("body", [home(document(EU_1=[incident()])), *each_form(update("Identified", when=NOW))])
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    reads_or_says_why_not(read, body)


@both
@pytest.mark.parametrize(
    ("name", "regions", "expected"),
    [
        ("home-next-data-healthy-reconstructed", (), OK),
        ("home-next-data-healthy-reconstructed", ("AU",), OK),
        ("home-next-data-incident-eu1-reconstructed", ("EU-1",), MAJOR),
        ("home-next-data-incident-eu1-reconstructed", ("US-*",), OK),
        ("home-next-data-maintenance-jp1-reconstructed", ("JP-1",), MAINTENANCE),
        ("home-next-data-maintenance-jp1-reconstructed", ("EU-*",), OK),
        ("home-malformed-no-next-data", (), UNKNOWN),
    ],
)
def test_home_pages_are_judged_as_they_deserve(
    payloads: Path, name: str, regions: tuple[str, ...], expected: Severity
) -> None:
    page = (payloads / "auth0" / f"{name}.html").read_bytes()
    later = page.replace(b"2026-07-2", b"2026-11-2")  # the days of the tests' clock

    assert severity(read, later, Wanted(regions=regions)) is expected


@both
def test_home_page_without_its_script_is_unreadable(payloads: Path) -> None:
    with pytest.raises(Unreadable, match="an HTML page"):
        read(Answer((payloads / "auth0" / "home-malformed-no-next-data.html").read_bytes(), "text/html"))


@pytest.mark.parametrize(
    "told",
    [
        [{"region": "US-1", "uptime": 98}, {"region": "EU-1", "uptime": 99.95}],
        [{"region": "EU-1", "uptime": "99.95"}],
        [{"region": "EU-1", "response": {"uptime": "99.95%"}}],
        {"US-1": 98, "EU-1": 99.95},
        {"EU-1": " 99.95 % "},
        {"EU-1": {"uptime": "99.95"}, "US-1": {"uptime": "98"}},
        {"data": [{"region": "EU-1", "uptime": 99.95}]},
        {"uptime": {"EU-1": 99.95, "US-1": 98}},
        {"uptime": {"EU-1": "99.95%"}},
    ],
)
@pytest.mark.parametrize("pattern", ["EU-1", "eu-1", "E*"])
def test_uptime_is_that_of_the_region(told: object, pattern: str) -> None:
    assert uptime(Answer(json.dumps(told).encode()), (pattern,)) == ("EU-1", 99.95)


@pytest.mark.parametrize(("told", "share"), [(0, 0.0), ("0%", 0.0), (100, 100.0), ("100.0 %", 100.0)])
def test_region_that_was_never_up_has_an_uptime_too(told: object, share: float) -> None:
    assert uptime(Answer(json.dumps({"EU-1": told, "US-1": 50}).encode()), ("EU-1",)) == ("EU-1", share)


def test_uptime_is_that_of_the_first_region_where_none_is_chosen() -> None:
    assert uptime(Answer(b'{"EU-1": 99.5, "US-1": 98}')) == ("EU-1", 99.5)


def test_region_that_is_not_told_of_is_named_with_those_that_are() -> None:
    with pytest.raises(Unreadable, match="no uptime of JP-1, AU among EU-1, US-1"):
        uptime(Answer(b'{"EU-1": 99.5, "US-1": 98}'), ("JP-1", "AU"))


def test_uptime_stands_on_the_home_page_too() -> None:
    assert uptime(Answer(home(document(EU_1=[ALL_CLEAR], AU=[]))), ("A?",)) == ("AU", 99.9)


@pytest.mark.parametrize(
    "body",
    [
        *(json.dumps({"EU-1": share}).encode() for share in NO_SHARES),
        b"[]",
        b"{}",
        b"99.9",
        b'[{"uptime": 99.9}]',
        b'[{"region": 1, "uptime": 99.9}]',
        b'{"US-1": 99.9}',
        b"Domain is required.",
        b"<html></html>",
        b"",
        b"[" * 100_000,
        home(document(US_1=[ALL_CLEAR])),
    ],
)
def test_uptime_that_is_no_percentage_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        uptime(Answer(body), ("EU-1",))


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda deeper: (
            st.lists(deeper, max_size=3)
            | st.dictionaries(st.sampled_from(["region", "uptime", "EU-1", "response"]), deeper, max_size=3)
        ),
    )
)
def test_any_json_is_an_uptime_or_unreadable(told: object) -> None:
    try:
        region, share = uptime(Answer(json.dumps(told).encode()))
    except Unreadable:
        return
    assert region
    assert 0 <= share <= 100
