"""A rehearsal of a workflow: the real file, its jobs in order, each in a clean folder, its steps as Actions runs them.

What is a command is run by bash. What is an action of GitHub's is done by a stand-in (``hosted``), ``gh`` is a program
that writes down how it was called, what is installed is a folder for each lock file, and Sphinx makes one page.
The environment is what a hosted machine gives, and nothing of ours: nor are plugins that our own tests need.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.forks import python
from tests.suite import UNUSED
from tests.workflows.expressions import evaluated, filled, text
from tests.workflows.hosted import BRANCH, REPOSITORY, ROOT, Hosted, Refused

WORKFLOWS = ROOT / ".github/workflows"


def read(name: str) -> dict[str, Any]:
    """A workflow; ``on`` is a word, which YAML takes for a truth value."""
    document = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    document["on"] = document.pop(True)
    found: dict[str, Any] = document
    return found


@dataclass
class Job:
    """What came of a job: its end, the ends of its steps by their names, what it printed, what it wrote on the page."""

    result: str = "success"
    steps: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    workspace: Path = Path()

    @property
    def masked(self) -> set[str]:
        return set(re.findall(r"^::add-mask::(.*)$", self.log, re.MULTILINE))

    @property
    def errors(self) -> list[str]:
        return re.findall(r"^::error (.*)$", self.log, re.MULTILINE)


@dataclass
class Repository:
    """A repository with its variables, its secrets and its environments, and what its runs have left."""

    folder: Path
    machine: Mapping[str, str]
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    environments: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    fork: bool = False
    lost: set[str] = field(default_factory=set)
    """Jobs whose machine goes away before its first step."""
    runs: int = 0
    attempt: int = 1

    def __post_init__(self) -> None:
        self.hosted = Hosted(self.folder / "hosted")
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.pip = self.folder / "pip.log"
        self.issues = self.folder / "issues.json"
        self.issues.write_text('{"issues": [], "labels": [], "calls": [], "broken": {}}', encoding="utf-8")
        install = f'echo "$@" >> {self.pip}; shift 2; for lock; do mkdir -p {self.hosted.packages}/"$lock"; done; exit'
        pip = f'if [ "$1 $2" = "-m monitor.installation" ]; then {install}; fi\n'
        page = 'for at; do :; done; mkdir -p "$at"; echo site > "$at/index.html"'
        sphinx = f'if [ "$1 $2" = "-m sphinx" ]; then {page}; exit; fi\n'
        self._program("python", f'{pip}{sphinx}exec {shlex.join(python())} "$@"')
        self._program("python3", f'exec {sys.executable} -S "$@"')  # what a machine has: no package of ours
        self._program("gh", f'exec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"')

    def _program(self, name: str, body: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def run(self, workflow: str, event: str = "schedule", **inputs: Any) -> Run:
        """A run of this workflow, by this event."""
        self.runs += 1
        return Run(self, read(workflow), self.runs, event, inputs).perform()

    def again(self, run: Run) -> Run:
        """All jobs of this run once more, as another attempt, with new machines."""
        self.attempt += 1
        shutil.rmtree(self.folder / f"run-{run.number}")
        return Run(self, run.workflow, run.number, run.event, {}).perform()


@dataclass
class Run:
    """One run of a workflow."""

    repository: Repository
    workflow: dict[str, Any]
    number: int
    event: str
    inputs: dict[str, Any]
    jobs: dict[str, Job] = field(default_factory=dict)

    def perform(self) -> Run:
        declared = self.workflow["on"].get(self.event) or {}
        if isinstance(declared, dict) and "inputs" in declared:
            assert set(self.inputs) <= set(declared["inputs"])
            self.inputs = {name: each["default"] for name, each in declared["inputs"].items()} | self.inputs
        for name, job in self.workflow["jobs"].items():
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            contexts = self._contexts({}) | {"needs": {each: vars(self.jobs[each]) for each in needs}}
            well = all(self.jobs[each].result == "success" for each in needs)
            if not wanted(str(job.get("if", "success()")), contexts, well=well):
                self.jobs[name] = Job("skipped")
                continue
            legs = filled(job.get("strategy", {}).get("matrix", {}), contexts)
            rows = [{key: value} for key, values in legs.items() for value in values] or [{}]
            called = [f"{name} {row['leg']['name']}" if row else name for row in rows]
            done = [self._job(each, job, contexts | {"matrix": row}) for each, row in zip(called, rows, strict=True)]
            self.jobs |= dict(zip(called, done, strict=True))
            result = "success" if all(each.result == "success" for each in done) else "failure"
            self.jobs.setdefault(name, Job(result, outputs=done[0].outputs))
        return self

    @property
    def result(self) -> str:
        return "failure" if any(job.result == "failure" for job in self.jobs.values()) else "success"

    @property
    def performed(self) -> set[str]:
        """The jobs that had a step to do, a matrix once."""
        return {name.partition(" ")[0] for name, job in self.jobs.items() if job.steps}

    @property
    def log(self) -> str:
        return "\n".join(job.log for job in self.jobs.values())

    def artifact(self, name: str) -> Path:
        return self.repository.hosted.artifact(self.number, name)

    def _contexts(self, place: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        repository = self.repository
        github = {
            "event_name": self.event,
            "event": {"repository": {"fork": repository.fork}},
            "repository": REPOSITORY,
            "ref": f"refs/heads/{BRANCH}",
            "sha": "0000",
            "run_id": self.number,
            "run_attempt": repository.attempt,
            "token": "the-token-of-this-run",
        }
        return {
            "github": github,
            "inputs": self.inputs,
            "vars": repository.variables | dict(place.get("variables", {})),
            "secrets": repository.secrets | dict(place.get("secrets", {})),
            "runner": {"os": "Linux", "arch": "X64"},
            "job": {"workflow_repository": "acme/suite", "workflow_sha": "5ee0"},
            "needs": {},
            "matrix": {},
        }

    def _job(self, name: str, job: dict[str, Any], contexts: dict[str, Any]) -> Job:
        if name in self.repository.lost:
            return Job("failure")
        place = job.get("environment", {})
        called = filled(place.get("name", ""), contexts) if isinstance(place, dict) else filled(place, contexts)
        own = self._contexts(self.repository.environments.get(called, {}))
        contexts = contexts | {name: own[name] for name in ("vars", "secrets")} | {"steps": {}}
        contexts["env"] = {each: text(value) for each, value in filled(job.get("env", {}), contexts).items()}
        done = Job(workspace=self.repository.folder / f"run-{self.number}" / name)
        done.workspace.mkdir(parents=True)
        for number, step in enumerate(job["steps"]):
            self._step(step, contexts, done, number)
        done.outputs = {name: text(filled(value, contexts)) for name, value in job.get("outputs", {}).items()}
        return done

    def _step(self, step: dict[str, Any], contexts: dict[str, Any], job: Job, number: int) -> None:
        name = step["name"]
        contexts = contexts | {"job": contexts["job"] | {"status": job.result}}
        outputs: dict[str, str] = {}
        if not wanted(str(step.get("if", "success()")), contexts, well=job.result == "success"):
            outcome = "skipped"
        elif "uses" in step:
            try:
                given = filled(step.get("with", {}), contexts, {"hashfiles": _hash_of(job.workspace)})
                action = step["uses"].partition("@")[0]
                if action == "actions/setup-python":
                    contexts["env"]["pythonLocation"] = str(self.repository.hosted.interpreter)
                outputs = self.repository.hosted.do(action, given, job.workspace, self.number)
                outcome = "success"
            except Refused as refused:
                outcome, job.log = "failure", f"{job.log}::error title={name}::{refused}\n"
        else:
            outcome, outputs = self._command(step, contexts, job, number)
        job.steps[name] = outcome
        if "id" in step:
            contexts["steps"][step["id"]] = {"outcome": outcome, "outputs": outputs}
        if outcome == "failure" and not step.get("continue-on-error"):
            job.result = "failure"

    def _command(
        self, step: dict[str, Any], contexts: dict[str, Any], job: Job, number: int
    ) -> tuple[str, dict[str, str]]:
        temporary = self.repository.folder / f"run-{self.number}" / f"{job.workspace.name}-files"
        temporary.mkdir(exist_ok=True)
        said, page, script = (temporary / f"{number}.{each}" for each in ("output", "summary", "sh"))
        for file in (said, page):
            file.touch()
        script.write_text(step["run"], encoding="utf-8")
        env = {name: text(value) for name, value in filled(step.get("env", {}), contexts).items()}
        ran = subprocess.run(
            ["bash", "-e", str(script)],  # noqa: S607 - as Actions does
            cwd=job.workspace,
            env=self._environment() | contexts["env"] | env | {
                "GITHUB_OUTPUT": str(said),
                "GITHUB_STEP_SUMMARY": str(page),
                "GITHUB_ENV": str(temporary / "env"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )  # fmt: skip
        job.log += ran.stdout
        job.summary += page.read_text(encoding="utf-8")
        outputs = dict(line.split("=", 1) for line in said.read_text(encoding="utf-8").splitlines())
        return ("success" if ran.returncode == 0 else "failure"), outputs

    def _environment(self) -> dict[str, str]:
        repository = self.repository
        home = repository.folder / "home"
        home.mkdir(exist_ok=True)
        return {
            "PATH": f"{repository.bin}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_REF_NAME": BRANCH,
            "GITHUB_RUN_ID": str(self.number),
            "GITHUB_EVENT_NAME": self.event,
            "GH_STORE": str(repository.hosted.store),
            "GH_STATE": str(repository.issues),
            "PYTEST_ADDOPTS": " ".join(f"-p no:{name}" for name in UNUSED),
            **repository.machine,
        }


def _hash_of(workspace: Path) -> Callable[[str], str]:
    """The function ``hashFiles`` of a job."""

    def hashed(pattern: str) -> str:
        files = sorted(workspace.glob(pattern))
        return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest() if files else ""

    return hashed


def wanted(condition: str, contexts: Mapping[str, Any], *, well: bool) -> bool:
    """Whether a job or a step runs: without a word on how it went before, only where all was well."""
    plain = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition.strip(), flags=re.DOTALL)
    ends = {"success": lambda: well, "failure": lambda: not well, "always": lambda: True, "cancelled": lambda: False}
    if not re.search(r"\b(success|failure|always|cancelled)\(", plain):
        plain = f"success() && ({plain})"
    return bool(evaluated(plain, contexts, ends))


def available() -> bool:
    return bool(shutil.which("bash") and shutil.which("git"))
