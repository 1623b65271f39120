"""What must never be written: the scrubber takes secrets out of any text."""

from __future__ import annotations

import base64
import bisect
import contextlib
import itertools
import logging
import re
import threading
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import SecretStr

from monitor.encodings import LEAST, Decoded, encoded, in_halves, offsets, readings, unescaped

MASK = "***"

SHORTEST = 4
"""Characters of the shortest secret that is taken out of texts."""

_GRAM = 8
_STRIDE = 4
"""Bytes: each gram of a secret is known, and a text is looked at each stride: so a piece of _PIECE bytes is found."""

_PIECE = _GRAM + _STRIDE - 1

_SHORT_TEXT, _MANY_TEXTS = 200, 5_000
"""Characters of a text that is worth being known again, and how many of them are: a word, a header, an address."""


@dataclass
class _Group:
    """The secrets of one group. ``masks`` has of each form what is written in its place.

    ``grams`` has each gram of the ``forms`` that are long, and not where it is: tokens have thousands, and few texts
    have any. The others are looked for whole: ``short`` whether in upper or lower case, and ``exact`` as they are.
    """

    forms: list[bytes] = field(default_factory=list)
    grams: set[int] = field(default_factory=set)
    short: set[bytes] = field(default_factory=set)
    exact: set[bytes] = field(default_factory=set)
    masks: dict[bytes, str] = field(default_factory=dict)


class _Span(NamedTuple):
    """Where in a text a secret is, and what is written in its place."""

    start: int
    end: int
    mask: str


class Scrubber:
    """Takes secrets out of text, also where pytest or a log has cut them in the middle, and however it is encoded.

    What is compared is how a text and a secret read when all escapes are decoded, and in lower case. A piece of a
    secret that is shorter than 11 bytes may stay, unless it is the whole of it. Secrets of fewer than four characters
    cannot be told from ordinary text and are left alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: dict[str, _Group] = {}
        self._variables: dict[str, str] = {}
        self._spared: set[str] = set()
        self._memos: dict[tuple[str, ...], dict[str, str]] = {}
        """By groups, what short texts were without their secrets: until another secret of theirs is known."""

    def add(self, secret: SecretStr | str | None, group: str = "", mask: str = MASK) -> None:
        """Never let this value, or what it looks like when encoded, be written, but ``mask`` in its place.

        ``group`` names it for ``forget``. Where a value has two masks, MASK holds.
        """
        value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        if not value or len(value) < SHORTEST:
            return
        with self._lock:
            known = self._groups.setdefault(group, _Group())
            for form in _forms(value):
                _learn(known, form, mask)
            self._look_again(group)

    def name(self, value: str, variable: str) -> None:
        """Know which variable of the environment this value, secret or not, came from."""
        self._variables.setdefault(value, variable)

    def variable(self, value: str) -> str:
        """The variable that this value came from; empty where it came from none."""
        return self._variables.get(value, "")

    def spare(self, name: str) -> None:
        """Leave this name, which is public, as it is wherever it stands, also where a secret is a part of it."""
        with self._lock:
            self._spared.add(name)
            self._memos.clear()

    def over_logging(self) -> Callable[[], None]:
        """Scrub every log record as it is made, whoever shows it; what is returned puts an end to that."""
        before = logging.getLogRecordFactory()

        def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = before(*args, **kwargs)
            try:
                message = record.getMessage()
            except (TypeError, ValueError, KeyError):  # logging itself would only print that, and not break its caller
                message = f"{record.msg} (its arguments do not fit)"
            record.msg, record.args = self.scrub(message), None
            if record.exc_info:
                record.exc_text = self.scrub(logging.Formatter().formatException(record.exc_info))
            return record

        logging.setLogRecordFactory(make)
        return lambda: logging.setLogRecordFactory(before)

    def forget(self, group: str) -> None:
        """Let go of a group's secrets, when nothing that holds them can be written any more."""
        with self._lock:
            self._groups.pop(group, None)
            self._look_again(group)

    def scrub(self, text: str, *groups: str) -> str:
        """This text without the secrets of these groups and of the unnamed group; of all groups where none is named."""
        if len(text) < SHORTEST:
            return text
        with self._lock:
            memo = self._memos.setdefault(groups, {})
            if text in memo:
                return memo[text]
            names = ("", *groups) if groups else tuple(self._groups)
            known = [self._groups[name] for name in names if name in self._groups]
            public = [name for name in self._spared if name in text]
        told = _without(text, known, public) if known else text
        if len(text) <= _SHORT_TEXT:
            with self._lock:  # a secret that came meanwhile was perhaps not looked for
                if self._memos.get(groups) is memo and len(memo) < _MANY_TEXTS:
                    memo[text] = told
        return told

    def _look_again(self, group: str) -> None:
        """Forget what texts were without this group's secrets, since those are others now."""
        for groups in [each for each in self._memos if not group or not each or group in each]:
            del self._memos[groups]

    def scrubbed(self, value: Any, *groups: str) -> Any:
        """The same JSON value without them. Most hold none, which is seen fastest of all their texts at once."""
        if isinstance(value, str):
            return self.scrub(value, *groups)
        whole = "\n".join(_texts(value))
        return value if self.scrub(whole, *groups) == whole else self._each(value, groups)

    def _each(self, value: Any, groups: tuple[str, ...]) -> Any:
        if isinstance(value, str):
            return self.scrub(value, *groups)
        if isinstance(value, dict):
            return {self._each(key, groups): self._each(each, groups) for key, each in value.items()}
        return [self._each(each, groups) for each in value] if isinstance(value, list) else value


