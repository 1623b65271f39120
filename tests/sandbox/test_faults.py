"""Each fault changes the answers that its drill says, to what it says, and no others."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
from werkzeug import Request

import sandbox
from sandbox.answers import json_answer, text_answer
from sandbox.faults import FAULTS, Fault
from sandbox.faults.registry import Moment, register
from sandbox.memory import Recent
from sandbox.questions import Question
from tests.drills.table import DRILLS
from tests.sandbox.answers import HEALTHY
from tests.sandbox.asking import FEW, SHORT, THREADS, Client, Starting
from tests.sandbox.portrait import QUESTIONS, portrait

ONE_BY_ONE = {"blip", "login-page-blip"}
"""What these faults do depends on who asks first."""


def test_every_fault_says_in_one_line_what_it_does() -> None:
    told = sandbox.known_faults()

    assert len(told) == len(set(told.values())) > 50
    assert [name for name, line in told.items() if "\n" in line or not line.endswith(".")] == []


def test_a_healthy_sandbox_answers_everything_well(well: Client) -> None:
    assert portrait(well) == HEALTHY
    assert HEALTHY.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("fault", DRILLS)
def test_a_fault_changes_these_answers_and_no_others(fault: str, started: Starting) -> None:
    changed = DRILLS[fault].answers
    assert changed or DRILLS[fault].owner is None, (
        "a fault that nobody has to mend may change nothing that is counted here"
    )
    assert changed.items() & HEALTHY.items() == set()
    client = started(fault)
    at_once = 1 if fault in ONE_BY_ONE else FEW
    if "timeout" in changed.values():
        client.timeout, at_once = SHORT, THREADS

    assert portrait(client, at_once=at_once) == HEALTHY | changed


def test_a_blip_spoils_the_first_time_that_something_is_asked(started: Starting) -> None:
    client = started("blip")

    assert [client.get("/test").status_code for _ in range(3)] == [503, 200, 200]
    assert [client.token().status_code for _ in range(2)] == [503, 200]
    assert client.node(1, "/testall").status == 200


def test_a_blip_spoils_other_questions_to_the_same_page_of_their_own(started: Starting) -> None:
    client = started("blip")
    client.token()

    assert client.token(**client.custom_user).status_code == 503


def test_a_slow_answer_is_four_seconds_late_and_right(started: Starting) -> None:
    response = started("slow").get("/test")

    assert response.status_code == 200
    assert 4 <= response.elapsed.total_seconds() < 8


def test_faults_combine(started: Starting) -> None:
    faults = ("claim-missing", "testall-500", "node-down", "certificate-expiring")
    expected = dict(HEALTHY)
    for fault in faults:
        expected |= DRILLS[fault].answers

    assert portrait(started(*faults)) == expected


def test_all_faults_together_are_started_too(started: Starting) -> None:
    client = started(*sandbox.known_faults(), delay=0.01)
    elsewhere = ("canonical", "provider", "idp metadata", "dated")
    answers = {answer for name, answer in portrait(client).items() if name not in elsewhere}

    assert answers <= {
        "untrusted",
        "refused",
        "Hostname mismatch",
        "unable to get local issuer certificate",
    }


def test_an_unknown_fault_is_named_and_so_are_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown fault no-such-fault; known are .*login-refused"):
        sandbox.start(["login-refused", "no-such-fault"])


def test_names_that_no_fault_has_are_told_apart() -> None:
    families = sandbox.known_families()
    known = ["login-refused", "prompt=consent"]

    assert sandbox.unknown([*known, "no-such", "prompt=no-such", "no-such=consent", "prompt"]) == [
        "no-such",
        "no-such=consent",
        "prompt",
        "prompt=no-such",
    ]
    assert all(told.endswith(".") and len(set(values)) == len(values) > 0 for told, values in families.values())
    assert sandbox.unknown(f"{name}={value}" for name, (_, values) in families.items() for value in values) == []


def test_a_throttled_answer_says_when_to_come_back(started: Starting) -> None:
    response = started("too-many-requests").token()

    assert response.status_code == 429
    assert response.headers["x-ratelimit-remaining"] == "0"
    assert "x-ratelimit-limit" in response.headers
    assert "x-ratelimit-reset" in response.headers


def test_the_forged_signature_stands_under_the_published_key_id(started: Starting) -> None:
    from joserfc import jws

    client = started("forged-signature")
    kid = client.get("/.well-known/jwks.json").json()["keys"][0]["kid"]

    assert jws.extract_compact(client.token().json()["id_token"].encode()).protected["kid"] == kid


def test_the_hostile_text_survives_the_wire(started: Starting) -> None:
    told = started("unicode-error").token().json()["error_description"]

    assert "<script>" in told
    assert "\x1b[31m" in told
    assert "\x00" in told


def test_a_second_factor_comes_with_its_token(started: Starting) -> None:
    assert started("mfa-required").token().json()["mfa_token"]


def test_a_redirect_leads_elsewhere(started: Starting) -> None:
    assert started("redirect").get("/testall").headers["location"] == "/elsewhere"


def test_a_huge_body_is_as_long_as_it_says(started: Starting) -> None:
    import requests

    client = started("huge-body")
    url = f"https://{client.box.domain}/test"
    response = requests.get(url, verify=client.authority, timeout=10)

    assert len(response.content) == int(response.headers["Content-Length"]) > 50_000_000
    assert response.json().keys() == {"padding"}


def test_hs256_tokens_can_be_forged_too(started: Starting) -> None:
    assert portrait(started("forged-signature", id_token_alg="HS256"))["id_token"] == "not the tenant's"


def test_the_skewed_clock_is_an_hour_behind_the_answers_own_date(started: Starting) -> None:
    response = started("clock-skewed").get("/test")

    assert parsedate_to_datetime(response.headers["Date"]).timestamp() - response.json()["clock"] / 1000 == 3600


@pytest.mark.parametrize(
    ("fault", "claim", "seconds"), [("expired-token", "exp", -3600), ("iat-in-the-future", "iat", 3600)]
)
def test_ill_times_are_told_from_the_answers_own_date(fault: str, claim: str, seconds: int, started: Starting) -> None:
    client = started(fault)
    response = client.token()

    assert client.verified(response.json()["id_token"])[claim] - seconds == (
        parsedate_to_datetime(response.headers["Date"]).timestamp()
    )


def late(fault: str, route: str, method: str = "POST", target: str = "tenant", **fields: str) -> float:
    """By how many seconds this fault makes the answer to this question late."""
    question = Question(Request.from_values("/", method=method, data=fields), target, route)
    return FAULTS[fault].act(Moment(question, json_answer({}), Recent())).late


@pytest.mark.parametrize(
    ("fault", "is_late", "in_time"),
    [
        ("slow", {"route": "test", "method": "GET"}, None),
        ("login-slow", {"route": "token", "grant_type": "password"}, {"route": "jwks", "method": "GET"}),
        ("login-slow", {"route": "ro"}, {"route": "token", "grant_type": "client_credentials"}),
        ("custom-database-slow", {"route": "ro", "connection": "custom-users"}, {"route": "ro", "connection": "a"}),
        (
            "custom-database-slow",
            {
                "route": "token",
                "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
                "realm": "custom-users",
            },
            {"route": "token", "grant_type": "password"},
        ),
        ("login-page-slow", {"route": "prompt", "method": "GET"}, {"route": "prompt"}),
    ],
    ids=str,
)
def test_a_fault_that_is_slow_is_four_seconds_late_where_it_says(
    fault: str, is_late: dict[str, str], in_time: dict[str, str] | None
) -> None:
    assert late(fault, **is_late) == 4
    assert in_time is None or late(fault, **in_time) == 0


def test_a_page_is_late_for_the_services_of_its_format_alone() -> None:
    assert late("slack-slow", "slack", "GET", "pages") == 20
    assert late("slack-slow", "heroku", "GET", "pages") == 0


def test_what_replaces_an_answer_is_as_late_and_of_the_same_house() -> None:
    first = json_answer({}, headers={"X-Kept": "1", "WWW-Authenticate": "Bearer", "Allow": "GET"})
    first.late = 3
    moment = Moment(Question(Request.from_values("/"), "tenant"), first, Recent())
    other, stranger = moment.replaced(text_answer("no", 500)), moment.replaced(text_answer("no"), keep_headers=False)

    assert (other.late, stranger.late) == (3, 3)
    assert (other.headers["X-Kept"], other.headers["Content-Type"]) == ("1", "text/plain")
    assert {"WWW-Authenticate", "Allow"}.isdisjoint(other.headers.keys())
    assert "X-Kept" not in stranger.headers


@pytest.mark.parametrize(
    ("fault", "status", "is_auth0s"),
    [("test-503", 503, True), ("blip", 503, True), ("redirect", 302, True), ("html-instead-of-json", 200, False)],
)
def test_an_answer_says_whose_it_is_unless_somebody_stands_between(
    started: Starting, fault: str, status: int, is_auth0s: object
) -> None:
    answer = started(fault).get("/test")

    assert answer.status_code == status
    assert {name in answer.headers for name in ("cf-ray", "x-auth0-requestid")} == {is_auth0s}


def test_a_page_in_the_way_lets_no_credentials_out_and_all_else(started: Starting) -> None:
    client = started("page-in-the-way")
    blocked = (client.token(), client.machine(), client.ro())

    assert [(each.status_code, each.headers["Content-Type"][:9], "cf-ray" in each.headers) for each in blocked] == [
        (403, "text/html", False)
    ] * 3
    assert client.get("/.well-known/jwks.json").status_code == 200


def test_keys_are_rotated_in_each_way_that_the_faults_say(started: Starting) -> None:
    def ids(client: Client) -> list[str]:
        return [key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]]

    def signed_by(client: Client) -> str:
        from joserfc import jws

        return str(jws.extract_compact(client.token().json()["id_token"].encode()).protected["kid"])

    rotated, rotating, unpublished = started("keys-rotated"), started("jwks-rotating"), started("key-unpublished")
    first, second = ids(rotating), ids(rotating)

    assert len(set(ids(rotated))) == 2
    assert signed_by(rotated) == ids(rotated)[0]
    assert signed_by(rotating) not in first
    assert second == [signed_by(rotating)]
    assert signed_by(unpublished) not in ids(unpublished)


def test_keys_that_are_unusable_have_the_wrong_use_or_no_modulus(started: Starting) -> None:
    one, other = started("jwks-unusable").get("/.well-known/jwks.json").json()["keys"]

    assert (one["use"], "n" in one) == ("enc", True)
    assert (other["use"], "n" in other) == ("sig", False)
    assert one["kid"] != other["kid"]


@pytest.mark.parametrize("fault", ["userinfo-refuses", "node-wrong-key"])
def test_a_refused_token_says_by_which_scheme_to_come(started: Starting, fault: str) -> None:
    client = started(fault)
    answer = client.metric(1) if fault == "node-wrong-key" else client.userinfo(client.token().json()["access_token"])

    assert answer.headers["WWW-Authenticate"].partition(" ")[0] == ("Basic" if fault == "node-wrong-key" else "Bearer")


def test_a_fault_has_a_name_of_its_own_and_a_sentence() -> None:
    for fault in (Fault("slow", "It is slow."), Fault("not-told", "")):
        with pytest.raises(TypeError, match="is told twice, or not at all"):
            register(fault)
    assert "not-told" not in sandbox.known_faults()
