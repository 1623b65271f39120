"""The pages of a login, by hand: what each of them takes, what it refuses, and what a session is worth."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyotp
import pytest
import requests

import sandbox
from tests.sandbox.asking import Client, Starting, error

VERIFIER = "a-verifier-that-is-long-enough-for-anybody-0123456789"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
STILL = 1_800_000_001.0
"""A moment at the beginning of a code's step."""

DEFAULT = {"action": "default"}


class Browser:
    """Goes from page to page, with cookies of its own, and follows nothing by itself."""

    def __init__(self, client: Client, session: requests.Session) -> None:
        self.client, self.session = client, session
        session.trust_env, session.verify = False, client.authority
        self.callback = client.settings["AUTH0_CALLBACK"]

    def ask(self, method: str, where: str, **more: Any) -> requests.Response:
        url = urljoin(f"https://{self.client.box.domain}/", where)
        return self.session.request(method, url, allow_redirects=False, timeout=10, **more)

    def authorize(self, **more: str | None) -> requests.Response:
        asked = {
            "response_type": "code",
            "client_id": self.client.settings["AUTH0_CLIENT_ID"],
            "redirect_uri": self.callback,
            "scope": "openid profile email",
            "state": "of-ours",
        }
        return self.ask("GET", "/authorize", params=asked | more)

    def begun(self, **more: str | None) -> str:
        """The address of the first page."""
        return self.authorize(**more).headers["location"]

    def post(self, where: str, **fields: str) -> requests.Response:
        """The form of the page that is there."""
        return self.ask("POST", where, data={"state": state_of(where), **DEFAULT, **fields})

    def named(self, username: str | None = "", **more: str | None) -> str:
        """The address of the page for the password."""
        return self.post(self.begun(**more), username=username or self.client.user["username"]).headers["location"]

    def passed(self, **more: str | None) -> str:
        """Where the right password leads."""
        return self.post(self.named(**more), password=self.client.user["password"]).headers["location"]

    def led_back(self, **more: str | None) -> dict[str, str]:
        """What the application is given."""
        return given(self.ask("GET", self.passed(**more)))

    def token(self, code: str, **fields: str | None) -> requests.Response:
        """What the code is exchanged for."""
        form: dict[str, str | None] = {"code": code, "redirect_uri": self.callback}
        empty = dict.fromkeys(("username", "password", "scope"))
        return self.client.token(grant_type="authorization_code", **(form | empty | fields))


def state_of(where: str) -> str:
    return dict(parse_qsl(urlsplit(where).query))["state"]


