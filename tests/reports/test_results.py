from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor import results
from monitor.diagnosis.diagnosis import diagnose
from monitor.reports import html, junit
from monitor.shards import Shard
from monitor.status import Status
from monitor.verdict import Run
from tests.reports import runs
from tests.suite import ROOT

SCHEMA = json.loads(results.SCHEMA_FILE.read_text(encoding="utf-8"))
DOCS = ROOT / "docs/reports.md"
OF_FORM_1 = Path(__file__).with_name("results-of-form-1.json")
"""What version 0.2.0 wrote."""

VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

PLACES: dict[str, tuple[str | int, ...]] = {
    "document": (),
    "run": ("run",),
    "counts": ("run", "counts"),
    "shard": ("run", "shard"),
    "verdict": ("verdicts", 0),
    "attempt": ("attempts", 0),
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
        (("verdicts", 0, "attempts", 0), -1),
        (("verdicts", 1, "attempts"), ["0"]),
        (("verdicts", 2, "attempts"), [{"url": "https://prod.example/"}]),
        (("attempts",), {"0": {}}),
        (("attempts", 0, "status"), "200"),
        (("attempts", 0, "phases"), {"wait": None}),
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
        ('{"schema": 1, "run": {}, "verdicts": []}', '$: "diagnosis" is a required property'),
        ('{"schema": 2, "run": {}, "diagnosis": null, "verdicts": []}', '$: "attempts" is a required property'),
        ('{"schema": 2, "run": {}, "diagnosis": null, "verdicts": [], "attempts": 7}', '$.run: "mode" is a required'),
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


def test_device_is_not_read_since_it_may_never_end() -> None:
    with pytest.raises(results.UnreadableResults, match=r"/dev/null cannot be read .a device has that name"):
        results.read(Path("/dev/null"))


@pytest.mark.parametrize(
    "times",
    [
        {"seconds": 1e308},
        {"started": "9999-12-31T23:59:59+00:00", "seconds": 86_400.0},
        {"seconds": results.LONGEST + 1},
        {"started": "2026-02-30T10:00:00+00:00"},
    ],
)
def test_run_at_a_time_that_there_is_not_is_refused(tmp_path: Path, document: dict[str, Any], times: Any) -> None:
    document["run"] |= times
    (tmp_path / "results.json").write_text(json.dumps(document))

    with pytest.raises(
        results.UnreadableResults, match=r"its run ended at no time|day is out of range|\$\.run\.seconds: 1000"
    ):
        results.read(tmp_path / "results.json")


@pytest.mark.parametrize("number", [1e300, 10**400], ids=["float", "integer"])
@pytest.mark.parametrize(
    "place",
    [
        ("verdicts", 0, "budget"),
        ("verdicts", 0, "seconds"),
        ("attempts", 0, "started"),
        ("attempts", 0, "seconds"),
        ("attempts", 0, "bytes"),
        ("attempts", 0, "certificate_expires"),
        ("run", "counts", "up"),
    ],
    ids=lambda place: ".".join(map(str, place)),
)
@pytest.mark.parametrize("form", [1, 2])
def test_number_that_nobody_can_tell_is_refused(
    tmp_path: Path, document: dict[str, Any], place: tuple[str | int, ...], number: float, form: int
) -> None:
    if form == 1:
        document = json.loads(OF_FORM_1.read_text(encoding="utf-8"))
        place = ("verdicts", 0, *place) if place[0] == "attempts" else place
    at(document, place[:-1])[place[-1]] = number
    (tmp_path / "results.json").write_text(json.dumps(document))

    with pytest.raises(results.UnreadableResults, match=rf"not what this suite writes: \$\S+\.{place[-1]}: 100"):
        results.read(tmp_path / "results.json")


@pytest.mark.parametrize("number", [0, 3, 7, "2", True, 1.0, None, [1]])
def test_file_of_another_form_is_refused_before_anything_else_is_looked_at(tmp_path: Path, number: object) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"schema": number, "verdicts": "in another form"}), encoding="utf-8")

    with pytest.raises(results.UnreadableResults) as raised:
        results.read(path)

    assert f"its form is {number!r}, and this version reads 1 and 2" in str(raised.value)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda told: told.pop("attempts"), '$: "attempts" is a required property'),
        (lambda told: told.update(attempts={}), '$.attempts: {} is not of type "array"'),
        (lambda told: told.update(attempts=[]), "names attempt 0, and the document has 0"),
        (lambda told: told["verdicts"][0].update(attempts=[99]), "names attempt 99, and the document has "),
        (lambda told: told["verdicts"][0].update(attempts=[-1]), "$.verdicts[0].attempts[0]: -1 is less than"),
        (lambda told: told["verdicts"][0].update(attempts=["0"]), '$.verdicts[0].attempts[0]: "0" is not of type'),
        (lambda told: told["verdicts"][0].update(attempts=[0.0]), "names attempt 0.0, and the document has "),
        (lambda told: told["verdicts"][0].update(attempts=told["attempts"]), '$.verdicts[0].attempts[0]: {"'),
        (lambda told: told["verdicts"][0].update(attempts=0), '$.verdicts[0].attempts: 0 is not of type "array"'),
        (lambda told: told["attempts"][0].pop("url"), '$.attempts[0]: "url" is a required property'),
        (lambda told: told.update(schema=1), '$.verdicts[0].attempts[0]: 0 is not of type "object"'),
    ],
)
def test_attempt_that_is_not_there_is_named(
    tmp_path: Path, document: dict[str, Any], break_it: Callable[[dict[str, Any]], object], said: str
) -> None:
    break_it(document)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(results.UnreadableResults) as raised:
        results.read(path)

    assert said in str(raised.value)
    assert "run the suite again" in str(raised.value)


