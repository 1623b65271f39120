"""New Relic's Event API: an event ``Auth0Synthetic`` for each tenant, target and probe of a run, well or not.

What it answers with 200 it has accepted, not looked at: what it finds wrong later it tells as NrIntegrationError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.exchange import Exchange, Repeat
from monitor.feeds import batches, event_rows, readout
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, endpoint, opened_by, required
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.text import count
from monitor.verdict import Run

ACCOUNT, KEY, URL = "AUTH0_FEED_NEWRELIC_ACCOUNT", "AUTH0_FEED_NEWRELIC_KEY", "AUTH0_FEED_NEWRELIC_URL"
USUAL = "https://insights-collector.newrelic.com"
EVENT = "Auth0Synthetic"
BYTES, EVENTS = 1_000_000, 2_000
"""The most of one request."""

OLDEST = 86_400.0
"""Seconds after which an event is not taken any more."""

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The body of every request, one a line."""
    return b"".join(request.content + b"\n" for request in requests(run, "ACCOUNT"))


def requests(run: Run, account: str) -> Iterator[FeedRequest]:
    """As few as there may be; none is sent a second time, since its events would be counted twice."""
    path = f"/v1/accounts/{account}/events"
    for body in batches.lists(_events(run), BYTES, EVENTS):
        yield FeedRequest("POST", path, body, _HEADERS, Repeat.UNSENT)


def _events(run: Run) -> Iterator[dict[str, Any]]:
    """The time of each is the run's end, in milliseconds."""
    at = round((readout.ended(run) or 0.0) * 1_000)
    for row in event_rows.rows(run):
        yield {"eventType": EVENT, "timestamp": at, **row}


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    if not re.fullmatch(r"[0-9]{1,12}", required(values, ACCOUNT)):
        raise Unsent(f"{ACCOUNT} is no number of an account: it has digits alone")
    return opened_by(endpoint(values, URL, usual=USUAL), values, KEY, "Api-Key")


def send(run: Run, _settings: FeedSettings, courier: Courier) -> str:
    """Send all events. Raises Unsent."""
    to = destination(courier.values)
    believable(run, OLDEST, "")
    account = courier.values[ACCOUNT].strip()
    sent = courier.send_all(to, requests(run, account), _untaken)
    return f"{count(sum(1 for _ in event_rows.rows(run)), 'event')} sent in {count(sent, 'request')}"


def _untaken(answer: Exchange) -> str:
    """An answer of 200 that says that nothing was taken."""
    return "it took nothing (success is false)" if said_by(answer).get("success") is False else ""
