"""Several processes at once: none of them loses what another one recorded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from monitor import history
from tests.forks import python
from tests.history.commands import environment, written
from tests.history.runs import DAY, DAY0, every, run

AT_ONCE = 4


def together(folder: Path, *commands: list[str]) -> list[str]:
    """Give these commands at the same time; what they said, when all have ended well."""
    running = [
        subprocess.Popen(
            python("-m", "monitor.history", *each),
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for each in commands
    ]
    said = [process.communicate(timeout=60) for process in running]

    assert [process.returncode for process in running] == [0] * len(running), said
    return [err for _, err in said]


@pytest.fixture
def files(tmp_path: Path) -> list[list[str]]:
    """Some runs' results.json for each process."""
    runs = every(300, ["up", "down", "late"] * AT_ONCE)
    names = [str(written(tmp_path / f"{number}.json", each)) for number, each in enumerate(runs)]
    return [names[number::AT_ONCE] for number in range(AT_ONCE)]


@pytest.mark.parametrize("before", ["nothing", "a history", "a corrupt file"])
def test_processes_that_record_at_once_lose_nothing(tmp_path: Path, files: list[list[str]], before: str) -> None:
    file = tmp_path / "history.sqlite"
    if before == "a history":
        history.record(file, every(300, ["up"] * 5, first=-10 * DAY))
    elif before == "a corrupt file":
        history.record(file, [run(0)])
        file.write_bytes(file.read_bytes()[:1_000])
    said = together(tmp_path, *(["import", *names, "--history", file.name] for names in files))

    assert history.read(file).count == 3 * AT_ONCE + (5 if before == "a history" else 0)
    assert len(list(tmp_path.glob("*.corrupt-*"))) == (before == "a corrupt file")
    assert sum(err.startswith("WARNING") for err in said) == (before == "a corrupt file")


def test_one_may_prune_and_others_read_while_others_record(tmp_path: Path, files: list[list[str]]) -> None:
    file = tmp_path / "history.sqlite"
    history.record(file, every(300, ["up", "down"] * 100, first=-20 * DAY))
    other = [["prune"], ["status"], ["export", "all.jsonl"]]
    together(tmp_path, *([*each, "--history", file.name] for each in other), *(
        ["import", *names, "--history", file.name] for names in files
    ))  # fmt: skip

    assert history.read(file).count == 200 + 3 * AT_ONCE
    assert history.read(file).uptime("prod", DAY0 - 30 * DAY, DAY0 + DAY).counts.down == 100 + AT_ONCE
