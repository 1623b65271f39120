"""The environment, read in one place: what is set becomes tenants, and what is wrong costs one tenant and no more."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.configuration import settings
from monitor.configuration.rows import ROWS, logins
from monitor.configuration.settings import Settings
from monitor.configuration.targets import Tenant
from monitor.configuration.variables import TUNING, Variables
from monitor.failures import Misconfigured
from monitor.secrets import MASK, Scrubber

ROOT = Path("/nowhere")


def load(values: dict[str, str], scrubber: Scrubber | None = None) -> Settings:
    """The settings in these variables, of which the names lack their prefix."""
    return settings.load({f"AUTH0_{name}": value for name, value in values.items()}, scrubber or Scrubber(), ROOT)


def only(**values: str) -> Tenant:
    (tenant,) = load(values).tenants
    return tenant


def blame(tenant: Tenant) -> str:
    """Why this tenant cannot be asked."""
    assert isinstance(tenant.blocked, Misconfigured)
    return tenant.blocked.reason


class TestDomain:
    @pytest.mark.parametrize(
        ("domain", "url"),
        [
            ("acme.eu.auth0.com", "https://acme.eu.auth0.com"),
            ("https://acme.eu.auth0.com", "https://acme.eu.auth0.com"),
            ("https://acme.eu.auth0.com/", "https://acme.eu.auth0.com"),
            ("HTTPS://Acme.EU.auth0.com", "https://acme.eu.auth0.com"),
            ("  acme.eu.auth0.com  ", "https://acme.eu.auth0.com"),
            ("login.acme.example", "https://login.acme.example"),
            ("login.acme.example:8443", "https://login.acme.example:8443"),
            ("https://login.acme.example:443/", "https://login.acme.example"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://localhost", "http://localhost"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("[2001:db8::1]", "https://[2001:db8::1]"),
            ("http://127.0.0.1:443", "http://127.0.0.1:443"),
            ("https://login.acme.example:80", "https://login.acme.example:80"),
            ("acme.eu.auth0.com.", "https://acme.eu.auth0.com"),
            ("intranet:8443", "https://intranet:8443"),
            ("https://intranet", "https://intranet"),
            (f"{'a' * 63}.example", f"https://{'a' * 63}.example"),
        ],
    )
    def test_domain_becomes_an_address(self, domain: str, url: str) -> None:
        tenant = only(DOMAIN=domain)

        assert tenant.blocked is None
        assert tenant.url == url
        assert tenant.issuer == f"{url}/"
        assert tenant.domain == url.partition("://")[2]
        assert tenant.host == tenant.domain.partition(":")[0] or tenant.host in ("::1", "2001:db8::1")

    @pytest.mark.parametrize(
        ("domain", "words"),
        [
            ("http://acme.eu.auth0.com", "plain http"),
            ("http://10.0.0.1", "plain http"),
            ("ftp://acme.eu.auth0.com", "only https"),
            ("https://user@acme.eu.auth0.com", "not a domain"),
            ("https://acme.eu.auth0.com/oauth/token", "not a domain"),
            ("acme.eu.auth0.com?x=1", "not a domain"),
            ("acme.eu.auth0.com#x", "not a domain"),
            ("acme eu.auth0.com", "not a domain"),
            ("acme.eu.auth0.com:port", "not a domain"),
            ("acme.eu.auth0.com:99999", "not a domain"),
            ("https://", "not a domain"),
            ("https://[::1", "not a domain"),
            ("user@acme.eu.auth0.com", "not a domain"),
            ("intranet", "not a domain"),
            ("acme..example", "not a domain"),
            (f"{'a' * 64}.example", "not a domain"),
            ("http://[2001:db8::1]", "plain http"),
        ],
    )
    def test_what_is_no_domain_is_named(self, domain: str, words: str) -> None:
        reason = blame(only(DOMAIN=domain))

        assert reason.startswith("AUTH0_DOMAIN: ")
        assert words in reason

    @pytest.mark.parametrize(
        "domain",
        [
            "https://user:hunter2-hunter2@acme.invalid",
            "user:hunter2-hunter2#x@acme.invalid",
            "https://user:hunter2-hunter2℀@acme.invalid",
            "user:hunter2-/hunter2@acme.invalid",
        ],
    )
    def test_password_in_a_domain_is_not_told(self, domain: str) -> None:
        tenant = only(DOMAIN=domain)

        assert "hunter2" not in blame(tenant)
        assert "hunter2" not in tenant.id

    @pytest.mark.parametrize(
        ("domain", "name"),
        [
            ("acme.eu.auth0.com", "acme.eu.auth0.com"),
            ("HTTPS://acme.eu.auth0.com:8443/", "acme.eu.auth0.com"),
            ("http://127.0.0.1:3000", "127.0.0.1"),
            ("https://user:pw@acme.invalid/path", "tenant"),
            ("acme.invalid AUTH0_PASSWORD=hunter2-hunter2", "tenant"),
            ("hunter2-hunter2", "tenant"),
            ("://", "tenant"),
            ("ä" * 200, "tenant"),
            (f"{'a' * 60}.{'b' * 60}.example", f"{'a' * 60}.{'b' * 19}"),
        ],
    )
    def test_only_tenant_is_named_after_its_domain(self, domain: str, name: str) -> None:
        assert only(DOMAIN=domain).name == name


class TestEnvironment:
    def test_file_is_read_and_the_environment_is_stronger(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".env").write_text(
            "# ours\nAUTH0_DOMAIN=file.invalid\nexport AUTH0_CLIENT_ID='of the file'\nAUTH0_SCOPE=\nAUTH0_DEVICE\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("AUTH0_DOMAIN", "process.invalid")
        monkeypatch.setenv("AUTH0_AUDIENCE", "  ")

        values, remarks = settings.environment(tmp_path)

        assert values["AUTH0_DOMAIN"] == "process.invalid"
        assert values["AUTH0_CLIENT_ID"] == "of the file"
        assert not {"AUTH0_SCOPE", "AUTH0_DEVICE", "AUTH0_AUDIENCE"} & set(values)
        (remark,) = remarks
        assert remark.startswith(
            ".env, line 2: AUTH0_DOMAIN has another value in the environment, which takes precedence"
        )
        assert "invalid" not in remark

    def test_empty_value_of_the_environment_unsets_that_of_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".env").write_text("AUTH0_DOMAIN=file.invalid\n", encoding="utf-8")
        monkeypatch.setenv("AUTH0_DOMAIN", "")

        values, (remark,) = settings.environment(tmp_path)

        assert "AUTH0_DOMAIN" not in values
        assert remark.startswith(".env, line 1: AUTH0_DOMAIN has nothing in the environment, which takes precedence")

    def test_line_that_cannot_be_read_is_remarked_without_its_content(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"AUTH0_DOMAIN=file.invalid\n'my password\nAUTH0_SCOPE=a\xff\n")

        values, remarks = settings.environment(tmp_path)

        assert remarks == (
            ".env, line 2: not NAME=value, so it is ignored",
            "AUTH0_SCOPE: .env, line 3, is not UTF-8: save the file as UTF-8",
        )
        assert values["AUTH0_DOMAIN"] == "file.invalid"
        loaded = settings.load(values, Scrubber(), tmp_path, remarks)
        assert loaded.remarks == remarks
        assert loaded.tenants[0].faults["scope"].reason == remarks[1]

    def test_nothing_is_read_where_there_is_no_file(self, tmp_path: Path) -> None:
        values, remarks = settings.environment(tmp_path)

        assert "PATH" in values
        assert not [name for name in values if name.startswith("AUTH0_")]
        assert remarks == ()

    def test_memory_lies_below_the_root_unless_it_is_named(self) -> None:
        assert load({}).memory == ROOT / ".monitor/memory.sqlite"
        assert load({"MEMORY": "turns.db"}).memory == ROOT / "turns.db"
        assert load({"MEMORY": "/var/turns.db"}).memory == Path("/var/turns.db")


class TestOneTenant:
    def test_nothing_configured_is_no_tenant(self) -> None:
        assert load({}).tenants == ()

    def test_tuning_alone_configures_no_tenant(self) -> None:
        assert load({name.upper(): "1" for name in TUNING} | {"MEMORY": "x"}).tenants == ()

    @pytest.mark.parametrize("stray", ["CLIENT_ID", "CLIENT_SECRET", "PROD_DOMAIN", "DOMIAN"])
    def test_stray_variable_without_a_domain_is_blamed(self, stray: str) -> None:
        assert blame(only(**{stray: "x"})) == f"AUTH0_DOMAIN is not set, though AUTH0_{stray} is: set it"

    def test_values_are_taken_without_the_space_around_them(self) -> None:
        tenant = only(DOMAIN="a.invalid", CLIENT_ID=" id ", CONNECTIONS=" a , b,, a ", FLOWS="password, refresh")

        assert tenant.variables.client_id == "id"
        assert tenant.variables.connections == ("a", "b")
        assert tenant.flows == ("password", "refresh")

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("FLOWS", "pasword", "'pasword'"),
            ("NODES", "10.0.0.1, http://10.0.0.2", "not a list of addresses"),
            ("NODES", "10.0.0.1/path", "not a list of addresses"),
            ("NODES", "[fd00::1", "not a list of addresses"),
            ("NODES", "10.0.0.1:99999", "not a list of addresses"),
            ("EXPECTED_CLAIMS", "{'a': 1}", "not JSON (at character 2)"),
            ("EXPECTED_CLAIMS", "[1]", "must be a JSON object"),
            ("EXPECTED_CLAIMS", "{a: 1}", "its double quotes are gone"),
            ("EXPECTED_CLAIMS", '{"a": 1, "a": 2}', "stands twice"),
            ("EXPECTED_CLAIMS", '{"a": {"b": 1, "b": 1}}', "stands twice"),
            ("EXPECTED_CLAIMS", "[" * 200_000, "too deep"),
            ("NODES", "me@10.0.0.1", "not a list of addresses"),
            ("NODES", "10.0.0.1?x", "not a list of addresses"),
            ("NODES", "10.0.0.1#x", "not a list of addresses"),
            ("NODES", "a..b", "not a list of addresses"),
            ("NODES", "10.0.0.1:port", "not a list of addresses"),
            ("STATUS_PAGE", "status.example", "not an address"),
            ("STATUS_PAGE", "https:///x", "not an address"),
            ("EXPECTED_CLAIMS", "{}", "must be a JSON object"),
            ("ID_TOKEN_ALG", "none", "RS256"),
            *itertools.product(
                ("BUDGET", "LOGIN_BUDGET", "TIMEOUT", "CONNECT_TIMEOUT"),
                ("0", "-1", "soon", "inf", "nan", "1e300"),
                ("",),
            ),
            *itertools.product(("REFUSALS_EVERY",), ("-1", "soon", "inf", "nan", "1e300"), ("",)),
        ],
    )
    def test_malformed_value_names_its_variable(self, field: str, value: str, words: str) -> None:
        tenant = only(DOMAIN="a.invalid", **{field: value})
        reason = tenant.faults[field.lower()].reason

        assert tenant.blocked is None, "it costs what depends on it, and no more"
        assert set(tenant.faults) == {field.lower()}
        assert reason.startswith(f"AUTH0_{field}: ")
        assert len(reason) > len(f"AUTH0_{field}: ")
        assert words in reason

    def test_refusals_may_be_due_always(self) -> None:
        assert only(DOMAIN="a.invalid", REFUSALS_EVERY="0").variables.refusals_every == 0

    @pytest.mark.parametrize(
        ("variables", "told"),
        [
            ({"SLO": "all"}, ["AUTH0_SLO: "]),
            ({"SLO": "1"}, ["AUTH0_SLO: "]),
            ({"SLO": "100"}, ["AUTH0_SLO: "]),
            ({"SLO": "99.99"}, []),
            ({"LOGIN": "maybe"}, ["AUTH0_LOGIN: "]),
            ({"BUDGET": "soon"}, []),
        ],
    )
    def test_what_no_probe_would_tell_is_told_by_a_remark(self, variables: dict[str, str], told: list[str]) -> None:
        remarks = load({"DOMAIN": "a.invalid", **variables}).remarks

        assert [line[: len(start)] for line, start in zip(remarks, told, strict=True)] == told

    @pytest.mark.parametrize(
        ("field", "least", "most", "beyond"),
        [
            ("BUDGET", "0.001", "86400", "86401"),
            ("UNIVERSAL_LOGINS_PER_MINUTE", "0.1", "600", "601"),
            ("STALE_AFTER", "0.5", "36500", "36501"),
            ("EXPIRY_WARNING", "0.5", "3650", "3651"),
            ("REFUSALS_EVERY", "0", "31536000", "31536001"),
        ],
    )
    def test_bounds_of_a_number_are_told(self, field: str, least: str, most: str, beyond: str) -> None:
        for value in (least, most):
            assert not only(DOMAIN="a.invalid", **{field: value}).faults

        reason = only(DOMAIN="a.invalid", **{field: beyond}).faults[field.lower()].reason
        assert reason == f"AUTH0_{field}: must be at most {float(most):g}"
        below = "at least 0" if field == "REFUSALS_EVERY" else "more than 0"
        assert only(DOMAIN="a.invalid", **{field: "-1"}).faults[field.lower()].reason.endswith(f"must be {below}")

    def test_misspelt_variable_is_not_an_error(self) -> None:
        assert only(DOMAIN="a.invalid", PASSWROD="x").blocked is None


class TestSeveralTenants:
    def test_each_has_its_own_and_shares_the_rest(self) -> None:
        prod, staging = load(
            {
                "TENANTS": " prod , staging-2 ,",
                "PROD_DOMAIN": "prod.invalid",
                "STAGING_2_DOMAIN": "staging.invalid",
                "CLIENT_ID": "shared",
                "STAGING_2_CLIENT_ID": "own",
                "BUDGET": "9",
                "PROD_TIMEOUT": "7",
            }
        ).tenants

        assert (prod.name, prod.host, prod.variables.client_id) == ("prod", "prod.invalid", "shared")
        assert (staging.name, staging.host, staging.variables.client_id) == ("staging-2", "staging.invalid", "own")
        assert (prod.variables.budget, staging.variables.budget) == (9, 9)
        assert (prod.variables.timeout, staging.variables.timeout) == (7, 30)
        assert prod.variable("username") == "AUTH0_PROD_USERNAME"
        assert staging.variable("username") == "AUTH0_STAGING_2_USERNAME"

    def test_shared_domain_holds_for_whoever_has_none(self) -> None:
        one, two = load({"TENANTS": "one,two", "DOMAIN": "shared.invalid", "TWO_DOMAIN": "two.invalid"}).tenants

        assert (one.host, two.host) == ("shared.invalid", "two.invalid")

    @pytest.mark.parametrize(
        ("more", "named"), [({"B_BUDGET": "0"}, "AUTH0_B_BUDGET"), ({"BUDGET": "0", "A_BUDGET": "1"}, "AUTH0_BUDGET")]
    )
    def test_malformed_value_costs_its_own_tenant_only(self, more: dict[str, str], named: str) -> None:
        good, bad = load({"TENANTS": "a,b", "A_DOMAIN": "a.invalid", "B_DOMAIN": "b.invalid", **more}).tenants

        assert not good.faults
        assert bad.faults["budget"].reason.startswith(f"{named}: ")

    def test_missing_domain_names_its_variable(self) -> None:
        good, bad = load({"TENANTS": "a,b", "A_DOMAIN": "a.invalid"}).tenants

        assert good.blocked is None
        assert blame(bad) == "AUTH0_B_DOMAIN is not set: set it to the domain of this tenant"

    @pytest.mark.parametrize("names", [" ", ",", " , ,"])
    def test_list_without_names_is_blamed(self, names: str) -> None:
        assert blame(only(TENANTS=names)) == "AUTH0_TENANTS names no tenant; write it as prod,staging"

    @pytest.mark.parametrize("name", ["a b", "ä", "-a", "a.b", "a/b", "_", "a:b"])
    def test_name_that_is_none_is_blamed_by_name(self, name: str) -> None:
        good, bad = load({"TENANTS": f"fine,{name}", "DOMAIN": "a.invalid"}).tenants

        assert good.blocked is None
        assert "is no name for a tenant" in blame(bad)

    def test_names_that_share_variables_are_blamed_and_still_told_apart(self) -> None:
        tenants = load({"TENANTS": "a-b,a_b,A-B,a-b", "DOMAIN": "a.invalid"}).tenants

        assert [tenant.blocked is None for tenant in tenants] == [True, False, False, False]
        assert "'a_b' and 'a-b' would share the variables AUTH0_A_B_" in blame(tenants[1])
        assert len({tenant.name for tenant in tenants}) == 4

    def test_names_of_broken_tenants_are_told_apart_and_never_by_a_setting(self) -> None:
        tenants = load({"TENANTS": "a=b,AUTH0_X y,a b,a b,dependencies,a_b", "DOMAIN": "a.invalid"}).tenants

        assert [tenant.name for tenant in tenants if not tenant.blocked] == ["a_b"]
        assert len({tenant.name for tenant in tenants}) == len(tenants)
        assert not any(
            "=" in tenant.name or "AUTH0" in tenant.name or tenant.name == "dependencies" for tenant in tenants
        )

    def test_variables_of_a_tenant_that_is_listed_are_known_and_misspelt_ones_are_told(self) -> None:
        remarks = load(
            {
                "TENANTS": "prod",
                "PROD_DOMAIN": "a.invalid",
                "PROD_PASSWROD": "hunter2-hunter2",
                "PROD_USERNAME": "u@acme.example",
                "PROD_CONNECTION_CORP_PASSWROD": "hunter2-hunter2",
                "DEPENDENCY_ACME_URLS": "x",
            }
        ).remarks

        assert remarks == ("AUTH0_PROD_PASSWROD is set, but is not used: did you mean AUTH0_PROD_PASSWORD?",)

    def test_connection_of_a_tenant_is_no_misspelt_list_of_them(self) -> None:
        values = {"TENANTS": "production", "DOMAIN": "a.invalid", "REDIRECTS": "hr"}

        assert load(values | {"PRODUCTION_CONNECTION_HR_IDP": "idp.example"}).remarks == ()

    def test_tenants_that_are_broken_share_no_domain(self) -> None:
        values = {"TENANTS": "prod,staging", "PROD_DOMAIN": "a b", "STAGING_DOMAIN": "a b"}

        assert load(values).remarks == ()


class TestNamesThatMeanTwoThings:
    """AUTH0_<TENANT>_<FIELD> is never another tenant's variable, nor AUTH0_<FIELD>: such a name is refused."""

    AMBIGUOUS = sorted(
        {
            field.removesuffix(f"_{other}")
            for field in Variables.model_fields
            for other in Variables.model_fields
            if field.endswith(f"_{other}")
        }
    )

    def test_there_are_such_names(self) -> None:
        assert self.AMBIGUOUS == ["canonical", "connect", "login", "management", "page", "universal", "universal_login"]

    @pytest.mark.parametrize("name", AMBIGUOUS)
    def test_tenant_of_such_a_name_is_blamed(self, name: str) -> None:
        good, bad = load({"TENANTS": f"prod,{name}", "DOMAIN": "a.invalid"}).tenants

        assert good.blocked is None
        assert f"AUTH0_{name.upper()}_" in blame(bad)
        assert "rename" in blame(bad)

    def test_name_that_is_ambiguous_only_beside_another_is_blamed(self) -> None:
        good, bad = load({"TENANTS": "prod,prod-login", "DOMAIN": "a.invalid"}).tenants

        assert good.blocked is None
        assert "AUTH0_PROD_LOGIN_BUDGET" in blame(bad)
        assert only(TENANTS="prod-login", DOMAIN="a.invalid").blocked is None


