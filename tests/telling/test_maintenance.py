"""Maintenance silences telling, never probing; what is still there when it ends is told then."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor import history
from monitor.telling import maintenance
from monitor.telling.commands import Telling
from tests.telling.desk import Desk, cause

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC).timestamp()
ALWAYS = "2000-01-01T00:00Z/2100-01-01T00:00Z"


@pytest.mark.parametrize(
    ("value", "tenants", "silent"),
    [
        ("2026-12-01T11:00Z/2026-12-01T13:00Z", ("prod",), True),
        ("2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("2026-12-01T12:30+01:00/PT1H", ("prod",), True),
        ("2026-12-01/P1D", ("prod",), None),
        ("2026-12-01T00:00Z/P1D", ("prod", "staging"), True),
        ("2026-12-01T11:00Z/PT30M", ("prod",), False),
        ("2026-12-01T11:00Z/PT1H", ("prod",), False),
        ("2026-12-01T12:00Z/PT1H30M5S", ("prod",), True),
        ("prod=2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("PROD=2026-12-01T11:00Z/PT2H", ("prod",), True),
        ("prod=2026-12-01T11:00Z/PT2H", ("prod", "staging"), False),
        ("staging=2026-12-01T11:00Z/PT2H, prod=2026-12-01T11:00Z/PT2H", ("prod", "staging"), True),
        ("prod=2026-12-01T11:00Z/PT2H", (), False),
        ("2026-12-01T11:00/PT2H", ("prod",), None),
        ("2026-12-01T13:00Z/2026-12-01T11:00Z", ("prod",), None),
        ("2026-12-01T11:00Z", ("prod",), None),
        ("2026-12-01T11:00Z/", ("prod",), None),
        ("2026-12-01T11:00Z/P", ("prod",), None),
        ("2026-12-01T11:00Z/PT", ("prod",), None),
        ("2026-12-01T11:00Z/P9999999999D", ("prod",), None),
        ("=2026-12-01T11:00Z/PT2H", ("prod",), None),
        ("always", ("prod",), None),
        ("", ("prod",), False),
    ],
)
def test_windows_are_read_and_what_is_none_silences_nothing(
    value: str,
    tenants: tuple[str, ...],
    silent: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    windows, problems = maintenance.windows(value)

    assert maintenance.silenced(tenants, windows, NOON) is bool(silent)
    assert len(problems) == (silent is None)
    assert all(each.startswith("AUTH0_MAINTENANCE: ") for each in problems)


def issue(title: str, **said: Any) -> dict[str, Any]:
    known = {"number": 1, "title": title, "body": "", "state": "OPEN", "labels": ["auth0-maintenance"], "comments": []}
    return known | said


@pytest.mark.parametrize(
    ("issues", "silent"),
    [
        ([issue("Upgrade tonight")], True),
        ([issue("Upgrade of prod")], True),
        ([issue("Upgrade of Prod, and staging")], True),
        ([issue("Upgrade of staging")], False),
        ([issue("Upgrade tonight", state="CLOSED")], False),
        ([issue("Upgrade tonight", labels=["bug"])], False),
        ([], False),
    ],
    ids=["all", "prod", "both", "another", "closed", "another-label", "none"],
)
def test_open_issue_of_the_label_silences_whom_it_names(
    desk: Desk, issues: list[dict[str, Any]], *, silent: bool
) -> None:
    desk.github = desk.github | {"issues": issues}
    desk.run(tenants=("prod", "staging"))
    for _ in range(2):
        desk.run(cause(), tenants=("prod", "staging"))
    desk.tell()

    assert len(desk.messages) == (not silent)


def test_what_is_there_when_the_maintenance_ends_is_told_then(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    assert desk.tell(AUTH0_MAINTENANCE=ALWAYS).told == []
    assert desk.tell().told != []
    assert [each["type"] for each in desk.messages] == ["failure"]


def test_what_came_and_went_in_a_maintenance_is_never_told(desk: Desk) -> None:
    desk.run()
    desk.tell()
    desk.now = time.time() + 1_800
    desk.began = time.time() + 60
    for some in [(cause(),)] * 2 + [()] * 2:
        desk.run(*some)
        desk.tell(AUTH0_MAINTENANCE=ALWAYS)
    desk.tell()

    assert (desk.messages, desk.issues) == ([], [])


def test_end_of_what_was_told_before_is_told_after_the_maintenance(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.tell()
    for _ in range(2):
        desk.run()
    assert desk.tell(AUTH0_MAINTENANCE=ALWAYS).told == []
    desk.tell()

    assert [each["type"] for each in desk.messages] == ["failure", "success"]


def test_window_that_cannot_be_read_is_told_and_silences_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    done = desk.tell(AUTH0_MAINTENANCE="tonight")

    assert len(desk.messages) == 1
    assert done.remarks[0].startswith("AUTH0_MAINTENANCE: 'tonight' is no window (it has no end)")


def test_github_that_cannot_be_asked_for_maintenance_silences_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.run(cause())
    desk.break_(issue_list="HTTP 502")
    done = Telling(desk.values, str)
    done.tell(history.read(desk.file), desk.file, desk.reports)

    assert len(desk.messages) == 1
    assert done.remarks == ["whether an issue says auth0-maintenance is not known: gh issue list: HTTP 502"]
