"""`serve`: the last run and nothing else, to whoever scrapes, whatever they send and however slowly."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import results
from monitor.feeds import serving
from monitor.feeds.serving import MetricsServer
from tests.feeds import made, readers
from tests.processes import ending, free_port
from tests.suite import ROOT


@contextlib.contextmanager
def served(given: MetricsServer) -> Iterator[MetricsServer]:
    """This server at work, until the block ends."""
    with given as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield running
        running.shutdown()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MetricsServer]:
    results.write(tmp_path / "results.json", made.sick())
    with served(MetricsServer("127.0.0.1", 0, tmp_path / "results.json")) as running:
        yield running


def asked(server: MetricsServer, method: str, path: str, accept: str = "") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, headers={"Accept": accept} if accept else {})
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("content-type", ""), answer.read()
    connection.close()
    return found


def test_last_run_is_served_in_the_format_that_is_asked_for(server: MetricsServer) -> None:
    status, kind, text = asked(server, "GET", "/metrics")
    _, newer, other = asked(server, "GET", "/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")

    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b'auth0_synthetic_run_status{mode="live",status="down",tenant="prod"} 1.0\n' in text
    assert newer.startswith("application/openmetrics-text; version=1.0.0")
    assert other.endswith(b"# EOF\n")


def test_head_is_the_same_without_a_body(server: MetricsServer) -> None:
    assert asked(server, "HEAD", "/metrics")[::2] == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/metrics?x=1", 200),
        ("GET", "/results.json", 404),
        ("GET", "/../results.json", 404),
        ("GET", "//etc/passwd", 404),
        ("GET", "/metrics/", 404),
        ("POST", "/metrics", 501),
        ("PUT", "/metrics", 501),
        ("DELETE", "/metrics", 501),
    ],
)
def test_only_fixed_paths_are_served_and_only_read(server: MetricsServer, method: str, path: str, status: int) -> None:
    assert asked(server, method, path)[0] == status


def test_run_that_cannot_be_read_is_503_and_the_next_one_is_served(
    server: MetricsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(server, "GET", "/metrics")[0] == 200
    (tmp_path / "results.json").write_text("{", encoding="utf-8")
    status, _, text = asked(server, "GET", "/metrics")
    assert status == 503
    assert str(tmp_path).encode() not in text
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "results.json").unlink()
    assert asked(server, "GET", "/metrics")[0] == 503

    results.write(tmp_path / "results.json", made.well())
    assert b'status="up",tenant="prod"} 1.0' in asked(server, "GET", "/metrics")[2]


def test_file_is_read_once_as_long_as_it_does_not_change(
    server: MetricsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(server, "GET", "/metrics")[0] == 200
    monkeypatch.setattr(results, "read", lambda _: 1 // 0)

    assert asked(server, "GET", "/metrics")[0] == 200


def test_connections_that_say_nothing_are_bounded_and_cut(
    server: MetricsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "SECONDS", 1.0)
    held = [socket.create_connection(("127.0.0.1", server.server_port), 5) for _ in range(serving.CONNECTIONS)]
    readers.until(lambda: not server._free._value, "not all are taken")  # noqa: SLF001
    with pytest.raises((http.client.HTTPException, OSError)):
        asked(server, "GET", "/metrics")

    readers.until(lambda: asked(server, "GET", "/metrics")[0] == 200, "no room is made")
    for each in held:
        each.close()


@pytest.mark.parametrize("sent", [b"\x00\xff\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"GET " + b"a" * 70_000])
def test_what_is_no_request_harms_nobody(
    server: MetricsServer, sent: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), 5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    assert asked(server, "GET", "/metrics")[0] == 200
    assert capsys.readouterr().err == ""


def test_command_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", made.sick())
    port = free_port()
    with (
        subprocess.Popen(
            [sys.executable, "-m", "monitor.feeds", "serve", str(tmp_path), "--listen", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
        ending(process),
    ):
        assert process.stdout
        assert f"http://127.0.0.1:{port}/metrics" in process.stdout.readline()
        assert "auth0_synthetic" in readers.get(f"http://127.0.0.1:{port}/metrics")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert process.stdout.read() == ""


@pytest.mark.parametrize("given", ["9464", ":9464", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http"])
def test_address_to_listen_at_has_a_host_and_a_port(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        serving.main(["--listen", given])

    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert "--listen" in said.err.splitlines()[-1]
    assert said.err.endswith(f"{given!r} is no address: write it as 127.0.0.1:9464, or [::1]:9464\n")


def test_address_that_is_taken_is_said(server: MetricsServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert serving.main(["--listen", f"127.0.0.1:{server.server_port}"]) == 1
    assert "cannot serve at" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/", "/metrics", "/pingdom.xml", "/pingdom/prod.xml", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_answer_says_how_long_it_is_and_is_kept_by_nobody(server: MetricsServer, path: str, method: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path)
    found = connection.getresponse()
    body = found.read()
    connection.close()
    told = {name.lower(): value for name, value in found.getheaders()}

    assert told["cache-control"] == "no-store"
    assert told["x-content-type-options"] == "nosniff"
    assert told["server"].strip() == "auth0-synthetic-monitoring", "nothing of Python's version"
    whole = asked(server, "GET", path)[2]
    assert int(told["content-length"]) == len(whole) > 0
    assert body == (whole if method == "GET" else b"")


def test_both_formats_are_kept_apart_while_the_file_stays_and_made_anew_when_it_changes(
    server: MetricsServer, tmp_path: Path
) -> None:
    openmetrics = "APPLICATION/OpenMetrics-Text"
    for _ in range(2):
        assert asked(server, "GET", "/metrics")[1].startswith("text/plain")
        assert asked(server, "GET", "/metrics", openmetrics)[1].startswith("application/openmetrics-text")
    results.write(tmp_path / "results.json", made.well())
    for accept in ("", openmetrics):
        assert b'status="down",tenant="prod"} 0.0' in asked(server, "GET", "/metrics", accept)[2]


def test_run_that_cannot_be_read_is_no_ok_for_pingdom_and_says_nothing_of_its_file(tmp_path: Path) -> None:
    with served(MetricsServer("127.0.0.1", 0, tmp_path / "results.json")) as server:
        for path in ("/metrics", "/pingdom.xml", "/pingdom/prod.xml"):
            status, kind, text = asked(server, "GET", path)
            assert (status, kind) == (503, "text/plain; charset=utf-8")
            assert b"cannot be read" in text
        assert asked(server, "GET", "/nowhere")[0] == 404
        assert asked(server, "GET", "/")[0] == 200


class _Stopped(MetricsServer):
    """One that serves nothing and ends at once, as by SIGTERM."""

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        assert poll_interval <= 1
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("host", "shown", "warned"),
    [("127.0.0.1", "127.0.0.1", False), ("[::1]", "[::1]", False), ("0.0.0.0", "0.0.0.0", True)],  # noqa: S104
)
def test_command_says_where_it_serves_which_file_and_warns_where_others_reach_it(
    host: str,
    shown: str,
    *,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(serving, "MetricsServer", _Stopped)

    assert serving.main([str(tmp_path), "--listen", f"{host}:0"]) == 0
    assert serving.main([str(tmp_path / "other.json"), "--listen", f"{host}:0"]) == 0
    said = capsys.readouterr()
    first, second = said.out.splitlines()
    assert first.startswith(f"serving {tmp_path / 'results.json'} at http://{shown}:")
    assert first.endswith("/metrics")
    assert second.startswith(f"serving {tmp_path / 'other.json'} at ")
    assert ("can be reached from other machines" in said.err) is warned


def test_run_is_believed_for_pingdom_as_long_as_the_variable_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found: list[float] = []

    class Noting(_Stopped):
        def __init__(self, host: str, port: int, file: Path, max_age: float = 0.0) -> None:
            found.append(max_age)
            super().__init__(host, port, file, max_age)

    monkeypatch.setattr(serving, "MetricsServer", Noting)
    monkeypatch.setenv("AUTH0_FEED_MAX_AGE", "7m")
    serving.main([str(tmp_path), "--listen", "127.0.0.1:0"])

    assert found == [420]
