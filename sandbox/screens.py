"""The pages of Universal Login, by the names that Auth0's docs have for them, as HTML that forms can be sent from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

MFA = (
    *("mfa-begin-enroll-options", "mfa-country-codes", "mfa-detect-browser-capabilities", "mfa-email-challenge"),
    *("mfa-email-list", "mfa-enroll-result", "mfa-login-options", "mfa-otp-challenge", "mfa-otp-enrollment-code"),
    *("mfa-otp-enrollment-qr", "mfa-phone-challenge", "mfa-phone-enrollment", "mfa-push-challenge-push"),
    *("mfa-push-enrollment-qr", "mfa-push-list", "mfa-push-welcome", "mfa-recovery-code-challenge"),
    *("mfa-recovery-code-challenge-new-code", "mfa-recovery-code-enrollment", "mfa-sms-challenge"),
    *("mfa-sms-enrollment", "mfa-sms-list", "mfa-voice-challenge", "mfa-voice-enrollment"),
    *("mfa-webauthn-change-key-nickname", "mfa-webauthn-enrollment-success", "mfa-webauthn-error"),
    *("mfa-webauthn-not-available-error", "mfa-webauthn-platform-challenge", "mfa-webauthn-platform-enrollment"),
    *("mfa-webauthn-roaming-challenge", "mfa-webauthn-roaming-enrollment", "async-approval-wait"),
)
RESETS = (
    *("reset-password", "reset-password-email", "reset-password-error", "reset-password-request"),
    *("reset-password-required", "reset-password-success"),
    *(
        f"reset-password-mfa-{factor}-challenge"
        for factor in (
            "email",
            "otp",
            "phone",
            "recovery-code",
            "sms",
            "voice",
            "webauthn-platform",
            "webauthn-roaming",
        )
    ),
    "reset-password-mfa-push-challenge-push",
)
OTHERS = (
    *("accept-invitation", "brute-force-protection-unblock", "brute-force-protection-unblock-failure"),
    *("brute-force-protection-unblock-success", "confirmation", "consent", "customized-consent", "custom-prompt"),
    *("device-code-activation", "device-code-activation-allowed", "device-code-activation-denied"),
    *("device-code-confirmation", "email-identifier-challenge", "email-otp-challenge", "email-verification-result"),
    *("interstitial-captcha", "login-email-verification", "login-passwordless-email-code"),
    *("login-passwordless-email-link", "login-passwordless-sms-otp", "logout", "logout-aborted", "logout-complete"),
    *("organization-picker", "organization-selection", "passkey-enrollment", "passkey-enrollment-local"),
    *("phone-identifier-challenge", "phone-identifier-enrollment", "pre-login-organization-picker", "redeem-ticket"),
    *("signup", "signup-id", "signup-password", "status"),
)
SCREENS = (*MFA, *RESETS, *OTHERS)
"""All that may stand between a password and the application; the login's own three are not among them."""

CREDENTIALS = ("email", "phone", "username", "email-username", "email-phone", "phone-username", "email-phone-username")
KEYS = (
    "wrong-credentials",
    *(f"wrong-{each}-credentials" for each in CREDENTIALS),
    *("auth0-users-validation", "authentication-failure", "authenticator-error", "captcha-client-failure"),
    *("captcha-validation-failure", "conflict-password-passkey", "custom-script-error-code", "invalid-captcha"),
    *("invalid-code", "invalid-connection", "invalid-email-format", "invalid-email-phone", "invalid-email-username"),
    *("invalid-email-phone-username", "invalid-expired-code", "invalid-login-id", "invalid-otp-code-format"),
    *("invalid-passkey", "invalid-phone", "invalid-phone-format", "invalid-phone-number", "invalid-phone-username"),
    *("invalid-username", "invalid-verification-code", "ip-blocked", "mfa-email-challenge-authenticator-error"),
    *("mfa-push-challenge-authenticator-error", "no-code", "no-db-connection", "no-email", "no-hrd-connection"),
    *("no-passkey", "no-password", "no-phone", "no-transaction-in-progress", "no-username"),
    *("passkey-authentication-failed", "passkey-not-allowed", "password-breached", "password-not-allowed"),
    *("passwordless-authenticator-error", "passwordless-unknown-error", "same-user-login", "send-sms-failed"),
    *("send-voice-failed", "sms-authenticator-error", "too-many-email", "too-many-failures", "too-many-push"),
    *("too-many-sms", "too-many-voice", "transaction-not-found", "user-already-enrolled", "user-blocked"),
    "voice-authenticator-error",
)
"""The keys of the errors that the docs list for these pages."""

PATHS = {"login-id": "login/identifier", "login-password": "login/password", "custom-prompt": "custom-prompt/ap_terms"}
"""Where a page's address is not its name."""

FIELDS: dict[str, tuple[str, ...]] = {
    "login-id": ("username",),
    "login-password": ("password",),
    "login": ("username", "password"),
    "mfa-otp-challenge": ("code",),
    "custom-prompt": ("agreed",),
}
BUTTONS = {
    "consent": ("accept", "deny"),
    "customized-consent": ("accept", "deny"),
    "passkey-enrollment": ("default", "abort-passkey-enrollment"),
    "passkey-enrollment-local": ("default", "abort-passkey-enrollment"),
    "mfa-webauthn-platform-enrollment": ("default", "snooze-enrollment"),
}
CAPTCHA = (
    '<div class="ulp-captcha-container" data-captcha-provider="auth0"><img alt="captcha"><input name="captcha"></div>'
)


def path_of(screen: str) -> str:
    return f"/u/{PATHS.get(screen, screen)}"


def html(
    screen: str,
    state: str,
    *,
    key: str = "",
    held: Mapping[str, str] | None = None,
    client: Mapping[str, Any] | None = None,
    captcha: bool = False,
) -> str:
    """The page; ``key`` is the error on it, ``held`` what it has filled in already."""
    errors = [{"code": key, "message": "A text that the tenant has made its own"}] if key else []
    context = {
        "screen": {"name": screen},
        "prompt": {"name": screen},
        "transaction": {"state": state, "errors": errors, "locale": "en"},
        "client": dict(client or {}),
    }
    told = (
        f'<span class="ulp-input-error-message" data-error-code="{escape(key)}">A text of the tenant</span>'
        if key
        else ""
    )
    buttons = BUTTONS.get(screen, ("default",))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Log in | Sandbox</title>\n'
        f'<meta name="ulp-version" content="1.125.0">\n'
        f"<script>window.universal_login_context={_script(context)};</script></head>\n"
        f'<body><main class="_widget"><h1>Welcome</h1>\n<form method="POST" data-form-primary="true">\n'
        f'<input type="hidden" name="state" value="{escape(state)}">\n'
        f"{_inputs(FIELDS.get(screen, ()), held or {})}{CAPTCHA if captcha else ''}{told}\n"
        f"{''.join(_button(each) for each in buttons)}\n</form></main></body></html>\n"
    )


def _inputs(names: Sequence[str], held: Mapping[str, str]) -> str:
    kinds = {"password": "password"}
    return "".join(
        f'<input name="{name}" id="{name}" type="{kinds.get(name, "text")}" value="{escape(held.get(name, ""))}">'
        for name in names
    )


def _button(action: str) -> str:
    return f'<button type="submit" name="action" value="{action}">{action}</button>'


def _script(document: Any) -> str:
    return json.dumps(document).replace("<", "\\u003c")
