"""Who spoke: the tenant, or a proxy, a firewall or an edge in its place, by the marks that each leaves on answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

AUTH0 = "auth0"
"""What an answer's speaker is called that Auth0 signed: every answer of its own bears the id of the request."""

CLOUDFLARE = "cloudflare"

HEADERS = (
    r"content-type|content-length|date|server|location|retry-after|x-auth0-.*|cf-.*|x-ratelimit-.*|auth0-ratelimit|via|"
    r"x-squid-error|x-cache.*|x-powered-by|x-served-by|x-iinfo|x-amz-cf-.*|x-amzn-.*|x-azure-.*|x-akamai-.*|"
    r"proxy-authenticate|proxy-agent|x-sucuri-.*|x-varnish|x-zscaler.*|x-bluecoat-.*|age"
)
"""The names of the headers by which an answer is found in logs, and by which whoever gave it is known."""

RAY = re.compile(r"[0-9a-f]{16}-[A-Z]{3}")
"""The shape of Cloudflare's ids: 16 hexadecimal digits, and the airport that its machine is near."""

_SAID_BOUND = 16_384


class Mark(NamedTuple):
    """Whose mark it is, and where it stands: in this header (none: in the body's text), as this."""

    speaker: str
    header: str
    told: str


ON_THE_WAY = (
    Mark("squid", "x-squid-error", "."),
    Mark("squid", "server", "squid"),
    Mark("squid", "via", r"\(squid"),
    Mark("zscaler", "server", "zscaler"),
    Mark("zscaler", "", r"zscaler"),
    Mark("bluecoat", "via", "blue ?coat|proxysg"),
    Mark("bluecoat", "server", "blue ?coat|proxysg"),
    Mark("bluecoat", "", r"blue coat|symantec web security"),
    Mark("mcafee", "server", "mcafee|skyhigh"),
    Mark("mcafee", "via", "mcafee|skyhigh|mwg"),
    Mark("mcafee", "", "mcafee web gateway|skyhigh"),
    Mark("fortinet", "", "fortigate|fortiguard|fortinet"),
    Mark("palo-alto", "", r"palo alto networks|web page blocked"),
    Mark("forcepoint", "", "forcepoint|websense"),
    Mark("sophos", "", "sophos"),
    Mark("checkpoint", "", r"check point|usercheck"),
    Mark("umbrella", "", r"umbrella|opendns"),
    Mark("netskope", "", "netskope"),
    Mark("tinyproxy", "server", "tinyproxy"),
    Mark("tinyproxy", "via", "tinyproxy"),
    Mark("privoxy", "server", "privoxy"),
    Mark("mitmproxy", "server", "mitmproxy"),
    Mark("pi-hole", "x-pi-hole", "."),
)
"""Marks of what stands between a machine and the world. A body is looked at only where nobody signed the answer."""

BEFORE_A_TENANT = (
    Mark("akamai", "server", "akamai"),
    Mark("cloudfront", "server", "cloudfront"),
    Mark("cloudfront", "via", "cloudfront"),
    Mark("cloudfront", "x-cache", "cloudfront"),
    Mark("fastly", "x-served-by", "cache-"),
    Mark("fastly", "", "fastly error"),
    Mark("imperva", "x-iinfo", "."),
    Mark("imperva", "", "incapsula incident"),
    Mark("sucuri", "x-sucuri-id", "."),
    Mark("azure", "x-azure-ref", "."),
    Mark("azure", "server", "microsoft-azure"),
    Mark("elb", "server", "awselb"),
    Mark("big-ip", "server", "big-?ip"),
    Mark("big-ip", "", r"the requested url was rejected\. please consult"),
    Mark("haproxy", "server", "haproxy"),
    Mark("envoy", "server", "envoy|istio"),
    Mark("envoy", "", r"upstream connect error|no healthy upstream"),
    Mark("varnish", "via", "varnish"),
    Mark("varnish", "x-varnish", "."),
    Mark("google", "via", r"1\.1 google"),
    Mark("google", "server", "google frontend|gfe"),
    Mark("nginx", "server", "nginx|openresty"),
    Mark("apache", "server", "apache"),
    Mark("iis", "server", "microsoft-iis|microsoft-httpapi"),
    Mark("caddy", "server", "caddy"),
    Mark("traefik", "server", "traefik"),
    Mark("kong", "server", "kong"),
    Mark("kong", "via", "kong"),
    Mark("tomcat", "server", "tomcat|coyote|jetty"),
    Mark("lighttpd", "server", "lighttpd|litespeed"),
    Mark("python", "server", "python|werkzeug|gunicorn|uvicorn"),
    Mark("express", "x-powered-by", "."),
    Mark("nginx", "", r"<center>(?:nginx|openresty)"),
    Mark("a proxy", "via", "."),
)
"""Marks of what people put before a tenant of theirs; the last is anything that says that it stands between."""

