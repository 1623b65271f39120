"""The door: what an exchange keeps, how long it may take, and which failure it becomes."""

from __future__ import annotations

import base64
import contextlib
import errno
import gzip
import json
import os
import queue
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from monitor.exchange import Attempt, Exchange, Repeat
from monitor.failures import (
    CutShort,
    Exhausted,
    Failure,
    Misconfigured,
    ProxyGone,
    ProxyRefused,
    TimedOut,
    Unreachable,
    Untrusted,
    WrongAnswer,
)
from monitor.secrets import MASK, Scrubber
from monitor.transactions.answers import json_object
from monitor.wire import connections
from monitor.wire import door as door_module
from monitor.wire.door import BODY_BOUND, USER_AGENT, Door
from monitor.wire.trace import Trace
from tests.wire import servers
from tests.wire.authorities import Authority
from tests.wire.servers import Server, answer, saying

SECRET = "a-secret-of-the-body-0123456789"


def ask(door: Door, url: str, *, timeout: float = 5.0, repeat: Repeat = Repeat.BROKEN) -> Exchange:
    return door.ask("GET", url, timeout=timeout, connect_timeout=timeout, repeat=repeat)


def attempt(started: float = 1000.0, seconds: float = 1.0) -> Attempt:
    return Attempt("GET", "https://t.invalid/", 200, None, started, seconds, {}, None, {}, 0)


def exchange(body: bytes = b"", status: int = 200, **headers: str) -> Exchange:
    return Exchange((attempt(),), status, headers, body)


