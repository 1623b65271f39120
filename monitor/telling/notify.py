"""Everybody else, by Apprise: chats, pagers, mail, webhooks. Its URLs are secrets, and so is what it logs of them."""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import re
import warnings
from typing import Any
from urllib.parse import unquote

from monitor import addresses
from monitor.configuration.variables import NOTIFY
from monitor.telling.channel import Channel, Untold
from monitor.telling.harmless import address, plain
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message

VARIABLE = NOTIFY
DEADLINE = 30.0
"""Seconds, for all that is told at a time; Apprise itself waits for 4 seconds for a connection, and for each answer."""

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z0-9][A-Za-z0-9+.-]*)://\S")
_KINDS = {Event.CLOSED: "success", Event.TEST: "info", Event.OPENED: "failure", Event.OVERDUE: "failure"}


def listed(value: str) -> list[str]:
    """The URLs of this value: words, apart by space, or by a comma before the next one's scheme."""
    return [each for each in re.split(r"[\s,]+(?=[A-Za-z0-9][A-Za-z0-9+.-]*://)|\s+", value.strip(" \t\r\n,")) if each]


def secrets(value: str) -> set[str]:
    """Whatever in these URLs may be a secret: all parts of them that are long enough to be one."""
    parts = {part for url in listed(value) for part in re.split(r"[/:@?&=,#+\s]+", url.partition("://")[2] or url)}
    parts |= {unquote(each) for each in parts} | set(listed(value))
    return {each for each in parts if len(each) >= 6}


def channels(value: str) -> tuple[list[Channel], list[str]]:
    """A channel for each URL, and a line for each that is none: it costs itself alone."""
    with warnings.catch_warnings(action="ignore"):  # what Apprise leans on may go out of use: no reason for silence
        return _channels(value)


def _channels(value: str) -> tuple[list[Channel], list[str]]:
    urls = list(dict.fromkeys(listed(value)))
    if not urls:
        return [], []
    if refused := addresses.refusal_of_proxies(os.environ):
        return [], [f"{VARIABLE}: none of its {len(urls)} channels is told by such a proxy; {refused}"]
    try:
        apprise = importlib.import_module("apprise")
    except ImportError:
        cure = "install requirements-telling.txt, or unset it"
        return [], [f"{VARIABLE}: Apprise is not installed, so {len(urls)} of its channels are not told: {cure}"]
    logging.getLogger("apprise").disabled = True  # it writes what it cannot parse, and what it sends
    asset = apprise.AppriseAsset(app_id="auth0-synthetic-monitoring", async_mode=False, storage_mode="memory")
    found, problems = [], []
    for number, url in enumerate(urls, 1):
        match = _SCHEME.match(url)
        name = f"{VARIABLE}, number {number}" + (f" ({match['scheme'].lower()})" if match else "")
        if why := addresses.fault_of_channel(url):
            problems.append(f"{name}: {why}")
            continue
        service = _service(apprise, asset, url) if match else None
        if service is None:
            cure = "write it as Apprise does: https://appriseit.com/services/"
            problems.append(f"{name}: no address that Apprise knows: {cure}")
            continue
        key = f"notify:{hashlib.sha256(url.encode()).hexdigest()[:16]}"
        found.append(Channel(key, name, _teller(apprise, asset, service), DEADLINE))
    return found, problems


def _service(apprise: Any, asset: Any, url: str) -> Any:
    try:
        return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    except Exception:  # noqa: BLE001 - what it says may hold the URL
        return None


def _teller(apprise: Any, asset: Any, service: Any) -> Any:
    def tell(message: Message, _before: LedgerEntry) -> None:
        teller = apprise.Apprise(asset=asset)
        teller.add(service)
        try:
            arrived = teller.notify(
                title=plain(message.headline),
                body=text(message),
                notify_type=_KINDS.get(message.event, "warning"),
                body_format="text",
            )
        except Exception as error:  # noqa: BLE001 - what it says may hold the URL
            raise Untold(f"was not told ({type(error).__name__})") from None
        if not arrived:
            raise Untold("was not told: it could not be reached, or did not take the message")

    return tell


def text(message: Message) -> str:
    """A message in plain text."""
    lines = (f"{line.word}: {address(line.link) or plain(line.text)}" for line in message.lines)
    return "\n".join([plain(message.title), "", *lines])
