"""What an attempt sent and saw: in short for every verdict, and for what is ill all that its reader may ask for.

No secret is in it: of what was sent, only what is known to be public is told, and the rest by its variable's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests

from monitor import speakers
from monitor.exchange import DIGITS, Attempt
from monitor.failures import Failure, described
from monitor.secrets import MASK, Scrubber
from monitor.text import printable
from monitor.wire import certificates
from monitor.wire.trace import Trace

PUBLIC = frozenset({"grant_type", "client_id", "username", "scope", "audience", "realm", "connection", "device"})
PUBLIC |= {"action", "js-available", "webauthn-available", "is-brave", "webauthn-platform-available", "redirect_uri"}
"""The fields of a login whose values are told."""

_OF_SOMEBODY = frozenset({"client_id", "username"})
"""Of those, the ones that stand as their variable where they came from one: something else may be set in its place."""

_SHOWN = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "connection", "content-type", "content-length"}
    | {"if-none-match", "if-modified-since"}
)
_TOLD = re.compile(rf"^({speakers.HEADERS})$", re.IGNORECASE)
_VERSIONS = {10: "HTTP/1.0", 11: "HTTP/1.1"}
_SAID_BOUND = 300
_BODY_BOUND = 65_536


class Came(NamedTuple):
    """When an attempt began, in seconds of the epoch, and what came of it."""

    started: float
    response: requests.Response | None
    failure: Failure | None
    body: bytes


class _Seen(NamedTuple):
    """What evidence is made of: no more, since an exchange is held until its last probe has judged.

    What requests and urllib3 hold of one (connections, cookies, queues, buffers) takes more than all that is told.
    ``path``, ``headers`` and ``body`` are those of the request as it was sent, and ``answer`` what of the response
    cannot be told without its connection, where one came.
    """

    request: requests.Request
    url: str
    path: str
    headers: Mapping[str, str]
    body: bytes | str
    trace: Trace
    answer: dict[str, Any] | None
    status: int
    answered: Mapping[str, str]
    started: float
    came: bytes


def seen(
    request: requests.Request, prepared: requests.PreparedRequest | None, trace: Trace, came: Came, scrubber: Scrubber
) -> Attempt:
    """The attempt; its evidence is put together when it is asked for."""
    response, failure = came.response, came.failure
    phases = {phase: round(seconds, DIGITS) for phase, seconds in trace.phases.items()}
    return Attempt(
        method=request.method or "",
        url=request.url or "",
        status=response.status_code if response is not None else None,
        error=described(failure) if failure else None,
        started=round(came.started, DIGITS),
        seconds=round(sum(phases.values()), DIGITS),
        phases=phases,
        address=trace.address,
        headers=_told(response),
        bytes=len(came.body),
        certificate_expires=certificates.expires(trace.certificate or {}),
        evidence=partial(_evidence, _kept(request, prepared, trace, came), scrubber),
        speaker=speakers.speaker(response.status_code, response.headers, came.body) if response is not None else "",
        way=trace.way,
        leads_to=trace.leads_to,
    )


def _told(response: requests.Response | None) -> dict[str, str]:
    headers = response.headers.items() if response is not None else ()
    return {name.lower(): value[:200] for name, value in headers if _TOLD.match(name)}


def _kept(request: requests.Request, prepared: requests.PreparedRequest | None, trace: Trace, came: Came) -> _Seen:
    response = came.response
    return _Seen(
        request=request,
        url=(prepared.url or "") if prepared else "",
        path=prepared.path_url if prepared else "",
        headers=(prepared or request).headers,
        body=(prepared.body if prepared else None) or b"",
        trace=trace,
        answer=_answer(response) if response is not None else None,
        status=response.status_code if response is not None else 0,
        answered=response.headers if response is not None else {},
        started=came.started,
        came=came.body,
    )


def _evidence(seen: _Seen, scrubber: Scrubber) -> dict[str, Any]:
    """See ``evidence`` in results.schema.json for its keys."""
    trace = seen.trace
    told: dict[str, Any] = {
        "request": _sent(seen, scrubber),
        "timeout": trace.whole,
        "connect_timeout": round(trace.connect_deadline - trace.began, 3),
        "addresses": trace.addresses[:20],
        "pinned": "{}:{}".format(*trace.pinned) if trace.pinned else None,
        "tls": {"version": trace.tls[0], "cipher": trace.tls[1]} if trace.tls else None,
        "certificates": [certificates.told(each) for each in trace.chain[:10]],
        "chain_is_whole": trace.chain_is_whole,
    }
    if seen.answer is not None:
        told["answer"] = seen.answer | _oauth(seen.status, seen.came)
        told["skew"] = _skew(seen)
    return told


def _sent(seen: _Seen, scrubber: Scrubber) -> dict[str, Any]:
    request = seen.request
    headers = {"Host": urlsplit(seen.url).netloc} | {name: str(value) for name, value in seen.headers.items()}
    sent = request.json or request.data or {}
    fields, variables = _fields(sent, scrubber) if isinstance(sent, Mapping) else ({}, {})
    line = f"{request.method} {seen.path} HTTP/1.1\r\n"
    return {
        "headers": {name: _masked(name, value)[:300] for name, value in headers.items()},
        "authorization": _authorization(request, headers, scrubber),
        "form": "json" if request.json else "form" if request.data else "",
        "fields": fields,
        "variables": variables,
        "headers_bytes": len(line) + _size(headers),
        "body_bytes": len(seen.body),
    }


def _fields(sent: Mapping[str, Any], scrubber: Scrubber) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that were sent, and the variable that stands for each: where it came from one, or is not told."""
    given = {name: str(value) for name, value in sent.items() if value is not None}
    variables = {
        name: scrubber.variable(value) or re.sub(r"\W", "_", name).upper()
        for name, value in given.items()
        if name not in PUBLIC or scrubber.variable(value)
    }
    told = {name for name in PUBLIC if name not in _OF_SOMEBODY or name not in variables}
    return {name: value if name in told else f"${variables[name]}" for name, value in given.items()}, variables


