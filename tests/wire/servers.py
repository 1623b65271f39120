"""Tiny servers on loopback, raw enough to go wrong in any way that a test asks for."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from typing import Self

CRLF = "\r\n"


class Connection:
    """One connection that a client made, as a script sees it."""

    def __init__(self, sock: socket.socket, server: Server) -> None:
        self.sock = sock
        self.server = server

    def receive(self) -> str:
        """One whole request; the server remembers it."""
        head, body = b"", b""
        while b"\r\n\r\n" not in head:
            head += self._more()
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += self._more()
        request = (head + b"\r\n\r\n" + body).decode("latin-1")
        self.server.requests.append(request)
        return request

    def _more(self) -> bytes:
        more = self.sock.recv(65536)
        if not more:
            raise ConnectionAbortedError("the client went away")
        return more

    def send(self, content: bytes) -> None:
        self.sock.sendall(content)

    def reset(self) -> None:
        """End the connection as a machine does that knows nothing of it."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def hold(self) -> None:
        """Say nothing until the client goes away, or the test is over."""
        while self.sock.recv(65536):
            pass


Script = Callable[[Connection], None]
"""What happens on one connection; it is closed afterwards."""


class Server:
    """A server whose first connection follows the first script, and so on; the last script is for all that follow."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._scripts = scripts
        self._tls = tls
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.host = host
        self.port = int(self._listener.getsockname()[1])
        self.closing = threading.Event()
        self.requests: list[str] = []
        self.connections = 0

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            socket.create_connection((self.host, self.port), timeout=5).close()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _run(self, what: Callable[[], None]) -> None:
        thread = threading.Thread(target=what, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self.closing.is_set():
                sock.close()
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            self._open.add(sock)
            self._run(lambda sock=sock, script=script: self._serve(sock, script))  # type: ignore[misc]

    def _serve(self, sock: socket.socket, script: Script) -> None:
        served = sock
        try:
            if self._tls:
                served = self._tls.wrap_socket(sock, server_side=True)
                self._open.add(served)
            script(Connection(served, self))
        except OSError:
            pass  # a client that goes away is what many of these tests are about
        finally:
            for each in (sock, served):
                self._open.discard(each)
                each.close()


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """An answer, of which the headers are named with ``_`` for ``-``."""
    given = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return CRLF.join(lines).encode("latin-1") + body


def saying(content: bytes | None = None, *, after: float = 0.0) -> Script:
    """Take the request, wait, answer."""

    def script(connection: Connection) -> None:
        connection.receive()
        connection.server.closing.wait(after)
        connection.send(answer() if content is None else content)

    return script


def dripping(content: bytes, *, at_once: bytes = b"", each: float = 0.02) -> Script:
    """Answer a byte at a time, each in good time, and together far too late."""

    def script(connection: Connection) -> None:
        connection.receive()
        connection.send(at_once)
        for at in range(len(content)):
            connection.send(content[at : at + 1])
            if connection.server.closing.wait(each):
                return

    return script


def silent(connection: Connection) -> None:
    """Take everything, and say nothing."""
    connection.hold()


def resetting(connection: Connection) -> None:
    """Take the request, and reset the connection."""
    connection.receive()
    connection.reset()


def hanging_up(connection: Connection) -> None:
    """Take the request, and close the connection in an orderly way."""
    connection.receive()


def resetting_in_the_body(connection: Connection) -> None:
    """Begin to answer, and reset the connection when some of it must have arrived."""
    connection.receive()
    connection.send(answer(body=b"[" + b"1" * 999)[:-900])
    connection.server.closing.wait(0.1)
    connection.reset()


def tunnel(connection: Connection) -> None:
    """An HTTP proxy: CONNECT, or a request with a whole URL, to whoever is named."""
    request = connection.receive()
    method, where, _ = request.split(" ", 2)
    authority = where if method == "CONNECT" else where.split("/")[2]
    host, _, port = authority.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as beyond:
        if method == "CONNECT":
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_pour, args=(connection.sock, beyond), daemon=True).start()
        else:
            beyond.sendall(request.encode("latin-1"))
        _pour(beyond, connection.sock)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            sink.sendall(content)


def unused_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
