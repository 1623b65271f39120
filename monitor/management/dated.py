"""What ends on a day that only the tenant itself knows: asked for once a day, and remembered until the next."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from monitor.configuration.targets import Login, Tenant
from monitor.exchange import Exchange
from monitor.failures import Failure, Misconfigured, NotConfigured, Unreadable
from monitor.management import access
from monitor.management.access import Access, Patience
from monitor.text import printable
from monitor.transactions.engine import Asking, transaction
from monitor.transactions.horizons import bare, last_end, without_issuers
from monitor.transactions.xml_documents import Malformed

EVERY, AGAIN = 86_400.0, 600.0
"""Seconds for which is remembered what was read, and why nothing could be."""

PATIENCE = 20.0
"""Seconds for all of it together; no login waits for it."""

CONNECTIONS, CREDENTIALS, DOMAINS = "connections", "credentials", "domains"

_PEM = re.compile(r"-----BEGIN [A-Z ]*CERTIFICATE-----(.*?)-----END", re.DOTALL)
_STRATEGIES = ("samlp", "adfs", "pingfederate", "waad")
_PAGES = 10
"""How many pages of a hundred connections are read at most."""

_ILL = ("provisioning_failed", "renewing_failed", "failed", "pending_verification", "disabled")
"""What a custom domain, or its certificate, is called that is not well."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A thing by its name, when it ends (seconds of the epoch; None: nothing says), and what is wrong with it."""

    kind: str
    name: str
    ends: float | None = None
    ill: str = ""


@dataclass(frozen=True)
class DatedThings:
    """All of them, and for each kind that could not be read why; ``exchange`` is None where they are remembered."""

    exchange: Exchange | None
    things: tuple[Dated, ...]
    unread: tuple[tuple[str, str, str], ...] = ()
    """Kind, class of the failure, reason."""

    def of(self, kind: str) -> list[Dated]:
        """Those of this kind, the first to end first; the failure by which they could not be read is raised."""
        for unread, failure, reason in self.unread:
            if unread == kind:
                raise _FAILURES[failure](reason, self.exchange)
        found = [each for each in self.things if each.kind == kind]
        return sorted(found, key=lambda each: (not each.ill, each.ends is None, each.ends or 0.0))


_FAILURES: dict[str, type[Failure]] = {kind.__name__: kind for kind in (Misconfigured, NotConfigured, Unreadable)}


@transaction(budget=None, urgent=False)
def tenant_dates(row: Login, asking: Asking) -> DatedThings:
    """What the Management API knows the end of: connections' certificates, the application's keys, custom domains."""
    tenant = row.tenant
    key = _key(tenant)
    known = asking.memory.recall(key)
    if known:
        document = json.loads(known.body)
        if 0 <= time.time() - known.at < (AGAIN if document.get("failure") else EVERY):
            return _shown(_recalled(document), asking)
    ask, patience = partial(_asked, asking, row), Patience.of(PATIENCE)
    try:
        way = access.opened(tenant, ask, lambda token: asking.keep_secret(token, row))
    except (Misconfigured, Unreadable) as failure:
        told: dict[str, Any] = {"failure": type(failure).__name__, "reason": failure.reason}
        asking.memory.keep(key, json.dumps(told).encode(), {}, for_its_time=True)
        raise
    read = _read(way, patience)
    told = {"things": [asdict(each) for each in read.things], "unread": read.unread}
    asking.memory.keep(key, json.dumps(told).encode(), {}, for_its_time=True)
    return _shown(read, asking)


def _shown(dates: DatedThings, asking: Asking) -> DatedThings:
    """These, of which custom domains are public: a part of one may be that of the synthetic user's mail address."""
    for thing in dates.things:
        if thing.kind == DOMAINS:
            asking.keep_public(thing.name)
    return dates


def _asked(asking: Asking, row: Login, method: str, address: str, **sent: Any) -> Exchange:
    return asking.ask_elsewhere(row, address, method, **sent)


def _key(tenant: Tenant) -> str:
    """Under which it is remembered: other credentials are asked with at once."""
    variables = tenant.variables
    secret = variables.management_client_secret
    given = variables.management_client_id, secret.get_secret_value() if secret else ""
    return json.dumps(["dated", tenant.management_host, variables.client_id, *given])


def _recalled(document: dict[str, Any]) -> DatedThings:
    if document.get("failure"):
        raise _FAILURES[document["failure"]](document["reason"])
    things = tuple(Dated(**each) for each in document["things"])
    return DatedThings(None, things, tuple((kind, failure, reason) for kind, failure, reason in document["unread"]))