def given(response: requests.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def key_on(response: requests.Response) -> str:
    """The key of the error on this page."""
    found = re.search(r'data-error-code="([^"]*)"', response.text)
    return found[1] if found else ""


@pytest.fixture
def browser(well: Client) -> Iterator[Browser]:
    with requests.Session() as session:
        yield Browser(well, session)


@pytest.fixture
def browsing(started: Starting) -> Iterator[Any]:
    """Starts a sandbox, and a browser that asks it."""
    with ExitStack() as stack:
        yield lambda *faults, **options: Browser(started(*faults, **options), stack.enter_context(requests.Session()))


# The way in, page by page.


def test_a_login_asks_for_the_name_then_for_the_password_and_leads_back_with_a_code(browser: Browser) -> None:
    first = browser.authorize()
    name = browser.ask("GET", first.headers["location"])
    password = browser.named()
    back = browser.led_back()

    assert (first.status_code, urlsplit(first.headers["location"]).path) == (302, "/u/login/identifier")
    assert name.status_code == 200
    assert re.findall(r'<input [^>]*?name="(\w+)"', name.text) == ["state", "username"]
    assert f'name="state" value="{state_of(first.headers["location"])}"' in name.text
    assert "ulp-captcha-container" not in name.text
    assert key_on(name) == ""
    assert urlsplit(password).path == "/u/login/password"
    assert 'name="password" id="password" type="password"' in browser.ask("GET", password).text
    assert back.keys() == {"code", "state", "iss"}
    assert (back["state"], back["iss"]) == ("of-ours", f"https://{browser.client.box.domain}/")
    assert browser.token(back["code"]).json()["token_type"] == "Bearer"


def test_a_page_says_to_scripts_which_it_is_and_what_is_wrong(browser: Browser) -> None:
    page = browser.post(browser.named(), password="wrong")
    context = json.loads(re.findall(r"universal_login_context=(.*?);</script>", page.text)[0])

    assert page.status_code == 400
    assert key_on(page) == "wrong-email-credentials"
    assert context["screen"]["name"] == context["prompt"]["name"] == "login-password"
    assert [each["code"] for each in context["transaction"]["errors"]] == ["wrong-email-credentials"]
    assert context["client"] == {"id": browser.client.settings["AUTH0_CLIENT_ID"]}


def test_the_state_that_was_not_sent_does_not_come_back(browser: Browser) -> None:
    assert given(browser.authorize(state=None, response_type="token")).keys() == {
        "error",
        "error_description",
        "iss",
    }


def test_a_name_must_be_given(browser: Browser) -> None:
    page = browser.post(browser.begun(), username="")

    assert (page.status_code, key_on(page)) == (400, "no-username")


def test_a_wrong_password_may_be_put_right_on_the_same_page(browser: Browser) -> None:
    where = browser.named()

    assert browser.post(where, password="wrong").status_code == 400
    assert browser.post(where, password=browser.client.user["password"]).status_code == 302


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"client_id": "nobody"}, 400), ({"redirect_uri": "https://thief.example/"}, 403)],
    ids=["unknown application", "unknown callback"],
)
def test_who_asks_wrongly_is_not_led_anywhere(browser: Browser, asked: dict[str, str], status: int) -> None:
    response = browser.authorize(**asked)

    assert response.status_code == status
    assert "location" not in response.headers
    assert "Oops!, something went wrong" in response.text


