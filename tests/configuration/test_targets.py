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
MALFORMED = "x AUTH0_OTHER=y"
"""Of no variable a value: a line end was lost."""

WHOLE = {
    **USER,
    **MACHINE,
    "FLOWS": "password-realm,universal-login,client-credentials,refresh,rotate,logout,device",
    "CONNECTIONS": "corp",
    "REDIRECTS": "corp",
    "CONNECTION_CORP_METADATA": "https://idp.invalid/metadata",
    "CONNECTION_CORP_SECRET_EXPIRES": "2027-03-01",
    "SAML_APPLICATIONS": "aaaaaaaa1",
    "CANONICAL_DOMAIN": "acme.eu.auth0.com",
    "MANAGEMENT_CLIENT_ID": "m",
    "MANAGEMENT_CLIENT_SECRET": "ms",
    "NODES": "10.0.0.1",
    "HEALTH_API_KEY": "k",
}
"""Whatever can be asked of a tenant is."""

OF_USERS = {"login", "api", "account", "refreshing", "rotating", "revoking", "leaving", "stranger"}
BY_PAGES = {"login", "api", "rotating", "leaving"}


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

    @pytest.mark.parametrize("field", ["AUDIENCE", "CLIENT_SECRET"])
    def test_what_is_malformed_is_still_meant(self, field: str) -> None:
        made = tenant(**MACHINE | {field: MALFORMED})

        assert made.flows == ("client-credentials",)

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

    def test_scope_that_is_malformed_may_have_meant_a_refresh_token(self) -> None:
        assert isinstance(only("refreshing", **USER, SCOPE=MALFORMED).blocked, Misconfigured)

    def test_refresh_token_that_every_login_asks_for_is_taken_of_a_flow_that_knows_audiences(self) -> None:
        flows = "oauth-ro,password-realm,refresh"

        assert ids("refreshing", **USER, SCOPE="openid offline_access", FLOWS=flows, CONNECTIONS="corp") == [
            "password-realm:corp"
        ]

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
            ("universal-login,password-realm", ["password-realm:corp", "password-realm:Users"]),
            ("universal-login,oauth-ro", ["oauth-ro:corp", "oauth-ro:Users"]),
            ("universal-login,password", ["password", "universal-login:corp", "universal-login:Users"]),
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


