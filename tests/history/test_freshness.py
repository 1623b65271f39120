"""The pause between runs that is usual: nine of ten keep to it, so that one gap among them does not move it."""

from __future__ import annotations

from itertools import accumulate

import pytest

from monitor.history.freshness import usual


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
