"""Azure's feed of what is open: a channel that must be theirs, categories that mix services and regions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.failures import Unreadable
from monitor.statuspages.closing import closes
from monitor.statuspages.feed import Feed, events, feed_in, newest_of
from monitor.statuspages.markup import maintains
from monitor.statuspages.page import DAY, Alive, Answer, Component, Notice, Page, Severity

_CHANNEL = "azure status"

_PAIRS = 500
"""Services times regions of one item, at most: beyond it the item concerns all regions."""

_DIRECTION = r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)"
_PLACE = (
    r"(?:africa|america|asia|australia|austria|belgium|brazil|canada|chile|china|denmark|europe|finland|france|germany"
    r"|greece|india|indonesia|ireland|israel|italy|japan|jio|korea|malaysia|mexico|netherlands|new zealand|norway"
    r"|philippines|poland|portugal|qatar|saudi arabia|singapore|south africa|spain|sweden|switzerland|taiwan|thailand"
    r"|uae|uk|us|us dod|us gov|us sec|us nat|usdod|usgov|vietnam)"
)
_REGION = re.compile(
    rf"(?:{_DIRECTION} )*{_PLACE}(?: {_PLACE})?(?: (?:{_DIRECTION}|arizona|texas|virginia|iowa))*(?: ?\d)?",
    re.IGNORECASE,
)
_EVERYWHERE = re.compile(r"(?:public )?non-?regional|global|worldwide|all regions", re.IGNORECASE)
_HARMLESS = re.compile(r"\b(?:advisory|informational)\b", re.IGNORECASE)


def read(answer: Answer) -> Page:
    """What the feed lists, which is open: an item leaves it once it is over.

    No item at all is a healthy Azure, if the feed was built today: it is built again every minute.
    """
    feed = feed_in(answer)
    if feed.title.casefold() != _CHANNEL:
        raise Unreadable(f'a feed, but of "{feed.title[:80]}" where "Azure Status" was expected')
    incidents = tuple(_incidents(feed))
    if feed.built is None and not incidents:
        raise Unreadable("Azure's feed lists nothing, and does not say when it was built: it may have stopped")
    return Page(feed.title, None, incidents, alive=Alive(feed.built, DAY) if feed.built else None)


def _incidents(feed: Feed) -> Iterator[Notice]:
    for entry in feed.entries:
        if not entry.title or not entry.content:
            raise Unreadable(f"Azure's feed has an item without a {'description' if entry.title else 'title'}")
    for event in events(feed):
        open_ = [entry for entry in newest_of(event) if not closes(entry.title)]
        if not open_:
            continue
        entry = open_[0]
        severity = _severity(entry.title)
        yield Notice(
            title=entry.title,
            severity=severity,
            components=_components(entry.categories, severity),
            text=entry.text,
            since=entry.published,
            # its pubDate is when the event was put up, and what is open stays listed: the item is never stale
            link=entry.link,
        )


def _severity(title: str) -> Severity:
    if maintains(title):
        return Severity.MAINTENANCE
    return Severity.INFO if _HARMLESS.search(title) else Severity.PARTIAL


def _components(categories: tuple[str, ...], severity: Severity) -> tuple[Component, ...]:
    """Each service in each region; what is of no region in particular is in all."""
    services = [each for each in categories if not _is_region(each)]
    regions = ["" if _EVERYWHERE.fullmatch(each) else each for each in categories if _is_region(each)]
    if not regions or len(services) * len(regions) > _PAIRS:
        regions = [""]
    return tuple(Component(service, severity, region) for service in services for region in dict.fromkeys(regions))


def _is_region(category: str) -> bool:
    return bool(_REGION.fullmatch(category) or _EVERYWHERE.fullmatch(category))
