"""PagerDuty, by its Events API v2: an incident is triggered, updated and resolved under one key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor import NAME
from monitor.status import Status
from monitor.telling.addressing import ChannelAddress, parsed
from monitor.telling.channel import Tell
from monitor.telling.harmless import address, plain
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message
from monitor.telling.posting import post
from monitor.text import some, stamp

SCHEMES = ("pagerduty", "pagerduty+events")
HOSTS = {"us": "events.pagerduty.com", "eu": "events.eu.pagerduty.com"}
SUMMARY, KEY, FIELD = 1_024, 255, 255
"""Characters at most of a summary and of a key, by PagerDuty's guide; and of a field, where it names no limit."""

_SEVERITIES = {Status.DOWN: "critical", Status.DEGRADED: "warning", Status.UNKNOWN: "error"}
_KNOWN = ("critical", "error", "warning", "info")


def teller(url: str, values: Mapping[str, str]) -> Tell:
    """How this address is told: ``pagerduty+events://ROUTING_KEY``, or as Apprise writes it.

    Raises ValueError, without anything of the address, where it cannot be used.
    """
    there = parsed(url)
    routing = there.given("integrationkey") or there.user or there.host
    region = there.given("region").lower() or "us"
    severity = there.given("severity").lower()
    if not routing:
        raise ValueError("it has no routing key: write it as pagerduty+events://ROUTING_KEY")
    if region not in HOSTS:
        raise ValueError(f"its region is none of {', '.join(HOSTS)}")
    chosen = next((each for each in _KNOWN if severity and each.startswith(severity)), "")
    if severity and not chosen:
        raise ValueError(f"its severity is none of {', '.join(_KNOWN)}")
    enqueue = f"https://{HOSTS[region]}/v2/enqueue"

    def tell(message: Message, _before: LedgerEntry) -> None:
        post(values, enqueue, {}, {"routing_key": routing} | _event(message, there, chosen), routing)

    return tell


def _event(message: Message, there: ChannelAddress, severity: str) -> dict[str, Any]:
    """The event in PagerDuty's words; a resolve names the key alone, as its guide has it."""
    key = message.pager_key[:KEY]
    if message.event is Event.CLOSED:
        return {"event_action": "resolve", "dedup_key": key}
    by_status = "info" if message.event is Event.TEST else _SEVERITIES.get(message.status, "error")
    source, component = (*there.path, "", "")[:2]
    named = {
        "source": there.given("source") or source or some(message.tenants) or NAME,
        "component": there.given("component") or component or some(message.targets, 10),
        "group": there.given("group") or some(message.tenants, 10),
        "class": there.given("class") or message.owner,
    }
    details = {word: plain(each) for word, each in message.by_word.items()} | dict(there.details)
    payload = {
        "summary": plain(message.headline)[:SUMMARY],
        "severity": severity or by_status,
        "timestamp": stamp(message.at),
        **{name: value[:FIELD] for name, value in named.items() if value},
        **({"custom_details": details} if details else {}),
    }
    links = [{"href": address(each.link), "text": each.word} for each in message.links if address(each.link)]
    click = address(there.given("click"))
    links += [{"href": click, "text": "more"}] if click else []
    seen = next((each["href"] for each in links if each["text"] == "run"), "")
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "payload": payload,
        "client": NAME,
        **({"client_url": seen} if seen else {}),
        **({"links": links} if links else {}),
    }