def _without(text: str, groups: Iterable[_Group], public: list[str]) -> str:
    """This text without the secrets of these groups, but for what is a part of these public names."""
    data = encoded(text)
    ways = [(way, _strided(way.folded)) for way in readings(data)]
    spans = [span for group in groups for way, grams in ways for span in _spans(way, grams, group)]
    spans = _outside(spans, data, public) if spans and public else spans
    return _masked(text, spans) if spans else text


def _outside(spans: list[_Span], text: bytes, names: Iterable[str]) -> list[_Span]:
    """Those of what is found in this text that are no part of one of these public names."""
    words = (re.finditer(rb"\b%b\b" % re.escape(encoded(name)), text) for name in names)
    places = sorted(match.span() for found in words for match in found)
    begins = [first for first, _ in places]
    ends = list(itertools.accumulate((last for _, last in places), max))  # of all that begin no later
    at = [bisect.bisect_right(begins, span.start) for span in spans]
    return [span for span, after in zip(spans, at, strict=True) if not after or ends[after - 1] < span.end]


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value:
            yield from _texts(each)
        for each in value.values() if isinstance(value, dict) else ():
            yield from _texts(each)


def _forms(value: str) -> set[bytes]:
    """What this value may read as, without regard to upper and lower case."""
    alike = {value} if value.isascii() else {value, value.upper(), value.lower()}  # which there are other bytes
    written = {encoded(each) for each in alike}
    if not value.isascii():
        written |= {in_halves(each) for each in alike}
        with contextlib.suppress(UnicodeEncodeError):
            written.add(value.encode("latin-1"))
    return written | {unescaped(each) for each in written}


def _learn(group: _Group, form: bytes, mask: str) -> None:
    """Look for this form from now on: for its grams where it is long, else for the whole, however it is written."""
    folded = Decoded(form).folded
    known = folded in group.masks
    _keep(group, folded, mask)
    if len(folded) < LEAST:
        words = form.isalpha()  # many are words as well, of which the others are no secret
        _keep(group, form, mask)
        (group.exact if words else group.short).add(form if words else folded)
        for packed, kind in ((form.hex().encode(), group.short), *((each, group.exact) for each in _in_base64(form))):
            _keep(group, packed, mask)
            kind.add(packed)
    elif not known:
        _index(group, folded)


