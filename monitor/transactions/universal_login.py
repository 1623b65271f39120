"""A login as users do it, without a browser: /authorize, the pages of Universal or Classic Login, the code, the tokens.

Redirects are followed by hand, and to the tenant alone; so are forms sent. The application's callback is never fetched.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import SecretStr

from monitor.configuration.targets import Login
from monitor.exchange import Attempt, Exchange, Repeat
from monitor.failures import Failure, NoWayOut, ProxyGone, Refused, Unreachable, WrongAnswer
from monitor.text import printable
from monitor.transactions import classic_login, hosted_pages, screens, second_factor
from monitor.transactions.answers import Grant, Logout, Refusal, granted
from monitor.transactions.engine import Asking
from monitor.transactions.hosted_pages import Form, HostedPage
from monitor.transactions.oauth_errors import WRONG_USER, error_of, judged, led_back

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

STEPS = 24
"""Requests after which a login that has not come to its end is given up."""

LOGOUT_STEPS = 3
"""Redirects of a logout that lead on within the tenant, and are followed."""

FORMS = 3
"""Custom prompts that are answered one after the other."""

_PAGE = {"Accept": "text/html,application/xhtml+xml,application/json;q=0.8,*/*;q=0.5"}
_BROWSER = {
    "js-available": "true",
    "webauthn-available": "true",
    "is-brave": "false",
    "webauthn-platform-available": "true",
}
"""What a page's scripts would have found out of a browser: that it is one as most users have."""

_LOGINS = ("login", "login-id", "login-password")
_Brought = TypeVar("_Brought")

_LEAST = 16
"""Characters of the shortest value of a cookie or a page that is a secret."""

_PUBLIC = frozenset(
    [
        "acr_values",
        "audience",
        "client",
        "client_id",
        "code_challenge_method",
        "connection",
        "display",
        "error",
        "error_description",
        "error_uri",
        "iss",
        "max_age",
        "organization",
        "post_logout_redirect_uri",
        "prompt",
        "protocol",
        "redirect_uri",
        "response_mode",
        "response_type",
        "returnTo",
        "scope",
        "screen_hint",
        "ui_locales",
    ]
)
"""The parameters of an address that are no secret, though they may be as long: what everybody knows of the tenant."""


def log_in(row: Login, asking: Asking) -> Grant:
    """What a login of this row's user brings, and which pages stood in its way that users see too."""
    walk, exchange = _walked(_Walk(row, asking, row.username, row.password, row.totp_secret), _tokens)
    grant = replace(granted(row, exchange, asking, row.flow), detours=tuple(walk.detours), session=walk.jar)
    if grant.id_token is not None and _nonce(grant) not in (None, walk.nonce):
        raise WrongAnswer("the ID token has another nonce than the one that this login was begun with", grant.exchange)
    return grant


def refused(row: Login, asking: Asking, username: str, password: SecretStr) -> Refusal:
    """How this user, who must not be let in, is answered; a failure where that is no answer to the user."""
    walk = _Walk(row, asking, username, password)
    try:
        walk, _ = _walked(walk, _Walk.code)
    except Refused as failure:
        exchange = failure.exchange
        if exchange is None or not _names_the_user(exchange):
            raise
        return Refusal(exchange, exchange.status, exchange.word)
    return Refusal(walk.last, 200, None)


def _names_the_user(exchange: Exchange) -> bool:
    """Whether this refuses the user: by the key on a page, or by the word of Classic Login."""
    return exchange.word in screens.named("wrong-user") or (exchange.status, exchange.word) in WRONG_USER


def _no_cookies() -> CookieJar:
    """The cookies of a browser that has none yet. Their library loads all of HTTP, which only asking needs."""
    from http.cookiejar import CookieJar

    return CookieJar()


