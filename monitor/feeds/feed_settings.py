"""What the variables say of feeds: where each is sent, how long that may take, and when what was sent is too old."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from monitor import addresses
from monitor.configuration import mistakes
from monitor.feeds.readout import MAX_AGE
from monitor.text import one_line

HOST, AGE, TIMEOUT = "AUTH0_FEED_HOST", "AUTH0_FEED_MAX_AGE", "AUTH0_FEED_TIMEOUT"
DEFAULT_HOST = "auth0"
SECONDS = 10.0
"""Within which all feeds together are sent, where nobody has said otherwise."""

_LONGEST = 300.0
_DURATION = re.compile(r"(?P<number>[0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(?P<unit>s|m|min|h|d)?")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_HOST = re.compile(r"[\w.\-]{1,100}")
_PART = re.compile(r"[A-Za-z0-9_\-]{1,100}")
"""What may be a part of a path, as it is."""


class Unsent(Exception):
    """Something could not be sent; the message says why, in one line, and holds no secret."""


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What holds for all feeds: ``host`` is the object that services belong to in Nagios and Icinga.

    ``max_age`` is the seconds after which a run says nothing any more, ``seconds`` the time to send all feeds in.
    ``problems`` name each variable that could not be read, and so is its default.
    """

    host: str = DEFAULT_HOST
    max_age: float = MAX_AGE
    seconds: float = SECONDS
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to send to, and the headers that open it: they are secrets, and never shown.

    ``variable`` names the address, ``key`` what opens it (empty where nothing does).
    """

    variable: str
    url: str
    headers: Mapping[str, SecretStr] = field(default_factory=dict, repr=False)
    key: str = ""


def read(values: Mapping[str, str]) -> FeedSettings:
    """The settings in these variables; one that is malformed costs no feed."""
    problems: list[str] = []

    def given(name: str, otherwise: float, most: float) -> float:
        text = values.get(name, "").strip()
        try:
            value = duration(text) if text and not mistakes.reason(name, text) else None
        except ValueError:
            value = None
        if text and (value is None or not 0 < value <= most):
            problems.append(
                f"{name} is no time up to {most:g} s: write it as 30s, 5m or 2h; until then {otherwise:g} s"
            )
            return otherwise
        return otherwise if value is None else value

    age, seconds = given(AGE, MAX_AGE, 86_400.0), given(TIMEOUT, SECONDS, _LONGEST)
    host = values.get(HOST, "").strip() or DEFAULT_HOST
    if not _HOST.fullmatch(host):
        problems.append(f"{HOST} is no name of a host object: use letters, digits, '.', '_' and '-'")
        host = DEFAULT_HOST
    return FeedSettings(host, age, seconds, tuple(problems))


def duration(text: str) -> float:
    """The seconds of ``300``, ``90s``, ``5m``, ``2h`` or ``1d``. Raises ValueError."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f"{one_line(text, 30)!r} is no time: write it as 300, 90s, 5m or 2h")
    return float(found["number"]) * _UNITS[found["unit"] or ""]


def endpoint(values: Mapping[str, str], variable: str, key: str = "", *, usual: str = "") -> Endpoint:
    """Where this variable leads, opened by what stands in ``key``. Raises Unsent, without anything of either.

    ``user:password`` in the key is Basic authentication, any other a Bearer token. ``usual`` is the address where the
    variable has none.
    """
    url = values.get(variable, "").strip() or usual
    if why := mistakes.reason(variable, url) or addresses.fault(url) or _unsafe(url):
        raise Unsent(f"{variable} is no address that can be used: {why}")
    secret = values.get(key, "").strip()
    if secret and (why := mistakes.reason(key, secret) or _no_header(secret)):
        raise Unsent(f"{key} cannot be used: {why}")
    opened = {"Authorization": SecretStr(_opened(secret))} if secret else {}
    return Endpoint(variable, url.rstrip("/"), opened, key)


def opened_by(to: Endpoint, values: Mapping[str, str], key: str, header: str, scheme: str = "") -> Endpoint:
    """The same endpoint, opened by what stands in ``key`` in a header of its own. Raises Unsent where it is not set."""
    secret = required(values, key)
    if why := _no_header(secret):
        raise Unsent(f"{key} cannot be used: {why}")
    return replace(to, headers={header: SecretStr(f"{scheme} {secret}".strip())}, key=key)


def path(values: Mapping[str, str], variable: str) -> Path:
    """The file or folder that this variable names. Raises Unsent, without anything of it, where it names none."""
    value = required(values, variable)
    if why := mistakes.reason_of_file(variable, value):
        raise Unsent(f"{variable}: {why}")
    return Path(value)


def required(values: Mapping[str, str], variable: str) -> str:
    """What this variable holds. Raises Unsent where it is not set, or holds more than one setting."""
    value = values.get(variable, "").strip()
    if not value:
        raise Unsent(f"{variable} is not set: this feed needs it")
    if why := mistakes.reason(variable, value):
        raise Unsent(f"{variable}: {why}")
    return value


def by_tenant(values: Mapping[str, str], variable: str) -> dict[str, str]:
    """What this variable has for each tenant: ``prod=…, staging=…``. Raises Unsent, without anything of it."""
    pairs: dict[str, str] = {}
    for pair in re.split(r"[\s,]+", required(values, variable)):
        name, equals, value = pair.partition("=")
        if not pair:
            continue
        if not (name and equals and _PART.fullmatch(value)):
            raise Unsent(f"{variable} is no list of tenant=value with commas between, such as prod=abc, staging=def")
        if name in pairs:
            raise Unsent(f"{variable} has a tenant twice: leave one of them out")
        pairs[name] = value
    return pairs


def _unsafe(url: str) -> str:
    """Why nothing is sent there: what is sent names tenants, and its header is a key."""
    parts = urlsplit(url)
    if parts.scheme.lower() == "https" or (parts.scheme.lower() == "http" and is_loopback(parts.hostname or "")):
        return "" if not parts.query and not parts.fragment else "nothing may follow its path: leave out the ? or #"
    return "write it with https://; http:// is for this machine alone (localhost, 127.0.0.1)"


def is_loopback(host: str) -> bool:
    """Whether this host is this machine, whatever a name server says."""
    return host in {"localhost", "::1"} or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _no_header(secret: str) -> str:
    return "" if secret.isascii() and secret.isprintable() else "it contains a character that no header may have"


def _opened(secret: str) -> str:
    import base64

    if ":" in secret:
        return f"Basic {base64.b64encode(secret.encode()).decode()}"
    return secret if secret.lower().startswith("bearer ") else f"Bearer {secret}"
