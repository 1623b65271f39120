"""What a built site of the documents must have: every cause's section of the runbook, and nothing from elsewhere.

python -m tests.documents.built site/docs
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from monitor.diagnosis.rules import BEHIND, RULES, RUNBOOK

LOADING = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "embed": "src",
    "object": "data",
}
"""Elements by which a browser loads something, and the attribute that says what; a link to click is none."""

ELSEWHERE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
IN_A_STYLE = re.compile(r"""(?:url\(|@import\s)\s*["']?((?:[a-z]+:)?//[^"')\s]+)""", re.IGNORECASE)


class _Page(HTMLParser):
    """The ids of a page, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids |= {known["id"]} if "id" in known else set()
        if tag in LOADING and not (tag == "link" and known.get("rel") in ("canonical", "license")):
            self.loads.append(known.get(LOADING[tag], ""))


def _read(file: Path) -> _Page:
    page = _Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with the site in this folder, a line each."""
    for file in sorted(folder.rglob("*.html")):
        loaded = (each for each in _read(file).loads if ELSEWHERE.match(each))
        yield from (f"{file.relative_to(folder)} loads {each}" for each in loaded)
    for file in sorted(folder.rglob("*.css")):
        found = IN_A_STYLE.finditer(file.read_text(encoding="utf-8"))
        yield from (f"{file.relative_to(folder)} loads {hit[1]}" for hit in found)
    runbook = folder / RUNBOOK.replace(".md", ".html")
    anchors = _read(runbook).ids if runbook.is_file() else set()
    lost = sorted({rule.name for rule in RULES} - anchors | {BEHIND} - anchors)
    yield from (f"{runbook.relative_to(folder)} has no section #{name}" for name in lost)


def main(folder: str) -> int:
    wrong = list(problems(Path(folder)))
    sys.stderr.writelines(f"{each}\n" for each in wrong)
    sys.stdout.write("" if wrong else f"{folder}/index.html\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
