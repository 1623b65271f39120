"""GitHub's side of the scheduled run, asked by gh: its environment, secrets' names, Pages, the last run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from monitor.actions.matrix import Unplannable, legs
from monitor.configuration import selection
from monitor.configuration.variables import PREFIX, RUN_VARIABLES
from monitor.doctor import billing
from monitor.doctor.gh import PAGED, Reply, replies, run
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import WORKFLOW, Workflow
from monitor.history.freshness import MOST
from monitor.history.values import DAY
from monitor.text import count

SECTION = "GitHub"
PUBLISHES, JOBS, SHARES = "MONITOR_PAGES", "MONITOR_JOBS", "MONITOR_SHARDS"
"""The variables of the repository that publish the site to Pages, put tenants together, and share them out."""

_REMOTE = re.compile(r"github[\w.-]*[:/](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$")
_SWITCHES = (f"{PREFIX}DOMAIN", f"{PREFIX}TENANTS")
_NEEDED = tuple(f"{PREFIX}{each}" for each in ("DOMAIN", "CLIENT_ID", "USERNAME", "PASSWORD"))
_INSTEAD = {f"{PREFIX}{each}" for each in ("ENV", "FLOWS", "LOGIN")}
"""Where one of these is set, that may be no user's login, or its lines may have what it needs."""

_OF_ALL = {*RUN_VARIABLES, f"{PREFIX}SLO"} - {selection.LIST, f"{PREFIX}ENV"}
"""What jobs without an environment read."""

_FILE = WORKFLOW.rpartition("/")[2]


def repository(root: Path) -> str:
    """``owner/name``: by GITHUB_REPOSITORY, or by the remote origin; empty where neither is known."""
    if named := os.environ.get("GITHUB_REPOSITORY", "").strip():
        return named if re.fullmatch(r"[\w.-]+/[\w.-]+", named) else ""
    git = shutil.which("git")
    if not git:
        return ""
    told = run([git, "-C", str(root), "remote", "get-url", "origin"])
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
        yield Line(SECTION, Mark.OFF, f"{what}, so the scheduled run is unknown", (cure,))
        return
    paths = {
        "repository": "",
        "environments": f"environments?{PAGED}",
        "pages": "pages",
        "runs": f"actions/workflows/{_FILE}/runs?event=schedule&per_page=1",
    }
    for kind in ("secrets", "variables"):
        paths |= {kind: f"actions/{kind}?{PAGED}", f"shared {kind}": f"actions/organization-{kind}?{PAGED}"}
    known = replies(gh, name, paths)
    if known["environments"].status != 200:
        cure = f"gh auth login, with an account (or a GH_TOKEN) that may administer {name}"
        yield Line(SECTION, Mark.NOTE, f"gh cannot read {name}: {known['environments'].reason}", (cure,))
        return
    try:
        workflow = _planned(workflow, known)
    except Unplannable as error:
        yield Line(SECTION, Mark.BAD, str(error))
        return
    places = {
        f"{place}'s {kind}": f"environments/{place}/{kind}?{PAGED}"
        for place in workflow.environments
        for kind in ("secrets", "variables")
    }
    known |= replies(gh, name, places)
    yield from _settings(name, values, workflow, known)
    yield from _issues(name, known["repository"], _names(known, "variables", workflow)[""])
    yield _pages(name, known["pages"], _names(known, "variables", workflow)[""])
    yield _last_run(name, known["runs"])
    private = known["repository"].document.get("private")
    yield from billing.lines(SECTION, root, _there(known), private, partial(_answer, gh, name))


def _answer(gh: str, name: str, path: str) -> dict[str, Any]:
    return replies(gh, name, {"": path})[""].document


def _there(known: Mapping[str, Reply]) -> dict[str, str]:
    """The variables of the repository, and those of its organization that it may read."""
    return known["shared variables"].values("variables") | known["variables"].values("variables")


def _planned(workflow: Workflow, known: Mapping[str, Reply]) -> Workflow:
    """The workflow with the environments that a run would have by the variables there, where it would have any."""
    there = _there(known)
    asked = {name: there.get(name, "") for name in _SWITCHES}
    asked |= {"JOBS": there.get(JOBS, ""), "SHARDS": there.get(SHARES, ""), "FORK": "true"}
    planned = tuple(dict.fromkeys(leg.environment for leg in legs(asked)))
    return replace(workflow, environments=planned) if planned else workflow


def _settings(name: str, values: Mapping[str, str], workflow: Workflow, known: dict[str, Reply]) -> Iterator[Line]:
    """The environments and the names in them, against what is set here and what the workflow hands on."""
    secrets, variables = (_names(known, kind, workflow) for kind in ("secrets", "variables"))
    switched = {*_SWITCHES} & variables[""]
    grave = Mark.BAD if switched else Mark.NOTE
    if not switched:
        what = f"the scheduled run is off: neither {' nor '.join(_SWITCHES)} is a variable of {name}"
        cures = tuple(workflow.how(each)[-1] for each in reversed(_SWITCHES))
        yield Line(SECTION, Mark.NOTE, what, (cures[0], f"or, for one tenant without a name, {cures[1]}"))
    for place in workflow.environments:
        if place not in known["environments"].names("environments"):
            cure = f"gh api --method PUT repos/{name}/environments/{place}"
            yield Line(SECTION, grave, f"{name} has no environment {place}, which {WORKFLOW} names", (cure,))
            continue
        yield Line(SECTION, Mark.OK, f"{name} has the environment {place}")
        there = secrets[""] | variables[""] | secrets[place] | variables[place]
        told = all(known[f"{place}'s {kind}"].status == 200 for kind in ("secrets", "variables"))
        yield from _lacking(place, there, values, workflow, grave) if told else ()
        yield from _unread(place, there - secrets[""] - variables[""], workflow)
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


