"""Uptime Kuma, Gatus and Statuspage: one of theirs for each tenant, unknown sends nothing, limits hold on a bad day."""

from __future__ import annotations

import json
import re
from collections import Counter
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.configuration import hiding
from monitor.feeds import gatus, statuspage_components, uptime_kuma
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import day, made
from tests.reports import runs
from tests.wire.servers import Connection, Server, answer, saying

TOKENS = {name: f"{day.CANARY}-{name}" for name in ("prod", "staging", "dev", "lab")}
KUMA = {uptime_kuma.KEY: ", ".join(f"{name}={token}" for name, token in TOKENS.items())}
GATUS = {gatus.KEY: day.CANARY}
IDS = {"prod": "aaaaaaaaaaaa", "staging": "bbbbbbbbbbbb", "dev": "cccccccccccc", "lab": "dddddddddddd"}
PAGE = {
    statuspage_components.PAGE: "kctbh9vrtdwd",
    statuspage_components.KEY: day.CANARY,
    statuspage_components.COMPONENTS: ",".join(f"{name}={id_}" for name, id_ in IDS.items()),
}
OPERATIONAL = dict.fromkeys(IDS.values(), "operational")


def sent(module: ModuleType, run: Run, values: dict[str, str], url: str) -> str:
    whole = values | {module.URL: url}
    scrubber = Scrubber()
    hiding.keep_secrets(whole, scrubber)
    settings = FeedSettings(max_age=86_400.0) if len(run.tenants) == day.TENANTS else FeedSettings()
    said: str = module.send(run, settings, Courier.within(whole, scrubber, 300))
    return said


def asked(server: Server) -> list[str]:
    return [request.split(" ")[1] for request in server.requests]


def queries(server: Server) -> dict[str, dict[str, str]]:
    """By path, what each request says."""
    return {
        urlsplit(path).path: {name: some[0] for name, some in parse_qs(urlsplit(path).query).items()}
        for path in asked(server)
    }


def test_kuma_is_told_of_each_tenant_by_its_token_and_nothing_of_who_is_unknown() -> None:
    with Server(saying(answer(200, b'{"ok":true}'))) as server:
        said = sent(uptime_kuma, made.sick(), KUMA, server.url)

    told = queries(server)
    assert {path: query["status"] for path, query in told.items()} == {
        f"/api/push/{TOKENS['prod']}": "down",
        f"/api/push/{TOKENS['staging']}": "up",
    }
    assert told[f"/api/push/{TOKENS['staging']}"]["ping"] == "4200"
    assert said == "2 monitors updated; unknown, and not updated: dev, lab"


@pytest.mark.parametrize(
    ("status", "body"), [(404, b'{"ok":false,"msg":"Monitor not found or not active."}'), (200, b'{"ok":false}')]
)
def test_token_that_kuma_does_not_know_is_said_with_its_variable_and_without_it(status: int, body: bytes) -> None:
    with Server(saying(answer(status, body))) as server, pytest.raises(Unsent, match=uptime_kuma.KEY) as refused:
        sent(uptime_kuma, made.sick(), KUMA, server.url)

    assert day.CANARY not in str(refused.value)


def test_each_token_of_kuma_is_a_secret() -> None:
    scrubber = Scrubber()
    hiding.keep_secrets(KUMA, scrubber)

    for token in TOKENS.values():
        assert token not in scrubber.scrub(f"it said {token} there")


@pytest.mark.parametrize("given", ["", "prod", "prod=", "prod=a/b", "prod=x,prod=y", "=x"])
def test_list_of_tokens_that_is_none_is_refused_without_it(given: str) -> None:
    with pytest.raises(Unsent, match=uptime_kuma.KEY):
        uptime_kuma.destination({uptime_kuma.URL: "https://kuma.acme.example", uptime_kuma.KEY: given})


