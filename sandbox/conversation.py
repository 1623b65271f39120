"""HTTP/1.1 on one connection: questions are read, answered, and the answers delivered when they are due."""

from __future__ import annotations

import io
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug import Request

from sandbox.answers import Answer, Delivery, html_answer, page
from sandbox.questions import Question

IDLE_SECONDS = 75.0
LONGEST_LINE = 65536
LARGEST_BODY = 1 << 20
MISSING = 64
"""Bytes that an answer which is cut short promises beyond its body."""

ONE_AT_A_TIME = threading.Lock()
"""Held while an answer is made. Python makes one at a time anyway; held, it lets those through who only see a request
arrive, or send what is ready, before all others who want to sign tokens: answers leave when they are due."""

Answering = Callable[[Request], tuple[Question, Answer]]
Noting = Callable[[Question, int | None, float], None]
"""Told of each question: its answer's status (None: there will be none), and when it arrived (UNIX seconds)."""


class Conversation(BaseHTTPRequestHandler):
    """Lasts from the handshake until either side closes, or until ``stopping`` is set."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    connection: ssl.SSLSocket

    def __init__(
        self,
        connection: ssl.SSLSocket,
        address: Any,
        answering: Answering,
        *,
        note: Noting,
        delay: float,
        stopping: threading.Event,
    ) -> None:
        self._answering, self._note, self._delay, self._stopping = answering, note, delay, stopping
        super().__init__(connection, address, None)  # type: ignore[arg-type] # it keeps its server, and no more

    def handle_one_request(self) -> None:
        """Read a question, answer it at once, and deliver the answer when it is due."""
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        arrived, at = time.monotonic(), time.time()
        if not self.raw_requestline or len(self.raw_requestline) > LONGEST_LINE or not self.parse_request():
            return
        body = self._body()
        if body is None:
            return
        question, answer = self._answered(body)
        self._note(question, None if answer.delivery in (Delivery.NEVER, Delivery.RESET) else answer.status_code, at)
        head, content = self._written(answer, question.at)
        if self._stopping.wait(max(0.0, arrived + self._delay + answer.late - time.monotonic())):
            self.close_connection = True
            return
        self._deliver(answer, head, content)

    def _body(self) -> bytes | None:
        """What Content-Length promises; None where the request was refused for it."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self._refuse(411, "Length Required")
        elif int(length) > LARGEST_BODY:
            self._refuse(413, "Content Too Large")
        else:
            body = self.rfile.read(int(length))
            return body if len(body) == int(length) else None
        return None

    def _refuse(self, status: int, title: str) -> None:
        self.close_connection = True
        self.wfile.write(b"".join(self._written(html_answer(page(str(status), title), status), time.time())))

    def _answered(self, body: bytes) -> tuple[Question, Answer]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
        }
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        request = Request(environ)
        try:
            with ONE_AT_A_TIME:
                return self._answering(request)
        except Exception:  # noqa: BLE001 -- a fault of ours must look like one, and say where it is
            traceback.print_exc(file=sys.stderr)
            return Question(request, "sandbox"), html_answer(page("500", "The sandbox itself is broken."), 500)

    def _written(self, answer: Answer, at: float) -> tuple[bytes, bytes]:
        """Head and body, so that nothing is left to do when the answer is due. A streamed body comes later."""
        content = b"" if answer.is_streamed else answer.get_data()
        if not answer.is_streamed and answer.status_code not in (204, 304):
            cut = answer.delivery is Delivery.CUT
            answer.headers["Content-Length"] = str(len(content) + MISSING * cut)
            content = content[: len(content) // 2] if cut else content
        lines = [
            f"HTTP/1.1 {answer.status}",
            f"Date: {answer.headers.pop('date', None) or self.date_time_string(int(at))}",
        ]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if self.close_connection or answer.delivery is not Delivery.WHOLE:
            lines.append("Connection: close")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        return head, b"" if self.command == "HEAD" else content

    def _deliver(self, answer: Answer, head: bytes, content: bytes) -> None:
        match answer.delivery:
            case Delivery.WHOLE | Delivery.CUT:
                self.wfile.write(head + content)  # in one piece, hence in one packet where it fits
                if answer.is_streamed and self.command != "HEAD":
                    for piece in answer.iter_encoded():
                        self.wfile.write(piece)
            case Delivery.DRIP:
                self.wfile.write(head)
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    if self._stopping.wait(1):
                        break
            case Delivery.NEVER:
                self.connection.settimeout(None)
                while self.rfile.read(1):
                    pass  # until the client gives up
            case Delivery.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection |= answer.delivery is not Delivery.WHOLE

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class calls it so
        """Say nothing: questions are noted elsewhere."""
