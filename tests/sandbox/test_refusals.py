"""The healthy tenant refuses in Auth0's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import REALM_GRANT, Client, Starting, error

NODE_METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
WRONG = "no password at all"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"grant_type": None}, (400, "invalid_request", "Missing required parameter: grant_type")),
        ({"grant_type": "magic"}, (501, "unsupported_grant_type", "Unsupported grant type: magic")),
        (
            {"grant_type": "implicit"},
            (403, "unauthorized_client", "Grant type 'implicit' not allowed for the client."),
        ),
        ({"grant_type": "authorization_code", "code": "x"}, (403, "invalid_grant", "Invalid authorization code")),
        ({"username": None}, (400, "invalid_request", "Missing required parameter: username")),
        ({"password": None}, (400, "invalid_request", "Missing required parameter: password")),
        ({"grant_type": "refresh_token"}, (400, "invalid_request", "Missing required parameter: refresh_token")),
        (
            {"grant_type": "refresh_token", "refresh_token": "x"},
            (403, "invalid_grant", "Unknown or invalid refresh token."),
        ),
        ({"password": WRONG}, (403, "invalid_grant", "Wrong email or password.")),
        ({"username": "nobody@sandbox.example"}, (403, "invalid_grant", "Wrong email or password.")),
        ({"client_id": "wrong"}, (401, "access_denied", "Unauthorized")),
        ({"client_secret": "wrong"}, (401, "access_denied", "Unauthorized")),
        ({"client_secret": None}, (401, "access_denied", "Unauthorized")),
        (
            {"audience": "https://x.example"},
            (403, "access_denied", "Service not enabled within domain: https://x.example"),
        ),
        ({"grant_type": REALM_GRANT}, (400, "invalid_request", "Missing required parameter: realm")),
        ({"grant_type": REALM_GRANT, "realm": "x"}, (400, "invalid_request", "the connection was not found")),
    ],
    ids=str,
)
def test_oauth_token_refuses(well: Client, fields: dict[str, str | None], expected: tuple[int, str, str]) -> None:
    assert error(well.token(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        *(
            ({name: None}, (400, "invalid_request", f"missing {name} parameter"))
            for name in ("client_id", "connection", "grant_type", "username", "password")
        ),
        ({"client_id": "wrong"}, (403, "unauthorized_client", "invalid client")),
        ({"connection": "x"}, (400, "invalid_request", "the connection was not found for tenant sandbox")),
        ({"scope": ["openid"]}, (400, "invalid_request", "scope parameter must be a string")),
        ({"device": None}, (400, "invalid_request", "missing device parameter")),
        ({"grant_type": "x"}, (400, "invalid_grant", "invalid grant type: x")),
        ({"password": WRONG}, (401, "invalid_user_password", "Wrong email or password.")),
        ({"username": "nobody"}, (401, "invalid_user_password", "Wrong email or password.")),
    ],
    ids=str,
)
def test_oauth_ro_refuses(well: Client, fields: dict[str, Any], expected: tuple[int, str, str]) -> None:
    assert error(well.ro(**fields)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"token": None}, (400, "invalid_request", "Missing required parameter: token")),
        ({"client_secret": "wrong"}, (401, "access_denied", "Unauthorized")),
        ({"client_id": "nobody"}, (401, "access_denied", "Unauthorized")),
        ({"client_secret": None}, (401, "access_denied", "Unauthorized")),
    ],
    ids=str,
)
def test_a_revocation_is_refused_and_revokes_nothing(
    well: Client, fields: dict[str, str | None], expected: tuple[int, str, str]
) -> None:
    token = well.token().json()["refresh_token"]
    known = {name: well.settings[f"AUTH0_{name.upper()}"] for name in ("client_id", "client_secret")}

    assert error(well.ask("POST", "/oauth/revoke", data=known | {"token": token} | fields)) == expected
    assert well.token(grant_type="refresh_token", refresh_token=token).status_code == 200


def test_a_token_that_nobody_knows_is_revoked_already(well: Client) -> None:
    known = {name: well.settings[f"AUTH0_{name.upper()}"] for name in ("client_id", "client_secret")}

    assert well.ask("POST", "/oauth/revoke", data=known | {"token": "nobodys"}).status_code == 200


def test_a_tenant_without_a_default_directory_says_so_of_the_grant_that_needs_one(started: Starting) -> None:
    client = started("default-directory-missing", "custom-database-down")
    described = "Authorization server not configured with default connection."
    broken = client.token(grant_type=REALM_GRANT, realm="custom-users", **client.custom_user)

    assert error(client.token()) == (500, "server_error", described)
    assert client.token(grant_type=REALM_GRANT, realm="Username-Password-Authentication").status_code == 200
    assert error(broken)[:2] == (500, "server_error")
    assert error(broken)[2].startswith("Sandbox Error")


def test_a_field_that_is_no_string_is_refused(well: Client) -> None:
    response = well.ask("POST", "/oauth/token", json={"grant_type": ["password"]})

    assert error(response) == (400, "invalid_request", "grant_type parameter must be a string")


def test_oauth_ro_needs_no_device_where_nobody_wants_to_stay(well: Client) -> None:
    assert well.ro(device=None, scope="openid").status_code == 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"client_secret": "wrong"}, (401, "access_denied", "Unauthorized")),
        ({"audience": "urn:x"}, (403, "access_denied", "Service not enabled within domain: urn:x")),
        (
            {"audience": None},
            (403, "access_denied", "No audience parameter was provided, and no default audience has been configured"),
        ),
    ],
    ids=str,
)
def test_a_machine_is_refused(well: Client, fields: dict[str, str | None], expected: tuple[int, str, str]) -> None:
    assert error(well.machine(**fields)) == expected


def test_the_management_api_is_there_and_not_for_this_client(well: Client) -> None:
    status, name, told = error(well.machine(audience=f"https://{well.box.domain}/api/v2/"))

    assert (status, name) == (403, "access_denied")
    assert "is not authorized to access resource server" in told


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff"])
def test_a_body_that_is_no_object_is_refused(well: Client, body: bytes) -> None:
    for path in ("/oauth/token", "/oauth/ro"):
        response = well.ask("POST", path, data=body, headers={"Content-Type": "application/json"})
        assert error(response)[:2] == (400, "invalid_request")


@pytest.mark.parametrize("given", [None, "Bearer x", "Bearer ", "Basic dTpw", "x"])
def test_userinfo_refuses_whatever_is_no_access_token(well: Client, given: str | None) -> None:
    response = well.get("/userinfo", headers={"Authorization": given} if given else {})

    assert error(response)[:2] == (401, "invalid_token")
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
