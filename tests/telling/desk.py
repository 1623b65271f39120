"""A history, a GitHub, and a chat: everything that telling needs, on this machine."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor import history
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.results import write
from monitor.status import Status
from monitor.telling.commands import Telling
from monitor.verdict import Run
from tests import clocks
from tests.forks import python
from tests.reports import runs
from tests.suite import ROOT, environment
from tests.wire.servers import Server

TOKEN = "ghs_canary0123456789canary0123456789"
REPOSITORY = "acme/login-watch"
PATHS = "T0KENcanary9A/B1canary0000/c2canary1111222233334444"
"""What stands for the secret parts of a webhook's address."""

MINUTE = 60.0


@dataclass
class Desk:
    """``values`` are the variables of the environment; ``now`` is when the first run began."""

    folder: Path
    chat: Server
    values: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=lambda: time.time() - 3600)
    count: int = 0
    now: float | None = None
    """At which time is told, where it is neither this one nor that of the newest run."""

    def __post_init__(self) -> None:
        gh = self.folder / "bin" / "gh"
        gh.parent.mkdir()
        gh.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"\n', encoding="utf-8")
        gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
        self.github = {"calls": [], "issues": [], "labels": [], "broken": {}}
        self.values = {
            **environment(),
            "PATH": f"{gh.parent}:/usr/bin:/bin",
            "GH_STATE": str(self.folder / "github.json"),
            "GH_TOKEN": TOKEN,
            "AUTH0_ISSUES": REPOSITORY,
            "AUTH0_NOTIFY": self.address,
            "AUTH0_CONFIRM": "2",
        }

    @property
    def address(self) -> str:
        """The chat's, as Apprise has it."""
        return f"json://127.0.0.1:{self.chat.port}/{PATHS}"

    @property
    def file(self) -> Path:
        return self.folder / "history.sqlite"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def github(self) -> dict[str, Any]:
        """What there is at GitHub."""
        state: dict[str, Any] = json.loads((self.folder / "github.json").read_text(encoding="utf-8"))
        return state

    @github.setter
    def github(self, state: Mapping[str, Any]) -> None:
        (self.folder / "github.json").write_text(json.dumps(state), encoding="utf-8")

    @property
    def issues(self) -> list[dict[str, Any]]:
        issues: list[dict[str, Any]] = self.github["issues"]
        return issues

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What the chat was told."""
        return [json.loads(each.partition("\r\n\r\n")[2]) for each in self.chat.requests]

    @property
    def words(self) -> list[str]:
        """All that people read at GitHub and in the chat, without the marks that only programs see."""
        issues = [[each["title"], each["body"], *(said["body"] for said in each["comments"])] for each in self.issues]
        chat = [each.partition("\r\n\r\n")[2] for each in self.chat.requests]
        return [*(clocks.shown(text) for issue in issues for text in issue), *chat]

    def break_(self, **how: str) -> None:
        self.github = self.github | {"broken": {name.replace("_", " "): said for name, said in how.items()}}

    def run(self, *causes: Cause, mode: str = "live", tenants: tuple[str, ...] = ("prod",), link: str = "") -> Run:
        """One more run, five minutes after the one before, with these causes; recorded, and its reports written."""
        ill = {each.target: each.status for each in causes}
        verdicts = [
            runs.verdict(target=name, status=ill.get(name, Status.UP), reason=ill.get(name, "") and "500")
            for name in dict.fromkeys((*tenants, *ill))
        ]
        because = {each.target: each.id for each in verdicts}
        named = tuple(_with(each, because[each.target]) for each in causes)
        owner, sentence = (named[0].owner, named[0].sentence) if named else (None, "login works")
        status = max((each.status for each in verdicts), key=list(Status).index)
        at = datetime.fromtimestamp(self.began + self.count * 5 * MINUTE, UTC)
        self.count += 1
        made = runs.run(
            *verdicts,
            mode=mode,
            tenants=tenants,
            started=at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            diagnosis=Diagnosis(status, owner, sentence, named),
        )
        history.record(self.file, [made], link=link, mode=mode)
        self.reports.mkdir(exist_ok=True)
        write(self.reports / "results.json", made)
        return made

    def tell(self, **changed: str) -> Telling:
        """Tell of what the history has now, in this process."""
        values = {name: value for name, value in (self.values | changed).items() if value}
        newest = self.began + (self.count - 1) * 5 * MINUTE
        telling = Telling(values, str, now=self.now or max(time.time(), newest))
        telling.tell(history.read(self.file), self.file, self.reports)
        return telling

    def call(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        """The command, as a user calls it."""
        values = {name: value for name, value in (self.values | changed).items() if value}
        return subprocess.run(
            python(
                "-m",
                "monitor.telling",
                *arguments,
                "--history",
                str(self.file),
                "--reports",
                str(self.reports),
            ),
            cwd=ROOT,
            env=values,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )


def cause(owner: Owner = Owner.EXTENSION, target: str = "prod", **said: Any) -> Cause:
    """A cause of a run, of this owner."""
    known = {
        "rule": "connection",
        "owner": owner,
        "confidence": Confidence.LIKELY,
        "status": Status.DOWN,
        "target": target,
        "sentence": f"the connection users of {target} is broken (500 server_error), and others hold: its own database",
        "verdicts": (),
        "against": (),
        "runbook": "docs/runbook.md#connection",
    }
    return Cause(**known | said)


def _with(cause: Cause, verdict: str) -> Cause:
    return Cause(**{name: getattr(cause, name) for name in Cause.__slots__} | {"verdicts": (verdict,)})
