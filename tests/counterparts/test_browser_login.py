"""Auth0's own library for browsers logs in at the sandbox's pages: what it takes for Auth0 is like Auth0."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, sync_playwright

import sandbox
from sandbox.box import Sandbox

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LIBRARY = Path(__file__).parent / "browser/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here to log in with"),
    pytest.mark.skipif(
        not LIBRARY.exists(), reason="auth0-spa-js is not installed: npm ci in tests/counterparts/browser"
    ),
]

PAGE = """<!DOCTYPE html><html><head><title>out</title></head><body>
<script src="library.js"></script><script>
(async () => {
  const told = await (await fetch("told.json")).json();
  const client = await auth0.createAuth0Client({
    domain: told.domain, clientId: told.client, authorizationParams: {
      redirect_uri: location.origin + "/", audience: told.audience, scope: "openid profile email"}});
  if (new URLSearchParams(location.search).has("state")) {
    try {
      await client.handleRedirectCallback();
      document.title = "in: " + (await client.getIdTokenClaims()).sub;
    } catch (error) { document.title = "error: " + error.error + ": " + error.message; }
  } else { await client.loginWithRedirect(); }
})();
</script></body></html>"""


class Application(http.server.SimpleHTTPRequestHandler):
    """An application of one page, as somebody builds one with the library."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def application(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Where the application is, and the folder that it is served from."""
    (tmp_path / "index.html").write_text(PAGE)
    shutil.copy(LIBRARY, tmp_path / "library.js")
    handler = functools.partial(Application, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/", tmp_path
        server.shutdown()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_context(ignore_https_errors=True).new_page()
        browser.close()


def open_application(page: Page, box: Sandbox, application: tuple[str, Path]) -> None:
    address, folder = application
    settings = box.environment
    told = {"domain": box.domain, "client": settings["AUTH0_CLIENT_ID"], "audience": settings["AUTH0_AUDIENCE"]}
    (folder / "told.json").write_text(json.dumps(told))
    page.goto(address)


def send(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.click('button[value="default"]')


def title(page: Page) -> str:
    page.wait_for_function("/^(in|error): /.test(document.title)", timeout=60_000)
    return page.title()


@pytest.mark.parametrize(("form", "second_factor"), [("identifier", False), ("one-page", False), ("identifier", True)])
def test_user_types_and_clicks_and_is_let_in(
    page: Page, application: tuple[str, Path], form: str, *, second_factor: bool
) -> None:
    faults = [f"login-form={form}", *(["second-factor=asked"] if second_factor else [])]
    with sandbox.start(faults, callbacks=[application[0]]) as box:
        user = {"username": box.environment["AUTH0_USERNAME"], "password": box.environment["AUTH0_PASSWORD"]}
        open_application(page, box, application)
        for fields in [user] if form == "one-page" else [{name: user[name]} for name in user]:
            send(page, **fields)
        if second_factor:
            send(page)  # what the browser can do, which a page's scripts would send
            send(page, code=pyotp.TOTP(sandbox.TOTP_SECRET).now())

        assert title(page) == "in: auth0|5f7c8ec7c33c6c004bbafe82"


def test_wrong_password_is_told_on_the_page_and_the_right_one_is_taken_after_it(
    page: Page, application: tuple[str, Path]
) -> None:
    with sandbox.start(callbacks=[application[0]]) as box:
        open_application(page, box, application)
        send(page, username=box.environment["AUTH0_USERNAME"])
        send(page, password="another-password")
        assert page.locator('[data-error-code="wrong-email-credentials"]').count() == 1
        send(page, password=box.environment["AUTH0_PASSWORD"])

        assert title(page).startswith("in: ")


def test_login_that_an_action_denies_leads_back_with_its_words(page: Page, application: tuple[str, Path]) -> None:
    with sandbox.start(["action-denies"], callbacks=[application[0]]) as box:
        open_application(page, box, application)
        send(page, username=box.environment["AUTH0_USERNAME"])
        send(page, password=box.environment["AUTH0_PASSWORD"])

        assert title(page) == "error: access_denied: Logins are closed until Monday"
