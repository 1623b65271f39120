"""What is easily done wrong: it is told, by the names of variables, and never with what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.configuration import settings
from monitor.configuration.mistakes import shown
from monitor.configuration.settings import Settings
from monitor.secrets import MASK, Scrubber

ID, CLIENT_SECRET = "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345", "s" * 20 + "-_" + "S3" * 21
MAIL, PASSWORD = "synthetic@acme.example", "hunter2-hunter2"


def load(scrubber: Scrubber | None = None, /, **values: str) -> Settings:
    named = {"AUTH0_DOMAIN": "a.invalid"} | {
        name if name.startswith("AUTH") else f"AUTH0_{name}": value for name, value in values.items()
    }
    return settings.load(named, scrubber or Scrubber(), Path("/nowhere"))


@pytest.mark.parametrize(
    ("names", "open_", "secret", "look"),
    [
        (("USERNAME", "PASSWORD"), PASSWORD, MAIL, "the password looks like a mail address"),
        (("USERNAME", "PASSWORD"), "hunter2%hunter2", "synthetic-user", "a character that none has at Auth0"),
        (("CLIENT_ID", "CLIENT_SECRET"), CLIENT_SECRET, ID, "as long as a secret"),
        (("CLIENT_ID", "CLIENT_SECRET"), "something-else", ID, "looks like a client id"),
        (("CLIENT_ID", "CLIENT_SECRET"), CLIENT_SECRET, CLIENT_SECRET, "as long as a secret"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "PROD_", "CONNECTION_CORP_", "PROD_CONNECTION_CORP_"])
def test_variables_that_look_swapped_are_told_and_what_they_hold_is_secret(
    prefix: str, names: tuple[str, str], open_: str, secret: str, look: str
) -> None:
    if "CONNECTION" in prefix and names[0] == "CLIENT_ID":
        pytest.skip("a connection has no application of its own")
    scrubber = Scrubber()

    given = {f"{prefix}{names[0]}": open_, f"{prefix}{names[1]}": secret}
    remarks = load(scrubber, **given).remarks

    (told,) = [remark for remark in remarks if "in the place of the other" in remark]
    assert told.startswith(f"AUTH0_{prefix}{names[0]} and AUTH0_{prefix}{names[1]} look as if")
    assert look in told
    assert scrubber.scrub(f"{open_} and {secret}") == f"{MASK} and {MASK}"
    assert open_ not in told
    assert secret not in told


@pytest.mark.parametrize(
    ("names", "open_", "secret"),
    [
        (("USERNAME", "PASSWORD"), MAIL, PASSWORD),
        (("USERNAME", "PASSWORD"), MAIL, "other@acme.example"),
        (("USERNAME", "PASSWORD"), "synthetic-user", "hunter2%hunter2"),
        (("USERNAME", "PASSWORD"), "synthetic", "monitoring"),
        (("CLIENT_ID", "CLIENT_SECRET"), ID, CLIENT_SECRET),
        (("CLIENT_ID", "CLIENT_SECRET"), ID, ID),
        (("CLIENT_ID", "CLIENT_SECRET"), "old-id", "old-secret"),
    ],
)
def test_variables_that_do_not_look_swapped_are_not_told(names: tuple[str, str], open_: str, secret: str) -> None:
    given = {names[0]: open_, names[1]: secret}

    assert not [remark for remark in load(None, **given).remarks if "in the place of the other" in remark]


@pytest.mark.parametrize(("name", "value"), [("USERNAME", MAIL), ("CLIENT_ID", ID), ("PROD_USERNAME", "hunter2!xyz")])
def test_user_names_and_client_ids_stand_as_their_variables(name: str, value: str) -> None:
    scrubber = Scrubber()
    load(scrubber, **{name: value})

    assert scrubber.scrub(f"no user {value} is there") == f"no user $AUTH0_{name} is there"


@pytest.mark.parametrize("value", ["synthetic", "synthetic-user", "monitor_7", "u"])
def test_user_name_that_is_a_word_is_left_in_sentences(value: str) -> None:
    scrubber = Scrubber()
    load(scrubber, USERNAME=value)

    assert scrubber.scrub(f"the {value} monitoring") == f"the {value} monitoring"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ('"hunter2-hunter2"', "is in quotes, which are taken for a part of it"),
        ("'hunter2-hunter2'", "is in quotes"),
        ('hunter2-hunter2"', "ends with a quote, which is"),
        ("“hunter2-hunter2”", "is in quotes"),
        ("'hunter2-hunter2", "begins with a quote"),
    ],
)
@pytest.mark.parametrize("name", ["PASSWORD", "CLIENT_ID", "PROD_CLIENT_SECRET"])
def test_quotes_that_are_a_part_of_a_value_are_told_and_the_rest_of_it_is_secret(
    name: str, value: str, words: str
) -> None:
    scrubber = Scrubber()

    told = load(scrubber, **{name: value}).remarks[0]

    assert told.startswith(f"AUTH0_{name} {words}")
    if "CLIENT_ID" not in name:
        assert scrubber.scrub("is hunter2-hunter2 there") == f"is {MASK} there"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("AUTHO_CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("AUTHO0_CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("AUT0_CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("AUHT0_CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("AUTH0CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("auth0_client_id", "AUTH0_CLIENT_ID"),
        ("AUTH0__CLIENT_ID", "AUTH0_CLIENT_ID"),
        ("AUTH0_CLEINT_ID", "AUTH0_CLIENT_ID"),
        ("AUTH0_PASSWROD", "AUTH0_PASSWORD"),
        ("AUTHO_EXPECTED_CLAIMS", "AUTH0_EXPECTED_CLAIMS"),
        ("AUTHO_NOTIFY", "AUTH0_NOTIFY"),
    ],
)
def test_name_with_a_letter_wrong_is_told(name: str, meant: str) -> None:
    values = {"AUTH0_DOMAIN": "a.invalid", name: "hunter2-hunter2"}

    remarks = settings.load(values, Scrubber(), Path("/nowhere")).remarks

    assert remarks == (f"{name} is set, but is not used: did you mean {meant}?",)


@pytest.mark.parametrize(
    "name",
    [
        "AUTH_CLIENT_ID",
        "OAUTH_CLIENT_ID",
        "OAUTH2_CLIENT_SECRET",
        "CLIENT_ID",
        "PATH",
        "AUTHOR_NAME",
        "AUTH0_BASE_URL",
        "AUTH0_SECRET",
        "PASSWORD",
        "MY_AUTH0_TOOL",
        "AUTHORITY",
    ],
)
def test_name_of_another_program_is_not_told(name: str) -> None:
    values = {"AUTH0_DOMAIN": "a.invalid", name: "hunter2-hunter2"}

    assert settings.load(values, Scrubber(), Path("/nowhere")).remarks == ()


def test_name_with_a_letter_wrong_is_not_told_where_the_right_one_is_set() -> None:
    assert load(CLIENT_ID="x", AUTHO_CLIENT_ID="y").remarks == ()


@pytest.mark.parametrize("name", ["AUTHO_DOMAIN", "auth0_domain", "AUTHO_TENANTS", "AUT0_DOMAIN"])
def test_tenant_that_is_misspelt_is_not_answered_by_the_sandbox(name: str) -> None:
    (tenant,) = settings.load({name: "a.invalid"}, Scrubber(), Path("/nowhere")).tenants

    assert tenant.blocked
    assert tenant.blocked.reason == f"AUTH0_DOMAIN is not set, though {name} is: set it"


def test_two_tenants_with_one_domain_are_told() -> None:
    values = {"AUTH0_TENANTS": "prod,staging,qa"} | {
        f"AUTH0_{name}_DOMAIN": domain
        for name, domain in (("PROD", "a.invalid"), ("STAGING", "https://A.invalid/"), ("QA", "b.invalid"))
    }

    (told,) = settings.load(values, Scrubber(), Path("/nowhere")).remarks

    assert told.startswith("prod, staging have one domain, a.invalid: give each its own")


@pytest.mark.parametrize("value", ["a=b", "x AUTH0_Y", "a\nb", "PASSWORD=hunter2-hunter2"])
def test_value_that_looks_like_more_than_one_setting_is_never_shown(value: str) -> None:
    assert shown(value) == "one that looks like more than one setting, and is not shown"
    assert shown("pasword") == "'pasword'"