def test_gatus_is_told_of_each_tenants_endpoint_and_nothing_of_who_is_unknown() -> None:
    with Server(saying(answer(200, b""))) as server:
        said = sent(gatus, made.sick(), GATUS, server.url)

    told = queries(server)
    assert {path: query["success"] for path, query in told.items()} == {
        "/api/v1/endpoints/auth0_prod/external": "false",
        "/api/v1/endpoints/auth0_staging/external": "true",
    }
    assert told["/api/v1/endpoints/auth0_prod/external"]["error"].startswith("DOWN: ")
    assert all(f"authorization: bearer {day.CANARY}" in request.lower() for request in server.requests)
    assert said == "2 endpoints updated; unknown, and not updated: dev, lab"


@pytest.mark.parametrize(
    ("name", "key"),
    [("prod", "auth0_prod"), ("A.b_c/d", "auth0_a-b-c-d"), ("x#1 +&", "auth0_x-1---"), ("ü", "auth0_%C3%BC")],
)
def test_key_of_an_endpoint_is_made_as_gatus_makes_it(name: str, key: str) -> None:
    assert gatus.key("auth0", name) == key


class StatusPage:
    """A page with components, as its API tells and changes them."""

    def __init__(self, says: dict[str, str], refuse_after: int = 1_000) -> None:
        self.says, self.left = dict(says), refuse_after
        self.changed: list[tuple[str, str]] = []

    def __call__(self, connection: Connection) -> None:
        request = connection.receive()
        head, _, body = request.partition("\r\n\r\n")
        method, target = head.split(" ")[:2]
        if method == "GET":
            query = parse_qs(urlsplit(target).query)
            page, size = int(query["page"][0]), int(query["per_page"][0])
            some = list(self.says.items())[(page - 1) * size : page * size]
            told = json.dumps([{"id": id_, "status": status} for id_, status in some]).encode()
            connection.send(answer(200, told))
            return
        self.left -= 1
        if self.left < 0:
            connection.send(answer(420, b"{}", retry_after="30"))
            return
        id_, status = target.rpartition("/")[2], json.loads(body)["component"]["status"]
        self.changed.append((id_, status))
        self.says[id_] = status
        connection.send(answer(200, b"{}"))


def test_statuspage_changes_what_says_something_else_and_leaves_unknown_and_maintenance_alone() -> None:
    page = StatusPage(OPERATIONAL | {IDS["lab"]: "major_outage"})
    with Server(page) as server:
        first = sent(statuspage_components, made.sick(), PAGE, server.url)
        second = sent(statuspage_components, made.sick(), PAGE, server.url)

    assert sorted(page.changed) == [(IDS["prod"], "major_outage"), (IDS["staging"], "degraded_performance")]
    assert (first, second) == ("2 components changed", "0 components changed")
    assert asked(server)[0] == "/v1/pages/kctbh9vrtdwd/components?page=1&per_page=100"
    assert all(f"authorization: oauth {day.CANARY}" in request.lower() for request in server.requests)


@pytest.mark.parametrize("word", ["under_maintenance", "partial_outage"])
def test_statuspage_keeps_what_people_have_said(word: str) -> None:
    page = StatusPage(OPERATIONAL | {IDS["prod"]: word})
    with Server(page) as server:
        sent(statuspage_components, made.sick(), PAGE, server.url)

    assert page.says[IDS["prod"]] == word


def test_statuspage_on_a_bad_day_changes_within_its_limit_and_the_rest_with_the_next_runs() -> None:
    ids = {f"tenant-{number:03}": f"id{number:010}" for number in range(day.TENANTS)}
    values = PAGE | {statuspage_components.COMPONENTS: ", ".join(f"{name}={id_}" for name, id_ in ids.items())}
    page = StatusPage(dict.fromkeys(ids.values(), "operational"))
    with Server(page) as server:
        said = [sent(statuspage_components, day.bad(), values, server.url)]
        assert len(server.requests) <= 60
        said += [sent(statuspage_components, day.bad(), values, server.url) for _ in range(8)]

    assert re.fullmatch(r"40 components changed; with the next runs: \d+", said[0])
    assert said[-1] == "0 components changed"
    assert max(Counter(page.changed).values()) == 1, "none is changed twice"
    assert page.changed[0][1] == "major_outage"


