"""Where the pages are asked for: ``/status/<service>/...``, on an address of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from werkzeug import Request
from werkzeug.http import is_resource_modified

from sandbox.answers import NOT_FOUND, Answer, html_answer, page
from sandbox.faults.registry import Fault, Moment
from sandbox.memory import Recent
from sandbox.pages import auth0, bought, clouds, feeds, others, platforms, salesforce, statusio, statuspage
from sandbox.pages.scene import Scene, rfc822
from sandbox.pages.services import FORMAT_OF
from sandbox.questions import Question

TARGET = "pages"
ROOT = "/status/"

Writing = Callable[[Scene, str, str], Answer | None]
"""Writes the document at a path, for a domain where one is asked for; None where there is no such path."""

WRITERS: dict[str, Writing] = {
    "statuspage": statuspage.document,
    "aws": clouds.aws,
    "azure": clouds.azure,
    "google": clouds.google,
    "meta": clouds.meta,
    "auth0": auth0.document,
    "slack": platforms.slack,
    "salesforce": salesforce.document,
    "heroku": platforms.heroku,
    "statusio": statusio.document,
    "feed": feeds.plain,
    "instatus": bought.instatus,
    "betterstack": bought.better_stack,
    "sorry": bought.sorry,
    "cachet": bought.cachet,
    "rootly": bought.rootly,
    "apple": others.apple,
    "microsoft": others.microsoft,
    "kuma": others.kuma,
    "api": others.api,
}
"""By format."""


@dataclass(slots=True)
class Pages:
    """Writes every page when it is asked for, and then lets the faults change the answer."""

    shapes: Collection[tuple[str, str]]
    """What is wrong: formats and shapes."""
    faults: Sequence[Fault]
    _started: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    _seen: Recent[bytes, None] = field(default_factory=Recent)

    @property
    def _now(self) -> datetime:
        """When the pages are told from: the start, or so many whole hours after, for a page must not seem to stop."""
        return self._started + (datetime.now(UTC) - self._started) // timedelta(hours=1) * timedelta(hours=1)

    def answer(self, request: Request) -> tuple[Question, Answer]:
        question = Question(request, TARGET)
        answer = self._routed(question)
        for fault in self.faults:
            answer = fault.act(Moment(question, answer, self._seen))
        return question, self._unless_known(request, answer)

    def _routed(self, question: Question) -> Answer:
        service, _, path = question.path.removeprefix(ROOT).partition("/")
        if not question.path.startswith(f"{ROOT}{service}/") or service not in FORMAT_OF:
            return html_answer(NOT_FOUND, 404)
        question.route = service
        if question.method not in ("GET", "HEAD"):
            answer = html_answer(page("405", "Method Not Allowed"), 405)
            answer.headers["allow"] = "GET, HEAD"
            return answer
        name = FORMAT_OF[service]
        scene = Scene(service, self._now, frozenset(shape for ill, shape in self.shapes if ill == name))
        written = WRITERS[name](scene, path, question.request.args.get("domain", ""))
        return html_answer(NOT_FOUND, 404) if written is None else written

    def _unless_known(self, request: Request, answer: Answer) -> Answer:
        """The same answer, marked so that it need not be sent again; 304 to whoever has it already."""
        if answer.status_code != 200 or answer.is_streamed:
            return answer
        answer.add_etag()
        answer.headers["last-modified"] = rfc822(self._now)
        if request.method in ("GET", "HEAD") and not is_resource_modified(
            request.environ, etag=answer.headers["etag"], last_modified=self._now
        ):
            answer.set_data(b"")
            answer.status_code = 304
            del answer.headers["content-type"]
            del answer.headers["content-length"]
        return answer
