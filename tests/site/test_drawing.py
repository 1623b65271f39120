from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from monitor.history import DAY, HOUR, Bar, Counts, Latency
from monitor.site import drawing
from monitor.status import Status

WORDS = {"u": Status.UP, "d": Status.DEGRADED, "x": Status.DOWN, "?": Status.UNKNOWN}


def bars(letters: str, observed: float = 1.0) -> tuple[Bar, ...]:
    """A bar for each letter."""
    return tuple(
        Bar(place * DAY, WORDS[letter], Counts(**{str(WORDS[letter]): 4}), observed if letter != "?" else 0.0)
        for place, letter in enumerate(letters)
    )


def paths(markup: str) -> dict[str, str]:
    """What is drawn, by the class that it has."""
    return {each.attrib["class"]: each.attrib["d"] for each in ET.fromstring(markup).iter("path")}  # noqa: S314 - our own


def latencies(values: list[float | None], step: float = DAY) -> tuple[Latency, ...]:
    return tuple(
        Latency(place * step, 0 if each is None else 9, each and each / 2, each, each, 0.02)
        for place, each in enumerate(values)
    )


def test_each_status_has_a_shape_of_its_own() -> None:
    drawn = paths(drawing.strip(bars("udx?")))
    heights = {name: sorted(int(each) for each in re.findall(r"v(\d+)", path)) for name, path in drawn.items()}

    assert heights["up"] == [22]
    assert heights["degraded"] == [4, 22], "it has a hat"
    assert heights["down"] == [drawing.TALL]
    assert set(drawn) == {"none", "up", "degraded", "down"}, "what is unknown has no bar"


@pytest.mark.parametrize(("observed", "height"), [(1.0, 22), (0.5, 11), (0.01, 3)], ids=str)
def test_bar_is_as_tall_as_the_share_that_was_observed(observed: float, height: int) -> None:
    assert paths(drawing.strip(bars("u", observed)))["up"] == f"M0 {31 - height}h6v{height}h-6z"


def test_day_that_was_down_is_never_low_however_little_of_it_was_observed() -> None:
    assert f"v{drawing.TALL}" in paths(drawing.strip(bars("x", 0.01)))["down"]


def test_bars_are_told_in_words() -> None:
    drawn = drawing.strip(bars("uuxxd?"))

    assert 'aria-label="6 days until 1970-01-06: 2 down, 1 degraded, 2 up, 1 unknown"' in drawn
    assert "<title>1970-01-03 to 1970-01-04 down: 8 down of 8 observations, 100 % of the time observed</title>" in drawn
    assert [line for _, line in drawing.ill(bars("uuxxd?"))] == [
        "1970-01-06 unknown: nothing was observed",
        "1970-01-05 degraded: 4 degraded of 4 observations, 100 % of the time observed",
        "1970-01-03 to 1970-01-04 down: 8 down of 8 observations, 100 % of the time observed",
    ]


def test_gap_is_a_gap_in_the_chart() -> None:
    drawn = paths(drawing.chart(latencies([0.2, 0.3, None, 0.2, 0.2]), (3.0,)))

    assert drawn["line"].count("M") == 2
    assert drawn["band"].count("z") == 2


@pytest.mark.parametrize(
    ("values", "lone"),
    [
        ([None, None, 0.2], "M480 13 720 13"),
        ([0.2, None, None], "M0 13 240 13"),
        ([None, 0.2, None], "M240 13 480 13"),
        ([0.2], "M0 13 720 13"),
    ],
    ids=["newest", "oldest", "between", "only"],
)
def test_point_that_stands_alone_is_as_wide_as_its_time(values: list[float | None], lone: str) -> None:
    """The newest ends at the right edge, and the oldest begins at the left one."""
    assert paths(drawing.chart(latencies(values), ()))["line"] == lone


@pytest.mark.parametrize(
    ("letters", "left"), [("???x", 24), ("x???", 0), ("?x??", 8)], ids=["newest", "oldest", "between"]
)
def test_bar_that_stands_alone_lies_at_its_day(letters: str, left: int) -> None:
    """The newest ends where the drawing does, but for the gap beside it."""
    drawn = drawing.strip(bars(letters))

    assert paths(drawn)["down"] == f"M{left} 0h6v40h-6z"
    assert 'viewBox="0 0 31 40"' in drawn


