"""Any RSS or Atom feed: its items, joined into the events that they tell of, and what is open. It tells no severity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urlsplit

from monitor.failures import Unreadable
from monitor.statuspages.closing import closes, is_over
from monitor.statuspages.documents import feed_of
from monitor.statuspages.markup import BROKEN, PLANNED, dated, link, maintains, plain, shown
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import moment, newest
from monitor.statuspages.updates import AFFECTED, ENDS, STARTS, Updates, known, updates

_TITLE = 500
"""Characters of a title that are looked into."""

_AHEAD = timedelta(hours=1)
"""What begins so much later than it was last touched was announced."""

_MAINTENANCES = {"maintenance", "maintenances", "scheduled maintenance", "planned maintenance", "planned"}
_ANNOUNCEMENTS = {
    *("announcement", "announcements", "news", "notification", "release note", "release notes", "security bulletin"),
    *("security bulletins", "marketing", "blog", "feature", "deprecation", "retirement"),
}
"""What an item may call itself that is no incident."""

_KINDS = {"incident", "incidents", "outage", "outages", "status", "uncategorized", *_MAINTENANCES, *_ANNOUNCEMENTS}
"""Categories that say what an entry is, and not whom it concerns; so do words that begin an update."""

_OWN_WORDS = ("status", "state", "incident_status", "eventstatus", "event_status", "current_status")
"""Elements by which some feeds say how an entry stands."""

_ANNOUNCES = re.compile(r"\W*(?:announcement|release notes?|security bulletin|news)\b\W", re.IGNORECASE)
_LEAD = re.compile(r"\s*[\[(][^\[\]()]{1,60}[\])]\s*:?\s*|\s*[a-z][a-z ]{2,30}(?::|\s[-–—])\s+", re.IGNORECASE)

_STAMPED_FRAGMENT = re.compile(r"(?P<what>.+)[_-]\d{6,}")
_UPDATES = {"update", "updates", "item", "entry", "event", "comment", "incident", "id"}

_NOTHING_SAID = "an entry without a title"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed, in plain text.

    ``published`` is when it began, ``updated`` the feed's own date of its last change, ``touched`` when the feed says
    that somebody touched it last, by any of its dates; None where unknown.
    ``word`` is how it stands by an element or a category of its own, in lower case, and empty where none says so;
    ``categories`` name whom it concerns, ``kinds`` what it is.
    """

    title: str
    content: str
    updates: Updates
    categories: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    touched: datetime | None
    until: datetime | None
    link: str
    identifier: str
    kinds: tuple[str, ...] = ()
    word: str = ""

    @property
    def since(self) -> datetime | None:
        """When it began, or begins; of what is only scheduled, not when that was said."""
        told = self.updates.start or _labelled(self.updates, STARTS, self.published)
        if told or (self.updates.newest in PLANNED and not self.ahead):
            return told
        return self.published or min(filter(None, self.updates.times), default=None)

    @property
    def ahead(self) -> bool:
        """Whether it begins well after somebody touched it last."""
        return bool(self.published and self.updated and self.published - self.updated > _AHEAD)

    @property
    def over(self) -> bool:
        """Whether it is said to be over: by its title, by a word of its own, or by its newest update."""
        return closes(self.title) or is_over(self.word) or is_over(self.updates.newest)

    @property
    def announces(self) -> bool:
        """Whether it is news, and no incident."""
        return any(kind in _ANNOUNCEMENTS for kind in self.kinds) or bool(_ANNOUNCES.match(self.title))

    @property
    def last(self) -> datetime | None:
        """When this was said, as far as an entry tells: it is compared with others of the same event."""
        return self.touched if self.ahead else newest(self.touched, self.published)

    @property
    def subject(self) -> str:
        """The title without the word that stands before it, for comparison."""
        return _LEAD.sub("", self.title, count=1).casefold()

    @property
    def text(self) -> str:
        return f"{self.title} {self.content}".strip()

    @property
    def shown(self) -> str:
        """A title that is never empty."""
        return self.title or self.content[:_TITLE] or _NOTHING_SAID


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it calls itself, its entries, where it is, and when it says that it was built."""

    title: str
    entries: tuple[FeedEntry, ...]
    link: str = ""
    built: datetime | None = None

    @property
    def alive(self) -> Alive | None:
        """What shows that somebody keeps it.

        A date of its own that is later than that of every entry says when it was built, as an empty feed's does; else
        all of its dates are of changes, and in quiet times there is none.
        """
        said = newest(*(entry.last for entry in self.entries))
        if self.built and (said is None or self.built - said > _AHEAD):
            return Alive(self.built)
        latest = newest(self.built, said)
        return Alive(latest, quiet=True) if latest else None


def read(answer: Answer) -> Page:
    """What a feed does not call over; no entry at all is a healthy feed, and whose it is, its name says."""
    feed = feed_in(answer)
    return Page(feed.title, None, tuple(filter(None, map(_notice, events(feed)))), alive=feed.alive)


def feed_in(answer: Answer) -> Feed:
    """The feed in this answer; Unreadable where it has no title, since nobody could tell whose it is."""
    document = feed_of(answer)
    title = plain(str(document.feed.get("title") or ""))
    if not title:
        raise Unreadable("a feed without a title, which could be anybody's")
    only_published = "atom" not in document.version and not any("updated" in each for each in document.entries)
    entries = tuple(_entry(each, only_published=only_published) for each in document.entries)
    built = newest(_time(document.feed, "updated"), _time(document.feed, "published"))
    return Feed(title, entries, link(document.feed.get("link")), built)


def events(feed: Feed) -> list[list[FeedEntry]]:
    """The entries by event: those with one identifier, and those with one address that is an event's own.

    Of either, a fragment does not count: it names an update, and where all share one address, what the update is of.
    An address is an event's own where it ends in something with a digit in it; one that does not joins those that have
    one title, but for the word before it.
    """
    found: dict[object, list[FeedEntry]] = {}
    for entry in feed.entries:
        keys = list(_keys(entry, feed)) or [("alone", id(entry))]
        event = next((found[key] for key in keys if key in found), [])
        event.append(entry)
        for key in keys:
            other = found.get(key, event)
            if other is not event:  # two that this entry shows to be one
                event.extend(other)
                found.update(dict.fromkeys([each for each in found if found[each] is other], event))
            found[key] = event
    return list({id(event): event for event in found.values()}.values())


def newest_of(event: list[FeedEntry]) -> list[FeedEntry]:
    """The entry of an event that was told last; all of them where one has no time, or several have the same."""
    times = [entry.last for entry in event]
    last = max(filter(None, times), default=None)
    if last is None or None in times:
        return event
    return [entry for entry in event if entry.last == last]


def _keys(entry: FeedEntry, feed: Feed) -> Iterator[object]:
    if entry.identifier:
        yield "same", entry.identifier
    for address in dict.fromkeys((entry.link, link(entry.identifier))):
        plain_address, fragment = (part.rstrip("/") for part in urldefrag(address))
        if fragment.startswith(("/", "!")):  # a page that is drawn by a script has its paths there
            plain_address, fragment = f"{plain_address}/{fragment}", ""
        path = urlsplit(plain_address).path.strip("/")
        if not path or plain_address == urldefrag(feed.link)[0].rstrip("/"):
            of_what = _STAMPED_FRAGMENT.fullmatch(fragment)
            if of_what and of_what["what"].casefold() not in _UPDATES:
                yield "fragment", plain_address, of_what["what"]
        elif re.search(r"\d", path.rpartition("/")[2]):
            yield "address", plain_address
        elif entry.subject:
            yield "address and subject", plain_address, entry.subject


def _notice(event: list[FeedEntry]) -> Notice | None:
    """What is open of an event; None where the newest entry calls it over, or nothing of it is an incident."""
    open_ = [entry for entry in newest_of(event) if not entry.over and not entry.announces]
    if not open_:
        return None
    entry = min(open_, key=lambda each: planned(each) or each.ahead)
    severity = Severity.MAINTENANCE if _is_planned(entry) else Severity.DEGRADED
    parts = tuple(Component(name, severity) for name in dict.fromkeys(_concerned(event)))
    known_times = [each.touched for each in event if each.touched]
    return Notice(
        title=entry.shown,
        severity=severity,
        components=parts,
        text="" if parts else " ".join(dict.fromkeys(each.text for each in event)),
        since=entry.since if len(event) == 1 else min(filter(None, (each.since for each in event)), default=None),
        touched=max(known_times) if known_times and len(known_times) == len(event) else None,
        until=entry.until,
        link=entry.link,
    )


def planned(entry: FeedEntry) -> bool:
    """Whether its updates are those of a maintenance, of which nothing is said that is said of incidents."""
    words = entry.updates.words
    broken = any(word in BROKEN for word in words)
    return not broken and (entry.updates.scheduled or any(word in PLANNED for word in words))


def _is_planned(entry: FeedEntry) -> bool:
    broken = any(word in BROKEN for word in entry.updates.words)
    called = maintains(entry.title) and not broken
    return planned(entry) or called or entry.ahead or any(kind in _MAINTENANCES for kind in entry.kinds)


def _concerned(event: Iterable[FeedEntry]) -> Iterator[str]:
    for entry in event:
        yield from entry.categories
        affected = next((entry.updates.labels[name] for name in AFFECTED if name in entry.updates.labels), "")
        yield from filter(None, (part.strip()[:_TITLE] for part in affected.split(",")))


def _entry(raw: Any, *, only_published: bool) -> FeedEntry:
    content = next(filter(None, (str(part.get("value") or "") for part in raw.get("content") or ())), "")
    content = content or str(raw.get("summary") or "")
    published = _time(raw, "published")
    found = updates(content, published or _time(raw, "updated"))
    tags = [plain(str(tag.get("term") or ""))[:_TITLE] for tag in raw.get("tags") or ()]
    words = [_low(tag) for tag in tags]
    kinds = [word for word in words if word in _KINDS] + [_low(found.labels.get("type", ""))]
    own = [plain(str(raw[name])) for name in _OWN_WORDS if isinstance(raw.get(name), str)]
    ends = _labelled(found, ENDS, published)
    return FeedEntry(
        title=plain(str(raw.get("title") or "")[:_TITLE]),
        content=plain(content),
        updates=found,
        categories=tuple(
            dict.fromkeys(tag for tag in tags if tag and _low(tag) not in _KINDS and not known(_low(tag)))
        ),
        published=published,
        updated=_time(raw, "updated"),
        touched=_touched(raw, content, found, only_published=only_published),
        until=dated(raw.get("maintenanceenddate")) or ends,
        link=link(raw.get("link")),
        identifier=str(raw.get("id") or ""),
        kinds=tuple(dict.fromkeys(filter(None, kinds))),
        word=_standing([*own, *(word for word in words if known(word) and word not in _KINDS)]),
    )


def _standing(words: list[str]) -> str:
    """How an entry stands, by these words: over only where none of them says that it is not."""
    open_ = [word for word in words if not is_over(word)]
    return next(iter(open_ or words), "")


def _labelled(found: Updates, names: tuple[str, ...], near: datetime | None) -> datetime | None:
    times = (dated(told) or shown(told, near) for name in names if (told := found.labels.get(name)))
    return next(filter(None, times), None)


def _low(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


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
