"""Pages of a login as tenants may send them: the same forms in other words, with more beside them, or led astray."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from pydantic import SecretStr

from monitor.configuration.targets import Login, Tenant
from monitor.configuration.variables import Variables
from monitor.failures import Failure, Prompted, Refused, Throttled, WrongAnswer
from monitor.secrets import Scrubber
from monitor.transactions import endpoints
from monitor.transactions.engine import Engine, Performed
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer

CALLBACK = "https://monitor.invalid/callback"
SIXTEEN_LETTERS = "JBSWY3DPEHPK3PXP"
"""A secret as many apps make them: of 80 bits."""

CANARY = "a-canary-of-one-login"

HOSTED = '<meta name="ulp-version" content="1.125.0">'
FIELDS = '<input type="hidden" name="state" value="S1"><input name="username"><input type="password" name="password">'
BUTTON = '<button type="submit" name="action" value="default">Continue</button>'
MAIN = f'<form method="POST" data-form-primary="true">{FIELDS}{BUTTON}</form>'
SOCIAL = (
    '<form method="post" data-provider="google"><input type="hidden" name="state" value="S1">'
    '<input type="hidden" name="connection" value="google-oauth2"><button type="submit">Google</button></form>'
)
CODE = (
    '<form method="post"><input type="hidden" name="state" value="S1">'
    '<button name="action" value="pick-authenticator">Other</button></form>'
    '<form method="post"><input type="hidden" name="state" value="S1"><input name="code"></form>'
)


def shown(page: str, status: int = 200) -> bytes:
    return answer(status, page.encode(), content_type="text/html", x_auth0_requestid="1")


def leading(location: str, status: int = 302) -> bytes:
    return answer(status, b"", location=location, x_auth0_requestid="1")


RESUMED = leading("/authorize/resume?state=S2")


@dataclass
class Walked:
    """A login that was tried: how it went, and what was posted where, without the exchange for tokens."""

    performed: Performed
    posted: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def failure(self) -> Failure | None:
        return self.performed.failure

    @property
    def reason(self) -> str:
        return self.performed.failure.reason if self.performed.failure else ""


Walking = Callable[..., Walked]


class Pages:
    """A tenant that answers ``METHOD path`` as it is told to, one after the other where there are several."""

    def __init__(self, pages: Mapping[str, list[bytes]], callback: str, after: str) -> None:
        self.pages = {place: list(answers) for place, answers in pages.items()}
        self.callback, self.after, self.state = callback, after, ""

    def serve(self, connection: Connection) -> None:
        method, target, _ = connection.receive().split(" ", 2)
        parts = urlsplit(target)
        if parts.path == "/authorize":
            self.state = dict(parse_qsl(parts.query))["state"]
        here = connection.server.url
        told = {b"@STATE@": self.state, b"@TENANT@": here, b"@UPPER@": here.upper().replace("HTTPS", "https")}
        sent = self.answer_to(f"{method} {parts.path}")
        for name, value in (told | {b"@PLAIN@": here.replace("https", "http")}).items():
            sent = sent.replace(name, value.encode())
        connection.send(sent)

    def answer_to(self, place: str) -> bytes:
        told = self.pages.get(place, [])
        if told:
            return told.pop(0) if len(told) > 1 else told[0]
        if place == "GET /authorize/resume":
            return leading(f"{self.callback}{self.after}code=c-0123456789&state={self.state}")
        if place == "POST /oauth/token":
            tokens = {"access_token": "a" * 30, "token_type": "Bearer", "refresh_token": None, "extra": {"a": 1}}
            return answer(200, json.dumps(tokens).encode())
        return shown("<html>nothing here", 404)


@pytest.fixture
def walk(scrubber: Scrubber, authority: Authority) -> Walking:
    def walked(
        pages: dict[str, bytes | list[bytes]],
        *,
        callback: str = CALLBACK,
        after: str = "?",
        transaction: object = endpoints.login,
        totp_secret: str = "",
    ) -> Walked:
        told = {place: each if isinstance(each, list) else [each] for place, each in pages.items()}
        tenant = Pages(told, callback, after)
        with Server(tenant.serve, tls=authority.serving()) as server:
            engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)
            variables = Variables(domain=server.url, client_id="client", callback=callback)
            secret = SecretStr(totp_secret) if totp_secret else None
            own = Tenant("prod", variables=variables)
            row = Login(own, "universal-login", "db", "user", SecretStr("pass word"), "openid", totp_secret=secret)
            engine.plan(transaction, row)  # type: ignore[arg-type]
            engine.start()
            done = Walked(engine.performed(transaction, row))  # type: ignore[arg-type]
            engine.stop()
            for request in server.requests:
                head, _, body = request.partition("\r\n\r\n")
                place = head.split(" ")[1].partition("?")[0]
                if head.startswith("POST /") and place != "/oauth/token":
                    given = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
                    done.posted.append((place, given))
        return done

    return walked


def on_one_page(page: str, **more: bytes | list[bytes]) -> dict[str, bytes | list[bytes]]:
    """A tenant whose login is this page."""
    return {
        "GET /authorize": leading("/u/login?state=S1"),
        "GET /u/login": shown(page),
        "POST /u/login": RESUMED,
        **more,
    }


def after_login(path: str, page: str, answers: bytes) -> dict[str, bytes | list[bytes]]:
    """A tenant whose login leads to this page beside, which answers so to what it is sent."""
    posted: dict[str, bytes | list[bytes]] = {"POST /u/login": leading(f"{path}?state=S3"), f"POST {path}": answers}
    return on_one_page(HOSTED + MAIN) | posted | {f"GET {path}": shown(HOSTED + page)}


class TestForms:
    @pytest.mark.parametrize("page", [SOCIAL + MAIN, MAIN + SOCIAL], ids=["above", "below"])
    def test_form_of_another_way_to_log_in_is_not_sent(self, walk: Walking, page: str) -> None:
        walked = walk(on_one_page(HOSTED + page))

        assert walked.failure is None, walked.failure
        assert "connection" not in walked.posted[0][1]
        assert walked.posted[0][1]["password"] == "pass word"

    def test_name_is_typed_into_the_main_form(self, walk: Walking) -> None:
        name = '<form><input type="hidden" name="state" value="S1"><input name="username"></form>'
        password = f"<form>{FIELDS}</form>"
        walked = walk(
            {
                "GET /authorize": leading("/u/login/identifier?state=S1"),
                "GET /u/login/identifier": shown(HOSTED + SOCIAL + name),
                "POST /u/login/identifier": leading("/u/login/password?state=S1"),
                "GET /u/login/password": shown(HOSTED + password),
                "POST /u/login/password": RESUMED,
            }
        )

        assert walked.failure is None, walked.failure
        assert "connection" not in walked.posted[0][1]
        assert "password" not in walked.posted[0][1]

    def test_markup_of_any_style_is_read(self, walk: Walking) -> None:
        page = (
            "<META CONTENT='1' NAME='ulp-version'><FORM ACTION='/u/login?state=S1&amp;x=&#x2F;' METHOD=POST>"
            "<INPUT VALUE='a&amp;b&#x2F;c' NAME='state' TYPE='HIDDEN'><INPUT NAME=username>"
            "<INPUT NAME='password' TYPE='PASSWORD'></FORM>"
        )
        walked = walk(on_one_page(page))

        assert walked.failure is None, walked.failure
        assert walked.posted[0][1]["state"] == "a&b/c"

    def test_what_is_filled_in_is_sent_as_a_browser_does(self, walk: Walking) -> None:
        more = (
            "<input type=checkbox name=ulp-terms value=yes checked><input type=checkbox name=ulp-news value=yes>"
            "<select name=ulp-land><option value=de>D<option value=fr selected>F</select>"
            "<select name=ulp-first><option value=one>1<option value=two>2</select><option value=astray>"
            '<input name=ulp-text value="as it was"><input type=radio name=ulp-kind value=1>'
            "<input type=radio name=ulp-kind value=2 checked><input type=hidden name=ulp-off value=1 disabled>"
            "<input type=submit name=ulp-button value=1><input type=hidden name=ulp-twice value=0>"
            "<input type=checkbox name=ulp-twice value=1 checked>"
        )
        walked = walk(on_one_page(HOSTED + MAIN.replace("<button", f"{more}<button")))

        sent = {name: value for name, value in walked.posted[0][1].items() if name.startswith("ulp-")}
        assert sent == {
            "ulp-terms": "yes",
            "ulp-land": "fr",
            "ulp-first": "one",
            "ulp-text": "as it was",
            "ulp-kind": "2",
            "ulp-twice": "1",
        }

    def test_action_is_where_the_base_of_the_page_leads(self, walk: Walking) -> None:
        page = HOSTED + '<base href="/u/login/"><base href="https://evil.example/">'
        pages = on_one_page(page + MAIN.replace("<form", '<form action="go?state=S1"'))
        walked = walk(pages | {"POST /u/login/go": RESUMED})

        assert walked.failure is None, walked.failure
        assert [place for place, _ in walked.posted] == ["/u/login/go"]

    @pytest.mark.parametrize(
        "page",
        [
            '<base href="https://evil.example/">' + MAIN.replace("<form", '<form action="u/login?state=S1"'),
            MAIN.replace("<button", '<button formaction="https://evil.example/x"'),
            '<form action="https://evil.example/"><input name=user><input type=password name=word></form>' + MAIN,
        ],
        ids=["base", "button", "second"],
    )
    def test_page_that_sends_the_password_elsewhere_is_named_and_sent_nothing(self, walk: Walking, page: str) -> None:
        walked = walk(on_one_page(HOSTED + page))

        assert "(foreign-form, evil.example)" in walked.reason
        assert walked.posted == []

    def test_button_that_is_not_pressed_leads_nowhere(self, walk: Walking) -> None:
        forgot = '<button name="action" value="forgot" formaction="https://elsewhere.example/reset">Forgot</button>'
        page = HOSTED + f'<form><input type="hidden" name="state" value="S"><input name="code">{forgot}{BUTTON}</form>'
        walked = walk(after_login("/u/custom-prompt/ap_1", page, RESUMED))

        assert walked.failure is None, walked.failure
        assert walked.posted[1] == ("/u/custom-prompt/ap_1", {"state": "S", "action": "default"})

    @pytest.mark.parametrize(
        "beside",
        [
            '<!-- <p data-error-code="wrong-credentials"><form><input name=password></form> -->',
            '<template><p data-error-code="wrong-credentials"></p><input name="captcha"></template>',
            '<p hidden data-error-code="wrong-credentials"></p>',
            '<noscript><input name="captcha"></noscript>',
            '<p data-error-code="" data-error-code="wrong-credentials"></p>',
            "<![ if IE ]><![foo[<p]]>",
        ],
        ids=["comment", "template", "hidden", "noscript", "twice", "declarations"],
    )
    def test_what_is_not_on_the_page_says_nothing(self, walk: Walking, beside: str) -> None:
        walked = walk(on_one_page(HOSTED + beside + MAIN))

        assert walked.failure is None, walked.failure

    @pytest.mark.parametrize(
        ("page", "failure", "words"),
        [
            ("<h1>Back soon</h1>", WrongAnswer, "(no-form)"),
            (SOCIAL, Refused, "(no-password-field): see AUTH0_CONNECTIONS"),
        ],
        ids=["nothing", "social"],
    )
    def test_page_on_which_nobody_can_type_a_password_is_down(
        self, walk: Walking, page: str, failure: type[Failure], words: str
    ) -> None:
        walked = walk(on_one_page(HOSTED + page))

        assert type(walked.failure) is failure
        assert words in walked.reason
        assert walked.posted == []

    @pytest.mark.parametrize(
        "script",
        [
            'window.universal_login_context = {"screen": {"name": "login"}};',
            "window.universal_login_context = Object.freeze({screen: 1})",
        ],
    )
    def test_page_whose_scripts_make_the_form_is_sent_what_they_would_send(self, walk: Walking, script: str) -> None:
        walked = walk(on_one_page(f"{HOSTED}<script>{script}</script>"))

        assert walked.failure is None, walked.failure
        assert walked.posted[0][1]["state"] == "S1"

    @pytest.mark.parametrize(
        "script",
        [
            'window["universal_login_context"] = {"screen": {"name": "consent"}};',
            'window.universal_login_context = JSON.parse("{\\"screen\\": {\\"name\\": \\"consent\\"}}");',
        ],
    )
    def test_name_of_the_page_is_read_however_the_script_has_it(self, walk: Walking, script: str) -> None:
        assert "(consent)" in walk(on_one_page(f"{HOSTED}<script>{script}</script>{MAIN}")).reason


class TestAnswers:
    @pytest.mark.parametrize("status", [301, 303, 307, 308])
    def test_redirect_of_any_kind_is_followed(self, walk: Walking, status: int) -> None:
        pages = on_one_page(HOSTED + MAIN) | {"GET /authorize": leading("u/login?state=S1#top", status)}

        assert walk(pages).failure is None

    def test_login_that_never_ends_is_given_up(self, walk: Walking) -> None:
        pages: dict[str, bytes | list[bytes]] = {
            "GET /authorize": leading("/a"),
            "GET /a": leading("/b"),
            "GET /b": leading("/a"),
        }
        walked = walk(pages)

        assert isinstance(walked.failure, WrongAnswer)
        assert "(walk-too-long)" in walked.reason
        assert walked.performed.exchange is not None
        assert 10 < len(walked.performed.exchange.attempts) < 50

    @pytest.mark.parametrize("redirects", [5, 12])
    def test_login_by_many_redirects_is_followed_to_its_end(self, walk: Walking, redirects: int) -> None:
        steps = [f"/step/{number}" for number in range(redirects)] + ["/u/login?state=S1"]
        pages = {f"GET {step}": leading(next_) for step, next_ in pairwise(steps)}

        assert walk(on_one_page(HOSTED + MAIN, **pages, **{"GET /authorize": leading(steps[0])})).failure is None

    @pytest.mark.parametrize(
        ("led_back", "words"),
        [
            (
                "code=c-0123456789&state=@STATE@&iss=https://evil.example/",
                "leads back in the name of https://evil.example/",
            ),
            ("state=@STATE@", "leads back without a code"),
            ("code=&state=@STATE@", "leads back without a code"),
            ("code=c&state=another", "with another state"),
        ],
    )
    def test_way_back_that_is_not_the_answer_to_this_login_is_a_wrong_answer(
        self, walk: Walking, led_back: str, words: str
    ) -> None:
        walked = walk(on_one_page(HOSTED + MAIN, **{"GET /authorize/resume": leading(f"{CALLBACK}?{led_back}")}))

        assert isinstance(walked.failure, WrongAnswer)
        assert words in walked.reason

    def test_way_back_in_the_tenants_name_is_the_answer(self, walk: Walking) -> None:
        back = leading(f"{CALLBACK}?code=c-0123456789&state=@STATE@&iss=@TENANT@/")

        assert walk(on_one_page(HOSTED + MAIN, **{"GET /authorize/resume": back})).failure is None

    def test_error_that_leads_back_is_told_by_its_word(self, walk: Walking) -> None:
        back = leading(f"{CALLBACK}?error=access_denied&error_description=Closed&state=@STATE@")
        walked = walk(on_one_page(HOSTED + MAIN, **{"GET /authorize/resume": back}))

        assert isinstance(walked.failure, Refused)
        assert 'access_denied ("Closed")' in walked.reason

    @pytest.mark.parametrize(
        ("status", "error", "words"),
        [
            (403, "invalid_grant", "(code-refused)"),
            (401, "invalid_client", "401 invalid_client"),
            (500, "server_error", "500 server_error"),
        ],
    )
    def test_code_that_is_not_taken_is_told_apart_from_other_refusals(
        self, walk: Walking, status: int, error: str, words: str
    ) -> None:
        refused = answer(status, json.dumps({"error": error}).encode(), x_auth0_requestid="1")
        walked = walk(on_one_page(HOSTED + MAIN, **{"POST /oauth/token": refused}))

        assert words in walked.reason

    @pytest.mark.parametrize(
        ("status", "word"),
        [(403, "(callback-refused)"), (400, "(client-unknown)"), (404, "(client-unknown)"), (401, "(client-unknown)")],
    )
    def test_error_page_of_authorize_says_what_is_not_set_up(self, walk: Walking, status: int, word: str) -> None:
        walked = walk(on_one_page("", **{"GET /authorize": shown("<html><h1>Oops!", status)}))

        assert word in walked.reason

    @pytest.mark.parametrize(
        "page",
        [
            answer(403, b"<html><h1>Blocked", content_type="text/html"),
            answer(400, b'{"error": "invalid_request"}', x_auth0_requestid="1"),
            answer(500, b"<html><h1>Oops!", content_type="text/html", x_auth0_requestid="1"),
        ],
        ids=["no-tenant", "error", "broken"],
    )
    def test_other_answers_of_authorize_say_nothing_of_what_is_set_up(self, walk: Walking, page: bytes) -> None:
        walked = walk(on_one_page("", **{"GET /authorize": page}))

        assert walked.failure is not None
        assert "(callback-refused)" not in walked.reason
        assert "(client-unknown)" not in walked.reason

    @pytest.mark.parametrize(
        ("action", "sent"),
        [
            ("@UPPER@/u/login", True),
            ("@TENANT@", True),
            ("@PLAIN@/u/login", False),
            ("https://127.0.0.1:1/u/login", False),
            ("https://127.0.0.2/u/login", False),
        ],
    )
    def test_form_is_sent_to_the_tenants_scheme_host_and_port_alone(
        self, walk: Walking, action: str, *, sent: bool
    ) -> None:
        page = HOSTED + MAIN.replace("<form", f'<form action="{action}"')
        walked = walk(on_one_page(page, **{"POST /": RESUMED}))

        assert bool(walked.posted) is sent
        assert ("(foreign-form, " in walked.reason) is not sent

    def test_page_that_leads_to_itself_after_a_post_says_why_it_refuses(self, walk: Walking) -> None:
        refused = shown(f'{HOSTED}<p data-error-code="wrong-credentials">No</p>{MAIN}')
        pages = on_one_page(HOSTED + MAIN) | {
            "GET /u/login": [shown(HOSTED + MAIN), refused],
            "POST /u/login": leading("/u/login?state=S1"),
        }
        walked = walk(pages)

        assert isinstance(walked.failure, Refused)
        assert "(wrong-credentials)" in walked.reason
        assert len(walked.posted) == 1

    def test_form_that_leads_to_itself_needs_a_person(self, walk: Walking) -> None:
        path = "/u/custom-prompt/ap_1"
        walked = walk(after_login(path, "<form><input name=state value=S></form>", leading(f"{path}?state=S3")))

        assert "(custom-prompt)" in walked.reason

    @pytest.mark.parametrize("after", ["?", "/?"])
    def test_callback_without_a_path_is_the_same_with_a_slash(self, walk: Walking, after: str) -> None:
        walked = walk(on_one_page(HOSTED + MAIN), callback="https://monitor.invalid", after=after)

        assert walked.failure is None, walked.failure

    def test_rules_for_a_new_password_are_no_error_that_nobody_knows(self, walk: Walking) -> None:
        page = '<li data-error-code="password-policy-length-at-least">8</li><form><input name=state></form>'
        walked = walk(after_login("/u/reset-password", page, RESUMED))

        assert isinstance(walked.failure, Refused)
        assert "(reset-password)" in walked.reason

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("/u/signup/identifier", "asks the synthetic user to sign up, with an address first (signup-id)"),
            ("/u/redeem-ticket", "asks the synthetic user to redeem a ticket (redeem-ticket)"),
            ("/u/status", "shows a status (status)"),
        ],
    )
    def test_page_that_no_login_leads_to_is_told_in_a_whole_sentence(
        self, walk: Walking, path: str, words: str
    ) -> None:
        assert words in walk(after_login(path, "<form>", RESUMED)).reason

    def test_page_without_a_name_is_told_without_its_title(self, walk: Walking) -> None:
        page = "<html><title>Welcome back, Jane Doe</title>"
        walked = walk(on_one_page("") | {"GET /authorize": leading("/status"), "GET /status": shown(page)})

        assert "(unknown-page, without a name)" in walked.reason
        assert "Jane" not in walked.reason

    @pytest.mark.parametrize(("path", "name"), [("/decision", "consent"), ("/mf", "mfa-login-options")])
    def test_pages_beside_classic_login_are_named(self, walk: Walking, path: str, name: str) -> None:
        page = "<html><form method=post><input type=hidden name=state value=x><button name=accept>"
        walked = walk(on_one_page("") | {"GET /authorize": leading(f"{path}?state=S"), f"GET {path}": shown(page)})

        assert isinstance(walked.failure, Prompted)
        assert f"({name})" in walked.reason

    @pytest.mark.parametrize("status", [404, 429, 503])
    def test_title_of_the_tenants_own_page_is_not_kept(self, walk: Walking, status: int) -> None:
        page = shown("<html><title>Welcome back, Jane Doe</title>", status)
        walked = walk(on_one_page("") | {"GET /u/login": page})

        assert f"status {status} and an HTML page" in walked.reason
        assert "Jane" not in walked.reason

    @pytest.mark.parametrize(
        "pages",
        [
            on_one_page(HOSTED + MAIN) | {"GET /authorize": leading(f"/u/login?state=S1#id_token={CANARY}")},
            on_one_page(HOSTED + MAIN.replace("<form", f'<form action="/u/login?state={CANARY}"')),
            {"GET /authorize": leading(f"https://form.acme.example/step#/start?session_token={CANARY}")},
        ],
        ids=["fragment", "action", "elsewhere"],
    )
    def test_what_an_address_has_for_one_login_is_a_secret(
        self, walk: Walking, scrubber: Scrubber, pages: dict[str, bytes | list[bytes]]
    ) -> None:
        exchange = walk(pages).performed.exchange
        assert exchange is not None
        told = json.dumps([each.in_full() for each in exchange.attempts])

        assert CANARY in told
        assert CANARY not in scrubber.scrub(told)

    @pytest.mark.parametrize(
        "pages",
        [
            on_one_page(HOSTED + MAIN.replace("<button", f"<input type=hidden name=x value={CANARY}><button")),
            {
                **on_one_page(HOSTED + MAIN),
                "GET /authorize": answer(
                    302, b"", location="/u/login?state=S1", set_cookie=f"did={CANARY}; Path=/; Secure; HttpOnly"
                ),
            },
            on_one_page(HOSTED + MAIN, **{"GET /authorize/resume": leading(f"{CALLBACK}?code={CANARY}&state=@STATE@")}),
            on_one_page(HOSTED + MAIN, **{"POST /u/login": leading(f"/authorize/resume?state={CANARY}")}),
            {"GET /authorize": leading(f"https://form.acme.example/step?session={CANARY}")},
        ],
        ids=["hidden", "cookie", "code", "redirect", "elsewhere"],
    )
    def test_what_is_for_one_login_alone_is_never_written(
        self, walk: Walking, scrubber: Scrubber, pages: dict[str, bytes | list[bytes]]
    ) -> None:
        walk(pages)

        assert CANARY not in scrubber.scrub(f"x {CANARY} y")

    def test_what_everybody_knows_of_a_tenant_stays_readable(self, walk: Walking, scrubber: Scrubber) -> None:
        known = {
            name: f"what-is-known-as-{name}-of-acme"
            for name in (
                "acr_values", "audience", "client", "client_id", "connection", "error", "error_description",
                "error_uri", "iss", "organization", "post_logout_redirect_uri", "prompt", "protocol", "redirect_uri",
                "response_mode", "response_type", "returnTo", "scope", "screen_hint", "ui_locales", "display",
                "max_age", "code_challenge_method",
            )
        }  # fmt: skip
        walk(on_one_page(HOSTED + MAIN, **{"GET /authorize": leading(f"/u/login?state=S1&{urlencode(known)}")}))

        assert [name for name, value in known.items() if scrubber.scrub(value) != value] == []

    def test_address_of_the_tenant_in_its_own_pages_is_no_secret(self, walk: Walking, scrubber: Scrubber) -> None:
        walked = walk(on_one_page(HOSTED + MAIN, **{"GET /authorize": leading("/u/login?state=S1&from=@TENANT@/")}))
        assert walked.performed.exchange is not None
        address = walked.performed.exchange.attempts[0].url.partition("/authorize")[0]

        assert scrubber.scrub(address) == address

    @pytest.mark.parametrize(("length", "kept"), [(15, True), (16, False)])
    def test_short_values_are_no_secrets(self, walk: Walking, scrubber: Scrubber, length: int, *, kept: bool) -> None:
        value = "q7" * 8
        walk(on_one_page(HOSTED + MAIN, **{"GET /authorize": leading(f"/u/login?state=S1&x={value[:length]}")}))

        assert (scrubber.scrub(value[:length]) == value[:length]) is kept


class TestSecondFactor:
    def test_code_of_a_short_secret_is_typed_into_its_own_form(self, walk: Walking) -> None:
        walked = walk(after_login("/u/mfa-otp-challenge", CODE, RESUMED), totp_secret=SIXTEEN_LETTERS)

        assert walked.failure is None, walked.failure
        assert len(walked.posted[1][1]["code"]) == 6

    def test_page_that_asks_again_without_a_word_has_refused_the_code(self, walk: Walking) -> None:
        again = shown(HOSTED + CODE, 400)
        walked = walk(after_login("/u/mfa-otp-challenge", CODE, again), totp_secret=SIXTEEN_LETTERS)

        assert "says a wrong code (invalid-code)" in walked.reason
        assert len(walked.posted) == 2

    def test_not_now_is_said_in_the_form_that_has_the_button(self, walk: Walking) -> None:
        page = (
            "<form><input type=hidden name=state value=S><button name=action value=create>Create</button></form>"
            "<form><input type=hidden name=state value=S><input type=hidden name=mark value=2>"
            "<button name=action value=abort-passkey-enrollment>Not now</button></form>"
        )
        walked = walk(after_login("/u/passkey-enrollment", page, RESUMED))

        assert walked.performed.brought.detours == ("passkey-enrollment",)
        assert walked.posted[1][1]["mark"] == "2"


def in_base64(settings: object) -> str:
    return base64.b64encode(json.dumps(settings).encode()).decode()


OF_A_SCRIPT = f"<script>track(JSON.parse(atob('{in_base64({'measures': 'what is clicked'})}')))</script>"
INNER = {"state": "S" * 20, "_csrf": "C" * 20, "nonce": "n", "audience": "https://api.example", "code_challenge": "c"}
SETTINGS = in_base64({"auth0Tenant": "acme", "callbackURL": CALLBACK, "internalOptions": INNER | {"leeway": 3}})


class TestClassic:
    """Classic Login, which is known by the settings that its page has for its scripts."""

    PAGES: Mapping[str, bytes | list[bytes]] = {
        "GET /authorize": leading("/login?state=S1&client=client&protocol=oauth2"),
        "GET /login": shown(f"<html>{OF_A_SCRIPT}<script>x = window.atob('{SETTINGS}')</script>"),
        "POST /usernamepassword/login": shown(
            "<form method='post' action='/login/callback'><input type='hidden' name='wa' value='wsignin1.0'>"
            "<input type='hidden' name='wresult' value='eyJ&quot;'><input type='hidden' name='wctx' value='{&#34;'>"
        ),
        "POST /login/callback": RESUMED,
    }

    def test_page_of_universal_login_is_none_whatever_its_scripts_have_in_base64(self, walk: Walking) -> None:
        walked = walk(on_one_page(HOSTED + OF_A_SCRIPT + MAIN))

        assert walked.failure is None, walked.failure
        assert [place for place, _ in walked.posted] == ["/u/login"]

    def test_all_that_its_page_has_for_the_login_is_sent_on(self, walk: Walking) -> None:
        walked = walk(dict(self.PAGES))

        assert walked.failure is None, walked.failure
        assert INNER.items() <= walked.posted[0][1].items()
        assert walked.posted[1] == ("/login/callback", {"wa": "wsignin1.0", "wresult": 'eyJ"', "wctx": '{"'})

    def test_stranger_is_refused(self, walk: Walking) -> None:
        said = {"name": "ValidationError", "code": "invalid_user_password", "description": "Wrong email or password."}
        refused = answer(401, json.dumps(said).encode(), x_auth0_requestid="1")
        pages = dict(self.PAGES) | {"POST /usernamepassword/login": refused}
        refusal = walk(pages, transaction=endpoints.stranger_login).performed.brought

        assert (refusal.status, refusal.error) == (401, "invalid_user_password")


class TestLogout:
    @staticmethod
    def leading_out(
        *steps: str, silent: str = "error=login_required", callback: str = CALLBACK
    ) -> dict[str, bytes | list[bytes]]:
        """A tenant whose logout leads to these addresses, one after the other."""
        first, *more = steps
        again = leading(f"{callback.partition('?')[0]}?{silent}")
        pages: dict[str, bytes | list[bytes]] = {
            "GET /authorize": [leading("/u/login?state=S1"), again],
            "GET /oidc/logout": leading(first),
        }
        pages |= {f"GET {step.partition('?')[0]}": leading(next_) for step, next_ in pairwise((first, *more))}
        return on_one_page(HOSTED + MAIN) | pages

    @pytest.mark.parametrize(
        ("callback", "steps", "back"),
        [
            (CALLBACK, (f"{CALLBACK}?state=x",), True),
            (CALLBACK, ("https://Monitor.Invalid/callback#",), True),
            ("https://monitor.invalid", ("https://monitor.invalid/",), True),
            ("https://monitor.invalid/callback?app=1", ("https://monitor.invalid/callback?app=1",), True),
            (CALLBACK, ("/v2/logout?x=1", CALLBACK), True),
            (CALLBACK, (f"{CALLBACK}/other",), False),
            (CALLBACK, ("https://elsewhere.example/callback",), False),
        ],
    )
    def test_it_leads_back_however_the_address_is_written(
        self, walk: Walking, callback: str, steps: tuple[str, ...], *, back: bool
    ) -> None:
        after = "&" if "?" in callback else "?"
        pages = self.leading_out(*steps, callback=callback)
        walked = walk(pages, callback=callback, after=after, transaction=endpoints.logged_out)

        assert walked.failure is None, walked.failure
        assert walked.performed.brought.leads_back is back
        assert walked.performed.brought.error == "login_required"

    def test_way_back_without_error_and_code_is_no_session(self, walk: Walking) -> None:
        walked = walk(self.leading_out(CALLBACK, silent="state=x"), transaction=endpoints.logged_out)

        assert walked.performed.brought.error == "without a code"

    @pytest.mark.parametrize("silent", ["error=login_required", "code=c-0123456789"])
    def test_way_back_says_whether_the_session_is_still_there(self, walk: Walking, silent: str) -> None:
        walked = walk(self.leading_out(CALLBACK, silent=silent), transaction=endpoints.logged_out)

        assert walked.performed.brought.error == ("" if silent.startswith("code") else "login_required")

    @pytest.mark.parametrize(
        ("status", "kind"), [(429, Throttled), (500, WrongAnswer), (503, WrongAnswer), (400, None), (200, None)]
    )
    def test_logout_that_breaks_or_is_throttled_is_so_and_any_other_answer_is_judged(
        self, walk: Walking, status: int, kind: type[Failure] | None
    ) -> None:
        pages = self.leading_out(CALLBACK) | {"GET /oidc/logout": shown("<html>", status)}
        walked = walk(pages, transaction=endpoints.logged_out)

        assert (type(walked.failure) if walked.failure else None) is kind, walked.reason
        if not walked.failure:
            brought = walked.performed.brought
            assert (brought.status, brought.leads_back, brought.location) == (status, False, "")

    def test_logout_that_leads_on_and_on_is_given_up(self, walk: Walking) -> None:
        steps = [f"/out/{number}" for number in range(4)]
        walked = walk(self.leading_out(*steps, CALLBACK), transaction=endpoints.logged_out)

        assert walked.failure is None, walked.reason
        assert not walked.performed.brought.leads_back
        assert walk(
            self.leading_out(*steps[:3], CALLBACK), transaction=endpoints.logged_out
        ).performed.brought.leads_back

    def test_login_that_asks_nobody_and_shows_a_page_is_a_wrong_answer(self, walk: Walking) -> None:
        pages = self.leading_out(CALLBACK) | {
            "GET /authorize": [leading("/u/login?state=S1"), leading("/u/login?state=S1")]
        }
        walked = walk(pages, transaction=endpoints.logged_out)

        assert isinstance(walked.failure, WrongAnswer)
