"""Every status page, read once: how it is written, how fresh it is, what it lists, and which names fit nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.configuration.selection import variable_of
from monitor.configuration.settings import Settings
from monitor.configuration.targets import Dependency, Tenant
from monitor.doctor.lines import Line, Mark
from monitor.failures import ApiFails, NotAsked
from monitor.secrets import Scrubber
from monitor.statuspages.page import Page
from monitor.statuspages.weighing import fitting_nothing
from monitor.text import minute, some
from monitor.transactions.engine import Engine, Performed
from monitor.transactions.pages import HEALTH, StatusPage, auth0_status, dependency_page
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door

SECTION = "Status pages"
_NAMED = 12
"""How many components a line names."""


def read(door: Door, scrubber: Scrubber, settings: Settings) -> Iterator[Line]:
    """A line or more for each page. The door stays open for whatever is asked after them."""
    engine = Engine(door, Sampling(None), scrubber)
    services = [each for each in settings.dependencies if not each.blocked]
    tenants = [each for each in settings.tenants if not each.blocked]
    for tenant in tenants:
        engine.plan(auth0_status, tenant)
    for service in services:
        engine.plan(dependency_page, service)
    engine.start()
    for tenant in tenants:
        yield from _of_auth0(tenant, engine.performed(auth0_status, tenant))
    for service in services:
        yield from _of_service(service, engine.performed(dependency_page, service))


def unread(_door: Door, _scrubber: Scrubber, _settings: Settings) -> Sequence[Line]:
    """Nothing was asked for."""
    return [Line(SECTION, Mark.OFF, "the pages are not read", ("read each once: python -m monitor.doctor --pages",))]


def _of_auth0(tenant: Tenant, performed: Performed) -> Iterator[Line]:
    name = f"Auth0, of {tenant.name}"
    if performed.failure:
        yield Line(SECTION, Mark.NOTE, f"{name}: {performed.failure.reason}", (f"see {tenant.variable('status_url')}",))
    else:
        yield _read(name, performed.brought)


def _of_service(dependency: Dependency, performed: Performed) -> Iterator[Line]:
    service = dependency.service
    if performed.failure:
        skipped = isinstance(performed.failure, NotAsked)
        down = isinstance(performed.failure, ApiFails)
        cures = () if skipped or down else (f"see {variable_of(service.name, 'URL')}, and _FORMAT beside it",)
        mark = Mark.OFF if skipped else Mark.NOTE
        yield Line(SECTION, mark, f"{service.name}: {performed.failure.reason}", cures)
        return
    page: StatusPage = performed.brought
    yield _read(service.name, page)
    if service.recognise and page.format != service.format:
        cure = f"{variable_of(service.name, 'FORMAT')}={page.format} keeps it so, also where it does not answer"
        yield Line(SECTION, Mark.OK, f"{service.name}: its answer shows that it is {page.format}", (cure,))
    if page.format != HEALTH and (idle := fitting_nothing(page.page, service.wanted)):
        cure = f"correct {variable_of(service.name, 'COMPONENTS')}; it has {_components(page.page)}"
        yield Line(SECTION, Mark.NOTE, f"{service.name}: nothing of the page fits {', '.join(idle)}", (cure,))


def _read(name: str, page: StatusPage) -> Line:
    parts = [f"{name}: {page.format}", _freshness(page), _components(page.page), page.sentence]
    return Line(SECTION, Mark.NOTE if page.unknown else Mark.OK, "; ".join(filter(None, parts)))


def _freshness(page: StatusPage) -> str:
    if page.format == HEALTH:
        return f"answered in {page.exchange.seconds:.2f} s"
    alive = page.page.alive
    return (
        f"last update {minute(alive.at.timestamp())}"
        if alive
        else "no date of its own, so the age of its answer counts"
    )


def _components(page: Page) -> str:
    """Its components by name, or what stands for them."""
    if page.components is None:
        named = [part.name for notice in page.notices for part in notice.components]
        return f"lists no components; open on {some(dict.fromkeys(named), _NAMED)}" if named else "lists no components"
    names = dict.fromkeys(f"{part.group}/{part.name}" if part.group else part.name for part in page.components)
    return f"components {some(names, _NAMED)}" if names else "lists no component"
