"""The healthy tenant answers as Auth0 does."""

from __future__ import annotations

import base64
import hashlib
import json
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

import sandbox
from tests.sandbox.asking import REALM_GRANT, Client, Starting, error

NODE_METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
WRONG = "no password at all"


# Health.


def test_test_tells_the_time_in_milliseconds(well: Client) -> None:
    response = well.get("/test")

    assert response.headers["Content-Type"].startswith("application/json")
    assert response.json().keys() == {"clock"}
    assert abs(response.json()["clock"] / 1000 - time.time()) < 5


def test_testall_says_ok_in_plain_text(well: Client) -> None:
    response = well.get("/testall")

    assert (response.status_code, response.headers["Content-Type"], response.text) == (200, "text/plain", "OK")


@pytest.mark.parametrize("path", ["/test", "/testall"])
def test_the_health_endpoints_accept_the_right_token_and_refuse_any_other(well: Client, path: str) -> None:
    right = {"Authorization": f"Bearer {well.settings['AUTH0_ID_TOKEN']}"}

    assert well.get(path, headers=right).status_code == 200
    for wrong in ("Bearer wrong", "Bearer ", "Basic dTpw", "nonsense"):
        assert well.get(path, headers={"Authorization": wrong}).status_code == 401


def test_every_answer_says_whom_to_blame(well: Client) -> None:
    for response in (well.get("/test"), well.get("/nowhere"), well.token(), well.token(username="nobody")):
        assert {"x-auth0-requestid", "cf-ray", "date"} <= {name.lower() for name in response.headers}
        assert response.headers["server"] == "cloudflare"


def test_what_does_not_exist_is_not_found_in_html(well: Client) -> None:
    response = well.get("/no/such/page")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(("method", "path"), [("GET", "/oauth/token"), ("POST", "/test"), ("DELETE", "/userinfo")])
def test_a_wrong_method_is_not_allowed(well: Client, method: str, path: str) -> None:
    response = well.ask(method, path)

    assert response.status_code == 405
    assert response.headers["allow"]


# Discovery and keys.


def test_discovery_names_this_tenant_and_its_endpoints(well: Client) -> None:
    document = well.get("/.well-known/openid-configuration").json()
    issuer = f"https://{well.box.domain}/"

    assert document["issuer"] == issuer
    assert document["token_endpoint"] == f"{issuer}oauth/token"
    assert document["jwks_uri"] == f"{issuer}.well-known/jwks.json"
    assert "RS256" in document["id_token_signing_alg_values_supported"]


def test_the_published_key_is_that_of_its_certificate(well: Client) -> None:
    (key,) = well.get("/.well-known/jwks.json").json()["keys"]
    der = base64.b64decode(key["x5c"][0])
    public = x509.load_der_x509_certificate(der).public_key()
    thumbprint = hashlib.sha1(der, usedforsecurity=False).digest()

    assert (key["kty"], key["use"], key["alg"], key["e"]) == ("RSA", "sig", "RS256", "AQAB")
    assert public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) == RSAKey.import_key(key).as_pem(
        private=False
    )
    assert base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode() == key["x5t"]


# Logins.


@pytest.mark.parametrize("connection", ["Username-Password-Authentication", "custom-users"])
@pytest.mark.parametrize("flow", ["ro", "realm"])
def test_a_login_brings_tokens_for_the_user_of_its_connection(well: Client, flow: str, connection: str) -> None:
    user = well.custom_user if connection == "custom-users" else well.user
    if flow == "ro":
        response = well.ro(connection=connection, **user)
    else:
        response = well.token(grant_type=REALM_GRANT, realm=connection, **user)
    document = response.json()
    claims = well.verified(document["id_token"])

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    assert document["token_type"] == {"ro": "bearer", "realm": "Bearer"}[flow]
    assert claims["email"] == user["username"]
    assert claims["iss"] == f"https://{well.box.domain}/"
    assert claims["aud"] == well.settings["AUTH0_CLIENT_ID"]
    assert claims["iat"] <= time.time() < claims["exp"]
    assert well.userinfo(document["access_token"]).json()["sub"] == claims["sub"]


