"""The pause between runs that is usual: nine of ten keep to it, so that one gap among them does not move it."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest

from monitor.history.content import Content
from monitor.history.freshness import Age, age, expires, lasting, missed, usual
from monitor.history.reading import History
from tests.history.runs import DAY0, record


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([], None),
        ([300], 300),
        ([60, 3600], 3600),  # with two it cannot be told which is the gap
        ([60] * 8 + [3600], 3600),
        ([60] * 9 + [3600], 60),
        ([60] * 10 + [3600], 60),
        ([60] * 17 + [3600] * 2, 3600),
        ([60] * 18 + [3600] * 2, 60),
    ],
)
def test_nine_of_ten_pauses_keep_to_it(pauses: list[float], expected: float | None) -> None:
    for given in (pauses, pauses[::-1]):
        assert usual(list(accumulate(given, initial=1_000.0)) if given else [1_000.0]) == expected


@pytest.mark.parametrize(
    ("every", "seconds"),
    [(None, 3_600), (1, 600), (150, 600), (151, 604), (300, 1_200), (21_600, 86_400), (30_000, 86_400)],
)
def test_what_was_seen_is_believed_for_four_pauses_and_no_less_than_ten_minutes_nor_more_than_a_day(
    every: float | None, seconds: float
) -> None:
    assert lasting(every) == seconds
    assert expires(1_000.0, every) == 1_000.0 + seconds


def test_three_pauses_without_a_word_are_more_than_usual_where_it_is_known_what_is_usual() -> None:
    assert missed(300.0) == 900.0
    assert missed(0.0) == 0.0
    assert missed(None) == math.inf


@pytest.mark.parametrize(
    ("seconds", "is_overdue"), [(899.0, False), (900.0, False), (901.0, True)], ids=["young", "bound", "old"]
)
def test_newest_run_is_overdue_past_what_is_allowed(seconds: float, *, is_overdue: bool) -> None:
    assert Age(1.0, seconds, 900.0, 300.0).overdue is is_overdue
    assert Age(None, 0.0, 900.0, 300.0).overdue


def test_age_is_that_of_the_newest_run_that_began_by_now() -> None:
    known = History(Content(runs=[record(number * 300) for number in range(3)]))
    last = DAY0 + 600

    assert age(History(Content(runs=[])), DAY0) == Age(None, 0.0, 86_400.0, None)
    assert age(known, last - 599) == Age(last, 0.0, 1_200.0, 300.0), "a run may begin a little after now"
    assert age(known, last - 600) == Age(last, 0.0, 1_200.0, 300.0)
    assert age(known, last - 601).last == DAY0 + 300
    assert age(known, last + 700) == Age(last, 700.0, 1_200.0, 300.0)
    assert age(known, last + 700, least=7_200.0).allowed == 7_200.0
    assert age(History(Content(runs=[record(0)])), DAY0 + 5) == Age(DAY0, 5.0, 86_400.0, None)
