"""The payloads that are remade have the structure of those that were seen, and none of their sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.statuspages.recordings import CAPTURES, REMADE, SHAPES, there
from tests.suite import ROOT

IN_A_ROW = 5
BOUND = 300_000
FORMATS_OWN = re.compile(
    r"<[^>]*>|https?://\S+|\S*\d\S*|\S+\.rss|\b(?:[A-Z]\w+ )?[A-Z]\w+:|Amazon Web Services Service Status"
    r"|Service is operating normally:"
)
"""What no person wrote: tags, addresses, numbers and times, labels, and what a reader knows a feed by."""

API = ROOT / "tests" / "runs" / "remade"
PAIRS = {
    path: (SHAPES[CAPTURES] if path.parent == SHAPES[REMADE] else CAPTURES / path.parent.name) / path.name
    for path in sorted(REMADE.glob("*/*"))
} | {path: CAPTURES / "auth0-api" / path.name for path in sorted(API.iterdir())}

pairs = pytest.mark.parametrize(
    ("ours", "theirs"), PAIRS.items(), ids=[f"{each.parent.name}/{each.name}" for each in PAIRS]
)


def text(path: Path) -> str:
    content = path.read_bytes()
    return content.decode("utf-16" if content[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8")


def leaves(path: Path) -> Iterator[tuple[str, str]]:
    """Every text of the payload that is no key, with the way to it; a key that is a name or a number is one of many."""
    content = text(path)
    if path.suffix in (".xml", ".rss", ".atom"):
        yield from _of_element(ET.fromstring(content))  # noqa: S314 - no document of a stranger
    elif path.suffix == ".html":
        script = re.search(r'type="application/json">(.*?)</script>', content)
        yield from _of(json.loads(script[1])) if script else [("", content)]
    elif path.suffix == ".yaml":
        answer = yaml.safe_load(content)["interactions"][0]["response"]
        yield from _of(
            {name: answer[name] for name in ("headers", "status", "code")} | {"body": json.loads(answer["body"])}
        )
    else:
        yield from _of(json.loads(content))


def _of(value: Any, way: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            is_one_of_many = re.search("[-0-9]", name) or way.endswith(".impacted_services")
            yield from _of(inner, f"{way}.{'*' if is_one_of_many else name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _of(inner, f"{way}[]")
    else:
        yield way, str(value)


def _of_element(element: ET.Element, way: str = "") -> Iterator[tuple[str, str]]:
    name = f"{way}/{element.tag}"
    yield from ((f"{name}@{attribute}", "") for attribute in element.attrib)
    yield name, unescape(element.text or "")
    for inner in element:
        yield from _of_element(inner, name)


def rows(path: Path) -> set[tuple[str, ...]]:
    """Every so many words that stand in a row in one text of the payload."""
    pieces = [re.findall(r"[^\W\d_]+", piece.lower()) for _, told in leaves(path) for piece in FORMATS_OWN.split(told)]
    return {tuple(words[at : at + IN_A_ROW]) for words in pieces for at in range(len(words) - IN_A_ROW + 1)}


@there
@pairs
def test_no_words_in_a_row_are_those_that_were_seen(ours: Path, theirs: Path) -> None:
    assert rows(ours) & rows(theirs) == set()


@there
@pairs
def test_structure_is_the_one_that_was_seen(ours: Path, theirs: Path) -> None:
    """Each key is where it was; but for those of whom userinfo tells, who may have fields of their own."""
    made, seen = ({way for way, _ in leaves(each)} for each in (ours, theirs))
    if ours.name == "userinfo.yaml":
        made, seen = ({way for way in ways if way not in (".body.*", ".body.of_their_own")} for ways in (made, seen))

    assert made == seen


@there
def test_each_that_was_seen_and_is_read_has_one_that_is_remade() -> None:
    seen = {path for path in CAPTURES.glob("*/*") if path.name != "SOURCES.md"}
    unread = {CAPTURES / "auth0-api" / f"{name}.yaml" for name in ("code-pkce", "revoke")}

    assert seen - unread == set(PAIRS.values())


def test_remade_payloads_are_few_and_small() -> None:
    assert PAIRS
    assert sum(path.stat().st_size for path in PAIRS) < BOUND


def test_events_of_aws_are_still_in_the_encoding_that_it_sends() -> None:
    assert (REMADE / "aws" / "currentevents-two-open-utf16be.bin").read_bytes().startswith(b"\xfe\xff\x00[")
