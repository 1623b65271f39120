"""A login through the pages, in this process: against the sandbox, and against servers that misbehave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

import sandbox
from monitor.configuration.assembly import tenants
from monitor.configuration.targets import Login, Tenant
from monitor.configuration.variables import Variables
from monitor.exchange import Exchange
from monitor.failures import (
    BotProtection,
    CutShort,
    Failure,
    Misconfigured,
    Prompted,
    Refused,
    Throttled,
    WrongAnswer,
)
from monitor.owners import Owner
from monitor.secrets import Scrubber
from monitor.transactions import endpoints, screens, tokens
from monitor.transactions.engine import Engine, Performed
from monitor.transactions.sampling import Sampling
from monitor.transactions.screens import HURDLES, SIDESTEPS, WORDS
from monitor.wire.door import Door
from sandbox.box import Sandbox
from sandbox.screens import KEYS as KEYS_OF_PAGES
from sandbox.screens import SCREENS
from tests.canaries import found
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer

ANSWERED = {*SIDESTEPS, "mfa-detect-browser-capabilities"}
"""Pages that the walk passes by itself."""


class Walks:
    """A sandbox, and logins through its pages."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.scrubber = Scrubber()
        self.engine = Engine(Door(self.scrubber, {}, box.environment["SSL_CERT_FILE"]), Sampling(None), self.scrubber)

    def row(self, **variables: str | None) -> Login:
        """The first login through the pages, with these variables changed."""
        changed = {f"AUTH0_{name}": value for name, value in variables.items()}
        values = self.box.environment | {"AUTH0_FLOWS": "universal-login"} | changed
        (tenant,) = tenants({name: value for name, value in values.items() if value is not None})
        return tenant.logins[0]

    def performed(self, row: Login, transaction: Any = endpoints.login) -> Performed:
        self.engine.plan(transaction, row)
        self.engine.start()
        return self.engine.performed(transaction, row)

    def failure(self, **variables: str | None) -> Failure:
        failed = self.performed(self.row(**variables)).failure
        assert failed is not None, "the login was let in"
        return failed


@contextmanager
def walking(*faults: str, **options: Any) -> Iterator[Walks]:
    with sandbox.start(faults, **options) as box:
        walks = Walks(box)
        yield walks
        walks.engine.stop()


def asked(exchange: Exchange | None) -> list[str]:
    """Method, path and status of each request."""
    attempts = exchange.attempts if exchange else ()
    return [f"{each.method} {urlsplit(each.url).path} {each.status}" for each in attempts]


@pytest.mark.parametrize(
    ("form", "pages"),
    [
        (
            "identifier",
            [
                "GET /u/login/identifier 200",
                "POST /u/login/identifier 302",
                "GET /u/login/password 200",
                "POST /u/login/password 302",
            ],
        ),
        ("one-page", ["GET /u/login 200", "POST /u/login 302"]),
        ("classic", ["GET /login 200", "POST /usernamepassword/login 200", "POST /login/callback 302"]),
    ],
)
def test_user_is_let_in_by_the_form_that_the_tenant_has(form: str, pages: list[str]) -> None:
    with walking(f"login-form={form}") as walks:
        performed = walks.performed(walks.row())

        assert performed.failure is None, performed.failure
        grant = performed.brought
        assert grant.access_token
        assert grant.id_token
        assert grant.claims["sub"] == "auth0|5f7c8ec7c33c6c004bbafe82"
        assert asked(grant.exchange) == [
            "GET /authorize 302",
            *pages,
            "GET /authorize/resume 302",
            "POST /oauth/token 200",
        ]


