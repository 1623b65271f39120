"""What a tenant is asked, to the letter, and what its answers become. The tenant is a table of answers by path."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from monitor.configuration.targets import Account, Login, Node, Target, Tenant
from monitor.configuration.variables import Variables
from monitor.failures import (
    Failure,
    Misconfigured,
    NotConfigured,
    NotDue,
    NotServed,
    Refused,
    Throttled,
    Unreachable,
    WrongAnswer,
)
from monitor.secrets import MASK, Scrubber
from monitor.transactions import endpoints, pages
from monitor.transactions.engine import Engine, Performed, Transaction
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door
from tests.wire import servers
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer

TOKENS = {"access_token": "a.b.cccc", "id_token": "the-id-token-0123456789", "token_type": "Bearer"}
CREDENTIALS: dict[str, Any] = {"client_id": "client", "client_secret": SecretStr("s3cret")}


class Tenancy:
    """A tenant that answers by path, and an engine that asks it."""

    def __init__(self, scrubber: Scrubber, authority: Authority) -> None:
        self.answers: dict[str, bytes] = {}
        self.first: list[tuple[str, bytes]] = []
        """What is answered, once each and in this order, to requests that have these words."""
        self.server = Server(self._serve, tls=authority.serving())
        self.scrubber = scrubber
        self.engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)

    def _serve(self, connection: Connection) -> None:
        request = connection.receive()
        once = next((each for each in self.first if each[0] in request), None)
        if once:
            self.first.remove(once)
        connection.send(once[1] if once else self.answers.get(request.split(" ")[1], answer(404, b"<html>")))

    def tenant(self, **variables: Any) -> Tenant:
        return Tenant("prod", variables=Variables(domain=self.server.url, **variables))

    def login(self, flow: str = "password-realm", **variables: Any) -> Login:
        return Login(self.tenant(**CREDENTIALS | variables), flow, "corp", "user", SecretStr("pass word"), "openid")

    def says(self, path: str, document: object, status: int = 200) -> None:
        self.answers[path] = answer(status, document if isinstance(document, bytes) else json.dumps(document).encode())

    def performed(self, wanted: Transaction, target: Target) -> Performed:
        self.engine.plan(wanted, target)
        self.engine.start()
        return self.engine.performed(wanted, target)

    def brought(self, wanted: Transaction, target: Target) -> Any:
        performed = self.performed(wanted, target)
        if performed.failure:
            raise performed.failure
        return performed.brought

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Method and path of each request."""
        return [(each.split(" ")[0], each.split(" ")[1]) for each in self.server.requests]

    def body(self, at: int = -1) -> dict[str, str]:
        """The form, or the JSON, of a request."""
        text = self.server.requests[at].partition("\r\n\r\n")[2]
        if text.startswith("{"):
            document: dict[str, str] = json.loads(text)
            return document
        return {name: value for name, (value,) in parse_qs(text, strict_parsing=True).items()}


@pytest.fixture
def tenancy(scrubber: Scrubber, authority: Authority) -> Iterator[Tenancy]:
    made = Tenancy(scrubber, authority)
    with made.server:
        yield made
        made.engine.stop()


class TestHealth:
    @pytest.mark.parametrize(
        ("wanted", "path", "body"),
        [(endpoints.answer_to_test, "/test", b'{"clock": 1}'), (endpoints.answer_to_testall, "/testall", b"OK")],
    )
    def test_endpoint_is_asked_with_the_configured_token(
        self, tenancy: Tenancy, wanted: Transaction, path: str, body: bytes
    ) -> None:
        tenancy.says(path, body)

        for tenant in (tenancy.tenant(id_token=SecretStr("the-token")), tenancy.tenant()):
            brought = tenancy.brought(wanted, tenant)
            assert getattr(brought, "exchange", brought).body == body
        assert tenancy.asked == [("GET", path)] * 2
        assert "\r\nAuthorization: Bearer the-token\r\n" in tenancy.server.requests[0]
        assert "Authorization" not in tenancy.server.requests[1]

    @pytest.mark.parametrize(("status", "failure"), [(404, NotServed), (410, NotServed), (500, WrongAnswer)])
    def test_endpoint_that_is_gone_is_not_an_outage(
        self, tenancy: Tenancy, status: int, failure: type[Failure]
    ) -> None:
        tenancy.says("/test", b"", status)

        assert type(tenancy.performed(endpoints.answer_to_test, tenancy.tenant()).failure) is failure

    def test_node_is_asked_in_the_tenants_name(self, tenancy: Tenancy) -> None:
        tenancy.says("/testall", b"OK")
        node = Node(tenancy.tenant(), ("127.0.0.1", tenancy.server.port))

        assert tenancy.brought(endpoints.node_testall, node).text() == "OK"

    def test_metric_is_asked_once_with_the_key(self, tenancy: Tenancy) -> None:
        tenancy.says("/health/status/cpu", b"", 520)
        tenant = tenancy.tenant(health_api_key=SecretStr("the-key"))

        exchange = tenancy.brought(endpoints.node_metric, Node(tenant, ("127.0.0.1", tenancy.server.port), "cpu"))

        assert (exchange.status, len(exchange.attempts)) == (520, 1)
        basic = base64.b64encode(b"api_keys_health:the-key").decode()
        assert f"Authorization: Basic {basic}" in tenancy.server.requests[0]


