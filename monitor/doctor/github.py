"""GitHub's side of the scheduled run, asked by gh: its environment, secrets' names, Pages, the last run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import WORKFLOW, Workflow
from monitor.variables import PREFIX

SECTION = "GitHub"
PATIENCE = 20
"""Seconds that gh has for an answer."""

PUBLISHES = "MONITOR_PAGES"
"""The variable of the repository that publishes the site to Pages."""

_REMOTE = re.compile(r"github[\w.-]*[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")
_SWITCHES = (f"{PREFIX}DOMAIN", f"{PREFIX}TENANTS")
_FILE = WORKFLOW.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What gh said: a document, or the status and the reason why there is none."""

    document: dict[str, Any]
    status: int = 200
    reason: str = ""

    def names(self, of: str) -> set[str]:
        """The names in this list of the document; values, of which variables have some, are left where they are."""
        listed = self.document.get(of)
        return {str(each.get("name")) for each in listed or () if isinstance(each, dict)}


def repository(root: Path) -> str:
    """``owner/name``: by GITHUB_REPOSITORY, or by the remote origin; empty where neither is known."""
    if named := os.environ.get("GITHUB_REPOSITORY", "").strip():
        return named if re.fullmatch(r"[\w.-]+/[\w.-]+", named) else ""
    git = shutil.which("git")
    if not git:
        return ""
    told = _run([git, "-C", str(root), "remote", "get-url", "origin"])
    match = _REMOTE.search(told.stdout.strip()) if told else None
    return match["name"] if match else ""


