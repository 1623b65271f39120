"""Where connections lead, in this process: against the sandbox and its identity provider, and a server that lies."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import sandbox
from monitor.configuration.assembly import tenants
from monitor.configuration.rows import redirects as rows
from monitor.configuration.targets import IdentityProvider
from monitor.exchange import Exchange
from monitor.failures import (
    ConnectionGone,
    Failure,
    Misconfigured,
    NotDue,
    NotServed,
    ProviderFails,
    ProviderRefuses,
    ProviderUnseen,
    Throttled,
    WrongAnswer,
)
from monitor.secrets import Scrubber
from monitor.transactions import providers, redirects, sign_in_requests
from monitor.transactions.engine import Engine, Performed
from monitor.transactions.memory import Memory, Note
from monitor.transactions.redirects import Redirect
from monitor.transactions.sampling import Sampling
from monitor.transactions.sign_in_requests import SignInRequest
from monitor.wire.door import Door
from sandbox.box import Sandbox
from sandbox.identity_provider import ERRORS, LOGIN
from sandbox.ways_out import CONNECTIONS
from tests import clocks
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer, saying


class Ways:
    """A sandbox, and what is asked of its connections; ``memory`` is what an earlier run has left."""

    def __init__(self, box: Sandbox, memory: Path | None = None) -> None:
        self.box, self.scrubber = box, Scrubber()
        door = Door(self.scrubber, {}, box.environment["SSL_CERT_FILE"])
        self.engine = Engine(door, Sampling(None), self.scrubber, memory=Memory(memory))

    def row(self, connection: str, **variables: str) -> IdentityProvider:
        changed = {f"AUTH0_{name}": value for name, value in variables.items()}
        values = self.box.environment | {"AUTH0_REDIRECTS": connection} | changed
        (tenant,) = tenants({name: value for name, value in values.items() if value})
        return rows(tenant)[0]

    def performed(self, transaction: Any, connection: str, **variables: str) -> Performed:
        row = self.row(connection, **variables)
        assert row.blocked is None
        self.engine.plan(transaction, row)
        self.engine.start()
        return self.engine.performed(transaction, row)

    def led(self, connection: str, **variables: str) -> Redirect:
        performed = self.performed(redirects.redirect, connection, **variables)
        assert performed.failure is None
        found: Redirect = performed.brought
        return found

    def failure(self, connection: str, transaction: Any = redirects.redirect, **variables: str) -> Failure:
        failure = self.performed(transaction, connection, **variables).failure
        assert failure is not None
        return failure


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_every_connection_leads_to_its_provider_and_back_to_the_domain_that_was_asked(
    well: Sandbox, connection: str
) -> None:
    led = Ways(well).led(connection)

    assert led.host == well.idp
    assert redirects.place(led.request.back) == well.domain
    assert led.request.wrong == ""
    assert led.posted is (connection == "corp-post")
    assert not led.by_developer_keys


def test_what_a_saml_request_says_is_read_from_the_address_and_from_the_form(well: Sandbox) -> None:
    for connection in ("corp-saml", "corp-post"):
        led = Ways(well).led(connection)

        assert led.request.protocol == "SAML"
        assert led.request.issuer == f"urn:auth0:sandbox:{connection}"
        assert led.request.destination == led.address.partition("?")[0]


def test_ws_federation_names_its_realm(well: Sandbox) -> None:
    assert Ways(well).led("corp-adfs").request.issuer == "urn:auth0:sandbox:corp-adfs"


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_providers_page_is_well_where_it_shows_a_login(well: Sandbox, connection: str) -> None:
    performed = Ways(well).performed(redirects.provider_page, connection)

    assert performed.failure is None
    assert performed.brought.exchange.body == b""


PAGES: dict[str, type[Failure] | None] = {
    **dict.fromkeys(ERRORS, ProviderRefuses),
    **dict.fromkeys(("forbidden", "too-many", "captcha", "silent"), ProviderUnseen),
    **dict.fromkeys(("broken", "maintenance"), ProviderFails),
    **dict.fromkeys(("moved", "integrated"), None),
}
"""What each of the sandbox's pages comes to."""


