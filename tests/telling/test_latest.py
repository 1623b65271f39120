"""The newest run's own report is read in each form that there is, and in none that there is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import history, results
from monitor.owners import Owner
from monitor.telling.latest import after, began, evidence, latest, missing
from tests.reports import runs
from tests.telling.past import Ill, Past


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


@pytest.mark.parametrize("seconds", [0, 0.5, results.LONGEST])
def test_time_that_a_run_can_have_taken_is_believed(tmp_path: Path, seconds: float) -> None:
    results.write(tmp_path / "results.json", runs.diagnosed(runs.down(), seconds=seconds))
    assert latest(tmp_path) is not None
    document = json.loads((tmp_path / "results.json").read_text())
    document["run"]["seconds"] = results.LONGEST + 1
    (tmp_path / "results.json").write_text(json.dumps(document))
    assert latest(tmp_path) is None


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ("running", "live"),
        ("finished", "sandbox"),
        ("interrupted: stopped\nby hand", "drill"),
        ("interrupted: ", "live"),
    ],
)
def test_run_of_any_mode_and_ending_is_one(tmp_path: Path, said: str, mode: str) -> None:
    results.write(tmp_path / "results.json", runs.diagnosed(runs.verdict(), ended=said, mode=mode))

    assert latest(tmp_path) is not None


def test_report_that_is_no_file_of_its_own_is_no_run(tmp_path: Path) -> None:
    assert latest(tmp_path) is None
    (tmp_path / "results.json").mkdir()
    assert latest(tmp_path) is None


RUN = runs.diagnosed(runs.down())
BEGAN = began(RUN) or 0.0


@pytest.mark.parametrize(
    ("said", "now", "why"),
    [
        ({}, 0.0, ""),
        ({"started": "2026-11-22T21:00:00.900Z"}, 0.0, ""),
        ({"started": "2026-11-22T21:00:01Z"}, 0.0, "import it first"),
        ({"started": "2026-11-22T20:59:59Z"}, 0.0, "import it first"),
        ({"ended": "running"}, 0.0, "has not ended, or was killed"),
        ({"started": "yesterday"}, 0.0, "has not ended, or was killed"),
        ({}, -600.0, ""),
        ({}, -601.0, "began after now (2026-11-22T21:00:00Z)"),
    ],
    ids=["known", "almost", "later", "before", "running", "no-time", "clocks-differ", "ahead"],
)
def test_alert_is_sent_for_a_run_that_the_history_has(
    tmp_path: Path, said: dict[str, str], now: float, why: str
) -> None:
    history.record(tmp_path / "history.sqlite", [RUN])
    lost = missing(replace(RUN, **said), history.read(tmp_path / "history.sqlite"), BEGAN + now)  # type: ignore[arg-type]

    assert (why in lost) is True
    assert bool(lost) is bool(why)


def test_clock_that_is_ahead_by_no_more_than_clocks_differ_is_none() -> None:
    assert [after(RUN, BEGAN - ahead) for ahead in (0, 600, 600.5)] == [False, False, True]
    assert not after(replace(RUN, started="yesterday"), 0.0)


def test_what_was_seen_is_told_of_the_run_that_saw_the_incident_last_and_its_first_cause() -> None:
    past = Past()
    for _ in range(2):
        past.run(Ill(Owner.EXTENSION))
    (incident,) = past.incidents()
    seen = runs.diagnosed(
        runs.verdict("discovery"), runs.down(attempts=[runs.attempt(status=503), runs.attempt(status=500)])
    )
    assert seen.diagnosis
    (cause,) = seen.diagnosis.causes
    incident = replace(incident, seen=BEGAN, causes=(replace(incident.causes[0], rule=cause.rule),))

    (line,) = evidence(seen, incident, lambda text: f"scrubbed: {text}")
    assert line.word == "seen"
    assert line.text.startswith("scrubbed: ")
    assert "500" in line.text
    assert "503" not in line.text
    assert "x-auth0-requestid 7b6f4d1a0c2e" in line.text
    for run, other in (
        (None, incident),
        (replace(seen, diagnosis=None), incident),
        (seen, replace(incident, seen=BEGAN + 1)),
        (seen, replace(incident, seen=BEGAN - 1)),
        (seen, replace(incident, causes=(replace(incident.causes[0], rule="another"),))),
        (replace(seen, started="yesterday"), incident),
    ):
        assert evidence(run, other, str) == []
    assert evidence(seen, replace(incident, seen=BEGAN + 0.9), str) != []
