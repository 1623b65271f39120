"""A run ends with the same exit status wherever it is decided: in pytest, merged of its legs, joined of its rounds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor import results
from monitor.reports.__main__ import main as of_reports
from monitor.rounds.__main__ import main as of_rounds
from monitor.status import Status
from tests.runs.conftest import Run
from tests.suite import ROOT, Performance

OWN = '''
"""Probes of somebody's own, who knows pytest."""

import sys

import pytest


@pytest.mark.each("tenant")
def test_keys_are_there(keys):
    """Are there keys?"""
    assert keys.content


@pytest.mark.each("tenant")
@pytest.mark.skip(reason="not on this machine")
def test_marked(keys):
    """Is what is marked judged?"""


@pytest.mark.each("tenant")
def test_says_so(keys):
    """Is what says so judged?"""
    pytest.skip("not today")


@pytest.mark.each("tenant")
@pytest.mark.xfail(reason="known since May")
def test_expected(keys):
    """Does it fail as expected?"""
    assert not keys.content, "there are keys"


@pytest.mark.each("tenant")
def test_weak(answer_to_test):
    """Does it fail?"""
    assert False, "as it is to"


def test_no_probe():
    assert "--reports" in str(sys.argv), "always there"


def test_no_probe_and_red():
    raise ValueError
'''


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite with probes of one's own."""
    root = tmp_path_factory.mktemp("suite")
    (root / "tests_synthetic").mkdir()
    (root / "tests_synthetic" / "test_own.py").write_text(OWN)
    for name in ("monitor", "sandbox", "conftest.py", "pytest.ini"):
        (root / name).symlink_to(ROOT / name)
    return root


@pytest.fixture
def of_own(run: Run, suite: Path) -> Run:
    return Run(run.box, run.folder, root=suite)


def merged(performance: Performance, folder: Path) -> int:
    return of_reports(["merge", str(performance.reports), "--reports", str(folder / "merged")])


def joined(performance: Performance, folder: Path) -> int:
    shutil.copytree(performance.reports, folder / "legs" / "leg-alone")
    where = ("--reports", str(folder / "joined"), "--history", str(folder / "history.sqlite"))
    return of_rounds(["join", str(folder / "legs"), *where])


@pytest.mark.parametrize(
    ("selected", "statuses", "status"),
    [
        ("keys_are_there", {Status.UP}, 0),
        ("keys_are_there or marked or says_so", {Status.UP, Status.SKIPPED}, 0),
        ("marked or says_so", {Status.SKIPPED}, 1),
        ("keys_are_there or expected", {Status.UP, Status.DOWN}, 1),
        ("keys_are_there or weak", {Status.UP, Status.DOWN}, 1),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_whoever_decides_it_says_the_same(
    of_own: Run, *, selected: str, statuses: set[Status], status: int, workers: tuple[str, ...]
) -> None:
    performance, tmp_path = of_own(*workers, "-k", selected), of_own.folder
    found = results.read(performance.reports / results.NAME)

    assert {each.status for each in found.verdicts} == statuses, performance.output
    assert (performance.code, found.exit_status(), merged(performance, tmp_path), joined(performance, tmp_path)) == (
        status,
        status,
        status,
        status,
    ), performance.output


def test_skip_of_pytests_own_is_skipped_with_its_reason(of_own: Run) -> None:
    performance = of_own("-k", "marked or says_so")

    reasons = {each["probe"]: (each["status"], each["reason"]) for each in performance.document["verdicts"]}
    assert reasons == {"marked": ("skipped", "not on this machine"), "says_so": ("skipped", "not today")}


def test_what_is_no_probe_and_fails_fails_the_session_alone(of_own: Run) -> None:
    performance = of_own("-k", "keys_are_there or no_probe")

    assert performance.code == 1, performance.output
    assert merged(performance, of_own.folder) == 0, "the reports know of probes alone"


def test_what_is_no_probe_and_passes_alone_is_no_run_of_probes(of_own: Run) -> None:
    performance = of_own("-k", "no_probe and not red")

    assert performance.code == 0, performance.output
    assert not (performance.reports / results.NAME).exists()
