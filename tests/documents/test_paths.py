"""What a document names is there: files, modules, targets of the Makefile, and names in a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents.pages import GUIDES, ROOT, name
from tests.recipes import blocks

FOLDERS = "monitor|sandbox|tests|tests_synthetic|benchmarks|deploy|docs|\\.github"
PATH = re.compile(rf"(?<![\w./-])/?((?:{FOLDERS})/[\w./<>*-]*)")
"""A path below the project's folder. ``<name>`` stands for a file that a recipe makes."""

MODULE = re.compile(
    r"(?:-m (?=monitor|sandbox|tests|benchmarks)|(?<![\w./-])(?=monitor\.))([a-z_]+(?:\.[a-z_]+)*)(?![\w/-]|\.\w)"
)
TARGET = re.compile(r"(?:`|^ *)make ([a-z]+)", re.MULTILINE)
WITHIN = re.compile(r"`(\w+)`\s+(?:in|of|to)\s+`((?:[\w.]+/)+\w+\.py)`")
"""A name, and the file in which a document says that it is."""

TO_BE_MADE = {".github/CODEOWNERS", "monitor/reports/verdicts_csv.py"}
"""What a document says how to make: its users' own, and the example of a recipe."""

NAMING = [*GUIDES, ROOT / "docs/CODEOWNERS.sample", ROOT / ".github/pull_request_template.md"]


def is_there(path: str) -> bool:
    """Whether there is such a file or folder, or at least one like it."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip(".").rstrip("/")
    return any(ROOT.glob(pattern))


def made(text: str) -> set[str]:
    """The files that this text says how to make, or to add to: the code of a recipe stands below a comment with one."""
    return TO_BE_MADE | {path for path, _ in blocks(text)}


def is_a_module(dotted: str) -> bool:
    path = ROOT / dotted.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@pytest.mark.parametrize("file", NAMING, ids=name)
def test_path_that_a_document_names_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = set(PATH.findall(text)) - made(text)

    assert {path for path in named if not is_there(path)} == set()


@pytest.mark.parametrize("file", NAMING, ids=name)
def test_module_that_a_document_names_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    own = {path.removesuffix(".py").replace("/", ".") for path in made(text)}

    assert {dotted for dotted in set(MODULE.findall(text)) - own if not is_a_module(dotted)} == set()


@pytest.mark.parametrize("file", NAMING, ids=name)
def test_target_that_a_document_names_is_in_the_makefile(file: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert set(TARGET.findall(file.read_text(encoding="utf-8"))) <= set(targets)


@pytest.mark.parametrize("file", NAMING, ids=name)
def test_name_is_in_the_file_in_which_a_document_says_that_it_is(file: Path) -> None:
    pairs = WITHIN.findall(file.read_text(encoding="utf-8"))

    wrong = [f"{it} in {path}" for it, path in pairs if not re.search(rf"\b{it}\b", (ROOT / path).read_text("utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("`monitor/verdict.py`, (see docs/design.md).", ["monitor/verdict.py", "docs/design.md"]),
        ("/monitor/actions/    @acme", ["monitor/actions/"]),
        ("`.monitor/history.sqlite` and /opt/auth0-monitor/.venv", []),
        ("`monitor/statuspages/<format>.py`", ["monitor/statuspages/<format>.py"]),
        ("https://git.example/monitor/x.py", []),
    ],
)
def test_paths_are_seen(text: str, paths: list[str]) -> None:
    assert [path.rstrip(").") for path in PATH.findall(text)] == paths


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("monitor/verdict.py", True),
        ("monitor/reports/", True),
        ("monitor/statuspages/<format>.py", True),
        ("tests/statuspages/test_<format>.py", True),
        ("monitor/blame.py", False),
        ("monitor/nowhere/<format>.py", False),
    ],
)
def test_path_is_there_or_not(path: str, *, there: bool) -> None:
    assert is_there(path) is there


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("python -m monitor.rounds --rounds 5", ["monitor.rounds"]),
        ("auth0-monitor.service, monitor.history/x", []),
        ("auth0-synthetic-monitoring monitor.doctor --reports", ["monitor.doctor"]),
        ("python -m tests.site, python -m sandbox --fault x > sandbox.env", ["tests.site", "sandbox"]),
        ("python -m pytest tests, python -m pip", []),
    ],
)
def test_modules_are_seen(text: str, modules: list[str]) -> None:
    assert MODULE.findall(text) == modules
