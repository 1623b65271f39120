"""Pingdom's custom HTTP check: a document of XML for all tenants, and one for each.

Only ``OK`` is up there, and any other text is down and shown. So it is OK only as long as the run is believed: nothing
else here depends on the clock.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, tostring

from monitor import files
from monitor.feeds import readout, service_states
from monitor.feeds.feed_settings import FeedSettings
from monitor.feeds.readout import TenantReadout
from monitor.feeds.service_states import UNKNOWN, ServiceState, plain
from monitor.status import Status
from monitor.verdict import Run

FILE, FOLDER = "pingdom.xml", "pingdom"
OK = "OK"
SHORTEST, LONGEST = 0.001, 99_999_999.999
"""Milliseconds: above zero, with up to eight digits before the point and three after it."""

_UP = (service_states.CODES[Status.UP], service_states.CODES[Status.DEGRADED])
_SHOWN, _LONGEST_NAME = 200, 200
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def render(run: Run, settings: FeedSettings) -> bytes:
    """The document of all tenants, as it is at this moment."""
    return overall(run, time.time(), settings.max_age)


def overall(run: Run, now: float, max_age: float) -> bytes:
    """All tenants together: as slow as the slowest, and down where one of them is not up."""
    state = service_states.aged(service_states.of_run(run), run, now, max_age)
    return document(state, readout.tenants(run))


def of_tenants(run: Run, now: float, max_age: float) -> dict[str, bytes]:
    """By the name of its file, the document of each tenant and of the services."""
    states = zip(readout.tenants(run), service_states.of_tenants(run), strict=True)
    return {
        file_of(tenant.name): document(service_states.aged(state, run, now, max_age), [tenant])
        for tenant, state in states
    }


def file_of(tenant: str) -> str:
    """``prod.xml``: whatever the tenant's name, one file of a length that there may be, not hidden, and no path."""
    name = quote(tenant, safe="", errors="replace")
    if len(name) > _LONGEST_NAME or not name or name.startswith("."):
        name = f"{name[1:60]}-{hashlib.sha256(tenant.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return f"{name}.xml"


def document(state: ServiceState, tenants: Iterable[TenantReadout]) -> bytes:
    """The status, and the milliseconds of the slowest right answer of these tenants; the least there is without one."""
    root = Element("pingdom_http_custom_check")
    SubElement(root, "status").text = OK if state.code in _UP else plain(state.line, _SHOWN)
    SubElement(root, "response_time").text = f"{_milliseconds(tenants):.3f}"
    return _HEAD + tostring(root) + b"\n"


def _milliseconds(tenants: Iterable[TenantReadout]) -> float:
    sights = (sight for tenant in tenants for sight in tenant.targets.values())
    slowest = max((seconds * 1_000 for _, seconds in sights if seconds is not None), default=SHORTEST)
    return min(max(slowest, SHORTEST), LONGEST)


def nothing_known(why: str) -> bytes:
    """The document where there is no run: not OK."""
    return document(ServiceState("auth0", UNKNOWN, plain(f"UNKNOWN: {why}")), [])


def write(folder: Path, run: Run | None, now: float, max_age: float) -> None:
    """Put the files into this folder: one for all, and one for each tenant in a folder of their own. Raises OSError.

    Those of tenants that are no more go: a file that says OK for ever is worse than none.
    """
    whole = overall(run, now, max_age) if run else nothing_known("no run can be read")
    tenants = of_tenants(run, now, max_age) if run else {}
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    for name, content in tenants.items():
        files.write_bytes(place / name, content)
    for old in place.glob("*.xml"):
        if old.name not in tenants:
            old.unlink()
    files.write_bytes(folder / FILE, whole)
