"""An answer in Auth0's words, and how it is delivered; a refusal is raised and becomes an answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import Any

from werkzeug import Response


class Delivery(Enum):
    """How an answer leaves."""

    WHOLE = auto()
    CUT = auto()
    """Content-Length promises more than is sent before the connection closes."""
    DRIP = auto()
    """The headers at once, then the body, one byte a second."""
    NEVER = auto()
    """The request is read, and that was it."""
    RESET = auto()
    """The request is read, and the connection reset."""


class Answer(Response):
    """A Werkzeug response that also says how late it leaves (in seconds) and in which manner."""

    late: float = 0.0
    delivery: Delivery = Delivery.WHOLE


def json_answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(content, separators=(",", ":"))
    return Answer(body, status, headers, content_type="application/json; charset=utf-8")


def text_answer(text: str, status: int = 200) -> Answer:
    return Answer(text, status, content_type="text/plain")


def html_answer(html: str | Iterable[bytes], status: int = 200) -> Answer:
    return Answer(html, status, content_type="text/html; charset=utf-8")


def error_answer(status: int, error: str, description: str, **more: Any) -> Answer:
    """The shape of all errors of the Authentication API."""
    return json_answer({"error": error, "error_description": description, **more}, status)


class Refused(Exception):
    """Raised where a request is refused; carries the answer."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.answer = error_answer(status, error, description)


def page(title: str, text: str) -> str:
    """A small HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    )


NOT_FOUND = page("Oops!, something went wrong", "There could be a misconfiguration in the system or a service outage.")
CAPTIVE_PORTAL = page("Welcome to Guest Wi-Fi", "Accept the terms of use to go on.")
NODE_ILL = (
    "manage seems down. Reason: connect ENOENT /var/lib/auth0/sockets/auth0-manage.socket\n"
    "api2 seems down. Reason: connect ECONNREFUSED 127.0.0.1:5000\n"
)
"""What an appliance's ``/testall`` says when it is ill; its docs warn not to depend on the words."""
