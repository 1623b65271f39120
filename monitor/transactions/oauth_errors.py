"""Which failure an answer stands for: by status and ``error``, never by ``error_description``, as Auth0 asks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from monitor import speakers
from monitor.exchange import Exchange
from monitor.failures import (
    BotProtection,
    EdgeBlocks,
    Failure,
    Misconfigured,
    Prompted,
    ProxyRefused,
    Refused,
    Throttled,
    WrongAnswer,
)
from monitor.text import printable
from monitor.transactions import screens

WRONG_USER = frozenset(
    {
        (401, "invalid_user_password"),
        (403, "invalid_user_password"),
        (403, "invalid_grant"),
        (401, "invalid_grant"),
        (400, "invalid_grant"),
    }
)
"""How a user who does not exist, or whose password is wrong, is refused: (status, error)."""

WRONG_CLIENT = frozenset({(401, "access_denied"), (401, "invalid_client"), (403, "invalid_client")})
"""How an application whose secret is wrong is refused."""

SECOND_FACTOR = (
    "mfa_required",
    "mfa_registration_required",
    "mfa_invalid_code",
    "a0.mfa_required",
    "a0.mfa_registration_required",
    "a0.mfa_invalid_code",
    "mfa_enrollment_required",
    "mfa_unenrolled",
    "association_required",
    "unsupported_challenge_type",
    "unmet_authentication_requirements",
)
"""How a login is answered for which a second factor is due, or has to be enrolled."""

A_PERSON = ("consent_required", "interaction_required", "login_required", "account_selection_required")
"""How a login is answered for which somebody has to click: a monitor cannot."""

GRANTS = (
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "endpoint_disabled",
    "method_not_allowed",
)
"""How an application is answered that may not log in this way, or where nobody may."""

REQUESTS = (
    "invalid_request",
    "invalid_scope",
    "invalid_target",
    "invalid_organization",
    "invalid_connection",
    "invalid_request_object",
    "request_not_supported",
    "use_dpop_nonce",
    "invalid_dpop_proof",
)
"""How a request is answered that the tenant does not take as it is."""

LIMITS = ("too_many_attempts", "too_many_requests", "too_many_logins", "slow_down", "rate_limit_exceeded")
"""How Auth0 says that a limit was reached."""

LOCKED_OUT = "too_many_attempts"
"""How it says that its protection blocks this user or this address: waiting does not end that."""

SUSPECTED = ("requires_verification", "requires_validation", "invalid_captcha", "captcha_required")
"""How bot detection asks for a person."""

BY_EXTENSIONS = ("extensibility_error", "rule_error", "custom_script_error", "auth0_idp_error")
"""How Auth0 says that an extension of the tenant's own broke."""

NEW_PASSWORD = ("password_expired", "password_change_required", "change_password_required")
"""How a user is refused whose password is right, and has to be changed."""

_THROTTLED = "the monitor ran into a limit of Auth0's; ask less often, or allow the runner's address"
_BOT = "Auth0's bot protection stops the runner; put its address on the allow list of bot detection"
_MFA = (
    "the synthetic user is asked for a second factor, which the monitor does not have; exempt it from MFA, or give the "
    "secret of its authenticator app as AUTH0_TOTP_SECRET"
)
_GRANT = (
    "the application may not use this grant; allow it in the application's advanced settings, or change AUTH0_FLOWS"
)
_REQUEST = "the tenant rejects the request; see AUTH0_CONNECTIONS, AUTH0_SCOPE, AUTH0_AUDIENCE and AUTH0_ORGANIZATION"
_LEGACY = "the tenant does not serve this endpoint; take its flow out of AUTH0_FLOWS"
_RENEW = "the synthetic user's password has expired; give the user a new one, and AUTH0_PASSWORD too"
_UNAUTHORIZED = (
    "the synthetic user is blocked, or an Action or the database refuses it; see its page in the dashboard, and the "
    "tenant's logs"
)
_USER = "the user is unknown or the password is wrong; see AUTH0_USERNAME, AUTH0_PASSWORD and the connection"
_REFRESH = (
    "the refresh token that this run's own login was given is not valid; see the application's refresh token settings "
    "(rotation, lifetimes) and Actions that run on a refresh"
)
_CLIENT = (
    "the application is unknown, its secret is wrong, or it authenticates by another method than a secret in the form "
    "(Basic, private_key_jwt, none); see AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET and the application's settings"
)

