"""The connections and their users."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox import DEFAULT_CONNECTION, STATIC
from sandbox.setup import Setup

CUSTOM_USERS = "custom-users"
SCRIPT_TAKES = 0.003
"""Seconds that the script of the custom database needs."""


@dataclass(frozen=True, slots=True)
class User:
    """A user of one connection; ``id`` is what tokens and profiles call ``sub``."""

    id: str
    username: str
    password: str

    @property
    def profile(self) -> dict[str, Any]:
        """What ``/userinfo`` tells, and the ID token in part."""
        nickname = self.username.partition("@")[0]
        return {
            "sub": self.id,
            "nickname": nickname,
            "name": self.username,
            "picture": f"https://cdn.auth0.com/avatars/{nickname[:2]}.png",
            "updated_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "email": self.username,
            "email_verified": True,
        }


_CUSTOM = f"AUTH0_CONNECTION_{CUSTOM_USERS.upper().replace('-', '_')}"
USER = User("auth0|5f7c8ec7c33c6c004bbafe82", STATIC["AUTH0_USERNAME"], STATIC["AUTH0_PASSWORD"])
CUSTOM_USER = User(f"auth0|{CUSTOM_USERS}|1042", STATIC[f"{_CUSTOM}_USERNAME"], STATIC[f"{_CUSTOM}_PASSWORD"])
USERS = {DEFAULT_CONNECTION: USER, CUSTOM_USERS: CUSTOM_USER}
"""Each connection has one."""


class DatabaseScriptFailed(Exception):
    """The script of the custom database could not do its work."""


def find(connection: str, username: str, password: str, setup: Setup) -> User | None:
    """The user who may log in with these; None where there is none, or the password is another."""
    if connection == CUSTOM_USERS and not setup.custom_database_is_up:
        raise DatabaseScriptFailed
    user = USERS[connection]
    if user.username == username and hmac.compare_digest(user.password.encode(), password.encode()):
        return user
    if setup.lets_strangers_in:
        return User(f"auth0|{hashlib.sha256(username.encode()).hexdigest()[:24]}", username, password)
    return None
