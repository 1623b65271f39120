"""CONTRIBUTING's recipe of a fault, followed as it is written there, in a copy of the project."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.drills import score
from tests.recipes import blocks, changed, copy, ran, section
from tests.suite import NEVER_READ, perform

TABLE = "DRILLS: dict[str, Drill] = {\n"
PROFILE = "profile_is_that_of_the_user_who_logged_in"


@dataclass(frozen=True)
class Recipe:
    """What CONTRIBUTING says of a fault; a function and a row, each with the file that it belongs to."""

    text: str
    function_file: str
    function: str
    row_file: str
    row: str

    @property
    def fault(self) -> str:
        return self.row.split('"')[1]


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    text = section("A fault")
    parts = blocks(text)
    assert len(parts) == 2, "the recipe of a fault is a function and a row, each below a comment that names its file"
    return Recipe(text, *parts[0], *parts[1])


@pytest.fixture(scope="module")
def followed(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the recipe was followed: the function, the row, and its command."""
    root = tmp_path_factory.mktemp("followed")
    copy(root)
    function, table = root / recipe.function_file, root / recipe.row_file
    function.write_text(f"{function.read_text(encoding='utf-8')}\n\n{recipe.function}", encoding="utf-8")
    before, opened, rows = table.read_text(encoding="utf-8").partition(TABLE)
    table.write_text(f"{before}{opened}{textwrap.indent(recipe.row, '    ')}{rows}", encoding="utf-8")
    assert f"make drill ARGS={recipe.fault}\n" in recipe.text
    ran(root, "tests.drills", recipe.fault)
    return root


def test_recipe_names_exactly_the_files_that_it_needs(recipe: Recipe, followed: Path) -> None:
    names = changed(followed)

    assert names == {recipe.function_file, recipe.row_file, "docs/drills.md"}
    assert {name for name in names if name not in recipe.text} == set()


def test_recipes_fault_is_known_to_the_sandbox(recipe: Recipe, followed: Path) -> None:
    said = re.search(r'"""(.+)"""', recipe.function)

    assert said
    assert f"{recipe.fault:<30} {said[1]}\n" in ran(followed, "sandbox", "--list-faults")


def test_recipes_fault_changes_the_verdicts_of_its_row_and_is_its_owners_work(
    recipe: Recipe, followed: Path, tmp_path: Path
) -> None:
    performance = perform(tmp_path, {}, f"--drill={recipe.fault}", root=followed)
    ill = {key: each for key, each in performance.verdicts.items() if each["status"] != "up" and key != NEVER_READ}

    assert {(probe, verdict["status"]) for (probe, _), verdict in ill.items()} == {(PROFILE, "down")}
    assert all("503" in verdict["reason"] for verdict in ill.values())
    assert performance.document["diagnosis"]["owner"] == "auth0"
    assert performance.document["run"]["mode"] == "drill"


def test_recipes_drill_has_its_row_in_the_docs(recipe: Recipe, followed: Path) -> None:
    lines = score.lines_of((followed / "docs" / "drills.md").read_text(encoding="utf-8"))

    assert lines[recipe.fault].endswith(" | down | auth0 | auth0 |")


def test_tests_of_all_faults_hold_the_recipes_too(recipe: Recipe, followed: Path) -> None:
    files = [f"tests/{name}.py" for name in ("sandbox/test_faults", "drills/test_drills", "drills/test_score")]
    chosen = f"{recipe.fault} or every_fault or page_in_the_docs"
    said = ran(followed, "pytest", "-v", "-p", "no:cacheprovider", *files, "-k", chosen)
    passed = set(re.findall(r"::(\S+) PASSED", said))

    assert passed >= {
        f"test_a_fault_changes_these_answers_and_no_others[{recipe.fault}]",
        f"test_fault_changes_exactly_the_expected_verdicts[{recipe.fault}]",
        "test_every_fault_has_a_drill_and_every_drill_a_fault",
        "test_page_in_the_docs_has_the_score_of_its_rows",
    }


def test_recipes_code_is_as_ours_is(recipe: Recipe, followed: Path) -> None:
    ran(followed, "ruff", "check", "--no-cache", recipe.function_file, recipe.row_file)
    ran(followed, "ruff", "format", "--no-cache", "--check", recipe.function_file, recipe.row_file)
