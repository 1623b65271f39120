"""Status pages as a user meets them: chosen by the environment, with the network cut, slow, and asked for again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sandbox
from tests.drills.pages import AUTH0, FILES, SERVICE, UPTIME
from tests.runs.conftest import Run
from tests.suite import NEVER_READ, NOWHERE, PAGES, perform

PATH = "/api/v2/summary.json"
DATES = tuple(
    f"tests_synthetic/test_horizon.py::test_{name}"
    for name in ("identity_providers_certificate", "certificates_of", "credentials_of", "custom_domains")
)
"""Who asks others than the tenant's own domain when something ends."""
OURS = {
    "page": {"name": "Acme"},
    "status": {"indicator": "critical"},
    "components": [{"name": "Mail", "status": "major_outage"}, {"name": "Shop", "status": "operational"}],
    "incidents": [],
}


@pytest.fixture
def ours() -> Iterator[str]:
    """A status page of the user's own, by plain http on loopback; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(OURS).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
        server.shutdown()


@pytest.mark.parametrize("tenant", ["live", "sandbox"])
def test_service_of_ones_own_is_added_by_the_environment_alone(tenant: str, ours: str, run: Run) -> None:
    own = {"AUTH0_DEPENDENCY_ACME_MAIL_URL": ours, "AUTH0_DEPENDENCY_ACME_MAIL_COMPONENTS": "Mail"}
    if tenant == "live":
        performance = run(*FILES, **own, AUTH0_DEPENDENCIES="default,acme-mail")
    else:
        performance = perform(run.folder / "reports", own, *FILES)

    assert len(performance.verdicts) == 8 + 1 + 2
    verdict = performance.verdicts[SERVICE, "acme-mail"]
    why = f"Mail: major; read as statuspage; see {ours.removesuffix(PATH)}"
    assert (verdict["status"], verdict["reason"]) == ("down", why)
    others = set(performance.verdicts) - {(SERVICE, "acme-mail"), NEVER_READ}
    assert {performance.verdicts[key]["status"] for key in others} == {"up"}


def test_row_that_makes_no_sense_is_an_error_and_costs_itself_alone(run: Run) -> None:
    performance = run(*FILES, AUTH0_DEPENDENCIES="github,acme")

    verdict = performance.verdicts[SERVICE, "acme"]
    assert verdict["status"] == "unknown"
    assert "set AUTH0_DEPENDENCY_ACME_URL" in verdict["reason"]
    assert performance.verdicts[SERVICE, "github"]["status"] == "up"
    assert performance.code == 1


@pytest.mark.parametrize("where", [NOWHERE, "https://status.nowhere.invalid"], ids=["refused", "unresolved"])
def test_network_cut_leaves_the_pages_unknown_and_the_rest_judged(where: str, run: Run) -> None:
    names = [name for name in run.box.environment if name.startswith("AUTH0_DEPENDENCY_") and name.endswith("_URL")]
    performance = run(**dict.fromkeys([*names, *PAGES], where))

    kinds = ("dependencies", "auth0-status")
    rest = [each for each in performance.verdicts.values() if each["kind"] not in kinds]
    pages = {key: each for key, each in performance.verdicts.items() if each["kind"] in kinds}
    assert pages.pop(NEVER_READ)["status"] == "skipped"
    assert {each["status"] for each in pages.values()} == {"unknown"}
    assert {each["failure"] for each in pages.values()} == {"Unreadable"}
    assert {each["status"] for each in rest} == {"up"}
    assert performance.code == 0
    assert performance.run["status"] == "up"
    assert performance.run["seconds"] < 20


def test_unread_page_is_skipped_and_an_error_where_unknown_fails(tmp_path: Path) -> None:
    with sandbox.start(["statuspage-html"]) as box:
        run = Run(box, tmp_path)
        skipped = run(*FILES, "-rs")
        failed = run(*FILES, "--fail-on", "unknown")

    assert (skipped.code, failed.code) == (0, 1)
    found = []
    for performance in (skipped, failed):
        assert performance.verdicts[SERVICE, "github"]["status"] == "unknown"
        junit = ET.parse(performance.reports / "junit.xml")  # noqa: S314 -- we wrote it
        found.append({name: len(list(junit.iter(name))) for name in ("skipped", "error")})
    assert found == [{"skipped": 4, "error": 0}, {"skipped": 1, "error": 3}]
    assert "4 skipped" in skipped.output
    assert "3 errors" in failed.output
    assert "not read  service_reports_no_incident [github]: localhost: an HTML page" in skipped.output


def test_slow_page_keeps_no_login_waiting(tmp_path: Path) -> None:
    with sandbox.start(["auth0-slow", "statuspage-slow", "feed-slow"]) as box:
        performance = Run(box, tmp_path)("-v", AUTH0_PAGE_TIMEOUT="2")
        arrived = {asked.target: asked.arrived for asked in reversed(box.asked)}

    last = (*FILES, "tests_synthetic/test_redirects.py::test_identity_provider_takes", *DATES)
    order = [line.startswith(last) for line in performance.output.splitlines() if "::test_" in line]
    assert order == sorted(order)
    assert any(order)
    assert arrived["tenant"] < arrived["pages"]
    slowest = max(each["seconds"] for each in performance.verdicts.values() if each["kind"] == "login")
    assert slowest < 2
    assert performance.code == 0, performance.output


def test_page_is_asked_for_again_only_if_it_has_changed(tmp_path: Path) -> None:
    with sandbox.start(["statuspage-incident"]) as box:
        run = Run(box, tmp_path)
        first, second = run(*FILES), run(*FILES)
        statuses = [asked.status for asked in box.asked if asked.kind == "github"]

    assert statuses == [200, 304]
    for performance in (first, second):
        assert performance.verdicts[SERVICE, "github"]["status"] == "down"
        assert "API Requests" in performance.verdicts[SERVICE, "github"]["reason"]
    assert [attempt["status"] for attempt in second.seen(second.verdicts[SERVICE, "github"])] == [304]


def test_reports_show_auth0s_own_uptime_figure(run: Run) -> None:
    performance = run(*FILES)

    assert "% in EU-1, by Auth0's own figures" in performance.verdicts[UPTIME, ""]["reason"]
    assert "% in EU-1" in (performance.reports / "report.html").read_text()


def test_none_turns_the_services_off_and_leaves_auth0s_own_status(run: Run) -> None:
    performance = run(*FILES, AUTH0_DEPENDENCIES="none")

    assert {key: each["status"] for key, each in performance.verdicts.items()} == {
        (AUTH0, ""): "up",
        (UPTIME, ""): "up",
        (SERVICE, "none"): "skipped",
    }
