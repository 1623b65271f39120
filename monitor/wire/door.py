"""The only door out: one exchange with a target, timed at the socket, bounded in time and size, kept as evidence."""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import closing
from functools import cache
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
import urllib3

from monitor import NAME, VERSION, addresses, machine
from monitor.configuration import mistakes
from monitor.exchange import Attempt, Exchange, Repeat
from monitor.failures import (
    Exhausted,
    Failure,
    Misconfigured,
    NoWayOut,
    ProxyFails,
    ProxyGone,
    Unreachable,
    Unresolved,
    WrongAnswer,
)
from monitor.secrets import Scrubber
from monitor.wire import evidence
from monitor.wire.adapter import Adapter, translated
from monitor.wire.connections import context
from monitor.wire.spacing import MOST, Spacing
from monitor.wire.trace import DIRECT, Address, Trace

USER_AGENT = f"{NAME}/{VERSION}"
BODY_BOUND = 2 * 1024 * 1024
"""Bytes; nothing that a tenant answers to a probe comes near."""

_READINGS = 100

_FAREWELL = 0.5
"""Seconds that the end of a run waits for the exchanges that it cut."""

_BROKEN = (Unreachable, NoWayOut, ProxyGone)
"""Why there was no exchange at all, which another attempt may have."""

AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""The variables that may name a file of authorities to trust; the first that is set does."""


class Door:
    """How the suite asks: ``ask`` and nothing else. One door serves the whole run, from many threads.

    ``values`` is the environment, which names the authorities to trust. ``authority`` is a file of them to trust on
    loopback instead, without any proxy: so our own sandbox is asked.
    """

    def __init__(self, scrubber: Scrubber, values: Mapping[str, str], authority: str | None = None) -> None:
        self._values, self._authority = values, authority
        self._scrubber = scrubber
        self._lock = threading.Lock()
        self._over = threading.Condition(self._lock)
        """Is told of when an attempt is over, once the door is closed."""
        self._tls: dict[str, ssl.SSLContext] = {}
        self._closed = False
        self._open: set[Trace] = set()
        self._spacing = Spacing()
        self._resolved: Counter[str] = Counter()
        self._shown: dict[tuple[object, ...], bytes] = {}
        self._proxies = cache(self._find_proxies)

    def ask(
        self,
        method: str,
        url: str,
        *,
        timeout: float,
        connect_timeout: float,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        address: Address | None = None,
        repeat: Repeat = Repeat.BROKEN,
        jar: CookieJar | None = None,
    ) -> Exchange:
        """One exchange, with a second attempt where ``repeat`` allows it, within ``timeout`` seconds in all.

        ``content`` is a body as it is, of the type that ``headers`` name; ``address`` the host and port to connect to
        instead of the URL's. Of the ``jar`` the cookies are sent that belong there, and it learns those that are set;
        without one, none are. Any answer is returned; where there was none, Unreachable (or ProxyRefused,
        Misconfigured) is raised, with the attempts as evidence; CancelledError once the door is closed.
        """
        sent = {"User-Agent": USER_AGENT, "Accept": "application/json, */*;q=0.5", **(headers or {})}
        data = form if content is None else content
        request = requests.Request(method, url, headers=sent, json=json, data=data, auth=auth, cookies=jar)
        time.sleep(self._spacing.turn())
        deadline = time.perf_counter() + timeout
        made: tuple[Attempt, ...] = ()
        while True:
            trace = Trace(max(0.001, deadline - time.perf_counter()), connect_timeout, address, whole=timeout)
            trace.shown = self._shown
            exchange, failure = self._attempt(request, trace, jar)
            made += exchange.attempts
            broken = isinstance(failure, _BROKEN) if failure else exchange.status >= 500
            again = broken and (repeat is Repeat.BROKEN or (repeat is Repeat.UNSENT and not trace.ready))
            if len(made) < 2 and again and not self._closed and deadline - time.perf_counter() > 0:
                continue
            whole = Exchange(made, exchange.status, exchange.headers, exchange.body, exchange.certificate)
            if failure:
                failure.exchange = whole
                raise failure
            return whole

    def let_begin(self) -> None:
        """Leave the processor to the exchanges that are about to begin, for a quarter of a second at most.

        What else we did meanwhile would be a part of the times that are told of their TLS.
        """
        time.sleep(MOST)  # by then each has its turn
        time.sleep(min(self._spacing.until_all_began() + MOST, 0.25))

    def _attempt(
        self, request: requests.Request, trace: Trace, jar: CookieJar | None = None
    ) -> tuple[Exchange, Failure | None]:
        started = time.time()
        prepared: requests.PreparedRequest | None = None
        response: requests.Response | None = None
        failure: Failure | None = None
        body = b""
        try:
            with (
                self._under_way(trace),
                closing(Adapter(trace, self._context(request.url))) as adapter,
                trace.watched(),
            ):
                # Not by a session: it reads a redirect's body, however long, and trips over a hostile Location.
                prepared = _prepared(request)
                proxies = self._proxies(request.url, trace.pinned)
                trace.way = _way(request.url, proxies)
                response = adapter.send(prepared, stream=True, timeout=(trace.timeout, trace.timeout), proxies=proxies)
                with response:
                    body = _read(response)
                if jar is not None:  # also what is to be forgotten, as at a logout
                    requests.cookies.extract_cookies_to_jar(jar, prepared, response.raw)  # type: ignore[no-untyped-call]
        except Failure as error:
            failure = error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            failure = translated(error, trace)
        # Also without a failure: headers that were cut in the middle look like the end of an answer.
        if trace.passed and not isinstance(failure, (ProxyFails, Unresolved)):
            failure = trace.late()
        trace.finished()
        if trace.addresses and not trace.pinned:
            with self._lock:
                self._resolved[urlsplit(request.url).hostname or ""] += 1
        came = evidence.Came(started, response, failure, body)
        attempt = evidence.seen(request, prepared, trace, came, self._scrubber)
        if failure or response is None:
            return Exchange((attempt,), certificate=trace.certificate), failure
        return Exchange((attempt,), response.status_code, response.headers, body, trace.certificate), None

    @contextlib.contextmanager
    def _under_way(self, trace: Trace) -> Iterator[None]:
        """Within, this attempt is cut when the door is closed, which lets none begin."""
        with self._lock:
            if self._closed:
                raise CancelledError
            self._open.add(trace)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(trace)
                self._over.notify_all()

    def _context(self, url: str) -> ssl.SSLContext:
        """One for all connections that trust the same authorities: to read them takes longer than a handshake."""
        with self._lock:
            variable = next((name for name in AUTHORITIES if self._values.get(name)), "")
            file = self._sandbox_of(url) or self._values.get(variable) or certifi.where()
            if file not in self._tls:
                try:
                    self._tls[file] = context(file)
                except (OSError, ValueError) as error:
                    if lacking := machine.lack(error):
                        raise Exhausted(lacking) from None
                    cure = "set it to a file of certificate authorities in PEM form, or unset it"
                    shown = "its file" if mistakes.reason(variable, file) else file
                    raise Misconfigured(f"{variable or 'certifi'}: {shown} cannot be used ({error}); {cure}") from None
            return self._tls[file]

    def _sandbox_of(self, url: str) -> str | None:
        """The sandbox's authority, where it is the sandbox that this is an address of."""
        host = urlsplit(url).hostname or ""
        return self._authority if host == "localhost" or host.startswith("127.") or host == "::1" else None

    def _find_proxies(self, url: str, pinned: Address | None) -> dict[str, str]:
        if self._sandbox_of(url):
            return {}
        own = pinned and (f"[{pinned[0]}]" if ":" in pinned[0] else pinned[0])
        proxies = _proxies_of(f"https://{own}/" if own else url)  # NO_PROXY may have a node's own address
        for secret in {secret for proxy in proxies.values() for secret in addresses.secrets(proxy)}:
            self._scrubber.add(secret)
        proxy = requests.utils.select_proxy(url, proxies)
        if proxy and (why := addresses.fault_of_proxy(proxy) or _unspoken(proxy)):
            raise Misconfigured(f"{_named(proxy)}: {why}")
        return proxies

    def resolved(self, host: str) -> int:
        """How many times this name was given an address until now (where a proxy is asked, the proxy's counts)."""
        with self._lock:
            return self._resolved[host]

    def close(self) -> None:
        """End every exchange that is under way, and begin no other: what they held is free when this returns.

        What does not end within half a second is left behind.
        """
        with self._lock:
            self._closed = True
            for trace in self._open:
                trace.cut()
            self._over.wait_for(lambda: not self._open, timeout=_FAREWELL)


