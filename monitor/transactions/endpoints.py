"""What a tenant can be asked, in the words of the probes. Source: Auth0's docs of the Authentication API."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from monitor.configuration.forms import UNIVERSAL_LOGIN
from monitor.configuration.targets import Account, Login, Node, Target, Tenant
from monitor.exchange import Exchange, Repeat
from monitor.failures import (
    Failure,
    Misconfigured,
    NotAsked,
    NotConfigured,
    NotDue,
    NotJudged,
    NotServed,
    TargetFailed,
    Unreachable,
    WrongAnswer,
)
from monitor.transactions import second_factor, tokens, universal_login
from monitor.transactions.answers import (
    Document,
    Grant,
    Logout,
    Refusal,
    document,
    granted,
    json_object,
    refusal,
    served,
)
from monitor.transactions.engine import Asking, Transaction, transaction
from monitor.transactions.oauth_errors import WRONG_CLIENT, error_of, judged
from monitor.transactions.turns import Turn

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PENDING = ("authorization_pending", "slow_down")
"""How a device is answered that nobody has let in yet."""

REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"


def tenant_of(target: Target) -> Tenant:
    return target.tenant


def login_of(target: Account | Login) -> Login:
    return target.login if isinstance(target, Account) else target


def machine_of(node: Node) -> tuple[object, ...]:
    """What tells a machine from others: several tenants may name the same one."""
    return (node.tenant.url, node.address, node.metric, node.tenant.variables.health_api_key)


@transaction(on=tenant_of, reads=["id_token"])
def answer_to_test(tenant: Tenant, asking: Asking) -> Document:
    """``GET /test``, which answers in JSON."""
    exchange = served(asking.ask(tenant, "GET", "/test", headers=_bearer(tenant.variables.id_token)), "/test")
    return Document(exchange, json_object(exchange))


@transaction(on=tenant_of, reads=["id_token"])
def answer_to_testall(tenant: Tenant, asking: Asking) -> Exchange:
    """``GET /testall``."""
    return served(asking.ask(tenant, "GET", "/testall", headers=_bearer(tenant.variables.id_token)), "/testall")


@transaction(on=tenant_of)
def connection(tenant: Tenant, asking: Asking) -> Exchange:
    """``GET /.well-known/openid-configuration``, for the connection that it is made over and whatever is answered."""
    return asking.ask(tenant, "GET", "/.well-known/openid-configuration")


@transaction(on=tenant_of, needs=[connection])
def discovery(tenant: Tenant, asking: Asking) -> Document:
    """The document in the answer to ``connection``."""
    return document(asking.brought(connection, tenant))


@transaction(on=tenant_of, needs=[connection], budget=None)
def certificate(tenant: Tenant, asking: Asking) -> Document:
    """The certificate that was shown for that ``connection``, as ``getpeercert`` gives it."""
    try:
        exchange: Exchange = asking.brought(connection, tenant)
    except TargetFailed as failure:
        if failure.exchange is None or failure.exchange.certificate is None:
            raise
        exchange = failure.exchange
    if exchange.certificate is None:
        raise NotServed("plain http has no certificate", exchange)
    return Document(exchange, dict(exchange.certificate))


@transaction(on=tenant_of)
def keys(tenant: Tenant, asking: Asking) -> Document:
    """``GET /.well-known/jwks.json``."""
    return document(asking.ask(tenant, "GET", "/.well-known/jwks.json"))


def turns_of(row: Login) -> Iterator[Turn]:
    """What a login has to wait for: Auth0 lets one address post five times a minute to each page of a login."""
    if row.flow == UNIVERSAL_LOGIN and not row.blocked:
        most = row.tenant.variables.universal_logins_per_minute
        variable = row.tenant.variable("universal_logins_per_minute")
        why = f"{most:g} logins a minute through Universal Login, in turn; {variable} changes it"
        yield Turn(f"pages of {row.tenant.url}", row.id, max(1, int(most)), 60.0 / min(most, 1.0), why)
    yield from second_factor.turns(row)


def budget_of(row: Login) -> str:
    return row.budget


@transaction(on=login_of, budget=budget_of, turns=turns_of)
def login(row: Login, asking: Asking) -> Grant:
    """One login of a user, by the row's flow."""
    if row.flow == UNIVERSAL_LOGIN:
        return universal_login.log_in(row, asking)
    answer = _log_in(row, asking, row.username, row.password)
    return granted(row, second_factor.given(row, asking, answer, _client(row.tenant)), asking)