_PERSON = (
    "the tenant asks for a click (consent, or a choice), which the monitor cannot make; let the API skip consent for "
    "first-party applications, and make the synthetic user's consent once"
)
_EXTENSION = "an Action or the script of a custom database failed; see the tenant's logs"
_BLOCKED_HERE = (
    "the brute-force protection blocks the synthetic user, or this machine's address: unblock it in the dashboard, and "
    "allow the runner's address"
)
_ORGANIZATION = "the application, or the login, is tied to organizations; exempt the monitor's application from that"

RULES: tuple[tuple[int | None, str | None, type[Failure], str], ...] = (
    (None, LOCKED_OUT, Throttled, _BLOCKED_HERE),
    (429, None, Throttled, _THROTTLED),
    *((None, error, Throttled, _THROTTLED) for error in LIMITS),
    *((None, error, BotProtection, _BOT) for error in SUSPECTED),
    *((None, error, Misconfigured, _MFA) for error in SECOND_FACTOR),
    *((None, error, Misconfigured, _PERSON) for error in A_PERSON),
    (None, "endpoint_disabled", Misconfigured, _LEGACY),
    *((None, error, Misconfigured, _GRANT) for error in GRANTS),
    *((None, error, Misconfigured, _REQUEST) for error in REQUESTS),
    *((None, error, WrongAnswer, _EXTENSION) for error in BY_EXTENSIONS),
    *((None, error, Refused, _RENEW) for error in NEW_PASSWORD),
    (None, "password_leaked", Refused, "the synthetic user's password is known from a breach; give it a new one"),
    (None, "unauthorized", Refused, _UNAUTHORIZED),
    (None, "invalid_user_password", Refused, _USER),
    (None, "invalid_grant", Refused, _USER),
    (None, "invalid_client", Refused, _CLIENT),
    (401, "access_denied", Refused, _CLIENT),
    (403, "access_denied", Refused, "an Action or the API's settings deny this login; see the tenant's logs"),
    (500, "access_denied", WrongAnswer, _EXTENSION),
)
"""Status and ``error`` (None: any), the failure that they stand for, and what to do; the first that fits holds."""

PROMPTS = {
    "login_required": "the tenant wants a login where there was one",
    "interaction_required": "an Action or a policy wants the user to do something",
    "consent_required": "the user has not consented to what AUTH0_SCOPE and AUTH0_AUDIENCE ask for",
    "account_selection_required": "the user has to choose an account",
}
"""Errors by which a login that leads back says that it would have asked a person."""

_OF_FLOWS: dict[tuple[str, str | None], str] = {("refresh", "invalid_grant"): _REFRESH}
"""What else to do where the grant that was not valid is no password."""

KNOWN = frozenset({error for _, error, *_ in RULES if error} | {error for _, error in WRONG_USER | WRONG_CLIENT})
KNOWN |= {*screens.WORDS, *PROMPTS}
"""The words that OAuth and Auth0 have for an error, as far as they mean something to us."""

_DEFAULT_DIRECTORY = (
    "either the tenant has no Default Directory (Settings, General, API Authorization Settings), or it is failing: "
    "compare with password-realm"
)


def error_of(exchange: Exchange) -> str | None:
    """OAuth's ``error`` in the answer, or the word that Auth0 has for a page; None where there is no plain word."""
    if exchange.word:
        return exchange.word
    error = members(exchange).get("error")
    return error if isinstance(error, str) and re.fullmatch(r"[\w.-]{1,60}", error) else None


