"""OpenTelemetry: what a real receiver takes, in the words of its conventions, with the run's own times."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as SpanStatus

from monitor import results
from monitor.feeds import otlp, otlp_attributes, otlp_metrics, otlp_trace, readout
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.feeds import made, readers
from tests.feeds.conftest import Command
from tests.reports import runs
from tests.wire.servers import Server, answer, saying, silent, unused_port

SECRET = "api-key-of-the-receiver"


def told(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Attributes by name."""
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in pairs}


def sent(run: Run, **values: str) -> str:
    return otlp.send(run, FeedSettings(), Courier.within(values, Scrubber(), 5))


@made.each_run
def test_any_run_is_one_whole_trace_in_which_unknown_is_no_result(run: Run) -> None:
    spans = otlp_trace.trace(run)
    ids = [each.span_id for each in spans]
    statuses = {"pass": {"up", "degraded"}, "fail": {"down"}, None: {"unknown", "skipped"}}

    assert len({each.trace_id for each in spans}) == 1
    assert len(set(ids)) == len(ids)
    assert [each for each in spans if not each.parent_span_id] == spans[:1]
    assert all(each.parent_span_id in ids for each in spans[1:])
    for each in spans:
        attributes = told(each.attributes)
        assert each.end_time_unix_nano >= each.start_time_unix_nano
        if "test.case.name" in attributes:
            assert attributes["auth0.synthetic.status"] in statuses[attributes.get("test.case.result.status")]


@made.each_run
def test_any_run_can_be_read_by_the_classes_of_the_protocol_and_is_the_same_each_time(run: Run) -> None:
    requests = list(otlp.requests(run, {}))

    assert requests == list(otlp.requests(run, {}))
    for each in requests:
        kind = ExportTraceServiceRequest if each.path == "/v1/traces" else ExportMetricsServiceRequest
        assert kind.FromString(each.content).SerializeToString() == each.content


def test_histogram_has_bounds_of_seconds_and_counts_each_exchange_once() -> None:
    shared = [made.attempt(seconds=0.2)]
    run = made.told(
        runs.verdict(target=made.MAIN, attempts=shared),
        runs.verdict("other", made.MAIN, attempts=shared),
        runs.verdict("late", made.MAIN, attempts=[made.attempt(seconds=45.0, started=2.0)]),
    )
    (metric,) = [each for each in otlp_metrics.metrics(run) if each.name == "http.client.request.duration"]
    (point,) = metric.histogram.data_points

    assert metric.unit == "s"
    assert (point.count, point.sum, point.max) == (2, 45.2, 45.0)
    assert dict(zip((*point.explicit_bounds, None), point.bucket_counts, strict=True))[0.25] == 1
    assert point.bucket_counts[-1] == 1
    assert "url.full" not in told(point.attributes)


def test_exchange_has_its_phases_as_events_and_is_linked_where_another_probe_rests_on_it() -> None:
    shared = [made.attempt(url="https://user:hunter22@prod.example/oauth/token?code=abc")]
    run = made.told(runs.verdict(attempts=shared), runs.verdict("other", attempts=shared))
    spans = otlp_trace.trace(run)
    (client,) = [each for each in spans if each.kind == Span.SpanKind.SPAN_KIND_CLIENT]

    assert [each.name for each in client.events] == ["dns", "connect", "tls", "send", "wait", "receive"]
    assert [each.time_unix_nano for each in client.events] == sorted(each.time_unix_nano for each in client.events)
    assert client.start_time_unix_nano == pytest.approx(1795381261.25e9)
    assert told(client.attributes)["url.full"] == "https://prod.example:443/oauth/token"
    (other,) = [each for each in spans if each.name == "other"]
    assert [each.span_id for each in other.links] == [client.span_id]


def test_second_attempt_and_what_is_down_are_told_by_the_conventions() -> None:
    down = runs.down(attempts=[made.attempt(status=503), made.attempt(status=None, error="reset", started=9.0)])
    spans = otlp_trace.trace(made.told(down))
    first, second = (told(each.attributes) for each in spans if each.kind == Span.SpanKind.SPAN_KIND_CLIENT)

    assert (first["error.type"], second["error.type"]) == ("503", "no_answer")
    assert second["http.request.resend_count"] == 1
    assert told(spans[0].attributes)["test.suite.run.status"] == "failure"
    assert spans[1].status.message == runs.REFUSED