def test_every_login_carries_what_the_environment_says_to_expect(well: Client) -> None:
    expected = json.loads(well.settings["AUTH0_EXPECTED_CLAIMS"])
    custom = well.ro(connection="custom-users", **well.custom_user)
    for response in (well.ro(), well.token(), custom):
        claims = well.verified(response.json()["id_token"])
        for name, value in expected.items():
            assert isinstance(claims[name], list) if value == {"type": "array"} else claims[name] == value


def test_the_users_of_the_connections_are_not_the_same(well: Client) -> None:
    assert error(well.ro(connection="custom-users")) == (401, "invalid_user_password", "Wrong email or password.")
    assert error(well.token(**well.custom_user)) == (403, "invalid_grant", "Wrong email or password.")


def test_a_login_may_be_json_and_the_client_may_come_by_basic(well: Client) -> None:
    settings = well.settings
    body = {"grant_type": "password", "scope": "openid", **well.user}
    client = (settings["AUTH0_CLIENT_ID"], settings["AUTH0_CLIENT_SECRET"])

    assert well.ask("POST", "/oauth/token", json=body, auth=client).status_code == 200
    assert error(well.ask("POST", "/oauth/token", json=body, auth=(client[0], "no")))[:2] == (401, "access_denied")


def test_each_token_needs_its_scope(well: Client) -> None:
    assert well.token(scope="openid").json().keys() == {"access_token", "id_token", "expires_in", "token_type"}
    assert well.token(scope="email").json().keys() == {"access_token", "expires_in", "token_type"}
    assert "refresh_token" in well.token(scope="offline_access").json()
    assert well.token(scope=None).json()["scope"] == "openid profile email address phone"


def test_scope_that_nobody_knows_is_left_out_and_the_answer_says_so(well: Client) -> None:
    assert well.token(scope="openid fly").json()["scope"] == "openid"


def test_an_access_token_for_an_api_is_a_jwt(well: Client) -> None:
    api = well.settings["AUTH0_AUDIENCE"]
    document = well.token(audience=api).json()
    keys = KeySet.import_key_set(well.get("/.well-known/jwks.json").json())
    claims = jwt.decode(document["access_token"], keys).claims

    assert claims["aud"] == [api, f"https://{well.box.domain}/userinfo"]
    assert well.userinfo(document["access_token"]).status_code == 200


def test_a_machine_gets_an_access_token_which_opens_no_profile(well: Client) -> None:
    document = well.machine().json()

    assert document.keys() == {"access_token", "expires_in", "token_type"}
    assert well.userinfo(document["access_token"]).status_code == 401


def test_a_refresh_token_is_exchanged_for_another_until_one_is_brought_again_or_revoked(well: Client) -> None:
    client = {name.removeprefix("AUTH0_").lower(): well.settings[name] for name in sandbox.STATIC if "_CLIENT_" in name}
    gone = (403, "invalid_grant", "Unknown or invalid refresh token.")
    first = well.token().json()["refresh_token"]
    second = well.token(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    third = well.token(grant_type="refresh_token", refresh_token=second).json()["refresh_token"]

    assert error(well.token(grant_type="refresh_token", refresh_token=first)) == gone
    assert error(well.token(grant_type="refresh_token", refresh_token=third)) == gone, "the whole family is gone"
    kept = well.token().json()["refresh_token"]
    revoked = well.ask("POST", "/oauth/revoke", data={**client, "token": kept})
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert error(well.token(grant_type="refresh_token", refresh_token=kept)) == gone


def test_hs256_tokens_are_signed_with_the_clients_secret(started: Starting) -> None:
    client = started(id_token_alg="HS256")
    token = client.token().json()["id_token"]

    assert client.settings["AUTH0_ID_TOKEN_ALG"] == "HS256"
    assert jws.extract_compact(token.encode()).protected["alg"] == "HS256"
    assert client.verified(token)["aud"] == client.settings["AUTH0_CLIENT_ID"]
