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


class Fingerprint(NamedTuple):
    """Whose mark it is, and where it stands: in this header (none: in the body's text), as this."""

    speaker: str
    header: str
    told: str


ON_THE_WAY = (
    Fingerprint("squid", "x-squid-error", "."),
    Fingerprint("squid", "server", "squid"),
    Fingerprint("squid", "via", r"\(squid"),
    Fingerprint("zscaler", "server", "zscaler"),
    Fingerprint("zscaler", "", r"zscaler"),
    Fingerprint("bluecoat", "via", "blue ?coat|proxysg"),
    Fingerprint("bluecoat", "server", "blue ?coat|proxysg"),
    Fingerprint("bluecoat", "", r"blue coat|symantec web security"),
    Fingerprint("mcafee", "server", "mcafee|skyhigh"),
    Fingerprint("mcafee", "via", "mcafee|skyhigh|mwg"),
    Fingerprint("mcafee", "", "mcafee web gateway|skyhigh"),
    Fingerprint("fortinet", "", "fortigate|fortiguard|fortinet"),
    Fingerprint("palo-alto", "", r"palo alto networks|web page blocked"),
    Fingerprint("forcepoint", "", "forcepoint|websense"),
    Fingerprint("sophos", "", "sophos"),
    Fingerprint("checkpoint", "", r"check point|usercheck"),
    Fingerprint("umbrella", "", r"umbrella|opendns"),
    Fingerprint("netskope", "", "netskope"),
    Fingerprint("tinyproxy", "server", "tinyproxy"),
    Fingerprint("tinyproxy", "via", "tinyproxy"),
    Fingerprint("privoxy", "server", "privoxy"),
    Fingerprint("mitmproxy", "server", "mitmproxy"),
    Fingerprint("pi-hole", "x-pi-hole", "."),
)
"""Marks of what stands between a machine and the world. A body is looked at only where nobody signed the answer."""

BEFORE_A_TENANT = (
    Fingerprint("akamai", "server", "akamai"),
    Fingerprint("cloudfront", "server", "cloudfront"),
    Fingerprint("cloudfront", "via", "cloudfront"),
    Fingerprint("cloudfront", "x-cache", "cloudfront"),
    Fingerprint("fastly", "x-served-by", "cache-"),
    Fingerprint("fastly", "", "fastly error"),
    Fingerprint("imperva", "x-iinfo", "."),
    Fingerprint("imperva", "", "incapsula incident"),
    Fingerprint("sucuri", "x-sucuri-id", "."),
    Fingerprint("azure", "x-azure-ref", "."),
    Fingerprint("azure", "server", "microsoft-azure"),
    Fingerprint("elb", "server", "awselb"),
    Fingerprint("big-ip", "server", "big-?ip"),
    Fingerprint("big-ip", "", r"the requested url was rejected\. please consult"),
    Fingerprint("haproxy", "server", "haproxy"),
    Fingerprint("envoy", "server", "envoy|istio"),
    Fingerprint("envoy", "", r"upstream connect error|no healthy upstream"),
    Fingerprint("varnish", "via", "varnish"),
    Fingerprint("varnish", "x-varnish", "."),
    Fingerprint("google", "via", r"1\.1 google"),
    Fingerprint("google", "server", "google frontend|gfe"),
    Fingerprint("nginx", "server", "nginx|openresty"),
    Fingerprint("tomcat", "server", "tomcat|coyote|jetty"),
    Fingerprint("apache", "server", "apache"),
    Fingerprint("iis", "server", "microsoft-iis|microsoft-httpapi"),
    Fingerprint("caddy", "server", "caddy"),
    Fingerprint("traefik", "server", "traefik"),
    Fingerprint("kong", "server", "kong"),
    Fingerprint("kong", "via", "kong"),
    Fingerprint("lighttpd", "server", "lighttpd|litespeed"),
    Fingerprint("python", "server", "python|werkzeug|gunicorn|uvicorn"),
    Fingerprint("express", "x-powered-by", "."),
    Fingerprint("nginx", "", r"<center>(?:nginx|openresty)"),
    Fingerprint("a proxy", "via", "."),
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


def _marked(marks: Iterable[Fingerprint], told: Mapping[str, str], text: str) -> str:
    for mark in marks:
        found: object
        if mark.header:
            found = mark.header in told and re.search(mark.told, told[mark.header], re.IGNORECASE)
        else:
            found = text and re.search(mark.told, text)
        if found:
            return mark.speaker
    return ""


def _is_page(told: Mapping[str, str]) -> bool:
    return "html" in told.get("content-type", "").lower()
