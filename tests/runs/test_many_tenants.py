"""docs/many-tenants.md: what it tells people to write does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from monitor.reports.__main__ import main
from monitor.shards import Shard
from tests.suite import ROOT

DOCUMENT = ROOT / "docs/many-tenants.md"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    return found


def ran(script: str, folder: Path, **variables: str) -> list[str]:
    """The arguments that this script gives to Python."""
    shim = folder / "bin" / "python"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    shim.chmod(0o755)
    environment = {"PATH": f"{shim.parent}:{os.environ['PATH']}"} | variables
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.split("\n")[:-1]


def test_workflow_is_one(tmp_path: Path) -> None:
    (tmp_path / "workflow.yml").write_text(blocks("yaml")[0])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, str(tmp_path / "workflow.yml")], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_workflow_expects_as_many_legs_as_it_has() -> None:
    workflow = yaml.safe_load(blocks("yaml")[0])
    parts = workflow["jobs"]["probe"]["strategy"]["matrix"]["part"]

    assert parts == [*range(1, len(parts) + 1)]
    assert f"--expect {len(parts)}" in blocks("yaml")[0]


def test_actions_of_the_workflow_are_those_that_we_pin() -> None:
    pinned = re.findall(r"uses: (\S+@\w+)", (ROOT / ".github/workflows/synthetic.yml").read_text())
    used = re.findall(r"uses: (\S+@\w+)", blocks("yaml")[0])

    names = {each.partition("@")[0] for each in pinned}
    assert {each for each in used if each.partition("@")[0] in names} <= set(pinned)
    assert all(re.search(r"@[0-9a-f]{40}$", each) for each in used)


def test_every_index_of_the_job_is_a_part_of_its_own(tmp_path: Path) -> None:
    job = yaml.safe_load(blocks("yaml")[1])["spec"]["jobTemplate"]["spec"]
    (script,) = job["template"]["spec"]["containers"][0]["args"]
    shards, folders = [], set()
    for index in range(job["completions"]):
        arguments = ran(script, tmp_path, JOB_COMPLETION_INDEX=str(index), RUN="synthetic-1")
        assert arguments[:3] == ["-m", "pytest", "--live"]
        shards.append(Shard.parse(arguments[arguments.index("--shard") + 1]))
        folders.add(arguments[-1])

    assert shards == [Shard(number, len(shards)) for number in range(1, len(shards) + 1)]
    assert folders == {f"--reports=/legs/synthetic-1/{index}" for index in range(len(shards))}
    assert f"--expect {len(shards)}" in blocks("sh")[0]


def test_newest_run_of_the_volume_is_merged(tmp_path: Path) -> None:
    for age, name in enumerate(("synthetic-3", "synthetic-2")):
        for index in range(2):
            (tmp_path / "legs" / name / str(index)).mkdir(parents=True)
        os.utime(tmp_path / "legs" / name, (1_800_000_000 - age, 1_800_000_000 - age))
    arguments = ran(blocks("sh")[0].replace("/legs", str(tmp_path / "legs")), tmp_path)

    newest = tmp_path / "legs" / "synthetic-3"
    assert arguments[:3] == ["-m", "monitor.reports", "merge"]
    assert arguments[3:5] == [str(newest / "0"), str(newest / "1")]
    with pytest.raises(SystemExit) as ended:
        main([*arguments[2:], "--help"])
    assert ended.value.code == 0
