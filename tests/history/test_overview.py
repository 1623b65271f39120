"""What a history comes to, for a terminal: what is not known is not made to look like something."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from monitor import history
from monitor.history import Counts, Latency, Uptime
from monitor.history.content import Content
from monitor.history.overview import budget, lasting, latency, observations, overview, state, uptime
from monitor.history.reading import History
from monitor.history.values import ErrorBudget, Outage, State
from monitor.status import Status
from tests import clocks
from tests.history.runs import DAY, DAY0, USERS, every, run, verdict
from tests.history.test_content import NOW, RUNS, made

SLOS: dict[str, float] = defaultdict(lambda: 0.999)


def told(known: History, now: float) -> str:
    return "\n".join(overview(known, SLOS, now))


def test_every_time_of_it_is_read_by_people(tmp_path: Path) -> None:
    history.record(tmp_path / "history.sqlite", every(300, ["up", "down"]))
    lines = told(history.read(tmp_path / "history.sqlite"), DAY0 + 3_600).splitlines()

    assert clocks.raw(*lines) == []
    assert lines[0] == "2 runs (live), from 2026-03-02 00:00 UTC to 2026-03-02 00:05 UTC"
    assert any(line.startswith("  outage   2026-03-02 00:05 UTC, open; 0 s at least: ") for line in lines)
    at_once = told(history.read(tmp_path / "history.sqlite"), DAY0 + 360)
    assert f"{USERS} (login): down, 2026-03-02 00:05 UTC" in at_once


def test_empty_history_says_so() -> None:
    assert told(History(Content()), DAY0) == "no runs"


def test_only_the_newest_outages_are_told_and_the_others_counted(tmp_path: Path) -> None:
    history.record(tmp_path / "history.sqlite", every(300, ["up", "down"] * 5))
    said = told(history.read(tmp_path / "history.sqlite"), DAY0 + 3_600)

    part = said[said.index(USERS) :].partition("\n\n")[0]
    assert part.count("  outage  ") == 3
    assert "and 2 outages before" in part


def test_target_that_was_never_judged_has_no_figures(tmp_path: Path) -> None:
    node = verdict("prod:10.0.0.1", "skipped", kind="dedicated")
    history.record(tmp_path / "history.sqlite", [run(0, "up", node)])
    said = told(history.read(tmp_path / "history.sqlite"), DAY0 + 60)

    assert "prod:10.0.0.1 (node): never judged\n  uptime   unknown: nothing was judged in 30 days" in said
    assert "no right answer was timed" in said
    assert "43 min 12 s in 30 days (99.9 %); nothing was observed" in said


def test_runs_that_are_in_no_latency_are_told() -> None:
    one, other = (made(Content(runs=RUNS[first : first + 3]), now=NOW) for first in (0, 1))

    assert "1 run left out of latency" in told(History(made(one, other)), DAY0 + 2 * DAY)


@pytest.mark.parametrize(
    ("well", "judged", "share"),
    [(100_000, 100_000, "100 %"), (99_999, 100_000, "99.999 %"), (1, 2, "50 %"), (0, 5, "0 %")],
)
def test_what_is_not_all_of_it_never_reads_as_all(well: int, judged: int, share: str) -> None:
    counts = Counts(up=well, down=judged - well)
    figure = Uptime(counts, well / judged, 0.0, 1.0, 1.0, None, None, by_observations=well / judged)

    assert uptime(figure).startswith(f"{share} of the observed time; 0 %–100 % by the pauses around outages; ")
    assert observations(figure) == f"{share} of {judged:,} observations"


def test_latency_is_told_with_its_error() -> None:
    assert latency(Latency(0.0, 3, 0.25, 0.5, 1.0, 0.0196)) == (
        "p50 0.25 s, p95 0.50 s, p99 1.00 s (±2%) of 3 right answers"
    )


@pytest.mark.parametrize(
    ("spent", "told"),
    [
        (0.0, "0 % used"),
        (0.00001, "0.1 % used"),
        (0.116, "11.6 % used"),
        (0.1161, "11.7 % used"),
        (0.999, "99.9 % used"),
        (0.9991, "100 % used"),
        (1.0, "100 % used"),
        (1.001, "101 % used"),
        (12.5, "1,250 % used"),
    ],
)
def test_what_is_spent_of_a_budget_never_reads_as_less(spent: float, told: str) -> None:
    figure = ErrorBudget(0.999, 2_592.0, 1.0, 9.0, spent, 0.5, {3_600.0: None, 21_600.0: 0.44})

    assert budget(figure) == (
        f"{told} of 43 min 12 s in 30 days (50.0 % of the observed time's part); burn rate – (1 h), 0.4 (6 h)"
    )


def test_maintenance_that_a_budget_excludes_is_told() -> None:
    figure = ErrorBudget(0.999, 2_592.0, 1.0, 9.0, 0.5, 0.5, {}, 7_200.0)

    assert budget(figure).endswith("; 2 h of maintenance excluded")


@pytest.mark.parametrize(
    ("allowed", "told"),
    [(2_592.0, "43 min 12 s"), (2_580.0, "43 min"), (45.0, "45 s"), (7_199.0, "119 min 59 s"), (7_200.0, "2 h")],
)
def test_budget_of_which_nothing_was_observed_is_told_to_the_second(allowed: float, told: str) -> None:
    for spent, of_seen in ((None, None), (None, 0.1), (0.1, None)):
        figure = ErrorBudget(0.999, allowed, 0.0, 0.0, spent, of_seen, {})
        assert budget(figure) == f"{told} in 30 days (99.9 %); nothing was observed"


@pytest.mark.parametrize(
    ("after", "last", "ended", "told"),
    [
        (-300.0, 600.0, 900.0, "2026-03-02 00:00 UTC until 2026-03-02 00:15 UTC, 15 min (10 min–20 min)"),
        (None, 600.0, 900.0, "2026-03-02 00:00 UTC until 2026-03-02 00:15 UTC, 15 min (10 min–no upper bound)"),
        (-300.0, 600.0, None, "2026-03-02 00:00 UTC, open; 10 min at least"),
        (-330.0, 659.0, 900.0, "2026-03-02 00:00 UTC until 2026-03-02 00:15 UTC, 15 min (10 min–21 min)"),
    ],
    ids=["bounded", "unbounded", "open", "rounded"],
)
def test_outage_is_told_with_what_it_lasted_at_least_and_at_most(
    after: float | None, last: float, ended: float | None, told: str
) -> None:
    moments = [None if each is None else DAY0 + each for each in (after, 0.0, last, ended)]
    outage = Outage(USERS, Status.DOWN, moments[0], DAY0, DAY0 + last, moments[3], 3, "id", "", None, "", ())

    assert lasting(outage) == told


@pytest.mark.parametrize(
    ("n", "p95", "p99", "told"),
    [
        (1, None, None, "p50 0.21 s (±2%) of 1 right answer; p95 needs 20; p99 needs 100"),
        (20, 0.4, None, "p50 0.21 s, p95 0.40 s (±2%) of 20 right answers; p99 needs 100"),
        (1_000, 0.4, 1.2, "p50 0.21 s, p95 0.40 s, p99 1.20 s (±2%) of 1,000 right answers"),
        (0, None, None, "no right answer was timed"),
    ],
    ids=["one", "twenty", "many", "none"],
)
def test_percentile_that_lacks_answers_says_how_many_it_needs(
    n: int, p95: float | None, p99: float | None, told: str
) -> None:
    assert latency(Latency(0.0, n, 0.21, p95, p99, 0.02)) == told


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (State(Status.UP, DAY0, DAY0, Status.UP), "up, 2026-03-02 00:00 UTC"),
        (State(Status.UNKNOWN, DAY0, DAY0, Status.DOWN), "unknown since 2026-03-02 00:00 UTC, down before"),
        (State(Status.UNKNOWN, None, None), "never judged"),
    ],
    ids=["known", "before", "never"],
)
def test_state_is_told_with_its_time_or_since_when_nothing_is_known(now: State, told: str) -> None:
    assert state(now) == told