MACHINES_SIDE = tuple(dict.fromkeys(mark.speaker for mark in ON_THE_WAY))
"""Those who stand on the machine's side, and in nobody's tenant."""

BLOCKED = frozenset({"1005", "1006", "1007", "1008", "1009", "1010", "1011", "1012", "1020", "challenge"})
"""Cloudflare's codes by which it keeps this client out: by its address, its country, its looks, or a rule."""

RATE_LIMITED = "1015"

BETWEEN = frozenset({"520", "521", "522", "523", "524"})
"""Its codes for an origin that does not answer it well: that may be whose zone it is, or who is behind."""

_CODE = re.compile(
    r"error code: ?(\d{3,4})|cf-error-code\"?>\s*(\d{3,4})|\bError (1\d{3})\b|\"error_code\": ?(\d{3,4})"
)
_CHALLENGED = re.compile(
    r"just a moment\.\.\.|attention required! \| cloudflare|cf-challenge|/cdn-cgi/challenge", re.IGNORECASE
)


def speaker(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Who gave this answer, in a word; ``cloudflare 1020`` where an edge names its own error, and empty if unknown."""
    told = {name.lower(): value for name, value in headers.items()}
    if "x-auth0-requestid" in told:
        return AUTH0
    text = body[:_SAID_BOUND].decode("utf-8", errors="replace").lower() if status >= 300 or _is_page(told) else ""
    if "cf-ray" in told or CLOUDFLARE in told.get("server", "").lower() or "cloudflare" in text:
        return f"{CLOUDFLARE} {_code(status, told, body)}".strip()
    return _marked(ON_THE_WAY, told, text) or _marked(BEFORE_A_TENANT, told, text)


def code_of(speaker_: str) -> str:
    """The code that Cloudflare gave its own answer; empty where it gave none, or somebody else spoke."""
    name, _, code = speaker_.partition(" ")
    return code if name == CLOUDFLARE else ""


def described(speaker_: str) -> str:
    """The speaker in a sentence: ``Cloudflare's error 1020``; empty where nobody is known, or the tenant spoke."""
    if code := code_of(speaker_):
        return "Cloudflare's challenge" if code == "challenge" else f"Cloudflare's error {code}"
    return "" if speaker_ in ("", AUTH0) else speaker_.capitalize() if speaker_ == CLOUDFLARE else speaker_


def _code(status: int, told: Mapping[str, str], body: bytes) -> str:
    """Cloudflare's own code, by its page, its text or its JSON; its statuses from 520 on are codes as well."""
    if told.get("cf-mitigated", "").lower() == "challenge":
        return "challenge"
    text = body[:_SAID_BOUND].decode("utf-8", errors="replace") if status >= 400 else ""
    found = _CODE.search(text)
    named = next(filter(None, found.groups()), "") if found else _in_json(text)
    if named and not _is_hidden(named):
        return named
    if 520 <= status <= 530:
        return str(status)
    return "challenge" if status in (403, 429, 503) and _CHALLENGED.search(text) else ""


def _in_json(text: str) -> str:
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return ""
    code = document.get("error_code") if isinstance(document, dict) else None
    return str(code) if isinstance(code, int) else ""


def _is_hidden(code: str) -> bool:
    """Whether this is an HTTP status, and no code of Cloudflare's own."""
    return not (520 <= int(code) <= 530 or int(code) >= 1000)


def _marked(marks: Iterable[Mark], told: Mapping[str, str], text: str) -> str:
    for mark in marks:
        if mark.header:
            found = mark.header in told and re.search(mark.told, told[mark.header], re.IGNORECASE)
        else:
            found = text and re.search(mark.told, text)
        if found:
            return mark.speaker
    return ""


def _is_page(told: Mapping[str, str]) -> bool:
    return "html" in told.get("content-type", "").lower()
