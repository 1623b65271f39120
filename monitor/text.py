"""How anything is put in words: text from outside made harmless, numbers, durations, times, names."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import accumulate, takewhile

# What XML forbids, what speaks to a terminal, what turns text around, and halves of characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
LINE_BOUND = 1_000
TEXT_BOUND = 10_000
"""Characters of one line, and of one text: a page that somebody's proxy answered is no reason to write a megabyte."""

NAMED = 3
"""How many of anything a title names."""

_NAME_BOUND = 100
"""Characters of a name among others."""

_DAY = 86_400.0
_UNITS = (("d", _DAY), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))
_PRECISE = 10 * _DAY
"""Seconds from which on whole days are enough; two minutes are enough for whole minutes."""


def legible(text: str) -> str:
    """This text with its lines, for a report: whatever no report may hold is shown as a replacement character.

    Nothing else is changed: a reader sees that something stood there.
    """
    return _HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def printable(text: str) -> str:
    """This text in one line, for a sentence of ours: whatever cannot be printed is a space, and spaces are one.

    Nothing shows that something stood there. It is for words of a header or a page, before they become a reason.
    """
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def one_line(text: str, bound: int = LINE_BOUND) -> str:
    """This text legible, in one line, cut after ``bound`` characters."""
    return bounded(legible(" ".join(text.split())), bound)


def bounded(text: str, bound: int) -> str:
    """This text, cut after ``bound`` characters, saying so."""
    return text if len(text) <= bound else f"{text[:bound]} … ({len(text) - bound:,} more characters)"


def columns(text: str) -> int:
    """How many columns of a terminal this text takes: letters of East Asia and emoji two, what is put upon others none.

    What Unicode leaves to the font (``…``, ``→``) is one, as terminals have it outside East Asia.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def fitting(text: str, width: int) -> int:
    """How many letters of this text, from its first on, fit into so many columns."""
    reached = accumulate(map(_columns, text))
    return sum(1 for _ in takewhile(lambda taken: taken <= width, reached))


def wrapped(text: str, width: int) -> list[str]:
    """This text in lines of at most so many columns; one word that is too long for a line fills several.

    ``width`` is 2 at least, so that any letter fits.
    """
    lines, line = list[str](), ""
    for word in text.split():
        left, joined = word, f"{line} {word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        if columns(word) > width and line and (room := fitting(word, width - columns(line) - 1)):
            line, left = f"{line} {word[:room]}", word[room:]
        lines += [line] if line else []
        while columns(left) > width:
            room = fitting(left, width)
            lines, left = [*lines, left[:room]], left[room:]
        line = left
    return [*lines, line] if line else lines


def some(names: Iterable[str], most: int = NAMED) -> str:
    """``prod, staging, eu and 4 more``: these names, each in a line; one that is empty is the suite's own."""
    lines = [one_line(name, _NAME_BOUND) or "the suite" for name in names]
    left = len(lines) - most
    return ", ".join(lines[:most]) + (f" and {left:,} more" if left > 0 else "")


def enumerated(names: Iterable[str], most: int = NAMED) -> str:
    """``prod and eu``, ``prod, staging and eu``, ``prod, staging, eu and 4 more``: as in a sentence, each once."""
    known = list(dict.fromkeys(names))
    *head, last = [*known[:most], f"{len(known) - most:,} more"] if len(known) > most else known or [""]
    return f"{', '.join(head)} and {last}" if head else last


