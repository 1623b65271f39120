"""The socket's side of an exchange: names, connections and TLS, and in whose time they are."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from monitor.exchange import Exchange, Repeat
from monitor.failures import (
    Expired,
    Failure,
    NamesFail,
    NoCommonTls,
    NoTls,
    NoWayOut,
    PlainText,
    TimedOut,
    UnknownIssuer,
    Unreachable,
    Unresolved,
    Untrusted,
    WrongName,
)
from monitor.secrets import Scrubber
from monitor.wire import connections
from monitor.wire.door import Door
from monitor.wire.trace import Trace
from tests.wire import servers
from tests.wire.authorities import Authority
from tests.wire.servers import Server, answer, saying

Found = tuple[socket.AddressFamily | int, int, int, str, tuple[Any, ...]]
Resolves = Callable[[Callable[[str], list[Found]]], None]

YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Resolves:
    """Let the resolver answer this."""

    def patch(resolver: Callable[[str], list[Found]]) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: resolver(host))

    return patch


@pytest.fixture
def trusting(scrubber: Scrubber, authority: Authority) -> Iterator[Door]:
    """A door that trusts our authority."""
    opened = Door(scrubber, {}, authority.file)
    yield opened
    opened.close()


def ask(door: Door, url: str, timeout: float = 5.0, connect_timeout: float = 5.0) -> Exchange:
    return door.ask("GET", url, timeout=timeout, connect_timeout=connect_timeout)


def tcp(host: str, port: int) -> Found:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))


def seen(failure: Failure) -> Exchange:
    """The evidence of a failure."""
    assert failure.exchange is not None
    return failure.exchange


class TestNames:
    def test_name_without_address_is_unresolved(self, door: Door, resolves: Resolves) -> None:
        def nowhere(_host: str) -> list[Found]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        resolves(nowhere)
        with pytest.raises(
            Unresolved, match=r"the name nonexistent\.invalid does not resolve: Name or service"
        ) as raised:
            ask(door, "http://nonexistent.invalid/")

        assert [list(each.phases) for each in seen(raised.value).attempts] == [["dns"], ["dns"]]

    def test_look_ups_that_gave_an_address_are_counted_and_no_others(self, door: Door, resolves: Resolves) -> None:
        answers: list[list[Found]] = [[], [tcp("127.0.0.1", 1)], [tcp("127.0.0.1", 1)], []]

        def flapping(_host: str) -> list[Found]:
            if not answers[0]:
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return answers[0]

        resolves(flapping)
        counted = []
        while answers:
            with pytest.raises(Failure):
                door.ask("GET", "http://t.invalid/", timeout=5, connect_timeout=5, repeat=Repeat.NEVER)
            with pytest.raises(Failure):
                door.ask("GET", "http://t.invalid/", timeout=5, connect_timeout=5, address=("127.0.0.1", 1))
            counted.append(door.resolved("t.invalid"))
            answers.pop(0)

        assert counted == [0, 1, 2, 2]

    @pytest.mark.parametrize("error", [socket.EAI_AGAIN, socket.EAI_FAIL])
    def test_name_of_which_no_server_says_anything_is_told_from_one_that_does_not_exist(
        self, door: Door, resolves: Resolves, error: int
    ) -> None:
        def silence(_host: str) -> list[Found]:
            raise socket.gaierror(error, "Temporary failure in name resolution")

        resolves(silence)
        with pytest.raises(NamesFail, match=r"does not resolve: Temporary failure"):
            ask(door, "http://silent.invalid/")

    def test_name_that_is_no_name_is_unresolved(self, door: Door) -> None:
        with pytest.raises(Failure, match=r"does not resolve|cannot be sent"):
            ask(door, f"http://{'a' * 64}.invalid/")

    def test_slow_resolver_is_left_behind(self, door: Door, resolves: Resolves) -> None:
        over = threading.Event()
        resolves(lambda _host: [tcp("127.0.0.1", 1)] if over.wait(20) else [])
        began = time.perf_counter()
        try:
            with pytest.raises(NamesFail, match=r"the name slow\.invalid was not resolved within 0\.3 s"):
                ask(door, "http://slow.invalid/", timeout=2, connect_timeout=0.3)

            assert time.perf_counter() - began < 6
        finally:
            over.set()

    def test_name_that_is_not_resolved_within_the_whole_time_is_no_silent_host(
        self, door: Door, resolves: Resolves
    ) -> None:
        over = threading.Event()
        resolves(lambda _host: [tcp("127.0.0.1", 1)] if over.wait(20) else [])
        try:
            with pytest.raises(NamesFail, match=r"the name slow\.invalid was not resolved within 0\.3 s"):
                ask(door, "http://slow.invalid/", timeout=0.3, connect_timeout=0.3)
        finally:
            over.set()

    def test_thread_that_resolved_a_name_resolves_the_next_one(self, door: Door, resolves: Resolves) -> None:
        asked: list[int] = []

        def nowhere(_host: str) -> list[Found]:
            asked.append(threading.get_ident())
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        resolves(nowhere)
        for number in range(40):
            with pytest.raises(Unresolved):
                ask(door, f"http://no-{number}.invalid/")

        assert len(asked) == 80
        assert len(set(asked)) < 40

    def test_dead_first_address_falls_to_the_second(self, door: Door, resolves: Resolves) -> None:
        with Server(saying()) as server:
            resolves(lambda _host: [tcp("127.0.0.1", servers.unused_port()), tcp("127.0.0.1", server.port)])
            answered = ask(door, "http://two.invalid/")

        assert len(answered.attempts) == 1
        assert answered.attempts[0].address == f"127.0.0.1:{server.port}"

    def test_address_of_a_family_that_this_machine_lacks_falls_to_the_next(
        self, door: Door, resolves: Resolves
    ) -> None:
        with Server(saying()) as server:
            unknown: Found = (12345, socket.SOCK_STREAM, 6, "", ("::1", 1))
            resolves(lambda _host: [unknown, tcp("127.0.0.1", server.port)])

            assert ask(door, "http://two.invalid/").status == 200

    def test_host_without_addresses_says_so(self, door: Door, resolves: Resolves) -> None:
        resolves(lambda _host: [])
        with pytest.raises(Unreachable, match=r"no connection to none\.invalid, which has no address"):
            ask(door, "http://none.invalid/")

    def test_address_of_version_6_is_asked(self, door: Door) -> None:
        try:
            server = Server(saying(), host="::1")
        except OSError:
            pytest.skip("this machine has no IPv6")
        with server:
            answered = ask(door, server.url)

        assert answered.status == 200
        assert f"\r\nHost: [::1]:{server.port}\r\n" in server.requests[0]

    def test_dot_at_the_end_of_a_name_is_not_looked_up(self, door: Door, resolves: Resolves) -> None:
        asked: list[str] = []
        with Server(saying()) as server:

            def resolver(host: str) -> list[Found]:
                asked.append(host)
                return [tcp("127.0.0.1", server.port)]

            resolves(resolver)
            ask(door, "http://acme.invalid./")

        assert asked[0] == "acme.invalid"


class TestConnecting:
    def test_address_that_does_not_answer_ends_with_the_connect_timeout(self, door: Door) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            where = full.getsockname()
            waiting = [socket.socket() for _ in range(4)]
            for each in waiting:
                each.setblocking(False)  # noqa: FBT003 -- the standard library's own
                each.connect_ex(where)
            began = time.perf_counter()
            with pytest.raises(Unreachable, match=r"no answer in time|timed out"):
                ask(door, f"http://127.0.0.1:{where[1]}/", timeout=0.8, connect_timeout=0.3)

            assert 0.25 <= time.perf_counter() - began < 10
            for each in waiting:
                each.close()


class TestTls:
    @pytest.mark.parametrize(
        ("issued", "words", "kind"),
        [
            (
                lambda: trustme.CA().issue_cert("127.0.0.1"),
                "unable to get local issuer certificate .signed by",
                UnknownIssuer,
            ),
            (None, "it has expired .since 20", Expired),
            ("other.invalid", "ip address mismatch.* .it is for other.invalid", WrongName),
        ],
        ids=["unknown-authority", "expired", "wrong-name"],
    )
    def test_certificate_that_is_not_to_be_trusted_says_why(
        self,
        trusting: Door,
        authority: Authority,
        issued: Callable[[], trustme.LeafCert] | str | None,
        words: str,
        kind: type[Failure],
    ) -> None:
        if callable(issued):
            certificate = issued()
        elif issued:
            certificate = authority.ca.issue_cert(issued)
        else:
            certificate = authority.ca.issue_cert("127.0.0.1", not_after=YESTERDAY)
        with (
            Server(saying(), tls=authority.serving(certificate)) as server,
            pytest.raises(Untrusted, match=rf"the certificate of 127\.0\.0\.1 is not trusted: .*{words}") as raised,
        ):
            ask(trusting, server.url)

        assert type(raised.value) is kind
        assert [list(each.phases) for each in seen(raised.value).attempts] == [["dns", "connect", "tls"]] * 2
        assert server.requests == []

    @pytest.mark.parametrize("refused", [errno.ENETUNREACH, errno.EACCES, errno.EHOSTUNREACH, errno.EINVAL])
    def test_what_this_kernel_refuses_is_no_word_about_the_target(
        self, trusting: Door, refused: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def connect(_: object, __: object) -> None:
            raise OSError(refused, os.strerror(refused))

        monkeypatch.setattr(connections.TimedSocket, "connect", connect)
        with pytest.raises(NoWayOut, match="this machine has no route to 127"):
            ask(trusting, "https://127.0.0.1:9/")

    @pytest.mark.parametrize(
        ("script", "kind"),
        [
            (saying(), PlainText),
            (servers.hanging_up, NoTls),
            (servers.resetting, NoTls),
            (saying(b"\x15\x03\x01\x00\x02\x02\x46"), NoCommonTls),
        ],
        ids=["http", "hung-up", "reset", "too-old"],
    )
    def test_server_that_does_not_speak_tls_has_shown_no_certificate(
        self, trusting: Door, script: servers.Script, kind: type[Failure]
    ) -> None:
        with Server(_any_bytes(script)) as server, pytest.raises(kind, match=r"TLS") as raised:
            ask(trusting, server.url.replace("http://", "https://"))

        assert type(raised.value) is kind
        assert "certificate" not in raised.value.reason

    @pytest.mark.parametrize(("timeout", "connect_timeout"), [(0.9, 0.3), (0.3, 5.0)], ids=["connect", "whole"])
    def test_silent_handshake_ends_in_time(self, trusting: Door, timeout: float, connect_timeout: float) -> None:
        with Server(servers.silent) as server:
            began = time.perf_counter()
            with pytest.raises(TimedOut, match="timed out"):
                ask(trusting, server.url.replace("http://", "https://"), timeout, connect_timeout)

            assert 0.25 <= time.perf_counter() - began < 4.5

    def test_handshake_that_drips_ends_in_time(self, trusting: Door) -> None:
        def script(connection: servers.Connection) -> None:
            connection.sock.recv(65536)
            connection.send(b"\x16\x03\x03\x40\x00")
            while not connection.server.closing.wait(0.02):
                connection.send(b"\x02")

        with Server(script) as server:
            began = time.perf_counter()
            with pytest.raises(TimedOut):
                ask(trusting, server.url.replace("http://", "https://"), timeout=0.5, connect_timeout=0.5)

            assert time.perf_counter() - began < 10

    @pytest.mark.parametrize("script", [servers.hanging_up, saying(answer(body=b"[1, 2]")[:-3])], ids=["head", "body"])
    def test_connection_that_breaks_after_tls_is_cut_short(
        self, trusting: Door, authority: Authority, script: servers.Script
    ) -> None:
        with Server(script, tls=authority.serving()) as server, pytest.raises(Failure, match="the connection broke"):
            ask(trusting, server.url)


def _any_bytes(script: servers.Script) -> servers.Script:
    """The script, for a client whose request is a handshake."""

    def serve(connection: servers.Connection) -> None:
        connection.receive = lambda: connection.sock.recv(65536).decode("latin-1")  # type: ignore[method-assign]
        script(connection)

    return serve


class TestTrace:
    @pytest.mark.parametrize(
        ("ended", "words"),
        [
            ([], "and no connection"),
            (["dns"], "and no connection"),
            (["dns", "connect"], "and no TLS handshake"),
            (["dns", "connect", "tls"], "and no answer"),
            (["dns", "connect", "send"], "and no answer"),
            (["dns", "connect", "tls", "send", "wait"], "in the middle of the answer"),
        ],
        ids=lambda each: "-".join(each) if isinstance(each, list) else "",
    )
    def test_lateness_says_how_far_it_came(self, ended: list[str], words: str) -> None:
        trace = Trace(1.0, 1.0, whole=7.5)
        for phase in ended:
            trace.ended(phase)

        assert trace.late().reason == f"timed out: 7.5 s have passed, {words}"

    def test_phases_leave_nothing_out(self) -> None:
        trace = Trace(1.0, 1.0)
        for phase in ("dns", "connect", "tls"):
            trace.ended(phase)
        trace.sent()
        trace.arrived()
        trace.arrived()
        trace.finished()

        assert list(trace.phases) == ["dns", "connect", "tls", "send", "wait", "receive"]
        assert sum(trace.phases.values()) <= time.perf_counter() - trace.began

    def test_socket_that_is_held_after_the_deadline_is_shut_at_once(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            trace = Trace(1.0, 1.0)
            trace.cut()
            trace.hold(ours)

            assert theirs.recv(1) == b""

    def test_socket_is_shut_when_the_deadline_passes(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.settimeout(5)
            trace = Trace(0.05, 0.05)
            trace.hold(ours)
            with trace.watched():
                assert theirs.recv(1) == b""

        assert trace.passed

    def test_socket_is_left_alone_when_the_attempt_is_over(self) -> None:
        over = Trace(0.05, 0.05)
        with over.watched():
            pass
        self.until_one_is_cut_that_was_due_later()

        assert not over.passed

    def test_deadline_that_comes_first_is_kept_whoever_began_first(self) -> None:
        later, sooner = Trace(60, 60), Trace(0.05, 0.05)
        with later.watched(), sooner.watched():
            self.until_one_is_cut_that_was_due_later()

            assert (sooner.passed, later.passed) == (True, False)

    def test_attempts_share_one_thread_that_keeps_their_deadlines(self) -> None:
        with contextlib.ExitStack() as stack:
            for _ in range(5):
                stack.enter_context(Trace(60, 60).watched())
            names = [thread.name for thread in threading.enumerate()]

        assert names.count("deadlines") == 1

    @staticmethod
    def until_one_is_cut_that_was_due_later() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.settimeout(20)
            last = Trace(0.1, 0.1)
            last.hold(ours)
            with last.watched():
                assert theirs.recv(1) == b""
