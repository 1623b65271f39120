"""A run as flat events, for readers that keep events and not series: of each tenant, each target, each probe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.feeds import readout, service_states
from monitor.feeds.readout import TenantReadout
from monitor.feeds.service_states import ServiceState
from monitor.owners import Cause
from monitor.reports.findings import NOBODY
from monitor.status import Status
from monitor.text import one_line
from monitor.verdict import Run

NAME_BOUND, MESSAGE_BOUND = 200, 1_000
"""Characters of a name, and of the one text that is for people."""


def rows(run: Run) -> Iterator[dict[str, Any]]:
    """Each is flat: texts, whole numbers, floats. ``level`` says of what it is: ``tenant``, ``target`` or ``probe``.

    A tenant's has the one text that is for people, ``message``. No other value is a sentence or an id.
    """
    states = service_states.of_tenants(run)
    for tenant, state in zip(readout.tenants(run), states, strict=True):
        yield _tenant(run, tenant, state)
        for target, (status, seconds) in tenant.targets.items():
            if target != tenant.name:
                yield _row(run, "target", tenant.name, status, target=target, seconds=seconds)
        explained = {id_: cause for cause in reversed(tenant.causes) for id_ in cause.verdicts}
        for probe in tenant.probes:
            verdict = probe.verdict
            known = {"target": verdict.target, "probe": verdict.probe, "kind": verdict.kind}
            times = {"seconds": verdict.seconds, "budget": verdict.budget}
            yield _row(run, "probe", tenant.name, probe.status, **known, **times, **_whose(explained.get(verdict.id)))


def _tenant(run: Run, tenant: TenantReadout, state: ServiceState) -> dict[str, Any]:
    counts = {f"probes_{status}": sum(probe.status is status for probe in tenant.probes) for status in Status}
    seconds = tenant.targets.get(tenant.name, ("", None))[1]
    whose = _whose(tenant.causes[0] if tenant.causes else None)
    told = _row(run, "tenant", tenant.name, tenant.status, seconds=seconds, **whose, **counts)
    return told | {"message": one_line(state.line, MESSAGE_BOUND), "run_seconds": run.seconds}


def _row(run: Run, level: str, tenant: str, status: str, **more: Any) -> dict[str, Any]:
    """What is None or empty is left out: a reader would take it for a value."""
    told = {"level": level, "mode": run.mode, "tenant": tenant.strip() or NOBODY, "status": str(status), **more}
    named = {name: one_line(value, NAME_BOUND) if isinstance(value, str) else value for name, value in told.items()}
    return {name: value for name, value in named.items() if value is not None and value != ""}


def _whose(cause: Cause | None) -> dict[str, str]:
    if cause is None:
        return {}
    return {"owner": str(cause.owner), "confidence": str(cause.confidence), "rule": cause.rule}
