"""The second factor that a program can give: a code by time (RFC 6238), of which each is taken once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from monitor.configuration.targets import Login
from monitor.exchange import Exchange, Repeat
from monitor.failures import Failure
from monitor.transactions import screens
from monitor.transactions.engine import Asking
from monitor.transactions.oauth_errors import error_of, members
from monitor.transactions.turns import Turn

OTP_GRANT = "http://auth0.com/oauth/grant-type/mfa-otp"
STEP = 30
"""Seconds for which a code holds."""

OFF = 15.0
"""Seconds by which this machine's clock may be off before that is told beside a code that was refused."""


def code(secret: SecretStr) -> str:
    """The code of this moment. It is kept nowhere: six digits could not be taken out of a text again."""
    import pyotp

    class _Code(pyotp.TOTP):
        min_secret_length_bits = 0  # how long a secret is, the tenant has decided

    return _Code(secret.get_secret_value().replace(" ", "").upper()).now()


def turns(row: Login) -> Iterator[Turn]:
    """A login that may need a code waits for a step in which no other login of the same user has had one."""
    if row.totp_secret and not row.blocked:
        why = f"one login of a user in {STEP} s, since a code is taken once; give each connection and flow a user"
        yield Turn(f"code of {row.username} at {row.tenant.url}", row.id, 1, 2.0 * STEP, why)


def refused(word: str, exchange: Exchange, *, where: str = "", by: str = "") -> Failure:
    """What a code that was not taken comes to: with this machine's clock, where that is off.

    ``where`` is the page, and ``by`` is who refused it where that was none.
    """
    last = exchange.attempts[-1]
    off = last.started + last.seconds - exchange.time
    told = f"this machine's clock is {off:+.0f} s off" if abs(off) > OFF else ""
    return screens.failure(word, replace(exchange, word=word), where=where, detail=told, by=by)


def given(row: Login, asking: Asking, exchange: Exchange, client: dict[str, Any]) -> Exchange:
    """The answer to a code, where the answer to user name and password asks for one and we have one; else that answer.

    All requests are in the evidence.
    """
    token = members(exchange).get("mfa_token")
    if row.totp_secret is None or error_of(exchange) not in ("mfa_required", "a0.mfa_required"):
        return exchange
    if not isinstance(token, str) or not token:
        return exchange
    asking.keep_secret(token, row)
    form = {"grant_type": OTP_GRANT, "mfa_token": token, "otp": code(row.totp_secret), **client}
    answer = asking.ask(row, "POST", "/oauth/token", form=form, repeat=Repeat.UNSENT)
    whole = replace(answer, attempts=(*exchange.attempts, *answer.attempts))
    if answer.status != 200 and error_of(answer) in ("invalid_grant", "mfa_invalid_code", "a0.mfa_invalid_code"):
        raise refused("invalid-code", whole, by="the token endpoint")
    return whole
