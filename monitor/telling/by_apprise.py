"""A channel by Apprise: chats, mail, webhooks, and pagers, each of which is given the key of the incident.

Its addresses are secrets, and so is what it logs of them.
"""

from __future__ import annotations

import importlib
import logging
import warnings
from typing import Any

from monitor import NAME
from monitor.status import SEVERITY, Status
from monitor.telling.channel import Ending, Tell, Untold
from monitor.telling.due import grown
from monitor.telling.harmless import address, plain
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message
from monitor.telling.pagers import Pager, keyed, pager

UNKNOWN = "no address that Apprise knows: write it as Apprise does: https://appriseit.com/services/"
_KINDS = {Event.CLOSED: "success", Event.TEST: "info", Event.OPENED: "failure", Event.OVERDUE: "failure"}
_MILDEST = "info"


class NoApprise(Exception):
    """Apprise is not installed."""


def teller(url: str, *, pages_recoveries: bool) -> tuple[Ending, Tell]:
    """What the end of an incident is at this address, and how it is told. Raises ValueError or NoApprise.

    ``pages_recoveries``: also a pager that cannot close an alert is told of the end, as mildly as it can be.
    """
    with warnings.catch_warnings(action="ignore"):  # what Apprise leans on may go out of use: no reason for silence
        service = _service(url)
    known = str(getattr(service, "schema", "") or "")
    whole = url if url.lower().startswith(f"{known}://") else str(service.url())  # it reads services' own addresses
    one = pager(whole)
    if one is None:
        return Ending.MESSAGE, lambda message, _before: _send(service, message, _KINDS.get(message.event, "warning"))
    if one.key:
        return Ending.CLOSES, lambda message, _before: _page(one, whole, message)
    return Ending.PAGES, lambda message, before: _ring(service, message, before, pages_recoveries=pages_recoveries)


def _page(one: Pager, url: str, message: Message) -> None:
    """Tell a pager that keeps alerts by a key."""
    service = _service(keyed(one, url, message.event, message.pager_key))
    opening = "warning" if message.status is Status.DEGRADED else "failure"
    _send(service, message, "success" if message.event is Event.CLOSED else opening)


def _ring(service: Any, message: Message, before: LedgerEntry, *, pages_recoveries: bool) -> str | None:
    """Tell a pager that cannot close: whatever it is told is a new alert, so only what is worth one is told."""
    if message.event is Event.CLOSED:
        if not pages_recoveries:
            return f"cannot close an alert, so close it by hand: {message.title}"
        _send(service, message, _MILDEST)
        return None
    known = Status((before.facts or {}).get("status", Status.UP))
    worse = SEVERITY[message.status] > SEVERITY[known] or grown(message.targets, before)
    if message.event is Event.CHANGED and not worse:
        return f"would page again, so the change was not sent: {message.title}"
    _send(service, message, "failure")
    return f"cannot close an alert, so close it by hand: {message.title}" if message.event is Event.TEST else None


def _send(service: Any, message: Message, kind: str) -> None:
    apprise = _apprise()
    sender = apprise.Apprise(asset=_asset(apprise))
    sender.add(service)
    try:
        arrived = sender.notify(title=plain(message.headline), body=text(message), notify_type=kind, body_format="text")
    except Exception as error:  # noqa: BLE001 - what it says may hold the URL
        raise Untold(f"was not notified ({type(error).__name__})") from None
    if not arrived:
        raise Untold("was not notified: it could not be reached, or rejected the message")


def _service(url: str) -> Any:
    """Apprise's object for this address. Raises ValueError, without anything of it, where it is none."""
    apprise = _apprise()
    try:
        service = apprise.Apprise.instantiate(url, asset=_asset(apprise), suppress_exceptions=True)
    except Exception:  # noqa: BLE001 - what it says may hold the URL
        service = None
    if service is None:
        raise ValueError(UNKNOWN)
    return service


def _apprise() -> Any:
    logging.getLogger("apprise").disabled = True  # it writes what it cannot parse, and what it sends
    try:
        return importlib.import_module("apprise")
    except ImportError:
        raise NoApprise from None


def _asset(apprise: Any) -> Any:
    return apprise.AppriseAsset(app_id=NAME, async_mode=False, storage_mode="memory")


def text(message: Message) -> str:
    """A message in plain text: what is known first, then where to look, and last which incident it is."""
    lines = (f"{line.word}: {address(line.link) or plain(line.text)}" for line in message.lines)
    return "\n".join([*lines, "", plain(message.title)])
