"""A request and its answer, with every attempt that was made: what transactions bring, and evidence is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

from monitor.text import place, printable

DIGITS = 6
"""Of a second: no clock that is read here is right to a millionth, and what is beyond fills reports."""


class Repeat(Enum):
    """When a request is sent a second time."""

    NEVER = auto()
    UNSENT = auto()
    """Only where nothing of the first was sent. What may be used once (a refresh token, a code, a one-time password)
    has no second attempt: the server may have taken it, and calls its reuse a theft."""
    BROKEN = auto()
    """Where the connection broke, or a 5xx was answered."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt sent and saw; ``started`` in seconds of the epoch, ``phases`` in seconds by name.

    ``certificate_expires``, in seconds of the epoch, is that of the certificate that was shown (None: none that could
    be trusted). ``evidence`` tells the rest in plain JSON types, without secrets; it is asked of what is ill alone.
    ``speaker`` is who gave the answer, as ``monitor.speakers`` has it, ``way`` how it was reached (``direct``, or
    ``proxy host:port``), and ``leads_to`` the name that the host's own name leads to, where that is another.
    """

    method: str
    url: str
    status: int | None
    error: str | None
    started: float
    seconds: float
    phases: dict[str, float]
    address: str | None
    headers: dict[str, str]
    bytes: int
    evidence: Callable[[], dict[str, Any]] = field(default=dict, repr=False, compare=False)
    certificate_expires: float | None = None
    speaker: str = ""
    way: str = ""
    leads_to: str = ""

    def to_dict(self) -> dict[str, Any]:
        """This attempt in plain JSON types, without the evidence."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "evidence"}

    def in_full(self) -> dict[str, Any]:
        """The same with it; where it cannot be told, that is our bug, and must not cost the verdict."""
        try:
            evidence = self.evidence()
        except Exception as error:  # noqa: BLE001 - see above
            evidence = {"broken": f"{type(error).__name__} in {place(error)}"}
        return self.to_dict() | {"evidence": evidence}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, with every attempt that was made. The body is not for printing: it may contain tokens.

    Of a login that takes several requests it is the last one, with the attempts of all; ``word`` is what Auth0 calls
    the page, or the error on it, at which that ended (empty where the body says it, or there is none).
    """

    attempts: tuple[Attempt, ...]
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    certificate: Mapping[str, Any] | None = field(default=None, repr=False)
    word: str = ""

    @property
    def seconds(self) -> float:
        """The time that all attempts took together."""
        return round(sum(attempt.seconds for attempt in self.attempts), DIGITS)

    @property
    def replaced(self) -> Attempt | None:
        """The first attempt that failed and was made once more, alone or as a whole login; None where none was."""
        failed = (each for each in self.attempts[:-1] if each.error is not None or (each.status or 0) >= 500)
        return next(failed, None)

    @property
    def speaker(self) -> str:
        """Who gave the answer, as ``monitor.speakers`` has it; empty where nobody is known."""
        return self.attempts[-1].speaker if self.attempts else ""

    @property
    def time(self) -> float:
        """The answer's own time, in seconds of the epoch: its Date header, or our clock where it has none."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return self.attempts[-1].started + self.attempts[-1].seconds

    @property
    def times(self) -> tuple[float, ...]:
        """The answer's own time, and our clock's when it came: of the two one may be wrong, and seldom both are."""
        last = self.attempts[-1:]
        return (self.time, *(each.started + each.seconds for each in last))

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def is_html(self) -> bool:
        start = self.body.lstrip()[:1024].lower()
        return start.startswith((b"<!doctype html", b"<html")) or "html" in self.headers.get("content-type", "")

    def described(self) -> str:
        """What came, in words that hold nothing of the body but an HTML page's title."""
        start = self.body.lstrip()[:1024].lower()
        if self.is_html:
            title = re.search(r"<title[^>]*>(.{1,80}?)</title>", self.text()[:20_000], re.IGNORECASE | re.DOTALL)
            return f"status {self.status} and an HTML page" + (f' ("{printable(title[1])}")' if title else "")
        kind = "an empty body" if not start else f"{len(self.body)} bytes that are not JSON"
        return f"status {self.status} and {'JSON' if self._holds_json else kind}"

    @property
    def _holds_json(self) -> bool:
        try:
            json.loads(self.body)
        except (ValueError, RecursionError):
            return False
        return True
