"""Drills: the suites that they run are not measured for coverage, which would make each half as long again."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
