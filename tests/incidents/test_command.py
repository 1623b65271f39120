"""python -m monitor.incidents, as its user runs it: what it prints of a history, and what it says where it cannot."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from monitor import history, results
from monitor.history import store
from monitor.incidents import listing
from tests.forks import python
from tests.history.runs import DAY, DAY0, USERS, run
from tests.suite import ROOT

FIVE = 300.0
LINK = "https://ci.example/runs/1"


def clean(**variables: str) -> dict[str, str]:
    """An environment with these variables, and none of whoever runs the tests."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "GITHUB_"))}
    return others | {"PYTHONPATH": str(ROOT)} | variables


def incidents(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, in this folder."""
    return subprocess.run(
        python("-m", "monitor.incidents", *map(str, arguments)),
        cwd=folder,
        env=clean(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def kept(file: Path, words: Sequence[str], *, mode: str = "live", every: float = FIVE, ago: float = 60.0) -> float:
    """A history of runs that say so, the last so many seconds ago; when the first of them began."""
    first = float(int(time.time() - ago - (len(words) - 1) * every))
    runs = (run(first - DAY0 + number * every, word, mode=mode) for number, word in enumerate(words))
    history.record(file, runs, link=LINK, mode=mode)
    return first


def blocks(printed: str) -> list[dict[str, str]]:
    """Each incident that was printed: its title, and its lines by their words."""
    told = []
    for block in printed.strip().split("\n\n")[1:]:
        title, *lines = block.splitlines()
        told.append({"title": title} | {line[2:10].strip(): line[11:] for line in lines if line.startswith("  ")})
    return told


def test_open_incidents_come_first_with_all_that_must_be_known(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    first = kept(file, ["up"] * 4 + ["down"] * 3 + ["up"] * 20 + ["late", "down", "down", "down"])
    ran = incidents(tmp_path, "--history", file)
    opened, closed = blocks(ran.stdout)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("1 open incident, 1 closed in the last 90 days\n")
    assert (opened["status"], closed["status"]) == ("open, down", "closed, down")
    assert opened["until"] == "now"
    assert re.fullmatch(r"1\d min so far", opened["lasted"])
    assert closed["lasted"] == "15 min"
    assert closed["since"].startswith(time.strftime("%Y-%m-%d %H:%M UTC, confirmed at ", time.gmtime(first + 4 * FIVE)))
    assert closed["until"] == time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(first + 7 * FIVE))
    (cause,) = history.read(file).runs(last=1)[0].causes
    for told in (opened, closed):
        assert told["title"].startswith("prod: down since ")
        assert told["owner"] == f"{cause.owner}, {cause.confidence}"
        assert told["targets"] == cause.target
        assert (told["cause"], told["next"], told["run"]) == (cause.sentence, cause.runbook, LINK)


def test_three_outages_in_short_order_are_one_incident(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, ["up"] * 6 + ["down", "up", "up"] * 3)
    (told,) = blocks(incidents(tmp_path, "--history", file).stdout)

    assert len(history.read(file).outages(USERS)) == 3
    assert told["flapping"] == "it failed 3 times within a short time"
    assert told["until"].endswith("which is not confirmed yet")


def test_what_is_not_confirmed_is_no_incident(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, ["up", "up", "down"])

    assert incidents(tmp_path, "--history", file).stdout == "0 open incidents, 0 closed in the last 90 days\n"
    assert len(blocks(incidents(tmp_path, "--history", file, AUTH0_CONFIRM="1").stdout)) == 1


def test_what_was_over_before_the_window_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, ["up"] * 5 + ["down"] * 3 + ["up"] * 3, ago=91 * DAY)
    kept(file, ["up"] * 5)

    assert incidents(tmp_path, "--history", file).stdout == "0 open incidents, 0 closed in the last 90 days\n"


def test_incident_that_nobody_closed_is_found_behind_a_long_silence(tmp_path: Path) -> None:
    """The monitor has not run for longer than the window: what was open then is open still, and says since when."""
    file = tmp_path / "history.sqlite"
    kept(file, ["up"] * 5 + ["down"] * 3, ago=200 * DAY)
    (told,) = blocks(incidents(tmp_path, "--history", file).stdout)

    assert told["until"].startswith("unknown since ")
    assert told["lasted"] == "10 min at least"


def test_many_that_are_closed_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, (["down"] * 2 + ["up"] * 20) * (listing.MOST + 2), every=200.0)
    ran = incidents(tmp_path, "--history", file)

    assert ran.stdout.startswith(f"0 open incidents, {listing.MOST + 2} closed in the last 90 days\n")
    assert ran.stdout.count("  status   closed") == listing.MOST
    assert ran.stdout.endswith("\nand 2 closed incidents before\n")


@pytest.mark.parametrize("mode", ["drill", "sandbox"])
def test_what_is_not_real_says_so_first(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, ["down"] * 3, mode=mode)

    assert incidents(tmp_path, "--history", file).stdout.startswith(
        f"{mode.upper()}, nothing real fails: 1 open incident"
    )


def test_file_is_named_by_the_environment_or_is_the_usual_one(tmp_path: Path) -> None:
    kept(tmp_path / "named.sqlite", ["down"] * 3)
    kept(tmp_path / history.DEFAULT, ["up"] * 3)

    assert incidents(tmp_path, AUTH0_HISTORY="named.sqlite").stdout.startswith("1 open incident")
    assert incidents(tmp_path).stdout.startswith("0 open incidents")


def _cut(file: Path) -> None:
    kept(file, ["up", "down"])
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _folder(file: Path) -> None:
    file.mkdir()


@pytest.mark.parametrize(
    ("spoil", "cure"),
    [
        (lambda _: None, "is not there: record a run first, or name another file with --history"),
        (lambda file: file.write_bytes(b""), "is empty: restore a copy, or import a run"),
        (lambda file: file.write_bytes(b"?" * 3_000), "never was one, so it is left alone: name another one"),
        (_cut, ": restore a copy, or import a run"),
        (_folder, "let --history or AUTH0_HISTORY name a file"),
    ],
    ids=["not there", "empty", "no database", "cut short", "a folder"],
)
def test_history_that_cannot_be_read_is_one_line_with_its_cure(
    tmp_path: Path, spoil: Callable[[Path], object], cure: str
) -> None:
    file = tmp_path / "history.sqlite"
    spoil(file)
    ran = incidents(tmp_path, "--history", file)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert str(file) in ran.stderr
    assert cure in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert list(tmp_path.glob("*.corrupt-*")) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AUTH0_CONFIRM", "soon", "'soon' is no number of runs"),
        ("AUTH0_CONFIRM", "2 nobody=3", "'nobody' is no owner"),
        ("AUTH0_CONFIRM", "90", "90 are runs, 90s are seconds"),
        ("AUTH0_CONFIRM", "2 runner=25h", "or a day, would hide outages"),
        ("AUTH0_TELL", "everything", "is neither down nor degraded"),
    ],
)
def test_policy_that_cannot_be_read_is_said_and_its_default_holds(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    file = tmp_path / "history.sqlite"
    kept(file, ["up", "down", "down"])
    ran = incidents(tmp_path, "--history", file, **{name: value})

    assert ran.returncode == 0
    assert ran.stdout.startswith("1 open incident")
    assert ran.stderr.startswith(f"{name}")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_history_without_runs_says_so(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    with store.writing(file):
        pass

    assert incidents(tmp_path, "--history", file).stdout == "no runs\n"


def test_make_history_records_and_prints_the_incidents(tmp_path: Path) -> None:
    """Each line of the target, as make would run it, with the run of a minute ago."""
    kept(tmp_path / history.DEFAULT, ["up"] * 3 + ["down"] * 2, ago=FIVE + 60)
    (tmp_path / "reports").mkdir()
    results.write(tmp_path / "reports/results.json", run(float(int(time.time() - 60)) - DAY0, "down"))
    recipe = re.search(r"^history:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe
    script = recipe[1].replace("\t@", "").replace("$(RUN)", shlex.join(python())).replace("$(ARGS)", "")
    ran = subprocess.run(
        ["/bin/sh", "-e", "-c", script],
        cwd=tmp_path,
        env=clean(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"{history.DEFAULT}: 1 new run\n6 runs (live)" in ran.stdout
    assert "  outage   " in ran.stdout
    assert "\n1 open incident, 0 closed in the last 90 days\n" in ran.stdout
