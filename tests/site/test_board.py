from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from monitor.history import DAY, HOUR, HOURLY_DAYS
from monitor.history.freshness import lasting
from monitor.site.board import MANY_CHARTS, MANY_LANES
from monitor.site.contents import Board, Lane
from monitor.status import Status
from tests.site import pasts
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
