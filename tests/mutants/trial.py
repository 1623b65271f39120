"""Whether a module's own tests notice a mutant: each in a fork of a process that has the libraries loaded already."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

import hypothesis
import pytest

ROOT = Path(__file__).parents[2]
OURS = ("conftest", "monitor", "sandbox", "tests")

_SURVIVED = 0
_MOMENT = 5

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
