"""What a text says when it is decoded, as a URL, JSON, HTML, hex or base64 is, also one in another; and where in it."""

from __future__ import annotations

import binascii
import re
import string
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import unescape

LEAST = 12
"""Bytes of what is looked for in base64 and hex; whoever looks for less has to know what it is written as."""

_DEPTH = 2
"""How often base64 and hex are decoded, one within the other."""

_PASSES = 8
"""How often escapes of different kinds are decoded, one within the other; those of one kind take one pass together."""

_ESCAPE = re.compile(
    rb"[%&\\\x00](?:"  # a set of characters first, for which a regular expression looks much faster
    rb"(?<=%)(?:25)*(?:(?P<percent>[0-9A-Fa-f]{2})|u(?P<legacy>[0-9A-Fa-f]{4}))"
    rb"|(?<=&)(?:amp;)*(?P<entity>#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    rb"|(?<=\\)\\*(?:u(?P<high>[dD][89abAB][0-9A-Fa-f]{2})\\+u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    rb"|U(?P<long>00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"
    rb"|[uU](?:\{0*(?P<point>(?:10|[0-9A-Fa-f])?[0-9A-Fa-f]{1,4})\}|\{?(?P<code>[0-9A-Fa-f]{4})\}?)"
    rb"|[xX](?P<byte>[0-9A-Fa-f]{2})|(?P<octal>[0-3][0-7]{2})|(?P<letter>[abefnrtv\"'/]))"
    rb"|(?<=\\)(?P<backslashes>\\+)"
    rb"|(?<=\x00))"  # UTF-16 that was taken for something else
)
_NUMBER = re.compile(rb"#(?:[xX]([0-9A-Fa-f]+)|([0-9]+))")
_MAY_ESCAPE = re.compile(rb"[%&\\\x00]")
_LETTERS = {b"a": b"\a", b"b": b"\b", b"e": b"\x1b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_PLUS = bytes.maketrans(b"+", b" ")


class Decoded:
    """One way to read a text: ``data`` is what it says by it. This one is the text itself."""

    def __init__(self, data: bytes, source: Decoded | None = None) -> None:
        self.data, self.source = data, source

    @cached_property
    def folded(self) -> bytes:
        """The same with the letters of ASCII in lower case, and with the space that a + is in a form."""
        return self.data.translate(_PLUS).lower()

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """For each byte where in the text it comes from: the first byte, and the one after the last."""
        if self.source is None:
            return [(at, at + 1) for at in range(len(self.data))]
        places = self.source.places
        return [(places[first][0], places[last][1]) for first, last in self._origins(self.source.data)]

    def _origins(self, source: bytes) -> Iterator[tuple[int, int]]:
        """For each byte the first and the last byte of the source that it was made of."""
        raise NotImplementedError


class _Unescaped(Decoded):
    """The source with its escapes decoded once."""

    def _origins(self, source: bytes) -> Iterator[tuple[int, int]]:
        done = 0
        for escape in _ESCAPE.finditer(source):
            yield from ((at, at) for at in range(done, escape.start()))
            yield from [(escape.start(), escape.end() - 1)] * len(_meant(escape))
            done = escape.end()
        yield from ((at, at) for at in range(done, len(source)))


def _signs(digits: bytes, apart: bytes = b"") -> bytes:
    """For each byte d where it is a digit, - where it stands between digits, and else a space."""
    return bytes(ord("d") if byte in digits else ord("-") if byte in apart else ord(" ") for byte in range(256))


class _Packing:
    """A way to write bytes in digits: ``step`` of them for ``size`` bytes, with some of ``apart`` between them.

    ``signs`` has a letter for each byte: where a run of digits is, one of ``marks`` is in the letters, which is seen
    much faster than ``runs`` are found.
    """

    runs: re.Pattern[bytes]
    apart: bytes
    size: int
    step: int
    zeros: bytes
    signs: bytes
    marks: tuple[bytes, ...]

    def unpacked(self, text: bytes) -> list[bytes]:
        """What the runs of digits in a text say, one after the other, from each digit with which a byte may begin.

        Zeros lie between the runs, so that each of them is read aright in one of these.
        """
        signs = text.translate(self.signs)
        if not any(mark in signs for mark in self.marks):
            return []
        digits = b"".join(run.translate(None, self.apart) + self.zeros for run in self.runs.findall(text))
        return [self._decoded(digits[begin:]) for begin in range(self.step)]

    def origins(self, text: bytes, begin: int) -> Iterator[tuple[int, int]]:
        """Where in the text each of the bytes is, that are not zero, of ``unpacked(text)[begin]``."""
        digits = [at for run in self.runs.finditer(text) for at in self._digits(run)][begin:]
        for number, byte in enumerate(self.unpacked(text)[begin]):
            first = number // self.size * self.step + number % self.size
            if byte:
                yield digits[first], digits[first + 1]

    def _decoded(self, digits: bytes) -> bytes:
        raise NotImplementedError

    def _digits(self, run: re.Match[bytes]) -> list[int]:
        """Where they are, and for the zeros behind them the end."""
        digits = [at for at in range(run.start(), run.end()) if run.string[at] not in self.apart]
        return digits + [run.end() - 1] * len(self.zeros)


class _Base64(_Packing):
    """Also that of URLs, and in lines, as mails have it."""

    runs = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*")
    apart = b"\r\n"
    size, step, zeros = 3, 4, b"A" * 8
    signs, marks = _signs((string.ascii_letters + string.digits + "+/_-").encode()), (b"d" * 16,)
    _of_urls = bytes.maketrans(b"-_", b"+/")

    def _decoded(self, digits: bytes) -> bytes:
        return binascii.a2b_base64(digits[: len(digits) // 4 * 4].translate(self._of_urls))


class _Hex(_Packing):
    """Also with something between the bytes."""

    runs = re.compile(rb"[0-9A-Fa-f]{2}(?:[ :+,._-][0-9A-Fa-f]{2}){11,}|[0-9A-Fa-f]{24,}")
    apart = b" :+,._-"
    size, step, zeros = 1, 2, b"0000"
    signs, marks = _signs(string.hexdigits.encode(), apart), (b"d" * 24, b"dd" + b"-dd" * 11)

    def _decoded(self, digits: bytes) -> bytes:
        return binascii.unhexlify(digits[: len(digits) // 2 * 2])


_PACKINGS = (_Base64(), _Hex())


class _Unpacked(Decoded):
    """What the source's runs of base64 or hex say, from one of the digits with which a byte may begin."""

    def __init__(self, data: bytes, source: Decoded, packing: _Packing, begin: int) -> None:
        super().__init__(data, source)
        self._packing, self._begin = packing, begin

    def _origins(self, source: bytes) -> Iterator[tuple[int, int]]:
        return self._packing.origins(source, self._begin)


def readings(text: bytes) -> list[Decoded]:
    """This text itself, and every other way to read it."""
    found: list[Decoded] = []
    _read(Decoded(text), found, 0)
    return found


def unescaped(text: bytes) -> bytes:
    """This text with all its escapes decoded."""
    return _unescaped(Decoded(text))[-1].data


def _read(first: Decoded, found: list[Decoded], depth: int) -> None:
    ways = _unescaped(first)
    found += ways
    if depth == _DEPTH:
        return
    for packing in _PACKINGS:
        for begin, data in enumerate(packing.unpacked(ways[-1].data)):
            without_zeros = data.replace(b"\0", b"")
            if len(without_zeros) >= LEAST:
                _read(_Unpacked(without_zeros, ways[-1], packing, begin), found, depth + 1)


def _unescaped(reading: Decoded) -> list[Decoded]:
    """This reading, and what is left when its escapes are decoded once, twice, and so on."""
    ways = [reading]
    while len(ways) <= _PASSES and _MAY_ESCAPE.search(ways[-1].data):
        data = _ESCAPE.sub(_meant, ways[-1].data)
        if data == ways[-1].data:
            break
        ways.append(_Unescaped(data, ways[-1]))
    return ways


def _meant(escape: re.Match[bytes]) -> bytes:
    """What this escape stands for, in UTF-8."""
    kind = escape.lastgroup or ""
    value = escape[kind] if kind else b""
    if kind in ("percent", "byte", "octal"):
        return bytes([int(value, 8 if kind == "octal" else 16)])
    if kind == "entity":
        number = _NUMBER.fullmatch(value)
        half = int(number[1] or number[2], 16 if number[1] else 10) if number else 0
        if 0xD800 <= half <= 0xDFFF:
            return _by_number(half)
        return encoded(unescape(f"&{value.decode()};"))  # one that is unknown stays, but for what was around its &
    if kind == "low":
        return encoded(chr(0x10000 + (int(escape["high"], 16) - 0xD800) * 0x400 + int(value, 16) - 0xDC00))
    if kind in ("legacy", "long", "point", "code"):
        return _by_number(int(value, 16))
    return _LETTERS.get(value, value[:1])  # a letter, or one backslash of many


def _by_number(number: int) -> bytes:
    """The character of this number in UTF-8, also where it is half of one."""
    return chr(number).encode("utf-8", "surrogatepass")


def in_halves(text: str) -> bytes:
    """This text as it is read where each character beyond U+FFFF was written in two halves, each by its number."""
    units = memoryview(text.encode(f"utf-16-{sys.byteorder[0]}e", "surrogatepass")).cast("H")
    return b"".join(map(_by_number, units))


def encoded(text: str) -> bytes:
    """This text in UTF-8, whatever halves of characters are in it; bytes that were no text are themselves again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def offsets(text: str) -> Sequence[int]:
    """For each byte of ``encoded(text)``, and for the end, the character of the text that it belongs to."""
    if text.isascii():
        return range(len(text) + 1)
    whole = len(text.encode("utf-8", "surrogatepass"))
    handler = "surrogatepass" if whole == len(encoded(text)) else "surrogateescape"
    sizes = (len(each.encode("utf-8", handler)) for each in text)
    return [*(at for at, size in enumerate(sizes) for _ in range(size)), len(text)]
