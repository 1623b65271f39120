"""New Relic's events: within each limit that is documented, and in the shape that its own client writes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from newrelic_telemetry_sdk import Event

from monitor.feeds import newrelic, readout
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.verdict import Run
from tests.feeds import day, made
from tests.reports import runs
from tests.wire.servers import Server, answer, saying

RESERVED = {"accountId", "appId", "eventId", "traceId"}


def events(run: Run) -> list[dict[str, Any]]:
    return [event for request in newrelic.requests(run, "1234567") for event in json.loads(request.content)]


def variables(url: str, **more: str) -> dict[str, str]:
    values = {newrelic.ACCOUNT: "1234567", newrelic.KEY: day.CANARY, newrelic.URL: url}
    return values | more


def sent(run: Run, values: dict[str, str]) -> str:
    return newrelic.send(run, FeedSettings(), Courier.within(values, Scrubber(), 20))


def test_day_of_300_tenants_comes_in_batches_within_every_limit_and_each_event_once() -> None:
    requests = list(newrelic.requests(day.bad(), "1234567"))
    bodies = [json.loads(request.content) for request in requests]
    told = [json.dumps(event, sort_keys=True) for body in bodies for event in body]

    assert max(len(request.content) for request in requests) <= 1_000_000
    assert max(map(len, bodies)) <= 2_000
    assert len(requests) == -(-len(told) // 2_000)
    assert len(told) == len(set(told))
    for event in (json.loads(each) for each in told):
        assert len(event) <= 254
        assert all(len(name) <= 255 and len(str(value)) <= 4_096 for name, value in event.items())
        assert not RESERVED & set(event)
    assert len({name for event in map(json.loads, told) for name in event}) < 48_000


@made.each_run
def test_any_run_is_events_that_the_client_would_write_as_well(run: Run) -> None:
    for event in events(run):
        kind, at = event["eventType"], event["timestamp"]
        tags = {name: value for name, value in event.items() if name not in ("eventType", "timestamp")}
        assert Event(kind, tags, timestamp_ms=at or 1) == event | {"timestamp": at or 1}
        assert all(isinstance(value, str | int | float) for value in tags.values())


@made.each_run
def test_any_run_has_its_time_and_mode_in_every_event_and_no_sentence_but_the_message(run: Run) -> None:
    for event in events(run):
        assert event["mode"] == run.mode
        assert isinstance(event["timestamp"], int)
        assert event["status"] in ("up", "degraded", "down", "unknown", "skipped")
        assert ("message" in event) == (event["level"] == "tenant")
        assert "reason" not in event
        assert "id" not in event


def test_tenant_that_is_unknown_is_neither_up_nor_down() -> None:
    told = {event["tenant"]: event for event in events(made.sick()) if event["level"] == "tenant"}

    assert [told[name]["status"] for name in ("prod", "staging", "dev", "lab")] == [
        "down",
        "degraded",
        "unknown",
        "unknown",
    ]
    assert (told["prod"]["owner"], told["prod"]["rule"]) == ("extension", "connection")


def test_events_go_to_the_account_with_its_key_in_a_header_of_its_own() -> None:
    with Server(saying(answer(200, b'{"success":true,"uuid":"x"}'))) as server:
        said = sent(made.sick(), variables(server.url))

    (request,) = server.requests
    assert request.startswith("POST /v1/accounts/1234567/events ")
    assert f"api-key: {day.CANARY}" in request.lower()
    assert said.endswith("sent in 1 request")


@pytest.mark.parametrize(
    ("body", "why"),
    [(b'{"success":false}', "took nothing"), (b"<!DOCTYPE html><p>log in", "a web page answers there")],
)
def test_answer_of_200_that_took_nothing_is_no_success(body: bytes, why: str) -> None:
    with Server(saying(answer(200, body))) as server, pytest.raises(Unsent, match=f"{newrelic.URL}.*{why}"):
        sent(made.sick(), variables(server.url))


@pytest.mark.parametrize(
    ("name", "value"),
    [(newrelic.ACCOUNT, "my account"), (newrelic.KEY, ""), (newrelic.URL, "http://nr.acme.example")],
)
def test_variable_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(Unsent, match=name) as refused:
        newrelic.destination(variables("https://nr.acme.example") | {name: value})

    assert day.CANARY not in str(refused.value)


def test_run_that_is_older_than_a_day_is_not_sent() -> None:
    with pytest.raises(Unsent, match="too old"):
        sent(made.sick(ago=90_000), variables("http://127.0.0.1:1"))


def test_events_of_a_tenant_its_targets_and_its_probes_have_what_a_query_asks_for() -> None:
    late = runs.degraded(target="prod:corp", kind="login")
    causes = (
        made.cause(Owner.CONFIGURATION, Status.DEGRADED, late, rule="slow"),
        made.cause(Owner.AUTH0, Status.DEGRADED, late, rule="other"),
    )
    own = runs.verdict("keys_are_published", "prod", kind="discovery", seconds=0.25, budget=2.0)
    run = made.told(late, own, runs.skipped(kind="keys"), causes=causes, ago=50, seconds=2.5)
    told = events(run)
    common: dict[str, Any] = {
        "eventType": "Auth0Synthetic",
        "timestamp": round((readout.ended(run) or 0) * 1000),
        "mode": "live",
    }
    blamed = {"owner": "configuration", "confidence": "likely", "rule": "slow"}
    counts = {"probes_up": 1, "probes_degraded": 1, "probes_down": 0, "probes_unknown": 0, "probes_skipped": 1}
    message = "DEGRADED: it is configuration's work / and /n no other's (configuration, likely); 1 other cause"

    assert abs(time.time() - 47.5 - common["timestamp"] / 1000) < 30, "milliseconds of the run's end"
    assert told == [
        common
        | {"level": "tenant", "tenant": "prod", "status": "degraded", "seconds": 0.25, "message": message}
        | {"run_seconds": 2.5, **blamed, **counts},
        common | {"level": "target", "tenant": "prod", "status": "degraded", "target": "prod:corp", "seconds": 4.2},
        common
        | {"level": "probe", "tenant": "prod", "status": "degraded", "target": "prod:corp", "probe": "tenant_is_fast"}
        | {"kind": "login", "seconds": 4.2, "budget": 3.0, **blamed},
        common
        | {"level": "probe", "tenant": "prod", "status": "up", "target": "prod", "probe": "keys_are_published"}
        | {"kind": "discovery", "seconds": 0.25, "budget": 2.0},
        common
        | {"level": "probe", "tenant": "prod", "status": "skipped", "target": "prod", "probe": "node_is_idle"}
        | {"kind": "keys"},
    ]


def test_run_that_asked_nobody_is_an_event_of_the_suite_that_is_unknown() -> None:
    (event,) = events(runs.run())

    assert (event["tenant"], event["status"], event["level"]) == ("suite", "unknown", "tenant")


def test_what_is_said_counts_the_events_and_the_requests_of_the_account() -> None:
    run = made.sick()
    with Server(saying(answer(200, b'{"success":true}'))) as server:
        said = sent(run, variables(server.url))

    assert said == f"{len(events(run))} events sent in 1 request"
    assert server.requests[0].startswith("POST /v1/accounts/1234567/events ")
    assert f"\r\napi-key: {day.CANARY}\r\n" in server.requests[0].lower()


def test_account_in_the_united_states_is_the_usual_one() -> None:
    values = variables("")

    assert newrelic.destination(values).url == "https://insights-collector.newrelic.com"