def _lacking(
    place: str, there: frozenset[str], values: Mapping[str, str], workflow: Workflow, grave: Mark
) -> Iterator[Line]:
    """What a user's login needs that this environment has not; what is set here as well is told with all that is."""
    here = {workflow.place(each) for each in values}
    lost = [each for each in _NEEDED if each not in there and not {("", each), (place, each)} & here]
    if lost and not there & _INSTEAD:
        own = f"{PREFIX}{selection.capitals(place)}_" if len(workflow.environments) > 1 else PREFIX
        cures = tuple(workflow.how(own + each.removeprefix(PREFIX))[-1] for each in lost)
        what = f"the environment {place} has no {', '.join(lost)}, which a login of a user needs"
        yield Line(SECTION, grave, what, cures)


def _unread(place: str, own: frozenset[str], workflow: Workflow) -> Iterator[Line]:
    """What this environment has, and no job that has an environment reads."""
    for each in sorted(_OF_ALL & own):
        what = f"{each} is in the environment {place}, and is read from the repository alone"
        yield Line(SECTION, Mark.NOTE, what, (workflow.how(each)[-1],))


def _issues(name: str, reply: Reply, variables: frozenset[str]) -> Iterator[Line]:
    """Whether an incident can become an issue: in a fork it cannot, until that is switched on."""
    if reply.document.get("has_issues") is False and f"{PREFIX}ISSUES" not in variables:
        what = f"issues are switched off in {name}, as in every fork: no incident becomes one"
        cure = f"gh repo edit {name} --enable-issues, or gh variable set {PREFIX}ISSUES --body none"
        yield Line(SECTION, Mark.NOTE, what, (cure,))


def _names(known: Mapping[str, Reply], kind: str, workflow: Workflow) -> dict[str, frozenset[str]]:
    """The names of this kind in the repository (under the empty name), and in each environment."""
    shared = known[kind].names(kind) | known[f"shared {kind}"].names(kind)
    return {"": frozenset(shared)} | {
        place: frozenset(known[f"{place}'s {kind}"].names(kind)) for place in workflow.environments
    }


def _pages(name: str, reply: Reply, variables: frozenset[str]) -> Line:
    """Whether the site is published there: two switches, of which one alone publishes nothing, or breaks the run."""
    enable = f"gh api --method POST repos/{name}/pages -f build_type=workflow"
    publish = f"gh variable set {PUBLISHES} --body true"
    if reply.status == 200:
        address = str(reply.document.get("html_url", ""))[:200]
        if PUBLISHES in variables:
            return Line(SECTION, Mark.OK, f"Pages is enabled, and the site is published there: {address}")
        return Line(SECTION, Mark.OFF, f"Pages is enabled ({address}), and nothing is published there", (publish,))
    if PUBLISHES in variables:
        what = f"{PUBLISHES} is set, and Pages is not enabled ({reply.reason}): the job pages fails"
        return Line(SECTION, Mark.NOTE, what, (enable,))
    what = f"Pages is not enabled ({reply.reason}): the artifact site of each run is the site"
    return Line(SECTION, Mark.OFF, what, (f"to publish it there: {enable}, and {publish}",))


def _last_run(name: str, reply: Reply) -> Line:
    runs = reply.document.get("workflow_runs") or []
    if reply.status != 200 or not runs or not isinstance(runs[0], dict):
        why = f" ({reply.reason})" if reply.reason else ""
        cures = (
            f"switch it on: gh workflow enable {_FILE} --repo {name}; in a fork its tab Actions comes before",
            f"and begin one by hand: gh workflow run {_FILE} --repo {name}",
        )
        return Line(SECTION, Mark.NOTE, f"no scheduled run of {_FILE} is known{why}", cures)
    last = runs[0]
    said, began = str(last.get("conclusion") or last.get("status")), str(last.get("created_at", ""))
    told = f"the last scheduled run, of {began[:20]}, ended with {said[:30]}"
    try:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds()
    except (ValueError, TypeError):
        seconds = 0.0
    if seconds >= MOST:
        cure = f"gh workflow enable {_FILE} --repo {name}: after 60 days without a commit GitHub stops it"
        return Line(SECTION, Mark.NOTE, f"{told}, {count(int(seconds // DAY), 'day')} ago", (cure,))
    well = said in ("success", "in_progress", "queued")
    return Line(SECTION, Mark.OK if well else Mark.NOTE, told, () if well else (str(last.get("html_url", ""))[:200],))
