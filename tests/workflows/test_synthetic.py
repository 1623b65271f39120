"""The scheduled run, rehearsed: the real file, against sandboxes that are well, ill, and short of a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor import history
from sandbox import STATIC
from tests.canaries import found
from tests.workflows.conftest import SECRETS
from tests.workflows.rehearsal import Repository, Run

Made = Callable[..., Repository]

SHAPES = pytest.mark.parametrize("jobs", ["", "matrix"], ids=["one-job", "matrix"])
"""A single tenant by default, and split as several are."""

PASSWORD = STATIC["AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD"]


def document(run: Run, name: str) -> dict[str, Any]:
    """results.json of an artifact; a leg's has the leg's folder in it."""
    folder = run.artifact(name) / (name if name.startswith("leg-") else "")
    text = (folder / "results.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def published(run: Run) -> dict[str, Any]:
    """status.json of the site."""
    read: dict[str, Any] = json.loads((run.artifact("site") / "status.json").read_text(encoding="utf-8"))
    return read


def known(run: Run) -> history.History:
    return history.read(run.artifact("history") / "history.sqlite")


def everything(repository: Repository, *runs: Run) -> dict[str, str]:
    """All that anybody can see: artifacts, caches, logs, pages, issues."""
    files = [path for path in repository.hosted.folder.rglob("*") if path.is_file()]
    seen = {str(path): path.read_bytes().decode("utf-8", "replace") for path in files}
    for run in runs:
        for name, job in run.jobs.items():
            logged = "\n".join(line for line in job.log.splitlines() if not line.startswith("::add-mask::"))
            seen |= {f"{run.number} {name} log": logged, f"{run.number} {name} summary": job.summary}
    return seen | {"issues": repository.issues.read_text(encoding="utf-8")}


def test_round_of_two_tenants_is_published_recorded_and_said(repository: Made) -> None:
    github = repository({"prod": (), "staging": ()})
    github.variables |= {"MONITOR_ROUNDS": "2", "MONITOR_PAGES": "true"}

    run = github.run("synthetic.yml")

    assert run.result == "success", run.log
    jobs = ["legs", "probe prod", "probe staging", "probe", "publish", "pages"]
    assert {name: job.result for name, job in run.jobs.items() if job.steps or name in jobs} == dict.fromkeys(
        jobs, "success"
    )
    legs = {"leg-prod", "leg-staging"}
    assert github.hosted.names(1) >= legs | {"history", "reports", "report.html"}
    assert document(run, "reports")["run"]["tenants"] == ["prod", "staging"]
    assert document(run, "leg-prod")["run"]["tenants"] == ["prod"]
    probes = {each["target"] for each in document(run, "reports")["verdicts"]}
    assert {"prod:password-realm:custom-users", "staging:password-realm:custom-users"} <= probes
    runs = known(run).runs(last=9)
    assert [each.link for each in runs] == ["https://github.com/acme/monitor/actions/runs/1"] * 2
    rounds = sorted(each.name[-2:] for each in (run.artifact("reports") / "rounds").iterdir())
    assert rounds == ["-1", "-2"]
    (deployed,) = github.hosted.deployed
    for site in (run.artifact("site"), deployed):
        assert "<title>UP – " in (site / "index.html").read_text(encoding="utf-8")
        assert (site / "latest/report.html").is_file()
    assert (deployed / "docs/index.html").is_file()
    page = run.jobs["publish"].summary
    assert page.startswith("## 🟢 UP")
    assert "actions/runs/1/artifacts/" in page
    assert all((run.jobs["legs"].workspace / line.split()[-1]).exists() for line in installed(github))
    assert not (run.jobs["probe prod"].workspace / ".env").exists()
    assert PASSWORD in run.jobs["probe prod"].masked
    cache = github.hosted.folder / "cache"
    kept = {"monitor.prod.1-1/memory.sqlite", "monitor.staging.1-1/memory.sqlite", "history-1-1/history.sqlite"}
    assert {str(each.relative_to(cache)) for each in cache.rglob("*.sqlite")} == kept
    secret = [*(STATIC[f"AUTH0_{each}"] for each in SECRETS if "USER" not in each and "ID" not in each), PASSWORD]
    assert found(everything(github, run), [*secret, "the-token-of-this-run"]) == []


@SHAPES
def test_run_that_is_run_again_is_published_again(repository: Made, jobs: str) -> None:
    github = repository({"prod": ()})
    github.variables |= {"MONITOR_PAGES": "true", "MONITOR_JOBS": jobs}
    first = github.run("synthetic.yml")
    again = github.again(first)

    assert (first.result, again.result) == ("success", "success"), again.log
    assert again.performed == {"legs", "probe", "publish", "pages"} if jobs else {"monitor", "pages"}
    assert len(github.hosted.deployed) == 2
    assert all((deployed / "docs/index.html").is_file() for deployed in github.hosted.deployed)
    made = "Make the documents for Pages"
    job = "publish" if jobs else "monitor"
    assert [run.jobs[job].steps[made] for run in (first, again)] == ["success", "skipped"], "of a commit once"
    assert {run.jobs[job].steps["Link them on the page"] for run in (first, again)} == {"success"}


def test_single_tenant_is_asked_recorded_and_published_in_one_job(repository: Made) -> None:
    github = repository({"prod": ()})

    run = github.run("synthetic.yml")

    assert run.result == "success", run.log
    assert run.performed == {"monitor"}
    assert github.hosted.names(1) == {"history", "reports", "report.html", "site"}
    assert document(run, "reports")["run"]["tenants"] == ["prod"]
    assert [each.status for each in known(run).runs(last=9)] == ["up"]
    assert run.jobs["monitor"].summary.startswith("## 🟢 UP")
    assert not (run.jobs["monitor"].workspace / ".env").exists()
    cache = github.hosted.folder / "cache"
    kept = {"monitor.prod.1-1/memory.sqlite", "history-1-1/history.sqlite"}
    assert {str(each.relative_to(cache)) for each in cache.rglob("*.sqlite")} == kept
    assert found(everything(github, run), [PASSWORD, "the-token-of-this-run"]) == []


def test_single_tenant_that_falls_ill_is_confirmed_and_told_by_the_run_that_sees_it(repository: Made) -> None:
    """Where a run comes once an hour, what is new in one is asked again in the same run."""
    github = repository({"prod": (), "ill": ("custom-database-down",)})
    github.variables |= {"AUTH0_TENANTS": "prod", "AUTH0_CONFIRM": "2", "MONITOR_AGAIN": "1"}
    first = github.run("synthetic.yml", "workflow_dispatch", probes="test_login")
    github.environments["prod"] = github.environments["ill"]
    ill = github.run("synthetic.yml", "workflow_dispatch", probes="test_login")

    assert (first.result, ill.result) == ("success", "failure")
    assert {name for name, end in ill.jobs["monitor"].steps.items() if end == "failure"} == {
        "Ask, in rounds, and record each",
        "Be red where a tenant is",
    }
    assert [each.status for each in known(ill).runs(last=9)] == ["down", "down", "up"]
    (issue,) = issues(github)
    assert (issue["state"], issue["labels"]) == ("OPEN", ["auth0-monitor"])
    assert ill.jobs["monitor"].summary.startswith("## 🔴 DOWN")


def test_machine_that_is_lost_leaves_the_history_as_it_was_and_the_next_run_goes_on(repository: Made) -> None:
    github = repository({"prod": ()})
    github.run("synthetic.yml", "workflow_dispatch", probes="discovery")
    github.lost = {"monitor"}
    lost = github.run("synthetic.yml", "workflow_dispatch", probes="discovery")
    github.lost = set()
    after = github.run("synthetic.yml", "workflow_dispatch", probes="discovery")

    assert (lost.result, after.result) == ("failure", "success"), after.log
    assert {name: job.result for name, job in lost.jobs.items() if name != "monitor"} == dict.fromkeys(
        ["legs", "probe", "publish", "pages"], "skipped"
    )
    links = [each.link.rpartition("/")[2] for each in known(after).runs(last=9)]
    assert links == ["3", "1"]
    (packages,) = (github.hosted.folder / "cache").glob("packages-Linux-X64-3.13.1-probes-*")
    kept = packages / github.hosted.packages.relative_to("/")
    assert sorted(each.name for each in kept.iterdir()) == ["requirements.txt"], "and not pip, which the machine has"
    assert after.jobs["monitor"].steps["Cache the packages"] == "skipped", "they are as they were"


def together(github: Repository) -> None:
    """One environment with every tenant's variables, as lines of one secret."""
    lines = []
    for name, place in github.environments.items():
        own = place["secrets"] | place["variables"]
        users = [line.split("=", 1) for line in own.pop("AUTH0_ENV").splitlines() if "=" in line]
        lines += [f"AUTH0_{name.upper()}_{key.removeprefix('AUTH0_')}={value}" for key, value in [*own.items(), *users]]
    github.environments = {"auth0": {"secrets": {"AUTH0_ENV": "\n".join(lines)}, "variables": {}}}


