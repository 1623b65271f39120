"""What a history tells: values, in seconds of the epoch, seconds and shares; nothing here computes or reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.configuration.forms import USER_FLOWS
from monitor.history.past import Finding
from monitor.owners import Owner
from monitor.status import Status
from monitor.text import count, minute
from monitor.verdict import DEPENDENCIES

SEEN_ENOUGH = 0.5
"""The share of a window that must have been observed for a rate of it, and for its uptime by time to be quoted."""

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
class State:
    """How a target is now: what the newest observation of it says, as long as that is believed; else unknown.

    ``seen`` is when the newest observation was made that says so (of a state that is too old, the last that judged it;
    None: there was none). ``known`` is when it was judged last, and ``was`` as what. ``run`` is the newest
    observation's, where it is believed.
    """

    status: Status
    seen: float | None
    known: float | None = None
    was: Status | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A day (or an hour) of a target, or what of it lies in the window.

    ``day`` is when it begins, ``status`` its worst; unknown where nothing was observed. ``counts`` are its
    observations; ``observed`` is the share of it (of the part before ``until``) that was seen.
    """

    day: float
    status: Status
    counts: Counts
    observed: float


@dataclass(frozen=True, slots=True)
class Uptime:
    """How much of the observed time of a window a target was well, and how far that can be trusted.

    ``observed`` are the seconds between observations (and since the last one) that are no gap, ``coverage`` their share
    of the window. ``share`` is what of them was not down (None: nothing was observed), from the first observation that
    was down to the first that was well again; ``least`` and ``most`` are its bounds, if each outage that was seen
    began right after the last good observation and ended with the next one, or lasted from its first bad one to its
    last. ``low`` and ``high`` are the 95 % interval for the window's own share, with what nobody saw as well.
    ``by_observations`` is well observations / judged ones.

    ``down`` are the seconds that it was down, in the observed time. ``cadence`` is the usual (median) pause between
    observations, ``longest_pause`` the longest, ``in_long`` the share of the observed time that lay in pauses of more
    than twice the usual one, and ``shortest_outage`` the longest pause that is no gap: an outage that long, in the
    observed time, cannot have been missed. None: too few observations.
    """

    counts: Counts
    share: float | None
    low: float
    high: float
    coverage: float
    cadence: float | None
    shortest_outage: float | None
    least: float = 0.0
    most: float = 1.0
    by_observations: float | None = None
    observed: float = 0.0
    down: float = 0.0
    longest_pause: float | None = None
    in_long: float = 0.0

    @property
    def leads(self) -> bool:
        """Whether the uptime by time is what to quote of this window: half of it at least was observed."""
        return self.share is not None and self.coverage >= SEEN_ENOUGH


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of right answers (up or degraded) with a budget, of one probe: of a login those of the login.

    A percentile is None where there are fewer answers than it needs. ``slowest`` is the greatest of them. Each is off
    by at most ``error`` (a share of the value), since times are kept in classes.
    """

    NEEDED: ClassVar[tuple[int, int, int]] = (1, 20, 100)
    """As many answers does the median need, p95 and p99: one at least must be slower than the last two."""

    at: float
    n: int
    p50: float | None
    p95: float | None
    p99: float | None
    error: float
    slowest: float | None = None


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
    """How long a target may be down in 30 days, against an objective ``slo`` (a share), and how much of that is spent.

    ``allowed`` are the seconds of the whole period, also of what of it has not been observed, and ``down`` those that
    it was down in the observed time. ``spent`` is down / allowed (1: all of it; it may be more), ``spent_of_seen`` the
    same against what is allowed of the observed time alone. ``burn`` are rates by seconds of the window (1 hour, 6
    hours, 3 days): 1 spends the budget exactly in its time. None: too little was observed. ``excluded`` are the seconds
    of planned maintenance that are in none of these.
    """

    slo: float
    allowed: float
    down: float
    observed: float
    spent: float | None
    spent_of_seen: float | None
    burn: dict[float, float | None]
    excluded: float = 0.0


@dataclass(frozen=True, slots=True)
class FileChange:
    """What was done to a file: the ids of runs that are new in it, and of those that it had already.

    ``warning`` is one line for a human, to be said loudly, where the file was corrupt: it was set aside, as what, and a
    fresh one was begun.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    warning: str = ""
