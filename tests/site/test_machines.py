"""What other programs read of a page: badge.json, feed.atom, status.json."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import pytest

from monitor.history import DAY, HOUR
from monitor.history.planned import Window
from monitor.site import atom, badge, status_json
from monitor.site.contents import Board, Group
from monitor.status import Status
from monitor.statuspages import FORMATS, Answer
from monitor.statuspages.page import Page, Severity
from monitor.statuspages.weighing import Reading, Wanted, weigh
from monitor.text import stamp
from tests.site.incidents import board as made
from tests.site.incidents import change, incident, lane, newest
from tests.site.pasts import NOW, PARTNERS, USERS, between, past, run, runs
from tests.site.test_page import hostile

STRING = {"type": "string", "minLength": 1}
SHIELDS = {
    "type": "object",
    "required": ["schemaVersion", "label", "message"],
    "additionalProperties": False,
    "properties": {
        "schemaVersion": {"const": 1},
        "label": {"type": "string"},
        **dict.fromkeys(("message", "color", "labelColor", "namedLogo", "logoSvg", "logoColor", "style"), STRING),
        "isError": {"type": "boolean"},
        "cacheSeconds": {"type": "integer", "minimum": 0},
    },
}
"""What shields' endpoint badge takes, which is strict: https://shields.io/badges/endpoint-badge."""