@pytest.mark.parametrize("name", ERRORS)
def test_page_of_a_provider_comes_to_what_it_shows(name: str) -> None:
    with sandbox.start([f"idp-error={name}"]) as box:
        failure = Ways(box).performed(redirects.provider_page, "corp-oidc").failure

    assert (type(failure) if failure else None) is PAGES[name], failure


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("google-deleted-client", "deleted_client"),
        ("google-redirect-uri", "redirect_uri_mismatch"),
        ("entra-redirect-uri", "AADSTS50011"),
        ("github-redirect-uri", "not associated with this application"),
        ("adfs-unknown-partner", "MSIS7007"),
        ("back-at-once", "unauthorized_client"),
    ],
)
def test_refusal_names_the_providers_word(name: str, word: str) -> None:
    with sandbox.start([f"idp-error={name}"]) as box:
        assert word in Ways(box).failure("github", redirects.provider_page).reason


def test_provider_that_was_reached_before_and_is_silent_is_down(tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    with sandbox.start(["idp-error=silent"]) as box:
        ways = Ways(box, memory)
        row = ways.row("corp-oidc")
        ways.engine.memory.note(redirects.key("reached", row), box.idp)

        assert isinstance(ways.failure("corp-oidc", redirects.provider_page), ProviderFails)


def test_providers_page_is_asked_once_in_ten_minutes(well: Sandbox, tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    asked = [Ways(well, memory).performed(redirects.provider_page, "github").failure for _ in range(2)]

    assert asked[0] is None
    assert isinstance(asked[1], NotDue)
    assert "once in ten minutes" in asked[1].reason
    first, due = clocks.read(asked[1].reason)
    assert first < due
    assert clocks.raw(asked[1].reason) == []


def test_page_is_not_asked_where_the_connection_leads_to_another_host(well: Sandbox) -> None:
    failure = Ways(well).failure("github", redirects.provider_page, CONNECTION_GITHUB_IDP="login.corp.example")

    assert isinstance(failure, NotServed)


def test_another_host_is_told_for_a_day(tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    with sandbox.start() as box:
        ways = Ways(box, memory)
        first = ways.led("github")
        box.setup.leads_to = "login.other.example"
        second, third = Ways(box, memory).led("github"), Ways(box, memory).led("github")

    assert first.leads_elsewhere == ""
    assert f"it led '{box.idp}' until" in second.leads_elsewhere
    assert len(clocks.read(second.leads_elsewhere)) == 1
    assert clocks.raw(second.leads_elsewhere) == []
    assert second.leads_elsewhere == third.leads_elsewhere


def test_connection_that_asks_for_a_password_was_removed_where_it_led_elsewhere_before(
    well: Sandbox, tmp_path: Path
) -> None:
    memory = tmp_path / "memory.sqlite"
    unknown = Ways(well, memory).failure("custom-users")
    ways = Ways(well, memory)
    ways.engine.memory.note(redirects.key("host", ways.row("custom-users")), "login.corp.example")

    assert isinstance(unknown, Misconfigured)
    assert "AUTH0_CONNECTIONS" in unknown.reason
    assert isinstance(ways.failure("custom-users"), ConnectionGone)


def test_connection_that_nobody_made_is_gone(well: Sandbox) -> None:
    failure = Ways(well).failure("typing-error")

    assert isinstance(failure, ConnectionGone)
    assert 'invalid_request ("the connection was not found")' in failure.reason


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"CLIENT_ID": "gone-0123456789"}, "AUTH0_CLIENT_ID"), ({"CALLBACK": "https://app.example/x"}, "AUTH0_CALLBACK")],
)
def test_application_of_ours_that_is_not_set_up_is_no_fault_of_the_connection(
    well: Sandbox, variables: dict[str, str], words: str
) -> None:
    failure = Ways(well).failure("github", **variables)

    assert isinstance(failure, Misconfigured)
    assert words in failure.reason


