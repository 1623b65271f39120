"""The drills: for each fault of the sandbox exactly the verdicts that it must change, to which status, in which words.

And whose work the diagnosis must call it: there is one cause, or for what is nobody's none.

A verdict is named ``probe`` (of every target) or ``probe@part``, where ``part`` is in its target's name, or with
``probe@=name`` is that name. The words are part of the reason. What is not named must stay as in a healthy sandbox.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.owners import Owner
from monitor.status import SEVERITY, Status

AUTH0, CONFIGURATION, EXTENSION = Owner.AUTH0, Owner.CONFIGURATION, Owner.EXTENSION
RUNNER, THROTTLED = Owner.RUNNER, Owner.THROTTLED
NOBODY = None

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
    """What a fault changes, and whose work the run calls it; ``settings`` are variables that the run has besides."""

    owner: Owner | None
    changes: tuple[Change, ...]
    run: Status
    settings: dict[str, str]


def drill(owner: Owner | None, *changes: Change, run: Status | None = None, timeout: str = "") -> Drill:
    """``run`` is the run's status, where it is not that of the worst verdict."""
    spoken = max((each.status for each in changes), key=SEVERITY.__getitem__)
    whole = run or (UP if spoken is SKIPPED else spoken)
    return Drill(owner, changes, whole, {"AUTH0_TIMEOUT": timeout} if timeout else {})


def at(part: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}@{part}" for name in names)


QUICK = "0.9"

