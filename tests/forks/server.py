"""``python -m tests.forks.server ADDRESS``: forks the commands that ``client.py`` asks for, until its stdin ends.

A fork finds what a new interpreter would: the directory, environment, files, namespaces and signals of who asked, an
empty ``__main__``, and nothing of the server but the modules that it has loaded. It is in a session of its own.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import marshal
import os
import pkgutil
import runpy
import selectors
import shutil
import signal
import socket
import sys
import threading
import time
import types
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.forks import client

ROOT = Path(__file__).parents[2]
OURS = ("monitor", "sandbox")
LIBRARIES = (
    *("_pytest.faulthandler", "_pytest.junitxml", "_pytest.legacypath", "_pytest.pastebin", "_pytest.stepwise"),
    *("_pytest.subtests", "_pytest.setupplan", "_pytest.setuponly", "_pytest.unraisableexception", "_pytest.doctest"),
    *("_pytest.threadexception", "_pytest.logging", "_pytest.skipping", "_pytest.debugging", "_pytest.unittest"),
    *("apprise", "certifi", "cryptography.x509", "defusedxml.ElementTree", "execnet", "feedparser", "jinja2"),
    *("joserfc.jwt", "jsonschema_rs", "jwt", "markdown_it", "packaging.version", "pluggy", "prometheus_client"),
    *("pydantic", "pygments.lexers.python", "pytest", "requests", "sqlite3", "trustme", "werkzeug", "yaml"),
)
"""But for plugins of pytest: it rewrites their asserts when it loads them."""

REWRITTEN = {"monitor.session.plugin", "monitor.session.scheduling"}
"""What of ours is such a plugin, or imports one."""

LATE = {"tests.names", "tests.results_alone"}
"""Plugins of tests that may come when what is ours is loaded already."""

DECIDES = (b"PYTHON", b"LD_", b"MALLOC_", b"COVERAGE_")
"""What an interpreter reads when it starts, by how the variable begins."""

GIVEN = {b"PYTHONPATH", b"PYTHONUNBUFFERED", b"PYTHONDONTWRITEBYTECODE"}
"""What of it a fork can be given as well."""

LOCALE = (b"LC_ALL", b"LC_CTYPE", b"LANG")
PLAIN = {b"POSIX", b"C.UTF-8", b"C.utf8"}
"""Locales that are to Python what C is."""


class Server:
    """``commands`` are the connections of those who asked, by the process that is their command."""

    def __init__(self, address: str) -> None:
        self.started = _decisive(os.environb)
        self.surroundings, self.namespaces = client.surroundings(), client.namespaces()
        self.commands: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(address)
        self.listening.listen(64)
        self.woken, self.waking = socket.socketpair()
        for end in (self.woken, self.waking):
            end.setblocking(False)  # noqa: FBT003 -- its only argument
        self.selector.register(self.listening, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        self.selector.register(0, selectors.EVENT_READ)
        signal.set_wakeup_fd(self.waking.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> dict[str, Any] | None:
        """None when this is over; in a fork, what was asked for."""
        while True:
            for key, _ in self.selector.select():
                if key.fd == 0:
                    self.end_all()
                    return None
                if key.fileobj is self.woken:
                    self.reap()
                elif key.fileobj is not self.listening:
                    self.pass_on(key.data)
                elif asked := self.accept():
                    return asked

    def accept(self) -> dict[str, Any] | None:
        """Fork a command; None in the server, and what was asked for in the fork."""
        asking, _ = self.listening.accept()
        with contextlib.suppress(OSError, EOFError, ValueError):
            asking.settimeout(10)
            head, files, _, _ = socket.recv_fds(asking, 4, 3)
            asked: dict[str, Any] = marshal.loads(_read(asking, int.from_bytes(head, "big")))  # noqa: S302 -- a test's
            asked["files"] = files
            process = os.fork() if self.takes(asked) else -1
            if process == 0:
                self.leave(asking)
                return asked
            for file in files:
                os.close(file)
            if process > 0:
                self.commands[process] = asking
                self.selector.register(asking, selectors.EVENT_READ, process)
                asking.sendall(client.TAKEN)
                return None
        asking.close()
        return None

    def takes(self, asked: dict[str, Any]) -> bool:
        """Whether a fork is as good as a new interpreter: not one that is told something when it starts."""
        return _decisive(asked["values"]) == self.started and asked["surroundings"] == self.surroundings

    def leave(self, asking: socket.socket) -> None:
        """Nothing of the server is in the fork."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        for each in (self.listening, self.woken, self.waking, asking, *self.commands.values()):
            each.close()

    def pass_on(self, process: int) -> None:
        """A signal; or who asked was killed, and so is what it asked for."""
        if not (asking := self.commands.get(process)):  # it ended in the same moment
            return
        numbers = b""
        with contextlib.suppress(OSError):
            numbers = asking.recv(16)
        if not numbers:
            self.selector.unregister(asking)
            self.commands.pop(process).close()
            _kill(process)
        for number in numbers:
            with contextlib.suppress(OSError):
                os.kill(process, number)

    def reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.woken.recv(4096)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if asking := self.commands.pop(ended[0], None):
                    self.selector.unregister(asking)
                    with contextlib.suppress(OSError):
                        asking.sendall(os.waitstatus_to_exitcode(ended[1]).to_bytes(4, "big", signed=True))
                    asking.close()

    def end_all(self) -> None:
        for process in self.commands:
            _kill(process)


