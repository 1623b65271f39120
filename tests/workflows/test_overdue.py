"""The second scheduled workflow, rehearsed: it alarms once where no run came, and says when they come again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from tests.reports import runs
from tests.workflows.rehearsal import Repository

Made = Callable[..., Repository]


def left(github: Repository, tmp_path: Path, *minutes: int) -> None:
    """A history whose runs began so many minutes ago, as the scheduled run leaves it."""
    file = tmp_path / f"made-{len(github.hosted.index)}" / ".monitor" / "history.sqlite"
    file.parent.mkdir(parents=True)
    now = datetime.now(UTC)
    run = runs.diagnosed(runs.verdict())
    history.record(file, [replace(run, started=(now - timedelta(minutes=each)).isoformat()) for each in minutes])
    given: dict[str, Any] = {"name": "history", "path": ".monitor/history.sqlite", "retention-days": "2"}
    given |= {"overwrite": True, "include-hidden-files": True}
    github.hosted.do("actions/upload-artifact", given, file.parents[1], 0)


def issues(github: Repository) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(github.issues.read_text(encoding="utf-8"))["issues"]
    return told


def test_silence_is_told_once_and_its_end_as_well(repository: Made, tmp_path: Path) -> None:
    github = repository({})
    github.variables["AUTH0_TENANTS"] = "prod"
    left(github, tmp_path, 120, 115, 110, 105)

    silent = [github.run("overdue.yml") for _ in range(2)]

    assert [run.result for run in silent] == ["failure", "failure"]
    (issue,) = issues(github)
    assert issue["title"].startswith("The monitor has not run since")
    assert (issue["state"], issue["comments"]) == ("OPEN", [])

    left(github, tmp_path, 120, 115, 110, 105, 1)
    again = github.run("overdue.yml")

    assert again.result == "success", again.log
    assert issues(github)[0]["state"] == "CLOSED"


def test_where_the_newest_history_cannot_be_fetched_nobody_is_alarmed_by_an_old_copy(
    repository: Made, tmp_path: Path
) -> None:
    github = repository({})
    github.variables["AUTH0_TENANTS"] = "prod"
    left(github, tmp_path, 120, 115, 110, 105)
    old = github.hosted.folder / "cache" / "overdue-0-1"
    old.mkdir()
    shutil.copyfile(github.hosted.artifact(0, "history") / "history.sqlite", old / "history.sqlite")
    left(github, tmp_path, 120, 115, 110, 105, 1)
    (github.hosted.store / "broken").write_text("api")

    run = github.run("overdue.yml")

    assert run.result == "failure"
    assert any("gh cannot read artifacts" in each for each in run.jobs["overdue"].errors)
    assert issues(github) == []


@pytest.mark.parametrize("fork", [True, False], ids=["fork", "no-fork"])
def test_where_nothing_is_configured_a_fork_is_well_and_nobody_is_told(repository: Made, *, fork: bool) -> None:
    github = repository({}, fork=fork)

    run = github.run("overdue.yml")

    assert run.result == ("success" if fork else "failure")
    assert issues(github) == []


def test_more_tenants_than_a_matrix_has_legs_are_watched_where_they_are_shared_out(
    repository: Made, tmp_path: Path
) -> None:
    github = repository({})
    github.variables |= {"AUTH0_TENANTS": ",".join(f"t{n}" for n in range(300)), "MONITOR_SHARDS": "8"}
    left(github, tmp_path, 6, 1)

    run = github.run("overdue.yml")

    assert run.result == "success", run.log
