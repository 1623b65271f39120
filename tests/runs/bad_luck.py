"""What befalls a run in these tests, inside its process: a plugin that the environment tells what, and when.

`MOMENT` is an event that Python's audit hooks tell of (a file is opened, a name resolved, a module imported ...),
counted from where the suite has been loaded: it is the same on a slow machine and on a fast one.
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

ALONE = "PYTEST_XDIST_WORKER" not in os.environ
SIGNAL, MOMENT, MOMENTS = "BAD_LUCK_SIGNAL", "BAD_LUCK_MOMENT", "BAD_LUCK_MOMENTS"
"""Which signal comes at which moment; the file to be told how many there are."""
KILLED_AT = "BAD_LUCK_KILLED_AT"
"""``name@2``: SIGKILL comes when what has this in its path is about to be written, or renamed, for the second time."""
CLOCK = "BAD_LUCK_CLOCK"
"""After so many readings the clock is set back by 400 days; ``stands`` is a clock that does not go on."""
DESCRIPTORS = "BAD_LUCK_DESCRIPTORS"
"""So many file descriptors are left when the probes begin, and none at their end."""
JUDGED = "BAD_LUCK_JUDGED"
"""The file to which the id of each test is added that has been judged."""

STRIKES = "BAD_LUCK_STRIKES"
"""``child`` or ``parent``, and a tenant: that process of a run of several gets the signal when the tenant's third test
begins in the process that asks it."""

NAMES = "BAD_LUCK_NAMES"
"""The file to which each name is added that a name server is asked for."""

_moments = itertools.count(1)
_opened = itertools.count(1)
_begun = itertools.count(1)
_held: list[int] = []


def _count(event: str, _: tuple[Any, ...]) -> None:
    if event in ("open", "import", "socket.connect", "os.rename", "os.remove", "os.mkdir", "_thread.start_new_thread"):
        at = next(_moments)
        if str(at) == os.environ.get(MOMENT):
            os.kill(os.getpid(), int(os.environ[SIGNAL]))


def _note_name(event: str, told: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        with Path(os.environ[NAMES]).open("a") as file:
            file.write(f"{told[0]!r}\n")


def _kill(event: str, told: tuple[Any, ...]) -> None:
    name, _, number = os.environ[KILLED_AT].partition("@")
    written = event == "os.rename" or (event == "open" and str(told[1]).startswith("w"))
    if written and name in str(told[0]) and next(_opened) == int(number):
        os.kill(os.getpid(), signal.SIGKILL)


def _take(left: int) -> None:
    """Take every descriptor that can be had but these."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
    try:
        while True:
            _held.append(os.dup(2))
    except OSError:
        for each in _held[len(_held) - left :]:
            os.close(each)
        del _held[len(_held) - left :]


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    if ALONE and {MOMENT, MOMENTS} & set(os.environ):
        sys.addaudithook(_count)
    if ALONE and KILLED_AT in os.environ:
        sys.addaudithook(_kill)
    if NAMES in os.environ:
        sys.addaudithook(_note_name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems() -> None:
    if DESCRIPTORS in os.environ:
        _take(int(os.environ[DESCRIPTORS]))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, Any, Any]:
    ended = yield
    if DESCRIPTORS in os.environ:
        _take(0)
    return ended


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> Generator[None]:
    yield
    if ALONE and JUDGED in os.environ and report.when == "call":
        with Path(os.environ[JUDGED]).open("a") as file:
            file.write(f"{report.nodeid}\n")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    whom, _, tenant = os.environ.get(STRIKES, "").partition(" ")
    if tenant and f"[{tenant}" in item.nodeid and next(_begun) == 3:
        os.kill(os.getpid() if whom == "child" else os.getppid(), int(os.environ[SIGNAL]))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if ALONE and MOMENTS in os.environ:
        Path(os.environ[MOMENTS]).write_text(str(next(_moments)))


if CLOCK in os.environ:
    _now, _readings = time.time, itertools.count()

    def _set_back() -> float:
        if os.environ[CLOCK] == "stands":
            return 1.7e9
        return _now() - (400 * 86_400 if next(_readings) >= int(os.environ[CLOCK]) else 0)

    time.time = _set_back
