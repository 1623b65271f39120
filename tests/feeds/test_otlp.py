"""OpenTelemetry: what a real receiver takes, in the words of its conventions, with the run's own times."""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from monitor import results
from monitor.feeds import otlp, otlp_metrics, otlp_trace
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
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
