"""Which tests run which line: measured once for a tree, by pytest-cov, and kept beside it.

Only what a test runs in its own process is seen. What the processes do that tests start is looked at by whole runs.
"""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import coverage
from defusedxml import ElementTree

from tests.mutants.rooms import ROOT

KEPT = ROOT / ".mutants"
LONGEST = 90.0
"""Seconds that the tests of one line may take, as they were measured; the fastest are asked first."""
MOST = 400
"""So many tests look at a line at most."""

_SETTINGS = "[run]\nsource =\n    monitor\n    sandbox\nrelative_files = true\ndata_file = {data}\n"
_UNKNOWN = 1.0


class Lines:
    """The tests that run a line, fastest first."""

    def __init__(self, data: Path, seconds: dict[str, float]) -> None:
        self._data = coverage.CoverageData(str(data))
        self._data.read()
        self._seconds = seconds

    def tests(self, module: str, line: int, source: str) -> list[str]:
        """The ids of those that run the statement at this line of a module (its source before any mutant).

        None may run it: it is run as the module is imported, or by other processes alone. For the first line of a
        function (its defaults) they are those that run its body.
        """
        by_line = self._by_line(module)
        statement, function = _around(source, line)
        for lines in (statement, function):
            found = {test for number in lines for test in by_line.get(number, ())}
            if found:
                return list(self._soonest(found))
        return []

    @cache  # noqa: B019 - there is one, for as long as the process lives
    def _by_line(self, module: str) -> dict[int, set[str]]:
        contexts = self._data.contexts_by_lineno(module)
        return {line: {each.rpartition("|")[0] for each in names if each} for line, names in contexts.items()}

    def _soonest(self, tests: Iterable[str]) -> Iterator[str]:
        whole = 0.0
        for test in sorted(tests, key=lambda each: (self._seconds.get(each, _UNKNOWN), each))[:MOST]:
            whole += self._seconds.get(test, _UNKNOWN)
            if whole > LONGEST:
                return
            yield test


def _around(source: str, line: int) -> tuple[range, range]:
    """The lines of the innermost statement at this one (of a compound one its head), and of its function's body."""
    statement = function = range(0)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            continue
        first, body = _first(node), getattr(node, "body", None)
        whole = range(first, _last(node) + 1)
        if line not in whole:
            continue
        statement = range(first, max(first + 1, body[0].lineno)) if body else whole
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = range(node.body[0].lineno, _last(node) + 1)
            statement = range(0) if line < node.body[0].lineno else statement
    return statement, function


def _first(node: ast.stmt | ast.excepthandler | ast.match_case) -> int:
    return node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno


def _last(node: ast.stmt | ast.excepthandler | ast.match_case) -> int:
    return _last(node.body[-1]) if isinstance(node, ast.match_case) else node.end_lineno or node.lineno


def measured(tree: Path) -> Lines:
    """Run all tests in this copy of the tree, unless that was done for just such a tree before.

    It takes a quarter of an hour.
    """
    folder = KEPT / _digest(tree)
    data, report = folder / "coverage", folder / "junit.xml"
    if not (data.exists() and report.exists()):
        print("Running all tests once, to see which lines each of them runs ...", flush=True)
        shutil.rmtree(KEPT, ignore_errors=True)  # what was measured of another tree
        folder.mkdir(parents=True)
        settings = folder / "coveragerc"
        settings.write_text(_SETTINGS.format(data=data), encoding="utf-8")
        alone = ["-p", "no:cacheprovider", "-q", "-n", "3", "--dist", "worksteal", "--tb=no"]
        measuring = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
        timing = [f"--junit-xml={report}", "-o", "junit_family=xunit1"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(
            [sys.executable, "-m", "pytest", *alone, *measuring, *timing, "tests"],
            cwd=tree, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    return Lines(data, dict(_seconds(report)))


def _seconds(report: Path) -> Iterator[tuple[str, float]]:
    for case in ElementTree.parse(report).iter("testcase"):
        file, name = case.get("file", ""), case.get("name", "")
        inner = case.get("classname", "").split(".")[len(Path(file).parts) :]
        yield "::".join((file, *inner, name)), float(case.get("time", _UNKNOWN))


def _digest(tree: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(tree.rglob("*.py")):
        parts = path.relative_to(tree).parts
        if parts[:2] != ("tests", "mutants") and not any(
            part.startswith(".") or part == "node_modules" for part in parts
        ):
            whole.update(f"{path.relative_to(tree)}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:16]
