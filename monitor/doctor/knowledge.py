"""--login: one token for the Management API of each tenant, which scopes it has, and how each connection stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from monitor.configuration.targets import Tenant
from monitor.doctor.lines import Line, Mark
from monitor.exchange import Exchange
from monitor.failures import Failure, Misconfigured, NotConfigured, Unreadable
from monitor.management import access
from monitor.management.access import SCOPES, Access, Patience
from monitor.management.case import Case
from monitor.management.inquiries import lookup
from monitor.secrets import Scrubber
from monitor.text import some
from monitor.wire.door import Door

PATIENCE = 30.0
"""Seconds for all that is asked of a tenant."""

_HELP = "docs/management-api.md says how to create the application, and what each scope is for"
_MANY = 20


def section(tenant: Tenant) -> str:
    return f"Management API of {tenant.name}"


def unasked(_door: Door, _scrubber: Scrubber, tenants: Sequence[Tenant]) -> Iterator[Line]:
    """No token is asked for; that one could be is told."""
    for tenant in tenants:
        if not tenant.management_fault:
            why = "not asked: --login asks for one token, which counts against the monthly quota of machine tokens"
            yield Line(section(tenant), Mark.OFF, why)


def asked(door: Door, scrubber: Scrubber, tenants: Sequence[Tenant]) -> Iterator[Line]:
    """Which scopes are there, and how each connection stands."""
    for tenant in tenants:
        if tenant.management_fault:
            continue  # which the tenant's settings tell
        ask = partial(_ask, door, tenant)
        try:
            way = access.opened(tenant, ask, partial(_keep, scrubber, tenant))
        except (Misconfigured, Unreadable) as failure:
            yield Line(section(tenant), Mark.BAD, failure.reason, (_HELP,))
            continue
        yield from _scopes(tenant, way)
        yield from _connections(tenant, way)


def _ask(door: Door, tenant: Tenant, method: str, address: str, **sent: Any) -> Exchange:
    return door.ask(method, address, connect_timeout=tenant.variables.connect_timeout, **sent)


def _keep(scrubber: Scrubber, tenant: Tenant, token: str) -> None:
    scrubber.add(token, tenant.name)
    scrubber.add(token)


def _scopes(tenant: Tenant, way: Access) -> Iterator[Line]:
    there = [scope for scope in SCOPES if scope in way.scopes]
    yield Line(section(tenant), Mark.OK if there else Mark.NOTE, f"scopes: {some(there, _MANY) or 'none'}")
    for scope in way.lacks(*SCOPES):
        yield Line(section(tenant), Mark.OFF, f"the scope {scope} is missing: {SCOPES[scope]}", (_HELP,))
    if unused := sorted(way.scopes - set(SCOPES)):
        yield Line(section(tenant), Mark.NOTE, f"scopes that nobody needs: {some(unused, _MANY)}: take them away")


def _connections(tenant: Tenant, way: Access) -> Iterator[Line]:
    """A line for each connection that is named."""
    if way.lacks("read:connections"):
        return
    patience, case = Patience.of(PATIENCE), Case(tenant, [])
    for name in dict.fromkeys((*tenant.variables.redirects, *tenant.variables.connections)):
        try:
            found = [clue.words for clue in lookup(case, [name], way, patience)]
        except (NotConfigured, Unreadable) as failure:
            yield _unread(tenant, name, failure)
            continue
        cure = ("see the connection in Auth0's dashboard, and its applications",)
        if found:
            yield from (Line(section(tenant), Mark.BAD, words, cure) for words in found)
        else:
            yield Line(section(tenant), Mark.OK, f"the connection {name} is there, and enabled for the application")


def _unread(tenant: Tenant, name: str, failure: Failure) -> Line:
    return Line(section(tenant), Mark.NOTE, f"the connection {name}: {failure.reason}")
