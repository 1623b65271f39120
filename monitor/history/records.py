"""From a Run to what is kept of it: its id, its verdicts without their evidence, and what it saw of each target."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from monitor.history.values import DAY, Unusable
from monitor.owners import Cause, Confidence, Owner
from monitor.reports.wording import one_line
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES, UNREAD, Run, Verdict

ID_BYTES = 8
"""Of a run's id, which is written in twice as many digits."""

TEXT_BOUND = 500
"""Characters of a reason or a sentence."""

_WELL = (Status.UP, Status.DEGRADED)
_RANK = {str(status): rank for status, rank in SEVERITY.items()}
_STATUS = {rank: str(status) for status, rank in SEVERITY.items()}

Seen = dict[str, tuple[str, float | None]]
"""By target, and by a verdict's id: the status, and the seconds of the right answer, where there was one."""


@dataclass(frozen=True, slots=True)
class Record:
    """One run. ``told`` is in plain JSON types, and has nothing that ``id`` does not stand for; ``link`` is apart."""

    id: str
    started: float
    told: dict[str, Any]
    link: str = ""


def of(run: Run, *, link: str = "", mode: str = "live") -> Record:
    """What is kept of this run. Raises Unusable where nothing may be: it has not ended, is of another mode."""
    try:
        began = datetime.fromisoformat(run.started)
    except ValueError:
        raise Unusable(f"{one_line(run.started, 60)!r} is not a time: run the suite again") from None
    if began.tzinfo is None:
        raise Unusable(f"{run.started!r} does not say in which zone: run the suite again")
    if run.mode != mode:
        cure = f"record it in a history of its own, with --mode {one_line(run.mode, 20)} and --history"
        raise Unusable(f"it is of a run against a {one_line(run.mode, 20)}, and the history is of {mode} ones: {cure}")
    if run.ended == "running":
        raise Unusable("its run has not ended, or was killed, and says nothing of anyone: run the suite again")
    if not run.verdicts:
        raise Unusable("it has no verdicts: run the suite again")
    if began.timestamp() > time.time() + DAY:
        raise Unusable(f"its run began in the future ({run.started}): set the clock that is wrong")
    return Record(_id(run), round(began.timestamp(), 3), _told(run), linked(link))


def linked(link: str) -> str:
    """This link, or Unusable: it goes into pages, and must be one that people may open and nobody may borrow."""
    try:
        parts = urlsplit(link)
        fine = not link or (parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc)
    except ValueError:
        fine = False
    if not fine or len(link) > TEXT_BOUND or one_line(link) != link:
        raise Unusable("the link is not an address that anyone may open: write it as https://example.com/runs/1")
    return link


def _id(run: Run) -> str:
    """The same for this run whenever and wherever it is recorded, and for no other."""
    verdicts = sorted((each.id, str(each.status), each.seconds) for each in run.verdicts)
    text = json.dumps([run.mode, run.started, run.seconds, sorted(run.tenants), verdicts])
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * ID_BYTES]


def _told(run: Run) -> dict[str, Any]:
    diagnosis = run.diagnosis
    causes = diagnosis.causes if diagnosis else ()
    because = {id_: number for number, cause in reversed(list(enumerate(causes))) for id_ in cause.verdicts}
    return {
        "mode": run.mode,
        "seconds": run.seconds,
        "status": str(run.status),
        "ended": _text(run.ended),
        "version": one_line(run.version, 60),
        "tenants": [one_line(each, 100) for each in run.tenants],
        "owner": str(diagnosis.owner) if diagnosis and diagnosis.owner else "",
        "sentence": _text(diagnosis.sentence) if diagnosis else "",
        "causes": [_cause(cause) for cause in causes],
        "verdicts": [_verdict(each, because.get(each.id)) for each in run.verdicts],
    }


@lru_cache(4096)
def _text(text: str) -> str:
    return one_line(text, TEXT_BOUND)


def _cause(cause: Cause) -> dict[str, str]:
    kept = ("rule", "owner", "confidence", "status", "target", "sentence", "runbook")
    return {name: _text(str(getattr(cause, name))) for name in kept}


