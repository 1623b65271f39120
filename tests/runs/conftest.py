"""A healthy sandbox for the tests that only look at how the suite is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.suite import Performance, configured, perform


@pytest.fixture(scope="session")
def healthy() -> Iterator[Sandbox]:
    with sandbox.start() as running:
        yield running


@pytest.fixture
def run(healthy: Sandbox, tmp_path: Path) -> Run:
    return Run(healthy, tmp_path)


class Run:
    """Runs the suite against a sandbox, with what is given changed; None unsets a variable."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box, self.folder = box, folder
        self.number = 0

    def __call__(self, *arguments: str, **changed: str | None) -> Performance:
        variables = configured(self.box, self.folder) | changed
        given = {name: value for name, value in variables.items() if value is not None}
        self.number += 1
        return perform(self.folder / f"reports-{self.number}", given, *arguments)
