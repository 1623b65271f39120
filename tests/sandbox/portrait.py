"""The portrait of a sandbox: what it answers to everything, in a few words each."""

from __future__ import annotations

import re
import socket
import ssl
import time
import zlib
from base64 import b64decode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree import ElementTree as ET

import requests
import urllib3
from cryptography import x509
from joserfc import jws
from joserfc.errors import JoseError

from tests.sandbox.asking import REALM_GRANT, THREADS, Client, TooLarge


def told(ask: Callable[[], str]) -> str:
    """What came of asking, even where that was nothing."""
    try:
        return ask()
    except TooLarge:
        return "too large"
    except urllib3.exceptions.NewConnectionError:
        return "refused"
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        return "timeout"
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        return "untrusted"
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError) as error:
        # Within a body requests tells that time is up as it tells that the connection broke.
        late = error.args and isinstance(error.args[0], urllib3.exceptions.ReadTimeoutError)
        return "timeout" if late else "broken"


def refusal(response: requests.Response) -> str:
    """Status and ``error`` of an answer that is not a good one."""
    try:
        document = response.json()
    except ValueError:
        return f"{response.status_code} {response.headers['Content-Type'].partition(';')[0]}"
    return f"{response.status_code} {document['error'] if isinstance(document, dict) else document}"


def granted(response: requests.Response) -> str:
    """What a token endpoint gave."""
    try:
        document = response.json()
    except ValueError:
        return refusal(response)
    if response.status_code != 200 or not isinstance(document, dict):
        return refusal(response)
    given = [name.removesuffix("_token") for name in ("access_token", "id_token", "refresh_token") if name in document]
    return " ".join(["200", document["token_type"], *given])


def portrait(client: Client, *, at_once: int = THREADS) -> Mapping[str, str]:
    """What this sandbox answers to everything that a monitor asks, so many questions at once."""
    with ThreadPoolExecutor(at_once) as pool:
        asked = {name: pool.submit(told, partial(ask, client)) for name, ask in QUESTIONS.items()}
        return {name: answer.result() for name, answer in asked.items()}


def _login(client: Client) -> dict[str, Any]:
    response = client.token()
    if "access" not in granted(response).split():
        raise requests.ConnectionError(granted(response))
    document: dict[str, Any] = response.json()
    return document


def _pages(client: Client) -> str:
    """A login through the pages: the tokens, or the error that it leads back with, or what is on its last page."""
    with requests.Session() as session:
        where = walked(client, session)
        if not isinstance(where, dict):
            return where
        code: dict[str, str | None] = {"code": where.get("code", ""), "redirect_uri": _asked(client)["redirect_uri"]}
        without_user: dict[str, str | None] = {"username": None, "password": None, "scope": None}
        error = where.get("error")
        return (
            f"302 {error}" if error else granted(client.token(grant_type="authorization_code", **code, **without_user))
        )


def _asked(client: Client) -> dict[str, str]:
    asked = {"response_type": "code", "client_id": client.settings["AUTH0_CLIENT_ID"], "scope": "openid profile email"}
    return asked | {name: client.settings[f"AUTH0_{of}"] for name, of in REDIRECT.items()}


REDIRECT = {"redirect_uri": "CALLBACK", "audience": "AUDIENCE"}


def walked(client: Client, session: requests.Session, **more: str) -> str | dict[str, str]:
    """With what the login leads back; or, of the page at which it ends, in words what is on it."""
    session.trust_env, session.verify = False, client.authority
    options: dict[str, Any] = {"timeout": client.timeout, "allow_redirects": False}
    asked = _asked(client) | more
    response = session.get(f"https://{client.box.domain}/authorize", params=asked, **options)
    for _ in range(12):
        if int(response.headers.get("Content-Length", 0)) > 1 << 20:
            raise TooLarge
        where = urljoin(response.url, response.headers.get("location", ""))
        if where.startswith(asked["redirect_uri"]):
            return dict(parse_qsl(urlsplit(where).query))
        if urlsplit(where).netloc != client.box.domain:
            return f"302 {urlsplit(where).netloc}"
        if response.status_code == 302:
            response = session.get(where, **options)
            continue
        state = re.search(r'name="state" value="([^"]+)"', response.text)
        fields = {name: client.user[name] for name in client.user if f'name="{name}"' in response.text}
        if response.status_code != 200 or not state or not fields or "captcha" in response.text:
            return f"{response.status_code} {_on_it(response)}"
        response = session.post(response.url, data={"state": state[1], "action": "default", **fields}, **options)
    return "no end"


