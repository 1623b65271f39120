"""What a channel is to be told, decided without telling: what is due, under which key, and who may tell it."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import history
from monitor.history import History
from monitor.history.content import Content
from monitor.incidents import Incident, Policy, Threshold
from monitor.owners import Owner
from monitor.status import Status
from monitor.telling import due, keys
from monitor.telling.ledger import CLAIM, MOVED, READ, SILENT, Ledger, LedgerEntry
from monitor.telling.message import SILENCE, Event
from tests.history.runs import record, run
from tests.telling.past import Ill, Past

DAY = 86_400.0


def incident(words: str = "ee", owner: Owner = Owner.EXTENSION, tenants: tuple[str, ...] = ("prod",)) -> Incident:
    """The newest incident of these runs: ``e`` ill, ``.`` well."""
    past = Past()
    for letter in words:
        past.run(*([Ill(owner, tenants)] if letter == "e" else []), tenants=tenants)
    return past.incidents(Policy(Threshold(2, 0.0)))[0]


def told(one: Incident, event: str, at: float = 0.0, **said: object) -> dict[tuple[str, str], LedgerEntry]:
    """The ledger, in which a chat was told this of it."""
    known = LedgerEntry(one.id, "chat", event, at, one.runs[0], "a title", due.facts(one), key="k")
    return {(one.id, "chat"): replace(known, **said)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "before", "event"),
    [
        ("ee", "", "opened"),
        ("ee", "closed", "opened"),
        ("ee", SILENT, "opened"),
        ("ee", MOVED, "opened"),
        ("ee", "opened", None),
        ("ee", "changed", None),
        ("ee..", "", "closed"),
        ("ee..", "opened", "closed"),
        ("ee..", "changed", "closed"),
        ("ee..", "closed", None),
        ("ee..", SILENT, None),
    ],
)
def test_news_of_an_incident_is_what_was_not_told_before(words: str, before: str, event: str | None) -> None:
    one = incident(words)
    ledger = told(one, before) if before else {}
    found = due.due([one], "chat", ledger, (one.closed or one.opened) + 60, 0.0)

    assert [each.event for each in found] == ([event] if event else [])


@pytest.mark.parametrize(
    ("after", "since", "news"),
    [(60.0, -1.0, True), (60.0, 0.0, False), (DAY - 1, -DAY, True), (DAY, -2 * DAY, False)],
    ids=["after-the-first-telling", "before-it", "within-a-day", "a-day-later"],
)
def test_end_of_what_was_never_told_is_news_for_a_day_and_not_before_anybody_was_told(
    after: float,
    since: float,
    news: bool,  # noqa: FBT001 - a column of the table
) -> None:
    one = incident("ee..")
    assert one.closed is not None
    found = due.due([one], "chat", {}, one.closed + after, one.closed + since)

    assert bool(found) is news


def test_what_one_channel_was_told_is_not_what_another_was() -> None:
    one = incident()
    ledger = told(one, "opened")

    assert due.due([one], "chat", ledger, one.opened, 0.0) == []
    assert [each.event for each in due.due([one], "mail", ledger, one.opened, 0.0)] == ["opened"]


def test_incident_is_known_by_another_id_of_which_was_told() -> None:
    """By a run that it has, and an owner that it had; and never by what stands for no incident, or has moved on."""
    one = incident()
    other = {("before", "chat"): replace(*told(one, "opened").values(), incident="before")}

    assert due.due([one], "chat", other, one.opened, 0.0) == []
    for changed in (
        {"run": "elsewhere"},
        {"facts": {"owner": "auth0"}},
        {"event": MOVED},
        {"incident": READ},
        {"incident": SILENCE},
    ):
        entry = replace(other["before", "chat"], **changed)
        found = due.due([one], "chat", {(entry.incident, "chat"): entry}, one.opened, 0.0)
        assert [(each.event, each.before) for each in found] == [("opened", LedgerEntry(one.id, "chat"))], changed


def test_incident_is_known_by_another_id_also_where_it_has_found_its_owner_since() -> None:
    past = Past()
    for owner in (Owner.UNKNOWN, Owner.UNKNOWN, Owner.AUTH0):
        past.run(Ill(owner))
    (one,) = past.incidents(Policy(Threshold(2, 0.0)))
    (entry,) = told(one, "opened", incident="before", facts={"owner": "unknown"}).values()

    assert due.befores([one], "chat", {("before", "chat"): entry}) == [(one, entry)]


def test_what_was_told_of_a_tenant_by_another_id_hides_no_incident_of_the_next() -> None:
    """Both are of one owner and of the same runs: one of them was told, and the other is news."""
    past = Past()
    for _ in range(2):
        past.run(*(Ill(Owner.CONFIGURATION, (name,), said=name) for name in ("prod", "qa")), tenants=("prod", "qa"))
    both = past.incidents(Policy(Threshold(2, 0.0)))
    (entry,) = told(both[0], "opened", incident="before").values()

    assert sorted(each.event for _, each in due.befores(both, "chat", {("before", "chat"): entry})) == ["", "opened"]


def test_what_was_told_of_one_incident_is_not_what_was_told_of_another() -> None:
    past = Past()
    for letter in "ee....ee":
        past.run(*([Ill(Owner.EXTENSION)] if letter == "e" else []))
    newer, older = past.incidents(Policy(Threshold(2, 0.0)))
    found = due.befores([newer, older], "chat", told(older, "closed"))

    assert [(each.id, before.event) for each, before in found] == [(older.id, "closed"), (newer.id, "")]


@pytest.mark.parametrize(
    ("changed", "closed"),
    [
        ({}, True),
        ({"event": "changed"}, True),
        ({"event": "closed"}, False),
        ({"event": SILENT}, False),
        ({"event": MOVED}, False),
        ({"key": ""}, False),
        ({"channel": "mail"}, False),
        ({"incident": READ}, False),
        ({"incident": SILENCE}, False),
    ],
    ids=str,
)
def test_what_was_told_as_open_and_is_no_incident_any_more_has_to_be_closed(
    changed: dict[str, str], *, closed: bool
) -> None:
    (entry,) = told(incident(), "opened").values()
    entry = replace(entry, **changed)  # type: ignore[arg-type]

    assert bool(due.forgotten([], "chat", {(entry.incident, entry.channel): entry})) is closed


def test_key_that_another_incident_has_by_now_is_not_closed_for_the_one_that_had_it() -> None:
    (entry,) = told(incident(), "opened", 100.0).values()
    for at, closed in ((99.0, True), (100.0, False), (101.0, False)):
        other = replace(entry, incident="other", at=at, event="closed")
        ledger = {(each.incident, "chat"): each for each in (entry, other)}
        assert (due.forgotten([], "chat", ledger) == [entry]) is closed
    other = replace(entry, incident="other", key="another", at=101.0, event="closed")
    assert due.forgotten([], "chat", {(each.incident, "chat"): each for each in (entry, other)}) == [entry]


def test_incident_that_is_one_still_is_not_closed_as_forgotten() -> None:
    one = incident()
    assert due.forgotten([one], "chat", told(one, "opened")) == []


@pytest.mark.parametrize(
    ("words", "before", "left"),
    [("ee..", "", True), ("ee..", "opened", False), ("ee", "", False)],
    ids=["came-and-went", "was-told-before", "is-open"],
)
def test_only_what_came_and_went_in_a_maintenance_is_never_told(words: str, before: str, left: bool) -> None:  # noqa: FBT001
    one = incident(words)
    (news,) = due.due([one], "chat", told(one, before) if before else {}, (one.closed or one.opened) + 60, 0.0)
    silenced = due.silenced(news)

    assert (silenced is not None) is left
    if silenced:
        entry = due.entry(silenced, "", "", 7.0, "rule")
        assert (entry.incident, entry.event, entry.at) == (one.id, SILENT, 7.0)


def test_entry_of_the_ledger_has_what_the_next_call_must_know() -> None:
    one = incident()
    (news,) = due.due([one], "chat", {}, one.opened, 0.0)
    entry = due.entry(news, "a title", "a key", 7.0, "a rule")

    assert (entry.incident, entry.channel, entry.event, entry.at) == (one.id, "chat", "opened", 7.0)
    assert (entry.title, entry.key, entry.run) == ("a title", "a key", one.runs[0])
    assert entry.facts == {"owner": "extension", "status": "down", "targets": ["prod"]}
    assert entry.shown is not None
    assert entry.shown["rule"] == "a rule"
    assert due.due([one], "chat", {(one.id, "chat"): entry}, one.opened, 0.0) == []


def test_owner_that_it_had_before_it_was_told_is_no_news_and_a_new_one_is() -> None:
    past = Past()
    for owner in (Owner.EXTENSION, Owner.EXTENSION, Owner.AUTH0, Owner.CONFIGURATION):
        past.run(Ill(owner))
    (one,) = past.incidents(Policy(Threshold(2, 0.0)))
    first, second, _ = one.changes
    for change, news in ((first, True), (second, True)):
        entry = replace(*told(one, "opened").values(), facts={
            "owner": str(change.owner), "status": str(change.status), "targets": list(change.targets),
        })  # fmt: skip
        found = due.due([one], "chat", {(one.id, "chat"): entry}, 60.0, 0.0)
        assert bool(found) is news
    back = replace(one, changes=(*one.changes, replace(first, at=one.seen)))
    entry = replace(*told(one, "changed").values(), facts=due.facts(one))
    assert due.due([back], "chat", {(one.id, "chat"): entry}, 60.0, 0.0) == []
    later = due.due([back], "chat", {(one.id, "chat"): entry}, due.EVERY, 0.0)
    assert [each.event for each in later] == [Event.CHANGED]


def kept(starts: Sequence[float], words: str = "") -> History:
    """A history of runs at these seconds; well, unless a word of ``words`` (``e``) says that it was ill."""
    word = {"e": "down", ".": "up"}
    return History(
        Content(runs=[record(at, word[each]) for at, each in zip(starts, words or "." * len(starts), strict=True)])
    )


def up_to(known: History, number: int) -> LedgerEntry:
    """A channel was told everything up to this run, the oldest being the first."""
    newest_first = known.runs()
    return LedgerEntry(READ, "chat", READ, 0.0, newest_first[len(newest_first) - 1 - number].id)


@pytest.mark.parametrize(
    ("starts", "number", "lost"),
    [
        ([0, 300, 600, 900], 2, False),
        ([0, 300, 600, 1049], 2, False),
        ([0, 300, 600, 1050], 2, False),
        ([0, 300, 600, 1051], 2, True),
        ([0, 300, 600, 1200], 2, True),
        ([0, 300, 600, 1200], 3, False),
        ([0, 300, 900, 1200], 1, True),
        ([0, 600, 900, 1200], 2, False),
        ([0, 300, 600, 1500, 1800], 2, True),
    ],
)
def test_runs_may_be_lost_where_a_pause_after_what_was_told_is_more_than_half_again_as_long(
    starts: list[float], number: int, *, lost: bool
) -> None:
    known = kept(starts)

    assert keys.lost(known, up_to(known, number), quiet=True) is lost
    assert keys.lost(known, up_to(known, number), quiet=False) is lost


@pytest.mark.parametrize(
    ("words", "quiet", "lost"), [("e.", True, True), ("e.", False, False), ("..", True, False), ("..", False, False)]
)
def test_where_no_pause_is_known_runs_may_be_lost_that_ended_what_was_told(
    words: str, *, quiet: bool, lost: bool
) -> None:
    known = kept([0, 300], words)

    assert keys.lost(known, up_to(known, 0), quiet=quiet) is lost


def test_nothing_is_lost_of_a_channel_that_was_told_nothing_or_of_a_run_that_is_not_there() -> None:
    known = kept([0, 300, 5_000])

    assert not keys.lost(known, None, quiet=True)
    assert not keys.lost(known, LedgerEntry(READ, "chat", READ, 0.0, "gone"), quiet=True)


def test_pauses_of_a_scheduler_whose_rounds_are_a_minute_apart_lose_nothing() -> None:
    """One pause in five is a long one; of a few runs only, the one in the middle counts."""
    starts = [600.0 * (number // 5) + 60.0 * (number % 5) for number in range(31)]
    known = kept(starts)
    assert not keys.lost(known, up_to(known, 29), quiet=True)
    few = kept(starts[:21])
    assert keys.lost(few, up_to(few, 19), quiet=True)


def test_key_is_of_the_channels_last_run_the_owner_and_the_tenant() -> None:
    """Whatever is Auth0's, or the monitor's own trouble, is one alert, in however many tenants."""
    extension = keys.fresh("run", incident(), ())

    assert keys.fresh("run", incident("eee"), ()) == extension
    assert keys.fresh("another", incident(), ()) != extension
    assert keys.fresh("run", incident(owner=Owner.CONFIGURATION), ()) != extension
    assert keys.fresh("run", incident(tenants=("qa",)), ()) != extension
    assert keys.fresh("run", incident(tenants=("qa", "prod")), ()) == extension
    for owner in (Owner.AUTH0, Owner.RUNNER, Owner.THROTTLED):
        one, another = (incident(owner=owner, tenants=(name,)) for name in ("prod", "qa"))
        assert keys.fresh("run", one, ()) == keys.fresh("run", another, ())


def test_key_that_is_taken_is_counted_on() -> None:
    key = keys.fresh("run", incident(), ())

    assert keys.fresh("run", incident(), {key}) == f"{key}-2"
    assert keys.fresh("run", incident(), {key, f"{key}-2"}) == f"{key}-3"


def test_keys_that_lost_runs_can_have_used_are_those_that_they_would_have_made() -> None:
    newest = kept([0]).runs()[0]
    prod = [owner for owner in Owner if owner is not Owner.UPSTREAM]
    made = {keys.fresh("run", incident(owner=owner), ()) for owner in prod}

    assert set(keys.possible("run", newest, (), ())) == made
    known = keys.fresh("run", incident(), ())
    assert set(keys.possible("run", newest, {known}, ())) == made | {f"{known}-2"}
    assert set(keys.possible("run", newest, {known}, {known})) == (made - {known}) | {f"{known}-2"}
    assert set(keys.possible("run", None, (), ())) == {
        keys.fresh("run", incident(owner=owner), ()) for owner in (Owner.AUTH0, Owner.RUNNER, Owner.THROTTLED)
    }


def test_keys_that_are_closed_at_a_time_are_forty_at_most() -> None:
    newest = replace(kept([0]).runs()[0], tenants=tuple(f"t{number}" for number in range(50)))

    assert len(set(keys.possible("run", newest, (), ()))) == 40


def test_new_keys_begin_with_the_last_run_that_was_told_or_the_first_of_the_history() -> None:
    known = kept([0, 300])

    assert keys.anchor(known, up_to(known, 1)) == known.runs()[0].id
    assert keys.anchor(known, None) == keys.anchor(known, LedgerEntry(READ, "chat"))
    assert keys.anchor(known, None) != keys.anchor(kept([300]), None)


def test_silences_of_two_monitors_are_two_alerts() -> None:
    assert keys.silence(kept([0, 300])) == keys.silence(kept([0]))
    assert keys.silence(kept([0])) != keys.silence(kept([300]))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    history.record(tmp_path / "history.sqlite", [run(0)])
    return Ledger(tmp_path / "history.sqlite")


@pytest.mark.parametrize(("later", "free"), [(CLAIM - 1, False), (CLAIM, True), (-CLAIM + 1, False), (-CLAIM, True)])
def test_claim_holds_for_three_minutes_by_any_clock(ledger: Ledger, later: float, *, free: bool) -> None:
    entry = LedgerEntry("1", "chat")

    assert ledger.claim(entry, 10_000.0)
    assert ledger.claim(entry, 10_000.0 + later) is free


def test_claim_is_of_one_channel_and_one_incident(ledger: Ledger) -> None:
    assert all(ledger.claim(LedgerEntry(*each), 10_000.0) for each in (("1", "chat"), ("1", "mail"), ("2", "chat")))


def test_what_was_told_since_it_was_read_is_not_told_again(ledger: Ledger) -> None:
    before = LedgerEntry("1", "chat")
    after = LedgerEntry("1", "chat", "opened", 500.0)
    assert ledger.claim(before, 10_000.0)
    ledger.settle(after)

    assert not ledger.claim(before, 20_000.0)
    assert ledger.entries()["1", "chat"] == after
    assert ledger.claim(after, 10_000.0), "what was settled is claimed no more"


def test_claim_that_is_given_back_is_free_at_once(ledger: Ledger) -> None:
    entry = LedgerEntry("1", "chat")
    assert ledger.claim(entry, 10_000.0)
    ledger.release(entry)

    assert ledger.claim(entry, 10_000.0)


@pytest.mark.parametrize(
    ("machine", "lives", "free"),
    [(platform.node(), False, True), (platform.node(), True, False), ("another machine", False, False)],
    ids=["is-gone", "lives", "of-another-machine"],
)
def test_claim_of_a_process_that_is_gone_is_void(
    tmp_path: Path, ledger: Ledger, machine: str, *, lives: bool, free: bool
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    entry = LedgerEntry("1", "chat")
    assert ledger.claim(entry, 10_000.0)
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as connection, connection:
        claimant = (machine, os.getppid() if lives else ended.pid)
        connection.execute("UPDATE claimants SET machine = ?, process = ?", claimant)

    assert ledger.claim(entry, 10_001.0) is free


def test_history_is_first_told_of_once(ledger: Ledger) -> None:
    assert [ledger.since(5.0), ledger.since(9.0)] == [5.0, 5.0]
    assert ledger.entries() == {}


def test_what_a_later_version_says_besides_is_left_out() -> None:
    read = LedgerEntry.read('{"incident": "1", "channel": "chat", "event": "opened", "at": 1, "colour": "red"}', 7.0)

    assert read == LedgerEntry("1", "chat", "opened", 7.0)


def test_status_that_becomes_worse_is_news_and_one_that_becomes_better_waits() -> None:
    one = incident()
    late = {"owner": "extension", "status": "degraded", "targets": ["prod"]}
    down = replace(one, changes=(*one.changes[:-1], replace(one.changes[-1], status=Status.DEGRADED)))

    assert due.due([one], "chat", told(one, "opened", facts=late), 1.0, 0.0)
    assert not due.due([down], "chat", told(one, "opened", facts=late | {"status": "down"}), due.EVERY - 1, 0.0)
    assert due.due([down], "chat", told(one, "opened", facts=late | {"status": "down"}), due.EVERY, 0.0)
