"""Where the connections lead to: ``/authorize`` for each, and the identity provider's own page. No user is needed.

No redirect is followed, nothing is posted, and nothing of a page is kept.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor.configuration.targets import IdentityProvider, Tenant
from monitor.exchange import Exchange, Repeat
from monitor.failures import (
    ConnectionGone,
    Expired,
    Failure,
    Misconfigured,
    NotDue,
    NotJudged,
    NotServed,
    NotYetValid,
    ProviderFails,
    ProviderRefuses,
    ProviderUnseen,
    TargetFailed,
    WrongAnswer,
    WrongName,
)
from monitor.text import printable, second
from monitor.transactions import hosted_pages, providers, screens, sign_in_requests
from monitor.transactions.engine import Asking, transaction
from monitor.transactions.memory import Note
from monitor.transactions.oauth_errors import GRANTS, PROMPTS, error_of, judged, led_back
from monitor.transactions.sign_in_requests import SignInRequest

EVERY = 600.0
"""Seconds between two requests to an identity provider's own page."""

NEWS = 86_400.0
"""Seconds for which a change is told."""

_PAGE = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"}
_SHORTEST = 16
"""Characters of the shortest value in a redirect that is a secret."""

_PUBLIC = frozenset(
    [
        "client_id",
        "redirect_uri",
        "scope",
        "error",
        "error_description",
        "error_uri",
        "iss",
        "wtrealm",
        "wreply",
        "response_type",
        "response_mode",
        "connection",
        "audience",
        "display",
        "login_hint",
        "SigAlg",
        "authError",
    ]
)
"""The parameters of a redirect that are not for one login alone."""

_OWN_ERRORS = (500, 501)
"""How a provider may answer that was asked for nothing it knows."""

_OWN_LOGIN = ("/u/", "/login", "/authorize/resume", "/mf", "/lo/")
_NO_CONNECTION = (
    "invalid_request",
    "invalid_connection",
    "access_denied",
    "connection_not_found",
    "unknown_connection",
)
"""How Auth0 says that it does not lead there: it was asked for a connection, and nobody was asked yet."""


@dataclass(frozen=True)
class Redirect:
    """Where the tenant sends the users of a connection: an ``address``, at a ``host``, with what it asks there.

    ``posted`` is whether a form takes them there. ``leads`` and ``calls`` are how the host and the issuer were noted.
    """

    exchange: Exchange
    address: str = field(repr=False)
    host: str
    request: SignInRequest
    posted: bool
    leads: Note
    calls: Note

    @property
    def by_developer_keys(self) -> bool:
        """Whether Auth0 asks by the keys that it lends: then the way back is by a host that all tenants share."""
        return bool(providers.DEVELOPER_CALLBACK.fullmatch(place(self.request.back)))

    @property
    def is_meant_for_another(self) -> bool:
        """Whether the request says that it goes to another address than it does, however they are written."""
        return bool(self.request.destination) and not _is_below(self.request.destination, self.address)

    @property
    def leads_elsewhere(self) -> str:
        """What is said of a host that is another one than before; empty where it is not, or that is a day ago."""
        return _changed(self.leads, "it led")

    @property
    def is_called_otherwise(self) -> str:
        """The same of the name by which the tenant calls itself."""
        return _changed(self.calls, "it was called")


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """That an identity provider's own page was there, and what is to be said of it."""

    exchange: Exchange
    remark: str