class TestTenantThatLies:
    """Answers that no tenant gives."""

    @pytest.fixture
    def asked(self, tmp_path: Path) -> Any:
        authority = Authority(tmp_path)

        def ask(response: bytes) -> Failure | Redirect:
            with Server(saying(response), tls=authority.serving()) as server:
                scrubber = Scrubber()
                engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)
                values = {
                    "AUTH0_DOMAIN": server.url.removeprefix("http://").removeprefix("https://"),
                    "AUTH0_CLIENT_ID": "a",
                    "AUTH0_REDIRECTS": "x",
                }
                row = rows(tenants(values)[0])[0]
                engine.plan(redirects.redirect, row)
                engine.start()
                performed = engine.performed(redirects.redirect, row)
                engine.stop()
                found: Failure | Redirect = performed.failure or performed.brought
                return found

        return ask

    @pytest.mark.parametrize(
        "location",
        ["http://idp.example/", "https://[::1", "javascript:alert(1)", "https://", "https://monitor.invalid/callback"],
    )
    def test_address_that_is_none_of_a_provider_is_a_wrong_answer(self, asked: Any, location: str) -> None:
        assert isinstance(asked(answer(302, b"", location=location)), WrongAnswer)

    def test_error_page_of_the_tenants_own_is_read(self, asked: Any) -> None:
        query = urlencode({"error": "invalid_connection", "tracking": "a"})

        assert isinstance(asked(answer(302, b"", location=f"https://errors.acme.example/?{query}")), ConnectionGone)

    @pytest.mark.parametrize(("error", "kind"), [("server_error", WrongAnswer), ("unauthorized_client", Misconfigured)])
    def test_error_that_is_not_of_the_connection_is_none_of_it(
        self, asked: Any, error: str, kind: type[Failure]
    ) -> None:
        location = f"https://monitor.invalid/callback?error={error}&error_description=Grant+not+allowed"

        assert isinstance(asked(answer(302, b"", location=location)), kind)


BOMB = b'<!DOCTYPE a [<!ENTITY b "c">]><AuthnRequest>&b;</AuthnRequest>'


@pytest.mark.parametrize(
    ("packed", "wrong"),
    [
        ("%%%", "does not decode"),
        (base64.b64encode(b"<a").decode(), "not XML"),
        (base64.b64encode(BOMB).decode(), "document type"),
        (base64.b64encode(b"<LogoutRequest/>").decode(), "no AuthnRequest"),
    ],
)
def test_request_that_cannot_be_read_says_why(packed: str, wrong: str) -> None:
    assert wrong in sign_in_requests.read({"SAMLRequest": packed}, deflated=False).wrong


def test_request_that_unpacks_without_an_end_is_not_read() -> None:
    import zlib

    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packing.compress(b"<a>" + b" " * 50_000_000) + packing.flush()

    assert sign_in_requests.read({"SAMLRequest": base64.b64encode(bomb).decode()}).wrong == "it does not decode"


class TestTable:
    def test_login_page_whose_scripts_know_every_error_is_well(self) -> None:
        assert providers.refusal("idp.example", LOGIN, "") is None

    @pytest.mark.parametrize("row", providers.PROVIDERS, ids=lambda row: row.name)
    def test_each_word_of_each_row_refuses_at_a_host_that_nobody_knows(self, row: providers.ProviderRow) -> None:
        for word in row.words:
            shown = f"{word}50011" if row.anywhere and not word[-1].isdigit() else word
            shown += "0000"[: max(0, 4 - sum(map(str.isdigit, shown)))] if row.anywhere else ""

            assert providers.refusal("idp.example", f"<p>Error: {shown}.</p>", ""), word

    def test_words_of_another_provider_are_not_looked_for_where_the_provider_is_known(self) -> None:
        page = "<p>deleted_client</p>"

        assert providers.refusal("github.com", page, "") is None
        assert providers.refusal("accounts.google.com", page, "")

    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("accounts.google.com", "Google"),
            ("login.microsoftonline.com", "Microsoft"),
            ("acme.b2clogin.com", "Microsoft"),
            ("acme.okta.com", "Okta"),
            ("okta.com.evil.example", ""),
        ],
    )
    def test_provider_is_known_by_its_host(self, host: str, name: str) -> None:
        row = providers.row_of(host)

        assert (row.name if row else "") == name

    def test_page_of_the_docs_has_the_table(self) -> None:
        docs = Path(__file__).parents[2] / "docs/connections.md"

        assert providers.table() in docs.read_text(encoding="utf-8")


def test_location_that_the_identity_provider_answers_is_not_followed_and_not_kept(well: Sandbox) -> None:
    performed = Ways(well).performed(redirects.provider_page, "github")

    exchange: Exchange = performed.brought.exchange
    assert len(exchange.attempts) == 1
    assert [each.target for each in well.asked[-1:]] == ["identity-provider"]