def _decisive(values: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """What of this environment makes another interpreter."""
    told = {name: value for name, value in values.items() if name.startswith(DECIDES) and name not in GIVEN}
    locale = next((values[name] for name in LOCALE if values.get(name)), b"C")
    return told | {b"LANG": b"C" if locale in PLAIN else locale}


def _kill(process: int) -> None:
    """It, and what it started within its session; or it alone, where it is not yet in one of its own."""
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.killpg(process, signal.SIGKILL)


def _read(asking: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        if not (piece := asking.recv(size - len(read))):
            raise EOFError
        read += piece
    return read


def load() -> None:
    """Load what commands import first: libraries, and what of ours is no plugin of pytest and no command."""
    sys.path[0] = str(ROOT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = [
            each.name
            for package in OURS
            for each in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
            if each.name not in REWRITTEN and not each.name.endswith("__main__")
        ]
        for name in (*LIBRARIES, *ours):
            with contextlib.suppress(Exception):  # what is not installed here, a command will miss as well
                importlib.import_module(name)
    assert not {*REWRITTEN, "xdist"} & set(sys.modules), "pytest would find it loaded, and not rewritten"
    gc.collect()
    gc.freeze()


def become(asked: Mapping[str, Any]) -> list[str]:
    """Be the process that was asked for; what is left of its arguments: ``-m`` or ``-c``, and what follows."""
    os.setsid()
    files: list[int] = asked["files"]
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, max(files) + 1)
    _enter(asked["namespaces"], asked["process"])
    os.chdir(asked["folder"])
    os.umask(asked["mask"])
    os.environb.clear()
    os.environb.update(asked["values"])
    time.tzset()
    arguments: list[str] = asked["arguments"]
    unbuffered = arguments[0] == "-u"
    _open_streams(through=unbuffered or bool(os.environ.get("PYTHONUNBUFFERED")))
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    sys.executable = sys.argv[1].removesuffix("socket") + "python"
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:1] = [asked["folder"], *paths]
    plugins = {each for each in arguments[3:] if each.startswith("tests.")} - LATE
    if plugins or not _are_ours():  # a plugin that changes time is there before they are
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]
    return arguments[unbuffered:]


def _are_ours() -> bool:
    """Whether what is loaded here is what would be found."""
    found = [next((path for path in sys.path if Path(path, name).exists()), "") for name in OURS]
    return found == [str(ROOT)] * len(OURS)


def _enter(spaces: dict[str, str], asking: int) -> None:
    own = client.namespaces()
    others = [name for name in client.NAMESPACES if spaces[name] != own[name]]
    opened = [os.open(f"/proc/{asking}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in others]
    for space in opened:
        if ctypes.CDLL(None, use_errno=True).setns(space, 0):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(space)


def _open_streams(*, through: bool) -> None:
    """The three that a new interpreter opens, each as this one opened its own; ``through``: without a buffer."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        own = getattr(sys, f"__{name}__")
        mode, buffered, newline = ("wb", 0 if through else -1, "\n") if number else ("rb", -1, None)
        below: Any = open(number, mode, buffered, closefd=False)  # noqa: SIM115 -- for as long as it lives
        lines = not through and (number == 2 or os.isatty(number))
        stream = io.TextIOWrapper(below, own.encoding, own.errors, newline, line_buffering=lines, write_through=through)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def main() -> list[str]:
    """What a fork has to run; nothing when the server ends."""
    load()
    server = Server(sys.argv[1])
    python = Path(sys.argv[1]).with_name("python")
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {client.__file__} {sys.argv[1]} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    sys.stdout.write("listens\n")
    sys.stdout.close()
    if asked := server.serve():
        return become(asked)
    shutil.rmtree(python.parent, ignore_errors=True)
    return []


def perform(how: str, what: str, *rest: str) -> None:
    """Be ``-m MODULE`` or ``-c CODE``. A usual end is a quick one: to take an interpreter apart takes its time."""
    sys.argv[:] = [how, *rest]
    code: str | int | None = None
    try:
        if how == "-m":
            sys.modules.pop(what, None)  # a module that is a command, too
            runpy._run_module_as_main(what)  # type: ignore[attr-defined]  # noqa: SLF001 -- as the interpreter does
        else:
            sys.path[0] = ""
            exec(compile(what, "<string>", "exec"), vars(sys.modules["__main__"]))  # noqa: S102 -- the same
    except SystemExit as ended:
        code = ended.code
        if isinstance(code, str):
            raise
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 -- the same, when it ends
    atexit._run_exitfuncs()  # noqa: SLF001 -- the same
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):  # nobody reads it, or it is closed: the interpreter's own end has its say
        sys.exit(code)
    os._exit(int(code or 0) & 0xFF)


if __name__ == "__main__" and (asked_for := main()):
    mine = sys.modules["__main__"]  # kept, or its functions would lose their names
    sys.modules["__main__"] = types.ModuleType("__main__")
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
    perform(*asked_for)
