"""When nobody is to be told: windows of AUTH0_MAINTENANCE, and open issues that say so. Probing goes on.

A window has an end. An issue that names none holds for AUTH0_MAINTENANCE_AT_MOST, from when it was opened: one that
somebody forgot to close must not silence a monitor for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.configuration.mistakes import shown
from monitor.telling.ledger import LedgerEntry
from monitor.text import minute, one_line

VARIABLE, AT_MOST = "AUTH0_MAINTENANCE", "AUTH0_MAINTENANCE_AT_MOST"
LABEL = "auth0-maintenance"
HELD = "maintenance"
"""Stands for an incident in the ledger: which windows hold, as of the newest telling, so that the page can say it."""

USUAL = 86_400.0
"""Seconds for which an issue without an end holds, where nobody says another time."""

_UNITS = {"m": 60.0, "h": 3_600.0, "d": 86_400.0}
_END = re.compile(
    r"\buntil\s*:?\s*(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)", re.IGNORECASE
)
_SPAN = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)/[\w:.+-]+", re.IGNORECASE)
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
            found.append(_window(word))
        except (ValueError, OverflowError) as error:
            told = repr(word[:_SHOWN]) if _LIKE_ONE.fullmatch(word) else shown(word, _SHOWN)
            problems.append(f"{VARIABLE}: {told} is no window ({error}), so it silences nothing; like {_SAMPLE}")
    return found, problems


def at_most(values: Mapping[str, str]) -> tuple[float, list[str]]:
    """The seconds for which an issue without an end holds, and a line where the variable cannot be read."""
    text = values.get(AT_MOST, "").strip()
    if not text:
        return USUAL, []
    simple = re.fullmatch(r"(\d{1,5})\s*([mhd])", text, re.IGNORECASE)
    try:
        return (int(simple[1]) * _UNITS[simple[2].lower()] if simple else _duration(text).total_seconds()), []
    except (ValueError, OverflowError):
        return USUAL, [f"{AT_MOST}: {shown(text, 40)} is no time; write it as 24h, 90m, 2d or PT24H. Until then: 24 h"]


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
            remarks.append(f"{source} does not say when it was opened, so it silences nothing: update gh")
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
        return f"{source} names no end, so it silences until {minute(end)} ({AT_MOST}): {cure}"
    if until is None:
        return f"{source} has been open since {minute(since)} and names no end, so it silences nothing any more: {cure}"
    return f"{source} was over at {minute(until)}, and silences nothing any more: close it"


def _span(issue: Mapping[str, Any], now: float) -> tuple[float | None, float | None]:
    """When this issue begins to hold, and when it ends; None: it does not say so, in a form that can be read."""
    text = f"{issue.get('title', '')}\n{issue.get('body') or ''}"
    try:
        opened: float | None = min(now, _time(str(issue.get("createdAt") or "")).timestamp())  # clocks differ
    except (ValueError, OverflowError):
        opened = None
    for match in _SPAN.finditer(text):
        try:
            window = _window(match[0])
        except (ValueError, OverflowError):
            continue
        return window.since, window.until
    for match in _END.finditer(text):
        zone = match["zone"].upper().replace("UTC", "Z")
        try:
            return opened, _time(match["time"].replace(" ", "T") + zone).timestamp()
        except (ValueError, OverflowError):
            continue
    return opened, None


def entry(windows: Iterable[Window], now: float) -> LedgerEntry:
    """What the ledger has to know of the windows that are not over, for whoever reads it and cannot ask for them."""
    facts = {"windows": [asdict(each) for each in windows if now < each.until]}
    return LedgerEntry(HELD, "", HELD, now, facts=facts)


def recalled(entries: Mapping[tuple[str, str], LedgerEntry]) -> list[Window]:
    """The windows that ``entry`` wrote, as the newest telling knew them."""
    known = entries.get((HELD, ""))
    return list(_read((known.facts or {}).get("windows", ()))) if known else []


def _read(rows: Iterable[Any]) -> Iterator[Window]:
    for row in rows:
        try:
            yield Window(float(row["since"]), float(row["until"]), str(row["tenant"]), str(row["source"]))
        except (KeyError, TypeError, ValueError):  # of another version
            continue


def holding(tenants: Iterable[str], windows: Iterable[Window], now: float) -> list[Window]:
    """The windows that keep incidents of these tenants from being told now; none where they are told."""
    held = [each for each in windows if each.holds(now)]
    asked = {each.lower() for each in tenants}
    return (
        [each for each in held if not each.tenant or each.tenant.lower() in asked] if silenced(asked, held, now) else []
    )


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