def _on_it(response: requests.Response) -> str:
    """The key of the error on a page, or a captcha, or else where the page is."""
    key = re.search(r'data-error-code="([^"]+)"', response.text)
    return key[1] if key else "captcha" if "captcha" in response.text else urlsplit(response.url).path


def _logout(client: Client) -> str:
    with requests.Session() as session:
        where = walked(client, session)
        if not isinstance(where, dict) or "code" not in where:
            raise requests.ConnectionError(str(where))
        logout = session.get(
            f"https://{client.box.domain}/v2/logout?returnTo={client.settings['AUTH0_CALLBACK']}",
            timeout=client.timeout,
            allow_redirects=False,
        )
        after = walked(client, session, prompt="none")
        return f"{logout.status_code} {after.get('error', 'a session') if isinstance(after, dict) else after}"


def _token(client: Client) -> str:
    token = _login(client).get("refresh_token")
    if not token:
        raise requests.ConnectionError("there is no refresh token")
    return str(token)


def _reused(client: Client) -> str:
    token = _token(client)
    client.token(grant_type="refresh_token", refresh_token=token)
    return granted(client.token(grant_type="refresh_token", refresh_token=token))


def _revoked(client: Client) -> str:
    token = _token(client)
    known = {name: client.settings[f"AUTH0_{name.upper()}"] for name in ("client_id", "client_secret")}
    client.ask("POST", "/oauth/revoke", data=known | {"token": token})
    return granted(client.token(grant_type="refresh_token", refresh_token=token))


CONNECTIONS = ("google-oauth2", "corp-saml")


def led(client: Client, connection: str) -> requests.Response:
    """The answer to ``/authorize`` for this connection."""
    return client.get("/authorize", params=_asked(client) | {"connection": connection})


def _given(response: requests.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.headers.get("location", "")).query))


def _saml(response: requests.Response) -> ET.Element | None:
    """The SAML request in this redirect."""
    packed = _given(response).get("SAMLRequest")
    return ET.fromstring(zlib.decompress(b64decode(packed), -15)) if packed else None  # noqa: S314 -- the sandbox's


def _ways_out(client: Client) -> str:
    """Whom each connection leads to, and whom back to; or with which error it leads nowhere."""
    found = []
    for connection in CONNECTIONS:
        response = led(client, connection)
        if "location" not in response.headers:
            return " ".join([str(response.status_code)] * len(CONNECTIONS))
        given, saml = _given(response), _saml(response)
        if "error" in given:
            found.append(given["error"])
            continue
        hosts = {client.box.idp: "idp", client.box.domain: "tenant", "": "none"}
        back = saml.attrib["AssertionConsumerServiceURL"] if saml is not None else given.get("redirect_uri", "")
        places = [urlsplit(urljoin(response.url, response.headers["location"])).netloc, urlsplit(back).netloc]
        found.append(" ".join(hosts.get(each, each) for each in places) + ",")
    return " ".join(found).strip(",")


def _saml_issuer(client: Client) -> str:
    saml = _saml(led(client, "corp-saml"))
    return "none" if saml is None else "".join(saml[0].itertext())


def _provider(client: Client) -> str:
    """The statuses of the identity provider's pages that the connections lead to."""
    paths = ("/google/o/oauth2/v2/auth", "/saml/sso")
    return " ".join(str(client.idp(path).status_code) for path in paths)


def _days(certificate: str) -> str:
    read = x509.load_der_x509_certificate(b64decode(certificate))
    return str(round((read.not_valid_after_utc.timestamp() - time.time()) / 86400))


