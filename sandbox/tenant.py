"""The tenant: its routes, and what stands on every answer of it."""

from __future__ import annotations

import contextlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from sandbox import STATIC, metadata
from sandbox.answers import NOT_FOUND, Answer, Refused, error_answer, html_answer, json_answer, text_answer
from sandbox.classic import Classic
from sandbox.directory import USER
from sandbox.faults.registry import Fault, Moment
from sandbox.grants import Grants
from sandbox.keys import Keys
from sandbox.limits import Limits
from sandbox.log_book import LogBook
from sandbox.management import Management
from sandbox.memory import Recent
from sandbox.questions import Question
from sandbox.second_factor import SecondFactor
from sandbox.setup import Setup
from sandbox.tokens import Tokens
from sandbox.universal import Universal, origin
from sandbox.ways_out import ELSEWHERE, WaysOut

ROUTES = Map(
    [
        Rule("/test", endpoint="test", methods=["GET"]),
        Rule("/testall", endpoint="testall", methods=["GET"]),
        Rule("/.well-known/openid-configuration", endpoint="discovery", methods=["GET"]),
        Rule("/.well-known/jwks.json", endpoint="jwks", methods=["GET"]),
        Rule("/oauth/token", endpoint="token", methods=["POST"]),
        Rule("/oauth/ro", endpoint="ro", methods=["POST"]),
        Rule("/oauth/revoke", endpoint="revoke", methods=["POST"]),
        Rule("/samlp/metadata/<client>", endpoint="saml-metadata", methods=["GET"]),
        Rule("/userinfo", endpoint="userinfo", methods=["GET"]),
        Rule("/authorize", endpoint="authorize", methods=["GET"]),
        Rule("/authorize/resume", endpoint="resume", methods=["GET"]),
        Rule("/u/<path:screen>", endpoint="prompt", methods=["GET", "POST"]),
        Rule("/login", endpoint="classic", methods=["GET"]),
        Rule("/usernamepassword/login", endpoint="classic-credentials", methods=["POST"]),
        Rule("/login/callback", endpoint="classic-passed", methods=["POST"]),
        Rule("/v2/logout", endpoint="logout", methods=["GET"]),
        Rule("/oidc/logout", endpoint="logout", methods=["GET"]),
        Rule("/oauth/device/code", endpoint="device", methods=["POST"]),
        Rule("/api/v2/<path:what>", endpoint="management"),
        Rule("/mfa/challenge", endpoint="mfa-challenge", methods=["POST"]),
        Rule("/mfa/authenticators", endpoint="mfa-authenticators", methods=["GET"]),
    ],
    strict_slashes=False,
    merge_slashes=False,
)


