"""Faults of connections whose users log in elsewhere: at the tenant, and at the identity provider."""

from sandbox.faults.registry import FAMILIES, Family, Fault, before_the_start
from sandbox.identity_provider import ERRORS
from sandbox.setup import Setup


def _error(name: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.idp_error = name

    return Fault(f"idp-error={name}", f"The identity provider: its pages show {name}.", set_up=set_up)


FAMILIES["idp-error"] = Family("idp-error", "The identity provider: its pages show this.", tuple(ERRORS), _error)


@before_the_start
def connections_removed(setup: Setup) -> None:
    """/authorize: the connections that lead to the identity provider are not found."""
    setup.refuses_connections = "removed"


@before_the_start
def connections_disabled(setup: Setup) -> None:
    """/authorize: the connections that lead to the identity provider are not enabled for the application."""
    setup.refuses_connections = "disabled"


@before_the_start
def developer_keys(setup: Setup) -> None:
    """/authorize: the social connection asks by the keys that Auth0 lends."""
    setup.developer_keys = True


@before_the_start
def connections_elsewhere(setup: Setup) -> None:
    """/authorize: the connections lead to another host than the identity provider's."""
    setup.leads_to = "login.other.example"


@before_the_start
def connections_back_elsewhere(setup: Setup) -> None:
    """/authorize: identity providers are asked to lead back to another domain."""
    setup.leads_back_to = "other.example"


@before_the_start
def saml_issuer_changed(setup: Setup) -> None:
    """/authorize: the SAML request names another issuer."""
    setup.saml_issuer = "urn:auth0:another:name"


@before_the_start
def identity_provider_down(setup: Setup) -> None:
    """The identity provider: its pages are 503."""
    setup.idp_error = "maintenance"