@pytest.mark.parametrize(
    ("asked", "error_"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "x"}, "invalid_request"),
        ({"connection": "nowhere"}, "invalid_request"),
        ({"audience": "https://x.example"}, "access_denied"),
        ({"organization": "org_nobody"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
    ids=str,
)
def test_the_application_is_told_no_before_anybody_logs_in(
    browser: Browser, asked: dict[str, str], error_: str
) -> None:
    response = browser.authorize(**asked)

    assert response.headers["location"].startswith(f"{browser.callback}?")
    assert (given(response)["error"], given(response)["state"]) == (error_, "of-ours")


@pytest.mark.parametrize(
    "asked",
    [
        {"code_challenge": CHALLENGE, "code_challenge_method": "S256"},
        {"connection": "custom-users"},
        {"audience": "https://api.sandbox.example"},
        {"organization": "acme"},
        {"organization": "org_sandbox0123456789"},
    ],
    ids=str,
)
def test_what_the_tenant_knows_is_let_through(browser: Browser, asked: dict[str, str]) -> None:
    assert urlsplit(browser.begun(**asked)).path == "/u/login/identifier"


def test_a_page_is_for_the_browser_and_the_state_that_it_was_made_for(browser: Browser) -> None:
    where = browser.begun()
    ahead = where.replace("identifier", "password")
    bare = browser.client.get(where)

    assert bare.status_code == 400, "without the cookie"
    assert browser.ask("GET", ahead).status_code == 400, "out of turn"
    assert browser.ask("GET", where.replace("state=", "state=x")).status_code == 400, "of no login"
    assert browser.post(where, state="another", username="a").status_code == 400, "the form of another page"
    assert browser.post(where, action="", username="a").status_code == 400, "without a button"
    assert browser.ask("GET", where).status_code == 200


def test_cookies_are_for_this_site_alone_and_not_for_scripts(browser: Browser) -> None:
    browser.led_back()
    cookies = {each.name: each for each in browser.session.cookies}

    assert cookies.keys() == {"did", "did_compat", "auth0"}
    assert all(each.secure and each.has_nonstandard_attr("HttpOnly") for each in cookies.values())


def test_a_login_ends_once(browser: Browser) -> None:
    where = browser.passed()

    assert "code" in given(browser.ask("GET", where))
    assert browser.ask("GET", where).status_code == 400
    assert browser.ask("GET", "/authorize/resume?state=nobodys").status_code == 400


def test_a_login_without_a_password_does_not_go_on(browser: Browser) -> None:
    state = state_of(browser.named())

    assert browser.ask("GET", f"/authorize/resume?state={state}").status_code == 400


def test_a_user_is_found_in_every_connection_or_in_the_one_that_was_asked_for(browser: Browser) -> None:
    custom = browser.client.custom_user

    for more, status in (
        ({}, 302),
        ({"connection": "custom-users"}, 302),
        ({"connection": "Username-Password-Authentication"}, 400),
    ):
        assert (
            browser.post(browser.named(custom["username"], **more), password=custom["password"]).status_code == status
        )


# What comes of it.


def test_an_id_token_tells_of_the_login_that_it_is_of(browser: Browser) -> None:
    plain, asked = browser.led_back(), browser.led_back(nonce="n-1", organization="acme", prompt="login")
    claims, told = (browser.client.verified(browser.token(each["code"]).json()["id_token"]) for each in (plain, asked))

    assert {"nonce", "org_id", "org_name"}.isdisjoint(claims)
    assert (told["nonce"], told["org_id"], told["org_name"]) == ("n-1", "org_sandbox0123456789", "acme")


def test_an_organization_may_be_asked_for_by_its_id(browser: Browser) -> None:
    code = browser.led_back(organization="org_sandbox0123456789")["code"]

    assert browser.client.verified(browser.token(code).json()["id_token"])["org_name"] == "acme"


def test_a_code_is_worth_what_was_asked_for_when_the_login_began(browser: Browser) -> None:
    code = browser.led_back(scope="openid offline_access", audience=browser.client.settings["AUTH0_AUDIENCE"])["code"]
    tokens = browser.token(code).json()

    assert {"access_token", "id_token", "refresh_token"} <= tokens.keys()
    assert "email" not in browser.client.verified(tokens["id_token"])
    assert tokens["access_token"].count(".") == 2


@pytest.mark.parametrize(
    ("asked", "sent", "taken"),
    [
        ({}, {}, True),
        ({}, {"client_secret": None}, False),
        ({}, {"client_secret": "wrong"}, False),
        ({}, {"redirect_uri": "https://thief.example/"}, False),
        ({"code_challenge": CHALLENGE}, {"code_verifier": VERIFIER}, True),
        ({"code_challenge": CHALLENGE}, {"code_verifier": VERIFIER, "client_secret": None}, True),
        ({"code_challenge": CHALLENGE}, {"code_verifier": VERIFIER, "client_secret": "wrong"}, False),
        ({"code_challenge": CHALLENGE}, {"code_verifier": "another"}, False),
        ({"code_challenge": CHALLENGE}, {}, False),
    ],
    ids=str,
)
def test_a_code_is_for_the_application_that_has_its_verifier_or_its_secret(
    browser: Browser, asked: dict[str, str], sent: dict[str, str | None], taken: object
) -> None:
    method = {"code_challenge_method": "S256"} if asked else {}
    answer = browser.token(browser.led_back(**asked, **method)["code"], **sent)

    assert (answer.status_code == 200) is taken
    if not taken:
        assert answer.json()["error"] in ("invalid_grant", "access_denied")
        assert answer.status_code in (401, 403)


def test_a_session_spares_the_pages_until_they_are_asked_for(browser: Browser) -> None:
    first = browser.led_back()

    assert "code" in first
    assert urlsplit(browser.begun()).path == "/authorize/resume"
    assert "code" in given(browser.ask("GET", browser.begun(prompt="none")))
    assert urlsplit(browser.begun(prompt="login")).path == "/u/login/identifier"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/logout?returnTo={}", 302),
        ("/oidc/logout?post_logout_redirect_uri={}", 302),
        ("/v2/logout", 200),
        ("/v2/logout?returnTo=https://thief.example/", 400),
    ],
    ids=["by Auth0's name", "by OpenID's", "to nowhere", "to a thief"],
)
def test_a_logout_ends_the_session_and_leads_where_it_may(browser: Browser, path: str, status: int) -> None:
    browser.led_back()
    answer = browser.ask("GET", path.format(browser.callback))
    after = given(browser.ask("GET", browser.begun(prompt="none"))) if status == 400 else None

    assert answer.status_code == status
    assert answer.headers.get("location") == (browser.callback if status == 302 else None)
    if after is None:
        assert given(browser.authorize(prompt="none"))["error"] == "login_required"
        assert "auth0" not in browser.session.cookies
    else:
        assert "code" in after, "the session of whoever was led astray is there still"


