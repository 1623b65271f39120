"""The forms that the value of a variable may have: each function gives what it stands for, or a ValueError."""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import date
from typing import Literal, get_args
from urllib.parse import urlsplit

from monitor.addresses import credentials
from monitor.addresses import fault as fault_of_address
from monitor.configuration import mistakes

Flow = Literal[
    "oauth-ro",
    "password",
    "password-realm",
    "universal-login",
    "client-credentials",
    "refresh",
    "rotate",
    "logout",
    "device",
    "none",
]
FLOWS: tuple[Flow, ...] = get_args(Flow)
CALLBACK = "https://monitor.invalid/callback"
_METADATA = "https://login.corp.example/saml/metadata"
_NO_DOMAIN = "not a domain; write it as acme.eu.auth0.com, with a port if it needs one"
USER_FLOWS: tuple[Flow, ...] = ("oauth-ro", "password", "password-realm", "universal-login")
UNIVERSAL_LOGIN: Flow = "universal-login"


def listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    return value


def connection_names(value: object) -> object:
    words = listed(value)
    for word in words if isinstance(words, tuple) else ():
        if re.search(r"[\s=\"';:/@]", word) or not word.isprintable():
            raise ValueError("not a list of connections; write their names as Auth0 has them, separated by commas")
    return words


def known_flows(value: object) -> object:
    words = listed(value)
    for word in words if isinstance(words, tuple) else ():
        if word not in FLOWS:
            raise ValueError(
                f"there is no flow of that name ({mistakes.shown(word)}); the flows are {', '.join(FLOWS)}"
            )
    return words


def claims_of(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        claims = json.loads(value, object_pairs_hook=_once_each)
    except RecursionError:
        raise ValueError("not JSON that can be read: it is too deep") from None
    except json.JSONDecodeError as error:
        eaten = "" if '"' in value else "; its double quotes are gone: write '...' around it, in .env and in a shell"
        raise ValueError(f"not JSON (at character {error.pos + 1}){eaten}") from None
    if not isinstance(claims, dict) or not claims:
        raise ValueError('must be a JSON object of claims, such as {"https://example.com/roles": {"type": "array"}}')
    return claims


def _once_each(members: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(members)) < len(members):
        raise ValueError("a name stands twice in one JSON object, of which one would not be looked at: leave one out")
    return dict(members)


def origin(value: object) -> object:
    """``https://host[:port]`` from a domain with or without scheme and port; plain http only on loopback."""
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_NO_DOMAIN) from None
    more = parts.path.strip("/") or parts.query or parts.fragment or fault_of_address(value)
    if not host or "@" in value or more or not _is_host(host, alone=value.strip().lower() == host):
        raise ValueError(f"{_NO_DOMAIN}, and nothing more")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not _is_loopback(host)):
        raise ValueError("plain http (or another scheme) would send passwords in the clear; only https is spoken")
    host = host.removesuffix(".")  # the same name, written whole; no certificate and no issuer has that dot
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port and port != {"https": 443, "http": 80}[parts.scheme] else ""
    )


def _is_host(host: str, *, alone: bool) -> bool:
    """Whether a tenant may be there. A name of one part is a machine's beside us, and has a scheme or a port."""
    if ":" in host or _is_loopback(host):
        return True
    parts = host.removesuffix(".").split(".")
    return all(re.fullmatch(r"[\w-]{1,63}", part) for part in parts) and (len(parts) > 1 or not alone)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def callback_url(value: object) -> object:
    """The address of an application to which a login leads back: https, and nothing that it would not be sent with."""
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value)
        fine = parts.scheme == "https" and parts.hostname and (parts.port or True)
        fine = fine and not parts.fragment and not parts.username
    except ValueError:
        fine = False
    if not fine or fault_of_address(value):
        raise ValueError(
            "not an https address without a fragment; write it as the application's Allowed Callback URLs have it, "
            f"such as {CALLBACK}"
        )
    return value


