"""OpenTelemetry's attributes of what a run did: by the conventions for HTTP, and of our own where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from monitor.feeds.readout import TenantReadout
from monitor.text import one_line

OWN = "auth0.synthetic."
"""How our own names begin: there is no convention for whose work something is, nor for five statuses."""

_TEXT = 1_000
_NANO = 1_000_000_000


def http(attempt: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an exchange, by the conventions for HTTP; of its address nothing that may be a secret."""
    told: dict[str, Any] = {"http.request.method": str(attempt.get("method", ""))}
    told |= _server(str(attempt.get("url", "")))
    if isinstance(attempt.get("status"), int):
        told["http.response.status_code"] = attempt["status"]
    if attempt.get("address"):
        told["network.peer.address"] = str(attempt["address"])
    headers = attempt.get("headers") or {}
    if headers.get("x-auth0-requestid"):
        told[f"{OWN}request_id"] = str(headers["x-auth0-requestid"])
    kind = error(attempt)
    return told | ({"error.type": kind} if kind else {})


def _server(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return {}
    if not host:
        return {}
    shown = f"[{host}]" if ":" in host else host
    told = {"server.address": host, "url.full": f"{parts.scheme}://{shown}:{port}{parts.path}"}
    return told | ({"server.port": port} if port else {})


def error(attempt: Mapping[str, Any]) -> str:
    """The kind of an error, of which there are few: a status, or that there was no answer."""
    status = attempt.get("status")
    if isinstance(status, int):
        return str(status) if status >= 400 else ""
    return "no_answer"


def exchanges(tenant: TenantReadout) -> dict[tuple[object, ...], Mapping[str, Any]]:
    """Each exchange of a tenant once."""
    return {key(attempt): attempt for probe in tenant.probes for attempt in probe.verdict.attempts}


def key(attempt: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(attempt.get(name) for name in ("started", "seconds", "url"))


def number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def nano(seconds: float | None) -> int:
    return 0 if seconds is None else max(0, min(round(seconds * _NANO), 2**63 - 1))


def pairs(told: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=one_line(name, 200), value=_value(value)) for name, value in told.items()]


def _value(value: Any) -> AnyValue:
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(string_value=one_line(str(value), _TEXT))
