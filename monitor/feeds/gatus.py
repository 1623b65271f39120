"""Gatus: an external endpoint for each tenant.

It has success and not: of a tenant that is unknown nothing is sent, and the endpoint's ``heartbeat`` tells of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

from monitor.feeds import readout, service_states
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, endpoint, opened_by
from monitor.feeds.readout import TenantReadout
from monitor.feeds.sending import Courier, FeedRequest, believable
from monitor.status import Status
from monitor.text import count, one_line, some
from monitor.verdict import DEPENDENCIES, Run

URL, KEY, GROUP = "AUTH0_FEED_GATUS_URL", "AUTH0_FEED_GATUS_KEY", "AUTH0_FEED_GATUS_GROUP"
DEFAULT_GROUP = "auth0"
_SUCCESS = {Status.UP: "true", Status.DEGRADED: "true", Status.DOWN: "false"}
_DASHED = re.compile(r"[/_., #+&]")
_SAID = 200


def render(run: Run, _settings: FeedSettings) -> bytes:
    """Each request's path, a line each."""
    return b"".join(f"{request.path}\n".encode() for _, request in requests(run, DEFAULT_GROUP))


def requests(run: Run, group: str) -> Iterator[tuple[str, FeedRequest]]:
    """The tenant and what is sent for it; the services that they lean on have no endpoint."""
    if readout.unreal(run):
        return
    for tenant, state in zip(readout.tenants(run), service_states.of_tenants(run), strict=True):
        if tenant.status in _SUCCESS and tenant.name != DEPENDENCIES:
            told = {"success": _SUCCESS[tenant.status]}
            told |= {"error": one_line(state.line, _SAID)} if tenant.status is Status.DOWN else {}
            told |= _took(tenant)
            path = f"/api/v1/endpoints/{key(group, tenant.name)}/external?{urlencode(told, errors='replace')}"
            yield tenant.name, FeedRequest("POST", path)


def _took(tenant: TenantReadout) -> dict[str, str]:
    seconds = max((sight[1] or 0.0 for sight in tenant.targets.values()), default=0.0)
    return {"duration": f"{seconds:.3f}s"} if seconds else {}


def key(group: str, name: str) -> str:
    """What Gatus calls the endpoint of this group and name in addresses."""
    parts = (_DASHED.sub("-", part.strip().lower()) for part in (group, one_line(name, _SAID)))
    return quote("_".join(parts), safe="", errors="replace")


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    if not re.fullmatch(r"[\w .\-]{1,100}", values.get(GROUP, "").strip() or DEFAULT_GROUP):
        raise Unsent(f"{GROUP} is no name of a group: use letters, digits, '.', '_' and '-'")
    return opened_by(endpoint(values, URL), values, KEY, "Authorization", "Bearer")


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Tell each tenant's endpoint. Raises Unsent."""
    to = destination(courier.values)
    believable(run, settings.max_age)
    if why := readout.unreal(run):
        return f"nothing is sent: {why}"
    told = dict(requests(run, courier.values.get(GROUP, "").strip() or DEFAULT_GROUP))
    sent = courier.send_all(to, told.values())
    left = [each.name for each in readout.tenants(run) if each.name not in told and each.name != DEPENDENCIES]
    return f"{count(sent, 'endpoint')} updated" + (f"; unknown, and not updated: {some(left)}" if left else "")
