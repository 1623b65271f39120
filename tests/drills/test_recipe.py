"""CONTRIBUTING's recipe of a fault, followed as it is written there, in a copy of the project."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.drills import score
from tests.suite import NEVER_READ, ROOT, environment, perform

PROJECT = ("conftest.py", "monitor", "sandbox", "tests", "tests_synthetic", "docs", "pytest.ini", "pyproject.toml")
TABLE = "DRILLS: dict[str, Drill] = {\n"
PROFILE = "profile_is_that_of_the_user_who_logged_in"


def recipe() -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("\n## A fault\n")[2].partition("\n## ")[0]


def blocks() -> dict[str, str]:
    """The recipe's Python, by the file that the first line of each block names."""
    return dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```$", recipe(), re.MULTILINE | re.DOTALL))


(FUNCTION, ROW) = blocks()
"""The file of the function, and that of the row."""
FAULT = blocks()[ROW].split('"')[1]


def contents(root: Path) -> dict[str, bytes]:
    """Every file of the project below this folder, by its path there."""
    found = (
        file for name in PROJECT for file in (root.glob(f"{name}/**/*") if (root / name).is_dir() else [root / name])
    )
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in found
        if file.is_file() and "__pycache__" not in file.parts
    }


def ran(root: Path, *command: str) -> str:
    """What a module of Python printed that ended well in this folder."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
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


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the recipe was followed: the function, the row, and its command."""
    root = tmp_path_factory.mktemp("followed")
    for name, content in contents(ROOT).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    function, table = root / FUNCTION, root / ROW
    function.write_text(f"{function.read_text(encoding='utf-8')}\n\n{blocks()[FUNCTION]}", encoding="utf-8")
    before, opened, rows = table.read_text(encoding="utf-8").partition(TABLE)
    row = textwrap.indent(blocks()[ROW], "    ")
    table.write_text(f"{before}{opened}{row}{rows}", encoding="utf-8")
    assert f"make drill ARGS={FAULT}\n" in recipe()
    ran(root, "tests.drills", FAULT)
    return root


def test_recipe_names_exactly_the_files_that_it_needs(followed: Path) -> None:
    before, after = contents(ROOT), contents(followed)
    changed = {name for name in after if after[name] != before.get(name)}

    assert changed == {FUNCTION, ROW, "docs/drills.md"}
    assert {name for name in changed if name not in recipe()} == set()


def test_recipes_fault_is_known_to_the_sandbox(followed: Path) -> None:
    said = re.search(r'"""(.+)"""', blocks()[FUNCTION])

    assert said
    assert f"{FAULT:<30} {said[1]}\n" in ran(followed, "sandbox", "--list-faults")


def test_recipes_fault_changes_the_verdicts_of_its_row_and_is_its_owners_work(followed: Path, tmp_path: Path) -> None:
    performance = perform(tmp_path, {}, f"--drill={FAULT}", root=followed)
    ill = {key: each for key, each in performance.verdicts.items() if each["status"] != "up" and key != NEVER_READ}

    assert {(probe, verdict["status"]) for (probe, _), verdict in ill.items()} == {(PROFILE, "down")}
    assert all("503" in verdict["reason"] for verdict in ill.values())
    assert performance.document["diagnosis"]["owner"] == "auth0"
    assert performance.document["run"]["mode"] == "drill"


def test_recipes_drill_has_its_row_in_the_docs(followed: Path) -> None:
    lines = score.lines_of((followed / "docs" / "drills.md").read_text(encoding="utf-8"))

    assert score.row(lines[FAULT]).said == {"auth0"}
    assert "| down | auth0 | auth0 |" in lines[FAULT]


def test_all_tests_of_faults_pass_with_the_recipes_fault(followed: Path) -> None:
    """But those of the other faults, which it does not touch."""
    files = [f"tests/{name}.py" for name in ("sandbox/test_faults", "drills/test_drills", "drills/test_score")]
    said = ran(followed, "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", f"{FAULT} or every_fault or docs")

    assert re.search(r"\b5 passed\b", said), said


def test_recipes_code_is_as_ours_is(followed: Path) -> None:
    ran(followed, "ruff", "check", "--no-cache", FUNCTION, ROW)
    ran(followed, "ruff", "format", "--no-cache", "--check", FUNCTION, ROW)
