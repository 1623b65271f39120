"""Uptime Kuma's status page and its heartbeats: which monitors there are, and what became of each one's last check."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import closes, is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated
from monitor.statuspages.page import DAY, Alive, Answer, Component, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, said, titled, word

_BEATS = {"0": Severity.MAJOR, "1": Severity.OK, "2": Severity.DEGRADED, "3": Severity.MAINTENANCE}
_STYLES = {
    "danger": Severity.PARTIAL,
    "warning": Severity.DEGRADED,
    **dict.fromkeys(("info", "primary", "light", "dark"), Severity.INFO),
}
_PLANS = {"under maintenance", "scheduled"}
_NEVER = {"inactive", "ended"}

_HOUR = timedelta(hours=1)
_MISSED = 3
"""So many of its checks a monitor may miss before its last one says nothing any more."""


class _Monitor(Shaped):
    id: Word
    name: str = Field(min_length=1)


class _Group(Shaped):
    name: object = None
    monitors: list[_Monitor] = Field(alias="monitorList")


class _Config(Shaped):
    title: object = None


class _Pinned(Shaped):
    title: object = None
    content: object = None
    style: Word = None
    created: object = Field(None, alias="createdDate")
    updated: object = Field(None, alias="lastUpdatedDate")


class _Slot(Shaped):
    start: object = Field(None, alias="startDate")
    end: object = Field(None, alias="endDate")


class _Plan(Shaped):
    title: object = None
    status: Word = None
    slots: list[_Slot] | None = Field(None, alias="timeslotList")


class _Site(Shaped):
    config: _Config
    groups: list[_Group] = Field(alias="publicGroupList")
    incident: _Pinned | None = None
    incidents: list[_Pinned] | None = None
    plans: list[_Plan] | None = Field(None, alias="maintenanceList")


class _Beat(Shaped):
    status: Word = None
    time: object = None


class _Beats(Shaped):
    of: dict[str, list[_Beat]] = Field(alias="heartbeatList")


class _Last(NamedTuple):
    """What became of a monitor's last check, when that was, and how long it is good for."""

    severity: Severity
    alive: Alive | None = None


def parts(address: str) -> tuple[str, ...]:
    """The address of the heartbeats of a page, or of the page of heartbeats."""
    beats = re.fullmatch(r"(.*/api/status-page)/heartbeat/([^/?#]+)", address)
    site = re.fullmatch(r"(.*/api/status-page)/([^/?#]+)", address)
    return (f"{beats[1]}/{beats[2]}",) if beats else (f"{site[1]}/heartbeat/{site[2]}",) if site else ()


def read(answer: Answer, *beside: Answer) -> Page:
    """The monitors by name with their last checks, where both answers are there; whichever is there, else."""
    site, beats = None, None
    for each in (answer, *beside):
        document: Any = json_of(each, dict[str, Any])
        if "heartbeatList" in document:
            beats = shaped(document, _Beats)
        else:
            site = shaped(document, _Site)
    last = {key: _last(told) for key, told in beats.of.items()} if beats else {}
    times = [each.alive for each in last.values() if each.alive]
    alive = max(times, key=lambda each: each.at, default=None)
    monitors = [(each, group) for group in (site.groups if site else ()) for each in group.monitors]
    if not monitors and not last:
        raise Unreadable("a page of Uptime Kuma's without a monitor on it")
    nameless = {key: each for key, each in last.items() if not monitors}
    components = [_component(each, titled(group.name, ""), last, alive) for each, group in monitors]
    components += [Component(f"monitor {key}", _now(each, alive)) for key, each in nameless.items()]
    pinned = [*([site.incident] if site and site.incident else []), *((site.incidents or []) if site else [])]
    incidents = [_pinned(each) for each in pinned if not closes(titled(each.title, ""))]
    plans = [_plan(each) for each in (site.plans or () if site else ()) if not _done(each)]
    return Page(titled(site.config.title, "") if site else "", tuple(components), (*incidents, *plans), alive=alive)


def _last(beats: list[_Beat]) -> _Last:
    """By the newest check; the worst speaks where one has no time, and could be the newest."""
    timed = [(when, _BEATS.get(word(each.status), Severity.UNKNOWN)) for each in beats if (when := dated(each.time))]
    if not timed or len(timed) < len(beats):
        said_ = [_BEATS.get(word(each.status), Severity.UNKNOWN) for each in beats]
        return _Last(max([Severity.UNKNOWN, *said_]))
    times = sorted(when for when, _ in timed)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    pace = timedelta(seconds=median(gaps)) if gaps else timedelta()
    at = times[-1]
    return _Last(max(severity for when, severity in timed if when == at), Alive(at, _good_for(pace)))


def _good_for(pace: timedelta) -> timedelta:
    return min(2 * DAY, max(_HOUR, _MISSED * pace))


def _now(last: _Last, whole: Alive | None) -> Severity:
    """A monitor whose checks have stopped, while those of others go on, is not known to be well."""
    if last.alive is None or whole is None:
        return last.severity
    stopped = whole.at - last.alive.at > (last.alive.within or _HOUR)
    return Severity.UNKNOWN if stopped else last.severity


def _component(monitor: _Monitor, group: str, last: dict[str, _Last], whole: Alive | None) -> Component:
    found = last.get(word(monitor.id))
    return Component(titled(monitor.name), _now(found, whole) if found else Severity.UNKNOWN, group=group)


def _pinned(pinned: _Pinned) -> Notice:
    """A message that stands at the top until somebody takes it down."""
    return Notice(
        title=titled(pinned.title, "a message without a title"),
        severity=_STYLES.get(word(pinned.style), Severity.UNKNOWN),
        since=dated(pinned.created),
        touched=newest(*(dated(time) for time in (pinned.updated, pinned.created))),
        said=said(pinned.title, pinned.content),
    )


def _state(plan: _Plan) -> str:
    return word(plan.status).replace("-", " ")


def _done(plan: _Plan) -> bool:
    return is_over(plan.status) or _state(plan) in _NEVER


def _plan(plan: _Plan) -> Notice:
    starts = [when for each in plan.slots or () if (when := dated(each.start))]
    ends = [when for each in plan.slots or () if (when := dated(each.end))]
    return Notice(
        title=titled(plan.title, "a maintenance without a title"),
        severity=Severity.MAINTENANCE if _state(plan) in _PLANS else Severity.UNKNOWN,
        since=min(starts, default=None),
        until=max(ends, default=None),
        said=said(plan.title),
    )
