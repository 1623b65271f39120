"""A fork is to its command what an interpreter of its own would be; what only such a one can show gets one."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tests import forks
from tests.forks import ROOT, python

pytestmark = pytest.mark.skipif(not forks.server(), reason="this machine has no server of forks")

TELLS = """
import json, locale, os, random, signal, sys, threading, time, warnings
print(json.dumps({
    "arguments": sys.argv, "folder": os.getcwd(), "variables": dict(os.environ), "mask": os.umask(0),
    "flags": str(sys.flags), "main": [each for each in vars(sys.modules["__main__"]) if each[0] != "_"],
    "threads": threading.active_count(),
    "signals": {each.name: str(signal.getsignal(each)) for each in signal.Signals},
    "streams": [[each.encoding, each.errors, each.line_buffering, each.write_through, each.fileno()]
        for each in (sys.stdin, sys.stdout, sys.stderr)],
    "open": sorted(int(each) for each in os.listdir("/proc/self/fd"))[:3], "zone": time.tzname,
    "path": [each for each in sys.path if "site-packages" not in each and "lib" not in each], "read": sys.stdin.read(),
    "bytecode": sys.dont_write_bytecode, "locale": locale.getpreferredencoding(),
    "parent": os.getppid(), "chance": random.random(),
    "tests": [each for each in sys.modules if each.startswith("tests")],
}))
"""
"""What of a process does not depend on what it has loaded."""


def clean(**variables: str) -> dict[str, str]:
    """This process's environment without coverage's, by which no process is forked."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")} | variables


