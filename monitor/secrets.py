"""What must never be written: what in an address is a token, and the scrubber that takes secrets out of any text."""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

MASK = "***"

_GRAM = 6
"""Every piece of a secret of 2 x _GRAM - 1 characters holds one of its grams, which lie end to end."""


_TOKEN = re.compile(r"(?=.*\d).{16,}", re.DOTALL)
"""A part of a path that may be a token: a word that people use is shorter, or has no digit."""


def tokens(address: str, least: int | None = None) -> list[str]:
    """What may be a token in an address that somebody has set: as it stands there, and decoded.

    Of an address that is no secret itself (a status page's, a proxy's) that is its password, or its user where it has
    none; the values after its ``?``, where a word without a name is one if it has a digit; and the parts of its path,
    and of what stands after a ``#``, that are long and have a digit. With ``least`` the address is a secret as a whole
    (a channel's, a heartbeat's; there may be several, apart by space or comma): then all parts of it that have so many
    characters may be one, but for the scheme. A placeholder, such as ``{domain}``, is none, and what cannot be read as
    an address is one token.
    """
    parts = _parts_of_a_public(address) if least is None else _parts_of_a_secret(address, least)
    known = dict.fromkeys(form for part in parts for form in (part, unquote(part)))
    return [each for each in known if each and "{" not in each]


def _parts_of_a_public(address: str) -> list[str]:
    try:
        url = urlsplit(address)
    except ValueError:
        return [address]
    words = [word.partition("=") for word in re.split("[&;]", url.query)]
    values = [value if equals else name for name, equals, value in words if equals or re.search(r"\d", name)]
    parts = re.split("[/;=,&?]", f"{url.path}/{url.fragment}")
    return [url.password or url.username or "", *values, *(each for each in parts if _TOKEN.fullmatch(each))]


def _parts_of_a_secret(address: str, least: int) -> list[str]:
    bare = re.sub(r"[A-Za-z0-9][A-Za-z0-9+.-]*://", " ", address)
    whole = re.split(r"[/:@?&=,;#\s]+", bare)
    return [part for each in whole for part in (each, *each.split("+")) if len(part) >= least]


class Scrubber:
    """Takes secrets out of text, also where pytest or a log has cut them in the middle.

    A piece of a secret that is shorter than 11 characters may stay, unless it is the whole of it. Secrets of fewer than
    four characters cannot be told from ordinary text and are left alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._short: dict[str, set[str]] = {}
        self._grams: dict[str, dict[str, list[tuple[str, int]]]] = {}
        self._variables: dict[str, str] = {}

    def add(self, secret: SecretStr | str | None, group: str = "") -> None:
        """Never let this value, or what it looks like when encoded, be written. ``group`` names it for ``forget``."""
        value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        if not value or len(value) < 4:
            return
        with self._lock:
            for form in _forms(value):
                self._add(form, group)

    def name(self, value: str, variable: str) -> None:
        """Know which variable of the environment this value, secret or not, came from."""
        self._variables.setdefault(value, variable)

    def variable(self, value: str) -> str:
        """The variable that this value came from; empty where it came from none."""
        return self._variables.get(value, "")

    def _add(self, form: str, group: str) -> None:
        if len(form) < 2 * _GRAM:
            self._short.setdefault(group, set()).add(form)
            return
        grams = self._grams.setdefault(group, {})
        for start in range(0, len(form) - _GRAM + 1, _GRAM):
            grams.setdefault(form[start : start + _GRAM], []).append((form, start))

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
            self._short.pop(group, None)
            self._grams.pop(group, None)

    def scrub(self, text: str, *groups: str) -> str:
        """This text without the secrets of these groups and of the unnamed group; of all groups where none is named."""
        with self._lock:
            names = {"", *groups} if groups else set(self._short) | set(self._grams)
            short = sorted({form for name in names for form in self._short.get(name, ())}, key=len, reverse=True)
            grams = [self._grams[name] for name in names if self._grams.get(name)]
        for form in short:
            text = text.replace(form, MASK)
        for each in grams:
            text = _without(text, each)
        return text


def _without(text: str, grams: dict[str, list[tuple[str, int]]]) -> str:
    kept: list[str] = []
    at = done = 0
    while at <= len(text) - _GRAM:
        found = grams.get(text[at : at + _GRAM])
        spans = [span for form, start in found or () if (span := _span(text, at, form, start))]
        if not spans:
            at += 1
            continue
        start, end = min(span[0] for span in spans), max(span[1] for span in spans)
        if start > done or not kept:
            kept += [text[done:start], MASK]
        at = done = end
    return "".join(kept) + text[done:]


def _span(text: str, at: int, form: str, start: int) -> tuple[int, int] | None:
    """Where the piece of the secret around this gram begins and ends in the text; None if it is too short to matter."""
    first, last = at, at + _GRAM
    left, right = start, start + _GRAM
    while first and left and text[first - 1] == form[left - 1]:
        first, left = first - 1, left - 1
    while last < len(text) and right < len(form) and text[last] == form[right]:
        last, right = last + 1, right + 1
    return (first, last) if last - first > _GRAM + 1 else None


def _forms(value: str) -> set[str]:
    """The value and what it looks like in a URL, in JSON, in HTML, in a Python literal and in a Basic header."""
    coded = value.encode("utf-8", "surrogateescape")
    forms = {value, quote(coded, safe=""), quote_plus(coded), json.dumps(value)[1:-1], escape(value), repr(value)[1:-1]}
    for before in range(3):  # what a secret looks like in base64 depends on how many bytes there are before it
        form = base64.b64encode(b" " * before + coded).decode()
        forms.add(form[(0, 2, 3)[before] :].rstrip("="))
    return forms