def test_statuspage_that_throttles_is_asked_nothing_more() -> None:
    ids = {f"tenant-{number:03}": f"id{number:010}" for number in range(day.TENANTS)}
    values = PAGE | {statuspage_components.COMPONENTS: ", ".join(f"{name}={id_}" for name, id_ in ids.items())}
    with Server(StatusPage(dict.fromkeys(ids.values(), "operational"), refuse_after=0)) as server:
        with pytest.raises(Unsent, match=r"accepts nothing at the moment \(420, again in 30 s\)"):
            sent(statuspage_components, day.bad(), values, server.url)
        changes = [request for request in server.requests if request.startswith("PATCH")]

    assert len(changes) < statuspage_components.CHANGES


def test_statuspage_says_which_component_the_page_does_not_have() -> None:
    missing = pytest.raises(Unsent, match=f"{statuspage_components.COMPONENTS} .*staging, dev, lab")
    with Server(StatusPage({IDS["prod"]: "operational"})) as server, missing:
        sent(statuspage_components, made.sick(), PAGE, server.url)


@pytest.mark.parametrize(("module", "values"), [(uptime_kuma, KUMA), (gatus, GATUS), (statuspage_components, PAGE)])
@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_run_of_no_real_tenant_sends_nothing(module: ModuleType, values: dict[str, str], mode: str) -> None:
    with Server(saying()) as server:
        said = sent(module, made.sick(mode=mode), values, server.url)

    assert said.startswith("nothing is sent")
    assert server.requests == []


@pytest.mark.parametrize(("module", "values"), [(uptime_kuma, KUMA), (gatus, GATUS), (statuspage_components, PAGE)])
def test_run_that_is_too_old_sends_nothing(module: ModuleType, values: dict[str, str]) -> None:
    with Server(saying()) as server, pytest.raises(Unsent, match="too old"):
        sent(module, made.sick(ago=700), values, server.url)

    assert server.requests == []


def test_day_of_300_tenants_is_a_request_for_each_that_is_known() -> None:
    for told in (dict(uptime_kuma.requests(day.bad(), {})), dict(gatus.requests(day.bad(), "auth0"))):
        assert 0 < len(told) <= day.TENANTS
        assert max(len(request.path) for request in told.values()) < 2_000


TIMED = (
    runs.verdict(target="prod:a", seconds=0.5),
    runs.verdict(target="prod:b", seconds=1.25),
    runs.verdict("free", "prod:c", budget=None),
    runs.verdict("service_reports_no_incident", "dependencies:github", budget=None),
)


def test_kuma_is_told_the_line_and_the_milliseconds_of_the_slowest_right_answer() -> None:
    told = dict(uptime_kuma.requests(made.told(*TIMED, tenants=("prod",)), {}))

    assert (told["prod"].method, told["prod"].path) == (
        "GET",
        "/api/push/prod?status=up&msg=UP%3A+3+probes+up&ping=1250",
    )
    assert "ping" not in told["dependencies"].path


def test_kuma_is_told_of_nobody_without_a_token_and_a_known_tenant_is_not_called_unknown() -> None:
    with Server(saying(answer(200, b'{"ok":true}'))) as server:
        said = sent(uptime_kuma, made.sick(), {uptime_kuma.KEY: "staging=abc, gone=def"}, server.url)

    assert [path.partition("?")[0] for path in asked(server)] == ["/api/push/abc"]
    assert said == "1 monitor updated"


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b"{}", "it did not say that it took anything"),
        (200, b"[]", "it did not say that it took anything"),
        (500, b"{}", "accepts nothing at the moment"),
        (200, b'{"ok":true}', ""),
    ],
)
def test_kuma_has_taken_only_what_it_says_that_it_took(status: int, body: bytes, why: str) -> None:
    with Server(saying(answer(status, body))) as server:
        if not why:
            assert sent(uptime_kuma, made.sick(), KUMA, server.url).startswith("2 monitors updated")
            return
        with pytest.raises(Unsent, match=why):
            sent(uptime_kuma, made.sick(), KUMA, server.url)


