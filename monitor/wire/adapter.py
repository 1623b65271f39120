"""requests, taught to take the time: its adapter for the connections of one attempt, and its exceptions as ours."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from monitor import machine
from monitor.failures import CutShort, Exhausted, Failure, Misconfigured, Unreachable, WrongAnswer
from monitor.wire.connections import TracedPoolManager, TracedProxyManager
from monitor.wire.trace import Trace


class Adapter(HTTPAdapter):
    """requests' adapter, for the connections of one attempt."""

    def __init__(self, trace: Trace, tls: ssl.SSLContext) -> None:
        self.trace, self.tls = trace, tls
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        self.poolmanager = TracedPoolManager(num_pools=1, ssl_context=self.tls)
        self.poolmanager.trace = self.trace

    def proxy_manager_for(self, proxy: str, **_: Any) -> Any:
        headers = self.proxy_headers(proxy)
        manager = TracedProxyManager(proxy, proxy_headers=headers, ssl_context=self.tls, proxy_ssl_context=self.tls)
        manager.trace = self.trace
        self.proxy_manager[proxy] = manager
        return manager

    def build_connection_pool_key_attributes(self, request: Any, *_: Any, **__: Any) -> Any:
        parts = urlsplit(request.url)
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, {}

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """The shared context verifies: stock requests would have the authorities parsed again for each connection."""


def translated(error: Exception, trace: Trace) -> Failure:
    """Which of our failures a foreign exception is."""
    lacking = machine.lack(error)
    return Exhausted(lacking) if lacking else _theirs(error, trace)


def _theirs(error: Exception, trace: Trace) -> Failure:
    """The same, where this machine is not to blame."""
    if isinstance(error, (requests.Timeout, TimeoutError)) or "timed out" in str(error):
        return trace.late()
    if isinstance(error, (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError)):
        return WrongAnswer("a body whose content encoding is broken")
    if isinstance(error, ValueError) and "send" not in trace.phases:
        return Misconfigured(
            f"a request with an address, a header or a key that cannot be sent: {type(error).__name__}"
        )
    if "wait" in trace.phases:
        return CutShort("the connection broke in the middle of the answer")
    if "send" in trace.phases or "connect" in trace.phases:
        return CutShort("the connection broke before an answer came")
    return Unreachable(f"no connection: {type(error).__name__}")
