"""How Sphinx makes a site of the documents: what belongs to it, and its table of contents, which is docs/index.md."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from monitor import VERSION  # noqa: E402 -- it is found from here on

project = "Synthetic monitoring for Auth0 tenants"
version = release = VERSION
project_copyright = "Apache-2.0"
root_doc = "docs/index"
include_patterns = ["*.md", "docs/*.md"]
exclude_patterns = [".*", "[a-ce-z]*/**", "deploy/**"]  # every folder but docs: links into them become downloads

extensions = ["myst_parser"]
myst_heading_anchors = 6
"""Headings have the anchors that GitHub gives them, and a link to one that is not there is an error."""
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]  # a page may begin with any heading

html_theme = "furo"
html_title = f"{project} {VERSION}"
html_baseurl = ""
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
smartquotes = False  # what is quoted is often a command


def contents(index: str) -> str:
    """This page with a table of contents that Sphinx reads: its sections, and the documents that their tables link."""
    folder = PurePosixPath("/docs")
    start, *sections = re.split(r"^## ", index, flags=re.MULTILINE)
    parts = []
    for section in (start.replace("# Documentation", "Start"), *sections):
        caption, _, text = section.partition("\n")
        pages = dict.fromkeys(re.findall(r"\]\(([\w./-]+\.md)\)", text))
        names = [page.removeprefix("../") if page.startswith("../") else folder.name + "/" + page for page in pages]
        parts += ["```{toctree}", ":hidden:", f":caption: {caption}", "", *(f"/{name}" for name in names), "```", ""]
    return "\n".join([index, "", *parts])


def _with_contents(_app: Sphinx, document: str, source: list[str]) -> None:
    if document == root_doc:
        source[0] = contents(source[0])


def _with_a_front_door(app: Sphinx, error: Exception | None) -> None:
    """The folder itself leads to the first page, wherever it is opened or published."""
    if not error:
        text = f'<!DOCTYPE html><meta charset="utf-8"><title>{project}</title>'
        text += f'<meta http-equiv="refresh" content="0; url={root_doc}.html"><a href="{root_doc}.html">{project}</a>\n'
        (Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    app.connect("source-read", _with_contents)
    app.connect("build-finished", _with_a_front_door)
