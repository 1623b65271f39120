"""What must never be written: the scrubber takes secrets out of any text."""

from __future__ import annotations

import base64
import contextlib
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import SecretStr

from monitor.encodings import LEAST, Decoded, encoded, offsets, readings, unescaped

MASK = "***"

SHORTEST = 4
"""Characters of the shortest secret that is taken out of texts."""

_GRAM = 8
_STRIDE = 4
"""Bytes: each gram of a secret is known, and a text is looked at each stride: so a piece of _PIECE bytes is found."""

_PIECE = _GRAM + _STRIDE - 1


@dataclass
class _Group:
    """The secrets of one group. ``masks`` has of each form what is written in its place.

    ``long`` are forms by their grams, each followed by where in it that is. The others are looked for whole: ``short``
    whether in upper or lower case, and ``exact`` as they are.
    """

    long: dict[int, tuple[Any, ...]] = field(default_factory=dict)
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

    def scrub(self, text: str, *groups: str) -> str:
        """This text without the secrets of these groups and of the unnamed group; of all groups where none is named."""
        with self._lock:
            names = ("", *groups) if groups else tuple(self._groups)
            known = [self._groups[name] for name in names if name in self._groups]
            public = [name for name in self._spared if name in text]
        if not known or len(text) < 4:
            return text
        ways = readings(encoded(text))
        spans = [span for group in known for way in ways for span in _spans(way, group)]
        spans = [span for span in spans if not _within(encoded(text), span, public)] if public else spans
        return _masked(text, spans) if spans else text

    def scrubbed(self, value: Any, *groups: str) -> Any:
        """The same JSON value without them. Most hold none, which is seen fastest of all their texts at once."""
        whole = "\n".join(_texts(value))
        return value if self.scrub(whole, *groups) == whole else self._each(value, groups)

    def _each(self, value: Any, groups: tuple[str, ...]) -> Any:
        if isinstance(value, str):
            return self.scrub(value, *groups)
        if isinstance(value, dict):
            return {self._each(key, groups): self._each(each, groups) for key, each in value.items()}
        return [self._each(each, groups) for each in value] if isinstance(value, list) else value


def _within(text: bytes, span: _Span, names: Iterable[str]) -> bool:
    """Whether what is found here is a part of one of these public names."""
    found = (match.span() for name in names for match in re.finditer(rb"\b%b\b" % re.escape(encoded(name)), text))
    return any(first <= span.start and span.end <= last for first, last in found)


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
        for start, gram in _grams(folded, 1):
            group.long[gram] = (*group.long[gram], folded, start) if gram in group.long else (folded, start)


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


def _spans(way: Decoded, group: _Group) -> Iterator[_Span]:
    """Where this group's secrets are, in the text of which this is a reading."""
    for text, forms in ((way.folded, group.short), (way.data, group.exact)):
        for form in tuple(forms):
            at = text.find(form)
            while at >= 0:
                yield _span(way, at, at + len(form), group.masks[form])
                at = text.find(form, at + len(form))
    done = 0
    for at in _hits(way.folded, group.long):
        if at >= done:
            for first, last, form in _pieces(way.folded, at, group.long):
                yield _span(way, first, last, group.masks[form])
                done = max(done, last)


def _hits(text: bytes, known: dict[int, tuple[Any, ...]]) -> list[int]:
    """Where in this text a gram begins that is known, if any does."""
    view = memoryview(text)
    for shift in range(0, min(_GRAM, len(text) - _GRAM + 1) if known else 0, _STRIDE):
        if not known.keys().isdisjoint(view[shift : shift + (len(text) - shift) // _GRAM * _GRAM].cast("Q")):
            return sorted(at for at, gram in _grams(text, _STRIDE) if gram in known)
    return []


def _pieces(text: bytes, at: int, known: dict[int, tuple[Any, ...]]) -> Iterator[tuple[int, int, bytes]]:
    """The pieces of secrets around the gram that begins here: where each begins and ends, and of which form it is."""
    forms = known[int.from_bytes(text[at : at + _GRAM], sys.byteorder)]
    for form, start in zip(forms[::2], forms[1::2], strict=True):
        first, left, last, right = at, start, at + _GRAM, start + _GRAM
        while first and left and text[first - 1] == form[left - 1]:
            first, left = first - 1, left - 1
        while last < len(text) and right < len(form) and text[last] == form[right]:
            last, right = last + 1, right + 1
        if last - first >= _PIECE:
            yield first, last, form


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