class TestConnections:
    def test_user_of_a_connection_has_variables_of_its_own(self) -> None:
        tenant = only(
            DOMAIN="a.invalid",
            CONNECTIONS="Username-Password-Authentication,corp.ad",
            USERNAME="u",
            PASSWORD="pw-of-all",
            CONNECTION_CORP_AD_USERNAME="cu",
            CONNECTION_CORP_AD_PASSWORD="pw-of-corp",
            CONNECTION_CORP_AD_EXPECTED_CLAIMS='{"groups": {"type": "array"}}',
        )

        own = tenant.users["corp.ad"]
        assert own.username == "cu"
        assert own.password is not None
        assert own.password.get_secret_value() == "pw-of-corp"
        assert own.expected_claims == {"groups": {"type": "array"}}
        assert tenant.users["Username-Password-Authentication"].username is None

    def test_tenants_may_have_different_users_of_one_connection(self) -> None:
        a, b = load(
            {
                "TENANTS": "a,b",
                "DOMAIN": "x.invalid",
                "CONNECTIONS": "corp",
                "CONNECTION_CORP_USERNAME": "all",
                "CONNECTION_CORP_PASSWORD": "pw-all",
                "B_CONNECTION_CORP_USERNAME": "bs",
                "B_CONNECTION_CORP_PASSWORD": "pw-bs",
            }
        ).tenants

        assert (a.users["corp"].username, b.users["corp"].username) == ("all", "bs")

    @pytest.mark.parametrize(("there", "missing"), [("USERNAME", "PASSWORD"), ("PASSWORD", "USERNAME")])
    def test_half_a_user_is_blamed(self, there: str, missing: str) -> None:
        a, b = load(
            {
                "TENANTS": "a,b",
                "DOMAIN": "x.invalid",
                "CONNECTIONS": "corp",
                f"A_CONNECTION_CORP_{there}": "x",
            }
        ).tenants

        wanted = f"AUTH0_A_CONNECTION_CORP_{missing} is not set, though AUTH0_A_CONNECTION_CORP_{there} is: set both"
        (row,) = logins(a)
        assert row.blocked
        assert row.blocked.reason.startswith(wanted)
        assert (a.blocked, b.blocked) == (None, None)

    @pytest.mark.parametrize("field", ["USERNAME", "PASSWORD", "EXPECTED_CLAIMS", "TOTP_SECRET"])
    def test_what_swallowed_another_setting_is_told_as_that(self, field: str) -> None:
        own = {"CONNECTION_CORP_USERNAME": "cu", "CONNECTION_CORP_PASSWORD": "pw-of-cu"}
        tenant = only(
            **{"DOMAIN": "a.invalid", "CONNECTIONS": "corp", **own, f"CONNECTION_CORP_{field}": "{} AUTH0_X=y"}
        )

        (fault,) = tenant.users["corp"].faults.values()
        assert fault.reason.startswith(f"AUTH0_CONNECTION_CORP_{field}: it looks like more than one setting")

    def test_malformed_claims_of_a_connection_cost_its_claims_alone(self) -> None:
        tenant = only(
            DOMAIN="a.invalid",
            CLIENT_ID="c",
            USERNAME="u",
            PASSWORD="pw-of-u",
            CONNECTIONS="corp,main",
            CONNECTION_CORP_EXPECTED_CLAIMS="[]",
        )

        corp, main = logins(tenant)
        assert corp.claims_fault
        assert corp.claims_fault.reason.startswith("AUTH0_CONNECTION_CORP_EXPECTED_CLAIMS: must be a JSON object")
        assert (corp.blocked, main.blocked, main.claims_fault) == (None, None, None)


