"""Any RSS or Atom feed: what an entry says of itself, and what is open of it. A feed tells no severity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.failures import Unreadable
from monitor.statuspages.documents import feed_of
from monitor.statuspages.markup import (
    BROKEN,
    OVER,
    PLANNED,
    UNDER_WAY,
    Updates,
    closes,
    dated,
    link,
    maintains,
    plain,
    updates,
)
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import moment, newest

_TITLE = 500
"""Characters of a title that are looked into."""

_KINDS = {*OVER, *BROKEN, *UNDER_WAY, *PLANNED, "incident", "incidents", "outage", "outages", "status", "uncategorized"}
"""Categories that say what an entry is, and not whom it concerns."""

_NOTHING_SAID = "an entry without a title"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed, in plain text.

    ``published`` is when it began, ``touched`` when the feed says that somebody touched it last; None where unknown.
    """

    title: str
    content: str
    updates: Updates
    categories: tuple[str, ...]
    published: datetime | None
    touched: datetime | None
    until: datetime | None
    link: str
    identifier: str

    @property
    def since(self) -> datetime | None:
        """When it began, or begins; of what is only scheduled, not when that was said."""
        if self.updates.newest in PLANNED:
            return self.updates.start
        return self.updates.start or self.published or min(filter(None, self.updates.times), default=None)

    @property
    def text(self) -> str:
        return f"{self.title} {self.content}".strip()

    @property
    def shown(self) -> str:
        """A title that is never empty."""
        return self.title or self.content[:_TITLE] or _NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, and its entries."""

    title: str
    entries: tuple[FeedEntry, ...]


def read(answer: Answer) -> Page:
    """What a feed does not call over; no entry at all is a healthy feed, and whose it is, its name says."""
    feed = feed_in(answer)
    return Page(feed.title, None, tuple(_notices(feed.entries)))


def feed_in(answer: Answer) -> Feed:
    """The feed in this answer; Unreadable where it has no title, since nobody could tell whose it is."""
    document = feed_of(answer)
    title = plain(str(document.feed.get("title") or ""))
    if not title:
        raise Unreadable("a feed without a title, which could be anybody's")
    only_published = "atom" not in document.version and not any("updated" in each for each in document.entries)
    return Feed(title, tuple(_entry(each, only_published=only_published) for each in document.entries))


def _notices(entries: tuple[FeedEntry, ...]) -> Iterator[Notice]:
    for entry in entries:
        if closes(entry.title) or entry.updates.newest in OVER:
            continue
        severity = Severity.MAINTENANCE if planned(entry) or _called_planned(entry) else Severity.DEGRADED
        parts = tuple(Component(name, severity) for name in entry.categories if name.casefold() not in _KINDS)
        yield Notice(
            title=entry.shown,
            severity=severity,
            components=parts,
            text="" if parts else entry.text,
            since=entry.since,
            touched=entry.touched,
            until=entry.until,
            link=entry.link,
        )


def planned(entry: FeedEntry) -> bool:
    """Whether its updates are those of a maintenance, of which nothing is said that is said of incidents."""
    words = entry.updates.words
    return not _broken(entry) and (entry.updates.scheduled or any(word in PLANNED for word in words))


def _called_planned(entry: FeedEntry) -> bool:
    return maintains(entry.title) and not _broken(entry)


def _broken(entry: FeedEntry) -> bool:
    return any(word in BROKEN for word in entry.updates.words)


def _entry(raw: Any, *, only_published: bool) -> FeedEntry:
    content = next(filter(None, (str(part.get("value") or "") for part in raw.get("content") or ())), "")
    content = content or str(raw.get("summary") or "")
    published = _time(raw, "published")
    found = updates(content, published or _time(raw, "updated"))
    tags = (plain(str(tag.get("term") or ""))[:_TITLE] for tag in raw.get("tags") or ())
    return FeedEntry(
        title=plain(str(raw.get("title") or "")[:_TITLE]),
        content=plain(content),
        updates=found,
        categories=tuple(dict.fromkeys(filter(None, tags))),
        published=published,
        touched=_touched(raw, content, found, only_published=only_published),
        until=dated(raw.get("maintenanceenddate")),
        link=link(raw.get("link")),
        identifier=str(raw.get("id") or ""),
    )


def _touched(raw: Any, content: str, found: Updates, *, only_published: bool) -> datetime | None:
    """When the feed says that the entry was touched last.

    A publication's date says so in a feed that gives no other, as RSS does and Atom does not; and not beside updates
    whose times cannot be read, or beside nothing at all: of such an entry something is missing.
    """
    updated = _time(raw, "updated")
    told = len(found.times) >= len(found.words) and all(found.times)
    if updated or (told and found.times):
        return newest(updated, *found.times, _time(raw, "published") if only_published else None)
    alone = content and not found.words and not found.times
    return _time(raw, "published") if only_published and alone else None


def _time(raw: Any, name: str) -> datetime | None:
    """A date; feedparser would give the publication's for an update's, and take a bare number for a year."""
    written = raw.get(name) if name in raw else None
    return moment(raw.get(f"{name}_parsed")) if isinstance(written, str) and ":" in written else None
