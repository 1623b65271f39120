"""What a receiver of heartbeats answered: whether a 2xx is its own, and of a heartbeat that it knows.

Many answer 200 whatever they are sent, and a proxy that wants a sign-in answers 200 for them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.text import one_line

READ = 20_000
"""Bytes of an answer that are looked at; receivers answer with a word or two."""

_SHORT = 300
"""Characters of a text that is an answer; what is longer is a page of some kind, and no word of it is looked for."""

_MARKUP = re.compile(
    r"(?:\s|<\?xml.*?\?>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|title|meta|script|form)\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_IN = re.compile(r"<input[^>]*\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"\bnot[ _-]?found\b|\bno such\b|\brate[ _-]?limited\b|\binvalid\b|\bunauthori[sz]ed\b|\bforbidden\b|\bdenied\b"
    r"|\bunknown\b|\bdoes not exist\b|\bsign[ -]?in\b|\bexpired\b|\bnot active\b|\binactive\b",
    re.IGNORECASE,
)
_FAILURES = frozenset({"fail", "failed", "failure", "down"})
"""Words for a failed round too, which a receiver may repeat that was told of one."""

_BAD_WORDS = _FAILURES | {"error", "ko", "false", "not ok"}


def said(body: bytes) -> str:
    """The answer in a few words; empty where it is empty, or a page."""
    text = _text(body)
    return "" if _MARKUP.match(text) else one_line(text, 100).strip()


def refusal(body: bytes, sent: str, *, failed: bool, may_be_a_page: bool) -> str:
    """Why this answer of a 2xx says that no heartbeat was taken; empty where it does not.

    ``sent`` is the sentence that it was sent, and ``failed`` whether it was told of a failed round: it may repeat both.
    ``may_be_a_page``: somebody said that this receiver
    answers as it likes; a page that asks for a password is none of its answers.
    """
    text = _text(body)
    if _MARKUP.match(text):
        if _SIGN_IN.search(text):
            return "with a page that asks for a password, as a proxy's sign-in page does"
        return "" if may_be_a_page else "with a page of HTML, as a proxy's sign-in page is"
    document = _document(text)
    if document is not None:
        return f"that it was not taken: {one_line(text, 100)}" if _is_bad(document, failed=failed) else ""
    if len(text) <= _SHORT and _REFUSED.search(text.replace(sent, "") if sent else text):
        return f"that it was not taken: {one_line(text, 100)}"
    return ""


def _text(body: bytes) -> str:
    return body[:READ].decode("utf-8", "replace").strip("\ufeff \t\r\n")


def _document(text: str) -> dict[str, Any] | None:
    """The JSON object that this is; None where it is none."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _is_bad(document: dict[str, Any], *, failed: bool) -> bool:
    """Whether an object says so: ``ok`` or ``success`` that is false, an ``error``, a ``status`` that is bad."""
    bad = _BAD_WORDS - _FAILURES if failed else _BAD_WORDS
    named = {str(name).lower(): value for name, value in document.items()}
    flags = (named.get(name) for name in ("ok", "success", "acknowledged", "received"))
    status = named.get("status", named.get("result"))
    code = named.get("code", status)
    return (
        any(flag is False or str(flag).strip().lower() in _BAD_WORDS for flag in flags)
        or bool(named.get("error") or named.get("errors"))
        or str(status).strip().lower() in bad
        or (isinstance(code, int) and not isinstance(code, bool) and 400 <= code < 600)
    )
