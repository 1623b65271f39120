"""What our probes say that they stand on, read from their marks, for runs that tests make up."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from monitor.verdict import Verdict
from tests.suite import ROOT


@cache
def rungs() -> dict[str, str]:
    """By ``file::probe``, without any ``test_``: the rung that each probe of ours declares; empty where it does not."""
    declared = {}
    for path in sorted((ROOT / "tests_synthetic").glob("test_*.py")):
        module = import_module(f"tests_synthetic.{path.stem}")
        for name, function in vars(module).items():
            if name.startswith("test_"):
                (mark,) = getattr(function, "pytestmark", None) or [module.pytestmark]
                declared[f"{path.stem.removeprefix('test_')}::{name.removeprefix('test_')}"] = mark.kwargs.get("on", "")
    return declared


def rung_of(node_id: str, otherwise: str = "") -> str:
    """The same of the probe that this node id names; ``otherwise`` where there is no such probe."""
    planned = Verdict.planned(node_id)
    return rungs().get(f"{planned.kind.replace('-', '_')}::{planned.probe}", otherwise)
