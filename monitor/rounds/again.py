"""Whether one more round is worth its time: where the newest says otherwise of a tenant than the run before did.

Where a scheduler begins a run an hour, an outage would be confirmed by the next one, an hour later, and its end too.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor import history
from monitor.history import Finding
from monitor.status import Status
from monitor.verdict import DEPENDENCIES, Run, Verdict

_ILL = (Status.DOWN, Status.UNKNOWN)


def ill_before(file: Path | None) -> frozenset[str] | None:
    """The tenants that the newest run of this history found ill, or could not judge; None where it has no run."""
    if not file or not file.exists():
        return None
    try:
        newest = history.read(file).runs(last=1)
    except history.Unusable:
        return None  # whoever records in it says so
    return _ill(newest[0].findings) if newest else None


def differs(run: Run, before: frozenset[str] | None) -> bool:
    """Whether this run finds other tenants ill than that one did; not where nothing is known of any before."""
    return before is not None and _ill(run.verdicts) != before


def _ill(judged: Iterable[Verdict | Finding]) -> frozenset[str]:
    tenants = (each.target.partition(":")[0] for each in judged if each.status in _ILL)
    return frozenset(tenants) - {DEPENDENCIES}
