"""Auth0's own page: a tenant's feed (Atom, or either RSS), or the home page, whose script holds each region's state."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field, StrictBool

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, described, json_of
from monitor.statuspages.feed import FeedEntry, events, feed_in, newest_of, planned
from monitor.statuspages.markup import BROKEN, PLANNED, UNDER_WAY, dated, plain
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity

_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script\b[^<>]*\bid=[\"']__NEXT_DATA__[\"'][^<>]*>")
_TITLE = re.compile(rb"<title\b[^<>]*>([^<>]{1,200})</title>", re.IGNORECASE)
_NO_DOMAIN = b"domain is required"

_IMPACTS = {
    "none": Severity.INFO,
    "minor": Severity.DEGRADED,
    "major": Severity.PARTIAL,
    "critical": Severity.MAJOR,
    "maintenance": Severity.MAINTENANCE,
}


class _Incident(Shaped):
    status: str
    name: str | None = None
    id: str | int | None = None
    updated_at: object = None
    scheduled_for: object = None
    authentication_affected: StrictBool | None = Field(None, alias="authenticationAffected")
    impact: object = None
    private: StrictBool | None = Field(None, alias="isPrivate")


class _Response(Shaped):
    incidents: list[_Incident]
    uptime: object = None


class Region(Shaped):
    """A region of the home page."""

    region: str = Field(min_length=1)
    response: _Response


class _PageProps(Shaped):
    regions: list[Region] = Field(alias="activeIncidents")


class _Props(Shaped):
    page: _PageProps = Field(alias="pageProps")


class _Home(Shaped):
    props: _Props


def read(answer: Answer) -> Page:
    """What is open: of the tenant whose feed this is, or in the regions of the home page."""
    if is_home(answer):
        title = _TITLE.search(answer.body)
        return _home(plain(title[1].decode(errors="replace")) if title else "", regions_of(answer))
    if answer.body.strip().lower().startswith(_NO_DOMAIN):
        raise Unreadable("the feed asks whose it shall be: its address lacks ?domain= and the tenant's domain")
    feed = feed_in(answer)
    return Page(feed.title, None, tuple(filter(None, map(_told_by, events(feed)))), alive=feed.alive)


def is_home(answer: Answer) -> bool:
    """Whether this is a page for people, rather than a feed or JSON."""
    return bool(_HTML.match(answer.body))


def regions_of(answer: Answer) -> list[Region]:
    """The regions that the home page's script holds."""
    script = _SCRIPT.search(answer.body)
    end = answer.body.find(b"</script>", script.end()) if script else -1
    if not script or end < 0:
        raise Unreadable(f"{described(answer)} without the data that Auth0's home page has")
    home: _Home = json_of(Answer(answer.body[script.end() : end], "application/json"), _Home)
    return home.props.page.regions


def _told_by(event: list[FeedEntry]) -> Notice | None:
    """An event of a tenant's feed, which concerns that tenant as a whole; None where its newest update closes it."""
    open_ = [entry for entry in newest_of(event) if not is_over(entry.updates.newest)]
    if not open_:
        return None
    entry = open_[0]
    word = entry.updates.newest
    if planned(entry) and word in (*PLANNED, *UNDER_WAY):
        severity = Severity.MAINTENANCE
    else:
        severity = Severity.PARTIAL if word in (*BROKEN, *UNDER_WAY, *PLANNED) else Severity.UNKNOWN
    return Notice(
        title=entry.shown,
        severity=severity,
        since=entry.since,
        touched=entry.touched,
        until=entry.until,
        link=entry.link,
    )


def _home(title: str, regions: list[Region]) -> Page:
    # the all-clear is an entry of its own: where there is none, nothing is said
    parts = [
        Component("Auth0", Severity.OK if each.response.incidents else Severity.UNKNOWN, plain(each.region))
        for each in regions
    ]
    return Page(title, tuple(dict.fromkeys(parts)), tuple(_notices(regions)))


def _notices(regions: list[Region]) -> Iterator[Notice]:
    """What is open; an incident that several regions list is one notice, with each region's own severity."""
    listed: dict[object, list[tuple[str, _Incident]]] = {}
    for region in regions:
        for each in region.response.incidents:
            if not is_over(each.status):
                listed.setdefault(each.id or (id(each),), []).append((plain(region.region), each))
    for same in listed.values():
        parts = dict.fromkeys(Component("Auth0", _severity(each), region) for region, each in same)
        first = same[0][1]
        touched = [dated(each.updated_at) for _, each in same]
        starts = [dated(each.scheduled_for) for _, each in same if _scheduled(each)]
        known = [when for when in touched if when]
        yield Notice(
            title="private incident"
            if any(each.private for _, each in same)
            else plain(first.name or "") or "incident",
            severity=max(part.severity for part in parts),
            components=tuple(parts),
            since=min(filter(None, starts), default=None) if all(starts) else None,
            touched=max(known) if len(known) == len(touched) else None,
        )


def _severity(incident: _Incident) -> Severity:
    if _scheduled(incident):
        return Severity.MAINTENANCE
    if incident.authentication_affected:
        return Severity.MAJOR
    impact = incident.impact.casefold() if isinstance(incident.impact, str) else ""
    severity = _IMPACTS.get(impact, Severity.UNKNOWN)
    # whether logins fail raises it: where that is not said, it may not be called harmless
    return severity if incident.authentication_affected is False else max(severity, Severity.UNKNOWN)


def _scheduled(incident: _Incident) -> bool:
    return _word(incident.status) == "scheduled"


def _word(status: str) -> str:
    return status.strip().casefold().replace("_", " ")
