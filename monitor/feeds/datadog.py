"""Datadog: a service check for each tenant and target, which has a word for unknown; metrics; an event per cause."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor import NAME, text
from monitor.exchange import Exchange, Repeat
from monitor.feeds import batches, readout, service_states
from monitor.feeds.feed_settings import Endpoint, FeedSettings, endpoint, opened_by
from monitor.feeds.readout import TenantReadout
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.owners import Cause, Owner
from monitor.status import SEVERITY, Status
from monitor.telling.latest import began
from monitor.text import count, one_line
from monitor.verdict import Run

URL, KEY = "AUTH0_FEED_DATADOG_URL", "AUTH0_FEED_DATADOG_KEY"
CHECK, METRIC = "auth0.synthetic.login", "auth0.synthetic."
OLDEST = 600.0
"""Seconds after which a service check is not taken any more; metrics are taken for an hour, events for 18."""

BYTES, ITEMS = 500_000, 2_000
"""The most of one request: 512,000 bytes are allowed."""

EVENTS = 20
"""The most events of one run: each is a request."""

KEY_BOUND, TAG_BOUND = 100, 200
_TITLE, _TEXT = 100, 3_900
_GAUGE = 3
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_NO_TAG = re.compile(r"[^\w\-./:]+")
_UP = {Status.UP: 1.0, Status.DEGRADED: 1.0, Status.DOWN: 0.0}
_ALERT = {Status.DOWN: "error", Status.DEGRADED: "warning"}
"""Of what is unknown an event is ``info``: neither an error nor a success."""


def render(run: Run, settings: FeedSettings) -> bytes:
    """The body of every request, one a line."""
    return b"".join(request.content + b"\n" for request in requests(run, settings))


def requests(run: Run, settings: FeedSettings) -> Iterator[FeedRequest]:
    """Service checks, then metrics, then events; none is sent a second time, unless nothing of it had gone."""
    tenants = readout.tenants(run)
    for body in batches.lists(_once(_checks(run, settings, tenants), "check"), BYTES, ITEMS):
        yield _posted("/api/v1/check_run", body)
    for body in batches.lists(_once(_series(run, settings, tenants), "metric"), BYTES, ITEMS, b'{"series":[]}'):
        yield _posted("/api/v2/series", body)
    for event in _events(run, settings):
        yield _posted("/api/v1/events", batches.packed(event))


def _once(told: Iterable[dict[str, Any]], name: str) -> Iterator[dict[str, Any]]:
    """These without what has the same name and tags as another: of two names one tag may be made."""
    seen: set[tuple[str, ...]] = set()
    for document in told:
        mark = (document[name], *document["tags"])
        if mark not in seen:
            seen.add(mark)
            yield document


def _posted(path: str, body: bytes) -> FeedRequest:
    return FeedRequest("POST", path, body, _HEADERS, Repeat.UNSENT)


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    return opened_by(endpoint(values, URL), values, KEY, "DD-API-KEY")


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Send all of it. Raises Unsent."""
    to = destination(courier.values)
    believable(run, OLDEST, "")
    sent = courier.send_all(to, requests(run, settings), lambda answer: courier.clean(_untaken(answer)))
    over = len(_incidents(run)) - EVENTS
    left = f"; left out, as there are {EVENTS} worse: {count(over, 'event')}" if over > 0 else ""
    return f"{count(sent, 'request')} sent{left}"


def _untaken(answer: Exchange) -> str:
    """An answer of a success with errors in it."""
    errors = said_by(answer).get("errors") if 200 <= answer.status < 300 else None
    return f"it took not all: {errors}" if errors else ""


def tags(run: Run, **named: str) -> list[str]:
    """``name:value``, in the letters that a tag may have, each within its bound."""
    told = {"mode": run.mode, **named}
    return [f"{name}:{_NO_TAG.sub('_', value.lower())}"[:TAG_BOUND] for name, value in told.items() if value]


