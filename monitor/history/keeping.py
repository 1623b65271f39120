"""What is done to a file: runs recorded, other files merged, old days folded. Each is done in full, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from monitor.configuration import mistakes
from monitor.history import content, records, store
from monitor.history.content import Content
from monitor.history.reading import History
from monitor.history.values import DAY, HOURLY_DAYS, RAW_DAYS, FileChange, Unusable
from monitor.verdict import Run

VARIABLE, DEFAULT = "AUTH0_HISTORY", ".monitor/history.sqlite"
"""Where a history is kept that nobody has given another place."""


def default_file(values: Mapping[str, str]) -> Path:
    """The file that is meant where none is named: AUTH0_HISTORY's, or DEFAULT. Raises Unusable where that is none."""
    named = values.get(VARIABLE, "").strip() or DEFAULT
    why = mistakes.reason_of_file(VARIABLE, named)
    if why or not Path(named).name:
        raise Unusable(f"{VARIABLE}: {why or 'it names no file'}")
    return Path(named)


def read(file: Path) -> History:
    """The history in this file; one that is not there is empty. Raises Unusable, and changes nothing."""
    return History(load(file))


def load(file: Path) -> Content:
    """What is in this file; nothing, where it is not there. Raises Unusable."""
    if not file.exists():
        return Content()
    with store.reading(file) as connection:
        return content.load(connection)


def record(file: Path, runs: Iterable[Run], *, link: str = "", mode: str = "live") -> FileChange:
    """Add these runs; one that is there already is left as it is. ``link`` leads to them: http or https.

    Raises Unusable for a run that has not ended, is of another mode or of the future, and for a file that cannot be
    used: then nothing is written.
    """
    return add(file, [Content(mode, [records.of(run, link=link, mode=mode) for run in runs])], mode)


def merge(file: Path, others: Iterable[Path]) -> FileChange:
    """Add whatever the others hold: in any order, and any number of times, the same comes of it.

    Raises Unusable where one of them is not there, cannot be used or is of another mode: then nothing is written.
    """
    contents = []
    for other in others:
        if not other.exists():
            raise Unusable(f"{other} is not there: name a file that is")
        contents.append(load(other))
    return add(file, contents, contents[0].mode if contents else "live")


def add(file: Path, contents: Iterable[Content], mode: str) -> FileChange:
    """Add all of these to the file, which is made for runs of this mode where there is none."""
    with store.writing(file, mode) as (connection, warning):
        own = store.mode_of(connection)
        before: set[str] = set()
        asked: set[str] = set()
        for each in contents:
            if each.mode != own:
                cure = "name another file with --history"
                raise Unusable(f"{file} is a history of {own} runs, and these are of {each.mode} ones: {cure}")
            before |= content.known(connection, each) - asked
            content.add(connection, each)
            asked |= each.ids
        return FileChange(tuple(sorted(asked - before)), tuple(sorted(asked & before)), warning)


def prune(file: Path, now: float) -> FileChange:
    """Fold the days that are older than RAW_DAYS, forget the hours of those older than HOURLY_DAYS, give room back."""
    with store.writing(file) as (connection, warning):
        content.fold(connection, now - RAW_DAYS * DAY, now - HOURLY_DAYS * DAY)
    store.shrink(file)
    return FileChange((), (), warning)


def last(file: Path) -> float | None:
    """When the newest run of this file began; None where there is none. Raises Unusable, as ``read`` does."""
    with store.reading(file, as_remembered=True) as connection:
        newest = content.last(connection)
    return newest if newest is not None else read(file).last


def lost(old: Path, new: Path) -> tuple[str, ...]:
    """The runs of ``old`` that ``new`` does not have: where there are some, new must not take the place of old."""
    return tuple(sorted(load(old).ids - load(new).ids))
