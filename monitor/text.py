"""How anything is put in words: text from outside made harmless, times, durations, counts, names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

# What XML forbids, what speaks to a terminal, what turns text around, and halves of characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
LINE_BOUND = 1_000
TEXT_BOUND = 10_000
"""Characters of one line, and of one text: a page that somebody's proxy answered is no reason to write a megabyte."""

NAMED = 3
"""How many of anything a title names."""

_DAY = 86_400.0
_UNITS = (("d", _DAY), ("h", 3_600.0), ("min", 60.0), ("s", 1.0))
_PRECISE = 10 * _DAY
"""Seconds from which on whole days are enough; two minutes are enough for whole minutes."""


def legible(text: str) -> str:
    """This text, of any number of lines, with a replacement character for each that no report may hold."""
    return _HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, bound: int = LINE_BOUND) -> str:
    """This text legible, in one line, cut after ``bound`` characters."""
    return bounded(legible(" ".join(text.split())), bound)


def bounded(text: str, bound: int) -> str:
    """This text, cut after ``bound`` characters, saying so."""
    return text if len(text) <= bound else f"{text[:bound]} … ({len(text) - bound:,} more characters)"


def seconds(value: float | None) -> str:
    """A duration for reading: ``0.21 s``, ``0.004 s``; a dash where nothing was measured."""
    if value is None:
        return "–"
    return f"{value:.2f} s" if value >= 0.1 else f"{value:.3f} s"


def printable(text: str) -> str:
    """This text in one line, without what would speak to a terminal, or cannot be written to a file."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def moment(epoch: float) -> str:
    """A time of day in UTC, to the millisecond, as Auth0's logs have it: ``2026-11-22T21:00:01.250Z``."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def count(number: int, noun: str) -> str:
    """``1 probe``, ``2,000 probes``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def minute(epoch: float) -> str:
    """A time for people: ``2026-11-23 03:12 UTC``."""
    return f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M} UTC"


def some(names: Iterable[str], most: int = NAMED) -> str:
    """These names, and how many more there are."""
    known = [one_line(each, 100) or "the suite" for each in names]
    left = len(known) - most
    return ", ".join(known[:most]) + (f" and {left:,} more" if left > 0 else "")


def percent(share: float, digits: int = 0) -> str:
    """``99.97 %``, rounded down: what is not all of it never reads as 100 %.

    What is not whole has at least so many ``digits`` after its point, and two at most: ``99.5 %``, or ``99.50 %``.
    """
    whole, hundredths = divmod(int(share * 10_000 + 1e-9), 100)
    after = f"{hundredths:02}".rstrip("0").ljust(digits, "0") if hundredths else ""
    return f"{whole}.{after} %" if after else f"{whole} %"


def duration(length: float) -> str:
    """``3 d 4 h``, ``2 h 10 min``, ``45 s``: two units at most, and no seconds beside minutes."""
    unit = _DAY if length >= _PRECISE else 60.0 if length >= 120 else 1.0
    left, told = round(max(0.0, length) / unit) * unit, list[str]()
    for name, size in _UNITS:
        number = int(left // size)
        left -= number * size
        if number or told:
            told.append(f"{number:,} {name}" if number else "")
    return " ".join(filter(None, told[:2])) or "0 s"


def day(at: float) -> str:
    """``2026-11-23``."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def stamp(at: float) -> str:
    """``2026-11-23T03:12:00Z``, for programs."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def place(error: BaseException) -> str:
    """File and line where this was raised; nothing of its message, which may hold what must not be written."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else "an unknown place"
