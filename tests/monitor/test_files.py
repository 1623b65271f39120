"""What is no regular file is refused by its name before it is opened, wherever a command writes or sets aside.

Everything lies in a folder of the test's own; a device is one by the word of a stubbed ``stat`` alone.
"""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import files, history, reports
from monitor.configuration.targets import Tenant
from monitor.doctor import surroundings
from monitor.failures import Misconfigured
from monitor.history import Unusable
from monitor.history.__main__ import main
from monitor.rounds import archive
from monitor.telling.latest import latest
from monitor.transactions.memory import Memory
from monitor.transactions.sampling import Sampling
from tests.history.runs import run
from tests.reports import runs
from tests.suite import ROOT, environment

BOUND = 60
"""Seconds for a command: it would hang for ever if it opened a FIFO."""


def fifo(path: Path) -> None:
    os.mkfifo(path)


def bound_socket(path: Path) -> None:
    """A socket's name is short: it is bound from within its folder."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(path.name)
    finally:
        os.chdir(here)


MAKERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (Path.mkdir, "a folder"),
    "fifo": (fifo, "a FIFO"),
    "socket": (bound_socket, "a socket"),
    "device": (Path.touch, "a device"),
}


@pytest.fixture(
    params=[(name, link) for name in MAKERS for link in (False, True)], ids=lambda each: f"{each[0]}-{each[1]}"
)
def other(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, str]]:
    """Something that is no file, or a symlink to it; and what it is called."""
    name, linked = request.param
    make, called = MAKERS[name]
    there = tmp_path / "there"
    make(there)
    place = tmp_path / "place"
    if linked:
        place.symlink_to(there)
    else:
        there.rename(place)
    real = there if linked else place
    if name == "device":
        _pretend(monkeypatch, {place, real})
    before = os.lstat(place)
    yield place, called
    after = os.lstat(place)
    assert (after.st_mode, after.st_ino) == (before.st_mode, before.st_ino), "it was replaced"
    assert real.exists(), "it was removed"


def _pretend(monkeypatch: pytest.MonkeyPatch, places: set[Path]) -> None:
    """Let ``stat`` say that these are a device."""
    asked = Path.stat

    def said(self: Path, **options: Any) -> os.stat_result:
        found = asked(self, **options)
        if self in places:
            values = list(found)
            values[0] = stat.S_IFCHR | 0o666
            return os.stat_result(values)
        return found

    monkeypatch.setattr(Path, "stat", said)


def test_kind_is_named_without_opening_it(other: tuple[Path, str]) -> None:
    place, called = other

    assert files.kind(place) == called
    with pytest.raises(OSError, match=called):
        files.refuse_others(place)


def test_regular_file_is_none_of_them_also_behind_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")

    assert [files.kind(tmp_path / name) for name in ("file", "link", "dangling", "nothing")] == [""] * 4
    assert files.kind(tmp_path / "file" / "below") == ""


def test_no_text_takes_its_place(other: tuple[Path, str]) -> None:
    with pytest.raises(OSError, match=other[1]):
        files.replace(other[0], "text")


@pytest.mark.parametrize("act", ["record", "merge", "prune", "read", "export", "guard"])
def test_history_is_none_of_them(
    other: tuple[Path, str], act: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, called = other
    good = tmp_path / "good" / "history.sqlite"
    history.record(good, [run(0)])
    acts: dict[str, Callable[[], object]] = {
        "record": lambda: history.record(place, [run(0)]),
        "merge": lambda: history.merge(good, [place]),
        "prune": lambda: history.prune(place, 0.0),
        "read": lambda: history.read(place),
    }
    if act in acts:
        with pytest.raises(Unusable, match=f"place cannot be used \\({called} has that name"):
            acts[act]()
        return
    arguments = ["export", str(place), "--history", str(good)] if act == "export" else ["guard", str(place), str(good)]

    assert main(arguments) == 2
    assert str(place) in capsys.readouterr().err


def test_report_whose_name_is_taken_is_named_and_the_others_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name, what in zip(("results.json", "junit.xml", "report.html", "evidence"), MAKERS, strict=True):
        MAKERS[what][0](folder / name)
    (folder / "results.json" / "mine").touch()
    MAKERS["fifo"][0](folder / "ctrf.json")
    _pretend(monkeypatch, {folder / "evidence"})
    before = {each.name: (os.lstat(each).st_mode, os.lstat(each).st_ino) for each in folder.iterdir()}
    stale = [each.name for each in reports.REPORTS]
    written = reports.write_all(folder, runs.run(runs.down()), stale=stale)

    assert written.paths == {}
    assert [line.partition(" was not written")[0] for line in written.problems] == [
        str(folder / name) for name in stale
    ]
    assert ["a folder" in written.problems[0], "a FIFO" in written.problems[1], "a socket" in written.problems[3]] == [
        True
    ] * 3
    assert all("move it away" in line for line in written.problems)
    assert {each.name: (os.lstat(each).st_mode, os.lstat(each).st_ino) for each in folder.iterdir()} == before


def test_round_whose_reports_names_are_taken_leaves_them_alone_and_says_so(tmp_path: Path) -> None:
    source, folder = tmp_path / "round", tmp_path / "reports"
    reports.write_all(source, runs.diagnosed(runs.down()))
    folder.mkdir()
    os.mkfifo(folder / "results.json")
    (folder / "junit.xml").mkdir()
    (folder / "junit.xml" / "mine").touch()
    (folder / "evidence").mkdir()
    (folder / "evidence" / "mine").touch()  # evidence has other names
    problems = archive.newest(folder, source)

    assert [line.partition(" was not replaced")[0] for line in problems] == [
        str(folder / name) for name in ("results.json", "junit.xml", "evidence")
    ]
    assert (folder / "junit.xml" / "mine").exists()
    assert (folder / "evidence" / "mine").exists()
    assert (folder / "report.html").is_file()


def test_page_of_an_earlier_run_that_is_none_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "index.html")
    reports.remove_page(tmp_path)

    assert files.kind(tmp_path / "index.html") == "a FIFO"


def test_memory_is_none_of_them(other: tuple[Path, str]) -> None:
    place, called = other
    sampling = Sampling(place)
    tenant = Tenant("prod")
    sampling.plan(tenant, "stranger")
    with pytest.raises(Misconfigured, match=f"place, cannot be used .*{called} has that name"):
        sampling.wait_for_turn(tenant, "stranger")
    Memory(place).keep("https://x.example/", b"text", {"etag": "1"})

    assert Memory(place).recall("https://x.example/") is None
    said = [line.what for line in surroundings.files(place.parent / "reports", place) if str(line.mark) == "BAD"]
    assert [called in each for each in said] == [True]


def test_reports_of_a_round_that_are_none_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "results.json")

    assert latest(tmp_path) is None


@pytest.mark.parametrize(
    "command",
    [
        ["monitor.history", "prune", "--history", "{fifo}"],
        ["monitor.history", "status", "--history", "{fifo}"],
        ["monitor.history", "export", "{fifo}", "--history", "{good}"],
        ["monitor.telling", "--history", "{fifo}"],
        ["monitor.telling", "overdue", "--history", "{fifo}"],
        ["monitor.site", "--history", "{fifo}", "--site", "{folder}/site", "--reports", "{folder}/reports"],
        ["monitor.actions", "restore", "--history", "{fifo}"],
        ["monitor.reports", "{folder}/good", "--reports", "{folder}/taken"],
    ],
    ids=lambda each: " ".join(each[:2]).removeprefix("monitor."),
)
def test_command_ends_at_once_and_names_it_in_one_line(command: list[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a-fifo")
    history.record(tmp_path / "good.sqlite", [run(0)])
    reports.write_all(tmp_path / "good", runs.diagnosed(runs.down()))
    (tmp_path / "taken").mkdir()
    os.mkfifo(tmp_path / "taken" / "junit.xml")
    given = {"fifo": tmp_path / "a-fifo", "good": tmp_path / "good.sqlite", "folder": tmp_path}
    ran = subprocess.run(
        [sys.executable, "-m", *(each.format_map(given) for each in command)],
        cwd=ROOT,
        env=environment(GITHUB_REPOSITORY="a/b"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )
    said = ran.stdout + ran.stderr

    assert ran.returncode != 0
    assert "Traceback" not in said
    whole = "".join(said.split())  # the last screen wraps a long name of a folder
    assert "a-fifo" in whole or "taken/junit.xml" in whole
    assert files.kind(tmp_path / "a-fifo") == "a FIFO"
