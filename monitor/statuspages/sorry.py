"""Sorry's /api/v1: the state of the page, of its components, and its notices, each at an address of its own."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated, link
from monitor.statuspages.page import Answer, Component, Notice, Page, Severity
from monitor.statuspages.vocabulary import Word, last_touched, said, titled, word

WHOLE = "the whole page"

_STATES = {
    "operational": Severity.OK,
    "under maintenance": Severity.MAINTENANCE,
    "maintenance": Severity.MAINTENANCE,
    "degraded": Severity.DEGRADED,
    "partially degraded": Severity.DEGRADED,
    "partial outage": Severity.PARTIAL,
    "major outage": Severity.MAJOR,
    "down": Severity.MAJOR,
}
_PAST = "past"


class _Stateful(Shaped):
    name: object = None
    state: Word = None

    @property
    def severity(self) -> Severity:
        return _STATES.get(re.sub(r"[\s_-]+", " ", word(self.state)), Severity.UNKNOWN)


class _Part(_Stateful):
    name: str = Field(min_length=1)


class _Update(Shaped):
    content: object = None
    created_at: object = None
    updated_at: object = None


class _Event(Shaped):
    type: Word = None
    state: Word = None
    when: Word = Field(None, alias="timeline_state")
    subject: object = None
    synopsis: object = None
    began_at: object = None
    begins_at: object = None
    ended_at: object = None
    ends_at: object = None
    updated_at: object = None
    url: object = None
    link: object = None
    components: list[_Part] | None = None
    updates: list[_Update] | None = None


def parts(address: str) -> tuple[str, ...]:
    """The components and the notices that stand beside a page's state."""
    found = re.fullmatch(r"(?P<root>.*/api/v1)/(?P<what>status|components|notices)", address)
    others = [each for each in ("status", "components", "notices") if found and each != found["what"]]
    return tuple(f"{found['root']}/{each}" for each in others) if found else ()


def read(answer: Answer, *beside: Answer) -> Page:
    """How the page calls itself and its components, and what notices are open, whichever these answers are."""
    found: dict[str, Any] = {}
    for each in (answer, *beside):
        found |= {key: told for key, told in json_of(each, dict[str, Any]).items() if told is not None}
    page: _Stateful | None = shaped(found["page"], _Stateful) if "page" in found else None
    listed: list[_Part] = shaped(found.get("components") or [], list[_Part])
    events: list[_Event] = shaped(found.get("notices") or [], list[_Event])
    if page is None and not listed:
        raise Unreadable("JSON that has neither the state of a page nor that of its components")
    whole = Component(titled(page.name, WHOLE), page.severity, also=(WHOLE,)) if page else None
    components = [Component(titled(each.name), each.severity) for each in listed]
    incidents = tuple(_notice(each) for each in events if not _over(each))
    worst = max([each.severity for each in components] + [each.severity for each in incidents], default=Severity.OK)
    explained = whole is not None and worst >= whole.severity
    if whole and not (components and (explained or whole.severity is Severity.OK)):
        components.append(whole)
    return Page(titled(page.name, "") if page else "", tuple(components), incidents)


def _over(event: _Event) -> bool:
    return is_over(event.state) or word(event.when) == _PAST or bool(dated(event.ended_at))


def _notice(event: _Event) -> Notice:
    planned = word(event.type) == "planned"
    severity = Severity.MAINTENANCE if planned else Severity.DEGRADED
    updates = event.updates or []
    touched = last_touched([(each.updated_at, each.created_at) for each in updates], event.updated_at)
    return Notice(
        title=titled(event.subject, "a notice without a subject"),
        severity=severity,
        components=tuple(Component(titled(each.name), severity) for each in event.components or ()),
        since=dated(event.began_at) or dated(event.begins_at),
        touched=touched or (None if updates else dated(event.updated_at)),
        until=dated(event.ends_at),
        link=link(event.url) or link(event.link),
        said=said(event.subject, event.synopsis, *(each.content for each in updates)),
    )
