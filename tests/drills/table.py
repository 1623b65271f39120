"""The drills: a row for each fault of the sandbox, the status pages' apart (``tests/drills/pages.py``).

A row says all that a fault does: which of the sandbox's answers it changes, to what; whose work the diagnosis must call
it (there is one cause, or for what is nobody's none); and exactly the verdicts that become others, to which status, in
which words. ``tests/sandbox/test_faults.py`` holds the sandbox to it, ``tests/drills/test_drills.py`` the suite.

Answers are named and written as in ``tests/sandbox/answers.py``. A verdict is named ``probe`` (of every target) or
``probe@part``, where ``part`` is in its target's name, or with ``probe@=name`` is that name. The words are part
of the reason. What is not named must stay as in a healthy sandbox.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.owners import Owner
from monitor.status import SEVERITY, Status
from tests.sandbox import answers

AUTH0, CONFIGURATION, EXTENSION = Owner.AUTH0, Owner.CONFIGURATION, Owner.EXTENSION
RUNNER, THROTTLED, UPSTREAM = Owner.RUNNER, Owner.THROTTLED, Owner.UPSTREAM
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
SCOPE = "login_grants_the_scope_that_was_asked_for"
API, MACHINE_API = "access_token_is_one_that_its_api_accepts", "machine_access_token_is_one_that_its_api_accepts"
LOGIN = (
    "login_hands_out_tokens",
    "login_answers_within_its_budget",
    SIGNATURE,
    *ID_TOKEN,
    SCOPE,
    "rate_limit_has_room",
)
ROLES, TIER = "https://sandbox.example/roles", "https://sandbox.example/tier"
PROFILE = "profile_is_that_of_the_user_who_logged_in"
MACHINE = "machine_login_hands_out_an_access_token"
REFRESH = "refresh_token_is_exchanged_for_an_access_token"
ROTATION = ("rotated_refresh_token_is_exchanged_too", "refresh_token_that_was_exchanged_is_refused")
REVOCATION = "revoked_refresh_token_is_refused"
LOGOUT = "logout_ends_the_session_and_leads_back"
DEVICE = "device_is_given_a_code_and_told_to_wait"
STAYING = (REFRESH, *ROTATION, REVOCATION)
"""All that needs a refresh token."""
LEADS, IN_NAME = "connection_leads_to_its_identity_provider", "identity_provider_is_asked_in_this_tenants_name"
TAKES = "identity_provider_takes_the_request"
WAYS = (LEADS, IN_NAME)
SIGNING, METADATA = "signing_certificate_lasts_for_weeks", "identity_providers_certificate_lasts_for_weeks"
SAML, SAML_LASTS, CANONICAL = (
    "saml_metadata_has_a_signing_certificate_of_the_tenant",
    "certificate_of_the_saml_application_lasts_for_weeks",
    "canonical_domain_answers_beside_the_custom_one",
)
CONNECTIONS_LAST = "certificates_of_enterprise_connections_last_for_weeks"
KEYS_LAST = "credentials_of_the_application_last_for_weeks"
DOMAINS_LAST = "custom_domains_are_verified_and_renewed"
STRANGER = "user_who_does_not_exist_is_refused"
TAMPERED = "tampered_access_token_is_refused"
SECRET = "wrong_client_secret_is_refused"
NODE = "node_says_ok"
METRIC = "node_health_status_is_up"

USER = (*LOGIN, API, PROFILE, *STAYING, TAMPERED, LOGOUT)
"""All that needs a user's login."""
PROMPT = (*HEALTH, *DISCOVERY, *KEYS, *USER, MACHINE, MACHINE_API, DEVICE, STRANGER, SECRET)
"""What is late where the tenant is."""
OWN_DOMAIN = (*PROMPT, *WAYS, TAKES, SIGNING, SAML, SAML_LASTS)
TENANT = (*OWN_DOMAIN, CANONICAL)
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
    """What a fault changes; ``answers`` are the sandbox's, ``settings`` are variables of the suite's run besides."""

    answers: dict[str, str]
    owner: Owner | None
    changes: tuple[Change, ...]
    run: Status
    settings: dict[str, str]
    either: tuple[str, ...]


