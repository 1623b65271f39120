"""What is wrong with the environment is said clearly, names the culprit, and costs only what depends on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.runs.conftest import Run
from tests.suite import perform


class Page(BaseHTTPRequestHandler):
    """A server that has nothing to do with Auth0, or a proxy that answers in its place."""

    def do_GET(self) -> None:
        body = b"<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head></html>"
        self.send_response(404 if self.path.startswith("/") else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 -- the base class names them so
    do_CONNECT = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Say nothing."""


@pytest.fixture
def page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("variables", [{}, {"AUTH0_DOMAIN": " "}, {"AUTH0_CLIENT_ID": "abc"}], ids=str)
def test_live_without_a_tenant_ends_at_once_with_a_usage_error(variables: dict[str, str], tmp_path: Path) -> None:
    performance = perform(tmp_path / "reports", variables, "--live")

    assert performance.code == 4
    assert "AUTH0_DOMAIN" in performance.output
    assert (
        performance.run["ended"] == "interrupted: --live: no tenant is configured; set AUTH0_DOMAIN (or AUTH0_TENANTS)"
    )
    assert performance.run["status"] == "unknown"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_nothing_configured_is_the_sandbox_and_says_so_everywhere(workers: tuple[str, ...], tmp_path: Path) -> None:
    performance = perform(tmp_path / "reports", {}, *workers)

    assert performance.code == 0, performance.output
    assert performance.output.index("SANDBOX") < performance.output.index("rootdir")
    assert "SANDBOX" in performance.output[performance.output.index(" passed, ") :]
    assert performance.run["mode"] == "sandbox"
    assert "SANDBOX" in (performance.reports / "report.html").read_text()
    assert 'name="mode" value="sandbox"' in (performance.reports / "junit.xml").read_text()
    assert performance.statuses == {"up"}


def test_credentials_without_a_domain_are_not_answered_by_the_sandbox(tmp_path: Path) -> None:
    performance = perform(tmp_path / "reports", {"AUTH0_CLIENT_ID": "abc"})

    assert performance.code == 1
    assert performance.run["mode"] == "live"
    told = {key: verdict for key, verdict in performance.verdicts.items() if verdict["status"] != "skipped"}
    assert {verdict["status"] for verdict in told.values()} == {"unknown"}
    assert all("AUTH0_DOMAIN is not set" in verdict["reason"] for verdict in told.values())


def test_configured_tenant_is_live(run: Run) -> None:
    performance = run("--live")

    assert performance.code == 0, performance.output
    assert performance.run["mode"] == "live"
    assert "SANDBOX" not in performance.output


def test_wrong_password_is_a_refused_login_and_leaves_the_rest_alone(run: Run) -> None:
    performance = run(AUTH0_CONNECTIONS="Username-Password-Authentication", AUTH0_PASSWORD="not-the-password-at-all")

    down = {probe for (probe, _), verdict in performance.verdicts.items() if verdict["status"] == "down"}
    assert "login_hands_out_tokens" in down
    assert {"issuer_is_this_tenant", "machine_login_hands_out_an_access_token"} & down == set()
    login = performance.verdicts["login_hands_out_tokens", "password-realm:Username-Password-Authentication"]
    assert login["reason"].startswith("403 invalid_grant")
    assert "AUTH0_PASSWORD" in login["reason"]
    assert "not-the-password" not in "".join(performance.written.values())


def test_missing_password_is_named(run: Run) -> None:
    performance = run(AUTH0_PASSWORD=None, AUTH0_CONNECTIONS="Username-Password-Authentication")

    login = performance.verdicts["login_hands_out_tokens", "password-realm:Username-Password-Authentication"]
    assert (login["status"], "AUTH0_PASSWORD" in login["reason"]) == ("unknown", True)
    assert performance.verdicts["issuer_is_this_tenant", ""]["status"] == "up"
    assert performance.code == 1


def test_what_is_not_configured_is_skipped_and_names_the_variable(run: Run) -> None:
    everything = {*run.box.environment, "AUTH0_DEPENDENCIES"} - {"AUTH0_DOMAIN", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}
    performance = run(**dict.fromkeys(everything))

    assert performance.code == 0, performance.output
    skipped = {each["kind"]: each["reason"] for each in performance.verdicts.values() if each["status"] == "skipped"}
    tokens = {"refresh", "rotation", "revocation", "logout", "device"}
    others = {"dedicated", "dependencies", "redirects", "horizon"}
    assert set(skipped) == {"login", "profile", "machine-login", "refusals"} | tokens | others
    assert "AUTH0_USERNAME" in skipped["login"]
    assert "AUTH0_NODES" in skipped["dedicated"]


def test_run_that_judged_nothing_is_not_green(run: Run) -> None:
    everything = {*run.box.environment, "AUTH0_DEPENDENCIES"} - {"AUTH0_DOMAIN", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}
    performance = run("-k", "test_login", **dict.fromkeys(everything))

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"skipped"}
    assert performance.run["status"] == "unknown"
    assert performance.code == 1


def test_domain_that_does_not_resolve_is_said(run: Run) -> None:
    performance = run("-k", "test_discovery", AUTH0_DOMAIN="no-such-tenant.invalid")

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"down"}
    assert all("no-such-tenant.invalid does not resolve" in each["reason"] for each in performance.verdicts.values())


def test_domain_that_is_not_auth0_is_said(run: Run, page: str) -> None:
    performance = run("-k", "discovery or login", AUTH0_DOMAIN=f"http://{page}")

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"down"}
    reason = performance.verdicts["issuer_is_this_tenant", ""]["reason"]
    assert "Welcome to nginx!" in reason
    assert "AUTH0_DOMAIN" in reason


