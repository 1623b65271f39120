"""CONTRIBUTING's recipe of a report, followed as it is written there, in a copy of the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.recipes import blocks, changed, copy, ran, section
from tests.suite import perform

ROW = '    Report("evidence",'
"""The row before which the recipe says that the new one stands."""


@pytest.fixture(scope="module")
def recipe() -> dict[str, str]:
    """A file and a row, each by the file that it belongs to."""
    parts = dict(blocks(section("A report")))
    assert len(parts) == 2, "the recipe of a report is a file and a row, each below a comment that names its file"
    return parts


@pytest.fixture(scope="module")
def report(recipe: dict[str, str]) -> str:
    """What the recipe's report is called in the folder of the reports."""
    _, row = recipe.values()
    return row.split('"')[1]


@pytest.fixture(scope="module")
def followed(recipe: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the recipe was followed."""
    root = tmp_path_factory.mktemp("followed")
    copy(root)
    (file, code), (table, row) = recipe.items()
    (root / file).write_text(code, encoding="utf-8")
    before, found, after = (root / table).read_text(encoding="utf-8").partition(ROW)
    assert found
    (root / table).write_text(f"{before}    {row.rstrip()},\n{found}{after}", encoding="utf-8")
    return root


def test_recipe_names_exactly_the_files_that_it_needs(recipe: dict[str, str], followed: Path) -> None:
    assert changed(followed) == set(recipe)


def test_recipes_report_is_written_by_a_run_and_again_from_its_results(
    followed: Path, report: str, tmp_path: Path
) -> None:
    performance = perform(tmp_path, {}, "--drill=discovery-wrong-issuer", "-k", "discovery", root=followed)
    text = (performance.reports / report).read_text(encoding="utf-8")
    ran(followed, "monitor.reports", str(performance.reports), "--reports", str(tmp_path / "again"))

    assert text.startswith("down sandbox issuer_is_this_tenant: ")
    assert len(text.splitlines()) == 1
    assert (tmp_path / "again" / report).read_text(encoding="utf-8") == text
    assert performance.run["status"] == "down"


def test_recipes_report_is_linked_from_the_status_page(followed: Path, report: str) -> None:
    program = (
        "from monitor.site import rendering\n\n\ndef test_links() -> None:\n    assert {!r} in rendering.REPORTS\n"
    )
    (followed / "test_links.py").write_text(program.format(report), encoding="utf-8")

    assert "1 passed" in ran(followed, "pytest", "-q", "-p", "no:cacheprovider", "-c", "pytest.ini", "test_links.py")


def test_tests_of_reports_pass_with_the_recipes_report(followed: Path) -> None:
    files = [f"tests/{name}.py" for name in ("reports/test_writing", "session/test_record")]
    said = ran(followed, "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", "not ten_thousand")

    assert re.search(r"\b[2-9]\d passed\b", said), said


def test_recipes_code_is_as_ours_is(recipe: dict[str, str], followed: Path) -> None:
    ran(followed, "ruff", "check", "--no-cache", *recipe)
    ran(followed, "ruff", "format", "--no-cache", "--check", *recipe)
