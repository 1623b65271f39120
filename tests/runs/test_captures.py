"""Recorded answers of a real tenant, replayed to the suite, are judged as they deserve: they hold no real token."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from tests.suite import ROOT, perform

REMADE = Path(__file__).parent / "remade"
CAPTURES = ROOT.parent / "shared" / "captures" / "auth0-api"
"""Those that were recorded, where they lie beside the project; the others are remade of them, in words of our own."""

there = pytest.mark.skipif(not CAPTURES.is_dir(), reason=f"the captures are not there: {CAPTURES}")
LOGINS = ("password-login", "password-login-extra-options", "mfa-otp", "invalid-code", "refresh-token")


def recorded(answers: Path, name: str) -> tuple[int, str, bytes]:
    """Status, content type and body of a recorded answer."""
    answer: Any = yaml.safe_load((answers / f"{name}.yaml").read_text())["interactions"][0]["response"]
    return answer["code"], answer["headers"]["Content-Type"][0], answer["body"].encode()


@contextmanager
def replaying(answers: Path, login: str) -> Iterator[str]:
    """A server that answers as was recorded, logins as in the named file; its address."""
    by_grant = {"password": login, "client_credentials": "client-credentials", "refresh_token": "refresh-token"}

    class Replay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer("userinfo" if self.path == "/userinfo" else None)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(by_grant.get(form["grant_type"][0]))

        def answer(self, name: str | None) -> None:
            status, kind, body = recorded(answers, name) if name else (404, "text/html", b"<html></html>")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Replay) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "answers", [pytest.param(REMADE, id="remade"), pytest.param(CAPTURES, id="captured", marks=there)]
)
def test_recorded_answers_are_judged_as_they_deserve(answers: Path, tmp_path: Path) -> None:
    """A tenant for each way in which a login was answered, all of them in one run."""
    with ExitStack() as servers:
        variables = {"AUTH0_TENANTS": ",".join(LOGINS), "AUTH0_REFUSALS_EVERY": "0"}
        for login in LOGINS:
            own = {
                "DOMAIN": servers.enter_context(replaying(answers, login)),
                "CLIENT_ID": "test-client_id",
                "CLIENT_SECRET": "test-client_secret",
                "USERNAME": "test-user",
                "PASSWORD": "Testpassword123!",
                "AUDIENCE": "test-audience",
                "FLOWS": "password,client-credentials,refresh",
            }
            variables |= {f"AUTH0_{login.upper().replace('-', '_')}_{name}": value for name, value in own.items()}
        performance = perform(tmp_path / "reports", variables, "-k", "login or refresh or profile or signed")
    found = {
        (each["target"].partition(":")[0], each["probe"]): (each["status"], each["reason"])
        for each in performance.document["verdicts"]
    }

    for login in LOGINS:
        assert found[login, "machine_login_hands_out_an_access_token"][0] == "up"
        assert found[login, "login_hands_out_tokens"][0] == "down"
    refused = found["invalid-code", "login_hands_out_tokens"][1]
    assert refused.startswith('403 invalid_grant ("Invalid authorization code")')
    for login in set(LOGINS) - {"invalid-code"}:
        for probe in (
            "login_hands_out_tokens",
            "id_token_is_issued_by_this_tenant",
            "profile_is_that_of_the_user_who_logged_in",
        ):
            assert found[login, probe][0] == "down", (login, probe)
            assert "no ID token" in found[login, probe][1]
        assert found[login, "id_token_is_signed_by_this_tenant"][0] == "down"
        assert found[login, "login_answers_within_its_budget"][0] == "up"
        refreshed = found[login, "refresh_token_is_exchanged_for_an_access_token"]
        assert refreshed[0] == ("up" if login == "refresh-token" else "down"), refreshed
