"""What this machine runs out of is told with its cure, and is neither a tenant's fault nor our bug."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from monitor import machine
from monitor.failures import Broken, Exhausted


def caused(error: BaseException) -> BaseException:
    """An error of ours that came of this one."""
    own = ValueError("of ours")
    own.__cause__ = error
    return own


def silent(error: BaseException) -> BaseException:
    """An error of ours that was raised while this one was handled."""
    own = ValueError("of ours")
    own.__context__ = error
    return own


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (OSError(errno.ENFILE, "Too many open files in system"), "of the whole machine"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "free some memory"),
        (OSError(errno.ENOBUFS, "No buffer space available"), "free some memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "free some space on its disk"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "free some space on its disk"),
        (OSError(errno.EFBIG, "File too large"), "ulimit -f"),
        (MemoryError(), "free some memory"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
    ],
    ids=repr,
)
def test_what_ran_out_is_told_with_its_cure_however_deep_it_lies(error: Exception, cure: str) -> None:
    for each in (error, caused(error), silent(error)):
        told = machine.lack(each)
        assert told.startswith("this machine has run out of")
        assert cure in told
    failure = machine.untranslated(error, "looked")
    assert isinstance(failure, Exhausted)
    assert cure in failure.reason


@pytest.mark.parametrize(
    "error",
    [
        None,
        OSError(errno.ECONNREFUSED, "Connection refused"),
        socket.gaierror(errno.ENOMEM, "of the resolver"),
        RuntimeError("of ours"),
        ValueError("start new thread"),
    ],
    ids=repr,
)
def test_what_is_no_lack_is_none(error: Exception | None) -> None:
    assert machine.lack(error) == ""


def test_our_own_bug_is_told_by_its_place_and_without_its_words() -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["hunter2"]
    failure = machine.untranslated(raised.value, "looked")

    assert isinstance(failure, Broken)
    assert failure.reason.startswith("the suite itself failed while it looked (KeyError in test_machine.py:")
    assert "hunter2" not in failure.reason


def test_machine_without_sockets_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.lacks_sockets() == ""

    def none(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket, "socket", none)
    assert "ulimit -n" in machine.lacks_sockets()


def test_reserve_holds_eight_descriptors_until_it_is_released_and_more_often_does_no_harm() -> None:
    def free() -> int:
        descriptor = os.open(os.devnull, os.O_RDONLY)
        os.close(descriptor)
        return descriptor

    before = free()
    reserve = machine.Reserve()
    held = free()
    reserve.release()
    reserve.release()

    assert held >= before + 8
    assert free() == before


def test_machine_that_has_no_descriptor_left_has_no_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", none)
    machine.Reserve().release()
