"""What a tenant's answers bring, or the failure that they stand for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from monitor.configuration.targets import Login
from monitor.exchange import Exchange
from monitor.failures import NotJudged, NotServed, Refused, WrongAnswer
from monitor.transactions import tokens
from monitor.transactions.engine import Asking
from monitor.transactions.oauth_errors import error_of, judged

if TYPE_CHECKING:
    from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Grant:
    """What a token endpoint handed out; a token is None where it handed out none."""

    exchange: Exchange
    access_token: SecretStr | None
    id_token: SecretStr | None
    refresh_token: SecretStr | None
    token_type: str
    detours: tuple[str, ...] = ()
    """The pages on the way that users see too, and pass by."""
    session: CookieJar | None = field(default=None, repr=False)
    """The cookies of the user's browser, where the login made a session."""
    scope: str | None = None
    """What was granted; None where the answer names none: then it is what was asked."""

    @property
    def signed(self) -> SecretStr:
        """The ID token; WrongAnswer where there is none."""
        if self.id_token is None:
            raise WrongAnswer("the login brought no ID token", self.exchange)
        return self.id_token

    @cached_property
    def claims(self) -> dict[str, Any]:
        """The claims of the ID token, whoever signed it; WrongAnswer where there is none, or it is no token."""
        return tokens.claims(self.signed)


@dataclass(frozen=True)
class Document:
    """A JSON object (or a certificate), and the exchange that brought it."""

    exchange: Exchange
    content: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """How credentials that are wrong were answered: with 200 they were let in."""

    exchange: Exchange
    status: int
    error: str | None


@dataclass(frozen=True)
class Logout:
    """How a logout went: its own status, where it leads to, and with which error a login that asks nobody comes back.

    ``error`` is empty where that login comes back with a code: the session is there still. ``leads_back`` is whether
    ``location`` is the application's address, however it is written.
    """

    exchange: Exchange
    status: int
    location: str
    error: str
    leads_back: bool


_LET_IN = ("access_token", "id_token", "refresh_token", "sub")
"""What an answer to credentials has, or to a token, that lets somebody in."""


def json_object(exchange: Exchange) -> dict[str, Any]:
    """The JSON object in the body; WrongAnswer, which says what came instead, where there is none."""
    try:
        document = json.loads(exchange.body)
    except (ValueError, RecursionError):
        raise WrongAnswer(f"{exchange.described()} where a JSON object was expected", exchange) from None
    if not isinstance(document, dict):
        raise WrongAnswer(f"a JSON {type(document).__name__} where an object was expected", exchange)
    return document


def granted(row: Login, exchange: Exchange, asking: Asking, flow: str = "") -> Grant:
    """What a 200 hands out; anything else is the failure that it stands for, by this flow (the row's own)."""
    if exchange.status != 200:
        raise judged(exchange, flow or row.flow)
    document = json_object(exchange)
    held: dict[str, SecretStr | None] = {}
    for name in ("access_token", "id_token", "refresh_token"):
        value = document.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise WrongAnswer(f"{name} is there, and is not a string with something in it", exchange)
        asking.keep_secret(value, row)
        held[name] = SecretStr(value) if value else None
    if not any(held.values()):
        raise WrongAnswer(f"{exchange.described()} without a token where a login was due", exchange)
    tokens_held = (held["access_token"], held["id_token"], held["refresh_token"])
    kind = str(document.get("token_type", ""))[:40]
    return Grant(exchange, *tokens_held, token_type=kind, scope=_scope(document))


def _scope(document: dict[str, Any]) -> str | None:
    scope = document.get("scope")
    return scope if isinstance(scope, str) else None


def served(exchange: Exchange, path: str) -> Exchange:
    if exchange.status in (404, 410):
        raise NotServed(f"this tenant does not serve {path} any more (status {exchange.status})", exchange)
    if exchange.status != 200:
        raise judged(exchange)
    return exchange


def document(exchange: Exchange) -> Document:
    if exchange.status != 200:
        raise judged(exchange)
    return Document(exchange, json_object(exchange))


def refusal(exchange: Exchange, flow: str = "") -> Refusal:
    """A refusal to be judged, or being let in; an answer that stands for anything else is raised."""
    if exchange.status == 200:
        document = json_object(exchange)  # a page that says 200 to everything lets nobody in
        if not any(document.get(name) for name in _LET_IN):
            raise WrongAnswer(f"{exchange.described()} with neither a token nor a user", exchange)
        return Refusal(exchange, exchange.status, error_of(exchange))
    failure = judged(exchange, flow)
    refused = isinstance(failure, Refused) or (exchange.status == 401 and not isinstance(failure, NotJudged))
    if not refused:
        raise failure
    return Refusal(exchange, exchange.status, error_of(exchange))
