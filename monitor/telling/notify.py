"""The addresses of AUTH0_NOTIFY: two pagers in their own words, and everybody else by Apprise. They are secrets."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor import addresses
from monitor.configuration.variables import NOTIFY, RECOVERIES
from monitor.telling import by_apprise, jsm, pagerduty
from monitor.telling.by_apprise import NoApprise, text
from monitor.telling.channel import SHORTEST, Channel, Ending, Tell

__all__ = ["DEADLINE", "VARIABLE", "channels", "listed", "recoveries", "secrets", "text"]

VARIABLE = NOTIFY
DEADLINE = 30.0
"""Seconds, for all that is told at a time; Apprise itself waits for 4 seconds for a connection, and for each answer."""

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z0-9][A-Za-z0-9+.-]*)://\S")
_OURS: dict[str, Callable[[str, Mapping[str, str]], Tell]] = {
    **dict.fromkeys(pagerduty.SCHEMES, pagerduty.teller),
    **dict.fromkeys(jsm.SCHEMES, jsm.teller),
}


@dataclass(frozen=True, slots=True)
class _Listed:
    """An address, and what it is called on the terminal, by its place in the list."""

    url: str
    number: int

    @property
    def scheme(self) -> str:
        match = _SCHEME.match(self.url)
        return match["scheme"].lower() if match else ""

    @property
    def name(self) -> str:
        return f"{VARIABLE}, number {self.number}" + (f" ({self.scheme})" if self.scheme else "")

    @property
    def key(self) -> str:
        return f"notify:{hashlib.sha256(self.url.encode()).hexdigest()[:16]}"


def listed(value: str) -> list[str]:
    """The URLs of this value: words, apart by space, or by a comma before the next one's scheme."""
    return [each for each in re.split(r"[\s,]+(?=[A-Za-z0-9][A-Za-z0-9+.-]*://)|\s+", value.strip(" \t\r\n,")) if each]


def secrets(value: str) -> set[str]:
    """Whatever in these URLs may be a secret: each as a whole, and all parts of it that are long enough to be one."""
    urls = listed(value)
    return {*urls, *(secret for url in urls for secret in addresses.secrets(url, SHORTEST))}


def recoveries(values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Which recoveries are told, ``closing`` or ``all``, and a line where that cannot be read."""
    said = values.get(RECOVERIES, "").strip().lower() or "closing"
    if said in ("closing", "all"):
        return said, []
    return "closing", [f"{RECOVERIES} is neither closing nor all; until it is, no recovery pages anyone"]


def channels(value: str, values: Mapping[str, str] | None = None) -> tuple[list[Channel], list[str]]:
    """A channel for each URL, in the environment of these variables (default: the process's own).

    And a line for each that is none: it costs itself alone.
    """
    given = os.environ if values is None else values
    urls = list(dict.fromkeys(listed(value)))
    if urls and (refused := addresses.refusal_of_proxies(os.environ)):
        return [], [f"{VARIABLE}: none of its {len(urls)} channels is reached by such a proxy; {refused}"]
    found, problems, missing = [], [], 0
    for number, url in enumerate(urls, 1):
        one = _Listed(url, number)
        try:
            found.append(_channel(one, given))
        except NoApprise:
            missing += 1
        except ValueError as error:
            problems.append(f"{one.name}: {error}")
    if missing:
        cure = "install requirements-telling.txt, or unset it"
        problems.insert(
            0, f"{VARIABLE}: Apprise is not installed, so {missing} of its channels are not notified: {cure}"
        )
    return found, problems


def _channel(one: _Listed, values: Mapping[str, str]) -> Channel:
    """Raises ValueError, whose words hold nothing of the address, or NoApprise."""
    if why := addresses.fault_of_channel(one.url):
        raise ValueError(why)
    ours = _OURS.get(one.scheme)
    if ours:
        return Channel(one.key, one.name, ours(one.url, values), DEADLINE, Ending.CLOSES)
    if not one.scheme:
        raise ValueError(by_apprise.UNKNOWN)
    all_recoveries = recoveries(values)[0] == "all"
    ending, tell = by_apprise.teller(one.url, pages_recoveries=all_recoveries)
    return Channel(one.key, one.name, tell, DEADLINE, ending)
