"""The health of an API of the user's own: its status, and what its body says in the words of common practice.

Spring Boot's Actuator, MicroProfile, ASP.NET, NestJS and the IETF's draft all say ``status`` and a word, and list their
checks below it.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from monitor.failures import Unreadable
from monitor.statuspages.documents import described
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer, Component, Page, Severity

WHOLE = "the API"
"""The component that speaks for all of it."""

_GOOD = (
    *("up", "ok", "okay", "pass", "passed", "passing", "healthy", "alive", "live", "ready", "available", "success"),
    *("successful", "operational", "good", "green", "running", "serving", "online", "normal", "fine", "pong"),
    *("true", "200", "1"),
)
_LIMPING = ("warn", "warning", "degraded", "yellow", "limited")
_BAD = (
    *("down", "fail", "failed", "failing", "failure", "error", "unhealthy", "dead", "critical", "outage", "red"),
    *("out_of_service", "out of service", "unavailable", "not_ready", "not ready", "not_serving", "offline", "false"),
)
_WORDS = {
    **dict.fromkeys(_GOOD, Severity.OK),
    **dict.fromkeys(_LIMPING, Severity.DEGRADED),
    **dict.fromkeys(_BAD, Severity.MAJOR),
}
_KEYS = ("status", "state", "health", "healthy", "ok", "alive", "up", "success", "ready")
_CHECKS = ("components", "checks", "details", "entries", "results", "dependencies", "services", "info")
_MOST = 200
"""Checks that are listed, at most."""

_SHOWN = 60
"""Characters of a value that are told."""

Expectation = tuple[str, str | None]
"""A JSON Pointer, and the value that is expected there; None: any that is neither null nor false."""

_EXPECTED = re.compile(r"(?P<pointer>(?:/[^\s=/]*)+)(?:\s*=\s*|\s+|$)(?P<value>\S.*)?")

_LONGEST = 200
"""Bytes of an answer without JSON that may be a word."""


def read(answer: Answer) -> Page:
    """How the API is, by the status of its answer, and then by its body; an answer with 2xx that says no more is up."""
    document = _json(answer)
    checks = tuple(_checks(document))[:_MOST]
    if answer.status >= 500:
        return Page("", (Component(WHOLE, Severity.MAJOR), *checks))
    if not 200 <= answer.status < 300:
        raise Unreadable(f"an answer with status {answer.status}, which says nothing of its health")
    return Page("", (Component(WHOLE, _whole(answer, document, checks)), *checks))


def unmet(answer: Answer, expected: Expectation) -> str:
    """Why this is not the answer that is expected, in a sentence; empty where it is."""
    pointer, value = expected
    document = _json(answer)
    if document is None:
        return f"{described(answer)} where JSON with {pointer} was expected"
    told, there = _pointed(document, pointer)
    if not there:
        return f"its answer has no {pointer}"
    if value is None:
        return "" if told not in (None, False) else f"{pointer} is {_shown(told)}"
    return "" if _same(told, value) else f"{pointer} is {_shown(told)} and not {value[:_SHOWN]}"


def expectation(text: str) -> Expectation:
    """``/data/state=ready``, or with a blank: a JSON Pointer (RFC 6901) and a value; ValueError for all else."""
    found = _EXPECTED.fullmatch(text.strip())
    if not found:
        raise ValueError("not a JSON Pointer and a value, such as /data/state=ready")
    return found["pointer"], found["value"]


def _pointed(document: Any, pointer: str) -> tuple[Any, bool]:
    """What a JSON Pointer points at, and whether it is there."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isascii() and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None, False
    return document, True


def _same(told: Any, value: str) -> bool:
    """Whether this JSON value is that one, or as a text reads the same in any case."""
    with contextlib.suppress(ValueError, RecursionError):
        meant = json.loads(value)
        if not isinstance(told, str) and isinstance(told, bool) is isinstance(meant, bool) and meant == told:
            return True
    written = json.dumps(told) if isinstance(told, bool) else told
    return isinstance(written, str | int | float) and _word(written) == _word(value)


def _shown(told: Any) -> str:
    return plain(json.dumps(told, ensure_ascii=False))[:_SHOWN]


def speaks_of_health(answer: Answer) -> bool:
    """Whether a body says by itself that it is one of a health endpoint: a known word at a known place."""
    document = _json(answer, strict=False)
    told = _told(document)
    if document is None:
        return _word(answer.body.decode("utf-8", "replace")) in _WORDS if len(answer.body) <= _LONGEST else False
    return told is not None and _word(told) in _WORDS


def _json(answer: Answer, *, strict: bool = True) -> Any:
    """The body where it is JSON, else None; Unreadable where it begins as an object and does not end as one."""
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        broken = answer.body.lstrip()[:1] in (b"{", b"[")
    if strict and broken and answer.status < 300:
        raise Unreadable(f"{described(answer)} where JSON was expected: cut short?")
    return None


def _whole(answer: Answer, document: Any, checks: tuple[Component, ...]) -> Severity:
    told = _told(document)
    if told is not None:
        return _WORDS.get(_word(told), Severity.UNKNOWN)
    if document is None and described(answer).startswith("an HTML page"):
        raise Unreadable(f"{described(answer)} where an API was expected")
    if document is None and len(answer.body) <= _LONGEST:
        return _WORDS.get(_word(answer.body.decode("utf-8", "replace")), Severity.OK)
    return max((each.severity for each in checks), default=Severity.OK)


def _told(document: Any) -> object:
    """What it says of itself: the first of the known keys whose value is a word, a number or a truth."""
    if isinstance(document, str | bool):
        return document
    if not isinstance(document, dict):
        return None
    lower = {str(key).casefold(): value for key, value in document.items()}
    values = (lower.get(key) for key in _KEYS)
    return next((value for value in values if isinstance(value, str | bool | int)), None)


def _word(told: object) -> str:
    return plain(str(told)).casefold().strip(" .!\"'").replace("-", "_")


def _checks(document: Any) -> Iterator[Component]:
    """The checks below the whole, by their names; of several of one name the worst speaks."""
    worst: dict[str, Severity] = {}
    lower = {str(key).casefold(): value for key, value in document.items()} if isinstance(document, dict) else {}
    for name, told in (pair for key in _CHECKS for pair in _named(lower.get(key))):
        said = _told(told)
        if name and said is not None:
            severity = _WORDS.get(_word(said), Severity.UNKNOWN)
            worst[name] = max(severity, worst.get(name, Severity.OK))
    yield from (Component(name, severity) for name, severity in worst.items())


def _named(listed: Any) -> Iterator[tuple[str, Any]]:
    """Names and what is said of them: an object by name, whose values may be lists, or a list of objects."""
    if isinstance(listed, dict):
        for name, told in listed.items():
            yield from ((plain(str(name)), each) for each in (told if isinstance(told, list) else [told]))
    elif isinstance(listed, list):
        for told in listed:
            if isinstance(told, dict):
                named = next(
                    (told[key] for key in ("name", "id", "key", "component") if isinstance(told.get(key), str)), ""
                )
                yield plain(named), told
