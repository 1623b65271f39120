"""The commands as their user runs them: another process, results.json files, an environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from monitor import results
from monitor.verdict import Run
from tests.forks import python
from tests.suite import ROOT


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "GITHUB_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | variables


def command(folder: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What came of a command that was given in this folder."""
    return subprocess.run(
        python("-m", "monitor.history", *map(str, arguments)),
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def written(file: Path, run: Run) -> Path:
    """This run's results.json."""
    file.parent.mkdir(parents=True, exist_ok=True)
    results.write(file, run)
    return file
