"""Running the suite as its user would: another process, an environment, a folder for the reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.configuration.variables import PREFIX
from monitor.reports import REPORTS
from sandbox.box import Sandbox
from tests.declared import marks
from tests.forks import python

ROOT = Path(__file__).parent.parent

NAMES = tuple(report.name for report in REPORTS)
FILES = tuple(name for name in NAMES if name != "evidence")
"""What is written into the folder of the reports; and without evidence/, which is there only where something is ill."""

ROWS = {
    "tenant": 1,
    "login": 7,
    "api": 5,
    "account": 2,
    "refreshing": 1,
    "rotating": 1,
    "revoking": 1,
    "leaving": 1,
    "device": 1,
    "stranger": 2,
    "redirect": 2,
    "provider-metadata": 1,
    "provider-secret": 1,
    "saml-application": 1,
    "canonical": 1,
    "management": 1,
    "machine": 1,
    "impostor": 1,
    "node": 2,
    "metric": 18,
}
"""Of how many of each a probe is asked in the sandbox's tenant."""

SERVICES = 8
"""How many services it leans on."""

PROBES = sum(ROWS[mark.args[0]] for mark in marks().values() if mark.args[0] in ROWS)
"""How many probes there are of it, each row counted."""

RESULTS_ALONE = ("-p", "tests.results_alone")
"""Arguments of a run of which results.json is judged, and no other report is written."""

NEVER_READ = ("service_reports_no_incident", "mandrill")
"""The probe of a service of which no page is known that a program can read: always skipped."""


@dataclass(frozen=True)
class Performance:
    """How a run of the suite went: its exit status, what it printed, and the folder of its reports."""

    code: int
    output: str
    reports: Path

    @property
    def document(self) -> dict[str, Any]:
        """results.json."""
        document: dict[str, Any] = json.loads((self.reports / "results.json").read_text(encoding="utf-8"))
        return document

    @property
    def run(self) -> dict[str, Any]:
        run: dict[str, Any] = self.document["run"]
        return run

    @property
    def verdicts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """By probe, and by target without the tenant's name."""
        return {(each["probe"], each["target"].partition(":")[2]): each for each in self.document["verdicts"]}

    def seen(self, verdict: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The attempts that this verdict of it rests on."""
        attempts: list[dict[str, Any]] = self.document["attempts"]
        return [attempts[place] for place in verdict["attempts"]]

    @property
    def statuses(self) -> set[str]:
        """The statuses that there are, but that of a page which can never be read."""
        return {verdict["status"] for key, verdict in self.verdicts.items() if key != NEVER_READ}

    @property
    def written(self) -> dict[str, str]:
        """Every file that was written, and what was printed."""
        files = {
            str(path): path.read_text(encoding="utf-8", errors="replace")
            for path in self.reports.rglob("*")
            if path.is_file()
        }
        return files | {"the terminal": self.output}


NOWHERE = "http://127.0.0.1:9"
"""Where nobody answers: a status page there is not read."""

PAGES = {f"{PREFIX}{name}": NOWHERE for name in ("STATUS_URL", "STATUS_PAGE", "UPTIME_URL", "UPTIME_PAGE")}


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without any tenant, and with these variables; no page on the internet is read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, "PYTEST_"))}
    live = {f"{PREFIX}{name}" for name in ("DOMAIN", "TENANTS", "CLIENT_ID")} & set(variables)
    return kept | (PAGES | {f"{PREFIX}DEPENDENCIES": "none"} if live else {}) | variables


UNUSED = ("hypothesispytest", "anyio")
"""Plugins of pytest that come with what our own tests need, and take their time to load: no user has them."""


def command(*arguments: str) -> list[str]:
    """The command of a run, in an interpreter of its own: for tests that look at its processes."""
    unused = [part for name in ("cacheprovider", *UNUSED) for part in ("-p", f"no:{name}")]
    return [sys.executable, "-m", "pytest", *unused, *arguments]


def perform(
    reports: Path,
    variables: Mapping[str, str],
    *arguments: str,
    timeout: float = 240,
    root: Path = ROOT,
    within: Sequence[str] = (),
) -> Performance:
    """Run the suite with these variables and arguments, by the command ``within`` if there is one, to its end."""
    names = ("-p", "tests.names") if (root / "tests/names.py").is_file() else ()
    ran = subprocess.run(
        [*within, *python(*command(f"--reports={reports}", *names, *arguments)[1:])],
        cwd=root,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
    return Performance(ran.returncode, ran.stdout, reports)


def copied(folder: Path) -> Path:
    """A copy of the suite, with its tests and its docs, to be changed: what ``root`` may be."""
    left_out = shutil.ignore_patterns(".*", "reports", "site", "*.sqlite*")
    (folder / "reports").mkdir(parents=True)
    for source in ROOT.iterdir():
        if source.name not in left_out(str(ROOT), [source.name]):
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("node_modules"))
            else:
                shutil.copy2(source, folder / source.name)
    return folder


def configured(running: Sandbox, tmp_path: Path, **variables: str) -> dict[str, str]:
    """The environment of a user who points the suite at this sandbox."""
    memory = {"AUTH0_MEMORY": str(tmp_path / "memory.sqlite"), "AUTH0_REFUSALS_EVERY": "0"}
    return {**running.environment, **memory, f"{PREFIX}DEPENDENCIES": "default", **variables}
