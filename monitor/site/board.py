"""From a history, the newest run and a time to all that a page says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor import owners
from monitor.history import DAY, History, PastCause
from monitor.history.freshness import CLOCKS, expires
from monitor.history.planned import Window
from monitor.incidents import DAYS, Incident
from monitor.reports import findings
from monitor.site.contents import Board, Folder, Group, Lane, Newest
from monitor.site.lanes import Lanes
from monitor.status import SEVERITY
from monitor.text import count
from monitor.verdict import Run

MANY_INCIDENTS = 50
"""How many that are over are told."""

MANY_CHARTS, MANY_LANES = 50, 300
"""Past so many lanes, those that are well have no charts and one window; past so many the parts of what is well go."""


def board(
    history: History,
    run: Run | None,
    now: float,
    incidents: Iterable[Incident] = (),
    *,
    evidence: Sequence[Folder] = (),
    remarks: Sequence[str] = (),
    slos: Mapping[str, float] | None = None,
    windows: Sequence[Window] = (),
    left_out: Sequence[Window] = (),
    lone: bool = False,
) -> Board:
    """What a page says at this time.

    ``history`` may be of the newest run alone (``lone``). ``run`` is the one whose reports lie beside the page, of the
    history's mode; ``evidence`` is what lies there of it; ``remarks`` are lines for the reader, to be read first;
    ``slos`` the objectives by target, as shares, whose error budgets are shown; ``windows`` the maintenances in which
    nobody is told of incidents, and ``left_out`` those that are in no error budget.
    """
    history = history.as_of(now)
    run = None if run and began(run) > now + CLOCKS else run
    newest = _newest(history, run, evidence)
    own = run if newest and newest.own else None
    known, since = tuple(incidents), now - DAYS * DAY
    past = [incident for incident in known if incident.closed is not None and incident.closed >= since]
    groups, services = _arranged(Lanes(history, own, now, slos, left_out).all())
    made = Board(
        made=now,
        mode=history.mode if own is None else own.mode,
        newest=newest,
        expires=expires(newest.started, history.pause) if newest else now,
        runs=0 if lone else history.count,
        every=history.cadence,
        first=None if lone else history.first,
        warnings=(*_warnings(history, own), *remarks, *([str(history.ahead)] if history.ahead else [])),
        groups=groups,
        services=services,
        open=tuple(incident for incident in known if incident.open),
        past=tuple(past[:MANY_INCIDENTS]),
        earlier=len(past[MANY_INCIDENTS:]),
        windows=tuple(dict.fromkeys(each for each in windows if now < each.until)),
    )
    held = [incident for incident in made.open if made.held(incident)]
    if not held:
        return made
    return replace(made, warnings=(*made.warnings, f"{count(len(held), 'open incident')} held back by a maintenance"))


def began(run: Run) -> float:
    """When this run began. Raises ValueError where it does not say so."""
    return datetime.fromisoformat(run.started).timestamp()


def _newest(history: History, run: Run | None, evidence: Sequence[Folder]) -> Newest | None:
    """The newer of the history's newest run and of this one; they may be the same."""
    past = next(iter(history.runs(last=1)), None)
    start = began(run) if run else None
    link = past.link if past and start is not None and abs(past.started - start) < 1 else ""
    if run and start is not None and (past is None or start > past.started - 1):
        diagnosis = run.diagnosis
        return Newest(
            started=start,
            seconds=run.seconds,
            status=run.status,
            ended=run.ended,
            version=run.version,
            owner=diagnosis.owner if diagnosis else None,
            sentence=findings.conclusion(run),
            causes=tuple(map(_cause, diagnosis.causes)) if diagnosis else (),
            link=link,
            own=True,
            evidence=tuple(evidence),
        )
    if past is None:
        return None
    sentence = past.sentence or f"{', '.join(past.tenants)}: nothing failed"
    known = (past.started, past.seconds, past.status, past.ended, "", past.owner, sentence, past.causes)
    return Newest(*known, link=past.link, own=False)


def _cause(cause: owners.Cause) -> PastCause:
    """A cause of this run, as a history has it."""
    known = (cause.rule, cause.owner, cause.confidence, cause.status, cause.target, cause.sentence, cause.runbook)
    return PastCause(*known)


def _warnings(history: History, run: Run | None) -> tuple[str, ...]:
    if run:
        return tuple(findings.warnings(run))
    if history.mode == "drill":
        return ("DRILL: the sandbox fails on purpose; no real tenant was probed",)
    return ("SANDBOX: this says nothing about a real tenant",) if history.mode == "sandbox" else ()


def _arranged(lanes: Sequence[Lane]) -> tuple[tuple[Group, ...], tuple[Lane, ...]]:
    """Tenants with their parts, the worst first, and services; no more of them than a page can carry."""
    groups: dict[str, list[Lane]] = {}
    for lane in lanes:
        if lane.sort != "dependency":
            groups.setdefault(lane.tenant, []).append(lane)
    services = sorted((each for each in lanes if each.sort == "dependency"), key=_place)
    crowd = sum(map(len, groups.values()))
    made = []
    for whole, *parts in groups.values():
        fewer = [] if crowd > MANY_LANES and not whole.ill else sorted(parts, key=_place)
        made.append(Group(_slim(whole, crowd), tuple(_slim(each, crowd) for each in fewer), len(parts) - len(fewer)))
    return tuple(sorted(made, key=lambda each: _place(each.whole))), tuple(services)


def _slim(lane: Lane, crowd: int) -> Lane:
    return replace(lane, latencies=(), spans=lane.spans[:1]) if crowd > MANY_CHARTS and not lane.ill else lane


def _place(lane: Lane) -> tuple[int, str]:
    return (-SEVERITY[lane.status] if lane.ill else 0), lane.name
