"""How a feed is sent: by the suite's only door, within its time, to https alone, and without following a redirect."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Self

from monitor.exchange import Exchange, Repeat
from monitor.failures import Failure
from monitor.feeds import readout
from monitor.feeds.feed_settings import AGE, Endpoint, Unsent
from monitor.secrets import Scrubber
from monitor.text import duration, one_line, printable
from monitor.verdict import Run
from monitor.wire.door import Door

CONNECT_TIMEOUT = 5.0
AT_ONCE = 8
"""Requests of one feed that are under way at the same time."""

_SHOWN = 200
_PAGE = re.compile(r"(?:[\s\ufeff]|<\?xml.*?\?>|<!--.*?-->)*<(?:!doctype|html|head|body)\b", re.IGNORECASE | re.DOTALL)
THROTTLED = (420, 429)
"""Statuses by which a reader says that it was asked too often: 420 is Statuspage's."""

Objection = Callable[[Exchange], str]
"""Why a reader has not taken what it was sent, in its own way of saying so; empty where it says nothing special."""


class AskedTooOften(Unsent):
    """A reader takes no more for now: what is left of the feed is not sent, since each request would make it worse."""


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """What is sent to an endpoint: a method, what follows its address, the body, and the headers that are no secret.

    ``repeat`` is UNSENT where a reader would count what comes twice as two.
    """

    method: str
    path: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: Repeat = Repeat.BROKEN


@dataclass(frozen=True, slots=True)
class Courier:
    """Who sends: ``values`` is the environment, ``deadline`` the moment by which all is over (``time.monotonic``)."""

    values: Mapping[str, str]
    scrubber: Scrubber
    deadline: float

    @classmethod
    def within(cls, values: Mapping[str, str], scrubber: Scrubber, seconds: float) -> Self:
        """One who has so many seconds from now on."""
        return cls(values, scrubber, time.monotonic() + seconds)

    def left(self) -> float:
        """The seconds that are left. Raises Unsent where there are none."""
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise Unsent("its time was over: see AUTH0_FEED_TIMEOUT")
        return seconds

    def ask(self, endpoint: Endpoint, request: FeedRequest) -> Exchange:
        """Send this; any answer is returned. Raises Unsent where there was none."""
        seconds = self.left()
        secret = {name: value.get_secret_value() for name, value in endpoint.headers.items()}
        try:
            return Door(self.scrubber, self.values).ask(
                request.method,
                f"{endpoint.url}{request.path}",
                timeout=seconds,
                connect_timeout=min(CONNECT_TIMEOUT, seconds),
                headers={**request.headers, **secret},
                content=request.content,
                repeat=request.repeat,
            )
        except Failure as failure:
            raise Unsent(f"{endpoint.variable} was not reached: {self.clean(failure.reason)}") from None

    def send(self, endpoint: Endpoint, request: FeedRequest, refused: Objection = lambda _: "") -> Exchange:
        """The same, where only an answer of 2xx is well. Raises Unsent, with what any other one means.

        ``refused`` says of an answer what this reader means by it; where it says nothing, what any reader would.
        """
        answer = self.ask(endpoint, request)
        if answer.status in THROTTLED:
            raise AskedTooOften(self.meaning(endpoint, answer))
        why = _is_page(answer) or refused(answer)
        if why:
            raise Unsent(f"{endpoint.variable}: {why}")
        if not 200 <= answer.status < 300:
            raise Unsent(self.meaning(endpoint, answer))
        return answer

    def send_all(self, endpoint: Endpoint, requests: Iterable[FeedRequest], refused: Objection = lambda _: "") -> int:
        """Send these, some at a time; how many they were. Raises the first Unsent after all were tried.

        Once the reader has said that it is asked too often, none of the others is sent.
        """
        throttled: list[AskedTooOften] = []

        def send(request: FeedRequest) -> None:
            if throttled:
                raise throttled[0]
            try:
                self.send(endpoint, request, refused)
            except AskedTooOften as error:
                throttled.append(error)
                raise

        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = [pool.submit(send, request) for request in requests]
        failed = [error for each in sent if (error := each.exception())]
        if failed:
            more = f" ({len(failed)} of {len(sent)} requests failed)" if len(sent) > 1 else ""
            raise Unsent(f"{failed[0]}{more}") from None
        return len(sent)

    def meaning(self, endpoint: Endpoint, answer: Exchange) -> str:
        """What an answer that is not well says, in one line that names the variable to blame, without a secret."""
        status, variable = answer.status, endpoint.variable
        if 300 <= status < 400:
            return f"{variable} redirects ({status}), which is not followed: set it to where it leads"
        if status in (401, 403):
            return f"{variable} does not accept the key ({status}): set another one" + (
                f" in {endpoint.key}" if endpoint.key else ""
            )
        if status in THROTTLED or status >= 500:
            later = _later(answer)
            return f"{variable} accepts nothing at the moment ({status}{later}): the next run is sent again"
        said = self.clean(printable(answer.text()[:2_000]))
        return f"{variable} refused it ({status}{f': {said}' if said else ''})"

    def clean(self, text: str) -> str:
        return one_line(self.scrubber.scrub(text), _SHOWN)


def _later(answer: Exchange) -> str:
    """From when on it would take something, by its own word; that may be a date, which is left out."""
    given = answer.headers.get("retry-after", "").strip()
    return f", again in {duration(float(given))}" if given.isascii() and given.isdigit() and len(given) < 7 else ""


def _is_page(answer: Exchange) -> str:
    """Why this is no reader's answer, though its status is a success: proxies and portals answer with a page."""
    kind, body = answer.headers.get("content-type", "").lower(), answer.body[:2_000].decode("utf-8", "replace")
    if not 200 <= answer.status < 300 or not ("html" in kind or _PAGE.match(body)):
        return ""
    return f"a web page answers there ({answer.status}): see whether the address is right, and what stands before it"


def said_by(answer: Exchange) -> dict[str, Any]:
    """The object of JSON that was answered; empty where the answer is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def believable(run: Run, most: float, variable: str = AGE) -> float:
    """The seconds since this run began. Raises Unsent where nobody would believe it any more: ``most`` or older."""
    age = readout.age(run, time.time())
    if age is None:
        raise Unsent("when the run was cannot be read, or lies ahead, so nothing was sent")
    if age >= most:
        said = f"the run is {duration(age)} old, too old to say anything"
        raise Unsent(f"{said} (at most {duration(most)}{f', {variable}' if variable else ''}), so nothing was sent")
    return age


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of a feed: its name, and a line that says what was sent, or why nothing was."""

    feed: str
    said: str
    failed: bool = False


def at_once(seconds: float, work: Mapping[str, Callable[[], str]]) -> list[Sending]:
    """Do all of this at once, and wait so many seconds: what has not ended by then has failed, and is left alone.

    What is left alone must not keep the process: see ``monitor.feeds.__main__``.
    """
    came: dict[str, Sending] = {}

    def do(name: str, send: Callable[[], str]) -> None:
        try:
            came[name] = Sending(name, send())
        except Unsent as error:
            came[name] = Sending(name, str(error), failed=True)
        except Exception as error:  # noqa: BLE001 - a feed that breaks must cost no other
            came[name] = Sending(name, f"a bug in the monitor ({type(error).__name__}): please report it", failed=True)

    threads = [threading.Thread(target=do, args=each, daemon=True) for each in work.items()]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = f"did not end within {seconds:g} s"
    return [came.get(name) or Sending(name, late, failed=True) for name in work]
