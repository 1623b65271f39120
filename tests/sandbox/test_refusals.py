"""The healthy tenant refuses in Auth0's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import REALM_GRANT, Client, error

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
        ({"client_id": None}, (400, "invalid_request", "missing client_id parameter")),
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