def with_evidence(**said: Any) -> dict[str, Any]:
    return runs.attempt(evidence={"timeout": 10.0, "addresses": ["203.0.113.9"]}, **said)


class TestAttemptIsHeldAndWrittenOnce:
    def test_verdicts_that_share_it_name_its_place(self, tmp_path: Path) -> None:
        first, second = runs.attempt(status=503), runs.attempt(started=2.0)
        document = written(
            tmp_path,
            runs.run(
                runs.verdict("a", attempts=[first, second]),
                runs.verdict("b", attempts=[second]),
                runs.verdict("c", attempts=[]),
                runs.verdict("d", attempts=[first, second]),
            ),
        )

        assert document["attempts"] == [first, second]
        assert [each["attempts"] for each in document["verdicts"]] == [[0, 1], [1], [], [0, 1]]

    def test_one_object_stands_for_it_after_reading_in_either_form(self, tmp_path: Path) -> None:
        results.write(tmp_path / "2.json", results.read(OF_FORM_1))
        for path in (OF_FORM_1, tmp_path / "2.json"):
            seen = {each.probe: each.attempts for each in results.read(path).verdicts}

            assert seen["tenant_is_reachable"][0] is seen["tenant_is_fast"][0]
            assert seen["signs_with_its_key"][0] is seen["carries_the_roles_claim"][0]

    def test_evidence_of_one_that_is_ill_is_that_of_all_and_nothing_that_was_given_is_changed(
        self, tmp_path: Path
    ) -> None:
        plain, full = runs.attempt(status=500), with_evidence(status=500)
        before = copy.deepcopy(plain)
        ill = (runs.down(each, attempts=[full if each == "b" else plain]) for each in "bc")
        document = written(tmp_path, runs.run(runs.verdict("a", attempts=[plain]), *ill))

        assert document["attempts"] == [full]
        assert [each["attempts"] for each in document["verdicts"]] == [[0], [0], [0]]
        assert plain == before

    @pytest.mark.parametrize(
        "other",
        [
            {"status": 503},
            {"bytes": 1},
            {"started": 2.0},
            {"url": "https://qa.example/"},
            {"headers": {}},
            {"way": "x"},
        ],
    )
    def test_what_differs_in_anything_is_another(self, tmp_path: Path, other: dict[str, Any]) -> None:
        pair = [runs.attempt(), runs.attempt(**other)]
        run = runs.run(*(runs.verdict(name, attempts=[each]) for name, each in zip("ab", pair, strict=True)))

        assert written(tmp_path, run)["attempts"] == pair
        assert results.read(tmp_path / "results.json") == run

    def test_what_differs_in_its_evidence_or_its_tenant_is_another(self, tmp_path: Path) -> None:
        other = runs.attempt(evidence={"timeout": 3.0})
        run = runs.run(
            runs.down("a", attempts=[with_evidence()]),
            runs.down("b", attempts=[other]),
            runs.verdict("a", "qa", attempts=[runs.attempt()]),
        )

        assert written(tmp_path, run)["attempts"] == [with_evidence(), other, runs.attempt()]

    def test_verdict_and_attempt_are_a_line_each(self, tmp_path: Path) -> None:
        document = written(tmp_path, runs.every_status())
        lines = [line.strip().rstrip(",") for line in (tmp_path / "results.json").read_text().splitlines()]

        for each in (*document["verdicts"], *document["attempts"]):
            assert json.dumps(each) in lines


