"""Numbers that people quote, each as an SRE would stand behind it: what was wrong once, and what it has to say."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from monitor import history
from monitor.history import History, Uptime
from monitor.history.content import Content
from monitor.history.definitions import DEFINITIONS, table
from monitor.history.document import SCHEMA, of
from monitor.history.overview import lasting, observed, overview
from monitor.history.packing import packed, unpacked
from monitor.history.records import RunRecord
from monitor.status import Status
from monitor.verdict import Run
from tests.history.commands import command
from tests.history.runs import DAY, DAY0, HOUR, PARTNERS, USERS, record, run, verdict
from tests.history.test_content import made
from tests.suite import ROOT

SLOS = dict.fromkeys(("prod", USERS, PARTNERS), 0.999)


def known(*times: float, **words: Iterable[float]) -> History:
    """Runs at these times after DAY0, well but for those that a word names."""
    said = {at: word for word, some in words.items() for at in some}
    return History(Content(runs=[record(at, said.get(at, "up")) for at in sorted({*times, *said})]))


def told(of_: History, now: float, target: str = USERS) -> str:
    """The lines of this target on the terminal."""
    lines = "\n".join(overview(of_, SLOS, DAY0 + now))
    return lines[lines.index(f"\n{target} (") + 1 :].partition("\n\n")[0]


def uptime(of_: History, until: float, since: float = 0.0) -> Uptime:
    return of_.uptime(USERS, DAY0 + since, DAY0 + until)


def test_two_machines_two_seconds_apart_are_one_observation() -> None:
    both = known(*(at + late for at in range(0, 86_400, 300) for late in (0.0, 2.0)))
    figure = uptime(both, DAY)

    assert (figure.coverage, figure.cadence) == (1.0, 300)
    assert "an outage of 5 min or more cannot have been missed" in observed(figure)
    assert "every 5 min usually" in observed(figure)


def test_rounds_and_a_late_scheduler_tell_the_longest_pause_and_how_much_time_lay_in_long_ones() -> None:
    """Three rounds a minute apart every quarter of an hour; now and then GitHub begins one after 56 minutes."""
    starts, at = [], 0.0
    while at < DAY:
        starts += [at, at + 61, at + 122]
        at += 122 + (3_360 if len(starts) % 30 == 0 else 900)
    figure = uptime(known(*(each for each in starts if each < DAY)), DAY)

    assert figure.longest_pause == figure.shortest_outage == 3_360
    assert "the longest pause 56 min" in observed(figure)
    assert "an outage of 56 min or more cannot have been missed" in observed(figure)
    assert figure.in_long > 0.8
    assert "of the observed time in pauses of more than 2 min" in observed(figure)


def test_looking_by_hand_never_lowers_the_coverage() -> None:
    hourly = [number * HOUR for number in range(24)]
    alone = uptime(known(*hourly), DAY)
    busy = uptime(known(*hourly, *(10 * HOUR + 600 + number * 20 for number in range(30))), DAY)

    assert alone.coverage == busy.coverage == 1.0
    assert busy.shortest_outage == 3_600


def test_latency_of_a_login_is_not_that_of_refusals() -> None:
    refused = verdict(USERS, kind="refusals", probe="user_who_does_not_exist_is_refused", seconds=1.0)
    runs = [record(at, "up", *([refused] if at % 3_600 == 0 else []), seconds=0.2) for at in range(0, 86_400, 300)]
    figure = History(Content(runs=runs)).latency(USERS, DAY0, DAY0 + DAY)

    assert figure.n == 288
    assert [figure.p50, figure.p95, figure.p99] == pytest.approx([0.2] * 3, rel=figure.error)


@pytest.mark.parametrize(("answers", "named"), [(5, "p50"), (20, "p50, p95"), (100, "p50, p95, p99")])
def test_percentile_that_needs_more_answers_is_not_printed(answers: int, named: str) -> None:
    lines = told(known(*range(0, answers * 300, 300)), answers * 300).splitlines()
    line = next(line for line in lines if "latency" in line)

    assert [each for each in ("p50", "p95", "p99") if f"{each} 0." in line] == named.split(", ")
    assert f"of {answers} right answers" in line
    assert ("p99 needs 100" in line) is (answers < 100)


def test_budget_is_of_the_whole_period_and_of_what_was_seen_apart() -> None:
    """A day into the history one blip of five minutes is 11.6 % of the month's 43.2 minutes."""
    day = known(*range(0, 86_400, 300), down=[43_200])
    figure = day.budget(USERS, DAY0 + DAY, slo=0.999)

    assert figure.allowed == pytest.approx(2_592)
    assert figure.down == 300
    assert figure.spent == pytest.approx(300 / 2_592)
    assert figure.spent_of_seen == pytest.approx(300 / 86.4)
    assert "11.6 % used of 43 min 12 s in 30 days (348 % of the observed time's part)" in told(day, DAY)


