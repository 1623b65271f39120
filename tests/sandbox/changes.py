"""The portrait of a healthy sandbox, and what each fault changes in it."""

from __future__ import annotations

WELL = {
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
    "id_token": "[0, 10] [True, True] [['monitor'], 'gold']",
    "refresh": "200 Bearer access id",
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
LOGINS = ("ro", "password", "realm", "custom")
AFTER_LOGIN = ("id_token", "refresh", "userinfo", "tampered")
STRANGERS = ("stranger", "stranger by ro")
NODES = ("node 1", "node 2", "metric 1", "metric 2")
TENANT = tuple(name for name in WELL if name not in (*NODES, "certificate"))
DOCUMENTS = ("test", "discovery", "jwks")
CREDENTIALS = (*LOGINS, "machine", *STRANGERS, "wrong secret")


def all_of(names: tuple[str, ...], told: str) -> dict[str, str]:
    return dict.fromkeys(names, told)


def logins(told: str) -> dict[str, str]:
    """All user logins get this answer, so that nobody gets any further."""
    return all_of(LOGINS, told) | all_of(AFTER_LOGIN, "broken")


def without(token: str) -> dict[str, str]:
    return {name: WELL[name].replace(f" {token}", "") for name in LOGINS}


LET_IN = {name: f"200 {kind} access id refresh" for name, kind in zip(STRANGERS, ("Bearer", "bearer"), strict=True)}

CHANGES: dict[str, dict[str, str]] = {
    "certificate-expired": all_of((*TENANT, *NODES), "untrusted") | {"certificate": "certificate has expired"},
    "certificate-wrong-name": all_of((*TENANT, *NODES), "untrusted") | {"certificate": "Hostname mismatch"},
    "certificate-incomplete": all_of((*TENANT, *NODES), "untrusted")
    | {"certificate": "unable to get local issuer certificate"},
    "certificate-expiring": {"certificate": "5 days"},
    "default-directory-missing": all_of(("password", "stranger"), "500 server_error") | all_of(AFTER_LOGIN, "broken"),
    "custom-database-down": {"custom": "500 server_error"},
    "custom-database-slow": {"custom": "timeout"},
    "keys-rotated": {"jwks": "2 keys, 2 usable, 2 ids"},
    "stranger-may-enter": LET_IN,
    "wrong-secret-accepted": {"wrong secret": "200 Bearer access"},
    "userinfo-accepts-tampered": {"tampered": "200"},
    "anyone-may-enter": {**LET_IN, "wrong secret": "200 Bearer access", "tampered": "200"},
    "node-down": all_of(("node 1", "metric 1"), "refused"),
    "node-ill": {"node 1": "500", "metric 1": "520"},
    "node-throttled": {"metric 1": "429"},
    "node-wrong-key": {"metric 1": "401"},
    "forged-signature": {"id_token": "not the tenant's"},
    "key-unpublished": {"id_token": "not the tenant's"},
    "alg-none": {"id_token": "not the tenant's"},
    "hs256-instead": {"id_token": "not the tenant's"},
    "expired-token": {"id_token": "[-2, -1] [True, True] [['monitor'], 'gold']"},
    "iat-in-the-future": {"id_token": "[1, 10] [True, True] [['monitor'], 'gold']"},
    "wrong-issuer": {"id_token": "[0, 10] [False, True] [['monitor'], 'gold']"},
    "wrong-audience": {"id_token": "[0, 10] [True, False] [['monitor'], 'gold']"},
    "claim-missing": {"id_token": "[0, 10] [True, True] [None, None]"},
    "claim-renamed": {"id_token": "[0, 10] [True, True] [None, 'gold']"},
    "claim-wrong-type": {"id_token": "[0, 10] [True, True] ['monitor', 'gold']"},
    "claim-wrong-value": {"id_token": "[0, 10] [True, True] [['monitor'], 'silver']"},
    "testall-500": {"testall": "500 page"},
    "testall-404": {"testall": "404 page"},
    "test-503": {"test": "503 text/html", "again": "503"},
    "test-404": {"test": "404 text/html", "again": "404"},
    "clock-skewed": {"test": "-1 h"},
    "clock-missing": {"test": "no clock"},
    "discovery-wrong-issuer": {"discovery": "issuer HS256 RS256 PS256"},
    "discovery-plain-http-endpoint": {"discovery": "token_endpoint HS256 RS256 PS256"},
    "discovery-foreign-endpoint": {"discovery": "token_endpoint HS256 RS256 PS256"},
    "discovery-no-rs256": {"discovery": "HS256 PS256"},
    "jwks-empty": {"jwks": "0 keys, 0 usable, 0 ids", "id_token": "not the tenant's"},
    "jwks-duplicate-kid": {"jwks": "2 keys, 2 usable, 1 ids"},
    "jwks-unusable": {"jwks": "2 keys, 0 usable, 2 ids", "id_token": "not the tenant's"},
    "login-refused": logins("403 invalid_grant") | {"ro": "401 invalid_user_password"},
    "login-500": logins("500 server_error"),
    "login-slow": all_of((*LOGINS, *AFTER_LOGIN, *STRANGERS), "timeout"),
    "bot-protection": logins("401 requires_verification") | all_of(STRANGERS, "401 requires_verification"),
    "user-blocked": logins("401 unauthorized"),
    "password-leaked": logins("401 password_leaked"),
    "too-many-attempts": logins("429 too_many_attempts") | all_of(STRANGERS, "429 too_many_attempts"),
    "mfa-required": logins("403 mfa_required") | all_of(STRANGERS, "403 mfa_required"),
    "grant-not-allowed": logins("403 unauthorized_client") | all_of(STRANGERS, "403 unauthorized_client"),
    "unicode-error": logins("403 access_denied"),
    "invalid-json": logins("200 application/json"),
    "json-array": logins("200 [{'access_token': 'a'}]"),
    "tokens-missing": without("id") | {"id_token": "none"},
    "wrong-token-type": all_of(LOGINS, "200 mac access id refresh"),
    "refresh-missing": without("refresh") | {"refresh": "none"},
    "refresh-refused": {"refresh": "403 invalid_grant"},
    "machine-login-refused": {"machine": "401 access_denied"},
    "userinfo-other-user": {"userinfo": "200 0000"},
    "userinfo-refuses": {"userinfo": "401 invalid_token"},
    "refusal-429": all_of((*STRANGERS, "wrong secret"), "429 too_many_requests"),
    "refusal-bot-protection": all_of((*STRANGERS, "wrong secret"), "401 requires_verification"),
    "too-many-requests": all_of((*CREDENTIALS, "no token"), "429 too_many_requests") | all_of(AFTER_LOGIN, "broken"),
    "rate-limit-low": {"room": "little"},
    "html-instead-of-json": all_of((*DOCUMENTS, *CREDENTIALS, "no token"), "200 text/html")
    | all_of(AFTER_LOGIN, "broken")
    | {"testall": "200 page", "room": "unsaid"},
    "page-in-the-way": all_of(CREDENTIALS, "403 text/html") | all_of(AFTER_LOGIN, "broken"),
    "redirect": all_of((*DOCUMENTS, *CREDENTIALS, "no token"), "302 text/html")
    | all_of(AFTER_LOGIN, "broken")
    | {"testall": "302 page", "again": "302"},
    "huge-body": all_of(TENANT, "too large"),
    "slow": all_of(TENANT, "timeout"),
    "hang": all_of(TENANT, "timeout"),
    "drip": all_of(TENANT, "broken"),
    "truncated-body": all_of(TENANT, "broken"),
    "reset": all_of(TENANT, "broken"),
}
"""What each fault changes in the portrait. A blip is another matter: it depends on who asks first."""
