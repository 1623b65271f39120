"""The doctor on what is set: complete or not, in the way or meant so, once for all tenants, and what nobody reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.configuration import settings
from monitor.doctor import logins, tenants
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.exchange import Exchange
from monitor.failures import Unreachable
from monitor.secrets import Scrubber
from monitor.wire.door import Door

NONE = {"AUTH0_DEPENDENCIES": "none"}
USER = {"DOMAIN": "a.invalid", "CLIENT_ID": "c", "USERNAME": "u@a.invalid", "PASSWORD": "hunter2-hunter2"}


def told(mark: Mark | None = None, /, **values: str) -> list[Line]:
    named = NONE | {f"AUTH0_{name}": value for name, value in values.items()}
    loaded = settings.load(named, Scrubber(), Path("/nowhere"))
    return [line for line in tenants.lines(loaded, named, Workflow()) if mark in (None, line.mark)]


def test_nothing_set_is_in_the_way_with_each_variable_of_a_first_run() -> None:
    (line,) = told(Mark.BAD)

    names = ("DOMAIN", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")
    assert [f"export AUTH0_{name}=" in cure for name, cure in zip(names, line.cures, strict=True)] == [True] * 5


def test_what_several_tenants_lack_is_told_once_with_all_of_them() -> None:
    names = [f"t{number}" for number in range(9)]
    own = {f"{name.upper()}_DOMAIN": f"{name}.invalid" for name in names}

    (line,) = told(Mark.BAD, TENANTS=",".join(names), **own)

    assert line.section == "Settings of t0"
    assert line.what.startswith("logins of users, profiles of users: set AUTH0_T0_USERNAME and AUTH0_T0_PASSWORD")
    assert "(also t1, t2, t3, t4, t5, t6 " in line.what
    assert "t7" not in line.what


def test_what_one_tenant_lacks_is_its_own() -> None:
    own = {f"A_{name}": value for name, value in USER.items()}
    bad = told(Mark.BAD, TENANTS="a,b", B_DOMAIN="b.invalid", **own)

    assert [(line.section, "also" in line.what) for line in bad] == [("Settings of b", False)]


def test_what_is_well_is_told_of_each_tenant() -> None:
    lines = told(Mark.OK, TENANTS="a,b", A_DOMAIN="a.invalid", B_DOMAIN="b.invalid", NODES="10.0.0.1")

    assert [line.section for line in lines if line.what == "nodes: complete (10.0.0.1)"] == [
        "Settings of a",
        "Settings of b",
    ]


def test_variables_that_a_tenant_takes_from_all_are_told_by_the_name_that_is_set() -> None:
    lines = told(Mark.OK, TENANTS="a", A_DOMAIN="a.invalid", CLIENT_ID="c", A_AUDIENCE="api")

    assert lines[0].what == "set: AUTH0_A_AUDIENCE, AUTH0_A_DOMAIN, AUTH0_CLIENT_ID"


@pytest.mark.parametrize(
    ("flows", "needing"),
    [
        ("password-realm", "a login by password-realm needs it"),
        ("oauth-ro,password-realm", "logins by oauth-ro, password-realm need it"),
        ("password,oauth-ro,client-credentials", "logins by password, oauth-ro need it"),
    ],
)
def test_what_several_flows_lack_is_told_once_with_all_of_them(flows: str, needing: str) -> None:
    lines = told(
        Mark.BAD, **USER | {"PASSWORD": ""}, FLOWS=flows, CLIENT_SECRET="s", AUDIENCE="api", CONNECTIONS="corp"
    )

    assert [line.what for line in lines if "AUTH0_PASSWORD" in line.what] == [
        f"logins of users, profiles of users: AUTH0_PASSWORD not set: {needing}"
    ]


@pytest.mark.parametrize(
    ("flows", "mark"),
    [
        ("", Mark.BAD),
        ("none", Mark.OFF),
        ("client-credentials", Mark.OFF),
        ("device", Mark.OFF),
    ],
)
def test_that_no_user_logs_in_has_to_be_meant(flows: str, mark: Mark) -> None:
    lines = told(None, DOMAIN="a.invalid", **({"FLOWS": flows} if flows else {}))

    (line,) = [each for each in lines if "set AUTH0_USERNAME and AUTH0_PASSWORD" in each.what]
    assert line.mark is mark


@pytest.mark.parametrize(
    "field",
    ["PASSWORD", "CONNECTION_CORP_PASSWORD", "CONNECTION_CORP_EXPECTED_CLAIMS", "SLO", "SAML_APPLICATIONS", "REGION"],
)
def test_whatever_is_malformed_of_a_tenant_is_in_the_way_once_by_its_name(field: str) -> None:
    lines = told(Mark.BAD, **USER | {"CONNECTIONS": "corp,Users", field: "x AUTH0_OTHER=y"})

    named = [line for line in lines if f"AUTH0_{field}: " in line.what]
    assert len(named) == 1
    assert named[0].what.startswith(f"AUTH0_{field}: ")
    assert any(f"export AUTH0_{field}=" in cure for cure in named[0].cures)


def test_rows_of_a_tenant_that_are_complete_are_named() -> None:
    lines = told(Mark.OK, **USER, CONNECTIONS="c1,c2,c3,c4,c5,c6,c7", NODES="10.0.0.1", HEALTH_API_KEY="k")

    complete = {line.what.partition(": complete")[0]: line.what for line in lines if ": complete" in line.what}
    assert {"logins of users", "profiles of users", "nodes", "health of nodes"} <= set(complete)
    assert "password-realm:c6" in complete["logins of users"]
    assert "password-realm:c7" not in complete["logins of users"]
    assert "10.0.0.1" in complete["nodes"]


@pytest.mark.parametrize(
    ("variable", "value"), [("SLO", "all"), ("LOGIN", "maybe"), ("PASSWROD", "x"), ("PASSWORD", "'x y z w'")]
)
def test_what_is_odd_of_a_variable_is_told_once(variable: str, value: str) -> None:
    lines = told(None, **USER | {variable: value})

    assert sum(f"AUTH0_{variable}" in line.what for line in lines if line.mark is not Mark.OK) == 1


@pytest.mark.parametrize(
    ("listed", "mark", "words"),
    [
        ("none", Mark.OFF, "AUTH0_DEPENDENCIES names no service"),
        ("github,npm", Mark.OK, "status pages: github, npm"),
        ("gitlab", Mark.BAD, "no service is called 'gitlab'"),
    ],
)
def test_services_are_told_by_themselves(listed: str, mark: Mark, words: str) -> None:
    (line,) = [each for each in told(**USER, DEPENDENCIES=listed) if each.section == "Settings of services"]

    assert (line.mark, words in line.what) == (mark, True)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("AUTH0_PROD_PASSWORD", None),
        ("AUTH0_PROD_CONNECTION_CORP_PASSWORD", None),
        ("AUTH0_CONNECTION_CORP_TOTP_SECRET", None),
        ("AUTH0_CONNECTION_HR_METADATA", None),
        ("AUTH0_CONNECTION_HR_USERNAME", None),
        ("AUTH0_DEPENDENCY_ACME_COLOUR", None),
        ("AUTH0_CONFIRM", None),
        ("SOMEBODYS_DOMAIN", None),
        ("AUTH0_PROD_CONNECTION_GONE_IDP", "name its connection in AUTH0_CONNECTIONS"),
        ("AUTH0_CONNECTION_GONE_USERNAME", "name its connection in AUTH0_CONNECTIONS"),
        ("AUTH0_STAGING_USERNAME", "did you mean"),
        ("AUTH0_QQQQQQQQQQQQQQQQQQQQQQQQQ", "unset it, or see the variables"),
    ],
)
def test_variable_that_nobody_reads_is_noted(name: str, cure: str | None) -> None:
    values = NONE | {
        "AUTH0_TENANTS": "prod",
        "AUTH0_DOMAIN": "a.invalid",
        "AUTH0_CONNECTIONS": "corp",
        "AUTH0_CONNECTION_HR_SECRET_EXPIRES": "2027-03-01",
        name: "x",
    }
    loaded = settings.load(values, Scrubber(), Path("/nowhere"))

    found = [
        line for line in tenants.lines(loaded, values, Workflow()) if line.what == f"{name} is set, but is not used"
    ]
    assert [line.mark for line in found] == [Mark.NOTE] * bool(cure)
    assert all(cure and line.cures[0].startswith(cure) for line in found)


@pytest.mark.parametrize("wrong", [{"DOMAIN": "a b"}, {"CONNECTIONS": "corp,a/b"}, {"REDIRECTS": "a/b"}])
def test_variable_of_a_connection_is_not_called_unread_where_the_connections_are(wrong: dict[str, str]) -> None:
    own = {"CONNECTIONS": "corp", "CONNECTION_CORP_USERNAME": "cu", "CONNECTION_CORP_PASSWORD": "hunter2-hunter2"}

    assert told(Mark.NOTE, **USER | own | wrong) == []


def test_only_tenant_has_no_variables_by_its_name() -> None:
    (line,) = told(Mark.NOTE, **USER, A_INVALID_AUDIENCE="api")

    assert line.what == "AUTH0_A_INVALID_AUDIENCE is set, but is not used"


def test_login_is_tried_that_names_its_connection_and_of_a_machine_where_no_user_can() -> None:
    class Shut(Door):
        """A door through which nothing goes; what would be asked is planned all the same."""

        def __init__(self) -> None:
            pass

        def ask(self, _method: str, _address: str, **_sent: object) -> Exchange:  # type: ignore[override]
            raise Unreachable("nothing goes out")

        def resolved(self, _host: str) -> int:
            return 0

        def close(self) -> None:
            pass

    def words(**values: str) -> str:
        named = NONE | {f"AUTH0_{name}": value for name, value in values.items()}
        (tenant,) = settings.load(named, Scrubber(), Path("/nowhere")).tenants
        first, *_ = logins.tried(Shut(), Scrubber(), [tenant])
        return first.what.partition(": ")[0]

    machine = {"CLIENT_SECRET": "s", "AUDIENCE": "api"}
    assert words(**USER, FLOWS="password,oauth-ro,password-realm", CONNECTIONS="corp") == "password-realm:corp"
    assert words(**USER, FLOWS="oauth-ro,password", CONNECTIONS="corp") == "oauth-ro:corp"
    assert words(DOMAIN="a.invalid", CLIENT_ID="c", **machine) == "client-credentials"
    assert words(DOMAIN="a.invalid") == "not tried"
