"""The project's documents, and what stands in them: headings that a link can lead to, and the links themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
INDEX = ROOT / "docs/index.md"

DOCS = sorted((ROOT / "docs").glob("*.md"))
GUIDES = [README, CONTRIBUTING, ROOT / "RELEASING.md", ROOT / "SECURITY.md", *DOCS]
"""What people read to use the project, or to work on it."""

EVERY = [*GUIDES, ROOT / "CHANGELOG.md", ROOT / "reports/README.md", *sorted((ROOT / ".github").glob("*.md"))]


def name(file: Path) -> str:
    """The path below the project's folder: what a test of this file is called by."""
    return file.relative_to(ROOT).as_posix()


@cache
def anchors(file: Path) -> frozenset[str]:
    """What may stand after the ``#`` of a link to this file: its headings, as GitHub spells them."""
    return frozenset(str(token.attrs["id"]) for token in _tokens(file) if token.type == "heading_open")


@cache
def links(file: Path) -> frozenset[str]:
    """Where the links and pictures of this file lead to, as they are written."""
    inner = [child for token in _tokens(file) for child in token.children or ()]
    targets = [child.attrs.get("href" if child.type == "link_open" else "src") for child in inner if child.attrs]
    return frozenset(str(target) for target in targets if target)


def prose(file: Path) -> Iterator[tuple[str, str]]:
    """Each piece of text: what it is (``prose``, ``heading``, ``table``), and its words; code is one word of it."""
    within: list[str] = []
    for token in _tokens(file):
        if token.nesting == 1:
            within.append(token.tag)
        elif token.nesting == -1:
            within.pop()
        elif token.type == "inline":
            kind = "table" if "table" in within else "heading" if re.fullmatch(r"h\d", within[-1]) else "prose"
            parts = {"text": "{}", "code_inline": "CODE", "softbreak": " ", "hardbreak": " "}
            yield kind, "".join(parts.get(each.type, "").format(each.content) for each in token.children or ())


@cache
def _tokens(file: Path) -> tuple[Token, ...]:
    reader = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=6)
    return tuple(reader.parse(file.read_text(encoding="utf-8")))