def test_states_and_requests_are_secrets_before_anything_is_written(well: Sandbox) -> None:
    ways = Ways(well)
    led = ways.led("corp-saml")

    assert "SAMLRequest=***" in ways.scrubber.scrub(led.address)
    assert "RelayState=***" in ways.scrubber.scrub(led.address)


class TestProviderThatAnswersOtherwise:
    """A tenant and its identity provider, which answer as others do than those of the sandbox."""

    @pytest.fixture
    def asked(self, tmp_path: Path, scrubber: Scrubber) -> Any:
        authority = Authority(tmp_path)

        def ask(authorized: Any, page: Any = None, callback: str = "https://monitor.invalid/callback") -> Performed:
            """``authorized`` and ``page`` are given the tenant's address and the provider's."""

            def serve(connection: Connection) -> None:
                here = connection.server.url
                of_tenant = connection.receive().startswith("GET /authorize")
                connection.send((authorized if of_tenant else page)(here, here.replace("127.0.0.1", "localhost")))

            with Server(serve, tls=authority.serving()) as server:
                engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)
                values = {"AUTH0_DOMAIN": server.url.removeprefix("https://"), "AUTH0_CLIENT_ID": "a"}
                row = rows(tenants(values | {"AUTH0_REDIRECTS": "x", "AUTH0_CALLBACK": callback})[0])[0]
                transaction = redirects.provider_page if page else redirects.redirect
                engine.plan(transaction, row)
                engine.start()
                performed = engine.performed(transaction, row)
                engine.stop()
                return performed

        return ask

    @staticmethod
    def by_oauth(tenant: str, provider: str) -> bytes:
        asked = {"client_id": "c", "redirect_uri": f"{tenant}/login/callback", "response_mode": "form_post"}
        return answer(302, b"", location=f"{provider}/oauth?{urlencode(asked)}")

    @staticmethod
    def by_saml(tenant: str, provider: str) -> bytes:
        request = AUTHN.replace(b"@BACK@", f"{tenant}/login/callback".encode())
        asked = {"SAMLRequest": base64.b64encode(request).decode()}
        return answer(302, b"", location=f"{provider}/saml?{urlencode(asked)}")

    @staticmethod
    def by_a_form(tenant: str, provider: str) -> bytes:
        packed = base64.b64encode(AUTHN.replace(b"@BACK@", f"{tenant}/login/callback".encode())).decode()
        page = (
            f"<FORM METHOD='POST' ACTION='{provider}/saml?a=1&amp;b=2'><INPUT TYPE='HIDDEN' NAME='SAMLRequest' "
            f"VALUE='{packed}'><INPUT TYPE='hidden' NAME='SigAlg' VALUE='x'></FORM>"
        )
        return answer(200, page.encode(), content_type="text/html")

    @staticmethod
    def posting_back(**fields: str) -> Any:
        held = "".join(f"<input type=hidden name={name} value='{value}'>" for name, value in fields.items())
        page = f"<body onload='document.forms[0].submit()'><form method=post action='@TENANT@/login/callback'>{held}"
        return lambda tenant, _: answer(200, page.replace("@TENANT@", tenant).encode(), content_type="text/html")

    def test_error_that_a_form_brings_back_at_once_is_a_refusal(self, asked: Any) -> None:
        failure = asked(self.by_oauth, self.posting_back(error="unauthorized_client", state="s")).failure

        assert isinstance(failure, ProviderRefuses)
        assert "leads back at once with unauthorized_client" in failure.reason

    def test_error_that_a_fragment_brings_back_at_once_is_a_refusal(self, asked: Any) -> None:
        failure = asked(
            self.by_oauth,
            lambda tenant, _: answer(302, b"", location=f"{tenant}/login/callback#error=unsupported_response_type"),
        ).failure

        assert isinstance(failure, ProviderRefuses)
        assert "leads back at once with unsupported_response_type" in failure.reason

    @pytest.mark.parametrize(
        ("codes", "word"),
        [(("Requester", "RequestDenied"), "RequestDenied"), (("Responder",), "Responder"), (("Success",), "")],
    )
    def test_saml_response_that_comes_at_once_is_read_for_its_status(
        self, asked: Any, codes: tuple[str, ...], word: str
    ) -> None:
        status = "".join(f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{code}">' for code in codes)
        ends = "</p:StatusCode>" * len(codes)
        response = f'<p:Response xmlns:p="urn:p"><p:Status>{status}{ends}</p:Status></p:Response>'
        packed = base64.b64encode(response.encode()).decode()
        failure = asked(self.by_saml, self.posting_back(SAMLResponse=packed)).failure

        assert (failure is not None) is bool(word)
        assert failure is None or f"leads back at once with {word}:" in failure.reason

    @pytest.mark.parametrize(
        ("status", "page"),
        [(200, b"<p>AADSTS750054: SAMLRequest or SAMLResponse must be present"), (500, b"<p>Unable to find a binding")],
    )
    def test_provider_that_is_posted_to_is_not_held_to_what_it_says_without_the_form(
        self, asked: Any, status: int, page: bytes
    ) -> None:
        performed = asked(self.by_a_form, lambda *_: answer(status, page, content_type="text/html"))

        assert performed.failure is None, performed.failure

    def test_provider_that_is_posted_to_and_is_gone_fails(self, asked: Any) -> None:
        assert isinstance(asked(self.by_a_form, lambda *_: answer(503, b"")).failure, ProviderFails)

    @pytest.mark.parametrize(
        ("meant", "elsewhere"),
        [
            ("@IDP@/saml", False),
            ("@UPPER@/saml?idpid=C01", False),
            ("", False),
            ("@IDP@/other", True),
            ("https://another.example/saml", True),
            ("https://[", True),
        ],
    )
    def test_destination_is_the_address_in_whatever_case_its_host_is(
        self, asked: Any, meant: str, *, elsewhere: bool
    ) -> None:
        def authorized(_: str, provider: str) -> bytes:
            to = meant.replace("@IDP@", provider).replace("@UPPER@", provider.replace("localhost", "LocalHost"))
            request = AUTHN.replace(b"<AuthnRequest ", f'<AuthnRequest Destination="{to}" '.encode())
            given = {"idpid": "C01", "SAMLRequest": base64.b64encode(request).decode()}
            return answer(302, b"", location=f"{provider}/saml?{urlencode(given)}")

        assert asked(authorized).brought.is_meant_for_another is elsewhere

    @pytest.mark.parametrize(
        ("callback", "back"),
        [
            ("https://monitor.invalid", "https://monitor.invalid/"),
            ("https://monitor.invalid/", "https://monitor.invalid"),
            ("https://monitor.invalid/callback", "https://Monitor.Invalid/callback"),
        ],
    )
    def test_callback_is_known_in_whatever_way_it_is_written(self, asked: Any, callback: str, back: str) -> None:
        said = urlencode({"error": "invalid_request", "error_description": "the connection was not found"})
        failure = asked(lambda *_: answer(302, b"", location=f"{back}?{said}"), None, callback).failure

        assert isinstance(failure, ConnectionGone)

    @pytest.mark.parametrize(
        ("status", "headers", "kind"),
        [
            (200, {}, None),
            (302, {"location": "/login"}, None),
            (399, {}, None),
            (400, {}, ProviderRefuses),
            (401, {}, ProviderRefuses),
            (401, {"www-authenticate": "Negotiate"}, None),
            (403, {"www-authenticate": "Negotiate"}, ProviderUnseen),
            (404, {}, ProviderRefuses),
            (429, {}, ProviderUnseen),
            (499, {}, ProviderRefuses),
            (500, {}, ProviderFails),
            (501, {}, ProviderFails),
            (599, {}, ProviderFails),
        ],
    )
    def test_status_of_a_provider_that_says_no_more_is_all_that_it_is_judged_by(
        self, asked: Any, status: int, headers: dict[str, str], kind: type[Failure] | None
    ) -> None:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        failure = asked(self.by_oauth, lambda *_: answer(status, b"", **named)).failure

        assert (type(failure) if failure else None) is kind, failure
        assert failure is None or failure.exchange.attempts[-1].status == status

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(400, None), (404, None), (403, ProviderUnseen), (429, ProviderUnseen), (501, None), (502, ProviderFails)],
    )
    def test_provider_that_is_posted_to_is_only_held_to_being_there(
        self, asked: Any, status: int, kind: type[Failure] | None
    ) -> None:
        failure = asked(self.by_a_form, lambda *_: answer(status, b"")).failure

        assert (type(failure) if failure else None) is kind, failure

    def test_word_of_a_refusal_counts_before_a_block_unless_too_much_was_asked(self, asked: Any) -> None:
        page = b"<p>invalid_client</p><p>Solve the captcha</p>"
        found = {
            status: type(asked(self.by_oauth, lambda *_, status=status: answer(status, page)).failure)
            for status in (200, 403, 429, 500)
        }

        assert found == {200: ProviderRefuses, 403: ProviderRefuses, 429: ProviderUnseen, 500: ProviderRefuses}

    def test_what_a_redirect_has_for_one_login_is_a_secret_and_the_rest_stays_readable(
        self, asked: Any, scrubber: Scrubber
    ) -> None:
        known = {
            name: f"what-is-known-as-{name}"
            for name in (
                *("client_id", "redirect_uri", "scope", "error", "error_description", "error_uri", "iss", "wtrealm"),
                *("wreply", "response_type", "response_mode", "connection", "audience", "display", "login_hint"),
                *("SigAlg", "authError"),
            )
        }
        own = {name: f"only-for-this-login-{name}" for name in ("state", "nonce", "RelayState", "wctx", "Signature")}
        short = {"hd": "fifteen-letters"}
        asked(lambda _, provider: answer(302, b"", location=f"{provider}/x?{urlencode({**known, **own, **short})}"))

        written = {value: scrubber.scrub(value) for value in (*known.values(), *own.values(), *short.values())}
        assert [value for value, shown in written.items() if shown != value] == list(own.values())

    @pytest.mark.parametrize(
        ("status", "body", "kind", "words"),
        [
            (400, b"<html>Oops!", Misconfigured, "(client-unknown)"),
            (404, b"<html>Oops!", Misconfigured, "(client-unknown)"),
            (403, b"<html>Oops!", Misconfigured, "(callback-refused)"),
            (400, b'{"error": "invalid_connection"}', ConnectionGone, "invalid_connection"),
            (403, b'{"error": "unauthorized_client"}', Misconfigured, "unauthorized_client"),
            (429, b"<html>Oops!", Throttled, "429"),
            (500, b"<html>Oops!", WrongAnswer, "500"),
        ],
    )
    def test_tenant_that_leads_nowhere_says_whose_work_that_is(
        self, asked: Any, status: int, body: bytes, kind: type[Failure], words: str
    ) -> None:
        kept = "application/json" if body.startswith(b"{") else "text/html"
        failure = asked(lambda *_: answer(status, body, content_type=kept, x_auth0_requestid="1")).failure

        assert type(failure) is kind
        assert words in failure.reason
        assert failure.exchange is not None
        assert failure.exchange.attempts[-1].status == status

    def test_form_on_the_tenants_own_login_that_asks_for_no_login_elsewhere_leads_nowhere(self, asked: Any) -> None:
        page = "<meta name=ulp-version><form action='@IDP@/search'><input name=q></form>"
        failure = asked(
            lambda _, provider: answer(200, page.replace("@IDP@", provider).encode(), content_type="text/html")
        ).failure

        assert isinstance(failure, Misconfigured)
        assert "asks for a password on the tenant's own login page" in failure.reason

    def test_what_a_provider_leads_on_with_is_a_secret(self, asked: Any, scrubber: Scrubber) -> None:
        location = "https://elsewhere.example/login?session=only-for-this-login#token=and-this-one-as-well"
        asked(self.by_oauth, lambda *_: answer(302, b"", location=location))

        assert scrubber.scrub("x only-for-this-login y and-this-one-as-well z") == "x *** y *** z"

    @pytest.mark.parametrize(
        ("error", "description", "kind"),
        [
            ("invalid_request", "", ConnectionGone),
            ("invalid_connection", "", ConnectionGone),
            ("access_denied", "", ConnectionGone),
            ("connection_not_found", "", ConnectionGone),
            ("unknown_connection", "", ConnectionGone),
            ("unauthorized_client", "the Connection is not enabled", ConnectionGone),
            ("unauthorized_client", "the grant is not allowed", Misconfigured),
            ("login_required", "the connection asks", Failure),
            ("temporarily_unavailable", "", Failure),
        ],
    )
    def test_error_that_leads_back_is_of_the_connection_or_not(
        self, asked: Any, error: str, description: str, kind: type[Failure]
    ) -> None:
        said = urlencode({"error": error, "error_description": description})
        failure = asked(lambda *_: answer(302, b"", location=f"https://monitor.invalid/callback?{said}")).failure

        assert isinstance(failure, kind)
        assert isinstance(failure, ConnectionGone) is (kind is ConnectionGone)
        assert error in failure.reason


