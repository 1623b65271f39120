"""CONTRIBUTING's recipes, and copies of the project in which a test follows one as it is written there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.forks import python
from tests.suite import ROOT, environment

PROJECT = ("conftest.py", "monitor", "sandbox", "tests", "tests_synthetic", "docs", "pytest.ini", "pyproject.toml")


def section(heading: str) -> str:
    """What CONTRIBUTING says below this heading."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(text: str) -> list[tuple[str, str]]:
    """The Python in this text, each with the file that the comment above it names."""
    return re.findall(r"^```python\n# (\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the project below this folder, by its path there."""
    files = (
        file for name in PROJECT for file in (root.glob(f"{name}/**/*") if (root / name).is_dir() else [root / name])
    )
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in files
        if file.is_file() and "__pycache__" not in file.parts
    }


def copy(root: Path) -> None:
    """Put a copy of the project into this folder."""
    for name, content in contents(ROOT).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def changed(root: Path) -> set[str]:
    """Which files of this copy are not as in the project."""
    before = contents(ROOT)
    return {name for name, content in contents(root).items() if content != before.get(name)}


def ran(root: Path, *command: str) -> str:
    """What a module of Python printed that ended well in this folder."""
    done = subprocess.run(
        python("-m", *command),
        cwd=root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
