"""When nobody is to be told: windows of AUTH0_MAINTENANCE, for all tenants or for one. Probing goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.configuration.mistakes import shown

VARIABLE = "AUTH0_MAINTENANCE"
_SAMPLE = "2026-12-01T22:00Z/PT2H, or prod=2026-12-01T22:00Z/2026-12-02T00:00Z"
_SHOWN, _LIKE_ONE = 60, re.compile(r"(?:[A-Za-z][\w-]*=)?\d[\dTZPWDHMS:+./-]*", re.IGNORECASE | re.ASCII)
"""Of what is no window so much is shown, also with a = in it where it has no letters but those of times."""

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which nobody is told of this tenant; of no tenant where ``tenant`` is empty."""

    since: float
    until: float
    tenant: str = ""

    def holds(self, now: float) -> bool:
        return self.since <= now < self.until


def windows(value: str) -> tuple[list[Window], list[str]]:
    """The windows of this value, and a line for each that cannot be read: it silences nothing."""
    found, problems = [], []
    for word in filter(None, re.split(r"[\s,;]+", value)):
        try:
            found.append(_window(word))
        except (ValueError, OverflowError) as error:
            told = repr(word[:_SHOWN]) if _LIKE_ONE.fullmatch(word) else shown(word, _SHOWN)
            problems.append(f"{VARIABLE}: {told} is no window ({error}), so it silences nothing; like {_SAMPLE}")
    return found, problems


def silenced(tenants: Iterable[str], windows: Iterable[Window], now: float) -> bool:
    """Whether all of these tenants are in a window: then nobody is told of them."""
    now_held = [each for each in windows if each.holds(now)]
    whole = any(not each.tenant for each in now_held)
    named = {each.tenant.lower() for each in now_held}
    asked = {each.lower() for each in tenants}
    return whole or (bool(asked) and asked <= named)


def _window(word: str) -> Window:
    tenant, equals, span = word.rpartition("=")
    if equals and not tenant:
        raise ValueError("no tenant is named before the =")
    start, slash, end = span.partition("/")
    if not slash or not end:
        raise ValueError("it has no end")
    since = _time(start)
    until = since + _duration(end) if end[:1].upper() == "P" else _time(end)
    if until <= since:
        raise ValueError("it ends before it begins")
    return Window(since.timestamp(), until.timestamp(), tenant)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no time of ISO 8601 in it") from None
    if time.tzinfo is None:
        raise ValueError("it does not say in which zone: write a Z after a time in UTC")
    return time.astimezone(UTC)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError("it does not end with a duration of ISO 8601, such as PT2H")
    return timedelta(**{name: int(number) for name, number in match.groupdict().items() if number})