def test_another_callback_may_have_a_query_of_its_own(browsing: Any) -> None:
    callback = "https://app.example/back?from=login"
    browser = browsing(callbacks=[callback])
    browser.callback = callback
    where = browser.ask("GET", browser.passed()).headers["location"]

    assert where.startswith(f"{callback}&code=")


# What stands in the way.


LED_ON = {
    "passkey-enrollment": "abort-passkey-enrollment",
    "passkey-enrollment-local": "abort-passkey-enrollment",
    "mfa-webauthn-platform-enrollment": "snooze-enrollment",
    "mfa-detect-browser-capabilities": "default",
    "consent": "accept",
    "customized-consent": "accept",
}
"""What a user presses to go on without enrolling, and to consent."""


@pytest.mark.parametrize("screen", [*LED_ON, "mfa-sms-challenge"])
def test_a_page_in_the_way_goes_on_by_its_own_button_alone(browsing: Any, screen: str) -> None:
    browser = browsing(f"prompt={screen}")
    resumed = browser.ask("GET", browser.passed())
    where = resumed.headers["location"]
    shown = browser.ask("GET", where)
    stays = browser.post(where, action="deny")

    assert (resumed.status_code, urlsplit(where).path, shown.status_code) == (302, f"/u/{screen}", 200)
    assert stays.status_code == 200
    if screen in LED_ON:
        assert f'name="action" value="{LED_ON[screen]}"' in shown.text
        on = browser.post(where, action=LED_ON[screen]).headers["location"]
        assert "code" in given(browser.ask("GET", on))
    else:
        assert browser.post(where).status_code == 200


def test_pages_in_the_way_come_one_after_the_other(browsing: Any) -> None:
    browser = browsing("prompt=consent", "prompt=passkey-enrollment")
    seen = []
    where = browser.passed()
    while not where.startswith(browser.callback):
        where = browser.ask("GET", where).headers.get("location") or where
        if where.startswith("/u/"):
            screen = urlsplit(where).path.removeprefix("/u/")
            seen.append(screen)
            where = browser.post(where, action=LED_ON[screen]).headers["location"]

    assert sorted(seen) == ["consent", "passkey-enrollment"]


def test_a_form_that_is_broken_is_refused_without_a_key(browsing: Any) -> None:
    browser = browsing("form-broken")
    where = browser.ask("GET", browser.passed()).headers["location"]
    answer = browser.post(where, agreed="yes")

    assert urlsplit(where).path.startswith("/u/custom-prompt/")
    assert (answer.status_code, key_on(answer), "af-form" in answer.text) == (400, "", True)


def test_a_captcha_stands_where_the_name_is_asked_for(browsing: Any) -> None:
    browser = browsing("captcha-shown")
    password = browser.ask("GET", browser.named())

    assert 'name="captcha"' in browser.ask("GET", browser.begun()).text
    assert "captcha" not in password.text


def test_a_login_on_one_page_keeps_the_name_when_the_password_is_wrong(browsing: Any) -> None:
    browser = browsing("login-form=one-page")
    where = browser.begun()
    refused = browser.post(where, username="me@x.example", password="wrong")
    well = browser.post(where, **browser.client.user)

    assert urlsplit(where).path == "/u/login"
    assert (refused.status_code, key_on(refused)) == (400, "wrong-email-credentials")
    assert 'name="username" id="username" type="text" value="me@x.example"' in refused.text
    assert urlsplit(well.headers["location"]).path == "/authorize/resume"


