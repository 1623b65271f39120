"""The second factor: codes by time (RFC 6238), each taken once, and the tokens that stand for a login without one.

Made of the standard library alone: the monitor has its codes from a library, and the two must agree.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from sandbox.directory import User
from sandbox.memory import Recent
from sandbox.setup import Setup

STEP = 30
"""Seconds for which a code holds."""

DIGITS = 6


class SecondFactor:
    """Who is asked for a code, and which codes are taken."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._used: Recent[tuple[str, int], None] = Recent()
        self._waiting: Recent[str, tuple[User, dict[str, str]]] = Recent()

    @property
    def pages(self) -> list[str]:
        """The pages on which it is asked for."""
        return ["mfa-detect-browser-capabilities", "mfa-otp-challenge"] if self._setup.second_factor else []

    @property
    def is_due(self) -> bool:
        return bool(self._setup.second_factor)

    @property
    def handed_out(self) -> list[str]:
        return list(self._waiting)

    def wait(self, user: User, asked: dict[str, str]) -> str:
        """A token for this login, which lacks a second factor still."""
        token = f"Fe26.2*sandbox*{secrets.token_urlsafe(48)}"
        self._waiting[token] = (user, asked)
        return token

    def waiting(self, token: str) -> tuple[User, dict[str, str]] | None:
        return self._waiting.get(token)

    def done(self, token: str) -> None:
        self._waiting.pop(token, None)

    def takes(self, user: User, code: str, at: float) -> bool:
        """Whether this is a code of the user's, of this step or one beside it, that was not taken before."""
        now = int(at + self._setup.clock_of_codes) // STEP
        for step in (now, now - 1, now + 1):
            if hmac.compare_digest(_code(self._setup.second_factor, step).encode(), code.encode()):
                fresh = (user.id, step) not in self._used
                self._used[user.id, step] = None
                return fresh
        return False


def _code(secret: str, step: int) -> str:
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return str((struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)
