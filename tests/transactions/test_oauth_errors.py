"""Which failure an answer stands for. The rows are what Auth0 documents, and what was seen of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.exchange import Attempt, Exchange
from monitor.failures import (
    BotProtection,
    EdgeBlocks,
    Failure,
    Misconfigured,
    ProxyRefused,
    Refused,
    TargetFailed,
    Throttled,
    WrongAnswer,
)
from monitor.transactions.oauth_errors import (
    A_PERSON,
    BY_EXTENSIONS,
    GRANTS,
    LIMITS,
    REQUESTS,
    RULES,
    SECOND_FACTOR,
    SUSPECTED,
    WRONG_CLIENT,
    WRONG_USER,
    error_of,
    judged,
)

ERRORS: list[tuple[int, str, type[Failure]]] = [
    # POST /oauth/ro
    (400, "invalid_request", Misconfigured),
    (400, "invalid_grant", Refused),
    (401, "invalid_user_password", Refused),
    (401, "unauthorized", Refused),
    (401, "password_leaked", Refused),
    (401, "requires_verification", BotProtection),
    (403, "unauthorized_client", Misconfigured),
    (403, "access_denied", Refused),
    (429, "too_many_attempts", Throttled),
    (429, "too_many_logins", Throttled),
    # POST /oauth/token
    (400, "invalid_scope", Misconfigured),
    (401, "invalid_client", Refused),
    (401, "requires_validation", BotProtection),
    (403, "invalid_grant", Refused),
    (403, "invalid_user_password", Refused),
    (404, "endpoint_disabled", Misconfigured),
    (429, "too_many_requests", Throttled),
    (500, "server_error", WrongAnswer),
    (501, "unsupported_grant_type", Misconfigured),
    (503, "temporarily_unavailable", WrongAnswer),
    (401, "mfa_required", Misconfigured),
    (403, "mfa_required", Misconfigured),
    (403, "mfa_registration_required", Misconfigured),
    (403, "mfa_invalid_code", Misconfigured),
    (400, "a0.mfa_required", Misconfigured),
    (400, "a0.mfa_registration_required", Misconfigured),
    (400, "a0.mfa_invalid_code", Misconfigured),
    (401, "password_expired", Refused),
    (401, "password_change_required", Refused),
    (401, "change_password_required", Refused),
    (401, "access_denied", Refused),
    (403, "too_many_attempts", Throttled),
    (500, "access_denied", WrongAnswer),
    *((403, error, Misconfigured) for error in (*A_PERSON, *SECOND_FACTOR)),
    *((400, error, Misconfigured) for error in (*GRANTS, *REQUESTS)),
    *((403, error, Throttled) for error in LIMITS),
    *((401, error, BotProtection) for error in SUSPECTED),
    *((400, error, WrongAnswer) for error in BY_EXTENSIONS),
    # GET /userinfo, and what nobody has seen yet
    (401, "invalid_token", WrongAnswer),
    (400, "something_new", WrongAnswer),
]


def exchange(status: int, body: object = None, **headers: str) -> Exchange:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    attempt = Attempt("POST", "https://a.invalid/oauth/token", status, None, 0, 0, {}, None, {}, len(content))
    return Exchange((attempt,), status, headers, content)


@pytest.mark.parametrize(("status", "error", "failure"), dict.fromkeys(ERRORS))
def test_error_is_judged_by_status_and_error(status: int, error: str, failure: type[Failure]) -> None:
    answer = exchange(status, {"error": error, "error_description": "Why."})

    judgement = judged(answer)

    assert type(judgement) is failure
    assert judgement.exchange is answer
    assert judgement.reason.startswith(f'{status} {error} ("Why.")')


@pytest.mark.parametrize(("status", "error", "failure"), dict.fromkeys(ERRORS))
@given(description=st.none() | st.text(max_size=40) | st.integers() | st.lists(st.text(max_size=3)))
def test_description_changes_nothing(status: int, error: str, failure: type[Failure], description: object) -> None:
    for flow in ("", "password-realm", "oauth-ro"):
        assert type(judged(exchange(status, {"error": error, "error_description": description}), flow)) is failure


def test_every_rule_says_what_to_do_and_is_reached() -> None:
    reached = {(type(judged(exchange(status, {"error": error}))), error) for status, error, _ in ERRORS}

    for status, error, failure, cure in RULES:
        assert cure
        assert error is None or (failure, error) in reached, (status, error)


def test_no_limit_nor_protection_is_the_targets_fault() -> None:
    for status, error, failure in ERRORS:
        if failure in (Throttled, BotProtection, Misconfigured):
            assert not isinstance(judged(exchange(status, {"error": error})), TargetFailed)


@pytest.mark.parametrize(("status", "error"), sorted(WRONG_USER | WRONG_CLIENT))
def test_wrong_credentials_are_refused(status: int, error: str) -> None:
    assert isinstance(judged(exchange(status, {"error": error})), Refused)


@pytest.mark.parametrize(
    ("flow", "failure"), [("password", Misconfigured), ("password-realm", WrongAnswer), ("", WrongAnswer)]
)
def test_missing_default_directory_is_our_set_up_where_it_is_used(flow: str, failure: type[Failure]) -> None:
    assert type(judged(exchange(500, {"error": "server_error"}), flow)) is failure


@pytest.mark.parametrize(("status", "error"), [(500, "other"), (500, None), (503, "server_error"), (502, None)])
def test_no_other_answer_to_the_flow_password_says_that_the_default_directory_is_missing(
    status: int, error: str | None
) -> None:
    assert type(judged(exchange(status, {"error": error}), "password")) is WrongAnswer


def test_missing_default_directory_is_told_with_the_cure_and_the_evidence() -> None:
    answer = exchange(500, {"error": "server_error"})
    judgement = judged(answer, "password")

    assert "Default Directory" in judgement.reason
    assert "password-realm" in judgement.reason
    assert judgement.exchange is answer


@pytest.mark.parametrize("status", [400, 401, 403, 503])
@pytest.mark.parametrize("error", ["too_many_attempts", "too_many_requests"])
def test_limit_is_a_limit_with_any_status(status: int, error: str) -> None:
    assert type(judged(exchange(status, {"error": error}))) is Throttled


@pytest.mark.parametrize(
    ("status", "error", "whose"),
    [
        (401, "invalid_user_password", "user"),
        (403, "invalid_user_password", "user"),
        (400, "invalid_grant", "user"),
        (401, "invalid_grant", "user"),
        (403, "invalid_grant", "user"),
        (401, "access_denied", "client"),
        (401, "invalid_client", "client"),
        (403, "invalid_client", "client"),
        (403, "access_denied", ""),
        (401, "unauthorized", ""),
        (429, "too_many_attempts", ""),
        (500, "invalid_grant", ""),
        (500, "access_denied", ""),
    ],
)
def test_refusal_says_whether_user_or_application_is_unknown(status: int, error: str, whose: str) -> None:
    refusal = (status, error)

    assert (refusal in WRONG_USER, refusal in WRONG_CLIENT) == (whose == "user", whose == "client")


@pytest.mark.parametrize("description", [None, 5, ["x"], "", "\x00"])
def test_description_that_says_nothing_is_not_told(description: object) -> None:
    reason = judged(exchange(418, {"error": "teapot", "error_description": description})).reason

    assert reason == "418 teapot"


@pytest.mark.parametrize(("status", "redirect"), [(299, False), (300, True), (399, True), (400, False)])
def test_redirects_are_the_statuses_from_300_to_399(status: int, redirect: object) -> None:
    assert ("which is not followed" in judged(exchange(status)).reason) is redirect


@pytest.mark.parametrize("status", [500, 599])
def test_error_of_the_server_is_not_taken_for_a_wrong_domain(status: int) -> None:
    assert judged(exchange(status)).reason == f"status {status} and an empty body"


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        (exchange(429), Throttled, "status 429 and an empty body: the monitor ran into a limit"),
        (exchange(429, b"<html><title>Slow down</title>"), Throttled, 'an HTML page ("Slow down")'),
        (exchange(500), WrongAnswer, "status 500 and an empty body"),
        (exchange(502, b"<html><title>Bad gateway</title></html>"), WrongAnswer, 'an HTML page ("Bad gateway")'),
        (exchange(404, b"<html>"), WrongAnswer, "this is not how an Auth0 tenant answers here; see AUTH0_DOMAIN"),
        (exchange(404), WrongAnswer, "status 404 and an empty body: this is not how"),
        (exchange(200, {"error": 5}), WrongAnswer, "this is not how an Auth0 tenant answers"),
        (exchange(204), WrongAnswer, "status 204 and an empty body"),
        (
            exchange(302, location="https://a.invalid/login?token=secret#x"),
            WrongAnswer,
            "302) to https://a.invalid/login,",
        ),
        (exchange(301), WrongAnswer, "a redirect (status 301) to nowhere"),
        (exchange(302, {"error": "x"}, location="/"), WrongAnswer, "302 x"),
    ],
)
def test_other_answers_are_described(answer: Exchange, failure: type[Failure], words: str) -> None:
    judgement = judged(answer)

    assert type(judgement) is failure
    assert words in judgement.reason
    assert "secret" not in judgement.reason
    assert judgement.exchange is answer


@given(st.text(max_size=300) | st.text("\x1b[]\ud800\ufffe\u202e\n<>&", max_size=20))
def test_description_is_told_in_one_legible_line(description: str) -> None:
    reason = judged(exchange(403, {"error": "invalid_grant", "error_description": description})).reason

    assert reason.isprintable()
    assert len(reason) < 400
    reason.encode()


@given(st.text(max_size=80) | st.text("\x1b[]\x80\xff\u2028", max_size=20))
def test_redirect_is_told_in_one_legible_line(location: str) -> None:
    assert judged(exchange(302, location=location)).reason.isprintable()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"error": "invalid_grant"}, "invalid_grant"),
        ({"error": "a.b-c_1"}, "a.b-c_1"),
        ({"error": ""}, None),
        ({"error": "two words"}, None),
        ({"error": "x" * 61}, None),
        ({"error": "<script>"}, None),
        ({"error": "invalid_grant\n"}, None),
        ({"error": {"code": 1}}, None),
        ({"error": None}, None),
        ({}, None),
        ([{"error": "x"}], None),
        ("error", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_error_is_a_plain_word_or_none(body: object, error: str | None) -> None:
    assert error_of(exchange(400, body)) == error


@given(st.integers(100, 599), st.binary(max_size=200), st.sampled_from(["", "password"]))
def test_any_answer_can_be_judged(status: int, body: bytes, flow: str) -> None:
    assert judged(exchange(status, body), flow).reason


@pytest.mark.parametrize(
    ("status", "speaker", "failure"),
    [
        (407, "", ProxyRefused),
        (511, "nginx", ProxyRefused),
        (407, "auth0", WrongAnswer),
        (403, "cloudflare 1020", EdgeBlocks),
        (403, "cloudflare challenge", EdgeBlocks),
        (429, "cloudflare 1015", Throttled),
        (503, "cloudflare 1015", Throttled),
        (530, "cloudflare 1016", WrongAnswer),
        (522, "cloudflare 522", WrongAnswer),
    ],
)
def test_answer_of_somebody_in_the_tenants_place_is_no_word_of_the_tenants(
    status: int, speaker: str, failure: type[Failure]
) -> None:
    attempt = Attempt("GET", "https://a.invalid/", status, None, 0, 0, {}, None, {}, 0, speaker=speaker)
    judgement = judged(Exchange((attempt,), status))

    assert type(judgement) is failure
    assert "1020" in judgement.reason or "1020" not in speaker


def test_required_organization_is_said_and_no_variable_is_named_that_there_is_not() -> None:
    told = "parameter organization is required for this client"
    reason = judged(exchange(400, {"error": "invalid_request", "error_description": told})).reason

    assert "tied to organizations" in reason
    assert "AUTH0_" not in reason
