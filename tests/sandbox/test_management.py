"""The sandbox's Management API: read by Auth0's own SDK with its own models, and ill in each way that it can be."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import requests
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from cryptography import x509

import sandbox
from sandbox.log_book import OTHER_DESCRIPTION, Search
from tests.sandbox.asking import REALM_GRANT, Client, Starting
from tests.sandbox.portrait import walked

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


@pytest.mark.parametrize(
    ("search", "holds"),
    [
        ('client_id:"A"', True),
        ('user:"x\\"y"', True),
        ("date:[2026-11-28T10:00:05Z TO 2026-11-28T10:00:05Z]", True),
        ("date:[2026-11-28T10:00:00Z TO 2026-11-28T10:00:04Z]", False),
        ("nothing:x", False),
        ("type:s OR type:fp", True),
        ("type:fp OR type:s", True),
        ("type:s OR type:x", False),
        ('(type:s OR type:x) AND client_id:"a"', False),
        ('(type:s OR type:fp) AND client_id:"a"', True),
        ('type:fp OR type:s AND client_id:"b"', True),
        ('type:fp AND client_id:"b" OR type:s', False),
        ("  type:fp  ", True),
    ],
)
def test_search_joins_what_it_says_as_lucene_does(search: str, holds: object) -> None:
    entry = {"client_id": "a", "type": "fp", "user": 'x"y', "date": "2026-11-28T10:00:05.123Z"}
    finds = Search(search)

    assert finds.holds(entry) is holds
    assert finds.holds(entry) is holds, "a search may be held against many"


# What the log has of each kind of login.


def logged(client: Client, *asks: Callable[[], Any]) -> list[tuple[str | None, ...]]:
    """What is in the log of these, each with its type, its description, its user and its connection."""
    before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for ask in asks:
        ask()
    found = client.canonical("/api/v2/logs?per_page=100", headers=client.management()).json()
    members = ("type", "description", "user_name", "connection")
    ours = [each for each in found if each["date"] >= before and each["description"] != OTHER_DESCRIPTION]
    return [tuple(each.get(name) for name in members) for each in ours]


@pytest.mark.parametrize(
    ("ask", "kind", "described"),
    [
        (lambda client: client.token(), "sepft", "Successful exchange of Password for Access Token"),
        (lambda client: client.ro(), "s", "Successful login"),
        (lambda client: client.token(password="x"), "fp", "Wrong email or password."),
        (lambda client: client.ro(password="x"), "fp", "Wrong email or password."),
        (lambda client: client.token(client_secret="x"), "fepft", "Unauthorized"),
    ],
    ids=["password", "ro", "wrong password", "wrong password by ro", "wrong secret"],
)
def test_login_is_in_the_log_with_its_user(
    well: Client, ask: Callable[[Client], Any], kind: str, described: str
) -> None:
    user = well.user["username"]

    assert logged(well, lambda: ask(well)) == [(kind, described, user, sandbox.DEFAULT_CONNECTION)]


def test_login_is_in_the_log_with_its_connection_or_as_a_strangers(well: Client) -> None:
    custom, realm = well.custom_user, "custom-users"
    name = custom["username"]
    by_realm = logged(well, lambda: well.token(grant_type=REALM_GRANT, realm=realm, **custom))
    by_ro = logged(well, lambda: well.ro(connection=realm, username=name, password="x"))
    stranger = logged(well, lambda: well.token(username="Nobody@sandbox.example"))

    assert [(each[0], *each[2:]) for each in (*by_realm, *by_ro)] == [("sepft", name, realm), ("fp", name, realm)]
    assert stranger[0][:3] == ("fu", "Wrong email or password.", "nobody@sandbox.example")


@pytest.mark.parametrize(
    ("ask", "kind", "described"),
    [
        (lambda c: c.machine(), "seccft", "Successful exchange of Client Credentials for Access Token"),
        (lambda c: c.machine(client_secret="x"), "feccft", "Unauthorized"),
        (
            lambda c: c.token(grant_type="refresh_token", refresh_token="x"),
            "fertft",
            "Unknown or invalid refresh token.",
        ),
        (lambda c: c.token(grant_type="authorization_code", code="x"), "feacft", "Invalid authorization code"),
    ],
    ids=["machine", "refused machine", "refused refresh", "refused code"],
)
def test_what_is_no_users_login_is_in_the_log_without_one(
    well: Client, ask: Callable[[Client], Any], kind: str, described: str
) -> None:
    assert logged(well, lambda: ask(well)) == [(kind, described, None, None)]


def test_exchanges_that_went_well_are_in_the_log(well: Client) -> None:
    token = well.token().json()["refresh_token"]
    with requests.Session() as session:
        back = walked(well, session)
    assert isinstance(back, dict)
    code, callback = back["code"], well.settings["AUTH0_CALLBACK"]
    refreshed = logged(well, lambda: well.token(grant_type="refresh_token", refresh_token=token))
    coded = logged(
        well, lambda: well.token(grant_type="authorization_code", code=code, redirect_uri=callback, username=None)
    )

    assert refreshed == [("sertft", "Successful exchange of Refresh Token for Access Token", None, None)]
    assert coded == [("seacft", "Successful exchange of Authorization Code for Access Token", None, None)]


def test_what_is_no_login_is_not_in_the_log(well: Client) -> None:
    device = {"client_id": well.settings["AUTH0_CLIENT_ID"]}

    assert (
        logged(
            well,
            lambda: well.get("/test"),
            lambda: well.ask("POST", "/oauth/device/code", data=device),
            well.management,
        )
        == []
    )


@pytest.mark.parametrize(("fault", "kind"), [("too-many-attempts", "limit_wc"), ("password-leaked", "pwd_leak")])
def test_protection_is_in_the_log_by_its_own_type(started: Starting, fault: str, kind: str) -> None:
    client = started(fault)

    assert [each[0] for each in logged(client, client.token)] == [kind]


def test_entries_of_other_people_are_there_as_well_and_the_newest_comes_first(well: Client) -> None:
    for _ in range(2):
        well.token(password="x")
        time.sleep(0.002)
    headers = well.management()
    entries = well.canonical("/api/v2/logs?per_page=100", headers=headers).json()
    ours, us = well.settings["AUTH0_CLIENT_ID"], well.user["username"]
    dates = [each["date"] for each in entries]

    assert dates == sorted(dates, reverse=True)
    assert [each for each in entries if each["client_id"] == ours and each.get("user_name") not in (us, None)]
    assert [each for each in entries if each["client_id"] != ours and each.get("user_name") == us]
    assert len({each["log_id"] for each in entries}) == len(entries)
    assert {each["log_id"] == each["_id"] for each in entries} == {True}


def test_log_is_cut_as_it_is_asked_to(well: Client) -> None:
    well.token(password="x")
    headers = well.management()

    def asked(more: str) -> Any:
        return well.canonical(f"/api/v2/logs?{more}", headers=headers).json()

    well.token(password="x")
    assert len(asked("per_page=2")) == 2
    assert [each.keys() for each in asked("per_page=1&fields=type,date")] == [{"type", "date"}]
    totals = asked("per_page=2&include_totals=true")
    assert len(totals["logs"]) == totals["length"] == 2
    assert asked("page=1") == []
    assert asked("q=type:fp")[0]["type"] == asked("search=type:fp")[0]["type"] == "fp"
    assert asked("q=type:nothing") == []
    assert well.canonical("/api/v2/logs?q=type%20fp", headers=headers).status_code == 400


# Who may ask, and for what.


SCOPE_OF = {
    "logs": "read:logs",
    "connections": "read:connections",
    "connections/con_corp-saml/clients": "read:connections",
    "connections/con_custom-users/status": "read:connections",
    "user-blocks?identifier=a": "read:users",
    "users-by-email?email=a": "read:users",
    "actions/actions": "read:actions",
    "attack-protection/bot-detection": "read:attack_protection",
    "attack-protection/brute-force-protection": "read:attack_protection",
    "log-streams": "read:log_streams",
    "rules": "read:rules",
    "hooks": "read:hooks",
    "custom-domains": "read:custom_domains",
    "clients/x/credentials": "read:client_credentials",
}


@pytest.mark.parametrize("path", SCOPE_OF)
def test_each_path_needs_its_own_scope(well: Client, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    may = well.management()
    monkeypatch.setattr(well.box.setup, "management", frozenset({"no-scopes"}))
    may_not = well.management()
    denied = well.canonical(f"/api/v2/{path}", headers=may_not)

    assert well.canonical(f"/api/v2/{path}", headers=may).status_code == 200
    assert (denied.status_code, denied.json()["errorCode"]) == (403, "insufficient_scope")
    assert denied.json()["message"] == f"Insufficient scope, expected any of: {SCOPE_OF[path]}"


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic dTpw"}], ids=str)
def test_without_a_token_nothing_is_told(well: Client, given: dict[str, str]) -> None:
    answer = well.canonical("/api/v2/rules", headers=given)

    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


def test_path_that_does_not_exist_is_not_found(well: Client) -> None:
    answer = well.canonical("/api/v2/nothing", headers=well.management())

    assert (answer.status_code, answer.json()["statusCode"], answer.json()["error"]) == (404, 404, "Not Found")
    assert "x-ratelimit-remaining" in answer.headers


def test_token_is_for_the_right_secret_and_for_reading_alone(well: Client) -> None:
    given = asked_for(well).json()
    wrong = {
        "grant_type": "client_credentials",
        "client_id": sandbox.MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_ID"],
        "client_secret": "wrong",
        "audience": f"https://{well.box.canonical}/api/v2/",
    }
    with httpx.Client(verify=trusting(well), trust_env=False) as plain:
        refused = plain.post(f"https://{well.box.canonical}/oauth/token", data=wrong)

    assert (given["token_type"], given["expires_in"]) == ("Bearer", 86_400)
    assert set(given["scope"].split()) == {*SCOPE_OF.values(), "read:connections_options"}
    assert given["access_token"] in well.box.handed_out
    assert (refused.status_code, refused.json()["error"]) == (401, "access_denied")


@pytest.mark.parametrize(
    ("ill", "of_token", "of_rules"),
    [("down", 503, 503), ("refused", 401, 200), ("limited", 200, 429), ("rules-gone", 200, 410)],
)
def test_api_itself_may_be_ill(
    well: Client, monkeypatch: pytest.MonkeyPatch, ill: str, of_token: int, of_rules: int
) -> None:
    headers = well.management()
    monkeypatch.setattr(well.box.setup, "management", frozenset({ill}))
    answer = well.canonical("/api/v2/rules", headers=headers)

    assert (asked_for(well).status_code, answer.status_code) == (of_token, of_rules)
    if of_rules != 200:
        assert answer.json()["statusCode"] == of_rules
    assert well.token().status_code == 200, "it is another service"


# What is told of the tenant.


def days(at: str) -> int:
    return round((datetime.fromisoformat(at).timestamp() - time.time()) / 86_400)


def minutes(at: str) -> int:
    return round((time.time() - datetime.fromisoformat(at).timestamp()) / 60)


ALLOWED, ELSEWHERE = ["203.0.113.0/24"], ["198.51.100.7"]
CUSTOM = "connections?name=custom-users"


@pytest.mark.parametrize(
    ("ill", "path", "told", "otherwise", "read"),
    [
        (
            "user-blocked",
            "user-blocks?identifier=me",
            ["me"],
            [],
            lambda d: [e["identifier"] for e in d["blocked_for"]],
        ),
        (
            "user-disabled",
            "users-by-email?email=me",
            ("me", True),
            ("me", False),
            lambda d: (d[0]["email"], d[0]["blocked"]),
        ),
        ("connection-gone", CUSTOM, [], ["auth0"], lambda d: [each["strategy"] for each in d]),
        ("connector-offline", CUSTOM, ["ad"], ["auth0"], lambda d: [each["strategy"] for each in d]),
        ("connection-off", "connections/con_custom-users/clients", 1, 2, lambda d: len(d["clients"])),
        ("connection-off", "connections/con_corp-saml/clients", 2, 2, lambda d: len(d["clients"])),
        (
            "action-deployed",
            "actions/actions",
            4,
            30 * 24 * 60,
            lambda d: minutes(d["actions"][0]["deployed_version"]["built_at"]),
        ),
        ("address-allowed", "attack-protection/bot-detection", ALLOWED, ELSEWHERE, lambda d: d["allowlist"]),
        (
            "address-allowed",
            "attack-protection/suspicious-ip-throttling",
            ALLOWED,
            ELSEWHERE,
            lambda d: d["allowlist"],
        ),
        ("stream-paused", "log-streams", "paused", "active", lambda d: d[0]["status"]),
        ("rules-left", "rules", [True], [], lambda d: [each["enabled"] for each in d]),
        ("rules-left", "hooks", [], [], lambda d: d["hooks"]),
        ("deprecation", "logs?q=type:depnote", ["depnote"], [], lambda d: [each["type"] for each in d]),
        ("certificate-ended", "connections?name=corp-saml", -3, 500, lambda d: days(d[0]["options"]["expires"])),
        ("certificate-ended", "connections?name=corp-post", 500, 500, lambda d: days(d[0]["options"]["expires"])),
        ("credentials-ending", "clients/x/credentials", 9, 400, lambda d: days(d[0]["expires_at"])),
        (
            "domain-failing",
            "custom-domains",
            "renewing_failed",
            "provisioned",
            lambda d: d[0]["certificate"]["status"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fact_is_told_while_it_is_one(
    well: Client,
    monkeypatch: pytest.MonkeyPatch,
    *,
    ill: str,
    path: str,
    told: object,
    otherwise: object,
    read: Callable[[Any], object],
) -> None:
    headers = well.management()

    assert read(well.canonical(f"/api/v2/{path}", headers=headers).json()) == otherwise
    monkeypatch.setattr(well.box.setup, "management", frozenset({ill}))
    assert read(well.canonical(f"/api/v2/{path}", headers=headers).json()) == told


def test_connector_is_asked_for_by_its_status_alone(well: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, path = well.management(), "/api/v2/connections/con_custom-users/status"

    assert (well.canonical(path, headers=headers).status_code, well.canonical(path, headers=headers).text) == (200, "")
    monkeypatch.setattr(well.box.setup, "management", frozenset({"connector-offline"}))
    assert well.canonical(path, headers=headers).status_code == 404


def test_connections_are_listed_by_strategy_and_by_page(well: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = well.management()

    def asked(more: str) -> Any:
        return well.canonical(f"/api/v2/connections?{more}", headers=headers).json()

    strategies = {each["name"]: each["strategy"] for each in asked("take=100")["connections"]}
    assert strategies == {
        "Username-Password-Authentication": "auth0",
        "custom-users": "auth0",
        "google-oauth2": "google-oauth2",
        "github": "github",
        "corp-entra": "waad",
        "corp-oidc": "oidc",
        "corp-saml": "samlp",
        "corp-post": "samlp",
        "corp-adfs": "adfs",
    }
    assert {each["name"] for each in asked("strategy=samlp&strategy=adfs")} == {"corp-saml", "corp-post", "corp-adfs"}
    assert [each.keys() for each in asked("name=github&fields=name,options")] == [{"name", "options"}]
    (saml,) = asked("name=corp-saml")
    certificate = x509.load_pem_x509_certificate(saml["options"]["cert"].encode())
    assert round(certificate.not_valid_after_utc.timestamp() - time.time()) // 86_400 in (499, 500)
    monkeypatch.setattr(well.box.setup, "refuses_connections", "removed")
    assert {each["name"] for each in asked("")} == {"Username-Password-Authentication", "custom-users"}
    monkeypatch.setattr(well.box.setup, "refuses_connections", "disabled")
    clients = {
        name: len(well.canonical(f"/api/v2/connections/con_{name}/clients", headers=headers).json()["clients"])
        for name in ("github", "custom-users")
    }
    assert clients == {"github": 1, "custom-users": 2}


def test_lists_end_after_their_first_page(well: Client) -> None:
    headers = well.management()
    pages = [
        well.canonical(f"/api/v2/actions/actions?page={page}", headers=headers).json()["actions"] for page in (0, 1)
    ]
    totals = well.canonical("/api/v2/rules?include_totals=true", headers=headers).json()

    assert [len(each) for each in pages] == [1, 0]
    assert (totals["rules"], totals["total"]) == ([], 0)


def test_late_log_is_there_when_it_is_asked_for_the_fifth_time(started: Starting) -> None:
    client = started("management=logs-late")
    client.token()
    headers = client.management()
    found = [client.canonical("/api/v2/logs?q=type:sepft", headers=headers).json() for _ in range(5)]

    assert [bool(each) for each in found] == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("ill", "kinds"),
    [
        ("logs-say-success", ["sepft", "sepft"]),
        ("logs-say-action", ["actions_execution_failed", "sepft"]),
        ("", ["fp", "sepft"]),
    ],
)
def test_log_may_say_something_else_of_a_login(
    well: Client, monkeypatch: pytest.MonkeyPatch, ill: str, kinds: list[str]
) -> None:
    monkeypatch.setattr(well.box.setup, "management", frozenset({ill}))
    found = logged(well, lambda: well.token(password="x"), lambda: time.sleep(0.002), well.token)

    assert [each[0] for each in reversed(found)] == kinds
    assert {each[2] for each in found} == {well.user["username"]}
