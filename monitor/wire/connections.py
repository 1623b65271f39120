"""The socket's side of an exchange: connections that take the time of each phase, and end when their deadline does."""

from __future__ import annotations

import contextlib
import errno
import http.client
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import ALPN_PROTOCOLS

from monitor import machine
from monitor.failures import (
    Exhausted,
    Expired,
    Failure,
    NamesFail,
    NoCommonTls,
    NoTls,
    NotYetValid,
    NoWayOut,
    PlainText,
    ProxyFails,
    ProxyGone,
    ProxyRefused,
    TimedOut,
    UnknownIssuer,
    Unreachable,
    Unresolved,
    Untrusted,
    WrongName,
)
from monitor.wire import certificates
from monitor.wire.trace import Trace

_DISTRUSTED: dict[int, type[Untrusted]] = {
    9: NotYetValid,
    10: Expired,
    **dict.fromkeys((62, 63, 64), WrongName),
    **dict.fromkeys((2, 18, 19, 20, 21), UnknownIssuer),
}
"""OpenSSL's codes for why a certificate is not trusted."""

_OF_TIME = {9: "it is not valid yet", 10: "it has expired"}

_REFUSED_HERE = frozenset(
    {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.EACCES,
        errno.EPERM,
        errno.EINVAL,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
    }
)
"""By which this machine's own kernel says that it sends nothing there, where nobody has been asked yet."""

_PLAIN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG")
_NOT_IN_COMMON = re.compile("PROTOCOL|HANDSHAKE_FAILURE|INSUFFICIENT_SECURITY|CIPHER|KEY_TOO_SMALL|LEGACY|SIGALG|DH_")
_LOOK = 3.0
"""Seconds, at most, for a look at a certificate that was not trusted."""


class TimedSocket(socket.socket):
    """A socket that tells its trace when the first byte of an answer arrives."""

    trace: Trace | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        received = super().recv_into(*args, **kwargs)
        if received and self.trace is not None:
            self.trace.arrived()
        return received


class TimedSSLSocket(ssl.SSLSocket):
    """The same over TLS."""

    trace: Trace | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        received = super().recv_into(*args, **kwargs)
        if received and self.trace is not None:
            self.trace.arrived()
        return received


def context(authorities: str) -> ssl.SSLContext:
    """A context for the whole run: parsing the authorities costs 35 ms, so once. OSError where the file is no good.

    urllib3 tells it the protocols again for each connection. OpenSSL then frees the list that another thread is about
    to send: what is sent has no sense, and the server breaks off (python/cpython#141012). So it is told once.
    """
    made = ssl.create_default_context(cafile=authorities)
    made.sslsocket_class = TimedSSLSocket
    made.set_alpn_protocols(ALPN_PROTOCOLS)
    made.set_alpn_protocols = _kept  # type: ignore[method-assign]
    return made


def _kept(alpn_protocols: Iterable[str]) -> None:
    """Leave the protocols as they are."""


def _resolved(host: str, port: int, trace: Trace) -> list[Any]:
    """The host's addresses. The resolver cannot be interrupted, so it is left behind when the time is up."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    _RESOLVERS.do(look_up)
    try:
        answer = answers.get(timeout=max(0.0, trace.connect_deadline - time.perf_counter()))
    except queue.Empty:
        raise NamesFail(f"timed out: the name {host} was not resolved within {_seconds(trace)}") from None
    if isinstance(answer, Exception):
        if lacking := machine.lack(answer) or machine.lacks_sockets():
            raise Exhausted(lacking)
        unanswered = getattr(answer, "errno", None) in (socket.EAI_AGAIN, socket.EAI_FAIL)
        failure = NamesFail if unanswered else Unresolved
        raise failure(f"the name {host} does not resolve: {getattr(answer, 'strerror', None) or answer}")
    canonical = next((str(each[3]).rstrip(".").lower() for each in answer if each[3]), "")
    trace.leads_to = canonical if canonical != host.lower() else ""
    return list(answer)


class _Resolvers:
    """Threads that resolve names: one is made where all others are at work, or hang, and it does the next ones too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle = 0
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def do(self, look_up: Callable[[], None]) -> None:
        """Let one of them do this, at once."""
        with self._lock:
            none_idle = not self._idle
            self._idle -= not none_idle
        if none_idle:
            threading.Thread(target=self._work, daemon=True, name="resolver").start()
        self._asked.put(look_up)

    def _work(self) -> None:
        while True:
            self._asked.get()()
            with self._lock:
                self._idle += 1


