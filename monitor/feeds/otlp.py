"""OpenTelemetry by OTLP over HTTP: a run as metrics and as one trace, to whatever its own variables name."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import unquote

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, ResourceMetrics, ScopeMetrics
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans
from pydantic import SecretStr

from monitor import NAME
from monitor.configuration import mistakes
from monitor.exchange import Exchange
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, endpoint
from monitor.feeds.otlp_attributes import pairs
from monitor.feeds.otlp_metrics import POINTS, metrics
from monitor.feeds.otlp_trace import trace
from monitor.feeds.sending import Courier, FeedRequest
from monitor.telling.latest import began
from monitor.text import count, one_line
from monitor.verdict import Run

ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
TIMEOUT, COMPRESSION, PROTOCOL = (f"OTEL_EXPORTER_OTLP_{name}" for name in ("TIMEOUT", "COMPRESSION", "PROTOCOL"))
SERVICE, ATTRIBUTES = "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"

SPANS = 1_500
"""How many are in one request."""

_Kind = TypeVar("_Kind")


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The bodies of all requests, one after another."""
    return b"".join(request.content for request in requests(run, {}))


def requests(run: Run, resource: Mapping[str, str]) -> Iterator[FeedRequest]:
    """The metrics, then the trace, each in as many requests as it needs."""
    about = Resource(attributes=pairs({"service.name": NAME, "service.version": run.version} | dict(resource)))
    scope = InstrumentationScope(name=NAME, version=one_line(run.version, 100))
    headers = {"Content-Type": "application/x-protobuf"}
    for some in _chunks(metrics(run), POINTS, _points):
        measured = ResourceMetrics(resource=about, scope_metrics=[ScopeMetrics(scope=scope, metrics=some)])
        content = ExportMetricsServiceRequest(resource_metrics=[measured]).SerializeToString()
        yield FeedRequest("POST", "/v1/metrics", content, headers)
    for spans in _chunks(trace(run), SPANS, lambda _: 1):
        traced = ResourceSpans(resource=about, scope_spans=[ScopeSpans(scope=scope, spans=spans)])
        content = ExportTraceServiceRequest(resource_spans=[traced]).SerializeToString()
        yield FeedRequest("POST", "/v1/traces", content, headers)


def _points(metric: Metric) -> int:
    return len(metric.gauge.data_points) or len(metric.histogram.data_points)


def _chunks(some: Iterable[_Kind], most: int, size: Callable[[_Kind], int]) -> Iterator[list[_Kind]]:
    """These in lists that come to no more than ``most``, or have one alone."""
    chunk: list[_Kind] = []
    filled = 0
    for each in some:
        own = size(each)
        if chunk and filled + own > most:
            yield chunk
            chunk, filled = [], 0
        chunk.append(each)
        filled += own
    if chunk:
        yield chunk


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    to = replace(endpoint(values, ENDPOINT), headers=_headers(values))
    protocol = values.get(PROTOCOL, "").strip()
    if protocol not in ("", "http/protobuf"):
        raise Unsent(f"{PROTOCOL} is not http/protobuf, and nothing else is spoken here: unset it")
    _compression(values)
    _patience(values)
    _resource(values)
    return to


def _compression(values: Mapping[str, str]) -> str:
    """``gzip`` or ``none``."""
    way = values.get(COMPRESSION, "").strip().lower() or "none"
    if way not in ("gzip", "none"):
        raise Unsent(f"{COMPRESSION} is neither gzip nor none")
    return way


def send(run: Run, _settings: FeedSettings, courier: Courier) -> str:
    """Send metrics and trace. Raises Unsent."""
    values = courier.values
    to = destination(values)
    if began(run) is None:
        raise Unsent("when the run was cannot be read, so nothing was sent")
    patient = replace(courier, deadline=min(courier.deadline, time.monotonic() + _patience(values)))
    packed = [_packed(request, values) for request in requests(run, _resource(values))]
    sent = patient.send_all(to, packed, _rejected)
    return f"{count(sent, 'request')} sent"


def _packed(request: FeedRequest, values: Mapping[str, str]) -> FeedRequest:
    if _compression(values) == "none":
        return request
    content = gzip.compress(request.content, mtime=0)
    return replace(request, content=content, headers={**request.headers, "Content-Encoding": "gzip"})


def _patience(values: Mapping[str, str]) -> float:
    """Seconds; the variable has milliseconds."""
    given = values.get(TIMEOUT, "").strip()
    if not given:
        return 10.0
    if not given.isascii() or not given.isdigit() or not 0 < int(given) <= 300_000:
        raise Unsent(f"{TIMEOUT} is no number of milliseconds, up to 300000")
    return int(given) / 1000


def _headers(values: Mapping[str, str]) -> dict[str, SecretStr]:
    """Raises Unsent, without anything of it."""
    given = values.get(HEADERS, "")
    if why := mistakes.reason(HEADERS, given):
        raise Unsent(f"{HEADERS}: {why}")
    headers = _listed(HEADERS, given)
    if not "".join(headers.values()).isascii():
        raise Unsent(f"{HEADERS} contains a character that no header may have")
    return {name: SecretStr(value) for name, value in headers.items()}


def _resource(values: Mapping[str, str]) -> dict[str, str]:
    named = values.get(SERVICE, "").strip()
    return _listed(ATTRIBUTES, values.get(ATTRIBUTES, "")) | ({"service.name": named} if named else {})


def _listed(variable: str, given: str) -> dict[str, str]:
    """``name=value`` pairs with commas between, written as in a URL."""
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in given.split(","))):
        name, equals, value = pair.partition("=")
        name, value = unquote(name).strip(), unquote(value).strip()
        if not equals or not name or not name.isascii() or not f"{name}{value}".isprintable():
            raise Unsent(f"{variable} is no list of name=value with commas between")
        found[name] = value
    return found


def _rejected(answer: Exchange) -> str:
    """What a receiver did not take, though its status is a success; of metrics the answer has the same fields."""
    if answer.status != 200 or "protobuf" not in answer.headers.get("content-type", ""):
        return ""
    try:
        partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
    except DecodeError:
        return ""
    said = one_line(partial.error_message, 200)
    return f"took not all: {partial.rejected_spans:,} rejected ({said})" if partial.rejected_spans else ""