class TestCosts:
    """What is malformed costs whatever would be sent with it, and nothing else."""

    def test_tenant_of_which_all_is_set_is_asked_everything(self) -> None:
        assert [row.id for what in ROWS for row in rows(what, **WHOLE) if row.blocked] == []

    @pytest.mark.parametrize(
        ("field", "value", "cost"),
        [
            ("FLOWS", "pasword", OF_USERS | {"device", "machine"}),
            ("CLIENT_ID", MALFORMED, OF_USERS | {"device", "machine", "impostor", "redirect"}),
            ("CLIENT_SECRET", MALFORMED, OF_USERS | {"machine", "impostor"}),
            ("AUDIENCE", MALFORMED, OF_USERS | {"device", "machine", "impostor"}),
            ("SCOPE", MALFORMED, OF_USERS | {"device"}),
            ("USERNAME", MALFORMED, OF_USERS),
            ("PASSWORD", MALFORMED, OF_USERS),
            ("TOTP_SECRET", "123456", OF_USERS),
            ("CONNECTIONS", "a/b", OF_USERS),
            ("CONNECTION_CORP_USERNAME", MALFORMED, OF_USERS),
            ("CONNECTION_CORP_TOTP_SECRET", "123456", OF_USERS),
            ("CALLBACK", "nowhere", BY_PAGES | {"redirect"}),
            ("ORGANIZATION", "Acme Inc.", BY_PAGES | {"redirect"}),
            ("UNIVERSAL_LOGINS_PER_MINUTE", "0", BY_PAGES),
            ("REVOKE", "maybe", {"revoking"}),
            ("REFUSALS_EVERY", "often", {"impostor"}),
            ("REDIRECTS", "a/b", {"redirect"}),
            ("CONNECTION_CORP_IDP", "a b", {"redirect"}),
            ("CONNECTION_CORP_ISSUER", MALFORMED, {"redirect"}),
            ("CONNECTION_CORP_METADATA", "nowhere", {"provider-metadata"}),
            ("CONNECTION_CORP_SECRET_EXPIRES", "soon", {"provider-secret"}),
            ("SAML_APPLICATIONS", "x", {"saml-application"}),
            ("CANONICAL_DOMAIN", "a b", {"canonical", "management"}),
            ("MANAGEMENT_CLIENT_ID", MALFORMED, {"management"}),
            ("MANAGEMENT_CLIENT_SECRET", MALFORMED, {"management"}),
            ("NODES", "a/b", {"node", "metric"}),
            ("HEALTH_API_KEY", "\u00e9", {"metric"}),
            ("EXPECTED_CLAIMS", "{", set()),
            ("DEVICE", MALFORMED, set()),
            ("BUDGET", "soon", set()),
            ("LOGIN", "maybe", set()),
            ("SLO", "all", set()),
        ],
    )
    def test_variable_that_is_malformed_costs_what_is_sent_with_it(
        self, field: str, value: str, cost: set[str]
    ) -> None:
        found = {what: [row.blocked for row in rows(what, **WHOLE | {field: value})] for what in ROWS}

        assert {what for what in ROWS if any(found[what])} == cost
        blocked = [each for every in found.values() for each in every if each]
        assert {type(each) for each in blocked} <= {Misconfigured}
        assert all(each.reason.startswith(f"AUTH0_{field}: ") for each in blocked)

    @pytest.mark.parametrize(
        ("field", "value", "flows"),
        [
            ("AUDIENCE", MALFORMED, {"password", "password-realm", "universal-login"}),
            ("DEVICE", MALFORMED, {"oauth-ro"}),
            ("CONNECTIONS", "a/b", {"oauth-ro", "password-realm", "universal-login"}),
            ("CALLBACK", "nowhere", {"universal-login"}),
        ],
    )
    def test_flow_is_blocked_by_what_it_sends_alone(self, field: str, value: str, flows: set[str]) -> None:
        asked = USER | {"FLOWS": "oauth-ro,password,password-realm,universal-login", field: value}

        assert {row.flow for row in logins("login", **asked) if row.blocked} == flows

    def test_what_is_wrong_with_a_tenants_user_costs_no_connection_that_has_its_own(self) -> None:
        own = {"CONNECTION_CORP_USERNAME": "cu", "CONNECTION_CORP_PASSWORD": "cpw", "CONNECTIONS": "corp,Users"}
        corp, users = logins("login", **USER | own | {"PASSWORD": MALFORMED, "TOTP_SECRET": "123456"})

        assert corp.blocked is None
        assert isinstance(users.blocked, Misconfigured)

    def test_malformed_claims_of_a_tenant_are_those_of_each_login_without_its_own(self) -> None:
        own = {"CONNECTION_CORP_EXPECTED_CLAIMS": '{"b": 2}', "CONNECTIONS": "corp,Users"}
        corp, users = logins("login", **USER | own | {"EXPECTED_CLAIMS": "{"})

        assert (corp.claims_fault, corp.claims_variable) == (None, "AUTH0_CONNECTION_CORP_EXPECTED_CLAIMS")
        assert users.claims_fault
        assert (users.claims_variable, users.expected_claims) == ("AUTH0_EXPECTED_CLAIMS", {})

    def test_malformed_domain_of_a_tenant_blocks_it(self) -> None:
        (made,) = settings.load({"AUTH0_DOMAIN": "a b"}, Scrubber(), Path("/nowhere")).tenants

        assert isinstance(made.blocked, Misconfigured)
        assert isinstance(made.management_fault, Misconfigured)