def _x5c(client: Client) -> str:
    response = client.get("/.well-known/jwks.json")
    if response.status_code != 200 or "html" in response.headers["Content-Type"]:
        return refusal(response)
    return " ".join(
        [*dict.fromkeys(_days(key["x5c"][0]) for key in response.json()["keys"][:1] if "x5c" in key), "days"]
    )


def _saml_metadata(client: Client) -> str:
    response = client.get(f"/samlp/metadata/{client.settings['AUTH0_SAML_APPLICATIONS']}")
    named = re.findall("<X509Certificate>(.*?)<", response.text)
    if not named:
        return refusal(response)
    published = [next(iter(key.get("x5c", [])), "") for key in client.get("/.well-known/jwks.json").json()["keys"]]
    return "the key's" if named[0] in published else "another key's"


def _idp_metadata(client: Client) -> str:
    return " ".join([*map(_days, re.findall("<X509Certificate>(.*?)<", client.idp("/saml/metadata").text)), "days"])


def _dated(client: Client) -> str:
    """The days that are left of a connection's certificate and of the application's key, and the custom domain's."""
    headers, application = client.management(), client.settings["AUTH0_CLIENT_ID"]
    paths = ("connections?name=corp-saml", f"clients/{application}/credentials", "custom-domains")
    listed, (key,), (domain,) = (client.canonical(f"/api/v2/{path}", headers=headers).json() for path in paths)
    ends = [*(each["options"]["expires"] for each in listed), key["expires_at"]]
    days = (round((datetime.fromisoformat(each).timestamp() - time.time()) / 86400) for each in ends)
    return f"{' '.join(map(str, days))} days, {domain['certificate']['status']}"


def _device(client: Client) -> str:
    response = client.ask("POST", "/oauth/device/code", data={"client_id": client.settings["AUTH0_CLIENT_ID"]})
    if response.status_code != 200 or "html" in response.headers["Content-Type"]:
        return refusal(response)
    return " ".join(["200", *(name for name in ("device_code", "user_code") if name in response.json())])


def _test(client: Client) -> str:
    response = client.get("/test")
    if response.status_code != 200 or "json" not in response.headers["Content-Type"]:
        return refusal(response)
    clock = response.json().get("clock")
    return "no clock" if clock is None else f"{round((clock / 1000 - time.time()) / 3600)} h"


def _testall(client: Client) -> str:
    response = client.get("/testall")
    return f"{response.status_code} {response.text if response.text == 'OK' else 'page'}"


def _discovery(client: Client) -> str:
    response = client.get("/.well-known/openid-configuration")
    if response.status_code != 200 or "html" in response.headers["Content-Type"]:
        return refusal(response)
    document = response.json()
    tenant = f"https://{client.box.domain}/"
    strange = [
        name
        for name, value in document.items()
        if name in ("issuer", "jwks_uri") or name.endswith("_endpoint")
        if not value.startswith(tenant)
    ]
    algorithms = document["id_token_signing_alg_values_supported"]
    return " ".join([*strange, *algorithms])


def _jwks(client: Client) -> str:
    response = client.get("/.well-known/jwks.json")
    if response.status_code != 200 or "html" in response.headers["Content-Type"]:
        return refusal(response)
    keys = response.json()["keys"]
    usable = [key for key in keys if key["use"] == "sig" and "n" in key]
    return f"{len(keys)} keys, {len(usable)} usable, {len({key['kid'] for key in keys})} ids"


def _id_token(client: Client) -> str:
    token = _login(client).get("id_token")
    if token is None:
        return "none"
    try:
        claims = client.verified(token)
    except (JoseError, ValueError):
        return "not the tenant's"
    hours = [round((claims[name] - time.time()) / 3600) for name in ("iat", "exp")]
    whose = [claims["iss"] == f"https://{client.box.domain}/", claims["aud"] == client.settings["AUTH0_CLIENT_ID"]]
    added = [claims.get(f"https://sandbox.example/{name}") for name in ("roles", "tier")]
    return f"{hours} {whose} {added}"


