from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor import program

CHILD = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2);open('late', 'w').close(); time.sleep(9)"])
open("child", "w").write(str(child.pid))
time.sleep(60)
"""


def run(code: str, seconds: float = 30, text: str = "", **values: str) -> subprocess.CompletedProcess[bytes]:
    return program.run([sys.executable, "-c", code], values=os.environ | values, seconds=seconds, text=text)


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_program_is_given_a_text_and_an_environment_and_tells_all_that_it_printed() -> None:
    told = run(
        "import os, sys; print(sys.stdin.read() + os.environ['WORD']); sys.exit('no')", text="what ", WORD="ever"
    )

    assert (told.returncode, told.stdout, told.stderr) == (1, b"what ever\n", b"no\n")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it is told by /proc which processes there are")
def test_program_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(subprocess.TimeoutExpired):
        run(CHILD, seconds=1.5)

    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)
    time.sleep(2.2)
    assert not (tmp_path / "late").exists(), "something happened after the deadline"


def test_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file"):
        program.run(["/nowhere/gh"], values={}, seconds=1)
