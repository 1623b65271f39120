"""Application Insights: results as Microsoft's own class has them; unknown is left out; what took a part is told."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from applicationinsights.channel.contracts import AvailabilityData

from monitor.configuration import hiding
from monitor.feeds import appinsights, readout
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.text import moment
from monitor.verdict import Run
from tests.feeds import day, made
from tests.reports import runs
from tests.wire.servers import Server, answer, saying

IKEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def envelopes(run: Run) -> list[dict[str, Any]]:
    requests = appinsights.requests(run, IKEY)
    return [json.loads(line) for request in requests for line in request.content.split(b"\n")]


def sent(run: Run, url: str) -> str:
    values = {appinsights.VARIABLE: f"InstrumentationKey={IKEY};IngestionEndpoint={url}/;LiveEndpoint=https://x/"}
    scrubber = Scrubber()
    hiding.keep_secrets(values, scrubber)
    return appinsights.send(run, FeedSettings(), Courier.within(values, scrubber, 20))


def test_day_of_300_tenants_is_within_the_limits_and_nothing_is_told_twice() -> None:
    requests = list(appinsights.requests(day.bad(), IKEY))
    ids = [each["data"]["baseData"]["id"] for each in envelopes(day.bad())]

    assert max(len(request.content) for request in requests) <= 1_000_000
    assert len(ids) == len(set(ids)) > day.TENANTS
    for each in envelopes(day.bad()):
        assert len(json.dumps(each)) < 64_000


@made.each_run
def test_any_run_is_what_microsofts_class_writes(run: Run) -> None:
    for each in envelopes(run):
        told = each["data"]["baseData"]
        theirs = AvailabilityData()
        names = {"runLocation": "run_location"}
        for name, value in told.items():
            setattr(theirs, names.get(name, name), value)
        written = {"measurements": {}, **theirs.write()}
        assert written == {"measurements": {}, **told}
        assert re.fullmatch(r"(\d+\.)?\d\d:\d\d:\d\d\.\d{3}", told["duration"])
        assert len(told["name"]) <= 1_024
        assert len(told.get("message", "")) <= 8_192
        assert set(told["properties"]) <= {"mode", "tenant", "target", "status"}


def test_unknown_is_left_out_and_degraded_is_a_success() -> None:
    told = {each["data"]["baseData"]["name"]: each["data"]["baseData"]["success"] for each in envelopes(made.sick())}

    assert told == {
        "auth0 prod": False,
        f"auth0 {made.MAIN}": False,
        "auth0 staging": True,
        "auth0 staging:password": True,
    }


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_run_of_no_real_tenant_sends_nothing(mode: str) -> None:
    with Server(saying()) as server:
        said = sent(made.sick(mode=mode), server.url)

    assert said.startswith("nothing is sent")
    assert server.requests == []


def test_same_run_has_the_same_ids() -> None:
    run = made.sick()

    assert envelopes(run) == envelopes(run)


def test_results_are_sent_and_what_is_rendered_has_no_key() -> None:
    with Server(saying(answer(200, b'{"itemsReceived":4,"itemsAccepted":4,"errors":[]}'))) as server:
        said = sent(made.sick(), server.url)

    (request,) = server.requests
    assert request.startswith("POST /v2.1/track ")
    assert IKEY in request
    assert said == "4 results sent in 1 request"
    assert IKEY.encode() not in appinsights.render(made.sick(), FeedSettings())


def test_part_that_was_not_accepted_is_told() -> None:
    body = (
        b'{"itemsReceived":4,"itemsAccepted":3,"errors":[{"index":1,"statusCode":400,"message":"'
        + IKEY.encode()
        + b'"}]}'
    )
    with Server(saying(answer(206, body))) as server, pytest.raises(Unsent, match="took 3 of 4") as refused:
        sent(made.sick(), server.url)

    assert appinsights.VARIABLE in str(refused.value)
    assert IKEY not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        "",
        IKEY,
        f"InstrumentationKey={IKEY}",
        "IngestionEndpoint=https://x.example",
        f"InstrumentationKey={IKEY};IngestionEndpoint=http://x.example",
    ],
)
def test_connection_string_that_cannot_be_used_is_named_without_anything_of_it(given: str) -> None:
    with pytest.raises(Unsent, match=appinsights.VARIABLE) as refused:
        appinsights.destination({appinsights.VARIABLE: given})

    assert IKEY not in str(refused.value)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "00:00:00.000"), (61.25, "00:01:01.250"), (90_061.5, "1.01:01:01.500")]
)
def test_duration_is_a_time_span(seconds: float, text: str) -> None:
    assert appinsights._duration(seconds) == text  # noqa: SLF001


def test_result_has_the_end_of_its_run_the_seconds_of_the_right_answer_and_whose_it_is() -> None:
    late = runs.degraded(target="prod:corp", kind="login")
    own = runs.verdict("keys_are_published", "prod", kind="discovery", seconds=61.25, budget=99.0)
    run = made.told(late, own, runs.verdict("free", "prod:free", budget=None), ago=50, seconds=2.0)
    told = {each["data"]["baseData"]["name"]: each for each in envelopes(run)}

    assert {each["time"] for each in told.values()} == {moment(readout.ended(run) or 0.0)}
    assert {each["iKey"] for each in told.values()} == {IKEY}
    assert {each["name"] for each in told.values()} == {"Microsoft.ApplicationInsights.Availability"}
    for each in told.values():
        data = each["data"]["baseData"]
        assert each["data"]["baseType"] == "AvailabilityData"
        assert each["tags"] == {
            "ai.cloud.role": "auth0-synthetic-monitoring",
            "ai.operation.id": str(uuid.UUID(data["id"])),
        }
        assert (data["ver"], data["runLocation"]) == (2, "auth0-synthetic-monitoring")
    tenant, corp, free = (
        told[name]["data"]["baseData"] for name in ("auth0 prod", "auth0 prod:corp", "auth0 prod:free")
    )
    assert (tenant["duration"], tenant["measurements"]) == ("00:01:01.250", {"seconds": 61.25})
    assert tenant["properties"] == {"mode": "live", "tenant": "prod", "status": "degraded"}
    assert tenant["message"] == "DEGRADED: 1 probe of 3 not up"
    assert (corp["duration"], corp["success"], "message" in corp) == ("00:00:04.200", True, False)
    assert corp["properties"] == {"mode": "live", "tenant": "prod", "status": "degraded", "target": "prod:corp"}
    assert (free["duration"], free["measurements"]) == ("00:00:00.000", {})


def test_ids_are_of_one_run_one_tenant_and_one_target() -> None:
    run = made.sick()
    first, second = ([each["data"]["baseData"]["id"] for each in envelopes(one)] for one in (run, made.sick(ago=100)))

    assert len({*first, *second}) == len(first) + len(second)


def test_many_results_come_in_requests_of_500() -> None:
    run = made.told(*(runs.verdict(target=f"prod:{number}") for number in range(600)), tenants=("prod",))
    counts = [request.content.count(b"\n") + 1 for request in appinsights.requests(run, IKEY)]

    assert counts == [500, 101]


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, {"itemsReceived": 4, "itemsAccepted": 4}, True),
        (200, {"itemsReceived": 4, "itemsAccepted": 0}, False),
        (200, {"itemsReceived": 4}, True),
        (200, {}, True),
        (400, {"itemsReceived": 4, "itemsAccepted": 0}, False),
    ],
)
def test_results_are_taken_where_the_answer_says_nothing_else(
    status: int, body: dict[str, Any], *, taken: bool
) -> None:
    with Server(saying(answer(status, json.dumps(body).encode()))) as server:
        if taken:
            assert sent(made.sick(), server.url) == "4 results sent in 1 request"
        else:
            with pytest.raises(Unsent, match=f"{appinsights.VARIABLE}"):
                sent(made.sick(), server.url)


def test_run_of_two_days_is_too_old() -> None:
    with Server(saying()) as server:
        assert sent(made.sick(ago=172_000), server.url)
        with pytest.raises(Unsent, match="too old"):
            sent(made.sick(ago=173_000), server.url)


def test_connection_string_is_read_whatever_the_case_and_the_spaces_of_its_parts() -> None:
    given = f" ingestionendpoint = https://x.example/ ;; INSTRUMENTATIONKEY = {IKEY} ;"

    assert appinsights.destination({appinsights.VARIABLE: given}).url == "https://x.example"
