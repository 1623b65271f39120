"""A product's feed at metastatus.com: its disruptions, each with a level in brackets before its title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.statuspages.feed import FeedEntry, feed_in
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity

_LEVELS = {
    "resolved": Severity.OK,
    "no known issues": Severity.OK,
    "low disruptions": Severity.DEGRADED,
    "some disruptions": Severity.DEGRADED,
    "medium disruptions": Severity.DEGRADED,
    "high disruptions": Severity.PARTIAL,
    "major disruptions": Severity.PARTIAL,
    "major outage": Severity.MAJOR,
}
_TITLE = re.compile(r"\s*\[(?P<level>[^\[\]]*)\]\s*:?\s*(?P<product>.*)", re.DOTALL)


def read(answer: Answer) -> Page:
    """What the feed does not call over; no item at all is a healthy product."""
    feed = feed_in(answer)
    return Page(feed.title, None, tuple(_notices(feed.entries)))


def _notices(entries: tuple[FeedEntry, ...]) -> Iterator[Notice]:
    for event in _events(entries):
        entry = _speaking(event)
        severity = _severity(entry)
        if severity is Severity.OK:
            continue
        product = _product(entry)  # where none is named, it is that of the feed, all of which is concerned
        known = all(each.touched for each in event)
        yield Notice(
            title=entry.shown,
            severity=severity,
            components=(Component(product, severity),) if product else (),
            since=min((each.published for each in event if each.published), default=None),
            touched=max((each.touched for each in event if each.touched), default=None) if known else None,
            link=entry.link,
        )


def _events(entries: tuple[FeedEntry, ...]) -> list[list[FeedEntry]]:
    """The entries by event: those with one guid, or with one link and one product."""
    events: dict[object, list[FeedEntry]] = {}
    for entry in entries:
        product = (entry.link, _product(entry))
        keys: list[object] = [key for key in (entry.identifier, product if all(product) else None) if key]
        event = next((events[key] for key in keys if key in events), [])
        event.append(entry)
        for key in keys or [id(entry)]:
            other = events.get(key, event)
            if other is not event:  # two that this entry shows to be one
                event.extend(other)
                events.update(dict.fromkeys([known for known in events if events[known] is other], event))
            events[key] = event
    return list({id(event): event for event in events.values()}.values())


def _speaking(event: list[FeedEntry]) -> FeedEntry:
    """The newest entry of an event; where one has no time, nobody can tell which that is, and the worst speaks."""
    if all(each.published for each in event):
        return max(event, key=lambda each: (each.published.timestamp() if each.published else 0.0, _severity(each)))
    return max(event, key=_severity)


def _severity(entry: FeedEntry) -> Severity:
    found = _TITLE.fullmatch(entry.title)
    return _LEVELS.get(found["level"].strip().casefold(), Severity.UNKNOWN) if found else Severity.UNKNOWN


def _product(entry: FeedEntry) -> str:
    found = _TITLE.fullmatch(entry.title)
    return found["product"] if found else ""
