"""The sandbox's Management API: read by Auth0's own SDK with its own models, and ill in each way that it can be."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError

import sandbox
from sandbox.log_book import Search
from tests.sandbox.asking import Client, Starting

# The SDK's own strings, where they are compiled here for the first time; the category depends on Python's version.
pytestmark = pytest.mark.filterwarnings("ignore:.*invalid escape sequence")


@pytest.fixture(scope="module")
def api(well: Client) -> Iterator[ManagementClient]:
    with httpx.Client(verify=trusting(well), trust_env=False) as plain:
        yield ManagementClient(domain=well.box.canonical, token=token(well)[0], httpx_client=plain)


def trusting(client: Client) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=client.authority)


def asked_for(client: Client, audience: str = "") -> httpx.Response:
    credentials = sandbox.MANAGEMENT
    sent = {
        "grant_type": "client_credentials",
        "client_id": credentials["AUTH0_MANAGEMENT_CLIENT_ID"],
        "client_secret": credentials["AUTH0_MANAGEMENT_CLIENT_SECRET"],
        "audience": audience or f"https://{client.box.canonical}/api/v2/",
    }
    with httpx.Client(verify=trusting(client), trust_env=False) as plain:
        return plain.post(f"https://{client.box.canonical}/oauth/token", data=sent)


def token(client: Client) -> tuple[str, str]:
    """A token, and its scopes."""
    given = asked_for(client).json()
    return given["access_token"], given["scope"]


def test_sdk_reads_the_log_of_a_login(well: Client, api: ManagementClient) -> None:
    assert well.token(password="wrong").status_code == 403
    who = f'client_id:"{well.settings["AUTH0_CLIENT_ID"]}" AND user_name:"{well.user["username"]}" AND type:fp'
    entry = next(iter(api.logs.list(search=who, per_page=5)))

    assert (entry.type, entry.connection) == ("fp", sandbox.DEFAULT_CONNECTION)
    assert entry.user_name == well.user["username"]
    assert entry.description == "Wrong email or password."
    assert entry.log_id


def test_sdk_reads_connections_and_who_may_use_them(well: Client, api: ManagementClient) -> None:
    named = {each.name: each for each in api.connections.list(take=100)}
    assert {"corp-saml", "custom-users"} <= set(named)
    assert named["corp-saml"].strategy == "samlp"
    clients = [each.client_id for each in api.connections.clients.get(named["corp-saml"].id or "")]
    assert well.settings["AUTH0_CLIENT_ID"] in clients


def test_sdk_reads_what_ends(well: Client, api: ManagementClient) -> None:
    (key,) = api.clients.credentials.list(well.settings["AUTH0_CLIENT_ID"])
    (domain,) = api.custom_domains.list()

    assert key.expires_at is not None
    assert domain.certificate is not None
    assert (domain.status, domain.certificate.status) == ("ready", "provisioned")


def test_sdk_reads_the_facts(well: Client, api: ManagementClient) -> None:
    name = well.user["username"]
    (action,) = api.actions.list(deployed=True)
    (stream,) = api.log_streams.list()
    (user,) = api.users.list_users_by_email(email=name)

    assert action.deployed_version is not None
    assert action.deployed_version.built_at is not None
    assert stream.status == "active"
    assert user.email == name
    assert api.user_blocks.list_by_identifier(identifier=name).blocked_for == []
    assert api.attack_protection.bot_detection.get().allowlist == ["198.51.100.7"]
    assert api.attack_protection.brute_force_protection.get().allowlist == ["198.51.100.7"]
    assert list(api.rules.list()) == []


def test_token_is_for_the_canonical_domain_alone(well: Client) -> None:
    refused = asked_for(well, f"https://{well.box.domain}/api/v2/")

    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")


def test_scope_that_is_missing_is_denied(started: Starting) -> None:
    client = started("management=scopes-missing")
    bearer, scopes = token(client)
    with httpx.Client(verify=trusting(client), trust_env=False) as plain:
        api = ManagementClient(domain=client.box.canonical, token=bearer, httpx_client=plain)

        assert scopes == "read:logs"
        with pytest.raises(ApiError) as denied:
            api.log_streams.list()
        assert denied.value.status_code == 403


def test_real_limit_is_two_a_second(started: Starting) -> None:
    client = started(limits="real")
    bearer = {"Authorization": f"Bearer {token(client)[0]}"}
    address = f"https://{client.box.canonical}/api/v2/log-streams"
    with httpx.Client(verify=trusting(client), trust_env=False) as plain:
        answers = [plain.get(address, headers=bearer) for _ in range(9)]

    late = [each for each in answers if each.status_code == 429]
    assert late
    assert late[0].json()["message"] == "Global limit has been reached"
    assert late[0].headers["x-ratelimit-limit"] == "2"


@pytest.mark.parametrize(
    ("search", "holds"),
    [
        ('client_id:"a" AND type:fp', True),
        ('client_id:"b" AND type:fp', False),
        ('client_id:"b" OR (client_id:"a" AND (type:s OR type:fp))', True),
        ('client_id:"a" AND date:[2026-11-28T10:00:00Z TO 2026-11-28T10:00:09Z]', True),
        ('client_id:"a" AND date:[2026-11-28T10:00:06Z TO 2026-11-28T10:00:09Z]', False),
        ("", True),
    ],
)
def test_search_finds_what_it_says(search: str, holds: object) -> None:
    entry = {"client_id": "a", "type": "fp", "date": "2026-11-28T10:00:05.123Z"}

    assert Search(search).holds(entry) is holds


def test_search_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="breaks off"):
        Search("client_id = a")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nothing_can_be_changed(well: Client, method: str) -> None:
    headers = {"authorization": f"Bearer {token(well)[0]}"}
    with httpx.Client(verify=trusting(well), trust_env=False, headers=headers) as plain:
        address = f"https://{well.box.canonical}/api/v2/rules"

        assert plain.get(address).status_code == 200
        assert plain.request(method, address).status_code in (404, 405)
