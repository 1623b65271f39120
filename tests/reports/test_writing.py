from __future__ import annotations

import errno
import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import NAME, files, reports, results
from monitor.reports import evidence_folders, html, junit
from monitor.status import FAILING, Status
from monitor.verdict import Run
from tests.reports import runs

NAMES = tuple(each.name for each in reports.REPORTS)


def failing_with(error: BaseException) -> Callable[..., None]:
    def write(*_: object, **__: object) -> None:
        raise error

    return write


def test_every_report_is_written_into_a_folder_that_was_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    written = reports.write_all(folder, runs.every_status())

    assert written.problems == []
    assert written.paths == {name: folder / name for name in NAMES}
    assert {path.name for path in folder.iterdir()} == set(written.paths)


@pytest.mark.parametrize("made", [runs.every_status, runs.hostile, runs.run], ids=lambda made: made.__name__)
def test_every_report_can_be_rebuilt_from_results_json(tmp_path: Path, made: Callable[[], Run]) -> None:
    first = reports.write_all(tmp_path, made())
    again = reports.write_all(tmp_path / "again", results.read(first.paths["results.json"]))

    assert first.problems == again.problems == []
    for name in ("results.json", "junit.xml"):
        assert again.paths[name].read_bytes() == first.paths[name].read_bytes()
    assert html.render(results.read(first.paths["results.json"])) == html.render(made())


@pytest.mark.parametrize("report", reports.REPORTS, ids=lambda report: report.name)
def test_every_row_has_a_file_that_writes_by_the_same_signature(report: reports.Report) -> None:
    write = inspect.signature(importlib.import_module(report.module).write)

    assert [(each.name, each.kind.name) for each in write.parameters.values()] == [
        ("path", "POSITIONAL_OR_KEYWORD"),
        ("run", "POSITIONAL_OR_KEYWORD"),
        ("fail_on", "KEYWORD_ONLY"),
    ]


def test_report_that_fails_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "write", failing_with(RuntimeError("a bug")))
    written = reports.write_all(tmp_path, runs.every_status())

    assert set(written.paths) == {*NAMES} - {"junit.xml"}
    assert len(written.problems) == 1
    assert str(tmp_path / "junit.xml") in written.problems[0]
    assert "RuntimeError: a bug" in written.problems[0]
    assert "a bug in the monitor" in written.problems[0]


@pytest.mark.parametrize(
    ("number", "cure"), [(errno.ENOSPC, "free some space"), (errno.EROFS, "--reports"), (errno.EACCES, "--reports")]
)
def test_problem_names_the_file_the_cause_and_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, cure: str
) -> None:
    error = OSError(number, "what the system says")
    monkeypatch.setattr(files, "replace", failing_with(error))
    monkeypatch.setattr(evidence_folders, "write", failing_with(error))
    written = reports.write_all(tmp_path, runs.every_status())

    assert written.paths == {}
    for name, problem in zip(NAMES, written.problems, strict=True):
        assert str(tmp_path / name) in problem
        assert "what the system says" in problem
        assert cure in problem