def test_gatus_is_told_the_seconds_of_the_slowest_right_answer_and_of_no_service() -> None:
    told = dict(gatus.requests(made.told(*TIMED, tenants=("prod",)), "logins"))

    assert {name: (each.method, each.path) for name, each in told.items()} == {
        "prod": ("POST", "/api/v1/endpoints/logins_prod/external?success=true&duration=1.250s")
    }
    (ill,) = dict(gatus.requests(made.told(runs.down()), "logins")).values()
    assert ill.path == "/api/v1/endpoints/logins_prod/external?success=false&error=DOWN%3A+1+probe+of+1+not+up"


def test_gatus_has_the_group_that_is_named_and_says_nothing_of_services() -> None:
    with Server(saying(answer(200, b""))) as server:
        said = sent(gatus, made.well(), GATUS | {gatus.GROUP: " My logins "}, server.url)

    assert {urlsplit(path).path for path in asked(server)} == {
        f"/api/v1/endpoints/my-logins_{name}/external" for name in ("prod", "staging")
    }
    assert said == "2 endpoints updated"


@pytest.mark.parametrize(("group", "is_one"), [("", True), ("a b.c-d_e", True), ("a/b", False), ("x" * 101, False)])
def test_group_of_gatus_that_is_none_is_named(group: str, *, is_one: bool) -> None:
    values = {gatus.URL: "https://gatus.acme.example", gatus.GROUP: group, **GATUS}
    if is_one:
        assert gatus.destination(values).url == "https://gatus.acme.example"
        return
    with pytest.raises(Unsent, match=gatus.GROUP):
        gatus.destination(values)


def test_statuspage_of_many_components_is_read_page_by_page_to_its_end() -> None:
    says = {f"other{number:07}": "operational" for number in range(150)} | OPERATIONAL
    page = StatusPage(says)
    with Server(page) as server:
        said = sent(statuspage_components, made.sick(), PAGE, server.url)

    assert said == "2 components changed"
    pages = [query for path in asked(server) if "?" in path for query in parse_qs(urlsplit(path).query)["page"]]
    assert pages == ["1", "2"]
    assert sorted(page.changed) == [(IDS["prod"], "major_outage"), (IDS["staging"], "degraded_performance")]


@pytest.mark.parametrize(
    "word", ["operational", "degraded_performance", "major_outage", "partial_outage", "under_maintenance"]
)
def test_statuspage_of_a_well_tenant_becomes_operational_whatever_it_said_but_for_maintenance(word: str) -> None:
    page = StatusPage(OPERATIONAL | {IDS["prod"]: word})
    with Server(page) as server:
        sent(statuspage_components, made.well(), PAGE, server.url)

    changed = [] if word in ("operational", "under_maintenance") else [(IDS["prod"], "operational")]
    assert page.changed == changed


def test_statuspage_renders_the_worst_first_and_nothing_of_who_is_unknown() -> None:
    run = made.told(
        runs.verdict(target="a"), runs.degraded(target="b"), runs.down(target="c"), runs.unknown(target="d")
    )

    assert statuspage_components.render(run, FeedSettings()).decode().splitlines() == [
        'c {"component":{"status":"major_outage"}}',
        'b {"component":{"status":"degraded_performance"}}',
        'a {"component":{"status":"operational"}}',
    ]


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"id":"x"}]', b"no", b"null"])
def test_statuspage_that_answers_no_list_is_said_with_its_variable(body: bytes) -> None:
    with Server(saying(answer(200, body))) as server, pytest.raises(Unsent, match="no list of components") as refused:
        sent(statuspage_components, made.sick(), PAGE, server.url)

    assert statuspage_components.URL in str(refused.value)


@pytest.mark.parametrize(("page", "is_one"), [("kctbh9vrtdwd", True), ("a/b", False), ("x" * 41, False)])
def test_page_that_is_none_is_named_and_the_usual_address_is_statuspages(page: str, *, is_one: bool) -> None:
    values = PAGE | {statuspage_components.PAGE: page}
    if is_one:
        assert statuspage_components.destination(values).url == "https://api.statuspage.io"
        return
    with pytest.raises(Unsent, match=statuspage_components.PAGE):
        statuspage_components.destination(values)