def _verdict(verdict: Verdict, cause: int | None) -> dict[str, Any]:
    kept = ("id", "probe", "kind", "target", "status", "reason", "failure", "error")
    told: dict[str, Any] = {name: _text(str(getattr(verdict, name))) for name in kept}
    return slim(told | {"seconds": verdict.seconds, "budget": verdict.budget, "cause": cause})


def slim(told: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict without what ``full`` knows."""
    usual = _usual(told["id"])
    return {key: value for key, value in told.items() if key not in usual or usual[key] != value}


def full(told: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict with all its keys."""
    return {**_usual(told["id"]), **told}


@lru_cache(16_384)
def _usual(id_: str) -> dict[str, Any]:
    """What most verdicts of this id have."""
    blank = Verdict.planned(id_)
    named = {"probe": blank.probe, "kind": blank.kind, "target": blank.target}
    return named | {"reason": "", "failure": "", "error": "", "seconds": None, "budget": None, "cause": None}


def seen(told: Mapping[str, Any]) -> Seen:
    """What a run saw of each verdict, and of each target."""
    found = of_targets(told)
    for each in told["verdicts"]:
        status, _ = _counted(each, told["causes"])
        found[each["id"]] = (status, each.get("seconds") if status in _WELL else None)
    return found


def of_targets(told: Mapping[str, Any]) -> Seen:
    """What a run saw of each target: the worst of its own verdicts and of its parts'.

    Pages that could not be read say nothing beside others; unknown hides nothing that is ill, and nothing is well
    beside it. The seconds of a target are those of its slowest right answer for which there was a budget.
    """
    ranks: dict[str, int] = {}
    times: dict[str, float] = {}
    verdicts, causes = told["verdicts"], told["causes"]
    targets = [_own(each, "target") for each in verdicts]
    above = _tree(frozenset(targets))
    for each, target in zip(verdicts, targets, strict=True):
        status, capped = _counted(each, causes)
        seconds: float | None = each.get("seconds") if status in _WELL else None
        unread = status == Status.UNKNOWN and each.get("failure") == UNREAD
        rank = -1 if unread else _RANK[capped]
        for name in above[target]:
            if rank > ranks.get(name, -2):
                ranks[name] = rank
            if seconds is not None and each.get("budget") is not None:
                times[name] = max(times.get(name, 0.0), seconds)
    return {name: (_STATUS.get(rank, str(Status.UNKNOWN)), times.get(name)) for name, rank in ranks.items()}


def _own(told: Mapping[str, Any], key: str) -> str:
    value: str = told[key] if key in told else _usual(told["id"])[key]
    return value


def asked(runs: Iterable[Record]) -> dict[str, list[str]]:
    """By target: the kinds of the probes that ask it and its parts."""
    pairs = {(_own(each, "target"), _own(each, "kind")) for run in runs for each in run.told["verdicts"]}
    above = _tree(frozenset(target for target, _ in pairs))
    kinds: dict[str, set[str]] = {}
    for target, kind in pairs:
        for each in above[target]:
            kinds.setdefault(each, set()).add(kind)
    return {target: sorted(some) for target, some in sorted(kinds.items())}


@lru_cache(64)
def _tree(named: frozenset[str]) -> dict[str, list[str]]:
    """Of each target those that it is a part of, itself included: its tenant, and whatever else the run names."""
    tree = {}
    for target in named:
        parts = target.split(":")
        whole = [":".join(parts[:length]) for length in range(1, len(parts) + 1)]
        tree[target] = [each for each in whole if each in named or (each == parts[0] != DEPENDENCIES)]
    return tree


def _counted(told: Mapping[str, Any], causes: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """As what a verdict counts, for its probe and for its targets.

    Down by the fault of the machine that asked, it says nothing of whom it asked; a guess does not excuse it. A weak
    witness's word makes its tenant degraded at worst.
    """
    status: str = told["status"]
    if status != Status.DOWN or told.get("cause") is None:
        return status, status
    cause = causes[told["cause"]]
    if cause["owner"] == Owner.RUNNER and cause["confidence"] != Confidence.GUESS:
        return str(Status.UNKNOWN), str(Status.UNKNOWN)
    weak = cause["status"] == Status.DEGRADED and _own(told, "target").partition(":")[0] != DEPENDENCIES
    return status, str(Status.DEGRADED) if weak else status
