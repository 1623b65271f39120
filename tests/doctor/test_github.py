"""GitHub's side, told by a stand-in for gh that records what it is asked: names are read, and no value is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.doctor import github
from sandbox.box import Sandbox
from tests.doctor.conftest import Doctor, Told

REPOSITORY = "acme/monitoring"
SECRETS = [
    *("AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_USERNAME", "AUTH0_PASSWORD", "AUTH0_HEALTH_API_KEY"),
    *("AUTH0_MANAGEMENT_CLIENT_ID", "AUTH0_MANAGEMENT_CLIENT_SECRET"),
    *("AUTH0_STATUS_URL", "AUTH0_ID_TOKEN", "SOMEBODY_ELSES"),
]
VARIABLES = [
    *("AUTH0_CONNECTIONS", "AUTH0_FLOWS", "AUTH0_CALLBACK", "AUTH0_AUDIENCE", "AUTH0_EXPECTED_CLAIMS", "AUTH0_NODES"),
    *("AUTH0_DEPENDENCIES", "AUTH0_REGION", "AUTH0_ID_TOKEN_ALG"),
    *("AUTH0_REDIRECTS", "AUTH0_SAML_APPLICATIONS", "AUTH0_CANONICAL_DOMAIN"),
    *("AUTH0_STATUS_PAGE", "AUTH0_UPTIME_URL", "AUTH0_UPTIME_PAGE"),
]
VALUE = "the-value-of-a-variable"

PROGRAM = """#!{python}
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "asked").open("a") as file:
    file.write(json.dumps([sys.argv[1:], sorted(name for name in os.environ if name.startswith("AUTH0_"))]) + "\\n")
answers = json.loads((here / "answers.json").read_text())
path, _, query = sys.argv[2].partition("/{repository}")[2].lstrip("/").partition("?")
asked = dict(part.split("=") for part in query.split("&") if part)
answer = answers.get(path + ("#" + asked["page"] if path + "#" + asked.get("page", "1") in answers else ""), 404)
for name, listed in answer.items() if isinstance(answer, dict) else ():
    if isinstance(listed, list):
        size, page = min(int(asked["per_page"]), 30), int(asked.get("page", "1"))
        answer |= {{"total_count": len(listed), name: listed[size * (page - 1) : size * page]}}
        break
if isinstance(answer, int):
    sys.exit(f"gh: Not Found (HTTP {{answer}})")