SECRET_FIELDS = ("CLIENT_SECRET", "PASSWORD", "ID_TOKEN", "HEALTH_API_KEY")


class TestSecrets:
    @pytest.mark.parametrize("prefix", ["", "PROD_", "CONNECTION_CORP_", "PROD_CONNECTION_CORP_"])
    @pytest.mark.parametrize("field", SECRET_FIELDS)
    def test_secrets_are_told_to_the_scrubber(self, prefix: str, field: str) -> None:
        scrubber = Scrubber()
        load({f"{prefix}{field}": " hunter2 "}, scrubber)

        assert scrubber.scrub("is hunter2.") == f"is {MASK}."

    @pytest.mark.parametrize(
        "name",
        [
            "KEYCLOAK_DOMAIN",
            "SECRET_CLIENT_ID",
            "ID_TOKEN_ALG",
            "CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_USERNAME",
            "CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_EXPECTED_CLAIMS",
        ],
    )
    def test_what_only_sounds_like_a_secret_is_left(self, name: str) -> None:
        scrubber = Scrubber()
        load({name: "nothing-to-hide-here"}, scrubber)

        assert scrubber.scrub("nothing-to-hide-here") == "nothing-to-hide-here"

    @pytest.mark.parametrize(
        ("name", "value", "secrets"),
        [
            ("HTTPS_PROXY", "http://me:{}@proxy.example:3128", ["0Zq7Secr"]),
            ("all_proxy", "socks5://me:{}@proxy.example", ["0Zq7Secr"]),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key={},x-team=Bearer {}", ["0Zq7Secr", "1Zq7Secr"]),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Bearer%20{}", ["0Zq7Secr"]),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key={}", ["0Zq7Secr"]),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:{}@otlp.example/v1", ["0Zq7Secr"]),
            (
                "AUTH0_NOTIFY",
                "slack://{}/{} mailto://me:{}@smtp.example,jsm://{}",
                ["0Zq7Secr3tCanary", "1Zq7Secr3tCanary", "2Zq7Secr3tCanary", "3Zq7Secr3tCanary"],
            ),
            ("AUTH0_FEED_PUSHGATEWAY_KEY", "me:{}", ["0Zq7Secr"]),
            ("AUTH0_FEED_ICINGA_KEY", "me:{}", ["0Zq7Secr"]),
            ("AUTH0_FEED_KUMA_KEY", "prod={}, staging={}", ["0Zq7Secr", "1Zq7Secr"]),
            (
                "AUTH0_FEED_AZURE_CONNECTION_STRING",
                "InstrumentationKey={};IngestionEndpoint=https://x.example/",
                ["0Zq7Secr"],
            ),
            (
                "AUTH0_FEED_AZURE_CONNECTION_STRING",
                "IngestionEndpoint=https://x.example/;InstrumentationKey = {} ",
                ["0Zq7Secr"],
            ),
            ("AUTH0_HEARTBEAT_URL", "https://beat.example/ping/{}", ["0Zq7Secr3tCanary"]),
            ("AUTH0_DEPENDENCY_ACME_URL", "https://status.example/feed?token={}", ["0Zq7Secr"]),
            ("AUTH0_DEPENDENCY_ACME_PAGE", "https://me:{}@status.example/", ["0Zq7Secr"]),
            ("AUTH0_DEPENDENCY_ACME_PAGE", "me:{}@status.example/", ["0Zq7Secr"]),
            ("AUTH0_STATUS_PAGE", "https://me:{}@status.example/", ["0Zq7Secr"]),
            ("AUTH0_CONNECTION_CORP_METADATA", "https://me:{}@idp.example/metadata", ["0Zq7Secr"]),
            ("AUTH0_DOMAIN", "me:{}@acme.example", ["0Zq7Secr"]),
            ("AUTH0_PASSWORD", "'{}'", ["0Zq7Secr"]),
            ("AUTH0_NODES", "10.0.0.1,me:{}@10.0.0.2", ["0Zq7Secr"]),
            ("AUTH0_SCOPE", "openid https://me:{}@acme.example", ["0Zq7Secr"]),
        ],
    )
    def test_secret_within_a_value_is_masked_by_itself(self, name: str, value: str, secrets: list[str]) -> None:
        scrubber = Scrubber()
        settings.load({name: value.format(*secrets)}, scrubber, ROOT)

        assert [scrubber.scrub(f"is ({each})") for each in secrets] == [f"is ({MASK})"] * len(secrets)

    @pytest.mark.parametrize(
        ("name", "value", "public"),
        [
            ("AUTH0_RUNBOOK_URL", "https://wiki.example/pages?page=0123456789abcdef", "0123456789abcdef"),
            ("AUTH0_STATUS_URL", "https://status.example/feed?domain=acme.eu.auth0.com", "acme.eu.auth0.com"),
            ("AUTH0_STATUS_URL", "https://status.example/feed?domain=Acme.EU.auth0.com", "acme.eu.auth0.com"),
            ("OTEL_SERVICE_NAME", "0Zq7NoSecretAtAll99x", "0Zq7NoSecretAtAll99x"),
            ("SOMEBODYS_URL", "https://x.example/?t=0Zq7NoSecretAtAll99x", "0Zq7NoSecretAtAll99x"),
        ],
    )
    def test_what_is_public_of_a_value_stays(self, name: str, value: str, public: str) -> None:
        scrubber = Scrubber()
        settings.load({"AUTH0_DOMAIN": "acme.eu.auth0.com", name: value}, scrubber, ROOT)

        assert scrubber.scrub(f"is {public} there") == f"is {public} there"

    @pytest.mark.parametrize(
        "field", ["PASSWORD", "CLIENT_SECRET", "CLIENT_ID", "USERNAME", "AUDIENCE", "SCOPE", "DEVICE"]
    )
    def test_variable_that_a_value_was_sent_from_is_known(self, field: str) -> None:
        scrubber = Scrubber()
        load({"DOMAIN": "a.invalid", field: " value-of-it "}, scrubber)
        settings.load({f"SOMEBODYS_{field}": "another-value"}, scrubber, ROOT)

        assert scrubber.variable("value-of-it") == f"AUTH0_{field}"
        assert scrubber.variable("a.invalid") == scrubber.variable("another-value") == ""

    @pytest.mark.parametrize("named", ["acme.example:8443", "acme.example", "https://acme.example:8443/"])
    def test_domain_with_a_port_is_as_public_as_its_host(self, named: str) -> None:
        scrubber = Scrubber()
        load({"DOMAIN": "https://acme.example:8443/", "STATUS_URL": f"https://s.example/?domain={named}"}, scrubber)

        assert scrubber.scrub(f"is {named} there") == f"is {named} there"

    @pytest.mark.parametrize("value", ["hunter2-hunter2", "svc@hunter2.hunter2-tail", "me:hunter2@hunter2.example"])
    def test_secret_in_the_place_of_a_domain_is_no_public_name(self, value: str) -> None:
        scrubber = Scrubber()
        load({"DOMAIN": value, "STATUS_URL": f"https://status.example/feed?token={value}"}, scrubber)

        assert scrubber.scrub(f"is {value} there") == f"is {MASK} there"

    def test_password_is_a_secret_also_where_it_is_the_domain(self) -> None:
        scrubber = Scrubber()
        load({"DOMAIN": "acme.eu.auth0.com", "PASSWORD": "acme.eu.auth0.com"}, scrubber)

        assert scrubber.scrub("is acme.eu.auth0.com there") == f"is {MASK} there"

    def test_names_of_variables_are_public_also_where_a_password_has_one(self) -> None:
        scrubber = Scrubber()
        load({"DOMAIN": "a.invalid", "PASSWORD": "hunter2-hunter2", "CLIENT_SECRET": "AUTH0"}, scrubber)

        assert scrubber.scrub("AUTH0_PASSWORD is wrong, hunter2-hunter2") == f"AUTH0_PASSWORD is wrong, {MASK}"

    def test_secrets_of_a_broken_tenant_are_scrubbed_too(self) -> None:
        scrubber = Scrubber()
        settings_ = load({"DOMAIN": "no domain", "PASSWORD": "hunter2-hunter2"}, scrubber)

        assert settings_.tenants[0].blocked is not None
        assert scrubber.scrub("hunter2-hunter2") == MASK

    @given(
        st.sampled_from(SECRET_FIELDS),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=9, max_size=40).filter(
            lambda text: text.strip() != ""
        ),
        st.sampled_from(["", "0", "x y"]),
    )
    def test_no_secret_is_in_what_may_be_printed(self, field: str, value: str, broken: str) -> None:
        secret = f"S3cr3t{value}"
        values = {"DOMAIN": "a.invalid", field: secret, "USERNAME": "u", "CLIENT_ID": "c", "FLOWS": "password-realm"}
        values |= {"CONNECTION_USERNAME_PASSWORD_AUTHENTICATION_PASSWORD": secret} if broken == "x y" else {}
        values |= {"BUDGET": broken} if broken else {}
        settings_ = load(values)

        tenant = settings_.tenants[0]
        printed = [repr(settings_), repr(tenant), repr(tenant.variables), str(tenant.variables), str(tenant.blocked)]
        for rows in ROWS.values():
            for row in rows(tenant):
                printed += [repr(row), row.id, str(row.blocked)]
        assert "S3cr3t" not in "".join(printed)

    @given(st.sampled_from(sorted(Variables.model_fields)), st.text(max_size=60))
    def test_any_value_gives_a_tenant_or_a_reason(self, field: str, value: str) -> None:
        tenant = load({"DOMAIN": "a.invalid", field.upper(): value, "PASSWORD": "S3cr3t-S3cr3t"}).tenants[0]

        assert "S3cr3t" not in repr(tenant)
        if tenant.blocked:
            assert blame(tenant).startswith("AUTH0_")