def drill(
    answers: dict[str, str],
    owner: Owner | None,
    *changes: Change,
    run: Status | None = None,
    timeout: str = "",
    either: tuple[str, ...] = (),
) -> Drill:
    """``run`` is the run's status, where it is not the worst verdict's; ``timeout`` is the suite's, in seconds.

    ``either`` are probes that are up or degraded, by which of two requests comes first.
    """
    worst = max((each.status for each in changes), key=SEVERITY.__getitem__, default=UP)
    whole = run or (UP if worst is SKIPPED else worst)
    return Drill(answers, owner, changes, whole, {"AUTH0_TIMEOUT": timeout} if timeout else {}, either)


def at(part: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}@{part}" for name in names)


PAGES = (*at("universal-login", *LOGIN, API), LOGOUT)
"""All that needs a login through pages."""
GRANTS = (*at("oauth-ro", *LOGIN), *at("password", *LOGIN, API))
"""What is judged of logins without one."""

PATIENCE = {"AUTH0_BUDGET": "3.5"}
"""For a machine that is busy with other tests: what a fault makes late is later than that."""
QUICK = "0.9"
PATIENT = "60"

DRILLS: dict[str, Drill] = {
    # The health endpoints.
    "testall-500": drill(
        {"testall": "500 page"}, AUTH0, change("testall_endpoint_says_ok", DOWN, "status 500"), run=DEGRADED
    ),
    "test-503": drill(
        {"test": "503 text/html", "again": "503"},
        AUTH0,
        change("test_endpoint_tells_the_time", DOWN, "status 503"),
        run=DEGRADED,
    ),
    "test-404": drill(
        {"test": "404 text/html", "again": "404"},
        NOBODY,
        change("test_endpoint_tells_the_time", SKIPPED, "does not serve /test any more"),
    ),
    "testall-404": drill(
        {"testall": "404 page"}, NOBODY, change("testall_endpoint_says_ok", SKIPPED, "does not serve /testall any more")
    ),
    "clock-skewed": drill(
        {"test": "-1 h"},
        AUTH0,
        change("test_endpoint_tells_the_time", DOWN, "-3600 s from the answer's own time"),
        run=DEGRADED,
    ),
    "clock-missing": drill(
        {"test": "no clock"}, AUTH0, change("test_endpoint_tells_the_time", DOWN, "without a clock"), run=DEGRADED
    ),
    # Discovery and keys.
    "discovery-wrong-issuer": drill(
        {"discovery": "issuer HS256 RS256 PS256"}, AUTH0, change("issuer_is_this_tenant", DOWN, "the issuer is")
    ),
    "discovery-plain-http-endpoint": drill(
        {"discovery": "token_endpoint HS256 RS256 PS256"},
        AUTH0,
        change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost"),
    ),
    "discovery-foreign-endpoint": drill(
        {"discovery": "token_endpoint HS256 RS256 PS256"},
        AUTH0,
        change("every_endpoint_is_https_on_this_tenant", DOWN, "which is not on https://localhost"),
    ),
    "discovery-no-rs256": drill(
        {"discovery": "HS256 PS256"}, AUTH0, change("rs256_is_offered", DOWN, "RS256 is not among them")
    ),
    "jwks-empty": drill(
        {"jwks": "0 keys, 0 usable, 0 ids", "id_token": "not the tenant's", "access": "not the tenant's"},
        AUTH0,
        change("a_signing_key_is_published", DOWN, "the key set is empty"),
        change("key_ids_are_unique", DOWN, "the key set is empty"),
        change((SIGNING, SAML), DOWN, "the key set is empty"),
        change((SIGNATURE, API, MACHINE_API), DOWN, "not among the 0 that are published"),
    ),
    "jwks-duplicate-kid": drill(
        {"jwks": "2 keys, 2 usable, 1 ids"}, AUTH0, change("key_ids_are_unique", DOWN, "several keys have the id")
    ),
    "jwks-unusable": drill(
        {"jwks": "2 keys, 0 usable, 2 ids", "id_token": "not the tenant's", "access": "not the tenant's"},
        AUTH0,
        change("a_signing_key_is_published", DOWN, "can verify a signature"),
        change((SIGNATURE, API, MACHINE_API), DOWN, "which is not among the"),
    ),
    # Logins.
    "login-refused": drill(
        answers.of_logins("403 invalid_grant") | {"ro": "401 invalid_user_password"},
        CONFIGURATION,
        change(USER, DOWN, "the user is unknown or the password is wrong"),
        change(PAGES, DOWN, "(wrong-email-credentials): see AUTH0_USERNAME"),
    ),
    "login-500": drill(
        answers.of_logins("500 server_error"),
        EXTENSION,
        change((PROFILE, TAMPERED), DOWN, "500 server_error"),
        change(at("oauth-ro", *LOGIN), DOWN, "500 server_error"),
        change(at("password-realm", *LOGIN, API), DOWN, "500 server_error"),
        change((*at("=password", *LOGIN, API), REFRESH, REVOCATION), UNKNOWN, "or it is failing: compare with"),
        change(ROTATION, DOWN, "500 server_error"),
        change(PAGES, DOWN, "says that something went wrong with the login (authentication-failure)"),
    ),
    "login-slow": drill(
        answers.of((*answers.LOGINS, *answers.AFTER_LOGIN, *answers.STRANGERS), "timeout"),
        EXTENSION,
        change((*GRANTS, STRANGER), DEGRADED, "of a budget of 3 s"),
    ),
    "tokens-missing": drill(
        answers.of_logins_without("id") | {"id_token": "none"},
        CONFIGURATION,
        change("login_hands_out_tokens", DOWN, "brought no ID token"),
        change((SIGNATURE, *ID_TOKEN), DOWN, "brought no ID token"),
        change(PROFILE, DOWN, "brought no ID token"),
    ),
    "wrong-token-type": drill(
        answers.of(answers.LOGINS, "200 mac access id refresh"),
        AUTH0,
        change("login_hands_out_tokens", DOWN, "not bearer"),
    ),
    "forged-signature": drill(
        {"id_token": "not the tenant's"}, AUTH0, change(SIGNATURE, DOWN, "signature is not the tenant's")
    ),
    "key-unpublished": drill(
        {"id_token": "not the tenant's"}, AUTH0, change(SIGNATURE, DOWN, "which is not among the 1 that are published")
    ),
    "access-token-opaque": drill(
        {"access": "opaque"}, CONFIGURATION, change((API, MACHINE_API), DOWN, "the access token is no JWT")
    ),
    "access-token-hs256": drill(
        {"access": "HS256"}, NOBODY, change((API, MACHINE_API), SKIPPED, "signed by HS256, with the API's own secret")
    ),
    "access-token-forged": drill(
        {"access": "not the tenant's"}, AUTH0, change((API, MACHINE_API), DOWN, "signature is not the tenant's")
    ),
    "access-token-other-api": drill(
        {"access": "RS256 [0, 24] False"}, AUTH0, change((API, MACHINE_API), DOWN, "not for AUTH0_AUDIENCE")
    ),
    "access-token-expired": drill(
        {"access": "RS256 [-48, -24] True"}, AUTH0, change((API, MACHINE_API), DOWN, "expired 86")
    ),
    "scope-not-granted": drill(
        {"scope": "openid profile"}, CONFIGURATION, change((SCOPE, API), DEGRADED, "which AUTH0_SCOPE asks for")
    ),
    "keys-rotated": drill({"jwks": "2 keys, 2 usable, 2 ids"}, NOBODY),
    "jwks-rotating": drill({}, NOBODY),  # whoever looks again, as client libraries do, finds the key
    "alg-none": drill({"id_token": "not the tenant's"}, AUTH0, change(SIGNATURE, DOWN, "signed by 'none'")),
    "hs256-instead": drill(
        {"id_token": "not the tenant's"},
        CONFIGURATION,
        change(SIGNATURE, DOWN, "signed by 'HS256' where RS256 is configured"),
    ),
    "wrong-issuer": drill(
        {"id_token": "[0, 10] [False, True] [['monitor'], 'gold']"},
        AUTH0,
        change("id_token_is_issued_by_this_tenant", DOWN, "the ID token was issued by"),
    ),
    "wrong-audience": drill(
        {"id_token": "[0, 10] [True, False] [['monitor'], 'gold']"},
        AUTH0,
        change("id_token_is_meant_for_this_application", DOWN, "not for AUTH0_CLIENT_ID"),
    ),
    "expired-token": drill(
        {"id_token": "[-2, -1] [True, True] [['monitor'], 'gold']"},
        AUTH0,
        change("id_token_is_current", DOWN, "expired 3600 s before"),
    ),
    "iat-in-the-future": drill(
        {"id_token": "[1, 10] [True, True] [['monitor'], 'gold']"},
        AUTH0,
        change("id_token_is_current", DOWN, "from the answer's own time"),
    ),
    "claim-missing": drill(
        {"id_token": "[0, 10] [True, True] [None, None]"},
        EXTENSION,
        change(
            "extension_adds_the_expected_claims",
            DOWN,
            f"claim '{ROLES}' is missing; claim '{TIER}' is missing",
        ),
    ),
    "claim-renamed": drill(
        {"id_token": "[0, 10] [True, True] [None, 'gold']"},
        EXTENSION,
        change("extension_adds_the_expected_claims", DOWN, f"claim '{ROLES}' is missing"),
    ),
    "claim-wrong-type": drill(
        {"id_token": "[0, 10] [True, True] ['monitor', 'gold']"},
        EXTENSION,
        change("extension_adds_the_expected_claims", DOWN, f"claim '{ROLES}' does not fit its schema (type: array)"),
    ),
    "claim-wrong-value": drill(
        {"id_token": "[0, 10] [True, True] [['monitor'], 'silver']"},
        EXTENSION,
        change("extension_adds_the_expected_claims", DOWN, f"claim '{TIER}' has another value"),
    ),
    "rate-limit-low": drill(
        {"room": "little"}, THROTTLED, change("rate_limit_has_room", DEGRADED, "requests are left")
    ),
    "custom-database-down": drill(
        {"custom": "500 server_error"},
        EXTENSION,
        change(at(CUSTOM, *LOGIN, API, PROFILE, TAMPERED, STRANGER), DOWN, "500 server_error"),
        change(at("universal-login:custom-users", *LOGIN, API), DOWN, "(custom-script-error-code)"),
    ),
    "default-directory-missing": drill(
        answers.of(("password", "stranger"), "500 server_error") | answers.of(answers.AFTER_LOGIN, "broken"),
        CONFIGURATION,
        change((*at("=password", *LOGIN, API), REFRESH, REVOCATION), UNKNOWN, "no Default Directory"),
    ),
    "custom-database-slow": drill(
        {"custom": "timeout"},
        EXTENSION,
        change(
            (*at("oauth-ro:custom-users", *LOGIN), *at("password-realm:custom-users", *LOGIN, API, STRANGER)),
            DEGRADED,
            "of a budget of 3 s",
        ),
    ),
    "user-blocked": drill(
        answers.of_logins("401 unauthorized"), CONFIGURATION, change(USER, DOWN, "the synthetic user is blocked")
    ),
    "password-leaked": drill(answers.of_logins("401 password_leaked"), CONFIGURATION, change(USER, DOWN, "breach")),
    "too-many-attempts": drill(
        answers.of_logins("429 too_many_attempts") | answers.of(answers.STRANGERS, "429 too_many_attempts"),
        THROTTLED,
        change((*USER, STRANGER), UNKNOWN, "the brute-force protection blocks the synthetic user"),
        change(PAGES, UNKNOWN, "(user-blocked): the monitor's own footprint"),
    ),
    "page-in-the-way": drill(
        answers.of(answers.CREDENTIALS, "403 text/html") | answers.of(answers.AFTER_ANY_LOGIN, "broken"),
        RUNNER,
        change((*USER, MACHINE, MACHINE_API, DEVICE, STRANGER, SECRET), DOWN, "403"),
        run=UNKNOWN,
    ),
    "grant-not-allowed": drill(
        answers.of_logins("403 unauthorized_client") | answers.of(answers.STRANGERS, "403 unauthorized_client"),
        CONFIGURATION,
        change((*GRANTS, PROFILE, *STAYING, TAMPERED, STRANGER), UNKNOWN, "may not use this grant"),
    ),
    "bot-protection": drill(
        answers.of_logins("401 requires_verification") | answers.of(answers.STRANGERS, "401 requires_verification"),
        THROTTLED,
        change((*USER, STRANGER), UNKNOWN, "bot protection stops the runner"),
        change(PAGES, UNKNOWN, "(invalid-captcha): put the runner's address on the allow list"),
    ),
    "mfa-required": drill(
        answers.of_logins("403 mfa_required") | answers.of(answers.STRANGERS, "403 mfa_required"),
        CONFIGURATION,
        change((*USER, STRANGER), UNKNOWN, "asked for a second factor"),
        change(PAGES, UNKNOWN, "asks the synthetic user for a code from a text message (mfa-sms-challenge)"),
    ),
    "too-many-requests": drill(
        answers.of((*answers.CREDENTIALS, "no token"), "429 too_many_requests")
        | answers.of(answers.AFTER_ANY_LOGIN, "broken"),
        THROTTLED,
        change((*USER, MACHINE, MACHINE_API, DEVICE, STRANGER, SECRET), UNKNOWN, "ran into a limit"),
    ),
    "unicode-error": drill(
        answers.of_logins("403 access_denied"),
        EXTENSION,
        change(USER, DOWN, "403 access_denied"),
        change(PAGES, DOWN, "leads back to AUTH0_CALLBACK with access_denied"),
    ),
    "invalid-json": drill(
        answers.of_logins("200 application/json"), AUTH0, change(USER, DOWN, "17 bytes that are not JSON")
    ),
    "json-array": drill(
        answers.of_logins("200 [{'access_token': 'a'}]"),
        AUTH0,
        change(USER, DOWN, "a JSON list where an object was expected"),
    ),
    # The pages of Universal Login, which nobody passes who logs in without them.
    "form-broken": drill({}, EXTENSION, change(PAGES, DOWN, "rejects its own answer (broken-form)")),
    "captcha-shown": drill({}, THROTTLED, change(PAGES, UNKNOWN, "a captcha beside the password (captcha)")),
    "action-redirects": drill({}, EXTENSION, change(PAGES, UNKNOWN, "to go to another host (foreign-host, survey.")),
    "action-denies": drill({}, EXTENSION, change(PAGES, DOWN, 'with access_denied ("Logins are closed until Monday")')),
    "login-page-slow": drill({}, AUTH0, change(at("universal-login", *LOGIN, API), DEGRADED, "of a budget of 6 s")),
    "login-page-broken": drill({}, AUTH0, change(PAGES, DOWN, "status 500")),
    "login-page-blip": drill(
        {},
        AUTH0,
        change(at("universal-login", *LOGIN, API), DEGRADED, "right only on a retry; first: status 503"),
    ),
    "tokens-reused": drill({}, CONFIGURATION, change(ROTATION[1], DOWN, "is taken again")),
    "revocation-forgotten": drill({}, CONFIGURATION, change(REVOCATION, DOWN, "that was revoked is still accepted")),
    "logout-forgotten": drill({}, CONFIGURATION, change(LOGOUT, DOWN, "the session still exists")),
    "device-code-missing": drill({}, AUTH0, change(DEVICE, DOWN, "the answer to a device lacks its user_code")),
    "rotation-off": drill({}, NOBODY, change(ROTATION, SKIPPED, "refresh tokens do not rotate")),
    # Connections whose users log in elsewhere.
    "connections-removed": drill(
        {"ways out": "invalid_request invalid_request", "saml issuer": "none", "dated": "400 days, provisioned"},
        CONFIGURATION,
        change((*WAYS, TAKES), DOWN, 'invalid_request ("the connection was not found")'),
        change(CONNECTIONS_LAST, SKIPPED, "no enterprise connection has a certificate"),
    ),
    "connections-disabled": drill(
        {"ways out": "unauthorized_client unauthorized_client", "saml issuer": "none"},
        CONFIGURATION,
        change((*WAYS, TAKES), DOWN, 'unauthorized_client ("the connection is not enabled for the client")'),
    ),
    "developer-keys": drill(
        {"ways out": "idp login.eu.auth0.com, idp tenant"},
        CONFIGURATION,
        change(at("google", IN_NAME), DEGRADED, "Auth0's development keys"),
    ),
    "connections-elsewhere": drill(
        {"ways out": "login.other.example tenant, login.other.example tenant"},
        CONFIGURATION,
        change(LEADS, DOWN, "it leads to 'login.other.example', not to AUTH0_"),
        change(TAKES, SKIPPED, "leads to another host than AUTH0_"),
    ),
    "connections-back-elsewhere": drill(
        {"ways out": "idp other.example, idp other.example"},
        CONFIGURATION,
        change(IN_NAME, DOWN, "it is asked to lead back to 'other.example'"),
    ),
    "saml-issuer-changed": drill(
        {"saml issuer": "urn:auth0:another:name"},
        CONFIGURATION,
        change(at("corp-saml", IN_NAME), DOWN, "calls itself 'urn:auth0:another:name', not AUTH0_"),
    ),
    "signing-certificate-expiring": drill(
        {"x5c": "9 days"}, CONFIGURATION, change((SIGNING, SAML_LASTS), DEGRADED, "ends on")
    ),
    "saml-metadata-old": drill(
        {"saml metadata": "another key's"},
        CONFIGURATION,
        change(SAML, DOWN, "none of the keys that the tenant publishes"),
        run=DEGRADED,
    ),
    "idp-certificate-expiring": drill(
        {"idp metadata": "9 days"}, CONFIGURATION, change(METADATA, DEGRADED, "identity provider ends on")
    ),
    "idp-certificate-expired": drill(
        {"idp metadata": "-3 days"}, CONFIGURATION, change(METADATA, DEGRADED, "identity provider ended on")
    ),
    "connection-certificate-ended": drill(
        {"dated": "-3 400 days, provisioned"},
        CONFIGURATION,
        change(CONNECTIONS_LAST, DEGRADED, "the certificate of the connection corp-saml ended on"),
    ),
    "application-key-ending": drill(
        {"dated": "500 9 days, provisioned"},
        CONFIGURATION,
        change(KEYS_LAST, DEGRADED, "the credential ci-key ends on"),
    ),
    "custom-domain-not-renewed": drill(
        {"dated": "500 400 days, renewing_failed"},
        CONFIGURATION,
        change(DOMAINS_LAST, DEGRADED, "login.sandbox.example: its certificate is renewing_failed"),
    ),
    "idp-certificate-renewed": drill({"idp metadata": "9 700 days"}, NOBODY),
    "canonical-domain-down": drill(
        {"canonical": "500"},
        AUTH0,
        change(CANONICAL, DEGRADED, "the custom domain, which users see, works: 500 server_error"),
    ),
    "canonical-domain-blocked": drill({"canonical": "403"}, NOBODY),
    "custom-domain-down": drill(
        answers.of(answers.TENANT, "broken"),
        CONFIGURATION,
        change(OWN_DOMAIN, DOWN, "the connection broke before an answer came"),
    ),
    "identity-provider-down": drill({"provider": "503 503"}, UPSTREAM, change(TAKES, DOWN, "answers status 503")),
    # The profile, machines, staying logged in.
    "userinfo-other-user": drill({"userinfo": "200 0000"}, AUTH0, change(PROFILE, DOWN, "names another user")),
    "userinfo-refuses": drill({"userinfo": "401 invalid_token"}, AUTH0, change(PROFILE, DOWN, "401")),
    "machine-login-refused": drill(
        {"machine": "401 access_denied", "access": "broken"},
        CONFIGURATION,
        change((MACHINE, MACHINE_API), DOWN, ""),
    ),
    "refresh-refused": drill({"refresh": "403 invalid_grant"}, CONFIGURATION, change(STAYING, DOWN, "")),
    "refresh-missing": drill(
        answers.of_logins_without("refresh") | {"refresh": "none"},
        CONFIGURATION,
        change(STAYING, DOWN, "was given no refresh token"),
    ),
    # Those who must not be let in.
    "anyone-may-enter": drill(
        {**answers.LET_IN, "wrong secret": "200 Bearer access", "tampered": "200"},
        AUTH0,
        change(STRANGER, DOWN, "a user who does not exist was accepted"),
        change(TAMPERED, DOWN, "accepted an access token that had been changed"),
        change(SECRET, DOWN, "accepted with a wrong secret"),
    ),
    "stranger-may-enter": drill(
        answers.LET_IN, AUTH0, change(STRANGER, DOWN, "a user who does not exist was accepted")
    ),
    "userinfo-accepts-tampered": drill(
        {"tampered": "200"}, AUTH0, change(TAMPERED, DOWN, "accepted an access token that had been changed")
    ),
    "wrong-secret-accepted": drill(
        {"wrong secret": "200 Bearer access"}, AUTH0, change(SECRET, DOWN, "accepted with a wrong secret")
    ),
    "refusal-429": drill(
        answers.of((*answers.STRANGERS, "wrong secret"), "429 too_many_requests"),
        THROTTLED,
        change((STRANGER, SECRET), UNKNOWN, "ran into a limit"),
    ),
    "refusal-bot-protection": drill(
        answers.of((*answers.STRANGERS, "wrong secret"), "401 requires_verification"),
        THROTTLED,
        change((STRANGER, SECRET), UNKNOWN, "bot protection stops the runner"),
    ),
    # The whole tenant.
    "html-instead-of-json": drill(
        answers.of((*answers.DOCUMENTS, *answers.CREDENTIALS, "no token"), "200 text/html")
        | answers.of(answers.AFTER_ANY_LOGIN, "broken")
        | {"testall": "200 page", "room": "unsaid"},
        CONFIGURATION,
        change(TENANT, DOWN, "an HTML page"),
    ),
    "redirect": drill(
        answers.of((*answers.DOCUMENTS, *answers.CREDENTIALS, "no token"), "302 text/html")
        | answers.of(answers.AFTER_ANY_LOGIN, "broken")
        | {"testall": "302 page", "again": "302"},
        CONFIGURATION,
        change(OWN_DOMAIN, DOWN, "a redirect (status 302)"),  # the canonical domain is blocked, by what it answers
    ),
    "truncated-body": drill(answers.of(answers.TENANT, "broken"), AUTH0, change(TENANT, DOWN, "the connection broke")),
    "huge-body": drill(answers.of(answers.TENANT, "too large"), AUTH0, change(TENANT, DOWN, "more than 2 MiB")),
    "reset": drill(
        answers.of(answers.TENANT, "broken"), AUTH0, change(TENANT, DOWN, "the connection broke before an answer came")
    ),
    "hang": drill(answers.of(answers.TENANT, "timeout"), AUTH0, change(TENANT, DOWN, "timed out"), timeout=QUICK),
    "drip": drill(answers.of(answers.TENANT, "timeout"), AUTH0, change(TENANT, DOWN, "timed out"), timeout=QUICK),
    "slow": drill(
        answers.of(answers.TENANT, "timeout"),
        AUTH0,
        change((*PROMPT, *WAYS, SIGNING, SAML, SAML_LASTS, CANONICAL), DEGRADED, "s of a budget of"),
        timeout=PATIENT,
    ),
    "blip": drill(
        answers.of(
            (*answers.DOCUMENTS, *answers.CREDENTIALS, "refresh", "userinfo", "tampered", "no token"), "503 text/html"
        )
        | {"testall": "503 page"},
        AUTH0,
        change(
            (*PROMPT, SIGNING, SAML, SAML_LASTS, CANONICAL),
            DEGRADED,
            "right only on a retry; first: status 503",
        ),
        change(PAGES, DOWN, "status 503"),  # what is typed into a page is sent once
        either=(*STAYING, *WAYS),
    ),
    # The certificate, which the nodes show too.
    "certificate-expired": drill(
        answers.of((*answers.TENANT, *answers.NODES), "untrusted") | {"certificate": "certificate has expired"},
        CONFIGURATION,
        change((*OWN_DOMAIN, *CERTIFICATE, NODE, METRIC), DOWN, "it has expired"),
    ),
    "certificate-wrong-name": drill(
        answers.of((*answers.TENANT, *answers.NODES), "untrusted") | {"certificate": "Hostname mismatch"},
        CONFIGURATION,
        change((*OWN_DOMAIN, *CERTIFICATE, NODE, METRIC), DOWN, "certificate is not valid for 'localhost'"),
    ),
    "certificate-incomplete": drill(
        answers.of((*answers.TENANT, *answers.NODES), "untrusted")
        | {"certificate": "unable to get local issuer certificate"},
        CONFIGURATION,
        change((*OWN_DOMAIN, *CERTIFICATE, NODE, METRIC), DOWN, "is not trusted: unable to get local issuer"),
    ),
    "certificate-expiring": drill(
        {"certificate": "5 days"},
        CONFIGURATION,
        change("certificate_is_valid_for_two_more_weeks", DEGRADED, "expires in"),
    ),
    # The nodes.
    "node-down": drill(
        answers.of(("node 1", "metric 1"), "refused"),
        AUTH0,
        change(at(FIRST_NODE, NODE, METRIC), DOWN, "connection refused"),
    ),
    "node-ill": drill(
        {"node 1": "500", "metric 1": "520"},
        AUTH0,
        change(at(FIRST_NODE, NODE), DOWN, "status 500"),
        change(at(FIRST_NODE, METRIC), DEGRADED, "the node warns (status 520)"),
    ),
    "node-throttled": drill(
        {"metric 1": "429"}, THROTTLED, change(at(FIRST_NODE, METRIC), UNKNOWN, "more than ten times a second")
    ),
    "node-wrong-key": drill(
        {"metric 1": "401"},
        CONFIGURATION,
        change(at(FIRST_NODE, METRIC), UNKNOWN, "does not accept AUTH0_HEALTH_API_KEY"),
    ),
}

