"""JSON Schema (2020-12): what of a value does not fit one, and what is none. Nothing that one refers to is fetched."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FORMATS = (
    *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
    *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer"),
    *("relative-json-pointer", "regex"),
)
"""Those of the standard, all of which are looked at; any other would check nothing."""

LISTS = ("allOf", "anyOf", "oneOf")
PLACES = ("not", "if", "then", "else")
"""Keywords whose schemas are of the same value as the schema that has them; ``dependentSchemas`` is one more."""

BY_NAME = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
LISTS_OF_SCHEMAS = (*LISTS, "prefixItems")
REFERENCES = ("$ref", "$dynamicRef")

_HERE = "https://here.invalid/"
"""Where a schema is that has no address of its own: one on which a relative one can be based."""

_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit. ``place`` is where, as ``$.runs[0]``; ``keyword`` is the schema's, and ``wanted`` its value.

    ``message`` is the library's sentence, in which the value itself may stand.
    """

    place: str
    keyword: str
    wanted: object
    message: str


class NoSchema(ValueError):
    """It is no JSON Schema; ``misfit`` says where and why."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__(misfit.message)
        self.misfit = misfit


class NoReference(ValueError):
    """A ``$ref`` leads nowhere within it, or in a circle."""


def misfit(schema: dict[str, Any], value: Any) -> Misfit | None:
    """The first thing in this value that does not fit; None where all does. Raises NoSchema or NoReference."""
    validator, _ = _read(schema)
    try:
        found = next(iter(validator.iter_errors(value)), None)
    except UnicodeEncodeError:
        found = next(iter(validator.iter_errors(_whole(value))), None)
    return _told(schema, found) if found else None


def check(schema: dict[str, Any], references: Iterable[str] = (), bases: Iterable[str] = ()) -> None:
    """Raise NoSchema or NoReference where this is none that can be used, or one of these references is none of it.

    ``bases`` are the addresses (``$id``) of its parts, from each of which a reference may be meant.
    """
    _, resolver = _read(schema)
    within = [resolver, *(each.resolver for base in bases if (each := _found(resolver, base)))]
    if strange := [each for each in references if not any(_found(start, each) for start in within)]:
        raise NoReference(strange[0])


def _read(schema: dict[str, Any]) -> tuple[Any, Any]:
    """What holds values against it, and what knows where its references lead. Raises NoSchema or NoReference."""
    import jsonschema_rs

    try:
        made = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
    except jsonschema_rs.ValidationError as error:
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Referencing):
            raise NoReference(error.message) from None
        raise NoSchema(_told({}, error)) from None
    except ValueError as error:  # too deep, or half of a pair in a text
        with contextlib.suppress(RecursionError):
            if (whole := _whole(schema)) != schema:
                return _read(whole)
        raise NoSchema(Misfit("$", "", None, str(error))) from None
    try:
        resolver = jsonschema_rs.Registry([(_HERE, schema)], draft=jsonschema_rs.Draft202012).resolver(_HERE)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise NoReference(str(error)) from None
    if circle := _circle(schema, resolver, frozenset(), set()):
        raise NoReference(f"{circle!r} leads in a circle")
    return made, resolver


def _whole(value: Any) -> Any:
    """The same without halves of pairs, which JSON may have and no text can: each is another letter, of no use."""
    import json

    text = json.dumps(value, ensure_ascii=False)
    return json.loads(_HALF.sub(lambda half: chr(0x100000 + ord(half[0])), text))


def _circle(schema: Any, resolver: Any, on_the_way: frozenset[tuple[str, str]], clear: set[tuple[str, str]]) -> str:
    """That of the references of the same value which comes back to itself: the library takes it for fulfilled.

    A reference is known by where it is seen from, and its text; ``clear`` are those that do not come back.
    """
    if not isinstance(schema, Mapping):
        return ""
    if isinstance(schema.get("$id"), str) and (own := _found(resolver, schema["$id"])):
        resolver = own.resolver
    inner = [schema[name] for name in PLACES if name in schema]
    inner += [each for name in LISTS for each in schema.get(name, ())]
    inner += schema.get("dependentSchemas", {}).values()
    for each in inner:
        if circle := _circle(each, resolver, on_the_way, clear):
            return circle
    for reference in (schema[name] for name in REFERENCES if name in schema):
        seen = (resolver.base_uri, reference)
        if seen in on_the_way:
            return str(reference)
        if seen not in clear and (to := _found(resolver, reference)):
            if circle := _circle(to.contents, to.resolver, on_the_way | {seen}, clear):
                return circle
            clear.add(seen)
    return ""


def _found(resolver: Any, reference: str) -> Any:
    """What this refers to, and the resolver there; None where nothing does."""
    import jsonschema_rs

    try:
        return resolver.lookup(reference)
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _told(schema: dict[str, Any], error: Any) -> Misfit:
    place = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    path = list(error.schema_path)
    if len(path) > 1 and path[-2] in (*BY_NAME, *LISTS_OF_SCHEMAS):  # false, in the place of a schema
        path.pop()
    return Misfit(place, str(path[-1]) if path else "", _at(schema, path), error.message)


def _at(schema: Any, path: Iterable[str | int]) -> Any:
    """What stands there in it; None where nothing does."""
    for step in path:
        try:
            schema = schema[step]
        except (KeyError, IndexError, TypeError):
            return None
    return schema
