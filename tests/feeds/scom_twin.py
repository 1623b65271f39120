"""The logic of the management pack's scripts once more, in Python: no PowerShell was at hand to run them.

It goes the same way, step by step, and takes its tables out of the script's own text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.feeds import scom_pack

SCRIPT = scom_pack.script("state")


def listed(name: str) -> list[str]:
    """An array of texts that the script has under this name."""
    found = re.search(rf"^\${name} = @\((.*)\)$", SCRIPT, re.MULTILINE)
    assert found, name
    return re.findall(r"'([^']*)'", found[1])


def numbered(name: str) -> dict[str, int]:
    """A table of numbers that the script has under this name."""
    found = re.search(rf"^\${name} = @\{{(.*)\}}$", SCRIPT, re.MULTILINE)
    assert found, name
    return {key.strip(): int(value) for key, value in (each.split("=") for each in found[1].split(";"))}


RANK, WORD, TIMED, UNREAD = numbered("Rank"), listed("Word"), listed("Timed"), listed("Unread")
FORMS = tuple(int(each) for each in re.findall(r"\d+", re.findall(r"^\$Forms = @\((.*)\)$", SCRIPT, re.MULTILINE)[0]))
AHEAD = 300.0


def unread(document: Mapping[str, Any]) -> str:
    """Why the script reads nothing in this document; empty where it does."""
    if document.get("schema") in FORMS:
        return ""
    forms = " and ".join(map(str, FORMS))
    return f"its form is {document.get('schema', '')}, and this management pack reads {forms}: import a newer one"


def doubt(document: Mapping[str, Any], now: float, max_age: float) -> str:
    age = now - datetime.fromisoformat(document["run"]["started"]).timestamp()
    if document["run"]["mode"] != "live":
        return f"a run of mode {document['run']['mode']}, which is of no real tenant"
    if age < -AHEAD:
        return "the run lies ahead: look at the clocks"
    return f"no run for {age:.0f} seconds" if age > max_age else ""


def counted(verdict: Mapping[str, Any], cause: Mapping[str, Any] | None) -> str:
    status = str(verdict["status"])
    if status != "down" or cause is None:
        return status
    if (cause["owner"] == "runner" and cause["confidence"] != "guess") or cause["status"] == "unknown":
        return "unknown"
    return "degraded" if cause["status"] == "degraded" else status


def states(document: Mapping[str, Any]) -> list[dict[str, str]]:
    causes = (document.get("diagnosis") or {}).get("causes", [])
    cause_of = {id_: cause for cause in causes for id_ in cause["verdicts"]}
    worst = dict.fromkeys(filter(None, document["run"]["tenants"]), -1)
    named = {verdict["target"] for verdict in document["verdicts"]}
    first: dict[str, Any] = {}
    slowest: dict[str, float] = {}
    kind_of: dict[str, int] = {}
    for verdict in document["verdicts"]:
        cause = cause_of.get(verdict["id"])
        status = counted(verdict, cause)
        value = -1 if verdict["status"] == "unknown" and verdict["failure"] in UNREAD else RANK[status]
        parts = verdict["target"].split(":")
        if parts[0] in ("", "dependencies"):
            continue
        for length in range(1, len(parts) + 1):
            name = ":".join(parts[:length])
            if length > 1 and name not in named:
                continue
            worst.setdefault(name, -1)
            if value > worst[name]:
                worst[name], first[name] = value, cause
        _time(verdict, slowest, kind_of)
    return [_state(name, worst[name], first.get(name), slowest.get(name)) for name in worst]


def _time(verdict: Mapping[str, Any], slowest: dict[str, float], kind_of: dict[str, int]) -> None:
    target = verdict["target"]
    if verdict["kind"] not in TIMED:
        return
    place = TIMED.index(verdict["kind"])
    if place < kind_of.get(target, len(TIMED)):
        kind_of[target] = place
        slowest.pop(target, None)
    right = verdict["status"] in ("up", "degraded")
    timed = verdict["seconds"] is not None and verdict["budget"] is not None
    if right and timed and place == kind_of[target]:
        slowest[target] = max(slowest.get(target, 0.0), verdict["seconds"])


def _state(name: str, worst: int, cause: Mapping[str, Any] | None, seconds: float | None) -> dict[str, str]:
    known = cause or {"sentence": "", "owner": "", "runbook": ""}
    return {
        "Kind": "connection" if ":" in name else "tenant",
        "Name": name,
        "State": WORD[worst] if worst >= 0 else "unknown",
        "Seconds": "" if seconds is None else f"{seconds:g}",
        "Sentence": known["sentence"],
        "Owner": known["owner"],
        "Runbook": known["runbook"],
    }


def bags(document: Mapping[str, Any], now: float, max_age: float) -> list[dict[str, str]]:
    """What the script of the states hands back."""
    if broken := unread(document):
        said = f"the run cannot be read: {broken}"
        return [{"Kind": "source", "Name": "results.json", "Fresh": "no", "Said": said}]
    why = doubt(document, now, max_age)
    told = [{"Kind": "source", "Name": "results.json", "Fresh": "no" if why else "yes", "Said": why or "it is fresh"}]
    for state in states(document):
        if why:
            state |= {"State": "unknown", "Seconds": "", "Sentence": why}
        judged = "no" if state["State"] == "unknown" else "yes"
        told.append(state | {"Judged": judged, "Timed": "yes" if state["Seconds"] else "no"})
    return told