AT_THE_PAGES: dict[str, dict[str, str]] = {
    "logout-forgotten": {"logout": "302 a session"},
    "login-refused": {"pages": "400 wrong-email-credentials", "logout": "broken"},
    "login-500": {"pages": "400 authentication-failure", "logout": "broken"},
    "tokens-missing": {"pages": "200 Bearer access"},
    "wrong-token-type": {"pages": "200 mac access id"},
    "user-blocked": {"pages": "302 unauthorized", "logout": "broken"},
    "password-leaked": {"pages": "400 password-breached", "logout": "broken"},
    "too-many-attempts": {"pages": "400 user-blocked", "logout": "broken"},
    "page-in-the-way": {"pages": "403 /u/login/identifier", "logout": "broken"},
    "bot-protection": {"pages": "400 invalid-captcha", "logout": "broken"},
    "mfa-required": {"pages": "200 /u/mfa-sms-challenge", "logout": "broken"},
    "too-many-requests": {"pages": "429 too_many_requests", "device": "429 too_many_requests"},
    "unicode-error": {"pages": "302 access_denied", "logout": "broken"},
    "invalid-json": {"pages": "200 application/json"},
    "json-array": {"pages": "200 [{'access_token': 'a'}]"},
    "form-broken": {"pages": "200 /u/custom-prompt/ap_terms", "logout": "broken"},
    "captcha-shown": {"pages": "200 captcha", "logout": "broken"},
    "action-redirects": {"pages": "302 survey.example", "logout": "broken"},
    "action-denies": {"pages": "302 access_denied", "logout": "broken"},
    "login-page-slow": {"pages": "timeout", "logout": "timeout"},
    "login-page-broken": {"pages": "500 /u/login/identifier", "logout": "broken"},
    "login-page-blip": {"pages": "503 /u/login/password"},
    "tokens-reused": {"reused": "200 Bearer access id refresh"},
    "revocation-forgotten": {"revoked": "200 Bearer access id refresh"},
    "device-code-missing": {"device": "200 device_code"},
    "rotation-off": {"refresh": "200 Bearer access id", "reused": "200 Bearer access id"},
    "refresh-missing": {"reused": "broken", "revoked": "broken"},
    "html-instead-of-json": {
        "ways out": "200 200",
        "saml issuer": "none",
        "pages": "200 /authorize",
        "logout": "broken",
        "device": "200 text/html",
        "x5c": "200 text/html",
        "saml metadata": "200 text/html",
    },
    "redirect": {
        "ways out": "tenant none, tenant none",
        "saml issuer": "none",
        "pages": "no end",
        "logout": "broken",
        "device": "302 text/html",
        "x5c": "302 text/html",
        "saml metadata": "302 text/html",
        "canonical": "302",
    },
    "blip": {
        "pages": "503 /authorize",
        "logout": "broken",
        "device": "503 text/html",
        "saml metadata": "503 text/html",
        "canonical": "503",
    },
    "jwks-empty": {"x5c": "days", "saml metadata": "another key's"},
    "truncated-body": {"canonical": "broken"},
    "huge-body": {"canonical": "too large"},
    "reset": {"canonical": "broken"},
    "hang": {"canonical": "timeout"},
    "drip": {"canonical": "timeout"},
    "slow": {"canonical": "timeout"},
}
"""What else each fault changes of the sandbox's answers: at the login's pages, and of what comes after a login."""

DRILLS = {name: row._replace(answers=row.answers | AT_THE_PAGES.get(name, {})) for name, row in DRILLS.items()}
