"""The token endpoints, ``/oauth/token`` and the older ``/oauth/ro``: who is let in, and in which words who is not."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sandbox import STATIC
from sandbox.answers import Answer, Refused, error_answer, json_answer
from sandbox.directory import CUSTOM_USERS, SCRIPT_TAKES, USERS, DatabaseScriptFailed, User, find
from sandbox.limits import Limits
from sandbox.memory import Recent
from sandbox.questions import REALM_GRANT, Question
from sandbox.second_factor import SecondFactor
from sandbox.setup import Setup
from sandbox.tokens import A_DAY, Grant, Tokens
from sandbox.universal import ORGANIZATIONS, Universal, fits

CLIENT_ID, AUDIENCE = STATIC["AUTH0_CLIENT_ID"], STATIC["AUTH0_AUDIENCE"]
KNOWN_SCOPE = ("openid", "profile", "email", "address", "phone", "offline_access")
ALL_SCOPE = ("openid", "profile", "email", "address", "phone")
"""Granted, and named in the answer, where no scope is asked for."""
NOT_ALLOWED = ("implicit",)
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
OTP_GRANT = "http://auth0.com/oauth/grant-type/mfa-otp"
"""Grants that Auth0 knows and this application may not use."""
PUBLIC_GRANTS = ("authorization_code", DEVICE_GRANT, OTP_GRANT)
"""Grants that an application without a secret may use as well."""
WRONG_PASSWORD = "Wrong email or password."
UNKNOWN_REFRESH_TOKEN = "Unknown or invalid refresh token."


def unauthorized() -> Refused:
    return Refused(401, "access_denied", "Unauthorized")


class Grants:
    """The endpoints' work; every method gives the answer or raises the refusal."""

    def __init__(
        self, setup: Setup, tokens: Tokens, limits: Limits, universal: Universal, second_factor: SecondFactor
    ) -> None:
        self._setup, self._tokens, self._limits = setup, tokens, limits
        self._universal, self._second_factor = universal, second_factor
        self._devices: Recent[str, float] = Recent()
        self._others: dict[str, Callable[[Question], Answer]] = {
            "client_credentials": self._machine,
            "refresh_token": self._refreshed,
            "authorization_code": self._coded,
            OTP_GRANT: self._with_second_factor,
            DEVICE_GRANT: self._polled,
        }

    def token(self, question: Question) -> Answer:
        """``POST /oauth/token``."""
        grant_type = question.text("grant_type")
        if not grant_type:
            raise Refused(400, "invalid_request", "Missing required parameter: grant_type")
        self._authenticate_client(question)
        match grant_type:
            case "password":
                if self._setup.default_directory is None:
                    described = "Authorization server not configured with default connection."
                    raise Refused(500, "server_error", described)
                return self._user(question, self._setup.default_directory)
            case _ if grant_type == REALM_GRANT:
                realm = question.text("realm")
                if not realm:
                    raise Refused(400, "invalid_request", "Missing required parameter: realm")
                if realm not in USERS:
                    raise Refused(400, "invalid_request", "the connection was not found")
                return self._user(question, realm)
        if grant_type in self._others:
            return self._others[grant_type](question)
        if grant_type in NOT_ALLOWED:
            raise Refused(403, "unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.")
        raise Refused(501, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")

    def ro(self, question: Question) -> Answer:
        """``POST /oauth/ro``: needs no client secret, and never had audiences."""
        for name in ("client_id", "connection", "grant_type", "username", "password"):
            if not question.text(name):
                raise Refused(400, "invalid_request", f"missing {name} parameter")
        if question.text("client_id") != CLIENT_ID:
            raise Refused(403, "unauthorized_client", "invalid client")
        if question.text("connection") not in USERS:
            raise Refused(400, "invalid_request", "the connection was not found for tenant sandbox")
        if question.text("grant_type") != "password":
            raise Refused(400, "invalid_grant", f"invalid grant type: {question.text('grant_type')}")
        if "offline_access" in question.text("scope").split() and not question.text("device"):
            raise Refused(400, "invalid_request", "missing device parameter")
        return self._user(question, question.text("connection"))

    def revoke(self, question: Question) -> Answer:
        """``POST /oauth/revoke``: a refresh token that nobody knows is revoked already."""
        self._authenticate_client(question)
        if not question.text("token"):
            raise Refused(400, "invalid_request", "Missing required parameter: token")
        if not self._setup.revokes_nothing:
            self._tokens.revoke(question.text("token"))
        return Answer("", content_type="text/plain; charset=utf-8")

    def _authenticate_client(self, question: Question) -> None:
        """In the body or by Basic; any secret will do under a fault, but the client must be ours."""
        basic = question.request.authorization
        given = (basic.username, basic.password) if basic and basic.type == "basic" else None
        client_id, secret = given or (question.text("client_id"), question.text("client_secret"))
        if client_id != CLIENT_ID:
            raise unauthorized()
        if given is None and not secret and question.text("grant_type") in PUBLIC_GRANTS:
            return  # as an application without a secret would ask
        right = hmac.compare_digest((secret or "").encode(), STATIC["AUTH0_CLIENT_SECRET"].encode())
        if not right and not self._setup.accepts_any_secret:
            raise unauthorized()

    def _user(self, question: Question, connection: str) -> Answer:
        for name in ("username", "password"):
            if not question.text(name):
                raise Refused(400, "invalid_request", f"Missing required parameter: {name}")
        audience = question.text("audience") if question.route == "token" else ""
        if audience not in ("", AUDIENCE, f"{self._tokens.issuer}userinfo"):
            raise Refused(403, "access_denied", f"Service not enabled within domain: {audience}")
        if refusal := self._limits.refusal_of_login(question):
            return refusal
        try:
            user = find(connection, question.username, question.text("password"), self._setup)
        except DatabaseScriptFailed:
            answer = error_answer(500, "server_error", "Sandbox Error: connect ECONNREFUSED 10.20.30.40:5432")
        else:
            self._limits.judge_login(question, failed=user is None)
            answer = self._let_in(question, user, audience) if user else wrong_password(question)
        if connection == CUSTOM_USERS:
            answer.late += SCRIPT_TAKES
        return answer

    def _let_in(self, question: Question, user: User, audience: str) -> Answer:
        """The password was right: the tokens, or the question for a second factor."""
        asked = {"scope": question.text("scope"), "audience": audience}
        if self._second_factor.is_due and question.route == "token":
            token = self._second_factor.wait(user, asked)
            return error_answer(403, "mfa_required", "Multifactor authentication required", mfa_token=token)
        return self._granted(question, user, asked)

    def _with_second_factor(self, question: Question) -> Answer:
        token = question.text("mfa_token")
        waiting = self._second_factor.waiting(token)
        if waiting is None:
            raise Refused(403, "invalid_grant", "Malformed mfa_token")
        user, asked = waiting
        if not self._second_factor.takes(user, question.text("otp"), question.at):
            raise Refused(403, "invalid_grant", "Invalid otp_code.")
        self._second_factor.done(token)
        return self._granted(question, user, asked)

    def challenge(self, question: Question) -> Answer:
        """``POST /mfa/challenge``: of an authenticator app, which needs none, no more than that it is one."""
        self._authenticate_client(question)
        if self._second_factor.waiting(question.text("mfa_token")) is None:
            raise Refused(401, "invalid_grant", "Malformed mfa_token")
        return json_answer({"challenge_type": "otp"})

    def authenticators(self, question: Question) -> Answer:
        """``GET /mfa/authenticators``: the user's authenticator app."""
        given = question.request.authorization
        if not given or self._second_factor.waiting(given.token or "") is None:
            raise Refused(401, "invalid_grant", "Malformed mfa_token")
        return json_answer([{"id": "totp|dev_sandbox", "authenticator_type": "otp", "type": "otp", "active": True}])

    def device(self, question: Question) -> Answer:
        """``POST /oauth/device/code``, for which no secret is needed."""
        if question.text("client_id") != CLIENT_ID:
            raise unauthorized()
        code = secrets.token_urlsafe(24)
        self._devices[code] = 0.0
        where = f"{self._tokens.issuer}activate"
        user_code = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
        whole = f"{where}?user_code={user_code}"
        told = {
            "device_code": code,
            "user_code": user_code,
            "verification_uri": where,
            "expires_in": 900,
            "interval": 5,
        }
        return json_answer({**told, "verification_uri_complete": whole})

    def _polled(self, question: Question) -> Answer:
        """Nobody ever confirms a device here; who asks too often is told so."""
        code = question.text("device_code")
        if code not in self._devices:
            raise Refused(403, "invalid_grant", "Invalid or expired device code")
        before, self._devices[code] = self._devices[code], question.at
        if question.at - before < 5:
            raise Refused(429, "slow_down", "You are polling faster than allowed")
        raise Refused(403, "authorization_pending", "User has yet to authorize device code")

    def _coded(self, question: Question) -> Answer:
        """What a code is worth, to the application that has its verifier."""
        code = self._universal.taken(question.text("code"))
        if code is None:
            raise Refused(403, "invalid_grant", "Invalid authorization code")
        challenge = code.asked.get("code_challenge", "")
        secret = question.request.authorization or question.text("client_secret")
        if not (fits(challenge, question.text("code_verifier")) if challenge else secret):
            raise Refused(403, "invalid_grant", "Failed to verify code verifier")
        if question.text("redirect_uri") != code.asked["redirect_uri"]:
            raise Refused(403, "invalid_grant", "The redirect URI is wrong")
        return self._granted(question, code.user, dict(code.asked))

    def _machine(self, question: Question) -> Answer:
        audience = question.text("audience")
        if not audience:
            described = "No audience parameter was provided, and no default audience has been configured"
            raise Refused(403, "access_denied", described)
        if audience == f"{self._tokens.issuer}api/v2/":
            described = f'Client "{CLIENT_ID}" is not authorized to access resource server "{audience}".'
            raise Refused(403, "access_denied", described)
        if audience != AUDIENCE:
            raise Refused(403, "access_denied", f"Service not enabled within domain: {audience}")
        access_token = self._tokens.access_token(Grant(None, (), audience, "client-credentials"))
        return json_answer({"access_token": access_token, "expires_in": A_DAY, "token_type": "Bearer"})

    def _granted(self, question: Question, user: User, wanted: Mapping[str, str]) -> Answer:
        """``wanted`` is what was asked for when the login began: scope, audience, nonce, organization."""
        asked = tuple(dict.fromkeys(wanted.get("scope", "").split()))
        audience = wanted.get("audience", "")
        scope = tuple(name for name in asked if name in KNOWN_SCOPE) if asked else ALL_SCOPE
        family = secrets.token_hex(8)
        grant = Grant(user, scope, "" if audience.endswith("/userinfo") else audience, family=family)
        body: dict[str, Any] = {"access_token": self._tokens.access_token(grant)}
        if "offline_access" in scope:
            body["refresh_token"] = self._tokens.refresh_token(grant)
        if "openid" in asked:
            body["id_token"] = self._tokens.id_token(user, scope, int(question.at), **_of_login(wanted))
        if scope != asked:
            body["scope"] = " ".join(scope)
        return json_answer(body | {"expires_in": A_DAY, "token_type": "bearer" if question.route == "ro" else "Bearer"})

    def _refreshed(self, question: Question) -> Answer:
        if not question.text("refresh_token"):
            raise Refused(400, "invalid_request", "Missing required parameter: refresh_token")
        token = question.text("refresh_token")
        grant = self._tokens.by_refresh_token(token)
        if grant is None and (spent := self._tokens.spent(token)):
            if not self._setup.forgives_reuse:
                self._tokens.revoke_family(spent)
                raise Refused(403, "invalid_grant", UNKNOWN_REFRESH_TOKEN)
            grant = spent
        if grant is None or grant.user is None:
            raise Refused(403, "invalid_grant", UNKNOWN_REFRESH_TOKEN)
        asked = question.text("scope").split()
        scope = tuple(name for name in grant.scope if name in asked) if asked else grant.scope
        body = {"access_token": self._tokens.access_token(Grant(grant.user, scope, grant.audience, "refresh_token"))}
        if "openid" in scope:
            body["id_token"] = self._tokens.id_token(grant.user, scope, int(question.at))
        if self._setup.rotates:
            self._tokens.spend(token)
            body["refresh_token"] = self._tokens.refresh_token(grant)
        return json_answer(body | {"scope": " ".join(scope), "expires_in": A_DAY, "token_type": "Bearer"})


def _of_login(wanted: Mapping[str, str]) -> dict[str, str]:
    """The claims that an ID token has of the login that it is of."""
    named = wanted.get("organization", "")
    organizations = {name: id_ for id_, name in ORGANIZATIONS.items()} | {id_: id_ for id_ in ORGANIZATIONS}
    claims = {"nonce": wanted["nonce"]} if wanted.get("nonce") else {}
    if named in organizations:
        claims |= {"org_id": organizations[named], "org_name": ORGANIZATIONS[organizations[named]]}
    return claims


def wrong_password(question: Question) -> Answer:
    """The two endpoints say it differently."""
    if question.route == "ro":
        return error_answer(401, "invalid_user_password", WRONG_PASSWORD)
    return error_answer(403, "invalid_grant", WRONG_PASSWORD)
