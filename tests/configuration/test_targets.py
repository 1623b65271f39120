"""Tenants become rows: of each what there is once, and a row that says what is missing where there is nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.configuration import settings
from monitor.configuration.rows import METRICS, ROWS
from monitor.configuration.targets import Account, Login, Node, Target, Tenant, plain
from monitor.failures import Misconfigured, NotConfigured
from monitor.secrets import Scrubber

USER = {"CLIENT_ID": "c", "USERNAME": "u", "PASSWORD": "pw"}
MACHINE = {"CLIENT_ID": "c", "CLIENT_SECRET": "s", "AUDIENCE": "api"}


def tenant(**values: str) -> Tenant:
    named = {f"AUTH0_{name}": value for name, value in {"DOMAIN": "a.invalid", **values}.items()}
    (made,) = settings.load(named, Scrubber(), Path("/nowhere")).tenants
    assert made.blocked is None
    return made


def rows(what: str, **values: str) -> list[Target]:
    return list(ROWS[what](tenant(**values)))


def logins(what: str, **values: str) -> list[Login]:
    return [row for row in rows(what, **values) if isinstance(row, Login)]


def ids(what: str, **values: str) -> list[str]:
    return [row.id.removeprefix("a.invalid").removeprefix(":") for row in rows(what, **values)]


def only(what: str, **values: str) -> Target:
    (row,) = rows(what, **values)
    return row


class TestFlows:
    @pytest.mark.parametrize(
        ("values", "flows"),
        [
            ({}, ()),
            ({"CLIENT_ID": "c"}, ()),
            (USER, ("password-realm",)),
            ({"CONNECTIONS": "corp"}, ("password-realm",)),
            ({"EXPECTED_CLAIMS": '{"a": 1}'}, ("password-realm",)),
            (MACHINE, ("client-credentials",)),
            ({"AUDIENCE": "api"}, ()),
            (USER | {"SCOPE": "openid offline_access"}, ("password-realm", "refresh")),
            (USER | {"FLOWS": "oauth-ro, password"}, ("oauth-ro", "password")),
            (USER | MACHINE | {"FLOWS": "none"}, ()),
            (USER | MACHINE, ("password-realm", "client-credentials")),
        ],
    )
    def test_flows_follow_from_what_is_set(self, values: dict[str, str], flows: tuple[str, ...]) -> None:
        assert tenant(**values).flows == flows

    def test_own_user_of_a_connection_is_reason_enough(self) -> None:
        own = {
            "TENANTS": "a",
            "A_CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_USERNAME": "u",
            "A_CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_PASSWORD": "pw",
        }
        assert tenant(**own).flows == ("password-realm",)


class TestLogins:
    def test_each_flow_by_each_connection_is_a_row_and_password_is_one(self) -> None:
        assert ids("login", **USER, CONNECTIONS="corp,Users", FLOWS="password,oauth-ro,password-realm") == [
            "password",
            "oauth-ro:corp",
            "oauth-ro:Users",
            "password-realm:corp",
            "password-realm:Users",
        ]

    def test_login_carries_who_logs_in(self) -> None:
        row = only("login", **USER, CONNECTIONS="corp", EXPECTED_CLAIMS='{"a": 1}')

        assert isinstance(row, Login)
        assert (row.flow, row.connection, row.username, row.blocked) == ("password-realm", "corp", "u", None)
        assert row.password is not None
        assert row.password.get_secret_value() == "pw"
        assert (row.scope, row.expected_claims) == ("openid profile email", {"a": 1})
        assert row.tenant.tenant is row.tenant

    def test_own_user_and_claims_of_a_connection_hold_for_it_alone(self) -> None:
        own, other = logins(
            "login",
            **USER,
            CONNECTIONS="corp,Users",
            EXPECTED_CLAIMS='{"a": 1}',
            CONNECTION_CORP_USERNAME="cu",
            CONNECTION_CORP_PASSWORD="cpw",
            CONNECTION_CORP_EXPECTED_CLAIMS='{"b": 2}',
        )

        assert (own.username, own.expected_claims) == ("cu", {"b": 2})
        assert own.password is not None
        assert own.password.get_secret_value() == "cpw"
        assert (other.username, other.expected_claims) == ("u", {"a": 1})

    @pytest.mark.parametrize(
        ("values", "missing"),
        [
            ({"USERNAME": "u", "PASSWORD": "pw"}, "AUTH0_CLIENT_ID"),
            ({"USERNAME": "u", "CLIENT_ID": "c"}, "AUTH0_PASSWORD"),
            ({"PASSWORD": "pw"}, "AUTH0_CLIENT_ID and AUTH0_USERNAME"),
        ],
    )
    def test_half_of_what_a_login_needs_is_our_set_up(self, values: dict[str, str], missing: str) -> None:
        blocked = only("login", **values).blocked

        assert isinstance(blocked, Misconfigured)
        assert blocked.reason == f"{missing} not set: a login by password-realm needs it"

    @pytest.mark.parametrize("values", [{}, USER | {"FLOWS": "none"}, MACHINE | {"FLOWS": "client-credentials"}])
    def test_nothing_of_it_names_the_variables_to_set(self, values: dict[str, str]) -> None:
        blocked = only("login", **values).blocked

        assert isinstance(blocked, NotConfigured)
        assert blocked.reason == "set AUTH0_USERNAME and AUTH0_PASSWORD to log in as a user does"

    @pytest.mark.parametrize(
        ("flows", "offline"),
        [
            ("oauth-ro,password-realm,refresh", ["password-realm:corp"]),
            ("password,password-realm,refresh", ["password"]),
            ("oauth-ro,refresh", ["oauth-ro:corp"]),
            ("oauth-ro,password-realm", []),
        ],
    )
    def test_one_login_asks_for_a_refresh_token(self, flows: str, offline: list[str]) -> None:
        rows_ = logins("login", **USER, FLOWS=flows, CONNECTIONS="corp,Users")
        asking = [row.id.partition(":")[2] for row in rows_ if "offline_access" in row.scope.split()]

        assert asking == offline
        assert [
            row.id.partition(":")[2] for row in logins("refreshing", **USER, FLOWS=flows, CONNECTIONS="corp,Users")
        ] == (offline or [""])

    def test_rows_of_a_tenant_are_the_same_each_time(self) -> None:
        made = tenant(**USER)

        assert list(ROWS["login"](made)) == list(ROWS["login"](made))

    @pytest.mark.parametrize(
        ("scope", "flows", "asked"),
        [
            ("openid", "password-realm,refresh", "openid offline_access"),
            ("openid offline_access", "password-realm,refresh", "openid offline_access"),
            ("openid offline_access", "", "openid offline_access"),
        ],
        ids=["by-its-flow", "by-both", "by-the-scope-alone"],
    )
    def test_login_whose_refresh_token_is_exchanged_asks_for_offline_access_once(
        self, scope: str, flows: str, asked: str
    ) -> None:
        row = only("refreshing", **USER, SCOPE=scope, **({"FLOWS": flows} if flows else {}))

        assert isinstance(row, Login)
        assert row.blocked is None
        assert row.scope == asked

    def test_refresh_without_its_flow_names_what_to_add(self) -> None:
        blocked = only("refreshing", **USER).blocked

        assert isinstance(blocked, NotConfigured)
        assert "AUTH0_FLOWS" in blocked.reason
        assert "AUTH0_SCOPE" in blocked.reason


class TestAccounts:
    @pytest.mark.parametrize(
        ("values", "accounts"),
        [
            ({}, ["Username-Password-Authentication"]),
            ({"FLOWS": "oauth-ro,password-realm"}, ["Username-Password-Authentication"]),
            ({"FLOWS": "password,password-realm", "CONNECTIONS": "corp,Users"}, ["corp", "Users"]),
            ({"FLOWS": "password"}, [""]),
            (
                {
                    "FLOWS": "password,password-realm",
                    "CONNECTIONS": "corp",
                    "CONNECTION_CORP_USERNAME": "cu",
                    "CONNECTION_CORP_PASSWORD": "cpw",
                },
                ["corp", ""],
            ),
        ],
    )
    def test_each_user_is_asked_for_once(self, values: dict[str, str], accounts: list[str]) -> None:
        assert ids("account", **USER, **values) == accounts

    def test_account_is_blocked_where_its_login_is(self) -> None:
        row = only("account")

        assert isinstance(row, Account)
        assert row.blocked is row.login.blocked
        assert isinstance(row.blocked, NotConfigured)


class TestRefusals:
    @pytest.mark.parametrize(
        ("flows", "strangers"),
        [
            ("oauth-ro,password-realm,password", ["password-realm:corp", "password-realm:Users"]),
            ("oauth-ro,password", ["oauth-ro:corp", "oauth-ro:Users"]),
            ("password", ["password"]),
            ("none", [""]),
        ],
    )
    def test_each_connection_has_one_stranger(self, flows: str, strangers: list[str]) -> None:
        assert ids("stranger", **USER, FLOWS=flows, CONNECTIONS="corp,Users") == strangers

    def test_public_application_has_no_secret_to_be_wrong(self) -> None:
        blocked = only("impostor", **USER).blocked

        assert isinstance(blocked, NotConfigured)
        assert blocked.reason == "set AUTH0_CLIENT_SECRET to see a wrong secret refused"

    def test_impostor_needs_no_audience(self) -> None:
        assert only("impostor", CLIENT_ID="c", CLIENT_SECRET="s").blocked is None


class TestMachines:
    @pytest.mark.parametrize(
        ("values", "kind", "reason"),
        [
            (MACHINE, None, ""),
            (
                {},
                NotConfigured,
                "set AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET and AUTH0_AUDIENCE to log in as a machine",
            ),
            ({"CLIENT_ID": "c", "CLIENT_SECRET": "s"}, NotConfigured, "set AUTH0_AUDIENCE to log in as a machine does"),
            (
                MACHINE | {"FLOWS": "password"},
                NotConfigured,
                "add client-credentials to AUTH0_FLOWS to log in as a machine does",
            ),
            (
                {"FLOWS": "client-credentials", "CLIENT_ID": "c", "AUDIENCE": "api"},
                Misconfigured,
                "AUTH0_CLIENT_SECRET not set: a login by client-credentials needs it",
            ),
            (
                {"CLIENT_SECRET": "s", "AUDIENCE": "api"},
                Misconfigured,
                "AUTH0_CLIENT_ID not set: a login by client-credentials needs it",
            ),
        ],
    )
    def test_machine_says_what_it_lacks(
        self, values: dict[str, str], kind: type[Exception] | None, reason: str
    ) -> None:
        blocked = only("machine", **values).blocked

        assert (blocked is None) is (kind is None)
        if blocked is not None and kind is not None:
            assert isinstance(blocked, kind)
            assert blocked.reason.startswith(reason)


class TestNodes:
    NODES = "10.0.0.1, 10.0.0.2:8443, [fd00::3], [fd00::4]:444, https://node.invalid/"

    def test_addresses_are_read(self) -> None:
        assert [row.address for row in rows("node", NODES=self.NODES) if isinstance(row, Node)] == [
            ("10.0.0.1", 443),
            ("10.0.0.2", 8443),
            ("fd00::3", 443),
            ("fd00::4", 444),
            ("node.invalid", 443),
        ]
        assert ids("node", NODES=self.NODES)[2] == "fd00__3"

    def test_each_metric_of_each_node_is_a_row(self) -> None:
        assert ids("metric", NODES="10.0.0.1,10.0.0.2", HEALTH_API_KEY="k") == [
            f"{node}:{metric}" for node in ("10.0.0.1", "10.0.0.2") for metric in METRICS
        ]

    def test_metrics_without_the_key_are_one_row_a_node(self) -> None:
        found = rows("metric", NODES="10.0.0.1,10.0.0.2")

        assert len(found) == 2
        assert all(
            isinstance(row.blocked, NotConfigured) and "AUTH0_HEALTH_API_KEY" in row.blocked.reason for row in found
        )

    @pytest.mark.parametrize("what", ["node", "metric"])
    def test_without_nodes_the_variable_is_named(self, what: str) -> None:
        blocked = only(what).blocked

        assert isinstance(blocked, NotConfigured)
        assert blocked.reason == "set AUTH0_NODES to ask the nodes of a dedicated deployment"


@pytest.mark.parametrize("what", sorted(ROWS))
def test_broken_tenant_is_one_blocked_row_of_each(what: str) -> None:
    broken = Tenant.broken("prod", Misconfigured("AUTH0_PROD_DOMAIN: why"))

    (row,) = ROWS[what](broken)

    assert row.blocked is broken.blocked
    assert row.tenant is broken
    assert row.id == "prod"


@pytest.mark.parametrize("what", sorted(ROWS))
def test_rows_of_prefixed_tenants_name_their_own_variables(what: str) -> None:
    (row,) = rows(what, TENANTS="prod", FLOWS="none")

    assert row.blocked is None or "AUTH0_PROD_" in row.blocked.reason


@given(
    st.lists(st.text(st.characters(exclude_characters=","), min_size=1, max_size=60), min_size=1, max_size=3),
    st.sampled_from(sorted(ROWS)),
)
def test_ids_are_plain_whatever_the_connections_are_called(connections: list[str], what: str) -> None:
    values = USER | {"CONNECTIONS": ",".join(connections), "FLOWS": "oauth-ro,password,password-realm,refresh"}

    for row in rows(what, **values):
        assert re.fullmatch(r"[A-Za-z0-9._:-]+", row.id)


@given(st.text(max_size=100))
def test_part_of_an_id_is_plain_and_short(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{0,40}", plain(name))
