"""A tenant in a box: it answers on loopback as Auth0 does, and can be made ill in every way that a monitor must notice.

Importing this costs nothing; the server is imported when it is started::

    with sandbox.start(["login-refused"]) as box:
        run_something(env=os.environ | box.environment)
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing for it would take longer than all the rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from sandbox.box import Asked, Sandbox

__all__ = [
    "DEFAULT_CONNECTION",
    "MANAGEMENT",
    "NODES",
    "STATIC",
    "TOTP_SECRET",
    "known_families",
    "known_faults",
    "start",
    "unknown",
]

NODES = 2
"""How many nodes there are."""

DEFAULT_CONNECTION = "Username-Password-Authentication"

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of every user's authenticator app, where the fault ``second-factor=asked`` asks for its codes."""

MANAGEMENT = {
    "AUTH0_MANAGEMENT_CLIENT_ID": "sandboxManagementClientId0123456",
    "AUTH0_MANAGEMENT_CLIENT_SECRET": "sandbox-management-secret_9876543210-zyxwvutsrqponmlkjihgfedcba",
}
"""The application that may read the Management API."""

STATIC: dict[str, str] = {
    "AUTH0_CLIENT_ID": "sandboxClientId0123456789abcdefg",
    "AUTH0_CLIENT_SECRET": "sandbox-client-secret_0123456789-abcdefghijklmnopqrstuvwxyz-ABCD",
    "AUTH0_USERNAME": "monitor@sandbox.example",
    "AUTH0_PASSWORD": "sandbox-password-of-the-prober",
    "AUTH0_CONNECTIONS": f"{DEFAULT_CONNECTION},custom-users",
    "AUTH0_CONNECTION_CUSTOM_USERS_USERNAME": "monitor@custom.sandbox.example",
    "AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD": "sandbox-password-in-the-custom-database",
    "AUTH0_FLOWS": ("oauth-ro,password,password-realm,universal-login,client-credentials,refresh,rotate,logout,device"),
    "AUTH0_AUDIENCE": "https://api.sandbox.example",
    "AUTH0_CALLBACK": "https://monitor.invalid/callback",
    "AUTH0_ID_TOKEN": "sandbox-id-token.for-the-health-endpoints.never-verified",
    "AUTH0_ID_TOKEN_ALG": "RS256",
    "AUTH0_EXPECTED_CLAIMS": (
        '{"https://sandbox.example/roles":{"type":"array"},"https://sandbox.example/tier":"gold"}'
    ),
    "AUTH0_HEALTH_API_KEY": "sandbox-health-api-key-0123456789",
    "AUTH0_REDIRECTS": "google-oauth2,corp-saml",
    "AUTH0_CONNECTION_GOOGLE_OAUTH2_SECRET_EXPIRES": "2099-12-31",
    "AUTH0_SAML_APPLICATIONS": "sandboxSamlApplication0123456789",
    "AUTH0_CONNECTION_CORP_SAML_ISSUER": "urn:auth0:sandbox:corp-saml",
    "AUTH0_REGION": "EU-1",
    "AUTH0_DEPENDENCY_SALESFORCE_COMPONENTS": "EU45",
}
"""What is known without starting: all of the environment but addresses and the certificate authority. No whitespace."""


def start(
    faults: Iterable[str] = (),
    *,
    delay: float = 0.0,
    port: int = 0,
    limits: Literal["generous", "real"] = "generous",
    id_token_alg: Literal["RS256", "HS256"] = "RS256",  # noqa: S107 -- an algorithm
    on_asked: Callable[[Asked], None] | None = None,
    callbacks: Iterable[str] = (),
) -> Sandbox:
    """A running tenant with these faults; every answer leaves ``delay`` seconds after its request arrived.

    ``port`` 0 takes a free one. ``on_asked`` is called for every request, from the thread that answers it. Logins may
    lead back to ``callbacks`` besides ``AUTH0_CALLBACK``, and pages of their origins may ask for tokens. An unknown
    fault, or any other value that makes no sense, is a ValueError; a port that cannot be had is an OSError.
    """
    from sandbox.box import Sandbox

    return Sandbox(
        faults,
        delay=delay,
        port=port,
        limits=limits,
        id_token_alg=id_token_alg,
        on_asked=on_asked or (lambda _: None),
        callbacks=frozenset(callbacks),
    )


def known_faults() -> dict[str, str]:
    """Each fault's name and what it does, in the order in which they are applied."""
    from sandbox.faults import FAULTS

    return {fault.name: fault.told for fault in FAULTS.values()}


def known_families() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Faults that are written ``name=value``: what one does, and which values there are."""
    from sandbox.faults import FAMILIES

    return {family.name: (family.told, family.values) for family in FAMILIES.values()}


def unknown(faults: Iterable[str]) -> list[str]:
    """Those of these names that no fault has."""
    families = known_families()

    def known(name: str) -> bool:
        family, equals, value = name.partition("=")
        return name in known_faults() or bool(equals and family in families and value in families[family][1])

    return sorted({name for name in faults if not known(name)})
