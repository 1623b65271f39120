"""The drills: for each fault of the sandbox exactly the verdicts that it must change, to which status, in which words.

A verdict is named ``probe`` (of every target) or ``probe@part``, where ``part`` is in its target's name, or with
``probe@=name`` is that name. The words are part of the reason. What is not named must stay as in a healthy sandbox.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.verdict import Status

UP, DEGRADED, DOWN, UNKNOWN, SKIPPED = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN, Status.SKIPPED

HEALTH = ("test_endpoint_tells_the_time", "testall_endpoint_says_ok")
CERTIFICATE = ("certificate_matches_the_tenants_name", "certificate_is_valid_for_two_more_weeks")
DISCOVERY = ("issuer_is_this_tenant", "every_endpoint_is_https_on_this_tenant", "rs256_is_offered")
KEYS = ("a_signing_key_is_published", "key_ids_are_unique")
SIGNATURE = "id_token_is_signed_by_this_tenant"
ID_TOKEN = (
    "id_token_is_issued_by_this_tenant",
    "id_token_is_meant_for_this_application",
    "id_token_is_current",
    "extension_adds_the_expected_claims",
)
LOGIN = ("login_hands_out_tokens", "login_answers_within_its_budget", SIGNATURE, *ID_TOKEN, "rate_limit_has_room")
PROFILE = "profile_is_that_of_the_user_who_logged_in"
MACHINE = "machine_login_hands_out_an_access_token"
REFRESH = "refresh_token_is_exchanged_for_an_access_token"
STRANGER = "user_who_does_not_exist_is_refused"
TAMPERED = "tampered_access_token_is_refused"
SECRET = "wrong_client_secret_is_refused"
NODE = "node_says_ok"
METRIC = "node_health_status_is_up"

USER = (*LOGIN, PROFILE, REFRESH, TAMPERED)
"""All that needs a user's login."""
TENANT = (*HEALTH, *DISCOVERY, *KEYS, *USER, MACHINE, STRANGER, SECRET)
"""All that is judged by the tenant's answers; the nodes are asked on addresses of their own."""
FIRST_NODE = "127.0.0.2"
CUSTOM = "custom-users"


class Change(NamedTuple):
    """These verdicts become this."""

    names: tuple[str, ...]
    status: Status
    words: str


def change(names: str | tuple[str, ...], status: Status, words: str) -> Change:
    return Change((names,) if isinstance(names, str) else names, status, words)


class Drill(NamedTuple):
    """What a fault changes; ``settings`` are variables that the run has besides."""

    changes: tuple[Change, ...]
    settings: dict[str, str]


def drill(*changes: Change, **settings: str) -> Drill:
    return Drill(changes, {f"AUTH0_{name}": value for name, value in settings.items()})


def at(part: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}@{part}" for name in names)


QUICK = {"TIMEOUT": "0.9"}

