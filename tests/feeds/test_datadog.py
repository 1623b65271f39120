"""Datadog's checks, metrics and events: as its own models have them, and within the limits that are documented."""

from __future__ import annotations

import json
from typing import Any

import pytest
from datadog_api_client.configuration import Configuration
from datadog_api_client.model_utils import validate_and_convert_types
from datadog_api_client.v1.model.event_create_request import EventCreateRequest
from datadog_api_client.v1.model.service_check import ServiceCheck
from datadog_api_client.v2.model.metric_payload import MetricPayload

from monitor.feeds import datadog
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import day, made
from tests.wire.servers import Server, answer, saying

CHECKS, SERIES, EVENTS = "/api/v1/check_run", "/api/v2/series", "/api/v1/events"
MODELS = {CHECKS: [ServiceCheck], SERIES: MetricPayload, EVENTS: EventCreateRequest}


def bodies(run: Run, path: str) -> list[Any]:
    return [json.loads(each.content) for each in datadog.requests(run, FeedSettings()) if each.path == path]


def checks(run: Run) -> list[dict[str, Any]]:
    return [check for body in bodies(run, CHECKS) for check in body]


def series(run: Run) -> list[dict[str, Any]]:
    return [one for body in bodies(run, SERIES) for one in body["series"]]


def sent(run: Run, url: str) -> str:
    values = {datadog.URL: url, datadog.KEY: day.CANARY}
    return datadog.send(run, FeedSettings(), Courier.within(values, Scrubber(), 20))


def modelled(path: str, body: Any) -> None:
    """Raises what Datadog's own client raises of a body that is none of its models, or has a property it lacks."""
    made_ = validate_and_convert_types(  # type: ignore[no-untyped-call]
        body,
        (MODELS[path],),
        ["body"],
        spec_property_naming=True,
        check_type=True,
        configuration=Configuration(),  # type: ignore[no-untyped-call]
    )
    for one in made_ if isinstance(made_, list) else [made_]:
        assert not one._unparsed  # noqa: SLF001 - what an enumeration does not know is kept aside there
        assert set(one.to_dict()) <= set(one.openapi_types)


def test_day_of_300_tenants_is_within_every_limit_and_nothing_is_told_twice() -> None:
    requests = list(datadog.requests(day.bad(), FeedSettings()))
    told = [(each["metric"], *each["tags"]) for each in series(day.bad())]
    marks = [(each["check"], *each["tags"]) for each in checks(day.bad())]
    keys = [event["aggregation_key"] for event in bodies(day.bad(), EVENTS)]

    assert max(len(request.content) for request in requests) <= 512_000
    assert len(set(told)) == len(told) > day.TENANTS
    assert len(set(marks)) == len(marks) > day.TENANTS
    assert len(set(keys)) == len(keys) == datadog.EVENTS
    for event in bodies(day.bad(), EVENTS):
        assert len(event["aggregation_key"]) <= 100
        assert len(event["text"]) <= 4_000
    for tag in {tag for each in (*told, *marks) for tag in each[1:]}:
        assert len(tag) <= 200
    assert sum(each["check"] == datadog.CHECK and each["status"] == 2 for each in checks(day.bad())) > 0


def test_metrics_and_checks_are_of_the_host_that_is_configured() -> None:
    requests = list(datadog.requests(day.bad(), FeedSettings(host="probe-7")))
    written = {path: [json.loads(each.content) for each in requests if each.path == path] for path in (SERIES, CHECKS)}

    resources = [one["resources"] for body in written[SERIES] for one in body["series"]]
    assert resources
    assert all(each == [{"name": "probe-7", "type": "host"}] for each in resources)
    assert {check["host_name"] for body in written[CHECKS] for check in body} == {"probe-7"}


@made.each_run
def test_any_run_is_what_datadogs_own_models_take(run: Run) -> None:
    for request in datadog.requests(run, FeedSettings()):
        modelled(request.path, json.loads(request.content))


def test_model_refuses_what_is_none() -> None:
    with pytest.raises(Exception, match="status"):
        modelled(CHECKS, [{"check": "a", "host_name": "b", "status": "UNKNOWN", "tags": []}])


def test_unknown_has_its_own_word_and_no_metric_says_up_or_down() -> None:
    run = made.sick()
    tenants = {each["tags"][1]: each["status"] for each in checks(run) if each["check"] == datadog.CHECK}
    up = {each["tags"][1]: each["points"][0]["value"] for each in series(run) if each["metric"] == "auth0.synthetic.up"}

    assert tenants == {
        "tenant:prod": 2,
        "tenant:staging": 1,
        "tenant:dev": 3,
        "tenant:lab": 3,
        "tenant:dependencies": 3,
    }
    assert up == {"tenant:prod": 0.0, "tenant:staging": 1.0}


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_run_of_no_real_tenant_is_unknown_in_every_check_and_no_event(mode: str) -> None:
    run = made.sick(mode=mode)

    assert {each["status"] for each in checks(run)} == {3}
    assert {each["tags"][0] for each in series(run)} == {f"mode:{mode}"}
    assert bodies(run, EVENTS) == []


def test_event_of_an_incident_keeps_its_key_from_run_to_run_and_blames_no_tenant_for_this_machine() -> None:
    first, second = bodies(made.sick(), EVENTS), bodies(made.sick(ago=100), EVENTS)

    assert [each["aggregation_key"] for each in first] == [each["aggregation_key"] for each in second]
    kinds = {each["tags"][1]: each["alert_type"] for each in first}
    assert kinds == {"owner:extension": "error", "owner:runner": "info", "owner:configuration": "warning"}


@made.each_run
def test_no_tag_is_a_reason_a_sentence_or_an_id(run: Run) -> None:
    for one in (*checks(run), *series(run)):
        assert {tag.partition(":")[0] for tag in one["tags"]} <= {"mode", "tenant", "target", "status"}


def test_key_is_sent_in_a_header_of_its_own_and_refused_is_said_with_the_variables() -> None:
    with Server(saying(answer(202, b'{"status":"ok"}'))) as server:
        said = sent(made.sick(), server.url)
    no = pytest.raises(Unsent, match=f"{datadog.URL} does not accept the key .*{datadog.KEY}")
    with Server(saying(answer(403, b'{"errors":["Forbidden"]}'))) as refusing, no:
        sent(made.sick(), refusing.url)

    assert said == f"{len(server.requests)} requests sent"
    assert all(f"dd-api-key: {day.CANARY}" in request.lower() for request in server.requests)


def test_run_that_is_older_than_ten_minutes_is_not_sent() -> None:
    with pytest.raises(Unsent, match="too old"):
        sent(made.sick(ago=601), "http://127.0.0.1:1")


def test_key_of_an_event_is_within_its_bound_whatever_the_rule() -> None:
    keys = {datadog.aggregation_key("auth0", rule) for rule in ("late", "x" * 300, "y" * 300, "a\nb", "ü")}

    assert len(keys) == 5
    assert max(map(len, keys)) <= 100
