"""python -m monitor.actions: steps of .github/workflows that are more than a line of shell, and what those cost."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import console, files
from monitor.actions import workflow_commands
from monitor.actions.matrix import Job, Unplannable, legs

if TYPE_CHECKING:
    from monitor.actions.artifacts import GitHub

ROOT = Path(__file__).parents[2]
_A_PAGE, _PAGES = 30, 40
"""How many variables GitHub lists at once, and how often is asked for more of them."""

KEPT_LONG, KEPT_SHORT = 90, 2
"""Days: one history a day is kept long, and the others, of which each holds all that is in those before it, short."""


def main(arguments: Sequence[str]) -> int:
    """Do what these arguments say; the exit status: 0 done, 1 not, and why was said."""
    parser = argparse.ArgumentParser("python -m monitor.actions", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    told = "the legs of a scheduled run, from AUTH0_TENANTS, as the step's outputs: legs, names, tenants, ready"
    commands.add_parser("legs", help=told, description=told).set_defaults(command=_legs)
    told = "AUTH0_ENV_VARIABLE and AUTH0_ENV_SECRET, lines of NAME=value, into .env, with every value masked in logs"
    commands.add_parser("dotenv", help=told, description=told).set_defaults(command=_dotenv)
    told = "bring the newest good history; ends with 1 where what is made of it must not be published"
    added = commands.add_parser("restore", help=told, description=told)
    added.add_argument("--history", type=console.file, default=Path(".monitor/history.sqlite"), metavar="FILE")
    added.add_argument("--cached", type=console.file, default=Path(".monitor/cached/history.sqlite"), metavar="FILE")
    added.set_defaults(command=_restore)
    told = "minutes a month of all scheduled workflows, against a plan's; ends with 1 where they do not fit"
    added = commands.add_parser("cost", help=told, description=told)
    added.add_argument("--plan", choices=("free", "pro", "team", "enterprise"), help="default: free; with Pages team")
    added.add_argument("--offline", action="store_true", help="compute from the environment's variables; do not ask gh")
    added.set_defaults(command=_cost)
    asked = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    return command(asked)


def _legs(_asked: argparse.Namespace) -> int:
    try:
        found = legs(os.environ)
    except Unplannable as error:
        workflow_commands.error("Not configured", str(error))
        workflow_commands.summary(f"### Nothing was probed\n\n{error}\n")
        return 1
    if not found:
        told = "AUTH0_TENANTS is no variable of this fork, so nothing is probed: docs/github.md says how to begin"
        workflow_commands.notice("Not configured", told)
        workflow_commands.summary(f"### Not configured\n\n{told}.\n")
    workflow_commands.outputs(
        {
            "legs": json.dumps([leg.to_dict() for leg in found]),
            "names": ",".join(leg.name for leg in found),
            "tenants": _of_all(found),
            "ready": "true" if found else "false",
        }
    )
    return 0


def _of_all(found: Sequence[Job]) -> str:
    """The tenants that every one of these legs has to know: of shards all, of one leg its own; of others none."""
    if any(leg.shard for leg in found):
        return os.environ.get("AUTH0_TENANTS", "").strip()
    return found[0].tenants if len(found) == 1 else ""


def _dotenv(_asked: argparse.Namespace) -> int:
    from monitor.actions import dotenv

    texts = {name: os.environ.get(f"AUTH0_ENV_{name}", "") for name in ("VARIABLE", "SECRET")}
    found = dotenv.read((f"AUTH0_ENV (the {name.lower()})", text) for name, text in texts.items())
    for value in found.values.values():
        workflow_commands.mask(value)
    try:
        if found.values:
            dotenv.write(Path(".env"), texts.values())
    except OSError as error:
        found.problems.append(f".env cannot be written ({error.strerror}): move away what is there")
    for problem in found.problems:
        workflow_commands.error("AUTH0_ENV", problem)
    console.say(f"AUTH0_ENV: {', '.join(sorted(found.values)) or 'not set'}\n")
    return 1 if found.problems else 0


def _restore(asked: argparse.Namespace) -> int:
    from monitor import history
    from monitor.actions import artifacts

    try:
        restored = artifacts.restore(artifacts.environment(), asked.cached, asked.history)
    except (OSError, history.Unusable) as error:
        workflow_commands.error("The history was not restored", str(error))
        return 1
    for problem in restored.problems:
        workflow_commands.error("The history", problem)
    if asked.history.exists():
        files.refuse_others(asked.history.with_name("restored.sqlite"))
        shutil.copyfile(asked.history, asked.history.with_name("restored.sqlite"))
    known = history.read(asked.history).as_of(time.time())
    last = datetime.fromtimestamp(known.last, UTC) if known.last is not None else None
    console.say(f"history: {restored.source or 'none yet'}; its newest run is of {last or 'never'}\n")
    # The first of a day is kept long.
    new = last is None or last.date() < datetime.now(UTC).date()
    workflow_commands.outputs({"retention-days": str(KEPT_LONG if new else KEPT_SHORT)})
    if not restored.trusted:
        workflow_commands.error(
            "The history", "what this run adds is not published, since it would hide what could not be read"
        )
    return 0 if restored.trusted else 1


def _cost(asked: argparse.Namespace) -> int:
    from monitor.actions import artifacts, cost

    values, known, private = dict(os.environ), {}, None
    try:
        if not asked.offline:
            ask = partial(_answer, artifacts.environment())
            private = ask("").get("private")
            values |= _variables(ask)
            known = cost.gathered(ask, ROOT)
    except (artifacts.GitHubUnavailable, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"computed from this environment's variables, since GitHub was not asked: {error}\n")
    try:
        made = cost.bills(ROOT, values, known)
    except ValueError as error:
        workflow_commands.error("The cost", str(error))
        return 1
    plan, why_free = asked.plan or cost.plan_of(values), cost.free(private, values)
    console.say("".join(f"{line}\n" for line in cost.lines(made, plan, why_free)))
    return int(bool(cost.cures(made, plan, why_free)))


def _variables(ask: Callable[[str], dict[str, Any]]) -> dict[str, str]:
    """All variables that a run sees: the repository's own before those of its organization, which not all may read."""
    from monitor.actions.artifacts import GitHubUnavailable

    found: dict[str, str] = {}
    with contextlib.suppress(GitHubUnavailable):
        found |= _listed(ask, "actions/organization-variables")
    return found | _listed(ask, "actions/variables")


def _listed(ask: Callable[[str], dict[str, Any]], path: str) -> dict[str, str]:
    """The variables under this path: GitHub gives no more than 30 at once."""
    found: dict[str, str] = {}
    for page in range(1, _PAGES + 1):
        more = ask(f"{path}?per_page={_A_PAGE}&page={page}").get("variables") or []
        found |= {str(each["name"]): str(each["value"]) for each in more}
        if len(more) < _A_PAGE:
            break
    return found


def _answer(github: GitHub, path: str) -> dict[str, Any]:
    answer = json.loads(github.asked(path))
    return answer if isinstance(answer, dict) else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
