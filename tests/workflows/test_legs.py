from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.actions.matrix import MOST_LEGS, Job, Unplannable, legs
from tests.suite import ROOT


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"AUTH0_TENANTS": "prod, eu-west"},
            [Job("prod", "prod", "", "prod"), Job("eu-west", "eu-west", "", "eu-west")],
        ),
        ({"AUTH0_TENANTS": "prod,staging", "TENANT": "staging"}, [Job("staging", "staging", "", "staging")]),
        ({"AUTH0_DOMAIN": "acme.eu.auth0.com"}, [Job("auth0", "", "", "auth0")]),
        ({"AUTH0_TENANTS": "a,b", "SHARDS": "2"}, [Job(f"shard-{n}-of-2", "", f"{n}/2", "auth0") for n in (1, 2)]),
        ({"AUTH0_TENANTS": "a,b", "SHARDS": "2", "TENANT": "b"}, [Job("b", "b", "", "auth0")]),
        ({"AUTH0_TENANTS": "a", "DRILL": "login-refused"}, [Job("drill")]),
        ({"AUTH0_TENANTS": " , ", "FORK": "true"}, []),
        ({"AUTH0_TENANTS": "prod", "FORK": "true"}, [Job("prod", "prod", "", "prod")]),
        ({"AUTH0_TENANTS": "prod", "JOBS": "matrix"}, [Job("prod", "prod", "", "prod")]),
        ({"AUTH0_TENANTS": "a, b", "JOBS": "one", "LEG": "auth0"}, [Job("auth0", "a,b", "", "auth0")]),
        ({"AUTH0_TENANTS": "a,b", "JOBS": "one", "TENANT": "b"}, [Job("auth0", "b", "", "auth0")]),
        ({"AUTH0_TENANTS": "a", "JOBS": "one"}, [Job("auth0", "a", "", "auth0")]),
    ],
    ids=[
        "tenants",
        "one-of-them",
        "without-a-name",
        "shards",
        "one-of-shards",
        "drill",
        "fork",
        "fork-that-is-set-up",
        "matrix-of-one",
        "in-one-job",
        "one-of-those-in-one-job",
        "single-in-one-job",
    ],
)
def test_leg_is_a_tenant_or_a_shard(values: dict[str, str], expected: list[Job]) -> None:
    assert legs(values) == expected


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "gh variable set AUTH0_TENANTS"),
        ({"FORK": "false"}, "no tenant is configured"),
        ({"AUTH0_TENANTS": "prod,$(id)"}, "'$(id)' is no name for a tenant"),
        ({"AUTH0_TENANTS": 'prod,"x"'}, "is no name for a tenant"),
        ({"AUTH0_TENANTS": "prod,Prod"}, "would share an environment"),
        ({"AUTH0_TENANTS": "eu-west,eu_west"}, "would share an environment"),
        ({"AUTH0_TENANTS": "prod,drill"}, "'drill' is taken"),
        ({"AUTH0_TENANTS": "prod,github-pages"}, "'github-pages' is taken"),
        ({"AUTH0_TENANTS": "prod", "TENANT": "prd"}, "no tenant is called 'prd'; AUTH0_TENANTS names prod"),
        ({"AUTH0_DOMAIN": "a.example", "TENANT": "prod"}, "leave it empty"),
        ({"AUTH0_TENANTS": "prod", "SHARDS": "0"}, "MONITOR_SHARDS: '0' is no number of shards"),
        ({"AUTH0_TENANTS": "prod", "SHARDS": "257"}, "from 1 to 256"),
        ({"AUTH0_TENANTS": ",".join(f"t{n}" for n in range(MOST_LEGS + 1))}, "gh variable set MONITOR_SHARDS"),
        ({"AUTH0_TENANTS": "prod", "JOBS": "two"}, "MONITOR_JOBS: 'two' is neither one nor matrix"),
        ({"AUTH0_TENANTS": "a,b", "JOBS": "one", "SHARDS": "2"}, "gh variable delete MONITOR_SHARDS"),
        ({"AUTH0_TENANTS": " prod", "LEG": " prod"}, "gh variable set AUTH0_TENANTS --body prod"),
    ],
    ids=[
        "nothing",
        "lost",
        "shell",
        "quotes",
        "case",
        "dash",
        "drill",
        "pages",
        "typo",
        "unnamed",
        "zero",
        "many",
        "257",
        "jobs",
        "one-job-and-shards",
        "space",
    ],
)
def test_what_cannot_be_planned_names_the_variable_and_the_cure(values: dict[str, str], told: str) -> None:
    with pytest.raises(Unplannable, match=re.escape(told)):
        legs(values)


def test_as_many_tenants_as_a_matrix_has_legs_are_planned() -> None:
    assert len(legs({"AUTH0_TENANTS": ",".join(f"t{n}" for n in range(MOST_LEGS))})) == MOST_LEGS


def test_outputs_are_one_line_each_and_need_no_package_of_ours(tmp_path: Path) -> None:
    """The first job installs nothing: it would keep all others waiting."""
    said = tmp_path / "output"
    ran = subprocess.run(
        [sys.executable, "-S", "-m", "monitor.actions", "legs"],
        cwd=ROOT,
        env={"AUTH0_TENANTS": "prod,staging", "GITHUB_OUTPUT": str(said), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    outputs = dict(line.split("=", 1) for line in said.read_text().splitlines())
    assert [each["environment"] for each in json.loads(outputs.pop("legs"))] == ["prod", "staging"]
    assert outputs == {"names": "prod,staging", "tenants": "", "ready": "true"}


def test_outputs_of_thousands_of_tenants_in_shards_are_not_larger_than_github_takes(tmp_path: Path) -> None:
    """A megabyte for a job's outputs; a variable, in which the tenants are named, holds 48 kB."""
    said, tenants = tmp_path / "output", ",".join(f"customer-{n:04}" for n in range(3400))
    subprocess.run(
        [sys.executable, "-S", "-m", "monitor.actions", "legs"],
        cwd=ROOT,
        env={"AUTH0_TENANTS": tenants, "SHARDS": str(MOST_LEGS), "GITHUB_OUTPUT": str(said), "PATH": ""},
        stdout=subprocess.DEVNULL,
        check=True,
    )

    assert said.stat().st_size < 1_000_000 / 2
    assert f"tenants={tenants}\n" in said.read_text()
