"""A double of the pagers' services: it keeps open alerts by key, and takes what their own pages say that they take.

It is a proxy, which the product is pointed at by HTTPS_PROXY: so the addresses are the real ones, and no setting is a
test's. Whoever connects is shown a certificate for the host that was asked for, by an authority of ours.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema
import trustme

from tests import clocks
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer

ROUTING = "R0UT1NGcanary4567890123456789ab"[:32].ljust(32, "x")
GENIE = "6f1a2b3c-canary-4d5e-8f90-a1b2c3d4e5f6"

_TEXT = {"type": "string", "minLength": 1}
_FIELD = _TEXT | {"maxLength": 255}

PAGERDUTY = {
    "type": "object",
    "required": ["routing_key", "event_action"],
    "additionalProperties": False,
    "properties": {
        "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
        "event_action": {"enum": ["trigger", "acknowledge", "resolve"]},
        "dedup_key": {"type": "string", "minLength": 1, "maxLength": 255},
        "payload": {
            "type": "object",
            "required": ["summary", "source", "severity"],
            "additionalProperties": False,
            "properties": {
                "summary": _TEXT | {"maxLength": 1024},
                "source": _FIELD,
                "severity": {"enum": ["critical", "error", "warning", "info"]},
                "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                "component": _FIELD,
                "group": _FIELD,
                "class": _FIELD,
                "custom_details": {"type": "object"},
            },
        },
        "client": _TEXT,
        "client_url": {"type": "string", "pattern": "^https?://"},
        "images": {"type": "array"},
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["href"],
                "additionalProperties": False,
                "properties": {"href": {"type": "string", "pattern": "^https?://"}, "text": _TEXT},
            },
        },
    },
    "if": {"properties": {"event_action": {"const": "trigger"}}},
    "then": {"required": ["payload"]},
    "else": {"required": ["dedup_key"]},
}
"""An event of PagerDuty's Events API v2, with the limits of its guide: our own words for it, and not its file."""

ALERT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "message": _TEXT | {"maxLength": 130},
        "alias": {"type": "string", "minLength": 1, "maxLength": 512},
        "description": {"type": "string", "maxLength": 15_000},
        "responders": {"type": "array", "maxItems": 50, "items": {"type": "object", "required": ["type"]}},
        "tags": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 50}},
        "details": {"type": "object", "additionalProperties": {"type": "string"}},
        "entity": {"type": "string", "maxLength": 512},
        "source": {"type": "string", "maxLength": 100},
        "priority": {"enum": ["P1", "P2", "P3", "P4", "P5"]},
        "user": {"type": "string", "maxLength": 100},
        "note": {"type": "string", "maxLength": 25_000},
    },
}
NOTE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: ALERT["properties"][name] for name in ("user", "source", "note")},  # type: ignore[index]
}
"""A new alert of Opsgenie's and Jira Service Management's, and what is said when one is closed or noted."""


@dataclass
class Alert:
    """One that is open: what it was opened with, and all that came for it since."""

    opened: dict[str, Any]
    more: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Said:
    """What came, in a service's own words: ``what`` is open, more, close or other; ``key`` whose it is."""

    host: str
    path: str
    what: str
    key: str
    body: dict[str, Any]


