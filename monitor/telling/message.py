"""What is told: an event of an incident, in lines that any channel can show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.status import Status

SILENCE = "silence"
"""Stands for an incident: that no run came any more."""


class Event(StrEnum):
    """What happened, that somebody must hear of."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"
    OVERDUE = "overdue"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of a message: a word that says what it is, and a text, which may be foreign; ``link`` leads to more."""

    word: str
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel tells of an incident, once.

    ``title`` is the incident's: the same from its opening to its end, and no other incident's. ``headline`` is what
    happened now, in one line. ``run`` is the id of the run that says so, and ``at`` its time. ``foreign`` texts are in
    ``lines`` alone, and in ``headline``; channels make them harmless in their own way. ``tenants``, ``targets`` and
    ``owner`` are about whom it is, and whose work.

    ``key`` is what a pager keeps the incident by: the same from its opening to its end, and never that of another one
    that is open. Where it is empty, ``incident`` stands for it.
    """

    event: Event
    incident: str
    title: str
    headline: str
    lines: tuple[MessageLine, ...]
    run: str
    at: float
    status: Status
    tenants: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    owner: str = ""
    key: str = ""

    @property
    def pager_key(self) -> str:
        return self.key or self.incident

    @property
    def by_word(self) -> dict[str, str]:
        """The lines by their words; what has the same word stands together."""
        words: dict[str, list[str]] = {}
        for line in self.lines:
            words.setdefault(line.word, []).append(line.text)
        return {word: "; ".join(texts) for word, texts in words.items()}

    @property
    def links(self) -> tuple[MessageLine, ...]:
        """The lines that lead somewhere, each address once."""
        return tuple({each.link: each for each in self.lines if each.link}.values())
