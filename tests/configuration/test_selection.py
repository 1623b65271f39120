"""Which dependencies are watched, as the environment says it, and who is to blame where it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.configuration import settings
from monitor.configuration.selection import Selection, select
from monitor.configuration.services import DEFAULT, SERVICES
from monitor.configuration.settings import Settings
from monitor.configuration.targets import Dependency, Tenant
from monitor.configuration.variables import Variables
from monitor.failures import Misconfigured, NotConfigured
from monitor.secrets import MASK, Scrubber
from monitor.statuspages.weighing import Wanted

OWN = "https://status.acme.example/api/v2/summary.json"


def selected(**variables: str) -> Selection:
    return select({f"AUTH0_{name}": value for name, value in variables.items()}, [])


def names(**variables: str) -> list[str]:
    return [each.service.name for each in selected(**variables).dependencies]


def only(**variables: str) -> Dependency:
    (dependency,) = selected(**variables).dependencies
    return dependency


def blame(dependency: Dependency) -> str:
    assert isinstance(dependency.blocked, Misconfigured)
    return dependency.blocked.reason


def test_eight_of_auth0s_page_are_watched_where_nothing_is_said() -> None:
    assert names() == list(DEFAULT)
    assert len(DEFAULT) == 8
    assert all(each.blocked is None for each in selected().dependencies)


@pytest.mark.parametrize(
    ("listed", "watched"),
    [
        ("slack", ["slack"]),
        (" Slack , GITHUB ,slack", ["slack", "github"]),
        ("default,slack,github", [*DEFAULT, "slack"]),
    ],
)
def test_list_names_what_is_watched(listed: str, watched: list[str]) -> None:
    assert names(DEPENDENCIES=listed) == watched


@pytest.mark.parametrize("listed", ["none", "NONE", ","])
def test_none_is_one_row_that_says_what_to_set(listed: str) -> None:
    blocked = only(DEPENDENCIES=listed).blocked

    assert isinstance(blocked, NotConfigured)
    assert "AUTH0_DEPENDENCIES" in blocked.reason


def test_address_makes_a_row_of_ones_own() -> None:
    assert names(DEPENDENCY_ACME_MAIL_URL=OWN) == [*DEFAULT, "acme-mail"]
    own = selected(DEPENDENCY_ACME_MAIL_URL=OWN).dependencies[-1]

    assert own.id == "dependencies:acme-mail"
    assert (own.service.address, own.service.format, own.service.recognise) == (OWN, "", True)
    assert own.service.page == "https://status.acme.example"
    assert own.blocked is None


def test_list_decides_about_rows_of_ones_own_too_and_says_so() -> None:
    both = selected(DEPENDENCIES="github", DEPENDENCY_ACME_URL=OWN)

    assert [each.service.name for each in both.dependencies] == ["github"]
    assert both.remarks == ("AUTH0_DEPENDENCY_ACME_… is set, but AUTH0_DEPENDENCIES does not name acme",)
    assert names(DEPENDENCIES="acme,default", DEPENDENCY_ACME_URL=OWN) == ["acme", *DEFAULT]
    assert selected(DEPENDENCIES="acme-mail", DEPENDENCY_ACME_MAIL_URL=OWN).remarks == ()


def test_everything_of_a_row_can_be_changed() -> None:
    row = only(
        DEPENDENCIES="ACME-mail",
        DEPENDENCY_ACME_MAIL_URL="http://127.0.0.1:8080/feed.rss",
        DEPENDENCY_ACME_MAIL_FORMAT="Feed",
        DEPENDENCY_ACME_MAIL_PAGE="https://acme.example/status",
        DEPENDENCY_ACME_MAIL_COMPONENTS="Mail*, !Mailing lists",
        DEPENDENCY_ACME_MAIL_REGIONS="eu",
    )

    assert row.service.address == "http://127.0.0.1:8080/feed.rss"
    assert row.service.format == "feed"
    assert row.service.page == "https://acme.example/status"
    assert row.service.wanted.components == ("Mail*", "!Mailing lists")
    assert row.service.wanted.regions == ("eu",)


def test_filter_of_a_row_is_changed_and_the_rest_of_it_stays() -> None:
    row = only(DEPENDENCIES="github", DEPENDENCY_GITHUB_COMPONENTS="Actions")

    assert row.service.wanted.components == ("Actions",)
    assert row.service.address == SERVICES["github"].address


@pytest.mark.parametrize("name", ["acme", "github"])
def test_format_of_an_address_is_recognised_unless_it_is_named(name: str) -> None:
    own = {"DEPENDENCIES": name, f"DEPENDENCY_{name.upper()}_URL": OWN}

    assert only(**own).service.recognise
    assert not only(**own, **{f"DEPENDENCY_{name.upper()}_FORMAT": "feed"}).service.recognise
    assert not only(DEPENDENCIES="github").service.recognise, "what a row says of itself is known"


@pytest.mark.parametrize(
    ("named", "form", "recognised"),
    [
        ({}, "", True),
        ({"FORMAT": "health"}, "health", False),
        ({"FORMAT": "answer"}, "health", False),
        ({"EXPECT": "/state=ready"}, "health", False),
        ({"EXPECT": "/state=ready", "FORMAT": "ANSWER"}, "health", False),
    ],
)
def test_api_of_ones_own_is_never_merely_an_answer(named: dict[str, str], form: str, *, recognised: bool) -> None:
    row = only(DEPENDENCY_ACME_URL=OWN, DEPENDENCIES="acme", **{f"DEPENDENCY_ACME_{key}": named[key] for key in named})

    assert (row.service.format, row.service.recognise) == (form, recognised)
    assert row.service.expected == (("/state", "ready") if "EXPECT" in named else None)


def test_control_target_is_an_answer_of_any_kind() -> None:
    row = only(DEPENDENCIES="control", DEPENDENCY_CONTROL_URL="https://intranet.example/")

    assert (row.service.format, row.service.recognise) == ("answer", False)


def test_days_after_which_nothing_counts_may_be_a_services_own() -> None:
    row = only(DEPENDENCIES="github", DEPENDENCY_GITHUB_STALE_AFTER="60", STALE_AFTER="10")

    assert row.service.stale == 60
    assert row.tenant.variables.stale_after == 10
    assert only(DEPENDENCIES="github").service.stale is None


def test_address_of_a_rows_own_has_no_second_source() -> None:
    assert only(DEPENDENCIES="aws").service.second
    assert not only(DEPENDENCIES="aws", DEPENDENCY_AWS_URL=OWN).service.second


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (
            {"DEPENDENCIES": "githbu"},
            "AUTH0_DEPENDENCIES: no service is called 'githbu'; set AUTH0_DEPENDENCY_GITHBU_URL",
        ),
        ({"DEPENDENCY_GITHUB_URL": "ftp://x.example/"}, "AUTH0_DEPENDENCY_GITHUB_URL: not an address"),
        ({"DEPENDENCY_GITHUB_URL": "status.example"}, "AUTH0_DEPENDENCY_GITHUB_URL: not an address"),
        ({"DEPENDENCY_GITHUB_URL": "https://x.example:port/"}, "AUTH0_DEPENDENCY_GITHUB_URL: not an address"),
        ({"DEPENDENCY_GITHUB_URL": "https://[::1/"}, "AUTH0_DEPENDENCY_GITHUB_URL: not an address"),
        ({"DEPENDENCY_GITHUB_PAGE": "nowhere"}, "AUTH0_DEPENDENCY_GITHUB_PAGE: not an address"),
        ({"DEPENDENCY_GITHUB_FORMAT": "json"}, "AUTH0_DEPENDENCY_GITHUB_FORMAT: there is no format of that name"),
        ({"DEPENDENCIES": "salesforce"}, "AUTH0_DEPENDENCY_SALESFORCE_COMPONENTS is not set"),
        ({"DEPENDENCY_GITHUB_EXPECT": "/a=b"}, "only an API of your own is expected to answer something: unset it, or"),
        (
            {"DEPENDENCY_GITHUB_EXPECT": "ready", "DEPENDENCY_GITHUB_FORMAT": "health"},
            "AUTH0_DEPENDENCY_GITHUB_EXPECT: not a JSON Pointer and a value, such as /data/state=ready",
        ),
        ({"DEPENDENCY_GITHUB_STALE_AFTER": "soon"}, "AUTH0_DEPENDENCY_GITHUB_STALE_AFTER"),
        ({"DEPENDENCY_GITHUB_STALE_AFTER": "-1"}, "AUTH0_DEPENDENCY_GITHUB_STALE_AFTER"),
    ],
)
def test_variable_that_makes_no_sense_costs_its_row_alone(variables: dict[str, str], told: str) -> None:
    listed = {"DEPENDENCIES": "github,npm"} | variables
    if variables.get("DEPENDENCIES"):
        listed["DEPENDENCIES"] += ",npm"
    bad, good = selected(**listed).dependencies

    assert told in blame(bad)
    assert good.blocked is None


def test_timeouts_of_the_run_hold_for_pages() -> None:
    variables = only(DEPENDENCIES="npm", PAGE_TIMEOUT="3", STALE_AFTER="2.5").tenant.variables

    assert (variables.page_timeout, variables.stale_after) == (3, 2.5)


def test_timeout_that_makes_no_sense_is_told_of_every_row() -> None:
    found = selected(PAGE_TIMEOUT="soon").dependencies

    assert len(found) == 8
    assert all("AUTH0_PAGE_TIMEOUT" in blame(each) for each in found)


@pytest.mark.parametrize("variable", ["PAGE_TIMEOUT", "CONNECT_TIMEOUT", "STALE_AFTER"])
@pytest.mark.parametrize("listed", ["none", "npm", "githbu", "salesforce"])
def test_what_every_page_is_asked_by_is_told_first(variable: str, listed: str) -> None:
    assert blame(only(DEPENDENCIES=listed, **{variable: "soon"})).startswith(f"AUTH0_{variable}: ")


def test_address_of_a_row_makes_no_second_one_and_is_no_stray() -> None:
    assert names(DEPENDENCY_GITHUB_URL=OWN) == list(DEFAULT)
    assert selected(DEPENDENCIES="npm", DEPENDENCY_GITHUB_URL=OWN).remarks == ()


def test_service_of_ones_own_without_an_address_is_no_row_and_is_told() -> None:
    found = selected(DEPENDENCY_ACME_FORMAT="feed")

    assert [each.service.name for each in found.dependencies] == list(DEFAULT)
    assert found.remarks == ("AUTH0_DEPENDENCY_ACME_… is set, but AUTH0_DEPENDENCIES does not name acme",)


def test_name_that_may_be_a_secret_is_not_shown_unless_it_has_an_address() -> None:
    secret = "zq7secr3tcanary99"
    row = only(DEPENDENCIES=secret)

    assert row.id == "dependencies:unnamed"
    assert secret not in blame(row)
    assert "may be a secret" in blame(row)
    named = only(DEPENDENCIES=secret, **{f"DEPENDENCY_{secret.upper()}_URL": OWN})
    assert (named.id, named.blocked) == (f"dependencies:{secret}", None)


@pytest.mark.parametrize(
    ("address", "private"), [("https://status.acme.example/feed?token=s3cr3t-t0ken", True), (OWN, False)]
)
def test_address_with_a_token_is_private(address: str, *, private: bool) -> None:
    row = only(DEPENDENCIES="acme", DEPENDENCY_ACME_URL=address)

    assert row.private is private
    assert not only(DEPENDENCIES="github").private


def test_page_of_ones_own_is_the_host_without_the_password_and_a_rows_page_stays() -> None:
    own = only(DEPENDENCIES="acme", DEPENDENCY_ACME_URL="https://me:hunter2@status.acme.example:8443/api?x=1")
    row = only(DEPENDENCIES="github", DEPENDENCY_GITHUB_URL=OWN)

    assert own.service.page == "https://status.acme.example:8443"
    assert row.service.page == SERVICES["github"].page


def test_address_of_a_rows_own_has_nothing_beside_it() -> None:
    assert only(DEPENDENCIES="azure-ad").service.beside
    assert not only(DEPENDENCIES="azure-ad", DEPENDENCY_AZURE_AD_URL=OWN).service.beside


def test_components_that_somebody_named_have_all_to_be_there() -> None:
    assert only(DEPENDENCIES="sendgrid", DEPENDENCY_SENDGRID_COMPONENTS="Mail*, API,,API").service.wanted == Wanted(
        ("Mail*", "API"), every=True
    )
    assert not only(DEPENDENCIES="sendgrid").service.wanted.every


@pytest.mark.parametrize("form", [None, "answer", "ANSWER"])
def test_control_target_stays_an_answer_of_any_kind(form: str | None) -> None:
    named = {"DEPENDENCY_CONTROL_FORMAT": form} if form else {}

    assert only(DEPENDENCIES="control", DEPENDENCY_CONTROL_URL=OWN, **named).service.format == "answer"


@pytest.mark.parametrize("field", ["URL", "FORMAT", "PAGE", "COMPONENTS", "REGIONS", "EXPECT", "STALE_AFTER"])
def test_variable_of_a_row_that_swallowed_another_is_told_as_that(field: str) -> None:
    given = {"DEPENDENCY_ACME_URL": OWN, f"DEPENDENCY_ACME_{field}": "x AUTH0_PASSWORD=y"}
    row = only(DEPENDENCIES="acme", **given)

    assert blame(row).startswith(f"AUTH0_DEPENDENCY_ACME_{field}: it looks like more than one setting")


def test_machines_below_several_tenants_are_watched_once() -> None:
    tenants = [
        Tenant(name, variables=Variables(domain=f"{name}.{place}auth0.com"))
        for name, place in (("a", "eu."), ("b", "eu."), ("c", ""))
    ]
    found = {each.service.name: each.service.wanted for each in select({}, tenants).dependencies}

    assert found["aws"].regions == (*SERVICES["aws"].wanted.regions, "eu-central-1", "us-east-2")
    assert found["github"] == SERVICES["github"].wanted


@pytest.mark.parametrize(
    ("domain", "regions", "aws"),
    [
        ("acme.auth0.com", ("US-1",), "us-east-2"),
        ("acme.us.auth0.com", ("US-*",), "us-east-2"),
        ("acme.eu.auth0.com", ("EU-*",), "eu-central-1"),
        ("acme.au.auth0.com", ("AU*",), "ap-southeast-2"),
        ("acme.jp.auth0.com", ("JP-*",), "ap-northeast-1"),
        ("acme.uk.auth0.com", ("UK-*",), "eu-west-2"),
        ("acme.ca.auth0.com", ("CA-*",), "ca-central-1"),
        ("Acme.EU.Auth0.com", ("EU-*",), "eu-central-1"),
        ("acme.eu.auth0.com.example", (), None),
        ("login.acme.example", (), None),
    ],
)
def test_region_is_that_of_the_domain_and_adds_the_machines_below_it(
    domain: str, regions: tuple[str, ...], aws: str | None
) -> None:
    tenant = Tenant("acme", variables=Variables(domain=domain))
    row = next(each for each in select({}, [tenant]).dependencies if each.service.name == "aws")

    assert tenant.regions == regions
    assert set(row.service.wanted.regions) == {"us-east-1", "us-west-2", "eu-west-1"} | ({aws} if aws else set())


@pytest.mark.parametrize(
    ("region", "aws"),
    [("EU", ["eu-central-1"]), ("EU-1", ["eu-central-1"]), ("US-1", ["us-east-2"]), ("US", ["us-east-2"])],
)
def test_region_that_is_set_adds_its_machines_as_auth0_writes_it(region: str, aws: list[str]) -> None:
    tenant = Tenant("acme", variables=Variables(domain="login.acme.example", region=region))
    row = next(each for each in select({}, [tenant]).dependencies if each.service.name == "aws")

    assert row.service.wanted.regions == (*SERVICES["aws"].wanted.regions, *aws)


def test_region_that_is_set_is_believed() -> None:
    assert Tenant("acme", variables=Variables(domain="acme.eu.auth0.com", region="EU-2")).regions == ("EU-2",)


@pytest.mark.parametrize("name", ["STATUS_URL", "DEPENDENCY_ACME_URL", "HEARTBEAT_URL"])
def test_token_in_an_address_is_scrubbed(name: str) -> None:
    scrubber = Scrubber()
    values = {"AUTH0_DOMAIN": "a.example", f"AUTH0_{name}": "https://x.example/rss?token=s3cr3t-t0ken"}
    settings.load(values, scrubber, Path("/nowhere"))

    assert scrubber.scrub("at https://x.example/rss?token=s3cr3t-t0ken") == f"at https://x.example/rss?token={MASK}"


def loaded(**variables: str) -> Settings:
    return settings.load({f"AUTH0_{name}": value for name, value in variables.items()}, Scrubber(), Path("/nowhere"))


@pytest.mark.parametrize("variables", [{"DEPENDENCIES": "npm"}, {"DEPENDENCY_ACME_URL": OWN}, {"PAGE_TIMEOUT": "3"}])
def test_variables_of_dependencies_configure_no_tenant(variables: dict[str, str]) -> None:
    assert loaded(**variables).tenants == ()


@pytest.mark.parametrize("name", ["dependencies", "Dependencies", "dependency"])
def test_tenant_cannot_have_their_name(name: str) -> None:
    good, bad = loaded(TENANTS=f"prod,{name}", DOMAIN="a.example").tenants

    assert good.blocked is None
    assert isinstance(bad.blocked, Misconfigured)
    assert "rename" in bad.blocked.reason
    assert bad.name != "dependencies"
