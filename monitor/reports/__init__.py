"""What a run is told as: results.json for programs, junit.xml and ctrf.json for CI, report.html, evidence/."""

from __future__ import annotations

import contextlib
import errno
import importlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from monitor import NAME, files, machine, results, text
from monitor.status import FAILING, Status
from monitor.verdict import Run


@dataclass(frozen=True, slots=True)
class Report:
    """A row: the name of the file, or of the folder, and the module that writes it.

    Its ``write(path, run, *, fail_on)`` is a function of the Run alone, and puts the whole at once in the place of what
    is there. It is imported when it is needed: most of what such a module imports, a run that is only collected never
    needs. A folder's writer knows what of an earlier one is ours; a file of an earlier run is removed for its writer.
    """

    name: str
    module: str
    is_folder: bool = False

    def write(self, path: Path, run: Run, fail_on: frozenset[Status]) -> None:
        """Write it. Raises whatever is in the way of that."""
        importlib.import_module(self.module).write(path, run, fail_on=fail_on)


EVIDENCE = Report("evidence", "monitor.reports.evidence_folders", is_folder=True)
"""What is to be sent to Auth0's support: there only where something is not well."""

REPORTS = (
    Report(results.NAME, "monitor.results"),
    Report("junit.xml", "monitor.reports.junit"),
    Report("ctrf.json", "monitor.reports.ctrf"),
    Report("report.html", "monitor.reports.html"),
    EVIDENCE,
)
"""All there are, in the order of their writing: what every other report can be rebuilt from comes first.

Whoever writes, sweeps, copies, keeps or links reports reads this: a new one is a row here, and its file.
"""

LATE = frozenset({"report.html"})
"""Those of a plan that are written when the first requests are on their way: they need what takes long to be imported.

Nothing of that name is there before, so that a kill in between leaves no page of an earlier run.
"""

EARLIER = "of-an-earlier-run.txt"
"""What lies in evidence/ where it is not of the newest run: it stays until a run is ill again."""

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
    reports: Collection[Report] | None = None,
    stale: Collection[str] = (),
) -> Written:
    """Write these reports of this run (None: all); one that cannot be written stops no other, and raises nothing.

    ``fail_on`` are the statuses that fail a run: with ``DEGRADED`` in it, a degraded verdict is a failure in junit.xml
    and in report.html, and with ``UNKNOWN`` a status page that could not be read is an error. Each file is replaced at
    once: a reader sees the old one or the new one, whole. ``stale`` are the reports that would pass for this run's
    and are an earlier one's: where such a one cannot be replaced it is removed.
    """
    written = Written()
    for report in REPORTS if reports is None else reports:
        path = directory / report.name
        try:
            directory.mkdir(parents=True, exist_ok=True)
            report.write(path, run, fail_on)
        except Exception as error:  # noqa: BLE001 - whatever breaks in one report, the others are to be written
            left = removed(path) if report.name in stale else _OLDER if path.exists() else _NOTHING
            written.problems.append(_problem(path, error, left))
        else:
            if of_newest(path):
                written.paths[report.name] = path
    return written


def of_newest(path: Path) -> bool:
    """Whether this report is there, and of the run that wrote last in its folder."""
    return path.exists() and not (path / EARLIER).exists()


def mark_earlier(evidence: Path, newest: str) -> None:
    """Say in this folder that it is not of the newest run, of which this is said. Raises OSError."""
    files.replace(
        evidence / EARLIER, f"Nothing here is of the newest run: {newest}. It stays until a run fails again.\n"
    )


def remove_page(directory: Path) -> None:
    """Remove the status page of an earlier run, if it is one of ours: it must not pass for this run's."""
    page = directory / PAGE
    with contextlib.suppress(OSError):
        files.refuse_others(page)
        if f'content="{NAME}"' in page.read_text(encoding="utf-8", errors="replace"):
            page.unlink()


def removed(path: Path) -> str:
    """Remove an earlier run's report, and say what is there now."""
    try:
        files.refuse_others(path)
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
        cause, cure = (
            f"{type(error).__name__}: {error}",
            "a bug in the monitor, please report it; the other reports are complete",
        )
    return text.one_line(f"{path} was not written ({cause}): {cure}. {left}")