class TestDiscovery:
    PATH = "/.well-known/openid-configuration"

    def test_document_and_certificate_are_of_one_connection(self, tenancy: Tenancy) -> None:
        tenancy.says(self.PATH, {"issuer": "x"})
        tenant = tenancy.tenant()

        assert tenancy.brought(endpoints.discovery, tenant).content == {"issuer": "x"}
        assert "subjectAltName" in tenancy.brought(endpoints.certificate, tenant).content
        assert tenancy.asked == [("GET", self.PATH)]

    def test_certificate_is_seen_whatever_is_answered(self, tenancy: Tenancy) -> None:
        tenant = tenancy.tenant()

        assert tenancy.brought(endpoints.certificate, tenant).content
        with pytest.raises(WrongAnswer, match="not how an Auth0 tenant answers"):
            tenancy.brought(endpoints.discovery, tenant)

    def test_keys_are_asked_for(self, tenancy: Tenancy) -> None:
        tenancy.says("/.well-known/jwks.json", {"keys": []})

        assert tenancy.brought(endpoints.keys, tenancy.tenant()).content == {"keys": []}

    def test_key_set_is_asked_for_once_more_where_the_login_names_a_key_that_is_not_in_it(
        self, tenancy: Tenancy
    ) -> None:
        """The keys were rotated after we looked; both answers stay in the evidence."""
        head = base64.urlsafe_b64encode(b'{"alg": "RS256", "kid": "new"}').decode().rstrip("=")
        tenancy.says("/oauth/token", TOKENS | {"id_token": f"{head}.e30.c2lnbmF0dXJl"})
        tenancy.says("/.well-known/jwks.json", {"keys": []})
        row = tenancy.login()
        tenancy.brought(endpoints.keys, row)
        tenancy.brought(endpoints.login, row)
        tenancy.says("/.well-known/jwks.json", {"keys": [{"kid": "new"}]})
        signing = tenancy.brought(endpoints.signing_keys, row)

        assert signing.content == {"keys": [{"kid": "new"}]}
        assert len(signing.exchange.attempts) == 2

    @pytest.mark.parametrize("header", [b"{}", b'{"alg": "HS256", "kid": "new"}', b"no header"])
    def test_key_set_is_asked_for_once_where_no_key_is_missing(self, tenancy: Tenancy, header: bytes) -> None:
        head = base64.urlsafe_b64encode(header).decode().rstrip("=")
        tenancy.says("/oauth/token", TOKENS | {"id_token": f"{head}.e30.c2lnbmF0dXJl"})
        tenancy.says("/.well-known/jwks.json", {"keys": []})

        assert tenancy.brought(endpoints.signing_keys, tenancy.login()).content == {"keys": []}
        assert tenancy.asked.count(("GET", "/.well-known/jwks.json")) == 1

    def test_certificate_is_seen_though_the_connection_breaks(self, scrubber: Scrubber, authority: Authority) -> None:
        with Server(servers.hanging_up, tls=authority.serving()) as server:
            engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)
            tenant = Tenant("prod", variables=Variables(domain=server.url))
            engine.plan(endpoints.certificate, tenant)
            engine.start()

            assert "subjectAltName" in engine.performed(endpoints.certificate, tenant).brought.content
            engine.stop()

    def test_connection_that_never_came_about_has_no_certificate(self, tenancy: Tenancy) -> None:
        tenant = Tenant("prod", variables=Variables(domain=f"https://127.0.0.1:{servers.unused_port()}"))

        assert type(tenancy.performed(endpoints.certificate, tenant).failure) is Unreachable

    def test_plain_http_has_no_certificate(self, tenancy: Tenancy) -> None:
        with Server(lambda each: each.send(answer()) if each.receive() else None) as plain:
            tenant = Tenant("plain", variables=Variables(domain=plain.url))
            with pytest.raises(NotServed, match="no certificate"):
                tenancy.brought(endpoints.certificate, tenant)


