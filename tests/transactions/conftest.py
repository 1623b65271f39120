"""What several of these tests ask: a sandbox that is well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sandbox
from sandbox.box import Sandbox


@pytest.fixture(scope="module")
def well() -> Iterator[Sandbox]:
    """One for each file, which may set it up otherwise."""
    with sandbox.start() as box:
        yield box
