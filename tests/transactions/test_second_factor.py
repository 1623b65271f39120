"""The code of an authenticator app: given where a login asks for one, once, and kept nowhere."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from pydantic import SecretStr

from monitor.failures import Misconfigured, NotDue, Prompted
from monitor.transactions import endpoints, second_factor
from monitor.wire import door
from sandbox import TOTP_SECRET
from sandbox.second_factor import _code as code_of_the_sandbox
from tests.transactions.test_universal_login import asked, walking

ENDPOINT = endpoints.login
FLOWS = ("universal-login", "password", "password-realm")
ASKED = "second-factor=asked"


@pytest.mark.parametrize("flow", FLOWS)
def test_code_lets_the_user_in_by_every_flow_that_asks_for_one(flow: str) -> None:
    with walking(ASKED) as walks:
        performed = walks.performed(walks.row(FLOWS=flow, TOTP_SECRET=TOTP_SECRET))

        assert performed.failure is None, performed.failure
        assert performed.brought.access_token
        way = asked(performed.exchange)
        assert way[-1] == "POST /oauth/token 200"
        assert ("POST /u/mfa-otp-challenge 302" if flow == "universal-login" else "POST /oauth/token 403") in way
        assert performed.exchange is not None
        assert performed.exchange.replaced is None, "two requests are no second attempt"


@pytest.mark.parametrize(
    ("flow", "kind"), [("universal-login", Prompted), ("password", Misconfigured), ("password-realm", Misconfigured)]
)
def test_without_a_secret_the_sentence_names_the_variable(flow: str, kind: type[Exception]) -> None:
    with walking(ASKED) as walks:
        failure = walks.failure(FLOWS=flow)

        assert type(failure) is kind
        assert "AUTH0_TOTP_SECRET" in failure.reason


@pytest.mark.parametrize("flow", FLOWS)
def test_code_of_another_secret_is_refused_and_told_so(flow: str) -> None:
    with walking(ASKED) as walks:
        failure = walks.failure(FLOWS=flow, TOTP_SECRET="K" * 32)

        assert type(failure) is Prompted
        assert "(invalid-code): see AUTH0_TOTP_SECRET and this machine's clock" in failure.reason
        assert ("Universal Login" in failure.reason) is (flow == "universal-login")
        assert failure.exchange is not None
        assert failure.exchange.word == "invalid-code"


def test_refused_code_is_told_with_a_clock_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    behind = SimpleNamespace(time=lambda: time.time() - 90, perf_counter=time.perf_counter, sleep=time.sleep)
    with walking(ASKED) as walks:
        row = walks.row(TOTP_SECRET="K" * 32)
        monkeypatch.setattr(door, "time", behind)
        failure = walks.performed(row).failure

    assert failure is not None
    assert "(invalid-code, this machine's clock is -" in failure.reason


def test_two_logins_of_one_user_do_not_share_a_code() -> None:
    with walking(ASKED) as walks:
        row = walks.row(FLOWS="password,password-realm", TOTP_SECRET=TOTP_SECRET)
        rows = row.tenant.logins[:2]
        for each in rows:
            walks.engine.plan(ENDPOINT, each)
        first, second = (walks.performed(each) for each in rows)

    assert first.failure is None
    assert isinstance(second.failure, NotDue)
    assert "one login of a user in 30 s" in second.failure.reason


def test_users_of_their_own_are_let_in_side_by_side() -> None:
    with walking(ASKED) as walks:
        variables = {"FLOWS": "password-realm", "TOTP_SECRET": TOTP_SECRET}
        row = walks.row(**variables, CONNECTION_CUSTOM_USERS_TOTP_SECRET=TOTP_SECRET)
        done = [walks.performed(each) for each in row.tenant.logins]

    assert [each.failure for each in done] == [None, None]


def test_user_of_a_connections_own_has_no_app_of_another() -> None:
    with walking() as walks:
        rows = walks.row(FLOWS="password-realm", TOTP_SECRET=TOTP_SECRET).tenant.logins

    assert [row.totp_secret is not None for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("value", "fine"),
    [
        (TOTP_SECRET, True),
        ("jbsw y3dp ehpk 3pxp", True),
        ("JBSWY3DPEHPK3PXP====", True),
        ("JBSWY3DPEHPK3PXPJ", False),  # a letter too many for base32
        ("JBSWY3DPEHPK3PXPJBSWY3", False),
        ("123456", False),
        ("JBSWY3DPEHPK3PX1", False),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP", False),
    ],
)
@pytest.mark.parametrize("variable", ["TOTP_SECRET", "CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_TOTP_SECRET"])
def test_secret_that_is_none_costs_its_login_and_names_its_variable(value: str, variable: str, *, fine: bool) -> None:
    with walking() as walks:
        row = walks.row(FLOWS="password-realm,client-credentials", **{variable: value})

    assert (row.blocked is None) is fine
    if row.blocked:
        assert row.blocked.reason.startswith(f"AUTH0_{variable}: not a secret of an authenticator app")
        assert value not in row.blocked.reason


def test_code_and_tokens_are_in_no_evidence() -> None:
    with walking(ASKED) as walks:
        exchange = walks.performed(walks.row(FLOWS="password", TOTP_SECRET=TOTP_SECRET)).exchange
        assert exchange is not None
        evidence: list[dict[str, Any]] = [each.in_full()["evidence"] for each in exchange.attempts]
        told = walks.scrubber.scrub(json.dumps(evidence))

    assert evidence[1]["request"]["fields"]["otp"] == "$OTP"
    assert evidence[1]["request"]["fields"]["mfa_token"] == "$MFA_TOKEN"
    assert "Fe26.2*" not in told


def test_two_implementations_agree() -> None:
    at = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)

    assert pyotp.TOTP(TOTP_SECRET).at(at) == code_of_the_sandbox(TOTP_SECRET, int(at.timestamp()) // 30)
    assert len(second_factor.code(SecretStr(TOTP_SECRET))) == 6
