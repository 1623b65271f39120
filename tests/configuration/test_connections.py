"""What is set of connections that lead elsewhere: rows, what is malformed of it, and what that costs."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.configuration import assembly, hiding
from monitor.configuration.rows import ROWS
from monitor.configuration.targets import IdentityProvider, Tenant
from monitor.failures import Misconfigured, NotConfigured
from monitor.secrets import Scrubber

DOMAIN = {"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_CLIENT_ID": "a"}


def tenant(**variables: str) -> Tenant:
    (only,) = assembly.tenants(DOMAIN | {f"AUTH0_{name}": value for name, value in variables.items()})
    return only


def providers(row: str, **variables: str) -> list[IdentityProvider]:
    return [each for each in ROWS[row](tenant(**variables)) if isinstance(each, IdentityProvider)]


@pytest.mark.parametrize(
    ("row", "variable"),
    [
        ("redirect", "AUTH0_REDIRECTS"),
        ("provider-metadata", "AUTH0_CONNECTION_<NAME>_METADATA"),
        ("provider-secret", "AUTH0_CONNECTION_<NAME>_SECRET_EXPIRES"),
        ("saml-application", "AUTH0_SAML_APPLICATIONS"),
        ("canonical", "AUTH0_CANONICAL_DOMAIN"),
        ("management", "AUTH0_MANAGEMENT_CLIENT_ID"),
    ],
)
def test_what_is_not_set_is_one_row_that_names_its_variable(row: str, variable: str) -> None:
    (only,) = ROWS[row](tenant())

    assert isinstance(only.blocked, NotConfigured)
    assert variable in only.blocked.reason


def test_each_connection_is_a_row_with_what_is_said_of_it() -> None:
    rows = providers(
        "redirect", REDIRECTS="google-oauth2,corp-saml", CONNECTION_CORP_SAML_IDP="https://Login.Corp.example/"
    )

    assert [row.id for row in rows] == ["acme.eu.auth0.com:google-oauth2", "acme.eu.auth0.com:corp-saml"]
    assert [row.settings.idp for row in rows] == ["", "login.corp.example"]
    assert rows[1].variable("idp") == "AUTH0_CONNECTION_CORP_SAML_IDP"


def test_horizon_of_a_connection_needs_it_to_be_named_nowhere_else() -> None:
    (row,) = providers("provider-secret", CONNECTION_CORP_SAML_SECRET_EXPIRES="2027-03-01")

    assert (row.connection, row.settings.secret_expires) == ("corp-saml", date(2027, 3, 1))


@pytest.mark.parametrize("named", ["REDIRECTS", "CONNECTIONS"])
def test_horizon_of_a_connection_that_is_named_is_told_by_its_own_name(named: str) -> None:
    rows = providers("provider-secret", **{named: "Corp.AD,hr", "CONNECTION_CORP_AD_SECRET_EXPIRES": "2027-03-01"})

    assert [row.connection for row in rows] == ["Corp.AD"]


def test_horizon_that_is_set_for_all_tenants_is_each_tenants() -> None:
    shared = {"AUTH0_TENANTS": "a,b", "AUTH0_CONNECTION_CORP_METADATA": "https://idp.example/metadata"}

    assert [row.id for one in assembly.tenants(DOMAIN | shared) for row in ROWS["provider-metadata"](one)] == [
        "a:corp",
        "b:corp",
    ]


@pytest.mark.parametrize(
    ("row", "field", "value", "words"),
    [
        ("redirect", "IDP", "login.corp.example/path", "not a host"),
        ("redirect", "IDP", "a b", "not a host"),
        ("redirect", "IDP", "user:secret@host.example", "not a host"),
        ("provider-secret", "SECRET_EXPIRES", "next spring", "not a date"),
        ("provider-secret", "SECRET_EXPIRES", "2027-02-30", "not a date"),
        ("provider-secret", "SECRET_EXPIRES", "01.03.2027", "not a date"),
        ("provider-metadata", "METADATA", "http://corp.example/metadata", "plain http"),
        (
            "provider-metadata",
            "METADATA",
            "idp/x",
            "not an address; write it as https://login.corp.example/saml/metadata",
        ),
    ],
)
def test_what_is_malformed_names_its_variable_and_costs_its_own_row(
    row: str, field: str, value: str, words: str
) -> None:
    named = {"REDIRECTS": "corp-saml,github", f"CONNECTION_CORP_SAML_{field}": value}
    first, *others = providers(row, **named)

    assert isinstance(first.blocked, Misconfigured)
    assert first.blocked.reason.startswith(f"AUTH0_CONNECTION_CORP_SAML_{field}: {words}")
    assert value not in first.blocked.reason
    assert [each.blocked for each in others] == [None] * len(others)


@pytest.mark.parametrize(
    ("row", "variables", "words"),
    [
        ("redirect", {"REDIRECTS": "a=b"}, "AUTH0_REDIRECTS: "),
        ("saml-application", {"SAML_APPLICATIONS": "../x"}, "AUTH0_SAML_APPLICATIONS: not a list of client ids"),
        ("canonical", {"CANONICAL_DOMAIN": "http://acme.example"}, "AUTH0_CANONICAL_DOMAIN: plain http"),
        ("canonical", {"CANONICAL_DOMAIN": "acme.eu.auth0.com"}, "AUTH0_CANONICAL_DOMAIN is the same as AUTH0_DOMAIN"),
    ],
)
def test_variable_of_a_tenant_that_is_malformed_is_named(row: str, variables: dict[str, str], words: str) -> None:
    (only,) = ROWS[row](tenant(**variables))

    assert isinstance(only.blocked, Misconfigured)
    assert words in only.blocked.reason


def test_application_is_needed_to_ask_for_connections() -> None:
    (only,) = assembly.tenants({"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_REDIRECTS": "github"})
    (row,) = ROWS["redirect"](only)

    assert isinstance(row.blocked, Misconfigured)
    assert "AUTH0_CLIENT_ID" in row.blocked.reason


def test_what_is_said_of_a_connection_that_nobody_asks_is_told() -> None:
    values = DOMAIN | {"AUTH0_REDIRECTS": "github", "AUTH0_CONNECTION_CORP_IDP": "corp.example"}

    remarks = assembly.remarks(values, assembly.tenants(values))

    assert any("AUTH0_CONNECTION_CORP_IDP is set, and AUTH0_REDIRECTS does not name" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("redirects", "name"),
    [
        ("corp", "AUTH0_CONNECTION_CORP_IDP"),
        ("github", "AUTH0_CONNECTION_CORP_METADATA"),
        ("a/b", "AUTH0_CONNECTION_CORP_IDP"),
        ("github", "CONNECTION_CORP_IDP"),
    ],
    ids=["asked", "needs-no-name", "list-cannot-be-read", "another-programs"],
)
def test_what_is_said_of_a_connection_that_may_be_asked_is_no_remark(redirects: str, name: str) -> None:
    values = DOMAIN | {"AUTH0_REDIRECTS": redirects, name: "https://corp.example"}

    assert assembly.remarks(values, assembly.tenants(values)) == ()


def test_what_one_of_several_tenants_says_of_a_connection_is_its_own() -> None:
    values = {
        "AUTH0_TENANTS": "prod,staging",
        "AUTH0_DOMAIN": "acme.eu.auth0.com",
        "AUTH0_CLIENT_ID": "a",
        "AUTH0_REDIRECTS": "corp",
        "AUTH0_CONNECTION_CORP_IDP": "idp.example",
        "AUTH0_PROD_CONNECTION_CORP_IDP": "prod.example",
        "AUTH0_PROD_CONNECTION_HR_AD_SECRET_EXPIRES": "2027-03-01",
        "AUTH0_CONNECTION_CORP_ISSUER": "urn:auth0:acme:corp",
    }
    prod, staging = assembly.tenants(values)
    own, others = (
        {each.connection: each for each in ROWS["redirect"](one) if isinstance(each, IdentityProvider)}
        for one in (prod, staging)
    )

    assert (own["corp"].settings.idp, others["corp"].settings.idp) == ("prod.example", "idp.example")
    assert {own["corp"].settings.issuer, others["corp"].settings.issuer} == {"urn:auth0:acme:corp"}
    assert own["corp"].variable("idp") == "AUTH0_PROD_CONNECTION_CORP_IDP"
    (ends,) = ROWS["provider-secret"](prod)
    (nobodys,) = ROWS["provider-secret"](staging)
    assert (ends.id, ends.blocked) == ("prod:hr-ad", None)
    assert isinstance(nobodys.blocked, NotConfigured)


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("Login.Corp.example", "login.corp.example"),
        ("login.corp.example:443", "login.corp.example"),
        ("https://login.corp.example:8443/adfs/ls?x=1", "login.corp.example:8443"),
        ("localhost:3000", "localhost:3000"),
    ],
)
def test_host_of_an_identity_provider_is_taken_of_an_address_too(given: str, host: str) -> None:
    (row,) = providers("redirect", REDIRECTS="corp", CONNECTION_CORP_IDP=given)

    assert (row.settings.idp, row.blocked) == (host, None)


@pytest.mark.parametrize("given", ["intranet", "login.corp.example?x=1", "https://", "a..b", "login.corp.example:port"])
def test_what_is_no_host_of_an_identity_provider_is_refused(given: str) -> None:
    (row,) = providers("redirect", REDIRECTS="corp", CONNECTION_CORP_IDP=given)

    assert isinstance(row.blocked, Misconfigured)
    assert row.blocked.reason.startswith("AUTH0_CONNECTION_CORP_IDP: not a host")


def test_metadata_on_this_machine_may_be_read_by_plain_http() -> None:
    (row,) = providers("provider-metadata", CONNECTION_CORP_METADATA="http://127.0.0.1:3000/metadata")

    assert (row.settings.metadata, row.blocked) == ("http://127.0.0.1:3000/metadata", None)


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ("aaaaaaa", False),
        ("aaaaaaaa", True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("aaaa_bbbb-CCCC1", True),
        ("aaaaaaaa.b", False),
    ],
    ids=["short", "least", "most", "long", "letters", "dot"],
)
def test_client_id_of_an_application_is_one_part_of_a_path(given: str, *, fine: bool) -> None:
    (row,) = ROWS["saml-application"](tenant(SAML_APPLICATIONS=given))

    assert (row.blocked is None) is fine


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ("org_AbCdEf0123456789", True),
        ("acme", True),
        ("a" * 50, True),
        ("a" * 51, False),
        ("org_", True),
        ("Acme", False),
        ("-acme", False),
        ("acme inc", False),
        ("org_Ab Cd", False),
    ],
)
def test_organization_is_an_id_or_a_name(given: str, *, fine: bool) -> None:
    assert ("organization" not in tenant(ORGANIZATION=given).faults) is fine


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abcd efgh ijkl mnop", "ABCDEFGHIJKLMNOP"),
        ("ABCD-EFGH-IJKL-MNOP", "ABCDEFGHIJKLMNOP"),
        ("ABCDEFGHIJKLMNOP2A", "ABCDEFGHIJKLMNOP2A======"),
        ("ABCDEFGHIJKLMNOP2345", "ABCDEFGHIJKLMNOP2345===="),
        ("ABCDEFGHIJKLMNOP2345A===", "ABCDEFGHIJKLMNOP2345A==="),
        ("ABCDEFGHIJKLMNOP2345A7==", None),
        ("ABCDEFGHIJKLMNOP2", None),
        ("ABCDEFGHIJKLMNO", None),
        ("ABCDEFGHIJKLMNO1", None),
        ("A" * 128, "A" * 128),
        ("A" * 136, None),
    ],
)
def test_secret_of_an_authenticator_app_is_whole_base32(given: str, kept: str | None) -> None:
    made = tenant(TOTP_SECRET=given)
    found = made.variables.totp_secret

    assert (found.get_secret_value() if found else None) == kept
    assert ("totp_secret" in made.faults) is (kept is None)


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ("https://app.example/callback?x=1", True),
        ("http://app.example/callback", False),
        ("https://app.example/callback#part", False),
        ("https://user@app.example/callback", False),
        ("https:///callback", False),
        ("https://app.example:port/callback", False),
        ("https://app.example:8443/callback", True),
    ],
)
def test_callback_is_an_https_address_that_is_sent_whole(given: str, *, fine: bool) -> None:
    made = tenant(CALLBACK=given)

    assert ("callback" not in made.faults) is fine
    if fine:
        assert made.variables.callback == given


def test_token_in_the_address_of_metadata_is_a_secret() -> None:
    scrubber = Scrubber()
    address = "https://corp.example/metadata?token=abcdef0123456789"
    hiding.keep_secrets({"AUTH0_CONNECTION_CORP_METADATA": address}, scrubber)

    assert "abcdef0123456789" not in scrubber.scrub(address)


def test_tenant_cannot_be_called_canonical() -> None:
    values = {"AUTH0_TENANTS": "canonical", "AUTH0_CANONICAL_DOMAIN": "acme.eu.auth0.com"}
    (only,) = assembly.tenants(values)

    assert isinstance(only.blocked, Misconfigured)
    assert "would give AUTH0_CANONICAL_DOMAIN a second meaning" in only.blocked.reason
