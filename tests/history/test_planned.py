"""Planned maintenance: when a window begins and ends, and whom it silences."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.history.carried import ToldRow
from monitor.history.planned import (
    HELD,
    Window,
    excluded,
    holding,
    recalled,
    silenced,
    spans_of,
    windows,
)
from monitor.history.values import Unusable

BEGAN = datetime(2026, 12, 1, 22, tzinfo=UTC).timestamp()
PROD, STAGING, ALL = (Window(BEGAN, BEGAN + 60, name) for name in ("prod", "Staging", ""))
OVER = Window(BEGAN - 60, BEGAN, "prod")


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        ("P1W", 604_800),
        ("P2D", 172_800),
        ("PT3H", 10_800),
        ("PT4M", 240),
        ("PT5S", 5),
        ("P1W2DT3H4M5S", 604_800 + 172_800 + 10_800 + 240 + 5),
        ("pt2h", 7_200),
        ("2026-12-01T23:00Z", 3_600),
        ("2026-12-02T01:00+01:00", 7_200),
    ],
)
def test_window_lasts_as_long_as_is_written(duration: str, seconds: float) -> None:
    assert windows(f"2026-12-01T22:00Z/{duration}") == ([Window(BEGAN, BEGAN + seconds)], [])


@pytest.mark.parametrize(
    "word",
    [
        "2026-12-01T22:00Z",
        "2026-12-01T22:00Z/",
        "/PT2H",
        "=2026-12-01T22:00Z/PT2H",
        "2026-12-01T22:00/PT2H",
        "2026-12-01T22:00Z/2026-12-01T23:00",
        "2026-12-01T22:00Z/2026-12-01T22:00Z",
        "2026-12-01T22:00Z/2026-12-01T21:00Z",
        "2026-12-01T22:00Z/PT0S",
        "2026-12-01T22:00Z/P",
        "2026-12-01T22:00Z/PT",
        "2026-12-01T22:00Z/P2H",
        "2026-12-01T22:00Z/P1Y",
        "2026-12-01T22:00Z/P99999999999D",
        "soon/PT2H",
    ],
)
def test_what_is_no_window_costs_no_other(word: str) -> None:
    found, problems = windows(f"prod=2026-12-01T22:00Z/PT1M; {word},2026-12-01T22:00Z/PT1M")

    assert found == [PROD, ALL]
    assert len(problems) == 1


def test_window_holds_from_its_beginning_until_its_end() -> None:
    assert [PROD.holds(BEGAN + at) for at in (-0.1, 0, 59.9, 60)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("tenants", "planned", "held"),
    [
        (["prod"], [PROD], [PROD]),
        (["PROD"], [PROD], [PROD]),
        (["staging"], [STAGING], [STAGING]),
        (["prod"], [STAGING], []),
        (["prod"], [OVER], []),
        (["prod"], [ALL], [ALL]),
        (["prod"], [ALL, STAGING, PROD], [ALL, PROD]),
        (["prod", "staging"], [PROD], []),
        (["prod", "staging"], [PROD, STAGING], [PROD, STAGING]),
        (["prod", "other"], [PROD, STAGING], []),
        ([], [PROD], []),
        ([], [ALL], [ALL]),
        ([], [], []),
    ],
    ids=[
        "its", "case", "cased", "another", "over", "all", "all-and-its", "one-of-two", "both", "no-third", "nobody",
        "nobody-in-all", "nothing",
    ],
)  # fmt: skip
def test_who_is_in_maintenance_is_told_of_nothing_where_all_of_them_are(
    tenants: list[str], planned: list[Window], held: list[Window]
) -> None:
    assert silenced(tenants, planned, BEGAN) is bool(held)
    assert holding(tenants, planned, BEGAN) == held


def test_budget_leaves_out_the_windows_of_the_targets_tenant_and_of_all() -> None:
    spans = [(BEGAN, BEGAN + 60), (BEGAN, BEGAN + 60), (BEGAN - 60, BEGAN)]

    assert spans_of("PROD:login:corp", [PROD, STAGING, ALL, OVER]) == spans
    assert spans_of("other", [PROD, STAGING]) == []


@pytest.mark.parametrize(
    ("said", "is_excluded"), [(" Maintenance ", True), ("maintenance", True), ("none", False), ("", False)]
)
def test_maintenance_is_left_out_of_budgets_where_it_is_asked_for(said: str, *, is_excluded: bool) -> None:
    assert excluded({"AUTH0_SLO_EXCLUDES": said}) is is_excluded


def test_word_that_excludes_nothing_is_refused() -> None:
    assert not excluded({})
    with pytest.raises(Unusable, match="AUTH0_SLO_EXCLUDES is neither"):
        excluded({"AUTH0_SLO_EXCLUDES": "gaps"})


def row(said: object, incident: str = HELD, channel: str = "") -> ToldRow:
    text = said if isinstance(said, str) else json.dumps({"facts": {"windows": said}})
    return ToldRow(incident, channel, BEGAN, text)


def test_windows_that_a_telling_wrote_down_come_back_and_what_is_none_costs_no_other() -> None:
    told = {"since": BEGAN, "until": BEGAN + 60, "tenant": "prod", "source": "#7 Move"}
    good = row([told])

    assert recalled([row("no JSON"), row("[" * 100_000), row([{}]), row([None]), good]) == [
        Window(BEGAN, BEGAN + 60, "prod", "#7 Move")
    ]
    assert recalled([row([told], incident="i1"), row([told], channel="chat")]) == []
