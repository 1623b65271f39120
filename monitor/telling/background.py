"""Where there is more to read about an incident: the runbook's section, and Auth0's own word for the tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from monitor.configuration import settings
from monitor.reports import runbook
from monitor.reports.dashboard import STATUS, hosts, links
from monitor.secrets import Scrubber
from monitor.telling.latest import evidence
from monitor.telling.sentences import Background
from monitor.verdict import Run


def background(values: Mapping[str, str], run: Run | None, scrub: Callable[[str], str]) -> Background:
    """What these variables and the newest run's reports (None: there are none) have to say besides an incident."""
    pages, known = status_pages(values, run), _hosts(values, run)
    return Background(
        runbook=lambda section: runbook.address(values, section),
        status=lambda tenant: pages.get(tenant, STATUS),
        logs=lambda tenant: links(known[tenant]).get("logs", "") if tenant in known else "",
        seen=lambda incident: evidence(run, incident, scrub),
        scrub=scrub,
    )


def _hosts(values: Mapping[str, str], run: Run | None) -> dict[str, str]:
    """The host of each tenant, by the settings, else by the newest run."""
    tenants = settings.load(values, Scrubber(), Path.cwd()).tenants
    return hosts(run) | {each.name: each.host for each in tenants if not each.blocked}


def status_pages(values: Mapping[str, str], run: Run | None) -> dict[str, str]:
    """The page of Auth0's status for people, by tenant: the one that was set, else the public one, for its domain."""
    named = hosts(run)
    pages: dict[str, str] = {}
    for tenant in settings.load(values, Scrubber(), Path.cwd()).tenants:
        if not tenant.blocked:
            named[tenant.name] = tenant.host
            own = tenant.variables.status_page if "status_page" in tenant.given else ""
            private = "status_url" in tenant.given  # the public page knows nothing of a private environment
            pages |= {tenant.name: own} if own or private else {}
    return {name: f"{STATUS}?domain={quote(host)}" for name, host in named.items()} | pages
