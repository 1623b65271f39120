"""Faults of the token endpoints and of ``/userinfo``."""

import time

from sandbox.answers import Answer, error_answer, json_answer
from sandbox.directory import CUSTOM_USERS
from sandbox.faults.registry import Moment, SetupAct, on_answers
from sandbox.grants import UNKNOWN_REFRESH_TOKEN, unauthorized, wrong_password
from sandbox.limits import TOO_MANY_REQUESTS, Room
from sandbox.setup import Setup

LOGIN_LATE = 4.0
SUSPICIOUS = "Suspicious request requires verification"
HOSTILE = (
    '</title><script>alert("1")</script><img src=x onerror=alert(2)> \x00\x07\x1b[31mred\x1b[0m\x7f\x85'
    "\u202eesrever\u202c \ufeff\ud7ff]]> {{7*7}} ${7*7} %s \r\nSet-Cookie: a=b \u4f60\u597d \U0001f512"
)
"""A text that must not harm who shows it: markup, control characters, terminal escapes, text that runs backwards."""


def at_pages(key: str) -> SetupAct:
    """At the pages of Universal Login, a right password gets this error."""

    def set_up(setup: Setup) -> None:
        setup.error_key = key

    return set_up


def asked_at(screen: str) -> SetupAct:
    """This page of Universal Login comes after the password."""

    def set_up(setup: Setup) -> None:
        setup.prompts.append(screen)

    return set_up


def denied(error: str, told: str) -> SetupAct:
    """Universal Login leads back with this error, as where an Action denies the login."""

    def set_up(setup: Setup) -> None:
        setup.action_denies = (error, told)

    return set_up


def throttled() -> Answer:
    """429 with the headers that belong to it."""
    room = Room(30, 0, int(time.time()) + 1, within=False)
    return room.shown_on(error_answer(429, "too_many_requests", TOO_MANY_REQUESTS))


def _refuses_credentials(moment: Moment) -> bool:
    """Whether somebody was refused for a wrong user, password or client secret."""
    wrong = {"invalid_user_password", "invalid_grant"} if moment.question.kind == "login" else set()
    if moment.question.route not in ("token", "ro"):
        return False
    refused = moment.answer.status_code in (401, 403) and (moment.answer.json or {}).get("error")
    return refused in wrong or (moment.answer.status_code == 401 and refused == "access_denied")


@on_answers("login", set_up=at_pages("wrong-email-credentials"))
def login_refused(moment: Moment) -> Answer:
    """User logins are refused as with a wrong password; machines and refresh tokens are not."""
    return moment.replaced(wrong_password(moment.question))


@on_answers("login", set_up=at_pages("authentication-failure"))
def login_500(moment: Moment) -> Answer:
    """User logins with the right password: 500, as when the login pipeline breaks."""
    return moment.replaced(error_answer(500, "server_error", "Internal error")) if moment.well else moment.answer


@on_answers("login", set_up=at_pages("invalid-captcha"))
def bot_protection(moment: Moment) -> Answer:
    """User logins: 401 requires_verification."""
    return moment.replaced(error_answer(401, "requires_verification", SUSPICIOUS))


@on_answers("login", set_up=denied("unauthorized", "user is blocked"))
def user_blocked(moment: Moment) -> Answer:
    """User logins with the right password: 401 unauthorized, the user is blocked."""
    return moment.replaced(error_answer(401, "unauthorized", "user is blocked")) if moment.well else moment.answer


@on_answers("login", set_up=at_pages("password-breached"))
def password_leaked(moment: Moment) -> Answer:
    """User logins with the right password: 401 password_leaked, it is known from a breach elsewhere."""
    told = "This login attempt has been blocked because the password was disclosed through a breach elsewhere."
    return moment.replaced(error_answer(401, "password_leaked", told)) if moment.well else moment.answer


@on_answers("login", set_up=at_pages("user-blocked"))
def too_many_attempts(moment: Moment) -> Answer:
    """User logins: 429 too_many_attempts, this address is blocked for its failed logins."""
    told = "Your account has been blocked after multiple consecutive login attempts."
    return moment.replaced(error_answer(429, "too_many_attempts", told))


@on_answers("login", set_up=asked_at("mfa-sms-challenge"))
def mfa_required(moment: Moment) -> Answer:
    """User logins: 403 mfa_required."""
    told = "Multifactor authentication required"
    return moment.replaced(error_answer(403, "mfa_required", told, mfa_token="Fe26.2*sandbox*mfa-token"))


