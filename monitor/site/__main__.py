"""The command of the status page: python -m monitor.site --history FILE --reports DIR --site DIR."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from monitor import console, history, results
from monitor.configuration import settings
from monitor.configuration.forms import fault_of_link
from monitor.configuration.variables import RUNBOOK
from monitor.feeds import feed_settings
from monitor.history import DAY, History, Unusable, freshness, planned
from monitor.history.planned import Window
from monitor.incidents import DAYS, listed, policy
from monitor.reports import runbook
from monitor.site import publish
from monitor.site.board import began, board
from monitor.site.contents import Board
from monitor.text import legible
from monitor.verdict import Run

IMPORT = "python -m monitor.history import"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; the exit status: 0 written, 1 written with less than there should be, 2 not written."""
    values, _ = settings.environment(Path.cwd())
    remarks: list[str] = []
    try:
        asked = _parser(values).parse_args(arguments)
        asked.history = asked.history or history.default_file(values)
        made = _board(asked, values, remarks)
        written = [publish.beside(made, asked.reports, book=partial(runbook.address, values))]
        own = {name: value for name, value in values.items() if name == RUNBOOK}  # else the site has a copy of its own
        book, age = partial(runbook.address, own), feed_settings.read(values).max_age
        address = _address(asked.url, remarks)
        written.append(publish.site(made, asked.reports, asked.site, address=address, book=book, max_age=age))
    except (Unusable, publish.NotOurs) as error:
        _say(str(error))
        return 2
    except OSError as error:
        _say(f"{error.filename or 'the page'} cannot be written ({error.strerror}): name another folder")
        return 2
    for each in remarks:
        _say(each)
    console.say(f"{made.status.upper()}: {' and '.join(map(str, written))}\n")
    return 1 if remarks else 0


def _parser(values: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m monitor.site", description="Write the status page.")
    parser.add_argument("--history", type=console.file, metavar="FILE", help=f"AUTH0_HISTORY, or {history.DEFAULT}")
    parser.add_argument(
        "--reports", type=console.folder, default=Path("reports"), metavar="DIR", help="of the newest run; reports"
    )
    parser.add_argument(
        "--site", type=console.folder, default=Path("site"), metavar="DIR", help="the folder to publish; site"
    )
    url = values.get(runbook.SITE, "").strip()
    parser.add_argument(
        "--url", default=url, help=f"where it is published, for the feed and status.json; {runbook.SITE}"
    )
    return parser


def _board(asked: argparse.Namespace, values: Mapping[str, str], remarks: list[str]) -> Board:
    """What the page says; ``remarks`` gets a line for each thing that is missing. Raises Unusable: nothing is there."""
    now, run = time.time(), None
    file = asked.reports / results.NAME
    try:
        run = results.read(file)
        start = began(run)
    except (results.UnreadableResults, ValueError) as error:
        run, start = None, 0.0
        remarks.append(f"the newest run is not shown: {error}")
    if run and start > now + freshness.CLOCKS:
        remarks.append(f"the newest run is not shown: {file} is of a run that began after now ({run.started})")
        run = None
    known = _known(asked.history, remarks).as_of(now)
    if run and known.count and run.mode != known.mode:
        remarks.append(f"{asked.history} has {known.mode} runs, and {file} is of a {run.mode}: it alone is shown")
    elif run and known.last is not None and start > known.last + 1:
        remarks.append(f"the newest run is not in {asked.history}, so what follows is older: {IMPORT} {file}")
    lone = not known.count or (run is not None and run.mode != known.mode)
    if lone and run is None:
        raise Unusable(f"there is nothing to show: {'; '.join(remarks)}; and {asked.history} has no runs")
    known = _alone(run) if lone and run else known
    read, odd = policy(values)
    incidents = listed(known, read, now - DAYS * DAY)
    told = tuple(remarks)
    remarks += odd
    slos = _objectives(known, values, remarks)
    beside = publish.evidence(asked.reports)
    windows = _windows(known, values, remarks)
    try:
        left_out = windows if planned.excluded(values) else []
    except Unusable as error:
        left_out = []
        remarks.append(f"error budgets leave nothing out: {error}")
    return board(
        known,
        run,
        now,
        incidents,
        evidence=beside,
        remarks=told,
        slos=slos,
        windows=windows,
        left_out=left_out,
        lone=lone,
    )


def _windows(known: History, values: Mapping[str, str], remarks: list[str]) -> list[Window]:
    """When nobody is told: by the variable, and by the issues that the newest telling knew of."""
    windows, problems = planned.windows(values.get(planned.VARIABLE, ""))
    remarks += problems
    return [*windows, *known.planned]


def _objectives(known: History, values: Mapping[str, str], remarks: list[str]) -> dict[str, float]:
    """How well each target is meant to be; none of them where one cannot be read."""
    try:
        own = [each.name for each in known.targets if each.sort != "dependency"]
        return {name: history.objective(name, values) for name in own}
    except Unusable as error:
        remarks.append(f"error budgets are not shown: {error}")
        return {}


def _known(file: Path, remarks: list[str]) -> History:
    """The history; an empty one where it cannot be used."""
    try:
        return history.read(file)
    except Unusable as error:
        remarks.append(f"the history is not shown: {error}")
        return _alone(None)


def _alone(run: Run | None) -> History:
    """The history of this run and no other; empty where there is none, or it has not ended."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite"
        if run and run.ended != "running" and run.verdicts:
            history.record(file, [run], mode=run.mode)
        return history.read(file)


def _address(url: str, remarks: list[str]) -> str:
    """Where the site is; empty where nobody says so, or says it in a way that may not be published."""
    if why := fault_of_link(runbook.SITE, url) if url else "":
        remarks.append(f"--url ({runbook.SITE}): {why}; until then the feed and status.json have no address")
        return ""
    return f"{url.rstrip('/')}/" if url else ""


def _say(line: str) -> None:
    sys.stderr.write(f"{legible(line)}\n")


if __name__ == "__main__":
    gc.disable()  # nothing is thrown away before the end, and looking for it would take a third of the time
    sys.exit(main())
