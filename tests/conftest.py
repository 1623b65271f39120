"""Of the suites that tests run few are measured for coverage: each takes half as long again by it."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
RUNNING = {each for name in ("drills", "runs", "telling") for each in (TESTS / name).glob("*.py")}
RUNNING |= {TESTS / "workflows/test_synthetic.py"}
MEASURED = TESTS / "runs/test_pytest.py"


@pytest.fixture(autouse=True)
def _unmeasured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path in RUNNING - {MEASURED}:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
