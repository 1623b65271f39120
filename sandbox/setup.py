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
    access_tokens: str = ""
    """How the access tokens of APIs are ill: opaque, HS256, forged, other-api or expired."""
    keys_are_rotated: bool = False
    """Another key is published too, and signs."""
