"""From bytes to a document, or to the words for what came instead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.documents import Shaped, described, feed_of, json_of
from monitor.statuspages.page import Answer
from tests.statuspages.feeds import atom, item, rss

SECRET = "what-a-page-says-is-not-told"


class Page(Shaped):
    name: str = Field(min_length=1)
    parts: tuple[str, ...] = ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_is_read_in_each_encoding_that_says_so(encoding: str) -> None:
    body = json.dumps({"name": "Straße 😀", "parts": ["a"], "more": SECRET}, ensure_ascii=False).encode(encoding)
    page: Page = json_of(Answer(body), Page)

    assert (page.name, page.parts) == ("Straße 😀", ("a",))


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"name": ""}, "form that this page has: name: "),
        ({}, "form that this page has: name: "),
        ({"name": "x", "parts": ["a", {"secret": SECRET}]}, "form that this page has: parts.1: "),
        ({"name": "x", "parts": SECRET}, "form that this page has: parts: "),
        ([], "form that this page has: the document: "),
        (SECRET, "form that this page has: the document: "),
        (None, "form that this page has: the document: "),
    ],
)
def test_json_of_another_form_names_what_is_amiss_and_not_what_was_there(document: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told) as raised:
        json_of(Answer(json.dumps(document).encode()), Page)

    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "an empty body where JSON was expected"),
        (b" \n", "an empty body where JSON was expected"),
        (b'{"name": "x"', "12 bytes of something else where JSON was expected"),
        (b"[" * 100_000, "100,000 bytes of something else where JSON was expected"),
        (b"<html><title>Just a moment...</title>", r'an HTML page \("Just a moment..."\) where JSON was expected'),
        (b'{"name": "\xff"}', "13 bytes that are not text: cut short?"),
        ('{"name": "x"}'.encode("utf-16")[:-1], "bytes that are not text: cut short?"),
    ],
)
def test_what_is_no_json_is_told_as_what_it_is(body: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        json_of(Answer(body), Page)


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"<!DOCTYPE html><p>", "", "an HTML page"),
        (b"  <HTML><TITLE>Sign\n in</TITLE>", "", 'an HTML page ("Sign in")'),
        (b"<?xml version='1.0'?><html>", "text/html", "an HTML page"),
        (b"<?xml version='1.0'?><html>", "text/xml", "27 bytes of something else"),
        (b"plain", "text/html", "5 bytes of something else"),
        (b"<html><title>\x1b[31m</title>", "", "an HTML page"),
        (b"<html><title></title>", "", "an HTML page"),
        (b"<html><title>" + b"x" * 81 + b"</title>", "", "an HTML page"),
        (b" " * 2000, "", "an empty body"),
    ],
)
def test_what_came_is_described_by_an_html_pages_title_alone(body: bytes, content_type: str, told: str) -> None:
    assert described(Answer(body, content_type)) == told


@pytest.mark.parametrize("feed", [rss(item(title="a")), atom(), b"\n\n" + rss()])
def test_feed_is_read(feed: bytes) -> None:
    assert feed_of(Answer(feed)).feed.title == "Some Status"


@pytest.mark.parametrize("declaration", ["<!ENTITY a 'b'>", "<!entity a 'b'>", "<! ENTITY a 'b'>"])
def test_feed_that_declares_entities_is_not_expanded(declaration: str) -> None:
    start, _, rest = rss(item(title="&amp;a;")).decode().partition("\n")
    with pytest.raises(Unreadable, match="declares entities"):
        feed_of(Answer(f"{start}<!DOCTYPE rss [{declaration}]>{rest}".encode()))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<status>fine</status>", "21 bytes of something else where a feed was expected"),
        (b"", "an empty body where a feed was expected"),
        (b"<html><title>Not Found</title></html>", r'an HTML page \("Not Found"\) where a feed was expected'),
        (rss(item(title="a"))[:-9], "not well-formed"),
    ],
)
def test_what_is_no_feed_is_told_as_what_it_is(body: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        feed_of(Answer(body))
