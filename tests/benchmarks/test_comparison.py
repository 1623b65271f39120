"""The floor is held against the suite, the suite against a commit before, and none of that passes for another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sandbox
from benchmarks import __main__ as benchmarks
from benchmarks.__main__ import Cost
from tests.suite import ROOT, configured, environment, perform

ASKED = [("GET /test", 200), ("POST /oauth/token", 200), ("POST /oauth/token", 401)]


def attempt(started: str, *, status: int = 200, seconds: float = 0.25, path: str = "/test?x=1") -> dict[str, Any]:
    told = {"started": started, "url": f"https://a.example{path}", "method": "GET", "status": status}
    return told | {"seconds": seconds, "phases": {"wait": seconds - 0.01}}


def written(folder: Path, document: dict[str, Any]) -> Path:
    (folder / "results.json").write_text(json.dumps(document))
    return folder


def test_floor_that_is_answered_as_the_suite_is_passes_also_with_the_page_that_no_verdict_tells() -> None:
    benchmarks.compare(json.dumps([*ASKED, [benchmarks.UNTOLD, 200]]), Counter(ASKED))


@pytest.mark.parametrize(
    ("floor", "said"),
    [
        ([*ASKED[:2], ("POST /oauth/token", 403)], "floor only: {('POST /oauth/token', 403): 1}"),
        (ASKED[:2], "suite only: {('POST /oauth/token', 401): 1}"),
        ([*ASKED, ASKED[0]], "floor only: {('GET /test', 200): 1}"),
        ([], "suite only: {"),
    ],
)
def test_floor_that_is_answered_otherwise_ends_the_benchmark(floor: list[tuple[str, int]], said: str) -> None:
    with pytest.raises(SystemExit, match="the floor is not answered as the suite is") as ended:
        benchmarks.compare(json.dumps(floor), Counter(ASKED))

    assert said in str(ended.value)


@pytest.mark.parametrize("form", [1, 2])
def test_request_counts_once_however_many_verdicts_rest_on_it_and_a_second_attempt_counts(
    tmp_path: Path, form: int
) -> None:
    seen = [attempt("1", status=503), attempt("2"), attempt("3", path="/userinfo")]
    of_verdicts: list[list[Any]] = [seen[:2], seen[:2], seen[2:], []] if form == 1 else [[0, 1], [0, 1], [2], []]
    document = {"schema": form, "verdicts": [{"attempts": each} for each in of_verdicts]}
    reports = written(tmp_path, document | ({"attempts": seen} if form == 2 else {}))

    assert benchmarks.told(reports) == {("GET /test", 503): 1, ("GET /test", 200): 1, ("GET /userinfo", 200): 1}


@pytest.mark.parametrize("what", ["pinned", "whole"])
def test_floor_makes_the_requests_of_the_suite(tmp_path: Path, what: str) -> None:
    whole = what == "whole"
    with sandbox.start() as running:
        variables = dict(running.environment) | ({} if whole else benchmarks.PINNED)
        floor = subprocess.run(
            [sys.executable, "-m", "benchmarks.floor"],
            cwd=ROOT,
            env=environment(**variables) | ({"FLOOR_WHOLE": "1"} if whole else {}),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        left_out = [each for each in benchmarks.SUITE if each.startswith("--ignore")]
        own = configured(running, tmp_path) | ({} if whole else benchmarks.PINNED)
        performance = perform(tmp_path / "reports", own, *([] if whole else left_out))

    assert performance.code == 0, performance.output
    benchmarks.compare(floor.stdout, benchmarks.told(performance.reports))
    assert len(json.loads(floor.stdout)) > (70 if whole else 40)


def test_errors_are_what_is_told_beyond_the_delay_in_milliseconds(tmp_path: Path) -> None:
    seen = [attempt(str(number), seconds=0.2 + number / 1000) for number in (1, 5, 30)]
    reports = written(tmp_path, {"schema": 2, "attempts": seen})

    assert list(benchmarks.errors(reports, 0.2)) == pytest.approx([3, -5, 5])


def test_ratios_are_of_what_was_measured_one_after_the_other() -> None:
    ours, others = [Cost(2, 1, 9), Cost(40, 1, 9), Cost(3, 1, 9)], [Cost(1, 2, 9), Cost(20, 2, 9), Cost(1, 2, 9)]

    assert benchmarks.paired(ours, others, "wall") == 2
    assert benchmarks.paired(ours, others, "processor") == 0.5
    assert (benchmarks.ratio(3, 2), benchmarks.ratio(3, 0)) == ("1.50 ×", "–")


def test_further_tenant_is_the_difference_between_few_and_many() -> None:
    spent = {300: Cost(0, 61, 350), 30: Cost(0, 7, 80)}

    assert benchmarks.further(spent) == "0.200 s of the processor, 1.00 MiB"


def test_commit_before_is_in_a_folder_of_its_own_which_goes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True)  # noqa: S607 -- theirs

    git("init")
    for text in ("before", "after"):
        (tmp_path / "file").write_text(text)
        git("add", "file")
        git("commit", "-m", text)
    monkeypatch.setattr(benchmarks, "ROOT", tmp_path)
    with benchmarks.worktree("HEAD~1") as place:
        assert (place / "file").read_text() == "before"

    assert not place.exists()
    with (
        pytest.raises(SystemExit, match="--against nothing-of-that-name: "),
        benchmarks.worktree("nothing-of-that-name"),
    ):
        pass


def test_command_that_fails_ends_the_benchmark_with_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('why'); raise SystemExit(3)"]
    with pytest.raises(SystemExit, match="ended with 3:\nwhy"):
        benchmarks.cost(command, environment(), tmp_path)


def test_options_are_told() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "--against COMMIT" in ran.stdout
    assert "--peers" in ran.stdout
