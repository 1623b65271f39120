"""A healthy sandbox for the tests that only look at how the suite is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.suite import ROOT, Performance, configured, perform


@pytest.fixture(scope="session")
def healthy() -> Iterator[Sandbox]:
    with sandbox.start() as running:
        yield running


@pytest.fixture
def run(healthy: Sandbox, tmp_path: Path) -> Run:
    return Run(healthy, tmp_path)


class Run:
    """Runs the suite against a sandbox, with what is given changed; None unsets a variable.

    ``reports``, ``root`` and ``within`` are what ``perform`` takes; without the first each run has a folder of its own.
    """

    def __init__(
        self, box: Sandbox, folder: Path, *, reports: Path | None = None, root: Path = ROOT, within: Sequence[str] = ()
    ) -> None:
        self.box, self.folder = box, folder
        self.reports, self.root, self.within = reports, root, within
        self.number = 0

    def __call__(self, *arguments: str, **changed: str | None) -> Performance:
        variables = configured(self.box, self.folder) | changed
        given = {name: value for name, value in variables.items() if value is not None}
        self.number += 1
        to = self.reports or self.folder / f"reports-{self.number}"
        return perform(to, given, *arguments, root=self.root, within=self.within)
