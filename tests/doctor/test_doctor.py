"""The doctor against the sandbox: what is well is said so, and what is not with the variable and the way to set it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

import sandbox
from monitor.doctor import alarms, packages
from monitor.doctor.__main__ import main
from monitor.doctor.examination import Wish, lines
from monitor.doctor.lines import Mark
from monitor.doctor.logins import untried
from monitor.doctor.setting import Workflow
from sandbox.box import Sandbox
from tests.canaries import SECRET, found
from tests.doctor.conftest import Doctor
from tests.forks import python
from tests.suite import ROOT
from tests.wire.servers import Connection, Server, answer, unused_port

SETTINGS, WAY, LOGIN = "Settings of localhost", "The way to localhost", "A login at localhost"


def test_healthy_tenant_is_ready_and_nobody_logs_in(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box)

        assert Counter(asked.kind for asked in box.asked) == {"discovery": 1, "test": 1}
    assert (told.code, told.bad) == (0, []), told.document["summary"]
    assert told.document["ready"] is True
    assert told.document["summary"].startswith("ready: ")
    way = " ".join(told.lines(WAY, "ok"))
    for words in (
        "name resolves",
        "TCP connects",
        "the TLS handshake works",
        "expires in",
        "issuer is as",
        "clock is within",
    ):
        assert words in way
    assert "/test answers as it should" in way
    complete = {line.partition(":")[0] for line in told.lines(SETTINGS, "ok") if ": complete" in line}
    assert complete >= {"logins of users", "a machine's login", "nodes", "health of nodes", "profiles of users"}
    assert "not tried: --login makes one of each tenant, and it counts against Auth0's limits" in told.lines(LOGIN)[0]


def test_login_is_made_once_when_it_is_asked_for(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box, "--login")

        kinds = Counter(asked.kind for asked in box.asked)
        assert {kind: kinds[kind] for kind in kinds if kind != "management"} == {
            "discovery": 1,
            "test": 1,
            "login": 1,
            "management-token": 1,
        }
    assert told.code == 0
    assert "password-realm:Username-Password-Authentication: works" in told.lines(LOGIN, "ok")[0]
    assert "that was one login, and it counts against Auth0's limits" in told.lines(LOGIN, "off")[0]


def test_machine_logs_in_where_no_user_does(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box, "--login", AUTH0_FLOWS="client-credentials")

        assert Counter(asked.kind for asked in box.asked)["machine-login"] == 1
    assert "client-credentials: works" in told.lines(LOGIN, "ok")[0]


@pytest.mark.parametrize(
    ("faults", "section", "what", "cure"),
    [
        (("certificate-expired",), WAY, "it has expired", "correct AUTH0_DOMAIN, or fix its certificate"),
        (("certificate-wrong-name",), WAY, "is not trusted", "correct AUTH0_DOMAIN, or fix its certificate"),
        (("discovery-wrong-issuer",), WAY, "the issuer is 'https://other.example/'", "correct AUTH0_DOMAIN"),
        (("html-instead-of-json",), WAY, "an HTML page", "correct AUTH0_DOMAIN"),
        (("redirect",), WAY, "a redirect (status 302)", "correct AUTH0_DOMAIN"),
        (("reset",), WAY, "the connection broke", "cuts connections"),
        (("login-refused",), LOGIN, "AUTH0_USERNAME, AUTH0_PASSWORD", "docs/runbook.md"),
        (("mfa-required",), LOGIN, "exempt it from MFA", "docs/runbook.md"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_fault_is_found_with_its_cure(
    doctor: Doctor, faults: tuple[str, ...], section: str, what: str, cure: str
) -> None:
    with sandbox.start(faults) as box:
        told = doctor(box, "--login")

    assert (told.code, told.bad) == (1, [section])
    line = " ".join(told.lines(section, "BAD"))
    assert what in line
    assert cure in line.partition(" | ")[2]
    assert told.document["summary"].startswith("not ready: 1 of ")


def test_faults_that_stop_no_run_are_noted(doctor: Doctor) -> None:
    with sandbox.start(["certificate-expiring", "test-503"]) as box:
        told = doctor(box)

    assert told.code == 0
    noted = " ".join(told.lines(WAY, "note"))
    assert "its certificate expires in 5 days | renew it" in noted
    assert "/test: status 503" in noted


def test_nothing_configured_is_not_ready_and_says_what_to_set(doctor: Doctor) -> None:
    told = doctor(None)

    assert (told.code, told.bad) == (1, ["Settings"])
    cures = told.lines("Settings", "BAD")[0]
    assert "in a shell: export AUTH0_DOMAIN='acme.eu.auth0.com'" in cures
    assert "on GitHub: gh variable set AUTH0_DOMAIN --body 'acme.eu.auth0.com'" in cures
    assert "on GitHub: gh secret set AUTH0_PASSWORD --env auth0" in cures
    assert not [line for line in told.document["lines"] if line["section"].startswith("The way to")]


@pytest.mark.parametrize(
    ("changed", "section", "told_by"),
    [
        ({"AUTH0_PASSWORD": None}, SETTINGS, ("AUTH0_PASSWORD not set", "gh secret set AUTH0_PASSWORD --env auth0")),
        (
            {"AUTH0_CLIENT_SECRET": None},
            SETTINGS,
            ("AUTH0_CLIENT_SECRET not set: a login by client-credentials needs it", "export AUTH0_CLIENT_SECRET="),
        ),
        ({"AUTH0_FLOWS": "pasword"}, SETTINGS, ("no flow of that name", "gh variable set AUTH0_FLOWS --env auth0")),
        ({"AUTH0_NODES": "10.0.0.1/x"}, SETTINGS, ("not a list of addresses", "export AUTH0_NODES='10.0.0.1")),
        ({"AUTH0_TIMEOUT": "soon"}, SETTINGS, ("AUTH0_TIMEOUT", "gh variable set AUTH0_TIMEOUT --env auth0")),
        ({"AUTH0_EXPECTED_CLAIMS": "{"}, SETTINGS, ("not JSON", "export AUTH0_EXPECTED_CLAIMS")),
        (
            {"AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD": None},
            SETTINGS,
            (
                "AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD is not set",
                "AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD=... in the secret AUTH0_ENV",
            ),
        ),
        (
            {"AUTH0_DEPENDENCIES": "gitlab"},
            "Settings of services",
            ("no service is called 'gitlab'", "AUTH0_DEPENDENCY_GITLAB_URL=... in the secret AUTH0_ENV"),
        ),
        (
            {"REQUESTS_CA_BUNDLE": "/nowhere.pem"},
            "The way out",
            ("/nowhere.pem cannot be used", "in PEM form, or unset"),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_setting_that_is_wrong_is_named_with_the_way_to_set_it(
    doctor: Doctor, healthy: Sandbox, changed: dict[str, str | None], section: str, told_by: tuple[str, str]
) -> None:
    told = doctor(healthy, **changed)
    what, cure = told_by

    assert told.code == 1
    assert section in told.bad
    line = " ".join(told.lines(section, "BAD"))
    assert what in line
    assert cure in line.partition(" | ")[2]


def test_what_lacks_the_same_is_told_once(doctor: Doctor, healthy: Sandbox) -> None:
    told = doctor(healthy, AUTH0_PASSWORD=None, AUTH0_FLOWS="password-realm")

    (line,) = told.lines(SETTINGS, "BAD")
    assert line.startswith("logins of users, profiles of users: AUTH0_PASSWORD not set")


def test_user_that_is_not_configured_is_in_the_way_unless_that_is_meant(doctor: Doctor, healthy: Sandbox) -> None:
    users = [name for name in healthy.environment if "USERNAME" in name or "PASSWORD" in name]
    bare: dict[str, str | None] = dict.fromkeys([*users, "AUTH0_CONNECTIONS", "AUTH0_EXPECTED_CLAIMS"])

    told = doctor(healthy, **bare | {"AUTH0_FLOWS": None})
    assert told.bad == [SETTINGS]
    assert "set AUTH0_USERNAME and AUTH0_PASSWORD" in told.lines(SETTINGS, "BAD")[0]
    assert doctor(healthy, **bare | {"AUTH0_FLOWS": "none"}).code == 0


@pytest.mark.parametrize(
    ("domain", "what", "cure"),
    [
        ("no-such-tenant.invalid", "does not resolve", "correct AUTH0_DOMAIN, or the DNS of this machine"),
        ("https://127.0.0.1:{port}", "refused", "let this machine out to it by TCP"),
    ],
    ids=["name", "port"],
)
def test_domain_that_is_wrong_is_found_where_the_way_ends(
    doctor: Doctor, healthy: Sandbox, domain: str, what: str, cure: str
) -> None:
    told = doctor(healthy, AUTH0_DOMAIN=domain.format(port=unused_port()))

    (section,) = told.bad
    assert section.startswith("The way to ")
    line = told.lines(section, "BAD")[0]
    assert what in line
    assert cure in line
    assert not any("TCP connects" in each for each in told.lines(section, "ok"))


def test_authority_that_did_not_sign_the_tenants_certificate_is_found(doctor: Doctor, healthy: Sandbox) -> None:
    with sandbox.start() as other:
        told = doctor(healthy, REQUESTS_CA_BUNDLE=other.environment["REQUESTS_CA_BUNDLE"])

    assert told.bad == [WAY]
    assert any("TCP connects" in line for line in told.lines(WAY, "ok"))
    assert "let REQUESTS_CA_BUNDLE name a PEM file with it" in told.lines(WAY, "BAD")[0]


def test_broken_tenant_costs_its_own_lines_alone(doctor: Doctor, healthy: Sandbox) -> None:
    told = doctor(
        healthy,
        "--login",
        AUTH0_TENANTS="well,gone,bad name",
        AUTH0_GONE_DOMAIN="gone.invalid",
    )

    assert told.bad == ["Settings of bad_name.2", "The way to gone"]
    assert len(told.lines("The way to well", "ok")) == 8
    assert len(told.lines("A login at well", "ok")) == 1
    assert not told.lines("A login at gone")


def test_variable_that_nobody_reads_is_noted_with_the_nearest_that_is(doctor: Doctor, healthy: Sandbox) -> None:
    told = doctor(
        healthy, AUTH0_PASWORD="wrong-letter", AUTH0_STAGING_DOMAIN="a.example", AUTH0_CONNECTION_OTHER_PASSWORD="p-w-9"
    )

    assert told.code == 0
    assert told.lines("Settings", "note") == [
        "AUTH0_CONNECTION_OTHER_PASSWORD is set, but is not used | name its connection in AUTH0_CONNECTIONS",
        "AUTH0_PASWORD is set, but is not used | did you mean AUTH0_PASSWORD?",
        "AUTH0_STAGING_DOMAIN is set, but is not used | did you mean AUTH0_DOMAIN?",
    ]


def test_proxy_that_is_gone_is_found_and_its_password_is_not_told(doctor: Doctor, healthy: Sandbox) -> None:
    proxy = f"http://me:s3cret-of-the-proxy@127.0.0.1:{unused_port()}"
    told = doctor(healthy, HTTPS_PROXY=proxy)

    assert told.bad == [WAY]
    assert "a proxy is configured: HTTPS_PROXY" in told.lines("The way out", "ok")
    assert "s3cret-of-the-proxy" not in str(told.document)


def test_secret_that_was_pasted_into_the_wrong_variable_is_not_told(doctor: Doctor, healthy: Sandbox) -> None:
    secret = healthy.environment["AUTH0_CLIENT_SECRET"]
    told = doctor(healthy, AUTH0_FLOWS=secret, AUTH0_DEPENDENCIES=secret)

    assert any("there is no flow of that name ('***')" in line for line in told.lines(SETTINGS, "BAD"))
    assert found({"json": str(told.document)}, [secret]) == []


def test_files_that_cannot_be_written_are_found(doctor: Doctor, healthy: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "garbage.sqlite").write_text("no database " * 100)
    told = doctor(
        healthy, "--reports", str(tmp_path / "file" / "reports"), AUTH0_MEMORY=str(tmp_path / "garbage.sqlite")
    )

    assert told.bad == ["What a run leaves"]
    reports, memory = told.lines("What a run leaves", "BAD")
    assert "name another with --reports=DIR" in reports
    assert "file is not a database" in memory
    assert "AUTH0_MEMORY" in memory


def test_nothing_is_left_behind(doctor: Doctor, healthy: Sandbox, tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    sqlite3.connect(memory).close()
    before = sorted(tmp_path.rglob("*"))

    assert doctor(healthy, AUTH0_MEMORY=str(memory)).code == 0
    assert sorted(tmp_path.rglob("*")) == before
    assert memory.stat().st_size == 0


@pytest.mark.parametrize(
    ("seconds", "mark", "told"),
    [(0, "ok", "within 5 s"), (-60, "note", "ahead of the tenant's"), (3600, "BAD", "behind the tenant's")],
)
def test_clock_is_held_against_the_answers_date(doctor: Doctor, seconds: int, mark: str, told: str) -> None:
    def script(connection: Connection) -> None:
        connection.receive()
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        connection.send(answer(body=b'{"issuer": ""}', Date=date))

    with Server(script) as server:
        said = doctor(None, AUTH0_DOMAIN=server.url, AUTH0_FLOWS="none", AUTH0_DEPENDENCIES="none")

    assert any(told in line for line in said.lines("The way to 127.0.0.1", mark))


def test_env_file_is_read_and_its_oddities_are_told(healthy: Sandbox, tmp_path: Path) -> None:
    given = {name: value for name, value in healthy.environment.items() if name != "AUTH0_PASSWORD"}
    kept = "".join(f"{name}='{value}'\n" for name, value in given.items())
    (tmp_path / ".env").write_text(f"{kept}AUTH0_DEPENDENCIES=none\nHTTPS_PROXY=http://127.0.0.1:9\nwhat is this\n")
    told = list(lines(Wish(tmp_path, tmp_path / "reports", untried)))

    assert "AUTH0_PASSWORD not set" in next(line.what for line in told if line.mark is Mark.BAD)
    assert any(".env, line" in line.what for line in told if line.mark is Mark.NOTE)
    assert any("HTTPS_PROXY stands in .env, where no proxy is read from" in line.what for line in told)
    assert any("/test answers" in line.what for line in told)


def test_own_bug_costs_its_section_and_shows_no_message(
    doctor: Doctor, healthy: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: object) -> None:
        raise RuntimeError("a secret may be in here")

    monkeypatch.setattr("monitor.doctor.network.clock", breaking)
    told = doctor(healthy)

    assert told.bad == [WAY]
    assert "the doctor itself failed here (RuntimeError in " in told.lines(WAY, "BAD")[0]
    assert "a secret may be" not in str(told.document)
    assert told.lines("What a run leaves")


def test_heartbeat_that_nobody_hears_is_told_with_the_way_to_set_it(doctor: Doctor, healthy: Sandbox) -> None:
    (line,) = doctor(healthy).lines("Heartbeat", "note")
    assert "AUTH0_HEARTBEAT_URL is not set" in line
    assert "on GitHub: gh secret set AUTH0_HEARTBEAT_URL" in line

    told = doctor(healthy, AUTH0_HEARTBEAT_URL="https://beat.example/0123456789abcdef0123")
    assert told.lines("Heartbeat", "ok") == ["a heartbeat is sent: its URL is set"]
    assert "0123456789abcdef" not in str(told.document)


@pytest.mark.parametrize(
    ("address", "mark", "said"),
    [
        (
            "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278",
            "ok",
            "Healthchecks; after a round that failed /fail",
        ),
        (
            "https://ping.checklyhq.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278",
            "ok",
            "Checkly; after a round that failed it",
        ),
        (
            "https://beat.example/0123?is={status}",
            "ok",
            "another kind; after a round that failed {status} in it becomes",
        ),
        (
            "https://beat.example/0123",
            "note",
            "no kind that is known here; after a round that failed it is sent nothing",
        ),
        ("beat.example", "BAD", "no heartbeat can be sent"),
        ("https://g.example/api/v1/endpoints/a_b/external", "BAD", "no heartbeat can be sent"),
    ],
    ids=["healthchecks", "checkly", "status", "unknown", "no-address", "gatus-without-its-token"],
)
def test_heartbeats_receiver_is_named_with_what_a_failure_does(address: str, mark: str, said: str) -> None:
    told = alarms.pulse({"AUTH0_HEARTBEAT_URL": address}, Workflow())

    assert [said in line.what for line in told if str(line.mark) == mark].count(True) == 1


def test_command_prints_sections_and_a_summary_and_no_secret() -> None:
    with sandbox.start(["claim-missing", "discovery-wrong-issuer"]) as box:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AUTH0_")}
        ran = subprocess.run(
            python("-m", "monitor.doctor", "--login"),
            cwd=ROOT,
            env=environment | dict(box.environment) | {"AUTH0_DEPENDENCIES": "none", "AUTH0_FLOWS": "password,refresh"},
            capture_output=True,
            text=True,
            check=False,
        )
        secrets = [value for name, value in box.environment.items() if name.endswith(SECRET)]

    assert ran.returncode == 1, ran.stderr
    told = ran.stdout.splitlines()
    assert {"Python and packages", SETTINGS, "The way out", WAY, "What a run leaves", "GitHub"} <= set(told)
    assert told[-1].startswith("not ready: 1 of ")
    assert found({"out": ran.stdout, "err": ran.stderr}, secrets) == []


def test_unknown_argument_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--logn"])

    assert ended.value.code == 2
    assert "unrecognized arguments: --logn" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("python", "packages_", "bad", "told"),
    [
        (">=3.11", ["pytest>=9", "PyJWT[crypto]>=2"], 0, "2 of 2 packages"),
        (">=3.99", ["pytest>=9"], 1, ">=3.99 is asked for"),
        (">=3.11", ["pytest>=999"], 1, "and pytest>=999 is asked for"),
        (">=3.11", ["no-such-package-at-all>=1", "pytest"], 1, "no-such-package-at-all is not installed"),
    ],
    ids=["well", "python", "older", "missing"],
)
def test_packages_are_held_against_pyproject(
    tmp_path: Path, python: str, packages_: list[str], bad: int, told: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nrequires-python = "{python}"\n[dependency-groups]\nruntime = {packages_!r}\n'
    )
    said = list(packages.lines(tmp_path))

    assert sum(line.mark is Mark.BAD for line in said) == bad
    assert any(told in line.what for line in said)
    assert all(line.cures for line in said if line.mark is Mark.BAD)


def test_pyproject_that_is_not_there_is_named(tmp_path: Path) -> None:
    (line,) = packages.lines(tmp_path)

    assert line[:2] == (packages.SECTION, Mark.BAD)
    assert "pyproject.toml cannot be read" in line.what


def test_packages_are_looked_at_before_anything_that_needs_them() -> None:
    """Python alone, without any site-packages."""
    ran = subprocess.run(
        [sys.executable, "-S", "-m", "monitor.doctor"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 1, ran.stderr
    assert "no packages are installed" in ran.stdout
    assert "make probe" in ran.stdout


@pytest.mark.parametrize(
    ("variable", "secret"),
    [
        ("AUTH0_DOMAIN", False),
        ("AUTH0_PASSWORD", True),
        ("AUTH0_PROD_PASSWORD", True),
        ("AUTH0_PROD_CLIENT_ID", True),
        ("AUTH0_PROD_DOMAIN", False),
        ("AUTH0_PROD_MANAGEMENT_CLIENT_ID", True),
        ("AUTH0_PROD_MANAGEMENT_CLIENT_SECRET", True),
        ("AUTH0_PROD_STATUS_URL", True),
        ("AUTH0_CONNECTION_CORP_PASSWORD", True),
        ("AUTH0_CONNECTION_CORP_USERNAME", True),
        ("AUTH0_STATUS_URL", True),
        ("AUTH0_UPTIME_URL", False),
        ("AUTH0_DEPENDENCY_ACME_URL", True),
        ("AUTH0_DEPENDENCY_ACME_FORMAT", False),
        ("AUTH0_TENANTS", False),
    ],
)
def test_what_is_a_secret_on_github(variable: str, *, secret: bool) -> None:
    assert Workflow.read(ROOT, {}).is_secret(variable) is secret
    assert Workflow().is_secret(variable) is secret


def test_workflow_of_this_clone_is_read() -> None:
    workflow = Workflow.read(ROOT, {})

    assert workflow.environments == ("auth0",)
    assert {"AUTH0_PASSWORD", "AUTH0_CLIENT_SECRET"} <= workflow.secrets
    assert {"AUTH0_DOMAIN", "AUTH0_CONNECTIONS"} <= workflow.variables


@pytest.mark.parametrize(
    ("tenants", "variable", "place"),
    [
        ("", "AUTH0_PASSWORD", ("auth0", "AUTH0_PASSWORD")),
        ("", "AUTH0_DOMAIN", ("", "AUTH0_DOMAIN")),
        ("prod", "AUTH0_PROD_PASSWORD", ("prod", "AUTH0_PASSWORD")),
        ("prod", "AUTH0_PASSWORD", ("prod", "AUTH0_PASSWORD")),
        ("prod,eu-west", "AUTH0_EU_WEST_DOMAIN", ("eu-west", "AUTH0_DOMAIN")),
        ("prod,eu-west", "AUTH0_SCOPE", ("", "AUTH0_SCOPE")),
        ("prod", "AUTH0_NOTIFY", ("", "AUTH0_NOTIFY")),
    ],
    ids=["alone", "switch", "named", "default-of-one", "of-two", "default-of-two", "of-the-run"],
)
def test_variable_is_set_in_its_tenants_environment_under_its_plain_name(
    tenants: str, variable: str, place: tuple[str, str]
) -> None:
    assert Workflow.read(ROOT, {"AUTH0_TENANTS": tenants}).place(variable) == place


TOLD = "Alerting"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("CONFIRM", "twice", "is no number of runs"),
        ("CONFIRM", "nobody=2", "is no owner"),
        ("TELL", "everything", "is neither down nor degraded"),
        ("NOTIFY_RECOVERIES", "yes", "is neither closing nor all"),
        ("SLO_EXCLUDES", "maintenances", "is neither maintenance nor none"),
        ("HISTORY", "postgres://svc:hunter2@db/auth0", "it is an address, and no path of a file"),
        ("MAINTENANCE", "tonight", "is not a maintenance window"),
        ("MAINTENANCE", "prod=hunter2-hunter2/PT2H", "is not a maintenance window"),
        ("NOTIFY", "slack.example/token-0123456789", "no address that Apprise knows"),
        ("NOTIFY", "mailto://svc:testp@ssword-secret99#@smtp.corp", "%40"),
        ("ISSUES", "acme", "names no repository"),
        ("ISSUES", "https://github.example/acme/repo", "names no repository"),
        ("HEARTBEAT_URL", "x AUTH0_PASSWORD=hunter2-hunter2", "more than one setting"),
    ],
)
def test_variable_of_telling_that_cannot_be_read_is_in_the_way(
    doctor: Doctor, healthy: Sandbox, variable: str, value: str, words: str
) -> None:
    told = doctor(healthy, **{f"AUTH0_{variable}": value})

    assert (told.code, told.bad) == (1, [TOLD])
    (line,) = told.lines(TOLD, "BAD")
    assert line.startswith(f"AUTH0_{variable}")
    assert words in line
    assert f"export AUTH0_{variable}=" in line
    for secret in ("hunter2", "ssword-secret", "0123456789"):
        assert secret not in str(told.document)


@pytest.mark.parametrize(
    ("url", "form", "words"),
    [
        ("hc-ping.com/0123456789", None, "AUTH0_HEARTBEAT_URL"),
        ("https://svc:testp@ssword-secret99#@beat.corp/ping", None, "%40"),
        ("https://svc:testp@ssword-secret99/x@beat.corp/ping", None, "%40"),
        ("https://beat.example/0123456789", "pager", "AUTH0_HEARTBEAT_FORM"),
    ],
)
def test_heartbeat_that_could_not_be_sent_is_in_the_way(
    doctor: Doctor, healthy: Sandbox, url: str, form: str | None, words: str
) -> None:
    told = doctor(healthy, AUTH0_HEARTBEAT_URL=url, AUTH0_HEARTBEAT_FORM=form)

    assert told.bad == ["Heartbeat"]
    assert words in told.lines("Heartbeat", "BAD")[0]
    assert "ssword-secret" not in str(told.document)


@pytest.mark.parametrize("name", ["AUTH0_HEARTBEAT_FORM", "AUTH0_HEARTBEAT_KEY"])
def test_heartbeat_without_an_address_is_in_the_way_where_somebody_meant_one(doctor: Doctor, name: str) -> None:
    told = doctor(None, **{name: "gatus"})

    (line,) = told.lines("Heartbeat", "BAD")
    assert line.startswith(f"{name} is set, but AUTH0_HEARTBEAT_URL is not: no heartbeat is sent")


def test_variables_of_telling_that_can_be_read_are_told(doctor: Doctor, healthy: Sandbox) -> None:
    told = doctor(healthy, AUTH0_ISSUES="acme/repo", AUTH0_CONFIRM="2 5m", AUTH0_TELL="degraded")

    assert told.code == 0
    assert told.lines(TOLD, "ok") == ["can be read: AUTH0_ISSUES"]


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ('{"plan": {"tpye": "string"}}', "'tpye' is no keyword of JSON Schema ('type' is one)"),
        ('{"plan": {"type": "admin"}}', "not a JSON Schema"),
        ('{"plan": {"$ref": "#/nowhere"}}', "cannot be resolved"),
        ("{plan: pro}", "its double quotes are gone"),
    ],
)
def test_expected_claims_are_held_against_what_a_run_would(
    doctor: Doctor, healthy: Sandbox, claims: str, words: str
) -> None:
    told = doctor(healthy, AUTH0_EXPECTED_CLAIMS=claims)

    assert told.bad == [SETTINGS]
    (line,) = told.lines(SETTINGS, "BAD")
    assert line.startswith("AUTH0_EXPECTED_CLAIMS: ")
    assert words in line
    assert told.lines(WAY, "ok"), "everything else is asked"


@pytest.mark.parametrize(
    "changed",
    [
        {"AUTH0_PAGE_TIMEOUT": "soon", "AUTH0_DEPENDENCIES": "default"},
        {"AUTH0_FLOWS": "pasword"},
        {"AUTH0_CONNECT_TIMEOUT": "soon"},
        {"AUTH0_PASSWORD": None},
        {"HTTPS_PROXY": "http://svc:testp@ssword-secret99#@proxy.corp", "NO_PROXY": None},
        {"REQUESTS_CA_BUNDLE": "/nowhere.pem"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_one_fault_is_said_once_whatever_it_costs(
    doctor: Doctor, healthy: Sandbox, changed: dict[str, str | None]
) -> None:
    names = "prod,staging,qa"
    own = {f"AUTH0_{name.upper()}_DOMAIN": healthy.environment["AUTH0_DOMAIN"] for name in names.split(",")}

    told = doctor(healthy, AUTH0_TENANTS=names, **own, **changed)

    bad = [line["what"] for line in told.document["lines"] if line["mark"] == "BAD"]
    assert len(bad) == 1, bad
    assert next(iter(changed)).removeprefix("AUTH0") in bad[0]
    assert told.code == 1
    assert "ssword-secret" not in str(told.document)


def test_what_looks_wrong_is_noted_once(doctor: Doctor, healthy: Sandbox) -> None:
    domain = healthy.environment["AUTH0_DOMAIN"]

    told = doctor(
        healthy,
        AUTH0_TENANTS="prod,staging",
        AUTH0_PROD_DOMAIN=domain,
        AUTH0_STAGING_DOMAIN=domain,
        AUTHO_AUDIENCE="x",
        AUTH0_AUDIENCE=None,
        AUTH0_REGIONS="EU-1",
    )

    notes = told.lines("Settings", "note")
    assert sum("prod, staging have one domain" in note for note in notes) == 1
    assert sum("AUTHO_AUDIENCE is set, but is not used: did you mean AUTH0_AUDIENCE?" in note for note in notes) == 1
    assert sum("AUTH0_REGIONS" in note for note in notes) == 1
