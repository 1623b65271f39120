"""The fixtures of the composition root: each transaction has a line that an editor finds, and nobody else's state."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import sandbox
from monitor.management import dated
from monitor.transactions import endpoints, horizons, pages, redirects
from monitor.transactions.engine import Transaction
from tests.suite import ROOT, configured, environment

MODULES = {"dated": dated, "endpoints": endpoints, "horizons": horizons, "pages": pages, "redirects": redirects}


def test_every_transaction_is_the_fixture_of_its_name_by_a_line_in_the_composition_root() -> None:
    found: dict[str, str] = {}
    for node in ast.parse((ROOT / "conftest.py").read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(name)],
                value=ast.Call(func=ast.Name("fixture"), args=[ast.Attribute(ast.Name(module), transaction)]),
            ):
                found[name] = f"{module}.{transaction}"
    made = {
        name: f"{module}.{name}"
        for module, known in MODULES.items()
        for name, each in vars(known).items()
        if isinstance(each, Transaction) and each.perform.__module__ == known.__name__
    }

    assert len(made) > 15
    assert found == made


TWICE = """
import os, sys
import pytest
for number, values in enumerate({sessions!r}):
    os.environ.update(values)
    where = f"--reports={{sys.argv[1]}}/{{number}}"
    print("ended with", int(pytest.main(["-q", "-p", "no:cacheprovider", where, "-k", "test_dedicated"])))
"""


def test_second_session_of_a_process_has_nothing_of_the_first(tmp_path: Path) -> None:
    """The same machines, for which the first session has no patience: who kept its tenant would have none either."""
    with sandbox.start(delay=0.3) as box:
        early = configured(box, tmp_path, AUTH0_TENANTS="early", AUTH0_DEPENDENCIES="none", AUTH0_TIMEOUT="0.1")
        late = early | {"AUTH0_TENANTS": "late", "AUTH0_TIMEOUT": "30"}
        ran = subprocess.run(
            [sys.executable, "-c", TWICE.format(sessions=[early, late]), str(tmp_path)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    ends = [line for line in ran.stdout.splitlines() if line.startswith("ended with")]
    assert ends == ["ended with 1", "ended with 0"], ran.stdout
    told = [json.loads((tmp_path / name / "results.json").read_text(encoding="utf-8")) for name in "01"]
    assert [each["run"]["tenants"] for each in told] == [["early"], ["late"]]
    assert {each["status"] for each in told[0]["verdicts"]} == {"down"}
    assert not {each["status"] for each in told[1]["verdicts"]} & {"down", "unknown"}