print(answer if isinstance(answer, str) else json.dumps(answer))
"""


def named(of: str, *names: str) -> dict[str, Any]:
    return {of: [{"name": name, "value": VALUE} for name in names]}


def valued(**variables: str) -> dict[str, Any]:
    return {"variables": [{"name": name, "value": value} for name, value in variables.items()]}


def without(name: str, names: list[str], of: str) -> dict[str, Any]:
    return named(of, *(each for each in names if each != name))


def run(conclusion: str, days: float) -> dict[str, Any]:
    began = datetime.now(UTC) - timedelta(days=days)
    link = "https://github.com/acme/monitoring/actions/runs/1"
    return {
        "workflow_runs": [{"conclusion": conclusion, "created_at": f"{began:%Y-%m-%dT%H:%M:%SZ}", "html_url": link}]
    }


def whole() -> dict[str, Any]:
    """The answers of a repository that is set up."""
    return {
        "": {"has_issues": True},
        "environments": named("environments", "auth0", "other"),
        "actions/secrets": named("secrets"),
        "actions/organization-secrets": named("secrets", "AUTH0_CLIENT_ID"),
        "environments/auth0/secrets": named("secrets", *SECRETS),
        "actions/variables": named("variables", "AUTH0_DOMAIN", "MONITOR_PAGES"),
        "actions/organization-variables": 403,
        "environments/auth0/variables": named("variables", *VARIABLES),
        "pages": {"html_url": "https://acme.github.io/monitoring/"},
        "actions/workflows/synthetic.yml/runs": run("success", 0.01),
        "actions/workflows/overdue.yml/runs": {"workflow_runs": []},
    }


class Gh:
    """The stand-in, on PATH."""

    def __init__(self, doctor: Doctor, folder: Path) -> None:
        self.doctor, self.folder = doctor, folder
        program = folder / "gh"
        program.write_text(PROGRAM.format(python=sys.executable, repository=REPOSITORY))
        program.chmod(0o755)

    def __call__(self, box: Sandbox | None, answers: dict[str, Any], **changed: str | None) -> Told:
        (self.folder / "answers.json").write_text(json.dumps(answers))
        return self.doctor(box, **{"GITHUB_REPOSITORY": REPOSITORY} | changed)

    @property
    def asked(self) -> list[tuple[list[str], list[str]]]:
        """Its arguments, and the names of our variables that it was given, time by time."""
        return [tuple(json.loads(line)) for line in (self.folder / "asked").read_text().splitlines()]


@pytest.fixture
def gh(doctor: Doctor, tmp_path: Path) -> Gh:
    return Gh(doctor, tmp_path / "bin")


@pytest.mark.parametrize("place", ["actions/variables", "environments/auth0/variables"])
def test_lists_of_many_pages_are_read_to_their_end(gh: Gh, healthy: Sandbox, place: str) -> None:
    answers = whole()
    others = [f"A_VARIABLE_{number}" for number in range(75)]
    answers[place] = named("variables", *others, *(each["name"] for each in answers[place]["variables"]))

    told = gh(healthy, answers)

    assert told.code == 0
    assert told.lines("GitHub", "BAD") == told.lines("GitHub", "note") == []


def test_environment_of_which_a_page_is_missing_lacks_nothing(gh: Gh) -> None:
    answers = whole()
    secrets = answers["environments/auth0/secrets"]["secrets"]
    answers["environments/auth0/secrets"]["secrets"] = [*named("", *map(str, range(30)))[""], *secrets]
    answers |= {"environments/auth0/secrets#2": 502, "environments/auth0/variables": named("variables")}

    told = gh(None, answers)

    assert "which a login of a user needs" not in " ".join(told.lines("GitHub"))


def test_repository_that_is_set_up_is_well(gh: Gh, healthy: Sandbox) -> None:
    told = gh(healthy, whole())

    assert told.code == 0
    assert told.lines("GitHub", "BAD") == told.lines("GitHub", "note") == []
    well = " ".join(told.lines("GitHub", "ok"))
    assert "acme/monitoring has the environment auth0" in well
    assert "secrets: AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET" in well
    assert "SOMEBODY_ELSES" not in well
    assert "Pages is enabled, and the site is published there: https://acme.github.io/monitoring/" in well
    assert "ended with success" in well
    assert "the schedules use 1,736 of the 2,000 minutes a month of GitHub's free plan (87%); computed:" in well
    assert "an outage of 1 h cannot be missed" in well
    assert VALUE not in str(told.document)


def test_gh_is_asked_to_read_and_is_given_none_of_our_variables(gh: Gh, healthy: Sandbox) -> None:
    gh(healthy, whole())

    assert all(arguments[0] == "api" and len(arguments) == 2 for arguments, _ in gh.asked)
    assert {arguments[1].split("?")[0] for arguments, _ in gh.asked} == {
        f"repos/{REPOSITORY}/{path}".rstrip("/") for path in whole()
    }
    assert {tuple(given) for _, given in gh.asked} == {()}


@pytest.mark.parametrize(
    ("changed", "mark", "told_by"),
    [
        ({"environments": named("environments", "other")}, "BAD", ("no environment auth0", "environments/auth0")),
        (
            {"environments/auth0/secrets": without("AUTH0_PASSWORD", SECRETS, "secrets")},
            "BAD",
            ("AUTH0_PASSWORD is set here, and is no secret there", "gh secret set AUTH0_PASSWORD --env auth0"),
        ),
        (
            {"environments/auth0/variables": without("AUTH0_FLOWS", VARIABLES, "variables")},
            "BAD",
            ("AUTH0_FLOWS is set here, and is no variable there", "gh variable set AUTH0_FLOWS --env auth0"),
        ),
        (
            {"actions/variables": named("variables", "AUTH0_DOMAIN", "AUTH0_PASSWORD", "MONITOR_PAGES")},
            "BAD",
            ("AUTH0_PASSWORD is a variable there", "delete AUTH0_PASSWORD, then gh secret set AUTH0_PASSWORD"),
        ),
        (
            {"actions/variables": named("variables", "MONITOR_PAGES")},
            "note",
            ("scheduled run is off", "gh variable set AUTH0_TENANTS --body 'prod,staging' | or, for one"),
        ),
        (
            {"pages": 404},
            "note",
            ("MONITOR_PAGES is set, and Pages is not", "acme/monitoring/pages -f build_type=workflow"),
        ),
        (
            {"actions/variables": named("variables", "AUTH0_DOMAIN")},
            "off",
            ("nothing is published there", "gh variable set MONITOR_PAGES --body true"),
        ),
        (
            {"pages": 404, "actions/variables": named("variables", "AUTH0_DOMAIN")},
            "off",
            ("Pages is not enabled", "repos/acme/monitoring/pages -f build_type=workflow"),
        ),
        (
            {"actions/workflows/synthetic.yml/runs": run("failure", 0.01)},
            "note",
            ("ended with failure", "https://github.com/acme/monitoring/actions/runs/1"),
        ),
        (
            {"actions/workflows/synthetic.yml/runs": run("success", 61.5)},
            "note",
            ("61 days ago", "gh workflow enable synthetic.yml"),
        ),
        (
            {"actions/workflows/synthetic.yml/runs": {"workflow_runs": []}},
            "note",
            ("no scheduled run", "gh workflow run synthetic.yml"),
        ),
        ({"environments": 401}, "note", ("HTTP 401", "gh auth login")),
        ({"environments": "<html>"}, "note", ("not JSON", "gh auth login")),
    ],
    ids=[
        *("environment", "secret", "variable", "open-secret", "off", "pages", "unpublished", "no-pages"),
        *("failed", "stopped", "never", "logged-out", "garbled"),
    ],
)
def test_what_is_missing_is_named_with_what_to_type(
    gh: Gh, healthy: Sandbox, changed: dict[str, Any], mark: str, told_by: tuple[str, str]
) -> None:
    told = gh(healthy, whole() | changed)

    (line,) = told.lines("GitHub", mark)
    what, cure = told_by
    assert what in line
    assert cure in line.partition(" | ")[2]
    assert told.code == (mark == "BAD")
    assert VALUE not in str(told.document)


def test_what_may_stand_in_the_secret_with_the_lines_is_not_called_missing(gh: Gh, healthy: Sandbox) -> None:
    secrets = named("secrets", "AUTH0_ENV")

    assert gh(healthy, whole() | {"environments/auth0/secrets": secrets}).lines("GitHub", "BAD") == []


def test_each_tenant_has_an_environment_in_which_its_names_are_plain(gh: Gh, healthy: Sandbox) -> None:
    own = {name: value for name, value in healthy.environment.items() if not name.endswith("PASSWORD")}
    secret = healthy.environment["AUTH0_PASSWORD"]
    answers = whole() | {
        "environments": named("environments", "prod", "staging"),
        "actions/variables": valued(AUTH0_TENANTS="prod,staging"),
        **{
            f"environments/{each}/variables": named("variables", "AUTH0_DOMAIN", *VARIABLES)
            for each in ("prod", "staging")
        },
        "environments/prod/secrets": named("secrets", *SECRETS),
        "environments/staging/secrets": without("AUTH0_PASSWORD", SECRETS, "secrets"),
    }
    both = {f"AUTH0_{each}_PASSWORD": secret for each in ("PROD", "STAGING")}
    unset = dict.fromkeys([*healthy.environment.keys() - own.keys()])

    told = gh(healthy, answers, AUTH0_TENANTS="prod,staging", **both, **unset)

    (line,) = told.lines("GitHub", "BAD")
    assert line.startswith("AUTH0_STAGING_PASSWORD is set here, and is no secret there")
    assert "gh secret set AUTH0_PASSWORD --env staging" in line


def test_repository_is_held_against_its_own_variables_where_nothing_is_set_here(gh: Gh) -> None:
    """As for somebody who has done no more than docs/github.md says, and not all of it."""
    answers = whole() | {
        "environments": named("environments", "prod", "staging"),
        "actions/variables": valued(AUTH0_TENANTS="prod, staging,next"),
        "environments/prod/secrets": named("secrets", "AUTH0_CLIENT_SECRET", "AUTH0_USERNAME"),
        "environments/prod/variables": valued(AUTH0_DOMAIN="a.example"),
        "environments/staging/secrets": named("secrets", "AUTH0_ENV"),
        "environments/staging/variables": valued(),
    }

    prod, next_ = gh(None, answers).lines("GitHub", "BAD")
    assert prod.startswith("the environment prod has no AUTH0_PASSWORD, which a login of a user needs")
    assert prod.endswith("gh secret set AUTH0_PASSWORD --env prod")
    assert next_.startswith("acme/monitoring has no environment next")


def test_tenants_that_are_shared_out_have_one_environment(gh: Gh) -> None:
    answers = whole() | {
        "environments": named("environments", "auth0"),
        "actions/variables": valued(AUTH0_TENANTS="prod,staging", MONITOR_SHARDS="2"),
        "environments/auth0/secrets": named("secrets", "AUTH0_ENV"),
        "environments/auth0/variables": valued(),
    }

    domains = {f"AUTH0_{each}_DOMAIN": "localhost:1" for each in ("PROD", "STAGING")}
    assert gh(None, answers, AUTH0_TENANTS="prod,staging", **domains).lines("GitHub", "BAD") == []


def test_name_that_no_run_can_be_planned_with_is_told(gh: Gh) -> None:
    told = gh(None, whole() | {"actions/variables": valued(AUTH0_TENANTS="prod,$(id)")})

    assert "'$(id)' is no name for a tenant" in told.lines("GitHub", "BAD")[0]


def test_channel_that_was_given_to_an_environment_is_told_as_nobody_reads_it_there(gh: Gh, healthy: Sandbox) -> None:
    there = {"environments/auth0/secrets": named("secrets", *SECRETS, "AUTH0_NOTIFY")}
    (line,) = gh(healthy, whole() | there).lines("GitHub", "note")

    assert "AUTH0_NOTIFY is in the environment auth0, and is read from the repository alone" in line
    assert line.endswith("gh secret set AUTH0_NOTIFY")

    both = there | {"actions/secrets": named("secrets", "AUTH0_NOTIFY")}
    assert gh(healthy, whole() | both).lines("GitHub", "note") == []


def test_answer_that_is_not_as_documented_breaks_nothing(gh: Gh) -> None:
    odd = {"actions/variables": {"variables": [None, {"name": "AUTH0_TENANTS", "value": None}]}}
    told = gh(None, whole() | odd | {"actions/secrets": {"secrets": 5}})

    assert not [line for line in told.lines("GitHub") if "broke" in line]


def test_fork_in_which_no_incident_can_become_an_issue_is_told(gh: Gh, healthy: Sandbox) -> None:
    fork = whole() | {"": {"has_issues": False}}
    silent = fork | {"actions/variables": valued(AUTH0_DOMAIN="a.example", AUTH0_ISSUES="none", MONITOR_PAGES="true")}

    (line,) = gh(healthy, fork).lines("GitHub", "note")
    assert "gh repo edit acme/monitoring --enable-issues" in line
    assert gh(healthy, silent).lines("GitHub", "note") == []


def test_nothing_on_github_is_in_the_way_where_the_schedule_is_off(gh: Gh, healthy: Sandbox) -> None:
    told = gh(healthy, whole() | {"actions/variables": named("variables"), "environments/auth0/secrets": 404})

    assert told.code == 0
    assert any("AUTH0_PASSWORD is set here, and is no secret there" in line for line in told.lines("GitHub", "note"))


def test_without_gh_or_a_repository_nothing_is_asked(gh: Gh, doctor: Doctor, healthy: Sandbox) -> None:
    told = gh(healthy, whole(), GITHUB_REPOSITORY=None)
    assert "no repository on GitHub is known" in told.lines("GitHub", "off")[0]
    assert not (gh.folder / "asked").exists()

    (gh.folder / "gh").unlink()
    told = doctor(healthy, GITHUB_REPOSITORY=REPOSITORY)
    assert "gh is not on PATH" in told.lines("GitHub", "off")[0]
    assert told.code == 0


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("https://github.com/acme/monitoring.git", REPOSITORY),
        ("https://github.com/acme/monitoring", REPOSITORY),
        ("git@github.com:acme/monitoring.git", REPOSITORY),
        ("ssh://git@github.com/acme/monitoring.git", REPOSITORY),
        ("https://gitlab.example/acme/monitoring.git", ""),
        ("/srv/git/monitoring", ""),
        (None, ""),
    ],
)
def test_repository_is_known_by_its_remote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remote: str | None, name: str
) -> None:
    monkeypatch.undo()
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    git = shutil.which("git")
    assert git
    clone = tmp_path / "clone"
    subprocess.run([git, "init", "--quiet", str(clone)], check=True)
    if remote:
        subprocess.run([git, "-C", str(clone), "remote", "add", "origin", remote], check=True)

    assert github.repository(clone) == name


def ended(number: int, hours: int, *seconds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A run that began so many hours ago, and its jobs, which took so long."""
    began = datetime.now(UTC) - timedelta(hours=hours)
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    jobs = [
        {
            "conclusion": "success",
            "started_at": f"{began:{stamp}}",
            "completed_at": f"{began + timedelta(seconds=each):{stamp}}",
        }
        for each in seconds
    ]
    return {"id": number, "conclusion": "success", "created_at": f"{began:{stamp}}"}, {"jobs": jobs}


