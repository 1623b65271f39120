"""How things are put in words, in every report alike: text from outside made harmless, times, attempts, causes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.verdict import PHASES, Verdict

# What XML forbids, what speaks to a terminal, what turns text around, and halves of characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_TOLD_HEADERS = ("x-auth0-requestid", "cf-ray", "retry-after")
LINE_BOUND = 1_000
TEXT_BOUND = 10_000
"""Characters of one line, and of one text: a page that somebody's proxy answered is no reason to write a megabyte."""


def legible(text: str) -> str:
    """This text, of any number of lines, with a replacement character for each that no report may hold."""
    return _HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def one_line(text: str, bound: int = LINE_BOUND) -> str:
    """This text legible, in one line, cut after ``bound`` characters."""
    return bounded(legible(" ".join(text.split())), bound)


def bounded(text: str, bound: int) -> str:
    """This text, cut after ``bound`` characters, saying so."""
    return text if len(text) <= bound else f"{text[:bound]} … ({len(text) - bound:,} more characters)"


def seconds(value: float | None) -> str:
    """A duration for reading: ``0.21 s``, ``0.004 s``; a dash where nothing was measured."""
    if value is None:
        return "–"
    return f"{value:.2f} s" if value >= 0.1 else f"{value:.3f} s"


def pace(verdict: Verdict) -> str:
    """How long it took, against its budget: ``0.21 s of 3 s``."""
    against = verdict.budget is not None and verdict.seconds is not None
    return seconds(verdict.seconds) + (f" of {verdict.budget:g} s" if against else "")


def phases(parts: Mapping[str, float]) -> str:
    """The parts of an exchange in their order: ``dns 2, connect 10, tls 21, send 0, wait 180, receive 1 ms``."""
    told = ", ".join(f"{name} {parts[name] * 1000:.0f}" for name in PHASES if name in parts)
    return f"{told} ms" if told else ""


def moment(epoch: float) -> str:
    """A time of day in UTC, to the millisecond, as Auth0's logs have it: ``2026-11-22T21:00:01.250Z``."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def count(number: int, noun: str) -> str:
    """``1 probe``, ``2,000 probes``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def reason(verdict: Verdict) -> str:
    """Why the verdict is what it is, in one line that is never empty."""
    return one_line(verdict.reason) or f"{verdict.status}, and no reason was given"


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
        *([f"ask again: pytest '{one_line(verdict.id)}'"] if ".py::" in verdict.id else []),
    ]
    return bounded("\n".join(lines), TEXT_BOUND)


def cause(verdict: Verdict) -> str:
    """The reason for a human in the first line, and the evidence below: GitLab shows the text, not the message."""
    return f"{reason(verdict)}\n{evidence(verdict)}"
