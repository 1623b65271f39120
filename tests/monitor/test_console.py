"""What every command has in common: options that name nothing are refused, and a reader may leave at any time."""

from __future__ import annotations

import argparse
import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import console, results
from monitor.doctor.__main__ import main as doctor
from monitor.history.__main__ import main as history
from monitor.incidents.__main__ import main as incidents
from monitor.reports.__main__ import main as reports
from monitor.rounds.__main__ import main as rounds
from monitor.site.__main__ import main as site
from monitor.telling.__main__ import main as telling
from tests.feeds import made
from tests.processes import ending
from tests.suite import ROOT, environment

Capture = pytest.CaptureFixture[str]


def named(value: object) -> str:
    """A name for a parameter."""
    return (
        str(value.__module__).split(".")[1] if callable(value) else " ".join(value) if isinstance(value, list) else ""
    )


NO_FILE = ["", ".", "/", "..", "folder/"]


@pytest.mark.parametrize("text", NO_FILE)
def test_what_names_no_file_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="names no file"):
        console.file(text)


def test_what_names_no_folder_is_refused() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="names no folder"):
        console.folder(" ")

    assert (console.folder("."), console.file("a/b")) == (Path(), Path("a/b"))


@pytest.mark.parametrize("wrong", ["", ".", "/"], ids=["empty", "here", "root"])
@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (history, ["status", "--history"]),
        (history, ["import"]),
        (history, ["merge"]),
        (history, ["guard", "x"]),
        (incidents, ["--history"]),
        (site, ["--history"]),
        (telling, ["--history"]),
        (rounds, ["--tell", "--history"]),
    ],
    ids=named,
)
def test_option_that_names_no_file_is_a_usage_error_and_no_traceback(
    command: Callable[[list[str]], int], arguments: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command([*arguments, wrong])

    assert ended.value.code == 2
    assert f"{wrong!r} names no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (reports, [""]),
        (reports, ["reports", "--reports", ""]),
        (reports, ["merge", ""]),
        (reports, ["summary", ""]),
        (doctor, ["--reports", ""]),
        (site, ["--site", ""]),
        (telling, ["--reports", ""]),
        (rounds, ["--reports", ""]),
    ],
    ids=named,
)
def test_option_that_names_no_folder_is_a_usage_error_and_no_traceback(
    command: Callable[[list[str]], int], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(arguments)

    assert ended.value.code == 2
    assert "'' names no folder" in capsys.readouterr().err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("value", ["/", ".", "x AUTH0_PASSWORD=hunter2-hunter2"])
@pytest.mark.parametrize("command", [lambda: history(["status"]), lambda: incidents([]), lambda: site([])], ids="123")
def test_variable_that_names_no_file_is_told_and_nothing_is_made(
    command: Callable[[], int],
    value: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AUTH0_HISTORY", value)

    assert command() == 2
    said = capsys.readouterr().err
    assert "AUTH0_HISTORY: " in said
    assert "hunter2" not in said
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["sandbox", "--list-faults"],
        ["monitor.configuration.services"],
        ["monitor.configuration.variables"],
        ["monitor.statuspages"],
        ["monitor.doctor", "--json"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_reader_that_has_seen_enough_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    """As in ``| head -1``, of a text that is longer than a pipe holds or not."""
    with (
        subprocess.Popen(
            [sys.executable, "-u", "-m", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment(AUTH0_MEMORY=str(tmp_path / "memory.sqlite")) | {"PATH": ""},
        ) as process,
        ending(process),
    ):
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read().decode()

        assert process.wait(60) in ((1,) if "monitor.doctor" in arguments else (0,))
    assert said == ""


def test_links_in_a_circle_lead_somewhere(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")

    assert console.real(tmp_path / "one" / "x").name == "x"
    assert console.real(tmp_path) == tmp_path.resolve()


@pytest.mark.parametrize("inside", ["loop", "loop/results.json", "folder"])
def test_leg_that_is_a_circle_of_links_is_a_leg_that_cannot_be_read(
    inside: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "results.json").symlink_to(tmp_path / "folder" / "results.json")

    code = reports(["merge", str(tmp_path / inside), "--reports", str(tmp_path / "merged")])

    assert code == 1
    assert "leg_is_there_and_whole" in capsys.readouterr().out


def test_reports_that_are_a_circle_of_links_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    assert reports([str(tmp_path / "loop"), "--reports", str(tmp_path / "loop")]) == 1
    assert "loop" in capsys.readouterr().err


class Full(io.StringIO):
    """A stream to a disk that is full, or whose reader has gone."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


def test_what_cannot_be_written_ends_with_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdout", Full(OSError(errno.ENOSPC, "No space left on device")))

    with pytest.raises(SystemExit) as ended:
        console.say("text")

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("the output cannot be written (No space left on device)")


def test_reader_that_has_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full(BrokenPipeError()))

    console.say("text")


def test_letter_that_the_terminal_has_not_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))

    console.say("1\u20132\n")

    assert written.getvalue() == b"1?2\n"


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_command_may_be_started_without_its_standard_streams(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, closed, None)

    console.open_what_is_closed()

    with getattr(sys, closed) as opened:
        assert opened.write("text") == 4


@pytest.mark.parametrize("arguments", [["prometheus"], ["nagios"], ["push"]], ids=named)
def test_feed_whose_reader_has_gone_is_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    results.write(tmp_path / "reports/results.json", made.well())
    reader, writer = os.pipe()
    os.close(reader)

    command = [sys.executable, "-m", "monitor.feeds", *arguments]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(writer)

    assert (ran.returncode, ran.stderr) == (0, b"")
