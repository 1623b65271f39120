from __future__ import annotations

import importlib
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from monitor import history
from monitor.history import DAY, HOUR, HOURLY_DAYS
from monitor.history.freshness import lasting
from monitor.history.planned import Window
from monitor.incidents import Incident
from monitor.site import told
from monitor.site.board import MANY_CHARTS, MANY_LANES, board
from monitor.site.contents import Board, Folder, Lane
from monitor.status import Status
from tests.site import pasts
from tests.site.incidents import board as by_hand
from tests.site.incidents import incident, newest
from tests.site.pasts import NOW, USERS, between, past, runs


def lanes(board: Board) -> dict[str, Lane]:
    """Every lane by its target's name."""
    tenants = chain.from_iterable((each.whole, *each.parts) for each in board.groups)
    return {each.name: each for each in (*tenants, *board.services)}


@pytest.mark.parametrize(
    ("every", "seconds"),
    [(None, HOUR), (1.0, 600.0), (300.0, 1_200.0), (HOUR, 4 * HOUR), (2 * DAY, DAY)],
    ids=["one run", "seconds", "minutes", "hours", "days"],
)
def test_what_was_seen_is_believed_for_four_intervals(every: float | None, seconds: float) -> None:
    assert lasting(every) == seconds


def test_page_says_how_it_is_and_how_it_has_been(tmp_path: Path) -> None:
    board = past(tmp_path, runs(between(5 * HOUR, 3 * HOUR, "down"), days=3)).board()
    users = lanes(board)[f"prod:{USERS}"]

    assert (board.status, board.runs, board.every) == (Status.UP, 73, HOUR)
    assert (users.status, users.seen, users.said) == (Status.UP, NOW, "")
    assert users.spans[0].uptime.counts.down == 3
    assert [bar.status for bar in users.bars[-4:]] == [Status.UP, Status.UP, Status.UP, Status.DOWN]
    assert [each.worst for each in board.past] == [Status.DOWN]
    assert board.past[0].recovered == NOW - 2 * HOUR
    assert board.open == ()


def test_error_budget_is_held_against_the_objective_of_its_target(tmp_path: Path) -> None:
    told = past(tmp_path, runs(between(5 * HOUR, 3 * HOUR, "down"), days=3))
    found = lanes(told.board(slos={f"prod:{USERS}": 0.99, f"prod:{pasts.PARTNERS}": 0.99}))
    users, partners = found[f"prod:{USERS}"].allowance, found[f"prod:{pasts.PARTNERS}"].allowance

    assert users
    assert users.spent == pytest.approx(3 * HOUR / (0.01 * 30 * DAY)), "of the whole period, however young it is"
    assert users.spent_of_seen == pytest.approx(3 / 72 / 0.01, rel=0.001)
    assert users.burn[HOUR] == 0
    assert partners
    assert partners.spent == 0
    assert found["prod"].allowance is None


def test_open_incident_leads_with_what_was_found(tmp_path: Path) -> None:
    board = past(tmp_path, runs(between(2 * HOUR, 0, "down"), days=2)).board()
    users = lanes(board)[f"prod:{USERS}"]

    assert board.status is Status.DOWN
    assert [each.began for each in board.open] == [NOW - 2 * HOUR]
    assert (users.status, users.said) == (Status.DOWN, "500 server_error")
    assert board.groups[0].parts[0] == users, "what is ill comes first"
    assert board.newest
    assert (board.newest.owner, board.newest.own, board.newest.link) == ("extension", True, pasts.LINK)


def test_page_that_was_too_old_when_it_was_made_says_that_nothing_is_known(tmp_path: Path) -> None:
    told = past(tmp_path, runs(days=2))

    assert told.board(after=4 * HOUR - 1).status is Status.UP
    late = told.board(after=4 * HOUR)
    assert (late.status, late.stale) == (Status.UNKNOWN, True)
    assert {each.status for each in lanes(late).values()} == {Status.UNKNOWN}
    assert lanes(late)[f"prod:{USERS}"].seen == NOW


