"""What a healthy sandbox answers, question by question, and the words in which a drill says what a fault changes."""

from __future__ import annotations

HEALTHY = {
    "test": "0 h",
    "testall": "200 OK",
    "discovery": "HS256 RS256 PS256",
    "jwks": "1 keys, 1 usable, 1 ids",
    "room": "much",
    "again": "200",
    "certificate": "90 days",
    "ro": "200 bearer access id refresh",
    "password": "200 Bearer access id refresh",
    "realm": "200 Bearer access id refresh",
    "custom": "200 Bearer access id refresh",
    "machine": "200 Bearer access",
    "access": "RS256 [0, 24] True",
    "scope": "as asked",
    "id_token": "[0, 10] [True, True] [['monitor'], 'gold']",
    "pages": "200 Bearer access id",
    "refresh": "200 Bearer access id refresh",
    "reused": "403 invalid_grant",
    "revoked": "403 invalid_grant",
    "logout": "302 login_required",
    "device": "200 device_code user_code",
    "ways out": "idp tenant, idp tenant",
    "saml issuer": "urn:auth0:sandbox:corp-saml",
    "provider": "200 200",
    "x5c": "5000 days",
    "saml metadata": "the key's",
    "idp metadata": "700 days",
    "canonical": "200",
    "dated": "500 400 days, provisioned",
    "userinfo": "200 fe82",
    "tampered": "401 invalid_token",
    "no token": "401 invalid_token",
    "stranger": "403 invalid_grant",
    "stranger by ro": "401 invalid_user_password",
    "wrong secret": "401 access_denied",
    "node 1": "200",
    "node 2": "200",
    "metric 1": "204",
    "metric 2": "204",
}
"""The portrait (``tests/sandbox/portrait.py``) of a sandbox without faults."""

LOGINS = ("ro", "password", "realm", "custom")
AFTER_LOGIN = ("id_token", "refresh", "reused", "revoked", "userinfo", "tampered", "scope")
AFTER_ANY_LOGIN = (*AFTER_LOGIN, "access")
STRANGERS = ("stranger", "stranger by ro")
NODES = ("node 1", "node 2", "metric 1", "metric 2")
ELSEWHERE = ("provider", "idp metadata", "canonical", "dated")
"""What others are asked than the tenant."""
TENANT = tuple(name for name in HEALTHY if name not in (*NODES, *ELSEWHERE, "certificate"))
DOCUMENTS = ("test", "discovery", "jwks")
CREDENTIALS = (*LOGINS, "machine", *STRANGERS, "wrong secret")


def of(questions: tuple[str, ...], answer: str) -> dict[str, str]:
    """All of these questions get this answer."""
    return dict.fromkeys(questions, answer)


def of_logins(answer: str) -> dict[str, str]:
    """All user logins get this answer, so that nobody gets any further."""
    return of(LOGINS, answer) | of(AFTER_LOGIN, "broken")


def of_logins_without(token: str) -> dict[str, str]:
    """All user logins are as they should be, but that this token is missing."""
    return {name: HEALTHY[name].replace(f" {token}", "") for name in LOGINS}


LET_IN = {name: f"200 {kind} access id refresh" for name, kind in zip(STRANGERS, ("Bearer", "bearer"), strict=True)}
"""Strangers get in."""
