"""--login: one login of each tenant, as a run makes it. It counts against Auth0's limits, so it has to be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.configuration import rows
from monitor.configuration.targets import Login, Tenant
from monitor.doctor.lines import Line, Mark
from monitor.secrets import Scrubber
from monitor.transactions import endpoints
from monitor.transactions.engine import Engine, Performed, Transaction
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door

COUNTS = "it counts against Auth0's limits: 20 logins a minute of one user from one address, then 10"


def section(tenant: Tenant) -> str:
    return f"A login at {tenant.name}"


def untried(_door: Door, _scrubber: Scrubber, tenants: Sequence[Tenant]) -> Iterator[Line]:
    """Nobody logs in; that one could is told."""
    for tenant in tenants:
        yield Line(section(tenant), Mark.OFF, f"not tried: --login makes one of each tenant, and {COUNTS}")


def tried(door: Door, scrubber: Scrubber, tenants: Sequence[Tenant]) -> Iterator[Line]:
    """What one login of each brings: a user's, or where none is configured a machine's. The door is closed then."""
    engine = Engine(door, Sampling(None), scrubber)
    chosen = [(tenant, *_chosen(tenant)) for tenant in tenants]
    for _, transaction, row in chosen:
        engine.plan(transaction, row)  # nothing, where the row is blocked
    engine.start()
    try:
        for tenant, transaction, row in chosen:
            yield from _told(section(tenant), row, None if row.blocked else engine.performed(transaction, row))
    finally:
        engine.stop()


def _told(where: str, row: Login, performed: Performed | None) -> Iterator[Line]:
    if performed is None:
        yield Line(where, Mark.OFF, f"not tried: {row.blocked.reason if row.blocked else ''}")
        return
    words = row.id.partition(":")[2] or "client-credentials"
    seconds = f"{performed.exchange.seconds:.2f} s" if performed.exchange else "nothing was sent"
    if performed.failure:
        cures = ("the reason names the variable or the setting; docs/runbook.md has a section for each cause",)
        yield Line(where, Mark.BAD, f"{words}: {performed.failure.reason} ({seconds})", cures)
    else:
        yield Line(where, Mark.OK, f"{words}: works, tokens issued, {seconds}")
    yield Line(where, Mark.OFF, f"that was one login, and {COUNTS}")


def _chosen(tenant: Tenant) -> tuple[Transaction, Login]:
    """The login that says most: of a user by a flow that names the connection, else of a machine."""
    users = sorted(rows.logins(tenant), key=lambda row: (row.blocked is not None, row.flow != "password-realm"))
    if not users[0].blocked:
        return endpoints.login, users[0]
    (machine,) = rows.machines(tenant)
    return (endpoints.login, users[0]) if machine.blocked else (endpoints.machine_login, machine)
