"""Cachet's /api/v1: components with a number, incidents, and schedules, each at an address of its own, in pages."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, said, titled, word
from monitor.text import count

_COMPONENTS = {
    "1": Severity.OK,
    "2": Severity.DEGRADED,
    "3": Severity.PARTIAL,
    "4": Severity.MAJOR,
    "5": Severity.MAINTENANCE,
}
_FIXED, _COMPLETE = "4", "2"
_SCHEDULED = "0"
_NEWEST = "?sort=id&order=desc&per_page=50"


class _Paged(Shaped):
    total: int = 0
    count: int = 0


class _Meta(Shaped):
    pagination: _Paged | None = None


class _Part(Shaped):
    id: Word = None
    name: str = Field(min_length=1)
    status: Word = None
    enabled: object = True


class _Update(Shaped):
    message: object = None
    created_at: object = None
    updated_at: object = None


class _Event(Shaped):
    name: object = None
    message: object = None
    status: Word = None
    latest_status: Word = None
    human_status: Word = None
    is_resolved: object = None
    component_id: Word = None
    component_status: Word = None
    visible: object = True
    permalink: object = None
    occurred_at: object = None
    created_at: object = None
    updated_at: object = None
    scheduled_at: object = None
    completed_at: object = None
    updates: list[_Update] | None = None

    @property
    def state(self) -> str:
        return word(self.latest_status) or word(self.status)

    @property
    def over(self) -> bool:
        fixed = _COMPLETE if self.scheduled_at else _FIXED
        return self.state == fixed or self.is_resolved is True or is_over(self.human_status) or bool(self.completed_at)

    @property
    def touched(self) -> datetime | None:
        times = [dated(time) for each in self.updates or () for time in (each.updated_at, each.created_at)]
        return newest(*times, dated(self.updated_at)) if self.updated_at else None


def parts(address: str) -> tuple[str, ...]:
    """The incidents and schedules that stand beside the components."""
    found = re.fullmatch(r"(?P<root>.*/api/v1)/components(?:\?.*)?", address)
    return tuple(f"{found['root']}/{each}{_NEWEST}" for each in ("incidents", "schedules")) if found else ()


def read(answer: Answer, *beside: Answer) -> Page:
    """The components, and what is open on them; what is on further pages is not known."""
    components: list[_Part] = []
    events: list[_Event] = []
    missing = 0
    for each in (answer, *beside):
        document: Any = json_of(each, dict[str, Any])
        items = [_flat(item) for item in shaped(document.get("data"), list[dict[str, Any]])]
        if any("occurred_at" in item or "scheduled_at" in item or "visible" in item for item in items):
            events += shaped(items, list[_Event])
        elif items:
            components += shaped(items, list[_Part])
            paged = shaped(document.get("meta") or {}, _Meta).pagination or _Paged()
            missing += max(0, paged.total - len(items))
    shown = [each for each in components if each.enabled is not False]
    if not shown:
        raise Unreadable("a page of Cachet's that lists no component: give its /api/v1/components")
    names = {word(each.id): titled(each.name) for each in shown}
    incidents = [_notice(each, names) for each in events if not each.over and each.visible not in (False, 0)]
    if missing:
        cure = f"add ?per_page={missing + len(components)} to the address"
        incidents.append(Notice(f"{count(missing, 'more component')} on further pages: {cure}", Severity.UNKNOWN))
    return Page("", tuple(Component(titled(each.name), _severity(each.status)) for each in shown), tuple(incidents))


def _severity(status: Word) -> Severity:
    return _COMPONENTS.get(word(status), Severity.UNKNOWN)


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its attributes, which stand apart in later versions, and the number of a status that has a name."""
    inner = item.get("attributes")
    flat = {**item, **inner} if isinstance(inner, dict) else item
    return {
        key: told.get("value") if isinstance(told, dict) and "value" in told else told for key, told in flat.items()
    }


def _notice(event: _Event, names: dict[str, str]) -> Notice:
    """An incident is as bad as its component is said to be; where none is, it is at least a degradation."""
    planned = bool(event.scheduled_at) or event.state == _SCHEDULED
    name = names.get(word(event.component_id), "")
    own = _severity(event.component_status) if event.component_status is not None else Severity.DEGRADED
    severity = Severity.MAINTENANCE if planned else Severity.DEGRADED if own is Severity.OK else own
    return Notice(
        title=titled(event.name, "an incident without a name"),
        severity=severity,
        components=(Component(name, severity),) if name else (),
        since=dated(event.scheduled_at) or dated(event.occurred_at) or dated(event.created_at),
        touched=event.touched,
        link=link(event.permalink),
        said=said(event.name, event.message, *(each.message for each in event.updates or ())),
    )
