"""A Management API that can be read and no more: what the tenant knows of itself, by scope, and how it is ill."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from sandbox import DEFAULT_CONNECTION, MANAGEMENT, STATIC, metadata
from sandbox.answers import Answer, Refused, error_answer, json_answer
from sandbox.directory import CUSTOM_USERS
from sandbox.limits import Window
from sandbox.log_book import LogBook, chosen
from sandbox.memory import Recent
from sandbox.questions import Question
from sandbox.setup import A_DAY, Setup
from sandbox.ways_out import CONNECTIONS

SCOPES = (
    "read:logs",
    "read:users",
    "read:connections",
    "read:connections_options",
    "read:actions",
    "read:attack_protection",
    "read:log_streams",
    "read:rules",
    "read:hooks",
    "read:custom_domains",
    "read:client_credentials",
)

_PATHS = {
    "logs": "read:logs",
    "connections": "read:connections",
    "connections/<id>/clients": "read:connections",
    "connections/<id>/status": "read:connections",
    "user-blocks": "read:users",
    "users-by-email": "read:users",
    "actions/actions": "read:actions",
    "attack-protection/<list>": "read:attack_protection",
    "log-streams": "read:log_streams",
    "rules": "read:rules",
    "hooks": "read:hooks",
    "custom-domains": "read:custom_domains",
    "clients/<id>/credentials": "read:client_credentials",
}
ROUTES = Map([Rule(f"/api/v2/{path}", endpoint=path, methods=["GET"]) for path in _PATHS], strict_slashes=False)

HELD = (
    "qzv7Kx2Lw9Tj4Hp8Rn3Mb6Yd1Gf5Sc0Ae",
    "wj5Xq8Zk1Vt6Pn3Ry9Lh2Bm7Fd4Gs0Ce",
    "hx3Nq7Wv9Zt1Kj5Lp8Rb2My6Df4Gc0Se",
)
"""What its answers hold besides, and nobody may keep."""

LATE = 5
"""After how many questions for it the log has caught up, where it lags."""

TOO_FAST = {"statusCode": 429, "error": "Too Many Requests", "message": "Global limit has been reached"}


class Management:
    """Answers below ``/api/v2/``, to who brings a token of its own."""

    def __init__(self, setup: Setup, log: LogBook, *, real_limits: bool) -> None:
        self._setup, self._log = setup, log
        self._tokens: Recent[str, tuple[str, ...]] = Recent()
        self._limit = Window(2, 1) if real_limits else Window(100_000, 1)
        self._asked_for_logs = 0
        self._answers: dict[str, Callable[[Question, dict[str, Any]], Answer]] = {
            "logs": self._logs,
            "connections": self._connections,
            "connections/<id>/clients": self._clients,
            "connections/<id>/status": self._status,
            "user-blocks": self._blocks,
            "users-by-email": self._users,
            "actions/actions": self._actions,
            "attack-protection/<list>": self._protection,
            "log-streams": self._streams,
            "rules": self._rules,
            "hooks": self._rules,
            "custom-domains": self._domains,
            "clients/<id>/credentials": self._credentials,
        }

    @property
    def handed_out(self) -> list[str]:
        return list(self._tokens)

    def token(self, question: Question, audience: str) -> Answer:
        """A token for this audience, for the application of its own."""
        ill = self._setup.management
        if "down" in ill:
            return error_answer(503, "temporarily_unavailable", "Service unavailable")
        right = question.text("client_secret") == MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_SECRET"]
        if not right or "refused" in ill:
            raise Refused(401, "access_denied", "Unauthorized")
        if question.text("audience") != audience:
            raise Refused(403, "access_denied", f"Service not enabled within domain: {question.text('audience')}")
        scopes: tuple[str, ...] = SCOPES[:1] if "scopes-missing" in ill else () if "no-scopes" in ill else SCOPES
        scopes += ("update:users", "delete:connections") if "write-scope" in ill else ()
        token = secrets.token_urlsafe(96)
        self._tokens[token] = scopes
        return json_answer(
            {"access_token": token, "scope": " ".join(scopes), "expires_in": 86400, "token_type": "Bearer"}
        )

    def answer(self, question: Question) -> Answer:
        """What is asked below ``/api/v2/``."""
        if "down" in self._setup.management:
            return _failed(503, "Service Unavailable", "upstream connect error")
        room = self._limit.take()
        if not room.within or "limited" in self._setup.management:
            return room.shown_on(json_answer(TOO_FAST, 429))
        given = question.request.authorization
        scopes = self._tokens.get((given.token or "") if given and given.type == "bearer" else "", None)
        if scopes is None:
            return _failed(401, "Unauthorized", "Invalid token")
        try:
            path, parts = ROUTES.bind("localhost").match(question.path, question.method)
        except (NotFound, MethodNotAllowed):
            return room.shown_on(_failed(404, "Not Found", "Not Found"))
        denied = path == "logs" and "logs-denied" in self._setup.management
        if _PATHS[path] not in scopes or denied:
            message = f"Insufficient scope, expected any of: {_PATHS[path]}"
            return room.shown_on(_failed(403, "Forbidden", message, errorCode="insufficient_scope"))
        return room.shown_on(self._answers[path](question, dict(parts)))

    def _logs(self, question: Question, _: dict[str, Any]) -> Answer:
        ill, asked = self._setup.management, question.request.args
        self._asked_for_logs += 1
        self._log.others(question.at - 0.2)
        if "logs-late" in ill and self._asked_for_logs < LATE:
            return json_answer([])
        if "type:depnote" in (asked.get("q") or ""):
            note = {"type": "depnote", "client_id": STATIC["AUTH0_CLIENT_ID"], "description": "Legacy user profile"}
            return json_answer([note] if "deprecation" in ill else [])
        try:
            found = self._log.found(asked.get("q") or asked.get("search") or "")
        except ValueError as wrong:
            return _failed(400, "Bad Request", str(wrong))
        found = self._log.everything() if "logs-unfiltered" in ill else found
        return _paged(question, "logs", chosen(found[: int(asked.get("per_page", 50))], asked.get("fields", "")))

    def _connections(self, question: Question, _: dict[str, Any]) -> Answer:
        asked = question.request.args
        listed = self._all_connections()
        if name := asked.get("name"):
            listed = [each for each in listed if each["name"] == name]
        if strategies := asked.getlist("strategy"):
            listed = [each for each in listed if each["strategy"] in strategies]
        listed = chosen(listed, asked.get("fields", ""))
        return json_answer({"connections": listed} if "take" in asked else listed)

    def _all_connections(self) -> list[dict[str, Any]]:
        ill = self._setup.management
        strategies = {"google-oauth2": "google-oauth2", "github": "github", "corp-entra": "waad", "corp-oidc": "oidc"}
        strategies |= {"corp-saml": "samlp", "corp-post": "samlp", "corp-adfs": "adfs"}
        there = {DEFAULT_CONNECTION: "auth0"} | {name: strategies[name] for name in CONNECTIONS}
        if "connection-gone" not in ill:
            there[CUSTOM_USERS] = "ad" if "connector-offline" in ill else "auth0"
        if self._setup.refuses_connections == "removed":
            there = {name: strategy for name, strategy in there.items() if name not in CONNECTIONS}
        return [
            {
                "id": f"con_{name}",
                "name": name,
                "strategy": strategy,
                "realms": [name],
                "is_domain_connection": False,
                "options": self._options(name, strategy),
            }
            for name, strategy in there.items()
        ]

    def _options(self, name: str, strategy: str) -> dict[str, Any]:
        if strategy != "samlp":
            return {"client_secret": HELD[0]}
        ends = -3 * A_DAY if "certificate-ended" in self._setup.management and name == "corp-saml" else 500 * A_DAY
        pem = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
        return {"cert": pem.format(metadata.certificate(ends)), "expires": _after(ends)}

    def _clients(self, _: Question, parts: dict[str, Any]) -> Answer:
        disabled = parts["id"] == f"con_{CUSTOM_USERS}" and "connection-off" in self._setup.management
        disabled |= self._setup.refuses_connections == "disabled" and parts["id"][4:] in CONNECTIONS
        ours = [] if disabled else [{"client_id": STATIC["AUTH0_CLIENT_ID"]}]
        return json_answer({"clients": [{"client_id": "otherClient0123"}, *ours]})

    def _status(self, _: Question, __: dict[str, Any]) -> Answer:
        if "connector-offline" in self._setup.management:
            return _failed(404, "Not Found", "The connection is offline")
        return Answer("", 200, content_type="application/json; charset=utf-8")

    def _blocks(self, question: Question, _: dict[str, Any]) -> Answer:
        name = question.request.args.get("identifier", "")
        blocked = [{"identifier": name, "ip": "203.0.113.9"}] if "user-blocked" in self._setup.management else []
        return json_answer({"blocked_for": blocked})

    def _users(self, question: Question, _: dict[str, Any]) -> Answer:
        user = {
            "email": question.request.args.get("email", ""),
            "blocked": "user-disabled" in self._setup.management,
            "identities": [{"connection": DEFAULT_CONNECTION}, {"connection": CUSTOM_USERS}],
        }
        return json_answer(chosen([user], question.request.args.get("fields", "")))

    def _actions(self, question: Question, _: dict[str, Any]) -> Answer:
        ago = 240.0 if "action-deployed" in self._setup.management else 30 * A_DAY
        at = _after(-ago)
        action = {
            "id": "act-1",
            "name": "add-roles",
            "supported_triggers": [{"id": "post-login", "version": "v3"}],
            "all_changes_deployed": True,
            "status": "built",
            "code": f"exports.onExecutePostLogin = async () => {{ const key = '{HELD[1]}'; }};",
            "deployed_version": {"number": 7, "deployed": True, "status": "built", "built_at": at, "updated_at": at},
        }
        page = int(question.request.args.get("page", 0))
        return json_answer({"total": 1, "page": page, "per_page": 100, "actions": [] if page else [action]})

    def _protection(self, _: Question, parts: dict[str, Any]) -> Answer:
        listed = ["203.0.113.0/24"] if "address-allowed" in self._setup.management else ["198.51.100.7"]
        if parts["list"] == "bot-detection":
            policies = ("challenge_password_policy", "challenge_passwordless_policy", "challenge_password_reset_policy")
            return json_answer(
                {
                    "bot_detection_level": "medium",
                    **dict.fromkeys(policies, "when_risky"),
                    "allowlist": listed,
                    "monitoring_mode_enabled": False,
                }
            )
        return json_answer({"enabled": True, "shields": ["block"], "allowlist": listed})

    def _streams(self, _: Question, __: dict[str, Any]) -> Answer:
        status = "paused" if "stream-paused" in self._setup.management else "active"
        return json_answer([{"id": "lst_1", "name": "To the SIEM", "type": "http", "status": status, "sink": _SINK}])

    def _rules(self, question: Question, _: dict[str, Any]) -> Answer:
        ill = self._setup.management
        if "rules-gone" in ill:
            return _failed(410, "Gone", "Rules have reached their end of life")
        named = [{"name": "add-roles-to-tokens", "enabled": True}] if "rules-left" in ill else []
        if question.path.endswith("hooks"):
            return json_answer({"hooks": []})
        return _paged(question, "rules", named)

    def _domains(self, _: Question, __: dict[str, Any]) -> Answer:
        failing = "domain-failing" in self._setup.management
        domain = {
            "custom_domain_id": "cd_1",
            "domain": "login.sandbox.example",
            "primary": True,
            "status": "ready",
            "type": "auth0_managed_certs",
            "certificate": {
                "status": "renewing_failed" if failing else "provisioned",
                "renews_before": _after(90 * A_DAY),
            },
            "verification": {"status": "verified", "methods": []},
        }
        return json_answer([domain])

    def _credentials(self, _: Question, __: dict[str, Any]) -> Answer:
        ends = 9 * A_DAY if "credentials-ending" in self._setup.management else 400 * A_DAY
        made = {"id": "cred_1", "name": "ci-key", "credential_type": "public_key", "alg": "RS256", "kid": "k1"}
        return json_answer([made | {"created_at": _after(-100 * A_DAY), "expires_at": _after(ends)}])


_SINK = {"httpEndpoint": "https://siem.example/in", "httpAuthorization": f"Bearer {HELD[2]}"}


def _paged(question: Question, name: str, things: list[dict[str, Any]]) -> Answer:
    """A list, or where totals are asked for an object that has it; there is one page."""
    asked = question.request.args
    things = [] if int(asked.get("page", 0)) else things
    if asked.get("include_totals") != "true":
        return json_answer(things)
    count = len(things)
    return json_answer({name: things, "start": 0, "limit": 50, "length": count, "total": count})


def _failed(status: int, error: str, message: str, **more: str) -> Answer:
    """The shape of the Management API's errors."""
    return json_answer({"statusCode": status, "error": error, "message": message, **more}, status)


def _after(seconds: float) -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
