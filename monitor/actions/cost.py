"""What the scheduled workflows cost: minutes a month, from their cron lines, jobs and rounds, and from their last runs.

GitHub bills a private repository by the minute, and rounds the time of each job up.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from monitor.actions import cron
from monitor.actions.matrix import MATRIX, MOST_LEGS, Job, Unplannable, legs
from monitor.text import count, duration

FOLDER = Path(".github/workflows")
SUITE, OVERDUE = "synthetic.yml", "overdue.yml"
"""The workflow that asks the tenants, of which whatever calls it costs the same; and the one that watches it."""

PLANS = {"free": 2_000, "pro": 3_000, "team": 3_000, "enterprise": 50_000}
"""Minutes a month that GitHub's plans include for private repositories, on its ordinary Linux machines."""

SET_UP, ROUND, PUBLISH = 30, 15, 40
"""Seconds, where no run has been measured: to check out and install; for a round; to record, tell and upload."""

LOOKED_AT = 5
"""Runs of each workflow whose jobs are measured."""

_A_PAGE = 100
"""Jobs that GitHub lists at once."""

LATE = 1.5
"""So many times the pause that the cron line asks for, and GitHub is said to begin runs late, or to drop some."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What one cron line of one workflow costs. ``runs`` a month, ``minutes`` that a run is billed.

    ``shape`` is how its jobs are cut; ``pause`` is the longest time in minutes that no round begins, on time.
    ``measured`` is how many runs the minutes were measured by: 0 where they are reckoned. ``observed`` is the pause
    in minutes between the last of them, at the median.
    """

    file: str
    line: str
    runs: int
    minutes: float
    shape: str
    pause: float | None
    measured: int = 0
    observed: float | None = None

    @property
    def total(self) -> int:
        """Minutes a month."""
        return math.ceil(self.runs * self.minutes)

    @property
    def late(self) -> bool:
        """Whether GitHub begins these runs a good deal more rarely than the cron line asks for."""
        return bool(self.pause and self.observed and self.observed > LATE * self.pause)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run that has ended: when it began, in seconds since the epoch, and the seconds of each job that ran."""

    began: float
    jobs: tuple[float, ...]

    @property
    def minutes(self) -> int:
        """As GitHub bills them."""
        return sum(max(1, math.ceil(seconds / 60)) for seconds in self.jobs)


def bills(root: Path, values: Mapping[str, str], runs: Mapping[str, list[Measured]] | None = None) -> list[Bill]:
    """What every cron line of this clone's workflows costs, by these variables of the repository.

    ``runs`` are the last ones of a workflow, by the name of its file. Raises Unplannable, and ValueError where a
    workflow cannot be read.
    """
    made = []
    for file, workflow in _scheduled(root):
        for line in workflow.lines:
            begun = cron.starts(line)
            shape, jobs, rest = _jobs(workflow, line, values)
            known = (runs or {}).get(file, [])
            minutes = statistics.mean(run.minutes for run in known) if known else float(sum(map(_billed, jobs)))
            pause = cron.longest_pause(begun)
            first = Bill(file, line, len(begun), minutes, shape, pause - rest if pause is not None else None)
            made.append(replace(first, measured=len(known), observed=_observed(known)))
    return made


def free(private: object, values: Mapping[str, str]) -> str:
    """Why these runs cost nothing; empty where they do, or where that is not known."""
    machine = values.get("MONITOR_RUNNER", "").strip()
    if machine and not machine.startswith(("ubuntu-", "windows-", "macos-")):
        return "a machine of one's own"
    return "a public repository" if private is False else ""


def plan_of(values: Mapping[str, str]) -> str:
    """The smallest plan that there can be: Pages of a private repository come with a paid one."""
    return "team" if values.get("MONITOR_PAGES", "").strip() == "true" else "free"


def lines(made: Iterable[Bill], plan: str, why_free: str) -> Iterator[str]:
    """The bills for people, and what they come to in this plan."""
    made = list(made)
    yield f"{'workflow':<18}{'cron':<20}{'runs':>6}{'min a run':>11}{'min a month':>13}  how"
    for bill in made:
        how = f"{bill.shape}; {_how(bill)}"
        yield f"{bill.file:<18}{bill.line:<20}{bill.runs:>6,}{bill.minutes:>11.3g}{bill.total:>13,}  {how}"
    yield f"together{total(made):>60,}  in a month of {cron.DAYS} days"
    yield ""
    yield sentence(made, plan, why_free)
    yield from cures(made, plan, why_free)
    yield from (told for bill in made if (told := seen(bill)))


def sentence(made: Iterable[Bill], plan: str, why_free: str) -> str:
    """Whether it fits the plan."""
    used, included = total(made), PLANS[plan]
    share = f"{used:,} of the {included:,} minutes a month of GitHub's {plan} plan ({used / included:.0%})"
    if why_free:
        return f"{why_free} costs no minutes; else these schedules would use {share}"
    return f"the schedules use {share}" + ("" if used <= included else ", and that does not fit")


def cures(made: Iterable[Bill], plan: str, why_free: str) -> tuple[str, ...]:
    """What to do where it does not fit; nothing where it does."""
    made = list(made)
    if why_free or total(made) <= PLANS[plan]:
        return ()
    told = ["a rarer cron line, or fewer rounds: gh variable set MONITOR_ROUNDS --body 1 (docs/github.md)"]
    if any(bill.shape.startswith("matrix") for bill in made):
        told.insert(0, "all tenants in one job: gh variable set MONITOR_JOBS --body one (docs/github.md)")
    return (*told, "or a machine of your own: gh variable set MONITOR_RUNNER --body self-hosted")


def seen(bill: Bill) -> str:
    """What of an outage is seen at this cadence; nothing of a workflow that asks no tenant."""
    if bill.file == OVERDUE or bill.pause is None:
        return ""
    told = f"an outage of {duration(bill.pause * 60)} cannot be missed, if GitHub begins every run on time"
    if bill.late and bill.observed:
        apart = duration(bill.observed * 60)
        told += f"; it began the last {bill.measured} {apart} apart: an outside clock is punctual (docs/github.md)"
    return told


def total(made: Iterable[Bill]) -> int:
    """Minutes a month of all of them."""
    return sum(bill.total for bill in made)


def gathered(ask: Callable[[str], Mapping[str, Any]], root: Path) -> dict[str, list[Measured]]:
    """The last scheduled runs of each workflow that has a schedule. ``ask`` is GitHub's API below a repository."""
    known = {}
    for file, _ in _scheduled(root):
        listed = ask(f"actions/workflows/{file}/runs?event=schedule&status=completed&per_page={LOOKED_AT}")
        runs = [run for run in listed.get("workflow_runs") or [] if isinstance(run, dict) and "id" in run]
        jobs = ((run, list(_jobs_of(ask, run["id"]))) for run in runs)
        ended = (measured(each, str(run.get("created_at"))) for run, each in jobs)
        known[file] = [run for run in ended if run]
    return known


