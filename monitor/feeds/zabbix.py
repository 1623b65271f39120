"""Zabbix: the run as one value of a trapper item, of which the template makes all others, by the sender's protocol.

A value for each tenant would fail in the first runs: what the discovery has not made yet is not there to take one.
"""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.feeds import batches, readout, service_states
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, required
from monitor.feeds.sending import CONNECT_TIMEOUT, Courier, believable
from monitor.status import Status
from monitor.text import one_line
from monitor.verdict import Run

VARIABLE = "AUTH0_FEED_ZABBIX_SERVER"
PORT, ITEM = 10_051, "auth0.run"
HEADER = struct.Struct("<4sBII")
"""The protocol's mark, its flags (1), the length of what follows, and nothing."""

MARK, FLAGS, COMPRESSED = b"ZBXD", 1, 2
BYTES = 16_000_000
ANSWER_BOUND = 100_000
CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.UNKNOWN: 2, Status.DOWN: 3, Status.SKIPPED: 2}
_ILLEGAL = re.compile(r"""[\\'"\[\]{},]""")
_INFO = re.compile(r"processed: (\d+); failed: (\d+); total: (\d+)")


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The value, which the template's items and discoveries are made of."""
    return batches.packed(document(run))


def document(run: Run) -> dict[str, Any]:
    """``started`` in seconds of the epoch; tenants and targets, each with its status as a number.

    A run of no real tenant is unknown throughout.
    """
    unreal = bool(readout.unreal(run))
    states = service_states.of_tenants(run)
    tenants, targets = [], []
    for tenant, state in zip(readout.tenants(run), states, strict=True):
        code = CODES[Status.UNKNOWN if unreal else tenant.status]
        tenants.append({"name": _named(tenant.name), "status": code, "said": one_line(state.line, 300)})
        for target, (status, seconds) in tenant.targets.items():
            if target != tenant.name:
                told: dict[str, Any] = {"name": _named(target), "tenant": _named(tenant.name)}
                told |= {"status": CODES[Status.UNKNOWN if unreal else Status(status)]}
                targets.append(told | ({} if seconds is None else {"seconds": seconds}))
    started = (readout.ended(run) or 0.0) - run.seconds
    return {"mode": run.mode, "started": round(started), "tenants": _once(tenants), "targets": _once(targets)}


def _named(name: str) -> str:
    """A name that may stand in the key of an item and in a JSONPath."""
    return _ILLEGAL.sub("_", one_line(name, 150))


def _once(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One of each name, the worst: two would be one item."""
    found: dict[str, dict[str, Any]] = {}
    for each in told:
        before = found.get(each["name"])
        if before is None or each["status"] > before["status"]:
            found[each["name"]] = each
    return list(found.values())


def packet(run: Run, settings: FeedSettings) -> bytes:
    """What is sent: one value, with the time of the run's end."""
    at = readout.ended(run) or 0.0
    value = {"host": settings.host, "key": ITEM, "value": render(run, settings).decode(), "clock": int(at)}
    body = json.dumps({"request": "sender data", "data": [value], "clock": int(at)}).encode()
    return HEADER.pack(MARK, FLAGS, len(body), 0) + body


def destination(values: Mapping[str, str]) -> Endpoint:
    """The server or proxy, as host:port. Raises Unsent."""
    host, port = _address(required(values, VARIABLE))
    return Endpoint(VARIABLE, f"{host}:{port}")


def _address(given: str) -> tuple[str, int]:
    """``zabbix.acme.example``, ``zabbix.acme.example:10051``, ``[::1]:10051``. Raises Unsent."""
    found = re.fullmatch(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._\-]+))(?::(?P<port>[0-9]{1,5}))?", given)
    port = int(found["port"] or PORT) if found else 0
    if not found or not 0 < port < 65_536:
        raise Unsent(f"{VARIABLE} is no server: write it as zabbix.acme.example, or zabbix.acme.example:{PORT}")
    return found["six"] or found["host"], port


def send(run: Run, settings: FeedSettings, courier: Courier) -> str:
    """Send the value. Raises Unsent, also where the server says that it failed to take it."""
    host, port = _address(required(courier.values, VARIABLE))
    believable(run, settings.max_age)
    content = packet(run, settings)
    if len(content) > BYTES:
        raise Unsent(f"{VARIABLE}: the run has {len(content):,} bytes, and no server takes more than {BYTES:,}")
    try:
        answer = _answered(host, port, content, courier)
    except TimeoutError:
        raise Unsent(f"{VARIABLE} did not answer in time: see AUTH0_FEED_TIMEOUT") from None
    except OSError as error:
        raise Unsent(f"{VARIABLE} was not reached: {error.strerror or type(error).__name__}") from None
    return _taken(answer, courier, settings)


def _answered(host: str, port: int, content: bytes, courier: Courier) -> bytes:
    """What was answered, without its header. Raises OSError, Unsent."""
    with socket.create_connection((host, port), min(CONNECT_TIMEOUT, courier.left())) as connection:
        view = memoryview(content)
        while view:
            connection.settimeout(courier.left())
            view = view[connection.send(view) :]
        head = b"".join(_received(connection, HEADER.size, courier))
        if len(head) < HEADER.size or not head.startswith(MARK):
            raise Unsent(f"{VARIABLE} does not speak Zabbix' protocol: name the server's or proxy's trapper port")
        _, flags, length, _ = HEADER.unpack(head)
        if flags != FLAGS or length > ANSWER_BOUND:
            raise Unsent(f"{VARIABLE} answered in a form that is not read here")
        return b"".join(_received(connection, length, courier))


def _received(connection: socket.socket, length: int, courier: Courier) -> Iterator[bytes]:
    """So many bytes, or fewer where the connection ends."""
    while length > 0:
        connection.settimeout(courier.left())
        some = connection.recv(length)
        if not some:
            return
        length -= len(some)
        yield some


def _taken(answer: bytes, courier: Courier, settings: FeedSettings) -> str:
    """What the server says: that something failed is a success by its ``response``. Raises Unsent."""
    try:
        said = json.loads(answer)
        response, info = str(said["response"]), str(said.get("info", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unsent(f"{VARIABLE} answered, but not as Zabbix does: name the trapper port") from None
    counted = _INFO.search(info)
    if response != "success":
        raise Unsent(f"{VARIABLE} refused it: {courier.clean(info or response)}")
    if not counted or int(counted[2]) or not int(counted[1]):
        cure = f"see that a host {settings.host} has the template (docs/zabbix.md), and lets this machine send"
        raise Unsent(f"{VARIABLE} took nothing ({courier.clean(info) or 'it does not say how much'}): {cure}")
    return f"{counted[1]} value taken"
