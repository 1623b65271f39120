"""Incidents as they are in the world: several faults at once, and what is wrong with the machine or its settings."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.drills.corpus import INCIDENTS, cases


@pytest.mark.parametrize("name", INCIDENTS)
def test_incident_is_called_its_owners_work_and_each_cause_once(name: str, tmp_path: Path) -> None:
    case = next(each for each in cases() if each.name == name)
    if case.machine == "ipv6-only" and not _has_ipv6():
        pytest.skip("this machine has no IPv6 on loopback")
    performance = case.perform(tmp_path)
    causes = performance.document["diagnosis"]["causes"]

    assert {cause["owner"] for cause in causes} == case.owners, performance.output
    assert len({cause["rule"] for cause in causes}) == len(case.owners), performance.output


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True
