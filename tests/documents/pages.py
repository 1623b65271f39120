"""The project's documents, and what stands in them: headings that a link can lead to, and the links themselves."""

from __future__ import annotations

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


@cache
def _tokens(file: Path) -> tuple[Token, ...]:
    reader = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=6)
    return tuple(reader.parse(file.read_text(encoding="utf-8")))
