"""The floor: a bare asyncio client that makes the suite's requests, concurrently, and judges and reports nothing.

It prints how often it was answered with which status, as JSON: ``["GET /test", 200]`` and so on. Who measures it holds
that against what the suite was answered: a floor that is refused would be a low one. ``FLOOR_RECORDS`` names a file
that is told the requests themselves, with their credentials. ``FLOOR_WHOLE`` is set where the suite makes the sandbox's
default run: then users log in on its pages and out again, a device begins to, and what ends is asked for as well.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

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
        node: bool = False,
        kind: str = FORM,
        jar: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The answer's JSON; of a redirect ``{"location": …}`` alone. A node goes by the tenant's name."""
        own = f"{self.host}:{self.port}"
        host, _, port = (address or own).partition(":")
        named = own if node else address or own
        name = named.partition(":")[0]
        reader, writer = await asyncio.open_connection(host, int(port), ssl=self.tls, server_hostname=name)
        body = (json.dumps(form) if kind == JSON else urlencode(form)).encode() if form else b""
        head = [f"{method} {path} HTTP/1.1", f"Host: {named}", "Connection: close"]
        head += [f"Authorization: {token}"] if token else []
        head += [f"Cookie: {'; '.join(f'{name}={value}' for name, value in jar.items())}"] if jar else []
        head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"] if form else []
        self.asked.append(
            {
                "method": method,
                "url": f"https://{address or own}{path}",
                "headers": dict(each.split(": ", 1) for each in head[1:] if not each.startswith("Content-Length")),
                "body": body.decode(),
            }
        )
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        answer = await reader.read()
        writer.close()
        told, _, content = answer.partition(b"\r\n\r\n")
        status = int(told.split(b" ", 2)[1])
        self.answered.append((f"{method} {path.partition('?')[0]}", status))
        lines = [line.partition(": ") for line in told.decode().split("\r\n")]
        if jar is not None:
            kept = (value.partition(";")[0] for name, _, value in lines if name.lower() == "set-cookie")
            jar |= dict(each.split("=", 1) for each in kept)
        if status == 302:
            return {"location": next(value for name, _, value in lines if name.lower() == "location")}
        try:
            document = json.loads(content)
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

        async def rotate() -> None:
            await self.ask("POST", "/oauth/token", refresh)
            await self.ask("POST", "/oauth/token", refresh)

        todo: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "profile": lambda: self.ask("GET", "/userinfo", token=bearer),
            "tampered": lambda: self.ask("GET", "/userinfo", token=bearer[:-5] + "AAAAA"),
            "revoke": revoke,
            "rotate": rotate,
        }
        await asyncio.gather(*(todo[name]() for name in after))

    async def log_in_on_pages(self, connection: str, *, out: bool = False) -> None:
        """As a user does, by identifier and password; and, where this is asked, out again."""
        own = f"AUTH0_CONNECTION_{connection.upper().replace('-', '_')}_"
        user, password = (
            os.environ.get(own + name) or os.environ[f"AUTH0_{name}"] for name in ("USERNAME", "PASSWORD")
        )
        callback, verifier = os.environ["AUTH0_CALLBACK"], "floor" * 12
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        client = {"client_id": os.environ["AUTH0_CLIENT_ID"]}
        asked = client | {
            "response_type": "code",
            "redirect_uri": callback,
            "scope": "openid profile email",
            "state": "floor",
            "nonce": "floor",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "audience": os.environ["AUTH0_AUDIENCE"],
            "connection": connection,
        }
        jar = dict[str, str]()
        led = await self.ask("GET", f"/authorize?{urlencode(asked)}", jar=jar)
        for form in ({"username": user}, {"username": user, "password": password}):
            page = led["location"]
            sent = dict(parse_qsl(urlsplit(page).query)) | form | {"action": "default"}
            await self.ask("GET", page, jar=jar)
            led = await self.ask("POST", page, sent, jar=jar)
        led = await self.ask("GET", led["location"], jar=jar)
        code = dict(parse_qsl(urlsplit(led["location"]).query))["code"]
        secret = {"client_secret": os.environ["AUTH0_CLIENT_SECRET"], "redirect_uri": callback}
        form = client | secret | {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        grant = await self.ask("POST", "/oauth/token", form)
        if out:
            ended = client | {"post_logout_redirect_uri": callback, "id_token_hint": str(grant.get("id_token"))}
            await self.ask("GET", f"/oidc/logout?{urlencode(ended)}", jar=jar)
            await self.ask("GET", f"/authorize?{urlencode(asked | {'prompt': 'none'})}", jar=jar)

    async def lead_to(self, connection: str) -> None:
        """To a connection's identity provider, and its own page."""
        asked = {"connection": connection, "response_type": "code", "client_id": os.environ["AUTH0_CLIENT_ID"]}
        asked |= {"redirect_uri": os.environ["AUTH0_CALLBACK"], "scope": "openid", "state": "floor"}
        led = await self.ask("GET", f"/authorize?{urlencode(asked)}")
        place = urlsplit(led["location"])
        await self.ask("GET", f"{place.path}?{place.query}", address=place.netloc)

    async def begin_on_a_device(self) -> None:
        client = {"client_id": os.environ["AUTH0_CLIENT_ID"]}
        begun = await self.ask("POST", "/oauth/device/code", client | {"scope": "openid"})
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
        await self.ask("POST", "/oauth/token", client | grant | {"device_code": str(begun.get("device_code"))})

    async def read_what_ends(self) -> None:
        """What is published with a date in it, and the token for what the tenant alone knows."""
        canonical = os.environ["AUTH0_CANONICAL_DOMAIN"]
        manager = {
            "grant_type": "client_credentials",
            "client_id": os.environ["AUTH0_MANAGEMENT_CLIENT_ID"],
            "client_secret": os.environ["AUTH0_MANAGEMENT_CLIENT_SECRET"],
            "audience": f"https://{canonical}/api/v2/",
        }
        metadata = urlsplit(os.environ["AUTH0_CONNECTION_CORP_SAML_METADATA"])
        await asyncio.gather(
            self.ask("GET", f"/samlp/metadata/{os.environ['AUTH0_SAML_APPLICATIONS']}"),
            self.ask("GET", metadata.path, address=metadata.netloc),
            self.ask("GET", "/.well-known/openid-configuration", address=canonical),
            self.ask("POST", "/oauth/token", manager, address=canonical),
        )

    async def ask_the_rest(self, first: str, second: str) -> None:
        """What the default run asks besides, of these connections."""
        await asyncio.gather(
            self.log_in_on_pages(first, out=True),
            self.log_in_on_pages(second),
            self.begin_on_a_device(),
            self.read_what_ends(),
            *(self.lead_to(each) for each in os.environ["AUTH0_REDIRECTS"].split(",")),
        )


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
    whole = bool(os.environ.get("FLOOR_WHOLE"))
    await asyncio.gather(
        *([client.ask_the_rest(first, second)] if whole else []),
        *(client.ask("GET", path) for path in paths),
        client.log_in("oauth-ro", first, "profile", "tampered"),
        client.log_in("oauth-ro", second, "profile", "tampered"),
        client.log_in("password", first, "revoke"),
        client.log_in("password-realm", first, *(["rotate"] if whole else [])),
        client.log_in("password-realm", second),
        client.ask("POST", "/oauth/token", machine),
        client.ask("POST", "/oauth/token", machine | {"client_secret": "wrong"}),
        *(client.ask("POST", "/oauth/token", stranger | {"realm": realm}) for realm in (first, second)),
        *(client.ask("GET", "/testall", address=node, node=True) for node in nodes),
        *(
            client.ask("GET", f"/health/status/{metric}", token=health, address=node, node=True)
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