AUTHN = (
    b'<AuthnRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol" AssertionConsumerServiceURL="@BACK@">'
    b'<q:Issuer xmlns:q="urn:oasis:names:tc:SAML:2.0:assertion"> urn:auth0:x\n</q:Issuer></AuthnRequest>'
)


@pytest.mark.parametrize("how", ["raw", "zlib", "plain"])
def test_request_in_an_address_is_read_however_it_was_packed(how: str) -> None:
    import zlib

    for length in range(20):  # some of which have a + when they are packed, which is a space where it is not escaped
        request = AUTHN + b"\n" * length
        packing = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = {"raw": packing.compress(request) + packing.flush(), "zlib": zlib.compress(request), "plain": request}
        found = sign_in_requests.read({"SAMLRequest": base64.b64encode(packed[how]).decode().replace("+", " ")})

        assert (found.wrong, found.issuer) == ("", "urn:auth0:x")


def test_page_that_is_no_clean_markup_is_read_too() -> None:
    page = "<![ if IE ]><![foo[<p>x]]><p>deleted_client</p><!["

    assert providers.refusal("accounts.google.com", page, "")
    assert not providers.is_challenge(page, "")


@pytest.mark.parametrize(
    ("page", "asks"),
    [
        ("<input type=text name=user><p>This site is protected by reCAPTCHA and the Google Privacy Policy</p>", False),
        ("<p>Protected by hCaptcha</p>", False),
        ("<p>Solve the captcha. Protected by reCAPTCHA</p>", True),
    ],
)
def test_captcha_that_is_only_spoken_of_stops_nobody(page: str, *, asks: bool) -> None:
    assert providers.is_challenge(page, "") is asks


