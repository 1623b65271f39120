"""Classic Login: a page whose scripts send the credentials as JSON, and the form that leads on."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from html import escape

from sandbox import DEFAULT_CONNECTION, STATIC
from sandbox.answers import Answer, html_answer, json_answer, page
from sandbox.directory import User
from sandbox.memory import Recent
from sandbox.questions import Question
from sandbox.universal import COOKIES, OOPS, Login, Universal

CODES = {
    "wrong-email-credentials": (401, "invalid_user_password", "Wrong email or password."),
    "custom-script-error-code": (500, "server_error", "Sandbox Error: connect ECONNREFUSED 10.20.30.40:5432"),
    "user-blocked": (429, "too_many_attempts", "Your account has been blocked."),
    "password-breached": (401, "password_leaked", "The password is known from a breach."),
}
"""How the errors of the pages are said here."""


class Classic:
    """The three endpoints of it."""

    def __init__(self, universal: Universal) -> None:
        self._universal = universal
        self._passed: Recent[str, tuple[Login, User]] = Recent()

    def page(self, question: Question) -> Answer:
        """``GET /login``."""
        state = question.request.args.get("state", "")
        if state not in self._universal.logins:
            return html_answer(page(OOPS, "There is no such login"), 400)
        token = secrets.token_urlsafe(24)
        settings = {
            "auth0Domain": "sandbox.example",
            "auth0Tenant": "sandbox",
            "clientID": STATIC["AUTH0_CLIENT_ID"],
            "internalOptions": {"protocol": "oauth2", "state": state, "_csrf": token, "_intstate": "deprecated"},
        }
        coded = b64encode(json.dumps(settings).encode()).decode()
        script = f"var config = JSON.parse(decodeURIComponent(escape(window.atob('{coded}'))));"
        body = f"<body><script>{script}</script></body>"
        answer = html_answer(f"<!DOCTYPE html><html><head><title>Sign In with Auth0</title></head>{body}</html>")
        answer.headers.add("set-cookie", f"_csrf={token}{COOKIES}")
        return answer

    def credentials(self, question: Question) -> Answer:
        """``POST /usernamepassword/login``."""
        login = self._universal.logins.pop(question.text("state"), None)
        if login is None or question.text("_csrf") != question.request.cookies.get("_csrf"):
            return json_answer({"statusCode": 403, "description": "Invalid state", "name": "AnomalyDetected"}, 403)
        login.username = question.text("username")
        login.asked = {"connection": question.text("connection") or DEFAULT_CONNECTION, **login.asked}
        user, key = self._universal.found(login, question)
        if user is None:
            status, code, told = CODES.get(key, (401, "unauthorized", "user is blocked"))
            return json_answer(
                {"name": "ValidationError", "code": code, "description": told, "statusCode": status}, status
            )
        result = secrets.token_urlsafe(48)
        self._passed[result] = (login, user)
        fields = {
            "wa": "wsignin1.0",
            "wresult": result,
            "wctx": json.dumps({"strategy": "auth0", "protocol": "oauth2"}),
        }
        inputs = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items()
        )
        return html_answer(f'<form method="post" name="hiddenform" action="/login/callback">{inputs}</form>')

    def passed(self, question: Question) -> Answer:
        """``POST /login/callback``."""
        login, user = self._passed.pop(question.text("wresult"), (None, None))
        if login is None or user is None:
            return html_answer(page(OOPS, "There is no such login"), 400)
        return self._universal.let_in(login, user)