def discovery(issuer: str) -> dict[str, Any]:
    """The OpenID configuration, with the keys of the sample in Auth0's docs."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "device_authorization_endpoint": f"{issuer}oauth/device/code",
        "userinfo_endpoint": f"{issuer}userinfo",
        "mfa_challenge_endpoint": f"{issuer}mfa/challenge",
        "end_session_endpoint": f"{issuer}oidc/logout",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "registration_endpoint": f"{issuer}oidc/register",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "scopes_supported": ["openid", "profile", "offline_access", "name", "email", "email_verified", "phone"],
        "response_types_supported": ["code", "token", "id_token", "code token", "code id_token", "token id_token"],
        "code_challenge_methods_supported": ["S256", "plain"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "name", "nickname", "sub"],
        "entity_profiles_supported": ["service"],
        "request_uri_parameter_supported": False,
        "request_parameter_supported": False,
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "PS256"],
    }


@dataclass(slots=True)
class Tenant:
    """Answers every question, and then lets the faults change the answer."""

    domain: str
    setup: Setup
    keys: Keys
    tokens: Tokens
    limits: Limits
    faults: Sequence[Fault]
    idp: str = ELSEWHERE
    log: LogBook = field(default_factory=LogBook)
    _seen: Recent[bytes, None] = field(default_factory=Recent)
    _routes: dict[str, Callable[[Question], Answer]] = field(init=False)
    universal: Universal = field(init=False)
    _second_factor: SecondFactor = field(init=False)
    _management: Management = field(init=False)
    _grants: Grants = field(init=False)

    def __post_init__(self) -> None:
        second_factor = SecondFactor(self.setup)
        ways_out = WaysOut(self.setup, self.domain, self.idp)
        self.universal = Universal(self.setup, self.limits, self.tokens.issuer, second_factor, ways_out)
        classic = Classic(self.universal)
        grants = Grants(self.setup, self.tokens, self.limits, self.universal, second_factor)
        self._second_factor = second_factor
        self._management = Management(self.setup, self.log, real_limits=self.limits.real)
        self._grants = grants
        self._routes = {
            "test": self._test,
            "testall": self._testall,
            "discovery": self._discovery,
            "jwks": self._jwks,
            "saml-metadata": self._saml_metadata,
            "userinfo": self._profile,
            "token": self._token,
            "management": self._management.answer,
            "ro": grants.ro,
            "revoke": grants.revoke,
            "authorize": self.universal.authorize,
            "resume": self.universal.resume,
            "prompt": self.universal.page,
            "classic": classic.page,
            "classic-credentials": classic.credentials,
            "classic-passed": classic.passed,
            "logout": self.universal.logout,
            "device": grants.device,
            "mfa-challenge": grants.challenge,
            "mfa-authenticators": grants.authenticators,
        }

    @property
    def handed_out(self) -> list[str]:
        """What whoever asked for it must keep to themselves: tokens, codes, states, sessions."""
        of_management = self._management.handed_out
        return [*of_management, *self.tokens.handed_out, *self.universal.handed_out, *self._second_factor.handed_out]

    def answer(self, request: Request) -> tuple[Question, Answer]:
        question = Question(request, "tenant")
        answer = self._preflight(question) or self._routed(question)
        if self._may_ask(question):
            answer.headers["access-control-allow-origin"] = question.request.headers["Origin"]
            answer.headers["access-control-allow-credentials"] = "true"
        answer.headers["server"] = "cloudflare"
        answer.headers["x-auth0-requestid"] = secrets.token_hex(10)
        answer.headers["cf-ray"] = f"{secrets.token_hex(8)}-BOX"
        if question.route in ("token", "ro"):
            answer.headers["cache-control"] = "no-store"
            answer.headers["pragma"] = "no-cache"
        if question.kind in ("management", "management-token"):
            return question, answer  # another service of Auth0's, which is ill by itself
        for fault in self.faults:
            answer = fault.act(Moment(question, answer, self._seen))
        with contextlib.suppress(Refused):  # what is malformed is no login, and nobody's
            self._logged(question, answer)
        return question, answer

    def _token(self, question: Question) -> Answer:
        if question.kind == "management-token":
            return self._management.token(question, f"{self.tokens.issuer}api/v2/")
        return self._grants.token(question)

    def _logged(self, question: Question, answer: Answer) -> None:
        """Write into the log what was answered, or what happened indeed."""
        ill = self.setup.management
        if "logs-say-success" in ill and question.kind == "login":
            self.log.write("sepft", "Successful login", question, question.username)
        elif "logs-say-action" in ill and question.kind == "login" and answer.status_code != 200:
            described = "The Action add-roles failed: TypeError: Cannot read properties of undefined"
            self.log.write("actions_execution_failed", described, question, question.username)
        else:
            self.log.note(question, answer)

    def _may_ask(self, question: Question) -> bool:
        """Whether a page of this origin may ask: of an application that logins may lead back to."""
        return question.request.headers.get("Origin") in set(map(origin, self.setup.callbacks))

    def _preflight(self, question: Question) -> Answer | None:
        """What a browser asks before it lets a page of another origin ask."""
        if question.method != "OPTIONS" or not self._may_ask(question):
            return None
        wanted = question.request.headers.get("Access-Control-Request-Headers", "")
        headers = {"access-control-allow-methods": "GET, POST", "access-control-allow-headers": wanted}
        return Answer(status=204, headers=headers)

    def _routed(self, question: Question) -> Answer:
        try:
            question.route, _ = ROUTES.bind("localhost").match(question.path, question.method)
        except MethodNotAllowed as wrong:
            answer = error_answer(405, "method_not_allowed", f"{question.method} is not allowed here")
            answer.headers["allow"] = ", ".join(sorted(wrong.valid_methods or ()))
            return answer
        except NotFound:
            return html_answer(NOT_FOUND, 404)
        room, refusal = self.limits.spent(question)
        if question.route == "prompt":
            refusal = self.limits.spent_on_page(question)
        if refusal:
            return refusal
        try:
            answer = self._routes[question.route](question)
        except Refused as refused:
            answer = refused.answer
        return room.shown_on(answer) if room and "x-ratelimit-limit" not in answer.headers else answer

    def _test(self, question: Question) -> Answer:
        return _unless_bearer_is_wrong(question) or json_answer({"clock": int(question.at * 1000)})

    def _testall(self, question: Question) -> Answer:
        return _unless_bearer_is_wrong(question) or text_answer("OK")

    def _discovery(self, _: Question) -> Answer:
        return json_answer(discovery(self.tokens.issuer))

    def _jwks(self, _: Question) -> Answer:
        return json_answer({"keys": self.keys.published})

    def _saml_metadata(self, question: Question) -> Answer:
        """What service providers import of the tenant, for an application with the add-on."""
        if question.path.rpartition("/")[2] != STATIC["AUTH0_SAML_APPLICATIONS"]:
            return html_answer(NOT_FOUND, 404)
        certificate = Keys().certificate if self.setup.saml_metadata_is_old else self.keys.certificate
        return metadata.answer(metadata.saml(f"urn:{self.domain}", f"https://{self.domain}/samlp/x", [certificate]))

    def _profile(self, question: Question) -> Answer:
        bearer = _bearer(question)
        grant = self.tokens.by_access_token(bearer)
        user = grant.user if grant and "openid" in grant.scope else None
        if user is None and bearer and self.setup.accepts_any_access_token:
            user = USER
        if user is None:
            answer = error_answer(401, "invalid_token", "The access token is not valid")
            answer.headers["www-authenticate"] = 'Bearer error="invalid_token"'
            return answer
        room, refusal = self.limits.spent_on_profile(user.id)
        return refusal or room.shown_on(json_answer(user.profile))


def _bearer(question: Question) -> str:
    given = question.request.authorization
    return (given.token or "") if given and given.type == "bearer" else ""


def _unless_bearer_is_wrong(question: Question) -> Answer | None:
    """The health endpoints need no token, and refuse a wrong one."""
    if "Authorization" not in question.request.headers:
        return None
    if hmac.compare_digest(_bearer(question).encode(), STATIC["AUTH0_ID_TOKEN"].encode()):
        return None
    return error_answer(401, "invalid_token", "The token is not valid")