def count(number: int, noun: str) -> str:
    """``1 probe``, ``2,000 probes``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def percent(share: float, digits: int = 0) -> str:
    """``99.97 %``, rounded down: what is not all of it never reads as 100 %.

    What is not whole has at least so many ``digits`` after its point, and two at most: ``99.5 %``, or ``99.50 %``; from
    99.9 % on three, so that 99.999 % can be told from 99.99 %.
    """
    return _percent(int(share * 100_000 + 1e-7), digits)


def percent_up(share: float, digits: int = 0) -> str:
    """The same rounded up, for what something is at most."""
    thousandths = math.ceil(share * 100_000 - 1e-7)
    return _percent(thousandths if thousandths >= _FINE else -(-thousandths // 10) * 10, digits)


_FINE = 99_900
"""Thousandths of a percent from which on they are told."""


def _percent(thousandths: int, digits: int) -> str:
    whole, rest = divmod(thousandths, 1_000)
    after = f"{rest:03}" if thousandths >= _FINE else f"{rest // 10:02}"
    after = after.rstrip("0").ljust(digits, "0") if int(after) else ""
    return f"{whole}.{after} %" if after else f"{whole} %"


def seconds(value: float | None) -> str:
    """How long an answer took: ``0.21 s``, ``0.004 s``; a dash where nothing was measured."""
    if value is None:
        return "–"
    return f"{value:.2f} s" if value >= 0.1 else f"{value:.3f} s"


def duration(length: float) -> str:
    """How long something went on: ``3 d 4 h``, ``2 h 10 min``, ``45 s``.

    Two units at most, no seconds beside minutes from two minutes on, and nothing beside days from ten days on.
    """
    return _duration(length, round, of_days=60.0)


def at_least(length: float) -> str:
    """The same rounded down, for what something lasted at least."""
    return _duration(length, lambda units: math.floor(units + 1e-9))


def at_most(length: float) -> str:
    """The same rounded up, for what something lasted at most, or what is needed."""
    return _duration(length, lambda units: math.ceil(units - 1e-9))


def _duration(length: float, rounded: Callable[[float], int], of_days: float = 3_600.0) -> str:
    """``of_days``: to which unit what is longer than a day is rounded; what is left beside two units is not told."""
    unit = _DAY if length >= _PRECISE else of_days if length >= _DAY else 60.0 if length >= 120 else 1.0
    left, parts = rounded(max(0.0, length) / unit) * unit, list[str]()
    for name, size in _UNITS:
        number = int(left // size)
        left -= number * size
        if number or parts:
            parts.append(f"{number:,} {name}" if number else "")
    return " ".join(filter(None, parts[:2])) or "0 s"


def day(at: float) -> str:
    """``2026-11-23``; this time and all that follow are given in seconds of the epoch, and told in UTC."""
    return f"{_utc(at):%Y-%m-%d}"


def minute(at: float) -> str:
    """A time for people: ``2026-11-23 03:12 UTC``."""
    return f"{_utc(at):%Y-%m-%d %H:%M} UTC"


def second(at: float) -> str:
    """A time for people who wait for it: ``2026-11-23 03:12:05 UTC``."""
    return f"{_utc(at):%Y-%m-%d %H:%M:%S} UTC"


def brief(at: float) -> str:
    """A time where there is hardly room for one: ``23 Nov 03:12 UTC``."""
    return f"{_utc(at):%d %b %H:%M} UTC"


def moment(at: float) -> str:
    """A time to the millisecond, as Auth0's logs have it: ``2026-11-22T21:00:01.250Z``."""
    return iso(_utc(at), "milliseconds")


def stamp(at: float) -> str:
    """A time for programs: ``2026-11-23T03:12:00Z``."""
    return iso(_utc(at), "seconds")


def iso(time: datetime, unit: str = "auto") -> str:
    """An aware time for programs, to this unit, or as precise as it is: ``2026-11-23T03:12:00.5Z``."""
    return time.astimezone(UTC).isoformat(timespec=unit).replace("+00:00", "Z")


def for_name(at: float) -> str:
    """A time as part of a file's name, which sorts: ``20261123T031200Z``."""
    return f"{_utc(at):%Y%m%dT%H%M%SZ}"


def _utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def place(error: BaseException) -> str:
    """File and line where this was raised; nothing of its message, which may hold what must not be written."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else "an unknown place"
