"""``python -m sandbox``, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import dotenv
import pytest
import requests

import sandbox
from sandbox.pages import services
from tests.processes import free_port

NO_SENSE = "delay must be a number of seconds, not negative, and port one from 0 to 65535"
ROOT = Path(sandbox.__file__).parents[1]
Running = tuple[subprocess.Popen[str], dict[str, str]]


@pytest.fixture
def command() -> Iterator[Callable[..., Running]]:
    """Runs the command until its empty line, and returns it with the environment that it printed."""
    with ExitStack() as stack:

        def run(*arguments: str) -> Running:
            process = subprocess.Popen(
                [sys.executable, "-m", "sandbox", *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": ""},
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout
            printed: dict[str, str] = {}
            for line in process.stdout:
                if line == "\n":
                    return process, printed
                name, _, value = line.strip().partition("=")
                printed[name] = value
            pytest.fail(f"it ended before its empty line: {process.communicate(timeout=60)[1]}")

        yield run


def test_start_that_fails_ends_the_wait_for_it_and_tells_why(command: Callable[..., Running]) -> None:
    with pytest.raises(pytest.fail.Exception, match="before its empty line: sandbox: unknown fault no-such-fault"):
        command("--fault", "no-such-fault")


def refused(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], check=False, capture_output=True, text=True, cwd=ROOT, timeout=60
    )

    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_prints_the_environment_serves_and_ends_cleanly(
    command: Callable[..., Running], number: signal.Signals
) -> None:
    process, printed = command("--verbose", "--fault", "testall-500", "--fault", "claim-missing", "--delay", "0.01")
    url = f"https://{printed['AUTH0_DOMAIN']}"
    authority = printed["SSL_CERT_FILE"]

    assert requests.get(f"{url}/test", verify=authority, timeout=30).status_code == 200
    assert requests.get(f"{url}/testall", verify=authority, timeout=30).status_code == 500
    process.send_signal(number)
    assert process.stdout
    assert process.stderr
    rest, log = process.stdout.read(), process.stderr.read()

    assert process.wait(timeout=30) == 0
    pages = services.environment("https://localhost:1/status")
    connections = [f"AUTH0_CONNECTION_{name}" for name in ("CORP_SAML_METADATA", "GOOGLE_OAUTH2_IDP", "CORP_SAML_IDP")]
    assert list(printed) == [
        *("AUTH0_DOMAIN", *sandbox.STATIC, "AUTH0_NODES", "AUTH0_CANONICAL_DOMAIN"),
        *(*sandbox.MANAGEMENT, *connections, *pages),
        *("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    ]
    assert len(rest.splitlines()) == 1
    assert [line.split()[1:] for line in log.splitlines()] == [
        ["tenant", "GET", "/test", "200"],
        ["tenant", "GET", "/testall", "500"],
    ]
    assert not Path(authority).parent.exists()


def test_its_first_lines_can_be_sourced_and_read_as_a_file_env(command: Callable[..., Running], tmp_path: Path) -> None:
    process, printed = command()
    process.terminate()
    lines = [f"{name}={value}" for name, value in printed.items()]
    (tmp_path / "sandbox.env").write_text("\n".join([*lines, "", "# a comment"]))

    show = "set -a; . ./sandbox.env; set +a; env -0"
    sourced = subprocess.run(["/bin/sh", "-c", show], cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    by_shell = dict(each.split("=", 1) for each in sourced.stdout.split("\0") if each)
    by_dotenv = dotenv.dotenv_values(tmp_path / "sandbox.env")

    assert {name: by_shell[name] for name in printed} == by_dotenv
    for name, value in sandbox.STATIC.items():
        assert by_dotenv[name] == value
    assert json.loads(by_shell["AUTH0_EXPECTED_CLAIMS"])


def test_it_says_nothing_about_requests_unless_it_is_asked_to(command: Callable[..., Running]) -> None:
    port = free_port()
    process, printed = command("--id-token-alg", "HS256", "--real-limits", "--port", str(port))
    keys = requests.get(
        f"https://{printed['AUTH0_DOMAIN']}/.well-known/jwks.json", verify=printed["SSL_CERT_FILE"], timeout=30
    )
    process.terminate()

    assert printed["AUTH0_DOMAIN"] == f"localhost:{port}"
    assert printed["AUTH0_ID_TOKEN_ALG"] == "HS256"
    assert keys.headers["x-ratelimit-limit"] == "20"
    assert process.communicate(timeout=30)[1] == ""


def test_it_lists_its_faults() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--list-faults"], check=True, capture_output=True, text=True, cwd=ROOT
    )

    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        *sandbox.known_faults(),
        *(f"{name}=VALUE" for name in sandbox.known_families()),
    ]


def test_an_unknown_fault_is_one_line_and_two() -> None:
    said = refused("--fault", "no-such-fault")

    assert said.startswith("sandbox: unknown fault no-such-fault; known are ")
    assert said.count("\n") == 1


def test_a_port_in_use_is_one_line_and_two() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert refused("--port", str(port)) == f"sandbox: port {port}: Address already in use\n"


def test_a_port_or_a_delay_that_makes_no_sense_is_two() -> None:
    assert refused("--port", "70000") == f"sandbox: {NO_SENSE}\n"
    assert refused("--delay", "-1") == f"sandbox: {NO_SENSE}\n"