def _index(group: _Group, form: bytes) -> None:
    """Know this form by each of its grams."""
    group.forms.append(form)
    view = memoryview(form)
    for shift in range(_GRAM):
        group.grams.update(view[shift : shift + (len(form) - shift) // _GRAM * _GRAM].cast("Q"))


def _grams(text: bytes, stride: int) -> Iterator[tuple[int, int]]:
    """Where each gram begins, at every stride, and its eight bytes as one number, which Python compares fast."""
    view = memoryview(text)
    for shift in range(0, min(_GRAM, len(text) - _GRAM + 1), stride):
        whole = (len(text) - shift) // _GRAM * _GRAM
        yield from zip(range(shift, shift + whole, _GRAM), view[shift : shift + whole].cast("Q"), strict=True)


def _keep(group: _Group, form: bytes, mask: str) -> None:
    if mask == MASK or form not in group.masks:
        group.masks[form] = mask


def _in_base64(form: bytes) -> Iterator[bytes]:
    """What this looks like in base64, which depends on how many bytes there are before it."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b" " * before + form)[(0, 2, 3)[before] :].rstrip(b"=")


def _strided(text: bytes) -> tuple[int, ...]:
    """The grams at which this text is looked, in no order."""
    view = memoryview(text)
    shifts = range(0, min(_GRAM, len(text) - _GRAM + 1), _STRIDE)
    slices = (view[shift : shift + (len(text) - shift) // _GRAM * _GRAM].cast("Q") for shift in shifts)
    return tuple(itertools.chain.from_iterable(slices))


def _spans(way: Decoded, grams: tuple[int, ...], group: _Group) -> Iterator[_Span]:
    """Where this group's secrets are, in the text of which this is a reading, and which has these grams."""
    for text, forms in ((way.folded, group.short), (way.data, group.exact)):
        for form in tuple(forms):
            at = text.find(form)
            while at >= 0:
                yield _span(way, at, at + len(form), group.masks[form])
                at = text.find(form, at + len(form))
    if group.grams.isdisjoint(grams):
        return
    done = 0
    for at in _hits(way.folded, group.grams):
        if at >= done:
            for first, last, form in _pieces(way.folded, at, group):
                yield _span(way, first, last, group.masks[form])
                done = max(done, last)


def _hits(text: bytes, known: Container[int]) -> list[int]:
    """Where in this text a gram begins that is known."""
    return sorted(at for at, gram in _grams(text, _STRIDE) if gram in known)


def _pieces(text: bytes, at: int, group: _Group) -> Iterator[tuple[int, int, bytes]]:
    """The pieces of secrets around the gram that begins here: where each begins and ends, and of which form it is."""
    gram = text[at : at + _GRAM]
    for form in group.forms:
        start = form.find(gram)
        while start >= 0:
            first, left, last, right = at, start, at + _GRAM, start + _GRAM
            while first and left and text[first - 1] == form[left - 1]:
                first, left = first - 1, left - 1
            while last < len(text) and right < len(form) and text[last] == form[right]:
                last, right = last + 1, right + 1
            if last - first >= _PIECE:
                yield first, last, form
            start = form.find(gram, start + 1)


def _span(way: Decoded, first: int, last: int, mask: str) -> _Span:
    return _Span(way.places[first][0], way.places[last - 1][1], mask)


def _masked(text: str, spans: Iterable[_Span]) -> str:
    """This text with what these spans of its bytes are written as instead; those that touch are one."""
    at = offsets(text)
    apart: list[_Span] = []
    for span in sorted(spans):
        if apart and span.start <= apart[-1].end:
            start, end, mask = apart.pop()
            apart.append(_Span(start, max(end, span.end), mask if mask == span.mask else MASK))
        else:
            apart.append(span)
    kept, done = list[str](), 0
    for span in apart:
        kept += [text[done : at[span.start]], span.mask]
        done = at[span.end]
    return "".join(kept) + text[done:]
