"""python -m monitor.reports: all reports again from a results.json; merge, summary: of several legs, as Markdown."""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import console, reports, results
from monitor.merging import legs, merging
from monitor.reports import markdown, summary, terminal
from monitor.status import FAILING, Status, failing
from monitor.verdict import Run

REBUILD = f"Write all reports again ({{}}), from the {results.NAME} of a run."
MERGE = (
    "Make one run of those of its legs (shards, or a matrix of tenants), diagnose it anew over all verdicts, and write "
    "all reports of it. A leg that is missing, cannot be read or does not belong is an unknown, and the run incomplete."
)
SUMMARY = "Print the step summary of a run, or of the rounds beside it, as Markdown for the page of a CI run."
ENDS = "Ends with 0 if the merged run is as pytest would have it, with 1 if not or if a leg is not there, 2 for usage."


def main(arguments: Sequence[str], values: Mapping[str, str] = os.environ) -> int:
    """Do what these arguments say; the exit status. Usage errors exit with 2."""
    command = arguments[0] if arguments else ""
    if command == "summary":
        return _summary(arguments[1:], values)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return _merge(arguments[1:]) if command == "merge" else _rebuild(arguments)


def _rebuild(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "python -m monitor.reports",
        description=REBUILD.format(", ".join(each.name for each in reports.REPORTS if each.name != results.NAME)),
        epilog="'merge LEG ...' makes one run of several, 'summary' prints one as Markdown; each has --help",
    )
    parser.add_argument(
        "results", type=console.folder, nargs="?", default=Path("reports"), help="a results.json, or its folder"
    )
    given = _parsed(parser, arguments, "where to write them (default: beside the results.json)")
    file = given.results / results.NAME if given.results.is_dir() else given.results
    try:
        run = results.read(file)
    except results.UnreadableResults as error:
        console.say(f"{error}\n", sys.stderr)
        return 1
    folder = given.reports or file.parent
    # In its own place the file stays as it is: a later version may know more of it than this one.
    kept = results.NAME if _same(folder / results.NAME, file) else ""
    others = [each for each in reports.REPORTS if each.name != kept]
    written = reports.write_all(folder, run, fail_on=given.fail_on, reports=others)
    _tell(run, written)
    return int(bool(written.problems))


def _merge(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("python -m monitor.reports merge", description=MERGE, epilog=ENDS)
    parser.add_argument(
        "legs", type=console.folder, nargs="+", metavar="LEG", help="a leg's results.json, or its folder"
    )
    parser.add_argument("--expect", type=_number, metavar="N", help="how many legs there are to be; shards know that")
    parser.add_argument(
        "--expect-names", type=_names, default=(), metavar="A,B", help="which: tenants, folders, or shards as 2/3"
    )
    parser.add_argument("--max-age", type=_number, metavar="MINUTES", help="a leg that began earlier is of another run")
    given = _parsed(parser, arguments, "where to write them (default: reports)")
    folder = given.reports or Path("reports")
    since = datetime.now(UTC) - timedelta(minutes=given.max_age) if given.max_age else None
    expected = legs.Expected(given.expect, given.expect_names, since)
    for leg in given.legs:
        if _same(folder, leg) or _same(folder / results.NAME, leg):
            parser.error(f"{folder} is where the leg {leg} is: name another folder with --reports")
    found = legs.gather(given.legs, expected)
    run = merging.merge(found.legs, found.problems)
    written = reports.write_all(folder, run, fail_on=given.fail_on)
    _tell(run, written)
    return run.exit_status(given.fail_on, written.problems)


def _summary(arguments: Sequence[str], values: Mapping[str, str]) -> int:
    """Print it; 1 where a file cannot be read, which the summary says as well."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    parser = argparse.ArgumentParser("python -m monitor.reports summary", description=SUMMARY)
    parser.add_argument("files", type=console.folder, nargs="*", default=[Path("reports")], metavar="FILE", help=_FILES)
    parser.add_argument("--link", action="append", default=[], metavar="TEXT=URL", help="one without a URL is left out")
    asked = parser.parse_args(arguments)
    runs, problems = _read([file for each in asked.files for file in _files(each)])
    links = dict(pair for each in asked.link if (pair := tuple(each.split("=", 1)))[1:])
    server, name, run = (values.get(f"GITHUB_{each}", "") for each in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    known = bool(server and name)
    links = ({"this run": f"{server}/{name}/actions/runs/{run}"} if known and run else {}) | links
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    told = [f"> **{markdown.text(problem)}**\n" for problem in problems]
    if runs:
        told.append(summary.render(runs, links, f"{server}/{name}/blob/HEAD/" if known else ""))
    else:
        told.insert(0, "## 🟣 UNKNOWN – no result: no run has left its results\n")
    console.say(markdown.bounded("\n".join(told)))
    return int(bool(problems) or not runs)


_FILES = "a results.json, or a folder of reports, with its rounds/; default: reports"


def _files(given: Path) -> list[Path]:
    """The files of this folder: its own, and its rounds', of which it has the newest."""
    if not given.is_dir():
        return [given]
    return sorted(given.glob(f"rounds/*/{results.NAME}")) or [given / results.NAME]


def _read(files: Sequence[Path]) -> tuple[list[Run], list[str]]:
    runs: list[Run] = []
    problems = []
    for file in files:
        try:
            runs.append(results.read(file))
        except results.UnreadableResults as error:
            problems.append(str(error))
    return sorted(runs, key=lambda run: run.started), problems


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str], where: str) -> argparse.Namespace:
    parser.add_argument("--reports", type=console.folder, metavar="DIR", help=where)
    parser.add_argument(
        "--fail-on", type=_statuses, default=FAILING, metavar="STATUS", help="as the run was: degraded, unknown"
    )
    return parser.parse_args(arguments)


def _number(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number, from 1 on")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise argparse.ArgumentTypeError("no leg is named; write them as prod,staging")
    return names


def _statuses(text: str) -> frozenset[Status]:
    try:
        return failing([text])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _same(one: Path, other: Path) -> bool:
    return console.real(one) == console.real(other)


def _tell(run: Run, written: reports.Written) -> None:
    """The last screen of a run, as pytest would print it."""
    for line in terminal.screen(run, written, width=min(shutil.get_terminal_size().columns, 110)):
        console.say(f"{line.text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
