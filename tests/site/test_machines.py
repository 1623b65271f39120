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
from monitor.site import atom, badge, status_json
from monitor.site.contents import Board
from monitor.status import Status
from monitor.statuspages import FORMATS, Answer
from monitor.statuspages.page import Page, Severity
from monitor.statuspages.weighing import Reading, Wanted, weigh
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