class TestOfOneLogin:
    """The rows that one login of a tenant is taken for."""

    @pytest.mark.parametrize(
        ("audience", "asked"),
        [
            ("api", True),
            ("https://a.invalid/api/userinfo2", True),
            ("", False),
            ("https://a.invalid/userinfo", False),
            ("https://a.invalid/userinfo/", False),
        ],
    )
    def test_access_token_is_an_apis_where_an_audience_other_than_the_profile_is_set(
        self, audience: str, *, asked: bool
    ) -> None:
        row = only("api", **USER | {"CONNECTIONS": "corp"}, **({"AUDIENCE": audience} if audience else {}))

        assert isinstance(row, Login)
        assert row.id == ("a.invalid:password-realm:corp" if asked else "a.invalid")
        if not asked:
            assert isinstance(row.blocked, NotConfigured)
            assert "AUTH0_AUDIENCE" in row.blocked.reason

    def test_flow_that_knows_no_audience_brings_no_access_token_of_an_api(self) -> None:
        flows = {"FLOWS": "oauth-ro,password-realm", "CONNECTIONS": "corp", "AUDIENCE": "api"}

        assert ids("api", **USER, **flows) == ["password-realm:corp"]
        (row,) = rows("api", **USER | flows | {"FLOWS": "oauth-ro"})
        assert isinstance(row.blocked, NotConfigured)

    @pytest.mark.parametrize(
        ("flows", "refreshing", "rotating"),
        [
            ("password-realm,refresh,rotate", "password-realm:corp", "password-realm:Users"),
            ("oauth-ro,password,password-realm,refresh,rotate", "password", "password-realm:corp"),
            ("password,refresh,rotate", "password", "password"),
            ("oauth-ro,refresh,rotate", "oauth-ro:corp", "oauth-ro:Users"),
        ],
    )
    def test_token_that_rotates_is_of_another_login_than_the_one_that_is_revoked(
        self, flows: str, refreshing: str, rotating: str
    ) -> None:
        given = USER | {"FLOWS": flows, "CONNECTIONS": "corp,Users"}
        asked = [row for row in logins("login", **given) if "offline_access" in row.scope.split()]

        assert ids("refreshing", **given) == ids("revoking", **given) == [refreshing]
        assert ids("rotating", **given) == [rotating]
        assert {row.id.partition(":")[2] for row in asked} == {refreshing, rotating}
        assert [row.id.partition(":")[2] for row in asked if row.rotates] == [rotating]

    @pytest.mark.parametrize("what", ["rotating", "leaving", "device"])
    def test_flow_that_has_to_be_asked_for_is_named(self, what: str) -> None:
        flow = {"rotating": "rotate", "leaving": "logout", "device": "device"}[what]
        blocked = only(what, **USER, FLOWS="password-realm,universal-login,refresh").blocked

        assert isinstance(blocked, NotConfigured)
        assert blocked.reason.startswith(f"add {flow} to AUTH0_FLOWS")

    def test_each_application_by_saml_is_a_row_of_its_own(self) -> None:
        assert ids("saml-application", SAML_APPLICATIONS="aaaaaaaa1, bbbbbbbb2") == ["aaaaaaaa1", "bbbbbbbb2"]

    def test_only_a_login_through_pages_is_left_again(self) -> None:
        flows = "password-realm,universal-login,logout"
        blocked = only("leaving", **USER, FLOWS="password-realm,logout").blocked

        assert ids("leaving", **USER, FLOWS=flows, CONNECTIONS="corp,Users") == ["universal-login:corp"]
        assert isinstance(blocked, NotConfigured)
        assert "add universal-login to AUTH0_FLOWS" in blocked.reason

    def test_token_that_is_to_be_kept_is_not_revoked(self) -> None:
        blocked = only("revoking", **USER, FLOWS="password-realm,refresh", REVOKE="no").blocked

        assert isinstance(blocked, NotConfigured)
        assert blocked.reason.startswith("set AUTH0_REVOKE=yes")
        assert only("refreshing", **USER, FLOWS="password-realm,refresh", REVOKE="no").blocked is None

    def test_device_asks_with_the_tenants_scope_in_an_applications_name(self) -> None:
        row = only("device", CLIENT_ID="c", FLOWS="device", SCOPE="openid offline_access")
        nobodys = only("device", FLOWS="device")

        assert isinstance(row, Login)
        assert (row.blocked, row.scope) == (None, "openid offline_access")
        assert isinstance(nobodys.blocked, Misconfigured)
        assert nobodys.blocked.reason == "AUTH0_CLIENT_ID is not set"

    @pytest.mark.parametrize(
        ("flow", "organization", "budget"),
        [
            ("universal-login", "org_acme1", "universal_login_budget"),
            ("password-realm", "", "login_budget"),
            ("password", "", "login_budget"),
            ("oauth-ro", "", "login_budget"),
        ],
    )
    def test_login_through_pages_knows_an_organization_and_has_a_threshold_of_its_own(
        self, flow: str, organization: str, budget: str
    ) -> None:
        row = only("login", **USER, FLOWS=flow, ORGANIZATION="org_acme1")

        assert isinstance(row, Login)
        assert (row.organization, row.budget) == (organization, budget)

    def test_second_factor_is_of_the_user_who_logs_in(self) -> None:
        tenants_, own = "ABCDEFGHIJKLMNOP", "PONMLKJIHGFEDCBA"
        given = {
            "CONNECTIONS": "corp,plain,Users",
            "TOTP_SECRET": tenants_,
            "CONNECTION_CORP_USERNAME": "cu",
            "CONNECTION_CORP_PASSWORD": "cpw",
            "CONNECTION_CORP_TOTP_SECRET": own,
            "CONNECTION_PLAIN_USERNAME": "pu",
            "CONNECTION_PLAIN_PASSWORD": "ppw",
        }

        found = [row.totp_secret and row.totp_secret.get_secret_value() for row in logins("login", **USER, **given)]

        assert found == [own, None, tenants_]

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            ({"LOGIN": "required"}, Misconfigured),
            ({"LOGIN": "optional"}, NotConfigured),
            ({"LOGIN": "required", "FLOWS": "client-credentials"}, NotConfigured),
            ({"LOGIN": "maybe"}, Misconfigured),
        ],
        ids=["required", "optional", "another-logs-in", "malformed"],
    )
    def test_login_that_is_required_is_an_error_where_nobody_can(
        self, values: dict[str, str], kind: type[Exception]
    ) -> None:
        assert isinstance(only("login", **values).blocked, kind)


