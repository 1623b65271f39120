"""What a history tells: values, in seconds of the epoch, seconds and shares; nothing here computes or reads."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.configuration.forms import USER_FLOWS
from monitor.history.past import Finding
from monitor.owners import Owner
from monitor.status import Status
from monitor.text import count, minute
from monitor.verdict import DEPENDENCIES

HOUR, DAY = 3_600.0, 86_400.0
RAW_DAYS, HOURLY_DAYS = 7, 90
"""Whole days for which single runs, and latencies by the hour, are kept; by the day they are kept for ever."""


class Unusable(Exception):
    """What was asked for cannot be done; the message is one line: the file, the cause, the cure."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each status was observed."""

    up: int = 0
    degraded: int = 0
    down: int = 0
    unknown: int = 0
    skipped: int = 0

    @property
    def judged(self) -> int:
        """Observations: up, degraded and down. Unknown and skipped say nothing about the target."""
        return self.up + self.degraded + self.down

    @property
    def well(self) -> int:
        """Up or degraded: it worked."""
        return self.up + self.degraded


@dataclass(frozen=True, slots=True)
class PastTarget:
    """A target that some run asked, by its name alone.

    ``kinds`` are the files of probes that ask it (``login``, ``dedicated`` ...). ``first`` and ``last`` are when it was
    judged for the first and for the last time; None where it never was.
    """

    name: str
    kinds: tuple[str, ...]
    first: float | None
    last: float | None

    @property
    def tenant(self) -> str:
        """The first part of the name: a tenant's, or ``dependencies``."""
        return self.name.partition(":")[0]

    @property
    def sort(self) -> str:
        """``tenant``, ``login``, ``account``, ``node``, ``metric`` (of a node) or ``dependency``."""
        parts = self.name.split(":")
        if parts[0] == DEPENDENCIES:
            return "dependency"
        if len(parts) == 1:
            return "tenant"
        if parts[1] in USER_FLOWS:
            return "login"
        return "account" if "dedicated" not in self.kinds else "node" if len(parts) == 2 else "metric"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one run saw of a target: the worst of its probes.

    A probe whose cause is capped (``/test``, ``/testall``, Auth0's own status page) counts as degraded at worst, except
    for the service that a status page is about. A probe that is down by the fault of the machine that asked counts as
    unknown: then nobody observed the target.
    """

    at: float
    status: Status
    run: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """Runs that began after the time that a history is read at: how many, and when the first and the last of them."""

    runs: int
    first: float
    last: float

    def __str__(self) -> str:
        many = f"{count(self.runs, 'run')} {'begins' if self.runs == 1 else 'begin'} after now"
        when = minute(self.first) if self.runs == 1 else f"{minute(self.first)} to {minute(self.last)}"
        return f"{many} ({when}): the clock of that machine was wrong, so nothing here counts {self.those}"

    @property
    def those(self) -> str:
        """``it``, or ``them``."""
        return "it" if self.runs == 1 else "them"


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of a target, or what of it lies in the window. ``status`` is its worst; unknown where nothing was observed.

    ``counts`` are its observations; ``observed`` is the share of the day (of the part before ``until``) that was seen.
    """

    day: float
    status: Status
    counts: Counts
    observed: float


@dataclass(frozen=True, slots=True)
class Uptime:
    """Well observations / judged observations, and how far that can be trusted.

    ``share`` is None where nothing was judged. ``low`` and ``high`` are Wilson's 95 % interval for it. ``coverage`` is
    the share of the window that was observed: an observation speaks until the next one, and for at most two cadences.
    ``cadence`` is the median of the intervals between observations, ``shortest_outage`` the longest interval that is
    not a gap: an outage that long, in the time that was observed, cannot have been missed. None: too few observations.
    """

    counts: Counts
    share: float | None
    low: float
    high: float
    coverage: float
    cadence: float | None
    shortest_outage: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of right answers (up or degraded) with a budget; of a run the slowest. None where there are none.

    Each is off by at most ``error`` (a share of the value), since times are kept in classes.
    """

    at: float
    n: int
    p50: float | None
    p95: float | None
    p99: float | None
    error: float


@dataclass(frozen=True, slots=True)
class Outage:
    """Observations in a row that were not well: from the first of them to the first that is well again.

    Several outages, of one target or of many, may be one incident (``monitor.incidents``), and a short one none: what
    is confirmed and told is decided there. Unknown and missing observations neither begin nor end an outage.

    ``began`` is when the first bad one was seen, ``after`` when the last good one before it was (None: there is none),
    ``last`` the last bad one, ``ended`` the first good one after it (None: open). So it lasted ``last - began`` at
    least and ``ended - after`` at most. ``status`` is its worst. ``run`` is the first run that saw it, with its
    ``link``; ``findings`` are that run's about this target, the worst first.
    """

    target: str
    status: Status
    after: float | None
    began: float
    last: float
    ended: float | None
    observations: int
    run: str
    link: str
    owner: Owner | None
    sentence: str
    findings: tuple[Finding, ...]

    @property
    def open(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """How much may fail of a target, against an objective ``slo`` (a share, 0.999), and how much of that is used up.

    ``spent`` is the share of 30 days' budget that is used up (1: all of it; it may be more). ``burn`` are rates by
    seconds of the window (1 hour, 6 hours, 3 days): 1 spends the budget exactly in its time. None: nothing was judged.
    """

    slo: float
    counts: Counts
    spent: float | None
    burn: dict[float, float | None]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What was done to a file: the ids of runs that are new in it, and of those that it had already.

    ``warning`` is one line for a human, to be said loudly, where the file was corrupt: it was set aside, as what, and a
    fresh one was begun.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    warning: str = ""
