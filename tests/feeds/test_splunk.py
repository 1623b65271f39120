"""Splunk's collector: each event once, within the limits, and an answer of 200 that took nothing is no success."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.feeds import event_rows, readout, splunk
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import day, made
from tests.wire.servers import Server, answer, saying

KEYS = {"time", "host", "source", "sourcetype", "index", "event", "fields"}


def events(run: Run, index: str = "") -> list[dict[str, Any]]:
    requests = splunk.requests(run, FeedSettings(), index)
    return [json.loads(line) for request in requests for line in request.content.split(b"\n")]


def sent(run: Run, url: str, **more: str) -> str:
    values = {splunk.URL: url, splunk.KEY: day.CANARY} | more
    return splunk.send(run, FeedSettings(), Courier.within(values, Scrubber(), 20))


def test_day_of_300_tenants_is_within_the_limit_and_each_event_once() -> None:
    requests = list(splunk.requests(day.bad(), FeedSettings()))
    told = [line for request in requests for line in request.content.split(b"\n")]

    assert max(len(request.content) for request in requests) <= 1_000_000
    assert len(told) == len(set(told)) > day.TENANTS * 40
    assert len({request.headers["X-Splunk-Request-Channel"] for request in requests}) == 1


@made.each_run
def test_any_run_is_events_with_flat_fields_of_few_values(run: Run) -> None:
    for event in events(run):
        assert set(event) <= KEYS
        assert set(event["fields"]) == {"level", "mode", "tenant", "status"}
        assert all(isinstance(value, str) for value in event["fields"].values())
        assert isinstance(event["time"], float)


def test_events_go_to_the_index_that_is_named_with_the_token() -> None:
    with Server(saying(answer(200, b'{"text":"Success","code":0}'))) as server:
        sent(made.sick(), server.url, AUTH0_FEED_SPLUNK_INDEX="auth0")

    (request,) = server.requests
    assert request.startswith("POST /services/collector/event ")
    assert f"authorization: splunk {day.CANARY}" in request.lower()
    assert '"index":"auth0"' in request


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b'{"text":"No data","code":5}', "took nothing .code 5: No data"),
        (200, b"{}", "took nothing"),
        (400, b'{"text":"Data channel is missing","code":10}', "refused it .400: .*Data channel is missing"),
        (503, b'{"text":"Server is busy","code":9}', "accepts nothing at the moment .503."),
        (200, b"<html>", "a web page answers there"),
    ],
)
def test_answer_that_took_nothing_is_said_in_splunks_words(status: int, body: bytes, why: str) -> None:
    with Server(saying(answer(status, body))) as server, pytest.raises(Unsent, match=f"{splunk.URL}.*{why}"):
        sent(made.sick(), server.url)


def test_event_has_the_end_of_its_run_its_host_and_its_row() -> None:
    run = made.sick(ago=50)
    told = [
        json.loads(line)
        for request in splunk.requests(run, FeedSettings(host="probe-7"), "main")
        for line in request.content.split(b"\n")
    ]

    assert [each["event"] for each in told] == list(event_rows.rows(run))
    for each in told:
        assert each["time"] == pytest.approx(readout.ended(run), abs=0.001)
        assert (each["host"], each["index"]) == ("probe-7", "main")
        assert (each["source"], each["sourcetype"]) == ("auth0-synthetic-monitoring", "auth0:synthetic")
        assert each["fields"] == {name: each["event"][name] for name in ("level", "mode", "tenant", "status")}
    assert all("index" not in each for each in events(run))


def test_each_run_has_a_channel_of_its_own_and_the_same_run_the_same() -> None:
    def channel(run: Run) -> str:
        (request,) = splunk.requests(run, FeedSettings())
        return str(request.headers["X-Splunk-Request-Channel"])

    run = made.sick()
    others = [replace(run, started="2026-11-22T21:00:00Z"), replace(run, mode="drill")]
    assert channel(run) == channel(replace(run))
    assert len({channel(each) for each in (run, *others)}) == 3


def test_what_is_said_counts_events_and_requests_and_a_day_is_too_old() -> None:
    run = made.sick()
    with Server(saying(answer(200, b'{"text":"Success","code":0}'))) as server:
        assert sent(run, server.url) == f"{len(events(run))} events sent in 1 request"
        assert sent(made.sick(ago=86_000), server.url)
        with pytest.raises(Unsent, match="too old"):
            sent(made.sick(ago=86_500), server.url)
