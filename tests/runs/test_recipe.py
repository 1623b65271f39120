"""CONTRIBUTING's recipe of a probe, followed as it is written there, in a copy of the project."""

from __future__ import annotations

import re
import subprocess
import textwrap
from pathlib import Path

import pytest

import sandbox
from tests.forks import python
from tests.runs.conftest import Run
from tests.suite import ROOT, ROWS, copied, environment

PROBE, DRILL = "id_token_names_the_users_mail", "mail-not-asked-for"
BELOW = {"tests/drills/table.py": "ID_TOKEN = (\n", "tests/drills/corpus.py": "INCIDENTS: dict[str, Incident] = {\n"}
"""What a row stands below, where a block is one; all else is put at the end of its file."""


@pytest.fixture(scope="module")
def section() -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return text.partition("\n## A probe\n")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def recipe(section: str) -> dict[str, str]:
    """What is put where: blocks of code by the file that each names in its first line."""
    return dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def followed(section: str, recipe: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which all that was done, its command too."""
    root = copied(tmp_path_factory.mktemp("followed") / "project")
    for name, code in recipe.items():
        text = (root / name).read_text(encoding="utf-8")
        before, opened, rows = text.partition(BELOW.get(name, "nothing at all"))
        assert bool(opened) == (name in BELOW)
        row = code.removeprefix(f"{opened}    ...,\n").removesuffix(")\n") if opened in code else code
        row = textwrap.indent(textwrap.dedent(row), "    ")
        new = f"{before}{opened}{row}{rows}" if opened else f"{text}\n\n{code}"
        (root / name).write_text(new, encoding="utf-8")
    assert f"make drill ARGS={DRILL}\n" in section
    ran(root, "tests.drills", DRILL)
    return root


def ran(root: Path, *command: str) -> str:
    """What a module of Python printed that ended well in this folder."""
    done = subprocess.run(
        python("-m", *command),
        cwd=root,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def contents(root: Path) -> dict[str, bytes]:
    files = (
        path
        for name in ("docs", "monitor", "sandbox", "tests", "tests_synthetic")
        for path in root.glob(f"{name}/**/*")
    )
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in files
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_recipe_names_exactly_the_files_that_it_needs(section: str, recipe: dict[str, str], followed: Path) -> None:
    before, after = contents(ROOT), contents(followed)
    changed = {name for name in after if after[name] != before.get(name)}

    assert changed == {*recipe, "docs/drills.md"}
    assert {name for name in changed if name not in section} == set()
    assert "tests_synthetic/test_login.py" in changed


def test_recipes_probe_is_up_where_all_is_well_and_its_owner_is_named_where_it_is_not(
    followed: Path, tmp_path: Path
) -> None:
    with sandbox.start() as box:
        run = Run(box, tmp_path, root=followed)
        well = run("-k", "test_login")
        ill = run("-k", "test_login", AUTH0_SCOPE="openid profile")

    assert {verdict["status"] for (probe, _), verdict in well.verdicts.items() if probe == PROBE} == {"up"}
    down = {verdict["id"] for verdict in ill.verdicts.values() if verdict["status"] == "down"}
    (cause,) = ill.document["diagnosis"]["causes"]
    assert (cause["rule"], cause["owner"]) == ("scope", "configuration")
    assert set(cause["verdicts"]) == down == {each["id"] for (probe, _), each in ill.verdicts.items() if probe == PROBE}
    assert "the ID token lacks the claim email" in ill.output


def test_recipes_drill_has_its_row_in_the_docs(followed: Path) -> None:
    rows = (followed / "docs/drills.md").read_text(encoding="utf-8").splitlines()

    ill = ROWS["login"]
    assert f"| `{DRILL}` | the scope asks for no mail address | {ill} | down | configuration | configuration |" in rows


def test_tests_of_all_probes_hold_the_recipes_too(followed: Path) -> None:
    files = (
        "diagnosis/test_diagnosis.py",
        "drills/test_drills.py",
        "drills/test_corpus.py",
        "drills/test_score.py",
        "runs/test_pytest.py",
    )
    chosen = f"{DRILL} or every_probe or names_what_there_is or page_in_the_docs or [login-refused] or many_tenants"
    said = ran(followed, "pytest", "-v", "-p", "no:cacheprovider", *(f"tests/{file}" for file in files), "-k", chosen)
    passed = set(re.findall(r"::(\S+) PASSED", said))

    assert passed >= {
        "test_every_probe_of_ours_says_what_it_stands_on",
        "test_every_probe_is_turned_red_by_some_drill",
        "test_fault_changes_exactly_the_expected_verdicts[login-refused]",
        f"test_incident_is_called_its_owners_work_and_each_cause_once[{DRILL}]",
        "test_page_in_the_docs_has_the_score_of_its_rows",
        "test_workers_share_many_tenants_and_each_logs_in_once",
    }


def test_recipes_code_is_as_ours_is(recipe: dict[str, str], followed: Path) -> None:
    ran(followed, "ruff", "check", "--no-cache", *recipe)
    ran(followed, "ruff", "format", "--no-cache", "--check", *recipe)
