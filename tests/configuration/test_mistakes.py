"""What is easily done wrong: it is told, by the names of variables, and never with what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.configuration import settings
from monitor.configuration.mistakes import reason, shown
from monitor.configuration.settings import Settings
from monitor.history.keeping import default_file
from monitor.history.values import Unusable
from monitor.reports import runbook
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
        (("USERNAME", "PASSWORD"), "hunter2%hunter2", "another%word"),
        (("USERNAME", "PASSWORD"), "synthetic%user@acme.example", "another-word"),
        (("CLIENT_ID", "CLIENT_SECRET"), ID, CLIENT_SECRET),
        (("CLIENT_ID", "CLIENT_SECRET"), ID, ID),
        (("CLIENT_ID", "CLIENT_SECRET"), "old-id", "old-secret"),
    ],
)
def test_variables_that_do_not_look_swapped_are_not_told(names: tuple[str, str], open_: str, secret: str) -> None:
    given = {names[0]: open_, names[1]: secret}

    assert not [remark for remark in load(None, **given).remarks if "in the place of the other" in remark]


@pytest.mark.parametrize(
    ("name", "value"), [("USERNAME", MAIL), ("USERNAME", "w" * 24), ("CLIENT_ID", ID), ("PROD_USERNAME", "hunter2!xyz")]
)
def test_user_names_and_client_ids_stand_as_their_variables(name: str, value: str) -> None:
    scrubber = Scrubber()
    load(scrubber, **{name: value})

    assert scrubber.scrub(f"no user {value} is there") == f"no user $AUTH0_{name} is there"


@pytest.mark.parametrize("value", ["synthetic", "synthetic-user", "monitor_7", "u", "w" * 23])
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


def test_tenant_that_is_misspelt_is_blamed_before_what_else_is_set() -> None:
    values = {"AUTH0_CLIENT_ID": ID, "AUTHO_DOMAIN": "a.invalid"}
    (tenant,) = settings.load(values, Scrubber(), Path("/nowhere")).tenants

    assert tenant.blocked
    assert tenant.blocked.reason == "AUTH0_DOMAIN is not set, though AUTHO_DOMAIN is: set it"


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


@pytest.mark.parametrize(
    "value",
    [
        "https://svc:hunter2@proxy.corp",
        "svc:hunter2@proxy.corp",
        "jsm://0123abcd",
        "Zq7Secr3tCanary99",
        "hunter2-hunter2",
        "Tr0ub4dor&3",
        "Grüße",
    ],
)
def test_value_that_may_be_a_secret_is_not_shown(value: str) -> None:
    assert shown(value) == "one that may be a secret, and is not shown"


@pytest.mark.parametrize("value", ["prod-eu-west-1", "10 minutes", "$(id)", "password-realm", "twice", "acme.com"])
def test_value_that_is_only_wrong_is_shown(value: str) -> None:
    assert shown(value) == repr(value)


LEAKED = "Zq7Secr3tCanary99"
MISTAKES = [
    LEAKED,
    f"https://svc:{LEAKED}@host.example/x",
    f"https://svc:{LEAKED}#@host.example",
    f"https://hooks.slack.com/services/T0/B0/{LEAKED}",
    f"svc:{LEAKED}@host",
    f"export OTHER_PASSWORD={LEAKED}",
    f"\u200b{LEAKED}",
]


@pytest.mark.parametrize("value", MISTAKES)
@pytest.mark.parametrize("name", ["FLOWS", "DEPENDENCIES", "TENANTS", "NODES", "RUNBOOK_URL", "CALLBACK", "REGION"])
def test_secret_in_a_variable_of_another_kind_is_in_no_message_and_in_no_name(name: str, value: str) -> None:
    if value == LEAKED and name in ("TENANTS", "NODES"):
        pytest.skip("a name that is none other's")
    scrubber = Scrubber()

    loaded = load(scrubber, **{name: value})

    faults = [fault.reason for tenant in loaded.tenants for fault in tenant.faults.values()]
    broken = [tenant.blocked.reason for tenant in loaded.tenants if tenant.blocked]
    services = [f"{one.id} {one.blocked.reason if one.blocked else ''}" for one in loaded.dependencies]
    written = [*loaded.remarks, *faults, *broken, *services, *(tenant.name for tenant in loaded.tenants)]
    assert not [line for line in written if LEAKED.lower() in scrubber.scrub(line).lower()]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH0_FEED_STATUSPAGE_COMPONENTS", "prod=abc, PROD_EU=def"),
        ("AUTH0_MAINTENANCE", "PROD_EU=2026-12-01T22:00Z/PT2H"),
        ("AUTH0_HEARTBEAT_URL", "https://beat.example/?a=1&API_KEY=0123456789"),
        ("AUTH0_STATUS_URL", "https://status.example/feed?a=1&API_KEY=0123456789"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "API_KEY=0123456789"),
        ("AUTH0_EXPECTED_CLAIMS", '{"told": "set API_KEY=1"}'),
        ("AUTH0_CONNECTION_CORP_EXPECTED_CLAIMS", '{"told": "set API_KEY=1"}'),
        ("AUTH0_PASSWORD", "x API_KEY=0123456789"),
        ("AUTH0_CLIENT_SECRET", "x API_KEY=0123456789"),
        ("AUTH0_FEED_AZURE_CONNECTION_STRING", "x API_KEY=0123456789"),
        ("OTEL_RESOURCE_ATTRIBUTES", "SERVICE_TEAM=identity"),
    ],
)
def test_name_before_an_equals_sign_that_belongs_there_is_no_other_setting(name: str, value: str) -> None:
    assert reason(name, value) == ""
    assert reason(name, f"{value} AUTH0_PASSWORD=x")


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "DB_PASSWD", "DB_PASS", "DB_PW", "DB_PWD", "APP_SECRET", "API_KEY", "API_TOKEN", "DB_STRING"),
        *("OTLP_HEADERS", "DB_USERNAME", "DB_URL", "HTTPS_PROXY", "APP_NOTIFY"),
    ],
)
@pytest.mark.parametrize("between", [" ", ";", ",", "\n"])
def test_secret_of_another_setting_that_was_swallowed_is_masked(name: str, between: str) -> None:
    scrubber = Scrubber()
    load(scrubber, FLOWS=f"refresh{between}{name}=0Zq7Secr{between}OTHER_COLOUR=magenta-of-ours")

    assert scrubber.scrub("is 0Zq7Secr there, in magenta-of-ours") == f"is {MASK} there, in magenta-of-ours"


@pytest.mark.parametrize("rest", ["AUTH0_DEVICE=x", "export AUTH0_DEVICE=x", "\\nAUTH0_DEVICE=x", ";AUTH0_DEVICE=x"])
@pytest.mark.parametrize("secret", ["0Zq7Secr", '"0Zq7Secr"', "0Zq7Secr "])
def test_password_before_the_setting_that_it_swallowed_is_masked(secret: str, rest: str) -> None:
    scrubber = Scrubber()
    load(scrubber, PASSWORD=f"{secret} {rest}")

    assert scrubber.scrub("is (0Zq7Secr) there") == f"is ({MASK}) there"


@pytest.mark.parametrize(
    ("length", "look"), [(31, ""), (32, "looks like a client id"), (33, "")], ids=["shorter", "right", "longer"]
)
def test_client_id_has_the_length_of_auth0s(length: int, look: str) -> None:
    remarks = load(None, CLIENT_ID="an-id", CLIENT_SECRET=("aB3" * 20)[:length]).remarks

    assert [look in each for each in remarks if "in the place of" in each] == [True] * bool(look)


@pytest.mark.parametrize(("length", "swapped"), [(42, False), (43, True), (64, True)])
def test_client_id_that_is_as_long_as_a_secret_is_told(length: int, *, swapped: bool) -> None:
    remarks = load(None, CLIENT_ID=("aB3_" * 20)[:length], CLIENT_SECRET="x").remarks

    assert any("as long as a secret" in each for each in remarks) is swapped


def test_variables_of_other_programs_are_not_looked_at_for_quotes_and_the_like() -> None:
    values = {"AUTH0_DOMAIN": "a.invalid", "SOMEBODYS_PASSWORD": "'x'", "SOMEBODYS_SCOPE": "a\u200bb"}

    assert settings.load(values, Scrubber(), Path("/nowhere")).remarks == ()


def test_export_of_another_variable_in_a_value_costs_that_variable_alone() -> None:
    scrubber = Scrubber()

    (tenant,) = load(scrubber, FLOWS="export OTHER_PASSWORD=hunter2-hunter2").tenants

    assert [fault.reason.partition(":")[0] for fault in tenant.faults.values()] == ["AUTH0_FLOWS"]
    assert scrubber.scrub("is hunter2-hunter2 there") == f"is {MASK} there"


@pytest.mark.parametrize("name", ["PASSWORD", "DOMAIN", "SLO", "CONNECTION_CORP_PASSWORD"])
def test_value_that_begins_with_what_could_not_be_read_is_in_no_message(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(f"AUTH0_{name}", "\ufffdhunter2-hunter2")

    values, _ = settings.environment(tmp_path)

    assert values[f"AUTH0_{name}"].endswith("it begins with a character that cannot be read; set it again")


@pytest.mark.parametrize("value", ["hunter2\udcff", "hunter2\ufffdhunter2"], ids=["a-byte", "what-stands-for-one"])
def test_bytes_that_are_no_text_cost_their_variable_alone(value: str) -> None:
    (tenant,) = load(PASSWORD=value).tenants

    assert tenant.faults["password"].reason.startswith("AUTH0_PASSWORD: it contains a character that cannot be read")


@pytest.mark.parametrize("letter", ["\u200b", "\ufeff", "\xad", "a\xa0b"])
def test_character_that_nobody_sees_is_told(letter: str) -> None:
    told = load(CLIENT_SECRET=f"{letter}hunter2-hunter2").remarks

    assert [line.partition(" (")[0] for line in told] == [
        "AUTH0_CLIENT_SECRET contains a character that cannot be seen"
    ]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", " "])
def test_line_end_after_the_password_of_a_connection_is_no_part_of_it(end: str) -> None:
    given = {"CONNECTIONS": "corp", "CONNECTION_CORP_USERNAME": f"u{end}", "CONNECTION_CORP_PASSWORD": f"hunter2{end}"}

    (tenant,) = load(**given).tenants

    user = tenant.users["corp"]
    assert user.password
    assert (user.username, user.password.get_secret_value()) == ("u", "hunter2")


@pytest.mark.parametrize("name", ["CONNECTIONS", "REDIRECTS"])
@pytest.mark.parametrize("value", ["https://idp.example/metadata", "user@acme.example", "a/b", "a:b", "cor\u200bp"])
def test_what_no_connection_is_called_is_refused(name: str, value: str) -> None:
    (tenant,) = load(**{name: value}).tenants

    assert tenant.faults[name.lower()].reason.startswith(f"AUTH0_{name}: not a list of connections")


@pytest.mark.parametrize("value", ['"10.0.0.1"', "a;b", "10.0.0.1=x", "'node1.acme.example'"])
def test_node_with_what_no_host_has_is_refused(value: str) -> None:
    (tenant,) = load(NODES=value).tenants

    assert tenant.faults["nodes"].reason.startswith("AUTH0_NODES: not a list of addresses")


@pytest.mark.parametrize("name", ["ID_TOKEN", "HEALTH_API_KEY"])
@pytest.mark.parametrize("value", ["hunter2-ключ", "hunter2\nhunter2", "hunter2-é"])
def test_key_that_no_header_may_have_names_its_variable(name: str, value: str) -> None:
    (tenant,) = load(**{name: value}).tenants

    (fault,) = tenant.faults.values()
    assert fault.reason.startswith(f"AUTH0_{name}: it contains a character that no header may have")
    assert "hunter2" not in fault.reason


@pytest.mark.parametrize("name", ["MEMORY", "HISTORY"])
def test_address_is_no_path_of_a_file(name: str, tmp_path: Path) -> None:
    values = {"AUTH0_DOMAIN": "a.invalid", f"AUTH0_{name}": "sqlite:///var/lib/auth0.sqlite"}

    if name == "MEMORY":
        loaded = settings.load(values, Scrubber(), tmp_path)
        assert loaded.memory == tmp_path / ".monitor/memory.sqlite"
        assert loaded.remarks[0].startswith("AUTH0_MEMORY: it is an address, and no path of a file; until then")
    else:
        with pytest.raises(Unusable, match="AUTH0_HISTORY: it is an address, and no path"):
            default_file(values)


@pytest.mark.parametrize("name", ["MEMORY", "HISTORY"])
def test_line_end_after_the_name_of_a_file_is_no_part_of_it(name: str, tmp_path: Path) -> None:
    values = {"AUTH0_DOMAIN": "a.invalid", f"AUTH0_{name}": "kept.sqlite\r"}

    found = default_file(values) if name == "HISTORY" else settings.load(values, Scrubber(), tmp_path).memory

    assert found.name == "kept.sqlite"


@pytest.mark.parametrize(
    "value",
    ["wiki.acme.example/auth0", "https://u:hunter2@wiki.acme.example", "javascript:alert(1)", "https://a AUTH0_X=1"],
)
def test_page_that_nobody_can_be_sent_to_is_told_and_no_alert_links_to_it(value: str) -> None:
    (told,) = load(RUNBOOK_URL=value).remarks

    assert told.startswith("AUTH0_RUNBOOK_URL: ")
    assert told.endswith("; until then alerts link to this repository's own")
    assert "hunter2" not in told
    assert runbook.address({"AUTH0_RUNBOOK_URL": value}, "docs/runbook.md#login") == ""
