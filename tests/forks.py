"""A command of ours in a process that has the libraries already: most of what a short run takes is their import.

One server for each process of tests, from which every such run is forked. Nothing of the project is imported there but
this, so that a run finds all of ours as it would in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

LIBRARIES = ("execnet", "jinja2", "jsonschema", "jwt", "pydantic", "pytest", "requests")
"""What a run imports first; but for plugins of pytest, whose asserts it rewrites when it loads them."""

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([*LIBRARIES, __name__])


def can_have(environment: Mapping[str, str]) -> bool:
    """Whether a fork is as good as a new interpreter: one that is told nothing, and that nobody measures."""
    of_pythons = (name for name in {*environment, *os.environ} if name.startswith(("PYTHON", "LC_", "LANG")))
    told = any(environment.get(name) != os.environ.get(name) for name in of_pythons)
    return not told and "COVERAGE_PROCESS_CONFIG" not in environment


def run(
    module: str, arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], timeout: float
) -> tuple[int, str]:
    """``python -m module`` with these arguments: its exit status, and what it printed. Raises TimeoutExpired."""
    with tempfile.NamedTemporaryFile() as output:
        asked = (module, list(arguments), str(cwd), dict(environment), output.name)
        process = _forking.Process(target=_become, args=asked)
        process.start()
        process.join(timeout)
        printed = Path(output.name).read_text(encoding="utf-8", errors="replace")
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([module, *arguments], timeout, printed)
        return process.exitcode, printed


def _become(module: str, arguments: list[str], cwd: str, environment: dict[str, str], output: str) -> None:
    os.setsid()
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_APPEND)):
        opened = os.open(name, flags)
        os.dup2(opened, number)
        os.close(opened)
    os.dup2(1, 2)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(cwd)
    sys.path[:] = [cwd, *(each for each in sys.path if each not in ("", cwd))]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
