"""The files of deploy/: valid by the schemas of whoever reads them, and calling only what there is."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.forks import python
from tests.suite import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
CALLING = [path for path in FILES if path.parent.name not in ("prometheus", "grafana")]
"""Those that call something of ours; the others are for programs that read what was found."""

NAMES = [str(path.relative_to(DEPLOY)) for path in FILES]
UNITS = sorted((DEPLOY / "systemd").iterdir())
CLOCKS = (DEPLOY / "systemd/auth0-clock.service", DEPLOY / "kubernetes/clock.yaml")
"""They begin the run on GitHub, and have no copy of the suite."""

MANIFESTS = [
    (path.name, number, document)
    for path in sorted((DEPLOY / "kubernetes").iterdir())
    for number, document in enumerate(yaml.safe_load_all(path.read_text(encoding="utf-8")))
]
KUBERNETES = ("1.30", "1.37")
"""The oldest and the newest version that the manifests are held against."""

_COMMAND = re.compile(r"(monitor\.(?:rounds|telling|summary|history))\b([^\n|&;>]*)")
_OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
_COMMANDS = {"monitor.rounds": ("join",), "monitor.telling": (), "monitor.summary": (), "monitor.history": ()}


def commands(text: str) -> list[tuple[str, str]]:
    """The modules that this text calls, each with its arguments, which a container has as a list."""
    told = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\s*\n\s+(?=--)", " ", told)
    return [(found[1], found[2]) for found in _COMMAND.finditer(re.sub(r'[\[\],"]', " ", joined))]


@cache
def options(module: str, command: str) -> set[str]:
    """What the command takes, by its own word."""
    ran = subprocess.run(
        python("-m", module, *filter(None, [command]), "--help"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(re.findall(r"--[a-z][a-z-]*", ran.stdout))


@pytest.mark.parametrize("path", CALLING, ids=[str(path.relative_to(DEPLOY)) for path in CALLING])
def test_every_command_is_one_that_there_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    called = commands(text)

    idle = path.suffix == ".timer" or path in CLOCKS or path.parent.name == "zabbix"  # which is imported
    assert called or idle, "nothing of ours is called"
    for module, arguments in called:
        first = arguments.split()[0] if arguments.split() else ""
        own = arguments.partition(" -- ")[0]
        asked = first if first in _COMMANDS[module] else ""
        assert set(_OPTION.findall(own)) - options(module, asked) == set(), f"{module} {own}"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_file_has_its_page_in_the_documents(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    pages = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}

    assert [page for page, text in pages.items() if name in text], f"no page names {name}"


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize(
    "document", [each for *_, each in MANIFESTS], ids=[f"{name}-{number}" for name, number, _ in MANIFESTS]
)
def test_manifest_is_valid(document: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize(
    "document",
    [each for *_, each in MANIFESTS if each["kind"] == "CronJob"],
    ids=[f"{name}-{number}" for name, number, each in MANIFESTS if each["kind"] == "CronJob"],
)
def test_job_repeats_no_login_and_may_do_no_more_than_it_has_to(document: dict[str, Any]) -> None:
    job = document["spec"]["jobTemplate"]["spec"]
    pod = job["template"]["spec"]

    assert document["spec"]["concurrencyPolicy"] == "Forbid"
    assert job.get("backoffLimit", job.get("backoffLimitPerIndex")) == 0
    assert job["activeDeadlineSeconds"]
    assert pod["restartPolicy"] == "Never"
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    volumes = {each["name"] for each in pod["volumes"]}
    for container in pod["containers"]:
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert container["resources"]["limits"]["memory"], "a pod that grows is ended, and not its neighbours"
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {each["name"] for each in container["volumeMounts"]} == volumes


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_is_one_that_systemd_takes(path: Path, tmp_path: Path) -> None:
    """By systemd itself, where it is; the program that is not installed here stands for itself."""
    text = path.read_text(encoding="utf-8")
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    assert parser["Unit"]["Description"]
    if path.suffix == ".timer":
        assert parser["Install"]["WantedBy"] == "timers.target"
        assert path.with_suffix(".service") in UNITS
    else:
        assert parser["Service"]["Type"] == "oneshot"
        assert parser["Service"]["DynamicUser"] == "yes"
        ill = parser["Service"].get("SuccessExitStatus")
        assert ill == (None if path in CLOCKS else "1"), "a tenant that is ill is no failure of the unit"

    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("systemd-analyze is not here: the structure was held, systemd's own word was not heard")
    for unit in UNITS:
        here = unit.read_text(encoding="utf-8").replace("/opt/auth0-monitor/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(here.replace("/opt/auth0-monitor", str(ROOT)), encoding="utf-8")
    ran = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / path.name)], capture_output=True, text=True, check=False
    )
    told = [line for line in ran.stderr.splitlines() if "auth0-monitor" in line]
    assert told == []


def hardening(path: Path) -> set[str]:
    """The lines of a unit that take something from its process."""
    text = path.read_text(encoding="utf-8")
    words = r"(?:Capability|Lock|MemoryDeny|NoNew|Private|Protect|Restrict|SystemCall|UMask)\w*=.*"
    return set(re.findall(rf"^{words}$", text, re.MULTILINE))


def test_every_unit_may_do_as_little_as_the_one_that_asks() -> None:
    services = [path for path in UNITS if path.suffix == ".service"]
    least = hardening(DEPLOY / "systemd/auth0-monitor.service")

    assert len(least) >= 19
    assert len(services) == 3
    assert {path.name: least - hardening(path) for path in services} == {path.name: set() for path in services}


def begun(path: Path) -> dict[str, Any]:
    """What this clock hands to GitHub."""
    posted = re.search(r"--data[= ]'?(\{.*\}\})'", path.read_text(encoding="utf-8").replace("\n", " "))
    assert posted
    document: dict[str, Any] = json.loads(posted[1])
    return document


@pytest.mark.parametrize("path", [*CLOCKS, ROOT / "docs/github.md"], ids=lambda path: path.name)
def test_clock_begins_a_run_that_the_workflow_takes_and_has_its_token_in_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load((ROOT / ".github/workflows/synthetic.yml").read_text(encoding="utf-8"))
    taken = workflow[True]["workflow_dispatch"]["inputs"]

    assert begun(path)["ref"] == "main"
    assert set(begun(path)["inputs"]) <= set(taken)
    assert "/actions/workflows/synthetic.yml/dispatches" in text
    assert re.search(r"--header[= ]@", text), "on a command line everybody can read it"
    assert not re.search(r"--header[= ]'?Authorization", text)


def test_container_is_built_from_what_is_there_and_from_nothing_secret() -> None:
    """Held by its structure, wherever this is; test_container builds it where there is a builder."""
    lines = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text(encoding="utf-8")).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    copied = [name for word, rest in steps if word == "COPY" for name in rest.split()[:-1]]
    kept = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }

    assert steps[0][0] == "FROM"
    assert {word for word, _ in steps} <= {
        "FROM",
        "ENV",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "VOLUME",
        "ENTRYPOINT",
        "CMD",
    }
    assert all((ROOT / name).exists() for name in copied)
    assert set(copied) == kept
    words = [word for word, _ in steps]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert all("--require-hashes" in part for word, rest in steps if "pip install" in rest for part in rest.split("&&"))


def test_doctor_looks_at_a_container_as_well(tmp_path: Path) -> None:
    for line in (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines():
        word, *names = line.split() or [""]
        for name in names[:-1] if word == "COPY" else []:
            source = ROOT / name
            into = tmp_path / name
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, into) if source.is_dir() else shutil.copyfile(source, into)
    ran = subprocess.run(
        [sys.executable, "-m", "monitor.doctor", "--reports", str(tmp_path / "reports")],
        cwd=tmp_path,
        env={"PATH": "", "AUTH0_DOMAIN": "localhost:1", "AUTH0_DEPENDENCIES": "none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "packages are as pyproject.toml asks" in ran.stdout
    assert "in a shell: export AUTH0_PASSWORD=" in ran.stdout
    assert "on GitHub:" not in ran.stdout, "there is no workflow to hand it on"


def jobs_of_azure() -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((DEPLOY / "azure-pipelines.yml").read_text(encoding="utf-8"))
    return {job["job"]: job for job in document["jobs"]}


@pytest.mark.parametrize(("code", "red"), [(0, False), (1, True), (2, True)])
def test_azure_keeps_the_history_of_a_run_that_is_ill_and_is_red_all_the_same(
    tmp_path: Path, code: int, *, red: bool
) -> None:
    """Azure saves a cache only where its job succeeded, and there the history is."""
    jobs = jobs_of_azure()
    (ask,) = [step for step in jobs["monitor"]["steps"] if step.get("name") == "ask"]
    (verdict,) = [step for step in jobs["verdict"]["steps"] if "script" in step]
    (tmp_path / "python").write_text(f"#!/bin/sh\nexit {code}\n")
    (tmp_path / "python").chmod(0o755)

    def bash(script: str, **values: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": f"{tmp_path}:/usr/bin:/bin"} | values
        return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=False)  # noqa: S607

    asked = bash(ask["script"])
    assert asked.returncode == 0
    said = re.fullmatch(r"##vso\[task.setvariable variable=ended;isOutput=true\](.+)\n", asked.stdout)
    assert jobs["verdict"]["variables"]["ended"] == "$[dependencies.monitor.outputs['ask.ended']]"
    assert jobs["verdict"]["condition"] == "always()"
    ended = said[1] if said else ""
    assert (bash(verdict["script"], ENDED=ended, MONITORED="Succeeded").returncode != 0) is red
    assert bash(verdict["script"], ENDED=ended, MONITORED="Failed").returncode != 0


def test_azure_hands_on_every_secret_that_the_scheduled_run_of_github_does() -> None:
    (ask,) = [step for step in jobs_of_azure()["monitor"]["steps"] if step.get("name") == "ask"]
    text = (ROOT / ".github/workflows/synthetic.yml").read_text(encoding="utf-8")

    assert set(re.findall(r"secrets\.((?:AUTH0|OTEL)_\w+)", text)) - {"AUTH0_ENV"} == set(ask["env"]) - {"AUTH0_LOGIN"}
    assert all(value == f"$({name})" for name, value in ask["env"].items() if name != "AUTH0_LOGIN")


def test_crontab_has_lines_of_a_time_a_user_and_a_command() -> None:
    lines = (DEPLOY / "auth0-monitor.cron").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if line and not re.match(r"#|[A-Z0-9_]+=", line)]

    assert len(jobs) == 2
    assert all(
        re.fullmatch(r"[\d*/,-]+( +[\d*/,-]+){4} +auth0-monitor cd /opt/auth0-monitor && .+", job) for job in jobs
    )
    assert all("%" not in job for job in jobs), "cron takes it for the end of the line"
