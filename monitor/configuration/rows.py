"""Each of what there is to be asked: the parameters of the probes, and for what is not there, what to set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from monitor.configuration.forms import UNIVERSAL_LOGIN
from monitor.configuration.targets import (
    Account,
    IdentityProvider,
    Login,
    Node,
    ProviderSettings,
    SamlApplication,
    Target,
    Tenant,
)
from monitor.failures import Failure, Misconfigured, NotConfigured

Rows = Callable[[Tenant], Iterable[Target]]

_BEST_REFUSED = ("password-realm", "oauth-ro", "password", "universal-login", "")
"""The flows by which a stranger is sent, the best first: a page is asked where there is no endpoint to ask."""

METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
"""The nine ``health/status/*`` endpoints of a node."""


def tenants(tenant: Tenant) -> list[Tenant]:
    return [tenant]


def logins(tenant: Tenant) -> list[Login]:
    """Each flow × connection; one row that says what is missing where there is none."""
    return list(tenant.logins)


def api_logins(tenant: Tenant) -> list[Login]:
    """Each login that asks for an API's access token; ``/oauth/ro`` never had audiences."""
    rows = [login for login in logins(tenant) if login.flow != "oauth-ro"]
    audience = tenant.variables.audience or ""
    missing = f"set {tenant.variable('audience')} to see the access tokens that your API is sent"
    if rows and not rows[0].blocked and (not audience or audience.rstrip("/").endswith("/userinfo")):
        return [Login(tenant, blocked=NotConfigured(missing))]
    return rows or [Login(tenant, blocked=NotConfigured(missing))]


def accounts(tenant: Tenant) -> list[Account]:
    """Each user once, since Auth0 lets a profile be asked for five times a minute.

    The flow ``password`` logs in to the tenant's default directory; where the user has the same name, that is taken to
    be the first connection's.
    """
    found: dict[tuple[str, str], Login] = {}
    rows = sorted(logins(tenant), key=lambda login: login.flow == "password")
    for login in rows:
        same = [
            key
            for key in found
            if key[0] == login.username and (login.flow == "password" or key[1] == login.connection)
        ]
        if not same:
            found[login.username, login.connection] = login
    return [Account(tenant, login) for login in found.values()]


def refreshing(tenant: Tenant) -> list[Login]:
    """The one login whose refresh token is exchanged."""
    fault = tenant.blocked or tenant.fault("flows", "scope")
    if fault:
        return [Login(tenant, blocked=fault)]
    if "refresh" not in tenant.flows:
        missing = f"add refresh to {tenant.variable('flows')}, or offline_access to {tenant.variable('scope')}"
        return [Login(tenant, blocked=NotConfigured(missing))]
    rows = logins(tenant)
    return [next((login for login in rows if "offline_access" in login.scope and login.flow != "oauth-ro"), rows[0])]


def _flow_of(tenant: Tenant, flow: str, why: str) -> Failure | None:
    """Why there is nothing to ask, where this flow is not to be used."""
    missing = NotConfigured(f"add {flow} to {tenant.variable('flows')} {why}")
    return tenant.blocked or tenant.fault("flows") or (None if flow in tenant.flows else missing)


def rotating(tenant: Tenant) -> list[Login]:
    """The login whose refresh token is exchanged a second time, and then brought once more."""
    why = _flow_of(tenant, "rotate", "to see refresh tokens rotate; it logs a refusal in the tenant from time to time")
    rows = refreshing(tenant)
    return [Login(tenant, blocked=why)] if why else [next((row for row in logins(tenant) if row.rotates), rows[0])]


def revoking(tenant: Tenant) -> list[Login]:
    """The login whose refresh token is revoked at the end."""
    if tenant.fault("revoke") or tenant.variables.revoke == "no":
        left = NotConfigured(f"set {tenant.variable('revoke')}=yes to have refresh tokens revoked")
        return [Login(tenant, blocked=tenant.blocked or tenant.fault("revoke") or left)]
    return refreshing(tenant)


def leaving(tenant: Tenant) -> list[Login]:
    """The first login through pages, which has a session to be ended."""
    why = _flow_of(tenant, "logout", "to see users logged out; it needs universal-login there too")
    rows = [row for row in logins(tenant) if row.flow == UNIVERSAL_LOGIN]
    if not why and not rows:
        why = NotConfigured(f"add universal-login to {tenant.variable('flows')}: only its logins have a session to end")
    return [Login(tenant, blocked=why)] if why else rows[:1]


def devices(tenant: Tenant) -> list[Login]:
    """A device that nobody ever lets in."""
    why = _flow_of(tenant, "device", "to see that devices can begin to log in")
    fault = None if why else tenant.fault("client_id", "scope", "audience")
    missing = None if tenant.variables.client_id else Misconfigured(f"{tenant.variable('client_id')} is not set")
    return [Login(tenant, scope=tenant.variables.scope, blocked=why or fault or missing)]


def strangers(tenant: Tenant) -> list[Login]:
    """Each connection once, by the flow that names it if there is one: each could let the wrong one in."""
    found: dict[str, Login] = {}
    rows = logins(tenant)
    for login in sorted(rows, key=lambda row: _BEST_REFUSED.index(row.flow)):
        if login.flow != "password" or not found:
            found.setdefault(login.connection, login)
    return list(found.values())


def machines(tenant: Tenant) -> list[Login]:
    """The tenant's machine login."""
    variables = tenant.variables
    needed = {
        "client_id": variables.client_id,
        "client_secret": variables.client_secret,
        "audience": variables.audience,
    }
    missing = " and ".join(tenant.variable(name) for name, value in needed.items() if not value)
    blocked: Failure | None = tenant.blocked or tenant.fault("flows")
    if not blocked and "client-credentials" in tenant.flows:
        blocked = tenant.fault(*needed)
    if not blocked and "client-credentials" not in tenant.flows:
        named = bool(variables.flows)
        cure = f"add client-credentials to {tenant.variable('flows')}" if named else f"set {missing}"
        blocked = NotConfigured(f"{cure} to log in as a machine does")
    elif not blocked and missing:
        blocked = Misconfigured(f"{missing} not set: a login by client-credentials needs it")
    return [Login(tenant, blocked=blocked)]


def impostors(tenant: Tenant) -> list[Login]:
    """The tenant's application, for whom a wrong secret is given; a public one has none to be wrong."""
    variables = tenant.variables
    needed = {"client_id": variables.client_id, "client_secret": variables.client_secret}
    missing = " and ".join(tenant.variable(name) for name, value in needed.items() if not value)
    why = NotConfigured(f"set {missing} to see a wrong secret refused") if missing else None
    return [Login(tenant, blocked=tenant.blocked or tenant.fault(*needed, "audience", "refusals_every") or why)]


def redirects(tenant: Tenant) -> list[IdentityProvider]:
    """The identity provider of each connection whose way there is looked at."""
    variables = tenant.variables
    missing = NotConfigured(
        f"set {tenant.variable('redirects')} to the social and enterprise connections that your users come through"
    )
    fault = tenant.blocked or tenant.fault("redirects", "client_id", "callback", "organization")
    if not fault and variables.redirects and not variables.client_id:
        fault = Misconfigured(f"{tenant.variable('client_id')} is not set: connections are asked for in its name")
    if fault or not variables.redirects:
        return [IdentityProvider(tenant, blocked=fault or missing)]
    return [
        IdentityProvider(
            tenant, each, said := tenant.providers.get(each, ProviderSettings()), _said(said, "idp", "issuer")
        )
        for each in variables.redirects
    ]


def _said(settings: ProviderSettings, *fields: str) -> Failure | None:
    """What is malformed of these."""
    return next((settings.faults[each] for each in fields if each in settings.faults), None)


def _horizon(tenant: Tenant, field: str, what: str) -> list[IdentityProvider]:
    """Each connection of which somebody said this."""
    missing = NotConfigured(f"set {tenant.variable('connection_<name>_').upper()}{field.upper()} {what}")
    rows = [
        IdentityProvider(tenant, name, said, _said(said, field))
        for name, said in tenant.providers.items()
        if getattr(said, field) or field in said.faults
    ]
    return rows or [IdentityProvider(tenant, blocked=tenant.blocked or missing)]


def provider_metadata(tenant: Tenant) -> list[IdentityProvider]:
    """Each identity provider whose metadata is read."""
    return _horizon(tenant, "metadata", "to see the certificates of an identity provider end")


def provider_secrets(tenant: Tenant) -> list[IdentityProvider]:
    """Each identity provider of which it is known when the secret ends that it gave."""
    return _horizon(tenant, "secret_expires", "to be alerted before a client secret of an identity provider expires")


def saml_applications(tenant: Tenant) -> list[SamlApplication]:
    """Each application that users come to by SAML."""
    missing = NotConfigured(
        f"set {tenant.variable('saml_applications')} to the client ids of applications that users come to by SAML"
    )
    fault = tenant.blocked or tenant.fault("saml_applications")
    named = () if fault else tenant.variables.saml_applications
    return [SamlApplication(tenant, each) for each in named] or [SamlApplication(tenant, blocked=fault or missing)]


def canonical(tenant: Tenant) -> list[Login]:
    """The tenant where both of its domains are named."""
    variables = tenant.variables
    why: Failure | None = tenant.blocked or tenant.fault("canonical_domain")
    if not why and not variables.canonical_domain:
        cure = "to its domain by Auth0's own name, where AUTH0_DOMAIN is a custom one"
        why = NotConfigured(f"set {tenant.variable('canonical_domain')} {cure}")
    elif not why and variables.canonical_domain == tenant.url:
        cure = "give AUTH0_DOMAIN the custom domain that your users see, or unset it"
        why = Misconfigured(f"{tenant.variable('canonical_domain')} is the same as AUTH0_DOMAIN: {cure}")
    return [Login(tenant, blocked=why)]


def management(tenant: Tenant) -> list[Login]:
    """The tenant, where its Management API may be asked."""
    return [Login(tenant, blocked=tenant.management_fault)]


def nodes(tenant: Tenant) -> list[Node]:
    if fault := tenant.blocked or tenant.fault("nodes"):
        return [Node(tenant, blocked=fault)]
    if not tenant.variables.nodes:
        missing = f"set {tenant.variable('nodes')} to ask the nodes of a dedicated deployment"
        return [Node(tenant, blocked=NotConfigured(missing))]
    return [Node(tenant, _address(node)) for node in tenant.variables.nodes]


def metrics(tenant: Tenant) -> list[Node]:
    """Each node × metric; a node that several tenants name is one machine."""
    rows = nodes(tenant)
    if rows[0].blocked:
        return rows
    if not tenant.variables.health_api_key:
        missing = NotConfigured(f"set {tenant.variable('health_api_key')} to ask the nodes for their health/status")
        blocked = tenant.fault("health_api_key") or missing
        return [Node(tenant, node.address, blocked=blocked) for node in rows]
    return [Node(tenant, node.address, metric) for node in rows for metric in METRICS]


def _address(node: str) -> tuple[str, int]:
    parts = urlsplit(node if "://" in node else f"https://{node}")
    return parts.hostname or "", parts.port or 443


ROWS: dict[str, Rows] = {
    "tenant": tenants,
    "login": logins,
    "api": api_logins,
    "account": accounts,
    "refreshing": refreshing,
    "rotating": rotating,
    "revoking": revoking,
    "leaving": leaving,
    "device": devices,
    "stranger": strangers,
    "redirect": redirects,
    "provider-metadata": provider_metadata,
    "provider-secret": provider_secrets,
    "saml-application": saml_applications,
    "canonical": canonical,
    "management": management,
    "machine": machines,
    "impostor": impostors,
    "node": nodes,
    "metric": metrics,
}
"""What a probe can be asked of each of: ``@pytest.mark.each("login")``."""
