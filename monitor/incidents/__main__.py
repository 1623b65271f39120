"""The command of incidents: python -m monitor.incidents prints those that are confirmed, open ones first."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from monitor import console, history
from monitor.configuration import settings
from monitor.history import DAY, Unusable
from monitor.incidents import listing
from monitor.incidents.as_told import listed
from monitor.incidents.newest import DAYS
from monitor.incidents.policy import policy
from monitor.text import legible


def main(arguments: Sequence[str] | None = None) -> int:
    """Print them; the exit status: 0 done, 2 there is no history to read."""
    values, remarks = settings.environment(Path.cwd())
    try:
        asked = _parser().parse_args(arguments)
        asked.history = asked.history or history.default_file(values)
        _warn(remarks)
        console.say("".join(f"{line}\n" for line in _lines(asked.history, values)))
    except Unusable as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename or 'the output'} cannot be used ({error.strerror}): name another file")
    return 0


def _lines(file: Path, values: Mapping[str, str]) -> Iterator[str]:
    """What is told of the incidents in this file. Raises Unusable."""
    if not file.exists():
        raise Unusable(f"{file} is not there: record a run first, or name another file with --history")
    now = time.time()
    known = history.read(file).as_of(now)
    rule, remarks = policy(values)
    _warn([*remarks, *([str(known.ahead)] if known.ahead else [])])
    return listing.lines(known, listed(known, rule, now - DAYS * DAY), now)


def _parser() -> argparse.ArgumentParser:
    about = (
        "Print the confirmed incidents, open ones first, then those of 90 days that are over: the same that "
        "monitor.telling tells and the status page lists, by the same AUTH0_CONFIRM and AUTH0_TELL."
    )
    parser = argparse.ArgumentParser(prog="python -m monitor.incidents", description=about)
    parser.add_argument("--history", type=console.file, metavar="FILE", help=f"AUTH0_HISTORY, or {history.DEFAULT}")
    return parser


def _warn(remarks: Iterable[str]) -> None:
    sys.stderr.writelines(f"{legible(remark)}\n" for remark in remarks)


def _fail(message: str) -> int:
    _warn([message])
    return 2


if __name__ == "__main__":
    sys.exit(main())
