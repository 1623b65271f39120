"""Whether tests notice a mutant: in a fork of a process that has the libraries loaded, or in a copy of the tree."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

import hypothesis
import pytest

from tests.mutants.rooms import ROOT

OURS = ("conftest", "monitor", "sandbox", "tests")

_SURVIVED = 0
_MOMENT = 5
_LONGEST = 600
_KEPT_OUT = (".git", "__pycache__", ".*_cache", ".hypothesis", ".monitor", ".mutants", "*.sqlite*", "node_modules")
_LENT = (".venv", ".readers", "tests/node/node_modules", "tests/counterparts/browser/node_modules")
_ILL = ("FAILED ", "ERROR ")

# The first example that fails is enough: which is the smallest matters to those alone who read it.
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=10,
    database=None,
    derandomize=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


class _Instead(SourceFileLoader):
    """A module's loader that takes another source than the one on the disk, and no bytecode."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(self._source, self.get_filename(fullname), "exec", dont_inherit=True)
        return code


class _Swapped(MetaPathFinder):
    """Finds one module, with its mutant's source in it."""

    def __init__(self, path: Path, source: str) -> None:
        parts = path.relative_to(ROOT).with_suffix("").parts
        self._name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self._path, self._source = str(path), source

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Instead(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class Copy:
    """A copy of the tree, into which a mutant is written, so that the processes which tests start have it as well."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "tree"
        self._asked = folder / "asked"
        left_out = shutil.ignore_patterns(*_KEPT_OUT, *_LENT)
        shutil.copytree(ROOT, self.tree, ignore=left_out, symlinks=True)
        for lent in (path for path in map(ROOT.joinpath, _LENT) if path.exists()):
            (self.tree / lent.relative_to(ROOT)).symlink_to(lent)
        self._sound: set[str] = set()
        self._unsound: set[str] = set()
        """The tests that pass in this copy without any mutant, and those that do not."""

    def source(self, module: str) -> str:
        """This module as it is without any mutant."""
        return (self.tree / module).read_text(encoding="utf-8")

    def noticed_by(self, module: str, source: str, stages: Sequence[Sequence[str]]) -> str:
        """The test that fails with this source in the module's place, by its id; empty where all stages pass."""
        path, right = self.tree / module, self.source(module)
        for tests in stages:
            while True:
                path.write_text(source, encoding="utf-8")
                failing = self._failing(tests)
                path.write_text(right, encoding="utf-8")
                if not failing:
                    break
                if failing.startswith("tests/"):
                    if self._is_sound(failing):
                        return failing
                elif self._failing(tests) != failing:
                    return failing
                else:  # there are none of these, and nobody was asked
                    break
        return ""

    def _is_sound(self, test: str) -> bool:
        if test not in self._sound | self._unsound:
            (self._unsound if self._failing([test]) else self._sound).add(test)
        return test in self._sound

    def _failing(self, tests: Sequence[str]) -> str:
        left_out = [f"--{'deselect' if '::' in test else 'ignore'}={test}" for test in sorted(self._unsound)]
        asked = [sys.executable, "-m", "pytest", "-qx", "--tb=no", "-p", "no:cacheprovider", f"@{self._asked}"]
        self._asked.write_text("\n".join((*left_out, *tests)), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with subprocess.Popen(
            asked, cwd=self.tree, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                printed, _ = process.communicate(timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return f"more than {_LONGEST} s"
        failing = (line.split(" - ")[0].partition(" ")[2] for line in printed.splitlines() if line.startswith(_ILL))
        return next(failing, f"exit status {process.returncode}") if process.returncode else ""


def warm(tests: Sequence[str]) -> float:
    """Run the tests on the module as it is, so that the libraries are loaded; the seconds that they took."""
    begun = time.monotonic()
    if _run(tests) != _SURVIVED:
        sys.exit(f"{' '.join(tests)}: these fail without any mutant, so they cannot judge one")
    for name in list(sys.modules):
        if name.partition(".")[0] in OURS and name != "tests" and not name.startswith("tests.mutants"):
            del sys.modules[name]
    return time.monotonic() - begun


def survives(path: Path, source: str, tests: Sequence[str], seconds: float) -> bool:
    """Whether these tests pass although the module at this path is the one in ``source``."""
    child = os.fork()
    if not child:
        _perform(path, source, tests, seconds)
    _, ended = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(ended) == _SURVIVED


def _perform(path: Path, source: str, tests: Sequence[str], seconds: float) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_MOMENT + int(10 * seconds))
    code = 1
    try:
        sys.meta_path.insert(0, _Swapped(path, source))
        code = _run(tests)
    finally:
        os._exit(code)


def _run(tests: Sequence[str]) -> int:
    alone = ["-p", "no:cacheprovider", "-p", "no:html", f"--confcutdir={ROOT / 'tests'}", f"--rootdir={ROOT}"]
    quick = ["-q", "-x", "--tb=no", "--hypothesis-profile=mutants"]
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        return int(pytest.main([*alone, *quick, *tests]))
