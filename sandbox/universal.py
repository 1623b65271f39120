"""Universal Login: ``/authorize``, its pages, and the way back to the application; sessions, and how they end."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from sandbox import STATIC, screens
from sandbox.answers import Answer, error_answer, html_answer, page
from sandbox.directory import CUSTOM_USERS, USERS, DatabaseScriptFailed, User, find
from sandbox.limits import Limits
from sandbox.memory import Recent
from sandbox.questions import Question
from sandbox.second_factor import SecondFactor
from sandbox.setup import Setup
from sandbox.ways_out import CONNECTIONS, WaysOut

CLIENT_ID, CALLBACK, AUDIENCE = STATIC["AUTH0_CLIENT_ID"], STATIC["AUTH0_CALLBACK"], STATIC["AUTH0_AUDIENCE"]
ORGANIZATIONS = {"org_sandbox0123456789": "acme"}
"""The organizations by id: their names."""

LOGOUT_RETURNS = (CALLBACK,)
"""Where a logout may lead to."""

COOKIES = "; Path=/; Secure; HttpOnly; SameSite=None"
OOPS = "Oops!, something went wrong"
NEXT = {
    "passkey-enrollment": "abort-passkey-enrollment",
    "passkey-enrollment-local": "abort-passkey-enrollment",
    "mfa-webauthn-platform-enrollment": "snooze-enrollment",
    "mfa-detect-browser-capabilities": "default",
    "consent": "accept",
    "customized-consent": "accept",
}
"""Which answer leads on from a page; from the others none does that a program can give."""


@dataclass(eq=False)
class Login:
    """A login on its way through the pages; ``asked`` is what ``/authorize`` was asked."""

    asked: Mapping[str, str]
    username: str = ""
    user: User | None = None
    pages: list[str] = field(default_factory=list)
    """Those that are still to come."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code was given for."""

    asked: Mapping[str, str]
    user: User


