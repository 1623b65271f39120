"""Incidents as they are in the world: several faults at once, and what is wrong with the machine or its settings."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.drills.corpus import INCIDENTS, cases
from tests.suite import ROOT


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


def test_docs_tell_the_score_of_every_case() -> None:
    page = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)

    assert sorted(shown) == sorted(case.name for case in cases()), "write it anew by `make drill`"