def _access(client: Client) -> str:
    """A machine's access token: how it is signed, from when to when it is valid in hours, and whether for the API."""
    response = client.machine()
    if granted(response) != "200 Bearer access":
        raise requests.ConnectionError(granted(response))
    token = response.json()["access_token"]
    if token.count(".") != 2:
        return "opaque"
    header = jws.extract_compact(token.encode()).headers()
    if header["alg"] != "RS256":
        return str(header["alg"])
    try:
        claims = client.verified(token)
    except (JoseError, ValueError):
        return "not the tenant's"
    hours = [round((claims[name] - time.time()) / 3600) for name in ("iat", "exp")]
    return f"RS256 {hours} {claims['aud'] == client.settings['AUTH0_AUDIENCE']}"


def _refresh(client: Client) -> str:
    token = _login(client).get("refresh_token")
    return granted(client.token(grant_type="refresh_token", refresh_token=token)) if token else "none"


def _userinfo(client: Client) -> str:
    response = client.userinfo(_login(client)["access_token"])
    if response.status_code != 200 or "html" in response.headers["Content-Type"]:
        return refusal(response)
    return f"200 {response.json()['sub'][-4:]}"


def _tampered(client: Client) -> str:
    response = client.userinfo(_login(client)["access_token"] + "x")
    return "200" if response.status_code == 200 else refusal(response)


def _room(client: Client) -> str:
    headers = client.get("/.well-known/jwks.json").headers
    if "x-ratelimit-limit" not in headers:
        return "unsaid"
    return "much" if int(headers["x-ratelimit-remaining"]) > int(headers["x-ratelimit-limit"]) / 10 else "little"


def _again(client: Client) -> str:
    client.get("/test?twice")
    return str(client.get("/test?twice").status_code)


def _certificate(client: Client) -> str:
    context = ssl.create_default_context(cafile=client.authority)
    host, _, port = client.box.domain.partition(":")
    with socket.create_connection((host, int(port)), timeout=client.timeout) as raw:
        try:
            with context.wrap_socket(raw, server_hostname=host) as connection:
                certificate = connection.getpeercert() or {}
        except ssl.SSLCertVerificationError as error:
            return error.verify_message.partition(",")[0]
    left = ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()
    return f"{round(left / 86400)} days"


def _node(number: int) -> Callable[[Client], str]:
    return lambda client: f"{client.node(number, '/testall').status}"


def _metric(number: int) -> Callable[[Client], str]:
    return lambda client: f"{client.metric(number).status}"


STRANGER = {"username": "nobody@sandbox.example", "password": "no password at all"}

QUESTIONS: dict[str, Callable[[Client], str]] = {
    "test": _test,
    "testall": _testall,
    "discovery": _discovery,
    "jwks": _jwks,
    "room": _room,
    "again": _again,
    "certificate": _certificate,
    "ro": lambda client: granted(client.ro()),
    "password": lambda client: granted(client.token()),
    "realm": lambda client: granted(client.token(grant_type=REALM_GRANT, realm="Username-Password-Authentication")),
    "custom": lambda client: granted(client.token(grant_type=REALM_GRANT, realm="custom-users", **client.custom_user)),
    "machine": lambda client: granted(client.machine()),
    "access": _access,
    "scope": lambda client: str(_login(client).get("scope", "as asked")),
    "id_token": _id_token,
    "pages": _pages,
    "refresh": _refresh,
    "reused": _reused,
    "revoked": _revoked,
    "logout": _logout,
    "device": _device,
    "ways out": _ways_out,
    "saml issuer": _saml_issuer,
    "provider": _provider,
    "x5c": _x5c,
    "saml metadata": _saml_metadata,
    "idp metadata": _idp_metadata,
    "canonical": lambda client: str(client.canonical("/.well-known/openid-configuration").status_code),
    "dated": _dated,
    "userinfo": _userinfo,
    "tampered": _tampered,
    "no token": lambda client: refusal(client.get("/userinfo")),
    "stranger": lambda client: granted(client.token(**STRANGER)),
    "stranger by ro": lambda client: granted(client.ro(**STRANGER)),
    "wrong secret": lambda client: granted(client.machine(client_secret="wrong")),
    "node 1": _node(1),
    "node 2": _node(2),
    "metric 1": _metric(1),
    "metric 2": _metric(2),
}
"""Each of these is a line of the portrait."""
