"""A world with real names: a network and a mount namespace with a name server, tenants, pages and a proxy of its own.

``python -m tests.drills.stage FAULT FOLDER`` plays one fault within ``unshare --net --mount``: names resolve, and port
443 answers, as they do in production; what is put over ``/etc`` is seen in there alone.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from werkzeug import Request

from sandbox import STATIC
from sandbox.answers import Answer
from sandbox.faults import chosen
from sandbox.keys import Keys
from sandbox.limits import Limits
from sandbox.pages import services
from sandbox.pages.server import ROOT as PAGES_ROOT
from sandbox.pages.server import TARGET, Pages
from sandbox.questions import Question
from sandbox.setup import Setup
from sandbox.tenant import Tenant
from sandbox.tokens import Tokens
from sandbox.wire import Wire
from tests.forks import HERE, python, server
from tests.suite import RESULTS_ALONE, ROOT, Performance, perform

CANONICAL, OWN, STATUS, PROXY = "acme.eu.auth0.com", "login.acme.example", "pages.status.example", "proxy.corp.example"
ADDRESSES = {CANONICAL: "198.51.100.10", OWN: "198.51.100.20", STATUS: "198.51.100.30", PROXY: "198.51.100.40"}
ELSEWHERE = "198.51.100.50"
"""Where nobody listens."""

NXDOMAIN, SERVFAIL, REFUSED, NODATA, SILENT = "nxdomain", "servfail", "refused", "nodata", "silent"
_RCODES = {NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5, NODATA: 0}

POSTS = ("login", "machine-login", "refresh", "token")
"""The kinds of question that carry credentials."""

Change = Callable[[Question, Answer], Answer]
Script = Callable[[socket.socket], None]


@dataclass
class Stage:
    """All that is well, until a fault changes it."""

    tenants: tuple[str, ...] = (CANONICAL,)
    names: dict[str, str] = field(default_factory=lambda: dict(ADDRESSES))
    """Each name's address, or how the name server answers for it; ``=other.name`` is a CNAME."""
    faults: tuple[str, ...] = ()
    """The sandbox's own."""
    change: Change = lambda _, answer: answer
    change_own: Change | None = None
    """Of the own domain's answers, where they are changed in another way."""
    change_pages: Change = lambda _, answer: answer
    certificates: dict[str, Callable[[trustme.CA, trustme.CA], trustme.LeafCert]] = field(default_factory=dict)
    raw: dict[str, Script] = field(default_factory=dict)
    """Who does not speak as they should, in the place of TLS."""
    routes: tuple[str, ...] = ()
    proxy: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    algorithm: str = "RS256"
    limits: str = "generous"


