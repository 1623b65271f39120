"""The incidents that a page tells: those of its days, worked out without reading a whole year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.history import DAY, History
from monitor.incidents import Incident, Policy, fold
from monitor.status import Status

LEAD = 2 * DAY
"""Seconds before the first day from which runs are read: an incident of that day may have begun in them."""


def recent(history: History, policy: Policy, since: float) -> tuple[Incident, ...]:
    """The incidents that were open at some time since then, the newest first.

    One that seems to begin with the first run that was read began before it: then more of them are read.
    """
    back = LEAD
    while True:
        runs = history.runs(since=since - back)
        starts = {each.id: each.started for each in runs}
        incidents = fold(runs, lambda probe, _: _Seen(history, probe, starts), policy)  # noqa: B023 - called at once
        found = [each for each in incidents if each.closed is None or each.closed >= since]
        whole = len(runs) == history.count
        if whole or all(each.began > runs[-1].started + DAY for each in found):
            return tuple(found)
        back *= 4


class _Seen(Mapping[str, Status]):
    """By run what it saw of a probe; a run is looked up when it is asked for, since few ever are."""

    def __init__(self, history: History, probe: str, starts: Mapping[str, float]) -> None:
        self._history, self._probe, self._starts = history, probe, starts

    def __getitem__(self, run: str) -> Status:
        at = self._starts[run]
        return {each.run: each.status for each in self._history.observations(self._probe, at, at + 1)}[run]

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)
