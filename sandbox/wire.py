"""The wire: TLS on several addresses, and a thread for each connection.

Werkzeug's own server is not used: it shakes hands for TLS one client after another, and closes after each answer.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
import time
from typing import Any

from sandbox.conversation import Answering, Conversation, Noting

HANDSHAKE_SECONDS = 5.0
BACKLOG = 256


class Wire:
    """Answers on the sockets that it is given, from ``start`` to ``stop``."""

    def __init__(self, delay: float, note: Noting) -> None:
        self.delay, self.note = delay, note
        self.stopping = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._sockets: list[socket.socket] = []
        self._connections: set[ssl.SSLSocket] = set()
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._accepting = threading.Thread(target=self._accept, name="sandbox", daemon=True)

    def listen(self, bound: socket.socket, answering: Answering, context: ssl.SSLContext) -> None:
        """Listen on this address, which is kept, with this certificate; nobody is answered before ``start``."""
        bound.listen(BACKLOG)
        bound.settimeout(0)
        self._selector.register(bound, selectors.EVENT_READ, (answering, context))

    def keep(self, *bound: socket.socket) -> None:
        """Keep these addresses taken until ``stop``; connections to them are refused."""
        self._sockets += bound

    def start(self) -> None:
        self._accepting.start()

    def stop(self) -> None:
        """Close everything at once, answers that are under way and those that never come included."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._wake.send(b".")
        if self._accepting.is_alive():
            self._accepting.join()
        for each in (*self._sockets, self._wake, self._woken):
            each.close()
        self._selector.close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Below TLS: the thread that reads or writes there sees the end, and closes.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        deadline = time.monotonic() + 1
        while self._connections and time.monotonic() < deadline:
            time.sleep(0.002)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                with contextlib.suppress(OSError):  # the client may be gone already
                    raw, address = key.fileobj.accept()  # type: ignore[union-attr]
                    threading.Thread(target=self._converse, args=(raw, address, *key.data), daemon=True).start()

    def _converse(self, raw: socket.socket, address: Any, answering: Answering, context: ssl.SSLContext) -> None:
        """One connection, from the handshake on: a client that is silent holds up nobody else."""
        with contextlib.suppress(OSError):
            raw.settimeout(HANDSHAKE_SECONDS)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection = context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        except OSError:
            raw.close()
            return
        with self._lock:
            self._connections.add(connection)
        try:
            if not self.stopping.is_set():
                connection.do_handshake()
                Conversation(connection, address, answering, note=self.note, delay=self.delay, stopping=self.stopping)
        except (OSError, ValueError):
            pass  # whoever talked has gone; ValueError is what TLS says of a socket that was closed
        finally:
            connection.close()
            with self._lock:
                self._connections.discard(connection)