class TestWhatIsSent:
    def test_request_carries_method_path_headers_and_json(self, door: Door) -> None:
        with Server(saying()) as server:
            door.ask(
                "POST",
                f"{server.url}/oauth/ro",
                timeout=5,
                connect_timeout=5,
                headers={"Authorization": "Bearer x"},
                json={"username": "u"},
            )

        head, _, body = server.requests[0].partition("\r\n\r\n")
        assert head.startswith("POST /oauth/ro HTTP/1.1\r\n")
        assert f"User-Agent: {USER_AGENT}" in head
        assert "Authorization: Bearer x" in head
        assert json.loads(body) == {"username": "u"}

    def test_form_is_urlencoded(self, door: Door) -> None:
        with Server(saying()) as server:
            door.ask("POST", server.url, timeout=5, connect_timeout=5, form={"password": "a b&c=ü"})

        head, _, body = server.requests[0].partition("\r\n\r\n")
        assert "Content-Type: application/x-www-form-urlencoded" in head
        assert body == "password=a+b%26c%3D%C3%BC"

    def test_basic_credentials_are_sent(self, door: Door) -> None:
        with Server(saying()) as server:
            door.ask("GET", server.url, timeout=5, connect_timeout=5, auth=("api_keys_health", "key"))

        assert f"Authorization: Basic {base64.b64encode(b'api_keys_health:key').decode()}" in server.requests[0]

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"headers": {"Accept": "text/html", "User-Agent": "me", "X-Y": "z"}},
            {"json": {"a": [1, None]}},
            {"data": {"a": "b c&=ü", "none": None}},
            {"data": b"raw", "headers": {"Content-Type": "text/plain"}},
            {"auth": ("user", "pass:word")},
        ],
        ids=["nothing", "headers", "json", "form", "bytes", "auth"],
    )
    @pytest.mark.parametrize("url", ["https://a.example/ü?q=a b#f", "http://user:pw@a.example:8080"])
    def test_request_is_prepared_as_a_session_prepares_it(self, sent: dict[str, Any], url: str) -> None:
        jar = requests.cookies.RequestsCookieJar()
        jar.set("did", "1", domain="a.example", path="/")
        jar.set("other", "2", domain="b.example", path="/")
        request = requests.Request("post", url, cookies=jar, **sent)
        with requests.Session() as session:
            session.trust_env = False
            wanted = session.prepare_request(request)

        ours = door_module._prepared(request)  # noqa: SLF001
        assert (ours.method, ours.url, ours.body) == (wanted.method, wanted.url, wanted.body)
        assert dict(ours.headers) == dict(wanted.headers)
        assert ("did=1" in ours.headers.get("Cookie", "")) is ("@" not in url)

    def test_netrc_is_never_read(self, door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        with Server(saying()) as server:
            ask(door, server.url)

        assert "authorization" not in server.requests[0].lower()

    def test_no_cookie_of_one_exchange_reaches_another(self, door: Door) -> None:
        with Server(saying(answer(set_cookie="did=1; Path=/"))) as server:
            ask(door, server.url)
            ask(door, server.url)

        assert len(server.requests) == 2
        assert "cookie" not in server.requests[1].lower()


class TestWhatIsKept:
    def test_answer_comes_with_status_headers_and_body(self, door: Door) -> None:
        with Server(saying(answer(404, b'{"a": 1}', x_auth0_requestid="abc", set_cookie="x=y"))) as server:
            answered = ask(door, f"{server.url}/path")

        assert (answered.status, answered.body, json_object(answered)) == (404, b'{"a": 1}', {"a": 1})
        (only,) = answered.attempts
        assert (only.method, only.url, only.status, only.error) == ("GET", f"{server.url}/path", 404, None)
        assert only.headers["x-auth0-requestid"] == "abc"
        assert "set-cookie" not in only.headers
        assert (only.address, only.bytes) == (f"127.0.0.1:{server.port}", 8)
        assert only.to_dict()["status"] == 404

    def test_phases_of_plain_http_sum_to_the_seconds(self, door: Door) -> None:
        with Server(saying(after=0.3)) as server:
            began = time.perf_counter()
            answered = ask(door, server.url)
            took = time.perf_counter() - began

        phases = answered.attempts[0].phases
        assert list(phases) == ["dns", "connect", "send", "wait", "receive"]
        assert 0.29 <= phases["wait"] <= 0.9
        assert max(phases, key=phases.__getitem__) == "wait"
        assert answered.seconds == round(sum(phases.values()), 6)
        assert answered.seconds <= took

    def test_times_are_told_to_a_millionth_of_a_second(self, door: Door) -> None:
        with Server(saying()) as server:
            (seen,) = ask(door, server.url).attempts

        times = [seen.started, seen.seconds, *seen.phases.values()]
        assert times == [round(each, 6) for each in times]

    def test_phases_of_tls_are_all_there(self, authority: Authority, scrubber: Scrubber) -> None:
        door = Door(scrubber, {}, authority.file)
        with Server(saying(), tls=authority.serving()) as server:
            answered = ask(door, server.url)

        assert list(answered.attempts[0].phases) == ["dns", "connect", "tls", "send", "wait", "receive"]
        assert answered.certificate is not None
        assert ("IP Address", "127.0.0.1") in answered.certificate["subjectAltName"]

    def test_connection_is_closed_when_the_exchange_is_over_though_it_is_kept_with_its_evidence(
        self, door: Door, authority: Authority, scrubber: Scrubber
    ) -> None:
        left = queue.SimpleQueue[bytes]()

        def script(connection: servers.Connection) -> None:
            connection.receive()
            connection.send(answer(connection="keep-alive"))
            with contextlib.suppress(OSError):
                left.put(connection.sock.recv(1))

        for asking, served in ((door, None), (Door(scrubber, {}, authority.file), authority.serving())):
            with Server(script, tls=served) as server:
                kept = ask(asking, server.url)

                assert left.get(timeout=10) == b""
            assert kept.attempts[0].in_full()["evidence"]["answer"]["http"] == "HTTP/1.1"

    def test_waiting_for_a_body_is_receiving(self, door: Door) -> None:
        def script(connection: servers.Connection) -> None:
            connection.receive()
            whole = answer(body=b"[1, 2]")
            connection.send(whole[:-3])
            connection.server.closing.wait(0.3)
            connection.send(whole[-3:])

        with Server(script) as server:
            phases = ask(door, server.url).attempts[0].phases

        assert phases["receive"] > 0.29
        assert max(phases, key=phases.__getitem__) == "receive"

    def test_nothing_of_the_body_is_in_the_repr(self, door: Door) -> None:
        body = json.dumps({"access_token": SECRET}).encode()
        with Server(saying(answer(body=body, set_cookie=SECRET))) as server:
            answered = ask(door, server.url)

        assert SECRET.encode() in answered.body
        assert SECRET not in repr(answered)

    def test_redirect_is_an_answer_and_is_not_followed(self, door: Door) -> None:
        with Server(saying(answer(302, b"", location="/elsewhere"))) as server:
            answered = ask(door, server.url)

        assert answered.status == 302
        assert answered.attempts[0].headers["location"] == "/elsewhere"
        assert server.connections == 1

    @pytest.mark.parametrize(
        "location", ["http://[", "https://a:b:c/", "//", "http://\xff\xfe/", "javascript:1", "%%%"]
    )
    def test_hostile_location_is_still_an_answer(self, door: Door, location: str) -> None:
        with Server(saying(answer(302, b"", location=location))) as server:
            assert ask(door, server.url).status == 302

    def test_compressed_answer_is_read(self, door: Door) -> None:
        body = gzip.compress(b'{"a": "b"}')
        with Server(saying(answer(body=body, content_encoding="gzip"))) as server:
            assert json_object(ask(door, server.url)) == {"a": "b"}

    def test_empty_answer_is_an_answer(self, door: Door) -> None:
        with Server(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
            answered = ask(door, server.url)

        assert (answered.status, answered.body) == (204, b"")


class TestWhatGoesWrong:
    @pytest.mark.parametrize(
        "content",
        [
            answer(body=b"no gzip at all", content_encoding="gzip"),
            answer(body=gzip.compress(b"x" * 5000)[:-2] + b"\xff\xff", content_encoding="gzip"),
        ],
        ids=["not-gzip", "wrong-sum"],
    )
    def test_broken_content_encoding_is_a_wrong_answer(self, door: Door, content: bytes) -> None:
        with Server(saying(content)) as server, pytest.raises(WrongAnswer, match="content encoding") as raised:
            ask(door, server.url)

        assert raised.value.exchange is not None
        assert server.connections == len(raised.value.exchange.attempts) == 1

    @pytest.mark.parametrize(
        "content",
        [
            answer(body=b"x" * (BODY_BOUND + 1)),
            answer(body=gzip.compress(b"x" * (20 * BODY_BOUND)), content_encoding="gzip"),
            answer(302, b"x" * (BODY_BOUND + 1), location="/elsewhere"),
        ],
        ids=["plain", "compressed", "redirect"],
    )
    def test_body_over_the_bound_is_a_wrong_answer(self, door: Door, content: bytes) -> None:
        with Server(saying(content)) as server, pytest.raises(WrongAnswer, match="more than 2 MiB"):
            ask(door, server.url)

    def test_body_at_the_bound_is_read(self, door: Door) -> None:
        with Server(saying(answer(body=b"x" * BODY_BOUND))) as server:
            assert len(ask(door, server.url).body) == BODY_BOUND

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (servers.resetting, "before an answer came"),
            (servers.hanging_up, "before an answer came"),
            (servers.resetting_in_the_body, "in the middle of the answer"),
            (saying(answer(body=b"[1, 2, 3]")[:-4]), "in the middle of the answer"),
            (saying(b"no HTTP at all\r\n\r\n"), "in the middle of the answer"),
        ],
        ids=["reset", "hung-up", "reset-in-the-body", "truncated", "not-http"],
    )
    def test_broken_connection_is_cut_short_after_two_attempts(
        self, door: Door, script: servers.Script, words: str
    ) -> None:
        with Server(script) as server, pytest.raises(CutShort, match=words) as raised:
            ask(door, server.url)

        assert raised.value.exchange is not None
        assert server.connections == len(raised.value.exchange.attempts) == 2
        assert raised.value.exchange.attempts[0].error == f"CutShort: {raised.value.reason}"

    def test_refused_connection_names_the_address(self, door: Door) -> None:
        port = servers.unused_port()
        with pytest.raises(Unreachable, match=f"127.0.0.1 port {port}: connection refused") as raised:
            ask(door, f"http://127.0.0.1:{port}")

        assert raised.value.exchange is not None
        assert [list(each.phases) for each in raised.value.exchange.attempts] == [["dns", "connect"]] * 2

    @pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:0x/", "http://a b/"])
    def test_unusable_address_is_our_set_up(self, door: Door, url: str) -> None:
        with pytest.raises(Misconfigured, match=r"address.* that cannot be sent"):
            ask(door, url)

    @pytest.mark.parametrize("token", ["two\nlines", "a – dash"], ids=["two-lines", "not-latin"])
    def test_unusable_header_is_our_set_up(self, door: Door, token: str) -> None:
        with Server(saying()) as server, pytest.raises(Misconfigured) as raised:
            door.ask("GET", server.url, timeout=5, connect_timeout=5, headers={"Authorization": f"Bearer {token}"})

        assert token not in raised.value.reason

    def test_time_out_of_the_kernels_own_is_one(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(_response: object) -> bytes:
            raise TimeoutError(110, "Connection timed out")

        monkeypatch.setattr("monitor.wire.door._read", read)
        with Server(saying()) as server, pytest.raises(TimedOut):
            ask(door, server.url)

    @pytest.mark.parametrize(
        ("number", "failure", "said"),
        [
            (errno.EPROTO, Unreachable, "no connection: ConnectionError"),
            (errno.EMFILE, Exhausted, r"Too many open files; raise .*\(ulimit -n\)"),
            (errno.ENOBUFS, Exhausted, "free some memory"),
        ],
        ids=["of-the-network", "no-descriptor-left", "no-memory-left"],
    )
    def test_error_before_any_connection(
        self, door: Door, monkeypatch: pytest.MonkeyPatch, number: int, failure: type[Failure], said: str
    ) -> None:
        def connected(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(connections, "_connected", connected)
        with pytest.raises(failure, match=said):
            ask(door, "http://127.0.0.1:1/")


class TestSecondAttempt:
    @pytest.mark.parametrize(
        "first", [saying(answer(503)), servers.resetting], ids=["after-a-5xx", "after-a-broken-connection"]
    )
    def test_second_attempt_brings_the_answer_and_both_are_kept(self, door: Door, first: servers.Script) -> None:
        with Server(first, saying()) as server:
            answered = ask(door, server.url)

        assert answered.status == 200
        assert len(answered.attempts) == 2
        assert answered.attempts[0].status == 503 or "CutShort" in str(answered.attempts[0].error)
        assert answered.seconds == round(sum(each.seconds for each in answered.attempts), 6)

    def test_second_5xx_is_the_answer(self, door: Door) -> None:
        with Server(saying(answer(500)), saying(answer(502))) as server:
            answered = ask(door, server.url)

        assert [each.status for each in answered.attempts] == [500, 502]
        assert answered.status == 502

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429])
    def test_4xx_is_never_asked_again(self, door: Door, status: int) -> None:
        with Server(saying(answer(status)), saying()) as server:
            assert ask(door, server.url).status == status

        assert server.connections == 1

    @pytest.mark.parametrize("first", [saying(answer(503)), servers.resetting], ids=["5xx", "broken"])
    def test_one_attempt_is_one(self, door: Door, first: servers.Script) -> None:
        with Server(first, saying()) as server, contextlib.suppress(CutShort):
            assert ask(door, server.url, repeat=Repeat.NEVER).status == 503

        assert server.connections == 1

    @pytest.mark.parametrize("first", [saying(answer(503)), servers.resetting], ids=["5xx", "answer lost"])
    def test_what_may_be_used_once_is_not_sent_twice(self, door: Door, first: servers.Script) -> None:
        with Server(first, saying()) as server, contextlib.suppress(CutShort):
            assert ask(door, server.url, repeat=Repeat.UNSENT).status == 503

        assert server.connections == 1

    def test_what_may_be_used_once_is_asked_again_where_nothing_was_sent(self, door: Door) -> None:
        with pytest.raises(Unreachable) as raised:
            ask(door, f"http://127.0.0.1:{servers.unused_port()}", repeat=Repeat.UNSENT)

        assert raised.value.exchange is not None
        assert len(raised.value.exchange.attempts) == 2

    def test_both_attempts_share_the_deadline(self, door: Door) -> None:
        with Server(saying(answer(503), after=0.5), servers.silent) as server:
            began = time.perf_counter()
            with pytest.raises(TimedOut, match="1 s have passed") as raised:
                ask(door, server.url, timeout=1)
            took = time.perf_counter() - began

        assert 0.9 <= took < 10
        assert raised.value.exchange is not None
        assert [each.status for each in raised.value.exchange.attempts] == [503, None]

    def test_timeout_of_the_first_leaves_no_time_for_a_second(self, door: Door) -> None:
        with Server(servers.silent) as server, pytest.raises(TimedOut) as raised:
            ask(door, server.url, timeout=0.3)

        assert raised.value.exchange is not None
        assert len(raised.value.exchange.attempts) == 1


