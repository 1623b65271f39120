"""The dead-man's switch: at the end of each round a sign of life, to somebody who alarms when it does not come.

A round that failed must never look alive: a receiver that has no word for a failure is sent nothing then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

from monitor import addresses
from monitor.configuration import mistakes
from monitor.failures import Failure
from monitor.secrets import Scrubber
from monitor.telling import acknowledged
from monitor.telling.channel import SHORTEST, Untold
from monitor.wire.door import Door

VARIABLE, FORM, TOKEN = "AUTH0_HEARTBEAT_URL", "AUTH0_HEARTBEAT_FORM", "AUTH0_HEARTBEAT_KEY"
TIMEOUT, CONNECT_TIMEOUT = 20.0, 5.0
"""Seconds, over both attempts."""

STATUS = "{status}"
_WORDS = ("external", "endpoints", "success", "status", "message", "heartbeat", "heartbeats", "complete")
"""What is in many an address, and no secret."""

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


class Beat(NamedTuple):
    """Whom to tell, and what: the exit status of a round (None: it begins), how long it took, and a sentence."""

    url: str
    token: str
    status: int | None
    seconds: float | None
    said: str


class _Request(NamedTuple):
    """What is sent; ``url`` is empty where nothing is, since this receiver has no word for it."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class HeartbeatForm:
    """A receiver: what it is called, how its address is known, what it is sent, and what a failure comes to.

    Its address has this host, or this path: many are on a machine of somebody's own.
    """

    name: str
    service: str
    request: Callable[[Beat], _Request]
    failure: str
    host: str = ""
    path: str = ""

    def knows(self, parts: SplitResult) -> bool:
        """Whether this is an address of it."""
        host = f".{(parts.hostname or '').lower()}"
        hosted = bool(self.host) and host.endswith(f".{self.host}")
        return hosted or (bool(self.path) and bool(re.search(self.path, parts.path, re.IGNORECASE)))


def _healthchecks(beat: Beat) -> _Request:
    return _Request(_path(beat.url, "start" if beat.status is None else _failed(beat.status)))


def _better_stack(beat: Beat) -> _Request:
    return _Request("" if beat.status is None else _path(beat.url, _failed(beat.status)))


def _failed(status: int) -> str:
    return "fail" if status == 1 else str(status) if status else ""


def _uptime_kuma(beat: Beat) -> _Request:
    """Not true and false: it takes true for down."""
    if beat.status is None:
        return _Request("")
    ping = {"ping": f"{beat.seconds * 1000:.0f}"} if beat.seconds is not None else {}
    return _Request(_query(beat.url, {"status": _word(beat), "msg": beat.said} | ping))


def _gatus(beat: Beat) -> _Request:
    if not beat.token:
        raise Untold(f"{TOKEN} is not set: Gatus wants the token of its external endpoint")
    if not (beat.token.isascii() and beat.token.isprintable()):
        raise Untold(f"{TOKEN} cannot be used: it contains a character that no header may have")
    if beat.status is None:
        return _Request("")
    error = {"error": beat.said} if beat.status else {}
    took = {"duration": f"{beat.seconds:.3f}s"} if beat.seconds is not None else {}
    query = {"success": "false" if beat.status else "true"} | error | took
    return _Request(_query(beat.url, query), "POST", {"Authorization": f"Bearer {beat.token}"})


def _cronitor(beat: Beat) -> _Request:
    state = "run" if beat.status is None else "fail" if beat.status else "complete"
    told = {"message": beat.said} if beat.said and beat.status is not None else {}
    took = {"metric": f"duration:{beat.seconds:.3f}"} if beat.seconds is not None else {}
    return _Request(_query(beat.url, {"state": state} | told | took))


def _only_good(beat: Beat) -> _Request:
    return _Request(beat.url if beat.status == 0 else "")


def _plain(beat: Beat) -> _Request:
    told = beat.status is not None and (STATUS in beat.url or not beat.status)
    return _Request(beat.url.replace(STATUS, _word(beat)).replace("{message}", quote(beat.said)) if told else "")


_SILENT = "it is sent nothing, and alarms when no heartbeat comes"
_FAIL = "/fail is sent after the address"
RECEIVERS = (
    HeartbeatForm("checkly", "Checkly", _only_good, _SILENT, "checklyhq.com", rf"^/heartbeats/ping/{_UUID}/?$"),
    HeartbeatForm("dead-mans-snitch", "Dead Man's Snitch", _only_good, _SILENT, "nosnch.in"),
    HeartbeatForm("cronitor", "Cronitor", _cronitor, "state=fail is sent", path=r"^/p/[^/]+/[^/]+/?$"),
    HeartbeatForm("better-stack", "Better Stack", _better_stack, _FAIL, path=r"^/api/v1/heartbeat/[^/]+/?$"),
    HeartbeatForm(
        "healthchecks",
        "Healthchecks",
        _healthchecks,
        _FAIL,
        path=rf"^(?:/ping)?/(?:{_UUID}|[A-Za-z0-9_-]{{22}}/[a-z0-9_-]+)/?$",
    ),
    HeartbeatForm("uptime-kuma", "Uptime Kuma", _uptime_kuma, "status=down is sent", path=r"/api/push/[^/]+/?$"),
    HeartbeatForm("gatus", "Gatus", _gatus, "success=false is sent", path=r"/api/v1/endpoints/[^/]+/external/?$"),
)
"""In this order: a host is known before a path is looked at, which may be another receiver's too."""

