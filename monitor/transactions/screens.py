"""The pages that stand in a login's way, by Auth0's own names for them: what each means, and whose work it is.

A page's texts can be customised, and its name cannot; nor can the key of the error on it. Source: Auth0's docs,
"Customize Universal Login Text Elements" and the screens of its "Advanced Customizations".
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from monitor.exchange import Exchange
from monitor.failures import BotProtection, Failure, Misconfigured, Prompted, Refused, Throttled, WrongAnswer
from monitor.owners import Owner

CONFIGURATION, EXTENSION, UPSTREAM = Owner.CONFIGURATION, Owner.EXTENSION, Owner.UPSTREAM
AUTH0, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.THROTTLED, Owner.UNKNOWN


class Hurdle(NamedTuple):
    """What a page, or the error on it, comes to: the failure, whose work it is, and what to do."""

    failure: type[Failure]
    owner: Owner
    cure: str


HURDLES: dict[str, Hurdle] = {
    "second-factor": Hurdle(
        Prompted,
        CONFIGURATION,
        "exempt the synthetic user from MFA, or give the secret of its app as AUTH0_TOTP_SECRET",
    ),
    "second-factor-code": Hurdle(
        Prompted, CONFIGURATION, "see AUTH0_TOTP_SECRET and this machine's clock; a code is taken once"
    ),
    "enrolment": Hurdle(
        Prompted, CONFIGURATION, "a policy makes users enrol; enrol the synthetic user, or exempt it from the policy"
    ),
    "consent": Hurdle(
        Prompted,
        CONFIGURATION,
        "see AUTH0_SCOPE and AUTH0_AUDIENCE; let the API skip user consent, or accept once as the synthetic user",
    ),
    "organization": Hurdle(Prompted, CONFIGURATION, "set AUTH0_ORGANIZATION to the one that the user is to log in to"),
    "form": Hurdle(
        Prompted, EXTENSION, "see the form, or the partial, that was published last; spare the user from it"
    ),
    "redirect": Hurdle(
        Prompted,
        EXTENSION,
        "an Action redirects there, or the connection is another provider's; the monitor does not follow it",
    ),
    "foreign-form": Hurdle(
        WrongAnswer,
        EXTENSION,
        "it was not sent there; see the page template, and call security if the host is unknown to you",
    ),
    "verification": Hurdle(
        Prompted, CONFIGURATION, "a code is sent that a monitor cannot read; use a connection with verified passwords"
    ),
    "confirmation": Hurdle(Prompted, CONFIGURATION, "give the application an https address of its own: AUTH0_CALLBACK"),
    "bot-protection": Hurdle(
        BotProtection,
        THROTTLED,
        "put the runner's address on the allow list of bot detection; logins of users may work",
    ),
    "throttled": Hurdle(Throttled, THROTTLED, "the monitor's own footprint; ask less often, or allow its address"),
    "new-password": Hurdle(Refused, CONFIGURATION, "give the user a new password, and AUTH0_PASSWORD too"),
    "locked-user": Hurdle(Refused, CONFIGURATION, "give the synthetic user a password that is in no breach"),
    "wrong-user": Hurdle(Refused, CONFIGURATION, "see AUTH0_USERNAME, AUTH0_PASSWORD and the connection"),
    "no-connection": Hurdle(
        Refused, CONFIGURATION, "see AUTH0_CONNECTIONS, the application's connections and the organization's"
    ),
    "callback": Hurdle(
        Misconfigured, CONFIGURATION, "register AUTH0_CALLBACK in the application's Allowed Callback URLs"
    ),
    "unknown-client": Hurdle(Misconfigured, CONFIGURATION, "see AUTH0_CLIENT_ID and AUTH0_DOMAIN"),
    "sender": Hurdle(WrongAnswer, UPSTREAM, "see the provider of mails, texts or notifications: users wait for it too"),
    "broken-form": Hurdle(WrongAnswer, EXTENSION, "see the form, or the partial, that was published last"),
    "connection": Hurdle(WrongAnswer, EXTENSION, "see the script of the custom database, and what it asks"),
    "universal-login": Hurdle(WrongAnswer, AUTH0, "compare with the password grant, and see the tenant's logs"),
    "code-refused": Hurdle(WrongAnswer, AUTH0, "no login succeeds, unless AUTH0_CALLBACK was changed"),
    "stray-page": Hurdle(
        WrongAnswer, UNKNOWN, "no login leads here; see what was deployed last: Actions, forms, pages"
    ),
    "unknown-page": Hurdle(WrongAnswer, UNKNOWN, "open the login in a browser, and see what users are asked"),
}
"""By the names of the diagnosis' rules, and of the runbook's sections."""


class Screen(NamedTuple):
    """A page of Universal Login, or the key of an error on one: which hurdle it is, and what it is in a few words."""

    hurdle: str
    words: str


ANSWERED = "answered"
"""In the place of a hurdle: the walk goes on from here by itself."""

_LOGINS = {"login": "on one page", "login-id": "the name first", "login-password": "the password"}
_FACTORS = {
    "mfa-email-challenge": "a code from a mail",
    "mfa-email-list": "a choice among the user's addresses, for a code",
    "mfa-otp-challenge": "a code of an authenticator app",
    "mfa-phone-challenge": "a code by phone",
    "mfa-push-challenge-push": "an approval by push notification",
    "mfa-push-list": "a choice among the devices that get the notification",
    "mfa-recovery-code-challenge": "a recovery code",
    "mfa-sms-challenge": "a code from a text message",
    "mfa-sms-list": "a choice among phone numbers, for a text message",
    "mfa-voice-challenge": "a code from a call",
    "mfa-webauthn-platform-challenge": "a fingerprint or a face",
    "mfa-webauthn-roaming-challenge": "a security key",
    "mfa-login-options": "a choice among second factors",
    "mfa-country-codes": "the country of a phone number",
    "mfa-webauthn-error": "a security key, which failed",
    "mfa-webauthn-not-available-error": "a security key, which this browser cannot use",
    "async-approval-wait": "an approval on another device",
}
_ENROLMENTS = {
    "mfa-begin-enroll-options": "to choose a second factor to enrol",
    "mfa-enroll-result": "how an enrolment went",
    "mfa-otp-enrollment-code": "to enrol an authenticator app, by copying a code",
    "mfa-otp-enrollment-qr": "to enrol an authenticator app",
    "mfa-phone-enrollment": "to enrol a phone",
    "mfa-push-enrollment-qr": "to enrol a device for notifications",
    "mfa-push-welcome": "to install an app for notifications",
    "mfa-recovery-code-challenge-new-code": "to keep a new recovery code",
    "mfa-recovery-code-enrollment": "to keep a recovery code",
    "mfa-sms-enrollment": "to enrol a phone for text messages",
    "mfa-voice-enrollment": "to enrol a phone for calls",
    "mfa-webauthn-change-key-nickname": "to name a security key",
    "mfa-webauthn-enrollment-success": "that a security key was enrolled",
    "mfa-webauthn-roaming-enrollment": "to enrol a security key",
    "phone-identifier-enrollment": "to add a phone number",
}
_SIDESTEPPED = {
    "passkey-enrollment": "to enrol a passkey",
    "passkey-enrollment-local": "to enrol a passkey on this device",
    "mfa-webauthn-platform-enrollment": "to enrol a fingerprint or a face",
}
_STRAY = {
    "device-code-activation": "the code of a device",
    "device-code-activation-allowed": "that a device was accepted",
    "device-code-activation-denied": "that a device was refused",
    "accept-invitation": "to accept an invitation",
    "redeem-ticket": "to redeem a ticket",
    "email-verification-result": "how the verification of an address went",
    "brute-force-protection-unblock": "to unblock the account",
    "brute-force-protection-unblock-success": "that the account was unblocked",
    "brute-force-protection-unblock-failure": "that the account was not unblocked",
    "logout": "whether to log out",
    "logout-aborted": "that the logout was ended early",
    "logout-complete": "that the user is logged out",
    "signup": "to sign up",
    "signup-id": "to sign up, with an address first",
    "signup-password": "to choose a password at a sign-up",
    "status": "a status",
}
_RESETS = {
    "reset-password-required": "that the password has to be changed",
    "reset-password": "a new password",
    "reset-password-request": "for which user a password is to be changed",
    "reset-password-email": "that a mail was sent for a new password",
    "reset-password-success": "that the password was changed",
    "reset-password-error": "that the password was not changed",
    "reset-password-mfa-email-challenge": "a code from a mail, for a new password",
    "reset-password-mfa-otp-challenge": "a code of an authenticator app, for a new password",
    "reset-password-mfa-phone-challenge": "a code by phone, for a new password",
    "reset-password-mfa-push-challenge-push": "an approval by push notification, for a new password",
    "reset-password-mfa-recovery-code-challenge": "a recovery code, for a new password",
    "reset-password-mfa-sms-challenge": "a code from a text message, for a new password",
    "reset-password-mfa-voice-challenge": "a code from a call, for a new password",
    "reset-password-mfa-webauthn-platform-challenge": "a fingerprint or a face, for a new password",
    "reset-password-mfa-webauthn-roaming-challenge": "a security key, for a new password",
}

SCREENS: dict[str, Screen] = {
    **{name: Screen(ANSWERED, f"the login itself, {words}") for name, words in _LOGINS.items()},
    "mfa-detect-browser-capabilities": Screen(ANSWERED, "what this browser can do"),
    **{name: Screen("second-factor", words) for name, words in _FACTORS.items()},
    **{name: Screen("enrolment", words) for name, words in (_ENROLMENTS | _SIDESTEPPED).items()},
    **{name: Screen("new-password", words) for name, words in _RESETS.items()},
    **{name: Screen("stray-page", words) for name, words in _STRAY.items()},
    "consent": Screen("consent", "consent to what the application may do"),
    "customized-consent": Screen("consent", "consent to details of what the application may do"),
    "organization-picker": Screen("organization", "which organization"),
    "organization-selection": Screen("organization", "the name of an organization"),
    "pre-login-organization-picker": Screen("organization", "which organization, before the login"),
    "custom-prompt": Screen("form", "the fields of a form"),
    "email-identifier-challenge": Screen("verification", "a code that was sent to the user's address"),
    "phone-identifier-challenge": Screen("verification", "a code that was sent to the user's phone"),
    "email-otp-challenge": Screen("verification", "a code that was mailed"),
    "login-email-verification": Screen("verification", "a code, to verify the address"),
    "login-passwordless-email-code": Screen("verification", "a code by mail, in the place of a password"),
    "login-passwordless-email-link": Screen("verification", "a link by mail, in the place of a password"),
    "login-passwordless-sms-otp": Screen("verification", "a code by text message, in the place of a password"),
    "confirmation": Screen("confirmation", "whether the application may be opened"),
    "device-code-confirmation": Screen("confirmation", "whether the code is that of the device"),
    "interstitial-captcha": Screen("bot-protection", "a captcha"),
}
"""The screens that Auth0 documents, by name."""

SIDESTEPS = {
    "passkey-enrollment": "abort-passkey-enrollment",
    "passkey-enrollment-local": "abort-passkey-enrollment",
    "mfa-webauthn-platform-enrollment": "snooze-enrollment",
}
"""Pages to which users may say "not now", and what that is called: said once, and told, since users see them too."""


def _keys(hurdle: str, words: dict[str, str]) -> dict[str, Screen]:
    return {name: Screen(hurdle, text) for name, text in words.items()}


KEYS: dict[str, Screen] = {
    **_keys(
        "wrong-user",
        {
            "wrong-credentials": "a wrong user name or password",
            "wrong-email-credentials": "a wrong address or password",
            "wrong-username-credentials": "a wrong name or password",
            "wrong-phone-credentials": "a wrong phone number or password",
            "wrong-email-username-credentials": "a wrong address, name or password",
            "wrong-email-phone-credentials": "a wrong address, phone number or password",
            "wrong-phone-username-credentials": "a wrong phone number, name or password",
            "wrong-email-phone-username-credentials": "a wrong address, phone number, name or password",
            "invalid-login-id": "an identifier that cannot be one",
            "invalid-username": "a user name that cannot be one",
            "invalid-email-format": "an address that cannot be one",
            "invalid-phone-number": "a phone number that cannot be one",
            "invalid-email-phone": "neither an address nor a phone number",
            "invalid-email-username": "neither an address nor a user name",
            "invalid-phone-username": "neither a phone number nor a user name",
            "invalid-email-phone-username": "neither an address, nor a phone number, nor a user name",
        },
    ),
    **_keys(
        "no-connection",
        {
            "invalid-connection": "a connection that is none of the application's",
            "no-db-connection": "no database connection",
            "no-hrd-connection": "an address of no enterprise directory",
            "organization-not-found": "an organization that is not there",
            "user-not-in-org": "a user who is not in the organization",
        },
    ),
    **_keys("connection", {"custom-script-error-code": "that the script of the custom database failed"}),
    **_keys(
        "universal-login",
        {
            "auth0-users-validation": "that something went wrong with the user",
            "authentication-failure": "that something went wrong with the login",
            "passwordless-unknown-error": "that something went wrong with a login without a password",
            "authenticator-error": "a second factor that could not be verified",
            "generic-error": "that something went wrong",
        },
    ),
    **_keys(
        "throttled",
        {
            "user-blocked": "a user who is blocked for failed logins from here",
            "ip-blocked": "an address that is blocked for suspicious logins",
            "same-user-login": "too many logins of one user",
            "too-many-failures": "too many wrong codes",
            "too-many-email": "too many mails",
            "too-many-sms": "too many text messages",
            "too-many-voice": "too many calls",
            "too-many-push": "too many notifications",
        },
    ),
    **_keys(
        "bot-protection",
        {
            "invalid-captcha": "a captcha that was not solved",
            "captcha-validation-failure": "a captcha that could not be validated",
            "captcha-client-failure": "a captcha that could not be loaded",
        },
    ),
    **_keys("locked-user", {"password-breached": "a password that is known from a breach"}),
    **_keys(
        "verification",
        {
            "password-not-allowed": "a password, which the policy does not allow",
            "passkey-not-allowed": "a passkey, which the policy does not allow",
            "conflict-password-passkey": "a policy that allows neither password nor passkey",
            "no-passkey": "no passkey",
            "passkey-authentication-failed": "a passkey that failed",
            "invalid-passkey": "a passkey that cannot be used",
            "invalid-verification-code": "a wrong code in the place of a password",
        },
    ),
    **_keys(
        "sender",
        {
            "sms-authenticator-error": "a text message that could not be sent",
            "send-sms-failed": "a text message that was not sent",
            "send-voice-failed": "a call that was not made",
            "voice-authenticator-error": "a call that could not be made",
            "mfa-email-challenge-authenticator-error": "a mail that could not be sent",
            "passwordless-authenticator-error": "a code that could not be sent",
            "mfa-push-challenge-authenticator-error": "a notification that could not be sent",
            "no-transaction-in-progress": "a notification that was not sent",
        },
    ),
    **_keys(
        "second-factor-code",
        {
            "invalid-code": "a wrong code",
            "invalid-otp-code-format": "a code of another form",
            "invalid-expired-code": "a code that has expired",
            "transaction-not-found": "a login that took too long",
            "no-code": "no code",
            "user-already-enrolled": "a second factor that is enrolled already",
        },
    ),
    **_keys(
        "unknown-page",
        {
            "no-email": "no address, though one was sent",
            "no-username": "no user name, though one was sent",
            "no-password": "no password, though one was sent",
            "no-phone": "no phone number, though none was asked for",
            "invalid-phone-format": "a phone number of another form",
            "invalid-phone": "a phone number, though none was sent",
        },
    ),
}
"""The errors that Auth0 documents for these screens, by key."""

UNKNOWN_PAGE, BROKEN_FORM, FOREIGN_HOST, FOREIGN_FORM = "unknown-page", "broken-form", "foreign-host", "foreign-form"
CALLBACK_REFUSED, CLIENT_UNKNOWN, SILENT_PAGE = "callback-refused", "client-unknown", "silent-page"
CAPTCHA, CODE_REFUSED, WALK_TOO_LONG = "captcha", "code-refused", "walk-too-long"
NO_FORM, NO_PASSWORD = "no-form", "no-password-field"

OWN: dict[str, Screen] = {
    UNKNOWN_PAGE: Screen("unknown-page", "a page that this version does not know"),
    SILENT_PAGE: Screen("unknown-page", "the same again, and not why"),
    BROKEN_FORM: Screen("broken-form", "that it rejects its own answer"),
    FOREIGN_HOST: Screen("redirect", "to go to another host"),
    FOREIGN_FORM: Screen("foreign-form", "to send the password to another host"),
    CALLBACK_REFUSED: Screen("callback", "nothing, since it does not lead back to this address"),
    CLIENT_UNKNOWN: Screen("unknown-client", "nothing, since it does not know the application"),
    CAPTCHA: Screen("bot-protection", "a captcha beside the password"),
    CODE_REFUSED: Screen("code-refused", "nothing more, and then does not take the code that it gave"),
    NO_FORM: Screen("unknown-page", "nothing to log in by: no field for a user name or a password"),
    NO_PASSWORD: Screen("no-connection", "nothing to type a password into, but other ways to log in"),
    WALK_TOO_LONG: Screen("unknown-page", "one page after the other, without an end"),
}
"""What Auth0 has no name for, in words of ours."""

WORDS: dict[str, Screen] = {**SCREENS, **KEYS, **OWN}
BREAKING = tuple(name for name, screen in KEYS.items() if screen.hurdle in ("connection", "universal-login"))
"""The keys by which a page says what an endpoint says by 500."""


def named(hurdle: str) -> tuple[str, ...]:
    """The names of the pages, and the keys of the errors, that are this hurdle."""
    return tuple(name for name, screen in WORDS.items() if screen.hurdle == hurdle)


def failure(word: str, exchange: Exchange, *, where: str = "", detail: str = "", by: str = "") -> Failure:
    """What this page, or the key on it, comes to: with a sentence of its own. ``where`` is the page of a key.

    ``by`` is who says so where that is no page.
    """
    screen = WORDS[word]
    hurdle = HURDLES["enrolment" if screen.hurdle == ANSWERED else screen.hurdle]
    at = by or (f"the page {where} of Universal Login" if where else "Universal Login")
    told = f"{at} {_verb(word, screen)} {screen.words} ({word}{f', {detail}' if detail else ''}): {hurdle.cure}"
    return hurdle.failure(told, exchange)


def _verb(word: str, screen: Screen) -> str:
    """What the page does with these words."""
    if word in KEYS:
        return "says"
    whole = screen.words.startswith(("to ", "which ", "whether ", "for which "))
    if not whole and (screen.hurdle == "stray-page" or screen.words.startswith(("that ", "how ", "nothing"))):
        return "shows"
    return "asks the synthetic user" if whole else "asks the synthetic user for"


def table() -> str:
    """Every page and every error, in Markdown, by what they come to: what the docs show."""
    lines = ["| what stands in the way | status | owner | pages, and keys of errors |", "| --- | --- | --- | --- |"]
    for name, hurdle in HURDLES.items():
        words = ", ".join(f"`{word}`" for word in named(name) if word not in OWN)
        own = "; ".join(f"{WORDS[word].words}" for word in named(name) if word in OWN)
        told = "; ".join(filter(None, [words, own]))
        lines.append(f"| [{name}](runbook.md#{name}) | {hurdle.failure.status} | {hurdle.owner} | {told} |")
    passed = ", ".join(f"`{word}`" for word, screen in WORDS.items() if screen.hurdle == ANSWERED)
    lines.append(f"| answered by the monitor | up | | {passed} |")
    sidesteps = ", ".join(f"`{word}`" for word in SIDESTEPS)
    lines.append(
        f'| answered by "not now", and reported: [detour](runbook.md#detour) | degraded | configuration | {sidesteps} |'
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
