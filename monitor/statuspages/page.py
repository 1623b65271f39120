"""What a status page says, in one set of words for all of them: its components, and its notices of what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

DAY = timedelta(days=1)
QUIET = timedelta(days=90)
"""How long a page may have nothing new to say, where that is all that shows that somebody keeps it."""


class Severity(IntEnum):
    """How bad it is. The greatest speaks for many.

    UNKNOWN stands above what is harmless and below what is ill: where something could not be understood, nothing may
    be called well, and what is known to be ill stays so.
    """

    OK = 0
    MAINTENANCE = 1
    INFO = 2
    UNKNOWN = 3
    DEGRADED = 4
    PARTIAL = 5
    MAJOR = 6


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a service, and how it is. ``region`` and ``group`` are empty where the page has none.

    ``also`` are other names that a filter may know it by: an identifier in an address, say.
    """

    name: str
    severity: Severity
    region: str = ""
    group: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page calls an incident, an outage, an event or a maintenance, and does not call over.

    ``severity`` is the incident's own; ``components`` are the parts that it concerns, each with the severity that it
    has there (empty: the page does not say which, so it concerns all). ``text`` is what else says whom it concerns,
    where a page names no parts (else empty); ``said`` is its title and its updates in plain text, which are a hint and
    no more where it does not say whom it concerns. ``since`` is when it began; ``touched`` the newest time at which the
    page says that somebody touched it, and None where it does not say so; ``until`` is when it ends, as far as is told.
    A maintenance whose ``since`` lies ahead is a future one, and so is anything that lies a day ahead. ``link`` is
    where to read on, or empty. All times are aware.
    """

    title: str
    severity: Severity
    components: tuple[Component, ...] = ()
    text: str = ""
    since: datetime | None = None
    touched: datetime | None = None
    until: datetime | None = None
    link: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Alive:
    """How a page shows that somebody still keeps it: what it says was so ``at`` that time.

    It is believed for as long as ``within`` says, where the page is built again and again; else (None) for as long as
    an incident that nobody touches is. ``quiet``: the time is that of the last change, and no change for a season is
    no wonder.
    """

    at: datetime
    within: timedelta | None = None
    quiet: bool = False

    def bound(self, stale: timedelta) -> timedelta:
        """How old it may be."""
        return max(stale, QUIET) if self.quiet else self.within or stale


@dataclass(frozen=True, slots=True)
class Page:
    """A status page as it was read.

    ``components`` is None where the format lists none, so that a filter can choose among incidents only. ``banner`` is
    the word for the whole that stands at the top, where there is one and nothing else on the page explains it.
    ``name`` is what the page calls itself. ``alive`` is None where the page itself shows nothing of it.
    """

    name: str = ""
    components: tuple[Component, ...] | None = None
    notices: tuple[Notice, ...] = ()
    banner: Severity | None = None
    alive: Alive | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: the body as it came, decompressed, its Content-Type, and its status."""

    body: bytes
    content_type: str = ""
    status: int = 200
