"""What a status page says, in one set of words for all of them: its components, and its notices of what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


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
    """A part of a service, and how it is. ``region`` and ``group`` are empty where the page has none."""

    name: str
    severity: Severity
    region: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page calls an incident, an outage, an event or a maintenance, and does not call over.

    ``severity`` is its own; ``components`` are the parts that it concerns, each with the severity that it has there
    (empty: the page does not say which, so it concerns all). ``text`` is what else says whom it concerns, where a page
    names no parts (else empty). ``since`` is when what it tells of began; ``touched`` the newest time at which the page
    says that somebody touched it, and None where it does not say so; ``until`` is when that ends, as far as is told. A
    maintenance whose ``since`` lies ahead is a future one. ``link`` is where to read on, or empty. All times are aware.
    """

    title: str
    severity: Severity
    components: tuple[Component, ...] = ()
    text: str = ""
    since: datetime | None = None
    touched: datetime | None = None
    until: datetime | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A status page as it was read.

    ``components`` is None where the format lists none, so that a filter can choose among ``notices`` only. ``banner``
    is the word for the whole that stands at the top, where there is one and no notice beside it says why. ``name`` is
    what the page calls itself.
    """

    name: str = ""
    components: tuple[Component, ...] | None = None
    notices: tuple[Notice, ...] = ()
    banner: Severity | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page's address answered with status 200: the body as it came, decompressed, and its Content-Type."""

    body: bytes
    content_type: str = ""
