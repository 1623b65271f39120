"""What does not fit a schema, held against another library's word for it; and what is no schema."""

from __future__ import annotations

import json
import socket
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import schemas
from monitor.schemas import Misfit, NoReference, NoSchema

SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "string"},
    {"type": ["integer", "null"]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1, "uniqueItems": True},
    {"prefixItems": [{"const": 1}], "items": False},
    {"contains": {"const": 1}, "minContains": 2},
    {"enum": [1, "a", None, [1], {"a": 1}]},
    {"const": 1},
    {"const": False},
    {"minimum": 0, "exclusiveMaximum": 3, "multipleOf": 0.5},
    {"minLength": 2, "maxLength": 3, "pattern": "^a|b$"},
    {"required": ["a"], "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    {"patternProperties": {"^a": {"type": "string"}}, "maxProperties": 2},
    {"propertyNames": {"maxLength": 1}, "dependentRequired": {"a": ["b"]}},
    {"dependentSchemas": {"a": {"required": ["b"]}}},
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "null"}},
    {"anyOf": [{"type": "string"}, {"minimum": 2}]},
    {"oneOf": [{"type": "number"}, {"type": "integer"}]},
    {"allOf": [{"minimum": 1}, {"maximum": 2}]},
    {"not": {"type": "array"}},
    {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}, "type": ["array", "integer"]}}},
    {"properties": {"a": True, "b": False}, "unevaluatedProperties": False},
]
NAMES = st.sampled_from(["a", "b", "ab"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.sampled_from([0.0, 0.5, 1.0, 2.5, 10.0**30, 10**30])
    | st.sampled_from(["", "a", "ab", "abc", "x", "ü", "\U0001f600", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=json.dumps)
@given(value=VALUES)
def test_value_fits_as_another_library_says(schema: dict[str, Any], value: Any) -> None:
    theirs = list(jsonschema.Draft202012Validator(schema).iter_errors(value))
    ours = schemas.misfit(schema, value)

    assert (ours is None) is (not theirs), [each.message for each in theirs]
    assert ours is None or ours.place.startswith(tuple(each.json_path for each in theirs))


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": "string"}, 1, ("$", "type", "string")),
        ({"items": {"properties": {"a": {"minimum": 3}}}}, [{}, {"a": 1}], ("$[1].a", "minimum", 3)),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"enum": [2]}}}, 1, ("$", "enum", [2])),
        ({"properties": {"a": False}}, {"a": 1}, ("$.a", "properties", {"a": False})),
        ({"prefixItems": [False]}, [1], ("$[0]", "prefixItems", [False])),
        ({"items": False}, [1], ("$[0]", "items", False)),
    ],
)
def test_misfit_says_where_and_which_keyword(schema: dict[str, Any], value: Any, told: tuple[Any, ...]) -> None:
    found = schemas.misfit(schema, value)

    assert isinstance(found, Misfit)
    assert (found.place, found.keyword, found.wanted) == told
    assert found.message


def test_half_of_a_pair_is_a_letter_like_any_other() -> None:
    value = json.loads('{"a": "\\ud800x"}')

    assert schemas.misfit({"properties": {"a": {"minLength": 2}}}, value) is None
    found = schemas.misfit({"properties": {"a": {"type": "integer"}}}, value)
    assert found is not None
    assert found.place == "$.a"


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        ({"const": "?"}, "\ud800", False),
        ({"enum": ["?"]}, ["\ud800"], False),
        ({"uniqueItems": True}, ["\ud800", "\ud801", "?"], True),
        ({"maxProperties": 1}, {"\ud800": 1, "?": 1}, False),
        ({"const": {"\ud800": "\udfff"}}, {"\ud800": "\udfff"}, True),
        ({"const": "\ud800"}, "\ud801", False),
        ({"properties": {"\ud800": {"type": "integer"}}}, {"\ud800": "x"}, False),
    ],
)
def test_half_of_a_pair_is_no_other_letter(schema: dict[str, Any], value: Any, fits: object) -> None:
    assert (schemas.misfit(schema, value) is None) is fits


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_number_that_json_has_not_is_none(number: float) -> None:
    assert schemas.misfit({"type": "number"}, number) is not None


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "number of it"}, "$.type"),
        ({"pattern": "("}, "$.pattern"),
        ({"properties": {"a": {"required": "b"}}}, "$.properties.a.required"),
    ],
)
def test_what_is_no_schema_says_where(schema: dict[str, Any], place: str) -> None:
    with pytest.raises(NoSchema) as raised:
        schemas.check(schema)

    assert raised.value.misfit.place == place