_RESOLVERS = _Resolvers()


def _seconds(trace: Trace) -> str:
    return f"{round(trace.connect_deadline - trace.began, 1):g} s"


def _connected(host: str, port: int, trace: Trace) -> TimedSocket:
    """A connection to the first of the host's addresses that takes one; each gets its share of the time left."""
    found = _resolved(host, port, trace)
    trace.ended("dns")
    trace.addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    problem = f"{host}, which has no address"
    refused_here = bool(found)
    for at, (family, kind, protocol, _, address) in enumerate(found):
        left = trace.connect_deadline - time.perf_counter()
        try:
            sock = TimedSocket(family, kind, protocol)
        except OSError as error:  # a machine without IPv6 is given such addresses all the same
            if lacking := machine.lack(error):
                raise Exhausted(lacking) from error
            problem = f"{address[0]} port {address[1]}: {_cause(error)}"
            refused_here = refused_here and error.errno in _REFUSED_HERE
            continue
        sock.settimeout(max(0.001, left / (len(found) - at)))
        trace.hold(sock)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = f"{address[0]} port {address[1]}: {_cause(error)}"
            refused_here = refused_here and error.errno in _REFUSED_HERE
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.trace, trace.address = trace, f"{address[0]}:{address[1]}"
            trace.peer = (address[0], address[1])
            trace.ended("connect")
            sock.settimeout(max(0.001, trace.connect_deadline - time.perf_counter()))
            return sock
    if refused_here:
        raise NoWayOut(f"this machine has no route to {host}: {problem}")
    raise Unreachable(f"no connection to {problem}")


def _cause(error: OSError) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else (error.strerror or str(error)).lower()


