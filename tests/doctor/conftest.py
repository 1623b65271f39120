"""The doctor, asked in this process about an environment of ours, and nothing of the machine's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import sandbox
from monitor.doctor.__main__ import main
from sandbox.box import Sandbox

_OUT = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle", "ssl_cert_file")


@dataclass(frozen=True)
class Told:
    """How it ended, and what it said, as --json has it."""

    code: int
    document: dict[str, Any]

    def lines(self, section: str, mark: str = "") -> list[str]:
        """What was said in this section, and the cures, of this mark or of all."""
        found = [line for line in self.document["lines"] if line["section"] == section and mark in ("", line["mark"])]
        return [" | ".join([line["what"], *line["cures"]]) for line in found]

    @property
    def bad(self) -> list[str]:
        """The sections in which something is in the way."""
        return list(dict.fromkeys(line["section"] for line in self.document["lines"] if line["mark"] == "BAD"))


class Doctor:
    """Asks the doctor; None unsets a variable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.set, self.capsys, self.folder = monkeypatch, capsys, folder

    def environment(self, variables: Mapping[str, str | None]) -> None:
        for name, value in variables.items():
            if value is None:
                self.set.delenv(name, raising=False)
            else:
                self.set.setenv(name, value)

    def __call__(self, box: Sandbox | None, *arguments: str, **changed: str | None) -> Told:
        given = dict(box.environment) if box else {}
        memory = {"AUTH0_MEMORY": str(self.folder / "memory" / "memory.sqlite"), "AUTH0_DEPENDENCIES": "github"}
        self.environment((given | memory if box else given) | changed)
        reports = () if "--reports" in arguments else ("--reports", str(self.folder / "reports"))
        code = main(["--json", *reports, *arguments])
        return Told(code, json.loads(self.capsys.readouterr().out))


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own set-up reaches a test; of programs, git alone."""
    for name in list(os.environ):
        if name.startswith(("AUTH0_", "GITHUB_", "GH_")) or name.lower() in _OUT:
            monkeypatch.delenv(name)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Doctor:
    return Doctor(monkeypatch, capsys, tmp_path)


@pytest.fixture(scope="session")
def healthy() -> Iterator[Sandbox]:
    with sandbox.start() as running:
        yield running


@pytest.fixture
def healthy_bundle(healthy: Sandbox) -> str:
    """The file of the authority that signed the sandbox's certificate, and of no other."""
    return healthy.environment["REQUESTS_CA_BUNDLE"]