DRILLS: dict[str, Drill] = {
    # The health endpoints.
    "testall-500": drill(AUTH0, change("testall_endpoint_says_ok", DOWN, "status 500"), run=DEGRADED),
    "test-503": drill(AUTH0, change("test_endpoint_tells_the_time", DOWN, "status 503"), run=DEGRADED),
    "test-404": drill(NOBODY, change("test_endpoint_tells_the_time", SKIPPED, "does not serve /test any more")),
    "testall-404": drill(NOBODY, change("testall_endpoint_says_ok", SKIPPED, "does not serve /testall any more")),
    "clock-skewed": drill(
        AUTH0, change("test_endpoint_tells_the_time", DOWN, "-3600 s from the answer's own time"), run=DEGRADED
    ),
    "clock-missing": drill(AUTH0, change("test_endpoint_tells_the_time", DOWN, "without a clock"), run=DEGRADED),
    # Discovery and keys.
    "discovery-wrong-issuer": drill(AUTH0, change("issuer_is_this_tenant", DOWN, "the issuer is")),
    "discovery-plain-http-endpoint": drill(
        AUTH0, change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost")
    ),
    "discovery-foreign-endpoint": drill(
        AUTH0, change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost")
    ),
    "discovery-no-rs256": drill(AUTH0, change("rs256_is_offered", DOWN, "RS256 is not among them")),
    "jwks-empty": drill(
        AUTH0,
        change("a_signing_key_is_published", DOWN, "the key set is empty"),
        change("key_ids_are_unique", DOWN, "the key set is empty"),
        change(SIGNATURE, DOWN, "not among the 0 that are published"),
    ),
    "jwks-duplicate-kid": drill(AUTH0, change("key_ids_are_unique", DOWN, "several keys have the id")),
    "jwks-unusable": drill(
        AUTH0,
        change("a_signing_key_is_published", DOWN, "can verify a signature"),
        change(SIGNATURE, DOWN, "which is not among the"),
    ),
    # Logins.
    "login-refused": drill(CONFIGURATION, change(USER, DOWN, "the user is unknown or the password is wrong")),
    "login-500": drill(
        EXTENSION,
        change((PROFILE, TAMPERED), DOWN, "500 server_error"),
        change(at("oauth-ro", *LOGIN), DOWN, "500 server_error"),
        change(at("password-realm", *LOGIN), DOWN, "500 server_error"),
        change((*at("=password", *LOGIN), REFRESH), UNKNOWN, "or it is failing: compare with password-realm"),
    ),
    "login-slow": drill(EXTENSION, change((*LOGIN, STRANGER), DEGRADED, "of a budget of 3 s")),
    "tokens-missing": drill(
        CONFIGURATION,
        change("login_hands_out_tokens", DOWN, "brought no ID token"),
        change((SIGNATURE, *ID_TOKEN), DOWN, "brought no ID token"),
        change(PROFILE, DOWN, "brought no ID token"),
    ),
    "wrong-token-type": drill(AUTH0, change("login_hands_out_tokens", DOWN, "not bearer")),
    "forged-signature": drill(AUTH0, change(SIGNATURE, DOWN, "signature is not the tenant's")),
    "key-unpublished": drill(AUTH0, change(SIGNATURE, DOWN, "which is not among the 1 that are published")),
    "keys-rotated": Drill(NOBODY, (), UP, {}),
    "alg-none": drill(AUTH0, change(SIGNATURE, DOWN, "signed by 'none'")),
    "hs256-instead": drill(CONFIGURATION, change(SIGNATURE, DOWN, "signed by 'HS256' where RS256 is configured")),
    "wrong-issuer": drill(AUTH0, change("id_token_is_issued_by_this_tenant", DOWN, "the ID token was issued by")),
    "wrong-audience": drill(AUTH0, change("id_token_is_meant_for_this_application", DOWN, "not for AUTH0_CLIENT_ID")),
    "expired-token": drill(AUTH0, change("id_token_is_current", DOWN, "expired 3600 s before")),
    "iat-in-the-future": drill(AUTH0, change("id_token_is_current", DOWN, "from the answer's own time")),
    "claim-missing": drill(EXTENSION, change("extension_adds_the_expected_claims", DOWN, "is missing")),
    "claim-renamed": drill(EXTENSION, change("extension_adds_the_expected_claims", DOWN, "is missing")),
    "claim-wrong-type": drill(EXTENSION, change("extension_adds_the_expected_claims", DOWN, "does not fit its schema")),
    "claim-wrong-value": drill(EXTENSION, change("extension_adds_the_expected_claims", DOWN, "another value")),
    "rate-limit-low": drill(THROTTLED, change("rate_limit_has_room", DEGRADED, "requests are left")),
    "custom-database-down": drill(
        EXTENSION, change(at(CUSTOM, *LOGIN, PROFILE, TAMPERED, STRANGER), DOWN, "500 server_error")
    ),
    "default-directory-missing": drill(
        CONFIGURATION, change((*at("=password", *LOGIN), REFRESH), UNKNOWN, "no Default Directory")
    ),
    "custom-database-slow": drill(EXTENSION, change(at(CUSTOM, *LOGIN, STRANGER), DEGRADED, "of a budget of 3 s")),
    "user-blocked": drill(CONFIGURATION, change(USER, DOWN, "the synthetic user is blocked")),
    "password-leaked": drill(CONFIGURATION, change(USER, DOWN, "breach")),
    "too-many-attempts": drill(THROTTLED, change((*USER, STRANGER), UNKNOWN, "a limit")),
    "page-in-the-way": drill(RUNNER, change((*USER, MACHINE, STRANGER, SECRET), DOWN, "403")),
    "grant-not-allowed": drill(CONFIGURATION, change((*USER, STRANGER), UNKNOWN, "may not use this grant")),
    "bot-protection": drill(THROTTLED, change((*USER, STRANGER), UNKNOWN, "bot protection suspects the runner")),
    "mfa-required": drill(CONFIGURATION, change((*USER, STRANGER), UNKNOWN, "asked for a second factor")),
    "too-many-requests": drill(THROTTLED, change((*USER, MACHINE, STRANGER, SECRET), UNKNOWN, "ran into a limit")),
    "unicode-error": drill(EXTENSION, change(USER, DOWN, "403 access_denied")),
    "invalid-json": drill(AUTH0, change(USER, DOWN, "17 bytes that are not JSON")),
    "json-array": drill(AUTH0, change(USER, DOWN, "a JSON list where an object was expected")),
    # The profile, machines, staying logged in.
    "userinfo-other-user": drill(AUTH0, change(PROFILE, DOWN, "names another user")),
    "userinfo-refuses": drill(AUTH0, change(PROFILE, DOWN, "401")),
    "machine-login-refused": drill(CONFIGURATION, change(MACHINE, DOWN, "")),
    "refresh-refused": drill(CONFIGURATION, change(REFRESH, DOWN, "")),
    "refresh-missing": drill(CONFIGURATION, change(REFRESH, DOWN, "was given no refresh token")),
    # Those who must not be let in.
    "anyone-may-enter": drill(
        AUTH0,
        change(STRANGER, DOWN, "a user who does not exist was let in"),
        change(TAMPERED, DOWN, "accepted an access token that had been changed"),
        change(SECRET, DOWN, "let in with a wrong secret"),
    ),
    "stranger-may-enter": drill(AUTH0, change(STRANGER, DOWN, "a user who does not exist was let in")),
    "userinfo-accepts-tampered": drill(AUTH0, change(TAMPERED, DOWN, "accepted an access token that had been changed")),
    "wrong-secret-accepted": drill(AUTH0, change(SECRET, DOWN, "let in with a wrong secret")),
    "refusal-429": drill(THROTTLED, change((STRANGER, SECRET), UNKNOWN, "ran into a limit")),
    "refusal-bot-protection": drill(
        THROTTLED, change((STRANGER, SECRET), UNKNOWN, "bot protection suspects the runner")
    ),
    # The whole tenant.
    "html-instead-of-json": drill(CONFIGURATION, change(TENANT, DOWN, "an HTML page")),
    "redirect": drill(CONFIGURATION, change(TENANT, DOWN, "a redirect (status 302)")),
    "truncated-body": drill(AUTH0, change(TENANT, DOWN, "the connection broke")),
    "huge-body": drill(AUTH0, change(TENANT, DOWN, "more than 2 MiB")),
    "reset": drill(AUTH0, change(TENANT, DOWN, "the connection broke before an answer came")),
    "hang": drill(AUTH0, change(TENANT, DOWN, "timed out"), timeout=QUICK),
    "drip": drill(AUTH0, change(TENANT, DOWN, "timed out"), timeout=QUICK),
    "slow": drill(AUTH0, change(TENANT, DEGRADED, "s of a budget of")),
    "blip": drill(AUTH0, change(TENANT, DEGRADED, "right only on the second attempt; the first: status 503")),
    # The certificate, which the nodes show too.
    "certificate-expired": drill(CONFIGURATION, change((*TENANT, *CERTIFICATE, NODE, METRIC), DOWN, "it has expired")),
    "certificate-wrong-name": drill(
        CONFIGURATION, change((*TENANT, *CERTIFICATE, NODE, METRIC), DOWN, "certificate is not valid for 'localhost'")
    ),
    "certificate-incomplete": drill(
        CONFIGURATION,
        change((*TENANT, *CERTIFICATE, NODE, METRIC), DOWN, "is not to be trusted: unable to get local issuer"),
    ),
    "certificate-expiring": drill(
        CONFIGURATION, change("certificate_is_valid_for_two_more_weeks", DEGRADED, "expires in")
    ),
    # The nodes.
    "node-down": drill(AUTH0, change(at(FIRST_NODE, NODE, METRIC), DOWN, "connection refused")),
    "node-ill": drill(
        AUTH0,
        change(at(FIRST_NODE, NODE), DOWN, "status 500"),
        change(at(FIRST_NODE, METRIC), DEGRADED, "the node warns (status 520)"),
    ),
    "node-throttled": drill(THROTTLED, change(at(FIRST_NODE, METRIC), UNKNOWN, "more than ten times a second")),
    "node-wrong-key": drill(
        CONFIGURATION, change(at(FIRST_NODE, METRIC), UNKNOWN, "does not accept AUTH0_HEALTH_API_KEY")
    ),
}