class TestLogin:
    @pytest.mark.parametrize(
        ("flow", "path", "sent"),
        [
            (
                "password-realm",
                "/oauth/token",
                {"grant_type": endpoints.REALM_GRANT, "realm": "corp", "client_secret": "s3cret", "audience": "api"},
            ),
            ("password", "/oauth/token", {"grant_type": "password", "client_secret": "s3cret", "audience": "api"}),
            ("oauth-ro", "/oauth/ro", {"grant_type": "password", "connection": "corp", "device": "d"}),
        ],
    )
    def test_flow_sends_what_auth0_documents(
        self, tenancy: Tenancy, flow: str, path: str, sent: dict[str, str]
    ) -> None:
        tenancy.says(path, TOKENS)
        grant = tenancy.brought(endpoints.login, tenancy.login(flow, audience="api", device="d"))

        common = {"username": "user", "password": "pass word", "scope": "openid", "client_id": "client"}
        assert tenancy.asked == [("POST", path)]
        assert tenancy.body() == common | sent
        assert grant.access_token.get_secret_value() == TOKENS["access_token"]
        assert grant.signed.get_secret_value() == TOKENS["id_token"]
        assert (grant.refresh_token, grant.token_type) == (None, "Bearer")
        assert "s3cret" not in repr(grant)
        assert TOKENS["id_token"] not in repr(grant)

    def test_public_application_sends_no_secret_and_no_audience(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS)
        tenancy.brought(endpoints.login, tenancy.login(client_secret=None))

        assert {"client_secret", "audience"} & set(tenancy.body()) == set()

    def test_tokens_are_secrets_of_the_tenant(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS)
        tenancy.brought(endpoints.login, tenancy.login())

        assert tenancy.scrubber.scrub(TOKENS["id_token"], "prod") == MASK

    @pytest.mark.parametrize("token", ["", 5, ["x"], {}])
    def test_token_that_is_no_string_is_wrong(self, tenancy: Tenancy, token: object) -> None:
        tenancy.says("/oauth/token", TOKENS | {"access_token": token})
        with pytest.raises(WrongAnswer, match="access_token is there, and is not a string"):
            tenancy.brought(endpoints.login, tenancy.login())

    @pytest.mark.parametrize("said", [{}, {"ok": True}, {"access_token": None, "token_type": "Bearer"}])
    @pytest.mark.parametrize("wanted", [endpoints.login, endpoints.stranger_login, endpoints.impostor_login])
    def test_answer_without_any_token_lets_nobody_in(
        self, tenancy: Tenancy, wanted: Transaction, said: dict[str, object]
    ) -> None:
        tenancy.says("/oauth/token", said)
        with pytest.raises(WrongAnswer, match="with"):
            tenancy.brought(wanted, tenancy.login(refusals_every=0))

    def test_login_without_an_id_token_says_so(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", {"access_token": "x"})
        grant = tenancy.brought(endpoints.login, tenancy.login())

        with pytest.raises(WrongAnswer, match="brought no ID token") as raised:
            _ = grant.claims
        assert raised.value.exchange is grant.exchange

    def test_claims_are_those_of_the_id_token(self, tenancy: Tenancy) -> None:
        parts = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (b'{"alg":"RS256"}', b'{"sub":"x"}')]
        tenancy.says("/oauth/token", TOKENS | {"id_token": f"{'.'.join(parts)}.AAAA"})

        assert tenancy.brought(endpoints.login, tenancy.login()).claims == {"sub": "x"}

    def test_refused_login_is_refused(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)

        assert type(tenancy.performed(endpoints.login, tenancy.login()).failure) is Refused