def test_apostrophe_of_a_printer_is_read_as_any_other() -> None:
    assert providers.refusal("www.facebook.com", "<p>Can\N{RIGHT SINGLE QUOTATION MARK}t Load URL</p>", "")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Login.Corp.Example:443/x", "login.corp.example"),
        ("https://login.corp.example:8443", "login.corp.example:8443"),
        ("http://login.corp.example:443", "login.corp.example:443"),
        ("https://user@login.corp.example/", "login.corp.example"),
        ("https://[", ""),
    ],
)
def test_place_is_the_same_however_it_is_written(address: str, host: str) -> None:
    assert redirects.place(address) == host


@pytest.mark.parametrize(
    ("host", "expected", "is_there"),
    [
        ("login.corp.example", "login.corp.example", True),
        ("login.corp.example", "LOGIN.corp.example", True),
        ("login.corp.example:8443", "login.corp.example", True),
        ("login.corp.example:8443", "login.corp.example:8443", True),
        ("login.corp.example:8443", "login.corp.example:9443", False),
        ("login.corp.example", "login.corp.example:8443", False),
        ("login.corp.example", "corp.example", False),
    ],
)
def test_port_of_an_expected_host_counts_where_it_has_one(host: str, expected: str, *, is_there: bool) -> None:
    assert redirects.is_at(host, expected) is is_there


@pytest.mark.parametrize(("hours", "is_told"), [(None, False), (0.0, True), (23.9, True), (24.1, False)])
def test_change_is_told_for_a_day_and_of_which_value(hours: float | None, *, is_told: bool) -> None:
    now = time.time()
    changed = Note("new.example", now, "old.example", now - hours * 3600) if hours is not None else Note("x", now)
    same = Note("x", now)
    of_host, of_issuer = (
        Redirect(
            Exchange(()),
            "https://a.example/",
            "a.example",
            SignInRequest("SAML"),
            posted=False,
            leads=leads,
            calls=calls,
        )
        for leads, calls in ((changed, same), (same, changed))
    )

    assert bool(of_host.leads_elsewhere) is bool(of_issuer.is_called_otherwise) is is_told
    assert of_host.is_called_otherwise == of_issuer.leads_elsewhere == ""
    if is_told:
        assert of_host.leads_elsewhere.startswith("it led 'old.example' until ")
        assert of_issuer.is_called_otherwise.startswith("it was called 'old.example' until ")