def test_rate_is_told_only_where_enough_was_observed() -> None:
    figure = known(*range(0, 7_200, 300)).budget(USERS, DAY0 + 7_200, slo=0.999)

    assert figure.burn == {HOUR: 0.0, 6 * HOUR: None, 3 * DAY: None}


def test_budget_leaves_a_maintenance_out_where_that_is_asked_for() -> None:
    day = known(*range(0, 86_400, 300), down=[43_200, 43_500])
    window = (DAY0 + 43_000, DAY0 + 43_400)
    figure = day.budget(USERS, DAY0 + DAY, slo=0.999, without=[window, window])

    assert (figure.down, figure.excluded) == (400, 400)
    assert figure.allowed == pytest.approx(0.001 * (30 * DAY - 400))
    assert figure.observed == DAY - 400


@pytest.mark.parametrize("word", ["unknown", ""])
def test_state_is_unknown_while_the_newest_runs_are_blind_or_stale(word: str) -> None:
    blind = known(*range(0, 3_600, 300), **({word: [3_600.0, 3_900.0]} if word else {}))
    now = 3_960.0 if word else 3_300 + 7_200
    state = blind.state(USERS, DAY0 + now)

    assert (state.status, state.known, state.was) == (Status.UNKNOWN, DAY0 + 3_300, Status.UP)
    assert told(blind, now).startswith(f"{USERS} (login): unknown since 2026-03-02 00:55 UTC, up before")


def test_outage_at_the_edge_of_a_gap_can_be_missed() -> None:
    """Nobody looked after the first hour for half a day: nothing of that was observed, also not its beginning."""
    figure = uptime(known(*range(0, 3_601, 300), *range(43_200, 46_801, 300)), 46_800 + 1)

    assert figure.observed == pytest.approx(3_600 + 3_601)
    assert (figure.shortest_outage, figure.longest_pause) == (300, 39_600)
    assert "in the observed time an outage of 5 min or more cannot have been missed" in observed(figure)


def test_outage_is_told_with_its_bounds() -> None:
    (outage,) = known(*range(0, 3_600, 300), down=[1_200, 1_500]).outages(USERS)

    assert lasting(outage) == "2026-03-02 00:20 UTC until 2026-03-02 00:30 UTC, 10 min (5 min–15 min)"


def test_service_has_no_budget_of_a_tenants() -> None:
    assert "budget" not in told(known(0, 300, 600), 900, "dependencies:github")


def test_history_of_an_earlier_version_has_the_logins_own_latency() -> None:
    """Its days have each target's slowest answer of any probe, and each probe's own: by the latter it is told."""
    refused = verdict(USERS, kind="refusals", probe="user_who_does_not_exist_is_refused", seconds=1.0)
    runs = [record(at, "up", refused, seconds=0.2) for at in range(0, 30_000, 300)]
    new = made(Content(runs=runs), now=DAY0 + 30 * DAY)
    (folded,) = new.folded
    document, hours = unpacked(folded.told), unpacked(folded.hours or b"")
    del document["timed"]
    for times in (document["times"], hours):
        times[USERS] = times[refused.id]
    old = Content(folded=[replace(folded, told=packed(document), hours=packed(hours))])
    figure = History(old).latency(USERS, DAY0, DAY0 + DAY)

    assert figure.n == 100
    assert figure.p99 == pytest.approx(0.2, rel=figure.error)
    hour = History(old).latencies(USERS, DAY0, DAY0 + HOUR, step=HOUR)[0]
    assert hour.p50 == pytest.approx(0.2, rel=figure.error)