def test_few_tenants_are_asked_in_one_job_where_one_environment_has_them_all(repository: Made) -> None:
    github = repository({"prod": (), "staging": ("custom-database-down",)})
    together(github)
    github.variables["MONITOR_JOBS"] = "one"

    run = github.run("synthetic.yml")

    assert run.performed == {"monitor"}
    assert run.result == "failure"
    assert document(run, "reports")["run"]["tenants"] == ["prod", "staging"]
    down = [each["target"] for each in document(run, "reports")["verdicts"] if each["status"] == "down"]
    assert {target.partition(":")[0] for target in down} == {"staging"}


def test_name_that_is_written_so_that_no_environment_has_it_is_red_and_asks_nobody(repository: Made) -> None:
    github = repository({"prod": ()})
    github.variables["AUTH0_TENANTS"] = " prod"

    run = github.run("synthetic.yml")

    assert run.result == "failure"
    assert "gh variable set AUTH0_TENANTS --body prod" in run.jobs["monitor"].errors[0]
    assert run.jobs["monitor"].steps["Ask, in rounds, and record each"] == "skipped"
    assert github.hosted.names(1) == set()


def installed(github: Repository) -> list[str]:
    lines = github.pip.read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(line.startswith("-m monitor.installation requirements") for line in lines)
    return lines


