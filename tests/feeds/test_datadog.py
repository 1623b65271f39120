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

from monitor.feeds import datadog, readout, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.verdict import Run
from tests.feeds import day, made
from tests.reports import runs
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


def test_metrics_are_gauges_at_the_end_of_the_run_of_each_tenant_and_target() -> None:
    late = runs.degraded(target="prod:corp", kind="login")
    run = made.told(late, runs.verdict("keys", "prod:free", budget=None), runs.unknown("x", "prod:blue"), ago=50)
    told = {(each["metric"].removeprefix("auth0.synthetic."), *each["tags"]): each for each in series(run)}
    prod = ("mode:live", "tenant:prod")
    values = {key: each["points"][0]["value"] for key, each in told.items()}

    assert {each["type"] for each in told.values()} == {3}
    assert {each["points"][0]["timestamp"] for each in told.values()} == {int(readout.ended(run) or 0)}
    assert all(len(each["points"]) == 1 for each in told.values())
    assert values == {
        ("run.started", *prod): (readout.ended(run) or 0) - run.seconds,
        ("probes", *prod, "status:up"): 1,
        ("probes", *prod, "status:degraded"): 1,
        ("probes", *prod, "status:down"): 0,
        ("probes", *prod, "status:unknown"): 1,
        ("probes", *prod, "status:skipped"): 0,
        ("target.up", *prod, "target:prod:corp"): 1,
        ("target.duration", *prod, "target:prod:corp"): 4.2,
        ("target.up", *prod, "target:prod:free"): 1,
    } | ({("up", *prod): 1} if run.status in (Status.UP, Status.DEGRADED) else {})
    assert {key[0] for key, each in told.items() if each.get("unit") == "second"} == {"run.started", "target.duration"}


def test_checks_are_of_each_tenant_with_its_line_and_of_each_target_at_the_end_of_the_run() -> None:
    run = made.sick(ago=50)
    told = checks(run)
    states = service_states.of_tenants(run)

    tenants = [each for each in told if each["check"] == "auth0.synthetic.login"]
    assert [each["message"] for each in tenants] == [each.line for each in states]
    assert {each["timestamp"] for each in told} == {int(readout.ended(run) or 0)}
    targets = {tuple(each["tags"]): each["status"] for each in told if each["check"] == "auth0.synthetic.login.target"}
    assert targets == {
        ("mode:live", "tenant:prod", f"target:{made.MAIN.lower()}"): 2,
        ("mode:live", "tenant:staging", "target:staging:password"): 1,
        ("mode:live", "tenant:dev", "target:dev:password"): 3,
        ("mode:live", "tenant:dependencies", "target:dependencies:github"): 3,
    }
    assert len(told) == len(tenants) + len(targets)


def test_event_has_the_worst_first_with_its_owner_the_next_step_and_its_tags() -> None:
    ill, late = runs.down(target="prod:corp"), runs.degraded(target="eu")
    causes = (
        made.cause(Owner.CONFIGURATION, Status.DEGRADED, late, rule="Slow Login"),
        made.cause(Owner.EXTENSION, Status.DOWN, ill),
        made.cause(Owner.CONFIGURATION, Status.DEGRADED, ill, rule="Slow Login"),
    )
    run = made.told(late, ill, causes=causes, ago=50)
    requests = datadog.requests(run, FeedSettings(host="probe-7"))
    first, second = (json.loads(each.content) for each in requests if each.path == EVENTS)

    assert first == {
        "title": "down: prod:corp",
        "text": "prod:corp: it is extension's work | and \\n no other's\nextension, likely\ndocs/runbook.md#connection",
        "aggregation_key": "auth0-synthetic-monitoring/extension/connection",
        "alert_type": "error",
        "date_happened": int(readout.ended(run) or 0),
        "host": "probe-7",
        "source_type_name": "auth0",
        "tags": ["mode:live", "owner:extension", "rule:connection"],
    }
    assert (second["title"], second["alert_type"]) == ("degraded: eu, prod:corp", "warning")
    assert second["tags"] == ["mode:live", "owner:configuration", "rule:slow_login"]


def test_what_is_left_out_of_many_events_is_said_and_the_worst_are_told() -> None:
    late = [runs.degraded(target=f"late-{number}") for number in range(21)]
    ill = runs.down(target="prod")
    causes = [made.cause(Owner.CONFIGURATION, Status.DEGRADED, each, rule=each.target) for each in late]
    run = made.told(*late, ill, causes=(*causes, made.cause(Owner.EXTENSION, Status.DOWN, ill)))
    with Server(saying(answer(202, b"{}"))) as server:
        said = sent(run, server.url)
        twenty = made.told(*late[:20], causes=tuple(causes[:20]))
        assert "left out" not in sent(twenty, server.url)

    assert said.endswith(" requests sent; left out, as there are 20 worse: 2 events")
    assert bodies(run, EVENTS)[0]["title"] == "down: prod"
    assert len(bodies(run, EVENTS)) == 20


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (202, b'{"errors":[]}', ""),
        (202, b'{"errors":["x"]}', "it took not all: .*x"),
        (400, b'{"errors":["x"]}', "refused it"),
    ],
)
def test_errors_in_an_answer_are_told_and_none_are_none(status: int, body: bytes, why: str) -> None:
    with Server(saying(answer(status, body))) as server:
        if not why:
            assert sent(made.sick(), server.url).endswith("sent")
            return
        with pytest.raises(Unsent, match=why):
            sent(made.sick(), server.url)


@pytest.mark.parametrize(
    ("value", "tag"),
    [("Prod EU", "tenant:prod_eu"), ("a-b.c/d:e_f", "tenant:a-b.c/d:e_f"), ("x" * 300, f"tenant:{'x' * 193}")],
    ids=["space", "letters that a tag may have", "long"],
)
def test_tag_has_the_letters_that_a_tag_may_have(value: str, tag: str) -> None:
    assert datadog.tags(made.sick(), tenant=value) == ["mode:live", tag]
    assert datadog.tags(made.sick(), tenant="") == ["mode:live"]


def test_key_of_an_event_is_itself_where_it_may_be_and_never_that_of_another() -> None:
    assert datadog.aggregation_key("auth0", "late") == "auth0-synthetic-monitoring/auth0/late"
    room = 100 - len(datadog.aggregation_key("auth0", ""))
    assert datadog.aggregation_key("auth0", "x" * room).endswith("x" * room)
    assert "x" not in datadog.aggregation_key("auth0", "x" * (room + 1)).rpartition("/")[2]
