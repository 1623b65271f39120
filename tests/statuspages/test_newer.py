"""The newer formats: no bytes raise, and nothing that happens to a page on its way makes an open incident well."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from monitor.failures import Unreadable
from monitor.statuspages import apple, betterstack, cachet, health, instatus, kuma, meta, microsoft, sorry
from monitor.statuspages.page import Answer, Page, Severity
from monitor.statuspages.weighing import Wanted
from tests.statuspages.mangling import (
    come_to,
    reads_or_says_why_not,
    severity,
    stays_ill,
    with_an_unheard_of_value,
    without_a_field,
    written,
)
from tests.statuspages.shown import FOLDER

OK, INFO, MAINTENANCE, UNKNOWN = Severity.OK, Severity.INFO, Severity.MAINTENANCE, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
EVERYTHING = Wanted()


def shown(file: str) -> Any:
    return json.loads((FOLDER / file).read_bytes())


def changed(file: str, *way: Any, **values: Any) -> Any:
    """That payload with other values at this place."""
    document = copy.deepcopy(shown(file))
    inner = document
    for step in way:
        inner = inner[step]
    inner.update(values)
    return document


def beside(read: Callable[..., Page], file: str) -> Callable[[Answer], Page]:
    """A reader of one part of a page, with this other part beside it."""
    return lambda answer: read(answer, Answer((FOLDER / file).read_bytes()))


INSTATUS = changed("instatus-summary.json", "activeIncidents", 0, impact="MAJOROUTAGE")
PARTS = {"components": [{"id": "a", "name": "Sign-in", "status": "MAJOROUTAGE", "group": None}]}
STACK = shown("betterstack-index.json")
SORRY = {"page": {"name": "Acme", "state": "major outage"}}
APPLE = {"services": [shown("apple-open.json")["services"][0]]}
POST = changed("microsoft-post-degraded.json", Status="Unavailable")
BEATS = {"heartbeatList": {"1": shown("kuma-heartbeat-down.json")["heartbeatList"]["1"]}}
CACHET = changed("cachet-components-well.json", "data", 0, status=4)
ORGS = [{"id": "fb", "name": "Facebook Login", "services": [{"name": "Login", "status": "Major outage"}]}]
ILL = [
    pytest.param(instatus.read, INSTATUS, EVERYTHING, {"name"}, id="instatus-summary"),
    pytest.param(instatus.read, PARTS, EVERYTHING, {"name", "components"}, id="instatus-components"),
    pytest.param(sorry.read, SORRY, EVERYTHING, {"name"}, id="sorry"),
    pytest.param(apple.read, APPLE, EVERYTHING, {"serviceName", "events", "eventStatus"}, id="apple"),
    pytest.param(microsoft.read, POST, EVERYTHING, set(), id="microsoft"),
    pytest.param(meta.read, ORGS, EVERYTHING, {"name", "services"}, id="meta"),
]
"""Formats with one major outage open; into the fields that are named no other value is put."""
_COUNTS = {"each", "total"}


@pytest.mark.parametrize(("read", "document", "wanted", "names"), ILL)
def test_nothing_that_happens_to_a_page_makes_an_open_incident_well(
    read: Callable[[Answer], Page], document: Any, wanted: Wanted, names: set[str]
) -> None:
    stays_so(read, document, wanted, names)


def stays_so(read: Callable[[Answer], Page], document: Any, wanted: Wanted, names: set[str]) -> None:
    """As ``stays_ill``, for documents of any size."""
    body = written(document)
    assert severity(read, body, wanted) is MAJOR
    for end in range(0, len(body), 7):
        assert severity(read, body[:end], wanted) not in (OK, INFO, MAINTENANCE), body[:end]
    for place, other in [*without_a_field(document), *with_an_unheard_of_value(document, frozenset(names))]:
        if place[-1] not in names:
            assert severity(read, written(other), wanted) not in (OK, INFO, MAINTENANCE), place


def test_nothing_that_happens_to_better_stacks_page_makes_an_open_report_well() -> None:
    names = frozenset({"public_name", "included", "type", "report_type", "ends_at"})

    stays_ill(betterstack.read, STACK, EVERYTHING, names=names)


@pytest.mark.parametrize("file", ["kuma-page.json"])
def test_nothing_that_happens_to_a_heartbeat_makes_a_monitor_well_that_is_down(file: str) -> None:
    stays_so(beside(kuma.read, file), BEATS, Wanted(("Sign-in",)), {"heartbeatList", "1", "status"} & {"1"})
    for place, other in with_an_unheard_of_value(BEATS, frozenset({"time", "msg", "ping", "heartbeatList", "1"})):
        if place[-1] == "status":
            assert severity(beside(kuma.read, file), written(other)) not in (OK, INFO, MAINTENANCE), place


def test_nothing_that_happens_to_cachets_number_makes_a_component_well() -> None:
    stays_so(cachet.read, CACHET, EVERYTHING, {"name", "enabled", "data", "meta", "pagination", "total", "count"})


@pytest.mark.parametrize(
    ("read", "document"),
    [
        pytest.param(instatus.read, INSTATUS, id="instatus"),
        pytest.param(instatus.read, PARTS, id="instatus-components"),
        pytest.param(betterstack.read, STACK, id="betterstack"),
        pytest.param(sorry.read, SORRY, id="sorry"),
        pytest.param(apple.read, APPLE, id="apple"),
        pytest.param(microsoft.read, POST, id="microsoft"),
        pytest.param(kuma.read, BEATS, id="kuma"),
        pytest.param(kuma.read, shown("kuma-page-message.json"), id="kuma-page"),
        pytest.param(cachet.read, CACHET, id="cachet"),
        pytest.param(cachet.read, shown("cachet-incidents.json"), id="cachet-incidents"),
        pytest.param(sorry.read, shown("sorry-notices.json"), id="sorry-notices"),
        pytest.param(meta.read, ORGS, id="meta"),
        pytest.param(health.read, shown("health-down.json"), id="health"),
    ],
)
def test_any_bytes_are_read_or_unreadable(read: Callable[[Answer], Page], document: Any) -> None:
    reads_or_says_why_not(read, document)


class TestInstatus:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            *(("UP", OK), ("HASISSUES", UNKNOWN), ("ONEMAJOROUTAGE", UNKNOWN), ("ALLDEGRADEDPERFORMANCE", UNKNOWN)),
            *(("UNDERMAINTENANCE", OK), ("FROBNICATED", UNKNOWN), (None, UNKNOWN)),
        ],
    )
    def test_word_for_the_whole_that_nothing_explains_is_not_understood(self, status: Any, expected: Severity) -> None:
        assert come_to(instatus.read, {"page": {"name": "Acme", "status": status}}) is expected

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            *(("OPERATIONAL", OK), ("UNDERMAINTENANCE", MAINTENANCE), ("DEGRADEDPERFORMANCE", DEGRADED)),
            *(("PARTIALOUTAGE", PARTIAL), ("MINOROUTAGE", DEGRADED), ("MAJOROUTAGE", MAJOR), ("x", UNKNOWN)),
        ],
    )
    def test_state_of_a_component_is_its_severity(self, state: str, expected: Severity) -> None:
        assert come_to(instatus.read, {"components": [{"name": "Sign-in", "status": state}]}) is expected

    def test_both_addresses_are_parts_of_one_page(self) -> None:
        root = "https://status.acme.example"

        assert instatus.parts(f"{root}/summary.json") == (f"{root}/v2/components.json",)
        assert instatus.parts(f"{root}/v2/components.json") == (f"{root}/summary.json",)
        assert instatus.parts(f"{root}/other.json") == ()


class TestKuma:
    @pytest.mark.parametrize(("beat", "expected"), [(0, MAJOR), (1, OK), (2, DEGRADED), (3, MAINTENANCE), (4, UNKNOWN)])
    def test_newest_check_speaks_for_its_monitor(self, beat: int, expected: Severity) -> None:
        document = copy.deepcopy(BEATS)
        document["heartbeatList"]["1"][-1]["status"] = beat

        assert come_to(beside(kuma.read, "kuma-page.json"), document, Wanted(("Sign-in",))) is expected

    def test_order_of_the_checks_does_not_matter(self) -> None:
        document = copy.deepcopy(BEATS)
        document["heartbeatList"]["1"].reverse()

        assert come_to(kuma.read, document) is MAJOR

    def test_monitor_whose_checks_have_stopped_is_not_known_to_be_well(self) -> None:
        document = shown("kuma-heartbeat.json")
        for each in document["heartbeatList"]["2"]:
            each["time"] = each["time"].replace("2026-11-22", "2026-11-20")
        read = beside(kuma.read, "kuma-page.json")

        assert come_to(read, document, Wanted(("Sign-in",))) is OK
        assert come_to(read, document, Wanted(("Mails",))) is UNKNOWN

    @pytest.mark.parametrize("status", ["ended", "inactive"])
    def test_maintenance_that_is_over_is_none(self, status: str) -> None:
        document = changed("kuma-page-message.json", "maintenanceList", 0, status=status) | {"incident": None}

        assert beside(kuma.read, "kuma-heartbeat.json")(Answer(written(document))).notices == ()

    def test_both_addresses_are_parts_of_one_page(self) -> None:
        root = "https://kuma.acme.example/api/status-page"

        assert kuma.parts(f"{root}/acme") == (f"{root}/heartbeat/acme",)
        assert kuma.parts(f"{root}/heartbeat/acme") == (f"{root}/acme",)


class TestCachet:
    def test_components_on_further_pages_are_not_known_to_be_well(self) -> None:
        document = changed("cachet-components-well.json", "meta", "pagination", total=21, count=1)
        found = cachet.read(Answer(written(document)))

        assert come_to(cachet.read, document) is UNKNOWN
        assert "add ?per_page=21 to the address" in found.notices[0].title

    def test_later_versions_have_their_attributes_apart(self) -> None:
        part = {
            "id": "1",
            "type": "components",
            "attributes": {"name": "Sign-in", "status": {"human": "x", "value": 4}},
        }

        assert come_to(cachet.read, {"data": [part], "meta": {}}) is MAJOR

    @pytest.mark.parametrize("field", ["created_at", "updated_at"])
    def test_incident_was_touched_when_its_newest_update_was_written_or_changed(self, field: str) -> None:
        update = {"status": 2, "message": "Still.", field: "2026-11-24 03:04:05"}
        document = changed("cachet-incidents.json", "data", 0, updates=[update])
        found = cachet.read(Answer((FOLDER / "cachet-components-well.json").read_bytes()), Answer(written(document)))

        assert [each.touched for each in found.notices] == [datetime(2026, 11, 24, 3, 4, 5, tzinfo=UTC)]

    def test_parts_are_the_newest_incidents_and_schedules(self) -> None:
        found = cachet.parts("https://status.acme.example/api/v1/components?per_page=100")

        assert [each.partition("?")[0] for each in found] == [
            "https://status.acme.example/api/v1/incidents",
            "https://status.acme.example/api/v1/schedules",
        ]


class TestBetterStack:
    def test_resource_that_nobody_watches_is_no_component(self) -> None:
        found = betterstack.read(Answer(written(STACK)))

        assert [each.name for each in found.components or ()] == ["Sign-in", "Reports"]
        assert {each.group for each in found.components or ()} == {"Core"}

    @pytest.mark.parametrize("state", ["downtime", "degraded", "frobnicated", None])
    def test_whole_that_nothing_explains_is_not_understood(self, state: Any) -> None:
        document = changed("betterstack-index-well.json", "data", "attributes", aggregate_state=state)

        assert come_to(betterstack.read, document) is UNKNOWN


class TestSorry:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            *(("operational", OK), ("degraded", DEGRADED), ("partially-degraded", DEGRADED), ("down", MAJOR)),
            *(("under_maintenance", MAINTENANCE), ("frobnicated", UNKNOWN), (None, UNKNOWN)),
        ],
    )
    def test_state_of_the_page_is_its_severity(self, state: Any, expected: Severity) -> None:
        assert come_to(sorry.read, {"page": {"state": state}}) is expected

    def test_page_that_is_ill_and_whose_components_are_well_is_ill(self) -> None:
        read = beside(sorry.read, "sorry-components.json")

        assert come_to(read, {"page": {"state": "degraded"}}) is DEGRADED

    def test_three_addresses_are_parts_of_one_page(self) -> None:
        root = "https://status.acme.example/api/v1"

        assert sorry.parts(f"{root}/status") == (f"{root}/components", f"{root}/notices")


class TestMeta:
    def test_list_of_products_stands_beside_a_products_feed(self) -> None:
        assert (
            meta.beside("https://metastatus.com/outage-events-feed-graph-api.rss")
            == "https://metastatus.com/data/orgs.json"
        )
        assert meta.beside("https://metastatus.com/data/orgs.json") == ""

    def test_list_without_a_service_is_unreadable(self) -> None:
        with pytest.raises(Unreadable):
            meta.read(Answer(b"[]"))


class TestHealth:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            *((b"", OK), (b"OK", OK), (b"pong", OK), (b"hello", OK), (b"Healthy", OK), (b'{"message": "hi"}', OK)),
            *((b"Degraded", DEGRADED), (b"Unhealthy", MAJOR), (b"DOWN", MAJOR), (b'"DOWN"', MAJOR), (b"false", MAJOR)),
            *((b'{"status": "pass"}', OK), (b'{"status": "warn"}', DEGRADED), (b'{"status": "fail"}', MAJOR)),
            *((b'{"status": "OUT_OF_SERVICE"}', MAJOR), (b'{"status": "UNKNOWN"}', UNKNOWN), (b'{"ok": false}', MAJOR)),
            *((b'{"Status": "Healthy", "entries": {}}', OK), (b'{"healthy": true}', OK), (b'{"status": "x"}', UNKNOWN)),
            (b'{"checks": [{"name": "db", "status": "UP"}, {"name": "mq", "status": "DOWN"}]}', MAJOR),
            (b'{"status": "ok", "info": {"db": {"status": "up"}}, "error": {}}', OK),
        ],
        ids=str,
    )
    def test_body_says_how_the_api_is_in_the_words_of_common_practice(self, body: bytes, expected: Severity) -> None:
        whole = (health.read(Answer(body)).components or ())[0]

        assert (whole.name, whole.severity) == (health.WHOLE, expected)

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    @pytest.mark.parametrize("body", [b"", b"OK", b'{"status": "UP"}', b"<html></html>", b'{"status": '])
    def test_error_of_the_server_is_down_whatever_its_body_says(self, status: int, body: bytes) -> None:
        assert severity(lambda _: health.read(Answer(body, "", status)), b"") is MAJOR

    @pytest.mark.parametrize("status", [301, 401, 403, 404, 429])
    def test_other_statuses_say_nothing_of_its_health(self, status: int) -> None:
        with pytest.raises(Unreadable, match=f"status {status}"):
            health.read(Answer(b'{"status": "UP"}', "", status))

    @pytest.mark.parametrize(
        ("body", "told"),
        [(b'{"status": "U', "cut short"), (b"<!doctype html><title>Sign in</title>", r'an HTML page \("Sign in"\)')],
    )
    def test_what_is_cut_short_or_a_page_for_people_is_not_read(self, body: bytes, told: str) -> None:
        with pytest.raises(Unreadable, match=told):
            health.read(Answer(body))

    def test_checks_are_components_by_name_and_the_worst_of_one_name_speaks(self) -> None:
        found = health.read(Answer((FOLDER / "health-degraded.json").read_bytes()))

        assert [(each.name, each.severity) for each in found.components or ()] == [
            (health.WHOLE, DEGRADED),
            ("db:responseTime", DEGRADED),
            ("uptime", OK),
        ]

    @pytest.mark.parametrize(
        ("expected", "told"),
        [
            ("/data/state=ready", ""),
            ("/data/state ready", ""),
            ("/data/state = READY", ""),
            ("/data/list/1=2", ""),
            ("/data/good=true", ""),
            ("/data/none=null", ""),
            ("/data/a~1b=1", ""),
            ("/data/state", ""),
            ("/data/good", ""),
            ("/data/state=steady", '/data/state is "ready" and not steady'),
            ("/data/none", "/data/none is null"),
            ("/data/list/7=2", "its answer has no /data/list/7"),
            ("/other=1", "its answer has no /other"),
            ("/data/good=1", "/data/good is true and not 1"),
        ],
    )
    def test_expectation_points_into_the_answer(self, expected: str, told: str) -> None:
        body = written({"data": {"state": "ready", "list": [1, 2], "good": True, "none": None, "a/b": 1}})

        assert health.unmet(Answer(body), health.expectation(expected)) == told

    @pytest.mark.parametrize("body", [b"", b"OK", b"<html></html>"])
    def test_answer_without_json_meets_no_expectation(self, body: bytes) -> None:
        assert "where JSON with /a was expected" in health.unmet(Answer(body), ("/a", "1"))

    @pytest.mark.parametrize("text", ["", "status=up", "=up", "$.status=up"])
    def test_expectation_that_is_none_says_what_it_should_be(self, text: str) -> None:
        with pytest.raises(ValueError, match="JSON Pointer and a value, such as /data/state=ready"):
            health.expectation(text)


def test_reader_of_parts_takes_them_in_any_order() -> None:
    summary, components = (
        Answer((FOLDER / f"instatus-{each}.json").read_bytes()) for each in ("summary", "components")
    )

    assert instatus.read(summary, components) == instatus.read(components, summary)
    assert partial(instatus.read, summary)(components).components