class TestAfterLogin:
    @pytest.mark.parametrize("of", [lambda row: row, lambda row: Account(row.tenant, row)], ids=["login", "account"])
    def test_profile_is_asked_for_with_the_access_token(
        self, tenancy: Tenancy, of: Callable[[Login], Account | Login]
    ) -> None:
        tenancy.says("/oauth/token", TOKENS)
        tenancy.says("/userinfo", {"sub": "x"})

        assert tenancy.brought(endpoints.profile, of(tenancy.login())).content == {"sub": "x"}
        assert "\r\nAuthorization: Bearer a.b.cccc\r\n" in tenancy.server.requests[1]

    @pytest.mark.parametrize("token", ["a.b.cccc", "opaque0123456789", "a.b.AAAA", "x"])
    def test_tampered_token_differs_by_one_character(self, tenancy: Tenancy, token: str) -> None:
        tenancy.says("/oauth/token", TOKENS | {"access_token": token})
        tenancy.says("/userinfo", b"Unauthorized", 401)

        refusal = tenancy.brought(endpoints.tampered_profile, tenancy.login())

        assert (refusal.status, refusal.error) == (401, None)
        sent = tenancy.server.requests[1].partition("Bearer ")[2].partition("\r\n")[0]
        assert sum(one != other for one, other in zip(sent, token, strict=True)) == 1

    @pytest.mark.parametrize(
        ("head", "claims", "status", "failure"),
        [
            ({"alg": "HS256"}, {"aud": "https://api.example"}, 401, NotServed),
            ({"alg": "RS256"}, {"aud": ["https://api.example"]}, 403, NotServed),
            ({"alg": "RS256"}, {"aud": ["https://api.example", "https://a.example/userinfo"]}, 401, WrongAnswer),
            ({"alg": "HS256"}, {"aud": "https://api.example"}, 500, WrongAnswer),
        ],
    )
    def test_profile_is_not_for_a_token_of_another_api_alone(
        self, tenancy: Tenancy, head: dict[str, str], claims: dict[str, Any], status: int, failure: type[Failure]
    ) -> None:
        parts = (base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in (head, claims))
        tenancy.says("/oauth/token", TOKENS | {"access_token": f"{'.'.join(parts)}.c2lnbmF0dXJl"})
        tenancy.says("/userinfo", b"Unauthorized", status)

        assert type(tenancy.performed(endpoints.profile, tenancy.login()).failure) is failure

    @pytest.mark.parametrize(
        ("token", "failure"), [("eyJhbGciOiJSU0EifQ.QQ.QQ.QQ.QQ", NotServed), ("an-opaque-one", WrongAnswer)]
    )
    def test_profile_is_not_for_a_token_that_is_encrypted_for_an_api(
        self, tenancy: Tenancy, token: str, failure: type[Failure]
    ) -> None:
        tenancy.says("/oauth/token", TOKENS | {"access_token": token})
        tenancy.says("/userinfo", b"Unauthorized", 401)

        assert type(tenancy.performed(endpoints.profile, tenancy.login()).failure) is failure

    @pytest.mark.parametrize("wanted", [endpoints.profile, endpoints.tampered_profile])
    def test_login_without_an_access_token_is_wrong(self, tenancy: Tenancy, wanted: Transaction) -> None:
        tenancy.says("/oauth/token", {"id_token": "x"})
        with pytest.raises(WrongAnswer, match="brought no access token"):
            tenancy.brought(wanted, tenancy.login())

    def test_refresh_token_is_exchanged(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS | {"refresh_token": "the-refresh-token"})
        tenancy.brought(endpoints.refreshed, tenancy.login())

        assert tenancy.body() == {
            "grant_type": "refresh_token",
            "refresh_token": "the-refresh-token",
            "client_id": "client",
            "client_secret": "s3cret",
        }

    @pytest.mark.parametrize("broken", [answer(503, b""), answer(502, b"<html>"), b""], ids=["503", "502", "cut"])
    def test_refresh_that_broke_is_tried_again_with_the_token_of_another_login(
        self, tenancy: Tenancy, broken: bytes
    ) -> None:
        """At a tenant that rotates them, the same one sent twice would be a reuse, which ends the session."""
        logins = [("realm=corp", answer(200, json.dumps(TOKENS | {"refresh_token": name}).encode())) for name in "ab"]
        tenancy.first = [*logins, ("grant_type=refresh_token", broken)]
        tenancy.says("/oauth/token", TOKENS)

        grant = tenancy.brought(endpoints.refreshed, tenancy.login())

        sent = [tenancy.body(at).get("refresh_token") for at in range(len(tenancy.asked))]
        assert sent == [None, "a", None, "b"]
        assert [each.status for each in grant.exchange.attempts] == [int(broken[9:12] or 0) or None, 200]

    def test_refresh_that_breaks_for_good_is_told_with_both_attempts(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS | {"refresh_token": "the-refresh-token"})
        tenancy.first = [("grant_type=refresh_token", answer(503, b""))] * 2

        failure = tenancy.performed(endpoints.refreshed, tenancy.login()).failure

        assert isinstance(failure, WrongAnswer)
        assert failure.exchange
        assert [each.status for each in failure.exchange.attempts] == [503, 503]

    @pytest.mark.parametrize("then", [answer(503, b""), answer(429, b'{"error": "too_many_requests"}'), b""])
    def test_refresh_that_breaks_is_told_as_it_was_where_nobody_can_log_in_anew(
        self, tenancy: Tenancy, then: bytes
    ) -> None:
        tenancy.says("/oauth/token", TOKENS | {"refresh_token": "the-refresh-token"})
        row = tenancy.login()
        tenancy.brought(endpoints.login, row)
        tenancy.first = [("grant_type=refresh_token", answer(503, b""))]
        tenancy.answers["/oauth/token"] = then

        failure = tenancy.performed(endpoints.refreshed, row).failure

        assert isinstance(failure, WrongAnswer)
        assert failure.exchange
        assert [each.status for each in failure.exchange.attempts] == [503]

    @pytest.mark.parametrize("status", [400, 401, 403])
    def test_refresh_token_that_is_refused_is_no_wrong_password(self, tenancy: Tenancy, status: int) -> None:
        tenancy.says("/oauth/token", TOKENS | {"refresh_token": "the-refresh-token"})
        row = tenancy.login()
        tenancy.brought(endpoints.login, row)
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, status)
        failure = tenancy.performed(endpoints.refreshed, row).failure

        assert isinstance(failure, Refused)
        assert "refresh token" in failure.reason
        assert "password" not in failure.reason

    def test_login_without_a_refresh_token_is_wrong(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS)
        with pytest.raises(WrongAnswer, match="was given no refresh token"):
            tenancy.brought(endpoints.refreshed, tenancy.login())

    def test_machine_logs_in_with_its_secret(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", TOKENS)
        tenancy.brought(endpoints.machine_login, tenancy.login(audience="api"))

        assert tenancy.body() == {
            "grant_type": "client_credentials",
            "audience": "api",
            "client_id": "client",
            "client_secret": "s3cret",
        }


class TestRotation:
    """The refresh tokens of a login, one after the other; ``tokens`` are what each exchange brings."""

    @staticmethod
    def rotating(tenancy: Tenancy, *tokens: str | None, rotates: bool = True) -> Login:
        grants = [
            answer(200, json.dumps(TOKENS | ({"refresh_token": each} if each else {})).encode()) for each in tokens
        ]
        tenancy.first = [("POST /oauth/token", grant) for grant in grants]
        return replace(tenancy.login(scope="openid offline_access"), rotates=rotates)

    @staticmethod
    def exchanged(tenancy: Tenancy) -> list[str]:
        return [
            body["refresh_token"] for at in range(len(tenancy.asked)) if "refresh_token" in (body := tenancy.body(at))
        ]

    def test_token_that_came_for_the_first_is_exchanged_next(self, tenancy: Tenancy) -> None:
        grant = tenancy.brought(endpoints.rotated, self.rotating(tenancy, "first", "second", "third"))

        assert grant.refresh_token.get_secret_value() == "third"
        assert self.exchanged(tenancy) == ["first", "second"]

    def test_application_whose_tokens_do_not_rotate_is_not_judged(self, tenancy: Tenancy) -> None:
        with pytest.raises(NotServed, match="do not rotate"):
            tenancy.brought(endpoints.rotated, self.rotating(tenancy, "first", None))

    def test_rotation_that_was_not_asked_for_names_what_asks_for_it(self, tenancy: Tenancy) -> None:
        with pytest.raises(NotConfigured, match="add rotate to AUTH0_FLOWS"):
            tenancy.brought(endpoints.rotated, self.rotating(tenancy, "first", "second", rotates=False))

    def test_first_token_is_sent_again_after_it_was_exchanged(self, tenancy: Tenancy) -> None:
        row = self.rotating(tenancy, "first", "second", "third")
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)
        refusal = tenancy.brought(endpoints.reused, row)

        assert (refusal.status, refusal.error) == (403, "invalid_grant")
        assert self.exchanged(tenancy) == ["first", "second", "first"]

    def test_newest_token_is_revoked_and_then_asked_for_once_more(self, tenancy: Tenancy) -> None:
        row = self.rotating(tenancy, "first", "second", "third", "fourth")  # the reuse brings one, which ends nothing
        tenancy.says("/oauth/revoke", b"")
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)
        late = tenancy.brought(endpoints.revoked, row)

        at = tenancy.asked.index(("POST", "/oauth/revoke"))
        assert tenancy.body(at) == {"token": "third", "client_id": "client", "client_secret": "s3cret"}
        assert self.exchanged(tenancy)[-1] == "third"
        assert [each.status for each in late.attempts] == [200, 403]

    def test_token_that_does_not_rotate_is_revoked_itself(self, tenancy: Tenancy) -> None:
        row = self.rotating(tenancy, "first", None, rotates=False)
        tenancy.says("/oauth/revoke", b"")
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)
        tenancy.brought(endpoints.revoked, row)

        assert tenancy.body(tenancy.asked.index(("POST", "/oauth/revoke")))["token"] == "first"

    def test_nothing_is_revoked_where_a_reuse_has_ended_all(self, tenancy: Tenancy) -> None:
        row = self.rotating(tenancy, "first", "second", "third")
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)

        with pytest.raises(NotDue, match="has ended all of this login"):
            tenancy.brought(endpoints.revoked, row)
        assert ("POST", "/oauth/revoke") not in tenancy.asked

    @pytest.mark.parametrize(
        ("status", "error", "kind"),
        [
            (204, "", WrongAnswer),
            (400, "invalid_request", Misconfigured),
            (429, "too_many_requests", Throttled),
            (503, "temporarily_unavailable", WrongAnswer),
        ],
    )
    def test_revocation_that_is_not_taken_is_a_failure_and_nothing_is_asked_after_it(
        self, tenancy: Tenancy, status: int, error: str, kind: type[Failure]
    ) -> None:
        row = self.rotating(tenancy, "first", None, rotates=False)
        tenancy.says("/oauth/revoke", {"error": error}, status)

        with pytest.raises(kind):
            tenancy.brought(endpoints.revoked, row)
        assert tenancy.asked[-1] == ("POST", "/oauth/revoke")


