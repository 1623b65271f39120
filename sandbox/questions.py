"""A question: what the tenant, a node or a status page is asked, in the words that faults and limits are told in."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from werkzeug import Request

from sandbox import MANAGEMENT
from sandbox.answers import Refused

REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"
KIND_OF_GRANT = {
    "password": "login",
    REALM_GRANT: "login",
    "client_credentials": "machine-login",
    "refresh_token": "refresh",
    "authorization_code": "code",
}
"""Which kind of question a grant at ``/oauth/token`` is."""


@dataclass(eq=False)
class Question:
    """``target`` is ``tenant``, ``pages``, ``node-1`` and so on; ``route`` names the endpoint, or is empty."""

    request: Request
    target: str
    route: str = ""

    at: float = field(default_factory=time.time)
    """When it is asked, in UNIX seconds: the one time that the answer's clocks, tokens and Date all tell."""

    def __post_init__(self) -> None:
        self.request.get_data()  # or it would be gone once the form is parsed

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def path(self) -> str:
        return self.request.path

    @property
    def address(self) -> str:
        """The address that the question comes from."""
        return self.request.remote_addr or ""

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The fields of the body, be it JSON or a form; refused with 400 where it is neither."""
        if self.request.mimetype != "application/json":
            return self.request.form.to_dict()
        content = self.request.get_json(silent=True)
        if not isinstance(content, dict):
            raise Refused(400, "invalid_request", "The body is not a JSON object")
        return content

    @cached_property
    def kind(self) -> str:
        """The route; of the token endpoints what is wanted there: ``login``, ``machine-login``, ``refresh``."""
        if self.route == "ro":
            return "login"
        if self.route != "token":
            return self.route
        try:
            if self.text("client_id") == MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_ID"]:
                return "management-token"
            return KIND_OF_GRANT.get(self.text("grant_type"), "token")
        except Refused:
            return "token"

    @property
    def username(self) -> str:
        return self.text("username").lower()

    def text(self, name: str) -> str:
        """The field, or an empty string where there is none."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise Refused(400, "invalid_request", f"{name} parameter must be a string")
        return value or ""

    @property
    def digest(self) -> bytes:
        """The same for the same question asked again; a refresh is, whatever token it has, since each is used once."""
        told = (self.target, self.method, self.path, self.request.headers.get("Authorization", ""))
        form = self.request.form
        body = form.get("client_id", "").encode() if "refresh_token" in form else self.request.get_data()
        return hashlib.sha256("\0".join(told).encode() + b"\0" + body).digest()
