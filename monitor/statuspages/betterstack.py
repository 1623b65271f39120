"""Better Stack's index.json: a page, its resources and its reports, as JSON:API has them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated
from monitor.statuspages.page import DAY, Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import moment
from monitor.statuspages.vocabulary import Word, last_touched, said, titled, word

_STATES = {
    "operational": Severity.OK,
    "resolved": Severity.OK,
    "maintenance": Severity.MAINTENANCE,
    "degraded": Severity.DEGRADED,
    "downtime": Severity.MAJOR,
}
_UNWATCHED = "not_monitored"


class _Thing(Shaped):
    """Anything that is included: of which ``type``, and what is said of it."""

    id: Word = None
    type: str
    attributes: dict[str, Any]
    relationships: dict[str, Any] | None = None

    def of(self, kind: str) -> Word:
        """The identifier of the thing of this kind to which it belongs."""
        held = (self.relationships or {}).get(kind)
        data = held.get("data") if isinstance(held, dict) else None
        found = data.get("id") if isinstance(data, dict) else self.attributes.get(f"{kind}_id")
        return found if isinstance(found, str | int) else None


class _Whole(Shaped):
    company: object = Field(None, alias="company_name")
    state: Word = Field(None, alias="aggregate_state")


class _Data(Shaped):
    attributes: _Whole


class _Document(Shaped):
    data: _Data
    included: list[_Thing]


def read(answer: Answer) -> Page:
    """The resources that are watched, and the reports that have not ended."""
    document: _Document = json_of(answer, _Document)
    things: dict[str, list[_Thing]] = {}
    for each in document.included:
        things.setdefault(each.type, []).append(each)
    sections = {
        word(each.id): titled(each.attributes.get("name"), "") for each in things.get("status_page_section", ())
    }
    resources = {word(each.id): each for each in things.get("status_page_resource", ())}
    watched = {key: each for key, each in resources.items() if word(each.attributes.get("status")) != _UNWATCHED}
    components = tuple(_component(each, sections) for each in watched.values())
    names = {key: _name(each) for key, each in resources.items()}
    updates = things.get("status_update", [])
    reports = [each for each in things.get("status_report", ()) if not _over(each)]
    incidents = tuple(_report(each, names, updates) for each in reports)
    whole = _state(document.data.attributes.state)
    severities = [each.severity for each in components] + [each.severity for each in incidents]
    explained = max(severities, default=Severity.OK) > Severity.UNKNOWN
    banner = None if whole is not Severity.UNKNOWN and explained else whole
    return Page(titled(document.data.attributes.company, ""), components, incidents, banner, _alive(watched))


def _state(told: object) -> Severity:
    return _STATES.get(told.strip().casefold() if isinstance(told, str) else "", Severity.UNKNOWN)


def _name(resource: _Thing) -> str:
    return titled(resource.attributes.get("public_name"), f"resource {word(resource.id)}")


def _component(resource: _Thing, sections: dict[str, str]) -> Component:
    group = sections.get(word(resource.of("status_page_section")), "")
    return Component(_name(resource), _state(resource.attributes.get("status")), group=group)


def _over(report: _Thing) -> bool:
    told = report.attributes
    ended = bool(dated(told.get("ends_at"))) and word(told.get("report_type")) != "maintenance"
    return ended or is_over(told.get("aggregate_state")) or is_over(told.get("status"))


def _report(report: _Thing, names: dict[str, str], updates: list[_Thing]) -> Notice:
    told = report.attributes
    own = [each.attributes for each in updates if word(each.of("status_report")) == word(report.id)]
    concerned = tuple(_concerned(told.get("affected_resources"), names))
    maintenance = word(told.get("report_type")) == "maintenance"
    whole = _state(told.get("aggregate_state"))
    worst = max([part.severity for part in concerned] + [whole], default=Severity.UNKNOWN)
    severity = Severity.MAINTENANCE if maintenance else max(worst, Severity.UNKNOWN if worst is Severity.OK else worst)
    parts = tuple(Component(part.name, severity if maintenance else part.severity) for part in concerned)
    return Notice(
        title=titled(told.get("title"), "a report without a title"),
        severity=severity,
        components=parts,
        since=dated(told.get("starts_at")),
        touched=_touched(told, own),
        until=dated(told.get("ends_at")),
        said=said(told.get("title"), *(each.get("message") for each in own)),
    )


def _touched(told: dict[str, Any], updates: list[dict[str, Any]]) -> datetime | None:
    """By its updates, or, where none is listed, by its own dates."""
    if updates:
        return last_touched([each.get("published_at"), each.get("updated_at")] for each in updates)
    return dated(told.get("updated_at")) or dated(told.get("starts_at"))


def _concerned(affected: object, names: dict[str, str]) -> list[Component]:
    """What a report names is ill, or was: a state that is not understood must not read as well."""
    listed = [each for each in affected if isinstance(each, dict)] if isinstance(affected, list) else []
    keys = [str(each.get("status_page_resource_id") or "") for each in listed]
    states = [_state(each.get("status")) for each in listed]
    return [Component(names.get(key, f"resource {key}"), state) for key, state in zip(keys, states, strict=True)]


def _alive(resources: dict[str, _Thing]) -> Alive | None:
    """Each resource has a history with a day for each that passed: the newest is today."""
    days = [
        moment(day["day"])
        for each in resources.values()
        for day in _history(each.attributes.get("status_history"))
        if isinstance(day.get("day"), str)
    ]
    newest = max(filter(None, days), default=None)
    return Alive(newest + timedelta(days=1), DAY) if newest else None


def _history(told: object) -> list[dict[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
