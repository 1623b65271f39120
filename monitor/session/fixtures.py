"""Fixtures made of transactions: what a test names is awaited, and given to it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from monitor.configuration.targets import Target
from monitor.failures import Failure, TargetFailed
from monitor.session.watch import Watch
from monitor.transactions.engine import Transaction

WATCH: pytest.StashKey[Watch] = pytest.StashKey()
_AWAITS = "awaits"
"""The attribute of a fixture's function that holds its transaction."""


class Deferred:
    """A transaction failed by its target's fault: this is raised in the test, so that pytest says failed, not error."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure


def fixture(transaction: Transaction) -> Any:
    """A fixture that waits for a transaction, and is what it brought. Its name is that which it is given to."""

    def brought(request: pytest.FixtureRequest, target: Target) -> Any:
        performed = request.config.stash[WATCH].engine.settled(transaction, target)
        if performed.failure is None:
            return performed.brought
        if isinstance(performed.failure, TargetFailed):
            return Deferred(performed.failure.again())
        raise performed.failure.again()

    brought.__doc__ = transaction.perform.__doc__
    setattr(brought, _AWAITS, transaction)
    return pytest.fixture(brought)


def awaited(item: pytest.Function) -> tuple[Transaction, ...]:
    """The transactions that a test waits for: those that it names itself first, in the order in which it does."""
    definitions = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - the only place that knows them before the set-up
    names = dict.fromkeys([*inspect.signature(item.function).parameters, *item.fixturenames])
    functions = (each.func for name in names for each in reversed(definitions.get(name, ())))
    return tuple(dict.fromkeys(getattr(each, _AWAITS) for each in functions if hasattr(each, _AWAITS)))