def lines(root: Path, values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    """What GitHub knows, and what it lacks; of secrets and variables only the names are read."""
    gh, name = shutil.which("gh"), repository(root)
    if not gh or not name:
        what = "gh is not on PATH" if not gh else "no repository on GitHub is known"
        cure = (
            "install gh and log in: gh auth login" if not gh else "set GITHUB_REPOSITORY=owner/name, or a remote origin"
        )
        yield Line(SECTION, Mark.OFF, f"{what}, so nothing is known of the scheduled run", (cure,))
        return
    paths = {
        "environments": "environments?per_page=100",
        "pages": "pages",
        "runs": f"actions/workflows/{_FILE}/runs?event=schedule&per_page=1",
    }
    for kind in ("secrets", "variables"):
        paths |= {kind: f"actions/{kind}?per_page=100", f"shared {kind}": f"actions/organization-{kind}?per_page=100"}
        paths |= {f"{place}'s {kind}": f"environments/{place}/{kind}?per_page=100" for place in workflow.environments}
    with ThreadPoolExecutor(min(len(paths), 16)) as pool:
        answers = dict(
            zip(paths, pool.map(partial(_asked, gh), (f"repos/{name}/{path}" for path in paths.values())), strict=True)
        )
    if answers["environments"].status != 200:
        cure = f"gh auth login, with an account (or a GH_TOKEN) that may administer {name}"
        yield Line(SECTION, Mark.NOTE, f"gh cannot tell of {name}: {answers['environments'].reason}", (cure,))
        return
    yield from _settings(name, values, workflow, answers)
    yield _pages(name, answers["pages"], _names(answers, "variables", workflow)[""])
    yield _last_run(name, answers["runs"])


def _settings(name: str, values: Mapping[str, str], workflow: Workflow, answers: dict[str, Answer]) -> Iterator[Line]:
    """The environments and the names in them, against what is set here and what the workflow hands on."""
    secrets, variables = (_names(answers, kind, workflow) for kind in ("secrets", "variables"))
    switched = {*_SWITCHES} & variables[""]
    grave = Mark.BAD if switched else Mark.NOTE
    if not switched:
        what = f"the scheduled run is off: neither {' nor '.join(_SWITCHES)} is a variable of {name}"
        yield Line(SECTION, Mark.NOTE, what, (workflow.how(_SWITCHES[0])[-1],))
    for place in workflow.environments:
        if place not in answers["environments"].names("environments"):
            cure = f"gh api --method PUT repos/{name}/environments/{place}"
            yield Line(SECTION, grave, f"{name} has no environment {place}, which {WORKFLOW} names", (cure,))
        else:
            yield Line(SECTION, Mark.OK, f"{name} has the environment {place}")
    for kind, names in (("secrets", secrets), ("variables", variables)):
        ours = sorted(each for each in frozenset().union(*names.values()) if each.startswith(PREFIX))
        yield Line(SECTION, Mark.OK if ours else Mark.NOTE, f"{kind}: {', '.join(ours) or 'none of ours'}")
    for each in sorted(frozenset().union(*variables.values())):
        if each.startswith(PREFIX) and workflow.is_secret(each):
            cures = (f"gh variable delete {each}, then {workflow.how(each)[-1].partition(': ')[2]}, with a new value",)
            yield Line(SECTION, Mark.BAD, f"{each} is a variable there, which any collaborator can read", cures)
    for each in sorted(values):
        place, plain = workflow.place(each)
        own = [secrets[where] | variables[where] for where in ([place] if place else workflow.environments)]
        there = secrets[""] | variables[""] | frozenset.intersection(*own or [frozenset()])  # or in each
        if f"{PREFIX}ENV" in there or (plain in _SWITCHES and not switched):
            continue  # its lines nobody can read
        if plain in (workflow.secrets | workflow.variables) - there:
            kind = "secret" if workflow.is_secret(plain) else "variable"
            yield Line(SECTION, grave, f"{each} is set here, and is no {kind} there", (workflow.how(each)[-1],))


def _names(answers: Mapping[str, Answer], kind: str, workflow: Workflow) -> dict[str, frozenset[str]]:
    """The names of this kind in the repository (under the empty name), and in each environment."""
    shared = answers[kind].names(kind) | answers[f"shared {kind}"].names(kind)
    return {"": frozenset(shared)} | {
        place: frozenset(answers[f"{place}'s {kind}"].names(kind)) for place in workflow.environments
    }


def _pages(name: str, answer: Answer, variables: frozenset[str]) -> Line:
    """Whether the site is published there: two switches, of which one alone publishes nothing, or breaks the run."""
    enable = f"gh api --method POST repos/{name}/pages -f build_type=workflow"
    publish = f"gh variable set {PUBLISHES} --body true"
    if answer.status == 200:
        address = str(answer.document.get("html_url", ""))[:200]
        if PUBLISHES in variables:
            return Line(SECTION, Mark.OK, f"Pages is enabled, and the site is published there: {address}")
        return Line(SECTION, Mark.OFF, f"Pages is enabled ({address}), and nothing is published there", (publish,))
    if PUBLISHES in variables:
        what = f"{PUBLISHES} is set, and Pages is not enabled ({answer.reason}): the job pages fails"
        return Line(SECTION, Mark.NOTE, what, (enable,))
    what = f"Pages is not enabled ({answer.reason}): the artifact site of each run is the site"
    return Line(SECTION, Mark.OFF, what, (f"to publish it there: {enable}, and {publish}",))


def _last_run(name: str, answer: Answer) -> Line:
    runs = answer.document.get("workflow_runs") or []
    if answer.status != 200 or not runs or not isinstance(runs[0], dict):
        why = f" ({answer.reason})" if answer.reason else ""
        cures = (
            f"switch it on: gh workflow enable {_FILE} --repo {name}; in a fork its tab Actions comes before",
            f"and begin one by hand: gh workflow run {_FILE} --repo {name}",
        )
        return Line(SECTION, Mark.NOTE, f"no scheduled run of {_FILE} is known{why}", cures)
    last = runs[0]
    said, began = str(last.get("conclusion") or last.get("status")), str(last.get("created_at", ""))
    told = f"the last scheduled run, of {began[:20]}, ended with {said[:30]}"
    try:
        old = (datetime.now(UTC) - datetime.fromisoformat(began)).days
    except (ValueError, TypeError):
        old = 0
    if old:
        cure = f"gh workflow enable {_FILE} --repo {name}: after 60 days without a commit GitHub stops it"
        return Line(SECTION, Mark.NOTE, f"{told}, {old} days ago", (cure,))
    well = said in ("success", "in_progress", "queued")
    return Line(SECTION, Mark.OK if well else Mark.NOTE, told, () if well else (str(last.get("html_url", ""))[:200],))


def _asked(gh: str, path: str) -> Answer:
    told = _run([gh, "api", path])
    if told is None:
        return Answer({}, 0, f"no answer within {PATIENCE} s")
    if told.returncode:
        status = re.search(r"HTTP (\d{3})", told.stderr)
        return Answer({}, int(status[1]) if status else 0, " ".join(told.stderr.split())[:200] or "gh failed")
    try:
        document = json.loads(told.stdout)
    except ValueError:
        return Answer({}, 0, "gh answered something that is not JSON")
    return Answer(document) if isinstance(document, dict) else Answer({}, 0, "gh answered something else")


def _run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    """Another program, which is given none of our variables; None where it did not end in time, or not begin."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    try:
        return subprocess.run(  # noqa: S603 - git or gh, as found on PATH, with words of our own
            command, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
