"""AWS: the events of its health dashboard, or the feed of their last fifty updates."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import closes
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.feed import FeedEntry, feed_in
from monitor.statuspages.page import DAY, Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import moment
from monitor.statuspages.vocabulary import Word, last_touched, titled, word

_LEVELS = {"0": Severity.OK, "1": Severity.INFO, "2": Severity.DEGRADED, "3": Severity.MAJOR}
_PREFIXES = {
    "service is operating normally": Severity.OK,
    "informational message": Severity.INFO,
    "performance issues": Severity.DEGRADED,
    "service degradation": Severity.DEGRADED,
    "service impact": Severity.DEGRADED,
    "service disruption": Severity.MAJOR,
}
_RESOLVED = "[resolved]"
_FEED = "amazon web services service status"
_PLACED = re.compile(r"(?P<service>.+)-(?P<region>[a-z]{2}(?:-[a-z]+)+-\d+)")
_GUID = re.compile(r"[^#]*#(?P<key>[^#]+)_\d+")
_NAMELESS = "an event without a summary"


class _Update(Shaped):
    timestamp: Word = None


class _Impacted(Shaped):
    current: Word = None


class _Event(Shaped):
    service: str = Field(min_length=1)
    impacted_services: dict[str, _Impacted]
    status: Word = None
    summary: object = None
    date: Word = None
    end_time: Word = None
    event_log: list[_Update] | None = None
    impacted_service_status_changes: list[_Update] | None = None


def read(answer: Answer) -> Page:
    """What is open, of either address: the JSON or the RSS. No event at all is a healthy AWS."""
    if answer.body.removeprefix(BOM_UTF8).lstrip().startswith((b"<?xml", b"<rss")):
        return read_feed(answer)
    events: list[_Event] = json_of(answer, list[_Event])
    return Page(notices=tuple(_notice(each) for each in events if _level(each.status) is not Severity.OK))


def read_feed(answer: Answer) -> Page:
    """What is open in the feed: the newest update of each service in each region speaks."""
    feed = feed_in(answer)
    if feed.title.casefold() != _FEED:
        raise Unreadable(f'a feed, but of "{feed.title[:80]}" where "Amazon Web Services Service Status" was expected')
    updates: dict[object, list[FeedEntry]] = {}
    for entry in feed.entries:
        updates.setdefault(_key(entry) or id(entry), []).append(entry)
    alive = Alive(feed.built, DAY) if feed.built else feed.alive
    return Page(feed.title, None, tuple(filter(None, map(_told_by, updates.values()))), alive=alive)


def _notice(event: _Event) -> Notice:
    levels = {event.service: _level(event.status)}
    for key, each in event.impacted_services.items():
        levels[key] = max(_level(each.current), levels.get(key, Severity.OK))
    changes = [_stamped(each.timestamp) for each in event.impacted_service_status_changes or ()]
    touched = last_touched([[_stamped(each.timestamp)] for each in event.event_log or ()])
    return Notice(
        title=titled(event.summary, _NAMELESS),
        severity=_level(event.status),
        components=tuple(_component(key, level) for key, level in levels.items() if level is not Severity.OK),
        since=_stamped(event.date),
        touched=max([touched, *filter(None, changes)]) if touched else None,
        until=_stamped(event.end_time),
    )


def _level(status: Word) -> Severity:
    return _LEVELS.get(word(status), Severity.UNKNOWN)


def _stamped(told: Word) -> datetime | None:
    """Seconds or milliseconds of the epoch; what is near its beginning is a number of another kind."""
    when = moment(told)
    return when if when and when.year >= 2000 else None


def _component(key: str, severity: Severity) -> Component:
    """``lambda-us-east-1`` is a service in a region; ``route53`` is in all of them."""
    placed = _PLACED.fullmatch(key.strip().casefold())
    return Component(placed["service"], severity, placed["region"]) if placed else Component(titled(key), severity)


def _key(entry: FeedEntry) -> str:
    """The service and region that an update is of, told by its guid only."""
    found = _GUID.fullmatch(entry.identifier)
    return found["key"] if found else ""


def _told_by(updates: list[FeedEntry]) -> Notice | None:
    newest = list(_newest_first(updates))
    severity = _severity(newest[0])
    if severity is Severity.OK:
        return None
    of_this = list(takewhile(lambda each: _severity(each) is not Severity.OK, newest))
    key = _key(newest[0])
    return Notice(
        title=titled(newest[0].title, _NAMELESS),
        severity=severity,
        components=(_component(key, severity),) if key else (),
        since=min(filter(None, (each.published for each in of_this)), default=None),
        touched=last_touched([each.published] for each in of_this),
    )


def _newest_first(updates: list[FeedEntry]) -> Iterator[FeedEntry]:
    """By time; where one has none, nobody can tell which is the newest, and the worst speaks."""
    timed = all(each.published for each in updates)
    yield from sorted(
        updates,
        key=lambda each: (each.published.timestamp() if timed and each.published else 0.0, _severity(each)),
        reverse=True,
    )


def _severity(entry: FeedEntry) -> Severity:
    prefix, _, told = entry.title.partition(":")
    over = told.strip().casefold().startswith(_RESOLVED) or closes(told)
    return Severity.OK if over else _PREFIXES.get(prefix.strip().casefold(), Severity.UNKNOWN)
