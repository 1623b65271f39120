"""Icinga 2's API: a passive result for each tenant's service, which expires by itself when no other one comes (ttl)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from monitor.exchange import Exchange
from monitor.feeds import readout, service_states
from monitor.feeds.feed_settings import FeedSettings, Unsent, endpoint
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.text import count
from monitor.verdict import Run

VARIABLE, KEY = "AUTH0_FEED_ICINGA_URL", "AUTH0_FEED_ICINGA_KEY"
PATH = "/v1/actions/process-check-result"
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}
_FILTER = "host.name == auth0_host && service.name == auth0_service"
"""What is asked for are variables of the filter: no name of ours is ever a part of its program."""


def render(run: Run, settings: FeedSettings) -> bytes:
    """The body of every request, one a line."""
    return b"".join(request.content + b"\n" for request in requests(run, settings, settings.max_age))


def requests(run: Run, settings: FeedSettings, ttl: float) -> Iterator[FeedRequest]:
    """One for each tenant; ``ttl`` is how many seconds the result is believed from now on."""
    ended = readout.ended(run)
    for state in service_states.of_tenants(run):
        body: dict[str, Any] = {
            "type": "Service",
            "filter": _FILTER,
            "filter_vars": {"auth0_host": settings.host, "auth0_service": state.service},
            "exit_status": state.code,
            "plugin_output": "\n".join([state.line, *state.details]),
            "performance_data": [str(figure) for figure in state.figures],
            "check_source": "auth0-synthetic-monitoring",
            "ttl": round(ttl),
        }
        times = {} if ended is None else {"execution_start": ended - run.seconds, "execution_end": ended}
        yield FeedRequest("POST", PATH, json.dumps(body | times).encode(), _HEADERS)


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Send them all. Raises Unsent, also where the run is too old to be believed for another second."""
    to = endpoint(courier.values, VARIABLE, KEY)
    age = believable(run, settings.max_age)

    def refused(answer: Exchange) -> str:
        """There is no object that the filter fits: 404, or 500 and no result, by version."""
        told = said_by(answer)
        empty = bool(told) and (answer.status == 404 or told.get("results") == [])
        return f"the host {settings.host} lacks a service that is called as a tenant is" if empty else ""

    try:
        sent = courier.send_all(to, requests(run, settings, max(1.0, settings.max_age - age)), refused)
    except Unsent as error:
        cure = ": docs/nagios.md has the objects" if " lacks a service " in str(error) else ""
        raise Unsent(f"{error}{cure}") from None
    return f"{count(sent, 'result')} sent"