@transaction(on=login_of, needs=[login, keys], budget=None)
def signing_keys(row: Login, asking: Asking) -> Document:
    """The ``keys``, asked for once more where the login's ID token names one that was not among them.

    So does every client library: keys may have been rotated after we looked. Both answers are in the evidence.
    """
    published: Document = asking.brought(keys, row.tenant)
    grant: Grant = asking.brought(login, row)
    if grant.id_token is None or not tokens.signed_by_unknown_key(grant.id_token, published.content):
        return published
    anew = asking.ask(row, "GET", "/.well-known/jwks.json")
    both = replace(anew, attempts=(*published.exchange.attempts, *anew.attempts))
    return document(both)


@transaction(on=login_of, needs=[login, signing_keys], budget=None)
def api_keys(row: Login, asking: Asking) -> Document:
    """The ``signing_keys``, asked for once more where the login's access token names one that is not among them."""
    published: Document = asking.brought(signing_keys, row)
    return _asked_again(row, asking, asking.brought(login, row), published)


@transaction(on=login_of, needs=[login])
def profile(row: Login, asking: Asking) -> Document:
    """``GET /userinfo`` with the login's access token."""
    token = _access_token(row, asking)
    answer = asking.ask(row, "GET", "/userinfo", headers=_bearer(token))
    if answer.status in (401, 403) and (why := tokens.not_for_userinfo(token)):
        raise NotServed(f"{why}, and /userinfo refuses it as it should (status {answer.status})", answer)
    return document(answer)


@transaction(on=login_of, needs=[login])
def tampered_profile(row: Login, asking: Asking) -> Refusal:
    """``GET /userinfo`` with the login's access token, of which one character is another."""
    token = _access_token(row, asking).get_secret_value()
    at = (token.rfind(".") + len(token)) // 2
    wrong = SecretStr(f"{token[:at]}{'A' if token[at] != 'A' else 'B'}{token[at + 1 :]}")
    return refusal(asking.ask(row, "GET", "/userinfo", headers=_bearer(wrong)))


@transaction(budget="login_budget")
def machine_login(row: Login, asking: Asking) -> Grant:
    """``POST /oauth/token`` with ``client_credentials``."""
    form = {"grant_type": "client_credentials", "audience": row.tenant.variables.audience, **_client(row.tenant)}
    return granted(row, asking.ask(row, "POST", "/oauth/token", form=form), asking)


@transaction(needs=[machine_login, keys], budget=None)
def machine_keys(row: Login, asking: Asking) -> Document:
    """The ``keys``, asked for once more where the machine's access token names one that is not among them."""
    published: Document = asking.brought(keys, row.tenant)
    return _asked_again(row, asking, asking.brought(machine_login, row), published)


@transaction(on=login_of, needs=[login], budget="login_budget")
def refreshed(row: Login, asking: Asking) -> Grant:
    """``POST /oauth/token`` with the refresh token of a login that asked for ``offline_access``.

    Where that breaks, it is asked again with the token of another login: the first may have been taken although its
    answer was lost, and a tenant that rotates tokens calls its second use a theft.
    """
    grant: Grant = asking.brought(login, row)
    if grant.refresh_token is None:
        raise WrongAnswer("the login asked for offline_access and was given no refresh token", grant.exchange)
    try:
        answer = _exchange(row, asking, grant.refresh_token, Repeat.UNSENT)
    except Unreachable as failure:
        again = failure.exchange and _refresh_anew(row, asking, failure.exchange)
        if not again:
            raise
        answer = again
    else:
        if answer.status >= 500:
            answer = _refresh_anew(row, asking, answer) or answer
    return granted(row, answer, asking, "refresh")


@transaction(needs=[refreshed], budget="login_budget")
def rotated(row: Login, asking: Asking) -> Grant:
    """``POST /oauth/token`` with the refresh token that came for the first one."""
    if not row.rotates:
        raise NotConfigured(f"add rotate to {row.tenant.variable('flows')} to see refresh tokens rotate")
    grant: Grant = asking.brought(refreshed, row)
    if grant.refresh_token is None:
        raise NotServed("this application's refresh tokens do not rotate: the first one stays valid", grant.exchange)
    return granted(row, _exchange(row, asking, grant.refresh_token, Repeat.UNSENT), asking, "refresh")


