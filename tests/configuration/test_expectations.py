"""A claim is expected to have a value, or to fit a schema; what would check nothing is refused, with the cure."""

from __future__ import annotations

from typing import Any

import jsonschema_specifications  # type: ignore[import-untyped]
import pytest

from monitor.configuration.expectations import CHECKS, KEYWORDS, SCHEMA_LISTS, SCHEMAS, SCHEMAS_BY_NAME, WORDS, of
from monitor.failures import Misconfigured
from monitor.transactions.tokens import unmet

CONST = 'write {"const": …}'


def why(wanted: Any) -> str:
    with pytest.raises(Misconfigured) as raised:
        of({"https://acme.example/x": wanted}, "AUTH0_EXPECTED_CLAIMS")
    reason = raised.value.reason
    assert reason.startswith("AUTH0_EXPECTED_CLAIMS: claim 'https://acme.example/x': ")
    return reason


def test_keywords_are_those_of_the_standard() -> None:
    names = [name for name in jsonschema_specifications.REGISTRY if "/draft/2020-12/meta/" in name]
    vocabularies = [jsonschema_specifications.REGISTRY.contents(name) for name in names]
    named = {keyword for each in vocabularies for keyword in each.get("properties", {})}

    assert named
    assert named <= KEYWORDS
    assert KEYWORDS - named == {"definitions"}  # the older name of $defs
    kinds = (SCHEMAS_BY_NAME, SCHEMA_LISTS, SCHEMAS, CHECKS, WORDS)
    assert sum(map(len, kinds)) == len(KEYWORDS), "a keyword is of two kinds"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": ["string", "null"]},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        {"enum": ["gold", "silver"]},
        {"const": {"level": "gold"}},
        {"const": {"type": "admin"}},
        {},
        {"title": "The plan", "pattern": "^p"},
        {"format": "email"},
        {"properties": {"level": {"type": "integer"}, "type": True}, "required": ["level"]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
        {"type": "object", "additionalProperties": {"$ref": "#"}},
        {"anyOf": [{"$ref": "#/$defs/a"}, {"items": {"$ref": "#/$defs/a"}}], "$defs": {"a": {"type": "string"}}},
        {"$id": "https://acme.example/plan", "$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
        {"$id": "https://acme.example/plan", "items": {"$ref": "plan#/$defs/a"}, "$defs": {"a": {"type": "string"}}},
        {"items": {"$id": "https://acme.example/a", "$ref": "#/$defs/own", "$defs": {"own": {"type": "string"}}}},
        {"$id": "plan.json", "type": "string"},
        {"$schema": "https://acme.example/meta", "type": "string"},
    ],
)
def test_object_of_keywords_alone_is_a_schema(schema: dict[str, Any]) -> None:
    assert of({"a": schema}, "X") == {"a": schema}


@pytest.mark.parametrize(
    "value", [{"level": "gold"}, {"name": "x", "id": 3}, {"count": 3}, {"roles": ["admin"]}, {"note": "x"}]
)
def test_object_without_any_keyword_is_the_value_itself(value: dict[str, Any]) -> None:
    expected = of({"plan": value}, "X")

    assert unmet(expected, {"plan": value}) == []
    assert unmet(expected, {"plan": value | {"level": "lead"}}) != []
    assert unmet(expected, {"plan": "gold"}) != []