def test_large_runs_are_sent_in_parts() -> None:
    run = made.told(*(runs.verdict(f"probe_{n}", f"tenant{n % 30}") for n in range(2_500)))
    requests = list(otlp.requests(run, {}))

    traces = [ExportTraceServiceRequest.FromString(each.content) for each in requests if each.path == "/v1/traces"]
    counts = [len(each.resource_spans[0].scope_spans[0].spans) for each in traces]
    assert len(counts) > 1
    assert max(counts) <= otlp.SPANS
    assert sum(counts) == len(otlp_trace.trace(run))


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A receiver of another make, and the file in which it says what it has taken."""
    folder = tmp_path_factory.mktemp("otlp")
    port = unused_port()
    with readers.running(folder, sys.executable, "-u", "-m", "oteltap", "--port", str(port)):
        said = folder / "said.txt"
        readers.until(lambda: "Listening" in said.read_text(encoding="utf-8"), "no receiver")
        yield f"http://127.0.0.1:{port}", said


def test_receiver_takes_metrics_and_trace(receiver: tuple[str, Path], tmp_path: Path, command: Command) -> None:
    url, said = receiver
    run = made.sick()
    results.write(tmp_path / "results.json", run)
    ran = command("push", str(tmp_path), env={"OTEL_EXPORTER_OTLP_ENDPOINT": url})
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert ran.stdout == "feed otlp: 2 requests sent\n"

    wanted = len(otlp_trace.trace(run)) + len(list(otlp_metrics.metrics(run)))
    taken = readers.until(lambda: _taken(said, wanted), "not all has come")
    spans = {each["spanId"]: each for each in taken if "spanId" in each}
    metrics = {each["name"]: each for each in taken if "spanId" not in each}
    assert {each["name"] for each in spans.values()} >= {"synthetic run", "login_hands_out_tokens", "POST"}
    assert all(not each["parentSpanId"] or each["parentSpanId"] in spans for each in spans.values())
    assert {"http.client.request.duration", "auth0.synthetic.run_status"} <= set(metrics)
    assert metrics["http.client.request.duration"]["unit"] == "s"


def _taken(said: Path, wanted: int) -> list[dict[str, Any]] | None:
    """What the receiver has printed of what it took, a span or a metric a line, where it is so many."""
    lines = [line for line in said.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines] if len(lines) == wanted else None


def test_resource_is_named_as_its_variables_say() -> None:
    values = {"OTEL_SERVICE_NAME": "login", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,env=staging%20eu"}
    with Server(saying(answer(200, b""))) as server:
        sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url, **values)

    (traces,) = [each for each in server.requests if each.startswith("POST /v1/traces ")]
    read = ExportTraceServiceRequest.FromString(traces.partition("\r\n\r\n")[2].encode("latin-1"))
    about = told(read.resource_spans[0].resource.attributes)
    assert (about["service.name"], about["env"]) == ("login", "staging eu")


def test_headers_open_the_receiver_and_are_never_shown(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick())
    values = {"OTEL_EXPORTER_OTLP_HEADERS": f"api-key={SECRET},x-scope=a%20b"}
    with Server(saying(answer(403, f"no {SECRET}".encode()))) as server:
        ran = command("push", str(tmp_path), env={"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, **values})

    assert (ran.returncode, ran.stdout) == (3, "")
    assert "does not accept the key (403)" in ran.stderr
    assert SECRET not in ran.stderr
    assert all(f"api-key: {SECRET}\r\nx-scope: a b" in each for each in server.requests)


def test_what_was_rejected_in_part_was_not_sent() -> None:
    body = ExportTraceServiceResponse()
    body.partial_success.rejected_spans = 7
    body.partial_success.error_message = "too many"
    said = answer(200, body.SerializeToString(), content_type="application/x-protobuf")
    with Server(saying(said)) as server, pytest.raises(Unsent, match="7 rejected \\(too many\\)"):
        sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url)


@pytest.mark.parametrize("body", [b"", b"\xff\xff\xff", b"{}"])
def test_answer_that_says_nothing_is_well(body: bytes) -> None:
    with Server(saying(answer(200, body, content_type="application/x-protobuf"))) as server:
        assert sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url) == "2 requests sent"


def test_endpoint_that_hangs_costs_its_own_time_and_no_more() -> None:
    with Server(silent) as server:
        began = time.monotonic()
        with pytest.raises(Unsent, match="was not reached"):
            sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_TIMEOUT="700")

    assert time.monotonic() - began < 5


def test_gzip_is_what_it_says() -> None:
    with Server(saying(answer(200, b""))) as server:
        sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url, OTEL_EXPORTER_OTLP_COMPRESSION="gzip")

    head, _, body = server.requests[0].partition("\r\n\r\n")
    assert "content-encoding: gzip" in head.lower()
    assert gzip.decompress(body.encode("latin-1"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otlp.acme.example"),
        ("OTEL_EXPORTER_OTLP_HEADERS", SECRET),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"api-key={SECRET}%0Ax"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_RESOURCE_ATTRIBUTES", "nothing"),
    ],
)
def test_variable_that_cannot_be_read_is_named_without_what_it_holds(name: str, value: str) -> None:
    with Server(saying()) as server, pytest.raises(Unsent, match=name) as refused:
        sent(made.sick(), **{"OTEL_EXPORTER_OTLP_ENDPOINT": server.url} | {name: value})

    assert SECRET not in str(refused.value)
    assert server.requests == []


def test_switch_of_opentelemetry_turns_it_off(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick())
    values = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "TRUE"}

    assert "nothing is sent" in command("push", str(tmp_path), env=values).stdout


def test_missing_package_is_said_with_the_cure(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.write(tmp_path / "results.json", made.sick())
    monkeypatch.setitem(sys.modules, "monitor.feeds.otlp", None)

    ran = command("push", str(tmp_path), env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert ran.returncode == 3
    assert "is not installed: see docs/feeds.md" in ran.stderr


def test_span_of_a_probe_has_its_case_its_times_its_owner_and_its_reason() -> None:
    ill = runs.down(target="prod:corp", attempts=[made.attempt(started=1_795_381_300.5, status=500)], seconds=0.5)
    causes = (made.cause(Owner.EXTENSION, Status.DOWN, ill),)
    run = made.told(ill, runs.skipped(), causes=causes, ago=50, seconds=2.0)
    root, probe, client, other = otlp_trace.trace(run)

    start = round(((readout.ended(run) or 0) - 2.0) * 1e9)
    assert (root.name, root.start_time_unix_nano) == ("synthetic run", start)
    assert root.end_time_unix_nano == pytest.approx(start + 2e9, abs=1_000)
    assert told(root.attributes) == {
        "test.suite.name": "auth0-synthetic-monitoring",
        "test.suite.run.status": "failure",
        "auth0.synthetic.status": "down",
        "auth0.synthetic.mode": "live",
        "auth0.synthetic.ended": "finished",
        "user_agent.synthetic.type": "test",
    }
    assert told(probe.attributes) == {
        "test.case.name": ill.id,
        "test.case.result.status": "fail",
        "auth0.synthetic.tenant": "prod",
        "auth0.synthetic.target": "prod:corp",
        "auth0.synthetic.status": "down",
        "auth0.synthetic.mode": "live",
        "auth0.synthetic.reason": runs.REFUSED,
        "auth0.synthetic.budget": 3.0,
        "auth0.synthetic.owner": "extension",
        "auth0.synthetic.rule": "connection",
        "user_agent.synthetic.type": "test",
    }
    assert probe.name == "login_hands_out_tokens"
    assert (probe.start_time_unix_nano, probe.end_time_unix_nano) == (
        1_795_381_300_500_000_000,
        1_795_381_301_000_000_000,
    )
    assert (probe.status.code, probe.kind) == (SpanStatus.STATUS_CODE_ERROR, Span.SpanKind.SPAN_KIND_INTERNAL)
    assert (probe.parent_span_id, client.parent_span_id) == (root.span_id, probe.span_id)
    assert (client.name, client.status.code) == ("POST", SpanStatus.STATUS_CODE_ERROR)
    assert client.end_time_unix_nano - client.start_time_unix_nano == pytest.approx(0.213e9, abs=1_000)
    assert (other.start_time_unix_nano, other.end_time_unix_nano) == (start, start)
    assert (other.status.code, other.status.message) == (SpanStatus.STATUS_CODE_UNSET, "")
    assert {"test.case.result.status", "auth0.synthetic.budget", "auth0.synthetic.owner"}.isdisjoint(
        told(other.attributes)
    )


def test_exchange_is_told_by_the_conventions_for_http() -> None:
    (_, _, client) = otlp_trace.trace(made.told(runs.verdict(attempts=[made.attempt() | runs.attempt()])))

    assert told(client.attributes) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "prod.example",
        "server.port": 443,
        "url.full": "https://prod.example:443/oauth/token",
        "network.peer.address": "203.0.113.9",
        "auth0.synthetic.request_id": "7b6f4d1a0c2e",
    }
    assert client.status.code == SpanStatus.STATUS_CODE_UNSET
    began = client.start_time_unix_nano
    assert [round((each.time_unix_nano - began) / 1e6) for each in client.events] == [0, 2, 12, 33, 33, 212]
    assert told(client.events[4].attributes) == {"auth0.synthetic.phase.duration": 0.179}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h.example/x?code=abc#part", {"address": "h.example", "port": 80, "url": "http://h.example:80/x"}),
        ("https://h.example:8443/", {"address": "h.example", "port": 8443, "url": "https://h.example:8443/"}),
        ("https://[::1]:9/x", {"address": "::1", "port": 9, "url": "https://[::1]:9/x"}),
        ("https://[", {}),
        ("", {}),
    ],
)
def test_address_of_an_exchange_has_its_port_and_nothing_that_may_be_a_secret(url: str, shown: dict[str, Any]) -> None:
    known = otlp_attributes.http({"method": "GET", "url": url, "status": 399})

    names = {"server.address": "address", "server.port": "port", "url.full": "url"}
    assert {names[name]: value for name, value in known.items() if name in names} == shown
    assert "error.type" not in known


@pytest.mark.parametrize(("status", "kind"), [(399, ""), (400, "400"), (503, "503"), (None, "no_answer")])
def test_error_of_an_exchange_is_its_status_or_that_there_was_no_answer(status: int | None, kind: str) -> None:
    assert otlp_attributes.error({"status": status}) == kind


@pytest.mark.parametrize(
    ("ended", "verdict", "word"),
    [
        ("finished", runs.verdict(), "success"),
        ("finished", runs.degraded(), "success"),
        ("finished", runs.unknown(), None),
        ("interrupted: SIGTERM", runs.verdict(), None),
        ("running", runs.down(), None),
    ],
    ids=["up", "degraded", "unknown", "interrupted", "running"],
)
def test_suite_that_did_not_finish_or_is_unknown_has_no_result(ended: str, verdict: Verdict, word: str | None) -> None:
    root = otlp_trace.trace(made.told(verdict, ended=ended))[0]

    assert told(root.attributes).get("test.suite.run.status") == word


def test_metrics_are_prometheus_series_by_other_names_at_the_end_of_the_run() -> None:
    run = made.sick(seconds=12.5)
    metrics = {each.name: each for each in otlp_metrics.metrics(run)}

    duration = metrics["auth0.synthetic.run_duration"]
    assert (duration.unit, metrics["auth0.synthetic.run_status"].unit) == ("s", "")
    assert duration.description
    at = round((readout.ended(run) or 0) * 1e9)
    assert {(each.time_unix_nano, each.as_double) for each in duration.gauge.data_points} == {(at, 12.5)}
    up = {
        told(each.attributes)["auth0.synthetic.tenant"]: each
        for each in metrics["auth0.synthetic.probe_up"].gauge.data_points
    }
    assert up["staging"].as_double == 1.0
    assert told(up["staging"].attributes) == {
        "auth0.synthetic.mode": "live",
        "auth0.synthetic.tenant": "staging",
        "auth0.synthetic.target": "staging:password",
        "auth0.synthetic.probe": "tenant_is_fast",
    }


def test_histogram_has_the_run_as_its_time_and_a_series_for_each_answer_of_a_tenant() -> None:
    run = made.told(
        runs.verdict(attempts=[made.attempt(seconds=0.005), made.attempt(seconds=0.0051, started=2.0)]),
        runs.down(attempts=[made.attempt(status=500, seconds=31.0)]),
        runs.verdict(target="eu", attempts=[made.attempt(seconds=30.0)]),
        seconds=2.0,
    )
    (metric,) = [each for each in otlp_metrics.metrics(run) if each.name == "http.client.request.duration"]
    assert metric.histogram.aggregation_temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    points = {
        (told(each.attributes)["auth0.synthetic.tenant"], told(each.attributes)["http.response.status_code"]): each
        for each in metric.histogram.data_points
    }
    end = round((readout.ended(run) or 0) * 1e9)

    assert set(points) == {("prod", 200), ("prod", 500), ("eu", 200)}
    for each in points.values():
        assert (each.time_unix_nano, each.start_time_unix_nano) == (end, pytest.approx(end - 2e9, abs=1_000))
        assert sum(each.bucket_counts) == each.count
        assert told(each.attributes)["auth0.synthetic.mode"] == "live"
        assert {"network.peer.address", "auth0.synthetic.request_id"}.isdisjoint(told(each.attributes))
    first = points["prod", 200]
    assert (first.min, first.max, first.count) == (0.005, 0.0051, 2)
    assert list(first.bucket_counts[:3]) == [1, 1, 0], "a bound is a part of what it ends"
    assert (points["prod", 500].bucket_counts[-1], points["eu", 200].bucket_counts[-2]) == (1, 1)


def test_many_series_are_sent_in_requests_of_four_thousand_points() -> None:
    run = made.told(*(runs.verdict(f"probe_{n}", f"tenant{n % 30}", attempts=[]) for n in range(900)))
    requests = [each for each in otlp.requests(run, {}) if each.path == "/v1/metrics"]
    counts = [
        sum(len(metric.gauge.data_points) for metric in scope.metrics)
        for each in requests
        for scope in ExportMetricsServiceRequest.FromString(each.content).resource_metrics[0].scope_metrics
    ]

    assert max(counts) == 4_000
    assert sum(counts) == sum(len(each.gauge.data_points) for each in otlp_metrics.metrics(run))
    assert {each.headers["Content-Type"] for each in requests} == {"application/x-protobuf"}


def test_trace_is_sent_in_requests_of_fifteen_hundred_spans() -> None:
    run = made.told(*(runs.verdict(f"probe_{n}", attempts=[]) for n in range(1_600)))
    traces = [each.content for each in otlp.requests(run, {}) if each.path == "/v1/traces"]
    spans = [ExportTraceServiceRequest.FromString(each).resource_spans[0].scope_spans[0].spans for each in traces]

    assert list(map(len, spans)) == [1_500, 101]


def test_resource_is_this_monitor_and_its_version_where_nobody_has_said_otherwise() -> None:
    requests = list(otlp.requests(made.sick(version="9.8.7"), {}))
    assert {each.path for each in requests} == {"/v1/traces", "/v1/metrics"}
    for each in requests:
        if each.path == "/v1/traces":
            (some,) = ExportTraceServiceRequest.FromString(each.content).resource_spans
            scope = some.scope_spans[0].scope
        else:
            (measured,) = ExportMetricsServiceRequest.FromString(each.content).resource_metrics
            some, scope = measured, measured.scope_metrics[0].scope
        assert told(some.resource.attributes) == {
            "service.name": "auth0-synthetic-monitoring",
            "service.version": "9.8.7",
        }
        assert (scope.name, scope.version) == ("auth0-synthetic-monitoring", "9.8.7")


@pytest.mark.parametrize(
    ("name", "value", "is_taken"),
    [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "300000", True),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "300001", False),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", False),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "٣", False),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", " GZIP ", True),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "none", True),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", " http/protobuf ", True),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", False),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x=tök", False),
        ("OTEL_EXPORTER_OTLP_HEADERS", "=x", False),
        ("OTEL_EXPORTER_OTLP_HEADERS", "tök=x", False),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=b,,c=d=e ,", True),
        ("OTEL_RESOURCE_ATTRIBUTES", "env=tök", True),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=x%0Ay", False),
    ],
)
def test_variables_of_opentelemetry_are_taken_within_their_bounds(name: str, value: str, *, is_taken: bool) -> None:
    values = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.acme.example/", name: value}
    if is_taken:
        assert otlp.destination(values).url == "https://otlp.acme.example"
        return
    with pytest.raises(Unsent, match=name):
        otlp.destination(values)


def test_headers_are_decoded_as_they_are_in_a_url() -> None:
    values = {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://x.example", "OTEL_EXPORTER_OTLP_HEADERS": "a%2Db = c%3Dd=e , f="}
    headers = otlp.destination(values).headers

    assert {name: value.get_secret_value() for name, value in headers.items()} == {"a-b": "c=d=e", "f": ""}


@pytest.mark.parametrize(
    ("status", "kind", "is_refused"),
    [(200, "application/x-protobuf", True), (200, "application/json", False), (202, "application/x-protobuf", False)],
)
def test_only_an_answer_of_the_protocol_says_what_was_rejected(status: int, kind: str, *, is_refused: bool) -> None:
    body = ExportTraceServiceResponse()
    body.partial_success.rejected_spans = 7_000
    with Server(saying(answer(status, body.SerializeToString(), content_type=kind))) as server:
        if not is_refused:
            assert sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url) == "2 requests sent"
            return
        with pytest.raises(Unsent, match="took not all: 7,000 rejected"):
            sent(made.sick(), OTEL_EXPORTER_OTLP_ENDPOINT=server.url)


def test_run_whose_time_is_none_is_not_sent() -> None:
    with pytest.raises(Unsent, match="when the run was cannot be read"):
        sent(replace(made.sick(), started="never"), OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
