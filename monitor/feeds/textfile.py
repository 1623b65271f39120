"""The file that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor import files
from monitor.feeds import feed_settings, series
from monitor.feeds.feed_settings import FeedSettings, Unsent
from monitor.feeds.sending import Courier
from monitor.verdict import Run

VARIABLE = "AUTH0_FEED_PROMETHEUS_FILE"
ENDING = ".prom"
MODE = 0o644
"""Another user's process reads it."""


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The series in Prometheus' text format, without timestamps: one line with one would cost the whole file."""
    return series.text(run)


def destination(values: Mapping[str, str]) -> Path:
    """Where it is written. Raises Unsent where the variable names no such file."""
    path = feed_settings.path(values, VARIABLE)
    if path.suffix != ENDING:
        raise Unsent(f"{VARIABLE} does not end in {ENDING}, and node_exporter reads nothing else: add it")
    return path


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Put the file in the place of the one before. Raises Unsent."""
    path = destination(courier.values)
    content = render(run, settings)
    try:
        files.write_bytes(path, content, mode=MODE)
    except OSError as error:
        raise Unsent(f"{VARIABLE} was not written ({error.strerror}): name a file in a folder that is there") from None
    return f"{len(content):,} bytes were written"
