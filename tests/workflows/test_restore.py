"""The history's way from run to run: the newest good one comes back, what is corrupt is set aside, and said."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.actions.__main__ import main
from tests.reports import runs
from tests.workflows.hosted import Hosted

BRANCH = {"head_branch": "main", "repository_id": 1, "head_repository_id": 1}


def written(file: Path, *hours: int) -> Path:
    """A history of runs that began at these hours."""
    file.parent.mkdir(parents=True, exist_ok=True)
    run = runs.diagnosed(runs.verdict())
    history.record(file, [replace(run, started=f"2026-11-22T{hour:02}:00:00Z") for hour in hours])
    return file


class Machine:
    """A step's folder, and GitHub's side of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.hosted = folder, Hosted(folder / "hosted")
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        given = {"GH_STORE": str(self.hosted.store), "GH_TOKEN": "t", "GITHUB_ACTIONS": "true"}
        given |= {"GITHUB_REPOSITORY": "acme/monitor", "GITHUB_REF_NAME": "main", "AUTH0_PASSWORD": "hunter2"}
        for name, value in (given | {"GITHUB_OUTPUT": str(folder / "output")}).items():
            monkeypatch.setenv(name, value)
        self.file, self.cached = folder / "monitor/history.sqlite", folder / "monitor/cached.sqlite"

    def leave(self, number: int, *hours: int, broken: bytes = b"", **said: Any) -> None:
        """An artifact of these runs, or one with something broken in it."""
        folder = self.hosted.store / str(number)
        file = written(folder / "history.sqlite", *hours) if hours else folder / "history.sqlite"
        for lock in folder.glob(".*"):
            lock.unlink()
        if broken:
            folder.mkdir(exist_ok=True)
            file.write_bytes(broken if not hours else file.read_bytes()[: -len(broken)])
        index = json.loads((self.hosted.store / "index.json").read_text())
        made = {"id": number, "name": "history", "expired": False, "created_at": f"2026-11-22T0{number}:00:00Z"}
        (self.hosted.store / "index.json").write_text(json.dumps([*index, made | {"workflow_run": BRANCH} | said]))

    def restore(self) -> int:
        return main(["restore", "--history", str(self.file), "--cached", str(self.cached)])

    @property
    def hours(self) -> list[str]:
        known = history.read(self.file)
        return sorted(f"{each.started % 86_400 / 3600:g}" for each in known.runs(last=99))

    @property
    def kept(self) -> str:
        return (self.folder / "output").read_text().strip()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_newest_history_comes_back_with_what_the_cache_knows_besides(machine: Machine) -> None:
    machine.leave(1, 1)
    machine.leave(2, 1, 2)
    written(machine.cached, 1, 3)

    assert machine.restore() == 0
    assert machine.hours == ["1", "2", "3"]
    assert machine.kept == "retention-days=90"
    assert machine.file.with_name("restored.sqlite").read_bytes() == machine.file.read_bytes()


def test_first_run_of_all_begins_one(machine: Machine) -> None:
    assert machine.restore() == 0
    assert not machine.file.exists()


@pytest.mark.parametrize("broken", ["cut", "noise", "empty"])
def test_history_that_is_corrupt_is_set_aside_and_said_and_the_one_before_taken(
    machine: Machine, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    machine.leave(1, 1)
    if broken == "cut":
        machine.leave(2, 1, 2, broken=b"." * 9000)
    else:
        machine.leave(2, broken=b"noise" * 99)
        if broken == "empty":
            (machine.hosted.store / "2/history.sqlite").write_bytes(b"")

    assert machine.restore() == 0
    assert machine.hours == ["1"]
    said = capsys.readouterr().out
    assert "::error title=The history::the history of 2026-11-22T02:00:00Z (artifact 2) is set aside: " in said
    assert machine.file.with_name("history.sqlite.of-2").exists() or "no archive" in said


@pytest.mark.parametrize(
    "said",
    [
        {"expired": True},
        {"workflow_run": BRANCH | {"head_repository_id": 2}},
        {"workflow_run": BRANCH | {"head_branch": "x"}},
    ],
    ids=["expired", "a-fork's", "another-branch's"],
)
def test_history_that_is_not_ours_is_not_taken(machine: Machine, said: dict[str, Any]) -> None:
    machine.leave(1, 1)
    machine.leave(2, 1, 2, **said)

    assert machine.restore() == 0
    assert machine.hours == ["1"]


def test_where_github_does_not_answer_the_cache_is_used_and_nothing_may_take_its_place(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.leave(1, 1, 2)
    written(machine.cached, 1)
    (machine.hosted.store / "broken").touch()

    assert machine.restore() == 1
    assert machine.hours == ["1"]
    said = capsys.readouterr().out
    assert "gh cannot read artifacts (HTTP 503: unavailable)" in said
    assert "is not published" in said


def test_where_every_copy_is_corrupt_none_takes_their_place(machine: Machine) -> None:
    machine.leave(1, broken=b"noise")
    machine.cached.parent.mkdir(parents=True)
    machine.cached.write_bytes(b"noise")

    assert machine.restore() == 1
    assert not machine.file.exists()


def test_file_that_is_there_already_is_never_overwritten(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    written(machine.file, 1, 2, 3)
    machine.leave(1, 1)

    assert machine.restore() == 1
    assert machine.hours == ["1", "2", "3"]
    assert "is there already: move it away" in capsys.readouterr().out


def test_gh_is_given_none_of_our_variables(machine: Machine) -> None:
    program = machine.folder / "bin" / "gh"
    program.write_text(f"#!/bin/sh\nenv > {machine.folder / 'given'}\necho '{{\"artifacts\": []}}'\n")

    assert machine.restore() == 0
    assert "hunter2" not in (machine.folder / "given").read_text()
