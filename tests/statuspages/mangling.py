"""What may become of a JSON page on its way: cut short, a field lost, a value nobody has seen."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer, Notice, Page, Severity
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import NOW, STALE, WELL, quick

Read = Callable[[Answer], Page]
Place = tuple[str | int, ...]
"""The way to a value: keys and indexes."""

EVERYTHING = Wanted()
UNHEARD_OF: tuple[Any, ...] = (
    "frobnicated",
    "",
    " ",
    "null",
    "NaN",
    "-7",
    -1,
    7,
    0.5,
    99999999999,
    None,
    True,
    False,
    [],
    {},
    [[]],
)
"""Values that no field has which is an enumeration or a number; an empty list is one of none that is a list."""

_SAYS_SO = {"resolved", "group"}
"""Fields in which True is none of those: it says that it is over, or no component."""


def written(document: Any, *, encoding: str = "utf-8") -> bytes:
    return json.dumps(document).encode(encoding)


def severity(read: Read, body: bytes, wanted: Wanted = EVERYTHING) -> Severity:
    """What a page comes to; what cannot be read is UNKNOWN."""
    try:
        page = read(Answer(body, "application/json"))
    except Unreadable:
        return Severity.UNKNOWN
    return weigh(page, wanted, now=NOW, stale=STALE).severity


def come_to(read: Read, document: Any, wanted: Wanted = EVERYTHING) -> Severity:
    """What a page comes to that can be read."""
    return weigh(read(Answer(written(document))), wanted, now=NOW, stale=STALE).severity


def only(read: Read, document: Any) -> Notice:
    """The one incident of a page."""
    (incident,) = read(Answer(written(document))).notices
    return incident


def stays_ill(
    read: Read, document: Any, wanted: Wanted, *, names: frozenset[str] = frozenset(), encoding: str = "utf-8"
) -> None:
    """No cut, no loss and no unheard-of value makes this page, with a major incident open, a healthy one.

    Into the fields that are ``names`` no other value is put: that would be another component's truth.
    """
    body = written(document, encoding=encoding)
    assert severity(read, body, wanted) is Severity.MAJOR

    changed = [*without_a_field(document), *with_an_unheard_of_value(document, names)]
    assert len(changed) > 50, "nothing was changed"
    for place, other in changed:
        assert severity(read, written(other, encoding=encoding), wanted) not in WELL, place

    @quick
    @given(cut(body))
    def stays_so_cut_short(start: bytes) -> None:
        assert severity(read, start, wanted) not in WELL, start

    @quick
    @given(odd(document, names))
    def stays_so_with_odd_values(other: Any) -> None:
        assert severity(read, written(other, encoding=encoding), wanted) not in WELL, other

    stays_so_cut_short()
    stays_so_with_odd_values()


def reads_or_says_why_not(read: Read, *documents: Any) -> None:
    """Whatever comes, there is a page or an Unreadable."""
    bodies = [written(document) for document in documents]

    @quick
    @given(st.one_of(st.binary(max_size=300), json_values().map(written), spliced(bodies), *map(changed, documents)))
    def holds(body: bytes) -> None:
        severity(read, body)

    for body in (b"", b"[]", b"{}", b"null", b"0", b"[" * 100_000, b"[" * 900 + b"]" * 900, b"\xfe\xff", b"<", b"\xff"):
        severity(read, body)
    holds()


def without_a_field(document: Any) -> Iterator[tuple[Place, Any]]:
    """The document without any one field, anywhere in it."""
    for place in places(document):
        other = copy.deepcopy(document)
        del _holder(other, place)[place[-1]]
        yield place, other


def with_an_unheard_of_value(document: Any, names: frozenset[str]) -> Iterator[tuple[Place, Any]]:
    """The document with an unheard-of value in any one field that is no name."""
    for place in places(document):
        for value in UNHEARD_OF if place[-1] not in names else ():
            emptied = value == [] and isinstance(_holder(document, place)[place[-1]], list)
            if not emptied and (value is not True or place[-1] not in _SAYS_SO):
                yield place, _with(document, place, value)


def cut(body: bytes) -> st.SearchStrategy[bytes]:
    """The beginning of a body."""
    return st.integers(0, len(body) - 1).map(lambda end: body[:end])


def odd(document: Any, names: frozenset[str]) -> st.SearchStrategy[Any]:
    """The document with any text, or any number beyond those that mean something, in one field that is no name."""
    free = [place for place in places(document) if place[-1] not in names]
    numbers = st.one_of(st.integers(max_value=-1), st.integers(10_000, 900_000_000), st.floats(max_value=-0.1))
    values = st.one_of(st.text("qxyzQXYZ_-: ü", min_size=1), numbers)
    return st.tuples(st.sampled_from(free), values).map(lambda drawn: _with(document, *drawn))


def changed(document: Any) -> st.SearchStrategy[bytes]:
    """The document with anything in one field."""
    return st.tuples(st.sampled_from(list(places(document))), json_values()).map(
        lambda drawn: written(_with(document, *drawn))
    )


def spliced(bodies: list[bytes]) -> st.SearchStrategy[bytes]:
    """A body of which a part is replaced by other bytes."""
    parts = st.tuples(st.sampled_from(bodies), st.floats(0, 1), st.binary(max_size=20), st.floats(0, 1))
    return parts.map(lambda drawn: _spliced(*drawn))


def json_values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    )


def places(document: Any, before: Place = ()) -> Iterator[Place]:
    """Each field in each object, however deep."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(document, dict):
            yield (*before, key)
        if isinstance(value, dict | list):
            yield from places(value, (*before, key))


def _with(document: Any, place: Place, value: Any) -> Any:
    other = copy.deepcopy(document)
    _holder(other, place)[place[-1]] = copy.deepcopy(value)
    return other


def _holder(document: Any, place: Place) -> Any:
    for step in place[:-1]:
        document = document[step]
    return document


def _spliced(body: bytes, start: float, between: bytes, end: float) -> bytes:
    return body[: int(start * len(body))] + between + body[int(end * len(body)) :]
