"""A plugin of the run that is drilled: the machine that it runs on is ill, in the way that ``DRILL_MACHINE`` names."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

ILL = "DRILL_MACHINE"

LATE = 3.5
AN_HOUR = 3600.0
FORTY_FIVE_DAYS = 45 * 24 * AN_HOUR

_resolve, _now = socket.getaddrinfo, time.time


def _late(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
    """Every name takes longer than any budget."""
    time.sleep(LATE)
    return _resolve(host, port, *rest, **named)


def _nowhere(*_: Any, **__: Any) -> Any:
    """No name server answers."""
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _refused(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
    """The name server says nothing of the tenant's name, and knows others."""
    if str(port) == os.environ["AUTH0_DOMAIN"].partition(":")[2]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _resolve(host, port, *rest, **named)


def _sixth(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
    """Names have no address but those of IPv6."""
    return _resolve("::1" if host == "localhost" else host, port, *rest, **named)


def _behind() -> float:
    """The clock is an hour behind."""
    return _now() - AN_HOUR


def _ahead() -> float:
    """The clock is 45 days ahead."""
    return _now() + FORTY_FIVE_DAYS


_SICK: dict[str, tuple[Any, str, Any]] = {
    "names-late": (socket, "getaddrinfo", _late),
    "names-fail": (socket, "getaddrinfo", _nowhere),
    "name-fails": (socket, "getaddrinfo", _refused),
    "ipv6-only": (socket, "getaddrinfo", _sixth),
    "clock-behind": (time, "time", _behind),
    "clock-ahead": (time, "time", _ahead),
}

if os.environ.get(ILL):
    setattr(*_SICK[os.environ[ILL]])
