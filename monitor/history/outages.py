"""Outages of a target: observations in a row that were not well, when they began and when they were over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.history.calendar import Day
from monitor.history.days import JUDGED, LETTERS, STATUSES
from monitor.history.figures import TOGETHER, Limits
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

    @property
    def limits(self) -> Limits:
        return self.after, self.began, self.last, self.ended

    def of(self, target: str) -> Outage:
        """This as the outage of a target, of which nothing more is known."""
        seen = (self.status, self.after, self.began, self.last, self.ended, self.observations, self.run)
        return Outage(target, *seen, link="", owner=None, sentence="", findings=())


def stretches(days: Iterable[Day], target: str, statuses: frozenset[Status]) -> Iterator[Stretch]:
    """Those of this target, the oldest first. Only what judged it begins one, and only what was well ends one."""
    times: list[float] = []
    letters: list[str] = []
    begins: dict[int, tuple[Day, int]] = {}
    for day in days:
        for letter, first, after in day.pieces(target):
            if letter in JUDGED:
                begins[len(times)] = day, first
                times += day.starts[first:after]
                letters.append(letter * (after - first))
    for first, found in _spells(times, "".join(letters), "".join(LETTERS[status] for status in statuses)):
        day, place = begins[first]
        yield replace(found, run=day.ids[place])


def spells(times: Sequence[float], letters: str) -> list[Limits]:
    """When these observations, of which each letter is one, were down."""
    return [found.limits for _, found in _spells(times, letters, LETTERS[Status.DOWN])]


def _spells(times: Sequence[float], letters: str, bad: str) -> Iterator[tuple[int, Stretch]]:
    """Each stretch, and the place of its first bad observation.

    What was well within TOGETHER of what was bad is one observation with it, and does not end the stretch.
    """
    open_: tuple[int, int, Stretch] | None = None
    for match in re.finditer(f"[{bad}]+", letters) if bad else ():
        first, after = match.span()
        left, right = first, after
        while left and times[first] - times[left - 1] < TOGETHER:
            left -= 1
        while right < len(times) and times[right] - times[after - 1] < TOGETHER:
            right += 1
        status = max((STATUSES[letter] for letter in set(match[0])), key=SEVERITY.__getitem__)
        ended = times[right] if right < len(times) else None
        if open_ and left <= open_[1]:
            before = open_[2]
            worst = max(before.status, status, key=SEVERITY.__getitem__)
            together = before.observations + after - first
            more = replace(before, status=worst, last=times[after - 1], ended=ended, observations=together)
            open_ = (open_[0], right, more)
            continue
        if open_:
            yield open_[0], open_[2]
        well = times[left - 1] if left else None
        open_ = (first, right, Stretch(status, well, times[first], times[after - 1], ended, after - first, ""))
    if open_:
        yield open_[0], open_[2]