def log_out(row: Login, asking: Asking, grant: Grant) -> Logout:
    """End the session of this login; the application's callback is where it leads back to."""
    walk = _Walk(row, asking, "", None, jar=grant.session or _no_cookies())
    asked = {"client_id": row.tenant.variables.client_id or "", "post_logout_redirect_uri": walk.callback}
    if grant.id_token is not None:
        asked["id_token_hint"] = grant.id_token.get_secret_value()
    walk.get(f"/oidc/logout?{urlencode(asked)}")
    for _ in range(LOGOUT_STEPS):
        if not walk.is_led_on:
            break
        walk.get(walk.own(walk.location))
    status, location = walk.last.status, walk.location
    if status == 429 or status >= 500:
        raise judged(walk.last, row.flow)
    error = walk.silently()
    leads_back = _place(location) == _place(walk.callback)
    return Logout(walk.last, status, printable(location.partition("?")[0])[:200], error, leads_back)


def _tokens(walk: _Walk) -> Exchange:
    exchange = walk.exchanged(walk.code())
    if exchange.status >= 500:
        raise judged(exchange, walk.row.flow)
    return exchange


def _walked(walk: _Walk, way: Callable[[_Walk], _Brought]) -> tuple[_Walk, _Brought]:
    """The walk that came to its end, and what it brought: a second one, of its own cookies, where the first broke.

    What is typed into a page is sent once, so that one 503 there would be an outage; users would begin anew.
    """
    try:
        return walk, way(walk)
    except Failure as failure:
        if not walk.is_worth_another(failure):
            raise
    again = walk.anew()
    return again, way(again)


def _nonce(grant: Grant) -> object:
    """The nonce in the ID token; None where the token cannot be read, which is for others to judge."""
    try:
        return grant.claims.get("nonce", "")
    except WrongAnswer:
        return None


