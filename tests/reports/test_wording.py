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
