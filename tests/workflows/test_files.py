"""What holds of every workflow file, whatever it does: privileges, pins, and that every variable has a way in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.configuration.variables import OTEL_VARIABLES, PREFIX, RUN_VARIABLES, Variables
from monitor.doctor.setting import WORKFLOW
from tests.suite import ROOT
from tests.workflows.expressions import filled
from tests.workflows.rehearsal import WORKFLOWS, read, wanted

FILES = sorted(each.name for each in WORKFLOWS.glob("*.yml"))
DOCUMENTS = sorted(str(each.relative_to(ROOT)) for each in (ROOT / "docs").glob("*.md"))
PINNED = re.compile(r"uses: (actions/[\w/-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$")
ALONE = {"AUTH0_TENANTS", "AUTH0_MEMORY", "AUTH0_HISTORY", "AUTH0_ENV"}
"""What the legs, the machine and a step of its own decide."""


def steps(name: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for called, job in read(name)["jobs"].items():
        for step in job["steps"]:
            yield called, job, step


@pytest.mark.parametrize("name", FILES)
def test_job_has_what_it_needs_and_no_more(name: str) -> None:
    workflow = read(name)

    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 30
        own = job.get("concurrency", workflow.get("concurrency"))
        assert own["cancel-in-progress"] is False
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    assert all("#" in line for line in text.splitlines() if re.match(r"\s+[a-z-]+: (read|write)\b", line)), "what for?"


def test_what_may_write_an_issue_is_not_near_a_tenants_secrets_where_jobs_are_apart() -> None:
    jobs = read(Path(WORKFLOW).name)["jobs"]

    assert jobs["probe"]["permissions"] == {"contents": "read"}
    assert "environment" not in jobs["publish"]
    assert jobs["monitor"]["permissions"] == jobs["publish"]["permissions"], "the sum of both"
    assert jobs["pages"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert [name for name, job in jobs.items() if "pages" in job["permissions"]] == ["pages"]


def test_token_and_secrets_are_given_to_the_steps_alone_that_need_them() -> None:
    given: dict[str, set[str]] = {}
    for called, job, step in steps(Path(WORKFLOW).name):
        assert "secrets." not in json.dumps(job.get("env", {})).replace("secrets.AUTH0_NOTIFY != ''", ""), called
        told = json.dumps({key: value for key, value in step.items() if key != "if"})
        given.setdefault("token", set()).update([step["name"]] * ("github.token" in told))
        given.setdefault("secret", set()).update([step["name"]] * ("secrets." in told))

    assert given["token"] == {"Restore the history", "Tell"}
    assert given["secret"] == {
        "Take variables that this file does not name from AUTH0_ENV",
        "Ask, in rounds, and record each",
        "Ask, in rounds",
        "Tell",
        "Feed other monitors",
        "Say that the monitor is alive",
    }


def test_file_with_the_secret_lines_is_gone_before_anything_is_uploaded() -> None:
    for called in ("monitor", "probe", "publish"):
        names = [step["name"] for step in read(Path(WORKFLOW).name)["jobs"][called]["steps"]]
        uses = [step.get("uses", "") for step in read(Path(WORKFLOW).name)["jobs"][called]["steps"]]
        gone = names.index("Leave no secret behind, on a machine of one's own")

        assert gone < min(number for number, each in enumerate(uses) if "upload-artifact" in each)


def test_machine_of_ones_own_is_one_variable_in_every_job_that_a_schedule_begins() -> None:
    scheduled = [name for name in FILES if "schedule" in read(name)["on"]]
    machines = {job["runs-on"] for name in scheduled for job in read(name)["jobs"].values()}

    assert machines == {"${{ vars.MONITOR_RUNNER || 'ubuntu-24.04' }}"}


def test_job_that_waits_for_another_runs_is_not_cancelled_by_a_third() -> None:
    """By default GitHub lets one wait, and cancels it when the next comes: at five rounds in five minutes it would."""
    waiting = {name: job["concurrency"] for name, job in read(Path(WORKFLOW).name)["jobs"].items()}
    shared = {name: each for name, each in waiting.items() if "github.run_id" not in each["group"]}

    assert set(shared) == {"monitor", "probe", "publish", "pages"}
    assert all(each.get("queue") == "max" for each in shared.values())


@pytest.mark.parametrize("name", FILES)
def test_command_has_no_expression_in_it_and_is_short(name: str) -> None:
    runs = [step["run"] for _, _, step in steps(name) if "run" in step]

    assert runs
    assert [each for each in runs if "${{" in each or len(each.splitlines()) > 10] == []


@pytest.mark.parametrize("name", FILES)
def test_checkout_leaves_no_token_behind(name: str) -> None:
    checkouts = [step for _, _, step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_action_is_pinned_to_one_commit_everywhere_also_in_the_documents() -> None:
    pins: dict[str, set[str]] = {}
    for file in [*(WORKFLOWS / name for name in FILES), *(ROOT / name for name in DOCUMENTS)]:
        for line in file.read_text(encoding="utf-8").splitlines():
            if "uses: actions/" in line:
                pinned = PINNED.search(line)
                assert pinned, f"{file.name}: {line.strip()}"
                pins.setdefault(pinned[1], set()).add(pinned[2])

    assert {action for action, commits in pins.items() if len(commits) > 1} == set()
    assert "actions/deploy-pages" in pins


@pytest.mark.parametrize("name", [name for name in FILES if "schedule" in read(name)["on"]])
def test_schedule_begins_at_an_odd_minute(name: str) -> None:
    (schedule,) = read(name)["on"]["schedule"]
    first = re.match(r"(\d+)", schedule["cron"])

    assert first
    assert int(first[1]) % 2 == 1


def test_every_variable_has_a_way_into_the_scheduled_run() -> None:
    text = (ROOT / WORKFLOW).read_text(encoding="utf-8")
    handed = re.findall(r"^ +((?:AUTH0|OTEL)_\w+): \$\{\{ (?:secrets|vars)\.\1\b", text, re.MULTILINE)

    wanted = {f"{PREFIX}{name.upper()}" for name in Variables.model_fields} | set(RUN_VARIABLES | OTEL_VARIABLES)
    assert wanted - set(handed) - ALONE == set()


def test_what_is_a_secret_of_our_type_is_a_secret_there_and_is_listed_for_callers() -> None:
    text = (ROOT / WORKFLOW).read_text(encoding="utf-8")
    secret = {f"{PREFIX}{name.upper()}" for name, field in Variables.model_fields.items() if "Secret" in repr(field)}
    used = set(re.findall(r"secrets\.((?:AUTH0|OTEL)_\w+)", text))
    listed = set(read(Path(WORKFLOW).name)["on"]["workflow_call"]["secrets"])

    assert secret <= used
    assert used == listed
    assert not used & set(re.findall(rf"vars\.({PREFIX}\w+)", text)) - {f"{PREFIX}ENV"}


@pytest.mark.parametrize("failed", ["restore", "guard", ""])
def test_history_takes_the_old_ones_place_only_where_both_that_hold_it_have_said_so(failed: str) -> None:
    ends = {name: {"outcome": "failure" if name == failed else "success"} for name in ("restore", "guard")}
    history = [
        step
        for _, _, step in steps(Path(WORKFLOW).name)
        if step.get("with", {}).get("path") in (".monitor/history.sqlite", ".monitor/cached")
        and not step["uses"].startswith("actions/cache/restore")
    ]

    assert len(history) == 4, "a file and its copy in each of the two shapes"
    assert all(wanted(step["if"], {"steps": ends}, well=not failed) is (not failed) for step in history)


def test_what_is_remembered_of_a_tenant_is_not_taken_for_another_whose_name_begins_alike() -> None:
    github = {"run_id": 7, "run_attempt": 1}
    caches: dict[str, list[dict[str, str]]] = {}
    for name in ("prod", "prod-eu", "prod_2"):
        contexts = {"github": github, "env": {"LEG": name}}
        caches[name] = [
            filled(step["with"], contexts)
            for _, _, step in steps(Path(WORKFLOW).name)
            if step.get("with", {}).get("path") == ".monitor/memory"
        ]

    kept = {given["key"]: name for name, both in caches.items() for given in both}
    for name, both in caches.items():
        (wanted_,) = {given["restore-keys"] for given in both if "restore-keys" in given}
        assert [owner for key, owner in kept.items() if key.startswith(wanted_)] == [name]


def test_inputs_by_hand_and_by_a_call_are_the_same_and_typed() -> None:
    on = read(Path(WORKFLOW).name)["on"]
    by_hand, by_call = on["workflow_dispatch"]["inputs"], on["workflow_call"]["inputs"]

    assert set(by_call) - set(by_hand) == {"tenants"}
    assert set(by_hand) <= set(by_call)
    assert all(each["type"] and each["description"] for each in (*by_hand.values(), *by_call.values()))


def test_call_that_says_nothing_leaves_it_to_the_variables_of_the_repository() -> None:
    inputs = read(Path(WORKFLOW).name)["on"]["workflow_call"]["inputs"]

    assert {name for name, each in inputs.items() if each["default"]} == set()


def test_documents_that_show_a_workflow_show_one_that_can_be_read() -> None:
    shown = [
        block
        for name in DOCUMENTS
        for block in re.findall(r"```yaml\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    ]

    assert all(list(yaml.safe_load_all(block)) for block in shown)