@dataclass
class Pagers:
    """All services at once. ``answers`` are given first, one a request (a status, or "lost": it came, and no answer).

    ``open`` are the alerts that are open, by service and key; ``closed`` how often each was closed by a key that was
    open, ``stray`` what was closed and not open, and ``invalid`` what a service would refuse.
    """

    authority: Authority
    answers: list[int | str] = field(default_factory=list)
    open: dict[tuple[str, str], Alert] = field(default_factory=dict)
    paged: list[tuple[str, str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    stray: list[tuple[str, str]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._leaves: dict[str, trustme.LeafCert] = {}
        self.server = Server(self._serve)

    @contextlib.contextmanager
    def running(self) -> Iterator[Pagers]:
        with self.server:
            yield self

    @property
    def environment(self) -> dict[str, str]:
        """What points the product at it."""
        proxy = f"http://127.0.0.1:{self.server.port}"
        names = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
        return {
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), proxy),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
            **dict.fromkeys(names, self.authority.file),
        }

    def of(self, service: str) -> list[str]:
        """The keys that are open at this service."""
        return [key for name, key in self.open if name == service]

    def _serve(self, connection: Connection) -> None:
        request = connection.receive()
        method, where, _ = request.split(" ", 2)
        if method != "CONNECT":
            connection.send(answer(405))
            return
        host = where.rpartition(":")[0]
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._lock:
            leaf = self._leaves.get(host) or self._leaves.setdefault(host, self.authority.ca.issue_cert(host))
        tls = self.authority.serving(leaf)
        with tls.wrap_socket(connection.sock, server_side=True) as secured:
            within = Connection(secured, self.server)
            content = self._answer(host, within.receive())
            if content:
                within.send(content)

    def _answer(self, host: str, request: str) -> bytes:
        head, _, body = request.partition("\r\n\r\n")
        target = head.split(" ", 2)[1]
        with self._lock:
            first = self.answers.pop(0) if self.answers else 0
            if isinstance(first, int) and first:
                return answer(first, b'{"status":"x","message":"not now","errors":["because"]}')
            status = self._take(host, target, head, body.encode("latin-1").decode("utf-8"))
        return (
            b""
            if first == "lost"
            else answer(status, b'{"status":"success","requestId":"1","result":"x","fired":true}')
        )

    def _take(self, host: str, target: str, head: str, text: str) -> int:
        service, _read = READERS[host]
        body = json.loads(text) if text else {}
        said = _read(target, head, body)
        said.host = host
        self.said.append(said)
        problem = _wrong(service, said, body)
        if problem:
            self.invalid.append(f"{service}: {problem}")
            return 400
        name = (service, said.key)
        if said.what == "open":
            if name in self.open:
                self.open[name].more.append(body)
            else:
                self.open[name] = Alert(body)
                self.paged.append(name)
        elif said.what == "close":
            (self.closed if self.open.pop(name, None) else self.stray).append(name)
        elif said.what == "more" and name in self.open:
            self.open[name].more.append(body)
        return 202 if service in ("pagerduty", "opsgenie", "jsm") else 200


def _wrong(service: str, said: Said, body: dict[str, Any]) -> str:
    schemas = {"pagerduty": PAGERDUTY, "opsgenie": ALERT, "jsm": ALERT}
    schema = schemas.get(service)
    if schema is ALERT and said.what != "open":
        schema = NOTE
    if schema:
        errors = [each.message for each in jsonschema.Draft202012Validator(schema).iter_errors(body)]
        details = sum(len(name) + len(str(value)) for name, value in (body.get("details") or {}).items())
        errors += ["more than 8,000 characters of details"] if details > 8_000 else []
        errors += ["more than 512 KB"] if len(json.dumps(body)) > 512_000 else []
        errors += [f"{each} is read by nobody as a time" for each in clocks.raw(body)]
        return "; ".join(errors)
    return "" if said.key else "an alert without a key"


def _pagerduty(target: str, _head: str, body: dict[str, Any]) -> Said:
    what = {"trigger": "open", "resolve": "close"}.get(body.get("event_action", ""), "other")
    return Said("", target, what if target == "/v2/enqueue" else "other", body.get("dedup_key", ""), body)


def _genie(target: str, head: str, body: dict[str, Any]) -> Said:
    parts = urlsplit(target)
    assert f"authorization: geniekey {GENIE}" in head.lower(), "no key"
    below = parts.path.rpartition("/alerts")[2].strip("/").split("/")
    if below == [""]:
        return Said("", target, "open", body.get("alias", ""), body)
    assert parse_qs(parts.query) == {"identifierType": ["alias"]}, target
    return Said("", target, {"close": "close", "notes": "more"}.get(below[1], "other"), unquote(below[0]), body)


def _by(key: str, state: str, closes: str) -> Callable[[str, str, dict[str, Any]], Said]:
    """A service whose key and state are fields of these names; ``closes`` is the state that closes."""

    def read(target: str, _head: str, body: dict[str, Any]) -> Said:
        return Said("", target, "close" if body.get(state) == closes else "open", str(body.get(key, "")), body)

    return read


def _unkeyed(target: str, _head: str, body: dict[str, Any]) -> Said:
    """Whatever comes is another alert."""
    _unkeyed.number = getattr(_unkeyed, "number", 0) + 1  # type: ignore[attr-defined]
    return Said("", target, "open", str(_unkeyed.number), body)  # type: ignore[attr-defined]


Reader = Callable[[str, str, dict[str, Any]], Said]
READERS: Mapping[str, tuple[str, Reader]] = {
    "events.pagerduty.com": ("pagerduty", _pagerduty),
    "events.eu.pagerduty.com": ("pagerduty", _pagerduty),
    "api.opsgenie.com": ("opsgenie", _genie),
    "api.eu.opsgenie.com": ("opsgenie", _genie),
    "api.atlassian.com": ("jsm", _genie),
    "alert.victorops.com": ("victorops", _by("entity_id", "message_type", "RECOVERY")),
    "connect.signl4.com": ("signl4", _by("X-S4-ExternalID", "X-S4-Status", "resolved")),
    "api.pagertree.com": ("pagertree", _by("id", "event_type", "resolve")),
    "api.incident.io": ("incidentio", _by("deduplication_key", "status", "resolved")),
    "api.squadcast.com": ("squadcast", _by("event_id", "status", "resolve")),
    "api.eu.squadcast.com": ("squadcast", _by("event_id", "status", "resolve")),
    "api.ilert.com": ("ilert", _by("alertKey", "eventType", "RESOLVE")),
    "signals.firehydrant.com": ("firehydrant", _by("idempotency_key", "status", "CLOSED")),
    "goalert.example.com": ("goalert", _by("dedup", "action", "close")),
    "incidents.betterstack.com": ("betterstack", _unkeyed),
    "api.spike.sh": ("spike", _unkeyed),
    "api.lfg.gm": ("lfg", _unkeyed),
    "acme.xmatters.com": ("xmatters", _unkeyed),
}
