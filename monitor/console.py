"""What every command has in common: the paths that its options name, and a reader who may have seen enough."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


def file(text: str) -> Path:
    """A file that an option names; for argparse, which says what is wrong with one that is none."""
    if Path(text).name in ("", "..") or text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"{text!r} names no file")
    return Path(text)


def folder(text: str) -> Path:
    """The same of a folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} names no folder; write . for this one")
    return Path(text)


def open_what_is_closed() -> None:
    """Give what was started without a standard output, or without that for errors, one that leads nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as we live


open_what_is_closed()


def say(text: str, stream: TextIO | None = None) -> None:
    """Write this to the terminal, or to whatever stands in its place; who reads no more is no error.

    What its encoding has not is written as ``?``. Ends the process with 2 where it cannot be written.
    """
    to = stream or sys.stdout
    with _writing(to):
        try:
            to.write(text)
        except UnicodeEncodeError:
            to.write(text.encode(to.encoding, errors="replace").decode(to.encoding))
        to.flush()


def say_bytes(content: bytes) -> None:
    """The same of bytes, which the standard output gets as they are."""
    with _writing(sys.stdout):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


@contextmanager
def _writing(to: TextIO) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        with suppress(OSError, ValueError):  # else it is tried again when the process ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), to.fileno())
        if isinstance(error, BrokenPipeError):
            return
        if to is not sys.stderr:
            sys.stderr.write(f"the output cannot be written ({error.strerror}): send it to where there is room\n")
        raise SystemExit(2) from None


def real(path: Path) -> Path:
    """Where this leads, through links; of links in a circle as far as can be told: ``resolve`` would raise."""
    return Path(os.path.realpath(path))
