"""Observations in a row that were not well: when they began, when they were over, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.history.calendar import Day
from monitor.history.days import JUDGED, LETTERS, STATUSES
from monitor.history.values import Outage
from monitor.status import SEVERITY, Status


@dataclass(frozen=True, slots=True)
class Stretch:
    """An incident without what was found in it."""

    status: Status
    after: float | None
    began: float
    last: float
    ended: float | None
    observations: int
    run: str

    def of(self, target: str) -> Outage:
        """This as the incident of a target, of which nothing more is known."""
        known = (self.status, self.after, self.began, self.last, self.ended, self.observations, self.run)
        return Outage(target, *known, link="", owner=None, sentence="", findings=())


def stretches(days: Iterable[Day], target: str, statuses: frozenset[Status]) -> Iterator[Stretch]:
    """Those of this target, the oldest first. Only what judged it begins one, and only what was well ends one."""
    bad = {LETTERS[status] for status in statuses}
    well: float | None = None
    spell: Stretch | None = None
    for day in days:
        for letter, first, after in day.pieces(target):
            if letter not in JUDGED:
                continue
            begins, ends = day.starts[first], day.starts[after - 1]
            if letter not in bad:
                if spell:
                    yield replace(spell, ended=begins)
                spell, well = None, ends
            elif spell is None:
                spell = Stretch(STATUSES[letter], well, begins, ends, None, after - first, day.ids[first])
            else:
                status = max(spell.status, STATUSES[letter], key=SEVERITY.__getitem__)
                spell = replace(spell, status=status, last=ends, observations=spell.observations + after - first)
    if spell:
        yield spell
