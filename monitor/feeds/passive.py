"""Passive results for Nagios and Naemon, by the command file: a service for each tenant.

Their age is the reader's to watch: ``check_freshness`` makes UNKNOWN of a service of which nothing came.
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.feeds import feed_settings, readout, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.feeds.service_states import ServiceState
from monitor.text import count
from monitor.verdict import Run

VARIABLE = "AUTH0_FEED_NAGIOS_FILE"
BOUND = 4_096
"""Bytes of a line: what is written to a pipe at once is not torn apart by others that write to it."""


def render(run: Run, settings: FeedSettings) -> bytes:
    """A command for each tenant, in a line of its own."""
    return b"".join(_lines(run, settings))


def _lines(run: Run, settings: FeedSettings) -> Iterator[bytes]:
    at = int(readout.ended(run) or 0)
    for state in service_states.of_tenants(run):
        head = f"[{at}] PROCESS_SERVICE_CHECK_RESULT;{settings.host};{state.service};{state.code};"
        yield _bounded(head, state)


def _bounded(head: str, state: ServiceState) -> bytes:
    """The command of this state, with as many of its figures and details as there is room for."""
    line = f"{head}{state.line.replace(';', ',')}"
    for place, figure in enumerate(state.figures):
        more = f"{line}{' ' if place else ' | '}{figure}"
        line = more if _size(more) <= BOUND // 2 else line
    for detail in state.details:
        more = f"{line}\\n{detail}"
        line = more if _size(more) < BOUND else line
    return f"{line}\n".encode()


def _size(text: str) -> int:
    return len(text.encode())


def destination(values: Mapping[str, str]) -> Path:
    """The pipe that Nagios reads. Raises Unsent where the variable names none."""
    path = feed_settings.path(values, VARIABLE)
    try:
        if not stat.S_ISFIFO(path.stat().st_mode):
            raise Unsent(f"{VARIABLE} is no pipe: name Nagios' command_file (nagios.cmd)")
    except OSError as error:
        raise Unsent(f"{VARIABLE} cannot be opened ({error.strerror}): does Nagios run, and may we write?") from None
    return path


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Write them to the command file, which is a pipe that Nagios reads. Raises Unsent."""
    path = destination(courier.values)
    lines = list(_lines(run, settings))
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)  # where nobody reads it is refused at once
    except OSError as error:
        raise Unsent(f"{VARIABLE} cannot be opened ({error.strerror}): does Nagios run, and may we write?") from None
    try:
        for line in lines:
            select.select([], [pipe], [], courier.left())
            os.write(pipe, line)
    except OSError as error:
        raise Unsent(f"{VARIABLE} was not written to the end ({error.strerror}): does Nagios still read it?") from None
    finally:
        os.close(pipe)
    return f"{count(len(lines), 'result')} written"
