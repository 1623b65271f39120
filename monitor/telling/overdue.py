"""Is the newest run too old for how often there was one? That is what a dead monitor cannot tell itself."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.history import History
from monitor.reports.wording import one_line
from monitor.status import Status
from monitor.telling.message import SILENCE, Event, Line, Message
from monitor.telling.words import minute

TIMES = 4
"""How many intervals without a run are too many; schedulers are late, and drop some."""

LEAST, MOST = 600.0, 86_400.0
"""Seconds: nothing younger is overdue, and whatever is older is."""


@dataclass(frozen=True, slots=True)
class Age:
    """How old the newest run is, how old it may be, and what pause is usual; None where there is no run at all."""

    last: float | None
    seconds: float
    allowed: float
    every: float | None

    @property
    def overdue(self) -> bool:
        return self.last is None or self.seconds > self.allowed


def age(history: History, now: float, least: float = LEAST) -> Age:
    """The age of this history's newest run, against the pauses that were observed."""
    last, every = history.last, history.pause
    allowed = min(max(least, TIMES * every), MOST) if every is not None else MOST
    return Age(last, now - last if last is not None else 0.0, allowed, every)


def told(age: Age) -> str:
    """It in one line."""
    if age.last is None:
        return "no run is recorded: the monitor has never run, or its history is lost"
    often = (
        f"pauses of {_span(age.every)} are usual" if age.every is not None else "how often they come is not known yet"
    )
    return f"the newest run began {_span(age.seconds)} ago, at {minute(age.last)}; {often}"


def message(age: Age, now: float, link: str) -> Message:
    """The alarm, and the end of it: the same title for as long as no run came."""
    since = minute(age.last) if age.last is not None else "ever"
    lines = (
        Line("about", "the monitor itself: nobody's login is known to be broken, nor to work"),
        Line("next", "is its schedule on, and its machine up? See docs/telling.md"),
        Line("last run", link, link),
    )
    over = not age.overdue
    return Message(
        event=Event.CLOSED if over else Event.OVERDUE,
        incident=SILENCE,
        title=f"The monitor has not run since {since}",
        headline=one_line(f"{'OVER: the monitor runs again' if over else 'SILENT'}: {told(age)}", 300),
        lines=lines if link else lines[:-1],
        run="",
        at=now,
        status=Status.UP if over else Status.UNKNOWN,
    )


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
