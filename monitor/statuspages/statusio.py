"""status.io's /1.0/status/<id>: components with a code, incidents and maintenances with messages."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from monitor.statuspages.documents import Shaped, json_of
from monitor.statuspages.markup import dated
from monitor.statuspages.page import Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, last_touched, said, titled, word

_CODES = {
    "100": Severity.OK,
    "200": Severity.MAINTENANCE,
    "300": Severity.DEGRADED,
    "400": Severity.PARTIAL,
    "500": Severity.MAJOR,
    "600": Severity.MAJOR,
}
_RESOLVED, _COMPLETED = "400", "300"
"""The states, of an incident and of a maintenance, that end it."""


class _Coded(Shaped):
    code: Word = Field(None, alias="status_code")
    updated: object = None

    @property
    def severity(self) -> Severity:
        return _CODES.get(word(self.code), Severity.UNKNOWN)


class _Component(_Coded):
    name: str = Field(min_length=1)


class _Message(Shaped):
    details: object = None
    state: Word = None
    status: Word = None
    at: object = Field(None, alias="datetime")

    @property
    def severity(self) -> Severity:
        """What is open cannot be well: that is not understood."""
        return _CODES.get(word(self.status)) or Severity.UNKNOWN


class _Affected(Shaped):
    name: str = Field(min_length=1)


class _Event(Shaped):
    name: object = None
    opened: object = Field(None, alias="datetime_open")
    closed: object = Field(None, alias="datetime_resolved")
    start: object = Field(None, alias="datetime_planned_start")
    end: object = Field(None, alias="datetime_planned_end")
    messages: list[_Message] | None = None
    affected: list[_Affected] | None = Field(None, alias="components_affected")

    @property
    def touched(self) -> datetime | None:
        return last_touched([each.at] for each in self.messages or ())

    @property
    def speaking(self) -> _Message | None:
        """The newest message; None where one has no time, and nobody can tell which is the newest."""
        timed = [(when, each) for each in self.messages or () if (when := dated(each.at))]
        return max(timed, key=lambda each: each[0])[1] if timed and len(timed) == len(self.messages or ()) else None

    @property
    def severity(self) -> Severity:
        """That of the newest message; of the worst, where nobody can tell which is the newest."""
        speaking = [self.speaking] if self.speaking else self.messages or []
        return max((each.severity for each in speaking), default=Severity.UNKNOWN)

    def over(self, state: str) -> bool:
        """Whether it is said to be resolved, or its newest message is of this state."""
        return bool(dated(self.closed)) or (self.speaking is not None and word(self.speaking.state) == state)


class _Maintenances(Shaped):
    active: list[_Event] | None = None
    upcoming: list[_Event] | None = None


class _Status(Shaped):
    components: list[_Component] = Field(alias="status")
    incidents: list[_Event]
    overall: _Coded | None = Field(None, alias="status_overall")
    maintenance: _Maintenances | None = None


class _Document(Shaped):
    status: _Status = Field(alias="result")


def read(answer: Answer) -> Page:
    """The components, and what is open on them."""
    document: _Document = json_of(answer, _Document)
    status = document.status
    components = tuple(Component(titled(each.name), each.severity) for each in status.components)
    incidents = tuple(_incident(each) for each in status.incidents if not each.over(_RESOLVED))
    plans = status.maintenance or _Maintenances()
    active = (_maintenance(each, under_way=True) for each in plans.active or () if not each.over(_COMPLETED))
    upcoming = (_maintenance(each, under_way=False) for each in plans.upcoming or () if not each.over(_COMPLETED))
    banner = _banner(status, components, incidents)
    updated = [each.updated for each in (*status.components, *([status.overall] if status.overall else ()))]
    changed = newest(*map(dated, updated), *(each.touched for each in incidents))
    return Page("", components, (*incidents, *active, *upcoming), banner, Alive(changed) if changed else None)


def _incident(event: _Event) -> Notice:
    severity = event.severity
    return Notice(
        title=titled(event.name, "an incident without a name"),
        severity=severity,
        components=_affected(event, severity),
        since=dated(event.opened),
        touched=event.touched,
        said=said(event.name, *(each.details for each in event.messages or ())),
    )


def _maintenance(event: _Event, *, under_way: bool) -> Notice:
    """One that is under way may have begun before its time."""
    start = dated(event.start)
    return Notice(
        title=titled(event.name, "a maintenance without a name"),
        severity=Severity.MAINTENANCE,
        components=_affected(event, Severity.MAINTENANCE),
        since=min(filter(None, (start, event.touched)), default=None) if under_way else start,
        touched=event.touched,
        until=dated(event.end),
    )


def _affected(event: _Event, severity: Severity) -> tuple[Component, ...]:
    return tuple(Component(titled(each.name), severity) for each in event.affected or ())


def _banner(status: _Status, components: tuple[Component, ...], incidents: tuple[Notice, ...]) -> Severity | None:
    """The word for the whole, where it is ill and nothing on the page says why."""
    if status.overall is None or incidents or any(each.severity is not Severity.OK for each in components):
        return None
    return status.overall.severity if status.overall.severity > Severity.INFO else None
