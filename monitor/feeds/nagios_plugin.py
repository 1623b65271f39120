"""``python -m monitor.feeds nagios``: a plugin that reads the last run, and never logs in; its exit status is 0 to 3.

Whatever goes wrong in it is UNKNOWN: Python's own 1 and 2 would be a WARNING and a CRITICAL.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from monitor import console, results
from monitor.feeds import service_states
from monitor.feeds.feed_settings import duration
from monitor.feeds.readout import MAX_AGE
from monitor.feeds.service_states import UNKNOWN, ServiceState, plain

ABOUT = "As a plugin of Nagios, Icinga or Naemon, report the last run; it sends no request to a tenant."


class _Parser(argparse.ArgumentParser):
    """Its errors are UNKNOWN, where argparse's 2 is CRITICAL."""

    def error(self, message: str) -> NoReturn:
        console.say(f"UNKNOWN: {plain(message)}; --help says what there is\n")
        raise SystemExit(UNKNOWN)


def main(arguments: Sequence[str]) -> int:
    """Print the state; the exit status."""
    try:
        asked = _parsed(arguments)
        state = _state(asked)
    except results.UnreadableResults as error:
        state = ServiceState("auth0", UNKNOWN, plain(f"UNKNOWN: {error}", 300))
    except Exception as error:  # noqa: BLE001 - see above
        state = ServiceState("auth0", UNKNOWN, f"UNKNOWN: the plugin itself failed ({type(error).__name__})")
    with suppress(SystemExit):  # where nobody reads it, the status is all that there is
        console.say(output(state))
    return state.code


def output(state: ServiceState) -> str:
    """What a plugin prints: a line with its figures after ``|``, and more lines."""
    figures = f" | {' '.join(map(str, state.figures))}" if state.figures else ""
    return "\n".join([f"{state.line}{figures}", *state.details]) + "\n"


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser("python -m monitor.feeds nagios", description=ABOUT)
    parser.add_argument("results", type=Path, nargs="?", default=Path("reports"), help="a results.json, or its folder")
    parser.add_argument("--max-age", type=_age, default=MAX_AGE, metavar="TIME", help="5m: an older run is UNKNOWN")
    parser.add_argument("--tenant", default="", help="this tenant alone (default: all)")
    parser.add_argument("--target", default="", help="with --tenant: this login, connection or node of it alone")
    asked = parser.parse_args(arguments)
    if asked.target and not asked.tenant:
        parser.error("--target needs --tenant")
    return asked


def _age(given: str) -> float:
    try:
        return duration(given)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _state(asked: argparse.Namespace) -> ServiceState:
    file: Path = asked.results / results.NAME if asked.results.is_dir() else asked.results
    run = results.read(file)
    whole = not asked.tenant
    state = service_states.of_run(run) if whole else service_states.of_target(run, asked.tenant, asked.target)
    return service_states.aged(state, run, time.time(), asked.max_age)
