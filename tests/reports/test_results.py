from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor import results
from monitor.shards import Shard
from monitor.verdict import Run
from tests.reports import runs

SCHEMA = json.loads(results.SCHEMA_FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

PLACES: dict[str, tuple[str | int, ...]] = {
    "document": (),
    "run": ("run",),
    "counts": ("run", "counts"),
    "shard": ("run", "shard"),
    "verdict": ("verdicts", 0),
    "attempt": ("verdicts", 0, "attempts", 0),
    "diagnosis": ("diagnosis",),
    "cause": ("diagnosis", "causes", 0),
}
REQUIRED: dict[str, list[str]] = {
    "document": SCHEMA["required"],
    "run": SCHEMA["$defs"]["run"]["required"],
    "counts": SCHEMA["$defs"]["run"]["properties"]["counts"]["required"],
    "shard": SCHEMA["$defs"]["shard"]["required"],
    "verdict": SCHEMA["$defs"]["verdict"]["required"],
    "attempt": SCHEMA["$defs"]["attempt"]["required"],
    "diagnosis": SCHEMA["$defs"]["diagnosis"]["required"],
    "cause": SCHEMA["$defs"]["cause"]["required"],
}


def written(tmp_path: Path, run: Run) -> dict[str, Any]:
    results.write(tmp_path / "results.json", run)
    document: dict[str, Any] = json.loads((tmp_path / "results.json").read_text(encoding="ascii"))
    return document


def at(document: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        document = document[step]
    return document


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    shard = Shard(2, 3, ("prod", "qa"), ("dependencies:aws",))
    return written(tmp_path, runs.diagnosed(runs.down(), *runs.every_status().verdicts, shard=shard))


@pytest.mark.parametrize(
    "run",
    [runs.every_status(), runs.hostile(), runs.run(), runs.run(runs.verdict(), mode="sandbox", ended="running")],
    ids=["every_status", "hostile", "no_verdicts", "sandbox"],
)
def test_document_holds_its_published_schema(tmp_path: Path, run: Run) -> None:
    VALIDATOR.validate(written(tmp_path, run))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


OPTIONAL = {"verdict": {"rung"}, "document": {"clues"}}
"""Keys that earlier versions did not write."""


@pytest.mark.parametrize("name", list(PLACES))
def test_schema_demands_every_key_that_is_written(document: dict[str, Any], name: str) -> None:
    assert set(at(document, PLACES[name])) == set(REQUIRED[name]) | OPTIONAL.get(name, set())


def test_run_of_a_version_that_told_no_rungs_is_read_with_the_diagnosis_that_it_had(
    tmp_path: Path, document: dict[str, Any]
) -> None:
    for verdict in document["verdicts"]:
        del verdict["rung"]
    (tmp_path / "results.json").write_text(json.dumps(document))
    run = results.read(tmp_path / "results.json")

    assert {verdict.rung for verdict in run.verdicts} == {None}
    assert run.to_dict()["diagnosis"] == Run.from_dict(document).to_dict()["diagnosis"]
    assert run.diagnosis
    assert run.diagnosis.causes
    VALIDATOR.validate(written(tmp_path, run))


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, keys in REQUIRED.items() for key in keys])
def test_document_without_a_key_is_refused(document: dict[str, Any], name: str, key: str) -> None:
    del at(document, PLACES[name])[key]

    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("run", "mode"), "toy"),
        (("run", "status"), "skipped"),
        (("run", "ended"), "somehow"),
        (("run", "started"), "yesterday"),
        (("run", "shard", "number"), 0),
        (("run", "environment"), {"AUTH0_NODES": None}),
        (("diagnosis", "owner"), "somebody"),
        (("diagnosis", "sentence"), ""),
        (("diagnosis", "causes", 0, "confidence"), "sure"),
        (("diagnosis", "causes", 0, "verdicts"), []),
        (("verdicts", 0, "status"), "fine"),
        (("verdicts", 0, "reason"), ""),
        (("verdicts", 0, "seconds"), "0.2"),
        (("verdicts", 0, "attempts", 0, "status"), "200"),
        (("verdicts", 0, "attempts", 0, "phases"), {"wait": None}),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_wrong_value_is_refused(document: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    VALIDATOR.validate(document)
    at(document, place[:-1])[place[-1]] = value

    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("name", list(PLACES))
def test_keys_of_a_later_version_are_allowed_and_left_out(tmp_path: Path, document: dict[str, Any], name: str) -> None:
    later = copy.deepcopy(document)
    at(later, PLACES[name])["later"] = 1 if name == "counts" else "than this version"
    path = tmp_path / "later.json"
    path.write_text(json.dumps(later), encoding="utf-8")

    VALIDATOR.validate(later)
    if name != "attempt":
        assert written(tmp_path, results.read(path)) == document


def test_run_comes_back_as_it_was(tmp_path: Path) -> None:
    for run in (runs.every_status(), runs.hostile(), runs.run(), runs.diagnosed(*runs.every_status().verdicts)):
        results.write(tmp_path / "results.json", run)

        assert results.read(tmp_path / "results.json") == run


def test_nan_is_refused_rather_than_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        results.write(tmp_path / "results.json", runs.run(runs.verdict(seconds=float("nan"))))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "Expecting value"),
        ('{"schema": 1, "run": {', "Expecting property name"),
        ("[]", "not what this suite writes"),
        ("{}", "'schema'"),
        ('{"schema": 1, "run": {}, "verdicts": []}', "'tenants'"),
        ('{"schema": 1, "run": {"tenants": []}, "verdicts": [{"status": "fine"}]}', "'fine' is not a valid Status"),
        ("\x80", "can't decode"),
        (None, "No such file"),
    ],
)
def test_broken_file_is_named_with_the_cause_and_the_cure(tmp_path: Path, text: str | None, cause: str) -> None:
    path = tmp_path / "results.json"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    with pytest.raises(results.UnreadableResults) as raised:
        results.read(path)

    assert str(path) in str(raised.value)
    assert cause in str(raised.value)
    assert "run the suite again" in str(raised.value)


def test_file_of_another_form_is_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document | {"schema": 2}), encoding="utf-8")

    with pytest.raises(results.UnreadableResults, match="its form is 2, and this version reads 1"):
        results.read(path)