class TestScreens:
    """Every page that Auth0 documents, and every error: as the sandbox lists them, by its own hand."""

    @pytest.fixture(scope="class")
    @classmethod
    def walks(cls) -> Iterator[Walks]:
        with walking() as walks:
            yield walks

    @pytest.fixture(autouse=True)
    def _well(self, walks: Walks) -> Iterator[None]:
        yield
        walks.box.setup.prompts, walks.box.setup.error_key = [], ""

    @pytest.mark.parametrize("name", SCREENS)
    def test_page_is_named_with_its_status_and_its_cure(self, walks: Walks, name: str) -> None:
        walks.box.setup.prompts = [name]
        performed = walks.performed(walks.row())

        if name in ANSWERED:
            assert performed.failure is None, performed.failure
            assert performed.brought.detours == ((name,) if name in SIDESTEPS else ())
            return
        failure = performed.failure
        hurdle = HURDLES[WORDS[name].hurdle]
        assert type(failure) is hurdle.failure
        assert failure.reason.startswith("Universal Login ")
        assert f"({name})" in failure.reason
        assert hurdle.cure in failure.reason
        assert failure.exchange is not None
        assert failure.exchange.word == name
        assert failure.exchange.attempts[0].url.startswith(f"https://{walks.box.domain}/authorize?")

    @pytest.mark.parametrize("key", KEYS_OF_PAGES)
    def test_error_is_named_by_its_key_and_not_by_its_text(self, walks: Walks, key: str) -> None:
        walks.box.setup.error_key = key
        failure = walks.failure()

        assert type(failure) is HURDLES[WORDS[key].hurdle].failure
        assert f"({key})" in failure.reason
        assert failure.reason.startswith("the page login-password of Universal Login says ")
        assert "A text" not in failure.reason
        assert failure.exchange is not None
        assert failure.exchange.word == key

    def test_every_page_and_every_error_has_a_sentence_of_its_own(self) -> None:
        told = [screens.failure(word, Exchange(())).reason.partition(f" ({word})")[0] for word in WORDS]

        assert sorted(told) == sorted(set(told))

    def test_the_table_and_the_sandbox_list_the_same(self) -> None:
        assert set(SCREENS) | {"login", "login-id", "login-password"} == set(screens.SCREENS)
        assert set(KEYS_OF_PAGES) <= set(screens.KEYS)

    def test_every_page_has_an_owner_and_a_section_in_the_runbook(self) -> None:
        runbook = (Path(__file__).parents[2] / "docs/runbook.md").read_text(encoding="utf-8")

        for screen in WORDS.values():
            if screen.hurdle != screens.ANSWERED:
                assert HURDLES[screen.hurdle].owner in tuple(Owner)
                assert f"\n## {screen.hurdle}\n" in runbook, screen.hurdle


class TestWhatStandsInTheWay:
    @pytest.mark.parametrize(
        ("faults", "variables", "failure", "words"),
        [
            (
                (),
                {"CALLBACK": "https://app.example/callback"},
                Misconfigured,
                "(callback-refused): register AUTH0_CALL",
            ),
            ((), {"CLIENT_ID": "another"}, Misconfigured, "(client-unknown): see AUTH0_CLIENT_ID"),
            ((), {"CONNECTIONS": "gone"}, Misconfigured, 'with invalid_request ("the connection was not found")'),
            ((), {"ORGANIZATION": "other"}, Misconfigured, "AUTH0_AUDIENCE and AUTH0_ORGANIZATION"),
            ((), {"AUDIENCE": "https://other.example"}, Refused, 'with access_denied ("Service not found'),
            ((), {"PASSWORD": "another-password"}, Refused, "(wrong-email-credentials): see AUTH0_USERNAME"),
            ((), {"CLIENT_SECRET": "another-secret"}, Refused, "401 access_denied"),
            (("action-denies",), {}, Refused, 'with access_denied ("Logins are closed until Monday")'),
            (("action-redirects",), {}, Prompted, "(foreign-host, survey.example)"),
            (("form-broken",), {}, WrongAnswer, "(broken-form)"),
            (("captcha-shown",), {}, BotProtection, "(captcha): put the runner's address on the allow list"),
            (("login-page-broken",), {}, WrongAnswer, "status 500"),
            (("prompt=consent", "login-form=one-page"), {}, Prompted, "(consent): see AUTH0_SCOPE"),
            (("prompt=consent", "login-form=classic"), {}, Prompted, "(consent): see AUTH0_SCOPE"),
            (("login-form=classic",), {"PASSWORD": "another-password"}, Refused, "401 invalid_user_password"),
            (("login-form=classic", "error-key=password-breached"), {}, Refused, "401 password_leaked"),
            (("login-form=classic", "error-key=user-blocked"), {}, Throttled, "429 too_many_attempts"),
            (("html-instead-of-json",), {}, WrongAnswer, 'status 200 and an HTML page ("Welcome to Guest Wi-Fi")'),
            (("redirect",), {}, WrongAnswer, "a redirect (status 302) that leads to itself"),
            (("reset",), {}, CutShort, "the connection broke"),
            (("custom-database-down",), {"CONNECTIONS": "custom-users"}, WrongAnswer, "(custom-script-error-code)"),
        ],
    )
    def test_is_told_with_its_status_and_its_cure(
        self, faults: tuple[str, ...], variables: dict[str, str], failure: type[Failure], words: str
    ) -> None:
        with walking(*faults) as walks:
            failed = walks.failure(**variables)

            assert type(failed) is failure, failed.reason
            assert words in failed.reason
            assert failed.exchange is not None
            assert failed.exchange.attempts[0].url.startswith(f"https://{walks.box.domain}/authorize")

    def test_limit_of_a_page_throttles_and_says_nothing_of_the_tenant(self) -> None:
        with walking(limits="real") as walks:
            found = [type(walks.performed(walks.row()).failure) for _ in range(11)]

        assert found == [*[type(None)] * 10, Throttled]

    def test_stranger_is_refused_at_the_page(self) -> None:
        with walking() as walks:
            refusal = walks.performed(walks.row(), endpoints.stranger_login).brought

            assert (refusal.status, refusal.error) == (400, "wrong-email-credentials")

    def test_stranger_who_is_let_in_is_so(self) -> None:
        with walking("stranger-may-enter") as walks:
            assert walks.performed(walks.row(), endpoints.stranger_login).brought.status == 200

    def test_stranger_who_meets_a_captcha_is_not_refused(self) -> None:
        with walking("captcha-shown") as walks:
            assert isinstance(walks.performed(walks.row(), endpoints.stranger_login).failure, BotProtection)