def test_an_action_may_send_the_login_elsewhere_or_end_it(browsing: Any) -> None:
    away = browsing("action-redirects")
    denied = browsing("action-denies")

    assert away.ask("GET", away.passed()).headers["location"].startswith("https://survey.example/start?state=")
    assert denied.led_back()["error"] == "access_denied"


def test_a_code_of_an_authenticator_is_asked_for_after_the_password_and_taken_once(browsing: Any) -> None:
    browser = browsing("second-factor=asked")
    codes = pyotp.TOTP(sandbox.TOTP_SECRET)
    browser.client.box.setup.clock_of_codes = STILL - time.time()
    code = codes.at(int(STILL))

    def asked() -> tuple[str, str]:
        detect = browser.ask("GET", browser.passed(prompt="login")).headers["location"]
        return detect, browser.ask("GET", browser.post(detect).headers["location"]).headers["location"]

    (detect, challenge), (_, other) = asked(), asked()
    wrong = browser.post(challenge, code=codes.at(int(STILL) + 300))
    told = [browser.post(each, code=code) for each in (challenge, other)]

    assert [urlsplit(each).path for each in (detect, challenge)] == [
        "/u/mfa-detect-browser-capabilities",
        "/u/mfa-otp-challenge",
    ]
    assert 'name="code"' in browser.ask("GET", challenge).text
    assert (wrong.status_code, key_on(wrong)) == (400, "invalid-code")
    assert [each.status_code for each in told] == [302, 400]
    assert "code" in given(browser.ask("GET", told[0].headers["location"]))


# The real limits of the pages.


def test_ten_wrong_passwords_at_the_pages_block_the_user_there_and_at_the_token_endpoint(browsing: Any) -> None:
    browser = browsing(limits="real")
    name = browser.client.user["username"]
    for _ in range(10):
        assert browser.client.token(username=name.upper(), password="wrong").status_code == 403
    blocked = browser.post(browser.named(), password=browser.client.user["password"])

    assert (blocked.status_code, key_on(blocked)) == (400, "user-blocked")
    assert (
        "location"
        in browser.post(
            browser.named(browser.client.custom_user["username"]), password=browser.client.custom_user["password"]
        ).headers
    )


def test_wrong_passwords_at_the_pages_count_and_a_right_one_begins_again(browsing: Any) -> None:
    browser = browsing(limits="real")
    for _ in range(9):
        browser.client.token(password="wrong")
    where = browser.named()

    assert browser.post(where, password=browser.client.user["password"]).status_code == 302
    assert browser.client.token(password="wrong").status_code == 403
    assert browser.client.token().status_code == 200
    for _ in range(9):
        browser.client.token(password="wrong")
    assert key_on(browser.post(where, password="wrong")) == "wrong-email-credentials"
    assert key_on(browser.post(where, password="wrong")) == "user-blocked"


