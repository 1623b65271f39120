"""How a sandbox starts, what it remembers, and how it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import sandbox
from sandbox import addresses
from sandbox.box import Sandbox
from tests.processes import free_port
from tests.sandbox.asking import Client, Starting, connected


def wait_until_asked(box: Sandbox) -> None:
    deadline = time.monotonic() + 60
    while not box.asked:
        assert time.monotonic() < deadline, "the request has not arrived"
        time.sleep(0.001)


def test_importing_the_sandbox_imports_nothing_of_the_server() -> None:
    heavy = "{'werkzeug', 'trustme', 'joserfc', 'cryptography', 'sandbox.box'}"
    code = f"import sys, sandbox; assert not {heavy} & sys.modules.keys(), sys.modules.keys()"

    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(sandbox.__file__).parents[1])


def test_the_environment_has_no_whitespace_and_holds_all_that_is_static(well: Client) -> None:
    assert [name for name, value in well.settings.items() if value.split() != [value]] == []
    assert sandbox.STATIC.items() <= well.settings.items()
    assert len(well.settings["AUTH0_NODES"].split(",")) == sandbox.NODES
    assert well.settings["AUTH0_DOMAIN"] == well.box.domain


def test_what_was_asked_is_remembered(started: Starting) -> None:
    client = started()
    before = time.time()
    client.get("/test")
    client.token()
    client.machine(client_secret="wrong")
    client.metric(2)
    asked = client.box.asked

    assert [(each.method, each.path, each.status, each.target, each.kind) for each in asked] == [
        ("GET", "/test", 200, "tenant", "test"),
        ("POST", "/oauth/token", 200, "tenant", "login"),
        ("POST", "/oauth/token", 401, "tenant", "machine-login"),
        ("GET", "/health/status/cpu", 204, "node-2", "metric"),
    ]
    assert before <= asked[0].arrived <= asked[-1].arrived <= time.time()


def test_each_request_is_remembered_by_what_was_wanted(started: Starting) -> None:
    client = started()
    empty: dict[str, str | None] = {"username": None, "password": None}
    client.ro()
    client.token(grant_type="refresh_token", refresh_token="x")
    client.token(grant_type="authorization_code", code="x", **empty)
    client.token(grant_type="magic", **empty)
    client.ask("POST", "/oauth/token", data=b"{", headers={"Content-Type": "application/json"})
    client.ask("POST", "/oauth/revoke")
    client.get("/.well-known/jwks.json")
    client.get("/userinfo")
    client.get("/u/login?state=x")
    client.get("/nowhere")
    client.node(1, "/testall")
    client.canonical("/testall")
    client.management()

    assert [(each.target, each.kind, each.status) for each in client.box.asked] == [
        ("tenant", "login", 200),
        ("tenant", "refresh", 403),
        ("tenant", "code", 403),
        ("tenant", "token", 501),
        ("tenant", "token", 400),
        ("tenant", "revoke", 401),
        ("tenant", "jwks", 200),
        ("tenant", "userinfo", 401),
        ("tenant", "prompt", 400),
        ("tenant", "", 404),
        ("node-1", "testall", 200),
        ("canonical", "testall", 200),
        ("canonical", "management-token", 200),
    ]


def test_faults_come_and_go_while_it_runs_and_those_elsewhere_stay(started: Starting) -> None:
    client = started("node-ill", "testall-500", "slack-incident")
    box = client.box

    def told() -> tuple[int, int, int, str]:
        slack = client.page("slack/api/v2.0.0/current").json()["status"]
        return client.get("/testall").status_code, client.token().status_code, client.node(1, "/testall").status, slack

    assert told() == (500, 200, 500, "active")
    box.suffer(["login-refused"])
    assert told() == (200, 403, 500, "active")
    with pytest.raises(ValueError, match="slack-incident cannot come while it runs"):
        box.suffer(["slack-incident"])
    with pytest.raises(ValueError, match="unknown fault no-such"):
        box.suffer(["no-such"])
    assert told() == (200, 403, 500, "active"), "what cannot come changes nothing"
    box.suffer([])
    assert told() == (200, 200, 500, "active")


def test_the_two_domains_call_themselves_by_their_own_names_and_share_their_keys(started: Starting) -> None:
    client = started("custom-domain-down", callbacks=["https://app.example/back"])
    canonical = client.canonical("/.well-known/openid-configuration").json()

    assert canonical["issuer"] == f"https://{client.box.canonical}/"
    assert client.canonical("/.well-known/jwks.json").json()["keys"]
    with pytest.raises(OSError, match="Connection"):
        client.get("/test")


@pytest.mark.parametrize(("fault", "status"), [("canonical-domain-down", 500), ("canonical-domain-blocked", 403)])
def test_the_canonical_domain_alone_is_ill(started: Starting, fault: str, status: int) -> None:
    client = started(fault)

    assert client.canonical("/test").status_code == status
    assert client.get("/test").status_code == 200
    assert client.canonical("/api/v2/rules", headers=client.management()).status_code == 200


def test_the_tokens_that_were_handed_out_are_remembered(started: Starting) -> None:
    client = started()
    document = client.token().json()

    assert {document[f"{kind}_token"] for kind in ("access", "refresh", "id")} <= set(client.box.handed_out)


def test_what_is_never_answered_has_no_status(started: Starting) -> None:
    client = started("reset")
    with pytest.raises(OSError, match="Connection"):
        client.get("/test")

    assert [each.status for each in client.box.asked] == [None]


def test_a_sandbox_stops_at_once_whatever_it_is_doing() -> None:
    threads = set(threading.enumerate())
    box = sandbox.start(["hang"])
    client = Client(box)
    hanging = connected(client)
    hanging.sendall(b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n")
    idle = connected(client)
    authority = Path(client.authority)
    host, port = box.domain.split(":")
    wait_until_asked(box)
    before = time.monotonic()
    box.stop()
    box.stop()

    assert time.monotonic() - before < 20
    assert not authority.parent.exists()
    for connection in (hanging, idle):
        with connection:
            assert connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)
    deadline = time.monotonic() + 20
    while set(threading.enumerate()) - threads and time.monotonic() < deadline:
        time.sleep(0.005)
    assert set(threading.enumerate()) <= threads


def test_a_stop_does_not_wait_for_answers_that_are_due_later() -> None:
    box = sandbox.start(delay=60)
    with connected(Client(box)) as connection:
        connection.sendall(b"GET /test HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until_asked(box)
        before = time.monotonic()
        box.stop()

        assert connection.recv(1) == b""
        assert time.monotonic() - before < 20


def test_a_port_may_be_chosen_and_had_once(started: Starting) -> None:
    port = free_port()
    client = started(port=port)

    assert client.box.domain == f"localhost:{port}"
    assert client.get("/test").status_code == 200
    with pytest.raises(OSError, match="in use"):
        sandbox.start(port=port)


def test_a_port_must_be_free_on_ipv6_too() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("there is no IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(OSError, match="in use"):
            sandbox.start(port=port)


def test_a_node_without_an_address_of_its_own_has_a_port_of_its_own() -> None:
    with addresses.of_node(999) as bound:
        assert bound.getsockname()[0] == "127.0.0.1"


def test_a_sandbox_that_is_broken_says_so(
    started: Starting, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sandbox.tenant.discovery", broken)
    client = started()

    assert client.get("/.well-known/openid-configuration").status_code == 500
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert client.get("/test").status_code == 200


@pytest.mark.parametrize(
    "options",
    [{"delay": -1}, {"delay": float("nan")}, {"port": 70000}, {"limits": "none"}, {"id_token_alg": "none"}],
    ids=str,
)
def test_what_makes_no_sense_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        sandbox.start(**options)  # type: ignore[arg-type]


def test_the_authoritys_directory_has_no_whitespace_in_its_name(tmp_path: Path) -> None:
    crooked = tmp_path / "a b"
    crooked.mkdir()
    code = "import sandbox; box = sandbox.start(); print(box.environment['SSL_CERT_FILE']); box.stop()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(sandbox.__file__).parents[1],
        env={**os.environ, "TMPDIR": str(crooked)},
    )

    assert " " not in done.stdout
