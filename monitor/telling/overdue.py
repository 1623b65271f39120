"""Is the newest run too old for how often there was one? That is what a dead monitor cannot tell itself."""

from __future__ import annotations

from monitor.history.freshness import Age
from monitor.status import Status
from monitor.telling.message import SILENCE, Event, Message, MessageLine
from monitor.text import duration, minute, one_line


def told(age: Age) -> str:
    """It in one line."""
    if age.last is None:
        return "no run is recorded: the monitor has never run, or its history is lost"
    usual = (
        f"usually there is one every {duration(age.every)}"
        if age.every is not None
        else "the usual interval is unknown"
    )
    return f"the newest run began {duration(age.seconds)} ago, at {minute(age.last)}; {usual}"


def message(age: Age, now: float, link: str) -> Message:
    """The alarm, and the end of it: the same title for as long as no run came."""
    lines = (
        MessageLine("about", "the monitor itself: whether logins work is unknown"),
        MessageLine("next", "is its schedule on, and its machine up? See docs/alerting.md"),
        MessageLine("last run", link, link),
    )
    over = not age.overdue
    return Message(
        event=Event.CLOSED if over else Event.OVERDUE,
        incident=SILENCE,
        title="No run of the monitor is recorded"
        if age.last is None
        else f"The monitor has not run since {minute(age.last)}",
        headline=one_line(f"{'RECOVERED: the monitor runs again' if over else 'SILENT'}: {told(age)}", 300),
        lines=lines if link else lines[:-1],
        run="",
        at=now,
        status=Status.UP if over else Status.UNKNOWN,
    )