DRILLS: dict[str, Drill] = {
    # The health endpoints.
    "testall-500": drill(change("testall_endpoint_says_ok", DOWN, "status 500")),
    "test-503": drill(change("test_endpoint_tells_the_time", DOWN, "status 503")),
    "test-404": drill(change("test_endpoint_tells_the_time", SKIPPED, "does not serve /test any more")),
    "testall-404": drill(change("testall_endpoint_says_ok", SKIPPED, "does not serve /testall any more")),
    "clock-skewed": drill(change("test_endpoint_tells_the_time", DOWN, "-3600 s from the answer's own time")),
    "clock-missing": drill(change("test_endpoint_tells_the_time", DOWN, "without a clock")),
    # Discovery and keys.
    "discovery-wrong-issuer": drill(change("issuer_is_this_tenant", DOWN, "the issuer is")),
    "discovery-plain-http-endpoint": drill(
        change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost")
    ),
    "discovery-foreign-endpoint": drill(
        change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost")
    ),
    "discovery-no-rs256": drill(change("rs256_is_offered", DOWN, "RS256 is not among them")),
    "jwks-empty": drill(
        change("a_signing_key_is_published", DOWN, "the key set is empty"),
        change("key_ids_are_unique", DOWN, "the key set is empty"),
        change(SIGNATURE, DOWN, "not among the 0 that are published"),
    ),
    "jwks-duplicate-kid": drill(change("key_ids_are_unique", DOWN, "several keys have the id")),
    "jwks-unusable": drill(
        change("a_signing_key_is_published", DOWN, "can verify a signature"),
        change(SIGNATURE, DOWN, "which is not among the"),
    ),
    # Logins.
    "login-refused": drill(change(USER, DOWN, "the user is unknown or the password is wrong")),
    "login-500": drill(
        change((PROFILE, TAMPERED), DOWN, "500 server_error"),
        change(at("oauth-ro", *LOGIN), DOWN, "500 server_error"),
        change(at("password-realm", *LOGIN), DOWN, "500 server_error"),
        change((*at("=password", *LOGIN), REFRESH), UNKNOWN, "or it is failing: compare with password-realm"),
    ),
    "login-slow": drill(change((*LOGIN, STRANGER), DEGRADED, "of a budget of 3 s")),
    "tokens-missing": drill(
        change("login_hands_out_tokens", DOWN, "brought no ID token"),
        change((SIGNATURE, *ID_TOKEN), DOWN, "brought no ID token"),
        change(PROFILE, DOWN, "brought no ID token"),
    ),
    "wrong-token-type": drill(change("login_hands_out_tokens", DOWN, "not bearer")),
    "forged-signature": drill(change(SIGNATURE, DOWN, "signature is not the tenant's")),
    "alg-none": drill(change(SIGNATURE, DOWN, "signed by 'none'")),
    "hs256-instead": drill(change(SIGNATURE, DOWN, "signed by 'HS256' where RS256 is configured")),
    "wrong-issuer": drill(change("id_token_is_issued_by_this_tenant", DOWN, "the ID token was issued by")),
    "wrong-audience": drill(change("id_token_is_meant_for_this_application", DOWN, "not for AUTH0_CLIENT_ID")),
    "expired-token": drill(change("id_token_is_current", DOWN, "expired 3600 s before")),
    "iat-in-the-future": drill(change("id_token_is_current", DOWN, "from the answer's own time")),
    "claim-missing": drill(change("extension_adds_the_expected_claims", DOWN, "is missing")),
    "claim-wrong-type": drill(change("extension_adds_the_expected_claims", DOWN, "does not fit its schema")),
    "claim-wrong-value": drill(change("extension_adds_the_expected_claims", DOWN, "another value")),
    "rate-limit-low": drill(change("rate_limit_has_room", DEGRADED, "requests are left")),
    "custom-database-down": drill(change(at(CUSTOM, *LOGIN, PROFILE, TAMPERED, STRANGER), DOWN, "500 server_error")),
    "default-directory-missing": drill(change((*at("=password", *LOGIN), REFRESH), UNKNOWN, "no Default Directory")),
    "grant-not-allowed": drill(change((*USER, STRANGER), UNKNOWN, "may not use this grant")),
    "bot-protection": drill(change((*USER, STRANGER), UNKNOWN, "bot protection suspects the runner")),
    "mfa-required": drill(change((*USER, STRANGER), UNKNOWN, "asked for a second factor")),
    "too-many-requests": drill(change((*USER, MACHINE, STRANGER, SECRET), UNKNOWN, "ran into a limit")),
    "unicode-error": drill(change(USER, DOWN, "403 access_denied")),
    "invalid-json": drill(change(USER, DOWN, "17 bytes that are not JSON")),
    "json-array": drill(change(USER, DOWN, "a JSON list where an object was expected")),
    # The profile, machines, staying logged in.
    "userinfo-other-user": drill(change(PROFILE, DOWN, "names another user")),
    "userinfo-refuses": drill(change(PROFILE, DOWN, "401")),
    "machine-login-refused": drill(change(MACHINE, DOWN, "")),
    "refresh-refused": drill(change(REFRESH, DOWN, "")),
    "refresh-missing": drill(change(REFRESH, DOWN, "was given no refresh token")),
    # Those who must not be let in.
    "anyone-may-enter": drill(
        change(STRANGER, DOWN, "a user who does not exist was let in"),
        change(TAMPERED, DOWN, "accepted an access token that had been changed"),
        change(SECRET, DOWN, "let in with a wrong secret"),
    ),
    "stranger-may-enter": drill(change(STRANGER, DOWN, "a user who does not exist was let in")),
    "userinfo-accepts-tampered": drill(change(TAMPERED, DOWN, "accepted an access token that had been changed")),
    "wrong-secret-accepted": drill(change(SECRET, DOWN, "let in with a wrong secret")),
    "refusal-429": drill(change((STRANGER, SECRET), UNKNOWN, "ran into a limit")),
    "refusal-bot-protection": drill(change((STRANGER, SECRET), UNKNOWN, "bot protection suspects the runner")),
    # The whole tenant.
    "html-instead-of-json": drill(change(TENANT, DOWN, "an HTML page")),
    "redirect": drill(change(TENANT, DOWN, "a redirect (status 302)")),
    "truncated-body": drill(change(TENANT, DOWN, "the connection broke")),
    "huge-body": drill(change(TENANT, DOWN, "more than 2 MiB")),
    "reset": drill(change(TENANT, DOWN, "the connection broke before an answer came")),
    "hang": drill(change(TENANT, DOWN, "timed out"), **QUICK),
    "drip": drill(change(TENANT, DOWN, "timed out"), **QUICK),
    "slow": drill(change(TENANT, DEGRADED, "s of a budget of")),
    "blip": drill(change(TENANT, DEGRADED, "right only on the second attempt; the first: status 503")),
    # The certificate, which the nodes show too.
    "certificate-expired": drill(change((*TENANT, *CERTIFICATE, NODE, METRIC), DOWN, "it has expired")),
    "certificate-wrong-name": drill(
        change((*TENANT, *CERTIFICATE, NODE, METRIC), DOWN, "certificate is not valid for 'localhost'")
    ),
    "certificate-expiring": drill(change("certificate_is_valid_for_two_more_weeks", DEGRADED, "expires in")),
    # The nodes.
    "node-down": drill(change(at(FIRST_NODE, NODE, METRIC), DOWN, "connection refused")),
    "node-ill": drill(
        change(at(FIRST_NODE, NODE), DOWN, "status 500"),
        change(at(FIRST_NODE, METRIC), DEGRADED, "the node warns (status 520)"),
    ),
    "node-throttled": drill(change(at(FIRST_NODE, METRIC), UNKNOWN, "more than ten times a second")),
    "node-wrong-key": drill(change(at(FIRST_NODE, METRIC), UNKNOWN, "does not accept AUTH0_HEALTH_API_KEY")),
}