def billed(**variables: str) -> dict[str, Any]:
    return whole() | {"actions/variables": valued(**{"AUTH0_DOMAIN": "acme.eu.auth0.com", **variables})}


@pytest.mark.parametrize(
    ("variables", "told_by"),
    [
        ({"AUTH0_TENANTS": "prod,staging"}, ("3,968 of the 2,000", "gh variable set MONITOR_JOBS --body one")),
        ({"MONITOR_ROUNDS": "5"}, ("4,712 of the 2,000", "gh variable set MONITOR_ROUNDS --body 1")),
        ({"MONITOR_ROUNDS": "many"}, ("cannot be computed", "'many' is no number")),
    ],
    ids=["matrix", "rounds", "no-number"],
)
def test_schedules_that_a_plan_does_not_hold_are_noted_with_what_to_do(
    gh: Gh, variables: dict[str, str], told_by: tuple[str, str]
) -> None:
    told = gh(None, billed(**variables))

    (line,) = [line for line in told.lines("GitHub", "note") if told_by[0] in line]
    assert told_by[1] in line


@pytest.mark.parametrize(
    ("answers", "told_by"),
    [
        ({"": {"private": False}}, "a public repository costs no minutes"),
        (
            {"actions/variables": valued(AUTH0_DOMAIN="a.example", MONITOR_RUNNER="self-hosted")},
            "a machine of one's own",
        ),
    ],
    ids=["public", "machine-of-ones-own"],
)
def test_what_costs_nothing_is_said_to(gh: Gh, answers: dict[str, Any], told_by: str) -> None:
    told = gh(None, billed(MONITOR_ROUNDS="5") | answers)

    assert told_by in " ".join(told.lines("GitHub", "ok"))


def test_minutes_are_those_of_the_last_runs_and_late_ones_are_noted(gh: Gh) -> None:
    made = [ended(number, 3 * number, 61, 30) for number in (1, 2, 3)]
    answers = billed() | {"actions/workflows/synthetic.yml/runs": {"workflow_runs": [each for each, _ in made]}}
    answers |= {f"actions/runs/{each['id']}/jobs": jobs for each, jobs in made}

    told = gh(None, answers)

    (line,) = [line for line in told.lines("GitHub", "note") if "minutes a month" in line]
    assert "2,480 of the 2,000" in line, "two minutes and one: 744 runs, and overdue.yml"
    assert "measured" in line
    (late,) = [line for line in told.lines("GitHub", "note") if "cannot be missed" in line]
    assert "it began the last 3 3 h apart" in late
    assert "outside clock" in late
