"""What this machine may run out of, and the cure: no fault of a tenant's, and no bug of ours."""

from __future__ import annotations

import contextlib
import errno
import os
import socket

from monitor.failures import Broken, Exhausted, NotJudged
from monitor.text import place

CURES = {
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "raise the limit of open files of the whole machine, or close some",
    errno.ENOMEM: "free some memory",
    errno.ENOBUFS: "free some memory",
    errno.ENOSPC: "free some space on its disk",
    errno.EDQUOT: "free some space on its disk",
    errno.EFBIG: "raise the limit of a file's size (ulimit -f)",
}
"""By the number of the system's error."""

_SPARE = 8
"""File descriptors that the end of a run needs: for a report, a folder, and the modules that write them."""


def lack(error: BaseException | None) -> str:
    """What this machine had none of when this was raised, and the cure; empty where that was not the cause."""
    while error is not None:
        # the resolver's errors have numbers of their own, which mean something else
        if isinstance(error, OSError) and not isinstance(error, socket.gaierror) and error.errno in CURES:
            return f"this machine has run out of something: {error.strerror}; {CURES[error.errno]}"
        if isinstance(error, MemoryError):
            return f"this machine has run out of memory; {CURES[errno.ENOMEM]}"
        if isinstance(error, RuntimeError) and "start new thread" in str(error):
            return "this machine has run out of threads; raise the limit of processes (ulimit -u), or free some memory"
        error = error.__cause__ or error.__context__
    return ""


def lacks_sockets() -> str:
    """The same, where not even a socket can be had: the resolver tells that as a name that does not exist."""
    try:
        socket.socket().close()
    except OSError as error:
        return lack(error)
    return ""


def untranslated(error: Exception, doing: str) -> NotJudged:
    """The failure that an exception is which nobody translated: this machine is at its end, or it is our bug."""
    lacking = lack(error)
    if lacking:
        return Exhausted(lacking)
    return Broken(f"the suite itself failed while it {doing} ({type(error).__name__} in {place(error)})")


class Reserve:
    """A few file descriptors, held back for the end of the run: its reports are written, whoever has taken the rest."""

    def __init__(self) -> None:
        self._held: list[int] = []
        with contextlib.suppress(OSError):
            for _ in range(_SPARE):
                self._held.append(os.open(os.devnull, os.O_RDONLY))

    def release(self) -> None:
        while self._held:
            os.close(self._held.pop())
