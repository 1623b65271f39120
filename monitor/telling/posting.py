"""A message to a service's own API: JSON, by the suite's door, and what its answer means for whoever sent it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from monitor.exchange import Exchange
from monitor.failures import Failure
from monitor.secrets import MASK, Scrubber
from monitor.telling.channel import Untold
from monitor.text import one_line
from monitor.wire.door import Door

TIMEOUT, CONNECT_TIMEOUT = 12.0, 5.0
"""Seconds, over both attempts: a broken connection and a 5xx are tried once more; the same key is no new alert."""

TAKEN = (200, 201, 202, 204)


class Gone(Untold):
    """The service knows nothing of what was to be closed."""


def post(values: Mapping[str, str], url: str, headers: Mapping[str, str], body: Mapping[str, Any], secret: str) -> None:
    """Send this, in the environment of these variables. Raises Untold, without ``secret`` in its words.

    Gone where the service answers that there is no such thing.
    """
    door = Door(Scrubber(), values)
    try:
        answer = door.ask(
            "POST", url, timeout=TIMEOUT, connect_timeout=CONNECT_TIMEOUT, headers=headers, json=dict(body)
        )
    except Failure as failure:
        raise Untold(f"was not reached: {_clean(failure.reason, secret)}") from None
    if answer.status in TAKEN:
        return
    if answer.status == 404:
        raise Gone("answered 404: it does not know what was to be closed")
    raise Untold(_meaning(answer, secret))


def _meaning(answer: Exchange, secret: str) -> str:
    status = answer.status
    if status == 429:
        return "takes no more messages at the moment (429): the next run sends it"
    if status >= 500:
        return f"fails ({status}, twice): the next run sends it"
    if status in (401, 403):
        return f"does not know the key of this address ({status}): set another one"
    why = _clean(_said(answer), secret)
    return f"refused the message ({status}{f': {why}' if why else ''})"


def _said(answer: Exchange) -> str:
    """What a refusal gives as its reasons: PagerDuty and Atlassian have a message, and a list or a map of errors."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    listed = [f"{name}: {each}" for name, each in errors.items()] if isinstance(errors, dict) else errors
    reasons = listed if isinstance(listed, list) else []
    return "; ".join(str(each) for each in (told.get("message"), *reasons) if each)


def _clean(text: str, secret: str) -> str:
    scrubber = Scrubber()
    scrubber.add(secret)
    return one_line(scrubber.scrub(text).replace(secret, MASK) if secret else text, 200)
