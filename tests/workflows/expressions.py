"""GitHub's expressions, as its documentation has them: what else there is, is refused and not guessed.

Numbers, texts, booleans and null are Python's; so are arrays and objects. Held against GitHub's own reader of them in
test_expressions.py.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.]))"
    r"|(?P<word>[A-Za-z_][\w-]*)|(?P<sign>==|!=|<=|>=|&&|\|\||[!()<>.,\[\]]))"
)
_HOLE = re.compile(r"\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")

Functions = Mapping[str, Callable[..., Any]]


class Unknown(ValueError):
    """Something that this does not know, or that GitHub refuses."""


def filled(value: Any, contexts: Mapping[str, Any], functions: Functions | None = None) -> Any:
    """A value of a workflow with its ``${{ }}`` worked out; one that is nothing else keeps its type."""
    if isinstance(value, Mapping):
        return {key: filled(each, contexts, functions) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    whole = _HOLE.fullmatch(value.strip())
    if whole and "${{" not in whole[1]:
        return evaluated(whole[1], contexts, functions)
    return _HOLE.sub(lambda hole: text(evaluated(hole[1], contexts, functions)), value)


def evaluated(expression: str, contexts: Mapping[str, Any], functions: Functions | None = None) -> Any:
    """What an expression comes to. Raises Unknown."""
    return _Reader(expression, contexts, {**_FUNCTIONS, **_lowered(functions or {})}).whole()


def text(value: Any) -> str:
    """As GitHub writes a value into text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return _written(value)
    if isinstance(value, (list, dict)):
        return "Array" if isinstance(value, list) else "Object"
    return str(value)