@on_answers("login")
def grant_not_allowed(moment: Moment) -> Answer:
    """User logins: 403 unauthorized_client, the application may not use the grant."""
    grant_type = moment.question.text("grant_type")
    told = f"Grant type '{grant_type}' not allowed for the client."
    return moment.replaced(error_answer(403, "unauthorized_client", told))


@on_answers("login", set_up=denied("access_denied", HOSTILE))
def unicode_error(moment: Moment) -> Answer:
    """User logins with the right password: 403 access_denied with a hostile text, as an Action could deny them."""
    return moment.replaced(error_answer(403, "access_denied", HOSTILE)) if moment.well else moment.answer


@on_answers("login", "code")
def invalid_json(moment: Moment) -> Answer:
    """User logins with the right password: 200 with JSON that ends in the middle."""
    if moment.well:
        moment.answer.set_data('{"access_token": ')
    return moment.answer


@on_answers("login", "code")
def json_array(moment: Moment) -> Answer:
    """User logins with the right password: 200 with a JSON array."""
    return moment.replaced(json_answer([{"access_token": "a"}])) if moment.well else moment.answer


@on_answers("login", "code")
def tokens_missing(moment: Moment) -> Answer:
    """User logins: 200 without an ID token."""
    return moment.changed(id_token=None) if moment.well else moment.answer


@on_answers("login", "code")
def scope_not_granted(moment: Moment) -> Answer:
    """User logins: openid and profile are granted, whatever else was asked for."""
    return moment.changed(scope="openid profile") if moment.well else moment.answer


@on_answers("login", "code")
def wrong_token_type(moment: Moment) -> Answer:
    """User logins: the token type is mac, not bearer."""
    return moment.changed(token_type="mac") if moment.well else moment.answer


@on_answers("login", "code")
def refresh_missing(moment: Moment) -> Answer:
    """User logins: offline_access brings no refresh token."""
    return moment.changed(refresh_token=None) if moment.well else moment.answer


@on_answers("refresh")
def refresh_refused(moment: Moment) -> Answer:
    """Refresh tokens: 403 invalid_grant."""
    return moment.replaced(error_answer(403, "invalid_grant", UNKNOWN_REFRESH_TOKEN))


@on_answers("machine-login")
def machine_login_refused(moment: Moment) -> Answer:
    """Machine logins: 401 access_denied, as with a wrong secret."""
    return moment.replaced(unauthorized().answer)


@on_answers("login")
def login_slow(moment: Moment) -> Answer:
    """User logins: the answer comes 4 s late."""
    moment.answer.late += LOGIN_LATE
    return moment.answer


@on_answers("login")
def custom_database_slow(moment: Moment) -> Answer:
    """Logins through custom-users: the answer comes 4 s late, as when its script waits."""
    if CUSTOM_USERS in (moment.question.text("connection"), moment.question.text("realm")):
        moment.answer.late += LOGIN_LATE
    return moment.answer


@on_answers("userinfo")
def userinfo_other_user(moment: Moment) -> Answer:
    """/userinfo: the profile of another user."""
    return moment.changed(sub="auth0|000000000000000000000000") if moment.well else moment.answer


@on_answers("userinfo")
def userinfo_refuses(moment: Moment) -> Answer:
    """/userinfo: 401 for every access token."""
    answer = moment.replaced(error_answer(401, "invalid_token", "The access token is not valid"))
    answer.headers["www-authenticate"] = 'Bearer error="invalid_token"'
    return answer


@on_answers()
def refusal_429(moment: Moment) -> Answer:
    """Wrong credentials: 429 instead of the refusal."""
    return moment.replaced(throttled()) if _refuses_credentials(moment) else moment.answer


@on_answers()
def refusal_bot_protection(moment: Moment) -> Answer:
    """Wrong credentials: 401 requires_verification instead of the refusal."""
    if not _refuses_credentials(moment):
        return moment.answer
    return moment.replaced(error_answer(401, "requires_verification", SUSPICIOUS))


@on_answers("login", "code", "machine-login", "refresh", "token", "device", "userinfo")
def too_many_requests(moment: Moment) -> Answer:
    """The token endpoints and /userinfo: 429 too_many_requests."""
    return moment.replaced(throttled())
