from __future__ import annotations

from xml.etree import ElementTree as ET

import hypothesis
import pytest
from hypothesis import strategies

from monitor.reports import wording
from monitor.text import bounded, legible, one_line, seconds
from tests.reports import runs


@hypothesis.settings(deadline=None, database=None)
@hypothesis.given(strategies.text(strategies.characters(exclude_categories=())))
def test_text_from_anywhere_is_legible_to_every_reader(text: str) -> None:
    for told in (legible(text), one_line(text)):
        ET.fromstring(f"<a><![CDATA[{told.replace(']]>', '')}]]></a>")  # noqa: S314 - it is our own
        told.encode("utf-8")
        assert not {"\x1b", "\x00", "\x9b", "\r", "\u202e"} & set(told)
    assert "\n" not in one_line(text)


def test_lines_stay_lines_and_letters_stay_letters() -> None:
    assert legible("a\tb\r\nc – é 😀") == "a\tb\nc – é 😀"
    assert one_line("  a\tb\r\nc – é 😀 ") == "a b c – é 😀"
    assert one_line("\x1b[31mred") == "�[31mred"


def test_text_that_is_cut_says_how_much_is_missing() -> None:
    assert bounded("abc", 3) == "abc"
    assert bounded("a" * 1_503, 3) == "aaa … (1,500 more characters)"


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "–"), (0.0004, "0.000 s"), (0.0042, "0.004 s"), (0.213, "0.21 s"), (20.4, "20.40 s")]
)
def test_seconds_are_short(value: float | None, expected: str) -> None:
    assert seconds(value) == expected


def test_pace_names_the_budget_only_beside_a_time() -> None:
    assert wording.pace(runs.verdict()) == "0.21 s of 3 s"
    assert wording.pace(runs.verdict(budget=None)) == "0.21 s"
    assert wording.pace(runs.verdict(seconds=None)) == "–"


def test_attempt_of_which_little_is_known_is_told_all_the_same() -> None:
    assert wording.attempt({}).endswith("→ no answer, –")
    assert (
        wording.attempt({"method": "GET", "url": "u", "status": 0, "seconds": 1.0, "headers": None})
        == "GET u → 0, 1.00 s"
    )


def test_cause_begins_with_a_reason_even_where_none_was_given() -> None:
    assert wording.cause(runs.down(reason=" \n ")).startswith("down, without a reason\n")


def test_attempt_is_told_with_its_ids_its_time_its_address_and_its_phases() -> None:
    headers = {"CF-RAY": "8f0a", "X-Auth0-RequestId": "7b6f", "Retry-After": "5", "date": "never told"}
    seen = runs.attempt(status=429, error="TooMany: wait", headers=headers)
    told = (
        "POST https://prod.example/oauth/token → 429, TooMany: wait, 0.21 s, "
        "x-auth0-requestid 7b6f, cf-ray 8f0a, retry-after 5, at 2026-11-22T21:01:01.250Z"
    )

    assert wording.answer(seen) == told
    assert wording.attempt(seen) == (
        f"{told}, from 203.0.113.9, dns 2, connect 10, tls 21, send 0, wait 179, receive 1 ms"
    )
    assert wording.attempt(seen | {"address": None, "phases": {}}) == told


def test_phases_are_in_the_order_of_an_exchange_and_those_that_were_none_are_not_told() -> None:
    assert wording.phases({"wait": 0.1795, "dns": 0.002}) == "dns 2, wait 180 ms"
    assert wording.phases({}) == ""


def test_evidence_of_a_verdict_is_a_fact_a_line() -> None:
    seen = [runs.attempt(status=503, phases={}, address=None, headers={}, started=None)] * 2
    verdict = runs.down(attempts=seen, question="", target="")

    assert wording.evidence(verdict).splitlines() == [
        "target: –",
        "question: –",
        "time: 0.21 s of 3 s",
        "attempt 1: POST https://prod.example/oauth/token → 503, 0.21 s",
        "attempt 2: POST https://prod.example/oauth/token → 503, 0.21 s",
        f"retry: pytest '{verdict.id}'",
    ]
    assert "retry: " not in wording.evidence(verdict.planned("not a node id"))