def _proxies_of(url: str) -> dict[str, str]:
    """The environment's proxies for this address. pytest changes the environment between tests, while we read it."""
    for _ in range(_READINGS):
        with contextlib.suppress(KeyError, RuntimeError):
            found: dict[str, str] = requests.utils.get_environ_proxies(url, no_proxy=None)
            return found
    raise Misconfigured("the environment changes faster than it can be read (HTTPS_PROXY, HTTP_PROXY)")


def _way(url: str, proxies: Mapping[str, str]) -> str:
    """How this address is reached: ``direct``, or ``proxy`` and the proxy's host and port, without its credentials."""
    proxy = requests.utils.select_proxy(url, dict(proxies))
    place = urlsplit(proxy if "://" in proxy else f"http://{proxy}").netloc.rpartition("@")[2] if proxy else ""
    return f"proxy {place}" if proxy else DIRECT


def _unspoken(proxy: str) -> str:
    """Why this proxy cannot be asked by us; empty where it speaks HTTP, which one without a scheme does."""
    spoken = "://" not in proxy or proxy.lower().startswith(("http://", "https://"))
    return "" if spoken else "the address of a proxy must begin with http:// or https://: no other kind can be asked"


def _named(proxy: str) -> str:
    """The variable that names this proxy."""
    named = [name for name, value in os.environ.items() if name.lower() in addresses.PROXIES and value == proxy]
    return min(named, default="the proxy of this machine")


def _prepared(request: requests.Request) -> requests.PreparedRequest:
    """The request as a session of its own would prepare it that reads no ~/.netrc: to make one takes as long again."""
    headers = requests.utils.default_headers()
    headers.update(request.headers)
    cookies = requests.cookies.RequestsCookieJar()
    if request.cookies:
        requests.cookies.merge_cookies(cookies, request.cookies)  # type: ignore[no-untyped-call]
    prepared = requests.PreparedRequest()
    prepared.prepare(
        method=(request.method or "").upper(),
        url=request.url,
        headers=headers,
        data=request.data,
        json=request.json,
        auth=request.auth,
        cookies=cookies,
    )
    return prepared


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > BODY_BOUND:
            raise WrongAnswer(f"a body of more than {BODY_BOUND // 1024 // 1024} MiB, of which we read no more")
    return bytes(body)
