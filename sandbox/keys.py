"""The keys that sign, what is published of them, and ID tokens while they are drafts."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from sandbox import STATIC
from sandbox.setup import A_DAY


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(slots=True)
class Draft:
    """An ID token before it is signed; faults of this stage change it. ``alg`` may be RS256, HS256 and none."""

    claims: dict[str, Any]
    alg: str
    forged: bool = False
    """A key that nobody published signs instead."""
    kid: str = ""
    """The id that the token names; empty for that of the right key."""


class Keys:
    """One key for RS256, made at the start, and the client's secret for HS256. The key ``before`` is published too."""

    def __init__(self, before: Keys | None = None, ends_in: float = 5000 * A_DAY) -> None:
        self._before, self._ends_in = before, ends_in
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        der = self._certificate.public_bytes(serialization.Encoding.DER)
        self._thumbprint = hashlib.sha1(der, usedforsecurity=False).digest()
        self._chain = [base64.b64encode(der).decode()]
        self.kid = _base64url(hashlib.sha256(der).digest())[:21]
        self._rsa = RSAKey.import_key(self._private, {"kid": self.kid})
        self._secret = OctKey.import_key(STATIC["AUTH0_CLIENT_SECRET"])

    @cached_property
    def _forging(self) -> RSAKey:
        """A key that nobody published; few need it, and making it takes a tenth of a second."""
        return RSAKey.generate_key(2048)

    @cached_property
    def _certificate(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox.example")])
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder(name, name, self._private.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2000))
            .not_valid_after(now + timedelta(seconds=self._ends_in))
            .sign(self._private, hashes.SHA256())
        )

    @property
    def certificate(self) -> str:
        """That of the key that signs, in base64."""
        return self._chain[0]

    @cached_property
    def published(self) -> list[dict[str, Any]]:
        """What ``/.well-known/jwks.json`` lists."""
        public = self._rsa.as_dict(private=False)
        return [
            {
                "kty": "RSA",
                "use": "sig",
                "n": public["n"],
                "e": public["e"],
                "kid": self.kid,
                "x5t": _base64url(self._thumbprint),
                "x5c": self._chain,
                "alg": "RS256",
            },
            *(self._before.published if self._before else []),
        ]

    def sign(self, draft: Draft) -> str:
        """The token that this draft becomes."""
        header = {"alg": draft.alg, "typ": "JWT"}
        if draft.alg == "none":
            # No library of good character makes these.
            return ".".join(_base64url(json.dumps(part).encode()) for part in (header, draft.claims)) + "."
        key: RSAKey | OctKey
        if draft.alg == "HS256":
            key = OctKey.import_key(draft.claims["sub"] * 3) if draft.forged else self._secret
        else:
            header["kid"] = draft.kid or self.kid
            key = self._forging if draft.forged else self._rsa
        return jwt.encode(header, draft.claims, key, algorithms=[draft.alg])
