"""Since when it is so, in the report and on the page; a young history in hours; who stands where on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.history import DAY, HOUR
from monitor.reports import html
from monitor.reports.runbook import COPY
from monitor.site import publish, rendering, since
from monitor.site.contents import Lane
from monitor.site.lanes import LEAST_DAYS, LEAST_HOURS
from monitor.status import Status
from tests.site.pasts import NOW, PARTNERS, USERS, Past, between, past, run, runs
from tests.site.test_board import lanes
from tests.site.test_page import Outline, words


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Half a day of runs, the last three hours of them ill."""
    told = past(tmp_path_factory.mktemp("young"), runs(between(3 * HOUR, 0, "down"), days=0.5, every=HOUR / 2))
    (told.reports / "report.html").write_text(html.render(told.newest), encoding="utf-8")
    return told


def test_lane_that_is_ill_knows_since_when_and_the_last_good_run(young: Past) -> None:
    known = lanes(young.board())
    users = known[f"prod:{USERS}"]

    assert (users.began, users.before) == (NOW - 3 * HOUR, NOW - 3.5 * HOUR)
    assert [str(bar.status) for bar in users.hours[-5:]] == ["up", "down", "down", "down", "down"]
    assert len(users.hours) == 24
    assert (known[f"prod:{PARTNERS}"].began, len(known[f"prod:{PARTNERS}"].hours)) == (None, 24)
    assert known["dependencies:github"].hours == ()


def test_what_was_never_well_has_no_last_good_run(tmp_path: Path) -> None:
    board = past(tmp_path, runs(between(DAY, 0, "down"), days=0.2)).board()

    assert lanes(board)[f"prod:{USERS}"].before is None
    assert "no good run is known before" in words(rendering.render(board))


def test_what_is_unknown_is_not_said_to_be_down_since(tmp_path: Path) -> None:
    users = lanes(past(tmp_path, runs(between(HOUR, 0, "unknown"), days=0.2)).board())[f"prod:{USERS}"]

    assert (users.ill, users.began) == (True, None)


def test_what_is_late_is_late_since(tmp_path: Path) -> None:
    users = lanes(past(tmp_path, runs(between(2 * HOUR, 0, "late"), days=0.2)).board())[f"prod:{USERS}"]

    assert users.began == NOW - 2 * HOUR


def test_report_says_since_when_once_the_page_is_made(young: Past, tmp_path: Path) -> None:
    board = young.board()
    publish.beside(board, young.reports)
    publish.site(board, young.reports, tmp_path / "site")
    for file in (young.reports / "report.html", tmp_path / "site/latest/report.html"):
        text = file.read_text(encoding="utf-8")
        assert "This run alone cannot say" not in text
        assert "prod: users, password grant (password-realm) DOWN 2026-03-02 08:30 UTC 3 h 1 min" in words(text)
        assert "prod: partners, password grant (password-realm) UP 2026-03-02 12:00 UTC –" in words(text)
        assert text.count('<svg class="strip"') == 2


def test_report_of_another_run_is_left_alone(young: Past, tmp_path: Path) -> None:
    nobodys = Past(young.folder, run(NOW - DAY))
    (tmp_path / "report.html").write_text(html.render(young.newest), encoding="utf-8")
    publish.beside(nobodys.board(), tmp_path)

    assert "This run alone cannot say" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_is_well_or_has_no_history_is_told_nothing(tmp_path: Path) -> None:
    assert since.table(past(tmp_path / "well", runs(days=0.2)).board()) == ""
    assert since.table(past(tmp_path / "one", iter([run(NOW, "down")])).board(lone=True)) == ""


def test_young_history_shows_its_hours_and_an_older_one_its_days(young: Past, tmp_path: Path) -> None:
    text = rendering.render(young.board())
    older = rendering.render(past(tmp_path, runs(days=5)).board())

    assert {len(each.whole.bars) for each in young.board().groups} == {LEAST_HOURS}
    assert f"{LEAST_HOURS} hours ago now" in words(text)
    assert "days ago" not in words(text)
    assert re.search(r'aria-label="24 hours until 2026-03-02 13:00 UTC: 4 down, 9 up, 11 unknown"', text)
    assert "2026-03-02 09:00 UTC to 2026-03-02 12:00 UTC down" in words(text)
    assert f"{LEAST_DAYS} days ago today" in words(older)


def test_connections_come_first_with_their_flows_beneath_them(young: Past) -> None:
    said = words(rendering.render(young.board()))
    order = ["users connection", "DOWN password grant (password-realm)", "partners connection", "10.0.0.1 node"]

    assert re.search(".*?".join(map(re.escape, order)), said), said
    assert [name for name, _ in young.board().groups[0].connections] == ["users", "partners"]
    assert f"{USERS} login" not in said


def test_services_bear_their_names(young: Past) -> None:
    said = words(rendering.render(young.board()))

    assert "UP GitHub" in said
    assert "Mandrill (Mailchimp Transactional)" in said


@pytest.mark.parametrize(("number", "folded"), [(5, 0), (6, 5)], ids=["few", "many"])
def test_tenant_that_is_well_folds_to_a_line_where_there_are_many(tmp_path: Path, number: int, folded: int) -> None:
    tenants = [f"t{each}" for each in range(number)]
    text = rendering.render(past(tmp_path, runs(between(HOUR, 0, "down"), days=0.2, tenants=tenants)).board())
    outline = Outline(text)

    assert len(re.findall(r'aria-label="t\d">\s*<details><summary>', text)) == folded
    assert text.index('aria-label="t0"') < text.index('aria-label="t1"'), "what is ill is first, and open"
    assert outline.headings.count(3) == number + 2


def test_runbook_stands_on_the_page_folded_and_beside_it_whole(young: Past, tmp_path: Path) -> None:
    publish.site(young.board(), young.reports, tmp_path)
    page, book = (Outline((tmp_path / name).read_text(encoding="utf-8")) for name in ("index.html", COPY))
    text = (tmp_path / "index.html").read_text(encoding="utf-8")

    assert "What to look at, whom to call, how to confirm it" in words(text)
    assert "Call: Whoever keeps the database." in words(text)
    assert f"{COPY}#connection" in page.values("href")
    assert "connection" in book.values("id")
    anchors = {href[1:] for href in book.values("href") if href.startswith("#")}
    assert anchors
    assert anchors <= set(book.values("id"))
    assert {href for href in book.values("href") if not href.startswith(("#", "https://"))} == {"index.html"}


def test_own_runbook_is_linked_before_the_sites_copy(young: Past, tmp_path: Path) -> None:
    publish.site(young.board(), young.reports, tmp_path, book=lambda path: f"https://wiki.example/{path[-10:]}")
    page = Outline((tmp_path / "index.html").read_text(encoding="utf-8"))

    assert "https://wiki.example/connection" in page.values("href")
    assert f"{COPY}#connection" not in page.values("href")


def test_lane_without_a_connection_has_none() -> None:
    def named(name: str, sort: str) -> str:
        return Lane(name, name, sort, Status.UP, None, "", unread=False, bars=(), spans=()).connection

    assert named("prod", "tenant") == ""
    assert named("prod:password", "login") == "default directory"
    assert named("prod:universal-login:users", "login") == "users"
    assert named("prod:users", "account") == "users"
    assert named("prod:10.0.0.1", "node") == ""