PLAIN = HeartbeatForm("plain", "a receiver of another kind", _plain, f"{STATUS} in it becomes down")
UNKNOWN = HeartbeatForm("plain", "a receiver of no kind that is known here", _plain, _SILENT)
FORMS = (
    "healthchecks",
    "uptime-kuma",
    "gatus",
    "better-stack",
    "cronitor",
    "checkly",
    "dead-mans-snitch",
    "plain",
)


def secrets(value: str) -> set[str]:
    """What of this address must never be written: all but its scheme and host."""
    try:
        host = "" if addresses.fault(value) else urlsplit(value).hostname or ""
    except ValueError:
        host = ""
    return {secret for secret in addresses.secrets(value, SHORTEST) if secret.lower() not in (host, *_WORDS)}


def receiver(url: str, forced: str) -> HeartbeatForm:
    """Who this is an address of: by its host, by its path, or as it is forced. Raises Untold."""
    if forced and forced not in FORMS:
        raise Untold(f"{FORM} is none of {', '.join(FORMS)}: set it to one, or unset it")
    plain = PLAIN if STATUS in url else UNKNOWN
    if forced:
        return next((each for each in RECEIVERS if each.name == forced), plain)
    return next((each for each in RECEIVERS if each.knows(urlsplit(url))), plain)


def outlook(values: Mapping[str, str]) -> tuple[HeartbeatForm, str]:
    """Who is told by these variables, and what a failure will do, in words. Raises Untold where nobody can be."""
    url = _address(values)
    found = receiver(url, values.get(FORM, "").strip().lower())
    found.request(Beat(url, values.get(TOKEN, "").strip(), 0, None, ""))
    forced = f" (by {FORM})" if values.get(FORM, "").strip() else ""
    return found, f"{VARIABLE} is an address of {found.service}{forced}; after a round that failed {found.failure}"


def send(values: Mapping[str, str], scrubber: Scrubber, *, status: int | None, seconds: float | None, said: str) -> str:
    """Tell of a run that ended with this exit status (None: it begins), and took so long.

    What came of it is told in one line. Raises Untold where it did not arrive.
    """
    url = _address(values)
    found = receiver(url, values.get(FORM, "").strip().lower())
    request = found.request(Beat(url, values.get(TOKEN, "").strip(), status, seconds, said[:200]))
    if not request.url:
        word = "a beginning" if status is None else "a failure"
        return f"{VARIABLE} ({found.name}) has no word for {word}, and was sent nothing"
    try:
        exchange = Door(scrubber, values).ask(
            request.method, request.url, timeout=TIMEOUT, connect_timeout=CONNECT_TIMEOUT, headers=request.headers
        )
    except Failure as failure:
        raise Untold(f"{VARIABLE} ({found.name}) was not reached: {failure.reason}") from None
    if not 200 <= exchange.status < 300:
        raise Untold(
            f"{VARIABLE} ({found.name}) answered {exchange.status}: see whether the address is still the one it gives"
        )
    body = exchange.body
    as_it_likes = values.get(FORM, "").strip().lower() == UNKNOWN.name
    if why := acknowledged.refusal(body, said[:200], failed=bool(status), may_be_a_page=as_it_likes):
        cure = "see whether its address is right, and what stands before it"
        more = "" if found.name != UNKNOWN.name or as_it_likes else f"; where it always answers so, set {FORM}=plain"
        raise Untold(scrubber.scrub(f"{VARIABLE} ({found.name}) answered {exchange.status}, {why}: {cure}{more}"))
    words = acknowledged.said(body)
    return scrubber.scrub(f"{VARIABLE} ({found.name}) answered {exchange.status}" + (f" ({words})" if words else ""))


def _address(values: Mapping[str, str]) -> str:
    """Raises Untold where it is none."""
    url = values[VARIABLE].strip()
    for name in (VARIABLE, FORM, TOKEN):
        if why := mistakes.reason(name, values.get(name, "")):
            raise Untold(f"{name}: {why}")
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        fine = False
    if why := addresses.fault(url):
        raise Untold(f"{VARIABLE} is no address that can be used: {why}")
    if not fine:
        raise Untold(f"{VARIABLE} is no address: write it as https://hc-ping.com/…, with its token")
    return url


def _word(beat: Beat) -> str:
    return "down" if beat.status else "up"


def _path(url: str, ending: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + (f"/{ending}" if ending else "")
    return urlunsplit(parts._replace(path=path))


def _query(url: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = {name: value for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more}
    return urlunsplit(parts._replace(query=urlencode(query | dict(more))))