def test_lane_is_believed_for_as_long_as_the_page_whose_rounds_are_a_minute_apart(tmp_path: Path) -> None:
    """Three rounds a minute apart every half an hour: most intervals are of a minute all the same."""
    minutes = {0, 1, 2, *(30 * hour + minute for hour in range(1, 9) for minute in (0, 1, 2))}
    told = past(tmp_path, runs(lambda at: "up" if (NOW - at) // 60 in minutes else "", days=0.25, every=60))

    for after in (20, 100, 111):
        assert {each.status for each in lanes(told.board(after=after * 60)).values()} == {Status.UP, Status.UNKNOWN}
    late = told.board(after=28 * 60 * 4 + 1)
    assert late.stale
    assert {each.status for each in lanes(late).values()} == {Status.UNKNOWN}


def test_gap_is_unknown_and_not_up(tmp_path: Path) -> None:
    board = past(tmp_path, runs(between(4 * DAY, DAY, ""), days=6)).board()
    users = lanes(board)[f"prod:{USERS}"]
    inside = users.bars[-4:-2]

    assert {(each.status, each.observed) for each in inside} == {(Status.UNKNOWN, 0.0)}
    assert users.spans[0].uptime.share == 1.0
    assert users.spans[0].uptime.coverage < 0.6


def test_window_reaches_back_no_further_than_what_is_known(tmp_path: Path) -> None:
    users = lanes(past(tmp_path, runs(days=3)).board())[f"prod:{USERS}"]

    assert [each.seconds for each in users.spans] == [3 * DAY + 60, DAY]
    assert [each.n for each in users.latencies[:-1]] == [1] * 72, "by the hour, as long as there are a few days"


def test_target_that_could_not_be_judged_is_unknown_whatever_it_was_before(tmp_path: Path) -> None:
    users = lanes(past(tmp_path, runs(between(0, 0, "unknown"))).board())[f"prod:{USERS}"]

    assert (users.status, users.ill, users.said) == (Status.UNKNOWN, True, "AUTH0_CLIENT_ID is wrong")


def test_status_page_that_was_not_read_is_nobodys_alarm(tmp_path: Path) -> None:
    board = past(tmp_path, runs()).board()
    mandrill = lanes(board)["dependencies:mandrill"]

    assert (mandrill.status, mandrill.unread, mandrill.ill, mandrill.judged) == (Status.UNKNOWN, True, False, False)
    assert board.services[-1] == mandrill


def test_target_that_nobody_asks_any_more_leaves_after_a_week(tmp_path: Path) -> None:
    some = chain(
        runs(lambda at: "up" if at <= NOW - 6 * DAY else "", days=9, every=6 * HOUR, tenants=("prod", "gone")),
        runs(lambda at: "up" if at > NOW - 6 * DAY else "", days=6, every=6 * HOUR),
    )
    told = past(tmp_path, some)

    assert lanes(told.board())["gone"].status is Status.UNKNOWN
    assert "gone" not in lanes(told.board(after=DAY + 61))


def test_budget_is_the_newest_runs(tmp_path: Path) -> None:
    found = lanes(past(tmp_path, runs()).board())

    assert found[f"prod:{USERS}"].budgets == (3.0,)
    assert found[f"prod:{pasts.NODE}"].budgets == (2.0,)
    assert found["dependencies:github"].budgets == ()


def test_chart_is_drawn_of_each_part_and_not_of_their_mixture(tmp_path: Path) -> None:
    drawn = {name for name, each in lanes(past(tmp_path, runs()).board()).items() if each.latencies}

    assert drawn == {f"prod:{USERS}", f"prod:{pasts.PARTNERS}", f"prod:{pasts.NODE}"}


def test_crowd_keeps_the_charts_of_what_is_ill(tmp_path: Path) -> None:
    tenants = [f"tenant-{number:02}" for number in range(MANY_CHARTS // 4 + 1)]
    found = lanes(past(tmp_path, runs(between(0, 0, "down"), days=0.1, tenants=tenants)).board())

    assert {name for name, each in found.items() if each.latencies} == {f"tenant-00:{USERS}"}
    assert len(found) == 4 * len(tenants) + 2


def test_crowd_that_is_too_many_for_a_page_keeps_the_parts_of_what_is_ill(tmp_path: Path) -> None:
    tenants = [f"tenant-{number:02}" for number in range(MANY_LANES // 4 + 1)]
    board = past(tmp_path, runs(between(0, 0, "down"), days=0.1, tenants=tenants)).board()

    assert [(len(each.parts), each.left_out) for each in board.groups[:2]] == [(3, 0), (0, 3)]
    assert len(board.groups) == len(tenants)


def test_reports_of_an_older_run_than_the_historys_are_not_taken_for_the_newest(tmp_path: Path) -> None:
    told = past(tmp_path, runs(between(0, 0, "down")))
    before = pasts.Past(told.folder, pasts.run(NOW - HOUR))
    newest = before.board().newest

    assert newest
    assert (newest.own, newest.status, newest.evidence) == (False, Status.DOWN, ())


def test_run_that_the_history_does_not_have_leads_the_page(tmp_path: Path) -> None:
    told = past(tmp_path, runs(lambda at: "up" if at < NOW else "", days=2))
    newest = pasts.Past(told.folder, pasts.run(NOW, "down")).board().newest

    assert newest
    assert (newest.own, newest.status, newest.link) == (True, Status.DOWN, "")


def test_incident_that_is_older_than_the_page_has_its_true_beginning(tmp_path: Path) -> None:
    days = HOURLY_DAYS + 30
    board = past(tmp_path, runs(between((days - 5) * DAY, 0, "down"), days=days, every=DAY / 2)).board()

    assert [each.began for each in board.open] == [NOW - (days - 5) * DAY]


def test_runs_of_a_clock_that_was_ahead_lead_no_page(tmp_path: Path) -> None:
    """The newest two of what is there were up, days after now; the newest that can be are down."""
    told = past(tmp_path, runs(between(30 * HOUR, 25 * HOUR, "down"), days=3))
    board = told.board(after=-25 * HOUR)

    assert board.status is Status.DOWN
    assert lanes(board)[f"prod:{USERS}"].status is Status.DOWN
    assert board.newest
    assert (board.newest.started, board.newest.own) == (NOW - 25 * HOUR, False)
    assert any("25 runs begin after now" in each for each in board.warnings)
    assert not board.stale


OLD = NOW - 100 * DAY


def incidents(number: int, closed: float = NOW - DAY) -> list[Incident]:
    return [incident(id=f"{each:012}", recovered=closed, closed=closed) for each in range(number)]


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> pasts.Past:
    """A few hours of runs that are well."""
    return past(tmp_path_factory.mktemp("brief"), runs(days=0.2))


@pytest.mark.parametrize(("number", "shown", "earlier"), [(50, 50, 0), (51, 50, 1), (53, 50, 3)])
def test_many_incidents_that_are_over_are_cut_and_counted(
    brief: pasts.Past, number: int, shown: int, earlier: int
) -> None:
    made = board(history.read(brief.history), brief.newest, NOW + 60, incidents(number))

    assert (len(made.past), made.earlier) == (shown, earlier)
    assert [each.id for each in made.past] == [f"{each:012}" for each in range(shown)], "the newest, as they were given"


def test_page_has_what_is_open_and_what_ended_within_ninety_days(brief: pasts.Past) -> None:
    now = NOW + 60
    over = [incident(id=f"{n}", recovered=at, closed=at) for n, at in enumerate((now - 90 * DAY, now - 90 * DAY - 1))]
    made = board(history.read(brief.history), brief.newest, now, [*over, incident(id="open", began=OLD)])

    assert [each.id for each in made.past] == ["0"]
    assert [each.id for each in made.open] == ["open"]


def test_maintenances_that_are_not_over_are_shown_once_and_hold_incidents_back(brief: pasts.Past) -> None:
    now = NOW + 60
    over, on, ahead = Window(NOW - HOUR, now), Window(NOW, NOW + HOUR, "prod"), Window(NOW + HOUR, NOW + DAY)
    made = brief.board(windows=[over, on, ahead, on])
    held = board(history.read(brief.history), brief.newest, now, [incident()], windows=[on], remarks=["read me"])
    told = board(history.read(brief.history), brief.newest, now, [incident(tenants=("qa",))], windows=[on])

    assert made.windows == (on, ahead)
    assert made.warnings == ()
    assert held.warnings == ("read me", "1 open incident held back by a maintenance")
    assert told.warnings == ()


def test_maintenance_that_is_left_out_is_in_no_error_budget(tmp_path: Path) -> None:
    known = past(tmp_path, runs(between(5 * HOUR, 3 * HOUR, "down"), days=3))
    slos = {f"prod:{USERS}": 0.99}
    window = Window(NOW - 6 * HOUR, NOW - HOUR, "prod")
    whole, without = (
        lanes(known.board(slos=slos, left_out=left_out))[f"prod:{USERS}"].allowance for left_out in ([], [window])
    )

    assert whole
    assert without
    assert whole.spent
    assert without.spent == 0


@pytest.mark.parametrize(
    ("days", "every", "windows"),
    [
        (100, 12 * HOUR, [90 * DAY, 30 * DAY, 7 * DAY, DAY]),
        (10, HOUR, [10 * DAY + 60, 7 * DAY, DAY]),
        (0.5, HOUR, [0.5 * DAY + 60]),
    ],
    ids=["old", "young", "hours"],
)
def test_windows_are_the_longest_first_and_none_is_longer_than_what_is_known(
    tmp_path: Path, days: float, every: float, windows: list[float]
) -> None:
    found = lanes(past(tmp_path, runs(days=days, every=every)).board())

    assert [each.seconds for each in found[f"prod:{USERS}"].spans] == windows


@pytest.mark.parametrize(
    ("days", "bars", "step"),
    [(0.5, 24, HOUR), (2, 50, HOUR), (5, 14, DAY), (20, 22, DAY), (100, 90, DAY)],
    ids=str,
)
def test_strip_has_hours_while_it_is_young_and_then_days_and_never_more_than_ninety(
    tmp_path: Path, days: float, bars: int, step: float
) -> None:
    users = lanes(past(tmp_path, runs(days=days, every=6 * HOUR)).board())[f"prod:{USERS}"]

    assert len(users.bars) == bars
    assert users.bars[1].day - users.bars[0].day == step


@pytest.mark.parametrize(("days", "step"), [(6, HOUR), (8, DAY)], ids=["a-week", "more"])
def test_chart_is_by_the_hour_for_a_week(tmp_path: Path, days: float, step: float) -> None:
    timed = lanes(past(tmp_path, runs(days=days, every=6 * HOUR)).board())[f"prod:{USERS}"].latencies

    assert timed[1].at - timed[0].at == step


def test_lane_says_the_worst_reason_and_how_many_others_there_are(tmp_path: Path) -> None:
    told = pasts.run(NOW, "down")
    parts = [replace(each, status=Status.DEGRADED, reason=f"late {n}") for n, each in enumerate(told.verdicts[:3])]
    some = past(tmp_path, iter([replace(told, verdicts=(*parts, *told.verdicts[3:]))]))
    whole, one = (lanes(some.board(lone=True))[name] for name in ("prod", f"prod:{USERS}"))

    assert (one.said, whole.said) == ("late 1", "late 0 (and 2 other reasons)")


def test_crowd_is_one_past_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("monitor.site.board")
    told = past(tmp_path, runs(between(0, 0, "down"), days=2, tenants=("a", "b")))
    for most, drawn in ((8, 6), (7, 1)):
        monkeypatch.setattr(module, "MANY_CHARTS", most)
        found = lanes(told.board())
        assert sum(bool(each.latencies) for each in found.values()) == drawn
        assert {len(each.spans) for name, each in found.items() if name.startswith("b")} == {2 if most == 8 else 1}
    for most, left in ((8, 0), (7, 3)):
        monkeypatch.setattr(module, "MANY_LANES", most)
        assert [(each.whole.name, each.left_out) for each in told.board().groups] == [("a", 0), ("b", left)]


def test_services_that_are_ill_come_first_and_those_that_are_not_read_are_among_the_well(tmp_path: Path) -> None:
    told = pasts.run()
    ill = pasts.verdict("dependencies", "service_reports_no_incident", "dependencies:twilio", "late")
    some = past(tmp_path, iter([replace(told, verdicts=(*told.verdicts, ill))]))

    assert [each.name for each in some.board(lone=True).services] == [
        "dependencies:twilio",
        "dependencies:github",
        "dependencies:mandrill",
    ]


def test_newest_run_leads_the_page_with_all_that_is_known_of_it(brief: pasts.Past) -> None:
    run = replace(pasts.run(NOW, "down"), ended="finished", version="7.8")
    evidence = (Folder("a", ("b",)),)
    told = board(history.read(brief.history), run, NOW + 60, evidence=evidence).newest
    assert run.diagnosis
    (cause,) = run.diagnosis.causes

    assert told
    assert (told.started, told.seconds, told.status, told.ended, told.version) == (
        NOW,
        1.5,
        Status.DOWN,
        "finished",
        "7.8",
    )
    assert (told.owner, told.sentence) == ("extension", run.diagnosis.sentence)
    assert (told.link, told.own, told.evidence) == (pasts.LINK, True, evidence)
    assert [
        (each.rule, each.owner, each.confidence, each.status, each.target, each.sentence, each.runbook)
        for each in told.causes
    ] == [(cause.rule, cause.owner, cause.confidence, cause.status, cause.target, cause.sentence, cause.runbook)]


def test_newest_run_of_the_history_alone_is_told_as_the_history_has_it(brief: pasts.Past) -> None:
    told = board(history.read(brief.history), None, NOW + 60).newest

    assert told
    assert (told.started, told.status, told.link, told.own) == (NOW, Status.UP, pasts.LINK, False)
    assert (told.version, told.evidence) == ("", ())


@pytest.mark.parametrize(("ahead", "own"), [(600, True), (601, False)])
def test_run_that_began_after_now_is_believed_as_far_as_clocks_differ(
    brief: pasts.Past, ahead: float, *, own: bool
) -> None:
    told = board(history.read(brief.history), pasts.run(NOW + ahead), NOW).newest

    assert told
    assert told.own is own


def test_page_of_one_run_has_no_history(brief: pasts.Past) -> None:
    lone, known = brief.board(lone=True), brief.board()

    assert (lone.runs, lone.first) == (0, None)
    assert (known.runs, known.first, known.every) == (5, NOW - 4 * HOUR, HOUR)


@pytest.mark.parametrize(
    ("status", "made", "shown"),
    [
        (Status.UP, NOW, Status.UP),
        (Status.DOWN, NOW, Status.DOWN),
        (Status.SKIPPED, NOW, Status.UNKNOWN),
        (Status.UP, NOW + 4 * HOUR, Status.UNKNOWN),
    ],
    ids=["up", "down", "skipped", "stale"],
)
def test_board_is_as_its_newest_run_while_that_is_believed(status: Status, made: float, shown: Status) -> None:
    assert by_hand(newest=newest(status=status), made=made).status is shown
    assert by_hand(newest=None).status is Status.UNKNOWN


def test_headline_says_so_where_there_is_no_run() -> None:
    assert told.headline(by_hand(newest=None)) == "no run is recorded, so the status is unknown"
    assert told.headline(by_hand()) == "login works"


@pytest.mark.parametrize(
    ("name", "sort", "label"),
    [
        ("prod:password", "login", "password grant"),
        ("prod:password-realm:users", "login", "password grant (password-realm)"),
        ("prod:oauth-ro:users", "login", "password grant (oauth-ro)"),
        ("prod:universal-login:users", "login", "Universal Login"),
    ],
)
def test_flow_of_a_login_is_called_as_people_call_it(tmp_path: Path, name: str, sort: str, label: str) -> None:
    known = pasts.run()
    login = pasts.verdict("login", "login_hands_out_tokens", name)
    found = lanes(past(tmp_path, iter([replace(known, verdicts=(known.verdicts[0], login))])).board(lone=True))

    assert (found[name].sort, found[name].label) == (sort, label)
    assert found["prod"].label == "prod"
