"""Which other monitors are fed, and by which variables; on request the last run is sent to each."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from monitor import feeds, results
from monitor.configuration import mistakes
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.feeds import FeedRow, feed_settings
from monitor.feeds.feed_settings import Unsent
from monitor.secrets import Scrubber

SECTION = "Feeds"

Trial = Callable[[Mapping[str, str], Path, Scrubber], Iterable[Line]]


def lines(values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    """Each feed that is on, and what is wrong with its variables."""
    for problem in feed_settings.read(values).problems:
        yield Line(SECTION, Mark.BAD, problem, workflow.cures(problem.partition(" ")[0]))
    on = feeds.on(values)
    if not on:
        yield Line(SECTION, Mark.OFF, "no feed is on: docs/feeds.md says which other monitors can read this one")
    for feed in on:
        wrong = list(_problems(feed, values))
        named = ", ".join(name for name in feed.variables if values.get(name))
        for name, problem in wrong:
            yield Line(SECTION, Mark.BAD, f"{feed.name} cannot be sent: {problem}", workflow.cures(name))
        if not wrong:
            yield Line(SECTION, Mark.OK, f"{feed.name} is on, by {named}: {feed.title}")


def _problems(feed: FeedRow, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The variable that is to blame, and why."""
    try:
        module = importlib.import_module(feed.module)
    except ImportError as error:
        cure = "install what requirements-otel.txt names"
        yield feed.variables[0], f"{error.name or 'a package'} is not installed: {cure}"
        module = None
    destination = getattr(module, "destination", None)
    if destination:  # it looks at all of the feed's variables, but not at the folder of a file
        try:
            destination(values)
        except Unsent as error:
            yield str(error).partition(" ")[0].rstrip(":"), str(error)
            return
    for name in filter(values.get, feed.variables):
        if why := mistakes.reason(name, values[name]):
            yield name, f"{name}: {why}"
        elif name.endswith(("_FILE", "_FOLDER")):
            path = Path(values[name].strip())
            folder = path.parent if name.endswith("_FILE") else path
            if not os.access(folder, os.W_OK | os.X_OK):
                what = "is in no folder" if name.endswith("_FILE") else "is no folder"
                yield name, f"{name}: what it names {what} that this user may write to"
        elif not destination:
            try:
                feed_settings.endpoint(values, name, f"{name.removesuffix('_URL')}_KEY")
            except Unsent as error:
                yield name, str(error)


def untried(_values: Mapping[str, str], _reports: Path, _scrubber: Scrubber) -> Iterator[Line]:
    """Nothing is sent."""
    yield from ()


def tried(values: Mapping[str, str], reports: Path, scrubber: Scrubber) -> Iterator[Line]:
    """The last run is sent to each feed that is on."""
    if not feeds.on(values):
        return
    try:
        run = results.read(reports / results.NAME)
    except results.UnreadableResults as error:
        yield Line(SECTION, Mark.NOTE, "there is no run to send yet", (f"run make probe first: {error}",))
        return
    for sent in feeds.push(run, values, scrubber):
        word = "was not sent" if sent.failed else "was sent"
        yield Line(SECTION, Mark.BAD if sent.failed else Mark.OK, f"{sent.feed} {word}: {sent.said}")
