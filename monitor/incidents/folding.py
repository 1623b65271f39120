"""Runs, one after another, folded into incidents: which complaint belongs to which spell, and when one is over."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from monitor.history import History, PastRun
from monitor.history.freshness import missed, usual
from monitor.incidents.complaints import Complaint, Unclear, besides, complaints, unclear
from monitor.incidents.incident import MONITOR, Incident
from monitor.incidents.policy import Policy
from monitor.incidents.spell import Silence, Spell
from monitor.owners import Owner
from monitor.status import JUDGED, SEVERITY, Status

Observed = Callable[[str, float], Mapping[str, Status]]
"""By run what it saw of this probe, from this time on."""

ONE_WORK = frozenset({Owner.AUTH0, *MONITOR})
"""Owners that are one party: whatever of theirs is ill at a time is one incident, in as many tenants as it may be."""

SPELLS, WITHIN, QUIET = 3, 20, 10
"""Flapping: so many spells that began within so many runs; it is over after so many runs without."""

RECENT, MARGIN = 5_000, 50
"""Runs that are looked at where only the newest incidents are asked for, and those of them that only lead to these."""

_ANY = ""
"""Stands for who is no tenant, and asked in every run."""

_WELL = frozenset({Status.UP, Status.DEGRADED})


def of_history(history: History, policy: Policy) -> tuple[Incident, ...]:
    """All incidents of this history, the newest first. A year of runs takes seconds: see ``recent``."""
    return fold(history.runs(), _observed_in(history), policy)


def recent(history: History, policy: Policy, *, runs: int = RECENT) -> tuple[Incident, ...]:
    """The newest of them, and all that are open, as ``of_history`` has them: those of so many runs, or more.

    More where an incident may have begun before: there must be some runs before whatever is told.
    """
    while True:
        some = history.runs(last=runs)
        found = fold(some, _observed_in(history), policy)
        if len(some) < runs or all(each.began > some[-MARGIN].started for each in found):
            return found
        runs *= 4


def _observed_in(history: History) -> Observed:
    until = (history.last or 0.0) + 1

    def observed(probe: str, since: float) -> Mapping[str, Status]:
        return {each.run: each.status for each in history.observations(probe, since, until)}

    return observed


def fold(runs: Iterable[PastRun], observed: Observed, policy: Policy) -> tuple[Incident, ...]:
    """The incidents of these runs, in whatever order they are given, the newest first."""
    folding = _Folding(observed, policy)
    for run in sorted({each.id: each for each in runs}.values(), key=lambda each: (each.started, each.id)):
        folding.take(run)
    live = [each.told(None) for each in folding.live if each.opened is not None]
    return tuple(sorted([*folding.closed, *live], key=lambda each: (-each.opened, each.id)))


class _Folding:
    def __init__(self, observed: Observed, policy: Policy) -> None:
        self.policy = policy
        self.live: list[Spell] = []
        self.closed: list[Incident] = []
        self._observed = observed
        self._seen: dict[str, tuple[float, Mapping[str, Status]]] = {}
        self._starts: dict[str, deque[float]] = {}
        self._numbers: dict[str, int] = {}
        self._beginnings: dict[tuple[Owner, str], deque[int]] = {}

    def take(self, run: PastRun) -> None:
        """One more run; it began after all before."""
        if run.status is not Status.UNKNOWN:
            for tenant in (*run.tenants, _ANY):
                self._starts.setdefault(tenant, deque(maxlen=20)).append(run.started)
                self._numbers[tenant] = self._numbers.get(tenant, 0) + 1
        if not (run.causes or self.live):
            return  # as in most of a year's runs
        hits = self._assign(run, complaints(run, self.policy))
        known = besides(run, self.policy)
        doubts = unclear(run, self.policy)
        for spell in list(self.live):
            threshold = self.policy.threshold(spell.owner)
            own = hits.get(spell, [])
            if own:
                spell.sicken(run, own, known, threshold, self._silence)
            ill = {each.tenant for each in own}
            well = [each for each in spell.parts if each not in ill and self._well(spell, each, run, doubts)]
            spell.mend(run, well, self._silence)
            left = [each for each in spell.parts if each not in ill and each not in well]
            spell.miss(run, [each for each in left if self._not_asked(spell, each, run)], self._silence)
            if not own and spell.over(threshold, QUIET):
                self.live.remove(spell)
                self.closed += [spell.told(run.started)] if spell.opened is not None else []

    def _assign(self, run: PastRun, found: list[Complaint]) -> dict[Spell, list[Complaint]]:
        """Whose each complaint is: a spell of its owner and tenant, one that has found its owner, or a new one."""
        hits: dict[Spell, list[Complaint]] = {}
        left = []
        for each in found:
            own = next((s for s in self.live if s.owner is each.owner and each.tenant in s.parts), None)
            hits.setdefault(own, []).append(each) if own else left.append(each)
        left = [each for each in left if not self._joins(each, hits, self.live if each.owner in ONE_WORK else [])]
        for spell in self.live:
            if spell not in hits and not spell.blind:
                left = self._taken_over(spell, left, hits)
        for each in left:
            if not self._joins(each, hits, hits if each.owner in ONE_WORK else []):
                spell = Spell(each.owner, run, self._spells(each))
                self.live.append(spell)
                hits[spell] = [each]
        return hits

    def _joins(self, complaint: Complaint, hits: dict[Spell, list[Complaint]], any_of: Iterable[Spell]) -> bool:
        """Whether it is one with a spell of the same owner: by a cause that they share, or among any of these."""
        sharing = (s for s, own in hits.items() if any(set(each.causes) & set(complaint.causes) for each in own))
        spell = next((each for each in (*sharing, *any_of) if each.owner is complaint.owner), None)
        if spell:
            hits.setdefault(spell, []).append(complaint)
        return spell is not None

    def _taken_over(self, spell: Spell, left: list[Complaint], hits: dict[Spell, list[Complaint]]) -> list[Complaint]:
        """A spell of which nobody complains, while its tenants are ill by another's work, has found its owner."""
        taking = [each for each in left if each.tenant in spell.parts and each.about_target]
        if not taking:
            return left
        spell.owner = max(taking, key=lambda each: SEVERITY[each.status]).owner
        hits[spell] = [each for each in taking if each.owner is spell.owner]
        for other in self.live:
            if other is not spell and other.owner is spell.owner:
                spell.parts = {name: part for name, part in spell.parts.items() if name not in other.parts}
        return [each for each in left if each not in hits[spell]]

    def _well(self, spell: Spell, tenant: str, run: PastRun, doubts: Unclear) -> bool:
        """Whether this run judged some of the probes in which this tenant suffered, and found nothing ill in any.

        The monitor itself is well again when it can see, whatever it sees.
        """
        probes = spell.parts[tenant].probes
        doubted, fine = (doubts.unseen, JUDGED) if spell.blind else (doubts.ill, _WELL)
        return doubted.isdisjoint(probes) and any(self._status(each, spell.began, run) in fine for each in probes)

    def _not_asked(self, spell: Spell, tenant: str, run: PastRun) -> bool:
        """Whether this run judged the tenant, and has not even skipped the probes in which it suffered."""
        asked = run.status is not Status.UNKNOWN and tenant in run.tenants
        return asked and all(self._status(each, spell.began, run) is None for each in spell.parts[tenant].probes)

    def _status(self, probe: str, since: float, run: PastRun) -> Status | None:
        before = self._seen.get(probe)
        if before is None or since < before[0]:
            self._seen[probe] = before = since, self._observed(probe, since)
        return before[1].get(run.id)

    def _spells(self, complaint: Complaint) -> int:
        """How many spells of this kind began lately, with this one, where they are so many that it flaps; else 0."""
        number = self._numbers.get(complaint.tenant) or self._numbers.get(_ANY, 0)
        beginnings = self._beginnings.setdefault((complaint.owner, complaint.tenant), deque(maxlen=WITHIN))
        beginnings.append(number)
        lately = sum(number - each < WITHIN for each in beginnings)
        return lately if lately >= SPELLS else 0

    def _silence(self, tenant: str) -> Silence:
        starts = self._starts.get(tenant) or self._starts.get(_ANY) or deque()
        median = statistics.median(b - a for a, b in pairwise(starts)) if len(starts) > 1 else None
        return Silence(missed(median), missed(usual(starts)))
