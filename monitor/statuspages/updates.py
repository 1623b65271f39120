"""The updates in an entry of a feed: what each says of itself, when, and what stands in labelled lines before them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from monitor.statuspages.closing import OPEN, is_over, sentence_closes
from monitor.statuspages.markup import BROKEN, PLANNED, UNDER_WAY, dated, plain, shown

_LONGEST = 50_000
"""Characters of a content that are looked into: no entry of a status page is as long."""

# What stands for markup while a content is read line by line; where a page holds one of these, it is taken out first.
_STRONG, _WEAK, _STAMPED, _TIMED = "\ue000", "\ue001", "\ue002", "\ue003"
_OURS = re.compile(f"[{_STRONG}-{_TIMED}]")

_STAMP = re.compile(r"<(small|time)\b(?P<given>[^<>]*)>(?P<shown>.{0,300}?)</\1>", re.IGNORECASE)
_GIVEN = re.compile(r"datetime=[\"']([^\"'<>]{1,40})[\"']", re.IGNORECASE)
_EMPHASIS = re.compile(r"<(strong|b|h[1-6])\b[^<>]*> ?(?P<held>[^<> ][^<>]{0,79}?) ?</\1>", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:p|br|hr|div|li|[ou]l|h[1-6]|t[rdh]|d[tdl]|table|blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)

_DASH = r"[-–—:]"
_ENDS = r"(?:\s*[:\])|.]|\s+[-–—]|\s*$)"
_TOKEN = re.compile(
    f"{_STAMPED}(?P<stamp>[^{_TIMED}]*){_TIMED}|{_STRONG}(?P<word>[^{_WEAK}]*){_WEAK}(?P<after> ?{_DASH}| *$)?"
)
_CURRENT = re.compile(
    rf"[^\w{_STAMPED}]*(?:(?:current|incident|event|service) )?(?:status|state)[{_STRONG}{_WEAK} ]*[:=–—-]"
    rf"[{_STRONG}{_WEAK} ]*(?P<status>[^\n{_STRONG}{_WEAK}.,;|(]{{1,40}})",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\W*(?:(?:current|incident|event|service) )?(?:status|state)\W*", re.IGNORECASE)
_PLAIN = re.compile(rf"\W*(?P<word>[a-z][a-z _-]{{1,38}}?){_ENDS}", re.IGNORECASE)
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_WHEN = re.compile(
    rf"(?:(?:\d{{1,2}}-(?:{_MONTH})-\d{{4}}|[\dTZ:.,/+–—-]++|{_MONTH}|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|at|on|[ap]m|utc|gmt|[pmce][sd]t|ces?t)(?!\w)[ ,]*+)*",
    re.IGNORECASE,
)
_SCHEDULED_EVENT = re.compile(r"this is a scheduled event", re.IGNORECASE)

_NAMES = (
    *("type", "duration", "severity", "impact", "regions", "region", "resources", "status", "state"),
    *("affected components", "affected services", "affected systems", "components affected", "services affected"),
    *("outage start", "outage end", "incident start", "incident end", "maintenance start", "maintenance end"),
    *("start time", "end time", "started at", "ended at", "resolved at", "started", "ended", "start", "end"),
)
"""What labels the lines that stand before the updates."""

_LABEL = re.compile(rf"(?:^|(?<=\s))({'|'.join(_NAMES)})\s*:\s*", re.IGNORECASE)

AFFECTED = tuple(name for name in _NAMES if "affected" in name)
STARTS = ("outage start", "incident start", "maintenance start", "start time", "started at", "started", "start")
ENDS = ("outage end", "incident end", "maintenance end", "end time", "ended at", "resolved at", "ended", "end")


@dataclass(frozen=True, slots=True)
class Updates:
    """The updates in an entry's content.

    ``words`` are what each begins with, newest first, in lower case: by their times where each has one, else as they
    stand; empty for one that begins with none. ``times`` are all that are told, None for those that cannot be read.
    ``scheduled`` is whether it is called a scheduled event, and ``start`` when that begins. ``labels`` are the lines
    before the updates that say what they tell: ``Type: Maintenance``.
    """

    words: tuple[str, ...] = ()
    times: tuple[datetime | None, ...] = ()
    scheduled: bool = False
    start: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        return self.words[0] if self.words else ""


class _Update(NamedTuple):
    """An update: its word (empty: none), and whether a time stands beside it, which may be none that can be read."""

    word: str
    stamped: bool = False
    time: datetime | None = None


class _Token(NamedTuple):
    """A word that begins an update, or a time (then ``word`` is None); ``at`` is where, in the text."""

    at: int
    word: str | None
    time: datetime | None = None


def updates(content: str, near: datetime | None) -> Updates:
    """The updates in this content; ``near`` is a time of the entry, for those that are told without a year."""
    text = _lines(content)
    tokens = list(_tokens(text, near))
    lead = text[: tokens[0].at] if tokens else text
    event = _SCHEDULED_EVENT.search(lead)
    start = shown(_bare(lead[event.end() :]), near) if event else None
    found = _newest_first(_paired(tokens))
    if not tokens and not event:
        found = _said_plainly(_bare(lead))
    return Updates(
        words=tuple(each.word for each in found),
        times=tuple(each.time for each in tokens if each.word is None),
        scheduled=event is not None,
        start=start,
        labels=_labels(lead),
    )


def known(word: str) -> bool:
    """Whether this is what an update begins with, on some page."""
    return word in (*BROKEN, *UNDER_WAY, *PLANNED) or word in OPEN or is_over(word)


def _lines(content: str) -> str:
    """The content line by line, with our own marks for what is emphasised and for times."""
    markup = " ".join(_OURS.sub("", content[:_LONGEST]).split())
    if "<" not in markup and "&lt;" in markup:
        markup = _unescaped(markup)
    markup = _STAMP.sub(lambda each: f"{_STAMPED}{_when(each)}{_TIMED}", markup)
    markup = _EMPHASIS.sub(_emphasised, markup)
    text = _unescaped(_TAG.sub("", _BREAK.sub("\n", markup)))
    return "\n".join(line for each in text.split("\n") if (line := " ".join(each.split())))


def _when(stamp: re.Match[str]) -> str:
    given = _GIVEN.search(stamp["given"])
    return given[1] if given else plain(stamp["shown"])


def _emphasised(found: re.Match[str]) -> str:
    around = "\n" if found[1].lower().startswith("h") else ""
    return f"{around}{_STRONG}{found['held']}{_WEAK}{around}"


def _tokens(text: str, near: datetime | None) -> Iterator[_Token]:
    at, asked = 0, False
    for line in text.split("\n"):
        if asked:
            yield _Token(at, _word(line[:60]))
            asked = False
        elif current := _CURRENT.match(line):
            yield _Token(at, _word(current["status"]))
            yield from _on(line, current.end(), at, near)
        elif _ASKS.fullmatch(_bare(line)):
            asked = True
        else:
            yield from _on(line, 0, at, near)
        at += len(line) + 1


def _on(line: str, start: int, at: int, near: datetime | None) -> Iterator[_Token]:
    """What stands on one line: times, and what is emphasised before a dash, or alone if it is a known word."""
    found = list(_TOKEN.finditer(line, start))
    for each in found:
        if each["word"] is None:
            yield _Token(at + each.start(), None, dated(each["stamp"]) or shown(each["stamp"], near))
        elif (word := _word(each["word"])) in _NAMES and not known(word):
            continue
        elif (each["after"] or "").strip() or (each["after"] is not None and known(word) and _begins(line, each)):
            yield _Token(at + each.start(), word)
    if not found and not start and (when := _WHEN.match(line)) and when.end() > 6:
        told = _PLAIN.match(line, when.end())
        if told and known(word := _word(told["word"])):
            stamp = when[0].strip(" ,-–—")
            time = dated(stamp) or dated(stamp.removesuffix("UTC").strip()) or shown(stamp, near)
            yield _Token(at, None, time)
            yield _Token(at + when.end(), word)


def _begins(line: str, token: re.Match[str]) -> bool:
    """Whether nothing but a time stands on the line before this."""
    return not re.search(r"\w", _bare(line[: token.start()]))


def _paired(tokens: list[_Token]) -> list[_Update]:
    """Each update with its time, which stands before all of them, or after.

    A time before which no word stands begins an update without one: it may be the newest.
    """
    words = [each for each in tokens if each.word is not None]
    if tokens and tokens[0].word is not None and len(tokens) == 2 * len(words):
        alternating = all((each.word is None) == bool(place % 2) for place, each in enumerate(tokens))
        if alternating:
            return [_Update(word.word or "", time=time.time) for word, time in zip(*[iter(tokens)] * 2, strict=True)]
    found: list[_Update] = []
    for each in tokens:
        if each.word is None:
            found.append(_Update("", stamped=True, time=each.time))
        elif found and found[-1].stamped and not found[-1].word:
            found[-1] = found[-1]._replace(word=each.word)
        elif not found or not found[-1].stamped or known(each.word):
            found.append(_Update(each.word))
    return found


def _newest_first(found: list[_Update]) -> list[_Update]:
    """By their times, where each has one that can be read; those of the same minute as the others stand."""
    times = [each.time for each in found if each.time]
    if len(times) < len(found) or not found:
        return found
    oldest_first = times[0] < times[-1]
    standing = list(reversed(found)) if oldest_first else found
    return sorted(standing, key=lambda each: each.time.timestamp() if each.time else 0.0, reverse=True)


def _said_plainly(lead: str) -> list[_Update]:
    """The one update of a content without markup: a known word that it begins with, or a sentence that closes."""
    text = _WHEN.sub("", lead, count=1)
    told = _PLAIN.match(text)
    if told and known(word := _word(told["word"])):
        return [_Update(word)]
    return [_Update("resolved")] if sentence_closes(lead.strip(" .!")) else []


def _labels(lead: str) -> dict[str, str]:
    """What the labelled lines say, the first of each label."""
    found: dict[str, str] = {}
    for line in _bare(lead, keep_lines=True).split("\n"):
        parts = _LABEL.split(line)
        if len(parts) > 2 and not parts[0].strip():
            for name, value in zip(parts[1::2], parts[2::2], strict=True):
                found.setdefault(" ".join(name.casefold().split()), value.strip())
    return found


def _bare(text: str, *, keep_lines: bool = False) -> str:
    bare = re.sub(f"{_STAMPED}[^{_TIMED}]*{_TIMED}|[{_STRONG}{_WEAK}]", " ", text)
    return bare if keep_lines else " ".join(bare.split())


def _word(text: str) -> str:
    return " ".join(plain(text).casefold().replace("-", " ").replace("_", " ").split()).strip(" :.!✓✔✅")


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text
