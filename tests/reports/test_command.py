"""python -m monitor.reports: what its options change in what is written, and in how it ends."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from monitor import results
from monitor.reports import REPORTS
from monitor.reports.__main__ import main
from monitor.status import Status
from monitor.text import stamp
from monitor.verdict import Run
from tests.reports import runs


def kept(folder: Path, run: Run) -> Path:
    """This run's results.json, alone in its folder."""
    folder.mkdir(parents=True)
    results.write(folder / results.NAME, run)
    return folder


def late(name: str = "prod", ago: float = 60.0) -> Run:
    """A run of a tenant that is degraded and began so many seconds ago."""
    return runs.diagnosed(runs.degraded(target=name), runs.verdict(target=name), started=stamp(time.time() - ago))


def test_reports_are_written_again_beside_the_results_of_the_folder_that_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(tmp_path / "reports", runs.run(runs.down()))
    monkeypatch.chdir(tmp_path)

    assert main([]) == 0
    assert {each.name for each in Path("reports").iterdir()} == {each.name for each in REPORTS}
    assert capsys.readouterr().out.startswith("DOWN      ")


def test_results_of_another_name_are_written_under_their_own_as_well(tmp_path: Path) -> None:
    kept(tmp_path / "a", runs.run(runs.verdict())).joinpath(results.NAME).rename(tmp_path / "a/kept.json")

    assert main([str(tmp_path / "a/kept.json")]) == 0
    assert results.read(tmp_path / "a" / results.NAME) == results.read(tmp_path / "a/kept.json")


@pytest.mark.parametrize(
    ("options", "failures"), [((), 0), (("--fail-on", "degraded"), 1)], ids=["as-it-is", "fail-on-degraded"]
)
def test_reports_that_are_written_again_fail_by_what_the_run_failed_on(
    tmp_path: Path, options: tuple[str, ...], failures: int
) -> None:
    folder = kept(tmp_path / "a", late())

    assert main([str(folder), *options]) == 0
    assert (folder / "junit.xml").read_text(encoding="utf-8").count("<failure ") == failures


def test_report_that_could_not_be_written_again_is_told_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = kept(tmp_path / "a", runs.run(runs.verdict()))
    (folder / "junit.xml").mkdir()

    assert main([str(folder)]) == 1
    assert "PROBLEM   " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ago", "options", "code"),
    [
        (3600.0, (), 0),
        (3600.0, ("--max-age", "30"), 1),
        (3600.0, ("--max-age", "90"), 0),
        (60.0, ("--fail-on", "degraded"), 1),
        (60.0, ("--expect", "1"), 0),
        (60.0, ("--expect", "2"), 1),
        (60.0, ("--expect-names", " prod ,,prod"), 0),
        (60.0, ("--expect-names", "prod,qa"), 1),
    ],
    ids=["any-age", "too-old", "young", "fail-on", "as-many", "too-few", "named", "missing"],
)
def test_merged_run_ends_by_what_its_legs_were_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ago: float, options: tuple[str, ...], code: int
) -> None:
    leg = kept(tmp_path / "leg", late(ago=ago))
    monkeypatch.chdir(tmp_path)

    assert main(["merge", str(leg), *options]) == code
    merged = results.read(tmp_path / "reports" / results.NAME)
    assert merged.count(Status.DEGRADED) == 1


def test_merged_run_of_which_a_report_was_not_written_is_not_green(tmp_path: Path) -> None:
    leg = kept(tmp_path / "leg", runs.diagnosed(runs.verdict(), started=stamp(time.time())))
    (tmp_path / "merged/junit.xml").mkdir(parents=True)

    assert main(["merge", str(leg), "--reports", str(tmp_path / "merged")]) == 1
    (tmp_path / "merged/junit.xml").rmdir()
    assert main(["merge", str(leg), "--reports", str(tmp_path / "merged")]) == 0


@pytest.mark.parametrize("number", ["0", "01", "-1", "1.5", "12345678", "x", ""])
def test_what_is_no_number_of_legs_is_a_usage_error(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["merge", "a", f"--expect={number}"])

    assert ended.value.code == 2
    assert "is no number, from 1 on" in capsys.readouterr().err
