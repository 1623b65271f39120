"""A channel's address, taken apart, and with other parameters: as Apprise's addresses are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z0-9][A-Za-z0-9+.-]*)://(?P<place>[^?]*)(?:\?(?P<query>.*))?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChannelAddress:
    """``scheme://user@host/path…?query``; ``details`` are the parameters that are written with a + before them."""

    scheme: str
    user: str
    host: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    details: Mapping[str, str]

    def given(self, *names: str) -> str:
        """The first of these parameters that is set."""
        return next((self.query[name] for name in names if self.query.get(name)), "")


def parsed(url: str) -> ChannelAddress:
    """This address in its parts. Raises ValueError, which says nothing of it, where it is none."""
    match = _ADDRESS.match(url.strip())
    if not match:
        raise ValueError("it is no address")
    authority, _, path = match["place"].partition("/")
    user, _, host = authority.rpartition("@")
    query: dict[str, str] = {}
    details: dict[str, str] = {}
    for name, value in _pairs(match["query"] or ""):
        if name.startswith("+"):
            details[unquote(name[1:])] = unquote(value)
        else:
            query[unquote(name).lower()] = unquote(value).strip()
    parts = tuple(unquote(each) for each in path.split("/") if each)
    return ChannelAddress(match["scheme"].lower(), unquote(user), unquote(host), parts, query, details)


def changed(url: str, without: Collection[str], parameters: Mapping[str, str]) -> str:
    """This address without some of its parameters, and with these."""
    place, _, query = url.partition("?")
    kept = [(name, value) for name, value in _pairs(query) if unquote(name).lower() not in {*without, *parameters}]
    added = [(name, quote(value, safe="")) for name, value in parameters.items()]
    return f"{place}?{'&'.join(f'{name}={value}' for name, value in (*kept, *added))}"


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = (each.partition("=") for each in query.split("&") if each)
    return [(name, value) for name, _, value in parts]
