"""What is told of what is ill, and that no secret is in it."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from typing import Any, cast

import jsonschema
import pytest

from monitor import results
from monitor.exchange import Attempt, Exchange, Repeat
from monitor.failures import Failure, Untrusted, WrongAnswer
from monitor.secrets import Scrubber
from monitor.session.judgement import judge
from monitor.session.record import Record
from monitor.verdict import Verdict
from monitor.wire import certificates
from monitor.wire.door import Door
from monitor.wire.trace import Trace
from tests.wire.authorities import Authority
from tests.wire.servers import Server, answer, saying, unused_port

SCHEMA = json.loads(results.SCHEMA_FILE.read_text(encoding="utf-8"))
LIMITS: dict[str, Any] = {"timeout": 5.0, "connect_timeout": 2.0}
TOKEN = "t0ken-of-nobody-0123456789"


def told(exchange: Exchange) -> dict[str, Any]:
    """The evidence of the last attempt, which is as the schema says, and can be written."""
    evidence: dict[str, Any] = exchange.attempts[-1].in_full()["evidence"]
    jsonschema.validate(evidence, {"$ref": "#/$defs/evidence", "$defs": SCHEMA["$defs"]})
    assert TOKEN not in json.dumps(evidence)
    return evidence


def test_addresses_tls_and_certificate_are_told(authority: Authority, scrubber: Scrubber) -> None:
    with Server(saying(), tls=authority.serving()) as server:
        exchange = Door(scrubber, {}, authority.file).ask("GET", server.url, **LIMITS)
    evidence = told(exchange)
    leaf, *_ = evidence["certificates"]  # those above it are told from Python 3.13 on

    assert evidence["addresses"] == ["127.0.0.1"]
    assert evidence["tls"]["version"].startswith("TLSv1.")
    assert evidence["tls"]["cipher"]
    assert set(leaf["names"]) == {"127.0.0.1", "localhost"}
    assert "trustme" in leaf["issuer"]
    assert leaf["not_before"] < leaf["not_after"]
    assert (evidence["timeout"], evidence["connect_timeout"]) == (5.0, 2.0)


def test_certificate_that_is_not_trusted_is_told_by_a_look_that_sends_nothing(
    authority: Authority, scrubber: Scrubber
) -> None:
    other = authority.serving(authority.ca.issue_cert("other.example"))
    with Server(saying(), tls=other) as server, pytest.raises(Untrusted) as raised:
        Door(scrubber, {}, authority.file).ask("GET", server.url, **LIMITS)
    evidence = told(cast("Exchange", raised.value.exchange))

    assert evidence["tls"] is None
    assert [each["names"] for each in evidence["certificates"]] == [["other.example"]]
    assert server.requests == []
    assert "it is for other.example" in raised.value.reason
    assert "answer" not in evidence


def test_fields_that_are_not_known_to_be_public_are_named_and_not_told(door: Door, scrubber: Scrubber) -> None:
    scrubber.name(TOKEN, "AUTH0_CLIENT_SECRET")
    scrubber.name("app", "AUTH0_CLIENT_ID")
    form = {
        "client_secret": TOKEN,
        "refresh_token": f"{TOKEN}-too",
        "client_id": "app",
        "scope": "openid",
        "none": None,
    }
    with Server(saying()) as server:
        sent = told(door.ask("POST", server.url, form=form, **LIMITS))["request"]
        as_json = told(door.ask("POST", server.url, json={"password": f"{TOKEN}-too"}, **LIMITS))["request"]

    assert sent["fields"] == {
        "client_secret": "$AUTH0_CLIENT_SECRET",
        "refresh_token": "$REFRESH_TOKEN",
        "client_id": "$AUTH0_CLIENT_ID",
        "scope": "openid",
    }
    assert sent["variables"]["client_id"] == "AUTH0_CLIENT_ID"
    assert "scope" not in sent["variables"]
    assert (sent["form"], as_json["form"]) == ("form", "json")
    assert as_json["fields"] == {"password": "$PASSWORD"}


def test_user_and_application_stand_as_their_variables_and_strangers_as_they_are(
    door: Door, scrubber: Scrubber
) -> None:
    scrubber.name("hunter2-hunter2", "AUTH0_USERNAME")
    with Server(saying()) as server:
        own = told(door.ask("POST", server.url, json={"username": "hunter2-hunter2"}, **LIMITS))["request"]
        stranger = told(door.ask("POST", server.url, json={"username": "nobody@synthetic.invalid"}, **LIMITS))

    assert own["fields"] == {"username": "$AUTH0_USERNAME"}
    assert own["variables"] == {"username": "AUTH0_USERNAME"}
    assert stranger["request"]["fields"] == {"username": "nobody@synthetic.invalid"}
    assert stranger["request"]["variables"] == {}


def test_headers_are_told_as_they_were_sent_and_secrets_masked(door: Door, scrubber: Scrubber) -> None:
    scrubber.name(TOKEN, "AUTH0_ID_TOKEN")
    with Server(saying()) as server:
        bearer = told(
            door.ask("GET", server.url, headers={"Authorization": f"Bearer {TOKEN}", "X-Key": TOKEN}, **LIMITS)
        )
        basic = told(door.ask("GET", server.url, auth=("someone", TOKEN), **LIMITS))
        sizes = [len(each.partition("\r\n\r\n")[0]) + 4 for each in server.requests]

    assert bearer["request"]["headers"]["Authorization"] == "Bearer ***"
    assert bearer["request"]["headers"]["X-Key"] == "***"
    assert bearer["request"]["authorization"] == {"scheme": "Bearer", "user": "", "variable": "AUTH0_ID_TOKEN"}
    assert basic["request"]["authorization"] == {"scheme": "Basic", "user": "someone", "variable": "AUTH0_ID_TOKEN"}
    assert [bearer["request"]["headers_bytes"], basic["request"]["headers_bytes"]] == sizes


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            403,
            b'{"error": "mfa_required", "error_description": "a\\nb", "mfa_token": "t0ken-of-nobody-0123456789"}',
            ("mfa_required", "a b"),
        ),
        (400, b'{"error": "invalid_request", "error_description": "no"}', ("invalid_request", "no")),
        (399, b'{"error": "t0ken-of-nobody-0123456789"}', (None, None)),
        (500, b'{"error": {"a": 1}, "error_description": 2}', (None, None)),
        (500, b"[]", (None, None)),
        (500, b"<html>", (None, None)),
        (200, b'{"error": "t0ken-of-nobody-0123456789"}', (None, None)),
    ],
)
def test_error_is_all_that_is_told_of_a_body(
    door: Door, status: int, body: bytes, expected: tuple[str | None, str | None]
) -> None:
    whole = answer(status, body)
    with Server(saying(whole)) as server:
        answered = told(door.ask("GET", server.url, repeat=Repeat.NEVER, **LIMITS))["answer"]

    assert (answered.get("error"), answered.get("error_description")) == expected
    assert (answered["headers_bytes"], answered["body_bytes"]) == (len(whole) - len(body), len(body))
    assert (answered["http"], answered["reason"]) == ("HTTP/1.1", "Said")


@pytest.mark.parametrize(
    ("headers", "skewed"),
    [
        ({"date": "Thu, 01 Jan 1970 00:01:40 GMT"}, True),
        ({"date": "Thu, 01 Jan 1970 00:01:40 GMT", "age": "9"}, False),
        ({"date": "yesterday"}, False),
        ({}, False),
    ],
)
def test_skew_is_that_of_our_clock_where_the_answer_has_its_own(
    door: Door,
    headers: dict[str, Any],
    skewed: bool,  # noqa: FBT001 - a row of a table
) -> None:
    with Server(saying(answer(**headers))) as server:
        exchange = door.ask("GET", server.url, **LIMITS)

    expected = pytest.approx(exchange.attempts[0].started - 100, abs=2) if skewed else None
    assert told(exchange)["skew"] == expected


def test_python_that_tells_the_whole_chain_is_asked_for_it(authority: Authority) -> None:
    leaf = ssl.PEM_cert_to_DER_cert(authority.ca.issue_cert("localhost").cert_chain_pems[0].bytes().decode())
    root = ssl.PEM_cert_to_DER_cert(authority.ca.cert_pem.bytes().decode())

    class Socket:
        def getpeercert(self) -> dict[str, Any]:
            return {}

        def version(self) -> str:
            return "TLSv1.3"

        def cipher(self) -> None:
            return None

        def get_verified_chain(self) -> list[bytes]:
            return [leaf, root]

    trace = Trace(1, 1)
    trace.agreed(cast("ssl.SSLSocket", Socket()))

    assert trace.chain_is_whole
    assert [certificates.told(each)["subject"] == certificates.told(each)["issuer"] for each in trace.chain] == [
        False,
        True,
    ]


def test_certificate_that_cannot_be_read_has_its_fingerprint() -> None:
    assert list(certificates.told(b"no certificate")) == ["sha256"]


@pytest.mark.parametrize(
    "name",
    [
        *("grant_type", "scope", "audience", "realm", "connection", "device", "action", "redirect_uri", "client_id"),
        *("username", "js-available", "webauthn-available", "is-brave", "webauthn-platform-available"),
    ],
)
def test_field_that_is_no_secret_is_told(door: Door, name: str) -> None:
    with Server(saying()) as server:
        sent = told(door.ask("POST", server.url, form={name: "as-it-is"}, **LIMITS))["request"]

    assert sent["fields"] == {name: "as-it-is"}
    assert sent["variables"] == {}


@pytest.mark.parametrize(
    "name",
    ["password", "client_secret", "code", "code_verifier", "refresh_token", "id_token_hint", "state", "assertion"],
)
@pytest.mark.parametrize("kind", ["form", "json"])
def test_field_that_may_be_a_secret_stands_as_a_name(door: Door, name: str, kind: str) -> None:
    with Server(saying()) as server:
        body: dict[str, Any] = {kind: {name: TOKEN}}
        sent = told(door.ask("POST", server.url, **LIMITS, **body))["request"]

    assert sent["fields"] == {name: f"${name.upper()}"}
    assert sent["variables"] == {name: name.upper()}
    assert sent["form"] == kind


def test_name_of_a_field_becomes_one_of_a_variable(door: Door) -> None:
    with Server(saying()) as server:
        sent = told(door.ask("POST", server.url, form={"ulp-a.b": TOKEN}, **LIMITS))["request"]

    assert sent["fields"] == {"ulp-a.b": "$ULP_A_B"}


def test_public_field_that_came_from_a_variable_is_told_with_its_value(door: Door, scrubber: Scrubber) -> None:
    scrubber.name("https://api.acme.example", "AUTH0_AUDIENCE")
    with Server(saying()) as server:
        sent = told(door.ask("POST", server.url, form={"audience": "https://api.acme.example"}, **LIMITS))["request"]

    assert sent["fields"] == {"audience": "https://api.acme.example"}
    assert sent["variables"] == {"audience": "AUTH0_AUDIENCE"}


def test_body_that_is_no_form_has_no_fields(door: Door) -> None:
    with Server(saying()) as server:
        content = told(door.ask("POST", server.url, content=TOKEN.encode(), **LIMITS))["request"]
        nothing = told(door.ask("GET", server.url, **LIMITS))["request"]

    assert (content["fields"], content["form"], content["body_bytes"]) == ({}, "form", len(TOKEN))
    assert (nothing["fields"], nothing["form"], nothing["body_bytes"]) == ({}, "", 0)
    assert nothing["authorization"] is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("User-Agent", True),
        ("Accept", True),
        ("accept-encoding", True),
        ("Content-Type", True),
        ("If-None-Match", True),
        ("If-Modified-Since", True),
        ("Cookie", False),
        ("Proxy-Authorization", False),
        ("X-Health-Api-Key", False),
        ("Auth0-Forwarded-For", False),
    ],
)
def test_headers_that_may_have_a_secret_are_masked(door: Door, name: str, *, shown: bool) -> None:
    with Server(saying()) as server:
        sent = told(door.ask("GET", server.url, headers={name: "as-it-is"}, **LIMITS))["request"]

    assert sent["headers"][name] == ("as-it-is" if shown else "***")
    assert sent["headers"]["Host"] == server.url.removeprefix("http://")


def test_secret_that_has_no_variable_stands_as_what_it_is(door: Door) -> None:
    with Server(saying()) as server:
        bearer = told(door.ask("GET", server.url, headers={"Authorization": f"Bearer {TOKEN}"}, **LIMITS))["request"]
        basic = told(door.ask("GET", server.url, auth=("someone", TOKEN), **LIMITS))["request"]

    assert bearer["authorization"] == {"scheme": "Bearer", "user": "", "variable": "ACCESS_TOKEN"}
    assert basic["authorization"] == {"scheme": "Basic", "user": "someone", "variable": "PASSWORD"}


def test_headers_of_an_answer_are_told_by_which_it_is_found_in_logs(door: Door) -> None:
    headers: dict[str, Any] = {
        "x_auth0_requestid": "r" * 300,
        "set_cookie": f"a={TOKEN}",
        "cf_ray": "1",
        "x_token": TOKEN,
    }
    with Server(saying(answer(**headers))) as server:
        attempt = door.ask("GET", server.url, **LIMITS).attempts[0]

    assert attempt.headers["x-auth0-requestid"] == "r" * 200
    assert attempt.headers["cf-ray"] == "1"
    assert {"set-cookie", "x-token"}.isdisjoint(attempt.headers)


def test_long_error_is_cut_and_a_body_that_is_too_long_is_not_read(door: Door) -> None:
    long = json.dumps({"error": "e" * 400}).encode()
    with Server(saying(answer(400, long))) as server:
        cut = told(door.ask("GET", server.url, **LIMITS))["answer"]
    with Server(saying(answer(400, long + b" " * 70_000))) as server:
        unread = told(door.ask("GET", server.url, **LIMITS))["answer"]

    assert cut["error"] == "e" * 300
    assert "error" not in unread


def test_attempt_that_never_reached_anybody_tells_what_it_sent_and_no_answer(door: Door) -> None:
    with pytest.raises(Failure) as raised:
        door.ask("GET", f"http://127.0.0.1:{unused_port()}/x", address=("127.0.0.1", 1), **LIMITS)
    evidence = told(cast("Exchange", raised.value.exchange))

    assert evidence["pinned"] == "127.0.0.1:1"
    assert evidence["request"]["headers"]["User-Agent"].startswith("auth0")
    assert (evidence["tls"], evidence["certificates"]) == (None, [])
    assert {"answer", "skew"}.isdisjoint(evidence)


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ([], "and no connection"),
        (["dns"], "and no connection"),
        (["dns", "connect"], "and no TLS handshake"),
        (["dns", "connect", "tls"], "and no answer"),
        (["dns", "connect", "tls", "send"], "and no answer"),
        (["dns", "connect", "send"], "and no answer"),
        (["dns", "connect", "tls", "send", "wait"], "in the middle of the answer"),
    ],
)
def test_attempt_that_is_late_says_how_far_it_came(phases: list[str], words: str) -> None:
    trace = Trace(1.0, 1.0, whole=2.5)
    for phase in phases:
        trace.ended(phase)

    assert trace.late().reason == f"timed out: 2.5 s have passed, {words}"


@pytest.mark.parametrize(
    ("phases", "last"),
    [
        ([], "dns"),
        (["dns"], "connect"),
        (["dns", "connect"], "tls"),
        (["dns", "connect", "tls"], "send"),
        (["dns", "connect", "send"], "wait"),
        (["dns", "connect", "tls", "send", "wait"], "receive"),
        (["receive"], "receive"),
    ],
)
def test_time_that_was_not_counted_belongs_to_the_phase_that_it_was_in(phases: list[str], last: str) -> None:
    trace = Trace(1.0, 1.0)
    for phase in phases:
        trace.ended(phase)
    trace.finished()

    assert list(trace.phases) == list(dict.fromkeys([*phases, last]))


@pytest.mark.parametrize(("timeout", "connect", "told_"), [(5.0, 2.0, 2.0), (1.0, 2.0, 1.0)])
def test_connection_may_not_take_longer_than_the_whole(timeout: float, connect: float, told_: float) -> None:
    trace = Trace(timeout, connect)

    assert trace.deadline - trace.began == pytest.approx(timeout)
    assert trace.connect_deadline - trace.began == pytest.approx(told_)
    assert trace.whole == timeout


class TestWhoHoldsTheEvidence:
    def test_verdict_that_is_up_tells_none(self) -> None:
        assert "evidence" not in judge("a", "", raised=None, exchange=_exchange(), budget=None).attempts[0]

    def test_first_that_is_ill_holds_it_and_keeps_it_when_it_is_judged_again(self) -> None:
        holders: dict[tuple[object, ...], str] = {}
        ill = [
            judge(each, "", raised=WrongAnswer("x"), exchange=_exchange(), budget=None, holders=holders)
            for each in ("a", "b", "a")
        ]

        assert ["evidence" in each.attempts[0] for each in ill] == [True, False, True]

    @pytest.mark.parametrize("ill", ["b", "a", "c"])
    def test_record_keeps_it_whichever_verdict_came_first_and_holds_the_attempt_once(
        self, tmp_path: Any, ill: str
    ) -> None:
        record = Record(tmp_path, frozenset(), "live", (), {})
        for each in "abc":
            raised = WrongAnswer("x") if each == ill else None
            record.take(judge(each, "", raised=raised, exchange=_exchange(), budget=None))
        seen = [record.verdicts[each].attempts[0] for each in "abc"]

        assert "evidence" in seen[0]
        assert seen[0] is seen[1] is seen[2]

    def test_evidence_that_breaks_costs_no_verdict(self) -> None:
        exchange = Exchange((replace(_exchange().attempts[0], evidence=lambda: 1 // 0),))  # type: ignore[arg-type,return-value]
        verdict: Verdict = judge("a", "", raised=WrongAnswer("x"), exchange=exchange, budget=None)

        assert "ZeroDivisionError" in verdict.attempts[0]["evidence"]["broken"]


def _exchange() -> Exchange:
    seen = Attempt("GET", "https://a.invalid/", 200, None, 1.0, 0.1, {}, None, {}, 2, lambda: {"skew": 0.0})
    return Exchange((seen,))