WORDS = {
    "components": {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"},
    "incidents": {"investigating", "identified", "monitoring", "resolved", "postmortem"},
    "indicator": {"none", "minor", "major", "critical"},
}
"""Statuspage's."""

ADDRESS = "https://status.example/"


@pytest.fixture
def board(tmp_path: Path, request: pytest.FixtureRequest) -> Board:
    """A page of two days, in which a test's word is said of the users' login in the last three hours."""
    word: str = getattr(request, "param", "up")
    return past(tmp_path, runs(between(3 * HOUR, 0, word), days=2, tenants=("prod", "staging"))).board()


def read(text: str, name: str = "statuspage") -> Page:
    return FORMATS[name].read(Answer(text.encode(), "application/json"))


def weighed(text: str, *components: str) -> Reading:
    now = datetime.fromtimestamp(NOW, UTC)
    return weigh(read(text), Wanted(components), now=now, stale=timedelta(days=14))


@pytest.mark.parametrize(
    ("board", "message", "colour"),
    [
        ("up", "up, 02 Mar 12:00 UTC", "brightgreen"),
        ("late", "degraded, 02 Mar 12:00 UTC", "yellow"),
        ("down", "down, 02 Mar 12:00 UTC", "red"),
        ("unknown", "unknown, 02 Mar 12:00 UTC", "lightgrey"),
    ],
    indirect=["board"],
)
def test_badge_is_one_that_shields_takes(board: Board, message: str, colour: str) -> None:
    document = json.loads(badge.render(board))

    jsonschema.validate(document, SHIELDS)
    assert (document["label"], document["message"], document["color"]) == ("Auth0 login", message, colour)
    assert document["isError"] is (colour == "red")


@pytest.mark.parametrize(
    ("board", "severity", "well"),
    [
        ("up", Severity.OK, Severity.OK),
        ("late", Severity.DEGRADED, Severity.OK),
        ("down", Severity.MAJOR, Severity.OK),
        ("unknown", Severity.DEGRADED, Severity.OK),
    ],
    indirect=["board"],
)
def test_our_own_reader_of_statuspage_reads_it(board: Board, severity: Severity, well: Severity) -> None:
    text = status_json.render(board)

    assert weighed(text).severity is severity
    assert weighed(text, f"prod:{USERS}").severity is severity
    assert weighed(text, f"staging:{USERS}", f"prod:{PARTNERS}").severity is well
    assert weighed(text, "Services/*").severity is Severity.OK
    assert read(text).name == "Login through Auth0"


@pytest.mark.parametrize("board", ["down"], indirect=True)
def test_open_incident_is_read_with_its_beginning_and_its_link(board: Board) -> None:
    (incident,) = read(status_json.render(board)).notices

    assert incident.title.startswith("prod: down: logins through users (password-realm) of prod fail")
    assert incident.since == datetime.fromtimestamp(NOW - 3 * HOUR, UTC)
    assert incident.touched
    assert incident.link == "https://ci.example/runs/1"
    assert {part.name for part in incident.components} == {"prod", f"prod:{USERS}"}


@pytest.mark.parametrize("board", ["up", "late", "down", "unknown"], indirect=True)
def test_every_word_of_status_json_is_one_of_statuspages(board: Board) -> None:
    document = json.loads(status_json.render(board, ADDRESS))
    parts = document["components"]

    assert set(document) == {"page", "status", "components", "incidents", "scheduled_maintenances"}
    assert document["page"]["url"] == ADDRESS
    assert document["page"]["updated_at"] == "2026-03-02T12:00:00Z"
    assert document["status"]["indicator"] in WORDS["indicator"]
    assert (document["status"]["indicator"] == "none") is (board.status is Status.UP)
    assert {each["status"] for each in parts} <= WORDS["components"]
    assert {each["status"] for each in document["incidents"]} <= WORDS["incidents"]
    assert {each["impact"] for each in document["incidents"]} <= WORDS["indicator"]
    groups = {each["id"]: set(each["components"]) for each in parts if each["group"]}
    assert groups == {group: {each["id"] for each in parts if each["group_id"] == group} for group in groups}, (
        "groups name their members, and members their group"
    )
    assert len({each["id"] for each in parts}) == len(parts)


def test_page_that_was_not_read_is_left_out(board: Board) -> None:
    names = [each["name"] for each in json.loads(status_json.render(board))["components"]]

    assert "dependencies:github" in names
    assert "dependencies:mandrill" not in names


def test_what_is_stale_is_not_told_as_well(tmp_path: Path) -> None:
    late = past(tmp_path, runs(days=2)).board(after=5 * HOUR)

    assert weighed(status_json.render(late)).severity is Severity.DEGRADED
    assert weighed(status_json.render(late), "dependencies:github").severity is Severity.DEGRADED
    assert json.loads(badge.render(late))["message"] == "stale, 02 Mar 12:00 UTC"
    assert json.loads(badge.render(late))["color"] == "lightgrey"


def test_what_is_looked_at_seldom_is_not_told_as_well_where_nothing_is_looked_at(tmp_path: Path) -> None:
    def tenants(at: float) -> tuple[str, ...]:
        return ("prod", "seldom") if (NOW - at) % (6 * HOUR) == 0 else ("prod",)

    some = (run(NOW - step * HOUR, tenants=tenants(NOW - step * HOUR)) for step in range(48, -1, -1))
    text = status_json.render(past(tmp_path, some).board(after=5 * HOUR))

    assert weighed(text, f"seldom:{USERS}").severity is Severity.DEGRADED


def parsed(text: str) -> Any:
    feed = feedparser.parse(text)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def test_feed_has_every_incident_the_open_ones_first(tmp_path: Path) -> None:
    def said(at: float) -> str:
        return "down" if NOW - at <= 2 * HOUR or DAY <= NOW - at <= DAY + 3 * HOUR else "up"

    feed = parsed(atom.render(past(tmp_path, runs(said, days=3)).board(), ADDRESS))

    assert [each.title for each in feed.entries] == [
        "prod: down (extension, likely)",
        "Resolved: prod: down (extension, likely)",
    ]
    assert [each.published for each in feed.entries] == ["2026-03-02T10:00:00Z", "2026-03-01T09:00:00Z"]
    assert "lasted" not in feed.entries[1].content[0].value
    assert "until 2026-03-01 13:00 UTC: 4 h" in feed.entries[1].content[0].value
    assert feed.feed.id == ADDRESS
    assert {each.rel: each.href for each in feed.feed.links} == {
        "alternate": f"{ADDRESS}index.html",
        "self": f"{ADDRESS}feed.atom",
    }


def test_entry_keeps_its_id_when_the_incident_goes_on_and_ends(tmp_path: Path) -> None:
    def said(at: float) -> str:
        return "down" if 4 * HOUR >= NOW - at >= 2 * HOUR else "up"

    def until_then(at: float) -> str:
        return said(at) if NOW - at >= 2 * HOUR else ""

    before = parsed(atom.render(past(tmp_path / "a", runs(until_then)).board(after=60 - 2 * HOUR))).entries[0]
    after = parsed(atom.render(past(tmp_path / "b", runs(said)).board())).entries[0]

    assert (before.title, after.title) == ("prod: down (extension, likely)", "Resolved: prod: down (extension, likely)")
    assert before.published == after.published
    assert before.updated < after.updated
    assert before.id == after.id


def test_our_own_reader_of_feeds_takes_what_is_open_for_open(tmp_path: Path) -> None:
    told = atom.render(past(tmp_path, runs(between(30 * HOUR, 27 * HOUR, "down"))).board(), ADDRESS)
    still = atom.render(past(tmp_path / "still", runs(between(3 * HOUR, 0, "down"))).board(), ADDRESS)

    assert read(told, "feed").notices == ()
    assert len(read(still, "feed").notices) == 1


@pytest.mark.parametrize("mode", ["drill", "sandbox"])
def test_what_is_not_real_says_so_in_every_file(tmp_path: Path, mode: str) -> None:
    some = runs(between(3 * HOUR, 0, "down"), mode=mode, drill=("login-slow",) if mode == "drill" else ())
    board = past(tmp_path, some, mode=mode).board()
    mark = mode.upper()
    document = json.loads(status_json.render(board))
    feed = parsed(atom.render(board))

    assert mark in json.loads(badge.render(board))["label"]
    assert all(
        text.startswith(f"{mark}: ")
        for text in (
            document["page"]["name"],
            document["status"]["description"],
            *(each["description"] for each in document["components"]),
            *(each["name"] for each in document["incidents"]),
            feed.feed.title,
            feed.feed.subtitle,
            *(each.title for each in feed.entries),
        )
    )
    assert len(feed.entries) == len(document["incidents"]) == 1


def test_hostile_text_breaks_none_of_them(tmp_path: Path) -> None:
    board = past(tmp_path, map(hostile, (NOW - HOUR, NOW))).board()

    jsonschema.validate(json.loads(badge.render(board)), SHIELDS)
    assert len(parsed(atom.render(board)).entries) == 1
    assert weighed(status_json.render(board)).severity is Severity.MAJOR


PROD = Group(
    lane(status=Status.DOWN),
    (lane("prod:password", "login", Status.DOWN, said="500"), lane("prod:10.0.0.1", "node", Status.SKIPPED)),
)
QA = Group(lane("qa"), (lane("qa:password", "login"),))


def told(board: Board, address: str = "") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(status_json.render(board, address))
    return document


def by_name(parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in parts}


def test_components_have_their_place_their_words_and_their_times() -> None:
    services = (lane("dependencies:a", "dependency", Status.DEGRADED), lane("dependencies:b", "dependency"))
    parts = told(made(PROD, QA, services=services))["components"]

    assert [(each["name"], each["status"], each["position"], each["group"]) for each in parts] == [
        ("prod", "major_outage", 1, True),
        ("prod", "major_outage", 1, False),
        ("prod:password", "major_outage", 2, False),
        ("qa", "operational", 2, True),
        ("qa", "operational", 1, False),
        ("qa:password", "operational", 2, False),
        ("Services", "degraded_performance", 3, True),
        ("dependencies:a", "degraded_performance", 1, False),
        ("dependencies:b", "operational", 2, False),
    ]
    assert [each["description"] for each in parts[:4]] == ["down", "down", "down: 500", "up"]
    assert {(each["created_at"], each["updated_at"]) for each in parts} == {
        ("2026-02-20T12:00:00Z", "2026-03-02T12:00:00Z")
    }
    assert {each["created_at"] for each in told(made(QA, first=None))["components"]} == {"2026-03-02T12:00:00Z"}
    assert all(each["group_id"] is None for each in parts if each["group"])
    assert {each["page_id"] for each in parts} == {told(made(QA))["page"]["id"]}
    assert told(made(QA))["page"]["id"] != told(made(QA, mode="drill"))["page"]["id"]
    assert {each["only_show_if_degraded"] or each["showcase"] for each in parts} == {False}


def test_group_of_which_nothing_is_judged_is_no_component() -> None:
    nobody = Group(lane("qa", status=Status.SKIPPED), ())

    assert {each["name"] for each in told(made(PROD, nobody))["components"]} == {"prod", "prod:password"}


def test_figures_of_a_component_are_those_of_its_windows(tmp_path: Path) -> None:
    known = past(tmp_path, runs(days=2))
    users = by_name(told(known.board())["components"])[f"prod:{USERS}"]

    assert {(each["window"]["since"], each["window"]["until"]) for each in users["figures"]} == {
        ("2026-02-28T12:00:00Z", "2026-03-02T12:01:00Z"),
        ("2026-03-01T12:01:00Z", "2026-03-02T12:01:00Z"),
    }
    alone = by_name(told(known.board(lone=True))["components"])[f"prod:{USERS}"]
    assert alone["figures"] == []


def test_open_incident_tells_what_it_became_the_newest_first_and_whom_it_concerns() -> None:
    changes = (change(NOW - 2 * HOUR, Status.DEGRADED, "late"), change(NOW - HOUR))
    one = incident(changes=changes, link="https://ci.example/7")
    (document,) = told(made(PROD, QA, open=(one,)))["incidents"]
    updates = document.pop("incident_updates")
    concerned = document.pop("components")

    assert document | {"id": "", "page_id": ""} == {
        "id": "",
        "name": "prod: down: logins fail",
        "status": "identified",
        "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T12:00:00Z",
        "monitoring_at": None,
        "resolved_at": None,
        "impact": "critical",
        "shortlink": "https://ci.example/7",
        "started_at": "2026-03-02T09:00:00Z",
        "page_id": "",
    }
    assert [(each["body"], each["status"]) for each in updates] == [
        ("down, extension: logins fail", "identified"),
        ("degraded, extension: late", "identified"),
    ]
    assert [{each["created_at"], each["updated_at"], each["display_at"]} for each in updates] == [
        {"2026-03-02T11:00:00Z"},
        {"2026-03-02T10:00:00Z"},
    ]
    assert {each["incident_id"] for each in updates} == {document["id"]}
    assert len({each["id"] for each in updates}) == 2
    assert [(each["name"], each["status"]) for each in concerned] == [
        ("prod", "major_outage"),
        ("prod:password", "major_outage"),
    ]


def test_incident_that_seems_over_is_being_watched() -> None:
    one = incident(recovered=NOW - 60, status=Status.DEGRADED)
    (document,) = told(made(PROD, open=(one,)))["incidents"]

    assert (document["status"], document["monitoring_at"]) == ("monitoring", "2026-03-02T11:59:00Z")
    assert {each["status"] for each in document["incident_updates"]} == {"monitoring"}
    assert document["impact"] == "minor"


def test_incident_concerns_what_is_ill_of_its_tenant_and_what_it_names() -> None:
    well, ill = lane("prod:a", "login"), lane("prod:b", "login", Status.DEGRADED)
    other = Group(lane("qa", status=Status.DOWN), (lane("qa:a", "login"), lane("qa:b", "login")))
    group = Group(lane(), (well, ill, lane("prod:c", "login", Status.SKIPPED)))
    one = incident(tenants=("prod",), targets=("qa:b", "prod:c"))
    (document,) = told(made(group, other, open=(one,)))["incidents"]

    assert [each["name"] for each in document["components"]] == ["prod", "prod:b", "qa:b"]


@pytest.mark.parametrize(
    ("since", "until", "tenant", "status", "concerned"),
    [
        (-HOUR, HOUR, "", "in_progress", ["prod", "qa"]),
        (-HOUR, HOUR, "QA", "in_progress", ["qa"]),
        (HOUR, 2 * HOUR, "prod", "scheduled", ["prod"]),
        (60, HOUR, "prod", "in_progress", ["prod"]),
        (HOUR, 2 * HOUR, "gone", "scheduled", []),
    ],
    ids=["all", "one", "ahead", "from-now-on", "none"],
)
def test_maintenance_is_one_for_whoever_reads_the_page(
    since: float, until: float, tenant: str, status: str, concerned: list[str]
) -> None:
    window = Window(NOW + since, NOW + until, tenant, "issue 7")
    (document,) = told(made(PROD, QA, windows=(window,)))["scheduled_maintenances"]
    times = [document[each] for each in ("started_at", "scheduled_for", "scheduled_until")]

    assert (document["status"], document["impact"]) == (status, "maintenance")
    assert [each["name"] for each in document["components"]] == concerned
    assert times == [stamp(window.since), stamp(window.since), stamp(window.until)]
    assert document["name"].startswith(f"{tenant or 'all tenants'}: ")
    assert document["name"].endswith("(issue 7)")
    assert (document["created_at"], document["updated_at"]) == ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z")


@pytest.mark.parametrize("status", [Status.DEGRADED, Status.UNKNOWN, Status.DOWN, Status.UP], ids=str)
def test_page_as_a_whole_says_how_the_newest_run_was(status: Status) -> None:
    document = told(made(QA, newest=newest(status=status, sentence="so it is")))
    words = {Status.UP: "none", Status.DOWN: "critical"}

    assert document["status"] == {"indicator": words.get(status, "minor"), "description": f"{status}: so it is"}


def test_badge_of_a_page_without_a_run_is_unknown_and_has_no_time() -> None:
    document = json.loads(badge.render(made(newest=None, expires=0.0)))

    assert (document["message"], document["color"], document["isError"]) == ("unknown", "lightgrey", False)
    assert document["label"] == "Auth0 login"
    assert json.loads(badge.render(made(newest=newest(status=Status.SKIPPED))))["message"].startswith("unknown, ")


def test_entry_of_the_feed_has_all_that_is_known_of_an_incident() -> None:
    one = incident(changes=(change(NOW - 2 * HOUR, Status.DEGRADED, "late"), change(NOW - HOUR)), spells=3)
    (entry,) = parsed(atom.render(made(open=(one,)), ADDRESS)).entries
    lines = entry.content[0].value.splitlines()

    assert (entry.published, entry.updated) == ("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")
    assert entry.link == f"{ADDRESS}index.html#incidents"
    assert lines == [
        "logins fail",
        "since 2026-03-02 09:00 UTC: 3 h 1 min so far",
        "targets: prod:password",
        "owner: extension, likely; next: docs/runbook.md#connection",
        "it failed 3 times within a short time",
        "2026-03-02 10:00 UTC degraded, extension: late",
        "2026-03-02 11:00 UTC down, extension: logins fail",
    ]


def test_entry_of_what_is_over_says_since_when_and_why() -> None:
    one = incident(recovered=NOW - HOUR, closed=NOW - 60, link="https://ci.example/7", reason="it is none by now")
    (entry,) = parsed(atom.render(made(past=(one,), mode="drill"), ADDRESS)).entries
    lines = entry.content[0].value.splitlines()

    assert (entry.title, entry.updated) == ("Resolved: DRILL: prod: down (extension, likely)", "2026-03-02T11:59:00Z")
    assert entry.link == "https://ci.example/7"
    assert lines[0] == "DRILL: this says nothing about a real tenant"
    assert lines[2] == "since 2026-03-02 09:00 UTC, until 2026-03-02 11:00 UTC: 2 h"
    assert "as it was reported; it is none by now" in lines


def test_feed_without_an_address_has_an_id_of_its_mode_and_its_tenants() -> None:
    def id_of(board: Board) -> str:
        feed = parsed(atom.render(board))
        assert feed.feed.updated == "2026-03-02T12:00:00Z"
        assert {each.href for each in feed.feed.links} == {"index.html", "feed.atom"}
        return str(feed.feed.id)

    assert id_of(made(PROD, QA)).endswith(":live:prod,qa")
    assert len({id_of(each) for each in (made(PROD, QA), made(PROD), made(PROD, mode="drill"))}) == 3
    assert "2026-03-02T12:01:00Z" in atom.render(made(newest=None)), "a page without a run is of when it was made"
