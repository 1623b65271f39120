"""What people write on status pages, without its HTML: plain text, updates and their times, words that close."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import mktime_tz, parsedate_tz
from urllib.parse import urlsplit

from monitor.statuspages.times import moment
from monitor.text import printable

_LONGEST = 50_000
"""Characters of a text that are looked into: no update of a status page is as long."""

OVER = ("resolved", "completed", "postmortem", "post mortem", "closed", "service is operating normally")
"""What an update begins with that says that it is over."""

BROKEN = ("investigating", "identified", "monitoring")
"""What the updates of an incident begin with, and those of a maintenance do not."""

UNDER_WAY = ("update", "in progress", "verifying")
PLANNED = ("scheduled", "maintenance")

_BLOCK = re.compile(r"</?(?:p|br|hr|div|li|[ou]l|h[1-6]|t[rdh]|table|small|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)

_DASH = r"(?:[-–—:]|&[nm]dash;|&#821[12];)"
_ENDS = r"(?:\s*[:\])|.]|\s+[-–—]|\s*$)"
_MARK = re.compile(
    r"<(strong|b)\b[^<>]*> ?(?:(?:current )?status ?: ?(?P<status>[^<> ][^<>]{0,39}?) ?</\1>"
    rf"|(?P<word>[^<> ][^<>]{{0,39}}?) ?</\1> ?{_DASH})",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"\W*(?P<word>{'|'.join((*OVER, *BROKEN, *UNDER_WAY, *PLANNED))}){_ENDS}", re.IGNORECASE)
_EVENT = re.compile(r"this is a scheduled event", re.IGNORECASE)

_STAMP = re.compile(r"<(small|time)\b(?P<given>[^<>]*)>(?P<shown>.{0,300}?)</\1>", re.IGNORECASE)
_GIVEN = re.compile(r"datetime=[\"']([^\"'<>]{1,40})[\"']", re.IGNORECASE)
_SHOWN = re.compile(
    r"\b([A-Z][a-z]{2})[a-z]* (\d{1,2})(?: ?, ?(\d{4}))?(?: ?, ?| - | at | )(\d{1,2}:\d\d)(?::\d\d)?"
    r"(?: ?[-–] ?\d{1,2}:\d\d)?(?: ([A-Z]{1,5})\b)?"
)
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_WHEN = re.compile(
    rf"(?:(?:[\dTZ:.,/+–—-]++|{_MONTH}|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|at|on|[ap]m|utc|gmt|[pmce][sd]t|ces?t)(?!\w)[ ,]*+)*",
    re.IGNORECASE,
)

_CLOSES = re.compile(
    rf"\W*(?:resolved\b|service is operating normally\b|(?:completed|post-?mortem|closed|mitigated){_ENDS})",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"[\[(]\W*(?:resolved|completed|post-?mortem|closed|mitigated)(?:[\d\s:./,-]|UTC|GMT|Z)*+[\])]", re.IGNORECASE
)
_MAINTAINS = re.compile(
    r"(?P<past>\b(?:after|following|since|caused by)\b.*)?"
    rf"(?:\bmaintenance\b|\bscheduled (?:change|downtime|event|outage|upgrade|work)|^\W*scheduled{_ENDS})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Updates:
    """The updates in an entry's content.

    ``words`` are what each begins with, newest first, in lower case; the first is empty where something else stands
    before it. ``times`` are all that are told, None for those that cannot be read. ``scheduled`` is whether it is
    called a scheduled event, and ``start`` when that begins.
    """

    words: tuple[str, ...] = ()
    times: tuple[datetime | None, ...] = ()
    scheduled: bool = False
    start: datetime | None = None

    @property
    def newest(self) -> str:
        return self.words[0] if self.words else ""


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


def closes(title: str) -> bool:
    """Whether a title begins with a word that says that it is over, or has one in brackets."""
    return bool(_CLOSES.match(title) or _CLOSED.search(title))


def maintains(title: str) -> bool:
    """Whether a title is that of a maintenance: an outage that followed one is none."""
    found = _MAINTAINS.search(title)
    return bool(found and not found["past"])


def updates(content: str, near: datetime | None) -> Updates:
    """The updates in this content; ``near`` is a time of the entry, for those that are told without a year."""
    markup = " ".join(content[:_LONGEST].split())
    marks = list(_MARK.finditer(markup))
    lead = plain(markup[: marks[0].start()] if marks else markup)
    event = _EVENT.search(lead)
    start = _shown(lead[event.end() :], near) if event else None
    lead = _WHEN.sub("", lead, count=1)
    words = [mark["status"] or mark["word"] for mark in marks]
    if marks and lead and not event:
        words.insert(0, "")
    elif not marks and (found := _PLAIN.match(lead)):
        words.append(found["word"])
    return Updates(tuple(map(_word, words)), tuple(_times(markup, near)), event is not None, start)


def dated(value: object) -> datetime | None:
    """A time that is written out, with its hours; a bare number is none, or a wrong one would be an ancient date."""
    return moment(value) or _sent(value) if isinstance(value, str) and ":" in value else None


def _word(text: str) -> str:
    return " ".join(plain(text).casefold().replace("-", " ").replace("_", " ").split())


def _times(markup: str, near: datetime | None) -> Iterator[datetime | None]:
    for stamp in _STAMP.finditer(markup):
        given = _GIVEN.search(stamp["given"])
        shown = given[1] if given else plain(stamp["shown"])
        yield dated(shown) or _shown(shown, near)


def _shown(text: str, near: datetime | None) -> datetime | None:
    """``Aug 4, 14:07 UTC``: of the year that brings it nearest to a time of the same entry."""
    found = _SHOWN.search(text)
    if not found or not near:
        return None
    month, day, year, clock, zone = found.groups()
    years = [int(year)] if year else [near.year - 1, near.year, near.year + 1]
    times = (_sent(f"{day} {month} {each} {clock}:00 {zone or 'UTC'}") for each in years)
    return min(filter(None, times), key=lambda each: abs(each - near), default=None)


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
