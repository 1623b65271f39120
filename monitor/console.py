"""What every command has in common: the paths that its options name, and a reader who may have seen enough."""

from __future__ import annotations

import argparse
import os
import sys
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


def say(text: str, stream: TextIO | None = None) -> None:
    """Write this to the terminal, or to whatever stands in its place; who reads no more is no error."""
    to = stream or sys.stdout
    try:
        to.write(text)
        to.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), to.fileno())


def real(path: Path) -> Path:
    """Where this leads, through links; of links in a circle as far as can be told: ``resolve`` would raise."""
    return Path(os.path.realpath(path))
