"""The floor: a bare asyncio client that makes the suite's requests, concurrently, and judges and reports nothing.

It prints how often it was answered with which status, as JSON: ``["GET /test", 200]`` and so on. Who measures it holds
that against what the suite was answered: a floor that is refused would be a low one. ``FLOOR_RECORDS`` names a file
that is told the requests themselves, with their credentials.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
REALM = "http://auth0.com/oauth/grant-type/password-realm"


class Client:
    def __init__(self) -> None:
        self.host, _, port = os.environ["AUTH0_DOMAIN"].partition(":")
        self.port = int(port)
        self.tls = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        self.answered: list[tuple[str, int]] = []
        self.asked: list[dict[str, Any]] = []

    async def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        *,
        token: str = "",
        address: str = "",
        kind: str = FORM,
    ) -> dict[str, Any]:
        host, _, port = address.partition(":") if address else (self.host, "", str(self.port))
        reader, writer = await asyncio.open_connection(host, int(port), ssl=self.tls, server_hostname=self.host)
        body = (json.dumps(form) if kind == JSON else urlencode(form)).encode() if form else b""
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Connection: close"]
        head += [f"Authorization: {token}"] if token else []
        head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if form else []
        self.asked.append(
            {
                "method": method,
                "url": f"https://{address or f'{self.host}:{self.port}'}{path}",
                "headers": dict(each.split(": ", 1) for each in head[1:] if not each.startswith("Content-Length")),
                "body": body.decode(),
            }
        )
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        answer = await reader.read()
        writer.close()
        self.answered.append((f"{method} {path.partition('?')[0]}", int(answer.split(b" ", 2)[1])))
        try:
            document = json.loads(answer.partition(b"\r\n\r\n")[2])
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    async def log_in(self, flow: str, connection: str, *after: str) -> None:
        user = f"AUTH0_CONNECTION_{connection.upper().replace('-', '_')}_"
        own = user + "USERNAME" in os.environ
        form = {
            "client_id": os.environ["AUTH0_CLIENT_ID"],
            "client_secret": os.environ["AUTH0_CLIENT_SECRET"],
            "username": os.environ[(user if own else "AUTH0_") + "USERNAME"],
            "password": os.environ[(user if own else "AUTH0_") + "PASSWORD"],
            "scope": "openid profile email offline_access",
            "grant_type": "password" if flow != "password-realm" else REALM,
        }
        if flow != "oauth-ro":
            form["audience"] = os.environ["AUTH0_AUDIENCE"]
        extra = {"realm": connection} if flow == "password-realm" else {"connection": connection, "device": "floor"}
        path = "/oauth/ro" if flow == "oauth-ro" else "/oauth/token"
        kind = JSON if flow == "oauth-ro" else FORM
        grant = await self.ask("POST", path, form | (extra if flow != "password" else {}), kind=kind)
        bearer = f"Bearer {grant.get('access_token')}"
        ours = {name: form[name] for name in ("client_id", "client_secret")}
        refresh = ours | {"grant_type": "refresh_token", "refresh_token": str(grant.get("refresh_token"))}

        async def revoke() -> None:
            await self.ask("POST", "/oauth/token", refresh)
            await self.ask("POST", "/oauth/revoke", ours | {"token": refresh["refresh_token"]})
            await self.ask("POST", "/oauth/token", refresh)

        todo: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "profile": lambda: self.ask("GET", "/userinfo", token=bearer),
            "tampered": lambda: self.ask("GET", "/userinfo", token=bearer[:-5] + "AAAAA"),
            "revoke": revoke,
        }
        await asyncio.gather(*(todo[name]() for name in after))


def pages() -> list[str]:
    """The addresses of the status pages that the suite reads by default."""
    services = ("AWS", "AZURE_AD", "GITHUB", "GOOGLE_WORKSPACE", "SENDGRID", "TWILIO")
    named = [os.environ[f"AUTH0_DEPENDENCY_{service}_URL"] for service in services]
    facebook = os.environ["AUTH0_DEPENDENCY_FACEBOOK_URL"]
    named += [facebook.replace("{component}", component) for component in ("facebook-login", "graph-api")]
    named.append(facebook.rpartition("/")[0] + "/data/orgs.json")
    own = [os.environ[f"AUTH0_{name}"] for name in ("STATUS_URL", "UPTIME_URL", "UPTIME_PAGE")]
    return [*named, *(each.replace("{domain}", "localhost") for each in own)]


async def main() -> Client:
    client = Client()
    machine = {
        "client_id": os.environ["AUTH0_CLIENT_ID"],
        "client_secret": os.environ["AUTH0_CLIENT_SECRET"],
        "grant_type": "client_credentials",
        "audience": os.environ["AUTH0_AUDIENCE"],
    }
    stranger = machine | {"grant_type": REALM, "username": "nobody@synthetic.invalid", "password": "wrong"}
    first, second = os.environ["AUTH0_CONNECTIONS"].split(",")
    paths = ("/test", "/testall", "/.well-known/openid-configuration", "/.well-known/jwks.json")
    nodes = os.environ["AUTH0_NODES"].split(",")
    key = f"api_keys_health:{os.environ['AUTH0_HEALTH_API_KEY']}"
    health = f"Basic {base64.b64encode(key.encode()).decode()}"
    await asyncio.gather(
        *(client.ask("GET", path) for path in paths),
        client.log_in("oauth-ro", first, "profile", "tampered"),
        client.log_in("oauth-ro", second, "profile", "tampered"),
        client.log_in("password", first, "revoke"),
        client.log_in("password-realm", first),
        client.log_in("password-realm", second),
        client.ask("POST", "/oauth/token", machine),
        client.ask("POST", "/oauth/token", machine | {"client_secret": "wrong"}),
        *(client.ask("POST", "/oauth/token", stranger | {"realm": realm}) for realm in (first, second)),
        *(client.ask("GET", "/testall", address=node) for node in nodes),
        *(
            client.ask("GET", f"/health/status/{metric}", token=health, address=node)
            for node in nodes
            for metric in METRICS
        ),
        *(client.ask("GET", "/" + page.split("/", 3)[3], address=page.split("/")[2]) for page in pages()),
    )
    return client


if __name__ == "__main__":
    made = asyncio.run(main())
    print(json.dumps(made.answered))
    if records := os.environ.get("FLOOR_RECORDS"):
        Path(records).write_text(json.dumps(made.asked))