JQ = shutil.which("jq")


@pytest.mark.skipif(not JQ, reason="there is no jq here")
def test_line_of_the_docs_makes_the_verdicts_of_the_first_form(tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", results.read(OF_FORM_1))
    script = re.search(r"(?m)^jq -c '(\.attempts as .*)' reports/results\.json", DOCS.read_text(encoding="utf-8"))
    assert script
    ran = subprocess.run([str(JQ), "-c", script[1], "results.json"], cwd=tmp_path, capture_output=True, check=True)

    joined = [json.loads(line) for line in ran.stdout.splitlines()]
    assert joined == [each.to_dict() for each in results.read(OF_FORM_1).verdicts]


class TestDocumentOfTheFirstForm:
    def test_it_is_read_as_it_was_written(self) -> None:
        document = json.loads(OF_FORM_1.read_text(encoding="ascii"))
        run = results.read(OF_FORM_1)

        assert document["schema"] == 1
        assert (run.status, run.shard) == (Status.DOWN, Shard(2, 3, ("prod", "qa"), ("dependencies:aws",)))
        for verdict, told in zip(run.verdicts, document["verdicts"], strict=True):
            assert (verdict.id, verdict.status, verdict.reason) == (told["id"], told["status"], told["reason"])
            for seen, attempt in zip(verdict.attempts, told["attempts"], strict=True):
                assert {**attempt, "evidence": 0} == {**seen, "evidence": 0}
        assert diagnose(run) == run.diagnosis

    def test_it_is_held_against_its_own_schema(self) -> None:
        schema = json.loads(results.FORMS[1].read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        document = json.loads(OF_FORM_1.read_text(encoding="ascii"))

        jsonschema.Draft202012Validator(schema).validate(document)
        assert not VALIDATOR.is_valid(document)
        assert not VALIDATOR.is_valid(document | {"schema": 2, "attempts": []})

    def test_key_that_the_second_form_has_is_one_that_it_does_not_know(self, tmp_path: Path) -> None:
        document = json.loads(OF_FORM_1.read_text(encoding="ascii"))
        (tmp_path / "results.json").write_text(json.dumps(document | {"attempts": []}))

        assert results.read(tmp_path / "results.json") == results.read(OF_FORM_1)

    def test_reports_of_it_are_those_of_the_second_form(self, tmp_path: Path) -> None:
        first = results.read(OF_FORM_1)
        results.write(tmp_path / "2.json", first)
        second = results.read(tmp_path / "2.json")

        assert second == first
        assert html.render(second) == html.render(first)
        assert junit.render(second) == junit.render(first)
