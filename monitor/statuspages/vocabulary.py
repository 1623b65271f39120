"""What the readers of JSON share: a word to be looked up, a title, and when somebody touched an event last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.statuspages.markup import dated, plain

Word = str | int | float | bool | None
"""A value of an enumeration, whatever type the page gives it."""


def word(told: Word) -> str:
    """This value as a word to be looked up."""
    return "" if told is None else str(told).strip().casefold()


def titled(told: object, otherwise: str = "without a name") -> str:
    """This text on one line and without HTML, or a plain phrase."""
    return (plain(told) if isinstance(told, str) else "") or otherwise


def said(*texts: object) -> str:
    """Title and updates as plain text, in which the words of a filter are looked for; never empty."""
    return " ".join(filter(None, (plain(text) for text in texts if isinstance(text, str)))) or "nothing"


def last_touched(updates: Iterable[Iterable[object]], *own: object) -> datetime | None:
    """The newest of the times of these updates, and of the event's own update.

    None where there is no update, or one of them has no time that can be read: it could be the newest.
    """
    times = [max(filter(None, map(_time, each)), default=None) for each in (*updates, *([each] for each in own))]
    known = [each for each in times if each]
    return max(known) if len(known) == len(times) > len(own) else None


def _time(told: object) -> datetime | None:
    return told if isinstance(told, datetime) else dated(told)
