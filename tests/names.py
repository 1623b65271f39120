"""A plugin: names under ``.invalid`` do not exist (RFC 6761, 6.4), whatever a machine's resolver makes of them.

Some resolvers ask others for such names and wait; what a test saw would be a matter of luck. It holds once imported.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

_of_the_machine: Callable[..., Any] = socket.getaddrinfo


def _resolved(host: str | bytes | None, port: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
    if name.lower().rstrip(".").endswith(".invalid"):
        sys.audit("socket.getaddrinfo", host, port, 0, 0, 0)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _of_the_machine(host, port, *args, **kwargs)


socket.getaddrinfo = _resolved
