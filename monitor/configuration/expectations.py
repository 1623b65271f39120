"""What is expected of a claim: a JSON Schema, or a value; and what is neither, since it would check nothing."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from monitor import schemas
from monitor.failures import Misconfigured

SCHEMAS_BY_NAME = schemas.BY_NAME
SCHEMA_LISTS = schemas.LISTS_OF_SCHEMAS
SCHEMAS = (
    *("not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
CHECKS = (
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "minItems", "maxItems", "uniqueItems", "minContains"),
    *("maxContains", "minProperties", "maxProperties", "required", "dependentRequired", "$ref", "$dynamicRef"),
)
WORDS = (
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$schema"),
    *("$id", "$anchor", "$dynamicAnchor", "$vocabulary", "contentEncoding", "contentMediaType", "contentSchema"),
)
"""Keywords that check nothing."""

KEYWORDS = frozenset((*SCHEMAS_BY_NAME, *SCHEMA_LISTS, *SCHEMAS, *CHECKS, *WORDS))
_CONST = 'for an object as the value itself write {"const": …}'


def of(claims: Mapping[str, Any], variable: str) -> dict[str, Any]:
    """For each claim its value, or, as an object, its schema. Raises Misconfigured, naming the claim and the cure."""
    expected: dict[str, Any] = {}
    for name, wanted in claims.items():
        try:
            expected[name] = _schema(wanted) if isinstance(wanted, dict) else wanted
        except ValueError as error:
            raise Misconfigured(f"{variable}: claim {name[:80]!r}: {error}") from None
    return expected


def _schema(wanted: dict[str, Any]) -> dict[str, Any]:
    """The schema that this object is or, of a value, stands for. Raises ValueError where it might be either."""
    strange = [name for name in wanted if name not in KEYWORDS]
    if strange and len(strange) == len(wanted) and not any(map(_nearest, strange)):
        _refuse_broken(value := {"const": wanted})
        return value
    _refuse_strange(strange)
    if wanted and not set(wanted) - set(WORDS):
        raise ValueError(f"a schema of {', '.join(sorted(wanted))} alone checks nothing; {_CONST}")
    _refuse_broken(wanted)
    for below in _below(wanted):
        _refuse_strange([name for name in below if name not in KEYWORDS])
    for form in _formats(wanted):
        _refuse_format(form)
    return wanted


def _refuse_strange(names: list[str]) -> None:
    if names:
        near = _nearest(names[0])
        meant = f" ({near!r} is one)" if near else ""
        raise ValueError(f"{names[0][:40]!r} is no keyword of JSON Schema{meant}, and checks nothing; {_CONST}")


def _nearest(name: str) -> str:
    """The keyword that this looks like, but for its case and a letter or two; empty where it looks like none."""
    for keyword in sorted(KEYWORDS):
        far = 0 if len(keyword) < 4 else 1 if len(keyword) < 8 else 2
        if abs(len(name) - len(keyword)) <= far and _edits(name.lower(), keyword.lower()) <= far:
            return keyword
    return ""


def _edits(one: str, other: str) -> int:
    """How many letters are to be put in, left out, replaced or swapped with their neighbours to make this that."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, there in enumerate(other, 1):
            row.append(min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != there)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def _refuse_broken(schema: dict[str, Any]) -> None:
    try:
        schemas.check(schema)  # first: what lies below is looked for in a schema alone
        parts = [schema, *_below(schema)]
        references = [part[name] for part in parts for name in schemas.REFERENCES if name in part]
        schemas.check(schema, references, [part["$id"] for part in parts if "$id" in part])
    except schemas.NoSchema as error:
        where = error.misfit.place.removeprefix("$").lstrip(".") or "it"
        raise ValueError(f"not a JSON Schema ({where[:60]}: {error.misfit.message[:100]}); {_CONST}") from None
    except schemas.NoReference as error:
        why = f"a $ref in its JSON Schema cannot be resolved, or leads in a circle ({str(error)[:100]})"
        raise ValueError(why) from None


def _below(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within this one."""
    if not isinstance(schema, dict):
        return
    inner = [schema[name] for name in SCHEMAS if name in schema]
    inner += [each for name in SCHEMA_LISTS for each in schema.get(name, ())]
    inner += [each for name in SCHEMAS_BY_NAME for each in schema.get(name, {}).values()]
    for each in inner:
        if isinstance(each, dict):
            yield each
        yield from _below(each)


def _formats(schema: dict[str, Any]) -> Iterator[str]:
    for each in (schema, *_below(schema)):
        if "format" in each:
            yield str(each["format"])


def _refuse_format(form: str) -> None:
    """A format that is none of the standard's."""
    if form not in schemas.FORMATS:
        near = difflib.get_close_matches(form, schemas.FORMATS, 1, 0.7)
        meant = f"did you mean {near[0]!r}?" if near else "write a pattern instead"
        raise ValueError(f"the format {json.dumps(form[:40])} is not checked here, {meant}")
