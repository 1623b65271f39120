"""Every time in an alert is told as people read it, and is the right one; so it is wherever incidents are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.history.content import Content
from monitor.history.freshness import Age
from monitor.history.reading import History
from monitor.incidents import Incident, described, listing
from monitor.owners import Owner
from monitor.telling import overdue, sentences
from monitor.telling.by_apprise import text as in_a_chat
from monitor.telling.github import text as in_an_issue
from monitor.telling.message import Event, Message
from tests import clocks
from tests.history.runs import record
from tests.telling.past import Ill, Past

BEGAN = "2026-11-22 21:00 UTC"
CONFIRMED = "2026-11-22 21:05 UTC"
WELL = "2026-11-22 21:10 UTC"
DAY = 86_400.0


def incident(well: int, owner: Owner = Owner.EXTENSION) -> Incident:
    """One that began at 21:00, was confirmed five minutes later, and then was well in so many runs."""
    past = Past()
    for _ in range(2):
        past.run(Ill(owner))
    for _ in range(well):
        past.run()
    (found,) = past.incidents()
    return found


def gone() -> Incident:
    """One that is not asked any more: it is closed, and nobody has seen it well."""
    return replace(incident(2), recovered=None)


STATES = {
    "opened": (incident(0), Event.OPENED, 0.0, [BEGAN, BEGAN, BEGAN, CONFIRMED, CONFIRMED, BEGAN]),
    "changed": (incident(0), Event.CHANGED, 0.0, [BEGAN, BEGAN, BEGAN, CONFIRMED, CONFIRMED, BEGAN]),
    "almost-over": (incident(1), Event.CHANGED, 0.0, [BEGAN, BEGAN, BEGAN, CONFIRMED, CONFIRMED, BEGAN, WELL]),
    "silent": (incident(0), Event.OPENED, 4e9, [BEGAN, BEGAN, BEGAN, CONFIRMED, CONFIRMED, BEGAN, CONFIRMED]),
    "over": (incident(2), Event.CLOSED, 0.0, [BEGAN, BEGAN, WELL, CONFIRMED, BEGAN]),
    "not-asked": (gone(), Event.CLOSED, 0.0, [BEGAN, CONFIRMED, CONFIRMED]),
    "blind": (incident(0, Owner.RUNNER), Event.OPENED, 0.0, [BEGAN, BEGAN, BEGAN, CONFIRMED, CONFIRMED]),
}
"""What is told of an incident, when, and every time in that, from its title to its last line."""


def texts(message: Message) -> Iterator[str]:
    """The message as each channel has it."""
    yield "\n".join([message.title, message.headline, *(f"{each.word}: {each.text}" for each in message.lines)])
    yield f"{message.headline}\n{in_a_chat(message)}"
    yield f"{message.title}\n{clocks.shown(in_an_issue(message))}"


@pytest.mark.parametrize("state", STATES)
def test_every_time_of_an_incident_is_read_by_people_in_every_channel(state: str) -> None:
    known, event, now, times = STATES[state]
    message = sentences.message(known, event, now=now, background=sentences.Background())
    plain, chat, issue = texts(message)

    assert clocks.read(plain) == times
    assert clocks.raw(plain, chat, issue) == []
    assert set(clocks.read(chat)) == set(clocks.read(issue)) == set(times)


LAST = 1_795_381_200.0
SILENCES = {
    "silent": (
        Age(LAST, 3_600.0, 1_200.0, 300.0),
        f"The monitor has not run since {BEGAN}",
        f"SILENT: the newest run began 1 h ago, at {BEGAN}; usually there is one every 5 min",
    ),
    "cadence-unknown": (
        Age(LAST, 2 * DAY, DAY, None),
        f"The monitor has not run since {BEGAN}",
        f"SILENT: the newest run began 2 d ago, at {BEGAN}; the usual interval is unknown",
    ),
    "over": (
        Age(LAST, 60.0, 1_200.0, 300.0),
        f"The monitor has not run since {BEGAN}",
        (
            f"RECOVERED: the monitor runs again: the newest run began 1 min ago, at {BEGAN};"
            " usually there is one every 5 min"
        ),
    ),
    "never": (
        Age(None, 0.0, DAY, None),
        "No run of the monitor is recorded",
        "SILENT: no run is recorded: the monitor has never run, or its history is lost",
    ),
}


@pytest.mark.parametrize("how", SILENCES)
def test_silence_is_told_with_the_newest_runs_time_as_people_read_it(how: str) -> None:
    age, title, headline = SILENCES[how]
    message = overdue.message(age, LAST + age.seconds, "https://ci.example/runs/1")

    assert (message.title, message.headline) == (title, headline)
    assert clocks.raw(*texts(message)) == []


ENDS = {
    "open": (incident(0), LAST + 400, "now"),
    "almost-over": (incident(1), LAST + 700, f"healthy since {WELL}, which is not confirmed yet"),
    "silent": (incident(0), 4e9, f"unknown since {CONFIRMED}: no run has judged it"),
    "over": (incident(2), 4e9, WELL),
    "not-asked": (gone(), 4e9, f"{CONFIRMED}, when it was last unhealthy: it is not monitored any more"),
    "judged-away": (
        replace(gone(), reason="runs that were recorded later say otherwise"),
        4e9,
        "2026-11-22 21:15 UTC, when it was found to be no incident",
    ),
}


@pytest.mark.parametrize("how", ENDS)
def test_terminal_tells_when_an_incident_began_and_ended_as_people_read_it(how: str) -> None:
    known, now, end = ENDS[how]
    history = History(Content(runs=[record(0)]))
    lines = [*listing.lines(history, [known], now)]

    assert f"  since    {BEGAN}, confirmed at {CONFIRMED}" in lines
    assert f"  until    {end}" in lines
    assert described.title(known) == f"prod: down since {BEGAN} [{known.id[:6]}]"
    assert clocks.raw(*lines) == []
