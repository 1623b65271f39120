"""An exchange tells which attempt counts, when its answer came, and what it was without a word of the body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.exchange import Attempt, Exchange

STARTED = 1_800_000_000.0
ONE = Attempt("GET", "https://a.example/", 200, None, STARTED, 1.5, {"dns": 0.1}, "192.0.2.1:443", {"age": "1"}, 2)


def exchange(body: bytes = b"", content_type: str = "", *, status: int = 200) -> Exchange:
    return Exchange((ONE,), status, {"content-type": content_type} if content_type else {}, body)


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"", "", "status 200 and an empty body"),
        (b" \n", "", "status 200 and an empty body"),
        (b'{"token": "hunter2"}', "", "status 200 and JSON"),
        (b"hunter2", "", "status 200 and 7 bytes that are not JSON"),
        (b"[" * 100_000, "", "status 200 and 100000 bytes that are not JSON"),
        (b"\xff\xfe", "", "status 200 and 2 bytes that are not JSON"),
        (b" \n<!DOCTYPE html><p>hunter2", "", "status 200 and an HTML page"),
        (b"<HTML lang=de>", "", "status 200 and an HTML page"),
        (b"hunter2", "text/html; charset=utf-8", "status 200 and an HTML page"),
        (b"<html><title\nid=x> Not\n here </title><title>No</title>", "", 'status 200 and an HTML page ("Not here")'),
        (b"<html><title>" + b"x" * 81 + b"</title>", "", "status 200 and an HTML page"),
        (b"<html>" + b" " * 20_000 + b"<title>Far</title>", "", "status 200 and an HTML page"),
    ],
    ids=range(12),
)
def test_answer_is_described_without_a_word_of_it_but_a_pages_title(body: bytes, content_type: str, told: str) -> None:
    assert exchange(body, content_type).described() == told


def test_seconds_are_those_of_all_attempts_to_a_millionth() -> None:
    assert Exchange((replace(ONE, seconds=0.1), replace(ONE, seconds=0.2000004))).seconds == 0.3
    assert Exchange(()).seconds == 0


@pytest.mark.parametrize(
    ("attempts", "which"),
    [
        ([{}], None),
        ([{"status": 503}], None),
        ([{"status": 503}, {}], 0),
        ([{"status": 500}, {}], 0),
        ([{"status": 499}, {}], None),
        ([{"status": None}, {}], None),
        ([{"status": None, "error": "TimedOut: late"}, {"status": 503}], 0),
        ([{}, {"status": 503}, {"status": None, "error": "Unreachable: x"}, {}], 1),
        ([], None),
    ],
    ids=str,
)
def test_attempt_that_was_replaced_is_the_first_that_failed_before_the_last(
    attempts: list[dict[str, Any]], which: int | None
) -> None:
    made = tuple(replace(ONE, **each, address=str(number)) for number, each in enumerate(attempts))

    assert Exchange(made).replaced == (None if which is None else made[which])


def test_who_spoke_is_who_gave_the_last_answer() -> None:
    assert Exchange((replace(ONE, speaker="squid"), replace(ONE, speaker="auth0"))).speaker == "auth0"
    assert Exchange(()).speaker == ""


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"date": "Fri, 15 Jan 2027 08:00:07 GMT"}, STARTED + 7),
        ({}, STARTED + 1.5),
        ({"date": "soon"}, STARTED + 1.5),
        ({"date": ""}, STARTED + 1.5),
    ],
    ids=["told", "none", "odd", "empty"],
)
def test_time_of_an_answer_is_its_own_or_else_when_it_came(headers: dict[str, str], at: float) -> None:
    told = Exchange((replace(ONE, started=0.0), ONE), 200, headers)

    assert told.time == at
    assert told.times == (at, STARTED + 1.5)


def test_attempt_is_told_with_its_evidence_only_in_full() -> None:
    made = replace(ONE, evidence=lambda: {"body": "x"}, speaker="auth0", way="direct", leads_to="b.example")
    plain = {
        "method": "GET", "url": "https://a.example/", "status": 200, "error": None, "started": STARTED, "seconds": 1.5,
        "phases": {"dns": 0.1}, "address": "192.0.2.1:443", "headers": {"age": "1"}, "bytes": 2,
        "certificate_expires": None, "speaker": "auth0", "way": "direct", "leads_to": "b.example",
    }  # fmt: skip

    assert made.to_dict() == plain
    assert made.in_full() == plain | {"evidence": {"body": "x"}}


def test_evidence_that_breaks_is_our_bug_and_costs_no_attempt() -> None:
    def broken() -> dict[str, Any]:
        raise KeyError("hunter2")

    told = replace(ONE, evidence=broken).in_full()["evidence"]["broken"]

    assert told.startswith("KeyError in test_exchange.py:")
    assert "hunter2" not in told


def test_what_may_hold_a_token_is_not_printed() -> None:
    told = repr(Exchange((ONE,), 200, {"set-cookie": "hunter2"}, b"hunter2", {"issuer": "hunter2"}))

    assert "hunter2" not in told
    assert exchange(b"\xc3\xa4\xff").text() == "ä\ufffd"