@transaction(needs=[login, rotated], budget="login_budget", reads=["refusals_every"])
def reused(row: Login, asking: Asking) -> Refusal:
    """``POST /oauth/token`` with the first refresh token again, which was exchanged: it ends the whole family."""
    first: Grant = asking.brought(login, row)
    asking.brought(rotated, row)
    asking.wait_for_turn(row.tenant, SAMPLED[reused](row))
    return refusal(_exchange(row, asking, first.refresh_token or SecretStr(""), Repeat.NEVER), "refresh")


@transaction(needs=[login, refreshed, rotated, reused])
def revoked(row: Login, asking: Asking) -> Exchange:
    """``POST /oauth/revoke`` with the newest refresh token of this run, which is then brought once more."""
    newest = _newest(row, asking)
    answer = asking.ask(row, "POST", "/oauth/revoke", form={"token": newest.get_secret_value(), **_client(row.tenant)})
    if answer.status != 200:
        raise judged(answer, "refresh")
    late = _exchange(row, asking, newest, Repeat.NEVER)
    return replace(late, attempts=(*answer.attempts, *late.attempts))


@transaction(on=login_of, needs=[login], budget="login_budget")
def logged_out(row: Login, asking: Asking) -> Logout:
    """``GET /oidc/logout`` in the browser of the login, and then ``/authorize?prompt=none``."""
    return universal_login.log_out(row, asking, asking.brought(login, row))


@transaction(budget="login_budget")
def device_login(row: Login, asking: Asking) -> Refusal:
    """``POST /oauth/device/code``, and one question whether somebody has let the device in."""
    audience = {"audience": row.tenant.variables.audience} if row.tenant.variables.audience else {}
    asked = {"client_id": row.tenant.variables.client_id, "scope": row.scope, **audience}
    begun = document(asking.ask(row, "POST", "/oauth/device/code", form=asked))
    lacking = [name for name in ("device_code", "user_code", "verification_uri") if not begun.content.get(name)]
    if lacking:
        raise WrongAnswer(f"the answer to a device lacks its {', '.join(lacking)}", begun.exchange)
    for name in ("device_code", "user_code"):
        asking.keep_secret(str(begun.content[name]), row)
    form = {"grant_type": DEVICE_GRANT, "device_code": str(begun.content["device_code"]), **_client(row.tenant)}
    answer = asking.ask(row, "POST", "/oauth/token", form=form)
    whole = replace(answer, attempts=(*begun.exchange.attempts, *answer.attempts))
    if whole.status != 200 and error_of(whole) not in PENDING:
        raise judged(whole, "device")
    return Refusal(whole, whole.status, error_of(whole))


@transaction(budget=budget_of, reads=["refusals_every"])
def stranger_login(row: Login, asking: Asking) -> Refusal:
    """A login by a user that cannot exist: another one each time, so that none is ever locked out."""
    asking.wait_for_turn(row.tenant, SAMPLED[stranger_login](row))
    name = f"no-such-user-{secrets.token_hex(8)}@synthetic.invalid"
    password = SecretStr(secrets.token_urlsafe(18))
    if row.flow == UNIVERSAL_LOGIN:
        return universal_login.refused(row, asking, name, password)
    answer = refusal(_log_in(row, asking, name, password), row.flow)
    if (answer.status, answer.error) in WRONG_CLIENT:
        cause = "the application was refused before the user was looked at; see AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET"
        raise Misconfigured(f"{answer.status} {answer.error}: {cause}", answer.exchange)
    return answer


@transaction(budget="login_budget", reads=["refusals_every"])
def impostor_login(row: Login, asking: Asking) -> Refusal:
    """A machine login with a wrong client secret; no user is named. The Management API exists in every tenant."""
    asking.wait_for_turn(row.tenant, SAMPLED[impostor_login](row))
    audience = row.tenant.variables.audience or f"{row.tenant.url}/api/v2/"
    form = {"grant_type": "client_credentials", "audience": audience, "client_id": row.tenant.variables.client_id}
    return refusal(asking.ask(row, "POST", "/oauth/token", form=form | {"client_secret": secrets.token_urlsafe(48)}))


@transaction()
def node_testall(node: Node, asking: Asking) -> Exchange:
    """``GET /testall`` on the node itself, in the tenant's name."""
    return asking.ask(node, "GET", "/testall", address=node.address)


