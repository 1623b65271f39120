"""GitHub's expressions, as far as our workflows use them: what else there is, is refused and not guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<word>[A-Za-z_][\w-]*)|(?P<sign>==|!=|&&|\|\||[!().,]))"
)
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)

Functions = Mapping[str, Callable[..., Any]]


class Unknown(ValueError):
    """Something that this does not know."""


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
    """What an expression comes to."""
    return _Reader(expression, contexts, {"fromJSON": json.loads, **(functions or {})}).whole()


def text(value: Any) -> str:
    """As GitHub writes a value into text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Reader:
    def __init__(self, expression: str, contexts: Mapping[str, Any], functions: Functions) -> None:
        self.contexts, self.functions = contexts, functions
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

    def took(self, sign: str) -> bool:
        if self.tokens and self.tokens[0] == ("sign", sign):
            del self.tokens[0]
            return True
        return False

    def either(self) -> Any:
        value = self.both()
        while self.took("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.took("&&"):
            other = self.compared()
            value = other if value else value
        return value

    def compared(self) -> Any:
        value = self.single()
        for sign, same in (("==", True), ("!=", False)):
            if self.took(sign):
                return (text(value).lower() == text(self.single()).lower()) is same
        return value

    def single(self) -> Any:
        if self.took("!"):
            return not self.single()
        if self.took("("):
            value = self.either()
            if not self.took(")"):
                raise Unknown("a bracket is not closed")
            return value
        kind, told = self.tokens.pop(0)
        if kind == "text":
            return told[1:-1].replace("''", "'")
        if kind == "number":
            return int(told)
        if kind != "word":
            raise Unknown(told)
        return self.called(told) if self.took("(") else self.looked_up(told)

    def called(self, name: str) -> Any:
        arguments = []
        while not self.took(")"):
            arguments.append(self.either())
            self.took(",")
        if name not in self.functions:
            raise Unknown(f"{name}()")
        return self.functions[name](*arguments)

    def looked_up(self, name: str) -> Any:
        if name in ("true", "false"):
            return name == "true"
        if name not in self.contexts:
            raise Unknown(f"there is no context {name} here")
        value = self.contexts[name]
        while self.took("."):
            key = self.tokens.pop(0)[1]
            value = value.get(key) if isinstance(value, Mapping) else None
        return value
