"""How the sandbox is reached: many at a time, on time, over connections that stay."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from tests.sandbox.asking import Client, Starting, connected


def exchange(connection: ssl.SSLSocket, request: bytes) -> bytes:
    connection.sendall(request)
    return connection.recv(65536)


def test_a_connection_serves_many_requests(well: Client) -> None:
    with connected(well) as connection:
        for _ in range(3):
            assert exchange(connection, b"GET /testall HTTP/1.1\r\nHost: localhost\r\n\r\n").endswith(b"\r\n\r\nOK")


def test_requests_may_follow_each_other_without_waiting(well: Client) -> None:
    with connected(well) as connection:
        connection.sendall(b"GET /testall HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2)
        seen = b""
        while seen.count(b"HTTP/1.1 200 OK") < 2 or not seen.endswith(b"OK"):
            seen += connection.recv(65536)


def test_a_connection_closes_when_it_is_asked_to(well: Client) -> None:
    with connected(well) as connection:
        answer = exchange(connection, b"GET /testall HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")

        assert b"Connection: close" in answer
        assert connection.recv(1) == b""


def test_head_has_no_body(well: Client) -> None:
    response = well.ask("HEAD", "/testall")

    assert (response.status_code, response.content, response.headers["Content-Length"]) == (200, b"", "2")


def test_ipv6_is_served_where_there_is_any(well: Client) -> None:
    try:
        connection = connected(well, "::1")
    except OSError:
        pytest.skip("there is no IPv6 on loopback")
    with connection:
        assert exchange(connection, b"GET /testall HTTP/1.1\r\nHost: localhost\r\n\r\n").endswith(b"OK")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", b""),
        (b"POST /oauth/token HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"411"),
        (b"POST /oauth/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /oauth/token HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
    ],
    ids=["no HTTP", "long line", "bad length", "chunked", "too long"],
)
def test_a_request_that_cannot_be_read_ends_the_connection(well: Client, request_: bytes, status: bytes) -> None:
    with connected(well) as connection:
        try:
            answer = exchange(connection, request_)
        except ConnectionError:
            answer = b""

    assert status in answer[:200]
    assert well.get("/testall").text == "OK"


def test_silent_clients_hold_up_nobody(well: Client) -> None:
    host, port = well.box.domain.split(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(20)]
    before = time.monotonic()

    assert well.ask("GET", "/testall", headers={"Connection": "close"}).text == "OK"
    assert time.monotonic() - before < 10
    for each in silent:
        each.close()


def test_clients_that_leave_early_are_no_news(started: Starting, capfd: pytest.CaptureFixture[str]) -> None:
    client = started(delay=0.05)
    for _ in range(5):
        with connected(client) as connection:
            connection.sendall(b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n")
    time.sleep(0.1)

    assert client.get("/testall").text == "OK"
    assert capfd.readouterr() == ("", "")


def test_thirty_at_a_time_are_answered_when_they_are_due(started: Starting) -> None:
    client = started(delay=0.2)
    everybody = threading.Barrier(30)

    def wait(_: int) -> float:
        with connected(client) as connection:
            everybody.wait()
            before = time.perf_counter()
            exchange(connection, b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return time.perf_counter() - before

    with ThreadPoolExecutor(30) as pool:
        waits = sorted(pool.map(wait, range(30)))

    assert waits[0] >= 0.2
    assert waits[-1] < 30 * 0.2 / 2  # one after the other, the last of them would wait for 30 * 0.2


def test_the_delay_is_the_nodes_too(started: Starting) -> None:
    client = started(delay=0.1)
    before = time.monotonic()
    client.node(1, "/testall")

    assert time.monotonic() - before >= 0.1


def test_the_certificate_is_for_this_machine_and_valid_by_now(well: Client) -> None:
    with connected(well) as connection:
        shown = connection.getpeercert() or {}

    assert shown["subjectAltName"] == (
        ("DNS", "localhost"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
    )
    assert ssl.cert_time_to_seconds(str(shown["notBefore"])) < time.time()


def test_whoever_offers_several_versions_is_answered_by_http_1_1(well: Client) -> None:
    host, port = well.box.domain.split(":")
    context = ssl.create_default_context(cafile=well.authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((host, int(port)), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname=host) as connection,
    ):
        assert connection.selected_alpn_protocol() == "http/1.1"


def test_a_body_that_is_cut_promises_more_than_there_is(started: Starting) -> None:
    client = started("truncated-body")
    with connected(client) as connection:
        connection.sendall(b"GET /testall HTTP/1.1\r\nHost: localhost\r\n\r\n")
        seen = b""
        while piece := connection.recv(65536):
            seen += piece
    head, _, body = seen.partition(b"\r\n\r\n")

    assert b"\r\nContent-Length: 66" in head
    assert b"\r\nConnection: close" in head
    assert body == b"O"


def test_a_body_that_drips_begins_at_once(started: Starting) -> None:
    client = started("drip")
    with connected(client) as connection:
        connection.sendall(b"GET /testall HTTP/1.1\r\nHost: localhost\r\n\r\n")
        seen = b""
        while not seen.endswith(b"\r\n\r\nO"):
            piece = connection.recv(65536)
            assert piece
            seen += piece

    assert b"\r\nContent-Length: 2" in seen


def test_an_answer_tells_the_date_of_the_question_and_its_length(well: Client) -> None:
    response = well.get("/testall")
    at = parsedate_to_datetime(response.headers["Date"]).timestamp()

    assert abs(at - time.time()) < 60
    assert response.headers["Content-Length"] == "2"
    assert "Connection" not in response.headers


@pytest.mark.parametrize(("length", "status"), [(1 << 20, 400), ((1 << 20) + 1, 413)])
def test_a_body_may_have_a_megabyte(well: Client, length: int, status: int) -> None:
    with connected(well) as connection:
        connection.sendall(f"POST /oauth/token HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
        if status == 400:
            connection.sendall(b"x" * length)

        assert connection.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())
