"""What one attempt did at the socket and when, and the deadline that ends it."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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
        after = {"wait": "in the middle of the answer", "tls": "and no answer", "connect": "and no TLS handshake"}
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
        entry = _DEADLINES.add(self)
        try:
            yield
        finally:
            entry.trace = None
            with self._lock:
                self._socket = None  # what the attempt saw is kept for long


@dataclass(order=True, slots=True)
class _Entry:
    """When an attempt is to be cut; nothing is, once it is over. ``number`` is there for those of one moment."""

    deadline: float
    number: int
    trace: Trace | None = field(compare=False)


class _Deadlines:
    """Cuts every attempt whose deadline passes: one thread for all of them, which begins with the first."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, trace: Trace) -> _Entry:
        """Cut this attempt when its deadline passes, unless its entry has none by then."""
        entry = _Entry(trace.deadline, next(self._numbers), trace)
        with self._changed:
            if self._thread is None:
                thread = threading.Thread(target=self._keep, daemon=True, name="deadlines")
                thread.start()
                self._thread = thread
            heapq.heappush(self._entries, entry)
            if self._entries[0] is entry:
                self._changed.notify()
        return entry

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(self._next())
                due = [*self._taken()]
            for trace in due:
                trace.cut()

    def _next(self) -> float | None:
        """The seconds to the next deadline; None where nobody waits for one."""
        while self._entries and self._entries[0].trace is None:
            heapq.heappop(self._entries)
        return max(0.0, self._entries[0].deadline - time.perf_counter()) if self._entries else None

    def _taken(self) -> Iterator[Trace]:
        """Those whose deadline has passed, and which are not over; they are here no more."""
        while self._entries and self._entries[0].deadline <= time.perf_counter():
            if trace := heapq.heappop(self._entries).trace:
                yield trace


_DEADLINES = _Deadlines()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
