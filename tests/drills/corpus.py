"""The corpus: every fault by itself, and the shapes that real incidents have, each with the owner that it must get."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import certifi

import sandbox
from monitor.owners import Owner
from sandbox.box import Sandbox
from tests.drills import machine
from tests.drills.pages import PAGE_DRILLS, PageDrill
from tests.drills.pages import settings as all_pages
from tests.drills.table import DRILLS, PATIENCE, Drill
from tests.suite import NOWHERE, PAGES, RESULTS_ALONE, Performance, configured, perform

RUNNER, CONFIGURATION, EXTENSION = Owner.RUNNER, Owner.CONFIGURATION, Owner.EXTENSION
AUTH0, UPSTREAM, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.UPSTREAM, Owner.THROTTLED, Owner.UNKNOWN

NO_TENANT = {"AUTH0_DOMAIN": "no-such-tenant.invalid"}
HTML = tuple(f"{each}-html" for each in ("statuspage", "aws", "azure", "google", "meta", "auth0"))
SERVICES = ("AWS", "AZURE_AD", "FACEBOOK", "GITHUB", "GOOGLE_WORKSPACE", "SENDGRID", "TWILIO")
OWN_API = {
    "AUTH0_DEPENDENCIES": "default,acme-api",
    "AUTH0_DEPENDENCY_ACME_API_URL": "{pages}/api/actuator/health",
}
WITH_CONTROL = {"AUTH0_DEPENDENCIES": "default,control"}
NO_PAGES = dict.fromkeys([*PAGES, *(f"AUTH0_DEPENDENCY_{name}_URL" for name in SERVICES)], NOWHERE)


NO_NAMES = dict.fromkeys(NO_PAGES, "https://nowhere.invalid")


class Incident(NamedTuple):
    """Faults and variables that are there together, whose work the causes are, and how it shows in the world.

    ``machine`` is how the machine is ill that the suite runs on; ``us`` are the faults of a second tenant.
    """

    owners: frozenset[Owner]
    told: str
    faults: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    machine: str = ""
    us: tuple[str, ...] | None = None


def incident(
    *owners: Owner,
    told: str,
    faults: tuple[str, ...] = (),
    machine: str = "",
    us: tuple[str, ...] | None = None,
    **variables: str,
) -> Incident:
    named = {f"AUTH0_{name}": value for name, value in variables.items()}
    return Incident(frozenset(owners), told, faults, named, machine, us)


INCIDENTS: dict[str, Incident] = {
    "no-way-out": Incident(
        frozenset({RUNNER}), "the machine is offline: no name, no page", (), NO_TENANT | NO_NAMES | {"AUTH0_NODES": ""}
    ),
    "captive-portal": incident(RUNNER, told="a portal answers for everybody", faults=("html-instead-of-json", *HTML)),
    "other-authorities": Incident(
        frozenset({RUNNER}), "the machine trusts other authorities", (), {"REQUESTS_CA_BUNDLE": certifi.where()}
    ),
    "domain-gone": Incident(
        frozenset({CONFIGURATION}), "the tenant's name does not exist", (), NO_TENANT | {"AUTH0_NODES": ""}
    ),
    "nobody-listens": Incident(
        frozenset({AUTH0}),
        "the tenant's address refuses connections",
        (),
        {"AUTH0_DOMAIN": "localhost:9", "AUTH0_CANONICAL_DOMAIN": ""},
    ),
    "rotated-client-secret": incident(
        CONFIGURATION, told="the application's secret is another one", CLIENT_SECRET="rotated-yesterday-0123456789"
    ),
    "changed-password": incident(
        CONFIGURATION, told="the user's password is another one", PASSWORD="changed-yesterday-0123456789"
    ),
    "outage-that-auth0-tells-of": incident(
        AUTH0, told="Auth0 resets every connection, and says so", faults=("reset", "auth0-incident")
    ),
    "logins-break-and-auth0-tells-of-it": incident(
        AUTH0, told="logins break, and Auth0's page says so", faults=("login-500", "auth0-incident")
    ),
    "database-down-and-page-green": incident(
        EXTENSION, told="one connection fails while all pages are green", faults=("custom-database-down",)
    ),
    "database-down-and-node-ill": incident(
        EXTENSION,
        AUTH0,
        told="two causes at once, that have nothing in common",
        faults=("custom-database-down", "node-ill"),
    ),
    "claims-missing-and-services-ill": incident(
        EXTENSION,
        UPSTREAM,
        told="an Action fails, and what it may lean on is ill",
        faults=("claim-missing", "statuspage-incident"),
    ),
    "outage-beside-a-control": Incident(
        frozenset({AUTH0}),
        "the tenant is down, no page can be read, and the control target answers",
        ("reset",),
        NO_PAGES | {"AUTH0_DEPENDENCY_CONTROL_URL": "{pages}/heroku/api/v4/current-status"} | WITH_CONTROL,
    ),
    "no-way-to-the-control": Incident(
        frozenset({RUNNER}),
        "the tenant and the control target are gone; a page near by answers",
        (),
        {"AUTH0_DOMAIN": "localhost:9", "AUTH0_NODES": "", "AUTH0_DEPENDENCY_CONTROL_URL": NOWHERE} | WITH_CONTROL,
    ),
    "one-outage-of-two-tenants": incident(AUTH0, told="two tenants, one outage", faults=("reset",), TENANTS="eu,us"),
    "one-region-down": incident(
        AUTH0, told="the hosts of one region are down, of another well", faults=("reset",), us=()
    ),
    "two-tenants-two-causes": incident(
        CONFIGURATION,
        EXTENSION,
        told="one tenant refuses the password, the other's database is down",
        faults=("login-refused",),
        us=("custom-database-down",),
    ),
    "form-breaks-for-everybody": incident(
        EXTENSION,
        told="a form breaks for everybody who logs in by the page; the password grant holds",
        faults=("form-broken",),
    ),
    "consent-forced-by-a-new-scope": incident(
        CONFIGURATION, told="a scope is new, and every user is asked to consent", faults=("prompt=consent",)
    ),
    "enrolment-forced-by-a-policy": incident(
        CONFIGURATION,
        told="a policy makes every user enrol an authenticator app",
        faults=("prompt=mfa-otp-enrollment-qr",),
    ),
    "captcha-for-our-address": incident(
        THROTTLED, told="bot detection shows a captcha to this address alone", faults=("prompt=interstitial-captcha",)
    ),
    "database-down-in-both-flows": incident(
        EXTENSION, told="one connection's database is down, by page and by grant", faults=("custom-database-down",)
    ),
    "login-page-late": incident(
        AUTH0, told="the login's pages are late, and the grant is not", faults=("login-page-slow",)
    ),
    "login-page-gone": incident(
        AUTH0, told="the login's pages are 500, and the grant holds", faults=("login-page-broken",)
    ),
    "passkey-offered": incident(
        CONFIGURATION, told="users are offered a passkey at each login", faults=("prompt=passkey-enrollment",)
    ),
    "organization-wanted": incident(
        CONFIGURATION, told="the application asks for an organization", faults=("prompt=organization-picker",)
    ),
    "confirmation-wanted": incident(
        CONFIGURATION, told="the login wants a confirmation", faults=("prompt=confirmation",)
    ),
    "code-by-mail-wanted": incident(
        CONFIGURATION, told="a code is mailed", faults=("prompt=email-identifier-challenge",)
    ),
    "texts-not-sent": incident(
        UPSTREAM, told="the sender of text messages is down", faults=("error-key=sms-authenticator-error",)
    ),
    "connection-removed": incident(
        CONFIGURATION, told="the application has lost its connection", faults=("error-key=no-db-connection",)
    ),
    "saml-certificate-ended-and-passwords-work": incident(
        CONFIGURATION,
        told="the certificate of an enterprise connection ended",
        faults=("idp-certificate-expired", "connection-certificate-ended"),
    ),
    "redirect-uri-edited": incident(
        CONFIGURATION,
        told="somebody edited the redirect URI at the provider",
        faults=("idp-error=google-redirect-uri",),
    ),
    "action-deployed-four-minutes-ago": incident(
        EXTENSION,
        told="logins break, no machine logs in, and an Action went out four minutes before",
        faults=("login-500", "management=action-deployed"),
        FLOWS="password-realm,password",
    ),
    "connector-offline": incident(
        UPSTREAM,
        told="a connection refuses everybody, and its AD/LDAP connector is offline",
        faults=("custom-database-down", "management=connector-offline"),
    ),
    "connection-disabled-in-the-dashboard": incident(
        CONFIGURATION,
        told="a connection breaks, and is not enabled for the application any more",
        faults=("custom-database-down", "management=connection-off"),
    ),
    "user-blocked-says-the-tenant": incident(
        CONFIGURATION,
        told="the password is refused as wrong, and brute-force protection blocks the user after that",
        faults=("login-refused", "management=user-blocked"),
    ),
    "log-says-more-than-the-answer": incident(
        EXTENSION,
        told="the answer says that the password is wrong, and the log that an Action failed",
        faults=("login-refused", "management=logs-say-action"),
    ),
    "rules-stopped": incident(
        EXTENSION, told="claims vanish, and Rules are left", faults=("claim-missing", "management=rules-left")
    ),
    "management-api-down-and-logins-work": incident(
        told="the Management API is down, and logins work", faults=("management=down",)
    ),
    "management-api-down-and-logins-break": incident(
        EXTENSION, told="the Management API is down, and so are logins", faults=("login-500", "management=down")
    ),
    "logs-late-and-logins-break": incident(
        EXTENSION, told="logins break, and the tenant's log is late", faults=("login-500", "management=logs-late")
    ),
    "sign-up-instead": incident(UNKNOWN, told="the login ends at a sign-up", faults=("prompt=signup",)),
    "form-asks": incident(EXTENSION, told="a form wants an answer of each user", faults=("prompt=custom-prompt",)),
    "second-factor-without-a-secret": incident(
        CONFIGURATION, told="MFA is on for everybody", faults=("second-factor=asked",)
    ),
    "second-factor-with-another-secret": incident(
        CONFIGURATION,
        told="MFA is on, and the user was enrolled anew",
        faults=("second-factor=asked",),
        TOTP_SECRET="K" * 32,
        FLOWS="universal-login,client-credentials",
        CONNECTIONS="Username-Password-Authentication",
    ),
    "second-factor-with-its-secret": incident(
        told="MFA is on, and its code is given",
        faults=("second-factor=asked",),
        TOTP_SECRET=sandbox.TOTP_SECRET,
        FLOWS="universal-login,client-credentials",
        CONNECTIONS="Username-Password-Authentication",
    ),
    "callback-not-registered": incident(
        CONFIGURATION, told="the callback is not registered", CALLBACK="https://app.example/callback"
    ),
    "unknown-application": incident(
        CONFIGURATION, told="the application was deleted", CLIENT_ID="gone-0123456789", FLOWS="universal-login"
    ),
    "classic-login": incident(told="the tenant has Classic Login still", faults=("login-form=classic",)),
    "names-late": incident(RUNNER, told="every name takes 3.5 s to resolve", machine="names-late"),
    "names-fail": incident(RUNNER, told="no name resolves", machine="names-fail"),
    "name-fails": incident(UNKNOWN, told="no name server tells of the tenant's name alone", machine="name-fails"),
    "ipv6-only": incident(told="the tenant has no address but one of IPv6", machine="ipv6-only"),
    "clock-behind": incident(told="the machine's own clock is an hour behind", machine="clock-behind"),
    "clock-ahead": incident(
        told="the machine's own clock is 45 days ahead, and nothing else is wrong", machine="clock-ahead"
    ),
    "clock-ahead-distrusts": incident(
        RUNNER,
        told="the machine's own clock is 45 days ahead, and the certificate has expired by it",
        faults=("certificate-expired",),
        machine="clock-ahead",
        us=(),  # whose time, and the pages', say whose clock is wrong
    ),
    "clock-behind-expired": incident(
        CONFIGURATION,
        told="the machine's own clock is an hour behind, and the certificate has expired all the same",
        faults=("certificate-expired",),
        machine="clock-behind",
    ),
    "dead-proxy": Incident(
        frozenset({RUNNER}), "nobody listens where the proxy was", (), {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE}
    ),
    "extensions-saturated": incident(
        EXTENSION,
        told="the platform of the extensions is saturated: custom logins fail late, plain ones hold",
        faults=("custom-database-down", "custom-database-slow"),
    ),
    "other-tenant": incident(
        CONFIGURATION,
        told="the domain was moved to another tenant",
        faults=("discovery-wrong-issuer", "wrong-issuer"),
    ),
    "throttled-in-an-incident": incident(
        THROTTLED,
        AUTH0,
        told="our own requests are throttled, and Auth0 has something open",
        faults=("too-many-requests", "auth0-incident"),
    ),
    "database-down-and-its-provider-ill": incident(
        EXTENSION,
        UPSTREAM,
        told="a custom database is down, and so says the provider's page",
        faults=("custom-database-down", "aws-incident"),
    ),
    "services-ill-and-logins-well": incident(
        UPSTREAM, told="three services are down, and logins hold", faults=("statuspage-incident", "aws-minor")
    ),
    "pages-gone-and-logins-refused": incident(
        CONFIGURATION, told="no page can be read, and the password is wrong", faults=("pages-gone", "login-refused")
    ),
    "api-down-and-logins-break": Incident(
        frozenset({UPSTREAM}),
        "an Action fails, and the user's own API that it calls is down",
        ("login-500", "api-incident"),
        OWN_API,
    ),
    "api-well-and-logins-break": Incident(
        frozenset({EXTENSION}), "an Action fails, and the user's own API that it calls is well", ("login-500",), OWN_API
    ),
    "api-down-and-claims-missing": Incident(
        frozenset({UPSTREAM}),
        "claims are missing from the tokens, and the user's own API that they come from is down",
        ("claim-missing", "api-incident"),
        OWN_API,
    ),
    "api-ill-and-database-down": Incident(
        frozenset({EXTENSION, UPSTREAM}),
        "a custom database is down, and the user's own API before it calls itself degraded",
        ("custom-database-down", "api-minor"),
        OWN_API,
    ),
    "api-down-and-password-changed": Incident(
        frozenset({CONFIGURATION, UPSTREAM}),
        "the password is wrong, and the user's own API is down besides",
        ("login-refused", "api-incident"),
        OWN_API,
    ),
    "api-down-and-outage": Incident(
        frozenset({AUTH0, UPSTREAM}),
        "the tenant resets every connection, and the user's own API is down besides",
        ("reset", "api-incident"),
        OWN_API,
    ),
}
"""What happens in the world, by name."""


class Case(NamedTuple):
    """A name, the faults, the owners that the diagnosis must name, and what the run's environment has besides."""

    name: str
    faults: tuple[str, ...]
    owners: frozenset[Owner]
    variables: Mapping[str, str]
    told: str
    machine: str = ""
    us: tuple[str, ...] | None = None

    def perform(self, folder: Path) -> Performance:
        """The suite's run in this case; its results.json is below the folder."""
        with sandbox.start(self.faults) as running, ExitStack() as stack:
            placed = {name: value.replace("{pages}", running.pages) for name, value in self.variables.items()}
            pages = all_pages(running) if self.name in PAGE_DRILLS else {}
            variables = configured(running, folder, **(PATIENCE | pages | placed))
            if self.us is not None:
                variables |= _two_tenants(running, stack.enter_context(sandbox.start(self.us)), folder)
            plugin = ("-p", machine.__name__) if self.machine else ()
            ill = variables | {machine.ILL: self.machine}
            return perform(folder / "reports", ill, *plugin, *RESULTS_ALONE, timeout=180)


