"""Instatus' summary.json, which tells of what is open, and v2/components.json, which tells how each component is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.vocabulary import Word, said, titled, word

_STATES = {
    "operational": Severity.OK,
    "up": Severity.OK,
    "undermaintenance": Severity.MAINTENANCE,
    "hasissues": Severity.DEGRADED,
    "degradedperformance": Severity.DEGRADED,
    "minoroutage": Severity.DEGRADED,
    "partialoutage": Severity.PARTIAL,
    "majoroutage": Severity.MAJOR,
}
_HOW_MANY = re.compile(r"^(?:one|some|many|all)")
_PLANNED = {"notstartedyet", "inprogress", "verifying"}


class _Whose(Shaped):
    name: str = Field(min_length=1)
    status: Word


class _Event(Shaped):
    name: object = None
    status: Word = None
    impact: Word = None
    started: object = None
    start: object = None
    duration: object = None
    url: object = None
    updated: object = Field(None, alias="updatedAt")


class _Summary(Shaped):
    page: _Whose
    incidents: list[_Event] | None = Field(None, alias="activeIncidents")
    maintenances: list[_Event] | None = Field(None, alias="activeMaintenances")


class _Group(Shaped):
    name: object = None


class _Part(Shaped):
    name: str = Field(min_length=1)
    status: Word = None
    group: _Group | None = None


class _Parts(Shaped):
    components: list[_Part]


def parts(address: str) -> tuple[str, ...]:
    """The other of the two addresses of a page, by either."""
    for mine, other in (("/summary.json", "/v2/components.json"), ("/v2/components.json", "/summary.json")):
        if address.endswith(mine):
            return (address.removesuffix(mine) + other,)
    return ()


def read(answer: Answer, *beside: Answer) -> Page:
    """What is open, how the components are, or both, whichever these are."""
    summary, components = None, None
    for each in (answer, *beside):
        document: Any = json_of(each, dict[str, Any])
        if "page" in document:
            summary = shaped(document, _Summary)
        else:
            components = shaped(document, _Parts)
    listed = None if components is None else tuple(map(_component, components.components))
    if summary is None:
        if not listed:
            raise Unreadable("a components.json that lists no component")
        return Page("", listed)
    incidents = tuple(_incident(each) for each in summary.incidents or () if not is_over(each.status))
    planned = tuple(_maintenance(each) for each in summary.maintenances or () if not is_over(each.status))
    return Page(titled(summary.page.name), listed or None, (*incidents, *planned), _banner(summary, incidents))


def _state(told: Word) -> Severity:
    return _STATES.get(_HOW_MANY.sub("", word(told)).replace("_", "").replace(" ", ""), Severity.UNKNOWN)


def _banner(summary: _Summary, incidents: tuple[Notice, ...]) -> Severity | None:
    """The word for the whole, where no incident explains it; a maintenance is told of by itself."""
    whole = _state(summary.page.status)
    if whole is Severity.UNKNOWN or whole <= Severity.INFO:
        return None if whole is Severity.MAINTENANCE else whole
    return None if incidents else whole


def _component(part: _Part) -> Component:
    return Component(titled(part.name), _state(part.status), group=titled(part.group.name, "") if part.group else "")


def _incident(event: _Event) -> Notice:
    severity = _state(event.impact)
    return Notice(
        title=titled(event.name, "an incident without a name"),
        severity=severity if severity is not Severity.OK else Severity.INFO,
        since=dated(event.started),
        touched=dated(event.updated),
        link=link(event.url),
        said=said(event.name),
    )


def _maintenance(event: _Event) -> Notice:
    begins, minutes = dated(event.start), str(event.duration or "")
    lasts = timedelta(minutes=int(minutes)) if minutes.isascii() and minutes.isdigit() and len(minutes) < 6 else None
    state = word(event.status).replace("_", "").replace(" ", "")
    return Notice(
        title=titled(event.name, "a maintenance without a name"),
        severity=Severity.MAINTENANCE if state in _PLANNED else Severity.UNKNOWN,
        since=begins,
        touched=dated(event.updated),
        until=begins + lasts if begins and lasts else None,
        link=link(event.url),
        said=said(event.name),
    )
