"""``python -m monitor.feeds NAME``: a run as another monitor reads it; ``push`` sends it, ``serve`` is for scraping.

Exit status: 0 done, 1 the run could not be read or written, 2 usage, 3 a feed was not sent. That of ``nagios`` is a
plugin's.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor import console, files, results
from monitor.text import legible

UNSENT = 3
"""The exit status where a feed was not sent: it says nothing of a tenant, and decides no run's status."""

ABOUT = "Print a run as another monitor reads it, from its results.json."
PUSH = "Send the last run to every feed that a variable names. It ends with 3 where one was not sent."
COMMANDS = (
    "push sends to all that variables name, serve waits for Prometheus and Pingdom, nagios is a plugin, "
    "scom writes files for System Center; each has --help"
)


def main(arguments: Sequence[str]) -> int:
    """Do what these arguments say; the exit status."""
    command = arguments[0] if arguments else ""
    rest = list(arguments[1:])
    if command == "nagios":
        from monitor.feeds import nagios_plugin

        return nagios_plugin.main(rest)
    if command == "scom":
        from monitor.feeds import scom

        return scom.main(rest)
    if command == "serve":
        from monitor.feeds import serving

        signal.signal(signal.SIGTERM, _interrupt)
        return serving.main(rest)
    return _push(rest) if command == "push" else _render(arguments)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _render(arguments: Sequence[str]) -> int:
    from monitor.configuration import settings
    from monitor.feeds import FEEDS, feed_settings

    parser = argparse.ArgumentParser("python -m monitor.feeds", description=ABOUT, epilog=COMMANDS)
    names = [feed.name for feed in FEEDS]
    parser.add_argument("feed", choices=names, metavar="FEED", help=f"{', '.join(names)}, push, serve, nagios or scom")
    parser.add_argument("results", type=Path, nargs="?", default=Path("reports"), help="a results.json, or its folder")
    parser.add_argument("--output", type=Path, metavar="FILE", help="put it there at once, for all to read")
    asked = parser.parse_args(arguments)
    (feed,) = [each for each in FEEDS if each.name == asked.feed]
    values, _ = settings.environment(Path.cwd())
    try:
        text = feed.render(results.read(_file(asked.results)), feed_settings.read(values))
    except results.UnreadableResults as error:
        return _failed(str(error))
    except ImportError as error:
        return _failed(f"{error.name or 'a package'} is not installed: see docs/feeds.md")
    if not asked.output:
        console.say_bytes(text)
        return 0
    try:
        files.write_bytes(asked.output, text, mode=0o644)
    except OSError as error:
        return _failed(f"{asked.output} was not written ({error.strerror}): name a file in a folder that is there")
    return 0


def _failed(why: str) -> int:
    sys.stderr.write(f"{legible(why)}\n")
    return 1


def _file(given: Path) -> Path:
    return given / results.NAME if given.is_dir() else given


def _push(arguments: Sequence[str]) -> int:
    from monitor import feeds
    from monitor.configuration import settings
    from monitor.feeds import feed_settings

    parser = argparse.ArgumentParser("python -m monitor.feeds push", description=PUSH)
    parser.add_argument("results", type=Path, nargs="?", default=Path("reports"), help="a results.json, or its folder")
    parser.add_argument("--since", type=float, default=0.0, metavar="EPOCH", help="only a run that began after this")
    parser.add_argument("--quiet", action="store_true", help="say nothing where no variable turns a feed on")
    asked = parser.parse_args(arguments)
    logging.disable()  # libraries log addresses
    values, _ = settings.environment(Path.cwd())
    if not feeds.on(values):
        if not asked.quiet:
            console.say("nothing is sent: no variable turns a feed on, see docs/feeds.md\n")
        return 0
    return _pushed(asked, values, feed_settings.read(values).problems)


def _pushed(asked: argparse.Namespace, values: dict[str, str], problems: Sequence[str]) -> int:
    from monitor import feeds
    from monitor.configuration import hiding
    from monitor.feeds import readout
    from monitor.secrets import Scrubber

    scrubber = Scrubber()
    hiding.keep_secrets(values, scrubber)
    for problem in problems:
        sys.stderr.write(f"{legible(scrubber.scrub(problem))}\n")
    try:
        run = results.read(_file(asked.results))
    except results.UnreadableResults as error:
        sys.stderr.write(f"nothing is sent: {legible(scrubber.scrub(str(error)))}\n")
        return UNSENT
    if asked.since and (readout.ended(run) or 0.0) < asked.since:
        return 0  # no run came: what lies there is of an earlier one, and was sent then
    came = feeds.push(run, values, scrubber)
    for each in came:
        stream = sys.stderr if each.failed else sys.stdout
        console.say(f"feed {each.feed}: {legible(scrubber.scrub(each.said))}\n", stream)
    return UNSENT if any(each.failed for each in came) else 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if threading.active_count() > 1:
        sys.stdout.flush()
        os._exit(code)  # a feed hangs, and must not keep whoever called
    sys.exit(code)
