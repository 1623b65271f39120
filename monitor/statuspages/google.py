"""Google's incidents.json, of Workspace and of Cloud: an archive, in which what has no end is open."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, last_touched, titled, word

_IMPACTS = {
    "service_information": Severity.INFO,
    "service_disruption": Severity.DEGRADED,
    "service_outage": Severity.MAJOR,
}
_SITES = {
    "Google Workspace": "https://www.google.com/appsstatus/dashboard/",
    "Google Cloud": "https://status.cloud.google.com/",
}
_WORKSPACE = {
    *("gmail", "google calendar", "google drive", "google docs", "google sheets", "google slides", "google forms"),
    *("google meet", "google chat", "google groups", "google keep", "google sites", "google tasks", "google voice"),
    *("admin console", "classroom", "google workspace"),
}
"""Products that Cloud has not."""

_CLOUD = ("cloud", "compute", "kubernetes", "bigquery", "vmware", "identity platform", "multiple products", "vertex")
"""What is in the names of Cloud's."""


class _Product(Shaped):
    title: str = Field(min_length=1)


class _Update(Shaped):
    created: object = None
    modified: object = None
    when: object = None


class _Event(Shaped):
    begin: object = None
    created: object = None
    end: Word = None
    modified: object = None
    external_desc: object = None
    status_impact: Word = None
    severity: Word = None
    service_name: Word = None
    uri: Word = None
    affected_products: list[_Product] | None = None
    updates: list[_Update] | None = None
    most_recent_update: _Update | None = None

    @property
    def names(self) -> Iterator[str]:
        yield word(self.service_name)
        yield from (word(each.title) for each in self.affected_products or ())


def read(answer: Answer) -> Page:
    """What has not ended; an archive without any incident is not Google's."""
    events: list[_Event] = json_of(answer, list[_Event])
    if not events:
        raise Unreadable("an empty list where Google has an archive of what is over")
    whose = _whose(events)
    name = whose or titled(events[0].service_name, "")
    incidents = tuple(_notice(each, _SITES.get(whose, "")) for each in events if not dated(each.end))
    changed = newest(
        *(time for each in events for time in (dated(each.modified), dated(each.created), dated(each.end)))
    )
    return Page(name, None, incidents, alive=Alive(changed, quiet=True) if changed else None)


def _whose(events: list[_Event]) -> str:
    names = {name for event in events for name in event.names}
    if names & _WORKSPACE:
        return "Google Workspace"
    return "Google Cloud" if any(part in name for name in names for part in _CLOUD) else ""


def _notice(event: _Event, site: str) -> Notice:
    severity = _IMPACTS.get(word(event.status_impact), Severity.UNKNOWN)
    if severity is Severity.DEGRADED and word(event.severity) == "high":
        severity = Severity.PARTIAL
    updates = [*(event.updates or ()), *filter(None, [event.most_recent_update])]
    return Notice(
        title=titled(event.external_desc, "an incident without a description"),
        severity=severity,
        components=tuple(Component(titled(each.title), severity) for each in event.affected_products or ()),
        since=dated(event.begin) or dated(event.created),
        touched=last_touched([(each.modified, each.created, each.when) for each in updates], event.modified),
        link=_link(site, event.uri),
    )


def _link(site: str, uri: Word) -> str:
    try:
        return link(urljoin(site, uri)) if isinstance(uri, str) and uri else ""
    except ValueError:  # brackets that hold no address
        return ""
