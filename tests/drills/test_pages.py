"""Proof that the right row alarms: under each fault of the status pages exactly the expected verdicts change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import sandbox
from monitor.status import SEVERITY, Status
from tests.drills.pages import API, EVERY, FILES, PAGE_DRILLS, SERVICE, WHOLE, rounds, settings
from tests.suite import NEVER_READ, RESULTS_ALONE, Performance, configured, perform

FAULTS = [fault for fault in sandbox.known_faults() if fault in PAGE_DRILLS]
ROUNDS = [*rounds(FAULTS), *([fault] for fault in WHOLE)]


def performed(folder: Path, faults: list[str], variables: Mapping[str, str]) -> Performance:
    with sandbox.start(faults) as running:
        placed = configured(running, folder, **(settings(running) | dict(variables)))
        return perform(folder / "reports", placed, *RESULTS_ALONE, *FILES)


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """The suite's run against pages that are well."""
    return performed(tmp_path_factory.mktemp("healthy-pages"), [], {})


def test_pages_that_are_well_say_so(healthy: Performance) -> None:
    statuses = {key: verdict["status"] for key, verdict in healthy.verdicts.items()}

    assert statuses == dict.fromkeys(EVERY, "up") | {NEVER_READ: "skipped"}, healthy.output
    assert healthy.code == 0
    assert healthy.run["status"] == "up"
    assert "https://status.mailchimp.com" in healthy.verdicts[NEVER_READ]["reason"]


@pytest.mark.parametrize("faults", ROUNDS, ids=[str(number) for number in range(len(ROUNDS))])
def test_fault_of_a_page_changes_its_rows_alone(faults: list[str], healthy: Performance, tmp_path: Path) -> None:
    drills = [PAGE_DRILLS[fault] for fault in faults]
    variables = {name: value for drill in drills for name, value in drill.settings.items()}
    performance = performed(tmp_path, faults, variables)
    verdicts = performance.verdicts

    left_out = API if variables.get("AUTH0_DEPENDENCIES") else None
    expected = {key: each["status"] for key, each in healthy.verdicts.items() if key != left_out}
    for drill in drills:
        expected |= dict.fromkeys(drill.rows, str(drill.status))
    assert {key: verdict["status"] for key, verdict in verdicts.items()} == expected, performance.output
    told = [(key, verdicts[key]["reason"], drill.words) for drill in drills for key in drill.rows]
    assert [each for each in told if each[2] not in each[1]] == []
    owners = {cause["owner"] for cause in performance.document["diagnosis"]["causes"]}
    assert owners == {drill.owner for drill in drills if drill.owner}, performance.output
    assert performance.run["status"] == max((drill.run for drill in drills), key=SEVERITY.__getitem__)
    assert performance.code == (set(faults) <= set(WHOLE)), "the services' own word ends no run, and silence does"


def test_every_fault_of_a_page_has_its_round() -> None:
    assert {fault for faults in ROUNDS for fault in faults} == set(FAULTS)


def test_every_row_is_turned_red_by_some_fault() -> None:
    red = {key for drill in PAGE_DRILLS.values() if drill.status is Status.DOWN for key in drill.rows}
    ill = {key for drill in PAGE_DRILLS.values() if drill.status is Status.DEGRADED for key in drill.rows}

    no_level = {"azure-ad", "microsoft-365", "ibm", "okta", "atom", "postmark"}
    assert {target for _, target in EVERY - red if target} == no_level
    assert red | ill >= {key for key in EVERY if key[0] == SERVICE}
