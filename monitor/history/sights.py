"""What a run saw of whom it asked, from what is kept of it: of each target, and as what a verdict counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor.owners import Confidence, Owner
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES, Verdict, is_unread

WELL = (Status.UP, Status.DEGRADED)
_RANK = {str(status): rank for status, rank in SEVERITY.items()}
_STATUS = {rank: str(status) for status, rank in SEVERITY.items()}

_TIMED = ("login", "profile", "dedicated", "machine-login", "discovery")
"""The kinds of probes whose right answers have a time that is their target's, the first that there is."""

Sight = tuple[str, float | None]
"""What a run saw of one that it asked: the status, and the seconds of the right answer, where there was one."""

Sights = dict[str, Sight]
"""What a run saw of all of them, by target and by a verdict's id."""


def of_targets(document: Mapping[str, Any]) -> Sights:
    """Of each target the worst of its own verdicts and of its parts'.

    Pages that could not be read say nothing beside others; unknown hides nothing that is ill, and nothing is well
    beside it. The seconds of a target are its own, and no part's: those of the right answer of the probe that it is
    there for, for which there was a budget. Several probes judge one answer; it counts once.
    """
    ranks: dict[str, int] = {}
    times: dict[str, float] = {}
    verdicts, causes = document["verdicts"], document["causes"]
    targets = [_own(verdict, "target") for verdict in verdicts]
    above = _tree(frozenset(targets))
    own = timed(zip(targets, (_own(verdict, "kind") for verdict in verdicts), strict=True))
    for verdict, target in zip(verdicts, targets, strict=True):
        status, capped = counted(verdict, causes)
        seconds: float | None = verdict.get("seconds") if status in WELL else None
        rank = -1 if is_unread(status, verdict.get("failure", "")) else _RANK[capped]
        for name in above[target]:
            if rank > ranks.get(name, -2):
                ranks[name] = rank
        if seconds is not None and verdict.get("budget") is not None and _own(verdict, "kind") in own[target]:
            times[target] = max(times.get(target, 0.0), seconds)
    return {name: (_STATUS.get(rank, str(Status.UNKNOWN)), times.get(name)) for name, rank in ranks.items()}


def timed(asked: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """By target the kinds of probes whose answers are its latency, of these targets and kinds.

    Of a login they are the login's, and not those of what was refused to it on purpose. Of a whole tenant it is its
    machine login, or where it has none its discovery: what its users' logins take, those tell.
    """
    kinds: dict[str, set[str]] = {}
    for target, kind in asked:
        kinds.setdefault(target, set()).add(kind)
    found = {}
    for target, some in kinds.items():
        ranked = [kind for kind in _TIMED if kind in some]
        found[target] = frozenset(ranked[:1])
    return found


def _own(verdict: Mapping[str, Any], key: str) -> str:
    value: str = verdict[key] if key in verdict else _usual(verdict["id"])[key]
    return value


def kinds(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """By target: those of the probes that ask it and its parts."""
    pairs = {(_own(verdict, "target"), _own(verdict, "kind")) for verdict in document["verdicts"]}
    above = _tree(frozenset(target for target, _ in pairs))
    of_target: dict[str, set[str]] = {}
    for target, kind in pairs:
        for name in above[target]:
            of_target.setdefault(name, set()).add(kind)
    return {target: sorted(some) for target, some in of_target.items()}


@lru_cache(64)
def _tree(named: frozenset[str]) -> dict[str, list[str]]:
    """Of each target those that it is a part of, itself included: its tenant, and whatever else the run names."""
    tree = {}
    for target in named:
        parts = target.split(":")
        whole = [":".join(parts[:length]) for length in range(1, len(parts) + 1)]
        tree[target] = [name for name in whole if name in named or (name == parts[0] != DEPENDENCIES)]
    return tree


def counted(verdict: Mapping[str, Any], causes: Sequence[Mapping[str, str]]) -> tuple[str, str]:
    """As what a verdict counts, for its probe and for its targets.

    Down by the fault of the machine that asked, it says nothing of whom it asked; a guess does not excuse it. A weak
    witness's word makes its tenant degraded at worst.
    """
    status: str = verdict["status"]
    if status != Status.DOWN or verdict.get("cause") is None:
        return status, status
    cause = causes[verdict["cause"]]
    runners = cause["owner"] == Owner.RUNNER and cause["confidence"] != Confidence.GUESS
    if runners or cause["status"] == Status.UNKNOWN:
        return str(Status.UNKNOWN), str(Status.UNKNOWN)
    weak = cause["status"] == Status.DEGRADED and _own(verdict, "target").partition(":")[0] != DEPENDENCIES
    return status, str(Status.DEGRADED) if weak else status


def slim(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict without what ``full`` knows."""
    usual = _usual(verdict["id"])
    return {key: value for key, value in verdict.items() if key not in usual or usual[key] != value}


def full(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict with all its keys."""
    return {**_usual(verdict["id"]), **verdict}


@lru_cache(16_384)
def _usual(id_: str) -> dict[str, Any]:
    """What most verdicts of this id have."""
    blank = Verdict.planned(id_)
    named = {"probe": blank.probe, "kind": blank.kind, "target": blank.target}
    return named | {"reason": "", "failure": "", "error": "", "seconds": None, "budget": None, "cause": None}


RULE = 2
"""The number of the rule by which a target has its seconds. By the first it was the slowest answer of all its probes
and parts; whatever was kept by that has those of each probe as well."""


def instead(document: Mapping[str, Any]) -> dict[str, str] | None:
    """By target the probe whose times are the target's in this day; None where it has them itself, by RULE."""
    if document.get("timed") == RULE:
        return None
    probes = [(name, _usual(name)) for name in document["times"] if "::" in name]
    asked = [(known["target"], known["kind"]) for known in (_usual(name) for name in document["rows"] if "::" in name)]
    own = timed(asked)
    found: dict[str, str] = {}
    for name, known in sorted(probes, key=lambda each: (sum(document["times"][each[0]][1::2]), each[0])):
        if known["kind"] in own.get(known["target"], ()):
            found[known["target"]] = name
    return found
