"""The commands of the history: python -m monitor.history import|export|merge|prune|guard|status|simulate."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from monitor import console, files, results
from monitor.configuration import settings
from monitor.history import document, export, keeping, overview, planned, records, simulation, store
from monitor.history.content import Content
from monitor.history.keeping import DEFAULT
from monitor.history.objectives import objective
from monitor.history.values import FileChange, Unusable
from monitor.text import count


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; the exit status: 0 done, 1 the guard found a loss, 2 something could not be done."""
    values, _ = settings.environment(Path.cwd())
    try:
        asked = _parser(values).parse_args(arguments)
        asked.history = asked.history or keeping.default_file(values)
        command: Callable[[argparse.Namespace, Mapping[str, str]], int] = asked.command
        return command(asked, values)
    except Unusable as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or 'the output'} cannot be used ({error.strerror}): name another file")


def _parser(values: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m monitor.history", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--history", type=console.file, help=f"the file (AUTH0_HISTORY, or {DEFAULT})")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Callable[..., int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[common], help=about, description=about)
        added.set_defaults(command=function)
        return added

    record = command("import", _import, "record runs (results.json), or take in what was exported")
    record.add_argument("files", nargs="+", type=console.file, metavar="FILE")
    record.add_argument("--link", default=_link(values), help="where the run can be seen (on GitHub Actions: its page)")
    record.add_argument("--mode", default="live", choices=["live", "sandbox", "drill"], help="of which runs it is")
    export_ = command("export", _export, "write the whole history as lines of JSON")
    export_.add_argument("file", nargs="?", type=console.file, metavar="FILE", help="instead of the standard output")
    merge = command("merge", _merge, "add what other histories have")
    merge.add_argument("files", nargs="+", type=console.file, metavar="FILE")
    command("prune", _prune, "fold what is older than a week, and give the room back")
    guard = command("guard", _guard, "end with 1 if the new file has not all runs of the old one")
    guard.add_argument("old", type=console.file)
    guard.add_argument("new", type=console.file)
    about = "print what is in it, and for each target: uptime, latency, error budget, outages"
    status = command("status", _status, about)
    status.add_argument("--json", action="store_true", help="for programs: every figure with its definition and bounds")
    simulate = command("simulate", _simulate, "print how often the interval of uptime is right, in simulated months")
    simulate.add_argument("--months", type=int, default=200, help="of each kind; 200")
    return parser


def _link(values: Mapping[str, str]) -> str:
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (values.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


def _import(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    """What can be taken is taken, whatever else cannot."""
    contents, problems = [], 0
    for file in asked.files:
        try:
            contents.append(_taken(file, asked.link, asked.mode))
        except Unusable as error:
            problems += bool(_fail(str(error)))
    if contents:
        _tell(asked.history, keeping.add(asked.history, contents, asked.mode))
    return 2 if problems else 0


def _taken(file: Path, link: str, mode: str) -> Content:
    if file.is_file() and export.begins(file):
        content = export.read(file)
        if content.mode != mode:
            raise Unusable(f"{file} has {content.mode} runs, and {mode} ones are wanted: name the mode with --mode")
        return content
    try:
        run = results.read(file)
    except results.UnreadableResults as error:
        raise Unusable(str(error)) from None
    try:
        return Content(mode, [records.of(run, link=link, mode=mode)])
    except Unusable as error:
        raise Unusable(f"{file} is not recorded: {error}") from None


def _export(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    if not asked.history.exists():
        raise Unusable(f"{asked.history} is not there: record a run first, or name another file with --history")
    if asked.file and asked.file.is_file() and store.is_sqlite(asked.file):
        raise Unusable(f"{asked.file} is a history, or another file of SQLite, and stays as it is: name another file")
    text = export.write(keeping.load(asked.history))
    if asked.file is None:
        for each in text:
            console.say(each)
        return 0
    files.refuse_others(asked.file)
    beside = asked.file.with_name(f".{asked.file.name}.{os.getpid()}.partial")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(text)
        beside.replace(asked.file)
    except OSError as error:
        raise Unusable(f"{asked.file} cannot be written ({error.strerror}): name another file") from None
    return 0


def _merge(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    _tell(asked.history, keeping.merge(asked.history, asked.files))
    return 0


def _prune(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    """By the newest run's age, not the clock's: a history that rests, or a clock that is wrong, folds nothing."""
    last = keeping.last(asked.history) if asked.history.exists() else None
    if last is None:
        raise Unusable(f"{asked.history} has no runs: record one first, or name another file with --history")
    _warn(keeping.prune(asked.history, min(last, time.time())))
    return 0


def _guard(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    if not asked.old.exists():
        sys.stderr.write(f"{asked.old} is not there: it has nothing to lose\n")
    lost = keeping.lost(asked.old, asked.new)
    if lost:
        cure = f"merge the old one into it: python -m monitor.history merge {asked.old} --history {asked.new}"
        sys.stderr.write(f"{asked.new} lacks {count(len(lost), 'run')} that {asked.old} has; {cure}\n")
    return 1 if lost else 0


def _status(asked: argparse.Namespace, values: Mapping[str, str]) -> int:
    if not asked.history.exists():
        raise Unusable(f"{asked.history} is not there: record a run first, or name another file with --history")
    known, now = keeping.read(asked.history), time.time()
    slos = {each.name: objective(each.name, values) for each in known.targets if each.sort != "dependency"}
    windows, problems = planned.windows(values.get(planned.VARIABLE, ""))
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    left_out = [*windows, *known.planned] if planned.excluded(values) else []
    if asked.json:
        console.say(json.dumps(document.of(known, slos, now, left_out), indent=1) + "\n")
    else:
        console.say("".join(f"{line}\n" for line in overview.overview(known, slos, now, left_out)))
    return 0


def _simulate(asked: argparse.Namespace, _values: Mapping[str, str]) -> int:
    for line in simulation.lines(max(1, asked.months)):
        console.say(f"{line}\n")
    return 0


def _tell(file: Path, change: FileChange) -> None:
    _warn(change)
    again = f" ({len(change.known)} known already)" if change.known else ""
    console.say(f"{file}: {count(len(change.new), 'new run')}{again}\n")


def _warn(change: FileChange) -> None:
    if change.warning:
        sys.stderr.write(f"WARNING: {change.warning}\n")
        if os.environ.get("GITHUB_ACTIONS"):
            sys.stdout.write(f"::error title=The history was corrupt::{change.warning}\n")


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
