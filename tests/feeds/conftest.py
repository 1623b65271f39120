"""The command as a test calls it in its own process: starting a Python takes longer than all that it then does."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from monitor.feeds.__main__ import main

Command = Callable[..., CompletedProcess[str]]


def _unset_ours(patch: pytest.MonkeyPatch) -> None:
    """No variable of ours is set, and no proxy."""
    for name in list(os.environ):
        if name.startswith(("AUTH0_", "OTEL_")) or "proxy" in name.lower():
            patch.delenv(name)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is remembered in a folder of the test's own, and no proxy is asked."""
    monkeypatch.chdir(tmp_path)
    _unset_ours(monkeypatch)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """`python -m monitor.feeds` with these arguments, and ``env`` alone of our variables; in a folder of the test's."""

    def run(*arguments: str, env: Mapping[str, str]) -> CompletedProcess[str]:
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            _unset_ours(patch)
            for name, value in env.items():
                patch.setenv(name, value)
            try:
                code: object = main(arguments)
            except SystemExit as ended:
                code = ended.code
            finally:
                logging.disable(logging.NOTSET)
        said = capfd.readouterr()
        return CompletedProcess(arguments, int(str(code)), said.out, said.err)

    return run
