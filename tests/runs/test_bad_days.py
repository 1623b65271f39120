"""The suite outlives what its own machine does to it, blames no tenant, and counts no foreign test as a probe."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import sandbox
from monitor.attempts import marks
from sandbox.box import Sandbox
from tests.runs import bad_luck
from tests.runs.conftest import Run
from tests.suite import PROBES, ROOT, ROWS, SERVICES, Performance

BAD_LUCK = ("-p", "tests.runs.bad_luck")
ALL = PROBES + SERVICES


def no_traceback(performance: Performance) -> bool:
    return "Traceback" not in performance.output and "Error:" not in performance.output


def told(performance: Performance) -> list[str]:
    """The cases of junit.xml, as ids."""
    cases = ET.parse(performance.reports / "junit.xml").iter("testcase")  # noqa: S314 -- we wrote it
    return sorted(f"{each.get('classname', '').replace('.', '/')}.py::{each.get('name')}" for each in cases)


class TestNoFileDescriptorIsLeft:
    @pytest.mark.parametrize("left", [10, 0], ids=lambda left: f"{left}-left")
    def test_tenant_is_not_blamed_and_the_reports_say_what_to_do(self, tmp_path: Path, left: int) -> None:
        with sandbox.start(delay=0.5) as running:  # long enough for all that is asked at once to be open at once
            performance = Run(running, tmp_path)(*BAD_LUCK, **{bad_luck.DESCRIPTORS: str(left)})

        assert performance.code not in (0, 2), performance.output
        assert no_traceback(performance)
        assert "raise the limit of open files (ulimit -n)" in " ".join(performance.output.split())
        assert "down" not in performance.statuses
        assert performance.run["status"] == "unknown"
        assert performance.run["counts"]["unknown"] > 10, performance.run["counts"]
        assert sum(performance.run["counts"].values()) == len(told(performance)) == ALL
        assert {each["owner"] for each in performance.document["diagnosis"]["causes"]} == {"runner"}
        assert "ulimit -n" in (performance.reports / "report.html").read_text()

    def test_limit_that_is_too_low_to_begin_is_told_in_the_reports(self, healthy: Sandbox, tmp_path: Path) -> None:
        performance = Run(healthy, tmp_path, within=("bash", "-c", 'ulimit -n 14; exec "$@"', "bash"))()

        assert performance.code == 3, performance.output
        assert no_traceback(performance)
        assert performance.run["ended"].startswith("interrupted: this machine has run out of something: Too many open")
        assert performance.statuses == {"unknown"}


class TestClockIsSetBack:
    @pytest.mark.parametrize("after", ["20", "stands"])
    def test_no_figure_is_negative_and_each_exchange_keeps_its_evidence(self, run: Run, after: str) -> None:
        performance = run(*BAD_LUCK, AUTH0_REFUSALS_EVERY="3600", **{bad_luck.CLOCK: after})

        assert performance.code == 0, performance.output
        assert [each for each in figures(performance.document) if each < 0] == []
        cases = ET.parse(performance.reports / "junit.xml").iter("testcase")  # noqa: S314 -- we wrote it
        assert all(float(each.get("time") or -1) >= 0 for each in cases)
        refusals = (each for each in performance.document["verdicts"] if each["kind"] == "refusals")
        assert Counter(each["status"] for each in refusals) == {"up": 3, "skipped": 2}
        logins = [each for each in performance.document["verdicts"] if each["probe"] == "login_hands_out_tokens"]
        assert len({marks(performance.seen(each)[-1]) for each in logins}) == len(logins) == ROWS["login"]
        for each in logins:
            assert each["seconds"] == pytest.approx(sum(seen["seconds"] for seen in performance.seen(each)), abs=2e-6)


def figures(document: Any) -> Iterator[float]:
    """Every number in it."""
    if isinstance(document, dict | list):
        for each in document.values() if isinstance(document, dict) else document:
            yield from figures(each)
    elif isinstance(document, int | float):
        yield document


def test_each_of_a_thousand_probes_is_in_each_report(run: Run) -> None:
    names = [f"t{number:02}" for number in range(13)]
    performance = run(AUTH0_TENANTS=",".join(names))

    assert performance.code == 0, performance.output
    verdicts = performance.document["verdicts"]
    ids = sorted(each["id"] for each in verdicts)
    assert len(set(ids)) == len(ids) == len(names) * PROBES + SERVICES >= 1_000
    assert told(performance) == ids
    page = (performance.reports / "report.html").read_text()
    assert f"<b>{len(ids):,} verdicts</b>" in page
    numbers = r"<td>(\d*)</td>" * 5
    rows = re.findall(rf"<td>([^<]+(?:<wbr>[^<]+)*)</td>{numbers}", page)
    counted = {target.replace("<wbr>", ""): sum(int(each or 0) for each in counts) for target, *counts in rows}
    assert counted == Counter(each["target"] for each in verdicts)


PASSES = "def test_mine():\n    pass\n"
FOREIGN = {
    "fails": "def test_mine():\n    assert not 'mine'\n",
    "errs": "import pytest\n@pytest.fixture\ndef mine():\n    raise OSError\ndef test_mine(mine):\n    pass\n",
    "breaks-at-its-end": "import pytest\n@pytest.fixture\ndef mine():\n    yield\n    raise OSError\n"
    "def test_mine(mine):\n    pass\n",
    "leaves": "import pytest\ndef test_mine():\n    pytest.exit('enough', 0)\n",
}
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


class TestForeignTestFile:
    """A user's own file beside ours, where the only probe that is not well is a weak one, which alone ends with 0."""

    @pytest.fixture(scope="class")
    @staticmethod
    def box() -> Iterator[Sandbox]:
        with sandbox.start(["testall-500"]) as box:
            yield box

    @pytest.fixture
    def beside(self, tmp_path: Path) -> Path:
        """The folder of a suite with our probes of health, for files to be put beside them."""
        folder = tmp_path / "suite"
        (folder / "tests_synthetic").mkdir(parents=True)
        for name in ("monitor", "sandbox", "conftest.py", "pytest.ini", "tests_synthetic/test_health.py"):
            (folder / name).symlink_to(ROOT / name)
        return folder

    def test_that_passes_is_none_of_our_probes(self, box: Sandbox, beside: Path, tmp_path: Path) -> None:
        (beside / "tests_synthetic" / "test_mine.py").write_text(PASSES)
        performance = Run(box, tmp_path, root=beside)()

        assert performance.code == 0, performance.output
        assert performance.run["status"] == "degraded"
        assert [each["status"] for each in performance.document["verdicts"]] == ["up", "down"]

    @pytest.mark.parametrize(
        ("foreign", "workers"), [*((each, ()) for each in FOREIGN), ("fails", ("-n", "2"))], ids=[*FOREIGN, "workers"]
    )
    def test_that_fails_fails_the_run(
        self, box: Sandbox, beside: Path, tmp_path: Path, foreign: str, workers: tuple[str, ...]
    ) -> None:
        """With workers the ids of all tests come without a word of which are probes."""
        (beside / "tests_synthetic" / "test_mine.py").write_text(PASSES.replace("mine", "other") + FOREIGN[foreign])
        performance = Run(box, tmp_path, root=beside)(*workers)

        assert performance.code == 1, performance.output
        assert [each["status"] for each in performance.document["verdicts"]] == ["up", "down"]

    @WORKERS
    def test_that_cannot_be_collected_leaves_none_of_our_probes_out(
        self, box: Sandbox, beside: Path, tmp_path: Path, workers: tuple[str, ...]
    ) -> None:
        (beside / "mine").mkdir()
        (beside / "mine" / "test_mine.py").write_text("import nothing_of_that_name\n")
        performance = Run(box, tmp_path, root=beside)("tests_synthetic", "mine", *workers)

        found = [(each["probe"], each["status"]) for each in performance.document["verdicts"]]
        judged = ["up", "down"] if workers else ["unknown"] * 2  # workers go on, where pytest alone does not begin
        assert performance.code == (1 if workers else 2), performance.output
        assert found == list(zip(["test_endpoint_tells_the_time", "testall_endpoint_says_ok"], judged, strict=True))
        if not workers:
            assert performance.run["ended"] == "interrupted: 1 error during collection"
