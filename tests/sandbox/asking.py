"""A plain client of the sandbox."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from sandbox.box import Sandbox

REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"
SCOPE = "openid profile email offline_access"
THREADS = 24
FEW = 3
"""Threads where no answer is waited for: each has connections of its own, and their handshakes take the most time."""

SHORT = 0.6
"""Seconds that are waited for an answer which is to be late."""
LARGEST = 1 << 20


class TooLarge(Exception):
    """The answer has more bytes than anybody would want."""


class Client:
    """Asks one sandbox."""

    def __init__(self, box: Sandbox, timeout: float = 10) -> None:
        self.box, self.timeout = box, timeout
        self.settings = box.environment

    @property
    def authority(self) -> str:
        return self.settings["SSL_CERT_FILE"]

    @cached_property
    def session(self) -> requests.Session:
        """Keeps connections alive, for several threads."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.authority
        session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
        return session

    def close(self) -> None:
        self.session.close()

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return self._fetch(method, f"https://{self.box.domain}{path}", **more)

    def page(self, path: str, method: str = "GET", **more: Any) -> requests.Response:
        """Ask for a status page."""
        return self._fetch(method, f"{self.box.pages}/{path}", **more)

    def idp(self, path: str, **more: Any) -> requests.Response:
        """Ask the identity provider."""
        return self._fetch("GET", f"https://{self.box.idp}{path}", **more)

    def canonical(self, path: str, **more: Any) -> requests.Response:
        """Ask the tenant by its canonical domain."""
        return self._fetch("GET", f"https://{self.box.canonical}{path}", **more)

    def management(self) -> dict[str, str]:
        """What the Management API is asked with: a token, in the header."""
        sent = {
            "grant_type": "client_credentials",
            "client_id": self.settings["AUTH0_MANAGEMENT_CLIENT_ID"],
            "client_secret": self.settings["AUTH0_MANAGEMENT_CLIENT_SECRET"],
            "audience": f"https://{self.box.canonical}/api/v2/",
        }
        given = self._fetch("POST", f"https://{self.box.canonical}/oauth/token", data=sent)
        return {"Authorization": f"Bearer {given.json()['access_token']}"}

    def _fetch(self, method: str, url: str, **more: Any) -> requests.Response:
        options = {"timeout": self.timeout, "allow_redirects": False, "stream": True} | more
        response = self.session.request(method, url, **options)
        if int(response.headers.get("Content-Length", 0)) > LARGEST:
            response.close()
            raise TooLarge
        response.content  # noqa: B018 -- reads it
        return response

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.ask("GET", path, **more)

    def userinfo(self, access_token: str) -> requests.Response:
        return self.get("/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def token(self, **fields: str | None) -> requests.Response:
        """``POST /oauth/token``: a login with ``password`` unless the fields say otherwise; None leaves one out."""
        form: dict[str, str | None] = {
            "grant_type": "password",
            "client_id": self.settings["AUTH0_CLIENT_ID"],
            "client_secret": self.settings["AUTH0_CLIENT_SECRET"],
        }
        if fields.get("grant_type") not in ("client_credentials", "refresh_token"):
            form |= self.user | {"scope": SCOPE}
        return self.ask("POST", "/oauth/token", data=form | fields)

    def ro(self, **fields: Any) -> requests.Response:
        """``POST /oauth/ro``."""
        body = {
            "grant_type": "password",
            "client_id": self.settings["AUTH0_CLIENT_ID"],
            "connection": "Username-Password-Authentication",
            "device": "tests",
            "scope": SCOPE,
            **self.user,
            **fields,
        }
        return self.ask("POST", "/oauth/ro", json={name: value for name, value in body.items() if value is not None})

    def machine(self, **fields: str | None) -> requests.Response:
        audience = self.settings["AUTH0_AUDIENCE"]
        return self.token(**({"grant_type": "client_credentials", "audience": audience} | fields))

    @property
    def user(self) -> dict[str, str]:
        return {"username": self.settings["AUTH0_USERNAME"], "password": self.settings["AUTH0_PASSWORD"]}

    @property
    def custom_user(self) -> dict[str, str]:
        prefix = "AUTH0_CONNECTION_CUSTOM_USERS"
        return {"username": self.settings[f"{prefix}_USERNAME"], "password": self.settings[f"{prefix}_PASSWORD"]}

    def node(
        self, number: int, path: str, *, host: str = "localhost", key: str | None = None
    ) -> urllib3.BaseHTTPResponse:
        """Ask a node, in the tenant's name."""
        where = urlsplit("//" + self.settings["AUTH0_NODES"].split(",")[number - 1])
        headers = {"Host": host}
        if key is not None:
            headers |= urllib3.make_headers(basic_auth=f"api_keys_health:{key}")
        with urllib3.HTTPSConnectionPool(
            where.hostname or "",
            where.port,
            ca_certs=self.authority,
            server_hostname="localhost",
            assert_hostname="localhost",
            retries=False,
            timeout=self.timeout,
        ) as pool:
            return pool.request("GET", path, headers=headers)

    def metric(self, number: int, name: str = "cpu") -> urllib3.BaseHTTPResponse:
        return self.node(number, f"/health/status/{name}", key=self.settings["AUTH0_HEALTH_API_KEY"])

    def verified(self, id_token: str) -> dict[str, Any]:
        """The claims of a token that the tenant signed as it says it does; JoseError where it did not."""
        algorithm = self.settings["AUTH0_ID_TOKEN_ALG"]
        key: KeySet | OctKey = (
            OctKey.import_key(self.settings["AUTH0_CLIENT_SECRET"])
            if algorithm == "HS256"
            else KeySet.import_key_set(self.get("/.well-known/jwks.json").json())
        )
        return jwt.decode(id_token, key, algorithms=[algorithm]).claims


def connected(client: Client, host: str = "localhost") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=client.authority)
    raw = socket.create_connection((host, int(client.box.domain.split(":")[1])), timeout=5)
    return context.wrap_socket(raw, server_hostname="localhost")


Starting = Callable[..., Client]


def error(response: Any) -> tuple[int, str, str]:
    """Status, ``error`` and ``error_description``."""
    document = response.json()
    return response.status_code, document["error"], document["error_description"]
