"""What a page shows, worked out and not yet put in words: lanes, groups, the newest run, incidents."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history import Bar, ErrorBudget, Latency, PastCause, Uptime
from monitor.history.planned import Window, holding
from monitor.incidents import Incident
from monitor.owners import Owner
from monitor.reports.reach import DIRECTORY
from monitor.status import ILL, Status


@dataclass(frozen=True, slots=True)
class Span:
    """The figures of a window that ends now; ``seconds`` is its length, which is never longer than what is known."""

    seconds: float
    uptime: Uptime
    latency: Latency


@dataclass(frozen=True, slots=True)
class Lane:
    """A target: how it is, and how it has been.

    ``label`` is its name within its group. ``status`` is what the newest observation says, made at ``seen``; unknown
    where that is too long ago. ``said`` is what that run found, where it is not well, and ``unread`` whether that is
    a status page which could not be read: nobody has to act on it. ``spans`` are the windows, the longest first;
    ``latencies`` those of each day, none where no chart is to be drawn; ``budgets`` the seconds within which answers
    were due in the newest run, none where that is not known. ``allowance`` is its error budget; None where it has no
    objective. ``until`` is when the windows end. Of a tenant that is ill, ``hours`` are the last 24; ``began`` is when
    it was seen ill first, and ``before`` when it was seen well last (None: not in this history).
    """

    name: str
    label: str
    sort: str
    status: Status
    seen: float | None
    said: str
    unread: bool
    bars: tuple[Bar, ...]
    spans: tuple[Span, ...]
    latencies: tuple[Latency, ...] = ()
    budgets: tuple[float, ...] = ()
    allowance: ErrorBudget | None = None
    until: float | None = None
    hours: tuple[Bar, ...] = ()
    began: float | None = None
    before: float | None = None

    @property
    def connection(self) -> str:
        """The connection that it is about; empty where it is about none."""
        parts = self.name.split(":")
        if self.sort == "login":
            return ":".join(parts[2:]) or DIRECTORY
        return ":".join(parts[1:]) if self.sort == "account" else ""

    @property
    def tenant(self) -> str:
        """The first part of its name."""
        return self.name.partition(":")[0]

    @property
    def ill(self) -> bool:
        """Whether somebody has to read about it."""
        return self.status in ILL and not self.unread

    @property
    def judged(self) -> bool:
        """Whether it says anything about the target; an unknown does too: that nobody can tell."""
        return self.status is not Status.SKIPPED and not self.unread


@dataclass(frozen=True, slots=True)
class Group:
    """A tenant and its parts. ``left_out`` is how many parts have no lane: there are too many for a page."""

    whole: Lane
    parts: tuple[Lane, ...]
    left_out: int = 0

    @property
    def connections(self) -> tuple[tuple[str, tuple[Lane, ...]], ...]:
        """The connections, the one whose part is first before the others, each with what is asked of it."""
        names = dict.fromkeys(each.connection for each in self.parts if each.connection)
        return tuple((name, tuple(each for each in self.parts if each.connection == name)) for name in names)

    @property
    def others(self) -> tuple[Lane, ...]:
        """The parts that are of no connection: nodes."""
        return tuple(each for each in self.parts if not each.connection)

    @property
    def well(self) -> bool:
        """Whether nobody has to read about it, or about a part of it."""
        return not any(each.ill for each in (self.whole, *self.parts))


@dataclass(frozen=True, slots=True)
class Folder:
    """The evidence of one exchange: where it is, beside the reports, and the files in it."""

    name: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest run, which leads the page. ``own`` is whether the reports beside the page are of it."""

    started: float
    seconds: float | None
    status: Status
    ended: str
    version: str
    owner: Owner | None
    sentence: str
    causes: tuple[PastCause, ...]
    link: str
    own: bool
    evidence: tuple[Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """All that a page says, as of ``made``.

    ``mode`` is ``live``, ``sandbox`` or ``drill``. ``expires`` is when nothing of it is to be believed any more;
    ``runs`` how many the history has (0: there is none yet), ``every`` the seconds between them, ``first`` when the
    first of them began. ``warnings`` is what must be read first. ``past`` are incidents that are over, the newest
    first, as far as the page goes back; ``earlier`` how many more of them are not told. ``windows`` are the planned
    maintenances that are not over, in which nobody is told of incidents.
    """

    made: float
    mode: str
    newest: Newest | None
    expires: float
    runs: int
    every: float | None
    first: float | None
    warnings: tuple[str, ...]
    groups: tuple[Group, ...]
    services: tuple[Lane, ...]
    open: tuple[Incident, ...]
    past: tuple[Incident, ...]
    earlier: int
    windows: tuple[Window, ...] = ()

    def held(self, incident: Incident) -> tuple[Window, ...]:
        """The maintenances that keep this incident from being told now; none where it is told, or over."""
        return tuple(holding(incident.tenants, self.windows, self.made)) if incident.open else ()

    @property
    def stale(self) -> bool:
        """Whether it was too old already when it was made."""
        return self.made >= self.expires

    @property
    def status(self) -> Status:
        """The newest run's; unknown where there is none, or it is too old to say how things are."""
        known = self.newest is not None and not self.stale and self.newest.status is not Status.SKIPPED
        return self.newest.status if self.newest is not None and known else Status.UNKNOWN
