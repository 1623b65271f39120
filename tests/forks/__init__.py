"""Python commands that tests start, in processes forked from one that has the libraries already.

Most of what a short command takes is its start. ``python("-m", "monitor.site")`` is a command like any other, to be
given to ``subprocess``: its process asks the server of this process of tests (``server.py``) for a fork, lends it all
that it was given, hands on the signals that it gets, and ends as the fork does (``client.py``). What only a new
interpreter can show gets one, and where there is no server every command does.
"""

from __future__ import annotations

import atexit
import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = "TESTS_FORKS"
"""The variable in which a fork that starts commands itself finds the server that it comes from."""

_CLIENT = str(Path(__file__).with_name("client.py"))
_BEFORE = dict(os.environ)
_APART = ("AUTH0_", "COVERAGE_", "PYTEST_", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED")
"""The environment before any test changes it; and how its variables begin that are of a test alone."""


def python(*arguments: str) -> list[str]:
    """The command ``python arguments``. Only one that begins with ``-m`` can be a fork."""
    address = os.environ.get(HERE) or server()
    return [sys.executable, *(["-IS", _CLIENT, address] if address else []), *arguments]


@functools.cache
def server() -> str:
    """Where the server of this process listens, which is started now; empty where there can be none."""
    if not (hasattr(os, "fork") and sys.platform == "linux"):
        return ""
    address = str(Path(tempfile.mkdtemp(prefix="forks-")) / "socket")
    started = subprocess.Popen(
        [sys.executable, "-m", f"{__name__}.server", address],
        cwd=ROOT,
        env={name: value for name, value in _BEFORE.items() if not name.startswith(_APART)},
        stdin=subprocess.PIPE,  # which ends with this process, however that ends, and the server with it
        stdout=subprocess.PIPE,
        stderr=None,
        start_new_session=True,
    )
    assert started.stdout
    with started.stdout:
        listens = started.stdout.readline() != b""
    atexit.register(_end, started)
    return address if listens else ""


def _end(started: subprocess.Popen[bytes]) -> None:
    if started.stdin:
        started.stdin.close()
    started.wait()
