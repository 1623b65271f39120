"""Each fault changes the answers that its drill says, to what it says, and no others."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

import sandbox
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
