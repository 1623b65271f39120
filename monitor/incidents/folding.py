"""Runs, one after another, folded into incidents: which complaint belongs to which spell, and when one is over."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from monitor.history import DAY, History, PastRun
from monitor.history.freshness import missed, usual
from monitor.incidents.complaints import Complaint, Unclear, besides, complaints, unclear
from monitor.incidents.incident import MONITOR, Incident
from monitor.incidents.policy import Policy
from monitor.incidents.spell import Silence, Spell
from monitor.owners import Owner
from monitor.status import JUDGED, SEVERITY, Status

Look = Callable[[str], Mapping[str, Status]]
"""By run what it saw of this probe: nothing of a run that did not ask it."""

ONE_WORK = frozenset({Owner.AUTH0, *MONITOR})
"""Owners that are one party: whatever of theirs is ill at a time is one incident, in as many tenants as it may be."""

SPELLS, WITHIN, QUIET = 3, 20, 10
"""Flapping: so many spells that began within so many runs; it is over after so many runs without."""


_ANY = ""
"""Stands for who is no tenant, and asked in every run."""

_WELL = frozenset({Status.UP, Status.DEGRADED})


def of_history(history: History, policy: Policy) -> tuple[Incident, ...]:
    """All incidents of this history, the newest first. A year of runs takes seconds: see ``newest``."""
    runs = history.runs()
    return fold(runs, sights_in(history, runs), policy)


def sights_in(history: History, runs: Iterable[PastRun]) -> Look:
    """What these runs saw, looked up in their history as it is asked for."""
    starts = {run.id: run.started for run in runs}
    return lambda probe: _Sights(history, probe, starts)


class _Sights(Mapping[str, Status]):
    """By run what it saw of a probe; a day is read when one of its runs is asked for, since few ever are."""

    def __init__(self, history: History, probe: str, starts: Mapping[str, float]) -> None:
        self._history, self._probe, self._starts = history, probe, starts
        self._days: dict[float, dict[str, Status]] = {}

    def __getitem__(self, run: str) -> Status:
        day = self._starts[run] // DAY * DAY
        if day not in self._days:
            seen = self._history.observations(self._probe, day, day + DAY)
            self._days[day] = {observation.run: observation.status for observation in seen}
        return self._days[day][run]

    def __iter__(self) -> Iterator[str]:
        return (run for run in self._starts if self.get(run) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def fold(runs: Iterable[PastRun], look: Look, policy: Policy) -> tuple[Incident, ...]:
    """The incidents of these runs, in whatever order they are given, the newest first."""
    folding = _Folding(look, policy)
    for run in sorted({each.id: each for each in runs}.values(), key=lambda each: (each.started, each.id)):
        folding.take(run)
    live = [spell.as_incident(None) for spell in folding.live if spell.opened is not None]
    return tuple(sorted([*folding.closed, *live], key=lambda incident: (-incident.opened, incident.id)))


class _Folding:
    """Runs taken one by one: the spells that go on (``live``), and the incidents that are over (``closed``)."""

    def __init__(self, look: Look, policy: Policy) -> None:
        self.policy = policy
        self.live: list[Spell] = []
        self.closed: list[Incident] = []
        self._look = look
        self._looked: dict[str, Mapping[str, Status]] = {}
        self._starts: dict[str, deque[float]] = {}
        self._numbers: dict[str, int] = {}
        self._beginnings: dict[tuple[Owner, str], deque[tuple[int, Spell]]] = {}

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
            ill = {complaint.tenant for complaint in own}
            others = [tenant for tenant in spell.tenants if tenant not in ill]
            well = [tenant for tenant in others if self._well(spell, tenant, run, doubts)]
            spell.mend(run, well, self._silence)
            left = [tenant for tenant in others if tenant not in well and self._not_asked(spell, tenant, run)]
            spell.miss(run, left, self._silence)
            if not own and spell.over(threshold, QUIET):
                self.live.remove(spell)
                self.closed += [spell.as_incident(run.started)] if spell.opened is not None else []

    def _assign(self, run: PastRun, complaints: list[Complaint]) -> dict[Spell, list[Complaint]]:
        """Whose each complaint is: a spell of its owner and tenant, one that has found its owner, or a new one."""
        hits: dict[Spell, list[Complaint]] = {}
        left = []
        for each in complaints:
            own = next((s for s in self.live if s.owner is each.owner and each.tenant in s.tenants), None)
            hits.setdefault(own, []).append(each) if own else left.append(each)
        left = [each for each in left if not self._joins(each, hits, self.live if each.owner in ONE_WORK else [])]
        for spell in self.live:
            if spell not in hits and not spell.blind:
                left = self._taken_over(spell, left, hits)
        for each in left:
            if not self._joins(each, hits, hits if each.owner in ONE_WORK else []):
                spell = self._begun(each, run)
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
        taking = [each for each in left if each.tenant in spell.tenants and each.about_target]
        if not taking:
            return left
        spell.owner = max(taking, key=lambda each: SEVERITY[each.status]).owner
        hits[spell] = [each for each in taking if each.owner is spell.owner]
        for other in self.live:
            if other is not spell and other.owner is spell.owner:
                spell.tenants = {name: own for name, own in spell.tenants.items() if name not in other.tenants}
        return [each for each in left if each not in hits[spell]]

    def _well(self, spell: Spell, tenant: str, run: PastRun, doubts: Unclear) -> bool:
        """Whether this run judged some of the probes in which this tenant suffered, and found nothing ill in any.

        The monitor itself is well again when it can see, whatever it sees.
        """
        probes = spell.tenants[tenant].probes
        doubted, fine = (doubts.unseen, JUDGED) if spell.blind else (doubts.ill, _WELL)
        return doubted.isdisjoint(probes) and any(self._status(probe, run) in fine for probe in probes)

    def _not_asked(self, spell: Spell, tenant: str, run: PastRun) -> bool:
        """Whether this run judged the tenant, and has not even skipped the probes in which it suffered."""
        asked = run.status is not Status.UNKNOWN and tenant in run.tenants
        return asked and all(self._status(probe, run) is None for probe in spell.tenants[tenant].probes)

    def _status(self, probe: str, run: PastRun) -> Status | None:
        """What this run saw of this probe; None where it did not ask it."""
        if probe not in self._looked:
            self._looked[probe] = self._look(probe)
        return self._looked[probe].get(run.id)

    def _begun(self, complaint: Complaint, run: PastRun) -> Spell:
        """A new spell; where so many of this kind began lately that it flaps, it is one with those before it.

        Those that were incidents of their own stay such.
        """
        number = self._numbers.get(complaint.tenant) or self._numbers.get(_ANY, 0)
        beginnings = self._beginnings.setdefault((complaint.owner, complaint.tenant), deque(maxlen=WITHIN - 1))
        lately = [spell for at, spell in beginnings if number - at < WITHIN]
        flaps = len(lately) + 1 >= SPELLS
        ends = (one.closed or 0.0 for one in self.closed if one.owner is complaint.owner)
        after = max(ends, default=0.0)
        earlier = [spell for spell in lately if spell.opened is None and spell.began > after] if flaps else []
        made = Spell(complaint.owner, run, len(lately) + 1 if flaps else 0, earlier)
        beginnings.append((number, made))
        return made

    def _silence(self, tenant: str) -> Silence:
        starts = self._starts.get(tenant) or self._starts.get(_ANY) or deque()
        median = statistics.median(b - a for a, b in pairwise(starts)) if len(starts) > 1 else None
        return Silence(missed(median), missed(usual(starts)))