class TestDeadline:
    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (servers.silent, "and no answer"),
            (
                servers.dripping(b"1" * 9999, at_once=answer(content_length="9999", body=b"")),
                "in the middle of the answer",
            ),
            (servers.dripping(b"HTTP/1.1 200 OK\r\nx-drip: " + b"x" * 9999), "in the middle of the answer"),
        ],
        ids=["silent", "dripped", "dripped-headers"],
    )
    def test_deadline_holds_over_the_whole_answer(self, door: Door, script: servers.Script, words: str) -> None:
        with Server(script) as server:
            began = time.perf_counter()
            with pytest.raises(TimedOut, match=rf"timed out: 0.4 s have passed, {words}"):
                ask(door, server.url, timeout=0.4)

            assert 0.3 <= time.perf_counter() - began < 10

    def test_deadline_holds_over_a_dripped_body_by_tls(self, authority: Authority, scrubber: Scrubber) -> None:
        door = Door(scrubber, {}, authority.file)
        drip = servers.dripping(b"1" * 9999, at_once=answer(content_length="9999", body=b""))
        with Server(drip, tls=authority.serving()) as server:
            began = time.perf_counter()
            with pytest.raises(TimedOut, match="in the middle of the answer"):
                ask(door, server.url, timeout=1)

            assert time.perf_counter() - began < 10

    @pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
    def test_close_ends_what_is_under_way(self, authority: Authority, scrubber: Scrubber, *, tls: bool) -> None:
        door = Door(scrubber, {}, authority.file)
        failures: list[Failure] = []
        asked = threading.Event()

        def script(connection: servers.Connection) -> None:
            connection.receive()
            asked.set()
            connection.hold()

        def run() -> None:
            try:
                ask(door, server.url, timeout=30)
            except Failure as failure:
                failures.append(failure)

        with Server(script, tls=authority.serving() if tls else None) as server:
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            assert asked.wait(5)
            door.close()
            thread.join(5)

            assert not thread.is_alive()
            assert server.connections == 1
        assert len(failures) == 1

    def test_what_an_exchange_held_is_free_when_the_door_is_closed(
        self, door: Door, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened: list[connections.TimedSocket] = []

        class Kept(connections.TimedSocket):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                opened.append(self)

        monkeypatch.setattr(connections, "TimedSocket", Kept)
        waits = threading.Event()

        def script(connection: servers.Connection) -> None:
            connection.receive()
            waits.set()
            connection.hold()

        def run() -> None:
            with contextlib.suppress(Failure):
                ask(door, server.url, timeout=30)

        with Server(script) as server:
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            assert waits.wait(5)
            before = [each.fileno() for each in opened]
            door.close()

            assert -1 not in before
            assert [each.fileno() for each in opened] == [-1]
            thread.join(5)

    def test_closed_door_lets_nothing_begin(self, door: Door) -> None:
        with Server(saying()) as server:
            door.close()
            with pytest.raises(CancelledError):
                ask(door, server.url)

        assert server.connections == 0


class TestProxies:
    @pytest.fixture
    def trusting(
        self, authority: Authority, monkeypatch: pytest.MonkeyPatch, scrubber: Scrubber
    ) -> Callable[[str], Door]:
        """A door to the world behind this proxy, which trusts our authority."""

        def opened(proxy: str) -> Door:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.file)
            monkeypatch.setenv("HTTPS_PROXY", proxy)
            monkeypatch.setenv("HTTP_PROXY", proxy)
            return Door(scrubber, os.environ)

        return opened

    def test_http_goes_through_the_proxy(self, trusting: Callable[[str], Door]) -> None:
        with Server(saying()) as server, Server(servers.tunnel) as proxy:
            assert ask(trusting(proxy.url), f"{server.url}/path").status == 200

        assert proxy.requests[0].startswith(f"GET {server.url}/path HTTP/1.1")

    def test_https_is_tunnelled_and_verified(self, trusting: Callable[[str], Door], authority: Authority) -> None:
        with Server(saying(), tls=authority.serving()) as server, Server(servers.tunnel) as proxy:
            answered = ask(trusting(proxy.url), server.url)

        assert answered.status == 200
        assert answered.certificate is not None
        assert proxy.requests[0].startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.")
        assert answered.attempts[0].address == f"127.0.0.1:{proxy.port}"

    @pytest.mark.parametrize("error", [KeyError("PYTEST_CURRENT_TEST"), RuntimeError("changed size during iteration")])
    def test_environment_that_changes_while_it_is_read_is_read_again(
        self, door: Door, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[Exception | dict[str, str]] = [error, error, {}]

        def read(*_: object, **__: object) -> dict[str, str]:
            if isinstance(found := said.pop(0), Exception):
                raise found
            return found

        monkeypatch.setattr(requests.utils, "get_environ_proxies", read)
        with Server(saying()) as server:
            assert ask(door, server.url).status == 200
        assert not said

    def test_environment_that_never_keeps_still_is_named(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(*_: object, **__: object) -> dict[str, str]:
            raise RuntimeError("changed size during iteration")

        monkeypatch.setattr(requests.utils, "get_environ_proxies", read)
        with Server(saying()) as server, pytest.raises(Misconfigured, match="HTTPS_PROXY"):
            ask(door, server.url)

    def test_proxy_may_itself_speak_tls(self, trusting: Callable[[str], Door], authority: Authority) -> None:
        with (
            Server(saying(), tls=authority.serving()) as server,
            Server(servers.tunnel, tls=authority.serving()) as proxy,
        ):
            assert ask(trusting(proxy.url), server.url).status == 200

        assert proxy.requests[0].startswith("CONNECT ")

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (saying(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), "did not let this machine through.*407"),
            (saying(b"HTTP/1.1 200 OK\r\n\r\n<html>log in to the hotel</html>"), "answered in place of"),
            (saying(b"<html>log in to the hotel</html>\r\n"), "did not let this machine through"),
            (servers.hanging_up, "did not answer for tenant.invalid"),
        ],
        ids=["407", "html-in-the-tunnel", "html", "nothing"],
    )
    def test_proxy_that_says_no_is_not_the_target(
        self, trusting: Callable[[str], Door], script: servers.Script, words: str
    ) -> None:
        with Server(script) as proxy, pytest.raises(ProxyRefused, match=words) as raised:
            ask(trusting(proxy.url), "https://tenant.invalid/")

        assert proxy.connections == 1
        assert raised.value.exchange is not None

    def test_proxy_that_is_gone_is_not_the_target_and_is_tried_twice(self, trusting: Callable[[str], Door]) -> None:
        with pytest.raises(
            ProxyGone, match=r"the proxy 127\.0\.0\.1 cannot be reached: .*connection refused"
        ) as raised:
            ask(trusting(f"http://127.0.0.1:{servers.unused_port()}"), "https://tenant.invalid/")

        assert raised.value.exchange is not None
        assert len(raised.value.exchange.attempts) == 2

    def test_address_of_its_own_is_where_the_tunnel_ends_and_the_name_is_the_tenants(
        self, trusting: Callable[[str], Door], authority: Authority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with (
            Server(saying(), tls=authority.serving(authority.ca.issue_cert("tenant.invalid"))) as server,
            Server(servers.tunnel) as proxy,
        ):
            door, node = trusting(proxy.url), ("127.0.0.1", server.port)

            def asked() -> int:
                return door.ask("GET", "https://tenant.invalid/", timeout=5, connect_timeout=5, address=node).status

            assert asked() == 200
            assert proxy.requests[0].startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.")
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            door = Door(Scrubber(), os.environ)
            assert asked() == 200
            assert proxy.connections == 1

    def test_certificate_at_the_end_of_a_tunnel_has_to_be_the_tenants(
        self, trusting: Callable[[str], Door], authority: Authority
    ) -> None:
        with (
            Server(saying(), tls=authority.serving(authority.ca.issue_cert("other.invalid"))) as server,
            Server(servers.tunnel) as proxy,
        ):
            door = trusting(proxy.url)
            with pytest.raises(Untrusted, match=r"tenant\.invalid"):
                door.ask(
                    "GET",
                    "https://tenant.invalid/",
                    timeout=5,
                    connect_timeout=5,
                    address=("127.0.0.1", server.port),
                )

    def test_proxy_that_speaks_tls_is_not_asked_in_plain_text_for_a_certificate_that_was_refused(
        self, trusting: Callable[[str], Door], authority: Authority
    ) -> None:
        with (
            Server(saying(), tls=authority.serving(authority.ca.issue_cert("other.invalid"))) as server,
            Server(servers.tunnel, tls=authority.serving()) as proxy,
        ):
            door = trusting(proxy.url.replace("//", "//somebody:hunter-22@"))
            with pytest.raises(Untrusted, match=r"tenant\.invalid") as raised:
                door.ask(
                    "GET",
                    "https://tenant.invalid/",
                    timeout=5,
                    connect_timeout=5,
                    address=("127.0.0.1", server.port),
                )
            assert raised.value.exchange
            assert proxy.connections == len(raised.value.exchange.attempts), "its password would be in another request"

    def test_hosts_of_no_proxy_are_asked_directly(
        self, trusting: Callable[[str], Door], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(saying()) as server, Server(servers.tunnel) as proxy:
            door = trusting(proxy.url)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert ask(door, server.url).status == 200

        assert proxy.connections == 0

    def test_sandbox_is_asked_directly(
        self, trusting: Callable[[str], Door], authority: Authority, scrubber: Scrubber
    ) -> None:
        with Server(saying(), tls=authority.serving()) as server, Server(servers.tunnel) as proxy:
            trusting(proxy.url)
            assert ask(Door(scrubber, {}, authority.file), server.url).status == 200

        assert proxy.connections == 0

    @pytest.mark.parametrize(
        ("known", "sent"), [("somebody:hunter%2F22", b"somebody:hunter/22"), ("hunter%2F22:", b"hunter/22:")]
    )
    def test_password_of_the_proxy_is_sent_and_is_a_secret(
        self, trusting: Callable[[str], Door], scrubber: Scrubber, known: str, sent: bytes
    ) -> None:
        with Server(saying()) as server, Server(servers.tunnel) as proxy:
            ask(trusting(proxy.url.replace("//", f"//{known}@")), server.url)

        assert base64.b64encode(sent).decode() in proxy.requests[0]
        assert scrubber.scrub("it is hunter/22, or hunter%2F22") == f"it is {MASK}, or {MASK}"

    @pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://[", "http://127.0.0.1:port"])
    @pytest.mark.parametrize(
        ("variable", "url"),
        [
            ("HTTPS_PROXY", "https://tenant.invalid/"),
            ("https_proxy", "https://tenant.invalid/"),
            ("HTTP_PROXY", "http://tenant.invalid/"),
            ("http_proxy", "http://tenant.invalid/"),
            ("ALL_PROXY", "https://tenant.invalid/"),
        ],
    )
    def test_proxy_that_cannot_be_used_is_our_set_up_and_its_variable_is_named(
        self, scrubber: Scrubber, proxy: str, variable: str, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable, proxy)
        with contextlib.closing(Door(scrubber, os.environ)) as door, pytest.raises(Misconfigured) as raised:
            ask(door, url)

        assert variable in raised.value.reason


class TestAuthorities:
    @pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
    def test_authority_of_the_environment_is_trusted(
        self, door: Door, authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
    ) -> None:
        monkeypatch.setenv(variable, authority.file)
        with Server(saying(), tls=authority.serving()) as server:
            assert ask(door, server.url).status == 200

    @pytest.mark.parametrize("content", [None, "", "no certificate"], ids=["missing", "empty", "garbage"])
    def test_file_that_is_no_good_names_its_variable(
        self, door: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
    ) -> None:
        file = tmp_path / "authorities.pem"
        if content is not None:
            file.write_text(content, encoding="utf-8")
        monkeypatch.setenv("SSL_CERT_FILE", str(file))

        with pytest.raises(Misconfigured, match=r"SSL_CERT_FILE: .*authorities\.pem.*unset it"):
            ask(door, "https://127.0.0.1:1/")

    def test_authorities_are_parsed_once(
        self, authority: Authority, scrubber: Scrubber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[str] = []

        def counted(file: str) -> ssl.SSLContext:
            made.append(file)
            return connections.context(file)

        monkeypatch.setattr("monitor.wire.door.context", counted)
        door = Door(scrubber, {}, authority.file)
        with Server(saying(), tls=authority.serving()) as server:
            assert [ask(door, server.url).status for _ in range(3)] == [200] * 3

        assert made == [authority.file]

    def test_protocols_are_told_once_to_a_context_that_threads_share(
        self, authority: Authority, scrubber: Scrubber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """OpenSSL frees the list that it had, and another thread may be about to send that (python/cpython#141012)."""
        told: list[list[str]] = []
        agreed: list[str | None] = []
        tell, agree = ssl.SSLContext.set_alpn_protocols, Trace.agreed

        def telling(context: ssl.SSLContext, protocols: list[str]) -> None:
            told.append(protocols)
            tell(context, protocols)

        def agreeing(trace: Trace, sock: ssl.SSLSocket) -> None:
            agreed.append(sock.selected_alpn_protocol())
            agree(trace, sock)

        serving = authority.serving()
        serving.set_alpn_protocols(["http/1.1"])
        monkeypatch.setattr(ssl.SSLContext, "set_alpn_protocols", telling)
        monkeypatch.setattr(Trace, "agreed", agreeing)
        door = Door(scrubber, {}, authority.file)
        with Server(saying(), tls=serving) as server:
            assert [ask(door, server.url).status for _ in range(3)] == [200] * 3

        assert agreed == ["http/1.1"] * 3
        assert told == [["http/1.1"]]


class TestAddress:
    def test_pinned_address_is_asked_in_the_urls_name(self, authority: Authority, scrubber: Scrubber) -> None:
        names: list[str | None] = []
        context = authority.serving(authority.ca.issue_cert("acme.eu.auth0.test"))
        context.sni_callback = lambda _sock, name, _context: names.append(name)
        with Server(saying(), tls=context) as server:
            answered = Door(scrubber, {"SSL_CERT_FILE": authority.file}).ask(
                "GET",
                "https://acme.eu.auth0.test/testall",
                timeout=5,
                connect_timeout=5,
                address=("127.0.0.1", server.port),
            )

        assert answered.status == 200
        assert names == ["acme.eu.auth0.test"]
        assert "\r\nHost: acme.eu.auth0.test\r\n" in server.requests[0]
        assert answered.attempts[0].address == f"127.0.0.1:{server.port}"


class TestExchange:
    def test_time_is_the_answers_own(self) -> None:
        assert exchange(date="Thu, 01 Jan 2026 00:00:00 GMT").time == 1767225600

    @given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d\d Jan \d{1,5} 00:00:00 -?\d{4}", fullmatch=True))
    def test_time_is_ours_where_the_answer_has_none(self, date: str) -> None:
        assert isinstance(exchange(date=date).time, float)
        assert exchange().time == 1001.0

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"", "status 200 and an empty body where a JSON object was expected"),
            (b"OK then", "status 200 and 7 bytes that are not JSON"),
            (b"<!DOCTYPE html><title>We are\n sorry</title>", r'status 200 and an HTML page \("We are sorry"\)'),
            (b"<html>", "status 200 and an HTML page where"),
            (b"[1]", "a JSON list where an object"),
            (b"null", "a JSON NoneType where an object"),
            (b"[" * 100_000, "not JSON"),
            (b"\xff\xfe\x00", "not JSON"),
        ],
    )
    def test_body_that_is_no_json_object_is_a_wrong_answer(self, body: bytes, words: str) -> None:
        with pytest.raises(WrongAnswer, match=words) as raised:
            json_object(exchange(body))

        assert raised.value.exchange is not None

    def test_title_of_a_page_cannot_speak_to_the_terminal(self) -> None:
        told = exchange(b"<html><title>a\x1b[31m\x00b</title>").described()

        assert told.isprintable()
        assert "a" in told

    @given(st.binary(max_size=300))
    def test_any_body_can_be_described(self, body: bytes) -> None:
        headers = {"content-type": "text/html"}
        told = Exchange((attempt(),), 200, headers, body).described()

        assert told.startswith("status 200 and ")
        assert exchange(body).text() == body.decode("utf-8", errors="replace")


def test_attempts_of_an_exchange_follow_each_other(door: Door) -> None:
    with Server(saying(answer(500))) as server:
        attempts = ask(door, server.url).attempts

    assert all(first.started + first.seconds <= second.started + 0.05 for first, second in pairwise(attempts))
