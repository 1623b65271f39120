"""What the wizard for web availability in System Center Operations Manager is given: two groups of tests.

A group has one method, one body and one set of criteria for all its addresses, so the endpoints and the login are two.
Nothing here is a secret: where the login needs one there is a placeholder.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.configuration.targets import Tenant

ENDPOINTS = {
    "discovery": "/.well-known/openid-configuration",
    "keys": "/.well-known/jwks.json",
    "test": "/test",
    "testall": "/testall",
}
"""What Auth0 serves to anybody, and means to be watched."""

LOGIN = "/oauth/token"
PLACEHOLDERS = ("USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET")
REALM = "http://auth0.com/oauth/grant-type/password-realm"


class WizardGroup(NamedTuple):
    """A group as the wizard wants it: what is asked how often, and what counts as an error."""

    name: str
    method: str
    headers: Mapping[str, str]
    content: str
    seconds: int = 60
    timeout: int = 30
    error_from: int = 400
    in_a_row: int = 2
    performance_every: int = 1


GROUPS = (
    WizardGroup("endpoints", "GET", {"Accept": "application/json, text/plain"}, ""),
    WizardGroup("login", "POST", {"Content-Type": "application/json", "Accept": "application/json"}, "id_token"),
)
"""``content`` is what an answer must have in it, or it is an error."""


def addresses(tenants: tuple[Tenant, ...], group: str) -> str:
    """The lines that the wizard imports: ``Name, URL``, for all tenants that have an address."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for tenant in tenants:
        if tenant.blocked is None:
            paths = ENDPOINTS if group == "endpoints" else {"login": LOGIN}
            writer.writerows((f"Auth0 {tenant.name} {name}", f"{tenant.url}{path}") for name, path in paths.items())
    return text.getvalue()


def login_body(connection: str = "") -> str:
    """The body of the login (by a connection, where one is named), with placeholders for what is a user's or secret."""
    grant = {"grant_type": REALM, "realm": connection} if connection else {"grant_type": "password"}
    given = {"username": "USERNAME", "password": "PASSWORD", "client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"}
    return json.dumps(grant | given | {"scope": "openid"}, indent=2) + "\n"


def bodies(tenants: tuple[Tenant, ...]) -> dict[str, str]:
    """By file, the body for the login by each connection's name that any tenant has, and that without one."""
    names = dict.fromkeys(name for tenant in tenants for name in tenant.variables.connections)
    found = {"login-body.json": login_body()}
    for place, name in enumerate(names, start=1):
        found[f"login-body-{place}.json"] = login_body(name)
    return found


def table() -> str:
    """The wizard's values, in the order in which it asks for them."""
    rows = [("setting", *(group.name for group in GROUPS)), ("---", *("---" for _ in GROUPS))]
    rows += [(name, *values) for name, *values in _values()]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_ABOVE}\n{lines}\n{_BELOW}"


def _values() -> Iterator[tuple[str, ...]]:
    def row(name: str, *values: object) -> tuple[str, ...]:
        return (name, *map(str, values))

    yield row("destination management pack", *("one of its own, not the Default Management Pack" for _ in GROUPS))
    yield row("addresses to import", *(f"`{group.name}.csv`" for group in GROUPS))
    yield row("HTTP method", *(group.method for group in GROUPS))
    headers = ("<br>".join(f"`{name}: {value}`" for name, value in group.headers.items()) for group in GROUPS)
    yield row("HTTP headers", *headers)
    yield row("request body", "none", "`login-body.json`, with your values in the place of the words in capitals")
    yield row("test frequency", *(f"{group.seconds} seconds" for group in GROUPS))
    yield row(
        "performance data collection interval",
        *(f"{group.performance_every} (a number of tests, no time)" for group in GROUPS),
    )
    yield row("test time-out", *(f"{group.timeout} seconds" for group in GROUPS))
    yield row("error: HTTP status code", *(f"≥ {group.error_from}" for group in GROUPS))
    yield row("error: content match", "none", f"does not contain `{GROUPS[1].content}`")
    yield row("failures in a row before an alert", *(group.in_a_row for group in GROUPS))
    yield row("alerts", *("one for each test" for _ in GROUPS))


_ABOVE = """# Web Application Availability Monitoring: two groups of tests

The wizard's defaults are others (every 10 minutes, a time-out of 45 seconds): open *Change Configuration* for each
group.
"""

_BELOW = """
**The login's password stands in the management pack in clear**, for everyone who may read packs or export them. Use a
user of its own who may do nothing, and an application of its own. A body is the group's, so each tenant, and each
connection, needs a login group of its own; `login.csv` has a line for each tenant.

No token is looked at: a login whose token no API would accept is healthy here. What has to be known
beyond that, the management pack reads off the monitor's own runs.
"""
