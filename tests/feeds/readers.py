"""The real readers, as `.ci/readers` has unpacked them: each is started in its own folder, on loopback, and ended."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.forks import python
from tests.suite import ROOT

FOLDER = Path(os.environ.get("READERS", ROOT / ".readers")) / "root"
PATIENCE = 20.0
"""Seconds: a machine that is busy is slow, and no test is about how fast a reader is."""

Found = TypeVar("Found")


def program(name: str) -> str:
    """Where this program is; the test is skipped where it is not here."""
    for pattern in (f"usr/bin/{name}", f"usr/sbin/{name}", f"usr/lib/*/icinga2/sbin/{name}"):
        # of icinga2 there is a shell's script as well, which names files that are not here
        for found in sorted(FOLDER.glob(pattern)):
            if name != "icinga2" or "icinga2/sbin" in str(found):
                return str(found)
    elsewhere = shutil.which(name)
    if not elsewhere:
        pytest.skip(f"{name} is not here: .ci/readers fetches it")
    return elsewhere


def environment() -> dict[str, str]:
    """This process's own, with the libraries that were unpacked, and without whatever would turn to a proxy."""
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    libraries = ":".join(str(each) for each in FOLDER.glob("usr/lib/*-linux-gnu"))
    return kept | {"LD_LIBRARY_PATH": libraries}


def told(*command: str, given: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What a program says of this, on both its streams."""
    ran = subprocess.run(
        command,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE,
        check=False,
        cwd=cwd,
        env=environment(),
    )
    return subprocess.CompletedProcess(ran.args, ran.returncode, ran.stdout.decode("utf-8", "replace"))


@contextlib.contextmanager
def running(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A reader at work, what it says in ``said.txt`` of the folder; ended with the block."""
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment()
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def until(look: Callable[[], Found | None], what: str, seconds: float = PATIENCE) -> Found:
    """What ``look`` finds, as soon as it is something; it fails with what was last seen or raised."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            found = look()
        except (OSError, ValueError, KeyError, AssertionError) as error:
            last = error
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        else:
            if found:
                return found
            last = found
        time.sleep(0.05)
    raise AssertionError(f"{what}: {last!r}")


def get(url: str, headers: Mapping[str, str] | None = None) -> str:
    """What is at this address. Raises OSError, also where the answer is none of 2xx."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 - on loopback
    with opener.open(request, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def get_json(url: str, headers: Mapping[str, str] | None = None) -> Any:
    return json.loads(get(url, headers))


def feeds(*arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`python -m monitor.feeds` with these arguments and variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH0_", "OTEL_"))}
    return subprocess.run(
        python("-m", "monitor.feeds", *arguments),
        cwd=cwd,
        env=kept | {"PYTHONPATH": str(ROOT), "no_proxy": "127.0.0.1,localhost"} | dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
