"""A run as OpenTelemetry's trace, with its own times: the run, its probes, and their exchanges with their phases.

Nothing is traced while a probe runs: what sends then would be told as the tenant's time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as SpanStatus

from monitor import NAME
from monitor.feeds import readout
from monitor.feeds.otlp_attributes import OWN, error, http, key, nano, number, pairs
from monitor.feeds.readout import ProbeReadout, TenantReadout
from monitor.owners import Cause
from monitor.reports import findings
from monitor.status import Status
from monitor.telling.latest import began
from monitor.text import one_line
from monitor.verdict import PHASES, Run

_RESULTS = {Status.UP: "pass", Status.DEGRADED: "pass", Status.DOWN: "fail"}
"""A test case passes or fails; of what is unknown or skipped neither is said."""

_SUITE = {Status.UP: "success", Status.DEGRADED: "success", Status.DOWN: "failure"}
_TEXT = 1_000


@dataclass
class _Trace:
    """The trace while it is written; its ids are made of the run, so that what is sent again is the same."""

    run: Run
    id: bytes = b""
    spans: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        named = f"{self.run.started} {self.run.mode} {self.run.seconds} {self.run.tenants!r}"
        self.id = hashlib.sha256(named.encode("utf-8", "replace")).digest()[:16]

    def add(self, name: str, start: float | None, seconds: float, parent: Span | None, **known: Any) -> Span:
        """A span of this name, and of these attributes."""
        number = str(len(self.spans)).encode()
        span = Span(
            trace_id=self.id,
            span_id=hashlib.sha256(self.id + number).digest()[:8],
            parent_span_id=parent.span_id if parent else b"",
            name=one_line(name, 200) or "unnamed",
            start_time_unix_nano=nano(start),
            end_time_unix_nano=nano(None if start is None else start + seconds),
            **known,
        )
        self.spans.append(span)
        return span


def trace(run: Run) -> list[Span]:
    """The run's spans, the run itself first. Several probes may rest on one exchange: the others have a link to it."""
    made = _Trace(run)
    tenants = readout.tenants(run)
    kinds = Span.SpanKind
    status = readout.worst_of(tenants)
    about = {
        "test.suite.name": NAME,
        **({"test.suite.run.status": _SUITE[status]} if status in _SUITE and run.ended == "finished" else {}),
        f"{OWN}status": str(run.status),
        f"{OWN}mode": run.mode,
        f"{OWN}ended": run.ended,
        "user_agent.synthetic.type": "test",
    }
    start = began(run)
    root = made.add("synthetic run", start, run.seconds, None, kind=kinds.SPAN_KIND_INTERNAL, attributes=pairs(about))
    for tenant in tenants:
        causes = {id_: cause for cause in tenant.causes for id_ in cause.verdicts}
        exchanges: dict[tuple[object, ...], Span] = {}
        for probe in tenant.probes:
            _probe(made, root, tenant, probe, causes.get(probe.verdict.id), exchanges=exchanges)
    return made.spans


def _probe(
    made: _Trace,
    root: Span,
    tenant: TenantReadout,
    probe: ProbeReadout,
    cause: Cause | None,
    *,
    exchanges: dict[tuple[object, ...], Span],
) -> None:
    verdict = probe.verdict
    seen = verdict.attempts
    start = number(seen[0].get("started")) if seen else began(made.run)
    failed = probe.status is Status.DOWN
    span = made.add(
        verdict.probe,
        start,
        verdict.seconds or 0.0,
        root,
        kind=Span.SpanKind.SPAN_KIND_INTERNAL,
        attributes=pairs(_of_probe(made.run, tenant, probe, cause)),
        status=SpanStatus(
            code=SpanStatus.STATUS_CODE_ERROR if failed else SpanStatus.STATUS_CODE_UNSET,
            message=one_line(verdict.reason, _TEXT) if failed else "",
        ),
    )
    for place, attempt in enumerate(seen):
        mark = key(attempt)
        if mark in exchanges:
            span.links.append(Span.Link(trace_id=made.id, span_id=exchanges[mark].span_id))
            continue
        exchanges[mark] = made.add(
            str(attempt.get("method", "")),
            number(attempt.get("started")),
            number(attempt.get("seconds")),
            span,
            kind=Span.SpanKind.SPAN_KIND_CLIENT,
            attributes=pairs(http(attempt) | ({"http.request.resend_count": place} if place else {})),
            events=list(_events(attempt)),
            status=SpanStatus(code=SpanStatus.STATUS_CODE_ERROR if error(attempt) else SpanStatus.STATUS_CODE_UNSET),
        )


def _of_probe(run: Run, tenant: TenantReadout, probe: ProbeReadout, cause: Cause | None) -> dict[str, Any]:
    verdict = probe.verdict
    told: dict[str, Any] = {
        "test.case.name": verdict.id or verdict.probe,
        f"{OWN}tenant": findings.tenant_of(verdict) or tenant.name,
        f"{OWN}target": verdict.target,
        f"{OWN}status": str(probe.status),
        f"{OWN}mode": run.mode,
        "user_agent.synthetic.type": "test",
    }
    told |= {"test.case.result.status": _RESULTS[probe.status]} if probe.status in _RESULTS else {}
    told |= {f"{OWN}reason": verdict.reason} if verdict.reason else {}
    told |= {f"{OWN}budget": verdict.budget} if verdict.budget is not None else {}
    return told | ({f"{OWN}owner": str(cause.owner), f"{OWN}rule": cause.rule} if cause else {})


def _events(attempt: Mapping[str, Any]) -> Iterator[Span.Event]:
    """Each phase of an exchange, at the moment that it began."""
    at = number(attempt.get("started"))
    phases = attempt.get("phases") or {}
    for phase in PHASES:
        if phase in phases:
            seconds = number(phases[phase])
            told = pairs({f"{OWN}phase.duration": seconds})
            yield Span.Event(name=phase, time_unix_nano=nano(at), attributes=told)
            at += seconds
