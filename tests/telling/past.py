"""Runs as a history has them, a word each: what incidents are worked out from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.history import Finding, PastCause, PastRun
from monitor.incidents import Incident, Policy, fold
from monitor.owners import Confidence, Owner
from monitor.status import SEVERITY, Status

LOGIN = "tests_synthetic/test_login.py::test_login_hands_out_tokens[{}]"
PROFILE = "tests_synthetic/test_profile.py::test_profile_is_the_users[{}]"
PROBES = (LOGIN, PROFILE)

RULES = {
    Owner.AUTH0: "outage",
    Owner.EXTENSION: "connection",
    Owner.CONFIGURATION: "wrong-client",
    Owner.UNKNOWN: "nothing-to-compare",
    Owner.RUNNER: "nothing-answers",
    Owner.THROTTLED: "throttled",
    Owner.UPSTREAM: "service",
}


@dataclass(frozen=True)
class Ill:
    """A cause of a run, and who suffers from it."""

    owner: Owner
    tenants: tuple[str, ...] = ("prod",)
    status: Status = Status.DOWN
    rule: str = ""
    said: str = ""
    probes: tuple[str, ...] = PROBES
    target: str = ""
    """How the cause names who suffers, where that is not all of them."""

    @property
    def cause(self) -> PastCause:
        rule = self.rule or RULES[self.owner]
        sentence = self.said or f"{', '.join(self.tenants)} suffers from {self.owner}"
        runbook = f"docs/runbook.md#{rule}"
        target = self.target or ", ".join(self.tenants)
        return PastCause(rule, self.owner, Confidence.LIKELY, self.status, target, sentence, runbook)


@dataclass
class Past:
    """A history: runs, and what they saw of each probe."""

    every: float = 300.0
    runs: list[PastRun] = field(default_factory=list)
    seen: dict[str, dict[str, Status]] = field(default_factory=dict)

    def run(
        self, *ill: Ill, after: float | None = None, tenants: Sequence[str] = ("prod",), blind: Sequence[str] = ()
    ) -> PastRun:
        """One more run, in which these are ill, these could not be judged, and all others are well."""
        at = self.runs[-1].started + (self.every if after is None else after) if self.runs else 1_795_381_200.0
        id_ = f"{len(self.runs) * 7919 % 9973:016x}"
        findings = [_finding(name, each, probe) for each in ill for name in each.tenants for probe in each.probes]
        judged = {probe.format(name): Status.UP for name in tenants for probe in PROBES if name not in blind}
        judged |= {each.id: each.status for each in findings}
        for probe, status in judged.items():
            self.seen.setdefault(probe, {})[id_] = status
        status = max(judged.values(), key=SEVERITY.__getitem__, default=Status.UNKNOWN)
        causes = tuple(each.cause for each in ill)
        owner = causes[0].owner if causes else None
        sentence = causes[0].sentence if causes else "login works"
        link = f"https://ci.example/runs/{len(self.runs)}"
        told = PastRun(id_, at, 1.0, status, "finished", tuple(tenants), link, owner, sentence, causes, tuple(findings))
        self.runs.append(told)
        return told

    def look(self, probe: str) -> Mapping[str, Status]:
        return self.seen.get(probe, {})

    def incidents(self, policy: Policy | None = None, runs: Iterable[PastRun] | None = None) -> tuple[Incident, ...]:
        return fold(self.runs if runs is None else runs, self.look, policy or Policy())


def _finding(target: str, ill: Ill, probe: str) -> Finding:
    return Finding(
        probe.format(target), "login_hands_out_tokens", "login", target, ill.status, "500", "", "", 0.2, ill.cause
    )
