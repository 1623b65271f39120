"""Rate limits and brute-force protection: who may still ask, and the headers that say so. Source: Auth0's docs."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from sandbox.answers import Answer, error_answer
from sandbox.memory import Recent
from sandbox.questions import Question

FAILURES_BEFORE_BLOCK = 10
"""Brute-force protection's default: failed logins of one user from one address."""

TOO_MANY_REQUESTS = (
    "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers."
)
BLOCKED = "Your account has been blocked after multiple consecutive login attempts."


@dataclass(frozen=True, slots=True)
class Room:
    """What is left: ``remaining`` of ``limit``, until ``reset`` (UNIX seconds)."""

    limit: int
    remaining: int
    reset: int
    within: bool

    def shown_on(self, answer: Answer) -> Answer:
        answer.headers["x-ratelimit-limit"] = str(self.limit)
        answer.headers["x-ratelimit-remaining"] = str(self.remaining)
        answer.headers["x-ratelimit-reset"] = str(self.reset)
        return answer


class Allowance(Protocol):
    def take(self) -> Room: ...


class Window:
    """So many in each stretch of so many seconds."""

    def __init__(self, limit: int, seconds: int) -> None:
        self.limit, self.seconds = limit, seconds
        self._current, self._taken = 0, 0
        self._lock = threading.Lock()

    def take(self) -> Room:
        with self._lock:
            current = int(time.time()) // self.seconds
            if current != self._current:
                self._current, self._taken = current, 0
            self._taken += 1
            left = self.limit - self._taken
        return Room(self.limit, max(left, 0), (current + 1) * self.seconds, left >= 0)


class Bucket:
    """A burst, refilled at so many a minute."""

    def __init__(self, burst: int, a_minute: int) -> None:
        self.burst, self.rate = burst, a_minute / 60
        self._level, self._at = float(burst), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> Room:
        with self._lock:
            now = time.monotonic()
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
            self._at = now
            within = self._level >= 1
            self._level -= within
            wait = max(0.0, (1 - self._level) / self.rate)
            return Room(self.burst, int(self._level), math.ceil(time.time() + wait), within)


class Limits:
    """The limits of a tenant: ``generous`` ones, which nobody meets by accident, or the ``real`` ones."""

    def __init__(self, kind: Literal["generous", "real"]) -> None:
        self.real = self._real = kind == "real"
        self._shared: dict[str, Allowance] = {
            "token": Window(30, 1) if self._real else Window(100_000, 60),
            "ro": Window(30, 1) if self._real else Window(100_000, 60),
            "jwks": Window(20, 1) if self._real else Window(100_000, 60),
        }
        self._own: Recent[tuple[str, str], Allowance] = Recent()
        self._failures: Recent[tuple[str, str], int] = Recent()
        self._lock = threading.Lock()

    def spent(self, question: Question) -> tuple[Room | None, Answer | None]:
        """The room that is left after this question, and the refusal where there is none."""
        allowance = self._shared.get(question.route)
        if allowance is None:
            return None, None
        room = allowance.take()
        return room, None if room.within else room.shown_on(error_answer(429, "too_many_requests", TOO_MANY_REQUESTS))

    def spent_on_profile(self, user_id: str) -> tuple[Room, Answer | None]:
        """``/userinfo`` is limited by user."""
        room = self._of(("profile", user_id), lambda: Bucket(10, 5)).take()
        return room, None if room.within else _exceeded(room, "/userinfo")

    def refusal_of_login(self, question: Question) -> Answer | None:
        """A login by one user from one address: 20, then 10 a minute, right or wrong; and 10 wrong ones block."""
        who = (question.username, question.address)
        if not self._real:
            return None
        if self._failures.get(who, 0) >= FAILURES_BEFORE_BLOCK:
            return error_answer(429, "too_many_attempts", BLOCKED)
        room = self._of(who, lambda: Bucket(20, 10)).take()
        return None if room.within else _exceeded(room, question.path)

    def spent_on_page(self, question: Question) -> Answer | None:
        """A page of the login: 10 posts from one address, then 5 a minute; 20 sights of one login's, then 10."""
        if question.method == "POST":
            room = self._of((question.path, question.address), lambda: Bucket(10, 5)).take()
        else:
            state = question.request.args.get("state", "")
            room = self._of((state, question.address), lambda: Bucket(20, 10)).take()
        return None if room.within else _exceeded(room, question.path)

    def blocks(self, username: str, address: str) -> bool:
        """Whether this user is blocked from this address, for failed logins."""
        return self._real and self._failures.get((username.lower(), address), 0) >= FAILURES_BEFORE_BLOCK

    def judge_login(self, question: Question, *, failed: bool) -> None:
        """Count a wrong password; a right one starts the count again."""
        self.count(question.username, question.address, failed=failed)

    def count(self, username: str, address: str, *, failed: bool) -> None:
        """The same, of a login that is told by its parts."""
        who = (username.lower(), address)
        with self._lock:
            if failed:
                self._failures[who] = self._failures.get(who, 0) + 1
            else:
                self._failures.pop(who, None)

    def _of(self, who: tuple[str, str], allowance: Callable[[], Allowance]) -> Allowance:
        with self._lock:
            if who not in self._own:
                self._own[who] = allowance() if self._real else Window(100_000, 60)
            return self._own[who]


def _exceeded(room: Room, path: str) -> Answer:
    return room.shown_on(error_answer(429, "too_many_requests", f"You have exceeded the rate limit on {path}"))
