"""What a run has to say that somebody must be told: its causes, by owner and tenant; and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.diagnosis.rules import RULES
from monitor.history import Finding, PastCause, PastRun
from monitor.incidents.incident import MONITOR
from monitor.incidents.policy import Policy
from monitor.owners import Owner
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES

UNKNOWN = Status.UNKNOWN
_WEAK = frozenset(rule.name for rule in RULES if rule.cap is Status.DEGRADED)


@dataclass(frozen=True, slots=True)
class Complaint:
    """All that a run finds ill with a tenant and is one owner's work; ``probes`` are the ids of those that suffer."""

    owner: Owner
    tenant: str
    targets: tuple[str, ...]
    causes: tuple[PastCause, ...]
    status: Status
    probes: tuple[str, ...]

    @property
    def about_target(self) -> bool:
        """Whether the tenant was judged, and found ill; else it is the monitor that could not see."""
        return self.owner not in MONITOR and self.status is not UNKNOWN


def tells(cause: PastCause, policy: Policy) -> bool:
    """Whether this cause makes an incident. A service's, and what a weak witness says, never do on their own.

    A login that fails with an API of the user's own behind it does, and is that API's.
    """
    of_services = all(_of(target) == DEPENDENCIES for target in cause.target.split(", "))
    alone = cause.owner is Owner.UPSTREAM and of_services
    return not alone and cause.rule not in _WEAK and cause.status in policy.tell


def complaints(run: PastRun, policy: Policy) -> list[Complaint]:
    """Those of this run, each owner and tenant once, in an order that depends on nothing but them."""
    causes: dict[tuple[Owner, str], list[PastCause]] = {}
    findings: dict[tuple[Owner, str], list[Finding]] = {}
    for cause in run.causes:
        if tells(cause, policy):
            explained = [finding for finding in run.findings if finding.cause == cause]
            for tenant in _once(_tenants(explained, cause)):
                of_tenant = (finding for finding in explained if _of(finding.target) == tenant)
                causes.setdefault((cause.owner, tenant), []).append(cause)
                findings.setdefault((cause.owner, tenant), []).extend(of_tenant)
    return [
        Complaint(
            owner,
            tenant,
            _once(target for cause in own for target in cause.target.split(", ") if _of(target) == tenant) or (tenant,),
            tuple(sorted(own, key=lambda cause: -SEVERITY[cause.status])),
            max((cause.status for cause in own), key=SEVERITY.__getitem__),
            _once(finding.id for finding in findings[owner, tenant]),
        )
        for (owner, tenant), own in sorted(causes.items())
    ]


def besides(run: PastRun, policy: Policy) -> tuple[PastCause, ...]:
    """What this run knew besides: the causes that make no incident of their own."""
    return tuple(cause for cause in run.causes if not tells(cause, policy))


@dataclass(frozen=True, slots=True)
class Unclear:
    """The probes of which a run cannot say that they are well: ``ill`` by any cause, ``unseen`` by the monitor."""

    ill: frozenset[str]
    unseen: frozenset[str]


def unclear(run: PastRun, policy: Policy) -> Unclear:
    """Those of this run; what is ill without a cause is ill all the same."""
    ill = [(finding.id, finding.cause) for finding in run.findings if not finding.cause or tells(finding.cause, policy)]
    unseen = (probe for probe, cause in ill if cause and (cause.owner in MONITOR or cause.status is UNKNOWN))
    return Unclear(frozenset(probe for probe, _ in ill), frozenset(unseen))


def _tenants(findings: Iterable[Finding], cause: PastCause) -> tuple[str, ...]:
    """By the findings: the list of a cause's targets may have been cut for its length. A service behind it is none."""
    found = _once(_of(each.target) for each in findings) or _once(map(_of, cause.target.split(", ")))
    return tuple(each for each in found if each != DEPENDENCIES) or found


def _of(target: str) -> str:
    return target.partition(":")[0]


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
