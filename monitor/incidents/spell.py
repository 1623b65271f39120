"""A spell of illness while it is followed: a suspicion at first, an incident once it is confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.history import PastCause, PastRun
from monitor.incidents.complaints import Complaint
from monitor.incidents.incident import MONITOR, Change, Incident
from monitor.incidents.policy import Threshold
from monitor.owners import Owner
from monitor.status import SEVERITY, Status


class Silence(NamedTuple):
    """Seconds without a word of a tenant, by how often it was asked until now.

    ``gap``: so long between two runs, and nobody knows how it was meanwhile. ``unusual``: so long after the last run,
    and one is missing; rounds come a minute apart, and then none until a scheduler is ready.
    """

    gap: float
    unusual: float


Silences = Callable[[str], Silence]
"""That of each tenant."""


@dataclass(slots=True)
class Streak:
    """The same in run after run: how often, since when, and for how long, without the time in which nothing ran."""

    count: int = 0
    first: float = 0.0
    last: float = 0.0
    elapsed: float = 0.0

    def add(self, at: float, silence: Silence) -> None:
        if not self.count:
            self.first = at
        elif at - self.last <= silence.gap:
            self.elapsed += at - self.last
        self.count, self.last = self.count + 1, at

    def enough(self, threshold: Threshold) -> bool:
        return self.count >= threshold.runs and self.elapsed >= threshold.seconds


GONE = Threshold(20, 86_400.0)
"""For how long a probe must not have been asked, by runs that judged its tenant, to be there no more."""


@dataclass(slots=True)
class AffectedTenant:
    """A tenant in a spell: in which of its probes it suffers, how long it has been ill, and then well, or not asked."""

    probes: tuple[str, ...] = ()
    ill: Streak = field(default_factory=Streak)
    well: Streak = field(default_factory=Streak)
    gone: Streak = field(default_factory=Streak)


class Spell:
    """What is known so far of one owner's trouble: since when, in which tenants, and whether it is an incident yet.

    ``spells`` is how often it began within a short time, where it flaps (else 0), and ``earlier`` are those of them
    that nobody was told of: they are its beginning.
    """

    def __init__(self, owner: Owner, run: PastRun, spells: int, earlier: Sequence[Spell] = ()) -> None:
        self.owner, self.spells = owner, spells
        self.tenants: dict[str, AffectedTenant] = {}
        self.status = self.worst = Status.SKIPPED
        self.opened: float | None = None
        self.began = self.seen = self.known = run.started
        self.link, self.silent_after = run.link, 0.0
        self.runs: list[str] = []
        self.causes: tuple[PastCause, ...] = ()
        self.besides: tuple[PastCause, ...] = ()
        self.targets: tuple[str, ...] = ()
        self.all_targets: dict[str, None] = {}
        self._changes: list[Change] = []
        self._first, self._named = str(owner), False
        if earlier:
            self.began, self.link = earlier[0].began, earlier[0].link
            self.runs = [id_ for spell in earlier for id_ in spell.runs]
            self.all_targets = {target: None for spell in earlier for target in spell.all_targets}
            self.worst = max((spell.worst for spell in earlier), key=SEVERITY.__getitem__)

    @property
    def blind(self) -> bool:
        """Whether it is the monitor that is ill: nothing was found about its targets."""
        return self.owner in MONITOR or self.status is Status.UNKNOWN

    def sicken(
        self,
        run: PastRun,
        hits: Sequence[Complaint],
        besides: tuple[PastCause, ...],
        needed: Threshold,
        silence: Silences,
    ) -> None:
        """This run sees it."""
        if self.spells and self._named and all(tenant.well.count for tenant in self.tenants.values()):
            self.spells += 1  # it had been well
        for complaint in hits:
            tenant = self.tenants.setdefault(complaint.tenant, AffectedTenant())
            tenant.probes, tenant.well, tenant.gone = complaint.probes or tenant.probes, Streak(), Streak()
            tenant.ill.add(run.started, silence(complaint.tenant))
        if not self._named:
            self._first, self._named = " ".join([run.id, self._first, *sorted(self.tenants)]), True
        causes = dict.fromkeys(cause for complaint in hits for cause in complaint.causes)
        self.causes = tuple(sorted(causes, key=lambda cause: -SEVERITY[cause.status]))
        self.status = max((complaint.status for complaint in hits), key=SEVERITY.__getitem__)
        self.worst = max(self.worst, self.status, key=SEVERITY.__getitem__)
        self.targets = tuple(sorted({target for complaint in hits for target in complaint.targets}))
        self.besides, self.seen, self.known = besides, run.started, run.started
        self.silent_after = max(silence(complaint.tenant).unusual for complaint in hits)
        self.runs.append(run.id)
        self.all_targets |= dict.fromkeys(self.targets)
        if self.opened is None and (self.spells or any(tenant.ill.enough(needed) for tenant in self.tenants.values())):
            self.opened = run.started
        if self.opened is not None:
            self._note(run)

    def mend(self, run: PastRun, tenants: Sequence[str], silence: Silences) -> None:
        """This run finds these tenants well; they must have been ill in it."""
        for name in tenants:
            tenant = self.tenants[name]
            tenant.well.add(run.started, silence(name))
            tenant.gone = Streak()
            tenant.ill = Streak() if self.opened is None else tenant.ill
            self.known, self.silent_after = run.started, silence(name).unusual

    def miss(self, run: PastRun, tenants: Sequence[str], silence: Silences) -> None:
        """This run judged these tenants, and asked nothing of what they suffer in."""
        for tenant in tenants:
            self.tenants[tenant].gone.add(run.started, silence(tenant))

    def over(self, threshold: Threshold, quiet: int) -> bool:
        """Whether it has recovered for as long; a suspicion is over where a single run finds all well."""
        if self.opened is None:
            return all(tenant.well.count or tenant.gone.enough(GONE) for tenant in self.tenants.values())
        return all(
            tenant.gone.enough(GONE)
            or (tenant.well.enough(threshold) and (not self.spells or tenant.well.count >= quiet))
            for tenant in self.tenants.values()
        )

    def as_incident(self, closed: float | None) -> Incident:
        """It as an incident, which it is once it was opened; ``closed`` is when the run began that ended it."""
        assert self.opened is not None, "a suspicion is no incident"  # noqa: S101 - who asks has looked
        recovering = all(tenant.well.count for tenant in self.tenants.values())
        return Incident(
            id=hashlib.sha256(self._first.encode()).hexdigest()[:12],
            owner=self.owner,
            status=self.status,
            worst=self.worst,
            tenants=tuple(sorted(self.tenants)),
            targets=self.targets,
            causes=self.causes,
            besides=self.besides,
            began=self.began,
            opened=self.opened,
            seen=self.seen,
            known=self.known,
            recovered=max(tenant.well.first for tenant in self.tenants.values()) if recovering else None,
            closed=closed,
            runs=tuple(self.runs),
            link=self.link,
            changes=tuple(self._changes),
            spells=self.spells,
            silent_after=self.silent_after,
        )

    def _note(self, run: PastRun) -> None:
        """What it became, where that is news: another owner or status, or targets that had not been ill before."""
        targets = tuple(sorted(self.all_targets))
        last = self._changes[-1] if self._changes else None
        if not last or (last.owner, last.status, last.targets) != (self.owner, self.status, targets):
            sentence = self.causes[0].sentence
            self._changes.append(Change(run.started, run.id, run.link, self.owner, self.status, targets, sentence))
