"""A history that is read: what it tells is what was recorded, before its days were folded and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import history
from monitor.history import History
from monitor.history.overview import overview
from monitor.owners import Owner
from monitor.status import Status
from monitor.verdict import Run
from tests.history.runs import DAY, DAY0, HOUR, LOGIN, PARTNERS, USERS, every, run, verdict

LINK = "https://ci.example/runs/1"
OUTAGE = ["up"] * 4 + ["late"] + ["down"] * 3 + ["unknown", "skipped", "down", "up", "late", "up", "down", "down"]
NAMES = ("prod", USERS, PARTNERS, "prod:10.0.0.1", "prod:10.0.0.1:cpu", "dependencies:github")
FOLDED = pytest.mark.parametrize("age", [0.0, 30 * DAY], ids=["single", "folded"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def kept(file: Path, runs: list[Run], age: float = 0.0) -> History:
    """What a file tells of these runs when the newest of them is so old."""
    history.record(file, runs, link=LINK)
    if age:
        history.prune(file, DAY0 + age)
    return history.read(file)


@FOLDED
def test_observations_are_those_that_were_recorded(file: Path, age: float) -> None:
    told = kept(file, every(300, OUTAGE), age).observations(USERS, DAY0, DAY0 + DAY)
    words = {"late": "degraded"}

    assert [str(each.status) for each in told] == [words.get(word, word) for word in OUTAGE]
    assert [each.at - DAY0 for each in told] == [number * 300 for number in range(len(OUTAGE))]


@FOLDED
def test_window_has_its_beginning_and_not_its_end(file: Path, age: float) -> None:
    known = kept(file, every(300, ["up", "down", "up", "down"]), age)

    assert [each.at - DAY0 for each in known.observations(USERS, DAY0 + 300, DAY0 + 900)] == [300, 600]
    assert known.uptime(USERS, DAY0 + 300, DAY0 + 900).counts == history.Counts(up=1, down=1)


@FOLDED
def test_run_that_did_not_ask_a_target_says_nothing_of_it(file: Path, age: float) -> None:
    node = verdict("prod:10.0.0.1", kind="dedicated")
    known = kept(file, [run(0), run(300, "up", node), run(600), run(900, "up", node), run(1_200)], age)

    assert [each.at - DAY0 for each in known.observations("prod:10.0.0.1", DAY0, DAY0 + DAY)] == [300, 900]


@FOLDED
def test_uptime_is_well_observations_of_judged_ones(file: Path, age: float) -> None:
    told = kept(file, every(300, OUTAGE), age).uptime(USERS, DAY0, DAY0 + HOUR)

    assert told.counts == history.Counts(up=5, degraded=1, down=4, unknown=1, skipped=1)
    assert told.by_observations == 0.6
    assert (told.share, told.least, told.most) == pytest.approx((0.5, 1 - 2_100 / 3_600, 1 - 1_500 / 3_600))
    assert (told.observed, told.down, told.coverage) == (3_600, 1_800, 1.0)
    assert (told.low, told.high) == pytest.approx((0.2152, 0.7848), abs=0.0001)  # Wilson's for 4 of 8
    assert (told.cadence, told.shortest_outage, told.longest_pause, told.in_long) == (300, 900, 900, 0.25)


def test_gap_is_unknown_and_not_up(file: Path) -> None:
    runs = every(300, ["up"] * 12) + every(300, ["up"] * 12, first=12 * HOUR)
    told = kept(file, runs)
    bars = told.bars(USERS, DAY0 + 2 * DAY, days=3)

    assert told.uptime(USERS, DAY0, DAY0 + DAY).coverage == pytest.approx(2 * 3_300 / DAY)
    assert [bar.status for bar in bars] == [Status.UP, Status.UNKNOWN, Status.UNKNOWN]
    assert [bar.observed for bar in bars] == [pytest.approx(2 * 3_300 / DAY), 0, 0]


def test_nothing_is_known_of_whom_nobody_asked(file: Path) -> None:
    known = kept(file, every(300, ["up"] * 3))
    told = known.uptime("prod:password:elsewhere", DAY0, DAY0 + DAY)

    assert (told.share, told.by_observations, told.low, told.high) == (None, None, 0.0, 1.0)
    assert (told.coverage, told.cadence, told.shortest_outage) == (0.0, None, None)
    assert known.latest("prod:password:elsewhere") is None
    assert known.outages("prod:password:elsewhere") == ()
    assert known.budget("prod:password:elsewhere", DAY0, slo=0.999).spent is None


@FOLDED
def test_bars_are_a_day_each_with_its_worst(file: Path, age: float) -> None:
    runs = every(DAY / 2, ["up", "up", "up", "late", "down", "late", "unknown", "skipped"])
    told = kept(file, runs, age).bars(USERS, DAY0 + 3.25 * DAY, days=5)

    assert [bar.status for bar in told] == [Status.UNKNOWN, Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN]
    assert [bar.day - DAY0 for bar in told] == [-DAY, 0, DAY, 2 * DAY, 3 * DAY]
    assert told[-1].counts == history.Counts(unknown=1)  # of today, what has been until now


@FOLDED
def test_outages_are_from_the_first_that_is_down_to_the_first_that_is_well(file: Path, age: float) -> None:
    now, before = kept(file, every(300, OUTAGE), age).outages(USERS)

    assert (before.after, before.began, before.last, before.ended) == tuple(
        DAY0 + 300 * number for number in (4, 5, 10, 11)
    )
    assert (before.status, before.observations, before.open) == (Status.DOWN, 4, False)
    assert (now.began - DAY0, now.ended, now.observations, now.open) == (14 * 300, None, 2, True)


@FOLDED
def test_outage_tells_what_was_found_and_leads_to_the_run(file: Path, age: float) -> None:
    (told,) = kept(file, every(300, ["up", "up", "down", "down", "up", "up"]), age).outages(USERS)
    (finding,) = told.findings

    assert [each and each - DAY0 for each in (told.after, told.began, told.last, told.ended)] == [300, 600, 900, 1_200]
    assert told.link == LINK
    assert (finding.id, finding.target, finding.reason, finding.failure) == (
        LOGIN,
        USERS,
        "500 server_error",
        "Refused",
    )
    assert finding.cause is not None
    assert (told.owner, told.sentence) == (finding.cause.owner, finding.cause.sentence)
    assert told.sentence


def test_outage_of_a_tenant_goes_on_over_midnight_and_over_gaps(file: Path) -> None:
    runs = every(DAY / 4, ["up", "up", "up", "down"]) + every(DAY / 4, ["down", "up"], first=5 * DAY)
    (told,) = kept(file, runs, 30 * DAY).outages("prod")

    assert (told.began - DAY0, told.ended) == (0.75 * DAY, DAY0 + 5.25 * DAY)


def test_degraded_is_an_outage_for_whoever_asks(file: Path) -> None:
    known = kept(file, every(300, ["up", "late", "down", "late", "up"]))
    (told,) = known.outages(USERS, statuses=frozenset({Status.DEGRADED, Status.DOWN}))

    assert (told.status, told.observations, told.began - DAY0) == (Status.DOWN, 3, 300)


@FOLDED
def test_run_that_was_not_up_is_kept_in_full(file: Path, age: float) -> None:
    late = verdict(PARTNERS, "late", probe="login_answers_within_its_budget")
    known = kept(file, [run(0), run(300, "down", late)], age)
    told, well = known.runs()

    assert (told.started, told.seconds, told.status, told.link) == (DAY0 + 300, 1.5, Status.DOWN, LINK)
    assert told.tenants == ("prod",)
    assert {finding.id for finding in told.findings} == {LOGIN, late.id}
    assert isinstance(told.owner, Owner)
    assert told.causes
    assert told.sentence
    assert known.run(told.id) == told
    assert (well.status, well.started, well.findings, well.ended) == (Status.UP, DAY0, (), "finished")


def test_run_that_nobody_knows_is_not_there(file: Path) -> None:
    with pytest.raises(KeyError):
        kept(file, [run(0)]).run("0" * 16)


@pytest.mark.parametrize("last", [0, 1, 3, 9])
def test_newest_runs_come_first(file: Path, last: int) -> None:
    known = kept(file, every(DAY / 2, ["up"] * 6), 2 * DAY)

    assert [each.started - DAY0 for each in known.runs(last=last)] == [n * DAY / 2 for n in (5, 4, 3, 2, 1, 0)][:last]


@FOLDED
@pytest.mark.parametrize("since", [0, 1, DAY, DAY + 1, 9 * DAY], ids=["all", "later", "a day", "after it", "none"])
def test_runs_since_then_are_those_that_began_since_then(file: Path, age: float, since: float) -> None:
    known = kept(file, every(DAY / 2, ["up", "down", "up", "up", "down", "up"]), age)
    told = [each for each in known.runs() if each.started >= DAY0 + since]

    assert list(known.runs(since=DAY0 + since)) == told
    assert [each.status for each in told] == [known.run(each.id).status for each in told]


@FOLDED
def test_latencies_are_by_the_day_and_by_the_hour(file: Path, age: float) -> None:
    runs = [run(hour * HOUR + step * 60, seconds=0.1 * (hour + 1)) for hour in range(3) for step in range(4)]
    known = kept(file, runs, age)
    (day,) = known.latencies(USERS, DAY0, DAY0 + DAY)
    hours = known.latencies(USERS, DAY0, DAY0 + 4 * HOUR, step=HOUR)

    assert (day.at, day.n) == (DAY0, 12)
    assert (day.p50, day.slowest) == pytest.approx((0.2, 0.3), rel=day.error)
    assert (day.p95, day.p99) == (None, None), "of twelve answers there is no such percentile"
    assert [(each.at - DAY0, each.n) for each in hours] == [(0, 4), (HOUR, 4), (2 * HOUR, 4), (3 * HOUR, 0)]
    assert [each.p50 for each in hours[:3]] == pytest.approx([0.1, 0.2, 0.3], rel=day.error)
    assert hours[3].p50 is None
    assert known.latency(USERS, DAY0 + HOUR, DAY0 + 3 * HOUR).n == 8
    assert known.latency(USERS, DAY0 + 1.5 * HOUR, DAY0 + 3 * HOUR).n == 4, "an hour with answers outside is not in it"
    assert known.latency(USERS, DAY0, DAY0 + DAY).n == 12


def test_hours_are_forgotten_after_ninety_days_and_days_never(file: Path) -> None:
    known = kept(file, every(HOUR, ["up"] * 24), 91 * DAY + 1)
    hours = known.latencies(USERS, DAY0, DAY0 + DAY, step=HOUR)
    whole = known.latency(USERS, DAY0 + HOUR, DAY0 + 2 * HOUR)

    assert {each.n for each in hours} == {0}
    assert whole.n == 0, "the window is the window: the day has runs outside it"
    assert known.latency(USERS, DAY0, DAY0 + DAY).n == 24
    assert known.uptime(USERS, DAY0 + HOUR, DAY0 + 3 * HOUR).counts.judged == 2


def test_days_are_folded_when_they_are_whole_and_a_week_old(file: Path) -> None:
    history.record(file, [run(0), run(DAY)])
    history.prune(file, DAY0 + 8 * DAY)
    new, old = (each.seconds for each in history.read(file).runs())

    assert (old, new) == (None, 1.5)


def test_budget_is_of_thirty_days_and_burns_in_three_windows(file: Path) -> None:
    known = kept(file, every(HOUR, ["up"] * 716 + ["down"] * 4), 30 * DAY)
    told = known.budget(USERS, DAY0 + 30 * DAY, slo=0.99)

    assert told.allowed == pytest.approx(0.01 * 30 * DAY)
    assert told.spent == pytest.approx(4 / 720 / 0.01)
    assert told.burn == pytest.approx({HOUR: 100.0, 6 * HOUR: 4 / 6 / 0.01, 3 * DAY: 4 / 72 / 0.01})


@FOLDED
def test_targets_are_told_with_their_kinds_and_times(file: Path, age: float) -> None:
    node = verdict("prod:10.0.0.1", "skipped", kind="dedicated")
    account = verdict("prod:users", kind="profile")
    known = kept(file, [run(0, "skipped", node, account), run(300), run(600, "unknown")], age)
    told = {each.name: each for each in known.targets}

    assert list(told) == ["prod", "prod:10.0.0.1", PARTNERS, USERS, "prod:users", "dependencies:github"]
    assert [each.sort for each in told.values()] == ["tenant", "node", "login", "login", "account", "dependency"]
    assert (told[USERS].first, told[USERS].last) == (DAY0 + 300, DAY0 + 300)
    assert told["prod:10.0.0.1"].first is None
    assert told["prod"].kinds == ("dedicated", "discovery", "login", "profile")


def test_metric_of_a_node_is_a_sort_of_its_own(file: Path) -> None:
    metric = verdict("prod:10.0.0.1:cpu", kind="dedicated", probe="metric")
    known = kept(file, [run(0, "up", verdict("prod:10.0.0.1", kind="dedicated"), metric)])

    assert {each.name: each.sort for each in known.targets}["prod:10.0.0.1:cpu"] == "metric"
    assert not any("10.0.0.1:cpu" in line for line in overview(known, dict.fromkeys(NAMES, 0.999), DAY0 + HOUR))


@FOLDED
def test_probe_has_a_history_of_its_own(file: Path, age: float) -> None:
    known = kept(file, every(300, ["up", "down"]), age)

    assert LOGIN in known.probes
    assert [str(each.status) for each in known.observations(LOGIN, DAY0, DAY0 + DAY)] == ["up", "down"]


def test_file_that_is_not_there_is_an_empty_history(file: Path) -> None:
    known = history.read(file)

    assert (known.count, known.first, known.last, known.cadence, known.targets, known.runs()) == (
        0, None, None, None, (), ()
    )  # fmt: skip
    assert not file.exists()


def test_latest_is_the_newest_that_judged(file: Path) -> None:
    told = kept(file, every(300, ["up", "down", "unknown", "skipped"])).latest(USERS)

    assert told is not None
    assert (told.at - DAY0, told.status) == (300, Status.DOWN)


def test_cadence_is_that_of_the_last_hundred_runs(file: Path) -> None:
    known = kept(file, every(900, ["up"] * 150) + every(300, ["up"] * 110, first=3 * DAY))

    assert known.cadence == 300
    assert (known.first, known.last, known.count) == (DAY0, DAY0 + 3 * DAY + 109 * 300, 260)


def test_latency_says_how_far_it_is_off(file: Path) -> None:
    told = kept(file, [run(0)]).latency(PARTNERS, DAY0, DAY0 + DAY)

    assert told.n == 1
    assert [told.p50, told.slowest] == pytest.approx([0.25] * 2, rel=told.error)
    assert [told.p95, told.p99] == [None, None]
    assert told.error < 0.02
