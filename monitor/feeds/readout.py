"""What every feed reads off a run: a status for each tenant, target and probe, the causes, and how old that is.

Unknown is never good and never bad here: what this machine itself is to blame for says nothing of whom it asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.history import sights
from monitor.history.sights import Sight
from monitor.owners import Cause
from monitor.reports.findings import NOBODY, tenant_of
from monitor.status import JUDGED, SEVERITY, Status
from monitor.telling.latest import began
from monitor.verdict import DEPENDENCIES, Run, Verdict, worst

AHEAD = 300.0
"""Seconds that a run may lie in the future before its time is not believed: clocks differ."""

MAX_AGE = 600.0
"""Seconds after which a run says nothing any more, where nobody has said otherwise."""


@dataclass(frozen=True, slots=True)
class ProbeReadout:
    """A verdict, and the status that it counts as."""

    verdict: Verdict
    status: Status


@dataclass(frozen=True, slots=True)
class TenantReadout:
    """What a run says of one tenant, or of the services: ``targets`` by name, each with the seconds of its answer.

    ``status`` is never skipped: of whom nobody was asked nothing is known.
    """

    name: str
    status: Status
    probes: tuple[ProbeReadout, ...]
    targets: Mapping[str, Sight] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether the run has found out anything about it."""
        return any(probe.status in JUDGED for probe in self.probes)


def tenants(run: Run) -> tuple[TenantReadout, ...]:
    """Each tenant that the run asked, in its order, and the services that they lean on.

    A tenant of which there is no verdict is unknown. Where nobody was to be asked, the suite itself stands for that.
    """
    causes = run.diagnosis.causes if run.diagnosis else ()
    places = {id_: place for place, cause in enumerate(causes) for id_ in cause.verdicts}
    kept = [{"owner": each.owner, "confidence": each.confidence, "status": each.status} for each in causes]
    told = [_told(verdict, places.get(verdict.id)) for verdict in run.verdicts]
    statuses = [Status(sights.counted(each, kept)[0]) for each in told]
    seen = sights.of_targets({"verdicts": told, "causes": kept})
    probes: dict[str, list[ProbeReadout]] = {name: [] for name in run.tenants}
    for verdict, status in zip(run.verdicts, statuses, strict=True):
        probes.setdefault(tenant_of(verdict), []).append(ProbeReadout(verdict, status))
    found = (_tenant(name, some, seen, causes) for name, some in probes.items())
    return tuple(found) or (TenantReadout(NOBODY, Status.UNKNOWN, ()),)


def _told(verdict: Verdict, cause: int | None) -> dict[str, Any]:
    names = ("id", "probe", "target", "kind", "status", "failure", "seconds", "budget")
    return {name: getattr(verdict, name) for name in names} | {"cause": cause}


def _tenant(name: str, probes: list[ProbeReadout], seen: Mapping[str, Sight], causes: Sequence[Cause]) -> TenantReadout:
    ids = {probe.verdict.id for probe in probes}
    named = {probe.verdict.target for probe in probes} | {name}
    targets = {target: seen[target] for target in seen if target in named}
    own = tuple(cause for cause in causes if ids.intersection(cause.verdicts))
    return TenantReadout(name, _status(name, probes, targets), tuple(probes), targets, own)


def _status(name: str, probes: Sequence[ProbeReadout], targets: Mapping[str, Sight]) -> Status:
    own = targets.get("" if name == NOBODY else name)
    status = Status(own[0]) if own and name != DEPENDENCIES else worst([probe.verdict for probe in probes])
    return Status.UNKNOWN if status is Status.SKIPPED else status


def worst_of(found: Sequence[TenantReadout]) -> Status:
    """The status that speaks for all of these; unknown where there is none."""
    return max((each.status for each in found), key=SEVERITY.__getitem__, default=Status.UNKNOWN)


def age(run: Run, now: float) -> float | None:
    """How many seconds ago this run began; None where its time cannot be believed."""
    start = began(run)
    if start is None or start - now > AHEAD:
        return None
    return max(0.0, now - start)


def ended(run: Run) -> float | None:
    """When this run ended, in seconds of the epoch."""
    start = began(run)
    return None if start is None else start + run.seconds


def unreal(run: Run) -> str:
    """Why this run says nothing of a real tenant, in capitals where it begins; empty where it does."""
    if run.mode == "live":
        return ""
    return f"{run.mode.upper()}: this says nothing about a real tenant"
