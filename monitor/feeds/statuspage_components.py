"""Atlassian Statuspage: a component for each tenant, changed only where it says something else.

It has no word for unknown: such a component stays as it is, and so does one in maintenance, which people have said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.feeds import batches, readout
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, by_tenant, endpoint, opened_by, required
from monitor.feeds.readout import TenantReadout
from monitor.feeds.sending import Courier, FeedRequest, believable
from monitor.status import SEVERITY, Status
from monitor.text import count, some
from monitor.verdict import Run

PAGE, KEY = "AUTH0_FEED_STATUSPAGE_PAGE", "AUTH0_FEED_STATUSPAGE_KEY"
COMPONENTS, URL = "AUTH0_FEED_STATUSPAGE_COMPONENTS", "AUTH0_FEED_STATUSPAGE_URL"
USUAL = "https://api.statuspage.io"
EACH_PAGE, PAGES = 100, 10
"""How many components a page of their list has, and how many pages of it are read."""

CHANGES = 40
"""The most of one run: 60 requests a minute are allowed, and the list takes some of them."""

WORDS = {Status.UP: "operational", Status.DEGRADED: "degraded_performance", Status.DOWN: "major_outage"}
MAINTENANCE = "under_maintenance"
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The body for each tenant's component, a line each, after its name."""
    lines = (b"%s %s\n" % (name.encode("utf-8", "replace"), _body(word)) for name, word in wanted(run).items())
    return b"".join(lines)


def wanted(run: Run) -> dict[str, str]:
    """What each tenant's component should say, the worst first; nothing of whom nothing is known."""
    if readout.unreal(run):
        return {}
    known = [tenant for tenant in readout.tenants(run) if tenant.status in WORDS]
    return {tenant.name: WORDS[tenant.status] for tenant in sorted(known, key=_severity)}


def _severity(tenant: TenantReadout) -> int:
    return -SEVERITY[tenant.status]


def _body(word: str) -> bytes:
    return batches.packed({"component": {"status": word}})


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is sent. Raises Unsent where a variable of it cannot be used."""
    if not re.fullmatch(r"[A-Za-z0-9]{1,40}", required(values, PAGE)):
        raise Unsent(f"{PAGE} is no id of a page: copy it from the page's API settings")
    by_tenant(values, COMPONENTS)
    return opened_by(endpoint(values, URL, usual=USUAL), values, KEY, "Authorization", "OAuth")


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Change the components that say something else. Raises Unsent."""
    to = destination(courier.values)
    believable(run, settings.max_age)
    if why := readout.unreal(run):
        return f"nothing is sent: {why}"
    path = f"/v1/pages/{courier.values[PAGE].strip()}/components"
    ids = by_tenant(courier.values, COMPONENTS)
    says = dict(_listed(courier, to, path))
    missing = [name for name, id_ in ids.items() if id_ not in says]
    other = [(ids[name], word) for name, word in wanted(run).items() if name in ids and _differs(says, ids[name], word)]
    sent = courier.send_all(to, changes(path, other[:CHANGES]))
    if missing:
        raise Unsent(f"{COMPONENTS} names components that the page does not have, of {some(missing)}")
    later = len(other) - CHANGES
    return f"{count(sent, 'component')} changed" + (f"; with the next runs: {later:,}" if later > 0 else "")


def changes(path: str, components: Sequence[tuple[str, str]]) -> Iterator[FeedRequest]:
    """A request for each component; what it does twice it has done once."""
    for id_, word in components:
        yield FeedRequest("PATCH", f"{path}/{id_}", _body(word), _HEADERS)


def _differs(says: Mapping[str, str], id_: str, word: str) -> bool:
    """A page that calls it a partial outage has been told so by people, who know more of it than a run does."""
    same = {word, "partial_outage"} if word == WORDS[Status.DOWN] else {word}
    return id_ in says and says[id_] not in {*same, MAINTENANCE}


def _listed(courier: Courier, to: Endpoint, path: str) -> Iterator[tuple[str, str]]:
    """Each component's id, and what it says now. Raises Unsent."""
    for page in range(1, PAGES + 1):
        answer = courier.send(to, FeedRequest("GET", f"{path}?page={page}&per_page={EACH_PAGE}", b"", _HEADERS))
        listed = _components(answer.body)
        if listed is None:
            raise Unsent(f"{URL} answered no list of components: is it Statuspage's API?")
        yield from listed
        if len(listed) < EACH_PAGE:
            return


def _components(body: bytes) -> list[tuple[str, str]] | None:
    """None where this is no list of components."""
    try:
        found: Any = json.loads(body)
        return [(str(each["id"]), str(each["status"])) for each in found] if isinstance(found, list) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
