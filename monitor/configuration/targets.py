"""Who is asked: tenants, and the logins, users, connections and nodes that they have; each is a row of parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from monitor.configuration.forms import UNIVERSAL_LOGIN, USER_FLOWS, Flow
from monitor.configuration.services import Service
from monitor.configuration.variables import Variables
from monitor.failures import Failure, Misconfigured, NotConfigured

_PLACE = re.compile(r"^[^.]+(?:\.(us|eu|au|jp|uk|ca))?\.auth0\.com$", re.IGNORECASE)
MANAGEMENT_HELP = "docs/management-api.md"
"""Which scopes the Management API is asked with, and how to get them."""

_REGIONS = {"": "US-1", "us": "US-*", "eu": "EU-*", "au": "AU*", "jp": "JP-*", "uk": "UK-*", "ca": "CA-*"}


@dataclass(frozen=True, slots=True)
class User:
    """Who logs in through a connection, and which claims that must bring; None where the tenant's own hold.

    ``faults`` and ``names`` are as a tenant's.
    """

    username: str | None = None
    password: SecretStr | None = None
    expected_claims: Mapping[str, Any] | None = None
    totp_secret: SecretStr | None = None
    faults: Mapping[str, Misconfigured] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        username: str | None,
        password: str | None,
        *,
        expected_claims: Mapping[str, Any] | None,
        totp_secret: str | None,
        faults: Mapping[str, Misconfigured],
        names: Mapping[str, str],
    ) -> User:
        factor = SecretStr(totp_secret) if totp_secret else None
        return cls(username, SecretStr(password) if password else None, expected_claims, factor, faults, names)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What somebody said of the identity provider of a connection; empty, or None, where nobody said it.

    ``idp`` is its host, ``issuer`` how the tenant calls itself to it, ``metadata`` where that of the provider is.
    ``faults`` and ``names`` are as a tenant's.
    """

    idp: str = ""
    issuer: str = ""
    secret_expires: date | None = None
    metadata: str = ""
    faults: Mapping[str, Misconfigured] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Tenant:
    """An Auth0 domain and the credentials that we hold for it. ``blocked`` says why it cannot be asked at all.

    ``given`` are the fields that are set, ``names`` the variables that they come from, and ``faults`` says of each
    that is malformed why: what depends on it cannot be judged, and all else can.
    """

    name: str
    prefix: str = "AUTH0_"
    variables: Variables = field(default_factory=lambda: Variables(domain="tenant.invalid"))
    given: frozenset[str] = frozenset()
    users: Mapping[str, User] = field(default_factory=dict)
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    blocked: Failure | None = None
    faults: Mapping[str, Misconfigured] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def broken(cls, name: str, why: Misconfigured) -> Tenant:
        return cls(name, blocked=why)

    @property
    def tenant(self) -> Tenant:
        return self

    @property
    def id(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """``https://host[:port]``, without a slash at its end."""
        return self.variables.domain

    @property
    def domain(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def host(self) -> str:
        """The name, or the address, in the certificate."""
        return urlsplit(self.url).hostname or ""

    @property
    def regions(self) -> tuple[str, ...]:
        """Patterns of the regions that Auth0's status page has for this tenant; none where they are not known.

        A domain tells the continent, and which of its regions, only where there is one.
        """
        if self.variables.region:
            return (self.variables.region,)
        place = _PLACE.search(self.host)
        return (_REGIONS[place[1] or ""],) if place else ()

    @property
    def issuer(self) -> str:
        """What the tenant calls itself: its address, with a slash at its end."""
        return f"{self.url}/"

    @property
    def management_host(self) -> str:
        """``https://host``: the domain by Auth0's own name, at which alone the Management API is."""
        return self.variables.canonical_domain or self.url

    @property
    def management_fault(self) -> Failure | None:
        """Why the Management API cannot be asked, before anything is asked; None where it can."""
        needed = ("management_client_id", "management_client_secret")
        if why := self.blocked or self.fault(*needed, "canonical_domain"):
            return why
        missing = [self.variable(name) for name in needed if not getattr(self.variables, name)]
        if len(missing) == len(needed):
            return NotConfigured(f"set {' and '.join(missing)} ({MANAGEMENT_HELP})")
        if missing:
            given = next(self.variable(name) for name in needed if self.variable(name) not in missing)
            return Misconfigured(f"{missing[0]} is not set, though {given} is: set both")
        host = urlsplit(self.management_host).hostname or ""
        if not (host.endswith(".auth0.com") or host in ("localhost", "::1") or host.startswith("127.")):
            why_so = "the Management API is at the tenant's domain by Auth0's own name alone"
            return Misconfigured(f"{self.variable('canonical_domain')} is not set: {why_so}")
        return None

    def variable(self, field_: str) -> str:
        """The name of the environment variable to set for this field."""
        return f"{self.prefix}{field_.upper()}"

    def fault(self, *fields: str) -> Misconfigured | None:
        """What is wrong with the first of these fields that is malformed."""
        return next((self.faults[each] for each in fields if each in self.faults), None)

    def setting(self, field_: str) -> Any:
        """The value of this field; raises Misconfigured where it is malformed."""
        if field_ in self.faults:
            raise self.faults[field_].again()
        return getattr(self.variables, field_)

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """The flows to use: those that are named, else those that what is set allows."""
        if self.variables.flows:
            return tuple(flow for flow in self.variables.flows if flow != "none")
        there = {name for name in ("audience", "client_secret") if getattr(self.variables, name)} | {*self.faults}
        flows: list[Flow] = []
        wanted = {"username", "password", "connections", "expected_claims"} & self.given
        if wanted or any(user.username for user in self.users.values()):
            flows.append("password-realm")
        if {"audience", "client_secret"} <= there:
            flows.append("client-credentials")
        if "offline_access" in self.variables.scope.split():
            flows.append("refresh")
        return tuple(flows)

    @cached_property
    def logins(self) -> tuple[Login, ...]:
        """Each flow × connection; one that says what is missing where there is none.

        They are the same whenever they are asked for: what is performed on one of them is judged by many.
        """
        flows = [flow for flow in self.flows if flow in USER_FLOWS]
        if self.blocked or "flows" in self.faults or (not flows and "login" in self.faults):
            return (Login(self, blocked=self.blocked or self.fault("flows", "login")),)
        if not flows:
            missing = f"set {self.variable('username')} and {self.variable('password')} to log in as a user does"
            demanded = self.variables.login == "required" and not self.variables.flows
            kind = Misconfigured if demanded else NotConfigured
            return (Login(self, blocked=kind(missing)),)
        pairs = [
            (flow, connection)
            for flow in flows
            for connection in (("",) if flow == "password" else self.variables.connections)
        ]
        fresh = ([pair for pair in pairs if pair[0] != "oauth-ro"] or pairs)[:2] if "refresh" in self.flows else []
        rotating = fresh[-1:] if "rotate" in self.flows else []  # of another login than the one whose token is revoked
        offline = (*fresh[:1], *rotating)
        return tuple(self._login(*pair, offline=pair in offline, rotates=pair in rotating) for pair in pairs)

    def _login(self, flow: str, connection: str, *, offline: bool, rotates: bool) -> Login:
        own, variables = self.users.get(connection, User()), self.variables
        username, password = own.username or variables.username, own.password or variables.password
        needed = {"client_id": variables.client_id, "username": username, "password": password}
        missing = [self.variable(name) for name, value in needed.items() if not value]
        lacking = Misconfigured(f"{' and '.join(missing)} not set: a login by {flow} needs it") if missing else None
        scope = variables.scope.split() + ["offline_access"] * offline
        holder = self if own.expected_claims is None and "expected_claims" not in own.faults else own
        return Login(
            self,
            flow,
            connection,
            username or "",
            password,
            " ".join(dict.fromkeys(scope)),
            variables.expected_claims if own.expected_claims is None else own.expected_claims,
            self._fault_of_login(own, flow) or lacking,
            holder.names.get("expected_claims", self.variable("expected_claims")),
            holder.faults.get("expected_claims"),
            own.totp_secret or (None if own.username else variables.totp_secret),
            rotates,
        )

    def _fault_of_login(self, own: User, flow: str) -> Misconfigured | None:
        """What is malformed of that which a login by this flow sends."""
        fields = ["client_id", "client_secret", "scope", *(["device"] if flow == "oauth-ro" else ["audience"])]
        pages = ["callback", "organization", "universal_logins_per_minute"]
        fields += pages if flow == UNIVERSAL_LOGIN else []
        fields += ["connections"] if flow != "password" else []
        of_users = ("username", "password", "totp_secret")
        shared = [name for name in of_users if not (own.username or own.faults.get(name))]
        of_user = next((own.faults[name] for name in of_users if name in own.faults), None)
        return of_user or self.fault(*fields, *shared)


@dataclass(frozen=True, eq=False)
class Login:
    """A tenant × flow × connection, and who logs in. The flow ``password`` uses the tenant's default directory.

    The expected claims are as ``claims_variable`` has them; ``claims_fault`` says why they cannot be looked for.
    ``rotates`` says that its refresh token is exchanged twice.
    """

    tenant: Tenant
    flow: str = ""
    connection: str = ""
    username: str = ""
    password: SecretStr | None = None
    scope: str = ""
    expected_claims: Mapping[str, Any] = field(default_factory=dict)
    blocked: Failure | None = None
    claims_variable: str = ""
    claims_fault: Misconfigured | None = None
    totp_secret: SecretStr | None = None
    rotates: bool = False

    @property
    def id(self) -> str:
        return ":".join(plain(each) for each in (self.tenant.name, self.flow, self.connection) if each)

    @property
    def organization(self) -> str:
        """The organization that it logs in to; empty where it is none, or the flow knows none."""
        return (self.tenant.variables.organization or "") if self.flow == UNIVERSAL_LOGIN else ""

    @property
    def budget(self) -> str:
        """Which of the tenant's settings says how long this may take."""
        return "universal_login_budget" if self.flow == UNIVERSAL_LOGIN else "login_budget"


@dataclass(frozen=True, eq=False)
class Account:
    """A user of a connection, whose profile is asked for with the token of the first login that was theirs."""

    tenant: Tenant
    login: Login

    @property
    def id(self) -> str:
        return ":".join(plain(each) for each in (self.tenant.name, self.login.connection) if each)

    @property
    def blocked(self) -> Failure | None:
        return self.login.blocked


@dataclass(frozen=True, eq=False)
class IdentityProvider:
    """Where the users of a connection log in: who is asked about them, and what somebody said of it."""

    tenant: Tenant
    connection: str = ""
    settings: ProviderSettings = field(default_factory=ProviderSettings)
    blocked: Failure | None = None

    @property
    def id(self) -> str:
        return ":".join(plain(each) for each in (self.tenant.name, self.connection) if each)

    def variable(self, field_: str) -> str:
        """The variable that says this of it."""
        return self.settings.names.get(field_, self.tenant.variable(f"connection_<name>_{field_}"))


@dataclass(frozen=True, eq=False)
class SamlApplication:
    """An application that users come to by SAML, for which the tenant is the identity provider."""

    tenant: Tenant
    client_id: str = ""
    blocked: Failure | None = None

    @property
    def id(self) -> str:
        return ":".join(plain(each) for each in (self.tenant.name, self.client_id) if each)


@dataclass(frozen=True, eq=False)
class Node:
    """One machine of a dedicated deployment, and (for ``health/status``) which of its nine metrics is asked for."""

    tenant: Tenant
    address: tuple[str, int] = ("", 0)
    metric: str = ""
    blocked: Failure | None = None

    @property
    def id(self) -> str:
        return ":".join(plain(each) for each in (self.tenant.name, self.address[0], self.metric) if each)


@dataclass(frozen=True, eq=False)
class Dependency:
    """A service that tenants lean on. ``tenant`` stands in for them: it has the timeouts, and nobody asks it.

    ``private`` says that the address is the user's own and may hold a token, so that nothing of it is remembered.
    """

    tenant: Tenant
    service: Service
    private: bool = False
    blocked: Failure | None = None

    @property
    def id(self) -> str:
        return f"{self.tenant.name}:{plain(self.service.name)}"


Target = Tenant | Login | Account | IdentityProvider | SamlApplication | Node | Dependency


def plain(name: str) -> str:
    """A part of a test's id: it is a key in other people's monitors, and goes unescaped into reports."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[:40]
