"""Proof that the alarm rings: under each fault exactly the expected verdicts change, in the expected words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from monitor.owners import Owner
from monitor.status import Status
from monitor.verdict import Verdict
from tests.canaries import leaks
from tests.drills.pages import EVERY, PAGE_DRILLS
from tests.drills.table import CONNECTIONS_LAST, DOMAINS_LAST, DRILLS, KEYS_LAST, METADATA, PATIENCE, Change
from tests.suite import FILES, NEVER_READ, Performance, configured, perform

Key = tuple[str, str]

BY_DATE = {METADATA, CONNECTIONS_LAST, KEYS_LAST, DOMAINS_LAST}
"""What is degraded at worst: what fails with a certificate that ended is down by its own probe."""


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """The suite's run against a healthy sandbox."""
    folder = tmp_path_factory.mktemp("healthy")
    with sandbox.start() as running:
        return perform(folder / "reports", configured(running, folder, **PATIENCE))


@pytest.fixture(params=sorted(DRILLS))
def performed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Performance, list[str]]]:
    fault = request.param
    with sandbox.start([fault]) as running:
        performance = perform(
            tmp_path / "reports", configured(running, tmp_path, **(PATIENCE | DRILLS[fault].settings))
        )
        yield fault, performance, leaks(performance, running)


def test_healthy_sandbox_has_nothing_but_good_verdicts(healthy: Performance) -> None:
    assert healthy.code == 0, healthy.output
    assert healthy.statuses == {"up"}, healthy.output
    assert healthy.run["status"] == "up"


def test_fault_changes_exactly_the_expected_verdicts(
    performed: tuple[str, Performance, list[str]], healthy: Performance
) -> None:
    fault, performance, leaked = performed
    verdicts = performance.verdicts
    expected = _expected(DRILLS[fault].changes, list(healthy.verdicts))

    assert set(verdicts) == set(healthy.verdicts)
    open_ = {key for key in verdicts if key[0] in DRILLS[fault].either}
    assert {verdicts[key]["status"] for key in open_} <= {"up", "degraded"}, performance.output
    expected = {key: each for key, each in expected.items() if key not in open_}
    aside = {NEVER_READ, *open_}
    found = {key: each["status"] for key, each in verdicts.items() if each["status"] != "up" and key not in aside}
    assert found == {key: str(each.status) for key, each in expected.items()}, performance.output
    for key, each in expected.items():
        assert each.words in verdicts[key]["reason"], (key, verdicts[key]["reason"])
    assert performance.run["status"] == DRILLS[fault].run
    assert performance.code == (DRILLS[fault].run in (Status.DOWN, Status.UNKNOWN))
    assert not leaked
    assert {each.name for each in performance.reports.iterdir()} >= {*FILES}, performance.output
    _is_diagnosed(performance, DRILLS[fault].owner)


def _is_diagnosed(performance: Performance, owner: Owner | None) -> None:
    diagnosis = performance.document["diagnosis"]
    explained = [identity for cause in diagnosis["causes"] for identity in cause["verdicts"]]
    ill = [each["id"] for each in performance.verdicts.values() if Verdict.from_dict(each).ill]

    assert {cause["owner"] for cause in diagnosis["causes"]} == ({str(owner)} if owner else set()), performance.output
    assert diagnosis["owner"] == owner
    assert sorted(explained) == sorted(ill)


def _expected(changes: tuple[Change, ...], probes: list[Key]) -> dict[Key, Change]:
    found: dict[Key, Change] = {}
    for each in changes:
        for name in each.names:
            probe, _, part = name.partition("@")
            keys = [key for key in probes if key[0] == probe and _fits(part, key[1])]
            assert keys, f"{name} names no probe"
            found |= dict.fromkeys(keys, each)
    return found


def _fits(part: str, target: str) -> bool:
    return target == part[1:] if part.startswith("=") else part in target


def test_every_fault_has_a_drill_and_every_drill_a_fault() -> None:
    assert sorted([*DRILLS, *PAGE_DRILLS]) == sorted(sandbox.known_faults())


def test_every_probe_is_turned_red_by_some_drill(healthy: Performance) -> None:
    red = EVERY | {NEVER_READ}  # those of pages have drills of their own
    red |= {("client_secret_of_the_connection_lasts_for_weeks", "google-oauth2")}  # a date of the user's own
    for drill in DRILLS.values():
        changes = tuple(each for each in drill.changes if each.status is Status.DOWN or set(each.names) <= BY_DATE)
        red |= set(_expected(changes, list(healthy.verdicts)))

    assert set(healthy.verdicts) - red == set()
