"""What a run saw of whom it asked, from what is kept of it: of each target, and as what a verdict counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor.owners import Confidence, Owner
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES, Verdict, is_unread

WELL = (Status.UP, Status.DEGRADED)
_RANK = {str(status): rank for status, rank in SEVERITY.items()}
_STATUS = {rank: str(status) for status, rank in SEVERITY.items()}

Seen = dict[str, tuple[str, float | None]]
"""By target, and by a verdict's id: the status, and the seconds of the right answer, where there was one."""


def of_targets(told: Mapping[str, Any]) -> Seen:
    """Of each target the worst of its own verdicts and of its parts'.

    Pages that could not be read say nothing beside others; unknown hides nothing that is ill, and nothing is well
    beside it. The seconds of a target are those of its slowest right answer for which there was a budget.
    """
    ranks: dict[str, int] = {}
    times: dict[str, float] = {}
    verdicts, causes = told["verdicts"], told["causes"]
    targets = [_own(each, "target") for each in verdicts]
    above = _tree(frozenset(targets))
    for each, target in zip(verdicts, targets, strict=True):
        status, capped = counted(each, causes)
        seconds: float | None = each.get("seconds") if status in WELL else None
        rank = -1 if is_unread(status, each.get("failure", "")) else _RANK[capped]
        for name in above[target]:
            if rank > ranks.get(name, -2):
                ranks[name] = rank
            if seconds is not None and each.get("budget") is not None:
                times[name] = max(times.get(name, 0.0), seconds)
    return {name: (_STATUS.get(rank, str(Status.UNKNOWN)), times.get(name)) for name, rank in ranks.items()}


def _own(told: Mapping[str, Any], key: str) -> str:
    value: str = told[key] if key in told else _usual(told["id"])[key]
    return value


def kinds(told: Mapping[str, Any]) -> dict[str, list[str]]:
    """By target: those of the probes that ask it and its parts."""
    pairs = {(_own(each, "target"), _own(each, "kind")) for each in told["verdicts"]}
    above = _tree(frozenset(target for target, _ in pairs))
    found: dict[str, set[str]] = {}
    for target, kind in pairs:
        for each in above[target]:
            found.setdefault(each, set()).add(kind)
    return {target: sorted(some) for target, some in found.items()}


@lru_cache(64)
def _tree(named: frozenset[str]) -> dict[str, list[str]]:
    """Of each target those that it is a part of, itself included: its tenant, and whatever else the run names."""
    tree = {}
    for target in named:
        parts = target.split(":")
        whole = [":".join(parts[:length]) for length in range(1, len(parts) + 1)]
        tree[target] = [each for each in whole if each in named or (each == parts[0] != DEPENDENCIES)]
    return tree


def counted(told: Mapping[str, Any], causes: Sequence[Mapping[str, str]]) -> tuple[str, str]:
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
