"""Other processes that tests start, and ports that they choose."""

from __future__ import annotations

import random
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import AnyStr

_PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to whoever asks for any, so that nobody else takes one in between."""


def free_port() -> int:
    """A port of loopback to choose, on which nobody listens by IPv4 or IPv6."""
    for port in random.sample(_PORTS, 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            if not socket.has_dualstack_ipv6():
                return port
            with socket.create_server(("::1", port), family=socket.AF_INET6):
                return port
    raise OSError("no port of a hundred was free")


@contextmanager
def ending(process: subprocess.Popen[AnyStr]) -> Iterator[None]:
    """End the process with the block, whatever fails in it: who leaves a Popen waits for its end, however long."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
