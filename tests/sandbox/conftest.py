"""A healthy sandbox for all tests of a worker, and others for those that want one of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import sandbox
from tests.sandbox.asking import Client


@pytest.fixture(scope="session")
def well() -> Iterator[Client]:
    """A client of a sandbox without faults; whoever uses it leaves it as it was."""
    with sandbox.start() as box:
        client = Client(box)
        yield client
        client.close()


@pytest.fixture
def started() -> Iterator[Callable[..., Client]]:
    """Starts a sandbox as ``sandbox.start`` does, and stops it after the test."""
    with ExitStack() as stack:

        def start(*faults: str, **options: Any) -> Client:
            client = Client(stack.enter_context(sandbox.start(faults, **options)))
            stack.callback(client.close)
            return client

        yield start
