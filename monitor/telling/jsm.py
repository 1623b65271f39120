"""Alerts of Jira Service Management, and of Opsgenie before it: created, noted and closed under one alias."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from monitor import NAME
from monitor.status import Status
from monitor.telling.addressing import ChannelAddress, parsed
from monitor.telling.channel import Tell
from monitor.telling.harmless import address, plain
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message
from monitor.telling.posting import Gone, post
from monitor.text import some

SCHEMES = ("jsm", "jira", "opsgenie")
_JSM = "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
_OPSGENIE = {"us": "https://api.opsgenie.com/v2/alerts", "eu": "https://api.eu.opsgenie.com/v2/alerts"}

MESSAGE, DESCRIPTION, NOTE, ALIAS, ENTITY, SOURCE, USER = 130, 15_000, 25_000, 512, 512, 100, 100
TAGS, TAG, RESPONDERS, DETAILS = 20, 50, 50, 8_000
"""Characters (or, of tags and responders, how many) at most, by Opsgenie's page of its alert API; details: in all."""

_PRIORITIES = {Status.DOWN: "P1", Status.UNKNOWN: "P2", Status.DEGRADED: "P3"}
_NAMES = {"l": "P1", "m": "P2", "n": "P3", "h": "P4", "e": "P5"}
"""As Apprise has them, whose numbers these names stand for."""

_RESPONDERS = {"#": "team", "*": "schedule", "^": "escalation", "@": "user"}
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def teller(url: str, values: Mapping[str, str]) -> Tell:
    """How this address is told: ``jsm://KEY``, or as Apprise writes it (``opsgenie://KEY/#team``, ``jira://KEY``).

    Raises ValueError, without anything of the address, where it cannot be used.
    """
    there = parsed(url)
    key, region = there.given("apikey") or there.host, there.given("region").lower() or "us"
    if not key:
        raise ValueError(f"it has no key: write it as {there.scheme}://KEY")
    if region not in _OPSGENIE:
        raise ValueError(f"its region is none of {', '.join(_OPSGENIE)}")
    alerts = _OPSGENIE[region] if there.scheme == "opsgenie" else _JSM
    headers = {"Authorization": f"GenieKey {key}"}
    user = {"user": there.user[:USER]} if there.user else {}
    common = {"source": NAME[:SOURCE]} | user
    created = _created(there)

    def tell(message: Message, _before: LedgerEntry) -> None:
        alias = message.pager_key[:ALIAS]
        one = f"{alerts}/{quote(alias, safe='')}"
        note = common | {"note": _noted(message)[:NOTE]}
        if message.event is Event.CLOSED:
            try:
                post(values, f"{one}/close?identifierType=alias", headers, note, key)
            except Gone:
                return  # it was closed by hand, or never opened
            return
        post(values, alerts, headers, common | created | _alert(message, there) | {"alias": alias}, key)
        if message.event is Event.CHANGED:  # an alert that is open takes no other message, and counts only
            post(values, f"{one}/notes?identifierType=alias", headers, note, key)

    return tell


def _created(there: ChannelAddress) -> dict[str, Any]:
    """What the address says of every alert: who responds, which tags it has, about what it is."""
    named = [*there.path, *filter(None, re.split(r"[\s,]+", there.given("to")))]
    responders = [_responder(each) for each in named if len(each) > 1][:RESPONDERS]
    tags = [each[:TAG] for each in re.split(r"[\s,]+", there.given("tags")) if each][:TAGS]
    entity = there.given("entity")[:ENTITY]
    told = {"responders": responders, "tags": tags, "entity": entity}
    return {name: value for name, value in told.items() if value}


def _responder(name: str) -> dict[str, str]:
    kind, plain_name = (_RESPONDERS[name[0]], name[1:]) if name[0] in _RESPONDERS else ("user", name)
    if _UUID.fullmatch(plain_name):
        return {"type": kind, "id": plain_name}
    return {"type": kind, "username" if kind == "user" else "name": plain_name}


def _alert(message: Message, there: ChannelAddress) -> dict[str, Any]:
    by_status = "P5" if message.event is Event.TEST else _PRIORITIES.get(message.status, "P3")
    facts = {word: plain(each) for word, each in message.by_word.items()} | dict(there.details)
    head = plain(message.headline)
    return {
        "message": head if len(head) <= MESSAGE else f"{head[: MESSAGE - 1]}…",
        "description": _noted(message)[:DESCRIPTION],
        "entity": there.given("entity")[:ENTITY] or some(message.targets, 10)[:ENTITY] or NAME,
        "details": _within(facts),
        "priority": _priority(there) or by_status,
    }


def _priority(there: ChannelAddress) -> str:
    said = there.given("priority").lower().removeprefix("p")
    return f"P{said[0]}" if said[:1] in set("12345") else _NAMES.get(said[:1], "")


def _within(facts: Mapping[str, str]) -> dict[str, str]:
    """As many of these as fit, in their order."""
    kept: dict[str, str] = {}
    left = DETAILS
    for name, text in facts.items():
        left -= len(name) + len(text)
        if left >= 0:
            kept[name] = text
    return kept


def _noted(message: Message) -> str:
    lines = (f"{each.word}: {address(each.link) or plain(each.text)}" for each in message.lines)
    return "\n".join([plain(message.headline), *lines])
