"""What a history comes to, for a terminal: what is not known is not made to look like something."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from monitor import history
from monitor.history import Counts, Latency, Uptime
from monitor.history.content import Content
from monitor.history.overview import latency, observations, overview, uptime
from monitor.history.reading import History
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
