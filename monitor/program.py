"""Another program, as GitHub's command line: it ends in time, and all that it started with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence


def run(
    command: Sequence[str], *, values: Mapping[str, str], seconds: float, text: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """What a program printed that was called with this environment, and was given this text to read.

    It has a process group of its own, which is ended with it where it takes longer: what a child of it holds open would
    be waited for, and what one does later nobody expects. Raises OSError, and TimeoutExpired.
    """
    with subprocess.Popen(  # noqa: S603 - no shell, and words of our own
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(values),
        start_new_session=True,
    ) as process:
        try:
            printed, complained = process.communicate(text.encode(), timeout=seconds)
        except BaseException:
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, printed, complained)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
