"""Garbage is not looked for while tests are collected, and is again from then on, whoever called pytest."""

import subprocess
import sys

from tests.suite import ROOT

LOOK = """
import gc, sys
import pytest
class Look:
    def pytest_collection_modifyitems(self): print("collecting", gc.isenabled())
    def pytest_sessionfinish(self): print("collected", gc.isenabled(), gc.get_freeze_count() > 0)
{before}
pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "tests_synthetic", *sys.argv[1:]], plugins=[Look()])
print("after", gc.isenabled())
"""


def said(*asked: str, before: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(before=before), *asked],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    first = ("collecting", "collected", "after")
    return [line for line in done.stdout.splitlines() if line.startswith(first)]


def test_nobody_looks_for_garbage_until_all_is_collected_and_then_among_what_comes() -> None:
    assert said() == ["collecting False", "collected True True", "after True"]


def test_who_is_called_wrongly_leaves_it_as_it_was() -> None:
    assert said("--shard=none") == ["after True"]


def test_who_had_turned_it_off_has_it_off() -> None:
    assert said(before="gc.disable()") == ["collecting False", "collected False False", "after False"]
