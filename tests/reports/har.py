"""HAR 1.2 as its specification has it (http://www.softwareishard.com/blog/har-12-spec/), for a reader of our own."""

from __future__ import annotations

from typing import Any

import jsonschema

TEXT, MILLISECONDS = {"type": "string"}, {"type": "number", "minimum": 0}
BYTES = {"type": "integer", "minimum": -1}
OPTIONAL_TIME = {"oneOf": [{"const": -1}, MILLISECONDS]}


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Nothing but these, a comment, and what begins with an underscore."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional | {"comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


PAIR = _object({"name": TEXT, "value": TEXT})
MESSAGE = {"httpVersion": TEXT, "cookies": _list(PAIR), "headers": _list(PAIR), "headersSize": BYTES, "bodySize": BYTES}
POSTED = {"oneOf": [_object({"mimeType": TEXT, "params": _list(PAIR)}), _object({"mimeType": TEXT, "text": TEXT})]}
CONTENT = _object({"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT}, text=TEXT, encoding=TEXT)
TIMINGS = _object(
    {"send": MILLISECONDS, "wait": MILLISECONDS, "receive": MILLISECONDS},
    **dict.fromkeys(("blocked", "dns", "connect", "ssl"), OPTIONAL_TIME),
)
ENTRY = _object(
    {
        "startedDateTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$"},
        "time": MILLISECONDS,
        "request": _object({"method": TEXT, "url": TEXT, "queryString": _list(PAIR), **MESSAGE}, postData=POSTED),
        "response": _object(
            {"status": {"type": "integer"}, "statusText": TEXT, "content": CONTENT, "redirectURL": TEXT, **MESSAGE}
        ),
        "cache": {"type": "object", "maxProperties": 0},
        "timings": TIMINGS,
    },
    serverIPAddress={"anyOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}]},
    connection=TEXT,
)
CREATOR = _object({"name": TEXT, "version": TEXT})
HAR = _object({"log": _object({"version": {"const": "1.2"}, "creator": CREATOR, "entries": _list(ENTRY)})})
VALIDATOR = jsonschema.Draft202012Validator(HAR, format_checker=jsonschema.FormatChecker())


def entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of a document that is a HAR, each with a time that is the sum of its parts, as the standard asks."""
    VALIDATOR.validate(document)
    found: list[dict[str, Any]] = document["log"]["entries"]
    for entry in found:
        parts = {name: max(time, 0) for name, time in entry["timings"].items() if name != "ssl"}
        assert abs(entry["time"] - sum(parts.values())) < 0.01
        assert entry["timings"]["ssl"] <= max(entry["timings"]["connect"], 0)
    return found
