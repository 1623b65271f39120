"""How the tenant is set up when it starts; faults of this stage change it first."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox import DEFAULT_CONNECTION

AN_HOUR = 3600.0
A_DAY = 24 * AN_HOUR


@dataclass(slots=True)
class Setup:
    """All that is well, until a fault changes it."""

    certificate_names: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")
    certificate_ends_in: float = 90 * A_DAY
    """Seconds from now."""
    certificate_is_whole: bool = True
    """Whether it is shown with that of the authority in between, which nobody has."""
    silent_nodes: set[str] = field(default_factory=set)
    """Their addresses are taken, and nobody listens there."""
    pages: set[tuple[str, str]] = field(default_factory=set)
    """What the status pages tell of: formats and shapes."""
    default_directory: str | None = DEFAULT_CONNECTION
    lets_strangers_in: bool = False
    accepts_any_secret: bool = False
    accepts_any_access_token: bool = False
    custom_database_is_up: bool = True
    login_form: str = "identifier"
    """How the login begins: ``identifier`` (the user's name on a page of its own), ``one-page``, or ``classic``."""
    prompts: list[str] = field(default_factory=list)
    """The pages that stand between a right password and the application, in their order."""
    shows_captcha: bool = False
    form_breaks: bool = False
    """The form of the page ``custom-prompt`` does not take its own answer."""
    second_factor: str = ""
    """The secret (base32) of the codes that every user is asked for; empty where nobody is."""
    clock_of_codes: float = 0.0
    """Seconds by which the clock is ahead that codes are held against."""
    rotates: bool = True
    """Whether a refresh token is exchanged for another one."""
    forgives_reuse: bool = False
    """A refresh token that was exchanged is taken once more."""
    logout_ends_nothing: bool = False
    revokes_nothing: bool = False
    error_key: str = ""
    """The error of every login at the pages, with a right password."""
    callbacks: frozenset[str] = frozenset()
    """Where logins may lead back to, besides ``AUTH0_CALLBACK``."""
    action_denies: tuple[str, str] | None = None
    """With which error, and in which words, an Action denies every login."""
    action_redirects: str = ""
    """Where an Action sends every login to."""
    access_tokens: str = ""
    """How the access tokens of APIs are ill: opaque, HS256, forged, other-api or expired."""
    refuses_connections: str = ""
    """How the tenant answers for connections that lead elsewhere: ``removed`` or ``disabled``."""
    developer_keys: bool = False
    """The social connection asks by the keys that Auth0 lends."""
    leads_to: str = ""
    """The host that connections lead to, in the place of the identity provider's."""
    leads_back_to: str = ""
    """The host that the identity provider has to lead back to, in the place of the tenant's."""
    saml_issuer: str = ""
    """How the tenant calls itself to the identity provider, in the place of its usual name."""
    signing_certificate_ends_in: float = 5000 * A_DAY
    """Seconds from now, of the certificate of the key that signs."""
    idp_certificates_end_in: tuple[float, ...] = (700 * A_DAY,)
    """The same of the certificates in the identity provider's metadata."""
    idp_metadata: str = ""
    """How that is ill: ``html``, ``bomb``, ``external``, ``huge``, ``several``, ``broken``."""
    saml_metadata_is_old: bool = False
    """The metadata of SAML applications has the certificate of another key."""
    canonical_domain: str = ""
    """How the tenant's canonical domain is ill: ``down`` or ``blocked``."""
    custom_domain_is_up: bool = True
    management: frozenset[str] = frozenset()
    """How the Management API is ill, and what it tells."""
    idp_error: str = ""
    """What the pages of the identity provider show: one of ``sandbox.identity_provider.ERRORS``."""
    keys_are_rotated: bool = False
    """Another key is published too, and signs."""
