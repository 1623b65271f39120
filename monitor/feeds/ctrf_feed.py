"""The report ctrf.json as a feed, to be rendered of any results.json."""

from __future__ import annotations

from monitor.feeds.feed_settings import FeedSettings
from monitor.reports import ctrf
from monitor.verdict import Run


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The document."""
    return ctrf.render(run).encode()
