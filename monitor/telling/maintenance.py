"""When nobody is to be told: windows of AUTH0_MAINTENANCE, and open issues that say so. Probing goes on.

A window has an end. An issue that names none holds for AUTH0_MAINTENANCE_AT_MOST, from when it was opened: one that
somebody forgot to close must not silence a monitor for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from monitor.configuration.mistakes import shown
from monitor.history import DAY
from monitor.history.planned import (
    HELD,
    VARIABLE,
    Window,
    duration_of,
    holding,
    silenced,
    time_of,
    window_of,
    windows,
)
from monitor.telling.ledger import LedgerEntry
from monitor.text import minute, one_line, some

__all__ = ["AT_MOST", "HELD", "LABEL", "VARIABLE", "Window", "at_most", "entry", "holding", "silenced", "windows"]

AT_MOST = "AUTH0_MAINTENANCE_AT_MOST"
LABEL = "auth0-maintenance"
USUAL = 86_400.0
"""Seconds for which an issue without an end holds, where nobody says another time."""

KEPT = 31 * DAY
"""Seconds for which a window that is over is known: as long as an error budget looks back."""

_UNITS = {"m": 60.0, "h": 3_600.0, "d": 86_400.0}
_END = re.compile(
    r"\buntil\s*:?\s*(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)", re.IGNORECASE
)
_SPAN = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)/[\w:.+-]+", re.IGNORECASE)


def at_most(values: Mapping[str, str]) -> tuple[float, list[str]]:
    """The seconds for which an issue without an end holds, and a line where the variable cannot be read."""
    text = values.get(AT_MOST, "").strip()
    if not text:
        return USUAL, []
    simple = re.fullmatch(r"(\d{1,5})\s*([mhd])", text, re.IGNORECASE)
    try:
        return (int(simple[1]) * _UNITS[simple[2].lower()] if simple else duration_of(text).total_seconds()), []
    except (ValueError, OverflowError):
        return USUAL, [f"{AT_MOST}: {shown(text, 40)} is no time; write it as 24h, 90m, 2d or PT24H. Until then: 24 h"]


def of_nobody(windows: Iterable[Window], tenants: Sequence[str], now: float) -> list[str]:
    """A line for each tenant of these windows that no run asked: a letter of its name may be wrong."""
    known = {"", *(each.lower() for each in tenants)}
    named = dict.fromkeys(each.tenant for each in windows if each.until > now and each.tenant.lower() not in known)
    why = f"so its window holds back no alerts; the tenants are {some(tenants, 8)}"
    return [f"{VARIABLE}: no run asked a tenant called {shown(each, 40)}, {why}" for each in (named if tenants else ())]


def of_issues(
    issues: Iterable[Mapping[str, Any]], tenants: Sequence[str], bound: float, now: float
) -> tuple[list[Window], list[str]]:
    """The windows of these open issues, and a line for each that somebody has to see to.

    An issue is for the tenants that its title names, or for all. Its end stands in its title or text: ``until
    2026-12-02T00:00Z``, or a whole window as in the variable. Without one it holds for ``bound`` seconds.
    """
    found: list[Window] = []
    remarks: list[str] = []
    for issue in issues:
        source = f"issue {issue.get('number', '?')} ({one_line(str(issue.get('title', '')), 80)})"
        since, until = _span(issue, now)
        if since is None:
            remarks.append(f"{source} does not say when it was opened, so it holds back no alerts: update gh")
            continue
        end = until if until is not None else since + bound
        if until is None or now >= end:
            remarks.append(_asked(source, since, until, end, now))
        words = {word.lower() for word in re.findall(r"[A-Za-z0-9_.-]+", str(issue.get("title", "")))}
        named = [each for each in tenants if each.lower() in words]
        names = named if named and len(named) < len(tenants) else [""]
        found += [Window(since, end, name, source) for name in names]
    return found, remarks


def _asked(source: str, since: float, until: float | None, end: float, now: float) -> str:
    """What somebody has to do about an issue that is over, or has no end."""
    cure = "close it, or write `until 2026-12-02T00:00Z` into its title"
    if now < end:
        return f"{source} names no end, so it holds back alerts until {minute(end)} ({AT_MOST}): {cure}"
    if until is None:
        open_ = f"{source} has been open since {minute(since)} and names no end"
        return f"{open_}, so it holds back no alerts any more: {cure}"
    return f"{source} was over at {minute(until)}, and holds back no alerts any more: close it"


def _span(issue: Mapping[str, Any], now: float) -> tuple[float | None, float | None]:
    """When this issue begins to hold, and when it ends; None: it does not say so, in a form that can be read."""
    text = f"{issue.get('title', '')}\n{issue.get('body') or ''}"
    try:
        opened: float | None = min(now, time_of(str(issue.get("createdAt") or "")).timestamp())  # clocks differ
    except (ValueError, OverflowError):
        opened = None
    for match in _SPAN.finditer(text):
        try:
            window = window_of(match[0])
        except (ValueError, OverflowError):
            continue
        return window.since, window.until
    for match in _END.finditer(text):
        zone = match["zone"].upper().replace("UTC", "Z")
        try:
            return opened, time_of(match["time"].replace(" ", "T") + zone).timestamp()
        except (ValueError, OverflowError):
            continue
    return opened, None


def entry(windows: Sequence[Window], before: Iterable[Window], now: float) -> LedgerEntry:
    """What the ledger has to know of the windows, for whoever reads it and cannot ask for them.

    ``before`` are those that it knew: one that is there no more was ended now, and what is over is known for KEPT.
    """
    there = {(each.since, each.tenant, each.source) for each in windows}
    gone = [each for each in before if (each.since, each.tenant, each.source) not in there and each.since < now]
    known = [*windows, *(replace(each, until=min(each.until, now)) for each in gone)]
    facts = {"windows": [asdict(each) for each in known if each.until > now - KEPT]}
    return LedgerEntry(HELD, "", HELD, now, facts=facts)
