"""The pagers that Apprise knows: whether an alert of theirs can be updated and closed, and how it is given a key.

``python -m monitor.telling.pagers`` prints the table of docs/alerting.md. A scheme that Apprise knows and that stands
neither here nor among those that are no pagers makes a test fail, so that somebody decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from monitor import console
from monitor.telling import jsm, pagerduty
from monitor.telling.addressing import changed, parsed
from monitor.telling.message import Event


@dataclass(frozen=True, slots=True)
class Pager:
    """A service that wakes somebody, by Apprise.

    ``key`` is the parameter that takes the key of an incident (empty: there is none, so nothing can be closed), ``own``
    are names that the same thing has besides, ``closing`` is what closes the alert of that key. ``messages`` are
    addresses of it that are no pager's. ``entity``: the key goes after what the address itself names.
    """

    service: str
    schemes: tuple[str, ...]
    key: str = ""
    own: tuple[str, ...] = ()
    closing: Mapping[str, str] = field(default_factory=dict)
    messages: str = ""
    entity: bool = False
    remark: str = ""


_RESOLVE = {"action": "resolve"}

PAGERS = (
    Pager("FireHydrant", ("firehydrant",), "dedup", (), _RESOLVE),
    Pager("GoAlert", ("goalert", "goalerts"), "dedup", (), {"action": "close"}),
    Pager("ilert", ("ilert",), "dedup", (), _RESOLVE),
    Pager("incident.io", ("incidentio",), "dedup", (), _RESOLVE),
    Pager("PagerTree", ("pagertree",), "dedup", ("tid", "thirdparty"), _RESOLVE),
    Pager("SIGNL4", ("signl4",), "external_id", ("dedup", "status"), _RESOLVE),
    Pager("Splunk On-Call (VictorOps)", ("splunk", "victorops"), "entity_id", (), {"action": "recovery"}, entity=True),
    Pager("Squadcast", ("squadcast",), "dedup", (), _RESOLVE),
    Pager(
        "Better Stack",
        ("betterstack",),
        messages=r"betterstack://[^/?]+@",
        remark="an address of its logs is a message as any other",
    ),
    Pager("LFG Alarm", ("lfg",)),
    Pager("Spike.sh", ("spike",)),
    Pager("xMatters", ("xmatters",)),
)

OURS = {
    "PagerDuty": (pagerduty.SCHEMES, "trigger", "trigger of the same key", "resolve"),
    "Jira Service Management, Opsgenie": (jsm.SCHEMES, "alert", "the same alias, and a note", "close, by the alias"),
}
"""Those that are told by channels of our own, whatever Apprise makes of their addresses."""

_BY_SCHEME = {scheme: pager for pager in PAGERS for scheme in pager.schemes}


def pager(url: str) -> Pager | None:
    """The pager that this address of Apprise's is of; None where it is no pager's."""
    found = _BY_SCHEME.get(url.partition("://")[0].strip().lower())
    return None if found and found.messages and re.match(found.messages, url.strip(), re.IGNORECASE) else found


def keyed(one: Pager, url: str, event: Event, key: str) -> str:
    """The address at which this event of the incident of that key is told."""
    if not one.key:
        return url
    if one.entity:
        there = parsed(url)
        own = there.given(one.key) or "/".join(there.path)
        key = f"{own}/{key}" if own else key
    closes = one.closing if event is Event.CLOSED else {}
    return changed(url, one.own, {one.key: key, **closes})


def table() -> str:
    """What each does with an alert, in Markdown."""
    never = "cannot close: recoveries page"
    rows = ["| pager | addresses | opens | updates | closes |", "| --- | --- | --- | --- | --- |"]
    for service, (schemes, opens, updates, closes) in OURS.items():
        rows.append(f"| {service} | {_named(schemes)} | {opens} | {updates} | {closes} |")
    for one in sorted(PAGERS, key=lambda each: (not each.key, each.service.casefold())):
        remark = f" ({one.remark})" if one.remark else ""
        life = f"yes | by `{one.key}` | {_closing(one)}" if one.key else f"yes | no | {never}{remark}"
        rows.append(f"| {one.service} | {_named(one.schemes)} | {life} |")
    return "\n".join(rows)


def _named(schemes: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}://`" for each in schemes)


def _closing(one: Pager) -> str:
    return " ".join(f"`{name}={quote(value)}`" for name, value in one.closing.items())


if __name__ == "__main__":
    console.say(table() + "\n")
