"""The addresses on loopback that the tenant, its nodes and the status pages listen on."""

from __future__ import annotations

import errno
import socket

ATTEMPTS = 20


def on_localhost(port: int) -> list[socket.socket]:
    """The same port on IPv4 and, where there is IPv6, on that too: ``localhost`` may mean either."""
    for _ in range(1 if port else ATTEMPTS):
        first = _bound("127.0.0.1", port)
        try:
            return [first, _bound("::1", first.getsockname()[1])]
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return [first]
            first.close()  # or whoever has the port on IPv6 might be asked instead of us
    raise OSError(errno.EADDRINUSE, "Address already in use")


IDENTITY_PROVIDER, CANONICAL = 12, 13
"""The last parts of two more addresses, which are those of no node."""


def of_node(number: int) -> socket.socket:
    """An address of its own where loopback has more than one, which it has not on macOS; else a port of its own."""
    return on_loopback(number + 1)


def on_loopback(last: int) -> socket.socket:
    """The same of the address that ends in this number."""
    try:
        return _bound(f"127.0.0.{last}", 0)
    except OSError:
        return _bound("127.0.0.1", 0)


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if port:
            # Not for a free one: two sockets that may share a port can be given the same one.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