def test_tenant_that_is_ill_makes_its_leg_and_the_run_red_and_is_told_once_and_closed(repository: Made) -> None:
    github = repository({"prod": (), "staging": ("custom-database-down",)})
    github.variables["AUTH0_CONFIRM"] = "1"
    ill = github.run("synthetic.yml")

    assert ill.result == "failure"
    assert (ill.jobs["probe prod"].result, ill.jobs["probe staging"].result) == ("success", "failure")
    assert ill.jobs["publish"].steps["Join the legs, and record each round"] == "failure"
    assert ill.jobs["publish"].steps["Be red where a tenant is"] == "failure"
    others = {name for name, end in ill.jobs["publish"].steps.items() if end == "failure"}
    assert others == {"Join the legs, and record each round", "Be red where a tenant is"}
    page = ill.jobs["publish"].summary
    assert page.startswith("## 🔴 DOWN")
    assert "logins through custom&#45;users &#40;password&#45;realm&#41; of staging fail" in page
    assert "the script of the connection custom&#45;users" in page
    assert "(<https://github.com/acme/monitor/blob/HEAD/docs/runbook.md#connection>)" in page
    assert (ill.artifact("reports") / "evidence").is_dir()
    assert "the round failed" not in ill.log

    told = published(ill)
    assert told["status"]["indicator"] == "critical"
    assert [each["name"].partition(":")[0] for each in told["incidents"]] == ["staging"]
    (issue,) = issues(github)
    assert (issue["state"], issue["labels"]) == ("OPEN", ["auth0-monitor"])
    assert "staging" in issue["title"]

    github.environments["staging"] = github.environments["prod"]
    well = github.run("synthetic.yml")

    assert well.result == "success", well.log
    assert [each.status for each in known(well).runs(last=9)] == ["up", "down"]
    assert (github.hosted.folder / "cache/history-2-1/history.sqlite").exists()
    assert (published(well)["status"]["indicator"], published(well)["incidents"]) == ("none", [])
    assert "Resolved: staging" in (well.artifact("site") / "feed.atom").read_text(encoding="utf-8")
    (issue,) = issues(github)
    assert issue["state"] == "CLOSED"
    assert len(issue["comments"]) == 1


def issues(github: Repository) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(github.issues.read_text(encoding="utf-8"))["issues"]
    return told


@SHAPES
def test_environment_without_its_secrets_is_a_red_run_that_says_which_are_missing(repository: Made, jobs: str) -> None:
    """As GitHub makes one for a name that is misspelt: a domain that is set for all would answer, and be green."""
    github = repository({"prod": ()})
    github.variables["MONITOR_JOBS"] = jobs
    place = github.environments.pop("prod")
    github.variables["AUTH0_DOMAIN"] = place["variables"]["AUTH0_DOMAIN"]

    run = github.run("synthetic.yml")

    assert run.result == run.jobs["probe prod" if jobs else "monitor"].result == "failure"
    named = "AUTH0_PROD_USERNAME and AUTH0_PROD_PASSWORD"
    told = {each["reason"]: each["status"] for each in document(run, "reports")["verdicts"]}
    assert [status for reason, status in told.items() if named in reason] == ["unknown"], told
    assert named in run.jobs["publish" if jobs else "monitor"].summary.replace("&#95;", "_")


