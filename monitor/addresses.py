"""Addresses that somebody wrote into a variable: which part is secret, and why one is refused before it is used."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

PROXIES = ("https_proxy", "http_proxy", "all_proxy")
"""The variables that name proxies, in upper or lower case."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BEGINNING = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,60}:)?[/\\]+")  # bounded: a value may be of any length
_CURE = (
    "in a user name and a password write %40 for @, %23 for #, %2F for /, %3F for ?, %5B and %5D for [ and ], "
    "%5C for \\, %20 for a space; in a path %40 for @"
)
_PIECE = re.compile(r"[@#/?\\\[\]:\s]+")
_WORD = re.compile(r"[A-Za-z]{1,11}")
_TOKEN = re.compile(r"(?=.*\d).{16,}", re.DOTALL)
"""A part of a path that may be a token: a word that people use is shorter, or has no digit."""

_BEGINS_WITH_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]|$)|[\w-]+:\d+(?:[/?#]|$)")
_NO_HOST = "it has no host that can be asked: write it as https://host, or https://host:8080"


def fault(address: str) -> str:
    """Why this address is not used, without anything of it; empty where it is whole.

    An @ may stand before the host, once, and in the path of a host that can be nothing else: ``https://host.name/@me``.
    """
    address = address.strip()
    odd = next((letter for letter in address if letter == "\\" or letter.isspace() or not letter.isprintable()), "")
    if odd:
        return f"there is {_named(odd)} in it; {_CURE}"
    if re.match(r"https?(?::/?|/+)(?!/|\d+/?$)", address, re.IGNORECASE):
        return "its scheme is not followed by ://; write it as https://host"
    authority, tail = _parts(address)
    user, at, host = authority.rpartition("@")
    if "@" in tail and not _is_path(authority, tail):
        return _unclear(tail)
    misplaced = next((letter for letter in user if letter in "@[]"), "")
    if misplaced:
        return f"there is one {misplaced} too many before its host; {_CURE}"
    return _fault_of_host(host, at)


def fault_of_proxy(address: str) -> str:
    """The same of a proxy's, which needs no scheme, and in which nothing but a slash follows the host."""
    tail = _parts(address.strip())[1]
    return _unclear(tail) if tail and ("@" in tail or tail[0] in "?#") else fault(address)


def fault_of_channel(address: str) -> str:
    """The same of a channel's, which has a scheme of its own, and in whose path a name may have an @ before it.

    It is refused only where what stands in the place of the host is a part of the password, for all one can see.
    """
    authority, tail = _parts(address.strip())
    before, at, after = tail.rpartition("@")
    if not at:
        return ""
    if "@" not in authority:
        port = authority.rpartition(":")[2] if ":" in authority else ""
        return _unclear(tail) if port and not port.isdigit() and _BEGINS_WITH_HOST.match(after) else ""
    queried = tail[0] == "?" and "=" not in before
    return _unclear(tail) if tail[0] == "#" or queried or re.fullmatch(r"[\w.-]+:\d+/?", after) else ""


def faults_of_proxies(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each variable of these that names a proxy which is not used, and why."""
    for name, value in environ.items():
        if name.lower() in PROXIES and value.strip() and (why := fault_of_proxy(value)):
            yield name, why


def refusal_of_proxies(environ: Mapping[str, str]) -> str:
    """Why no other program may be given these proxies: it would ask for what it takes for their host; or nothing."""
    return "; ".join(f"{name}: {why}" for name, why in faults_of_proxies(environ))


def secrets(address: str, least: int | None = None) -> set[str]:
    """What in this address must never be written, as it stands there and decoded: credentials, and what may be a token.

    Of an address that is no secret itself (a status page's, a proxy's) those are the values after its ``?``, where a
    word without a name is one if it has a digit; and the parts of its path, and of what stands after a ``#``, that are
    long and have a digit. With ``least`` the address is a secret as a whole (a channel's, a heartbeat's): then all
    parts of it that have so many characters may be one, but for the scheme. A placeholder, such as ``{domain}``, is
    none, and what cannot be read as an address is one token.
    """
    parts = _tokens_of_a_public(address) if least is None else _parts_of_a_secret(address, least)
    tokens = {form for part in parts for form in (part, unquote(part)) if form and "{" not in form}
    return tokens | credentials(address)


def credentials(address: str) -> set[str]:
    """The user and the password in this address: all that stands before its last @, whatever its parse says.

    A name before a password is left out where it is a word, which cannot be told from other text.
    """
    address = address.strip()
    rest = _BEGINNING.sub("", address, count=1)
    whole = not fault(address)
    before = _parts(address)[0] if whole else rest if "@" in rest else _over_encoded(rest)
    user, at, _ = before.rpartition("@")
    if not at:  # a password, and no host at all?
        return set() if whole else {_parts(address)[0].partition(":")[2], rest.partition(":")[2]} - {""}
    found = {user, *(() if whole else _PIECE.split(user)[1:])}
    for way in (user, unquote(user)):
        name, colon, password = way.partition(":")
        found |= {password} | ({name} if not colon or not _WORD.fullmatch(name) else set())
    return found - {""}


def _tokens_of_a_public(address: str) -> list[str]:
    try:
        url = urlsplit(address)
    except ValueError:
        return [address]
    words = [word.partition("=") for word in re.split("[&;]", url.query)]
    values = [value if equals else name for name, equals, value in words if equals or re.search(r"\d", name)]
    parts = re.split("[/;=,&?]", f"{url.path}/{url.fragment}")
    return [*values, *(part for part in parts if _TOKEN.fullmatch(part))]


def _parts_of_a_secret(address: str, least: int) -> list[str]:
    bare = re.sub(r"[A-Za-z0-9][A-Za-z0-9+.-]{0,60}://", " ", address)
    whole = re.split(r"[/:@?&=,;#\s]+", bare)
    return [part for word in whole for part in (word, *word.split("+")) if len(part) >= least]


def _over_encoded(rest: str) -> str:
    """An address whose every delimiter is encoded, as it was meant."""
    return unquote(rest) if "@" in unquote(rest) else ""


def _parts(address: str) -> tuple[str, str]:
    """What stands where user and host do, and all that follows."""
    scheme = _SCHEME.match(address)
    rest = address[scheme.end() :] if scheme else address
    end = re.search(r"[/?#]|$", rest)
    return (rest[: end.start()], rest[end.start() :]) if end else (rest, "")


def _is_path(authority: str, tail: str) -> bool:
    """Whether an @ in what follows this can be nothing but a part of a path or a query."""
    host, _, port = authority.rpartition(":") if re.search(r":\d+$", authority) else (authority, "", "")
    if "@" in host or not _is_whole_name(host):
        return False
    after = re.split(r"[/?#]", tail.rpartition("@")[2])[0]
    return not port or (not re.search(r"[^/]@", tail) and not re.search(r"[.:]", after))


def _is_whole_name(host: str) -> bool:
    """Whether this is an IP address, localhost, or a name of several parts."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.lower() == "localhost" or bool(re.fullmatch(r"\{\w+\}|[\w{}-]+(\.[\w{}-]+)+\.?", host))
    return True


def _fault_of_host(host: str, at: str) -> str:
    port = re.search(r":([^\]]*)$", host)
    name = host[: port.start()] if port else host
    if port and not (port[1].isascii() and port[1].isdigit() and int(port[1]) < 65_536):
        return "its port is no number up to 65535" if at else f"what follows the : of its host is no port; {_CURE}"
    if "%" in name and not name.startswith("["):
        return f"its host contains a %: the : and the @ around a password are written as they are; {_CURE}"
    try:
        found = urlsplit(f"https://{host}").hostname
    except ValueError:
        found = None
    return "" if found else _NO_HOST


def _named(letter: str) -> str:
    return "a space" if letter.isspace() else letter if letter == "\\" else "a character that cannot be printed"


def _unclear(tail: str) -> str:
    return f"an @ comes after the first {tail[0]} in it, so it is not clear where its host begins; {_CURE}"
