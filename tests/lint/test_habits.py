"""What holds of the project's own habits: what `make lint` reads, what CI and the editors call, and the versions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import VERSION
from tests.suite import ROOT
from tests.workflows.rehearsal import read

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def commands(target: str) -> list[str]:
    """What `make` would run for this target, line by line; nothing is run."""
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", target],  # noqa: S607 -- whichever make there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dry.stdout.splitlines()


def spelled(folder: Path, content: str, name: str = "page.md") -> subprocess.CompletedProcess[str]:
    """What codespell says of a file, by the project's settings."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "codespell_lib"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def step(job: str, begins: str) -> str:
    """The command of a step of ci.yml."""
    (command,) = [
        each["run"] for each in read("ci.yml")["jobs"][job]["steps"] if each.get("run", "").startswith(begins)
    ]
    return str(command)


def test_every_target_of_the_makefile_is_one_that_help_explains() -> None:
    explained = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)

    assert phony
    assert explained == TARGETS == set(phony[1].split())


def test_lint_spells() -> None:
    assert any(line.endswith("-m codespell_lib") for line in commands("lint"))


def test_format_orders_imports_and_formats() -> None:
    order, layout = [line.partition("-m ")[2] for line in commands("format") if "-m ruff" in line]

    assert order.split()[:2] == ["ruff", "check"]
    assert {"--fix", "I"} <= set(order.split())
    assert layout.split()[:2] == ["ruff", "format"]
    assert "--check" not in layout


def test_every_yaml_file_of_github_is_held_against_a_schema() -> None:
    held = " ".join(line for line in commands("lint") if "check_jsonschema" in line).split()
    files = {file.relative_to(ROOT).as_posix() for file in (ROOT / ".github").rglob("*.yml")}

    assert files - set(held) == set()
    assert held.count(".github/ISSUE_TEMPLATE/config.yml") == 1


@pytest.mark.parametrize("name", ["page.md", ".github/form.yml", "code.py"])
def test_word_that_is_misspelt_is_found_wherever_it_stands(name: str, tmp_path: Path) -> None:
    told = spelled(tmp_path, "They recieve it.\n", name)  # codespell:ignore recieve

    assert told.returncode != 0
    assert "recieve ==> receive" in told.stdout  # codespell:ignore recieve


@pytest.mark.parametrize(
    "name", ["reports/report.html", ".venv/lib/code.py", "requirements-dev.txt", ".mypy_cache/a.md"]
)
def test_what_is_not_ours_is_not_spelled(name: str, tmp_path: Path) -> None:
    assert spelled(tmp_path, "They recieve it.\n", name).stdout == ""  # codespell:ignore recieve


def test_every_word_that_is_let_pass_stands_somewhere() -> None:
    files = (file for folder in ("monitor", "tests") for file in (ROOT / folder).rglob("*.py"))
    text = "\n".join(file.read_text(encoding="utf-8").lower() for file in files if file != Path(__file__))

    assert [word for word in PROJECT["tool"]["codespell"]["ignore-words-list"].split(",") if word not in text] == []


def test_ci_calls_targets_of_the_makefile_alone_and_all_that_the_gate_calls() -> None:
    runs = [each["run"] for job in read("ci.yml")["jobs"].values() for each in job["steps"] if "run" in each]
    called = {run.removeprefix("make ") for run in runs if run.startswith("make ")}
    called = {each.partition(" ")[0] for each in called}
    gate = set(re.findall(r"^make (\w+)\b", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE))

    assert gate == {"lint", "test", "docs", "soak", "probe"}
    assert called == gate | {"coverage"}  # which takes too long to stand in everybody's way
    assert called <= TARGETS


@pytest.mark.parametrize("lacking", ["", "report.html", "junit.xml", "results.json"])
@pytest.mark.parametrize("empty", [False, True])
def test_probe_of_ci_is_red_where_a_report_is_missing_or_empty(lacking: str, *, empty: bool, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in ("report.html", "junit.xml", "results.json"):
        if name != lacking:
            (tmp_path / "reports" / name).write_text("written", encoding="utf-8")
        elif empty:
            (tmp_path / "reports" / name).touch()
    ran = subprocess.run(
        ["bash", "-e", "-c", step("probe", "for report in ")],  # noqa: S607 -- as the runner starts it
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.returncode == bool(lacking), ran.stderr
    assert f"reports/{lacking} " in ran.stdout if lacking else ran.stdout == ""


def test_ci_asks_for_the_same_reports_as_the_gate() -> None:
    asked = r"^ *for report in (.+); do$"
    (gate,) = re.findall(asked, (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    (ci,) = re.findall(asked, step("probe", "for report in "), re.MULTILINE)

    assert ci.split() == gate.split()


def test_hook_before_a_commit_is_make_lint_and_no_tool_of_its_own() -> None:
    hooks: Any = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    ((repository,),) = hooks.values()
    (hook,) = repository["hooks"]

    assert repository["repo"] == "local"
    assert (hook["entry"], hook["language"]) == ("make lint", "system")
    assert hook["pass_filenames"] is False
    assert hook["always_run"] is True


def test_container_to_develop_in_has_a_python_that_will_do_and_makes_the_environment() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    image, _, version = container["image"].rpartition(":")
    made = container["postCreateCommand"].removeprefix("make ")

    assert image.endswith("/python")
    assert tuple(map(int, version.split("."))) >= (3, 11)
    assert f"\n{made.replace('.venv', '$(VENV)')}: " in MAKEFILE
    assert "requirements-dev.txt" in "\n".join(commands(made))


def test_people_who_come_with_an_issue_are_led_to_a_form_or_to_who_can_help() -> None:
    chooser = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text(encoding="utf-8"))
    documents = re.findall(r"[\w/.-]+\.md", " ".join(link["about"] for link in chooser["contact_links"]))

    assert chooser["blank_issues_enabled"] is False
    assert documents
    assert [name for name in documents if not (ROOT / name).exists()] == []


def test_changelog_begins_with_what_is_unreleased_and_its_newest_version_is_the_projects() -> None:
    (first, _), *released = re.findall(r"^## \[(.+?)\](?: - (.+))?$", CHANGELOG, re.MULTILINE)
    dates = [date.fromisoformat(day) for _, day in released]

    assert first == "Unreleased"
    assert released[0][0] == VERSION == PROJECT["project"]["version"]
    assert dates == sorted(dates, reverse=True)


def test_changelog_has_the_sections_of_its_form_and_no_other() -> None:
    sections = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))

    assert sections <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_alias_is_there_until_the_version_that_takes_it_out() -> None:
    releasing = (ROOT / "RELEASING.md").read_text(encoding="utf-8")
    aliases = re.findall(
        r"^\| `python -m ([\w.]+)` \| `python -m ([\w.]+)[^`]*` \| (\d+)\.(\d+) \|$", releasing, re.MULTILINE
    )
    version = tuple(map(int, VERSION.split(".")[:2]))

    assert len(aliases) == releasing.count("\n| `python -m ") > 0
    for alias, instead, *numbers in aliases:
        assert find_spec(instead)
        assert bool(find_spec(alias)) == (version < tuple(map(int, numbers))), alias


def test_every_file_that_a_page_of_the_front_links_to_is_there() -> None:
    pages = [ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "RELEASING", "SECURITY")]
    links = {
        (page.name, link) for page in pages for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    }

    assert links
    assert {(name, link) for name, link in links if not (ROOT / link).exists()} == set()