class TestSecondWalk:
    """What is typed into a page is sent once: where that breaks, the whole login is begun anew, once."""

    def test_login_that_broke_at_a_page_is_begun_anew_as_of_another_browser(self) -> None:
        with walking("login-page-blip") as walks:
            performed = walks.performed(walks.row())
            exchange = performed.exchange

        assert performed.failure is None
        assert exchange is not None
        assert exchange.replaced is not None
        assert exchange.replaced.status == 503
        begun = [parse_qs(urlsplit(each.url).query) for each in exchange.attempts if "/authorize?" in each.url]
        assert len(begun) == 2
        for only_once in ("state", "nonce", "code_challenge"):
            assert begun[0][only_once] != begun[1][only_once]

    def test_stranger_is_refused_by_the_second_walk_too(self) -> None:
        with walking("login-page-blip") as walks:
            refusal = walks.performed(walks.row(), endpoints.stranger_login).brought

        assert (refusal.status, refusal.error) == (400, "wrong-email-credentials")
        assert refusal.exchange.replaced.status == 503

    @pytest.mark.parametrize(
        ("faults", "begun"),
        [
            (("login-page-broken",), 1),  # which the page itself was asked for twice
            (("login-page-blip", "error-key=user-blocked"), 2),
            (("error-key=wrong-email-credentials",), 1),
            (("form-broken",), 1),
            (("action-denies",), 1),
        ],
        ids=["page", "again", "password", "form", "action"],
    )
    def test_there_are_two_walks_at_most_and_one_where_the_answer_is_an_answer(
        self, faults: tuple[str, ...], begun: int
    ) -> None:
        with walking(*faults) as walks:
            exchange = walks.failure().exchange

        assert exchange is not None
        addresses = [each.url for each in exchange.attempts]
        assert len([each for each in addresses if "/authorize?" in each]) == begun

    def test_code_of_a_second_factor_is_never_sent_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with walking("second-factor=asked") as walks:
            ask, codes = walks.engine.door.ask, 0

            def breaking(method: str, url: str, **sent: Any) -> Exchange:
                nonlocal codes
                answered = ask(method, url, **sent)
                if "code" not in (sent.get("form") or {}) or "/u/" not in url:
                    return answered
                codes += 1
                raise CutShort("the connection broke", Exchange(answered.attempts))

            monkeypatch.setattr(walks.engine.door, "ask", breaking)
            failure = walks.failure(TOTP_SECRET=sandbox.TOTP_SECRET)

        assert isinstance(failure, CutShort)
        assert codes == 1


class TestWhatIsAskedFor:
    def test_organization_is_asked_for_and_comes_with_the_token(self) -> None:
        with walking() as walks:
            by_id = walks.performed(walks.row(ORGANIZATION="org_sandbox0123456789")).brought
            by_name = walks.performed(walks.row(ORGANIZATION="acme")).brought

        assert tokens.organization(by_id.claims, "org_sandbox0123456789") == "org_sandbox0123456789"
        assert tokens.organization(by_name.claims, "acme") == "acme"

    def test_public_application_sends_no_secret(self) -> None:
        with walking() as walks:
            grant = walks.performed(walks.row(CLIENT_SECRET=None)).brought

        assert grant.access_token

    def test_refresh_token_comes_with_offline_access_and_is_exchanged(self) -> None:
        with walking() as walks:
            row = walks.row(FLOWS="universal-login,refresh")

            assert walks.performed(row, endpoints.refreshed).brought.access_token

    def test_every_login_is_as_of_a_new_browser(self) -> None:
        """A session of an earlier login would skip the password, and test nothing."""
        with walking() as walks:
            both = [asked(walks.performed(walks.row()).exchange) for _ in range(2)]

        assert both[0] == both[1]
        assert "POST /u/login/password 302" in both[1]

    def test_connection_is_named_only_where_one_is_set(self) -> None:
        with walking() as walks:
            named = walks.performed(walks.row()).exchange
            unnamed = walks.performed(walks.row(CONNECTIONS=None)).exchange

        assert named is not None
        assert unnamed is not None
        assert "connection=Username-Password-Authentication" in named.attempts[0].url
        assert "connection=" not in unnamed.attempts[0].url

    def test_nothing_that_only_the_login_may_know_is_left_in_a_text(self) -> None:
        with walking() as walks:
            exchange = walks.performed(walks.row()).exchange
            assert exchange is not None
            told = json.dumps([each.in_full() for each in exchange.attempts])
            scrubbed = walks.scrubber.scrub(told)
            handed_out = walks.box.handed_out

        known = parse_qs(urlsplit(exchange.attempts[0].url).query)
        secrets = [*handed_out, *known["state"], *known["nonce"]]
        assert found({"told": told}, secrets) != []
        assert found({"scrubbed": scrubbed}, secrets) == []

    def test_time_is_that_of_all_requests_together(self) -> None:
        with walking(delay=0.05) as walks:
            exchange = walks.performed(walks.row()).exchange
            assert exchange is not None

        assert len(exchange.attempts) == 7
        assert exchange.seconds == pytest.approx(sum(each.seconds for each in exchange.attempts))
        assert exchange.seconds > 7 * 0.05
        assert exchange.replaced is None


