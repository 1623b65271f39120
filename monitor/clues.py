"""What Auth0 itself knows of a tenant that may explain what is ill there, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class ClueKind(StrEnum):
    """What a clue is about."""

    LOG = "log"
    """An entry of the tenant's log, of a login of ours that failed."""
    SUCCESS = "logged-in"
    """The log has a login of ours as a success that was not answered as one."""
    LATE = "log-late"
    """The log has nothing of this run yet."""
    USER_BLOCKED = "user-blocked"
    """Brute-force protection blocks the synthetic user."""
    USER_DISABLED = "user-disabled"
    """Somebody blocked the synthetic user in the dashboard."""
    CONNECTION_GONE = "connection-gone"
    CONNECTION_OFF = "connection-off"
    """The connection is there, and is not enabled for the application."""
    CONNECTOR_OFFLINE = "connector-offline"
    ACTION = "action-deployed"
    """An Action was deployed within the hour before."""
    ALLOWED = "address-allowed"
    NOT_ALLOWED = "address-not-allowed"
    RULES = "rules-left"
    NO_RULES = "rules-none"
    STREAM = "log-stream"
    """A log stream is paused."""
    DEPRECATED = "deprecation"
    UNASKED = "not-asked"
    """Something could not be asked for, and why."""


@dataclass(frozen=True, slots=True)
class Clue:
    """A fact about a tenant, in ``words`` of one line that hold no secret.

    ``kind`` is one of ClueKind's, or of a later version. ``connection`` and ``rung`` (``login``, ``machine``) are of
    what it tells; empty where it is of the whole tenant. ``log_type`` is Auth0's word for an entry of its log, ``at``
    when that was, or a deployment (seconds of the epoch; 0 where nothing has a time).
    """

    tenant: str
    kind: str
    words: str
    connection: str = ""
    rung: str = ""
    log_type: str = ""
    at: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The clue that ``to_dict`` wrote; keys of a later version are left out."""
        return cls(**{each.name: told[each.name] for each in fields(cls) if each.name in told})
