"""The field's words: what users read says alert, works and fails, in sentences that are short."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents.pages import DOCS, GUIDES, ROOT, name, prose

FOR_CONTRIBUTORS = {"design.md", "drills.md", "mutants.md"}
"""Pages for whoever changes the monitor: they may speak of rungs, and of a sandbox that is ill."""

READ_BY_USERS = [
    *(page for page in DOCS if page.name not in FOR_CONTRIBUTORS),
    *(page for page in GUIDES if page.name in ("README.md", "RELEASING.md", "SECURITY.md")),
    ROOT / "reports/README.md",
]

NOT_USED = {
    r"\bill\b": "fails, is down, is unhealthy",
    r"\b(is|are|was|were|be|not|all) well\b(?!-)": "is healthy, works",
    r"\btold\b|\btell(s|ing)? of\b": "notified, sent, reported, listed",
    r"\bbeliev(e|ed|es)\b": "counts, is valid",
    r"\bnobody('s| judged| is| reads| knows)\b": "say what is not so",
    r"\blets? (in|nobody)\b|\bwas let in\b": "accepts, is accepted",
    r"\bleans? on\b": "depends on",
    r"\bholds?\b(?! (back|alerts back))": "works, is valid, contains",
    r"\bheard\b|\bnews\b(?! script)": "notified",
    r"\bapart by\b": "separated by",
    r"\bmend(s|ed)?\b": "fix",
    r"\breckon(s|ed)?\b": "compute",
    r"\bon every rung\b": "for every kind of request",
    r"\bit burns\b": "burn rate",
    r"\bour bug\b|\btell us\b": "a bug in the monitor, please report it",
    r"\bsign of life\b": "heartbeat, last update",
}
"""What a reader stumbles over, as a pattern, and what to write instead."""

SENTENCE = 18
"""Words of a page's sentences, on average."""

NOT_SHOWN = {
    "monitor/statuspages/feed.py": "patterns of other pages' words",
    "monitor/statuspages/closing.py": "the same",
    "monitor/transactions/providers.py": "words of providers' pages, as they have them",
}
"""Files whose texts are compared with, and shown to nobody."""

NO_SENTENCE = r"\b(SELECT|INSERT|UPDATE|CREATE|PRAGMA|class=)\b|[\\<]|^\w+(, \w+)*$"
"""Statements of SQL and their columns, patterns, and HTML."""

SHOWN = [file for file in sorted((ROOT / "monitor").rglob("*.py")) if name(file) not in NOT_SHOWN]


def odd(text: str) -> list[str]:
    """What in this text is not used, each with what to write instead."""
    found = (
        (hit.group(), instead)
        for pattern, instead in NOT_USED.items()
        for hit in re.finditer(pattern, text, re.IGNORECASE)
    )
    return [f"{hit!r} in …{text[max(0, text.find(hit) - 40) :][:90]}…: write {instead}" for hit, instead in found]


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"(?<=[.!?])\s+", text) if re.search(r"\w", each)]


def literals(file: Path) -> Iterator[str]:
    """The texts of a file that somebody may be shown: of more than one word, no docstrings, and nothing of SQL."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inner |= {id(part) for node in whole for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            text = node.value
        else:
            continue
        if " " in text.strip() and not re.search(NO_SENTENCE, text):
            yield text


@pytest.mark.parametrize("page", READ_BY_USERS, ids=name)
def test_page_uses_the_fields_words(page: Path) -> None:
    assert [hit for _, text in prose(page) for hit in odd(text)] == []


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_sentences_of_a_page_are_short(page: Path) -> None:
    lengths = [len(each.split()) for kind, text in prose(page) if kind == "prose" for each in sentences(text)]

    assert lengths
    assert sum(lengths) / len(lengths) <= SENTENCE


@pytest.mark.parametrize("file", SHOWN, ids=name)
def test_what_the_monitor_says_uses_the_fields_words(file: Path) -> None:
    assert [hit for text in literals(file) for hit in odd(text)] == []


@pytest.mark.parametrize("file", sorted((ROOT / "monitor").rglob("*.jinja")), ids=name)
def test_what_a_page_says_uses_the_fields_words(file: Path) -> None:
    text = re.sub(
        r"\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<[^>]*>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL
    )

    assert odd(text) == []


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("alert", "alerting"),
        ("notified", "alerting"),
        ("threshold", "alerting"),
        ("retried", "alerting"),
        ("recovery", "alerting"),
        ("acknowledge", "on-call"),
        ("retention", "history"),
        ("threshold", "configuration"),
        ("healthy", "history"),
        ("unreachable", "runbook"),
    ],
)
def test_word_that_a_user_searches_for_is_on_its_page(word: str, page: str) -> None:
    texts = [text.lower() for _, text in prose(ROOT / f"docs/{page}.md")]

    assert any(word in text for text in texts)


def test_words_that_are_not_used_are_found() -> None:
    said = "The connections hold, nobody is told, and prod is not well"

    assert len(odd(said)) == 4
    assert odd("Alerts are held back. A window holds alerts back, a well-formed page works") == []
