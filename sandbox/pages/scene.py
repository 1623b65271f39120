"""The scene that a page tells of: what is the matter with a service, in no format yet.

All times are told from the moment when the sandbox started, so that a page stays the same between two requests.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

PACIFIC = timezone(timedelta(hours=-7), "PDT")
"""The local time of those who tell no other."""

BEGUN = ("investigating", -0.5, "We see that {what} fails, and look into it.")
CLOSED = ("resolved", -24.0, "{what} works again. Thank you for your patience.")
PLANNED = ("scheduled", -72.0, "We are going to replace machines of {what}.")


@dataclass(frozen=True, slots=True)
class Story:
    """Times are hours from now; the updates come newest first."""

    title: str
    begins: float
    ends: float | None
    updates: tuple[tuple[str, float, str], ...]


STORIES = {
    "incident": Story(
        "Most requests to {what} fail",
        -0.5,
        None,
        (("investigating", -0.1, "Most requests to {what} still fail. We have no reason yet."), BEGUN),
    ),
    "minor": Story(
        "{what} is slower than usual",
        -0.5,
        None,
        (("identified", -0.2, "A slow disk keeps {what} waiting. We replace it."), BEGUN),
    ),
    "elsewhere": Story(
        "Trouble with {what}",
        -0.7,
        None,
        (("investigating", -0.3, "{what} is out of order for most customers."), BEGUN),
    ),
    "maintenance": Story(
        "Maintenance of {what}",
        -0.6,
        1.4,
        (("in_progress", -0.6, "The maintenance of {what} has begun."), PLANNED),
    ),
    "future": Story("Planned work on {what}", 48.0, 50.0, (PLANNED,)),
    "resolved": Story(
        "Requests to {what} failed",
        -26.0,
        -24.0,
        (
            CLOSED,
            ("monitoring", -24.5, "{what} recovers. We go on watching."),
            ("investigating", -26.0, "Some requests to {what} fail."),
        ),
    ),
}
"""Each shape's story, the one that was told of last first."""


@dataclass(frozen=True, slots=True)
class Update:
    """``status`` is a word of Statuspage's; most formats have the same words, if they have any."""

    status: str
    text: str
    at: datetime

    @property
    def heading(self) -> str:
        return self.status.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Event:
    """An incident that is open has no end; a maintenance has the planned one. The newest update comes first."""

    id: str
    shape: str
    what: str
    title: str
    begins: datetime
    ends: datetime | None
    updates: tuple[Update, ...]

    @property
    def status(self) -> str:
        return self.updates[0].status

    @property
    def text(self) -> str:
        return self.updates[0].text

    @property
    def told(self) -> datetime:
        """When the page told of it first."""
        return self.updates[-1].at

    @property
    def touched(self) -> datetime:
        return self.updates[0].at

    @property
    def planned(self) -> bool:
        return self.shape in ("maintenance", "future")

    @property
    def over(self) -> datetime | None:
        """When it was over, if it is."""
        return self.ends if self.shape == "resolved" else None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the matter with one service."""

    service: str
    now: datetime
    shapes: frozenset[str] = frozenset()

    def events(self, matters: str, elsewhere: str = "") -> list[Event]:
        """What there is to tell of these two, newest first; nothing of one that is empty."""
        whose = {shape: elsewhere if shape == "elsewhere" else matters for shape in STORIES if shape in self.shapes}
        return [self.event(shape, what) for shape, what in whose.items() if what]

    def event(self, shape: str, what: str, days: float = 0.0) -> Event:
        """What this shape means for this thing, so many days ago."""
        story = STORIES[shape]
        return Event(
            id=self.identity(shape, what, days),
            shape=shape,
            what=what,
            title=story.title.format(what=what),
            begins=self._at(story.begins, days),
            ends=None if story.ends is None else self._at(story.ends, days),
            updates=tuple(
                Update(status, text.format(what=what), self._at(hours, days)) for status, hours, text in story.updates
            ),
        )

    def past(self, what: str, days: float) -> Event:
        """One that was over long ago."""
        return self.event("resolved", what, days)

    def identity(self, *words: object) -> str:
        """An identifier that stays the same from one request, and from one sandbox, to the next."""
        return hashlib.sha256(" ".join(map(str, (self.service, *words))).encode()).hexdigest()[:12]

    def _at(self, hours: float, days: float) -> datetime:
        return self.now + timedelta(hours=hours, days=-days)


def iso(at: datetime) -> str:
    """As JSON has it mostly: ``2026-07-24T19:43:40.000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rfc822(at: datetime) -> str:
    """As feeds and headers have it: ``Fri, 24 Jul 2026 19:43:40 GMT``."""
    return format_datetime(at.astimezone(UTC), usegmt=True)
