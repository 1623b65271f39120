"""The history's way from run to run: the newest good one comes back, what is corrupt is set aside, and said."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.actions import artifacts
from monitor.actions.__main__ import main
from monitor.actions.artifacts import GitHub, GitHubUnavailable, Restored
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


def artifact(number: int, made: str = "", **said: Any) -> dict[str, Any]:
    at = made or f"2026-11-22T0{number}:00:00Z"
    return {"id": number, "expired": False, "created_at": at, "workflow_run": BRANCH} | said


def packed(content: bytes, name: str = "history.sqlite") -> bytes:
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as archive:
        archive.writestr(name, content)
    return text.getvalue()


class Listing:
    """GitHub's answers, without its command line: which artifacts there are, and what is in each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, listed: Any, held: dict[int, Any]) -> None:
        self.brought: list[int] = []

        def asked(_github: GitHub, path: str, _seconds: float = 0) -> bytes:
            if path.startswith("actions/artifacts?name=history&"):
                return listed if isinstance(listed, bytes) else json.dumps({"artifacts": listed}).encode()
            number = int(path.split("/")[2])
            self.brought.append(number)
            found = held[number]
            if isinstance(found, Exception):
                raise found
            assert isinstance(found, bytes)
            return found

        monkeypatch.setattr(GitHub, "asked", asked)
        self.github = GitHub("acme/monitor", "main", {})


def restored(listing: Listing, folder: Path) -> Restored:
    return artifacts.restore(listing.github, folder / "cached.sqlite", folder / "to" / "history.sqlite")


def hours(file: Path) -> list[int]:
    return sorted(datetime.fromtimestamp(each.started, UTC).hour for each in history.read(file).runs(last=99))


def test_newest_artifact_is_taken_and_of_two_of_one_second_the_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [artifact(3), artifact(7, "2026-11-22T05:00:00Z"), artifact(8, "2026-11-22T05:00:00Z"), artifact(4)]
    good = packed(written(tmp_path / "made.sqlite", 1).read_bytes())
    listing = Listing(monkeypatch, listed, {each["id"]: good for each in listed})

    assert restored(listing, tmp_path) == Restored("the history of 2026-11-22T05:00:00Z", (), trusted=True)
    assert listing.brought == [8]
    assert hours(tmp_path / "to" / "history.sqlite") == [1]


def test_five_artifacts_are_looked_at_and_then_nothing_takes_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = packed(written(tmp_path / "made.sqlite", 1).read_bytes())
    held = {number: packed(b"noise") for number in range(2, 7)} | {1: good}
    found = restored(Listing(monkeypatch, [artifact(number) for number in held], held), tmp_path)

    assert (found.source, found.trusted, len(found.problems)) == ("", False, 5)
    assert not (tmp_path / "to" / "history.sqlite").exists()


@pytest.mark.parametrize("broken", [packed(b"", "other.sqlite"), b"no archive", b""], ids=["other", "noise", "empty"])
def test_artifact_without_the_file_is_set_aside_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bytes
) -> None:
    good = packed(written(tmp_path / "made.sqlite", 1).read_bytes())
    found = restored(Listing(monkeypatch, [artifact(1), artifact(2)], {1: good, 2: broken}), tmp_path)

    assert (found.source, found.trusted) == ("the history of 2026-11-22T01:00:00Z", True)
    (problem,) = found.problems
    assert "(artifact 2) is set aside: the history of 2026-11-22T02:00:00Z is no archive with history.sqlite" in problem


@pytest.mark.parametrize(
    "listed",
    [
        b"no JSON",
        b"[]",
        b"{}",
        b'{"artifacts": [{}]}',
        json.dumps({"artifacts": [artifact(1, workflow_run=None)]}).encode(),
    ],
    ids=["text", "list", "nothing", "bare", "no-run"],
)
def test_where_github_lists_something_else_the_cache_is_used_and_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: bytes
) -> None:
    written(tmp_path / "cached.sqlite", 1, 2)
    found = restored(Listing(monkeypatch, listed, {}), tmp_path)

    assert (found.source, found.trusted) == ("the cache", False)
    assert found.problems[0].startswith("gh did not list artifacts as documented")
    assert hours(tmp_path / "to" / "history.sqlite") == [1, 2]


def test_artifact_that_cannot_be_brought_is_no_reason_to_take_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = packed(written(tmp_path / "made.sqlite", 1).read_bytes())
    listing = Listing(monkeypatch, [artifact(1), artifact(2)], {1: good, 2: GitHubUnavailable("gh is late")})

    assert restored(listing, tmp_path) == Restored("", ("gh is late",), trusted=False)
    assert listing.brought == [2]


def test_cache_alone_is_trusted_where_github_says_that_there_is_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "cached.sqlite", 1)

    assert restored(Listing(monkeypatch, [], {}), tmp_path) == Restored("the cache", (), trusted=True)
    assert (tmp_path / "cached.sqlite").exists()


def test_cache_that_is_corrupt_or_of_drills_is_set_aside_and_the_artifact_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = packed(written(tmp_path / "made.sqlite", 1).read_bytes())
    drill = replace(runs.diagnosed(runs.verdict()), started="2026-11-22T03:00:00Z", mode="drill")
    history.record(tmp_path / "cached.sqlite", [drill], mode="drill")
    found = restored(Listing(monkeypatch, [artifact(1)], {1: good}), tmp_path)

    assert (found.source, found.trusted) == ("the history of 2026-11-22T01:00:00Z", True)
    assert found.problems == ("the cached history is set aside: it has drill runs",)
    assert hours(tmp_path / "to" / "history.sqlite") == [1]


@pytest.mark.parametrize(("days", "kept"), [(0, 2), (1, 90)], ids=["again", "first-of-the-day"])
def test_first_history_of_a_day_is_kept_long_and_the_others_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, kept: int
) -> None:
    now = datetime.now(UTC)
    run = replace(runs.diagnosed(runs.verdict()), started=(now - timedelta(days=days)).isoformat())
    history.record(tmp_path / "cached.sqlite", [run])
    Listing(monkeypatch, [], {})
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    assert main(["restore", "--history", str(tmp_path / "h.sqlite"), "--cached", str(tmp_path / "cached.sqlite")]) == 0
    if datetime.now(UTC).date() == now.date():
        assert (tmp_path / "output").read_text() == f"retention-days={kept}\n"