@dataclass(eq=False)
class _Walk:
    """One login on its way: what was asked so far, and what only it may know. Everything of it is a secret."""

    row: Login
    asking: Asking
    username: str
    password: SecretStr | None
    totp_secret: SecretStr | None = None
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    jar: CookieJar = field(default_factory=_no_cookies, repr=False)
    attempts: list[Attempt] = field(default_factory=list, repr=False)
    answered: Counter[str] = field(default_factory=Counter)
    detours: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)
    last: Exchange = field(default_factory=lambda: Exchange(()), repr=False)
    url: str = ""
    method: str = ""
    coded: bool = False
    """Whether a code of a second factor was sent."""

    def __post_init__(self) -> None:
        for secret in (self.state, self.nonce, self.verifier):
            self.asking.keep_secret(secret, self.row)

    def is_worth_another(self, failure: Failure) -> bool:
        """Whether this broke as what may go well when it is asked again, was asked once, and leaves time to do so.

        A code of a second factor is taken once: with one that was sent there is no second walk.
        """
        exchange = failure.exchange
        broken = isinstance(failure, (Unreachable, ProxyGone, NoWayOut)) or (
            exchange is not None and exchange.status >= 500
        )
        was_sent = exchange is not None and bool(exchange.attempts) and exchange.replaced is None
        return broken and was_sent and not self.coded and self._left > 0

    def anew(self) -> _Walk:
        """Another walk to the same end, with the evidence of this one, and in what is left of its time."""
        again = _Walk(self.row, self.asking, self.username, self.password, self.totp_secret)
        again.attempts, again.began = self.attempts, self.began
        return again

    @property
    def _left(self) -> float:
        """Seconds that are left of the time that one exchange may take, for all of them together."""
        return self.row.tenant.variables.timeout - (time.perf_counter() - self.began)

    def code(self) -> str:
        """The code by which the tokens are to be had, at the end of all pages."""
        self.get(f"/authorize?{urlencode(self._authorization())}")
        for _ in range(STEPS):
            if not 300 <= self.last.status < 400:
                self._answer()
                continue
            location = hosted_pages.resolved(self.url, self.last.headers.get("location", ""))
            if _place(location) == _place(self.callback):
                return self._led_back(location)
            if location == self.url and self.method == "GET":
                raise WrongAnswer(f"a redirect (status {self.last.status}) that leads to itself", self.last)
            self.get(self.own(location))
        raise self._stopped(screens.WALK_TOO_LONG)

    def silently(self) -> str:
        """With which error a login leads back that may ask nobody; empty where it brings a code."""
        self.get(f"/authorize?{urlencode(self._authorization() | {'prompt': 'none'})}")
        for _ in range(3):
            location = hosted_pages.resolved(self.url, self.last.headers.get("location", ""))
            given = dict(parse_qsl(urlsplit(location).query))
            if _place(location) == _place(self.callback):
                return given.get("error", "")[:60] or ("" if given.get("code") else "without a code")
            if not 300 <= self.last.status < 400:
                break
            self.get(self.own(location))
        raise judged(self.last, self.row.flow)

    def exchanged(self, code: str) -> Exchange:
        """The answer to the code, with all that came before it; a failure where the code is not taken."""
        variables = self.row.tenant.variables
        form: dict[str, Any] = {"grant_type": "authorization_code", "client_id": variables.client_id, "code": code}
        form |= {"code_verifier": self.verifier, "redirect_uri": self.callback}
        if variables.client_secret:
            form["client_secret"] = variables.client_secret.get_secret_value()
        self._ask("POST", "/oauth/token", form=form, repeat=Repeat.UNSENT)
        if self.last.status != 200 and error_of(self.last) == "invalid_grant":
            raise self._stopped(screens.CODE_REFUSED)
        return self.last

    @property
    def location(self) -> str:
        """Where the last answer leads, whole; empty where it leads nowhere."""
        location = self.last.headers.get("location", "")
        return hosted_pages.resolved(self.url, location) if location and 300 <= self.last.status < 400 else ""

    @property
    def is_led_on(self) -> bool:
        """Whether it leads to another address of the tenant's own."""
        return _place(self.location)[:3] == _place(self.row.tenant.url)[:3] and self.location != self.url

    @property
    def callback(self) -> str:
        return self.row.tenant.variables.callback

    def _authorization(self) -> dict[str, str]:
        tenant = self.row.tenant
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": tenant.variables.client_id or "",
            "redirect_uri": self.callback,
            "scope": self.row.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "audience": tenant.variables.audience or "",
            "connection": self.row.connection if "connections" in tenant.given else "",
            "organization": self.row.organization,
        }
        return {name: value for name, value in asked.items() if value}

    def get(self, path: str) -> None:
        repeat = Repeat.UNSENT if path.startswith("/authorize/resume") else Repeat.BROKEN
        self._ask("GET", path, headers=_PAGE, repeat=repeat)

    def _ask(self, method: str, path: str, **sent: Any) -> None:
        """Ask the tenant, within the time that one exchange may take, for all of them together."""
        sent["timeout"] = max(0.1, round(self._left, 1))
        try:
            answer = self.asking.ask(self.row, method, path, jar=self.jar, **sent)
        except Failure as failure:
            if failure.exchange is not None:
                self._keep_places(failure.exchange)
                self.attempts += failure.exchange.attempts
                failure.exchange = replace(failure.exchange, attempts=tuple(self.attempts))
            raise
        self.attempts += answer.attempts
        self.last, self.url = replace(answer, attempts=tuple(self.attempts)), f"{self.row.tenant.url}{path}"
        self.method = method
        for cookie in self.jar:
            self._keep({cookie.name: cookie.value or ""})
        self._keep_places(answer)

    def _keep_places(self, answer: Exchange) -> None:
        """What is in the addresses to which any attempt was led, whatever became of it."""
        for attempt in answer.attempts:
            location = hosted_pages.resolved(attempt.url, attempt.headers.get("location", ""))
            self._keep(hosted_pages.parameters(location))
            if attempt.method == "POST":  # where a page's form leads
                self._keep(hosted_pages.parameters(attempt.url))

    def _keep(self, values: dict[str, str]) -> None:
        """What a page, a redirect or a cookie has for this login alone must not be written."""
        for name, value in values.items():
            own = value.rstrip("/") == self.row.tenant.url
            if len(value) >= _LEAST and name not in _PUBLIC and not own:
                self.asking.keep_secret(value, self.row)

    def own(self, address: str, word: str = screens.FOREIGN_HOST) -> str:
        """The path of an address of the tenant's own; a failure, which names the host, where it is another's."""
        if _place(address)[:3] == _place(self.row.tenant.url)[:3]:
            parts = urlsplit(address)
            return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        given = dict(parse_qsl(urlsplit(address).query))
        if "error" in given and "tracking" in given:  # the tenant's own page for errors
            raise led_back(given["error"], given.get("error_description", ""), self.last)
        raise self._stopped(word, detail=printable(urlsplit(address).netloc)[:80] or "no host")

    def _stopped(self, word: str, *, where: str = "", detail: str = "") -> Failure:
        return screens.failure(word, replace(self.last, word=word), where=where, detail=detail)

    def _led_back(self, location: str) -> str:
        """The code in the address that leads back, if it is the answer to this login."""
        given = dict(parse_qsl(urlsplit(location).query))
        if given.get("state") != self.state:
            raise WrongAnswer("the login leads back with another state than the one that it was begun with", self.last)
        if given.get("iss", self.row.tenant.issuer) != self.row.tenant.issuer:
            raise WrongAnswer(f"the login leads back in the name of {printable(given['iss'])[:80]}", self.last)
        if "error" in given:
            raise led_back(given["error"], given.get("error_description", ""), self.last)
        if not given.get("code"):
            raise WrongAnswer("the login leads back without a code", self.last)
        self.asking.keep_secret(given["code"], self.row)
        return given["code"]

    def _answer(self) -> None:
        """Answer the page that came, where that needs no person; a failure that says what stands in the way."""
        if self.last.status == 429 or self.last.status >= 500:
            raise self._judged()
        page = hosted_pages.read(self.url, self.last.text())
        for form in page.forms:
            self._keep(dict(form.hidden))
        if page.classic:
            self._answer_classic(page)
            return
        if not self._is_of_the_login(page):
            raise self._no_page()
        key = next((each for each in page.keys if each in screens.KEYS), "")
        where = page.screen if page.screen in screens.SCREENS else ""
        if key in screens.named("second-factor-code"):
            raise second_factor.refused(key, self.last, where=where)
        if key or (page.keys and page.screen in (*_LOGINS, "")):
            raise self._stopped(key or screens.UNKNOWN_PAGE, where=where, detail="" if key else page.keys[0][:60])
        if not where:
            raise self._stopped(screens.UNKNOWN_PAGE, detail=page.screen[:60] or "without a name")
        self._answer_screen(page)

    def _is_of_the_login(self, page: HostedPage) -> bool:
        """Whether this is a page of the tenant's login: by its own marks, or by where Auth0 answered what."""
        auth0s = "x-auth0-requestid" in self.last.headers and self.last.status in (200, 400)
        return page.is_hosted or bool(page.screen and (auth0s or page.form("state")))

    def _answer_screen(self, page: HostedPage) -> None:
        screen, path = page.screen, urlsplit(self.url).path
        said = self.answered[path]
        self.answered[path] += 1
        if screen in _LOGINS:
            if page.has_captcha:
                raise self._stopped(screens.CAPTCHA, where=screen)
            if said or self.last.status >= 400:
                raise self._stopped(screens.SILENT_PAGE, where=screen)
            self._log_in_at(page)
        elif screen == "custom-prompt":
            if self.last.status >= 400:
                raise self._stopped(screens.BROKEN_FORM, where=screen)
            if said or self.answered.total() > FORMS + 3:
                raise self._stopped(screen)
            self._send(page, {"action": "default"})
        elif screen == "mfa-detect-browser-capabilities" and not said:
            self._send(page, _BROWSER | {"action": "default"})
        elif screen == "mfa-otp-challenge" and self.totp_secret:
            self._give_code(page, self.totp_secret)
        elif screen in screens.SIDESTEPS and not said:
            self.detours.append(screen)
            action = screens.SIDESTEPS[screen]
            self._send(page, {"action": action}, page.form_with_button(action))
        else:
            raise self._stopped(screens.SILENT_PAGE if screen == "mfa-detect-browser-capabilities" else screen)

    def _give_code(self, page: HostedPage, secret: SecretStr) -> None:
        """Give the page a code, once: that it comes again means that the code was wrong."""
        if self.coded:
            raise second_factor.refused("invalid-code", self.last, where=page.screen)
        self.coded = True
        given = {"code": second_factor.code(secret), "action": "default"}
        self._send(page, given, page.form_to_type_into("code"))

    def _log_in_at(self, page: HostedPage) -> None:
        """Give the page what it asks for of user name and password."""
        for form in page.forms:
            if form.asks_password:  # whichever of them users fill in
                self.own(form.action, screens.FOREIGN_FORM)
        form = self._form_of_login(page)
        named = "email" if "email" in form.names and "username" not in form.names else "username"
        given = {named: self.username, "action": "default"}
        if page.screen != "login-password":
            given |= _BROWSER
        if page.screen != "login-id":
            given["password"] = self.password.get_secret_value() if self.password else ""
        self._send(page, given, form)

    def _form_of_login(self, page: HostedPage) -> Form:
        """The form to type user name or password into; where scripts make it, what they would send."""
        typed = () if page.screen == "login-id" else ("password",)
        form = page.form_to_type_into(*typed)
        if form or page.is_scripted:
            return form or self._made()
        others = any("connection" in each.names for each in page.forms)
        raise self._stopped(screens.NO_PASSWORD if others else screens.NO_FORM, where=page.screen)

    def _made(self) -> Form:
        """The form that scripts would make and send."""
        return Form(self.url, self._of_the_address(), frozenset())

    def _of_the_address(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query))

    def _send(self, page: HostedPage, given: dict[str, str], form: Form | None = None) -> None:
        """Send this form of the page, or the one that carries the login on, with what is given, by its button."""
        form = form or page.form("state") or self._made()
        path = self.own(form.buttons.get(given["action"], form.action), screens.FOREIGN_FORM)
        state = {name: value for name, value in self._of_the_address().items() if name == "state"}
        self._ask("POST", path, form={**state, **form.held, **given}, headers=_PAGE, repeat=Repeat.UNSENT)

    def _answer_classic(self, page: HostedPage) -> None:
        """A page of Classic Login: its scripts would send JSON, and then the form that comes back."""
        if self.answered["classic"]:
            raise self._stopped(screens.SILENT_PAGE)
        self.answered["classic"] += 1
        password = self.password.get_secret_value() if self.password else ""
        asked = classic_login.question(self.row, page.classic, self.username, password)
        self._keep({name: value for name, value in asked.items() if name in ("state", "_csrf", "_intstate")})
        self._ask("POST", "/usernamepassword/login", json=asked, headers=_PAGE, repeat=Repeat.UNSENT)
        if self.last.status != 200:
            raise classic_login.judged(self.last, self.row.flow)
        came = hosted_pages.read(self.url, self.last.text()).form("wresult")
        if came is None:
            raise self._stopped(screens.UNKNOWN_PAGE, detail="no form that leads on")
        self._keep(dict(came.held))
        path = self.own(came.action, screens.FOREIGN_FORM)
        self._ask("POST", path, form=dict(came.held), headers=_PAGE, repeat=Repeat.UNSENT)

    def _no_page(self) -> Failure:
        """What an answer is that is none of the login's pages: Auth0's own page for errors says more by its status."""
        first = urlsplit(self.url).path == "/authorize"
        if (
            first
            and 400 <= self.last.status < 500
            and "x-auth0-requestid" in self.last.headers
            and not error_of(self.last)
        ):
            return self._stopped(screens.CALLBACK_REFUSED if self.last.status == 403 else screens.CLIENT_UNKNOWN)
        if self.last.status == 200 and "x-auth0-requestid" in self.last.headers and self.last.is_html:
            return self._stopped(screens.UNKNOWN_PAGE, detail="without a name")
        return self._judged()

    def _judged(self) -> Failure:
        """What the last answer stands for; of a page that the tenant itself answers, without its title."""
        own = "x-auth0-requestid" in self.last.headers and self.last.is_html
        return judged(replace(self.last, body=b"<html>") if own else self.last, self.row.flow)


def _place(address: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address; of one that cannot be read, nothing that is another's."""
    try:
        parts = urlsplit(address)
        default = {"https": 443, "http": 80}.get(parts.scheme, 0)
        return parts.scheme, (parts.hostname or "").lower(), parts.port or default, parts.path or "/"
    except ValueError:
        return "", address, 0, ""
