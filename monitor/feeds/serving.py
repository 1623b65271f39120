"""``python -m monitor.feeds serve``: the last run, for Prometheus to scrape and Pingdom to ask. Neither logs in."""

from __future__ import annotations

import argparse
import contextlib
import re
import socket
import sys
import threading
import time
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, ClassVar

from monitor import NAME, console, results
from monitor.configuration import settings
from monitor.feeds import feed_settings, pingdom, series
from monitor.feeds.feed_settings import is_loopback
from monitor.feeds.readout import MAX_AGE
from monitor.text import one_line
from monitor.verdict import Run

ABOUT = (
    "Serve the last run until it is stopped: at /metrics in Prometheus' text format or OpenMetrics, "
    "at /pingdom.xml and /pingdom/TENANT.xml for Pingdom."
)
LISTEN = "127.0.0.1:9464"
CONNECTIONS = 16
"""How many are served at a time; more are closed at once."""

SECONDS = 10.0
"""Within which a request has to have come and its answer to have gone, however slowly either drips."""

_WHERE = f"{NAME}: see /metrics, /pingdom.xml and /pingdom/TENANT.xml\n".encode()
_TEXT, _XML = "text/plain; charset=utf-8", "application/xml; charset=utf-8"


class LastRun:
    """The newest run, read again where its file has changed; one thread at a time reads.

    ``max_age`` is the seconds after which Pingdom is told that nothing is known.
    """

    def __init__(self, file: Path, max_age: float = MAX_AGE) -> None:
        self._file, self._max_age = file, max_age
        self._lock = threading.Lock()
        self._mark: tuple[int, ...] = ()
        self._run: Run | None = None
        self._texts: dict[str, tuple[str, bytes]] = {}

    def exposed(self, accept: str) -> tuple[str, bytes]:
        """The type and the text that is asked for. Raises UnreadableResults."""
        with self._lock:
            run = self._read()
            wanted = "openmetrics" if "application/openmetrics-text" in accept.lower() else "text"
            if wanted not in self._texts:
                self._texts[wanted] = series.exposed(run, _ACCEPTS[wanted])
            return self._texts[wanted]

    def for_pingdom(self, name: str) -> bytes | None:
        """The document of a tenant by its file's name, of all where it is empty; None where there is none.

        It is made anew each time: the run gets older. Raises UnreadableResults.
        """
        with self._lock:
            run = self._read()
            now = time.time()
            if not name:
                return pingdom.overall(run, now, self._max_age)
            return pingdom.of_tenants(run, now, self._max_age).get(name)

    def _read(self) -> Run:
        mark = self._changed()
        if mark != self._mark or self._run is None:
            self._run, self._texts = None, {}
            self._run, self._mark = results.read(self._file), mark
        return self._run

    def _changed(self) -> tuple[int, ...]:
        try:
            found = self._file.stat()
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino


_PINGDOM = re.compile(r"/pingdom(?:\.xml|/(?P<name>[^/]+\.xml))")
_ACCEPTS = {"openmetrics": "application/openmetrics-text; version=1.0.0", "text": ""}


class _Handler(BaseHTTPRequestHandler):
    """GET and HEAD of two paths; whatever else is refused."""

    server_version = NAME
    sys_version = ""
    timeout = SECONDS
    last: ClassVar[LastRun]

    def do_GET(self) -> None:
        self._answer(*self._found())

    def do_HEAD(self) -> None:
        self._answer(*self._found())

    def _found(self) -> tuple[HTTPStatus, str, bytes]:
        path = self.path.partition("?")[0]
        if path == "/":
            return HTTPStatus.OK, _TEXT, _WHERE
        try:
            if path == "/metrics":
                return HTTPStatus.OK, *self.last.exposed(self.headers.get("Accept", ""))
            asked = _PINGDOM.fullmatch(path)
            content = self.last.for_pingdom(asked["name"] or "") if asked else None
        except results.UnreadableResults as error:
            _say(str(error))
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, b"the last run cannot be read, so the status is unknown\n"
        if content is None:
            return HTTPStatus.NOT_FOUND, _TEXT, _WHERE
        return HTTPStatus.OK, _XML, content

    def _answer(self, status: HTTPStatus, kind: str, text: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Nothing: a line for each scrape helps nobody."""


class MetricsServer(ThreadingMixIn, HTTPServer):
    """A thread for each connection, a bound on how many, and on how long each takes."""

    daemon_threads = True
    request_queue_size = 32
    allow_reuse_address = True

    def __init__(self, host: str, port: int, file: Path, max_age: float = MAX_AGE) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        handler = type("Handler", (_Handler,), {"last": LastRun(file, max_age)})
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        """Without a look-up of our own name, as the library would: that may take as long as it likes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        watch = threading.Timer(SECONDS, _cut, (request,))
        watch.daemon = True
        watch.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            watch.cancel()
            self._free.release()

    def handle_error(self, *_: Any) -> None:
        """Nothing: a client that goes away is no error of ours, and no traceback is for whoever reads the log."""


def _cut(request: socket.socket) -> None:
    try:
        request.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT; 0 then, 1 where nobody can be served, 2 for usage."""
    parser = argparse.ArgumentParser("python -m monitor.feeds serve", description=ABOUT)
    parser.add_argument("results", type=Path, nargs="?", default=Path("reports"), help="a results.json, or its folder")
    parser.add_argument(
        "--listen", type=_address, default=_address(LISTEN), metavar="HOST:PORT", help=f"default: {LISTEN}"
    )
    asked = parser.parse_args(arguments)
    host, port = asked.listen
    values, _ = settings.environment(Path.cwd())
    max_age = feed_settings.read(values).max_age
    file: Path = asked.results if asked.results.suffix == ".json" else asked.results / results.NAME
    try:
        server = MetricsServer(host, port, file, max_age)
    except (OSError, OverflowError) as error:
        _say(f"cannot serve at {host}, port {port}: {getattr(error, 'strerror', None) or error}")
        return 1
    shown = f"[{host}]" if ":" in host else host
    if not is_loopback(host):
        _say(f"{host} can be reached from other machines, and asks for no password: put it behind a proxy that does")
    with contextlib.suppress(SystemExit):  # what reads this need not be there
        console.say(f"serving {file} at http://{shown}:{server.server_port}/metrics\n")
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever(poll_interval=0.2)
    return 0


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError(f"{given!r} is no address: write it as 127.0.0.1:9464, or [::1]:9464")
    return host, int(port)


def _say(text: str) -> None:
    sys.stderr.write(f"{one_line(text)}\n")
    sys.stderr.flush()