class TestTenantsThatMisbehave:
    """What no tenant that is well answers: the walk ends, and nothing is sent where it does not belong."""

    @pytest.fixture
    def serving(self, scrubber: Scrubber, authority: Authority) -> Iterator[Callable[..., Performed]]:
        answers: dict[str, bytes] = {}

        def serve(connection: Connection) -> None:
            path = urlsplit(connection.receive().split(" ")[1]).path
            connection.send(answers.get(path, answer(404, b"<html>")))

        server = Server(serve, tls=authority.serving())
        engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)

        def performed(pages: dict[str, bytes]) -> Performed:
            answers.update(pages)
            login = Login(
                Tenant("prod", variables=Variables(domain=server.url, client_id="client")),
                "universal-login",
                "db",
                "user",
                SecretStr("pass word"),
                "openid",
            )
            engine.plan(endpoints.login, login)
            engine.start()
            done = engine.performed(endpoints.login, login)
            assert not [each for each in server.requests if "pass+word" in each and "POST /u/login" not in each]
            return done

        with server:
            yield performed
            engine.stop()

    @pytest.mark.parametrize(
        ("location", "failure", "words"),
        [
            ("https://monitor.invalid/callback?code=c&state=of-another", WrongAnswer, "with another state"),
            ("https://monitor.invalid/callback?code=c", WrongAnswer, "with another state"),
            ("https://evil.example/u/login?state=s", Prompted, "(foreign-host, evil.example)"),
            ("http://monitor.invalid/callback?code=c", Prompted, "(foreign-host, monitor.invalid)"),
            ("//evil.example/u/login", Prompted, "(foreign-host, evil.example)"),
            ("javascript:alert(1)", Prompted, "(foreign-host, no host)"),
            ("https://[", Prompted, "(foreign-host, no host)"),
            (
                "https://errors.example/?error=invalid_request&error_description=No&tracking=1&client_id=c",
                Misconfigured,
                'with invalid_request ("No")',
            ),
        ],
    )
    def test_redirect_that_leads_astray_is_not_followed(
        self, serving: Callable[..., Performed], location: str, failure: type[Failure], words: str
    ) -> None:
        done = serving({"/authorize": answer(302, b"", location=location)})

        assert type(done.failure) is failure
        assert words in done.failure.reason

    @pytest.mark.parametrize(
        ("page", "failure", "words"),
        [
            (
                '<form action="https://evil.example/"><input name=state><input name=password>',
                WrongAnswer,
                "foreign-form",
            ),
            ("<form><input name=state><input name=password><input name=captcha>", BotProtection, "(captcha)"),
            ('<p data-error-code="brand-new-error">Text', WrongAnswer, "(unknown-page, brand-new-error)"),
            ('<p data-error-code="<script>">Text', WrongAnswer, "(no-form)"),
            ("<script>universal_login_context = {not json", WrongAnswer, "(silent-page)"),
            (
                '<script>universal_login_context = {"screen": {"name": "brand-new-page"}};</script>',
                WrongAnswer,
                "(unknown-page, brand-new-page)",
            ),
            ("", WrongAnswer, "(no-form)"),
        ],
    )
    def test_page_that_nobody_knows_is_told_by_its_name_alone(
        self, serving: Callable[..., Performed], page: str, failure: type[Failure], words: str
    ) -> None:
        html = {"content_type": "text/html", "x_auth0_requestid": "1"}
        done = serving(
            {
                "/authorize": answer(302, b"", location="/u/login?state=s"),
                "/u/login": answer(200, page.encode(), **html),
            }
        )

        assert type(done.failure) is failure, done.failure
        assert words in done.failure.reason
        assert "Text" not in done.failure.reason
