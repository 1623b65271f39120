"""Google's ``incidents.json``, of Workspace and of Cloud: an archive, of which what has no end is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Incident, Page, Severity
from monitor.statuspages.times import moment, newest

_TITLE = 200
_IMPACT = {
    "SERVICE_INFORMATION": Severity.INFO,
    "SERVICE_DISRUPTION": Severity.DEGRADED,
    "SERVICE_OUTAGE": Severity.MAJOR,
}
_SITES = {
    "google cloud": "https://status.cloud.google.com/",
    "google workspace": "https://www.google.com/appsstatus/dashboard/",
}


class _Product(Shaped):
    title: str


class _Update(Shaped):
    when: Any = None
    created: Any = None
    modified: Any = None


class _Incident(Shaped):
    id: str
    status_impact: str
    end: Any = None
    begin: Any = None
    created: Any = None
    modified: Any = None
    external_desc: str = ""
    severity: str = ""
    service_name: str = ""
    uri: str = ""
    affected_products: list[_Product] = Field(default_factory=list)
    updates: list[_Update] = Field(default_factory=list)
    most_recent_update: _Update | None = None


def read(answer: Answer) -> Page:
    """What has no end yet; an archive without a single incident is none."""
    archive: list[_Incident] = json_of(answer, list[_Incident])
    if not archive:
        raise Unreadable("an archive without a single incident, which Google's never is")
    return Page(plain(archive[0].service_name), None, tuple(_open(archive)))


def _open(archive: list[_Incident]) -> Iterator[Incident]:
    for incident in archive:
        if incident.end and moment(incident.end):
            continue
        severity = _severity(incident)
        site = _SITES.get(incident.service_name.casefold(), "")
        updates = [*incident.updates, *filter(None, [incident.most_recent_update])]
        yield Incident(
            title=plain(incident.external_desc)[:_TITLE] or "an incident without a description",
            severity=severity,
            components=tuple(Component(plain(product.title), severity) for product in incident.affected_products),
            since=moment(incident.begin) or moment(incident.created),
            touched=newest(incident.modified, *(each for update in updates for each in (update.when, update.modified))),
            link=urljoin(site, incident.uri) if site and incident.uri else "",
        )


def _severity(incident: _Incident) -> Severity:
    severity = _IMPACT.get(incident.status_impact, Severity.UNKNOWN)
    return Severity.PARTIAL if severity is Severity.DEGRADED and incident.severity == "high" else severity