@pytest.mark.parametrize("value", ["gold", 3, True, None, ["a", "b"]])
def test_what_is_no_object_is_the_value_itself(value: Any) -> None:
    assert of({"plan": value}, "X") == {"plan": value}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"tpye": "string"}, "'tpye' is no keyword of JSON Schema ('type' is one)"),
        ({"Type": "string"}, "('type' is one)"),
        ({"types": "string"}, "('type' is one)"),
        ({"minLenght": 3}, "('minLength' is one)"),
        ({"anyof": [{}]}, "('anyOf' is one)"),
        ({"requird": ["a"]}, "('required' is one)"),
        ({"type": "string", "level": 1}, "'level' is no keyword"),
        ({"role": "x", "items": {}}, "'role' is no keyword"),
        ({"type": "admin"}, "not a JSON Schema"),
        ({"enum": "gold"}, "not a JSON Schema"),
        ({"pattern": "("}, "not a JSON Schema"),
        ({"minItems": "many"}, "not a JSON Schema"),
        ({"allOf": {}}, "not a JSON Schema"),
        ({"title": "gold"}, "a schema of title alone checks nothing"),
        ({"description": "gold", "default": 1}, "a schema of default, description alone checks nothing"),
        ({"properties": {"level": {"tpye": "string"}}}, "'tpye' is no keyword"),
        ({"type": "array", "items": {"level": "gold"}}, "'level' is no keyword"),
        ({"anyOf": [{"type": "string"}, {"typ": "null"}]}, "'typ' is no keyword"),
    ],
)
def test_what_lies_between_is_refused_with_the_nearest_name_and_the_cure(wanted: dict[str, Any], words: str) -> None:
    reason = why(wanted)

    assert words in reason
    assert CONST in reason


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"format": "emial"}, "the format \"emial\" is not checked here, did you mean 'email'?"),
        ({"format": "phone"}, "write a pattern instead"),
        ({"items": {"format": "phone"}}, "write a pattern instead"),
        ({"$ref": "#/$defs/nothing"}, "a $ref in its JSON Schema cannot be resolved"),
        ({"$ref": "https://127.0.0.1:1/schema"}, "a $ref in its JSON Schema cannot be resolved"),
        ({"properties": {"a": {"$ref": "x"}}}, "a $ref in its JSON Schema cannot be resolved"),
        (
            {"$defs": {"unused": {"$ref": "#/$defs/nothing"}}, "type": "string"},
            "a $ref in its JSON Schema cannot be resolved",
        ),
        ({"$ref": "#"}, "leads in a circle"),
        ({"$dynamicRef": "#"}, "('#' leads in a circle)"),
        ({"$defs": {"unused": {"$dynamicRef": "#none"}}, "type": "string"}, "cannot be resolved"),
        ({"$ref": "#/$defs/ü", "$defs": {"ü": {}}}, "Invalid URI reference '#/$defs/ü'"),
        ({"anyOf": [{"type": "null"}, {"$ref": "#"}]}, "leads in a circle"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}},
            "a circle",
        ),
    ],
)
def test_what_would_never_be_checked_is_refused(wanted: dict[str, Any], words: str) -> None:
    assert words in why(wanted)


def test_value_that_no_schema_can_hold_is_refused_at_once() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]

    assert "not a JSON Schema" in why({"level": deep})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("schema", [{"maximum": 3}, {"items": {"maximum": 3}}, {"type": ["array", "number"]}])
def test_number_that_is_none_fits_no_schema(schema: dict[str, Any], number: float) -> None:
    expected = of({"level": schema}, "X")

    for value in (number, [number], {"a": [number]}):
        assert len(unmet(expected, {"level": value})) == 1


@pytest.mark.parametrize("levels", [190, 300, 5000])
def test_claim_that_is_deep_is_no_fault_of_the_schema(levels: int) -> None:
    expected, deep = of({"level": {"type": "string"}}, "X"), "x"
    for _ in range(levels):
        deep = [deep]  # type: ignore[assignment]

    (problem,) = unmet(expected, {"level": deep})
    assert problem.startswith("claim 'level' does not fit its schema")


def test_misfit_in_a_part_with_a_name_of_its_own_is_told_by_its_keyword() -> None:
    schema = {"$ref": "a", "$defs": {"a": {"$id": "a", "$ref": "#/$defs/own", "$defs": {"own": {"type": "string"}}}}}
    expected = of({"level": schema}, "X")

    assert unmet(expected, {"level": 1}) == ["claim 'level' does not fit its schema (type)"]


def test_format_is_checked() -> None:
    expected = of({"mail": {"format": "email"}}, "X")

    assert unmet(expected, {"mail": "a@b.example"}) == []
    assert unmet(expected, {"mail": "nobody"}) == ["claim 'mail' does not fit its schema (format: email)"]
