"""A node of a dedicated deployment: ``/testall``, and ``/health/status/*`` behind an API key."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from werkzeug import Request

from sandbox import STATIC
from sandbox.answers import NOT_FOUND, Answer, html_answer, text_answer
from sandbox.faults.registry import Fault, Moment
from sandbox.limits import Window
from sandbox.memory import Recent
from sandbox.questions import Question

METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
HEALTH = "/health/status/"


@dataclass(slots=True)
class Node:
    """``number`` counts from one; ``name`` is the only name that it answers to."""

    number: int
    name: str
    faults: Sequence[Fault]
    limit: Window
    """How often its metrics may be asked for."""
    _seen: Recent[bytes, None] = field(default_factory=Recent)

    def answer(self, request: Request) -> tuple[Question, Answer]:
        question = Question(request, f"node-{self.number}")
        answer = self._routed(question)
        if question.route == "metric":
            del answer.headers["Content-Type"]  # none of them has a body
            answer.headers["X-Powered-By"] = "Express"
            answer.headers["X-Auth0-Host"] = f"a0-{self.number}"
        for fault in self.faults:
            answer = fault.act(Moment(question, answer, self._seen))
        return question, answer

    def _routed(self, question: Question) -> Answer:
        if question.request.host.partition(":")[0].lower() != self.name:
            return text_answer("Misdirected Request", 421)
        if question.path == "/testall":
            question.route = "testall"
        elif question.path.startswith(HEALTH) and question.path.removeprefix(HEALTH) in METRICS:
            question.route = "metric"
        else:
            return html_answer(NOT_FOUND, 404)
        if question.method not in ("GET", "HEAD"):
            return text_answer("Method Not Allowed", 405)
        return text_answer("OK") if question.route == "testall" else self._metric(question)

    def _metric(self, question: Question) -> Answer:
        basic = question.request.authorization
        given = (basic.username or "", basic.password or "") if basic and basic.type == "basic" else ("", "")
        key = hmac.compare_digest(given[1].encode(), STATIC["AUTH0_HEALTH_API_KEY"].encode())
        if given[0] != "api_keys_health" or not key:
            return Answer(status=401, headers={"WWW-Authenticate": 'Basic realm="Authorization Required"'})
        return Answer(status=204 if self.limit.take().within else 429)
