"""How xdist deals probes out: all of a tenant's to one worker, so that nothing is performed twice."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling


class ByTenant(LoadScopeScheduling):  # type: ignore[misc]
    """One scope a tenant; what is not a probe is a scope of its own."""

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith("tests_synthetic/"):
            return nodeid
        return nodeid.partition("[")[2].rstrip("]").partition(":")[0]
