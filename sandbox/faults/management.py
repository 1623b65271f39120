"""Faults of the Management API, and of what it knows; each is a value of one family, and several go together."""

from sandbox.faults.registry import FAMILIES, Family, Fault
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
    "certificate-ended",
    "credentials-ending",
    "domain-failing",
)


def _management(value: str) -> Fault:
    def set_up(setup: Setup) -> None:
        setup.management |= {value}

    return Fault(f"management={value}", f"The Management API: {value}.", set_up=set_up)


FAMILIES["management"] = Family("management", "The Management API is, or tells, this.", VALUES, _management)
