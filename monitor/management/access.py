"""The way into the Management API: a token that may read and no more, kept in memory for this run alone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pydantic import SecretStr

from monitor import console
from monitor.configuration.targets import MANAGEMENT_HELP, Tenant
from monitor.exchange import Attempt, Exchange
from monitor.failures import Failure, Misconfigured, NotConfigured, NotJudged, TargetFailed, Unreadable
from monitor.text import some
from monitor.transactions import tokens
from monitor.transactions.oauth_errors import error_of

Ask = Callable[..., Exchange]
"""``ask(method, url, headers=…, json=…, timeout=…)``: one exchange, as the door makes it."""

SCOPES = {
    "read:logs": "what the tenant logged of the synthetic user's own login, and which deprecated features it used",
    "read:users": "whether the synthetic user is blocked",
    "read:connections": "whether a connection that fails is there and enabled for the application, and whether its "
    "AD/LDAP connector is online",
    "read:connections_options": "when the certificate of an enterprise connection ends",
    "read:actions": "whether an Action was deployed within the hour before",
    "read:attack_protection": "whether this machine's address is on the allow lists",
    "read:log_streams": "whether a log stream is paused",
    "read:rules": "whether Rules are left, which Auth0 has stopped running",
    "read:hooks": "whether Hooks are left",
    "read:custom_domains": "whether a custom domain is verified, and its certificate renewed",
    "read:client_credentials": "when a key or a certificate of the application ends",
}
"""The scopes that are made use of, each with what it is for. Any may be missing: then that is not asked."""

_AGAIN = 1.2
"""Seconds after which a limit of so many a second has room again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Until when is waited, by ``time.perf_counter``."""

    ends: float

    @classmethod
    def of(cls, seconds: float) -> Patience:
        return cls(time.perf_counter() + seconds)

    @property
    def left(self) -> float:
        return self.ends - time.perf_counter()

    def wait(self, seconds: float) -> bool:
        """Wait so long, and return True; at once False where so much time is not left."""
        if seconds >= self.left:
            return False
        threading.Event().wait(seconds)
        return True


@dataclass(frozen=True)
class Access:
    """A way in, to the Management API of the tenant at this ``host``, with these ``scopes``.

    ``timeout`` is one request's, in seconds. Of answers nothing is kept but what is returned: they may hold secrets.
    """

    tenant: Tenant
    host: str
    scopes: frozenset[str]
    token: SecretStr = field(repr=False)
    ask: Ask = field(repr=False)
    exchange: Exchange
    timeout: float

    def read(self, path: str, patience: Patience, /, *parts: str, **parameters: Any) -> tuple[int, Any]:
        """The status and the JSON of ``GET /api/v2/path``; 404 and 410 are answers, too.

        ``{}`` in the path are the ``parts``. NotConfigured where a scope is missing after all, Unreadable where there
        is no answer that can be used. A limit is waited for once.
        """
        address = f"{self.host}/api/v2/{path.format(*(quote(each, safe='') for each in parts))}"
        query = {name.rstrip("_"): value for name, value in parameters.items()}
        address += f"?{urlencode(query, doseq=True)}" if query else ""
        exchange = self._asked(address, patience)
        if exchange.status == 429 and patience.wait(_until_reset(exchange)):
            exchange = self._asked(address, patience)
        if exchange.status == 403:
            raise NotConfigured(f"the Management API denies /{path} (403): see the scopes in {MANAGEMENT_HELP}")
        if exchange.status not in (200, 404, 410):
            raise Unreadable(f"the Management API of {_name(self.host)} answers {exchange.status}")
        try:
            return exchange.status, json.loads(exchange.body) if exchange.status == 200 else None
        except (ValueError, RecursionError):
            raise Unreadable(f"the Management API of {_name(self.host)} answers with what is no JSON") from None

    def _asked(self, address: str, patience: Patience) -> Exchange:
        if patience.left <= 0:
            raise Unreadable("no time was left to ask the Management API for more")
        bearer = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        timeout = max(0.1, min(self.timeout, patience.left))
        return _answer(lambda: self.ask("GET", address, headers=bearer, timeout=timeout), self.host)

    def lacks(self, *scopes: str) -> list[str]:
        return [scope for scope in scopes if scope not in self.scopes]


def opened(tenant: Tenant, ask: Ask, keep_secret: Callable[[str], None]) -> Access:
    """Ask for a token, which counts against the monthly quota of machine tokens.

    Misconfigured where the credentials are refused, or the token may write: then it is let go unused. Unreadable where
    no token came.
    """
    host, variables = tenant.management_host, tenant.variables
    id_, secret = tenant.variable("management_client_id"), tenant.variable("management_client_secret")
    sent = {
        "grant_type": "client_credentials",
        "client_id": variables.management_client_id,
        "client_secret": (variables.management_client_secret or SecretStr("")).get_secret_value(),
        "audience": f"{host}/api/v2/",
    }
    exchange = _answer(lambda: ask("POST", f"{host}/oauth/token", form=sent, timeout=variables.timeout), host)
    if exchange.status in (400, 401, 403):
        why = f"the tenant refuses this application a token for the Management API ({exchange.status}"
        why += f" {error_of(exchange) or 'without a word'})"
        cure = f"authorize it for the Auth0 Management API, with the scopes of {MANAGEMENT_HELP}"
        raise Misconfigured(f"{id_}, {secret}: {why}: {cure}", bare(exchange))
    given = _document(exchange) if exchange.status == 200 else {}
    token = given.get("access_token")
    if not isinstance(token, str) or not token:
        raise Unreadable(f"{_name(host)} hands out no token for the Management API ({exchange.status})", bare(exchange))
    keep_secret(token)
    scopes = frozenset(_granted(given, token).split())
    if writing := sorted(scope for scope in scopes if not scope.startswith("read:")):
        cure = "the Management API is not used: take them away from the application"
        raise Misconfigured(f"{id_}: its scopes may write ({some(writing)}): {cure}", bare(exchange))
    timeout = min(variables.timeout, 5.0)
    return Access(tenant, host, scopes, SecretStr(token), ask, bare(exchange), timeout)


def bare(exchange: Exchange) -> Exchange:
    """The exchange without its body, and with nothing of it in the evidence: it may hold other people's secrets."""
    return Exchange(tuple(map(_plain, exchange.attempts)), exchange.status)


