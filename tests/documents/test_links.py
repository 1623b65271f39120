"""No link leads nowhere: between documents, to their headings, and from the code to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.documents.pages import DOCS, EVERY, INDEX, ROOT, anchors, links, name

POINTER = re.compile(r"(?<![\w./-])(docs/[\w-]+\.md|(?:README|CONTRIBUTING|SECURITY)\.md)(?:#([\w-]+))?")
"""A document that a text names, by its path below the project's folder, and one of its headings."""

POINTING = ("conftest.py", "Makefile", "monitor", "sandbox", "tests_synthetic", "benchmarks", "deploy", ".github")


def nowhere(file: Path, link: str) -> str:
    """What is wrong with this link of this file; nothing where it leads somewhere, or out of the project."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if not target.is_relative_to(ROOT) or not target.exists():
        return f"{link}: there is no such file"
    if parts.fragment and (target.suffix != ".md" or parts.fragment not in anchors(target)):
        return f"{link}: {name(target)} has no such heading"
    return ""


def pointing() -> Iterator[Path]:
    """The files that are no documents, and may name one."""
    for each in POINTING:
        path = ROOT / each
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        yield from (file for file in files if "__pycache__" not in file.parts and file not in EVERY)


@pytest.mark.parametrize("file", EVERY, ids=name)
def test_link_leads_to_a_file_and_to_a_heading_in_it(file: Path) -> None:
    assert [wrong for link in sorted(links(file)) if (wrong := nowhere(file, link))] == []


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("configuration.md", ""),
        ("configuration.md#first-run", ""),
        ("#documentation", ""),
        ("../README.md#your-tenant", ""),
        ("https://status.example/nothing.md#nowhere", ""),
        ("nothing.md", "there is no such file"),
        ("../../outside.md", "there is no such file"),
        ("configuration.md#nowhere", "docs/configuration.md has no such heading"),
        ("#nowhere", "docs/index.md has no such heading"),
        ("CODEOWNERS.sample#nowhere", "docs/CODEOWNERS.sample has no such heading"),
    ],
)
def test_link_that_leads_nowhere_is_seen(link: str, wrong: str) -> None:
    assert nowhere(INDEX, link).partition(": ")[2] == wrong


def test_links_are_seen_wherever_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "# A `page`\n\nText with [one](one.md), `[code](not-a-link)` and ![a picture](two.png).\n\n"
        "- a list with [three](three.md)\n\n| a | table |\n| --- | --- |\n| with | [four](four.md) |\n\n"
        "```\n[five](in-a-block)\n```\n\n## A page\n",
        encoding="utf-8",
    )

    assert links(file) == {"one.md", "two.png", "three.md", "four.md"}
    assert anchors(file) == {"a-page", "a-page-1"}


@pytest.mark.parametrize("page", [page for page in DOCS if page != INDEX], ids=name)
def test_map_of_all_pages_leads_to_this_one(page: Path) -> None:
    assert page.name in links(INDEX)


def test_code_names_no_document_and_no_heading_that_is_not_there() -> None:
    wrong = []
    for file in pointing():
        for path, heading in POINTER.findall(file.read_text(encoding="utf-8", errors="replace")):
            target = ROOT / path
            if not target.exists() or (heading and heading not in anchors(target)):
                wrong.append(f"{name(file)}: {path}{heading and '#'}{heading}")

    assert wrong == []
