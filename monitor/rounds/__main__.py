"""python -m monitor.rounds: the suite, N times, a minute apart; `join` makes one run of what several legs have left."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import console, history
from monitor.merging.legs import Expected
from monitor.reports import terminal
from monitor.rounds import afterwards, again, all_rounds, archive, joining, pace
from monitor.rounds.afterwards import Afterwards
from monitor.rounds.pace import Plan, Round
from monitor.status import FAILING, Status, failing
from monitor.text import count, one_line
from monitor.verdict import Run

ENDS = "Ends with the worst round's exit status; what follows -- goes to pytest."
OURS = 3
"""The exit status where recording, telling, a feed, the page or the sign of life failed: 1 is a tenant that is ill."""


def main(arguments: Sequence[str]) -> int:
    """Do what these arguments say; the exit status."""
    given = list(arguments)
    return _join(given[1:]) if given[:1] == ["join"] else _rounds(given)


@dataclass
class Session:
    """What came of the rounds so far."""

    plan: Plan
    history: Path | None
    afterwards: Afterwards | None
    fail_on: frozenset[Status] = FAILING
    codes: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    runs: dict[int, Run] = field(default_factory=dict)
    seen: all_rounds.Seen = field(default_factory=set)
    newest: int = 0
    before: frozenset[str] | None = None
    differs: bool = False
    """Whether the newest round finds others ill than the history's newest run did when this began."""

    def take(self, ended: Round) -> None:
        """A round has ended: tell it, keep it, and see that someone knows."""
        _tell(ended, self.plan)
        code = ended.code if ended.code >= 0 else 128 - ended.code
        self.codes.append(max(code, 1) if ended.stopped else code)
        if ended.stopped or code not in (0, 1):  # 1 is a tenant that is ill, and no failure of ours
            self.failed.append(f"round {ended.number}")
        if ended.number > self.newest:  # one that hung comes after those that began later
            self._ours("keeping", _kept(archive.newest(self.plan.reports, ended.folder)))
            self.newest = ended.number
            # What a reader was not sent it alarms about itself: no round failed by it, and the sign of life is sent.
            self.codes.append(OURS * afterwards.feed(ended.folder))
        run = all_rounds.read(ended.folder, ended.number)
        self.differs = again.differs(run, self.before) if ended.number == self.newest else self.differs
        self.runs[ended.number] = all_rounds.kept(run, self.seen)
        archive.forget(self.plan.reports)  # not at the end alone, which may be days away
        recorded = _record(self.history, ended.folder)
        self._ours("recording", recorded)
        if self.afterwards and not recorded:
            self._ours("telling", self.afterwards.tell())

    def close(self, rounds: int) -> int:
        """All are over: the exit status."""
        if self.runs:
            together = [self.runs[number] for number in sorted(self.runs)]
            problem = all_rounds.write(self.plan.reports, together, self.fail_on)
            self._ours("keeping", _kept([problem] if problem else []))
        if rounds < self.plan.rounds:
            _say(f"{rounds} of {count(self.plan.rounds, 'round')} began: it was stopped")
            self.codes.append(1)
            self.failed.append("stopped")
        if self.afterwards:
            self._ours("closing", self.afterwards.close(", ".join(self.failed)))
        return max(self.codes, default=1)

    def _ours(self, what: str, code: int) -> None:
        self.codes.append(OURS if code else 0)
        self.failed += [what] * bool(code)


