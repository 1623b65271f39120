"""JSON Schema (2020-12): what of a value does not fit one, and what is none. Nothing that one refers to is fetched."""

from __future__ import annotations

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

_HERE = "urn:here"


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
    validator = _validator(schema)
    try:
        found = next(iter(validator.iter_errors(value)), None)
    except UnicodeEncodeError:  # half of a pair, which JSON may have and no text can
        import json

        whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        found = next(iter(validator.iter_errors(json.loads(whole))), None)
    return _told(schema, found) if found else None


def check(schema: dict[str, Any], references: Iterable[str] = ()) -> None:
    """Raise NoSchema or NoReference where this is none that can be used, or one of these references is none of it."""
    _validator(schema)
    resolver = _resolver(schema)
    if strange := [each for each in references if _found(resolver, each) is None]:
        raise NoReference(strange[0])


def _validator(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    try:
        made = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
    except jsonschema_rs.ValidationError as error:
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Referencing):
            raise NoReference(error.message) from None
        raise NoSchema(_told({}, error)) from None
    except ValueError as error:  # too deep, or half of a pair in a text
        raise NoSchema(Misfit("$", "", None, str(error))) from None
    if _circles(schema, _resolver(schema), frozenset()):
        raise NoReference("a $ref leads in a circle")
    return made


def _resolver(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Registry([(_HERE, schema)]).resolver(_HERE)


def _circles(schema: Any, resolver: Any, on_the_way: frozenset[str]) -> bool:
    """Whether one of the references of the same value comes back to itself: the library takes it for fulfilled."""
    if not isinstance(schema, Mapping):
        return False
    inner = [schema[name] for name in PLACES if name in schema]
    inner += [each for name in LISTS for each in schema.get(name, ())]
    inner += schema.get("dependentSchemas", {}).values()
    if any(_circles(each, resolver, on_the_way) for each in inner):
        return True
    reference = schema.get("$ref")
    if not isinstance(reference, str) or reference in on_the_way:
        return isinstance(reference, str)
    found = _found(resolver, reference)
    return _circles(found, resolver, on_the_way | {reference})


def _found(resolver: Any, reference: str) -> Any:
    """What this refers to; None where nothing does, or where it is seen from a part that has a name of its own."""
    import jsonschema_rs

    try:
        return resolver.lookup(reference).contents
    except jsonschema_rs.ReferencingError:
        return None


def _told(schema: dict[str, Any], error: Any) -> Misfit:
    place = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    keyword = str(error.schema_path[-1]) if error.schema_path else ""
    return Misfit(place, keyword, _at(schema, error.schema_path), error.message)


def _at(schema: Any, path: Iterable[str | int]) -> Any:
    """What stands there in it; None where nothing does."""
    for step in path:
        try:
            schema = schema[step]
        except (KeyError, IndexError, TypeError):
            return None
    return schema