def test_proxy_that_answers_html_is_said(run: Run, page: str) -> None:
    performance = run("-k", "discovery", HTTPS_PROXY=f"http://{page}", NO_PROXY=None, no_proxy=None)

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"unknown"}
    assert all("proxy" in verdict["reason"] for verdict in performance.verdicts.values())


LOGINS = {"login", "profile", "refresh", "rotation", "revocation", "device", "machine-login"}
CLAIMS = "extension_adds_the_expected_claims"
TAMPERED, STRANGER = "tampered_access_token_is_refused", "user_who_does_not_exist_is_refused"
WRONG_SECRET, REUSED = "wrong_client_secret_is_refused", "refresh_token_that_was_exchanged_is_refused"
MALFORMED: dict[str, tuple[str, str, set[str], set[str]]] = {
    "claims": ("EXPECTED_CLAIMS", "{oops", {CLAIMS}, set()),
    "schema": ("EXPECTED_CLAIMS", '{"a": {"tpye": "string"}}', {CLAIMS}, set()),
    "algorithm": ("ID_TOKEN_ALG", "none", {"id_token_is_signed_by_this_tenant"}, set()),
    "feed": ("STATUS_URL", "nowhere", {"auth0_reports_no_incident_for_this_tenant"}, set()),
    "figures": ("UPTIME_PAGE", "nowhere", {"auth0_publishes_the_uptime_of_this_region"}, set()),
    "nodes": ("NODES", "10.0.0.1/x", {"node_says_ok", "node_health_status_is_up"}, set()),
    "turns": ("REFUSALS_EVERY", "often", {STRANGER, WRONG_SECRET, REUSED}, set()),
    "flows": ("FLOWS", "pasword", {TAMPERED, STRANGER}, LOGINS | {"logout"}),
    "api": ("AUDIENCE", "x AUTH0_SCOPE=y", {TAMPERED, STRANGER, WRONG_SECRET}, LOGINS),
}
"""By the name of a tenant: what is malformed of it, and the probes, and the kinds of probes, that depend on it."""


def test_malformed_variable_costs_what_depends_on_it_and_nothing_else(run: Run) -> None:
    own = {f"AUTH0_{name.upper()}_{field}": value for name, (field, value, *_) in MALFORMED.items()}

    few = {"AUTH0_CONNECTIONS": "Username-Password-Authentication", "AUTH0_SCOPE": "openid offline_access"}
    flows = "password-realm,client-credentials,refresh,rotate,device"  # a user may log in twenty times a minute
    few |= {"AUTH0_FLOWS": flows}

    performance = run(AUTH0_TENANTS=",".join(["good", *MALFORMED]), **few, **own)

    unknown: dict[str, set[tuple[str, str]]] = {name: set() for name in ("good", *MALFORMED)}
    for each in performance.document["verdicts"]:
        tenant = each["target"].partition(":")[0]
        if each["status"] == "unknown" and tenant in unknown:
            unknown[tenant].add((each["kind"], each["probe"]))
            assert tenant != "good", each
            assert each["reason"].startswith(f"AUTH0_{tenant.upper()}_{MALFORMED[tenant][0]}: "), each
    for name, (_, _, probes, kinds) in MALFORMED.items():
        assert {probe for kind, probe in unknown[name] if kind not in kinds} == probes, name
        assert {kind for kind, _ in unknown[name]} >= kinds, name
    others: dict[bool, set[str]] = {True: set(), False: set()}
    for each in performance.document["verdicts"]:
        what = f"{each['kind']} skipped" if each["status"] == "skipped" else each["status"]
        others[each["target"].partition(":")[0] in unknown].add(what)
    left_out = {"logout skipped", "revocation skipped"}  # without Universal Login, and of tokens whose reuse was due
    assert others[True] == {"up", "unknown"} | left_out
    assert others[False] == {"up", "dependencies skipped"}  # a page without an address
    assert performance.code == 1


@pytest.mark.parametrize(
    ("variable", "value", "kinds"),
    [
        ("AUTH0_BUDGET", "soon", {"login", "machine-login", "refresh", "certificate", "auth0-status"}),
        ("AUTH0_LOGIN_BUDGET", "0", {"discovery", "certificate", "health", "profile", "dedicated", "auth0-status"}),
        ("AUTH0_PAGE_TIMEOUT", "-1", {"login", "discovery", "certificate", "health", "profile", "dedicated"}),
    ],
)
def test_malformed_budget_costs_what_would_be_held_against_it(
    variable: str, value: str, kinds: set[str], run: Run
) -> None:
    performance = run(**{variable: value})

    by_kind: dict[str, set[str]] = {}
    for each in performance.verdicts.values():
        by_kind.setdefault(each["kind"], set()).add(each["status"])
        if each["status"] == "unknown" and each["failure"] != "Unreadable":
            assert each["reason"].startswith(f"{variable}: "), each
    well = {kind for kind, statuses in by_kind.items() if statuses == {"up"}}
    assert kinds <= well
    assert performance.code == 1


def test_authorities_that_cannot_be_read_name_their_variable(run: Run, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere.pem")
    performance = run("-k", "discovery", REQUESTS_CA_BUNDLE=nowhere, SSL_CERT_FILE=None)

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"unknown"}
    assert all(verdict["reason"].startswith("REQUESTS_CA_BUNDLE") for verdict in performance.verdicts.values())


def test_fail_on_takes_only_statuses(run: Run) -> None:
    performance = run("--fail-on", "down,purple")

    assert performance.code == 4
    assert "purple" in performance.output