def judged(exchange: Exchange, flow: str = "") -> Failure:
    """The failure that an answer which is not the right one stands for, where a login by this flow was due."""
    status, error = exchange.status, error_of(exchange)
    if in_its_place := _in_its_place(exchange):
        return in_its_place
    if status == 500 and error == "server_error" and flow == "password":
        return Misconfigured(f"{_told(exchange)}: {_DEFAULT_DIRECTORY}", exchange)
    for its_status, its_error, failure, cure in RULES:
        if its_status in (None, status) and its_error in (None, error):
            what = _ORGANIZATION if "organization" in described_by(exchange) else _OF_FLOWS.get((flow, error), cure)
            return failure(f"{_told(exchange)}: {what}", exchange)
    if status >= 500 or error:
        return WrongAnswer(_told(exchange) + _by(exchange), exchange)
    if 300 <= status < 400:
        where = printable(re.sub(r"[?#].*", "", exchange.headers.get("location", "nowhere"))[:100])
        return WrongAnswer(f"a redirect (status {status}) to {where}, which is not followed", exchange)
    signed = exchange.speaker == speakers.AUTH0
    unlike = ": Auth0 itself answers so" if signed else ": this is not how an Auth0 tenant answers here"
    return WrongAnswer(f"{exchange.described()}{_by(exchange)}{unlike}; see AUTH0_DOMAIN", exchange)


def _in_its_place(exchange: Exchange) -> Failure | None:
    """The failure where not the tenant answered, but somebody who lets this machine alone not through; else None."""
    code = speakers.code_of(exchange.speaker)
    if exchange.speaker == speakers.AUTH0:
        return None
    if exchange.status in (407, 511):
        who = (
            "a proxy asks this machine for credentials" if exchange.status == 407 else "its network asks for a sign-in"
        )
        return ProxyRefused(f"status {exchange.status} in the tenant's place: {who}", exchange)
    if code == speakers.RATE_LIMITED:
        return Throttled(f"status {exchange.status}{_by(exchange)}: {_THROTTLED}", exchange)
    if code in speakers.BLOCKED:
        cure = "it blocks this machine by its address, its request or a rule; allow the runner there"
        return EdgeBlocks(f"status {exchange.status}{_by(exchange)}: {cure}", exchange)
    return None


def _by(exchange: Exchange) -> str:
    who = speakers.described(exchange.speaker)
    return f", by {who}" if who else ""


def described_by(exchange: Exchange) -> str:
    """The ``error_description``, in lower case. It may sharpen words; it makes no status, and nothing certain."""
    told = members(exchange).get("error_description")
    return told.lower() if isinstance(told, str) else ""


def led_back(error: str, description: str, exchange: Exchange) -> Failure:
    """The failure that a login stands for which leads back to the application with this ``error``."""
    word = error if re.fullmatch(r"[\w.-]{1,60}", error) else "error"
    told = f"the login leads back to AUTH0_CALLBACK with {word}"
    told += f' ("{printable(description[:160])}")' if description else ""
    here = replace(exchange, word=word)
    if word in PROMPTS:
        return Prompted(f"{told}: {PROMPTS[word]}", here)
    for status, its_error, failure, cure in RULES:
        if its_error == word and status in (None, 403):
            return failure(f"{told}: {cure}", here)
    return WrongAnswer(told, here)


def _told(exchange: Exchange) -> str:
    """Status, error and description, for a human."""
    error = error_of(exchange)
    if not error:
        return exchange.described()
    description = members(exchange).get("error_description")
    told = printable(description[:160]) if isinstance(description, str) else ""
    return f"{exchange.status} {error}" + (f' ("{told}")' if told else "")


def members(exchange: Exchange) -> dict[str, Any]:
    """The members of the JSON object in the body; none where there is none."""
    try:
        document = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