def possible() -> str:
    """Why no such namespace can be made here; empty where it can."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "this machine has no unshare, or no ip"
    tried = subprocess.run(
        [*_within(), "sh", "-c", "ip link set lo up && mount --bind /etc/hosts /etc/hosts"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if tried.returncode == 0 else f"unshare is not allowed here: {tried.stderr.strip()[:80]}"


def _within() -> list[str]:
    return ["unshare", "--net", "--mount", *(["--user", "--map-root-user"] if os.geteuid() else [])]


def play(name: str, folder: Path) -> Performance:
    """Play this fault in namespaces of its own; its results.json is below the folder."""
    ran = subprocess.run(
        [*_within(), *python("-m", __name__, name, str(folder))],
        cwd=ROOT,
        env={**os.environ, HERE: server()},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    return Performance(ran.returncode, ran.stdout + ran.stderr, folder / "reports")


def perform_here(stage: Stage, folder: Path) -> Performance:
    """Set this stage, inside the namespaces, and run the suite on it."""
    _set_the_network(stage, folder)
    authority, other = (
        trustme.CA(organization_name="A public authority"),
        trustme.CA(organization_name="Acme Web Gateway"),
    )
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    threading.Thread(target=_names, args=(stage,), daemon=True).start()
    wire = Wire(0.0, lambda *_: None)
    try:
        for host in (*stage.tenants, STATUS):
            leaf = stage.certificates.get(host, lambda good, _, of=host: good.issue_cert(of))(authority, other)
            _listen(wire, stage, host, leaf)
        wire.start()
        if stage.proxy:
            threading.Thread(target=_proxy, args=(stage, other), daemon=True).start()
        return perform(folder / "reports", _variables(stage, folder), *RESULTS_ALONE, timeout=120)
    finally:
        wire.stop()


def _set_the_network(stage: Stage, folder: Path) -> None:
    commands = ["link set lo up", *(f"addr add {address}/32 dev lo" for address in ADDRESSES.values()), *stage.routes]
    for command in commands:
        subprocess.run([shutil.which("ip") or "/sbin/ip", *command.split()], check=True, capture_output=True)
    files = {
        "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
        "hosts": "127.0.0.1 localhost\n",
        "nsswitch.conf": "hosts: files dns\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
        subprocess.run(
            [shutil.which("mount") or "/bin/mount", "--bind", str(folder / name), f"/etc/{name}"], check=True
        )


def _variables(stage: Stage, folder: Path) -> dict[str, str]:
    single = len(stage.tenants) == 1
    domains = {"AUTH0_DOMAIN": stage.tenants[0]} if single else {"AUTH0_TENANTS": "auth0s,own"}
    domains |= {} if single else {"AUTH0_AUTH0S_DOMAIN": CANONICAL, "AUTH0_OWN_DOMAIN": OWN}
    usual = {
        "AUTH0_FLOWS": "password-realm,client-credentials,refresh",
        "AUTH0_DEPENDENCIES": "github,twilio,aws",
        "AUTH0_REDIRECTS": "",
        "AUTH0_TIMEOUT": "3",
        "AUTH0_CONNECT_TIMEOUT": "1.5",
        "AUTH0_PAGE_TIMEOUT": "3",
        "AUTH0_MEMORY": str(folder / "memory.sqlite"),
        "AUTH0_REFUSALS_EVERY": "0",
        "AUTH0_ID_TOKEN_ALG": stage.algorithm,
        "REQUESTS_CA_BUNDLE": str(folder / "ca.pem"),
        **({"HTTPS_PROXY": f"http://{PROXY}:3128"} if stage.proxy else {}),
    }
    pages = services.environment(f"https://{STATUS}{PAGES_ROOT.rstrip('/')}")
    return {**STATIC, **pages, **domains, **usual, **stage.variables}


def _listen(wire: Wire, stage: Stage, host: str, leaf: trustme.LeafCert) -> None:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((ADDRESSES[host], 443))
    if host in stage.raw:
        bound.listen(64)
        threading.Thread(target=_serve_raw, args=(bound, stage.raw[host]), daemon=True).start()
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    wire.keep(bound)
    wire.listen(bound, _pages(stage) if host == STATUS else _tenant(stage, host), context)


def _tenant(stage: Stage, host: str) -> Callable[[Request], tuple[Question, Answer]]:
    setup, every = Setup(), chosen(set(stage.faults))
    for fault in every:
        if fault.set_up:
            fault.set_up(setup)
    ill = [fault for fault in every if fault.target == "tenant"]
    keys = Keys(Keys() if setup.keys_are_rotated else None)
    drafts = [fault.draft for fault in every if fault.draft]
    tokens = Tokens(f"https://{host}/", stage.algorithm, keys, drafts, setup.access_tokens)
    limits = Limits("real" if stage.limits == "real" else "generous")
    tenant = Tenant(host, setup, keys, tokens, limits, ill)
    change = stage.change_own if host == OWN and stage.change_own else stage.change
    return lambda request: _changed(tenant.answer(request), change)


def _pages(stage: Stage) -> Callable[[Request], tuple[Question, Answer]]:
    setup, ill = Setup(), chosen(set(stage.faults))
    for fault in ill:
        if fault.set_up:
            fault.set_up(setup)
    pages = Pages(setup.pages, [fault for fault in ill if fault.target == TARGET])
    return lambda request: _changed(pages.answer(request), stage.change_pages)


def _changed(answered: tuple[Question, Answer], change: Change) -> tuple[Question, Answer]:
    question, answer = answered
    return question, change(question, answer)


def _serve_raw(bound: socket.socket, script: Script) -> None:
    while True:
        connection, _ = bound.accept()
        threading.Thread(target=_quietly, args=(script, connection), daemon=True).start()


def _quietly(script: Script, connection: socket.socket) -> None:
    with contextlib.suppress(OSError), connection:
        script(connection)


def _names(stage: Stage) -> None:
    """A name server, for addresses of IPv4 and for aliases."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 53))
        while True:
            asked, who = bound.recvfrom(512)
            answer = _resolved(stage, asked)
            if answer:
                bound.sendto(answer, who)