class Universal:
    """The endpoints' work. Pages are 200, or 400 with an error on them; what is no page is Auth0's page for errors."""

    def __init__(
        self, setup: Setup, limits: Limits, issuer: str, second_factor: SecondFactor, ways_out: WaysOut
    ) -> None:
        self._setup, self._limits, self._issuer, self._second_factor = setup, limits, issuer, second_factor
        self._ways_out = ways_out
        self.logins: Recent[str, Login] = Recent()
        self._codes: Recent[str, Code] = Recent()
        self._sessions: Recent[str, User] = Recent()

    def taken(self, code: str) -> Code | None:
        """What this code was given for: once."""
        return self._codes.pop(code, None)

    @property
    def handed_out(self) -> list[str]:
        """States, codes and sessions that are remembered."""
        return [*self.logins, *self._codes, *self._sessions, *self._ways_out.handed_out]

    def authorize(self, question: Question) -> Answer:
        """``GET /authorize``."""
        asked = question.request.args.to_dict()
        if asked.get("client_id") != CLIENT_ID:
            return html_answer(page(OOPS, "Unknown client"), 400)
        allowed = {CALLBACK, *self._setup.callbacks}
        if asked.get("redirect_uri") not in allowed:
            return html_answer(page(OOPS, "Callback URL mismatch"), 403)
        if refusal := self._refusal(asked):
            return self.back(asked, {"error": refusal[0], "error_description": refusal[1]})
        user = self._sessions.get(question.request.cookies.get("auth0", ""))
        if user is None and asked.get("prompt") == "none":
            return self.back(asked, {"error": "login_required", "error_description": "Login required"})
        return self._begun(asked, user)

    def _begun(self, asked: Mapping[str, str], user: User | None) -> Answer:
        """Where a login begins: at another identity provider, with the session of this user, or at the first page."""
        if asked.get("connection") in CONNECTIONS:
            return self._ways_out.to(asked["connection"])
        login = Login(asked)
        if user is not None and asked.get("prompt") != "login":
            login.user = user
            return self._to("/authorize/resume", login)
        answer = self._first(login)
        answer.headers.add("set-cookie", f"did=s%3Av0%3A{secrets.token_hex(16)}{COOKIES}")
        answer.headers.add("set-cookie", f"did_compat=s%3Av0%3A{secrets.token_hex(16)}; Path=/; Secure; HttpOnly")
        return answer

    def page(self, question: Question) -> Answer:
        """``GET`` and ``POST`` of a page."""
        state = question.request.args.get("state", "")
        login = self.logins.get(state)
        screen = self._screen(question.path)
        if login is None or not question.request.cookies.get("did") or login.at != screen:
            return html_answer(page(OOPS, "You may have pressed the back button"), 400)
        if question.method == "GET":
            return self._shown(login, state, screen)
        if question.text("state") != state:
            return html_answer(page(OOPS, "Invalid state"), 400)
        if screen in ("login-id", "login-password", "login"):
            return self._logged_in(question, login, state, screen)
        return self._answered(question, login, state, screen)

    def resume(self, question: Question) -> Answer:
        """``GET /authorize/resume``: the next page, or the way back."""
        login = self.logins.pop(question.request.args.get("state", ""), None)
        if login is None or login.user is None:
            return html_answer(page(OOPS, "There is no such login"), 400)
        if login.pages:
            login.at = login.pages.pop(0)
            return self._to(screens.path_of(login.at), login)
        if self._setup.action_redirects:
            answer = _found(f"{self._setup.action_redirects}?{urlencode({'state': secrets.token_urlsafe(24)})}")
        elif self._setup.action_denies:
            error, told = self._setup.action_denies
            answer = self.back(login.asked, {"error": error, "error_description": told})
        else:
            code = secrets.token_urlsafe(33)
            self._codes[code] = Code(login.asked, login.user)
            answer = self.back(login.asked, {"code": code})
        session = secrets.token_urlsafe(33)
        self._sessions[session] = login.user
        answer.headers.add("set-cookie", f"auth0={session}{COOKIES}")
        return answer

    def let_in(self, login: Login, user: User) -> Answer:
        """The password was right: whatever else stands in the way comes next."""
        login.user = user
        login.pages = [*self._setup.prompts, *self._second_factor.pages]
        return self._to("/authorize/resume", login)

    def logout(self, question: Question) -> Answer:
        """``GET /v2/logout`` and ``/oidc/logout``: the session ends, and the user is led back where that is allowed."""
        asked = question.request.args
        back = asked.get("returnTo") or asked.get("post_logout_redirect_uri") or ""
        if back and back not in LOGOUT_RETURNS:
            return html_answer(page(OOPS, "The return address is not allowed"), 400)
        answer = _found(back) if back else html_answer("OK")
        if not self._setup.logout_ends_nothing:
            self._sessions.pop(question.request.cookies.get("auth0", ""), None)
            answer.headers.add("set-cookie", f"auth0=; Max-Age=0{COOKIES}")
        return answer

    def back(self, asked: Mapping[str, str], given: Mapping[str, str]) -> Answer:
        """The way back to the application."""
        state = {"state": asked["state"]} if "state" in asked else {}
        joint = "&" if "?" in asked["redirect_uri"] else "?"
        return _found(f"{asked['redirect_uri']}{joint}{urlencode({**given, **state, 'iss': self._issuer})}")

    def _refusal(self, asked: Mapping[str, str]) -> tuple[str, str] | None:
        """Why the application is told no, before anybody logs in: error and description."""
        if asked.get("response_type") != "code":
            return "unsupported_response_type", "Unsupported response type"
        if asked.get("code_challenge") and asked.get("code_challenge_method", "plain") != "S256":
            return "invalid_request", "code_challenge_method must be S256"
        if refused := self._refusal_of_connection(asked.get("connection", CUSTOM_USERS)):
            return refused
        if asked.get("audience", "") not in ("", AUDIENCE, f"{self._issuer}userinfo"):
            return "access_denied", f"Service not found: {asked['audience']}"
        named = asked.get("organization", "")
        if named and named not in (*ORGANIZATIONS, *ORGANIZATIONS.values()):
            return "invalid_request", "parameter organization is invalid"
        return None

    def _refusal_of_connection(self, named: str) -> tuple[str, str] | None:
        refused = self._setup.refuses_connections if named in CONNECTIONS else ""
        if refused == "removed" or named not in (*USERS, *CONNECTIONS):
            return "invalid_request", "the connection was not found"
        return ("unauthorized_client", "the connection is not enabled for the client") if refused else None

    def _first(self, login: Login) -> Answer:
        form = self._setup.login_form
        if form == "classic":
            login.at = "classic"
            return self._to("/login", login, client=CLIENT_ID, protocol="oauth2")
        login.at = "login" if form == "one-page" else "login-id"
        return self._to(screens.path_of(login.at), login)

    def _to(self, path: str, login: Login, **more: str) -> Answer:
        state = secrets.token_urlsafe(33)
        self.logins[state] = login
        return _found(f"{path}?{urlencode({'state': state, **more})}")

    def _shown(self, login: Login, state: str, screen: str, key: str = "") -> Answer:
        held = {"username": login.username}
        captcha = self._setup.shows_captcha and screen in ("login-id", "login")
        text = screens.html(screen, state, key=key, held=held, client={"id": CLIENT_ID}, captcha=captcha)
        return html_answer(text, 400 if key else 200)

    def _logged_in(self, question: Question, login: Login, state: str, screen: str) -> Answer:
        """What becomes of user name and password."""
        if question.text("action") != "default":
            return html_answer(page(OOPS, "Unknown action"), 400)
        login.username = question.text("username") or login.username
        if screen == "login-id":
            if not login.username:
                return self._shown(login, state, screen, "no-username")
            login.at = "login-password"
            return self._to(screens.path_of(login.at), login)
        user, key = self.found(login, question)
        if user is None:
            return self._shown(login, state, screen, key)
        return self.let_in(login, user)

    def found(self, login: Login, question: Question) -> tuple[User | None, str]:
        """The user with these credentials, or the key of the error."""
        names = [login.asked["connection"]] if login.asked.get("connection") else list(USERS)
        if self._limits.blocks(login.username, question.address):
            return None, "user-blocked"
        try:
            found = (find(name, login.username, question.text("password"), self._setup) for name in names)
            user = next((each for each in found if each), None)
        except DatabaseScriptFailed:
            return None, "custom-script-error-code"
        self._limits.count(login.username, question.address, failed=user is None)
        if user is None:
            return None, "wrong-email-credentials"
        return (None, self._setup.error_key) if self._setup.error_key else (user, "")

    def _answered(self, question: Question, login: Login, state: str, screen: str) -> Answer:
        """What becomes of the answer to a page that stands in the way."""
        if screen == "mfa-otp-challenge":
            if login.user and self._second_factor.takes(login.user, question.text("code"), question.at):
                return self._to("/authorize/resume", login)
            return self._shown(login, state, screen, "invalid-code")
        if screen == "custom-prompt" and self._setup.form_breaks:
            return html_answer('<!DOCTYPE html><html><body><div class="af-form"></div></body></html>', 400)
        if question.text("action") == NEXT.get(screen, ""):
            return self._to("/authorize/resume", login)
        return self._shown(login, state, screen)

    @staticmethod
    def _screen(path: str) -> str:
        names = {f"/u/{address}": name for name, address in screens.PATHS.items()}
        return names.get(path, path.removeprefix("/u/"))


def fits(challenge: str, verifier: str) -> bool:
    """Whether this verifier is the one that a challenge by S256 was made of."""
    made = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _found(location: str) -> Answer:
    answer = html_answer("Found. Redirecting", 302)
    answer.headers["location"] = location
    return answer


def too_many() -> Answer:
    """How a page says that a limit was met."""
    return error_answer(429, "too_many_requests", "Too many requests")
