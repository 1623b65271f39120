"""The newest run's own report is read in each form that there is, and in none that there is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor import results
from monitor.telling.latest import latest
from tests.reports import runs


def test_report_of_either_form_is_the_same_run(tmp_path: Path) -> None:
    run = runs.diagnosed(runs.down(), runs.down("other"))
    results.write(tmp_path / "results.json", run)
    assert latest(tmp_path) == run

    document = json.loads((tmp_path / "results.json").read_text())
    (tmp_path / "results.json").write_text(json.dumps(runs.in_form_1(document)))
    assert latest(tmp_path) == run


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": 3},
        {"schema": None},
        {"attempts": []},
        {"attempts": None},
        {"attempts": {"0": {}}},
        {"verdicts": None},
    ],
)
def test_report_that_is_none_is_no_run(tmp_path: Path, changed: dict[str, object]) -> None:
    results.write(tmp_path / "results.json", runs.diagnosed(runs.down()))
    document = json.loads((tmp_path / "results.json").read_text())
    (tmp_path / "results.json").write_text(json.dumps(document | changed))

    assert latest(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("seconds", "1.5"), ("seconds", 1e308), ("seconds", -1), ("seconds", True), ("mode", "toy"), ("ended", "somehow")],
)
def test_report_that_is_damaged_is_no_run(tmp_path: Path, name: str, value: object) -> None:
    results.write(tmp_path / "results.json", runs.diagnosed(runs.down()))
    document = json.loads((tmp_path / "results.json").read_text())
    document["run"][name] = value
    (tmp_path / "results.json").write_text(json.dumps(document))

    assert latest(tmp_path) is None


def test_report_of_which_nothing_can_be_made_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("[" * 200_000)

    assert latest(tmp_path) is None
