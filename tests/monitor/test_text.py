"""How anything is put in words: what is harmful goes, and figures, times and lists read alike wherever they stand."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import text

NOON = datetime(2026, 11, 22, 12, 0, 5, 250_000, tzinfo=UTC)
HARMFUL = "a\x00b\x1b[31mc\u202ed\ud800e"


def test_report_shows_that_something_stood_there_and_keeps_lines() -> None:
    assert text.legible(f"{HARMFUL}\r\nand  more") == "a\ufffdb\ufffd[31mc\ufffdd\ufffde\nand  more"


def test_sentence_of_ours_has_one_line_and_no_trace_of_it() -> None:
    assert text.printable(f" {HARMFUL}\r\nand  more") == "a b [31mc d e and more"


def test_line_says_that_it_was_cut() -> None:
    assert text.one_line("word " * 3, 6) == "word w … (8 more characters)"


@pytest.mark.parametrize(
    ("names", "most", "said"),
    [
        ((), 3, ""),
        (("a", "b", "c"), 3, "a, b, c"),
        (("a", "b", "c", "d"), 3, "a, b, c and 1 more"),
        ([str(number) for number in range(1_500)], 1, "0 and 1,499 more"),
        (("a\nb", ""), 3, "a b, the suite"),
        (("x" * 101,), 3, f"{'x' * 100} … (1 more characters)"),
    ],
    ids=["none", "all", "one more", "many more", "lines and none", "long"],
)
def test_names_are_cut_and_counted(names: tuple[str, ...], most: int, said: str) -> None:
    assert text.some(names, most) == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 runs"), (1, "1 run"), (2_000, "2,000 runs")], ids=str)
def test_count_has_its_noun(number: int, said: str) -> None:
    assert text.count(number, "run") == said


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.999, 0, "99.9 %"),
        (0.999, 2, "99.90 %"),
        (0.001, 2, "0.10 %"),
        (0.99999, 2, "99.999 %"),
        (1.0, 2, "100 %"),
        (0.0, 2, "0 %"),
    ],
)
def test_share_has_as_many_digits_as_are_asked_for(share: float, digits: int, said: str) -> None:
    assert text.percent(share, digits) == said


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is set to another zone than UTC."""
    with monkeypatch.context() as moved:
        moved.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("tokyo")
@pytest.mark.parametrize(
    ("tell", "said"),
    [
        (text.day, "2026-11-22"),
        (text.minute, "2026-11-22 12:00 UTC"),
        (text.second, "2026-11-22 12:00:05 UTC"),
        (text.brief, "22 Nov 12:00 UTC"),
        (text.moment, "2026-11-22T12:00:05.250Z"),
        (text.stamp, "2026-11-22T12:00:05Z"),
        (text.for_name, "20261122T120005Z"),
    ],
    ids=lambda tell: getattr(tell, "__name__", None),
)
def test_times_are_told_in_utc_whatever_zone_the_machine_is_in(tell: Callable[[float], str], said: str) -> None:
    assert time.localtime(0).tm_hour == 9, "this machine knows the zone"
    assert tell(NOON.timestamp()) == said


def test_time_with_a_zone_is_told_in_utc_as_precisely_as_it_is() -> None:
    assert text.iso(NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))) == "2026-11-22T12:00:05.250000Z"


@pytest.mark.parametrize(
    ("told", "wide"),
    [
        ("", 0),
        ("login", 5),
        ("ログイン", 8),
        ("로그인", 6),
        ("\uff2c\uff4f\uff47", 6),
        ("e\u0301a\u0308", 2),
        ("😀", 2),
        ("… → –", 5),
    ],
)
def test_text_is_as_wide_as_a_terminal_shows_it(told: str, wide: int) -> None:
    assert text.columns(told) == wide


@given(st.text("ab -,", max_size=60), st.integers(2, 20))
def test_latin_text_is_wrapped_as_pythons_own_library_does_it(told: str, width: int) -> None:
    plain = " ".join(told.split())

    theirs = textwrap.wrap(plain, width, break_on_hyphens=False)
    assert text.wrapped(plain, width) == [line.rstrip() for line in theirs]


@given(st.text("aé画인😀\u0301 ", max_size=60), st.integers(2, 20))
def test_text_that_is_wrapped_fits_and_loses_nothing(told: str, width: int) -> None:
    lines = text.wrapped(told, width)

    assert [line for line in lines if text.columns(line) > width] == []
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "a", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
        (list("abcde"), "a, b, c and 2 more"),
    ],
)
def test_names_are_enumerated_as_in_a_sentence(names: list[str], said: str) -> None:
    assert text.enumerated(names, 3) == said
