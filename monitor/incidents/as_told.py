"""Incidents that somebody was told of, and that are none any more: they stay listed, as they were told, and why.

Late runs of another machine, or other settings, judge them away. What was told is in the history's file beside the runs
(``monitor.telling.ledger`` writes it); whoever lists incidents lists these as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from monitor.history import History, PastCause
from monitor.incidents.incident import Change, Incident
from monitor.incidents.newest import open_since
from monitor.incidents.policy import Policy
from monitor.owners import Confidence, Owner
from monitor.status import Status

TOLD = ("opened", "changed", "closed")
"""The events of which a channel hears; all else in the ledger is no incident that anybody was told of."""

SETTINGS = "AUTH0_CONFIRM or AUTH0_TELL was changed, and with these settings it is no incident"
LATER = "runs that were recorded later changed this: with all runs it is no incident of its own"


def listed(history: History, policy: Policy, moment: float) -> tuple[Incident, ...]:
    """What is listed wherever somebody looks: incidents open at this moment or later, and those that are only told."""
    known = open_since(history, policy, moment)
    return tuple(sorted([*known, *_gone(history, known, policy, moment)], key=lambda each: (-each.opened, each.id)))


def shown(incident: Incident, rule: str) -> dict[str, Any]:
    """What has to be known of an incident to list it as it was told; ``rule`` stands for the settings."""
    cause = incident.causes[0]
    return {
        "began": incident.began,
        "opened": incident.opened,
        "seen": incident.seen,
        "known": incident.known,
        "recovered": incident.recovered,
        "closed": incident.closed,
        "owner": str(incident.owner),
        "status": str(incident.status),
        "worst": str(incident.worst),
        "tenants": list(incident.tenants),
        "targets": list(incident.targets),
        "cause": [cause.rule, str(cause.confidence), cause.sentence, cause.runbook],
        "runs": [incident.runs[0], incident.runs[-1]],
        "link": incident.link,
        "rule": rule,
    }


def rule(policy: Policy) -> str:
    """What stands for these settings: the same for the same."""
    owners = sorted((str(owner), one.runs, one.seconds) for owner, one in policy.owners.items())
    return json.dumps([policy.confirm.runs, policy.confirm.seconds, owners, sorted(map(str, policy.tell))])


def why(told: Mapping[str, Any] | None, now: str) -> str:
    """Why something that was told is no incident any more, by the settings then and now."""
    return SETTINGS if told and told.get("rule") and told["rule"] != now else LATER


def _gone(history: History, known: Sequence[Incident], policy: Policy, moment: float) -> Iterator[Incident]:
    runs = {id_ for each in known for id_ in each.runs}
    ids = {each.id for each in known}
    newest: dict[str, tuple[float, dict[str, Any]]] = {}
    for row in history.told:
        said = _read(row.said)
        if row.channel and said.get("event") in TOLD and row.at >= newest.get(row.incident, (0.0, {}))[0]:
            newest[row.incident] = (row.at, said)
    for id_, (at, said) in sorted(newest.items()):
        kept = said.get("shown")
        if not isinstance(kept, dict) or id_ in ids or said.get("run") in runs:
            continue
        if (kept.get("closed") or at) >= moment and not _still(history, kept, policy):
            try:
                yield _as_told(id_, at, said, kept, policy)
            except (KeyError, TypeError, ValueError):  # of another version
                continue


def _still(history: History, kept: Mapping[str, Any], policy: Policy) -> bool:
    """Whether it is an incident by the runs of its own time, only older than what was asked for."""
    closed = kept.get("closed")
    if closed is None:
        return False
    then = open_since(history, policy, min(float(kept["began"]), float(closed)))
    return any(set(kept.get("runs", ())) & set(each.runs) for each in then)


def _as_told(id_: str, at: float, said: Mapping[str, Any], kept: Mapping[str, Any], policy: Policy) -> Incident:
    name, confidence, sentence, runbook = kept["cause"]
    owner, status = Owner(kept["owner"]), Status(kept["status"])
    targets = tuple(kept["targets"])
    cause = PastCause(name, owner, Confidence(confidence), status, ", ".join(targets), sentence, runbook)
    first, last = kept["runs"]
    judged = kept["closed"] is None
    return Incident(
        id=id_,
        owner=owner,
        status=status,
        worst=Status(kept["worst"]),
        tenants=tuple(kept["tenants"]),
        targets=targets,
        causes=(cause,),
        besides=(),
        began=float(kept["began"]),
        opened=float(kept["opened"]),
        seen=float(kept["seen"]),
        known=float(kept["known"]),
        recovered=kept["recovered"] if not judged else None,
        closed=float(at if judged else kept["closed"]),
        runs=(first, last),
        link=str(kept["link"]),
        changes=(Change(float(kept["opened"]), first, str(kept["link"]), owner, status, targets, sentence),),
        spells=0,
        silent_after=0.0,
        reason=str(said.get("why") or why(kept, rule(policy))),
    )


def _read(said: str) -> dict[str, Any]:
    try:
        read = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


__all__ = ["listed", "rule", "shown", "why"]