def run(*command: str, **given: object) -> subprocess.CompletedProcess[str]:
    known: dict[str, Any] = {"env": clean(), "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run([*command], check=False, **(known | given))


def is_forked(*options: str, within: Sequence[str] = (), variables: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a Python of these options is a fork: it has loaded what it never asked for."""
    ran = run(*within, *python(*options, "-c", "import sys; print('werkzeug' in sys.modules)"), env=clean(**variables))
    assert ran.returncode == 0, ran.stderr
    return ran.stdout == "True\n"


VARIABLES: dict[str, dict[str, str]] = {
    "usual": {},
    "unbuffered": {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    "elsewhere": {"LANG": "C", "LC_ALL": ""},
}


@pytest.mark.parametrize("how", VARIABLES)
def test_fork_has_what_an_interpreter_of_its_own_would_have(how: str, tmp_path: Path) -> None:
    """But for flags that nobody of ours reads, where the environment says what a fork can be given."""
    told = {name: value for name, value in clean().items() if not name.startswith("PYTHON")} | VARIABLES[how]
    values = told | {"TZ": "Asia/Tokyo", "ONLY": "here", "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    forked, fresh = (
        json.loads(run(*command, env=values, cwd=tmp_path, input="what is said\n", umask=0o27).stdout)
        for command in (python("-c", TELLS, "one", "-m"), [sys.executable, "-c", TELLS, "one", "-m"])
    )
    for each in (forked, fresh):
        each["variables"].pop("LC_CTYPE", None)  # which Python itself sets, where the locale is C

    assert forked["parent"] != fresh["parent"] == os.getpid()
    for name in ("parent", "chance", *(("flags", "locale") if VARIABLES[how] else ())):
        del forked[name], fresh[name]
    assert forked == fresh


def test_two_forks_draw_different_lots() -> None:
    drawn = {run(*python("-c", "import random; print(random.random())")).stdout for _ in range(2)}

    assert len(drawn) == 2


@pytest.mark.parametrize(
    "code",
    [
        "pass",
        "raise SystemExit(3)",
        "raise SystemExit('said at the end')",
        "import sys; sys.exit(300)",
        "1 / 0",
        "import os; os._exit(7)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import os; os.abort()",
        "raise KeyboardInterrupt",
        "import atexit; atexit.register(print, 'at the end'); print('before')",
        "import threading; threading.Timer(0.2, print, ['by a thread']).start()",
        "import sys; sys.stdout.write('not flushed')",
        "import os; os.close(1); print('to nobody')",
    ],
)
def test_fork_ends_as_an_interpreter_of_its_own_would(code: str, tmp_path: Path) -> None:
    forked, fresh = (run(*command, cwd=tmp_path) for command in (python("-c", code), [sys.executable, "-c", code]))

    assert (forked.returncode, forked.stdout) == (fresh.returncode, fresh.stdout)
    assert forked.stderr.splitlines()[-1:] == fresh.stderr.splitlines()[-1:]


def test_module_of_this_folder_is_the_one_that_runs(tmp_path: Path) -> None:
    """Also where the server has loaded one of that name."""
    (tmp_path / "monitor").mkdir()
    (tmp_path / "monitor" / "__init__.py").touch()
    (tmp_path / "monitor" / "site.py").write_text("import sys, sandbox.faults; print(__name__, sys.argv[0], __file__)")
    ran = run(*python("-m", "monitor.site"), cwd=tmp_path, env=clean(PYTHONPATH=str(ROOT)))
    at = tmp_path / "monitor" / "site.py"

    assert ran.stdout == f"__main__ {at} {at}\n", ran.stderr


def test_module_that_is_not_there_is_said_as_python_says_it() -> None:
    ran = run(*python("-m", "nowhere"))

    assert (ran.returncode, ran.stderr) == (1, f"{forked_executable()}: No module named nowhere\n")


def forked_executable() -> str:
    return run(*python("-c", "import sys; print(sys.executable)")).stdout.strip()


def test_processes_that_a_fork_starts_are_forks_too() -> None:
    ran = run(forked_executable(), "-u", "-c", "import sys; print('werkzeug' in sys.modules)")

    assert ran.stdout == "True\n"


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONUTF8": "1"}, {"PYTHONWARNINGS": "error"}, {"LC_ALL": "de_DE"}, {"LD_LIBRARY_PATH": "/nowhere"}],
    ids=lambda variables: next(iter(variables)),
)
def test_interpreter_that_is_told_something_is_a_new_one(variables: dict[str, str]) -> None:
    assert is_forked()
    assert not is_forked(variables=variables)


@pytest.mark.parametrize("options", [["-S"], ["-W", "error"], ["-X", "dev"]], ids=" ".join)
def test_options_make_a_new_interpreter(options: list[str]) -> None:
    assert not is_forked(*options)


def test_limits_make_a_new_interpreter() -> None:
    assert is_forked(within=("sh", "-c", 'exec "$@"', "sh"))
    assert not is_forked(within=("sh", "-c", 'ulimit -n 100; exec "$@"', "sh"))


def test_where_no_server_answers_there_is_a_new_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(forks.HERE, str(tmp_path / "nobody"))

    assert not is_forked()


WAITS = "import os, time; print(os.getpid(), flush=True); time.sleep(100)"
HEARS = f"import signal; signal.signal(signal.SIGTERM, lambda *_: exit(5)); {WAITS}"


def begun(code: str) -> tuple[subprocess.Popen[str], int]:
    """A command that waits, and the process that it is."""
    started = subprocess.Popen(python("-c", code), stdout=subprocess.PIPE, text=True, env=clean())
    assert started.stdout
    with started.stdout:
        return started, int(started.stdout.readline())


def wait_until(fact: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not fact():
        assert time.monotonic() < deadline, f"not in 30 s: {what}"
        time.sleep(0.02)


def is_gone(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, 0)
        return False
    return True


@pytest.mark.parametrize(("code", "ended"), [(HEARS, 5), (WAITS, -signal.SIGTERM)], ids=["handled", "not-handled"])
def test_signal_reaches_the_fork(code: str, ended: int) -> None:
    started, process = begun(code)
    assert process != started.pid
    started.terminate()

    assert started.wait(30) == ended
    wait_until(lambda: is_gone(process), "the fork has ended")


def test_fork_ends_with_who_asked_for_it() -> None:
    started, process = begun(WAITS)
    started.kill()

    assert started.wait(30) == -signal.SIGKILL
    wait_until(lambda: is_gone(process), "the fork has ended")


def test_server_ends_with_the_process_that_started_it_and_its_forks_as_well() -> None:
    code = f"""
import os, subprocess, sys
from tests import forks
with subprocess.Popen(forks.python("-c", {WAITS!r}), stdout=subprocess.PIPE, text=True) as started:
    print(forks.server(), started.stdout.readline().strip(), flush=True)
    os.kill(os.getpid(), 9)
"""
    ran = run(sys.executable, "-c", code, cwd=ROOT)
    address, process = ran.stdout.split()

    assert ran.returncode == -signal.SIGKILL
    wait_until(lambda: is_gone(int(process)), "the fork has ended")
    wait_until(lambda: not Path(address).exists(), "the server has ended, and its folder with it")
