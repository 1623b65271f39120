"""What an incident is: since when, whose work, about whom, what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history import PastCause
from monitor.owners import Owner
from monitor.status import Status

MONITOR = frozenset({Owner.RUNNER, Owner.THROTTLED})
"""Owners of what keeps the monitor from seeing: nobody's login is known to be broken."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an incident became in a run; the first change is its opening.

    ``owner`` and ``status`` are as that run has them, ``targets`` all that have been ill in it until then.
    """

    at: float
    run: str
    link: str
    owner: Owner
    status: Status
    targets: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Incident:
    """What several runs in a row found ill, in one probe or in thousands, and confirmed: somebody is told of it.

    It lasts from the first run that saw it to the one that confirmed its end. What flaps is one incident, and so is
    what is one party's work in many targets, however many outages of single targets (``History.outages``) that is.

    ``id`` is the same whenever it is worked out. ``began`` is the first run that saw it, ``opened`` the one that
    confirmed it, ``seen`` the last that saw it, ``known`` the last that said anything about it (ill or well),
    ``recovered`` the first that found all well again (None: not yet; or, of what is closed, it was not asked any more),
    ``closed`` the one that confirmed that (None: open). ``status`` is the last (down, degraded, or unknown where
    nothing can be judged), ``worst`` the worst of its life. ``targets`` were ill in the last run that saw it;
    ``causes`` are that run's about it, the worst first, and ``besides`` what that run knew else (status pages,
    services), which never makes an incident of its own. ``runs`` are the ids of all runs that saw it, the oldest first.
    ``spells`` is how often it began within a short time, where it was that often that it is called flapping (else 0):
    then it stays open until it has been quiet. ``silent_after`` is how many seconds without a word of it are more than
    usual (``silent``). ``reason`` is why it is over, where it is none any more by the history and the settings as they
    are now, and somebody was told of it: then it is as it was told.
    """

    id: str
    owner: Owner
    status: Status
    worst: Status
    tenants: tuple[str, ...]
    targets: tuple[str, ...]
    causes: tuple[PastCause, ...]
    besides: tuple[PastCause, ...]
    began: float
    opened: float
    seen: float
    known: float
    recovered: float | None
    closed: float | None
    runs: tuple[str, ...]
    link: str
    changes: tuple[Change, ...]
    spells: int
    silent_after: float
    reason: str = ""

    @property
    def open(self) -> bool:
        return self.closed is None

    def silent(self, now: float) -> bool:
        """Whether nothing is known of it any more: no run has said anything about it for longer than is usual."""
        return self.known + self.silent_after < now

    @property
    def about_monitor(self) -> bool:
        """Whether it is the monitor that is ill, or blind: then nobody's login is known to be broken."""
        return self.owner in MONITOR or self.worst is Status.UNKNOWN

    @property
    def flapping(self) -> bool:
        return self.spells > 0

    @property
    def sentence(self) -> str:
        """What the last run that saw it said, in one line."""
        return self.causes[0].sentence
