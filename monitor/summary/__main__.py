"""python -m monitor.summary reports: prints the step summary of a run, or of the rounds beside it, as Markdown."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.reports import NAMES, results
from monitor.summary import markdown, page
from monitor.verdict import Run


def main(arguments: Sequence[str], values: Mapping[str, str] = os.environ) -> int:
    """Print it; 1 where a file cannot be read, which the summary says as well."""
    parser = argparse.ArgumentParser("python -m monitor.summary", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", default=[Path("reports")], metavar="FILE", help=_FILES)
    parser.add_argument("--link", action="append", default=[], metavar="TEXT=URL", help="one without a URL is left out")
    asked = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    runs, problems = _read([file for each in asked.files for file in _files(each)])
    links = dict(pair for each in asked.link if (pair := tuple(each.split("=", 1)))[1:])
    server, name, run = (values.get(f"GITHUB_{each}", "") for each in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    known = bool(server and name)
    links = ({"this run": f"{server}/{name}/actions/runs/{run}"} if known and run else {}) | links
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    told = [f"> **{markdown.text(problem)}**\n" for problem in problems]
    if runs:
        told.append(page.render(runs, links, f"{server}/{name}/blob/HEAD/" if known else ""))
    else:
        told.insert(0, "## 🟣 UNKNOWN – nothing is known: no run has left its results\n")
    sys.stdout.write(markdown.bounded("\n".join(told)))
    return int(bool(problems) or not runs)


_FILES = "a results.json, or a folder of reports, whose rounds/ are told as well; default: reports"


def _files(given: Path) -> list[Path]:
    """The files of this folder: its own, and its rounds', of which it has the newest."""
    if not given.is_dir():
        return [given]
    return sorted(given.glob(f"rounds/*/{NAMES[0]}")) or [given / NAMES[0]]


def _read(files: Sequence[Path]) -> tuple[list[Run], list[str]]:
    runs: list[Run] = []
    problems = []
    for file in files:
        try:
            runs.append(results.read(file))
        except results.Unreadable as error:
            problems.append(str(error))
    return sorted(runs, key=lambda run: run.started), problems


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