_SCOPES = {
    CONNECTIONS: ("read:connections", "read:connections_options"),
    CREDENTIALS: ("read:client_credentials",),
    DOMAINS: ("read:custom_domains",),
}


def _read(way: Access, patience: Patience) -> DatedThings:
    things: list[Dated] = []
    unread: list[tuple[str, str, str]] = []
    readers = {CONNECTIONS: _connections, CREDENTIALS: _credentials, DOMAINS: _domains}
    for kind, reader in readers.items():
        if missing := way.lacks(*_SCOPES[kind]):
            owner = way.tenant.variable("management_client_id")
            cure = f"{owner}: grant its application {' and '.join(missing)} to see this"
            unread.append((kind, NotConfigured.__name__, cure))
            continue
        try:
            things += reader(way, patience)
        except (NotConfigured, Unreadable) as failure:
            unread.append((kind, type(failure).__name__, failure.reason))
    return DatedThings(way.exchange, tuple(things), tuple(unread))


def _connections(way: Access, patience: Patience) -> Iterator[Dated]:
    """The certificates of enterprise connections; of several of one the last to end counts."""
    following: dict[str, str] = {}
    for _ in range(_PAGES):
        _, content = way.read(
            "connections",
            patience,
            strategy=_STRATEGIES,
            fields="name,strategy,options",
            include_fields="true",
            take=100,
            **following,
        )
        page = content if isinstance(content, dict) else {"connections": content}
        for each in _objects(page.get("connections")):
            ends = list(ends_of(each.get("options")))
            if ends:
                yield Dated(CONNECTIONS, _named(each), max(ends))
        if not isinstance(page.get("next"), str) or not page["next"]:
            return
        following = {"from_": page["next"]}


def ends_of(options: object) -> Iterator[float]:
    """When what an identity provider signs with ends, by its date, or by the certificate itself."""
    if not isinstance(options, dict):
        return
    certificates = [options.get(name) for name in ("signingCert", "cert")]
    certificates += options["certs"] if isinstance(options.get("certs"), list) else []
    found = [ends for each in certificates if isinstance(each, str) for ends in _end_of_certificate(each)]
    yield from found or _time(options.get("expires"))


def _end_of_certificate(text: str) -> Iterator[float]:
    """When this certificate ends: PEM, or that in base64 once more, or DER in base64; nothing where it is none.

    Of several the last to end counts, but for those that only sign others of them.
    """
    for written in _encoded(text):
        found = _PEM.findall(written) or [written]
        try:
            yield last_end(without_issuers(bare(each.replace("\\n", "\n")) for each in found))
        except Malformed:
            continue
        return


def _encoded(text: str) -> Iterator[str]:
    yield text
    try:
        yield base64.b64decode("".join(text.split()), validate=True).decode("latin-1")
    except ValueError:
        return


def _credentials(way: Access, patience: Patience) -> Iterator[Dated]:
    """What the application of the logins shows itself by, where that is no secret: keys and certificates."""
    client_id = way.tenant.variables.client_id
    _, content = way.read("clients/{}/credentials", patience, client_id) if client_id else (404, None)
    for each in _objects(content):
        for ends in _time(each.get("expires_at")):
            yield Dated(CREDENTIALS, _named(each), ends)


def _domains(way: Access, patience: Patience) -> Iterator[Dated]:
    """The custom domains: whether they are verified, and until when their certificates are to be renewed."""
    _, content = way.read("custom-domains", patience)
    page = content.get("custom_domains") if isinstance(content, dict) else content
    for each in _objects(page):
        name = _named(each, "domain")
        shown = each.get("certificate")
        certificate = shown if isinstance(shown, dict) else {}
        held = each.get("verification")
        verification = held if isinstance(held, dict) else {}
        states = {
            "it": each.get("status"),
            "its certificate": certificate.get("status"),
            "its verification": verification.get("status"),
        }
        ill = [f"{what} is {state}" for what, state in states.items() if state in _ILL]
        ends = list(_time(certificate.get("renews_before")))
        yield Dated(DOMAINS, name, ends[0] if ends else None, ", ".join(ill))


def _objects(content: object) -> list[dict[str, Any]]:
    return [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []


def _named(thing: dict[str, Any], *keys: str) -> str:
    names: Iterable[object] = (thing.get(key) for key in (*keys, "name", "kid", "id"))
    return printable(next((each for each in names if isinstance(each, str) and each), "one without a name"))[:80]


def _time(value: object) -> Iterator[float]:
    """A time in ISO 8601, in seconds of the epoch; nothing where it is none."""
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return
        yield (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
