"""A plugin of pytest that tells where a run's processor time goes, by thread time: milliseconds a tenant in each layer.

``make bench ARGS="--layers 30"`` runs the suite with it. What is measured within another layer is taken out of that.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from monitor import reports
from monitor.session.fixtures import WATCH
from monitor.session.watch import Watch
from monitor.transactions.engine import Engine
from monitor.wire.adapter import Adapter
from monitor.wire.door import Door

REST = "the rest: start-up, pytest's own work"


class Layers:
    """Seconds of thread time by layer; what begins within another layer is not that one's."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._within = threading.local()
        self._lock = threading.Lock()

    def timed(self, layer: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """This function, whose time is this layer's."""

        @functools.wraps(function)
        def wrapped(*given: Any, **named: Any) -> Any:
            outer: list[float] | None = getattr(self._within, "inner", None)
            self._within.inner = inner = [0.0]
            began = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                spent = time.thread_time() - began
                self._within.inner = outer
                if outer is not None:
                    outer[0] += spent
                with self._lock:
                    self.spent[layer] += spent - inner[0]

        return wrapped

    def table(self, whole: float, tenants: int) -> list[str]:
        """A line for each layer, the greatest first, and one for what is in none."""
        rest = whole - sum(self.spent.values())
        greatest = sorted(self.spent.items(), key=lambda each: -each[1])
        rows = [*greatest, (REST, rest), ("in all", whole)]
        return [
            "| layer | ms a tenant |",
            "| --- | ---: |",
            *(f"| {name} | {seconds * 1000 / tenants:.1f} |" for name, seconds in rows),
        ]


_layers = Layers()
_PLACES: tuple[tuple[Any, str, str], ...] = (
    (Engine, "_perform", "threads: transactions"),
    (Door, "_attempt", "threads: an attempt, and its evidence"),
    (Adapter, "send", "threads: connections, TLS, requests"),
    (Watch, "plan", "planning"),
    (Watch, "clean", "looking for secrets"),
    (reports, "write_all", "reports"),
)


def pytest_configure() -> None:
    for owner, name, layer in _PLACES:
        setattr(owner, name, _layers.timed(layer, getattr(owner, name)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Any:
    began = time.thread_time()
    try:
        return (yield)
    finally:
        within = _layers.spent["planning"] + _layers.spent["reports"]
        _layers.spent["collecting"] += time.thread_time() - began - within
        del session


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    tenants = len(config.stash[WATCH].names)
    print("\n".join(_layers.table(time.process_time(), tenants)))
