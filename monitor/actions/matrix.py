"""Which legs a scheduled run has: one a tenant, each with its environment, or one a shard; or none, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from monitor.configuration import mistakes
from monitor.shards import MOST
from monitor.verdict import DEPENDENCIES

MOST_LEGS = 256
"""GitHub's limit for the jobs of a matrix."""

TOGETHER = "auth0"
"""The environment of all tenants together: of shards, of a few in one job, and of a single one without a name."""

ONE, MATRIX = "one", "matrix"
"""What MONITOR_JOBS may be: all in one job, or a job for each tenant or shard. Not set: one for a single tenant."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_TAKEN = {DEPENDENCIES, "drill", "github-pages"}


class Unplannable(ValueError):
    """There can be no run; the message names the variable and the cure."""


@dataclass(frozen=True, slots=True)
class Job:
    """The job of one leg: what it is called, the tenants that it asks, which shard, which environment.

    No tenant is AUTH0_DOMAIN's own, and in a shard all of them: GitHub takes no more than 1 MB for all legs together.
    What the job leaves behind is a Leg (``monitor.merging.legs``).
    """

    name: str
    tenants: str = ""
    shard: str = ""
    environment: str = ""

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


def legs(values: Mapping[str, str]) -> list[Job]:
    """The jobs of the legs that these variables ask for; none in a fork where nothing is configured.

    ``AUTH0_TENANTS``, ``AUTH0_DOMAIN``, ``JOBS`` and ``SHARDS`` are the repository's, ``TENANT`` and ``DRILL`` what
    was typed by hand, ``FORK`` is whether it is one. Where there is a single leg, and no matrix is asked for, the job
    ``monitor`` of the workflow is that leg, and publishes as well; ``LEG`` is what that job calls itself.
    Raises Unplannable.
    """
    if values.get("DRILL", "").strip():
        return [Job("drill")]
    names = _names(values.get("AUTH0_TENANTS", ""))
    if not names and not values.get("AUTH0_DOMAIN", "").strip():
        if values.get("FORK") == "true":
            return []
        cure = "gh variable set AUTH0_TENANTS --body prod (docs/github.md), or gh workflow disable synthetic.yml"
        raise Unplannable(f"no tenant is configured: AUTH0_TENANTS is no variable of this repository; {cure}")
    wanted = values.get("TENANT", "").strip()
    if wanted and wanted not in names:
        known = ", ".join(names) or "none, for AUTH0_TENANTS is not set: leave it empty"
        raise Unplannable(f"no tenant is called {wanted[:60]!r}; AUTH0_TENANTS names {known}")
    shards = _shards(values.get("SHARDS", ""))
    chosen = [wanted] if wanted else names
    in_one = _in_one(values.get("JOBS", ""), shards)
    if shards and not wanted:
        planned = [Job(f"shard-{n}-of-{shards}", "", f"{n}/{shards}", TOGETHER) for n in range(1, shards + 1)]
    elif in_one or not names:
        planned = [Job(TOGETHER, ",".join(chosen), environment=TOGETHER)]
    else:
        planned = _by_tenant(chosen, shards)
    _as_called(planned, values.get("LEG", ""))
    return planned


def _by_tenant(chosen: list[str], shards: int) -> list[Job]:
    if len(chosen) > MOST_LEGS:
        cure = "share them out: gh variable set MONITOR_SHARDS --body 8 (docs/many-tenants.md)"
        raise Unplannable(
            f"AUTH0_TENANTS names {len(chosen)} tenants, and a matrix has at most {MOST_LEGS} legs; {cure}"
        )
    return [Job(name, name, environment=TOGETHER if shards else name) for name in chosen]


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    seen: dict[str, str] = {}
    for name in names:
        if not _NAME.fullmatch(name):
            raise Unplannable(
                f"AUTH0_TENANTS: {mistakes.shown(name, 60)} is no name for a tenant; use letters, digits, - and _"
            )
        if name.lower() in _TAKEN:
            raise Unplannable(f"AUTH0_TENANTS: {name!r} is taken, and no name for a tenant; rename it")
        # GitHub compares environments without regard to case, and variables have - and _ alike.
        alike = name.lower().replace("-", "_")
        if alike in seen:
            raise Unplannable(f"AUTH0_TENANTS: {seen[alike]!r} and {name!r} would share an environment; rename one")
        seen[alike] = name
    return names


def _as_called(planned: list[Job], leg: str) -> None:
    """The workflow names the environment by the variable as it is written: secrets would be another's, or nobody's."""
    if leg and [job.name for job in planned] != [leg]:
        cure = f"gh variable set AUTH0_TENANTS --body {planned[0].name}"
        raise Unplannable(f"AUTH0_TENANTS: {leg[:60]!r} names no environment; write it without spaces: {cure}")


def _in_one(text: str, shards: int) -> bool:
    """Whether all tenants are asked in one job."""
    given = text.strip()
    if given not in ("", ONE, MATRIX):
        raise Unplannable(f"MONITOR_JOBS: {given[:20]!r} is neither {ONE} nor {MATRIX}")
    if given == ONE and shards:
        cure = "delete one of them: gh variable delete MONITOR_SHARDS, or gh variable delete MONITOR_JOBS"
        raise Unplannable(f"MONITOR_JOBS is {ONE}, and MONITOR_SHARDS asks for {shards} jobs; {cure}")
    return given == ONE


def _shards(text: str) -> int:
    given = text.strip()
    if not given:
        return 0
    if not re.fullmatch("[1-9][0-9]{0,3}", given) or int(given) > min(MOST_LEGS, MOST):
        raise Unplannable(f"MONITOR_SHARDS: {given[:20]!r} is no number of shards, from 1 to {min(MOST_LEGS, MOST)}")
    return int(given)
