"""What a step says to GitHub Actions: annotations, masks and outputs, so that no text can say anything else."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from monitor.text import one_line


def error(title: str, text: str) -> None:
    """A line that the run's page shows in red, wherever it was printed."""
    _say("error", title, text)


def notice(title: str, text: str) -> None:
    """The same, without alarm."""
    _say("notice", title, text)


def mask(value: str) -> None:
    """Never show this value in a log of this job; one of several lines is masked line by line, as logs are read."""
    for line in value.splitlines():
        if len(line.strip()) >= 4:  # what is shorter cannot be told from ordinary text, as with the scrubber
            sys.stdout.write(f"::add-mask::{_escaped(line.strip())}\n")


def outputs(values: Mapping[str, str]) -> None:
    """The step's outputs; without GitHub Actions they are printed."""
    lines = [f"{name}={one_line(value, 1_000_000)}\n" for name, value in values.items()]
    file = os.environ.get("GITHUB_OUTPUT")
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.writelines(lines)
    sys.stdout.writelines(lines)


def summary(markdown: str) -> None:
    """Add this to the run's page; nothing without GitHub Actions."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(markdown)


def _say(kind: str, title: str, text: str) -> None:
    told = one_line(text)
    if os.environ.get("GITHUB_ACTIONS"):
        sys.stdout.write(
            f"::{kind} title={_escaped(title).replace(',', '%2C').replace(':', '%3A')}::{_escaped(told)}\n"
        )
    else:
        sys.stderr.write(f"{title}: {told}\n")
    sys.stdout.flush()


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
