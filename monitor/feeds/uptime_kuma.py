"""Uptime Kuma: a push monitor for each tenant, by its own token.

It has up and down alone: of a tenant that is unknown nothing is sent, and its monitor tells that no sign of life came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from monitor.exchange import Exchange
from monitor.feeds import readout, service_states
from monitor.feeds.feed_settings import Endpoint, FeedSettings, by_tenant, endpoint
from monitor.feeds.sending import Courier, FeedRequest, believable, said_by
from monitor.status import Status
from monitor.text import count, one_line, some
from monitor.verdict import Run

URL, KEY = "AUTH0_FEED_KUMA_URL", "AUTH0_FEED_KUMA_KEY"
_WORD = {Status.UP: "up", Status.DEGRADED: "up", Status.DOWN: "down"}
_SAID = 200


def render(run: Run, _settings: FeedSettings) -> bytes:
    """Each request's path, a line each, with the tenant's name in the place of its token."""
    return b"".join(f"{request.path}\n".encode() for _, request in requests(run, {}))


def requests(run: Run, tokens: Mapping[str, str]) -> Iterator[tuple[str, FeedRequest]]:
    """The tenant and what is sent for it; only for those that have a token, where there are any."""
    if readout.unreal(run):
        return
    for tenant, state in zip(readout.tenants(run), service_states.of_tenants(run), strict=True):
        if tenant.status in _WORD and (tenant.name in tokens or not tokens):
            seconds = max((sight[1] or 0.0 for sight in tenant.targets.values()), default=0.0)
            told = {"status": _WORD[tenant.status], "msg": one_line(state.line, _SAID)}
            told |= {"ping": f"{seconds * 1_000:.0f}"} if seconds else {}
            token = tokens.get(tenant.name, one_line(tenant.name, _SAID))
            yield tenant.name, FeedRequest("GET", f"/api/push/{token}?{urlencode(told, errors='replace')}")


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    by_tenant(values, KEY)
    return endpoint(values, URL)


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Push each tenant's state. Raises Unsent."""
    to = destination(courier.values)
    believable(run, settings.max_age)
    if why := readout.unreal(run):
        return f"nothing is sent: {why}"
    tokens = by_tenant(courier.values, KEY)
    told = dict(requests(run, tokens))
    sent = courier.send_all(to, told.values(), _refused)
    left = [tenant.name for tenant in readout.tenants(run) if tenant.name in tokens and tenant.name not in told]
    return f"{count(sent, 'monitor')} updated" + (f"; unknown, and not updated: {some(left)}" if left else "")


def _refused(answer: Exchange) -> str:
    """It answers 404 to a token that it does not know, and ``ok`` of false to whatever else went wrong."""
    said = said_by(answer)
    if answer.status == 404 or said.get("ok") is False:
        return f"it knows no monitor of a token, or it is paused: see {KEY}"
    return "" if said.get("ok") is True or not 200 <= answer.status < 300 else "it did not say that it took anything"
