"""How a verdict and its attempts are put in words, in every report alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.text import TEXT_BOUND, bounded, moment, one_line, seconds
from monitor.verdict import PHASES, Verdict

_TOLD_HEADERS = ("x-auth0-requestid", "cf-ray", "retry-after")


def pace(verdict: Verdict) -> str:
    """How long it took, against its budget: ``0.21 s of 3 s``."""
    against = verdict.budget is not None and verdict.seconds is not None
    return seconds(verdict.seconds) + (f" of {verdict.budget:g} s" if against else "")


def phases(parts: Mapping[str, float]) -> str:
    """The parts of an exchange in their order: ``dns 2, connect 10, tls 21, send 0, wait 180, receive 1 ms``."""
    told = ", ".join(f"{name} {parts[name] * 1000:.0f}" for name in PHASES if name in parts)
    return f"{told} ms" if told else ""


def reason(verdict: Verdict) -> str:
    """Why the verdict is what it is, in one line that is never empty."""
    return one_line(verdict.reason) or f"{verdict.status}, without a reason"


def answer(seen: Mapping[str, Any]) -> str:
    """An attempt in one line: the request, what came, how long it took, and the ids that Auth0's support asks for."""
    came = str(seen["status"]) if seen.get("status") is not None else "no answer"
    told = [f"{seen.get('method', '')} {seen.get('url', '')} → {came}"]
    if seen.get("error"):
        told.append(str(seen["error"]))
    told.append(seconds(seen.get("seconds")))
    headers = {str(name).lower(): value for name, value in (seen.get("headers") or {}).items()}
    told += [f"{name} {headers[name]}" for name in _TOLD_HEADERS if name in headers]
    if seen.get("started") is not None:
        told.append(f"at {moment(seen['started'])}")
    return one_line(", ".join(told))


def attempt(seen: Mapping[str, Any]) -> str:
    """The same, with the address that answered and the time of each phase."""
    parts = phases(seen.get("phases") or {})
    told = [answer(seen), f"from {seen['address']}" if seen.get("address") else "", parts]
    return one_line(", ".join(each for each in told if each))


def evidence(verdict: Verdict) -> str:
    """What the verdict rests on, a fact a line: the probe, its question, its target, its time and every attempt."""
    lines = [
        f"target: {one_line(verdict.target) or '–'}",
        f"question: {one_line(verdict.question) or '–'}",
        f"time: {pace(verdict)}",
        *(f"attempt {number}: {attempt(each)}" for number, each in enumerate(verdict.attempts, 1)),
        *([f"retry: pytest '{one_line(verdict.id)}'"] if ".py::" in verdict.id else []),
    ]
    return bounded("\n".join(lines), TEXT_BOUND)


def cause(verdict: Verdict) -> str:
    """The reason for a human in the first line, and the evidence below: GitLab shows the text, not the message."""
    return f"{reason(verdict)}\n{evidence(verdict)}"
