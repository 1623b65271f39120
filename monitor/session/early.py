"""What pytest loads before it looks for a conftest.py, where it is called as python -m pytest in this clone.

It is found by synthetic_monitoring.egg-info, as any plugin is that is installed. By then pytest has decided where its
root is, and has taken a folder after ``--reports`` for one of tests: nothing else of ours would be loaded. What it has
not decided is which conftest.py to load first: an option that it did not know yet would leave its value for a file of
tests, and it would load that of the project's own tests, which need what a run has not.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from monitor.session import options

_OPTION = "--reports"
_LEFT: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    if _OPTION in args and misled(early_config.rootpath):
        raise pytest.UsageError(advice(early_config.rootpath))
    if (
        gc.isenabled()
    ):  # what is loaded and collected is used to the end: to look for garbage in it takes a twelfth of that
        gc.disable()
        early_config.add_cleanup(gc.enable)
        early_config.stash[_LEFT] = True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """From its end on garbage is looked for again, among what comes."""
    try:
        return (yield)
    finally:
        if session.config.stash.get(_LEFT, False):
            gc.freeze()
            gc.enable()


def misled(root: Path) -> bool:
    """Whether pytest's root is another folder than the clone: it would read no .env there, and no pytest.ini."""
    return not (root / "tests_synthetic").is_dir()


def advice(root: Path) -> str:
    """How to write what has misled it."""
    return (
        f"pytest takes {root} for the root of the tests, since it takes a folder after {_OPTION} for one of tests: "
        f"write {_OPTION}=DIR, with the ="
    )
