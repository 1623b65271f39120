"""What one attempt did at the socket and when, and the deadline that ends it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

from monitor.failures import TimedOut

Address = tuple[str, int]

DIRECT = "direct"
"""How a host is reached that no proxy stands before."""


class Trace:
    """What one attempt did at the socket, and how much time it may still take. Seconds, by the monotonic clock."""

    def __init__(
        self, timeout: float, connect_timeout: float, pinned: Address | None = None, whole: float | None = None
    ) -> None:
        self.began = time.perf_counter()
        self.deadline = self.began + timeout
        self.connect_deadline = self.began + min(connect_timeout, timeout)
        self.timeout = timeout
        self.whole = whole or timeout
        self.pinned = pinned
        self.phases: dict[str, float] = {}
        self.addresses: list[str] = []
        self.address: str | None = None
        self.peer: tuple[str, int] | None = None
        self.way = DIRECT
        self.leads_to = ""
        self.shown: dict[tuple[object, ...], bytes] = {}
        """The certificates that were shown and not trusted, by whom; the whole run's, where it is given one."""
        self.certificate: dict[str, Any] | None = None
        self.tls: tuple[str, str] | None = None
        self.chain: list[bytes] = []
        self.chain_is_whole = False
        self.passed = False
        self.ready = False
        """Whether the connection stood, so that something of the request may have been sent."""
        self._mark = self.began
        self._waiting = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def ended(self, phase: str) -> None:
        """This phase ends now, and the next begins."""
        now = time.perf_counter()
        self.phases[phase] = self.phases.get(phase, 0.0) + now - self._mark
        self._mark = now

    def sent(self) -> None:
        """The whole request is on its way; the next byte that arrives ends the wait."""
        self.ended("send")
        self._waiting = True

    def arrived(self) -> None:
        if self._waiting:
            self._waiting = False
            self.ended("wait")

    def finished(self) -> None:
        """The attempt is over: what has not been counted belongs to the phase that it was in."""
        order = ("dns", "connect", "tls", "send", "wait", "receive")
        last = max((order.index(phase) for phase in self.phases), default=-1)
        self.ended(order[min(last + 1, 5)])

    def agreed(self, sock: ssl.SSLSocket) -> None:
        """TLS is agreed on: keep what was shown. Python tells the whole chain from 3.13 on, before that the leaf."""
        self.certificate = dict(sock.getpeercert() or {})
        self.tls = (sock.version() or "", (sock.cipher() or ("",))[0])
        whole = getattr(sock, "get_verified_chain", None)
        self.chain = list(whole()) if whole else [sock.getpeercert(binary_form=True) or b""]
        self.chain_is_whole = whole is not None

    def late(self) -> TimedOut:
        phase = next((name for name in ("wait", "tls", "connect") if name in self.phases), "dns")
        after = {"wait": "in the middle of the answer", "tls": "and no answer", "connect": "and TLS not agreed on"}
        if "send" in self.phases and "wait" not in self.phases:
            phase = "tls"
        return TimedOut(f"timed out: {self.whole:g} s have passed, {after.get(phase, 'and no connection')}")

    def hold(self, sock: socket.socket) -> None:
        """The socket that is shut down if the deadline passes."""
        with self._lock:
            self._socket = sock
            if self.passed:
                _shut(sock)

    def cut(self) -> None:
        """End the attempt now, wherever it is."""
        with self._lock:
            self.passed = True
            if self._socket is not None:
                _shut(self._socket)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Within, the socket is shut down when the deadline passes: a socket's own timeout starts again each byte."""
        timer = threading.Timer(max(0.0, self.deadline - time.perf_counter()), self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
