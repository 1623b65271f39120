"""What a run comes to, before it is told anywhere: the conclusion, a cause for many probes, how fast the rest is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

from monitor import owners as diagnosed
from monitor import text
from monitor.clues import ClueKind
from monitor.diagnosis import clock
from monitor.reports import wording
from monitor.status import ILL, SEVERITY, Status
from monitor.verdict import DEPENDENCIES, Run, Verdict, worst

ORDER = (*ILL, Status.UP, Status.SKIPPED)
"""The order of every list."""

NOBODY = "suite"
"""What stands for the tenant of a verdict that has none."""

_MEASURED = re.compile(r"\d+\.\d+(?= s\b)")

NAMED = 5
"""How many tenants the conclusion names."""

REMARKS = 10
"""How many remarks on the environment are told."""


@dataclass(frozen=True, slots=True)
class CommonReason:
    """One reason, and the verdicts of one tenant that have it in common, all of the same status."""

    status: Status
    tenant: str
    reason: str
    verdicts: list[Verdict]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the probes of one kind are that are up: seconds, and the slowest; None where nothing was measured."""

    tenant: str
    kind: str
    count: int
    median: float | None
    slowest: Verdict | None


def by_severity(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Worst first, otherwise in their own order."""
    rank = {status: place for place, status in enumerate(ORDER)}
    return sorted(verdicts, key=lambda verdict: rank[verdict.status])


def tenant_of(verdict: Verdict) -> str:
    return verdict.tenant or NOBODY


def by_tenant(run: Run) -> dict[str, list[Verdict]]:
    """The verdicts of each tenant, the worst tenant first, then by name; what they lean on after them."""
    found: dict[str, list[Verdict]] = {}
    for verdict in run.verdicts:
        found.setdefault(tenant_of(verdict), []).append(verdict)
    return dict(sorted(found.items(), key=lambda pair: (_rank(pair[1]), pair[0] == DEPENDENCIES, pair[0])))


def by_target(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts on each target, the worst target first, then by name."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.target or NOBODY, []).append(verdict)
    return dict(sorted(found.items(), key=lambda pair: (_rank(pair[1]), pair[0])))


def _rank(verdicts: list[Verdict]) -> int:
    """The place of these in a list whose worst come first; all that are well share one."""
    return min((-SEVERITY[verdict.status] for verdict in verdicts if verdict.ill), default=0)


def common_reasons(verdicts: Iterable[Verdict]) -> list[CommonReason]:
    """Why there are verdicts that are not well: worst first, and what most probes suffer from before the rest."""
    groups: dict[tuple[Status, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.ill:
            alike = _MEASURED.sub("", wording.reason(verdict))
            groups.setdefault((verdict.status, tenant_of(verdict), alike), []).append(verdict)
    reasons = [CommonReason(status, tenant, _common(same), same) for (status, tenant, _), same in groups.items()]
    return sorted(reasons, key=lambda reason: (ORDER.index(reason.status), -len(reason.verdicts)))


def _common(verdicts: list[Verdict]) -> str:
    """The reason of all these; where they differ in what was measured, that of the slowest."""
    reasons = {wording.reason(verdict) for verdict in verdicts}
    slowest = slowest_of(verdicts) or verdicts[0]
    return wording.reason(slowest) + (f" (the slowest of {len(verdicts):,})" if len(reasons) > 1 else "")


def answered(reason: CommonReason) -> str:
    """The last attempt of the slowest of these verdicts, in one line; empty where nothing was sent."""
    asked = [verdict for verdict in reason.verdicts if verdict.attempts]
    slowest = slowest_of(asked) or next(iter(asked), None)
    return wording.answer(slowest.attempts[-1]) if slowest else ""


def paces(verdicts: Iterable[Verdict]) -> list[Pace]:
    """How fast what is up is, for each tenant and kind, in the order of the run."""
    found: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.status is Status.UP:
            found.setdefault((tenant_of(verdict), verdict.kind), []).append(verdict)
    return [replace(pace_of(members), tenant=tenant, kind=kind) for (tenant, kind), members in found.items()]


def pace_of(verdicts: Iterable[Verdict]) -> Pace:
    """How fast what is up is, of all these tenants together."""
    up = [verdict for verdict in verdicts if verdict.status is Status.UP]
    times = [verdict.seconds for verdict in up if verdict.seconds is not None]
    tenants = text.count(len({tenant_of(verdict) for verdict in up}), "tenant")
    return Pace(tenants, "", len(up), median(times) if times else None, slowest_of(up))


def slowest_of(verdicts: Iterable[Verdict]) -> Verdict | None:
    timed = (verdict for verdict in verdicts if verdict.seconds is not None)
    return max(timed, key=lambda verdict: verdict.seconds or 0.0, default=None)


def place(verdict: Verdict) -> str:
    """The probe, and which part of its tenant it asked: ``login_hands_out_tokens [password]``."""
    part = verdict.target.partition(":")[2]
    return text.one_line(f"{verdict.probe} [{part}]" if part else verdict.probe)


def places(reason: CommonReason) -> list[str]:
    """Which probes of which targets have it, in few words: ``login_hands_out_tokens [password, oauth-ro]``."""
    probes: dict[str, list[str]] = {}
    for verdict in reason.verdicts:
        part = text.one_line(verdict.target.partition(":")[2])
        parts = probes.setdefault(text.one_line(verdict.probe), [])
        parts += [part] if part else []
    together: dict[tuple[str, ...], list[str]] = {}
    for probe, parts in probes.items():
        together.setdefault(tuple(parts), []).append(probe)
    return [", ".join(names) + (f" [{', '.join(parts)}]" if parts else "") for parts, names in together.items()]


def conclusion(run: Run) -> str:
    """What to say of a run in one breath, after its status: its diagnosis, or how many are ill before there is one."""
    return text.one_line(run.diagnosis.sentence) if run.diagnosis else counted(run)


def counted(run: Run) -> str:
    """How many, after the run's status: ``prod: 8 of 31 probes are down``."""
    tenants = by_tenant(run)
    if not tenants:
        return "no probe was planned, so the status is unknown"
    status = worst(run.verdicts)
    if status is Status.UP:
        up, skipped, unread = run.count(Status.UP), run.count(Status.SKIPPED), len(unread_in(run))
        names = ", ".join(tenants) if len(tenants) <= NAMED else text.count(len(tenants), "tenant")
        left = f", {text.count(skipped, 'other')} skipped" if skipped else ""
        left += f", {text.count(unread, 'status page')} not read" if unread else ""
        return text.one_line(f"{names}: {text.count(up, 'probe')} up{left}")
    told: list[str] = []
    for name, verdicts in tenants.items():
        if worst(verdicts) is status:
            hit = sum(verdict.status is status and not verdict.unread for verdict in verdicts)
            kind = "" if told else f" {'probe is' if len(verdicts) == 1 else 'probes are'} {status}"
            unread = any(verdict.unread for verdict in verdicts)
            none = "no status page could be read" if unread else "every probe was skipped"
            told.append(f"{name}: {hit:,} of {len(verdicts):,}{kind}" if hit else f"{name}: {none}")
    more = f"; and {text.count(len(told) - NAMED, 'more tenant')}" if len(told) > NAMED else ""
    return text.one_line("; ".join(told[:NAMED]) + more)


def explained(run: Run) -> list[tuple[diagnosed.Cause | None, list[CommonReason]]]:
    """Each cause of the diagnosis, and what it explains, by reason; without a diagnosis all reasons together."""
    if not run.diagnosis:
        return [(None, reasons)] if (reasons := common_reasons(run.verdicts)) else []
    by_id = {verdict.id: verdict for verdict in run.verdicts}
    return [
        (cause, common_reasons(by_id[name] for name in cause.verdicts if name in by_id))
        for cause in run.diagnosis.causes
    ]


MANY_CLUES = 12
"""How many clues are told of a run."""


def known(run: Run) -> list[str]:
    """What Auth0 itself knows of what is ill, a line for each: tenant, connection, what."""
    lines = [
        text.one_line(f"{clue.tenant}{f' ({clue.connection})' if clue.connection else ''}: {clue.words}")
        for clue in run.clues
        if clue.kind != ClueKind.NO_RULES
    ]
    unique = list(dict.fromkeys(lines))
    left = len(unique) - MANY_CLUES
    return [*unique[:MANY_CLUES], *([text.count(left, "more fact")] if left > 0 else [])]


def whose(cause: diagnosed.Cause) -> str:
    """``extension, likely``: the owner, and how sure that is."""
    return f"{cause.owner}, {cause.confidence}"


def unread_in(run: Run) -> list[Verdict]:
    """The verdicts on status pages that could not be read, in the order of the run."""
    return [verdict for verdict in run.verdicts if verdict.unread]


def warnings(run: Run) -> list[str]:
    """What a reader must know before believing anything else, in capitals where it begins."""
    told = []
    if run.mode == "drill":
        told.append(f"DRILL: {', '.join(run.drill)}. The sandbox fails on purpose; no real tenant was probed")
    if run.mode == "sandbox":
        told.append("SANDBOX: this says nothing about a real tenant")
    if run.shard:
        known = text.count(len(run.shard.tenants), "tenant")
        part = text.some(run.tenants, NAMED) or "none: that is no error"
        told.append(f"SHARD {run.shard}: of {known} this part has {part}")
    if off := clock.skew(run.verdicts):
        told.append(
            f"CLOCK: this machine's clock is {clock.told(off)} compared with the time in all answers. Set it (NTP)"
        )
    if run.ended != "finished":
        said = "the run has not ended, or was killed" if run.ended == "running" else text.one_line(run.ended)
        told.append(f"INCOMPLETE: {said}. What was not judged is unknown")
    told += [f"REMARK: {text.one_line(remark)}" for remark in run.remarks[:REMARKS]]
    if len(run.remarks) > REMARKS:
        told.append(f"and {text.count(len(run.remarks) - REMARKS, 'more remark')}, which make doctor has")
    return told