def _rounds(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m monitor.rounds", description=__doc__, epilog=ENDS)
    parser.add_argument("--rounds", type=_number, default=1, metavar="N", help="how many (default: 1)")
    parser.add_argument("--every", type=_seconds, default=60.0, metavar="S", help="seconds from one to the next: 60")
    parser.add_argument(
        "--again", type=_more, default=0, metavar="N",
        help="at most so many more rounds, while the newest differs from the history's newest run (default: 0)",
    )  # fmt: skip
    parser.add_argument("--limit", type=_limit, default=240.0, metavar="S", help="seconds that one may take: 240")
    for name, told in {
        "drill": "probe the sandbox with this fault, instead of --live",
        "shard": "I/N, as for pytest",
        "fail-on": "degraded, unknown, as for pytest",
        "probes": "which probes, as for pytest's -k",
        "markers": "the same, as for its -m",
    }.items():
        parser.add_argument(f"--{name}", type=str.strip, default="", help=f"{told}; empty as if it were not there")
    _common(parser)
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    asked, rest = _parsed(parser, arguments[:cut]), arguments[cut + 1 :]
    chosen = [f"--drill={asked.drill}"] if asked.drill else ["--live"]
    chosen += [f"--shard={asked.shard}"] if asked.shard else []
    chosen += [f"--fail-on={asked.fail_on}"] if asked.fail_on else []
    chosen += ["-k", asked.probes] if asked.probes else []
    chosen += ["-m", asked.markers] if asked.markers else []
    chosen += rest if any("tests_synthetic" in each for each in rest) else [*rest, "tests_synthetic"]
    more = asked.again if asked.history and not asked.drill else 0
    keep = asked.rounds + more > 1 or asked.tell
    plan = Plan(asked.rounds, asked.every, asked.limit, asked.reports, keep=keep, again=more)
    follows = Afterwards(asked.history, asked.reports, asked.site) if asked.tell else None
    fail_on = FAILING
    with contextlib.suppress(ValueError):  # pytest says what is wrong with it, and asks nobody
        fail_on = failing([asked.fail_on]) if asked.fail_on else FAILING
    session = Session(plan, asked.history, follows, fail_on, before=again.ill_before(asked.history if more else None))
    plan.reports.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # whoever writes it says what is in the way
        all_rounds.remove(plan.reports)
    call = functools.partial(_pytest, chosen)
    rounds = asyncio.run(pace.perform(plan, call, session.take, lambda: session.differs))
    return session.close(len(rounds))


def _pytest(chosen: list[str], folder: Path) -> list[str]:
    return pace.pytest(f"--reports={folder}", *chosen)


def _join(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m monitor.rounds join", description=joining.__doc__)
    parser.add_argument("legs", type=console.folder, metavar="FOLDER", help="where each leg's folder of reports is")
    parser.add_argument("--expect-names", default="", metavar="A,B", help="the legs that there have to be")
    parser.add_argument("--fail-on", type=_statuses, default=FAILING, metavar="STATUS", help="as the legs were")
    parser.add_argument("--max-age", type=_number, metavar="MINUTES", help="a leg that began earlier is of another run")
    _common(parser)
    asked = _parsed(parser, arguments)
    names = tuple(name.strip() for name in asked.expect_names.split(",") if name.strip())
    since = datetime.now(UTC) - timedelta(minutes=asked.max_age) if asked.max_age else None
    joined = joining.join(asked.legs, Expected(names=names, since=since), asked.reports, asked.fail_on)
    for each in joined:
        lines = terminal.screen(each.run, each.written, width=min(shutil.get_terminal_size().columns, 110))
        sys.stdout.writelines(f"{line.text}\n" for line in (lines if each is joined[-1] else lines[-1:]))
    problem = all_rounds.write(asked.reports, [each.run for each in joined], asked.fail_on)
    kept = _kept([*archive.newest(asked.reports, joined[-1].folder), *([problem] if problem else [])])
    archive.forget(asked.reports)
    recorded = [_record(asked.history, each.folder) for each in joined]
    codes = [each.run.exit_status(asked.fail_on, each.written.problems) for each in joined]
    codes += [OURS * code for code in (kept, *recorded)]
    if asked.tell:
        follows = Afterwards(asked.history, asked.reports, asked.site)
        told = follows.tell()
        codes.append(OURS * afterwards.feed(asked.reports))
        ends = (("keeping", kept), ("recording", max(recorded)), ("telling", told))
        failed = [name for name, code in ends if code]
        codes += [OURS * told, OURS * follows.close(", ".join(failed))]
    return max(codes)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reports", type=console.folder, default=Path("reports"), metavar="DIR", help="default: reports"
    )
    parser.add_argument(
        "--history", type=console.file, metavar="FILE", help="record each round in it (default: in none)"
    )
    parser.add_argument("--tell", action="store_true", help="send alerts, and a heartbeat at the end")
    parser.add_argument(
        "--site", type=console.folder, metavar="DIR", help="with --tell: make the status page there, at the end"
    )


def _parsed(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace:
    asked = parser.parse_args(arguments)
    if (asked.tell and not asked.history) or (asked.site and not asked.tell):
        parser.error("--tell needs --history, and --site needs --tell")
    return asked


def _tell(ended: Round, plan: Plan) -> None:
    """What a round has printed, folded away where there are several on one page of GitHub's."""
    head = f"round {ended.number} of {plan.rounds}: " if plan.rounds > 1 else ""
    head = f"round {ended.number}, to confirm it: " if ended.number > plan.rounds else head
    grouped = bool(os.environ.get("GITHUB_ACTIONS") and head)
    why = f"; {ended.stopped}" if ended.stopped else ""
    last = next((line for line in reversed(ended.output.splitlines()) if line.strip()), "it said nothing")
    begin, end = (f"::group::{head}{one_line(last, 200)}{why}\n", "::endgroup::\n") if grouped else ("", "")
    console.say(begin + ended.output + end + (f"{head}exit status {ended.code}{why}\n" if head or why else ""))


def _kept(problems: list[str]) -> int:
    """1 where the newest reports do not lie where everybody looks, which is said."""
    for each in problems:
        _say(each)
    return int(bool(problems))


def _record(file: Path | None, folder: Path) -> int:
    """1 where the round cannot be recorded, which is said, as is what was odd."""
    try:
        _say(archive.record(file, folder) if file else "")
    except history.Unusable as error:
        _say(f"not recorded: {error}")
        return 1
    return 0


def _say(text: str) -> None:
    if text:
        sys.stdout.flush()
        sys.stderr.write(f"{one_line(text)}\n")


def _number(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds, from 1 on")
    return int(text)


def _more(text: str) -> int:
    return 0 if text == "0" else _number(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return float(text)


def _limit(text: str) -> float:
    if not (limit := _seconds(text)):
        raise argparse.ArgumentTypeError("a round that may take no time is killed at once: give it some seconds")
    return limit


def _statuses(text: str) -> frozenset[Status]:
    try:
        return failing([text])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
