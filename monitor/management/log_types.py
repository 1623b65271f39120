"""The types of entries in a tenant's log that a failed login may have: what each says, and whose work that is."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.owners import Owner


@dataclass(frozen=True, slots=True)
class LogType:
    """What an entry of this type says, and whose work it is; None where it names a step and no reason."""

    says: str
    owner: Owner | None = None


_FAILED_EXCHANGE = "the exchange for tokens failed"

FAILURES: dict[str, LogType] = {
    "f": LogType("the login failed"),
    "fp": LogType("the password is wrong", Owner.CONFIGURATION),
    "fu": LogType("there is no such user", Owner.CONFIGURATION),
    "fepft": LogType(_FAILED_EXCHANGE),
    "feacft": LogType(_FAILED_EXCHANGE),
    "feccft": LogType("the machine's login failed"),
    "fertft": LogType("the exchange of the refresh token failed"),
    "ferrt": LogType("a refresh token was used again, or was revoked"),
    "feoobft": LogType("the second factor failed"),
    "feotpft": LogType("the one-time password was refused"),
    "fdeac": LogType("the device was rejected"),
    "fcoa": LogType("the login across origins failed"),
    "fsa": LogType("the silent login failed"),
    "flo": LogType("the logout failed"),
    "universal_logout_failed": LogType("the logout everywhere failed"),
    "pwd_leak": LogType("the password is known from a breach", Owner.CONFIGURATION),
    "signup_pwd_leak": LogType("the password is known from a breach", Owner.CONFIGURATION),
    "limit_wc": LogType("brute-force protection blocked the user", Owner.THROTTLED),
    "limit_mu": LogType("suspicious-IP throttling blocked the address", Owner.THROTTLED),
    "limit_sul": LogType("the user logged in too often from one address", Owner.THROTTLED),
    "limit_delegation": LogType("too many calls for delegation", Owner.THROTTLED),
    "api_limit": LogType("a rate limit was reached", Owner.THROTTLED),
    "actions_execution_failed": LogType("an Action failed", Owner.EXTENSION),
    "forms_submission_failed": LogType("a form failed", Owner.EXTENSION),
    "flows_execution_failed": LogType("a flow of a form failed", Owner.EXTENSION),
    "passkey_challenge_failed": LogType("the passkey was refused", Owner.CONFIGURATION),
    "custom_domain_verification_failed": LogType("the custom domain is not verified", Owner.CONFIGURATION),
    "directory_sync_failed": LogType("the synchronisation of a directory failed", Owner.UPSTREAM),
    "acls_summary": LogType("an access list refused requests", Owner.CONFIGURATION),
    "gd_send_sms_failure": LogType("the sender of text messages failed", Owner.UPSTREAM),
    "gd_send_email_failure": LogType("the sender of mail failed", Owner.UPSTREAM),
    "fn": LogType("a message could not be sent", Owner.UPSTREAM),
}
"""Each as Auth0 calls it. What is neither here nor a success is told by its type alone."""

SUCCESSES = frozenset(
    {"s", "sepft", "seacft", "seccft", "sertft", "seoobft", "seotpft", "ssa", "slo", "scoa", "sede", "srrt", "scp"}
)

LOGINS = frozenset({"s", "sepft"})
"""The successes of which each login of a user has one."""

OF_MACHINES = frozenset({"seccft", "feccft"})
"""What names no user."""

OF_REFRESHES = frozenset({"fertft", "ferrt"})

REFUSED_ON_PURPOSE = frozenset({"feccft", *OF_REFRESHES})
"""What our own probes bring about that ask to be refused, by a wrong client secret or by a refresh token again."""

SILENT = frozenset({"depnote", "pla", "sapi", "fapi", "mgmt_api_read", "api_limit_warning"})
"""What says nothing about how a login went."""

OF_A_SCRIPT = r"sandbox error|script|webtask|\baction\b|econnrefused|etimedout|enotfound"
"""In a description: an extension, whose failure the type calls a failed exchange. It makes nothing certain."""