def organization_name(value: object) -> object:
    """An organization's id, or its name: as Auth0 has them."""
    if isinstance(value, str) and not re.fullmatch(r"org_[A-Za-z0-9]{1,60}|[a-z0-9][a-z0-9_-]{0,49}", value):
        raise ValueError("not an organization; write its id as org_AbCdEf0123456789, or its name in small letters")
    return value


def provider_host(value: str) -> str:
    """The host of an identity provider, with its port if it has one, in small letters; an address is taken too."""
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, _ = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    bare = "://" in value or not (parts.path.strip("/") or parts.query or parts.fragment)
    if not host or not bare or "@" in value or fault_of_address(value) or not _is_host(host, alone=host == value):
        raise ValueError("not a host; write it as login.corp.example, with a port if it needs one")
    return parts.netloc.lower().removesuffix(":443")


def day_of(value: str) -> date:
    """A day, as ``2027-03-01``."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("not a date; write year, month and day, such as 2027-03-01")


def metadata_url(value: str) -> str:
    """The address of an identity provider's metadata: https, since certificates are read from it."""
    _web_address(value, _METADATA)
    parts = urlsplit(value)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise ValueError("plain http would let anybody put other certificates there; write its https address")
    return value


def client_ids(value: object) -> object:
    """The ids of applications: none of them may be more than one part of a path."""
    words = listed(value)
    for word in words if isinstance(words, tuple) else ():
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,128}", word):
            raise ValueError("not a list of client ids; write them as the applications' settings show them")
    return words


_NO_BASE32 = (1, 3, 6)
"""Letters at the end of a text in base32 that no bytes come to: one was lost, or is too many."""


def totp_secret_of(value: object) -> object:
    """The secret of an authenticator app: base32, as the QR code of an enrolment has it."""
    if isinstance(value, str):
        plain = value.replace(" ", "").replace("-", "").rstrip("=").upper()
        if not re.fullmatch(r"[A-Z2-7]{16,128}", plain) or len(plain) % 8 in _NO_BASE32:
            raise ValueError(
                "not a secret of an authenticator app: 16 letters or more of A-Z and 2-7 (base32), as the enrolment "
                "shows them beside the QR code, and not a code of six digits"
            )
        return plain + "=" * (-len(plain) % 8)
    return value


def addresses(value: object) -> object:
    words = listed(value)
    for word in words if isinstance(words, tuple) else ():
        try:
            parts = urlsplit(word if "://" in word else f"https://{word}")
            host = parts.hostname or ""
            fine = host and parts.scheme == "https" and not parts.path.strip("/") and (parts.port or True)
            fine = fine and _is_host(host, alone=False)
        except ValueError:
            fine = False
        if not fine or re.search(r"[@?#]", word) or fault_of_address(word):
            raise ValueError("not a list of addresses; write them as 10.0.0.1,10.0.0.2:8443,[fd00::3]")
    return words


def header_value(value: object) -> object:
    """What is sent in a header: no other letters than those of ASCII, and none that cannot be printed."""
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError("it contains a character that no header may have; write it as it was given, in one line")
    return value


def fault_of_link(variable: str, value: str) -> str:
    """Why nobody can be sent to this page of ours, without anything of it; empty where everybody can."""
    if why := mistakes.reason(variable, value):
        return why
    try:
        _web_address(value, "https://wiki.acme.example/auth0")
    except ValueError as error:
        return str(error)
    return "whoever sees the link would read the password in it: leave it out" if credentials(value) else ""


def page_url(value: object) -> object:
    """An address of a status page: http or https, whatever its path; it is kept as it is."""
    if isinstance(value, str):
        _web_address(value, "https://status.example.com/api/v2/summary.json")
    return value


def _web_address(value: str, example: str) -> None:
    """Raise ValueError, which says why and gives the example, where nobody can be sent to this address."""
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("https", "http") and parts.hostname and (parts.port or True)
    except ValueError:
        fine = False
    if why := fault_of_address(value):
        raise ValueError(f"not an address that can be used: {why}")
    if not fine:
        raise ValueError(f"not an address; write it as {example}")
