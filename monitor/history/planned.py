"""Planned maintenance: windows of AUTH0_MAINTENANCE, and those of issues that the newest telling knew of.

Probing goes on in them. Nobody is told of incidents (``monitor.telling.maintenance``), the page shows them, and the
error budget leaves them out where AUTH0_SLO_EXCLUDES says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.configuration.mistakes import shown
from monitor.history.carried import ToldRow
from monitor.history.values import Unusable

VARIABLE, EXCLUDES = "AUTH0_MAINTENANCE", "AUTH0_SLO_EXCLUDES"
HELD = "maintenance"
"""Stands for an incident in the ledger: which windows there are, as of the newest telling, for whoever cannot ask."""

_SAMPLE = "2026-12-01T22:00Z/PT2H, or prod=2026-12-01T22:00Z/2026-12-02T00:00Z"
_SHOWN, _LIKE_ONE = 60, re.compile(r"(?:[A-Za-z][\w-]*=)?\d[\dTZPWDHMS:+./-]*", re.IGNORECASE | re.ASCII)
"""Of what is no window so much is shown, also with a = in it where it has no letters but those of times."""

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which nobody is told of this tenant; of no tenant where ``tenant`` is empty.

    ``source`` says who asked for it: the variable, or an issue by its number and title.
    """

    since: float
    until: float
    tenant: str = ""
    source: str = VARIABLE

    def holds(self, now: float) -> bool:
        return self.since <= now < self.until


def windows(value: str) -> tuple[list[Window], list[str]]:
    """The windows of this value, and a line for each that cannot be read: it silences nothing."""
    found, problems = [], []
    for word in filter(None, re.split(r"[\s,;]+", value)):
        try:
            found.append(window_of(word))
        except (ValueError, OverflowError) as error:
            told = repr(word[:_SHOWN]) if _LIKE_ONE.fullmatch(word) else shown(word, _SHOWN)
            problems.append(
                f"{VARIABLE}: {told} is not a maintenance window ({error}), so it holds back no alerts; write it as"
                f" {_SAMPLE}"
            )
    return found, problems


def silenced(tenants: Iterable[str], windows: Iterable[Window], now: float) -> bool:
    """Whether all of these tenants are in a window: then nobody is told of them."""
    now_held = [each for each in windows if each.holds(now)]
    whole = any(not each.tenant for each in now_held)
    named = {each.tenant.lower() for each in now_held}
    asked = {each.lower() for each in tenants}
    return whole or (bool(asked) and asked <= named)


def holding(tenants: Iterable[str], windows: Iterable[Window], now: float) -> list[Window]:
    """The windows that keep incidents of these tenants from being told now; none where they are told."""
    held = [each for each in windows if each.holds(now)]
    asked = {each.lower() for each in tenants}
    return (
        [each for each in held if not each.tenant or each.tenant.lower() in asked] if silenced(asked, held, now) else []
    )


def recalled(rows: Iterable[ToldRow]) -> list[Window]:
    """The windows that the newest telling wrote down; what cannot be read, of another version, is left out."""
    found: list[Window] = []
    for row in rows:
        if (row.incident, row.channel) == (HELD, ""):
            try:
                found += _read(json.loads(row.said)["facts"]["windows"])
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
    return found


def _read(rows: Iterable[Any]) -> Iterator[Window]:
    for row in rows:
        yield Window(float(row["since"]), float(row["until"]), str(row["tenant"]), str(row["source"]))


def excluded(values: Mapping[str, str]) -> bool:
    """Whether planned maintenance is left out of error budgets. Raises Unusable for a word that says neither."""
    text = values.get(EXCLUDES, "").strip().lower()
    if text not in ("", "none", "maintenance"):
        raise Unusable(f"{EXCLUDES} is neither maintenance nor none: write one of them, or unset it")
    return text == "maintenance"


def spans_of(target: str, windows: Iterable[Window]) -> list[tuple[float, float]]:
    """The windows of this target's tenant."""
    tenant = target.partition(":")[0].lower()
    return [(each.since, each.until) for each in windows if each.tenant.lower() in ("", tenant)]


def window_of(word: str) -> Window:
    tenant, equals, span = word.rpartition("=")
    if equals and not tenant:
        raise ValueError("no tenant is named before the =")
    start, slash, end = span.partition("/")
    if not slash or not end:
        raise ValueError("it has no end")
    since = time_of(start)
    until = since + duration_of(end) if end[:1].upper() == "P" else time_of(end)
    if until <= since:
        raise ValueError("it ends before it begins")
    return Window(since.timestamp(), until.timestamp(), tenant)


def time_of(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no time of ISO 8601 in it") from None
    if time.tzinfo is None:
        raise ValueError("it does not say in which zone: write a Z after a time in UTC")
    return time.astimezone(UTC)


def duration_of(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError("it does not end with a duration of ISO 8601, such as PT2H")
    return timedelta(**{name: int(number) for name, number in match.groupdict().items() if number})
