"""Checkmk: a local check's lines for its agent to read, or a spool file, whose name says how long it is believed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor import files
from monitor.feeds import feed_settings, readout, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.feeds.service_states import Figure, ServiceState
from monitor.text import count
from monitor.verdict import Run

VARIABLE = "AUTH0_FEED_CHECKMK_FOLDER"
HEADER = "<<<local:sep(0)>>>\n"
"""What a spool file has to begin with; of a local check the agent writes it."""

MODE = 0o644


def render(run: Run, _settings: FeedSettings) -> bytes:
    """A line for each tenant, as a local check prints it."""
    return "".join(f"{_line(state)}\n" for state in service_states.of_tenants(run)).encode()


def _line(state: ServiceState) -> str:
    figures = "|".join(_figures(state.figures)) or "-"
    said = "\\n".join([state.line, *state.details])
    return f'{state.code} "{state.service}" {figures} {said}'


def _figures(figures: tuple[Figure, ...]) -> Iterator[str]:
    """A figure is named once and with plain letters there, and has no unit."""
    done = set()
    for figure in figures:
        name = re.sub(r"[^A-Za-z0-9]+", "_", figure.name).strip("_").lower()
        if name and name not in done:
            done.add(name)
            yield f"{name}={figure.value:g}" + (f";{figure.warn:g}" if figure.warn is not None else "")


def destination(values: Mapping[str, str]) -> Path:
    """The folder of spool files. Raises Unsent where the variable names none."""
    return feed_settings.path(values, VARIABLE)


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Write the spool file, as old as the run is: the agent leaves it out when its name's seconds are over."""
    folder = destination(courier.values)
    path = folder / f"{round(settings.max_age)}_auth0"
    content = render(run, settings).decode()
    at = readout.ended(run) or 0.0
    try:
        files.replace(path, HEADER + content, mode=MODE)
        os.utime(path, (at, at))
    except OSError as error:
        cure = "name the agent's spool folder, such as /var/lib/check_mk_agent/spool"
        raise Unsent(f"{VARIABLE} was not written ({error.strerror}): {cure}") from None
    return f"{count(content.count(chr(10)), 'service')} written"