def test_budget_is_drawn_where_it_belongs() -> None:
    drawn = paths(drawing.chart(latencies([3.0, 3.0]), (3.0,)))
    at = re.match(r"M0 (\d+)h", drawn["budget"])

    assert at
    assert drawn["line"] == f"M180 {at[1]} 540 {at[1]}", "what takes as long as the budget lies on its line"


def test_slow_day_does_not_make_all_others_flat() -> None:
    drawn = paths(drawing.chart(latencies([1.0, 300.0, 1.0]), (3.0,)))

    assert drawn["line"] == "M120 89 360 0 600 89"


@pytest.mark.parametrize(("step", "word"), [(DAY, "day"), (HOUR, "hour")], ids=["days", "hours"])
def test_chart_is_told_in_words(step: float, word: str) -> None:
    told = drawing.caption(latencies([0.2, 0.4, None], step), (2.0, 3.0))

    assert told.startswith(f"latency by the {word}: p95 at most 0.40 s, on 1970-01-0")
    assert told.endswith("; budget 2 s and 3 s")


def test_chart_of_nothing_can_be_drawn() -> None:
    assert paths(drawing.chart(latencies([None, None]), ())) == {"band": "", "line": ""}
    assert paths(drawing.chart(latencies([0.0]), ())).keys() == {"band", "line"}


def hourly(letters: str) -> tuple[Bar, ...]:
    return tuple(replace(each, day=place * HOUR) for place, each in enumerate(bars(letters)))


def test_strip_says_of_when_it_is_in_days_or_in_hours() -> None:
    assert drawing.ends(bars("uu")) == ("2 days ago", "today")
    assert drawing.ends(bars("u")) == ("1 day ago", "today")
    assert drawing.ends(hourly("uuu")) == ("3 hours ago", "now")
    assert drawing.summary(hourly("ux?")) == "3 hours until 1970-01-01 03:00 UTC: 1 down, 1 up, 1 unknown"
    assert drawing.summary(bars("u")) == "1 day until 1970-01-01: 1 up"


def test_hours_are_drawn_one_beside_the_other() -> None:
    assert paths(drawing.strip(hourly("x?x")))["down"] == "M0 0h6v40h-6zM16 0h6v40h-6z"


def test_only_what_is_not_up_has_words_of_its_own_in_a_strip() -> None:
    titles = [each.text for each in ET.fromstring(drawing.strip(bars("uxd"))).iter("title")]  # noqa: S314 - our own

    assert [str(each).split(": ")[0] for each in titles] == ["1970-01-02 down", "1970-01-03 degraded"]


def test_ground_of_a_strip_lies_below_all_of_it() -> None:
    assert paths(drawing.strip(bars("uuu")))["none"] == "M0 20h24"


@pytest.mark.parametrize(
    ("budgets", "lines"),
    [((), []), ((3.0,), ["M0 13h720"]), ((1.5, 3.0), ["M0 57h720", "M0 13h720"])],
    ids=["none", "one", "two"],
)
def test_each_budget_is_a_line_and_the_largest_is_within_the_chart(
    budgets: tuple[float, ...], lines: list[str]
) -> None:
    drawn = ET.fromstring(drawing.chart(latencies([0.2]), budgets))  # noqa: S314 - our own

    assert [each.attrib["d"] for each in drawn.iter("path") if each.attrib["class"] == "budget"] == lines


def test_band_lies_between_the_median_and_the_slow_answers() -> None:
    drawn = paths(drawing.chart(latencies([2.0, 2.0]), (2.0,)))

    assert drawn["line"] == "M180 13 540 13"
    assert drawn["band"] == "M180 13 540 13 540 57 180 57z"


def test_chart_of_few_answers_is_of_the_slowest_and_says_so() -> None:
    few = tuple(replace(each, p95=None, slowest=0.9) for each in latencies([0.4, 0.4]))

    assert drawing.caption(few, ()).startswith("latency by the day: the slowest answer at most 0.90 s, on 1970-01-01")
    assert paths(drawing.chart(few, (0.9,)))["line"] == "M180 13 540 13"
    assert drawing.caption(latencies([None]), ()) == "latency by the hour: no answer was timed"
