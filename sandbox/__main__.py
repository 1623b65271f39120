"""``python -m sandbox``: print the environment that a monitor needs, then serve until the signal to stop."""

# ruff: noqa: T201 -- a command prints

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sandbox

if TYPE_CHECKING:
    from sandbox.box import Asked

USE = "# In another terminal, with these lines in a file: set -a; . ./FILE; python -m pytest. Ctrl-C stops the sandbox."


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve; 0 after SIGINT and SIGTERM, 2 where it cannot be started."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=sandbox.__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="the tenant's port; a free one where it is not given")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="answer so long after each request")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="be ill in this way; repeatable")
    parser.add_argument("--real-limits", action="store_true", help="limit requests as tightly as Auth0 does")
    parser.add_argument("--id-token-alg", choices=("RS256", "HS256"), default="RS256", help="how ID tokens are signed")
    parser.add_argument("--list-faults", action="store_true", help="print all faults and what they do")
    parser.add_argument("--verbose", action="store_true", help="print every request to stderr")
    given = parser.parse_args(arguments)
    if given.list_faults:
        faults = [f"{name:<30} {told}" for name, told in sandbox.known_faults().items()]
        families = sandbox.known_families().items()
        faults += [
            f"{f'{name}=VALUE':<30} {told} VALUE is one of: {', '.join(values)}" for name, (told, values) in families
        ]
        return _print(faults)

    # Before the start: whoever ends it early ends it cleanly too.
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    sys.setswitchinterval(0.0002)  # or whoever signs a token keeps the others from seeing what has arrived
    try:
        box = sandbox.start(
            given.fault,
            delay=given.delay,
            port=given.port,
            limits="real" if given.real_limits else "generous",
            id_token_alg=given.id_token_alg,
            on_asked=_say if given.verbose else None,
        )
    except OSError as error:
        return _refuse(f"port {given.port}: {error.strerror}")
    except ValueError as error:
        return _refuse(str(error))
    with box:
        _print([*(f"{name}={quoted(value)}" for name, value in box.environment.items()), "", USE])
        stopped.wait()
    return 0


def quoted(value: str) -> str:
    """This value as a shell and a file .env both read it: in quotes where they would change it."""
    return value if re.fullmatch(r"[\w@%+:,./-]+", value, re.ASCII) else shlex.quote(value)


def _print(lines: Iterable[str]) -> int:
    """Print these; whoever has seen enough and reads no more is no error."""
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _refuse(why: str) -> int:
    print(f"sandbox: {why}", file=sys.stderr)
    return 2


def _say(asked: Asked) -> None:
    at = time.strftime("%H:%M:%S", time.localtime(asked.arrived))
    print(f"{at} {asked.target} {asked.method} {asked.path} {asked.status or '-'}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
