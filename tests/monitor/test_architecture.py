"""The rooms of the design: who may know whom, and what starting may cost."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("conftest.py", "monitor", "sandbox", "tests_synthetic")
NOT_AT_START = (
    "requests",
    "urllib3",
    "jwt",
    "jsonschema_rs",
    "xdist.scheduler",
    "sqlite3",
    "cryptography",
    "dotenv",
    "pyotp",
    "http.cookiejar",
    "monitor.statuspages.feed",
)


def order() -> list[str]:
    """The modules of monitor as the design lists them: each imports only what stands above it."""
    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    room = re.search(r"^monitor/ .*\n((?: {4}.*\n)+)", design, re.MULTILINE)
    assert room, "the design lists no rooms"
    names = [re.split(r"\s{2,}", line.strip())[0] for line in room[1].splitlines()]
    return [name.strip(" /") for line in names for name in line.split(",")]


def modules() -> list[str]:
    found = [path.stem for path in (ROOT / "monitor").glob("*.py") if path.stem != "__init__"]
    return sorted([*found, *(path.parent.name for path in (ROOT / "monitor").glob("*/__init__.py"))])


def files(folder: str) -> list[Path]:
    path = ROOT / folder
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    """The modules that this file imports, wherever in it; not those that only its types need."""

    def walk(node: ast.AST) -> Iterator[str]:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                children: list[ast.AST] = list(node.orelse)
            case ast.Import():
                yield from (each.name for each in node.names)
                children = []
            case ast.ImportFrom():
                assert node.level == 0, f"{file}: a relative import"
                yield from (f"{node.module}.{each.name}" for each in node.names)
                children = []
            case _:
                children = list(ast.iter_child_nodes(node))
        for child in children:
            yield from walk(child)

    yield from walk(ast.parse(file.read_text(encoding="utf-8")))


def rooms(file: Path) -> set[str]:
    """The modules of monitor that this file imports."""
    known = set(modules())
    found = {name.split(".")[1] for name in imports(file) if name.startswith("monitor.")}
    return found & known


def top(file: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(file)}


def test_design_lists_every_module_once() -> None:
    assert sorted(order()) == modules()


@pytest.mark.parametrize("module", modules())
def test_module_imports_only_what_stands_above_it(module: str) -> None:
    above = order()[: order().index(module)]
    own = ROOT / "monitor" / module
    wrong = {
        f"{file.name} imports {name}"
        for file in (files(f"monitor/{module}") if own.is_dir() else [own.with_suffix(".py")])
        for name in rooms(file) - {module}
        if name not in above
    }

    assert not wrong


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("monitor", {"sandbox", "tests", "tests_synthetic", "conftest"}),
        ("sandbox", {"monitor", "tests", "tests_synthetic", "conftest"}),
        ("tests_synthetic", {"sandbox", "tests", "conftest", "requests", "urllib3", "jwt"}),
    ],
)
def test_rooms_do_not_know_each_other(folder: str, never: set[str]) -> None:
    assert {file.name: top(file) & never for file in files(folder) if top(file) & never} == {}


def test_probes_import_monitor_pytest_and_the_standard_library_alone() -> None:
    allowed = {"monitor", "pytest", *sys.stdlib_module_names}

    assert {file.name: top(file) - allowed for file in files("tests_synthetic") if top(file) - allowed} == {}


def test_composition_root_alone_knows_both() -> None:
    both = [file for folder in PRODUCT for file in files(folder) if {"monitor", "sandbox"} <= top(file)]

    assert both == [ROOT / "conftest.py"]


@pytest.mark.parametrize("library", ["jwt", "joserfc"])
def test_tokens_are_signed_and_verified_by_different_libraries(library: str) -> None:
    users = {folder for folder in ("monitor", "sandbox") for file in files(folder) if library in top(file)}

    assert len(users) == 1


def test_one_module_alone_leans_on_what_pytest_html_keeps_private() -> None:
    users = {file.name for file in files("monitor") if {"pytest_html", "pytest_metadata"} & top(file)}

    assert users == {"pytest_html_page.py"}


def memories(file: Path) -> Iterator[str]:
    """What this module keeps for as long as the process lives: what it fills itself, and what a decorator keeps."""
    empty = ("set()", "dict()", "list()", "{}", "[]")
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign() | ast.AnnAssign() if node.value is not None and ast.unparse(node.value) in empty:
                yield ast.unparse(node)
            case ast.FunctionDef(decorator_list=decorators):
                yield from (node.name for each in decorators if "cache" in ast.unparse(each))


@pytest.mark.parametrize("room", ["configuration", "transactions", "session", "wire"])
def test_nothing_that_one_session_learns_is_kept_for_the_next_of_its_process(room: str) -> None:
    assert {file.name: kept for file in files(f"monitor/{room}") if (kept := list(memories(file)))} == {}


def test_file_says_first_what_it_is_for() -> None:
    silent = [
        file for folder in PRODUCT for file in files(folder) if not ast.get_docstring(ast.parse(file.read_text()))
    ]

    assert silent == []


def test_collecting_imports_nothing_that_only_asking_needs() -> None:
    """Who imports what is told, as Python itself tells it."""
    started = "monitor.session.plugin, monitor.transactions.endpoints, monitor.transactions.pages"
    program = f"import sys, {started}; print(*({set(NOT_AT_START)} & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout.split() == [], ran.stderr
