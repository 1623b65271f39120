"""Meta, at metastatus.com: a product's feed of disruptions, or the list of all products, which says it positively."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.feed import Feed, FeedEntry, events, feed_in, newest_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity

_LEVELS = {
    "low disruptions": Severity.DEGRADED,
    "some disruptions": Severity.DEGRADED,
    "medium disruptions": Severity.DEGRADED,
    "high disruptions": Severity.PARTIAL,
    "major disruptions": Severity.PARTIAL,
    "major outage": Severity.MAJOR,
}
_TITLE = re.compile(r"\s*\[(?P<level>[^\[\]]*)\]\s*:?\s*(?P<product>.*)", re.DOTALL)


class _Service(Shaped):
    name: str = Field(min_length=1)
    status: object = None


class _Org(Shaped):
    name: str = Field(min_length=1)
    id: object = None
    services: list[_Service]


def beside(address: str) -> str:
    """The list of all products that stands beside a product's feed; empty where this is no feed of Meta's."""
    root, name = address.rsplit("/", 1)
    return f"{root}/data/orgs.json" if name.startswith("outage-events-feed-") else ""


def read(answer: Answer) -> Page:
    """What a product's feed does not call over, or how the list of all products calls each of their services."""
    if answer.body.lstrip().startswith(b"["):
        return _orgs(json_of(answer, list[_Org]))
    feed = feed_in(answer)
    return Page(feed.title, None, tuple(_incidents(feed)), alive=feed.alive)


def _orgs(orgs: list[_Org]) -> Page:
    """Each service of each product, which is known by its product's name and identifier too."""
    if not any(org.services for org in orgs):
        raise Unreadable("a list of Meta's products without a service in it")
    return Page("Meta", tuple(Component(*told) for told in _told_of(orgs)))


def _told_of(orgs: list[_Org]) -> Iterator[tuple[str, Severity, str, str, tuple[str, ...]]]:
    for org in orgs:
        also = tuple(dict.fromkeys(filter(None, (plain(org.name), plain(str(org.id or ""))))))
        for service in org.services:
            yield plain(service.name), _level(service.status), "", plain(org.name), also


def _level(told: object) -> Severity:
    word = told.strip().casefold() if isinstance(told, str) else ""
    return Severity.OK if is_over(word) else _LEVELS.get(word, Severity.UNKNOWN)


def _incidents(feed: Feed) -> Iterator[Notice]:
    for event in events(feed):
        entry = max(newest_of(event), key=_severity)
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


def _severity(entry: FeedEntry) -> Severity:
    found = _TITLE.fullmatch(entry.title)
    return _level(found["level"]) if found else Severity.UNKNOWN


def _product(entry: FeedEntry) -> str:
    found = _TITLE.fullmatch(entry.title)
    return found["product"] if found else ""
