"""What our probes say of themselves, read from their marks: for runs that tests make up, and to count them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from monitor.verdict import Verdict

FOLDER = Path(__file__).parent.parent / "tests_synthetic"


@cache
def marks() -> dict[str, pytest.Mark]:
    """By ``file::probe``, without any ``test_``: the nearest mark of each probe of ours."""
    nearest = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        module = import_module(f"{FOLDER.name}.{path.stem}")
        for name, function in vars(module).items():
            if name.startswith("test_"):
                (mark,) = getattr(function, "pytestmark", None) or [module.pytestmark.mark]
                nearest[f"{path.stem.removeprefix('test_')}::{name.removeprefix('test_')}"] = mark
    return nearest


def rungs() -> dict[str, str]:
    """The rung that each probe declares; empty where it declares none."""
    return {probe: mark.kwargs.get("on", "") for probe, mark in marks().items()}


def rung_of(node_id: str, otherwise: str = "") -> str:
    """The same of the probe that this node id names; ``otherwise`` where there is no such probe."""
    planned = Verdict.planned(node_id)
    return rungs().get(f"{planned.kind.replace('-', '_')}::{planned.probe}", otherwise)
