"""python -m monitor.reports: writes all reports again from a results.json, or merges those of a run's legs."""

from __future__ import annotations

import argparse
import io
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import reports
from monitor.reports import legs, merging, results, terminal
from monitor.status import Status, failing
from monitor.verdict import Run

REBUILD = "Write report.html, junit.xml and evidence/ again, from the results.json of a run."
MERGE = (
    "Make one run of those of its legs (shards, or a matrix of tenants), diagnose it anew over all verdicts, and write "
    "all reports of it. A leg that is missing, cannot be read or does not belong is an unknown, and the run incomplete."
)
ENDS = "Ends with 0 if the merged run is as pytest would have it, with 1 if not or if a leg is not there, 2 for usage."


def main(arguments: Sequence[str]) -> int:
    """Do what these arguments say; the exit status. Usage errors exit with 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return _merge(arguments[1:]) if list(arguments[:1]) == ["merge"] else _rebuild(arguments)


def _rebuild(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        "python -m monitor.reports",
        description=REBUILD,
        epilog="'merge LEG ...' makes one run of several: merge --help",
    )
    parser.add_argument("results", type=Path, nargs="?", default=Path("reports"), help="a results.json, or its folder")
    given = _parsed(parser, arguments, "where to write them (default: beside the results.json)")
    file = given.results / reports.NAMES[0] if given.results.is_dir() else given.results
    try:
        run = results.read(file)
    except results.Unreadable as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command speaks so
        return 1
    folder = given.reports or file.parent
    # In its own place the file stays as it is: a later version may know more of it than this one.
    same = _same(folder / reports.NAMES[0], file)
    written = reports.write_all(folder, run, fail_on=given.fail_on, names=reports.NAMES[same:])
    _tell(run, written)
    return int(bool(written.problems))


def _merge(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("python -m monitor.reports merge", description=MERGE, epilog=ENDS)
    parser.add_argument("legs", type=Path, nargs="+", metavar="LEG", help="a leg's results.json, or its folder")
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
        if _same(folder, leg) or _same(folder / reports.NAMES[0], leg):
            parser.error(f"{folder} is where the leg {leg} is: name another folder with --reports")
    found = legs.gather(given.legs, expected)
    run = merging.merge(found.legs, found.problems)
    written = reports.write_all(folder, run, fail_on=given.fail_on)
    _tell(run, written)
    bad = run.fails(given.fail_on) or run.silent or run.ended != "finished" or written.problems
    return int(bool(bad))


def _parsed(parser: argparse.ArgumentParser, arguments: Sequence[str], where: str) -> argparse.Namespace:
    parser.add_argument("--reports", type=Path, metavar="DIR", help=where)
    parser.add_argument(
        "--fail-on", type=_statuses, default=reports.FAILING, metavar="STATUS", help="as the run was: degraded, unknown"
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
    return one.resolve() == other.resolve()


def _tell(run: Run, written: reports.Written) -> None:
    """The last screen of a run, as pytest would print it."""
    for line in terminal.screen(run, written, width=min(shutil.get_terminal_size().columns, 110)):
        print(line.text)  # noqa: T201 - a command speaks so


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
