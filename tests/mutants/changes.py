"""The small wrongs that a module can be given, one at a time: mutmut's, and what it has none for.

mutmut leaves out what is decorated, such as properties, and what stands outside of functions, such as tables: both
judge here. So its operators are taken, and not its runner.
"""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from monitor.owners import Confidence, Owner
from monitor.status import Status
from monitor.statuspages.page import Severity

ENUMERATIONS: dict[str, type[Enum]] = {each.__name__: each for each in (Confidence, Owner, Severity, Status)}
SWAPPED = {"any": "all", "all": "any", "min": "max", "max": "min"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one wrong in it: where, the lines before and after, and the whole source."""

    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.line}:\n    - {self.before}\n    + {self.after}"


def mutants(source: str) -> list[Mutant]:
    """Every mutant of this source, each once; those that are no Python, or the same program, are left out."""
    made = _Module(source)
    return list(made.of(made.wrongs()))


def some(source: str, number: int, chance: random.Random) -> list[Mutant]:
    """So many mutants of this source, picked at random; fewer where there are fewer."""
    made = _Module(source)
    wrongs = made.wrongs()
    chance.shuffle(wrongs)
    return list(itertools.islice(made.of(wrongs), number))


class _Module:
    """A module's syntax, and what can be wrong in it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)

    def wrongs(self) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
        """Each node that can be wrong, with what stands there then."""
        return [(node, wrong) for node in _mutable(self._wrapper.module) for wrong in _wrongs(node)]

    def of(self, wrongs: Iterable[tuple[cst.CSTNode, cst.CSTNode]]) -> Iterator[Mutant]:
        """The mutants that these make: programs, each another one."""
        places = self._wrapper.resolve(PositionProvider)
        seen = {ast.dump(ast.parse(self._source))}
        for node, wrong in wrongs:
            changed = self._wrapper.module.deep_replace(node, wrong)
            assert isinstance(changed, cst.Module)
            try:
                program = ast.dump(ast.parse(changed.code))
            except (SyntaxError, ValueError):
                continue
            if program not in seen:
                seen.add(program)
                yield _mutant(places[node].start.line, self._source, changed.code)


def _mutant(line: int, source: str, changed: str) -> Mutant:
    before, after = source.splitlines(), changed.splitlines()
    same = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), line - 1)
    return Mutant(same + 1, before[same].strip(), after[same].strip() if same < len(after) else "", changed)


def _mutable(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What is not a type, an import, a decorator, a docstring, nor the plain default of a field."""
    docstring = isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)
    default = isinstance(node, cst.AnnAssign) and isinstance(node.value, cst.Name | cst.BaseNumber | cst.BaseString)
    unread = docstring or default or _is_type(node) or _is_list_of_names(node)
    if unread or isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
        return
    yield node
    for child in node.children:
        yield from _mutable(child)


def _is_list_of_names(node: cst.CSTNode) -> bool:
    """Whether it is ``__all__``, which only who imports a star reads."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="__all__"))]):
            return True
        case _:
            return False


def _is_type(node: cst.CSTNode) -> bool:
    """Whether it gives a type another name (``Look = Callable[…]``), which only a type checker reads."""
    match node:
        case cst.Assign(value=cst.Subscript(value=cst.Name(value=name))):
            return name[0].isupper() and not name.isupper()
        case _:
            return False


def _wrongs(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, cst.SimpleString):
        # what has a blank in it is a sentence, whose wording is nobody's bug
        if not any(letter.isspace() for letter in node.raw_value):
            yield cst.SimpleString(f"{node.prefix}{node.quote}XX{node.raw_value}XX{node.quote}")
        return
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            yield from operator(node)
    yield from _others(node)


def _others(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    match node:
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=member)) if name in ENUMERATIONS:
            members = list(ENUMERATIONS[name].__members__)
            if member in members:
                following = members[(members.index(member) + 1) % len(members)]
                yield node.with_changes(attr=cst.Name(following))
        case cst.Call(func=cst.Name(value=name)) if name in SWAPPED:
            yield node.with_changes(func=cst.Name(SWAPPED[name]))
        case cst.Raise():
            yield cst.Pass()
        case cst.BooleanOperation() | cst.If() | cst.CompIf():
            yield from _decided(node)
        case cst.Tuple() | cst.List() | cst.Dict() | cst.Set():
            yield from _shorter(node)
        case _:
            pass


def _decided(node: cst.BooleanOperation | cst.If | cst.CompIf) -> Iterator[cst.CSTNode]:
    """Without one of two conditions, or the other way round, or always."""
    if isinstance(node, cst.BooleanOperation):
        yield node.left
        yield node.right
    elif isinstance(node, cst.If):
        inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))
    else:
        yield node.with_changes(test=cst.Name("True"))


def _shorter(node: cst.Tuple | cst.List | cst.Dict | cst.Set) -> Iterator[cst.CSTNode]:
    """Without one of its elements; not what is taken apart, nor a set of one: {} would be another thing."""
    each = list(node.elements)
    if (isinstance(node, cst.Tuple) and not node.lpar) or (isinstance(node, cst.Set) and len(each) == 1):
        return
    for number in range(len(each)):
        yield node.with_changes(elements=[*each[:number], *each[number + 1 :]])