def test_schema_that_is_deeper_than_any_is_none() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(900):
        schema = {"not": schema}

    with pytest.raises(NoSchema):
        schemas.check(schema)


@pytest.mark.parametrize(
    "reference",
    ["#/$defs/none", "https://127.0.0.1:1/schema", "http://json-schema.org/x", "file:///etc/passwd", "x", "#none"],
)
def test_reference_to_elsewhere_is_refused_and_not_followed(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **_: asked.append(arguments))

    with pytest.raises(NoReference):
        schemas.misfit({"$ref": reference}, 1)
    with pytest.raises(NoReference):
        schemas.check({"type": "string"}, [reference])
    assert not asked


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"type": "string"}, {"$ref": "#"}]},
        {"dependentSchemas": {"a": {"$ref": "#"}}},
        {"if": {}, "then": {"$ref": "#/$defs/a"}, "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}},
        {"$dynamicRef": "#"},
        {"$dynamicAnchor": "x", "anyOf": [{"type": "null"}, {"$dynamicRef": "#x"}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$id": "https://a.example/", "allOf": [{"$ref": "#"}]}}},
    ],
)
def test_reference_in_a_circle_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(NoReference, match="circle"):
        schemas.check(schema)


@pytest.mark.parametrize(
    "schema", [{"items": {"$ref": "#"}}, {"properties": {"a": {"$ref": "#"}}, "additionalProperties": {"$ref": "#"}}]
)
def test_reference_to_what_is_within_the_value_is_no_circle(schema: dict[str, Any]) -> None:
    schemas.check(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"$id": "plan.json", "$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
        {"$schema": "https://acme.example/meta", "type": "string"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$id": "https://a.example/", "$ref": "#/$defs/a", "$defs": {"a": {}}}}},
        {"$id": "https://a.example/plan", "$ref": "level", "$defs": {"a": {"$id": "level", "type": "string"}}},
    ],
)
def test_reference_is_seen_from_the_part_that_has_it(schema: dict[str, Any]) -> None:
    schemas.check(schema)

    assert schemas.misfit(schema, "x") is None


def test_reference_that_many_have_is_followed_once() -> None:
    levels: dict[str, Any] = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)}

    schemas.check({"$ref": "#/$defs/d0", "$defs": levels | {"d40": {"type": "string"}}})


def test_part_with_a_name_of_its_own_is_referred_to_from_there() -> None:
    named = {"$id": "https://acme.example/a", "$defs": {"b": {"type": "string"}}, "$ref": "#/$defs/b"}
    schema = {"properties": {"a": named}}

    assert schemas.misfit(schema, {"a": "x"}) is None
    assert schemas.misfit(schema, {"a": 1}) is not None


def test_formats_are_those_of_the_standard_and_all_are_looked_at() -> None:
    assert set(schemas.FORMATS) >= set(jsonschema.Draft202012Validator.FORMAT_CHECKER.checkers)
    broken = {"regex": "("}
    fits = [each for each in schemas.FORMATS if not schemas.misfit({"format": each}, broken.get(each, "\x00 {x"))]
    assert not fits


def test_pattern_that_would_be_tried_for_ever_ends() -> None:
    assert schemas.misfit({"pattern": "^(a+)+$"}, "a" * 60 + "b") is not None