OF_A_COMPANY = {"DOMAIN": "login.acme.example", "USERNAME": "monitor@acme.example", "PASSWORD": "a-password-of-mine"}


class TestDomainsOfUsers:
    """A user's address has the company's domain, as the tenant, its pages and its claims have."""

    @pytest.mark.parametrize(
        "text",
        [
            "the certificate of login.acme.example is not trusted",
            "claim 'https://acme.example/roles' is missing",
            "its audience is https://api.acme.example, and not https://acme.example",
            "idp.acme.example leads to ADFS, and not to login.acme.example",
        ],
    )
    @pytest.mark.parametrize(
        "user", ["monitor@acme.example", "Monitor@ACME.example", "monitor@mail.acme.example", "m@a.b.acme.example"]
    )
    def test_it_stays_in_other_names(self, user: str, text: str) -> None:
        scrubber = Scrubber()
        load(OF_A_COMPANY | {"USERNAME": user, "CONNECTION_DB_USERNAME": "other@acme.example"}, scrubber)

        assert scrubber.scrub(text) == text

    def test_user_is_still_its_variable(self) -> None:
        scrubber = Scrubber()
        load(OF_A_COMPANY, scrubber)

        assert scrubber.scrub("the user monitor@acme.example is blocked") == "the user $AUTH0_USERNAME is blocked"
        assert "monitor" not in scrubber.scrub("login_hint=monitor%40acme.example")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"PASSWORD": "acme.example"},
            {"PASSWORD": "my-acme.example-2026"},
            {"CLIENT_SECRET": "acme.example/and-more-of-it-0123456789"},
        ],
    )
    def test_domain_that_a_secret_has_is_masked(self, wrong: dict[str, str]) -> None:
        scrubber = Scrubber()
        load(OF_A_COMPANY | wrong, scrubber)

        assert "acme.example" not in scrubber.scrub("it is acme.example")

    def test_end_of_a_password_in_the_place_of_a_user_name_is_no_domain(self) -> None:
        scrubber = Scrubber()
        load(
            OF_A_COMPANY | {"USERNAME": "Xq7@m@tail-of-a-secret.example", "PASSWORD": "monitor@acme.example"}, scrubber
        )

        assert "tail-of-a-secret" not in scrubber.scrub("it ends with tail-of-a-secret.example")