def place(address: str) -> str:
    """The host of this address in small letters, with the port unless it is that of https; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(":443") if parts.scheme == "https" else host


def is_at(host: str, expected: str) -> bool:
    """Whether this host is the one that is expected, whose port counts where it has one."""
    return expected.lower() in (host, host.rpartition(":")[0] or host)


def _changed(note: Note, was: str) -> str:
    recent = note.changed and time.time() - note.changed < NEWS
    return f"{was} {printable(note.before)[:120]!r} until {second(note.changed)}" if recent else ""


@transaction()
def redirect(row: IdentityProvider, asking: Asking) -> Redirect:
    """``GET /authorize`` with ``connection``, not followed; ConnectionGone where it leads to no identity provider."""
    asked = {"connection": row.connection, **_authorization(row.tenant)}
    for name in ("state", "nonce"):
        asking.keep_secret(asked[name], row)
    try:
        exchange = asking.ask(row, "GET", f"/authorize?{urlencode(asked)}", headers=_PAGE)
    except Failure as failure:
        _keep_redirects(row, failure.exchange, asking)
        raise
    _keep_redirects(row, exchange, asking)
    address, given, posted = _way_out(row, exchange)
    _keep(row, given, asking)
    _is_the_providers(row, exchange, address, asking)
    request = sign_in_requests.read(given, deflated=not posted)
    host, issuer = place(address), request.issuer
    leads = asking.memory.note(key("host", row), host)
    calls = asking.memory.note(key("issuer", row), issuer)
    return Redirect(exchange, address, host, request, posted, leads, calls)


@transaction(needs=[redirect], budget=None, urgent=False)
def provider_page(row: IdentityProvider, asking: Asking) -> ProviderPage:
    """``GET`` of the page that the redirect leads to, at most once in ten minutes, and nothing beyond it."""
    led: Redirect = asking.brought(redirect, row)
    if row.settings.idp and not is_at(led.host, row.settings.idp):
        raise NotServed(f"not asked: the connection leads to another host than {row.variable('idp')} has")
    known = asking.memory.noted(key("page", row))
    if known and time.time() - known.at < EVERY:
        why = "an identity provider's own page is asked for at most once in ten minutes"
        raise NotDue(f"asked at {second(known.at)}: due from {second(known.at + EVERY)} on ({why})")
    asking.memory.note(key("page", row), led.host)
    reached = asking.memory.noted(key("reached", row))
    try:
        exchange = asking.ask_page(row, led.address, _PAGE, Repeat.UNSENT)
        _keep_redirects(row, exchange, asking)
    except TargetFailed as failure:
        _keep_redirects(row, failure.exchange, asking)
        raise _unreached(led.host, failure, known=bool(reached and reached.value == led.host)) from None
    except NotJudged as failure:
        raise ProviderUnseen(f"{led.host} was not asked: {failure.reason}", failure.exchange) from None
    if refused := _refused(led, exchange):
        raise refused
    asking.memory.note(key("reached", row), led.host)
    return ProviderPage(replace(exchange, body=b""), f"{led.host} answers {exchange.status}")


def _authorization(tenant: Tenant) -> dict[str, str]:
    variables = tenant.variables
    organization = {"organization": variables.organization} if variables.organization else {}
    return {
        "response_type": "code",
        "client_id": variables.client_id or "",
        "redirect_uri": variables.callback,
        "scope": "openid",
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        **organization,
    }


def _keep_redirects(row: IdentityProvider, exchange: Exchange | None, asking: Asking) -> None:
    """What the addresses that these answers lead to have for one login alone must not be written."""
    for attempt in exchange.attempts if exchange else ():
        _keep(row, hosted_pages.parameters(attempt.headers.get("location", "")), asking)
    _keep(row, hosted_pages.parameters(exchange.headers.get("location", "")) if exchange else {}, asking)


def _keep(row: IdentityProvider, given: dict[str, str], asking: Asking) -> None:
    for name, value in given.items():
        if name not in _PUBLIC and len(value) >= _SHORTEST:
            asking.keep_secret(value, row)


def key(what: str, row: IdentityProvider) -> str:
    """Under which key something of this connection is noted."""
    return json.dumps([what, row.tenant.name, row.tenant.url, row.connection])


def _way_out(row: IdentityProvider, exchange: Exchange) -> tuple[str, dict[str, str], bool]:
    """Where this answer leads, with which parameters, and whether by a form; what leads nowhere is raised."""
    url = f"{row.tenant.url}/authorize"
    if 300 <= exchange.status < 400 and exchange.headers.get("location"):
        address = hosted_pages.resolved(url, exchange.headers["location"])
        return address, _parameters(address), False
    if exchange.status == 200:
        known = ("SAMLRequest", "wa", "wtrealm", "client_id")
        page = hosted_pages.read(url, exchange.text())
        sent = next((form for form in page.forms if form.names.intersection(known) and place(form.action)), None)
        if sent and place(sent.action) != row.tenant.domain:
            return sent.action, dict(sent.held), True
        if page.screen or page.classic or page.is_hosted:
            raise _of_a_database(row, exchange)
    if "x-auth0-requestid" in exchange.headers and 400 <= exchange.status < 500 and exchange.status != 429:
        if not error_of(exchange):
            word = screens.CALLBACK_REFUSED if exchange.status == 403 else screens.CLIENT_UNKNOWN
            raise screens.failure(word, replace(exchange, word=word))
        raise _gone(row, str(error_of(exchange)), "", exchange)
    raise judged(exchange, "universal-login")


def _parameters(address: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(address).query))
    except ValueError:
        return {}


def _is_the_providers(row: IdentityProvider, exchange: Exchange, address: str, asking: Asking) -> None:
    """Nothing, where this may be the page of an identity provider; else it is raised what it is."""
    given = _parameters(address)
    if _is_below(address, row.tenant.variables.callback) or ("error" in given and "tracking" in given):
        if "error" not in given:
            raise WrongAnswer("the tenant leads back to AUTH0_CALLBACK, and nobody has logged in", exchange)
        raise _gone(row, given["error"], given.get("error_description", ""), exchange)
    if place(address) == row.tenant.domain:
        if not urlsplit(address).path.startswith(_OWN_LOGIN):
            raise judged(exchange, "universal-login")
        before = asking.memory.noted(key("host", row))
        if before and before.value:
            told = f"{_named(row)} led to {before.value}, and leads to the tenant's own login page now"
            raise ConnectionGone(told, exchange)
        raise _of_a_database(row, exchange)
    scheme = urlsplit(address).scheme
    if scheme != "https" or not place(address):
        raise WrongAnswer(f"{_named(row)} leads to an address that is not https ({printable(scheme)[:20]})", exchange)


def _is_below(address: str, callback: str) -> bool:
    """Whether this is the application's own address, whatever stands after its ``?``."""
    return _without_query(address) == _without_query(callback)


