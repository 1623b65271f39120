"""What tests share: a bare environment, an authority, a door; and which suites that tests run are measured.

Of those few are measured for coverage: each takes half as long again by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from monitor.secrets import Scrubber
from monitor.wire.door import Door
from tests import names as _names  # noqa: F401 -- for what it does
from tests.wire.authorities import Authority

TESTS = Path(__file__).parent
RUNNING = {each for name in ("drills", "runs", "telling") for each in (TESTS / name).glob("*.py")}
RUNNING |= {TESTS / "workflows/test_synthetic.py"}
MEASURED = TESTS / "runs/test_pytest.py"
UNITS = {TESTS / each for each in ("configuration", "diagnosis", "monitor", "session", "transactions", "wire")}

hypothesis.settings.register_profile(
    "units", deadline=None, max_examples=60, database=None, derandomize=not os.environ.get("SEED")
)
hypothesis.settings.load_profile("units")

GUARD = 600
"""Seconds after which a test is ended: more than any takes on a busy machine, so that what hangs ends at all."""

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    guard = pytest.mark.timeout(GUARD)  # made once: there are thousands
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(guard)


@pytest.fixture(autouse=True)
def _unmeasured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path in RUNNING - {MEASURED}:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def bare_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own set-up reaches a unit's test."""
    if request.path.parent not in UNITS:
        return
    for name in list(os.environ):
        if name.startswith("AUTH0_") or name.lower() in _PROXIES or name in _AUTHORITIES:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber()


@pytest.fixture
def door(scrubber: Scrubber) -> Iterator[Door]:
    """A door in the bare environment."""
    opened = Door(scrubber, os.environ)
    yield opened
    opened.close()
