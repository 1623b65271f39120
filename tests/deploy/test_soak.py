"""The soak: what grows is found, and a short one of the real commands comes to a table in which nothing does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

import sandbox
from benchmarks.soak import FAULTS, KEPT, Part, growth, table
from sandbox.box import Sandbox
from tests.suite import ROOT, environment


@pytest.fixture(scope="module")
def well() -> Iterator[Sandbox]:
    with sandbox.start() as box:
        yield box


STEADY = Part(
    memory=40, descriptors=7, threads=3, round_memory=90, seconds=1.5, runs=30, history=200_000, memory_file=50_000,
    reports=20_000_000, folders=60, site=500_000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("grown", "named"),
    [
        ({"memory": 60.0}, "memory: 40.0 in the middle, 60.0 at the end"),
        ({"descriptors": 14.0}, "descriptors"),
        ({"threads": 6.0}, "threads"),
        ({"round_memory": 140.0}, "round_memory"),
        ({"seconds": 9.0}, "seconds"),
        ({"history": 200_000 + 31 * 40_000}, "history: 41,333 bytes with every run"),
        ({"memory_file": 200_000}, "memory_file"),
        ({"reports": 10**9}, "reports: 1,000,000,000 bytes in 60 rounds"),
        ({"folders": KEPT + 1}, f"reports: {KEPT + 1} rounds are kept"),
        ({"site": 2_000_000}, "site"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_what_grows_is_named(grown: dict[str, float], named: str) -> None:
    (told,) = growth([STEADY, STEADY, replace(STEADY, **grown)])  # type: ignore[arg-type]

    assert told.startswith(named)


def test_what_is_steady_is_not_named_and_has_a_row_for_each_figure() -> None:
    parts = [STEADY, STEADY, replace(STEADY, history=700_000)]

    assert growth(parts) == []
    assert len(list(table(parts))) == 2 + 11


def test_faults_come_and_go_while_the_sandbox_runs() -> None:
    with sandbox.start(["custom-database-down", "login-500"], callbacks=["https://app.example/back"]) as box:
        began = replace(box.setup, error_key="")
        for name in (*FAULTS, ""):
            box.suffer([name] if name else [])
        assert box.setup == began, "what acts elsewhere stays, and nothing else"
        box.suffer(["login-refused"])
        assert box.setup == replace(began, error_key="wrong-email-credentials"), "the login's pages refuse too"


@pytest.mark.parametrize("name", ["certificate-expired", "expired-token", "node-down", "auth0-incident"])
def test_fault_that_acts_elsewhere_cannot_come_while_the_sandbox_runs(well: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} cannot come while it runs"):
        well.suffer([name, "login-500"])
    assert not well.setup.error_key, "none of them has come"


def test_short_soak_of_the_real_commands_ends_well() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.1", "--every", "1", "--probes", "test_login"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ran.returncode in (0, 1), ran.stderr
    counted = re.search(r"^\| rounds \| (\d+) \| (\d+) \| (\d+) \|$", ran.stdout, re.MULTILINE)
    assert counted, ran.stdout + ran.stderr
    assert sum(map(int, counted.groups())) >= 3
