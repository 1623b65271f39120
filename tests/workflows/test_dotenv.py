from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from monitor.actions import dotenv
from monitor.configuration import settings
from tests.forks import python
from tests.suite import ROOT

SECRET = """\
# users of connections
AUTH0_CONNECTION_AD_USERNAME=monitor@acme.example
AUTH0_CONNECTION_AD_PASSWORD="p%ss # w0rd"
export AUTH0_TIMEOUT=20
AUTH0_EXPECTED_CLAIMS='{
  "https://acme.example/plan": "pro"
}'
"""


def asked(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """The step, in this folder."""
    return subprocess.run(
        python("-m", "monitor.actions", "dotenv"),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "GITHUB_ACTIONS": "true", "PATH": ""}
        | {f"AUTH0_ENV_{name.upper()}": value for name, value in values.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_lines_are_what_a_run_reads_then_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = asked(tmp_path, variable="AUTH0_TIMEOUT=10\r\nAUTH0_REGION=EU-1\r\n", secret=SECRET)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    for name in ("AUTH0_TIMEOUT", "AUTH0_REGION", "AUTH0_EXPECTED_CLAIMS"):
        monkeypatch.delenv(name, raising=False)
    values, remarks = settings.environment(tmp_path)
    assert remarks == ()
    assert values["AUTH0_TIMEOUT"] == "20"
    assert values["AUTH0_REGION"] == "EU-1"
    assert values["AUTH0_CONNECTION_AD_PASSWORD"] == "p%ss # w0rd"
    assert values["AUTH0_EXPECTED_CLAIMS"].startswith("{\n")


def test_each_value_is_masked_line_by_line_and_names_alone_are_told(tmp_path: Path) -> None:
    ran = asked(tmp_path, variable="AUTH0_REGION=EU-1", secret=SECRET)

    masks = [line.removeprefix("::add-mask::") for line in ran.stdout.splitlines() if line.startswith("::add-mask::")]
    assert masks == ["EU-1", "monitor@acme.example", "p%25ss # w0rd", '"https://acme.example/plan": "pro"']
    (told,) = [line for line in ran.stdout.splitlines() if not line.startswith("::add-mask::")]
    names = [f"AUTH0_{each}" for each in ("CONNECTION_AD_PASSWORD", "CONNECTION_AD_USERNAME", "EXPECTED_CLAIMS")]
    assert told == f"AUTH0_ENV: {', '.join([*names, 'AUTH0_REGION', 'AUTH0_TIMEOUT'])}"


def test_line_that_is_no_variable_is_red_by_its_number_and_costs_no_other(tmp_path: Path) -> None:
    ran = asked(tmp_path, secret="AUTH0_DOMAIN=a.example\nhunter2 is the password\nAUTH0_SCOPE=openid\n")

    assert ran.returncode == 1
    assert "::error title=AUTH0_ENV::AUTH0_ENV (the secret), line 2: not NAME=value" in ran.stdout
    assert "hunter2" not in ran.stdout + ran.stderr
    assert "AUTH0_SCOPE=openid" in (tmp_path / ".env").read_text()


def test_nothing_is_written_where_nothing_is_set_and_a_file_that_is_there_stays(tmp_path: Path) -> None:
    assert asked(tmp_path).returncode == 0
    assert not (tmp_path / ".env").exists()

    (tmp_path / ".env").write_text("mine")
    ran = asked(tmp_path, secret="AUTH0_DOMAIN=a.example")
    assert ran.returncode == 1
    assert ".env cannot be written (File exists)" in ran.stdout
    assert (tmp_path / ".env").read_text() == "mine"


def test_later_text_wins_and_lines_are_counted_in_their_own_text() -> None:
    found = dotenv.read([("first", "A=1\r\nB=2\r\nno value"), ("second", "# note\n\nB=3\nC=\nalone\n'x")])

    assert found.values == {"A": "1", "B": "3", "C": ""}
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "first, line 3",
        "second, line 5",
        "second, line 6",
    ]


def test_what_a_later_text_sets_is_written_once_as_it_stands_there(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    dotenv.write(file, ["A=1\nB=2\n", "  \n", "# kept\nexport B='3 4'\nD=\"ü\""])

    assert file.read_text(encoding="utf-8") == "A=1\n# kept\nexport B='3 4'\nD=\"ü\"\n"
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        dotenv.write(file, ["A=2"])
