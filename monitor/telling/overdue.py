"""Is the newest run too old for how often there was one? That is what a dead monitor cannot tell itself."""

from __future__ import annotations

from monitor.history.freshness import Age
from monitor.status import Status
from monitor.telling.message import SILENCE, Event, Fact, Message
from monitor.text import minute, one_line


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
        Fact("about", "the monitor itself: nobody's login is known to be broken, nor to work"),
        Fact("next", "is its schedule on, and its machine up? See docs/alerting.md"),
        Fact("last run", link, link),
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
