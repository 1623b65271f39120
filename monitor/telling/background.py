"""Where there is more to read about an incident: the runbook's section, and Auth0's own word for the tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from monitor.configuration import settings
from monitor.configuration.variables import RUNBOOK, Variables
from monitor.secrets import Scrubber
from monitor.telling.latest import evidence, hosts
from monitor.telling.sentences import Background
from monitor.verdict import Run

_PAGE = str(Variables.model_fields["status_page"].default)


def background(values: Mapping[str, str], run: Run | None, scrub: Callable[[str], str]) -> Background:
    """What these variables and the newest run's reports (None: there are none) have to say besides an incident."""
    pages = status_pages(values, run)
    return Background(
        runbook=lambda section: runbook(values, section),
        status=lambda tenant: pages.get(tenant, _PAGE),
        seen=lambda incident: evidence(run, incident, scrub),
        scrub=scrub,
    )


def runbook(values: Mapping[str, str], path: str) -> str:
    """The address of what stands at this path of the repository (``docs/runbook.md#connection``), if there is one."""
    own = values.get(RUNBOOK, "").strip()
    section = path.partition("#")[2]
    if own:
        placed = own.replace("{section}", quote(section))
        return placed if "{section}" in own or not section else f"{own.partition('#')[0]}#{quote(section)}"
    server, repository = values.get("GITHUB_SERVER_URL", ""), values.get("GITHUB_REPOSITORY", "")
    return f"{server}/{repository}/blob/HEAD/{path}" if server and repository else ""


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
    return {name: f"{_PAGE}?domain={quote(host)}" for name, host in named.items()} | pages