class _Timed(HTTPConnection):
    """What the two kinds of connection share."""

    def __init__(self, *args: Any, trace: Trace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trace = trace

    def _new_conn(self) -> socket.socket:
        if self.proxy is None:
            host, port = self.trace.pinned or (self.host, self.port)
            return _connected(host.strip("[]").rstrip("."), port, self.trace)
        try:
            return _connected(self.host.strip("[]"), self.port, self.trace)
        except Unreachable as error:
            raise ProxyGone(f"the proxy {self.host} cannot be reached: {error.reason}") from error

    def getresponse(self) -> Any:
        self.trace.sent()
        return super().getresponse()


class TimedHTTPConnection(_Timed):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self.trace.ready = True
        return made


class TimedHTTPSConnection(_Timed, HTTPSConnection):
    asked: str = ""
    """Whose certificate a proxy's tunnel has to end at."""

    def set_tunnel(self, host: str, port: int | None = None, *rest: Any, **named: Any) -> None:
        self.asked = self.server_hostname = host
        host, port = self.trace.pinned or (host, port)
        super().set_tunnel(host, port, *rest, **named)

    def _tunnel(self) -> None:
        """Ask the proxy for a way through; what it does instead is its own fault, and not the host's behind it."""
        try:
            super()._tunnel()
        except (TimeoutError, ConnectionError) as error:
            why = f"within {_seconds(self.trace)}" if isinstance(error, TimeoutError) else f"({_cause(error)})"
            raise ProxyFails(f"the proxy {self.host} did not answer for {self.asked} {why}") from error
        except (OSError, http.client.HTTPException) as error:
            failing = re.search(r"failed: 5\d\d", str(error)) and not re.search(r"failed: 511", str(error))
            kind = ProxyFails if failing else ProxyRefused
            raise kind(f"the proxy {self.host} did not let this machine through to {self.asked}: {error}") from error

    def connect(self) -> None:
        trace = self.trace
        host = self.asked or self.host
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            raise self._distrusted(error, host) from error
        except (ssl.SSLError, TimeoutError, ConnectionError) as error:
            raise self._without_tls(error, host) from error
        except (OSError, http.client.HTTPException) as error:
            raise ProxyRefused(f"the proxy {self.host} did not let this machine through to {host}: {error}") from error
        trace.ended("tls")
        trace.ready = True
        sock = self.sock
        if isinstance(sock, TimedSSLSocket):
            sock.trace = trace
            trace.agreed(sock)
            trace.hold(sock)

    def _distrusted(self, error: ssl.SSLCertVerificationError, host: str) -> Failure:
        """Why this certificate is not trusted, and what it says."""
        kind = _DISTRUSTED.get(error.verify_code, Untrusted)
        cause = _OF_TIME.get(error.verify_code, error.verify_message.rstrip(".").lower())
        encoded = self._shown(host)
        if encoded:
            self.trace.chain = [encoded]
        more = {
            Expired: certificates.ended,
            NotYetValid: certificates.begins,
            WrongName: certificates.named,
            UnknownIssuer: certificates.signed_by,
        }
        said = more[kind](encoded) if encoded and kind in more else ""
        return kind(f"the certificate of {host} is not trusted: {cause}{f' ({said})' if said else ''}")

    def _without_tls(self, error: Exception, host: str) -> Failure:
        """Why TLS was not agreed on; no certificate was looked at."""
        trace = self.trace
        if isinstance(error, TimeoutError) or trace.passed:
            return TimedOut(f"timed out: the TLS handshake with {host} did not finish within {_seconds(trace)}")
        cause = str(getattr(error, "reason", None) or _cause(error) if isinstance(error, OSError) else error)
        plain = cause.startswith(_PLAIN)
        if host != self.host:
            kind = ProxyRefused if plain else ProxyFails
            return kind(f"the proxy {self.host} answered in place of {host} ({cause})")
        if plain:
            return PlainText(f"{host} answered, but not with TLS ({cause})")
        none = NoCommonTls if _NOT_IN_COMMON.search(cause) else NoTls
        return none(f"the TLS handshake with {host} failed: {cause}")

    def _shown(self, host: str) -> bytes:
        """The certificate that is shown, in DER, by a handshake that verifies nothing and sends nothing; none: empty.

        Python does not keep one that it refused. Whoever shows it is looked at once a run.
        """
        trace, peer = self.trace, self.trace.peer
        key = (host, peer)
        if key not in trace.shown and peer and not (self.proxy and self.proxy.scheme == "https"):
            unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
            left = min(_LOOK, trace.connect_deadline - time.perf_counter())
            plain = http.client.HTTPConnection(*peer, timeout=max(0.001, left))
            try:
                if self._tunnel_host:
                    plain.set_tunnel(self._tunnel_host, self._tunnel_port, dict(getattr(self, "_tunnel_headers", {})))
                plain.connect()
                with unverified.wrap_socket(plain.sock, server_hostname=host) as looked_at:
                    trace.shown[key] = looked_at.getpeercert(binary_form=True) or b""
            except (OSError, ValueError, http.client.HTTPException):
                trace.shown[key] = b""
            finally:
                with contextlib.suppress(OSError):
                    plain.close()
        return trace.shown.get(key, b"")


_CONNECTIONS: dict[str, Any] = {"http": TimedHTTPConnection, "https": TimedHTTPSConnection}


class _Traced(PoolManager):
    """Pools whose connections report to one trace."""

    trace: Trace

    def _new_pool(self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None) -> Any:
        pool: HTTPConnectionPool | HTTPSConnectionPool = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = partial(_CONNECTIONS[scheme], trace=self.trace)  # type: ignore[assignment]
        return pool

    def clear(self) -> None:
        """Close every connection now: urllib3 leaves that to the garbage collector, and answers are kept for long."""
        for key in self.pools.keys():  # noqa: SIM118 -- it is no mapping that can be iterated
            self.pools[key].close()
        super().clear()


class TracedProxyManager(_Traced, ProxyManager):
    pass


class TracedPoolManager(_Traced):
    pass
