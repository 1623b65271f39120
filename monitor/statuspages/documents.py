"""From bytes to a document: JSON of a known shape, a feed, or the Unreadable that says what came instead."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer

_SNIFFED = 1024
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_CALL = re.compile(r"[A-Za-z_$][\w$.]{0,60} ?\(")
_UTF16 = {b"\xfe\xff": "utf-16", b"\xff\xfe": "utf-16"}


class Shaped(BaseModel):
    """A JSON object with at least these fields; others are nobody's business here."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, strict=False)


def json_of(answer: Answer, shape: Any) -> Any:
    """The body as JSON of this shape (a pydantic model, or ``list[Model]``); UTF-16 is understood by its BOM.

    What a script would be called with, as ``callback({...})``, is JSON too.
    """
    text = _unwrapped(_text(answer))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable(f"{described(answer)} where JSON was expected") from None
    return shaped(document, shape)


def shaped(document: Any, shape: Any) -> Any:
    """This JSON value as that shape; Unreadable, which names the first field that is amiss, where it is not."""
    try:
        return TypeAdapter(shape).validate_python(document)
    except (ValidationError, RecursionError) as error:
        told = "nested too deeply" if isinstance(error, RecursionError) else _amiss(error)
        raise Unreadable(f"JSON, but not of the form that this page has: {told}") from None


def _amiss(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the document'}: {first['msg']}"


def feed_of(answer: Answer) -> Any:
    """The body as feedparser's document; a feed that is not well-formed, or declares entities, is Unreadable."""
    import feedparser

    body = answer.body.lstrip()  # some begin with an empty line, where XML allows nothing before its declaration
    if _ENTITY.search(body):
        raise Unreadable("a feed that declares entities, which no status page needs")
    try:
        document = feedparser.parse(body, response_headers={"content-type": "application/xml"}, sanitize_html=False)
    except Exception:  # noqa: BLE001 -- whatever it stumbles over, it is in the bytes
        raise Unreadable("a feed that cannot be read to its end: cut short?") from None
    if not document.get("version"):
        raise Unreadable(f"{described(answer)} where a feed was expected")
    if document.bozo and not isinstance(document.bozo_exception, feedparser.CharacterEncodingOverride):
        raise Unreadable("a feed that is not well-formed: cut short?")
    return document


def described(answer: Answer) -> str:
    """What came, in words that hold nothing of the body but an HTML page's title."""
    start = answer.body.lstrip()[:_SNIFFED].lower()
    if not start:
        return "an empty body"
    if start.startswith((b"<!doctype html", b"<html")) or (b"<html" in start and "html" in answer.content_type):
        title = re.search(rb"<title[^<>]*>([^<]{1,80})</title>", answer.body[:20_000], re.IGNORECASE)
        shown = " ".join(title[1].decode("utf-8", "replace").split()) if title else ""
        return "an HTML page" + (f' ("{shown}")' if shown.isprintable() and shown else "")
    if re.match(
        rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:rdf)\b", start, re.DOTALL
    ):
        return "an RSS or Atom feed"
    if start[:1] in (b"{", b"[") and _is_json(answer.body):
        return "JSON"
    return f"{len(answer.body):,} bytes of something else"


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _unwrapped(text: str) -> str:
    """What a script would be called with, or the text itself."""
    call = _CALL.match(text)
    inner = text.rstrip().removesuffix(";").rstrip() if call else ""
    return inner[call.end() : -1] if call and inner.endswith(")") else text


def _text(answer: Answer) -> str:
    try:
        return answer.body.decode(_UTF16.get(answer.body[:2], "utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(f"{len(answer.body):,} bytes that are not text: cut short?") from None
