"""Azure's Application Insights: an availability result for each tenant and each of its targets.

It has two words, success and not: what is unknown is left out, and an alert for missing results says so.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from monitor import NAME
from monitor.exchange import Exchange, Repeat
from monitor.feeds import batches, readout, service_states
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, endpoint, required
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.status import Status
from monitor.text import count, moment, one_line
from monitor.verdict import Run

VARIABLE = "AUTH0_FEED_AZURE_CONNECTION_STRING"
PATH, KIND = "/v2.1/track", "Microsoft.ApplicationInsights.Availability"
NO_KEY = "00000000-0000-0000-0000-000000000000"
"""What stands for the key wherever it is shown."""

BYTES, ITEMS = 900_000, 500
NAME_BOUND, MESSAGE_BOUND = 1_000, 2_000
OLDEST = 172_800.0
"""Seconds after which a result is not taken any more."""

_SUCCESS = {Status.UP: True, Status.DEGRADED: True, Status.DOWN: False}
_HEADERS = {"Content-Type": "application/x-json-stream", "Accept": "application/json"}
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The body of every request, without the key."""
    return b"".join(request.content + b"\n" for request in requests(run, NO_KEY))


def requests(run: Run, key: str) -> Iterator[FeedRequest]:
    """An envelope a line; the same run has the same ids."""
    for some in batches.chunks((batches.packed(each) for each in _envelopes(run, key)), BYTES, ITEMS):
        yield FeedRequest("POST", PATH, b"\n".join(some), _HEADERS, Repeat.UNSENT)


def _envelopes(run: Run, key: str) -> Iterator[dict[str, Any]]:
    if readout.unreal(run):
        return
    time = moment(readout.ended(run) or 0.0)
    for tenant, state in zip(readout.tenants(run), service_states.of_tenants(run), strict=True):
        if tenant.status in _SUCCESS:
            seconds = tenant.targets.get(tenant.name, ("", None))[1]
            told = _result(run, tenant.name, "", tenant.status, seconds) | {
                "message": one_line(state.line, MESSAGE_BOUND)
            }
            yield _envelope(time, key, told)
        for target, (status, seconds) in tenant.targets.items():
            if target != tenant.name and Status(status) in _SUCCESS:
                yield _envelope(time, key, _result(run, tenant.name, target, Status(status), seconds))


def _result(run: Run, tenant: str, target: str, status: Status, seconds: float | None) -> dict[str, Any]:
    """``seconds`` of None are told as none: a result has to have a duration."""
    shown = target or tenant
    properties = {"mode": run.mode, "tenant": tenant, "status": str(status)} | ({"target": target} if target else {})
    return {
        "ver": 2,
        "id": str(
            uuid.uuid5(
                uuid.NAMESPACE_URL, f"{NAME}/{run.started}/{tenant}/{target}".encode("utf-8", "replace").decode()
            )
        ),
        "name": one_line(f"auth0 {shown}", NAME_BOUND - 50),
        "duration": _duration(seconds or 0.0),
        "success": _SUCCESS[status],
        "runLocation": NAME,
        "properties": {name: one_line(value, NAME_BOUND) for name, value in properties.items()},
        "measurements": {} if seconds is None else {"seconds": seconds},
    }


def _envelope(time: str, key: str, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": KIND,
        "time": time,
        "iKey": key,
        "tags": {"ai.cloud.role": NAME, "ai.operation.id": result["id"]},
        "data": {"baseType": "AvailabilityData", "baseData": result},
    }


def _duration(seconds: float) -> str:
    """``00:00:01.250``."""
    thousandths = max(0, round(seconds * 1_000))
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    head = f"{days}." if days else ""
    return f"{head}{hours:02}:{minutes:02}:{rest // 1_000:02}.{rest % 1_000:03}"


def _parts(values: Mapping[str, str]) -> dict[str, str]:
    """The parts of the connection string by their names in small letters. Raises Unsent, without anything of it."""
    pairs = (part.partition("=") for part in required(values, VARIABLE).split(";") if part.strip())
    parts = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if not _GUID.fullmatch(parts.get("instrumentationkey", "")):
        raise Unsent(f"{VARIABLE} has no InstrumentationKey: copy it from the resource's overview")
    return parts


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where the connection string cannot be used."""
    address = _parts(values).get("ingestionendpoint", "")
    if not address:
        raise Unsent(f"{VARIABLE} has no IngestionEndpoint: copy it from the resource's overview")
    return endpoint({VARIABLE: address}, VARIABLE)


def send(run: Run, _settings: FeedSettings, courier: Courier) -> str:
    """Send all results. Raises Unsent."""
    to = destination(courier.values)
    believable(run, OLDEST, "")
    if why := readout.unreal(run):
        return f"nothing is sent: {why}"
    told = list(requests(run, _parts(courier.values)["instrumentationkey"]))
    sent = courier.send_all(to, told, _untaken)
    results = sum(each.content.count(b"\n") + 1 for each in told)
    return f"{count(results, 'result')} sent in {count(sent, 'request')}"


def _untaken(answer: Exchange) -> str:
    """What was not accepted, though the status is a success (200, or 206 for a part)."""
    said = said_by(answer)
    came, taken = said.get("itemsReceived"), said.get("itemsAccepted")
    if not 200 <= answer.status < 300 or not isinstance(came, int) or not isinstance(taken, int) or taken >= came:
        return ""
    return f"it took {taken:,} of {came:,} results: see the key of the connection string, and this machine's clock"
