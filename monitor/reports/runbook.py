"""The runbook at hand: sections of docs/runbook.md as HTML, so that nobody needs a network to read what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from monitor.configuration.forms import fault_of_link
from monitor.configuration.variables import RUNBOOK as OWN
from monitor.diagnosis.rules import RUNBOOK

COPY = "runbook.html"
"""The runbook as a page of the site that ``monitor.site`` writes, with an anchor for each section."""

SITE = "MONITOR_SITE_URL"
"""The variable that says where that site is published."""

__all__ = ["BOOK", "COPY", "OWN", "RUNBOOK", "SITE", "address", "names", "section"]

BOOK = Path(__file__).parents[2] / RUNBOOK
"""The file itself; an installation without docs/ has none, and then there are only links."""

_SECTION = re.compile(r"^## +(\S+)[ \t]*$", re.MULTILINE)


def section(path: str) -> str:
    """The section that ``docs/runbook.md#connection`` names, as HTML; empty where there is none, or no runbook.

    Only links to other sites are links in it: what else it names lies in the repository.
    """
    book, _, name = path.partition("#")
    text = _sections().get(name, "") if book == RUNBOOK else ""
    try:
        return _html(text) if text else ""
    except ImportError:  # an environment that was made for an earlier version; a report is worth more than its runbook
        return ""


def address(values: Mapping[str, str], path: str) -> str:
    """Where a network has what stands at this path of the repository (``docs/runbook.md#connection``); empty: nowhere.

    The page that AUTH0_RUNBOOK_URL names, if it can be one; else the copy that the published site has, where
    MONITOR_SITE_URL says where that is; else, within GitHub Actions, the file in the repository that runs.
    """
    own = values.get(OWN, "").strip()
    part = path.partition("#")[2]
    if own and not fault_of_link(OWN, own):
        placed = own.replace("{section}", quote(part))
        return placed if "{section}" in own or not part else f"{own.partition('#')[0]}#{quote(part)}"
    site = values.get(SITE, "").strip()
    if site and not fault_of_link(SITE, site) and path.startswith(RUNBOOK):
        return f"{site.rstrip('/')}/{COPY}" + (f"#{quote(part)}" if part else "")
    server, repository = values.get("GITHUB_SERVER_URL", ""), values.get("GITHUB_REPOSITORY", "")
    return f"{server}/{repository}/blob/HEAD/{path}" if server and repository else ""


def names() -> tuple[str, ...]:
    """The names of all sections, in the order of the runbook: each is an anchor of the page that has them all."""
    return tuple(_sections())


@cache
def _sections() -> dict[str, str]:
    """The Markdown of each section, by its name; none where there is no runbook."""
    try:
        parts = _SECTION.split(BOOK.read_text(encoding="utf-8"))
    except OSError:
        return {}
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def _html(text: str) -> str:
    made: str = _renderer().render(text)
    return made


@cache
def _renderer() -> Any:
    """Only a run that is ill needs it."""
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False})
    for name in ("link_open", "link_close"):
        renderer.add_render_rule(name, _outward)
    return renderer


def _outward(renderer: Any, tokens: Any, index: int, options: Any, _environment: Any) -> str:
    """The tag of a link that leads to another site; nothing of one that leads into the repository."""
    at = index
    while tokens[at].type != "link_open":
        at -= 1
    address = str(tokens[at].attrs.get("href", ""))
    made: str = renderer.renderToken(tokens, index, options, {}) if address.startswith("https://") else ""
    return made