def test_a_page_takes_ten_posts_in_a_row_and_is_seen_twenty_times(
    browsing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.limits.time", SimpleNamespace(time=time.time, monotonic=lambda: 0.0))
    browser = browsing(limits="real")
    first, other = browser.begun(), browser.begun()
    posts = [browser.post(first, username="").status_code for _ in range(11)]
    sights = [browser.ask("GET", first).status_code for _ in range(21)]

    assert posts == [400] * 10 + [429]
    assert sights == [200] * 20 + [429]
    assert browser.post(other, username="").status_code == 429, "posts are counted by page, not by login"
    assert browser.ask("GET", other).status_code == 200, "sights are counted by login"


# Classic Login.


def classic(browser: Browser, **more: str) -> dict[str, str]:
    """The fields that the page's script sends."""
    page = browser.ask("GET", browser.begun())
    coded = re.findall(r"window\.atob\('([^']+)'\)", page.text)[0]
    settings = json.loads(b64decode(coded))
    return {**settings["internalOptions"], "client_id": settings["clientID"], **browser.client.user, **more}


def test_classic_login_takes_credentials_as_json_and_leads_on_by_a_form(browsing: Any) -> None:
    browser = browsing("login-form=classic")
    first = browser.begun()
    answer = browser.ask("POST", "/usernamepassword/login", json=classic(browser))
    fields = dict(re.findall(r'name="(w\w+)" value="([^"]*)"', answer.text))
    passed = browser.ask("POST", "/login/callback", data=fields)
    again = browser.ask("POST", "/login/callback", data=fields)

    assert urlsplit(first).path == "/login"
    assert (
        given(browser.authorize()).items()
        >= {
            "client": browser.client.settings["AUTH0_CLIENT_ID"],
            "protocol": "oauth2",
        }.items()
    )
    assert browser.ask("GET", first.replace("state=", "state=x")).status_code == 400
    assert answer.status_code == 200
    assert fields.keys() == {"wa", "wresult", "wctx"}
    assert fields["wa"] == "wsignin1.0"
    assert 'action="/login/callback"' in answer.text
    assert "code" in given(browser.ask("GET", passed.headers["location"]))
    assert again.status_code == 400


@pytest.mark.parametrize(
    ("faults", "more", "status", "code"),
    [
        ((), {"password": "wrong"}, 401, "invalid_user_password"),
        ((), {"connection": "custom-users"}, 401, "invalid_user_password"),
        ((), {"_csrf": "another"}, 403, None),
        ((), {"state": "another"}, 403, None),
        (("error-key=user-blocked",), {}, 429, "too_many_attempts"),
        (("error-key=password-breached",), {}, 401, "password_leaked"),
        (("error-key=ip-blocked",), {}, 401, "unauthorized"),
        (("custom-database-down",), {"connection": "custom-users"}, 500, "server_error"),
    ],
    ids=str,
)
def test_classic_login_refuses_in_json(
    browsing: Any, faults: tuple[str, ...], more: dict[str, str], status: int, code: str | None
) -> None:
    browser = browsing("login-form=classic", *faults)
    answer = browser.ask("POST", "/usernamepassword/login", json=classic(browser, **more))

    assert (answer.status_code, answer.json()["statusCode"], answer.json().get("code")) == (status, status, code)


def test_classic_login_finds_a_user_in_the_connection_that_it_names(browsing: Any) -> None:
    browser = browsing("login-form=classic")
    custom = {"connection": "custom-users", **browser.client.custom_user}
    by_default = browser.ask("POST", "/usernamepassword/login", json=classic(browser, **browser.client.custom_user))

    assert by_default.status_code == 401
    assert browser.ask("POST", "/usernamepassword/login", json=classic(browser, **custom)).status_code == 200


# Applications in a browser.


def test_pages_of_an_applications_origin_may_ask_and_no_others(browsing: Any) -> None:
    client = browsing(callbacks=["https://app.example/back"]).client
    preflight = {"Origin": "https://app.example", "Access-Control-Request-Headers": "auth0-client"}
    may = client.ask("OPTIONS", "/oauth/token", headers=preflight)
    asked = client.get("/test", headers={"Origin": "https://app.example"})
    other = client.ask("OPTIONS", "/oauth/token", headers={"Origin": "https://other.example"})

    assert (may.status_code, may.headers["access-control-allow-headers"]) == (204, "auth0-client")
    assert "POST" in may.headers["access-control-allow-methods"]
    for each in (may, asked):
        assert each.headers["access-control-allow-origin"] == "https://app.example"
        assert each.headers["access-control-allow-credentials"] == "true"
    assert asked.json()["clock"]
    assert other.status_code == 405
    assert "access-control-allow-origin" not in other.headers


def test_secrets_that_a_login_leaves_behind_are_remembered(browser: Browser) -> None:
    where = browser.named()
    back = browser.led_back()
    session = browser.session.cookies["auth0"]

    assert {state_of(where), back["code"], session} <= set(browser.client.box.handed_out)
    assert error(browser.token("nobodys"))[:2] == (403, "invalid_grant")
    assert sandbox.TOTP_SECRET not in browser.client.box.handed_out