def _jobs_of(ask: Callable[[str], Mapping[str, Any]], run: object) -> Iterator[Mapping[str, Any]]:
    """All jobs of a run: a matrix may have more than GitHub lists at once."""
    for page in range(1, MOST_LEGS // _A_PAGE + 2):
        listed = ask(f"actions/runs/{run}/jobs?per_page={_A_PAGE}&page={page}").get("jobs") or []
        yield from listed
        if len(listed) < _A_PAGE:
            return


def measured(jobs: Iterable[Mapping[str, Any]], began: str) -> Measured | None:
    """A run, as GitHub's API lists its jobs; None where none of them has ended as documented."""
    seconds = []
    for job in jobs:
        try:
            first, last = (datetime.fromisoformat(str(job[name])) for name in ("started_at", "completed_at"))
            if job.get("conclusion") != "skipped":
                seconds.append((last - first).total_seconds())
        except (KeyError, ValueError, TypeError):
            continue
    try:
        at = datetime.fromisoformat(began).timestamp()
    except ValueError:
        return None
    return Measured(at, tuple(seconds)) if seconds else None


@dataclass(frozen=True, slots=True)
class _Workflow:
    """A workflow with a schedule: its cron lines, its jobs' names, and what a call of the suite hands on."""

    lines: tuple[str, ...]
    jobs: int
    suite: Mapping[str, Any] | None


def _scheduled(root: Path) -> Iterator[tuple[str, _Workflow]]:
    import yaml  # only here: `legs` runs on a machine that has no package of ours

    for path in sorted((root / FOLDER).glob("*.y*ml")):
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            events = document.get("on", document.get(True))  # YAML takes the word for a truth value
            schedule = events.get("schedule") if isinstance(events, dict) else None
            if schedule:
                found = tuple(str(each["cron"]) for each in schedule)
                yield path.name, _Workflow(found, len(document["jobs"]), _suite(path.name, document["jobs"]))
        except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{FOLDER / path.name} is no workflow that can be read ({type(error).__name__})") from None


def _suite(file: str, jobs: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if file == SUITE:
        return {}
    for job in jobs.values():
        if f"/{SUITE}" in str(job.get("uses", "")):
            given: Mapping[str, Any] = job.get("with") or {}
            return given
    return None


def _jobs(workflow: _Workflow, line: str, values: Mapping[str, str]) -> tuple[str, list[float], float]:
    """How a run is cut into jobs, the seconds that each takes by reckoning, and the minutes that its rounds take."""
    if workflow.suite is None:
        return count(workflow.jobs, "job"), [float(SET_UP)] * workflow.jobs, 0.0
    often = line.endswith("/5 * * * *")
    rounds = _number(workflow.suite.get("rounds") or values.get("MONITOR_ROUNDS"), 5 if often else 1)
    planned = _planned(workflow.suite, values)
    one = len(planned) == 1 and values.get("MONITOR_JOBS", "").strip() != MATRIX and not planned[0].shard
    every = _number(values.get("MONITOR_EVERY"), 50 if often and one else 60)
    asking = SET_UP + (rounds - 1) * every + ROUND
    jobs = [asking + PUBLISH] if one else [SET_UP / 2, *[asking] * len(planned), SET_UP + PUBLISH]
    jobs += [SET_UP] if values.get("MONITOR_PAGES", "").strip() == "true" else []
    shape = "one job" if one else f"matrix of {len(planned)}"
    return f"{shape}, {count(int(rounds), 'round')}", [float(each) for each in jobs], (rounds - 1) * every / 60


def _planned(given: Mapping[str, Any], values: Mapping[str, str]) -> list[Job]:
    """The legs of a scheduled run; where nothing is configured yet, that of the single tenant that there will be."""
    asked = {
        "AUTH0_TENANTS": str(given.get("tenants") or values.get("AUTH0_TENANTS", "")),
        "AUTH0_DOMAIN": values.get("AUTH0_DOMAIN", ""),
        "JOBS": values.get("MONITOR_JOBS", ""),
        "SHARDS": values.get("MONITOR_SHARDS", ""),
    }
    if not asked["AUTH0_TENANTS"].strip(" ,") and not asked["AUTH0_DOMAIN"].strip():
        asked["AUTH0_TENANTS"] = "prod"
    return legs(asked)


def _number(given: object, otherwise: float) -> float:
    text = str(given or "").strip()
    if not text:
        return otherwise
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 10_000:
        raise Unplannable(f"MONITOR_ROUNDS or MONITOR_EVERY: {text[:20]!r} is no number from 1 on")
    return number


def _billed(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))


def _observed(known: list[Measured]) -> float | None:
    began = sorted(run.began for run in known)
    pauses = [after - before for before, after in pairwise(began)]
    return statistics.median(pauses) / 60 if pauses else None


def _how(bill: Bill) -> str:
    return f"measured, {count(bill.measured, 'run')}" if bill.measured else "computed"