def _written(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 10**15:
        return str(int(value))
    if 1e-4 <= abs(value) < 10**15:
        return repr(float(value))
    raise Unknown(f"how {value} is written")


def _number(value: Any) -> float:
    """As GitHub takes a value for a number; what is none is NaN."""
    if value is None or isinstance(value, (bool, int, float)):
        return float(value or 0)
    if not isinstance(value, str):
        return math.nan
    told = value.strip()
    if told and not _NUMBER.fullmatch(told):
        return {"Infinity": math.inf, "-Infinity": -math.inf}.get(told, math.nan)
    if told[:1] in "+-" and told[1:3] in ("0x", "0o"):
        raise Unknown(told)
    return float(int(told, 0)) if told[:2] in ("0x", "0o") else float(told or 0)


def _true(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        return True
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.upper() == other.upper()
    if one is None and other is None:
        return True
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return one is other
    return _number(one) == _number(other)


def _greater(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.upper() > other.upper()
    return _number(one) > _number(other)


def _contains(search: Any, item: Any) -> bool:
    if isinstance(search, list):
        return any(_same(each, item) for each in search)
    if isinstance(search, dict) or isinstance(item, (list, dict)):
        return False
    return text(item).upper() in text(search).upper()


def _edge(how: str) -> Callable[[Any, Any], bool]:
    def does(search: Any, part: Any) -> bool:
        if isinstance(search, (list, dict)) or isinstance(part, (list, dict)):
            return False
        found: bool = getattr(text(search).upper(), how)(text(part).upper())
        return found

    return does


def _format(pattern: Any, *values: Any) -> str:
    def place(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] is None or int(found[1]) >= len(values):
            raise Unknown(f"a format of {pattern!r}")
        return text(values[int(found[1])])

    return re.sub(r"\{\{|\}\}|\{(\d+)\}|[{}]", place, text(pattern))


def _join(values: Any, separator: Any = ",") -> str:
    if isinstance(values, list):
        between = "," if isinstance(separator, (list, dict)) else text(separator)
        return between.join(text(each) for each in values)
    return "" if isinstance(values, dict) else text(values)


def _from_json(told: Any) -> Any:
    try:
        return json.loads(text(told))
    except ValueError:
        raise Unknown(f"JSON in {told!r}") from None


_COUNTS = {"contains": (2, 2), "startswith": (2, 2), "endswith": (2, 2), "format": (1, 255), "join": (1, 2)}
_COUNTS |= {"tojson": (1, 1), "fromjson": (1, 1)}
_FUNCTIONS: Functions = {
    "contains": _contains,
    "startswith": _edge("startswith"),
    "endswith": _edge("endswith"),
    "format": _format,
    "join": _join,
    "tojson": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    "fromjson": _from_json,
}


def _lowered(names: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in names.items()}


class _Reader:
    def __init__(self, expression: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self.contexts, self.functions = _lowered(contexts), functions
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while expression[at:].strip():
            found = _TOKEN.match(expression, at)
            if not found:
                raise Unknown(expression)
            self.tokens.append((str(found.lastgroup), found[found.lastgroup or 0]))
            at = found.end()

    def whole(self) -> Any:
        value = self.either()
        if self.tokens:
            raise Unknown(f"what is left: {self.tokens}")
        return value

    def took(self, *signs: str) -> str:
        """The sign that comes next, which is gone then; empty where it is none of these."""
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return ""

    def next(self, *kinds: str) -> tuple[str, str]:
        if not self.tokens or self.tokens[0][0] not in kinds:
            raise Unknown(f"what comes next: {self.tokens[:1]}")
        return self.tokens.pop(0)

    def closed(self, sign: str) -> None:
        if not self.took(sign):
            raise Unknown("a bracket is not closed")

    def either(self) -> Any:
        value = self.both()
        while self.took("||"):
            other = self.both()
            value = value if _true(value) else other
        return value

    def both(self) -> Any:
        value = self.equal()
        while self.took("&&"):
            other = self.equal()
            value = other if _true(value) else value
        return value

    def equal(self) -> Any:
        value = self.compared()
        while sign := self.took("==", "!="):
            value = _same(value, self.compared()) is (sign == "==")
        return value

    def compared(self) -> Any:
        value = self.single()
        while sign := self.took("<", "<=", ">", ">="):
            other = self.single()
            first, second = (value, other) if sign[0] == ">" else (other, value)
            value = _greater(first, second) or (len(sign) == 2 and _same(first, second))
        return value

    def single(self) -> Any:
        if self.took("!"):
            return not _true(self.single())
        if self.took("("):
            value = self.either()
            self.closed(")")
            return self.within(value)
        kind, told = self.next("text", "number", "word")
        if kind == "text":
            return told[1:-1].replace("''", "'")
        if kind == "number":
            return _number(told)
        return self.within(self.called(told) if self.took("(") else self.named(told))

    def called(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self.took(")"):
            if arguments and not self.took(","):
                raise Unknown(f"{name}() has no comma")
            arguments.append(self.either())
        if name.lower() not in self.functions:
            raise Unknown(f"{name}()")
        least, most = _COUNTS.get(name.lower(), (0, 255))
        if not least <= len(arguments) <= most:
            raise Unknown(f"{name}() of {len(arguments)}")
        return self.functions[name.lower()](*arguments)

    def named(self, name: str) -> Any:
        words = {"true": True, "false": False, "null": None, "NaN": math.nan, "Infinity": math.inf}
        if name in words:
            return words[name]
        if name.lower() not in self.contexts:
            raise Unknown(f"there is no context {name} here")
        return self.contexts[name.lower()]

    def within(self, value: Any) -> Any:
        """What a value has under the names, or at the places, that follow it."""
        while sign := self.took(".", "["):
            if sign == ".":
                value = _part(value, self.next("word")[1])
            else:
                value = _part(value, self.either())
                self.closed("]")
        return value


def _part(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        return None if isinstance(key, (list, dict)) else _lowered(value).get(text(key).lower())
    if not isinstance(value, list):
        return None
    at = _number(key)
    return value[int(at)] if math.isfinite(at) and 0 <= at < len(value) else None