def test_parts_share_the_tenants_out_and_are_one_run_again(repository: Made) -> None:
    """All of them have one environment, with every tenant's variables as lines of one secret."""
    github = repository({"prod": (), "staging": ()})
    together(github)
    github.variables["MONITOR_SHARDS"] = "2"

    run = github.run("synthetic.yml", "workflow_dispatch", probes="discovery")

    assert run.result == "success", run.log
    assert {name for name in run.jobs if name.startswith("probe ")} == {"probe shard-1-of-2", "probe shard-2-of-2"}
    assert document(run, "reports")["run"]["tenants"] == ["prod", "staging"]
    assert document(run, "reports")["run"]["status"] == "up"


def test_fork_is_not_configured_and_asks_and_tells_nobody(repository: Made) -> None:
    run = repository({}, fork=True).run("synthetic.yml")

    assert {name: job.result for name, job in run.jobs.items()} == {
        "monitor": "skipped",
        "legs": "success",
        "probe": "skipped",
        "publish": "skipped",
        "pages": "skipped",
    }
    assert "Not configured" in run.jobs["legs"].summary


def test_repository_that_is_no_fork_and_lost_its_variable_is_red(repository: Made) -> None:
    run = repository({}).run("synthetic.yml")

    assert run.jobs["legs"].result == "failure"
    assert "AUTH0_TENANTS is no variable of this repository" in run.jobs["legs"].errors[0]


def test_drill_by_hand_needs_no_tenant_tells_nobody_and_is_not_recorded(repository: Made) -> None:
    github = repository({}, fork=True)

    run = github.run("synthetic.yml", "workflow_dispatch", drill="login-refused", probes="test_login")

    assert run.result == "failure"
    assert document(run, "reports")["run"]["mode"] == "drill"
    assert {each["kind"] for each in document(run, "reports")["verdicts"]} == {"login"}
    assert run.performed == {"monitor"}
    assert run.jobs["monitor"].summary.startswith("## 🔴 DRILL: DOWN")
    assert github.hosted.names(1) == {"reports", "report.html"}
    assert not (github.hosted.store / "calls.jsonl").exists()


def test_leg_that_left_nothing_is_an_unknown_that_makes_the_run_red(repository: Made) -> None:
    github = repository({"prod": ()})
    github.variables["MONITOR_JOBS"] = "matrix"
    github.hosted.lost = {"leg-prod"}

    run = github.run("synthetic.yml")

    assert run.jobs["publish"].result == "failure"
    told = document(run, "reports")
    assert [each["target"] for each in told["verdicts"] if each["kind"] == "legs"] == ["prod"]
    assert told["run"]["status"] == "unknown"


def test_tenant_alone_is_published_and_the_only_one_of_two_that_left_something_keeps_its_name(
    repository: Made,
) -> None:
    """An artifact that is the only one to be fetched is unpacked without a folder of its name."""
    github = repository({"prod": (), "joined": ()})
    alone = github.run("synthetic.yml", "workflow_dispatch", tenant="joined", probes="discovery")

    assert alone.result == "success", alone.log
    assert document(alone, "reports")["run"]["tenants"] == ["joined"]

    github.hosted.lost = {"leg-prod"}
    run = github.run("synthetic.yml", "workflow_dispatch", probes="discovery")

    told = document(run, "reports")
    assert [each["target"] for each in told["verdicts"] if each["kind"] == "legs"] == ["prod"]
    assert "joined" in {each["target"] for each in told["verdicts"] if each["status"] == "up"}


def test_history_that_cannot_be_fetched_is_said_and_nothing_takes_its_place(repository: Made) -> None:
    github = repository({"prod": ()})
    (github.hosted.store / "broken").touch()

    run = github.run("synthetic.yml")

    assert run.jobs["monitor"].result == "failure"
    assert any("gh cannot read artifacts" in each for each in run.jobs["monitor"].errors)
    assert github.hosted.names(1) >= {"reports", "report.html"}
    assert "history" not in github.hosted.names(1)
    assert not list(github.hosted.folder.glob("cache/history-*"))


def test_another_repository_calls_it_with_tenants_of_its_own(repository: Made) -> None:
    github = repository({"other": ()})
    del github.variables["AUTH0_TENANTS"]

    run = github.run("synthetic.yml", "workflow_call", tenants="other", probes="test_login")

    assert run.result == "success", run.log
    assert run.performed == {"monitor"}
    assert document(run, "reports")["run"]["tenants"] == ["other"]
