"""Faults of the Management API, and of what it knows; most are values of one family, of which several go together."""

from sandbox.faults.registry import FAMILIES, Family, Fault, before_the_start
from sandbox.setup import Setup

VALUES = (
    "down",
    "refused",
    "limited",
    "write-scope",
    "scopes-missing",
    "no-scopes",
    "logs-late",
    "logs-denied",
    "logs-unfiltered",
    "logs-say-action",
    "logs-say-success",
    "deprecation",
    "user-blocked",
    "user-disabled",
    "connection-gone",
    "connection-off",
    "connector-offline",
    "action-deployed",
    "address-allowed",
    "stream-paused",
    "rules-left",
    "rules-gone",
)


def _management(value: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.management |= {value}

    return Fault(f"management={value}", f"The Management API: {value}.", set_up=set_up)


FAMILIES["management"] = Family("management", "The Management API is, or tells, this.", VALUES, _management)


@before_the_start
def connection_certificate_ended(setup: Setup) -> None:
    """The Management API: the certificate of the connection corp-saml ended three days ago."""
    setup.management |= {"certificate-ended"}


@before_the_start
def application_key_ending(setup: Setup) -> None:
    """The Management API: the application's key ends in nine days."""
    setup.management |= {"credentials-ending"}


@before_the_start
def custom_domain_not_renewed(setup: Setup) -> None:
    """The Management API: the certificate of the custom domain could not be renewed."""
    setup.management |= {"domain-failing"}