def _without_query(address: str) -> tuple[str, str]:
    """Its host and path, so that different ways to write one address are the same."""
    try:
        return place(address), urlsplit(address).path or "/"
    except ValueError:
        return address, ""


def _named(row: IdentityProvider) -> str:
    return f"the connection {printable(row.connection)[:60]}"


def _of_a_database(row: IdentityProvider, exchange: Exchange) -> Failure:
    cure = f"take it out of {row.tenant.variable('redirects')}, and name it in {row.tenant.variable('connections')}"
    return Misconfigured(
        f"{_named(row)} asks for a password on the tenant's own login page: if it is a database, {cure}", exchange
    )


def _gone(row: IdentityProvider, error: str, description: str, exchange: Exchange) -> Failure:
    """What it means that Auth0 leads nowhere with this error: it refuses the connection, or our request, or breaks."""
    word = error if re.fullmatch(r"[\w.-]{1,60}", error) else "error"
    said = printable(description[:160])
    of_connection = "connection" in said.lower()
    if word in PROMPTS or (word in GRANTS and not of_connection):
        return led_back(error, description, exchange)
    if word in (*_NO_CONNECTION, *GRANTS):
        told = f"Auth0 does not lead to {_named(row)}: {word}" + (f' ("{said}")' if said else "")
        cure = "see whether it is there, and enabled for the application of AUTH0_CLIENT_ID"
        return ConnectionGone(f"{told}: {cure}", replace(exchange, word=word))
    return led_back(error, description, exchange)


def _unreached(host: str, failure: TargetFailed, *, known: bool) -> Failure:
    """What it means that no answer came: a provider that was never reached may be for a company's own network."""
    if known or isinstance(failure, (Expired, NotYetValid, WrongName)):
        return ProviderFails(f"{host}: {failure.reason}", failure.exchange)
    never = "this machine has not reached it before, which a provider within a company's network would not let it"
    return ProviderUnseen(f"{host}: {failure.reason}; {never}", failure.exchange)


def _refused(led: Redirect, exchange: Exchange) -> Failure | None:
    """The failure that a provider's answer stands for; None where users can log in there, as far as it shows.

    Where a form takes users there, the page was asked for without what the form holds: what it says is of that alone.
    """
    status, page, location = exchange.status, exchange.text(), exchange.headers.get("location", "")
    who = urlsplit(led.address).hostname or led.host
    location = hosted_pages.resolved(led.address, location) if location else ""
    if status != 429 and not led.posted and (said := providers.refusal(who, page, location)):
        return ProviderRefuses(f"{led.host} answers {status} {said[0]}: {said[1]}", exchange)
    if error := _led_back_with(led, page, location):
        return ProviderRefuses(f"{led.host} leads back at once with {error}: see the connection's settings", exchange)
    if status in (403, 429) or providers.is_challenge(page, location):
        why = "a captcha" if status not in (403, 429) else f"status {status}"
        return ProviderUnseen(f"{led.host} answers {why}: it blocks this machine; logins of users may work", exchange)
    if status >= 500 and not (led.posted and status in _OWN_ERRORS):
        return ProviderFails(f"{led.host} answers status {status}", exchange)
    asks = status == 401 and "www-authenticate" in exchange.headers
    if status >= 400 and not asks and not led.posted:
        return ProviderRefuses(f"{led.host} answers status {status}, and shows no login", exchange)
    return None


def _led_back_with(led: Redirect, page: str, location: str) -> str:
    """The error with which users come back before they have logged in: in the address, or in a form; else nothing."""
    back = place(led.request.back)
    if not back or led.posted:
        return ""
    ways = [(location, hosted_pages.parameters(location))]
    ways += [(form.action, dict(form.held)) for form in hosted_pages.read(led.address, page).forms]
    for address, given in ways:
        if place(address) == back:
            word = sign_in_requests.refusal(given["SAMLResponse"]) if "SAMLResponse" in given else given.get("error")
            if word:
                return word if re.fullmatch(r"[\w.-]{1,60}", word) else "an error"
    return ""
