"""Outages of a target: observations in a row that were not well, when they began and when they were over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.history.calendar import Day
from monitor.history.days import JUDGED, LETTERS, STATUSES
from monitor.history.values import Outage
from monitor.status import SEVERITY, Status


@dataclass(frozen=True, slots=True)
class Stretch:
    """An outage without what was found in it: the bare observations, and the first run among them."""

    status: Status
    after: float | None
    began: float
    last: float
    ended: float | None
    observations: int
    run: str

    def of(self, target: str) -> Outage:
        """This as the outage of a target, of which nothing more is known."""
        seen = (self.status, self.after, self.began, self.last, self.ended, self.observations, self.run)
        return Outage(target, *seen, link="", owner=None, sentence="", findings=())


def stretches(days: Iterable[Day], target: str, statuses: frozenset[Status]) -> Iterator[Stretch]:
    """Those of this target, the oldest first. Only what judged it begins one, and only what was well ends one."""
    bad = {LETTERS[status] for status in statuses}
    well: float | None = None
    open_: Stretch | None = None
    for day in days:
        for letter, first, after in day.pieces(target):
            if letter not in JUDGED:
                continue
            begins, ends = day.starts[first], day.starts[after - 1]
            if letter not in bad:
                if open_:
                    yield replace(open_, ended=begins)
                open_, well = None, ends
            elif open_ is None:
                open_ = Stretch(STATUSES[letter], well, begins, ends, None, after - first, day.ids[first])
            else:
                status = max(open_.status, STATUSES[letter], key=SEVERITY.__getitem__)
                open_ = replace(open_, status=status, last=ends, observations=open_.observations + after - first)
    if open_:
        yield open_
