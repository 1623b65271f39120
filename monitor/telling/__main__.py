"""``python -m monitor.telling``: tell of incidents; ``heartbeat``, ``overdue`` and ``test`` are its other commands.

Exit status: 0 all are told, 1 somebody could not be told (or the monitor is overdue), 2 usage.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from monitor import console, history
from monitor.configuration import settings
from monitor.history import freshness
from monitor.secrets import Scrubber
from monitor.telling import harmless, heartbeat, notify
from monitor.telling.channel import Untold
from monitor.telling.commands import ISSUES, Telling
from monitor.telling.latest import after, began, latest
from monitor.telling.sentences import DRILL
from monitor.text import count, legible
from monitor.verdict import Run

_TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")


@dataclass(frozen=True)
class Call:
    """What was asked for, and the environment that it was asked in."""

    asked: argparse.Namespace
    values: Mapping[str, str]
    texts: Scrubber
    strict: Scrubber

    @property
    def file(self) -> Path:
        given: Path | None = self.asked.history
        return given or history.default_file(self.values)

    @property
    def telling(self) -> Telling:
        return Telling(self.values, self.texts.scrub, dry=self.asked.dry_run)

    def say(self, stream: TextIO, lines: Iterable[str]) -> None:
        """These lines, without anything that must not be written."""
        console.say("".join(legible(self.strict.scrub(line)) + "\n" for line in lines), stream)

    def close(self, telling: Telling) -> int:
        """Print what came of it; its exit status."""
        idle = ["no alert was due"] if telling.channels and not telling.problems else []
        self.say(sys.stdout, [*telling.told, *_held(telling.held)] or idle)
        _summarise(self, telling.held)
        self.say(sys.stderr, [*telling.remarks, *telling.problems])
        return 1 if telling.problems else 0


def _held(lines: Sequence[str]) -> list[str]:
    """How many incidents a maintenance keeps from being told, and which."""
    return [f"{count(len(lines), 'incident')} held back by a maintenance:", *lines] if lines else []


def _summarise(call: Call, held: Sequence[str]) -> None:
    """The same on the run's page, on GitHub Actions: silence must not read as health."""
    file = call.values.get("GITHUB_STEP_SUMMARY", "")
    if file and held:
        head, *lines = (legible(call.strict.scrub(line)) for line in _held(held))
        try:
            with Path(file).open("a", encoding="utf-8") as stream:
                stream.writelines([f"**{head}**\n\n", *(f"- {harmless.code(line)}\n" for line in lines), "\n"])
        except OSError as error:
            call.say(sys.stderr, [f"the run's page does not say so: GITHUB_STEP_SUMMARY: {error.strerror}"])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m monitor.telling", description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("command", nargs="?", choices=_COMMANDS, default="tell", help="default: tell")
    parser.add_argument("--history", type=console.file, metavar="FILE", help="default: AUTH0_HISTORY")
    parser.add_argument(
        "--reports", type=console.folder, metavar="DIR", default=Path("reports"), help="default: reports"
    )
    parser.add_argument("--drills", action="store_true", help="send alerts of drills as well, marked as drills")
    parser.add_argument("--dry-run", action="store_true", help="only print what would be sent")
    parser.add_argument("--failed", action="store_true", help="heartbeat: the round did not succeed")
    parser.add_argument(
        "--started", action="store_true", help="heartbeat: a round begins; sent where the receiver has a word for that"
    )
    parser.add_argument(
        "--exit-status",
        type=_status,
        default=0,
        metavar="N",
        help="heartbeat: the exit status of the round; 0 is healthy",
    )
    parser.add_argument(
        "--least",
        type=_minutes,
        default=10,
        metavar="MINUTES",
        help="overdue: the least threshold for a missing run; default: 10",
    )
    asked = parser.parse_args(arguments)
    logging.disable()  # libraries log addresses
    values, remarks = settings.environment(Path.cwd())
    call = Call(asked, values, Scrubber(), Scrubber())
    for scrubber in (call.texts, call.strict):
        settings.load(values, scrubber, Path.cwd())
    tokens = {values.get(name, "") for name in _TOKENS}
    of_address = heartbeat.secrets(values.get(heartbeat.VARIABLE, ""))
    for secret in notify.secrets(values.get(notify.VARIABLE, "")) | of_address | tokens:
        call.strict.add(secret)
    call.say(sys.stderr, remarks)
    try:
        return _COMMANDS[asked.command](call)
    except history.Unusable as error:
        call.say(sys.stderr, [f"no alert is sent: {error}"])
        return 1


