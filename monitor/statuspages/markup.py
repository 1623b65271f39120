"""What people write on status pages, without its HTML: plain text, addresses, times, and what is a maintenance."""

from __future__ import annotations

import html
import re
from datetime import datetime
from email.utils import mktime_tz, parsedate_tz
from urllib.parse import urlsplit

from monitor.statuspages.times import moment
from monitor.text import printable

_LONGEST = 50_000
"""Characters of a text that are looked into: no update of a status page is as long."""

BROKEN = ("investigating", "identified", "monitoring")
"""What the updates of an incident begin with, and those of a maintenance do not."""

UNDER_WAY = ("update", "in progress", "verifying")
PLANNED = ("scheduled", "maintenance")

_BLOCK = re.compile(r"</?(?:p|br|hr|div|li|[ou]l|h[1-6]|t[rdh]|d[tdl]|table|small|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)

_SHOWN = re.compile(
    r"\b([A-Z][a-z]{2})[a-z]* (\d{1,2})(?: ?,? ?(\d{4}))?(?: ?, ?| - | at | )(\d{1,2}:\d\d(?::\d\d)?)"
    r"(?: ?[-–] ?\d{1,2}:\d\d)?(?: ((?:GMT|UTC)[+-]\d{1,2}(?::?\d\d)?|[A-Z]{1,5})\b)?"
)
_DAY_FIRST = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]{2}[a-z]*)")
_ENDS = r"(?:\s*[:\])|.]|\s+[-–—]|\s*$)"
_MAINTAINS = re.compile(
    r"(?P<past>\b(?:after|following|since|caused by)\b.*)?"
    rf"(?:\bmaintenance\b|\bscheduled (?:change|downtime|event|outage|upgrade|work)|^\W*scheduled{_ENDS})",
    re.IGNORECASE,
)


def plain(markup: str) -> str:
    """This without its HTML, whitespace collapsed, and nothing that cannot be printed."""
    text = markup[:_LONGEST]
    for _ in range(2):  # what is escaped once more is HTML too
        text = _unescaped(_TAG.sub("", _BLOCK.sub(" ", text)))
    return printable(text)


def link(address: object) -> str:
    """This where it is an absolute address of the web, else nothing."""
    text = str(address or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc and text.isprintable() else ""


def maintains(title: str) -> bool:
    """Whether a title is that of a maintenance: an outage that followed one is none."""
    found = _MAINTAINS.search(title)
    return bool(found and not found["past"])


def dated(value: object) -> datetime | None:
    """A time that is written out, with its hours; a bare number is none, or a wrong one would be an ancient date."""
    if not isinstance(value, str) or ":" not in value:
        return None
    return moment(value) or _sent(value) or shown(value, None)


def shown(text: str, near: datetime | None) -> datetime | None:
    """``Aug 4, 14:07 UTC``: of the year that is told, or that brings it nearest to a time of the same entry."""
    found = _SHOWN.search(text) or _SHOWN.search(_DAY_FIRST.sub(r"\2 \1", text[:200]))
    if not found or not (near or found[3]):
        return None
    month, day, year, clock, zone = found.groups()
    if not near:
        return _sent(f"{day} {month} {year} {clock} {_offset(zone)}")
    years = [int(year)] if year else [near.year - 1, near.year, near.year + 1]
    times = (_sent(f"{day} {month} {each} {clock} {_offset(zone)}") for each in years)
    return min(filter(None, times), key=lambda each: abs(each - near), default=None)


def _offset(zone: str | None) -> str:
    """A zone as mail has it: ``GMT+2`` is ``+0200``."""
    found = re.fullmatch(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?", zone or "UTC")
    return f"{found[1]}{int(found[2]):02}{found[3] or '00'}" if found else zone or "UTC"


def _sent(date: str) -> datetime | None:
    """``Wed, 04 Aug 2026 14:07:00 UTC``, with a zone that mail knows."""
    try:
        parts = parsedate_tz(date)
        return moment(mktime_tz(parts)) if parts and parts[9] is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text