READER = {"MANAGEMENT_CLIENT_ID": "m", "MANAGEMENT_CLIENT_SECRET": "ms"}


class TestManagement:
    @pytest.mark.parametrize(
        "domain",
        ["acme.eu.auth0.com", "localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"],
    )
    def test_it_is_asked_at_auth0s_own_name_or_on_this_machine(self, domain: str) -> None:
        assert only("management", DOMAIN=domain, **READER).blocked is None

    @pytest.mark.parametrize("domain", ["login.acme.example", "acme.notauth0.com", "auth0.com.acme.example"])
    def test_custom_domain_needs_the_other_name(self, domain: str) -> None:
        blocked = only("management", DOMAIN=domain, **READER).blocked
        made = tenant(DOMAIN=domain, CANONICAL_DOMAIN="acme.eu.auth0.com", **READER)

        assert isinstance(blocked, Misconfigured)
        assert blocked.reason.startswith("AUTH0_CANONICAL_DOMAIN is not set")
        assert (made.management_fault, made.management_host) == (None, "https://acme.eu.auth0.com")

    @pytest.mark.parametrize("there", sorted(READER))
    def test_half_of_its_credentials_is_our_set_up(self, there: str) -> None:
        (missing,) = READER.keys() - {there}
        blocked = only("management", DOMAIN="acme.eu.auth0.com", **{there: "x"}).blocked

        assert isinstance(blocked, Misconfigured)
        assert blocked.reason == f"AUTH0_{missing} is not set, though AUTH0_{there} is: set both"


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

    def test_each_metric_that_auth0_documents_is_asked_for(self) -> None:
        documented = "cpu memory disk services network internet email db replicaset"

        assert ids("metric", NODES="10.0.0.1", HEALTH_API_KEY="k") == [
            f"10.0.0.1:{metric}" for metric in documented.split()
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
