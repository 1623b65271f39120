"""Where a run's time goes: what is within another layer is counted once, and all of it is told."""

from __future__ import annotations

import time

import pytest

from benchmarks import layers
from benchmarks.layers import Layers


def test_what_is_within_another_layer_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: clock[0])
    told = Layers()

    def spend(seconds: float) -> None:
        clock[0] += seconds

    inner = told.timed("inner", lambda: spend(3.0))

    def work() -> None:
        spend(1.0)
        inner()
        spend(0.5)

    told.timed("outer", work)()
    inner()

    assert told.spent == {"outer": 1.5, "inner": 6.0}
    assert told.table(10.0, 5) == [
        "| layer | ms a tenant |",
        "| --- | ---: |",
        "| inner | 1200.0 |",
        "| outer | 300.0 |",
        f"| {layers.REST} | 500.0 |",
        "| in all | 2000.0 |",
    ]


def test_failure_is_counted_and_raised() -> None:
    told = Layers()
    with pytest.raises(ZeroDivisionError):
        told.timed("layer", lambda: 1 / 0)()

    assert list(told.spent) == ["layer"]


def test_every_place_that_is_measured_is_there() -> None:
    assert all(callable(getattr(owner, name)) for owner, name, _ in layers._PLACES)  # noqa: SLF001
