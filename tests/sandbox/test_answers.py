"""The healthy tenant answers as Auth0 does."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pyotp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

import sandbox
from tests.sandbox.asking import REALM_GRANT, SCOPE, Client, Starting, error

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


def test_every_endpoint_that_is_published_is_the_tenants_and_is_there(well: Client) -> None:
    document = well.get("/.well-known/openid-configuration").json()
    paths = {
        "authorization_endpoint": "authorize",
        "token_endpoint": "oauth/token",
        "device_authorization_endpoint": "oauth/device/code",
        "userinfo_endpoint": "userinfo",
        "mfa_challenge_endpoint": "mfa/challenge",
        "end_session_endpoint": "oidc/logout",
        "revocation_endpoint": "oauth/revoke",
        "jwks_uri": ".well-known/jwks.json",
    }

    assert {name: document[name] for name in paths} == {
        name: f"https://{well.box.domain}/{path}" for name, path in paths.items()
    }
    assert {name for name, path in paths.items() if well.get(f"/{path}").status_code == 404} == set()
    assert document["id_token_signing_alg_values_supported"] == ["HS256", "RS256", "PS256"]
    assert "S256" in document["code_challenge_methods_supported"]


def test_a_token_says_by_which_published_key_it_is_signed(well: Client) -> None:
    header = jws.extract_compact(well.token().json()["id_token"].encode()).protected
    (key,) = well.get("/.well-known/jwks.json").json()["keys"]

    assert header == {"alg": "RS256", "typ": "JWT", "kid": key["kid"]}


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


@pytest.mark.parametrize(
    ("scope", "held"),
    [
        ("openid", set()),
        ("openid email", {"email", "email_verified"}),
        ("openid profile", {"name", "nickname", "picture", "updated_at"}),
    ],
)
def test_an_id_token_tells_of_the_user_what_the_scope_allows(well: Client, scope: str, held: set[str]) -> None:
    claims = well.verified(well.token(scope=scope).json()["id_token"])

    assert claims.keys() & {"email", "email_verified", "name", "nickname", "picture", "updated_at"} == held


def test_tokens_begin_at_the_answers_date_and_end_in_ten_hours_or_a_day(well: Client) -> None:
    response = well.token(audience=well.settings["AUTH0_AUDIENCE"])
    at = parsedate_to_datetime(response.headers["Date"]).timestamp()
    document = response.json()
    keys = KeySet.import_key_set(well.get("/.well-known/jwks.json").json())
    claims, access = well.verified(document["id_token"]), jwt.decode(document["access_token"], keys).claims

    assert (claims["iat"], claims["exp"]) == (at, at + 36_000)
    assert document["expires_in"] == access["exp"] - access["iat"] == 86_400
    assert 0 <= access["iat"] - at <= 5


def test_an_access_token_says_who_has_it_by_which_grant_and_is_never_the_same(well: Client) -> None:
    keys = KeySet.import_key_set(well.get("/.well-known/jwks.json").json())
    api, application = well.settings["AUTH0_AUDIENCE"], well.settings["AUTH0_CLIENT_ID"]
    user = well.token(audience=api)
    refreshed = well.token(grant_type="refresh_token", refresh_token=user.json()["refresh_token"])
    answers = (user, well.token(audience=api, scope="email"), refreshed, well.machine())
    told = [jwt.decode(each.json()["access_token"], keys).claims for each in answers]
    everywhere = [api, f"https://{well.box.domain}/userinfo"]

    assert {(each["azp"], each["iss"]) for each in told} == {(application, f"https://{well.box.domain}/")}
    assert [each["gty"] for each in told] == ["password", "password", "refresh_token", "client-credentials"]
    assert [each["aud"] for each in told] == [everywhere, api, everywhere, api]
    assert [each.get("scope") for each in told] == [SCOPE, "email", SCOPE, None]
    assert told[3]["sub"] == f"{application}@clients"
    assert len({each["jti"] for each in told}) == 4
    assert {each["sub"] for each in told[:3]} == {well.verified(user.json()["id_token"])["sub"]}


@pytest.mark.parametrize("path", ["ro", "userinfo"])
def test_an_access_token_for_the_profile_alone_is_opaque(well: Client, path: str) -> None:
    audience = f"https://{well.box.domain}/userinfo"
    response = well.token(audience=audience) if path == "userinfo" else well.ro(audience="https://api.sandbox.example")
    token = response.json()["access_token"]

    assert "." not in token
    assert well.userinfo(token).status_code == 200


def test_a_profile_needs_openid(well: Client) -> None:
    assert well.userinfo(well.token(scope="email").json()["access_token"]).status_code == 401


def test_a_profile_tells_who_the_user_is(well: Client) -> None:
    profile = well.userinfo(well.token().json()["access_token"]).json()
    name = well.user["username"]

    assert profile.keys() == {"sub", "nickname", "name", "picture", "updated_at", "email", "email_verified"}
    assert (profile["email"], profile["name"], profile["nickname"]) == (name, name, name.split("@")[0])
    assert profile["email_verified"] is True
    assert profile["updated_at"].endswith("Z")
    assert abs(datetime.fromisoformat(profile["updated_at"]).timestamp() - time.time()) < 60


def test_a_refresh_may_ask_for_less_and_gets_no_more(well: Client) -> None:
    def refreshed(scope: str) -> dict[str, Any]:
        token = well.token(scope="openid email offline_access").json()["refresh_token"]
        document: dict[str, Any] = well.token(grant_type="refresh_token", refresh_token=token, scope=scope).json()
        return document

    assert refreshed("")["scope"] == "openid email offline_access"
    assert refreshed("openid profile")["scope"] == "openid"
    assert "id_token" in refreshed("openid")
    assert "id_token" not in refreshed("email")


def test_a_refresh_keeps_to_the_user_and_to_the_limits_of_the_first_login(well: Client) -> None:
    first = well.token().json()
    again = well.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    of_the_machine = well.machine().json()["access_token"]

    assert well.verified(again["id_token"])["sub"] == well.verified(first["id_token"])["sub"]
    assert well.userinfo(again["access_token"]).status_code == 200
    assert error(well.token(grant_type="refresh_token", refresh_token=of_the_machine))[:2] == (403, "invalid_grant")


def test_without_rotation_the_same_refresh_token_goes_on(started: Starting) -> None:
    client = started("rotation-off")
    token = client.token().json()["refresh_token"]
    answers = [client.token(grant_type="refresh_token", refresh_token=token) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert all("refresh_token" not in each.json() for each in answers)


def test_the_refresh_tokens_of_another_login_are_left_alone(well: Client) -> None:
    mine, other = (well.token().json()["refresh_token"] for _ in range(2))
    for _ in range(2):
        well.token(grant_type="refresh_token", refresh_token=mine)

    assert well.token(grant_type="refresh_token", refresh_token=other).status_code == 200


# Devices.


def test_a_device_is_told_a_code_for_its_user_and_to_wait(well: Client) -> None:
    response = well.ask("POST", "/oauth/device/code", data={"client_id": well.settings["AUTH0_CLIENT_ID"]})
    told = response.json()
    where = told["verification_uri"]
    polled = [device_poll(well, told["device_code"]) for _ in range(2)]

    assert where == f"https://{well.box.domain}/activate"
    assert told["verification_uri_complete"] == f"{where}?user_code={told['user_code']}"
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", told["user_code"])
    assert (told["expires_in"], told["interval"]) == (900, 5)
    assert [error(each)[:2] for each in polled] == [(403, "authorization_pending"), (429, "slow_down")]
    assert error(device_poll(well, "nobodys"))[:2] == (403, "invalid_grant")
    assert error(device_poll(well, told["device_code"], client_secret="wrong"))[:2] == (401, "access_denied")
    stranger = well.ask("POST", "/oauth/device/code", data={"client_id": "nobody"})
    assert error(stranger)[:2] == (401, "access_denied")


def device_poll(client: Client, code: str, **more: str | None) -> Any:
    """Ask as an application does that has no secret."""
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    empty: dict[str, str | None] = dict.fromkeys(("username", "password", "scope", "client_secret"))
    return client.token(**({"grant_type": grant, "device_code": code} | empty | more))


# A second factor.


STILL = 1_800_000_001.0
"""A moment at the beginning of a step, from which the clock of the codes goes on."""

OTP_GRANT = "http://auth0.com/oauth/grant-type/mfa-otp"


def factored(client: Client, token: str, code: str) -> Any:
    empty: dict[str, str | None] = dict.fromkeys(("username", "password", "scope"))
    return client.token(**({"grant_type": OTP_GRANT, "mfa_token": token, "otp": code} | empty))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_this_step_or_one_beside_it_is_taken_once(started: Starting, steps: int) -> None:
    client = started("second-factor=asked")
    client.box.setup.clock_of_codes = STILL - time.time()
    codes = pyotp.TOTP(sandbox.TOTP_SECRET)
    login = client.token(scope="openid email")
    other = client.token()
    code = codes.at(int(STILL) + 30 * steps)
    well = factored(client, login.json()["mfa_token"], code)
    again = factored(client, other.json()["mfa_token"], code)
    spent = factored(client, login.json()["mfa_token"], codes.at(int(STILL) - 30 * steps))

    assert error(login)[:2] == (403, "mfa_required")
    assert well.status_code == 200
    assert client.verified(well.json()["id_token"])["email"] == client.user["username"]
    assert "refresh_token" not in well.json(), "what was asked for when the login began"
    assert error(again) == (403, "invalid_grant", "Invalid otp_code.")
    assert error(spent) == (403, "invalid_grant", "Malformed mfa_token"), "the login is over"
    for far in (-60, 60):
        assert factored(client, other.json()["mfa_token"], codes.at(int(STILL) + far)).status_code == 403
    assert login.json()["mfa_token"] not in client.box.handed_out
    assert other.json()["mfa_token"] in client.box.handed_out


def test_the_authenticators_are_told_to_who_waits_for_a_code(started: Starting) -> None:
    client = started("second-factor=asked")
    token = client.token().json()["mfa_token"]
    known = {name: client.settings[f"AUTH0_{name.upper()}"] for name in ("client_id", "client_secret")}
    listed = client.get("/mfa/authenticators", headers={"Authorization": f"Bearer {token}"})
    asked = client.ask("POST", "/mfa/challenge", data=known | {"mfa_token": token, "challenge_type": "otp"})

    assert [(each["authenticator_type"], each["active"]) for each in listed.json()] == [("otp", True)]
    assert asked.json() == {"challenge_type": "otp"}
    assert client.ask("POST", "/mfa/challenge", data=known | {"mfa_token": "x"}).status_code == 401
    assert (
        client.ask("POST", "/mfa/challenge", data={**known, "client_secret": "x", "mfa_token": token}).status_code
        == 401
    )
    for given in ({}, {"Authorization": "Bearer x"}):
        assert client.get("/mfa/authenticators", headers=given).status_code == 401