def table() -> str:
    """The scopes as docs/management-api.md shows them, in Markdown."""
    return "\n".join(
        ["| scope | to see |", "| --- | --- |", *(f"| `{name}` | {why} |" for name, why in SCOPES.items())]
    )


def _plain(attempt: Attempt) -> Attempt:
    return replace(attempt, evidence=dict)


def _answer(asked: Callable[[], Exchange], host: str) -> Exchange:
    """The answer; Unreadable where none came, without evidence."""
    try:
        return asked()
    except (TargetFailed, NotJudged) as failure:
        raise Unreadable(f"the Management API of {_name(host)}: {failure.reason}") from None


def _granted(given: Mapping[str, Any], token: str) -> str:
    """The scopes by the answer's own word, or where it has none by the token's."""
    told = given.get("scope")
    if told is None:
        try:
            told = tokens.claims(SecretStr(token)).get("scope", "")
        except Failure:
            told = ""
    return told if isinstance(told, str) else ""


def _document(exchange: Exchange) -> dict[str, Any]:
    try:
        content = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _until_reset(exchange: Exchange) -> float:
    """Seconds until the limit has room again; a little more than a second where nobody says it."""
    try:
        return min(max(0.2, float(exchange.headers["x-ratelimit-reset"]) - time.time()), _AGAIN)
    except (KeyError, ValueError):
        return _AGAIN


def _name(host: str) -> str:
    return urlsplit(host).netloc


if __name__ == "__main__":
    console.say(table() + "\n")
