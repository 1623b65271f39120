"""The dead-man's switch: at the end of each run a sign of life, to somebody who alarms when it does not come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from monitor import addresses
from monitor.failures import Failure
from monitor.secrets import Scrubber
from monitor.telling.channel import Untold
from monitor.wire.door import Door

VARIABLE, FORM, TOKEN = "AUTH0_HEARTBEAT_URL", "AUTH0_HEARTBEAT_FORM", "AUTH0_HEARTBEAT_KEY"
FORMS = ("healthchecks", "uptime-kuma", "gatus", "plain")
TIMEOUT, CONNECT_TIMEOUT = 20.0, 5.0
"""Seconds, over both attempts."""

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_PING = re.compile(rf"^(?:/ping)?/(?:{_UUID}|[A-Za-z0-9_-]{{22}}/[a-z0-9_-]+)/?$")
_KUMA = re.compile(r"/api/push/[^/]+/?$")
_GATUS = re.compile(r"/api/v1/endpoints/[^/]+/external/?$")
_SHAPES = {"healthchecks": _PING, "uptime-kuma": _KUMA, "gatus": _GATUS}


class Beat(NamedTuple):
    """Whom to tell, and what: the exit status of a round, how long it took, and a sentence."""

    url: str
    token: str
    status: int
    seconds: float | None
    said: str


def secrets(value: str) -> set[str]:
    """What of this address must never be written: all but its scheme and host."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return {value, *addresses.secrets(value)}
    pieces = {*re.split(r"[/?&=;]+", f"{parts.path}?{parts.query}"), parts.username or "", parts.password or ""}
    known = {each for each in pieces if len(each) >= 6} - {"external", "endpoints", "success", "status"}
    return known | addresses.secrets(value)


def form(url: str, forced: str) -> str:
    """In which of FORMS this address wants to be told; by its shape, where none is forced. Raises Untold."""
    if forced and forced not in FORMS:
        raise Untold(f"{FORM} is none of {', '.join(FORMS)}: set it to one, or unset it")
    path = urlsplit(url).path
    return forced or next((name for name, shape in _SHAPES.items() if shape.search(path)), "plain")


def send(values: Mapping[str, str], scrubber: Scrubber, *, status: int, seconds: float | None, said: str) -> str:
    """Tell of a run that ended with this exit status, and took so long, in milliseconds where that is asked for.

    What it answered is told in one line. Raises Untold where it did not arrive.
    """
    url = values[VARIABLE].strip()
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        fine = False
    if why := addresses.fault(url):
        raise Untold(f"{VARIABLE} is no address that can be used: {why}")
    if not fine:
        raise Untold(f"{VARIABLE} is no address: write it as https://hc-ping.com/…, with its token")
    kind = form(url, values.get(FORM, "").strip().lower())
    beat = Beat(url, values.get(TOKEN, "").strip(), status, seconds, said[:200])
    method, address, headers = _request(kind, beat)
    try:
        exchange = Door(scrubber, values).ask(
            method, address, timeout=TIMEOUT, connect_timeout=CONNECT_TIMEOUT, headers=headers
        )
    except Failure as failure:
        raise Untold(f"{VARIABLE} ({kind}) was not reached: {failure.reason}") from None
    if not 200 <= exchange.status < 300:
        raise Untold(
            f"{VARIABLE} ({kind}) answered {exchange.status}: see whether the address is still the one it gives"
        )
    return f"{VARIABLE} ({kind}) answered {exchange.status}"


def _request(kind: str, beat: Beat) -> tuple[str, str, dict[str, str]]:
    url, token, status, seconds, said = beat
    word = "down" if status else "up"
    if kind == "healthchecks":
        return "GET", _path(url, "fail" if status == 1 else str(status) if status else ""), {}
    if kind == "uptime-kuma":  # not true and false: it takes true for down
        ping = {"ping": f"{seconds * 1000:.0f}"} if seconds is not None else {}
        return "GET", _query(url, {"status": word, "msg": said} | ping), {}
    if kind == "gatus":
        if not token:
            raise Untold(f"{TOKEN} is not set: Gatus wants the token of its external endpoint")
        error = {"error": said} if status else {}
        took = {"duration": f"{seconds:.3f}s"} if seconds is not None else {}
        query = {"success": "false" if status else "true"} | error | took
        return "POST", _query(url, query), {"Authorization": f"Bearer {token}"}
    return "GET", url.replace("{status}", word).replace("{message}", quote(said)), {}


def _path(url: str, ending: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + (f"/{ending}" if ending else "")
    return urlunsplit(parts._replace(path=path))


def _query(url: str, more: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    query = {name: value for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more}
    return urlunsplit(parts._replace(query=urlencode(query | dict(more))))
