"""The gate: a test that failed beside the others is run again alone and named, and nothing else of it is let off."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.suite import ROOT

FAILED = ".pytest_cache/v/cache/lastfailed"


def gate(folder: Path, *failed: str, again: int) -> subprocess.CompletedProcess[str]:
    """What the gate makes of a run in which these tests failed, and of what ``make test`` says of them then."""
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    function = re.search(r"^once_more\(\) \{\n.*?^\}\n", run, re.MULTILINE | re.DOTALL)
    assert function, ".ci/run has no function once_more"
    (folder / FAILED).parent.mkdir(parents=True)
    (folder / FAILED).write_text("{\n" + ",\n".join(f'  "{each}": true' for each in failed) + "\n}")
    first = f'make() {{ if [ -n "${{2:-}}" ]; then echo "asked: $*"; return {again}; fi; return 2; }}'
    script = (
        f'set -euo pipefail\nheading() {{ echo "== $1"; }}\n{first}\n{function[0]}make test || once_more\necho GREEN\n'
    )
    bash = shutil.which("bash") or "bash"
    return subprocess.run([bash, "-c", script], cwd=folder, capture_output=True, text=True, check=False)


def test_test_that_passes_alone_is_named_and_lets_the_gate_pass(tmp_path: Path) -> None:
    ran = gate(tmp_path, "tests/wire/test_door.py::test_late[a]", again=0)

    assert ran.returncode == 0, ran.stderr
    assert "asked: test ARGS=--last-failed --last-failed-no-failures none -n 0 -v" in ran.stdout
    assert "tests/wire/test_door.py::test_late[a]" in ran.stdout.partition("mend it")[2]
    assert ran.stdout.endswith("GREEN\n")


@pytest.mark.parametrize(
    ("failed", "again", "asked"),
    [(1, 2, True), (4, 0, False), (0, 0, False)],
    ids=["fails-again", "more-than-three", "none-by-name"],
)
def test_what_fails_again_or_is_no_exception_fails_the_gate(
    tmp_path: Path, failed: int, again: int, *, asked: bool
) -> None:
    ran = gate(tmp_path, *(f"tests/test_a.py::test_{number}" for number in range(failed)), again=again)

    assert ran.returncode != 0
    assert ("asked:" in ran.stdout) is asked
    assert "GREEN" not in ran.stdout