def tell(call: Call) -> int:
    """Tell of incidents."""
    if not call.file.exists():
        call.say(
            sys.stderr, [f"no alert is sent: {call.file} does not exist. Record a run first, with monitor.history"]
        )
        return 1
    known = history.read(call.file)
    if known.mode not in ("live", DRILL) or (known.mode == DRILL and not call.asked.drills):
        call.say(
            sys.stdout,
            [f"no alert is sent for a {known.mode}" + ("; --drills sends it" if known.mode == DRILL else "")],
        )
        return 0
    telling = _telling(call)
    telling.tell(known, call.file, call.asked.reports)
    return call.close(telling)


def _telling(call: Call) -> Telling:
    """Whom to tell; a remark says so where that is nobody."""
    telling = call.telling
    if not telling.channels and not telling.problems:
        telling.remarks.append(f"no channel is configured: set {notify.VARIABLE}, or {ISSUES}")
    return telling


def overdue(call: Call) -> int:
    """Alarm where no run has come for too long."""
    telling = _telling(call)
    late = telling.overdue(history.read(call.file), call.file, call.asked.least * 60)
    return call.close(telling) or int(late)


def test(call: Call) -> int:
    """Tell every channel something that is nothing."""
    telling = call.telling
    telling.test()
    return call.close(telling)


def beat(call: Call) -> int:
    """Give a sign of life."""
    if not call.values.get(heartbeat.VARIABLE):
        call.say(sys.stdout, [f"no heartbeat: {heartbeat.VARIABLE} is not set"])
        return 0
    run = latest(call.asked.reports)
    why = "" if call.asked.started else _why_failed(call, run)
    said = why or f"{run.status if run else ''}: {run.diagnosis.sentence if run and run.diagnosis else ''}"
    said, word = ("a round begins", "beginning") if call.asked.started else (said, "down" if why else "up")
    if call.asked.dry_run:
        call.say(sys.stdout, [f"{heartbeat.VARIABLE} would be sent: {word}: {said}"])
        return 0
    try:
        answer = heartbeat.send(
            call.values,
            call.strict,
            status=None if call.asked.started else (call.asked.exit_status or 1) if why else 0,
            seconds=run.seconds if run and word == "up" else None,
            said=call.texts.scrub(said),
        )
    except Untold as error:
        call.say(sys.stderr, [str(error)])
        return 1
    call.say(sys.stdout, [f"{answer}, sent {word}: {said}"])
    return 0


def _why_failed(call: Call, run: Run | None) -> str:
    """Why this round is no sign of life; empty where it is one."""
    if call.asked.failed or call.asked.exit_status:
        return f"the round ended with {call.asked.exit_status}" if call.asked.exit_status else "the round failed"
    start = began(run) if run else None
    if run is None or start is None or run.ended == "running":
        return "no run has ended: its reports are missing, or were never finished"
    if after(run, time.time()):
        return f"the clock is wrong, or was: the reports are of a run that began after now ({run.started})"
    if time.time() >= freshness.expires(start + run.seconds, None):  # then they are of another run than this one
        return f"no run has ended lately: the reports are of {run.started}"
    return ""


def _status(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) > 255:
        raise argparse.ArgumentTypeError(f"{text!r} is no exit status, from 0 to 255")
    return int(text)


def _minutes(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes, from 1 on")
    return int(text)


_COMMANDS = {"tell": tell, "heartbeat": beat, "overdue": overdue, "test": test}


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if threading.active_count() > 1:
        os._exit(code)  # a channel hangs, and must not keep the round
    sys.exit(code)
