"""What a run is told as: results.json for programs, junit.xml for monitors, report.html for people, evidence/."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from monitor import NAME, machine
from monitor.reports import wording
from monitor.status import Status
from monitor.verdict import Run

__all__ = ["FAILING", "NAMES", "PAGE", "Written", "remove_page", "wording", "write_all"]

FAILING: frozenset[Status] = frozenset({Status.DOWN})
"""The statuses that fail a run where nothing else is said; what we could not judge by our own fault does too."""

NAMES = ("results.json", "junit.xml", "report.html", "evidence")
"""The reports' files, in the order of their writing: what every other report can be rebuilt from comes first.

``evidence`` is a folder, and there only where something is not well."""

PAGE = "index.html"
"""The status page, which ``monitor.site`` writes beside them, and which a later run outdates."""

_OLDER = "What has that name is older"
_NOTHING = "Nothing of that name is there"
_ELSEWHERE = "name a folder that can be written to with --reports"
_CURES = machine.CURES | {
    errno.EISDIR: "a folder has the report's name, move it away",
    errno.EEXIST: "move it away, or name another folder with --reports",
}


@dataclass(frozen=True, slots=True)
class Written:
    """Which reports were written: ``paths`` by file name. ``problems`` names each that was not, the cause, the cure."""

    paths: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def write_all(
    directory: Path,
    run: Run,
    *,
    fail_on: frozenset[Status] = FAILING,
    names: Collection[str] = NAMES,
    stale: Collection[str] = (),
) -> Written:
    """Write every report of this run, or those named; one that cannot be written stops no other, and raises nothing.

    ``fail_on`` are the statuses that fail a run: with ``DEGRADED`` in it, a degraded verdict is a failure in junit.xml
    and in report.html, and with ``UNKNOWN`` a status page that could not be read is an error. Each file is replaced at
    once: a reader sees the old one or the new one, whole. ``stale`` are the reports that would pass for this run's
    and are an earlier one's: where such a one cannot be replaced it is removed.
    """
    written = Written()
    for name in names:
        path = directory / name
        try:
            directory.mkdir(parents=True, exist_ok=True)
            _writer(name, fail_on)(path, run)
        except Exception as error:  # noqa: BLE001 - whatever breaks in one report, the others are to be written
            left = _removed(path) if name in stale else _OLDER if path.exists() else _NOTHING
            written.problems.append(_problem(path, error, left))
        else:
            if path.exists():
                written.paths[name] = path
    return written


def remove_page(directory: Path) -> None:
    """Remove the status page of an earlier run, if it is one of ours: it must not pass for this run's."""
    page = directory / PAGE
    with contextlib.suppress(OSError):
        if f'content="{NAME}"' in page.read_text(encoding="utf-8", errors="replace"):
            page.unlink()


def _writer(name: str, fail_on: frozenset[Status]) -> Callable[[Path, Run], None]:
    """Imported when they are needed: most of what they import, a run that is only collected never needs."""
    if name == "results.json":
        from monitor.reports import results

        return results.write
    if name == "junit.xml":
        from monitor.reports import junit

        return lambda path, run: junit.write(path, run, fail_on=fail_on)
    if name == "evidence":
        from monitor.reports import evidence

        return evidence.write
    from monitor.reports import html

    return lambda path, run: html.write(path, run, fail_on=fail_on)


def _removed(path: Path) -> str:
    """Remove an earlier run's report, and say what is there now."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return "What has that name is not of this run, and cannot be removed" if path.exists() else _NOTHING
    return _NOTHING


def _problem(path: Path, error: Exception, left: str) -> str:
    if isinstance(error, OSError):
        cause, cure = error.strerror or str(error), _CURES.get(error.errno or 0, _ELSEWHERE)
    elif isinstance(error, ImportError):
        cause, cure = str(error), "install what requirements.txt names"
    else:
        cause, cure = f"{type(error).__name__}: {error}", "that is our bug, please tell us; the other reports stand"
    return wording.one_line(f"{path} was not written ({cause}): {cure}. {left}")
