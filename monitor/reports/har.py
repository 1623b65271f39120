"""A HAR 1.2 of a verdict's attempts: an HTTP archive, which browsers and Auth0's support open. No body is in it."""

from __future__ import annotations

import contextlib
import ipaddress
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from monitor.text import count, moment, one_line

_MANY = 60
"""Headers, fields and parameters that are told of one attempt."""

_KINDS = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
_NOT_KEPT = "the body is not kept: it may contain tokens"


def render(attempts: list[dict[str, Any]], creator: Mapping[str, str], bound: int) -> str:
    """The document's text, of at most ``bound`` bytes: later attempts that do not fit are left out, which it says."""
    entries = [_entry(each) for each in attempts[:_MANY]]
    while True:
        left = len(attempts) - len(entries)
        log = {"version": "1.2", "creator": dict(creator), "entries": entries}
        log |= {"comment": f"{count(left, 'more attempt')} did not fit"} if left else {}
        text = json.dumps({"log": log}, ensure_ascii=False, allow_nan=False) + "\n"
        if len(text.encode()) <= bound or not entries:
            return text
        entries = entries[:-1]


def _entry(seen: Mapping[str, Any]) -> dict[str, Any]:
    evidence = seen.get("evidence") or {}
    timings = _timings(seen.get("phases") or {})
    parts = [timings[name] for name in ("dns", "connect", "send", "wait", "receive")]
    address, _, port = str(seen.get("address") or "").rpartition(":")
    entry = {
        "startedDateTime": moment(seen.get("started") or 0.0),
        "time": round(sum(max(part, 0.0) for part in parts), 3),
        "request": _request(seen, evidence.get("request") or {}),
        "response": _response(seen, evidence.get("answer") or {}),
        "cache": {},
        "timings": timings,
    }
    with contextlib.suppress(ValueError):
        entry |= {"serverIPAddress": str(ipaddress.ip_address(address)), "_serverPort": one_line(port)}
    entry |= {"_error": one_line(str(seen["error"]))} if seen.get("error") else {}
    return entry | _tls(evidence)


def _timings(phases: Mapping[str, float]) -> dict[str, float]:
    """In milliseconds, -1 where a part did not take place; HAR's ``connect`` has ``ssl`` in it."""
    told = {name: round(max(seconds, 0.0) * 1000, 3) for name, seconds in phases.items()}
    connect = round(told["connect"] + told.get("tls", 0.0), 3) if "connect" in told else -1.0
    made = {"blocked": -1.0, "dns": told.get("dns", -1.0), "connect": connect, "ssl": told.get("tls", -1.0)}
    return made | {name: told.get(name, 0.0) for name in ("send", "wait", "receive")}


def _request(seen: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    url = one_line(str(seen.get("url", "")))
    told = {
        "method": one_line(str(seen.get("method", ""))),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(sent.get("headers") or {}),
        "queryString": _pairs(_query(url)),
        "headersSize": sent.get("headers_bytes", -1),
        "bodySize": sent.get("body_bytes", -1),
    }
    fields = sent.get("fields") or {}
    if sent.get("form") == "json":
        text = json.dumps(dict(list(fields.items())[:_MANY]), ensure_ascii=False)
        told["postData"] = {"mimeType": _KINDS["json"], "text": one_line(text, 10_000)}
    elif fields:
        told["postData"] = {"mimeType": _KINDS["form"], "params": _pairs(fields)}
    return told


def _response(seen: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    headers = {str(name).lower(): str(value) for name, value in (seen.get("headers") or {}).items()}
    status = seen.get("status") or 0
    reason = answer.get("reason") or (HTTPStatus(status).phrase if status in set(HTTPStatus) else "")
    said = [f"{name}: {answer[name]}" for name in ("error", "error_description") if answer.get(name)]
    return {
        "status": status,
        "statusText": one_line(str(reason)),
        "httpVersion": one_line(str(answer.get("http", ""))),
        "cookies": [],
        "headers": _pairs(headers),
        "content": {
            "size": seen.get("bytes") or 0,
            "mimeType": one_line(headers.get("content-type", "")),
            "comment": one_line("; ".join([_NOT_KEPT, *said])),
        },
        "redirectURL": one_line(headers.get("location", "")),
        "headersSize": answer.get("headers_bytes", -1),
        "bodySize": answer.get("body_bytes", -1),
    }


def _tls(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """What HAR has no place for, under the name that browsers give it; who does not know it leaves it out."""
    if not evidence.get("tls"):
        return {}
    chain = [_legible(each) for each in evidence.get("certificates") or []][:10]
    agreed = {"protocol": evidence["tls"].get("version"), "cipher": evidence["tls"].get("cipher")}
    return {"_securityDetails": _legible(agreed) | {"certificates": chain}}


def _legible(named: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: list(map(str, value))[:_MANY] for name, value in named.items() if isinstance(value, list)}
    texts = {one_line(str(name)): one_line(str(value)) for name, value in named.items() if name not in lists}
    return texts | {one_line(str(name)): list(map(one_line, words)) for name, words in lists.items()}


def _query(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    except ValueError:
        return {}


def _pairs(named: Mapping[str, Any]) -> list[dict[str, str]]:
    pairs = list(named.items())[:_MANY]
    return [{"name": one_line(str(name)), "value": one_line(str(value))} for name, value in pairs]