def _resolved(stage: Stage, asked: bytes) -> bytes:
    labels, at = [], 12
    while asked[at]:
        labels.append(asked[at + 1 : at + 1 + asked[at]].decode())
        at += asked[at] + 1
    question, kind = asked[12 : at + 5], struct.unpack(">H", asked[at + 1 : at + 3])[0]
    place = stage.names.get(".".join(labels).lower(), NXDOMAIN)
    if place == SILENT:
        return b""
    records, target = b"", place
    if place.startswith("="):
        target = stage.names.get(place[1:], NXDOMAIN)
        records += b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 1, len(_encoded(place[1:]))) + _encoded(place[1:])
    known = target not in _RCODES
    if known and kind == 1:
        owner = _encoded(place[1:]) if records else b"\xc0\x0c"
        records += owner + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton(target)
    count = (place.startswith("=")) + (known and kind == 1)
    flags = 0x8180 | (_RCODES.get(target, 0) if not known else 0)
    return asked[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0) + question + records


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _proxy(stage: Stage, other: trustme.CA) -> None:
    """A proxy for CONNECT. Its mode may have a host before a ``:``, of which alone it is true."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((ADDRESSES[PROXY], 3128))
        bound.listen(64)
        _serve_raw(bound, functools.partial(_asked_of_the_proxy, stage, other))


def _asked_of_the_proxy(stage: Stage, other: trustme.CA, client: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096) or b"\r\n\r\n"
    host, _, port = head.split()[1].decode().partition(":")
    only, _, mode = stage.proxy.rpartition(":")
    mode = mode if not only or only == host else "well"
    if mode == "hang":
        client.recv(4096)
    elif mode.isdigit():
        client.sendall(f"HTTP/1.1 {mode} No\r\nContent-Length: 0\r\n\r\n".encode())
    elif mode == "inspect":
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        other.issue_cert(host).configure_cert(context)
        with context.wrap_socket(client, server_side=True) as opened:
            opened.recv(4096)
    elif mode == "drop":
        client.close()
    else:
        _tunnel(client, stage.names[host], int(port))


def _tunnel(client: socket.socket, address: str, port: int) -> None:
    with socket.create_connection((address, port), timeout=5) as server:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        back = threading.Thread(target=_pump, args=(server, client), daemon=True)
        back.start()
        _pump(client, server)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def unsigned(answer: Answer, **headers: str) -> Answer:
    """This answer as somebody else's, with these headers (``x_cache`` is X-Cache)."""
    for name, value in headers.items():
        answer.headers[name.replace("_", "-")] = value
    return answer


def everything(make: Callable[[], Answer]) -> Change:
    """Whatever is asked gets this."""
    return lambda _, __: make()


def of_kinds(kinds: tuple[str, ...], make: Callable[[Question, Answer], Answer]) -> Change:
    """What is asked in this way gets another answer."""
    return lambda question, answer: make(question, answer) if question.kind in kinds else answer


def signed(make: Callable[[], Answer]) -> Callable[[Question, Answer], Answer]:
    """An answer that Auth0 signs as it signs the one in whose place it comes."""

    def made(_: Question, answer: Answer) -> Answer:
        other = make()
        for name in ("x-auth0-requestid", "cf-ray", "server"):
            other.headers[name] = answer.headers[name]
        return other

    return made


def expired(good: trustme.CA, _: trustme.CA, host: str = CANONICAL) -> trustme.LeafCert:
    return good.issue_cert(host, not_after=datetime.now(UTC) - timedelta(days=2))


def main() -> int:
    from tests.drills.world import FAULTS

    name, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    stage = Stage()
    FAULTS[name].set_up(stage)
    return perform_here(stage, folder).code


if __name__ == "__main__":
    sys.exit(main())
