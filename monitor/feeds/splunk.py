"""Splunk's HTTP Event Collector: an event for each tenant, target and probe of a run.

An answer of 200 may still say that nothing was taken: its ``code`` is 0 where all was.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from monitor import NAME
from monitor.exchange import Exchange, Repeat
from monitor.feeds import batches, event_rows, readout
from monitor.feeds.feed_settings import Endpoint, FeedSettings, endpoint, opened_by
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.text import count, one_line
from monitor.verdict import Run

URL, KEY, INDEX = "AUTH0_FEED_SPLUNK_URL", "AUTH0_FEED_SPLUNK_KEY", "AUTH0_FEED_SPLUNK_INDEX"
PATH = "/services/collector/event"
BYTES, EVENTS = 900_000, 5_000
"""The most of one request: Splunk's cloud advises 1 MB."""

OLDEST = 86_400.0
SOURCETYPE = "auth0:synthetic"


def render(run: Run, settings: FeedSettings) -> bytes:
    """The body of every request, one after another."""
    return b"".join(request.content + b"\n" for request in requests(run, settings))


def requests(run: Run, settings: FeedSettings, index: str = "") -> Iterator[FeedRequest]:
    """Objects with a line's end between them; the channel is the run's, which a token with acknowledgement asks for."""
    channel = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{NAME}/{run.mode}/{run.started}"))
    headers = {"Content-Type": "application/json", "X-Splunk-Request-Channel": channel}
    events = (batches.packed(event) for event in _events(run, settings, index))
    for some in batches.chunks(events, BYTES, EVENTS):
        yield FeedRequest("POST", PATH, b"\n".join(some), headers, Repeat.UNSENT)


def _events(run: Run, settings: FeedSettings, index: str) -> Iterator[dict[str, Any]]:
    """``fields`` are indexed: names and words of few values alone."""
    at = round(readout.ended(run) or 0.0, 3)
    common = {"time": at, "host": settings.host, "source": NAME, "sourcetype": SOURCETYPE}
    common |= {"index": index} if index else {}
    for row in event_rows.rows(run):
        indexed = {name: row[name] for name in ("level", "mode", "tenant", "status")}
        yield common | {"event": row, "fields": indexed}


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    return opened_by(endpoint(values, URL), values, KEY, "Authorization", "Splunk")


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Send all events. Raises Unsent."""
    to = destination(courier.values)
    believable(run, OLDEST, "")
    sent = courier.send_all(to, requests(run, settings, courier.values.get(INDEX, "").strip()), _untaken)
    return f"{count(sum(1 for _ in event_rows.rows(run)), 'event')} sent in {count(sent, 'request')}"


def _untaken(answer: Exchange) -> str:
    """Why a collector took nothing, in its own words, whatever the status."""
    said = said_by(answer)
    if answer.status != 200 or said.get("code") == 0:
        return ""
    return f"it took nothing (code {one_line(str(said.get('code')), 20)}: {one_line(str(said.get('text')), 100)})"
