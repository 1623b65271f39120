"""Fixtures made of transactions: what a test names is awaited, and given to it."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.configuration.targets import Target
from monitor.failures import Failure, TargetFailed
from monitor.session.watch import Watch
from monitor.transactions.engine import Transaction

WATCH: pytest.StashKey[Watch] = pytest.StashKey()
TRANSACTIONS: dict[str, Transaction] = {}
"""By the name of their fixture."""


class Deferred:
    """A transaction failed by its target's fault: this is raised in the test, so that pytest says failed, not error."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


def fixture(transaction: Transaction) -> Any:
    """A fixture that waits for a transaction, and is what it brought."""
    TRANSACTIONS[transaction.name] = transaction

    @pytest.fixture(name=transaction.name)
    def brought(request: pytest.FixtureRequest, target: Target) -> Any:
        performed = request.config.stash[WATCH].engine.settled(transaction, target)
        if performed.failure is None:
            return performed.brought
        if isinstance(performed.failure, TargetFailed):
            return Deferred(performed.failure.again())
        raise performed.failure.again()

    brought.__doc__ = transaction.perform.__doc__
    return brought
