"""Where to look besides: Auth0's dashboard and Auth0's status page for a tenant, as far as its domain tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from monitor.configuration.variables import Variables
from monitor.verdict import DEPENDENCIES, Run

MANAGE = "https://manage.auth0.com/dashboard"
STATUS = str(Variables.model_fields["status_page"].default)

_DOMAIN = re.compile(r"(?P<tenant>[a-z0-9][a-z0-9-]*)(?:\.(?P<region>[a-z]{2}(?:-[0-9]+)?))?\.auth0\.com")
_PARTS = {"logs": "logs", "Actions": "actions/library", "connections": "connections/database"}
_OF_TENANTS = ("/oauth/", "/.well-known/", "/userinfo", "/test")
"""What is asked of a tenant itself, and not of a page about it."""


def hosts(run: Run | None) -> dict[str, str]:
    """The host of each tenant that this run asked, by the tenant's name, as its own requests have it."""
    asked = (each for each in (run.verdicts if run else ()) if each.tenant != DEPENDENCIES and each.attempts)
    found: dict[str, str] = {}
    for each in asked:
        parts = _split(str(each.attempts[0].get("url", "")))
        if parts and parts[1].startswith(_OF_TENANTS):
            found.setdefault(each.tenant, parts[0])
    return found


def links(host: str) -> dict[str, str]:
    """What to open of the tenant of this domain, by what it is: its pages in the dashboard, and Auth0's status page.

    A domain of your own tells no tenant: then there is the dashboard's front door. A host that is not public has none.
    """
    if "." not in host or re.fullmatch(r"[0-9.:\[\]]+", host):
        return {}
    known = _DOMAIN.fullmatch(host.lower())
    status = {"Auth0's status": f"{STATUS}?domain={quote(host)}"}
    if not known:
        return {"Auth0's dashboard": f"{MANAGE}/"} | status
    place = f"{MANAGE}/{known['region'] or 'us'}/{known['tenant']}"
    return {name: f"{place}/{path}" for name, path in _PARTS.items()} | status


def by_tenant(run: Run) -> Iterator[tuple[str, dict[str, str]]]:
    """These links for each tenant that is ill in this run, in the order of the run; none for a sandbox."""
    ill = dict.fromkeys(each.tenant for each in run.verdicts if each.ill)
    known = hosts(run) if run.mode == "live" else {}
    for tenant in ill:
        if tenant in known and (found := links(known[tenant])):
            yield tenant, found


def _split(url: str) -> tuple[str, str] | None:
    """The host and the path of this address; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (parts.hostname, parts.path) if parts.hostname else None