@transaction(same=machine_of)
def node_metric(node: Node, asking: Asking) -> Exchange:
    """``GET /health/status/<metric>`` on the node itself; once, since it may be asked only ten times a second."""
    key = node.tenant.variables.health_api_key
    auth = ("api_keys_health", key.get_secret_value() if key else "")
    return asking.ask(
        node, "GET", f"/health/status/{node.metric}", address=node.address, auth=auth, repeat=Repeat.NEVER
    )


SAMPLED: dict[Transaction, Callable[[Login], str]] = {
    stranger_login: lambda row: f"stranger:{row.connection}",
    impostor_login: lambda _: "wrong-secret",
    reused: lambda row: f"reused:{row.connection}",
}
"""The refusals that send credentials, and what each is called in the memory of the turns."""


def _exchange(row: Login, asking: Asking, token: SecretStr, repeat: Repeat) -> Exchange:
    """The answer to this refresh token."""
    form = {"grant_type": "refresh_token", "refresh_token": token.get_secret_value(), **_client(row.tenant)}
    return asking.ask(row, "POST", "/oauth/token", form=form, repeat=repeat)


def _newest(row: Login, asking: Asking) -> SecretStr:
    """The refresh token that this run was given last, when all that may need one has gone."""
    grants: list[Grant] = [asking.brought(login, row), asking.brought(refreshed, row)]
    ended = False
    with contextlib.suppress(NotAsked, NotJudged, TargetFailed):  # which is judged by others, where it is asked for
        grants.append(asking.brought(rotated, row))
        if asking.brought(reused, row).status != 200:
            ended = True
    if ended:
        raise NotDue("the reuse of a refresh token was due in this run, and has ended all of this login")
    tokens_given = [grant.refresh_token for grant in grants if grant.refresh_token]
    if not tokens_given:
        raise WrongAnswer("the login asked for offline_access and was given no refresh token", grants[0].exchange)
    return tokens_given[-1]


def _bearer(token: SecretStr | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _client(tenant: Tenant) -> dict[str, Any]:
    secret = tenant.variables.client_secret
    return {"client_id": tenant.variables.client_id} | ({"client_secret": secret.get_secret_value()} if secret else {})


def _log_in(row: Login, asking: Asking, username: str, password: SecretStr | None) -> Exchange:
    variables = row.tenant.variables
    body = {"username": username, "password": password.get_secret_value() if password else "", "scope": row.scope}
    if row.flow == "oauth-ro":
        legacy = {"client_id": variables.client_id, "connection": row.connection, "device": variables.device}
        return asking.ask(row, "POST", "/oauth/ro", json={**body, **legacy, "grant_type": "password"})
    grant = (
        {"grant_type": "password"} if row.flow == "password" else {"grant_type": REALM_GRANT, "realm": row.connection}
    )
    audience = {"audience": variables.audience} if variables.audience else {}
    return asking.ask(row, "POST", "/oauth/token", form={**body, **grant, **audience, **_client(row.tenant)})


def _refresh_anew(row: Login, asking: Asking, first: Exchange) -> Exchange | None:
    """Both attempts, the second with the refresh token of another login; None where there is no time or no token."""
    if first.seconds > row.tenant.variables.timeout / 2 or row.flow == UNIVERSAL_LOGIN:
        return None
    try:
        token = granted(row, _log_in(row, asking, row.username, row.password), asking).refresh_token
        second = _exchange(row, asking, token, Repeat.UNSENT) if token else None
    except Failure:  # whatever kept that login: it was not what was asked for here
        return None
    return second and replace(second, attempts=(*first.attempts, *second.attempts))


def _asked_again(row: Login, asking: Asking, grant: Grant, published: Document) -> Document:
    """The key set, newly asked for where this access token was signed by a key that is not in it."""
    token = grant.access_token
    if token is None or not tokens.signed_by_unknown_key(token, published.content):
        return published
    anew = asking.ask(row, "GET", "/.well-known/jwks.json")
    return document(replace(anew, attempts=(*published.exchange.attempts, *anew.attempts)))


def _access_token(row: Login, asking: Asking) -> SecretStr:
    grant: Grant = asking.brought(login, row)
    if grant.access_token is None:
        raise WrongAnswer("the login brought no access token", grant.exchange)
    return grant.access_token
