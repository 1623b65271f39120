"""The socket's side of an exchange: connections that take the time of each phase, and end when their deadline does."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from functools import partial
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from monitor import machine
from monitor.failures import (
    Exhausted,
    Expired,
    NamesFail,
    NotYetValid,
    ProxyGone,
    ProxyRefused,
    TimedOut,
    Unreachable,
    Unresolved,
    Untrusted,
)
from monitor.wire.trace import Trace

_UNTIMELY = {9: (NotYetValid, "it is not valid yet"), 10: (Expired, "it has expired")}
"""OpenSSL's codes for a certificate whose time is another one."""


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
    """A context for the whole run: parsing the authorities costs 35 ms, so once. OSError where the file is no good."""
    made = ssl.create_default_context(cafile=authorities)
    made.sslsocket_class = TimedSSLSocket
    return made


def _resolved(host: str, port: int, trace: Trace) -> list[Any]:
    """The host's addresses. The resolver cannot be interrupted, so it is left behind when the time is up."""
    answer: list[Any] = []

    def look_up() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=look_up, daemon=True, name=f"resolve {host}")
    thread.start()
    thread.join(max(0.0, trace.connect_deadline - time.perf_counter()))
    if not answer:
        raise NamesFail(f"timed out: the name {host} was not resolved within {_seconds(trace)}")
    if isinstance(answer[0], Exception):
        if lacking := machine.lack(answer[0]) or machine.lacks_sockets():
            raise Exhausted(lacking)
        unanswered = getattr(answer[0], "errno", None) in (socket.EAI_AGAIN, socket.EAI_FAIL)
        failure = NamesFail if unanswered else Unresolved
        raise failure(f"the name {host} does not resolve: {getattr(answer[0], 'strerror', None) or answer[0]}")
    return list(answer[0])


def _seconds(trace: Trace) -> str:
    return f"{trace.connect_deadline - trace.began:g} s"


def _connected(host: str, port: int, trace: Trace) -> TimedSocket:
    """A connection to the first of the host's addresses that takes one; each gets its share of the time left."""
    found = _resolved(host, port, trace)
    trace.ended("dns")
    trace.addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    problem = f"{host}, which has no address"
    for at, (family, kind, protocol, _, address) in enumerate(found):
        left = trace.connect_deadline - time.perf_counter()
        try:
            sock = TimedSocket(family, kind, protocol)
        except OSError as error:  # a machine without IPv6 is given such addresses all the same
            if lacking := machine.lack(error):
                raise Exhausted(lacking) from error
            problem = f"{address[0]} port {address[1]}: {_cause(error)}"
            continue
        sock.settimeout(max(0.001, left / (len(found) - at)))
        trace.hold(sock)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = f"{address[0]} port {address[1]}: {_cause(error)}"
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.trace, trace.address = trace, f"{address[0]}:{address[1]}"
            trace.ended("connect")
            sock.settimeout(max(0.001, trace.connect_deadline - time.perf_counter()))
            return sock
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

    def connect(self) -> None:
        trace = self.trace
        host = self.asked or self.host
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            otherwise = Untrusted, error.verify_message.rstrip(".").lower()
            failure, cause = _UNTIMELY.get(error.verify_code, otherwise)
            raise failure(f"the certificate of {host} is not to be trusted: {cause}") from error
        except (ssl.SSLError, TimeoutError, ConnectionError) as error:
            if isinstance(error, TimeoutError) or trace.passed:
                raise TimedOut(f"timed out: TLS with {host} was not agreed on within {_seconds(trace)}") from error
            cause = getattr(error, "reason", None) or _cause(error)
            if host != self.host:
                raise ProxyRefused(f"the proxy {self.host} answered in the place of {host} ({cause})") from error
            raise Untrusted(f"TLS with {host} could not be agreed on: {cause}") from error
        except (OSError, http.client.HTTPException) as error:
            raise ProxyRefused(f"the proxy {self.host} did not let us through to {host}: {error}") from error
        trace.ended("tls")
        trace.ready = True
        sock = self.sock
        if isinstance(sock, TimedSSLSocket):
            sock.trace = trace
            trace.agreed(sock)
            trace.hold(sock)


_CONNECTIONS: dict[str, Any] = {"http": TimedHTTPConnection, "https": TimedHTTPSConnection}


class _Traced(PoolManager):
    """Pools whose connections report to one trace."""

    trace: Trace

    def _new_pool(self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None) -> Any:
        pool: HTTPConnectionPool | HTTPSConnectionPool = super()._new_pool(scheme, host, port, request_context)
        pool.ConnectionCls = partial(_CONNECTIONS[scheme], trace=self.trace)  # type: ignore[assignment]
        return pool


class TracedProxyManager(_Traced, ProxyManager):
    pass


class TracedPoolManager(_Traced):
    pass