def test_folder_that_cannot_be_made_is_a_problem_of_each_report_and_no_exception(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    written = reports.write_all(tmp_path / "file" / "reports", runs.every_status())

    assert written.paths == {}
    assert len(written.problems) == len(NAMES)


def test_old_report_stays_whole_and_nothing_is_left_beside_it_where_writing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", failing_with(OSError(errno.EIO, "broken disk")))
    with pytest.raises(OSError, match="broken disk"):
        files.replace(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_with_the_name_of_a_report_is_named(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()
    written = reports.write_all(tmp_path, runs.every_status())

    assert set(written.paths) == {*NAMES} - {"junit.xml"}
    assert "move it away" in written.problems[0]
    assert {path.name for path in tmp_path.iterdir()} == set(NAMES)


def test_run_that_was_only_planned_leaves_reports_of_unknowns(tmp_path: Path) -> None:
    planned = runs.run(*(type(each).planned(each.id) for each in runs.every_status().verdicts), ended="running")
    written = reports.write_all(tmp_path, planned)

    found = results.read(written.paths["results.json"])
    assert found.count(Status.UNKNOWN) == 5
    assert written.paths["junit.xml"].read_text().count("<error ") == 5
    assert "INCOMPLETE" in written.paths["report.html"].read_text()


def test_degraded_fails_in_every_report_where_it_is_to(tmp_path: Path) -> None:
    written = reports.write_all(tmp_path, runs.run(runs.degraded()), fail_on=FAILING | {Status.DEGRADED})

    assert '<failure type="degraded"' in written.paths["junit.xml"].read_text()
    assert "1 down or degraded" in " ".join(written.paths["report.html"].read_text().split())


def test_importing_the_reports_imports_nothing_that_most_runs_do_not_need() -> None:
    program = "import monitor.reports, sys; print(*sys.modules, sep='\\n')"
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}  # it imports a lot
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=_root(), env=alone)
    heavy = {
        "pytest",
        "pytest_html",
        "jinja2",
        "jsonschema_rs",
        "xml.etree.ElementTree",
        "json",
        "textwrap",
        "statistics",
    }

    assert not heavy & set(ran.stdout.split())


def _root() -> Path:
    return Path(__file__).parents[2]


def test_ten_thousand_verdicts_are_written_within_seconds(tmp_path: Path) -> None:
    run: Run = runs.huge()
    written = reports.write_all(tmp_path, run)

    assert written.problems == []
    assert written.paths["report.html"].stat().st_size < 2_000_000


@pytest.mark.parametrize(
    ("before", "stale", "left", "stays"),
    [
        (True, (), "What has that name is older", True),
        (True, ("junit.xml",), "Nothing of that name is there", False),
        (True, ("report.html",), "What has that name is older", True),
        (False, (), "Nothing of that name is there", False),
        (False, ("junit.xml",), "Nothing of that name is there", False),
    ],
    ids=["older", "stale", "another-is-stale", "nothing", "stale-nothing"],
)
def test_problem_says_what_is_left_of_an_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, before: bool, stale: tuple[str, ...], left: str, stays: bool
) -> None:
    if before:
        (tmp_path / "junit.xml").write_text("of an earlier run")
    monkeypatch.setattr(junit, "write", failing_with(OSError(errno.ENOSPC, "No space left on device")))
    (problem,) = reports.write_all(tmp_path, runs.every_status(), stale=stale).problems

    assert problem.endswith(left)
    assert (tmp_path / "junit.xml").exists() is stays


def test_report_of_an_earlier_run_that_cannot_be_removed_is_said_to_be_none_of_this(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()
    (problem,) = reports.write_all(tmp_path, runs.every_status(), stale=NAMES).problems

    assert "What has that name is not of this run, and cannot be removed" in problem
    assert (tmp_path / "junit.xml").is_dir()
    assert reports.removed(tmp_path / "nothing") == "Nothing of that name is there"


@pytest.mark.parametrize(
    ("error", "cause", "cure"),
    [
        (ImportError("No module named 'jinja2'"), "No module named 'jinja2'", "install what requirements.txt names"),
        (OSError("as a library says it"), "as a library says it", "--reports"),
        (OSError(errno.EISDIR, "Is a directory"), "Is a directory", "move it away"),
        (OSError(errno.EEXIST, "File exists"), "File exists", "move it away, or name another folder with --reports"),
        (KeyError("x"), "KeyError: 'x'", "a bug in the monitor"),
    ],
    ids=["import", "bare", "folder", "exists", "bug"],
)
def test_each_kind_of_problem_has_its_cause_and_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, cause: str, cure: str
) -> None:
    monkeypatch.setattr(junit, "write", failing_with(error))
    (problem,) = reports.write_all(tmp_path, runs.every_status()).problems

    assert f"{tmp_path / 'junit.xml'} was not written ({cause}): " in problem
    assert cure in problem.partition("): ")[2]


def test_only_the_reports_that_are_asked_for_are_written(tmp_path: Path) -> None:
    some = [each for each in reports.REPORTS if each.name in ("junit.xml", "ctrf.json")]

    assert set(reports.write_all(tmp_path, runs.every_status(), reports=some).paths) == {"junit.xml", "ctrf.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"junit.xml", "ctrf.json"}
    assert reports.write_all(tmp_path / "none", runs.every_status(), reports=()).paths == {}


def test_evidence_of_an_earlier_run_is_no_report_of_this_one(tmp_path: Path) -> None:
    assert "evidence" in reports.write_all(tmp_path, runs.run(runs.down())).paths
    well = reports.write_all(tmp_path, runs.run(runs.verdict()))

    assert (well.problems, "evidence" in well.paths) == ([], False)
    assert (tmp_path / "evidence").is_dir()


def test_status_page_of_ours_is_removed_and_no_other(tmp_path: Path) -> None:
    page = tmp_path / reports.PAGE
    reports.remove_page(tmp_path)
    page.write_text(f'<meta name="generator" content="{NAME}">')
    reports.remove_page(tmp_path)
    assert not page.exists()
    page.write_text(f"<p>about {NAME}</p>")
    reports.remove_page(tmp_path)
    assert page.exists()
    page.unlink()
    page.mkdir()
    reports.remove_page(tmp_path)
    assert page.is_dir()