def _checks(run: Run, settings: FeedSettings, tenants: Sequence[TenantReadout]) -> Iterator[dict[str, Any]]:
    """Of each tenant, with its first cause as a message, and of each of its targets; 3 is UNKNOWN."""
    at = int(readout.ended(run) or 0)
    common = {"host_name": settings.host, "timestamp": at}
    for tenant, state in zip(tenants, service_states.of_tenants(run), strict=True):
        named = {"check": CHECK, "status": state.code, "tags": tags(run, tenant=tenant.name)}
        yield named | common | {"message": one_line(state.line, 500)}
        for target, (status, _seconds) in tenant.targets.items():
            if target != tenant.name:
                code = service_states.UNKNOWN if readout.unreal(run) else service_states.CODES[Status(status)]
                named = {"check": f"{CHECK}.target", "status": code}
                yield named | common | {"tags": tags(run, tenant=tenant.name, target=target)}


def _series(run: Run, settings: FeedSettings, tenants: Sequence[TenantReadout]) -> Iterator[dict[str, Any]]:
    at = int(readout.ended(run) or 0)

    def gauge(name: str, value: float, unit: str = "", **named: str) -> dict[str, Any]:
        told = {"metric": f"{METRIC}{name}", "type": _GAUGE, "points": [{"timestamp": at, "value": value}]}
        told |= {"tags": tags(run, **named), "resources": [{"name": settings.host, "type": "host"}]}
        return told | ({"unit": unit} if unit else {})

    start = began(run)
    for tenant in tenants:
        if start is not None:
            yield gauge("run.started", start, "second", tenant=tenant.name)
        if tenant.status in _UP:
            yield gauge("up", _UP[tenant.status], tenant=tenant.name)
        for status in Status:
            number = sum(probe.status is status for probe in tenant.probes)
            yield gauge("probes", float(number), tenant=tenant.name, status=str(status))
        for target, (seen, seconds) in tenant.targets.items():
            if Status(seen) in _UP:
                yield gauge("target.up", _UP[Status(seen)], tenant=tenant.name, target=target)
            if seconds is not None:
                yield gauge("target.duration", seconds, "second", tenant=tenant.name, target=target)


def _incidents(run: Run) -> dict[tuple[Owner, str], list[Cause]]:
    """What is ill, by whose work it is and by which rule: that stays the same from run to run; the worst first."""
    found: dict[tuple[Owner, str], list[Cause]] = {}
    causes = run.diagnosis.causes if run.diagnosis and not readout.unreal(run) else ()
    for cause in causes:
        found.setdefault((cause.owner, cause.rule), []).append(cause)
    return dict(sorted(found.items(), key=lambda pair: -max(SEVERITY[cause.status] for cause in pair[1])))


def aggregation_key(owner: str, rule: str) -> str:
    """What the events of one incident have in common, of no more than a hundred characters."""
    key = f"{NAME}/{owner}/{rule}"
    if len(key) <= KEY_BOUND and key.isascii() and key.isprintable():
        return key
    return f"{NAME}/{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _events(run: Run, settings: FeedSettings) -> Iterator[dict[str, Any]]:
    at = int(readout.ended(run) or 0)
    for (owner, rule), causes in list(_incidents(run).items())[:EVENTS]:
        first = causes[0]
        named = list(dict.fromkeys(each.strip() for cause in causes for each in cause.target.split(",")))
        runners = owner is Owner.RUNNER
        lines = [f"{text.some(named, 10)}: {first.sentence}", f"{first.owner}, {first.confidence}", first.runbook]
        yield {
            "title": f"{first.status}: {text.some(named)}"[:_TITLE],
            "text": "\n".join(one_line(line, _TEXT // 4) for line in lines),
            "aggregation_key": aggregation_key(owner, rule),
            "alert_type": "info" if runners else _ALERT.get(first.status, "info"),
            "date_happened": at,
            "host": settings.host,
            "source_type_name": "auth0",
            "tags": tags(run, owner=str(owner), rule=rule),
        }
