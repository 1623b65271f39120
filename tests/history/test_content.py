"""Merging, pruning and recording: in whatever order, and however often, the same comes of it, and no run is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import content, store
from monitor.history.content import Content, Folded
from monitor.history.days import fold, named
from monitor.history.reading import History
from monitor.history.records import RunRecord
from monitor.history.values import HOURLY_DAYS, RAW_DAYS
from tests.history.runs import DAY, DAY0, USERS, record, verdict

SMALL = settings(derandomize=True, max_examples=60, deadline=None, database=None)
WORDS = ("up", "up", "late", "down", "unknown", "skipped")
TARGETS = ("prod", USERS)

RUNS = [record(day * DAY + hour * 7_200, WORDS[(5 * day + hour) % 6]) for day in range(3) for hour in range(4)]
"""Of three days, four each: the first two are folded where a file is pruned."""

NOW = DAY0 + (RAW_DAYS + 2) * DAY
LATER = DAY0 + (HOURLY_DAYS + 2) * DAY

some = st.sets(st.sampled_from(range(len(RUNS)))).map(lambda places: [RUNS[place] for place in sorted(places)])
histories = st.tuples(some, st.sampled_from([None, NOW, LATER]))


def made(*contents: Content, now: float | None = None) -> Content:
    """What a file has that took these in, one after the other, and was pruned then."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        store.lay_out(connection, "live")
        for each in contents:
            content.add(connection, each)
        if now is not None:
            content.fold(connection, now - RAW_DAYS * DAY, now - HOURLY_DAYS * DAY)
        return content.load(connection)


def history(of: tuple[list[RunRecord], float | None]) -> Content:
    runs, now = of
    return made(Content(runs=runs), now=now)


def told(of: Content) -> dict[str, Any]:
    """Everything that is told of the time that these runs are from, but latencies."""
    known, since, until = History(of), DAY0 - DAY, DAY0 + 5 * DAY
    figures: dict[str, Any] = {"count": known.count, "runs": [(each.id, each.status) for each in known.runs()]}
    for target in TARGETS:
        figures[target] = (
            known.observations(target, since, until),
            known.bars(target, until, days=6),
            known.uptime(target, since, until),
            known.outages(target),
            known.budget(target, until, slo=0.999),
        )
    return figures


def ids(of: Iterable[RunRecord]) -> set[str]:
    return {each.id for each in of}


@SMALL
@given(histories, histories)
def test_merge_may_be_done_in_any_order(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    a, b = history(one), history(other)

    assert made(a, b) == made(b, a)


@SMALL
@given(histories, histories, histories)
def test_merges_may_be_grouped_in_any_way(one: tuple[Any, Any], two: tuple[Any, Any], three: tuple[Any, Any]) -> None:
    a, b, c = history(one), history(two), history(three)

    assert made(made(a, b), c) == made(a, made(b, c))


@SMALL
@given(histories, histories)
def test_merge_may_be_done_again(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    a, b = history(one), history(other)
    both = made(a, b)

    assert made(both, b) == made(both, both) == both


@SMALL
@given(histories, histories)
def test_merge_loses_no_run_and_counts_none_twice(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    both = made(history(one), history(other))

    assert both.ids == ids(one[0]) | ids(other[0])
    assert History(both).count == len(both.ids) == len(History(both).runs())


@SMALL
@given(histories, histories)
def test_merged_files_tell_what_one_file_would_have_told(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    every = {each.id: each for each in [*one[0], *other[0]]}.values()

    assert told(made(history(one), history(other))) == told(made(Content(runs=list(every))))


@SMALL
@given(some, st.sampled_from([NOW, LATER]))
def test_prune_changes_nothing_that_is_told(runs: list[RunRecord], now: float) -> None:
    whole, pruned = Content(runs=runs), made(Content(runs=runs), now=now)

    assert told(pruned) == told(made(whole))
    for target in TARGETS:
        before, after = (History(each).latencies(target, DAY0, DAY0 + 3 * DAY) for each in (whole, pruned))
        assert before == after


@SMALL
@given(some, st.sampled_from([NOW, LATER]))
def test_prune_may_be_done_again(runs: list[RunRecord], now: float) -> None:
    pruned = made(Content(runs=runs), now=now)

    assert made(pruned, now=now) == pruned
    assert made(made(Content(runs=runs), now=NOW), now=LATER) == made(Content(runs=runs), now=LATER)


@SMALL
@given(some, some, st.sampled_from([NOW, LATER]))
def test_files_that_were_pruned_apart_are_as_one_that_was_merged_first(
    one: list[RunRecord], other: list[RunRecord], now: float
) -> None:
    apart = made(made(Content(runs=one), now=now), made(Content(runs=other), now=now), now=now)
    first = made(Content(runs=one), Content(runs=other), now=now)
    mixed = any(
        mine & theirs and not (mine <= theirs or theirs <= mine)
        for day in range(3)
        for mine, theirs in [[ids(each for each in some if _day(each) == day) for some in (one, other)]]
    )

    assert told(apart) == told(first)
    if not mixed:
        assert [History(each).latencies(USERS, DAY0, DAY0 + 3 * DAY) for each in (apart, first)] == [
            History(first).latencies(USERS, DAY0, DAY0 + 3 * DAY)
        ] * 2
        assert History(apart).left_out == 0


def _day(of: RunRecord) -> int:
    return int((of.started - DAY0) // DAY)


def test_runs_that_no_latency_has_are_told() -> None:
    """Two copies, each with a run that the other lacks, folded the day that they share."""
    one, other = (made(Content(runs=RUNS[first : first + 3]), now=NOW) for first in (0, 1))
    known = History(made(one, other))

    assert known.count == 4
    assert known.left_out == 1
    assert known.uptime("prod", DAY0, DAY0 + DAY).counts.judged == 4


def test_day_that_is_part_of_another_is_not_kept_beside_it() -> None:
    part, whole = (made(Content(runs=RUNS[:count]), now=NOW) for count in (3, 4))

    assert made(part, whole) == made(whole, part) == whole


def test_late_run_of_a_folded_day_is_added_to_it() -> None:
    late = made(made(Content(runs=RUNS[:3]), now=NOW), Content(runs=RUNS[3:4]))
    known = History(late)

    assert len(late.runs) == 1
    assert told(made(late, now=NOW)) == told(late) == told(Content(runs=RUNS[:4]))
    assert known.latency("prod", DAY0, DAY0 + DAY) == History(Content(runs=RUNS[:4])).latency("prod", DAY0, DAY0 + DAY)


def test_link_is_kept_whichever_copy_has_it() -> None:
    bare, linked = (Content(runs=[record(0, link=link)]) for link in ("", "https://ci.example/1"))

    assert made(bare, linked) == made(linked, bare) == linked


def test_day_depends_on_its_runs_alone() -> None:
    runs = RUNS[:4]

    assert Folded.of(1, runs) == Folded.of(1, reversed(runs))
    assert fold(1, runs) == fold(1, runs[::-1])
    assert named(["b" * 16, "a" * 16]) == named(["a" * 16, "b" * 16]) != named(["a" * 16])


def test_page_that_was_not_read_costs_a_folded_day_nothing_and_an_ill_run_keeps_it() -> None:
    unread = verdict("dependencies:twilio", "unread", kind="dependencies", budget=None)
    document, _ = fold(1, [record(0, "up", unread), record(300, "down", unread)])

    assert list(document["ill"]) == ["1"]
    assert {each["failure"] for each in document["findings"]} == {"Refused", "Unreadable"}
