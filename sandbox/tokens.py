"""Handing out tokens, and remembering what was handed out."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import STATIC
from sandbox.directory import User
from sandbox.keys import Draft, Keys
from sandbox.memory import Recent

A_DAY = 86400
TEN_HOURS = 36000
NAMESPACE = "https://sandbox.example"
ACTION_CLAIMS: dict[str, Any] = {f"{NAMESPACE}/roles": ["monitor"], f"{NAMESPACE}/tier": "gold"}
"""What the tenant's Action adds to every ID token."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What was granted to whom; ``user`` is None for a machine."""

    user: User | None
    scope: tuple[str, ...]
    audience: str = ""
    gty: str = "password"
    family: str = ""
    """What all refresh tokens of one login have in common."""


class Tokens:
    """All tokens of one tenant. Faults of ID tokens act on the drafts."""

    def __init__(
        self,
        issuer: str,
        id_token_alg: str,
        keys: Keys,
        draft_faults: Sequence[Callable[[Draft], None]],
        access_tokens: str = "",
    ) -> None:
        self._ill = access_tokens
        self.issuer, self._alg, self._keys, self._draft_faults = issuer, id_token_alg, keys, draft_faults
        self._access: Recent[str, Grant] = Recent()
        self._refresh: Recent[str, Grant] = Recent()
        self._spent: Recent[str, Grant] = Recent()
        self._id: Recent[str, None] = Recent()

    @property
    def handed_out(self) -> list[str]:
        """The tokens that are remembered, of every kind: what whoever asked for them must keep to themselves."""
        return [*self._access, *self._refresh, *self._spent, *self._id]

    def by_access_token(self, token: str) -> Grant | None:
        return self._access.get(token)

    def by_refresh_token(self, token: str) -> Grant | None:
        return self._refresh.get(token)

    def revoke(self, refresh_token: str) -> None:
        """Forget it; one that is unknown is as good as forgotten."""
        self._refresh.pop(refresh_token, None)

    def revoke_family(self, grant: Grant) -> None:
        """Forget all refresh tokens that come from this one login."""
        for token in [token for token, other in self._refresh.items() if other.family == grant.family]:
            self._refresh.pop(token, None)

    def spend(self, refresh_token: str) -> None:
        """It was exchanged for another one: whoever brings it again has it from a thief, or is one."""
        if grant := self._refresh.pop(refresh_token, None):
            self._spent[refresh_token] = grant

    def spent(self, refresh_token: str) -> Grant | None:
        return self._spent.get(refresh_token)

    def access_token(self, grant: Grant) -> str:
        """A JWT where an API is to read it, else an opaque one."""
        readable = grant.audience and self._ill != "opaque"
        token = self._access_jwt(grant) if readable else secrets.token_urlsafe(24)
        self._access[token] = grant
        return token

    def refresh_token(self, grant: Grant) -> str:
        token = f"v1.{secrets.token_urlsafe(40)}"
        self._refresh[token] = grant
        return token

    def id_token(self, user: User, scope: Sequence[str], now: int, **more: str) -> str:
        """``now`` is when it is issued, in UNIX seconds; ``more`` are claims of the login that it is of."""
        profile = user.profile
        claims = {name: value for name, value in profile.items() if "profile" in scope and "email" not in name}
        if "email" in scope:
            claims |= {name: profile[name] for name in ("email", "email_verified")}
        claims |= {
            "iss": self.issuer,
            "aud": STATIC["AUTH0_CLIENT_ID"],
            "sub": user.id,
            "iat": now,
            "exp": now + TEN_HOURS,
            **ACTION_CLAIMS,
            **more,
        }
        draft = Draft(claims, self._alg)
        for fault in self._draft_faults:
            fault(draft)
        token = self._keys.sign(draft)
        self._id[token] = None
        return token

    def _access_jwt(self, grant: Grant) -> str:
        now = int(time.time())
        client = STATIC["AUTH0_CLIENT_ID"]
        everywhere = grant.user and "openid" in grant.scope
        claims = {
            "iss": self.issuer,
            "sub": grant.user.id if grant.user else f"{client}@clients",
            "aud": [grant.audience, f"{self.issuer}userinfo"] if everywhere else grant.audience,
            "iat": now,
            "exp": now + A_DAY,
            "jti": secrets.token_urlsafe(16),  # two in the same second are two
            "azp": client,
            "gty": grant.gty,
        }
        if grant.scope:
            claims["scope"] = " ".join(grant.scope)
        if self._ill == "other-api":
            claims["aud"] = "https://other-api.example"
        if self._ill == "expired":
            claims |= {"iat": now - 2 * A_DAY, "exp": now - A_DAY}
        return self._keys.sign(Draft(claims, "HS256" if self._ill == "HS256" else "RS256", self._ill == "forged"))
