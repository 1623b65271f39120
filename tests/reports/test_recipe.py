"""A report is a file and a row: what CONTRIBUTING says of it is done on a copy, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sandbox
from tests.forks import python
from tests.suite import ROOT, Performance, configured, environment, perform

NAME, MODULE = "verdicts.csv", "monitor/reports/verdicts_csv.py"
LAST = "    EVIDENCE,\n)\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite with the report of CONTRIBUTING's recipe."""
    root = tmp_path_factory.mktemp("suite")
    shutil.copytree(ROOT / "monitor", root / "monitor", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("sandbox", "tests_synthetic", "conftest.py", "pytest.ini"):
        (root / name).symlink_to(ROOT / name)
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A report\n")[2].partition("\n## ")[0]
    module, rows_ = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (row,) = re.findall(r"^ +Report\(.*\),\n", rows_, re.MULTILINE)
    rows = root / "monitor/reports/__init__.py"
    text = rows.read_text(encoding="utf-8")
    assert text.count(LAST) == 1
    rows.write_text(text.replace(LAST, LAST.removesuffix(")\n") + row + ")\n"), encoding="utf-8")
    assert MODULE in section
    (root / MODULE).write_text(module, encoding="utf-8")
    return root


def run(copy: Path, *arguments: str) -> str:
    """Python in this copy, which must end well; what it printed."""
    ran = subprocess.run(
        python(*arguments),
        cwd=copy,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def asked(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """A run in which something is ill."""
    folder = tmp_path_factory.mktemp("run")
    with sandbox.start(["node-ill"]) as box:
        return perform(folder / "reports", configured(box, folder), "-k", "node or health", root=copy)


def test_it_is_written_with_the_others_and_named_on_the_last_screen(asked: Performance) -> None:
    lines = (asked.reports / NAME).read_text(encoding="utf-8").splitlines()

    assert len(lines) == len(asked.document["verdicts"]) > 2
    assert "node_says_ok,localhost:127.0.0.2,down" in lines
    assert NAME in asked.output.partition("reports   ")[2]


def test_it_is_rebuilt_from_results_json(copy: Path, asked: Performance, tmp_path: Path) -> None:
    run(copy, "-m", "monitor.reports", str(asked.reports), "--reports", str(tmp_path))

    assert (tmp_path / NAME).read_bytes() == (asked.reports / NAME).read_bytes()
    assert NAME in run(copy, "-m", "monitor.reports", "--help")


def test_status_page_has_a_copy_and_links_to_it(copy: Path, asked: Performance, tmp_path: Path) -> None:
    beside = tmp_path / "reports"
    shutil.copytree(asked.reports, beside)
    where = ("--reports", str(beside), "--site", str(tmp_path / "site"), "--history", str(tmp_path / "none.sqlite"))
    for _ in range(2):  # it is known as ours, or the second site would not take the place of the first
        run(copy, "-m", "monitor.site", *where)

    assert (tmp_path / "site/latest" / NAME).read_bytes() == (asked.reports / NAME).read_bytes()
    assert f'href="latest/{NAME}"' in (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert f'href="{NAME}"' in (beside / "index.html").read_text(encoding="utf-8")


KEPT = """
import sys
from pathlib import Path
from monitor.rounds import archive
archive.newest(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_it_is_kept_with_its_round_and_the_newest_lies_on_top(copy: Path, asked: Performance, tmp_path: Path) -> None:
    round_ = tmp_path / "rounds" / "20261122T210000Z-1"
    shutil.copytree(asked.reports, round_)
    run(copy, "-c", KEPT, str(tmp_path), str(round_))
    assert (tmp_path / NAME).read_bytes() == (round_ / NAME).read_bytes()

    (round_ / NAME).unlink()
    run(copy, "-c", KEPT, str(tmp_path), str(round_))
    assert not (tmp_path / NAME).exists()


STALE = """
import sys
from pathlib import Path
from monitor.reports import verdicts_csv
from monitor.session.record import Record
def write(path, run, *, fail_on):
    raise OSError(28, "No space left on device")
verdicts_csv.write = write
record = Record(Path(sys.argv[1]), frozenset(), "live", ("prod",), {})
record.plan(["tests_synthetic/test_x.py::test_y[prod]"])
print(*record.close("finished", "")[1].problems)
"""


def test_one_of_an_earlier_run_never_passes_for_this_ones(copy: Path, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / NAME).write_text("of an earlier run")
    (tmp_path / f".{NAME}.{dead.pid}.partial").write_text("half")
    told = run(copy, "-c", STALE, str(tmp_path))

    assert f"{tmp_path / NAME} was not written (No space left on device)" in told
    assert "Nothing of that name is there" in told
    assert not [each.name for each in tmp_path.iterdir() if NAME in each.name]