def _masked(name: str, value: str) -> str:
    if name.lower() == "authorization":
        return f"{value.partition(' ')[0]} {MASK}"
    return value if name.lower() in _SHOWN else MASK


def _authorization(request: requests.Request, headers: Mapping[str, str], scrubber: Scrubber) -> dict[str, str] | None:
    """The scheme, the user where it has one, and the variable that stands for the secret."""
    if isinstance(request.auth, tuple):
        user, secret = map(str, request.auth)
        return {"scheme": "Basic", "user": user, "variable": scrubber.variable(secret) or "PASSWORD"}
    sent = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, token = sent.partition(" ")
    return {"scheme": scheme, "user": "", "variable": scrubber.variable(token) or "ACCESS_TOKEN"} if scheme else None


def _answer(response: requests.Response) -> dict[str, Any]:
    raw = response.raw
    version = _VERSIONS.get(getattr(raw, "version", 0), "")
    return {
        "http": version,
        "reason": printable(response.reason or "")[:100],
        "headers_bytes": len(f"{version} {response.status_code} {response.reason or ''}\r\n") + _size(raw.headers),
        "body_bytes": raw.tell(),
    }


def _size(headers: Mapping[str, str]) -> int:
    """The bytes of these headers and of the empty line after them."""
    return sum(len(name) + len(value) + 4 for name, value in headers.items()) + 2


def _oauth(status: int, body: bytes) -> dict[str, str]:
    """What an error answer calls itself. Nothing else of a body is told: it may contain tokens."""
    try:
        document = json.loads(body) if status >= 400 and len(body) <= _BODY_BOUND else None
    except (ValueError, RecursionError):
        return {}
    said = document if isinstance(document, dict) else {}
    names = ("error", "error_description")
    return {name: printable(said[name])[:_SAID_BOUND] for name in names if isinstance(said.get(name), str)}


def _skew(seen: _Seen) -> float | None:
    """Seconds by which our clock is ahead of the answer's Date, which counts whole ones; None where it is not known."""
    headers = seen.answered
    arrived = seen.started + sum(seconds for phase, seconds in seen.trace.phases.items() if phase != "receive")
    try:
        if int(headers.get("age", 0)) > 0:
            return None  # a cache's answer has the time at which it was made
        return round(arrived - parsedate_to_datetime(headers["date"]).timestamp(), 3)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