def test_run_that_an_earlier_version_kept_has_the_logins_own_latency() -> None:
    refused = verdict(USERS, kind="refusals", probe="user_who_does_not_exist_is_refused", seconds=1.0)
    new = record(0, "up", refused, seconds=0.2)
    summary = unpacked(new.summary)
    del summary["timed"]
    summary["seen"][USERS] = ["up", 1.0]
    old = RunRecord(new.id, new.started, new.blob, packed(summary))

    assert History(Content(runs=[old])).latency(USERS, DAY0, DAY0 + DAY).p50 == pytest.approx(0.2, rel=0.02)


def recorded(folder: Path, runs: Iterable[Run]) -> Path:
    history.record(folder / "history.sqlite", runs)
    return folder / "history.sqlite"


def test_document_for_programs_fits_its_schema_and_defines_every_figure(tmp_path: Path) -> None:
    now = time.time() - DAY0
    node = verdict("prod:10.0.0.1", "skipped", kind="dedicated")
    words = ["up"] * 30 + ["down"] * 2 + ["late", "unknown"] + ["up"] * 10
    file = recorded(tmp_path, (run(now - 20_000 + place * 300, word, node) for place, word in enumerate(words)))
    ran = command(tmp_path, "status", "--json", "--history", file, AUTH0_SLO="99.5")
    document = json.loads(ran.stdout)

    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    users = next(each for each in document["targets"] if each["name"] == USERS)
    named = {each["definition"] for each in users["figures"]} | {"state", "outage", "bounds"}
    assert named == set(DEFINITIONS)
    thirty = {each["definition"]: each for each in users["figures"] if each["window"]["seconds"] == 30 * DAY}
    assert thirty["uptime-by-time"]["samples"] == 43
    assert thirty["uptime-by-time"]["bounds"]["low"] <= thirty["uptime-by-time"]["value"]
    assert thirty["latency-p99"]["value"] is None
    assert thirty["budget-spent"]["objective"] == 0.995
    assert [each["observations"] for each in users["outages"]] == [2]
    services = next(each for each in document["targets"] if each["sort"] == "dependency")
    assert not any(each["definition"].startswith(("budget", "burn")) for each in services["figures"])


def test_document_of_nothing_is_one() -> None:
    document = of(History(Content()), {}, DAY0)

    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(document)
    assert document["targets"] == []


def test_definitions_are_the_same_words_in_the_docs_and_on_the_terminal() -> None:
    assert table() in (ROOT / "docs/history.md").read_text(encoding="utf-8")
    lines = "\n".join(overview(known(0, 300), SLOS, DAY0 + 600))
    assert all(f"{name}: {words}" in lines for name, words in DEFINITIONS.items())


@pytest.mark.parametrize(
    ("said", "spent"),
    [("", "11.6 %"), ("none", "11.6 %"), ("maintenance", "0 % of the"), ("weekends", "AUTH0_SLO_EXCLUDES")],
)
def test_maintenance_is_in_the_budget_unless_it_is_excluded(tmp_path: Path, said: str, spent: str) -> None:
    now = int(time.time() - DAY0) // 300 * 300
    file = recorded(tmp_path, (run(now - 6_000 + place * 300, "down" if place == 10 else "up") for place in range(20)))
    window = f"{time.strftime('%Y-%m-%dT%H:%MZ', time.gmtime(DAY0 + now - 3_600))}/PT1H"
    ran = command(tmp_path, "status", "--history", file, AUTH0_MAINTENANCE=window, AUTH0_SLO_EXCLUDES=said)

    assert spent in ran.stdout + ran.stderr
    assert ran.returncode == (2 if said == "weekends" else 0)
    assert ("1 h of maintenance excluded" in ran.stdout) is (said == "maintenance")


def test_simulation_is_a_command(tmp_path: Path) -> None:
    ran = command(tmp_path, "simulate", "--months", "1")

    assert ran.returncode == 0
    assert "every 5 minutes, two machines" in ran.stdout
