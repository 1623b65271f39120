"""Incidents that somebody was told of, and that are none any more: they stay listed as they were told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.history import History
from monitor.incidents import Incident, Policy, Threshold, of_history
from monitor.incidents.as_told import LATER, SETTINGS, listed, rule, shown, why
from monitor.owners import Owner
from monitor.status import Status
from monitor.telling.ledger import MOVED, READ, SILENT, Ledger, LedgerEntry
from tests.history.runs import DAY0, every

POLICY, STRICT = Policy(Threshold(2, 0.0)), Policy(Threshold(9, 0.0))
LINK = "https://ci.example/runs/1"


def kept(folder: Path, words: str) -> Path:
    """A history of runs, five minutes apart, a letter each: ``a`` is down."""
    file = folder / "history.sqlite"
    runs = every(300.0, ["down" if word == "a" else "up" for word in words])
    history.record(file, runs, link=LINK)
    return file


def told(one: Incident, event: str = "opened", at: float = DAY0 + 5_000, **said: Any) -> LedgerEntry:
    """What a chat was told of it, and when."""
    entry = LedgerEntry(one.id, "chat", event, at, one.runs[0], "a title", {}, "", shown(one, rule(POLICY)))
    return replace(entry, **said)


def settled(file: Path, *entries: LedgerEntry) -> History:
    for each in entries:
        Ledger(file).settle(each)
    return history.read(file)


def incident(file: Path) -> Incident:
    (found,) = of_history(history.read(file), POLICY)
    return found


def test_what_was_told_as_open_and_is_none_by_other_settings_is_over_since_then(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa")
    one = incident(file)
    entry = told(one)
    (found,) = listed(settled(file, entry), STRICT, DAY0)

    assert found.id == one.id
    assert (found.owner, found.status, found.worst) == (one.owner, one.status, one.worst)
    assert (found.tenants, found.targets) == (one.tenants, one.targets)
    assert (found.began, found.opened, found.seen, found.known) == (one.began, one.opened, one.seen, one.known)
    assert (found.recovered, found.closed, found.reason) == (None, entry.at, SETTINGS)
    assert (found.link, found.runs) == (LINK, (one.runs[0], one.runs[-1]))
    (cause,), first = found.causes, one.causes[0]
    assert (cause.rule, cause.owner, cause.confidence, cause.status) == (
        first.rule,
        one.owner,
        first.confidence,
        one.status,
    )
    assert (cause.sentence, cause.runbook) == (first.sentence, first.runbook)
    assert [(each.at, each.run, each.status, each.targets) for each in found.changes] == [
        (one.opened, one.runs[0], one.status, one.targets)
    ]
    assert (found.besides, found.flapping) == ((), False)


def test_what_was_told_as_over_and_is_none_any_more_was_over_then(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa..")
    one = incident(file)
    (found,) = listed(settled(file, told(one, "closed")), STRICT, DAY0)

    assert one.closed is not None
    assert (found.recovered, found.closed) == (one.recovered, one.closed)


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({}, True),
        ({"event": "changed"}, True),
        ({"event": "closed"}, True),
        ({"event": SILENT}, False),
        ({"event": MOVED}, False),
        ({"event": READ}, False),
        ({"event": "test"}, False),
        ({"channel": ""}, False),
        ({"shown": None}, False),
        ({"shown": {}}, False),
        ({"shown": {"cause": 3}}, False),
        ({"at": DAY0 - 1}, False),
        ({"at": DAY0}, True),
    ],
    ids=str,
)
def test_only_incidents_that_somebody_was_told_of_are_listed_as_told(
    tmp_path: Path, said: dict[str, Any], *, there: bool
) -> None:
    file = kept(tmp_path, "..aa")
    entry = told(incident(file), **said)

    assert bool(listed(settled(file, entry), STRICT, DAY0)) is there


def test_what_was_over_before_the_moment_is_not_listed_however_late_it_was_told(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa..")
    one = incident(file)
    assert one.closed is not None
    known = settled(file, told(one, "closed", at=one.closed + 900))

    assert len(listed(known, STRICT, one.closed)) == 1
    assert listed(known, STRICT, one.closed + 1) == ()


@pytest.mark.parametrize("name", ["owner", "status", "cause", "runs", "began", "link", "tenants"])
def test_entry_of_another_version_costs_itself_alone(tmp_path: Path, name: str) -> None:
    file = kept(tmp_path, "..aa")
    one = incident(file)
    well = told(one, incident="zz", run="gone")
    known = dict(well.shown or {})
    del known[name]
    odd = replace(well, incident="aa", shown=known)

    assert [each.id for each in listed(settled(file, odd, well), STRICT, DAY0)] == ["zz"]


@pytest.mark.parametrize("garbage", ["[", "3", "null", "[" * 100_000], ids=["cut", "number", "null", "deep"])
def test_entry_that_is_none_is_left_out(tmp_path: Path, garbage: str) -> None:
    file = kept(tmp_path, "..aa")
    settled(file, told(incident(file)))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE told SET said = ?", (garbage,))

    assert listed(history.read(file), STRICT, DAY0) == ()


def test_incident_that_is_one_still_is_listed_once_by_whatever_id_it_was_told(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa")
    one = incident(file)
    known = settled(file, told(one, run="gone"), told(one, incident="before"))

    assert listed(known, POLICY, DAY0) == (one,)


def test_incident_that_ended_before_is_not_listed_as_it_was_told_where_it_is_one_still(tmp_path: Path) -> None:
    """It was told to have ended later than it has by all runs, and is older than what is asked for."""
    file = kept(tmp_path, "..aa......")
    one = incident(file)
    assert one.closed is not None
    kept_ = dict(shown(one, rule(POLICY))) | {"closed": one.closed + 600}
    known = settled(file, told(one, "closed", incident="before", run="gone", shown=kept_))

    assert listed(known, POLICY, one.closed + 300) == ()
    assert [each.id for each in listed(known, STRICT, one.closed + 300)] == ["before"]


def test_what_was_told_last_counts_whoever_was_told(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa")
    one = incident(file)
    later = told(one, channel="another", at=DAY0 + 9_000)
    known = settled(file, later, told(one, channel="zz"), told(one))
    (found,) = listed(known, STRICT, DAY0)

    assert found.closed == later.at


def test_newest_stands_first_whether_it_is_one_or_was_told(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa....aa")
    newer, older = of_history(history.read(file), POLICY)
    between = dict(shown(older, rule(POLICY))) | {"opened": (older.opened + newer.opened) / 2}
    known = settled(file, told(older, incident="between", run="gone", shown=between | {"runs": ["gone", "too"]}))

    assert [each.id for each in listed(known, POLICY, DAY0)] == [newer.id, "between", older.id]


def test_reason_is_what_was_told_or_the_settings_or_later_runs(tmp_path: Path) -> None:
    file = kept(tmp_path, "..aa")
    one = incident(file)
    (found,) = listed(settled(file, told(one, why="as it was told")), STRICT, DAY0)
    assert found.reason == "as it was told"

    other = told(one, incident="other", run="gone")
    found = next(each for each in listed(settled(file, other), POLICY, DAY0) if each.id == "other")
    assert found.reason == LATER


@pytest.mark.parametrize(
    ("then", "reason"),
    [(None, LATER), ({}, LATER), ({"rule": ""}, LATER), ({"rule": "a"}, LATER), ({"rule": "b"}, SETTINGS)],
)
def test_settings_are_the_reason_where_they_are_known_to_have_been_others(
    then: dict[str, str] | None, reason: str
) -> None:
    assert why(then, "a") == reason


def test_settings_are_the_same_for_the_same_and_others_for_any_that_differs() -> None:
    owners = {Owner.RUNNER: Threshold(3, 900.0), Owner.AUTH0: Threshold(1, 0.0)}
    all_ = [
        Policy(),
        Policy(Threshold(3, 90.0)),
        Policy(Threshold(2, 91.0)),
        Policy(tell=frozenset({Status.DOWN})),
        Policy(owners=owners),
        Policy(owners={Owner.RUNNER: Threshold(3, 900.0)}),
        Policy(owners={Owner.RUNNER: Threshold(4, 900.0), Owner.AUTH0: Threshold(1, 0.0)}),
        Policy(owners={Owner.RUNNER: Threshold(3, 901.0), Owner.AUTH0: Threshold(1, 0.0)}),
        Policy(owners={Owner.THROTTLED: Threshold(3, 900.0), Owner.AUTH0: Threshold(1, 0.0)}),
    ]

    assert len({rule(each) for each in all_}) == len(all_)
    assert rule(Policy(owners=dict(reversed(owners.items())))) == rule(Policy(owners=owners))