class TestDevice:
    BEGUN: ClassVar[dict[str, Any]] = {
        "device_code": "the-device-code-0123",
        "user_code": "ABCD-EFGH-IJKL",
        "verification_uri": "https://x",
    }

    def test_device_is_begun_and_asked_after_once(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/device/code", self.BEGUN)
        tenancy.says("/oauth/token", {"error": "authorization_pending"}, 403)
        refusal = tenancy.brought(endpoints.device_login, tenancy.login(audience="api"))

        assert tenancy.body(0) == {"client_id": "client", "scope": "openid", "audience": "api"}
        assert tenancy.body(1) == {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": "the-device-code-0123",
            "client_id": "client",
            "client_secret": "s3cret",
        }
        assert (refusal.status, refusal.error) == (403, "authorization_pending")
        assert [each.status for each in refusal.exchange.attempts] == [200, 403]
        for name in ("device_code", "user_code"):
            assert tenancy.scrubber.scrub(f"x {self.BEGUN[name]} y") == f"x {MASK} y"

    @pytest.mark.parametrize(
        ("status", "error", "is_refusal"),
        [
            (403, "authorization_pending", True),
            (429, "slow_down", True),
            (200, "", True),
            (403, "expired_token", False),
            (403, "access_denied", False),
            (401, "invalid_client", False),
            (503, "", False),
        ],
    )
    def test_device_that_nobody_let_in_waits_and_any_other_refusal_is_a_failure(
        self, tenancy: Tenancy, status: int, error: str, *, is_refusal: bool
    ) -> None:
        tenancy.says("/oauth/device/code", self.BEGUN)
        tenancy.says("/oauth/token", {"error": error} if error else TOKENS, status)
        performed = tenancy.performed(endpoints.device_login, tenancy.login())

        assert (performed.failure is None) is is_refusal, performed.failure
        assert not is_refusal or performed.brought.status == status

    @pytest.mark.parametrize("lacking", BEGUN)
    def test_answer_that_lacks_something_is_wrong(self, tenancy: Tenancy, lacking: str) -> None:
        tenancy.says("/oauth/device/code", self.BEGUN | {lacking: ""})

        with pytest.raises(WrongAnswer, match=f"lacks its {lacking}$"):
            tenancy.brought(endpoints.device_login, tenancy.login())


class TestRefusals:
    def test_stranger_is_another_one_each_time_and_never_the_user(self, tenancy: Tenancy) -> None:
        tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)
        for _ in range(2):
            refusal = tenancy.brought(endpoints.stranger_login, tenancy.login())
            assert (refusal.status, refusal.error) == (403, "invalid_grant")

        names = [tenancy.body(at)["username"] for at in range(2)]
        passwords = [tenancy.body(at)["password"] for at in range(2)]
        assert len({*names, "user"}) == len({*passwords, "pass word"}) == 3
        assert all(name.endswith("@synthetic.invalid") for name in names)

    @pytest.mark.parametrize("error", ["invalid_client", "access_denied"])
    def test_stranger_cannot_be_judged_where_the_application_is_refused(self, tenancy: Tenancy, error: str) -> None:
        tenancy.says("/oauth/token", {"error": error}, 401)
        with pytest.raises(Misconfigured, match="the application was refused before the user was looked at"):
            tenancy.brought(endpoints.stranger_login, tenancy.login())

    @pytest.mark.parametrize(("audience", "sent"), [("api", "api"), (None, "/api/v2/")])
    def test_impostor_gives_a_wrong_secret_and_names_no_user(
        self, tenancy: Tenancy, audience: str | None, sent: str
    ) -> None:
        tenancy.says("/oauth/token", {"error": "access_denied"}, 401)
        refusal = tenancy.brought(endpoints.impostor_login, tenancy.login(audience=audience))

        body = tenancy.body()
        assert (refusal.status, refusal.error) == (401, "access_denied")
        assert set(body) == {"grant_type", "audience", "client_id", "client_secret"}
        assert body["client_secret"] != "s3cret"
        assert body["audience"].endswith(sent)

    @pytest.mark.parametrize("wanted", [endpoints.stranger_login, endpoints.impostor_login])
    def test_being_let_in_is_for_the_probe_to_judge(self, tenancy: Tenancy, wanted: Transaction) -> None:
        tenancy.says("/oauth/token", TOKENS)

        assert tenancy.brought(wanted, tenancy.login()).status == 200

    @pytest.mark.parametrize(
        ("status", "document", "failure"),
        [
            (429, {"error": "too_many_attempts"}, Throttled),
            (500, {"error": "server_error"}, WrongAnswer),
            (302, b"", WrongAnswer),
        ],
    )
    def test_anything_else_is_no_refusal(
        self, tenancy: Tenancy, status: int, document: object, failure: type[Failure]
    ) -> None:
        tenancy.says("/oauth/token", document, status)

        assert type(tenancy.performed(endpoints.stranger_login, tenancy.login()).failure) is failure


def test_every_transaction_has_a_docstring_and_a_name_of_its_own() -> None:
    made = [each for module in (endpoints, pages) for each in vars(module).values() if isinstance(each, Transaction)]

    assert len(made) > 15
    assert all(each.perform.__doc__ for each in made)
    assert len({each.name for each in made}) == len(made)


def test_sampled_refusals_are_called_as_they_call_themselves(tenancy: Tenancy, monkeypatch: pytest.MonkeyPatch) -> None:
    tenancy.says("/oauth/token", {"error": "invalid_grant"}, 403)
    turns: list[str] = []
    monkeypatch.setattr(Sampling, "wait_for_turn", lambda _self, _tenant, refusal: turns.append(refusal))
    engine = Engine(tenancy.engine.door, Sampling(None), tenancy.scrubber)
    for wanted, name in endpoints.SAMPLED.items():
        if wanted.needs:
            continue  # it is not asked for where there was no login
        row = tenancy.login()
        engine.plan(wanted, row)
        engine.start()
        assert engine.performed(wanted, row).failure is None
        assert turns[-1] == name(row)
    engine.stop()