def _two_tenants(eu: Sandbox, us: Sandbox, folder: Path) -> dict[str, str]:
    """Variables of two tenants, of which either has a sandbox of its own; its nodes are not asked."""
    trusted = folder / "authorities.pem"
    trusted.write_text("".join(Path(each.environment["SSL_CERT_FILE"]).read_text() for each in (eu, us)))
    places = ("AUTH0_CANONICAL_DOMAIN", *(name for name in us.environment if name.startswith("AUTH0_CONNECTION_")))
    domains = {"AUTH0_EU_DOMAIN": eu.domain, "AUTH0_US_DOMAIN": us.domain}
    domains |= {name.replace("AUTH0_", "AUTH0_US_", 1): us.environment[name] for name in places}
    return {"AUTH0_TENANTS": "eu,us", "AUTH0_NODES": "", "REQUESTS_CA_BUNDLE": str(trusted), **domains}


def pairs(number: int, seed: int) -> Iterator[Case]:
    """So many pairs of faults by chance. One may hide the other, and nobody may be named whose work neither is."""
    chance = random.Random(seed)  # noqa: S311 -- nothing is to be kept secret
    whole = [fault for fault, drill in DRILLS.items() if drill.changes]
    for _ in range(number):
        both = chance.sample(whole, 2)
        drills = [DRILLS[fault] for fault in both]
        owners = frozenset(drill.owner for drill in drills if drill.owner)
        yield Case("+".join(both), tuple(both), owners, drills[0].settings | drills[1].settings, "a pair by chance")


def cases() -> Iterator[Case]:
    """Every fault by itself, then the incidents."""
    told = sandbox.known_faults()
    drills: dict[str, Drill | PageDrill] = {
        **DRILLS,
        **{fault: PAGE_DRILLS[fault] for fault in told if fault in PAGE_DRILLS},
    }
    for fault, drill in drills.items():
        owners = frozenset({drill.owner} if drill.owner else {})
        yield Case(fault, (fault,), owners, drill.settings, told[fault])
    for name, each in INCIDENTS.items():
        yield Case(name, each.faults, each.owners, each.variables, each.told, each.machine, each.us)
