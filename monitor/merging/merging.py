"""From the legs of one run to the one Run: as if one machine had asked, in the order in which it would have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor import VERSION
from monitor.configuration.targets import plain
from monitor.diagnosis.diagnosis import diagnose
from monitor.merging.legs import KIND, Leg, Problem
from monitor.owners import Cause
from monitor.status import SEVERITY, Status
from monitor.text import iso
from monitor.verdict import Run, Verdict

PROBE = "leg_is_there_and_whole"
"""What stands for a probe where a leg is not."""


def merge(legs: Sequence[Leg], problems: Sequence[Problem]) -> Run:
    """One run of all legs, diagnosed over all their verdicts; every problem is an unknown, and makes it incomplete."""
    runs = [leg.run for leg in legs]
    tenants = _tenants(runs)
    began = min((_moment(run) for run in runs), default=datetime.now(UTC))
    ended = max((_moment(run) + timedelta(seconds=run.seconds) for run in runs), default=began)
    run = Run(
        mode=runs[0].mode if runs else "live",
        drill=tuple(dict.fromkeys(fault for run in runs for fault in run.drill)),
        started=iso(began),
        seconds=round((ended - began).total_seconds(), 3),
        version=_together(run.version for run in runs) or VERSION,
        ended=_ending(legs, problems),
        tenants=tenants,
        versions={name: _together(run.versions.get(name, "") for run in runs) for name in _names(runs, "versions")},
        environment={name: _set(run.environment.get(name) for run in runs) for name in _names(runs, "environment")},
        remarks=tuple(dict.fromkeys(remark for run in runs for remark in run.remarks)),
        verdicts=(*in_order(runs, tenants), *unknown(problems)),
        clues=tuple(dict.fromkeys(clue for run in runs for clue in run.clues)),
    )
    return replace(run, diagnosis=diagnose(run, _known_causes(runs, run.verdicts)))


def _known_causes(runs: list[Run], merged: Sequence[Verdict]) -> list[Cause]:
    """Those of legs of an earlier version, which told no rungs: taken as told, since they cannot be found anew."""
    unexplained = {verdict.id for verdict in merged if verdict.ill}
    causes = []
    for run in runs:
        of_before = {verdict.id for verdict in run.verdicts if verdict.rung is None}
        for cause in run.diagnosis.causes if run.diagnosis else ():
            if left := tuple(name for name in cause.verdicts if name in of_before & unexplained):
                causes.append(replace(cause, verdicts=left))
                unexplained.difference_update(left)
    return causes


def _moment(run: Run) -> datetime:
    return datetime.fromisoformat(run.started)


def _tenants(runs: list[Run]) -> tuple[str, ...]:
    """Who was asked, in the order in which the shards know them all."""
    asked = dict.fromkeys(name for run in runs for name in run.tenants)
    known = dict.fromkeys(name for run in runs if run.shard for name in run.shard.tenants)
    return tuple(name for name in known | asked if name in asked)


def _names(runs: list[Run], of: str) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in getattr(run, of)))


def _together(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, values)))


def _set(values: Iterable[str | None]) -> str:
    return "set" if "set" in values else "not set"


def _ending(legs: Sequence[Leg], problems: Sequence[Problem]) -> str:
    """``finished``, if all legs are there and have; else which have not, and why."""
    why = [f"{leg.name}: {_how(leg.run.ended)}" for leg in legs if leg.run.ended != "finished"]
    if problems:
        why.append(f"not whole: {_together(problem.leg for problem in problems)}")
    return f"interrupted: {'; '.join(why)}" if why else "finished"


def _how(ended: str) -> str:
    return "has not ended, or was killed" if ended == "running" else ended.removeprefix("interrupted: ")


def in_order(runs: Sequence[Run], tenants: tuple[str, ...]) -> list[Verdict]:
    """All verdicts, in the order of the plan: by probe, then by tenant. Of two on one probe the worse speaks."""
    found: dict[str, Verdict] = {}
    for verdict in (verdict for run in runs for verdict in run.verdicts):
        found[verdict.id] = max(found.get(verdict.id, verdict), verdict, key=_weight)
    probes = {probe: place for place, probe in enumerate(_probes(runs))}
    services = dict.fromkeys(name for run in runs if run.shard for name in run.shard.services)
    places = {name: place for place, name in enumerate((*map(plain, tenants), *services))}
    return sorted(
        found.values(),
        key=lambda each: (probes[_probe(each)], places.get(each.tenant, places.get(each.target, len(places)))),
    )


def _probe(verdict: Verdict) -> str:
    return verdict.id.partition("[")[0]


def _probes(runs: Sequence[Run]) -> list[str]:
    """Every probe once; what only some legs have stands there behind what it stands behind in them.

    What begins a leg stands before the next that others have, and behind all where there is none.
    """
    order: list[str] = []
    for run in runs:
        probes = dict.fromkeys(map(_probe, run.verdicts))
        place = next((order.index(probe) for probe in probes if probe in order), len(order))
        for probe in probes:
            if probe in order:
                place = order.index(probe) + 1
            else:
                order.insert(place, probe)
                place += 1
    return order


def _weight(verdict: Verdict) -> int:
    """Which of two verdicts on the same speaks: the worse; a page that was read says more than one that was not."""
    return 1 if verdict.unread else SEVERITY[verdict.status] * 2


def unknown(problems: Sequence[Problem]) -> list[Verdict]:
    """What stands for each leg that is not there, or not to be used: every consumer shows an unknown."""
    reasons: dict[str, list[str]] = {}
    for problem in problems:
        reasons.setdefault(plain(problem.leg) or KIND, []).append(problem.reason)
    return [
        Verdict(
            id=f"{KIND}::{PROBE}[{name}]",
            probe=PROBE,
            target=name,
            kind=KIND,
            status=Status.UNKNOWN,
            reason="; ".join(dict.fromkeys(told)),
            question="Is what this leg has found here, and of this run?",
        )
        for name, told in reasons.items()
    ]
