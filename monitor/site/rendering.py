"""index.html: the board put into the template, with its style and its one script in the file itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor import NAME, VERSION, text
from monitor.history.definitions import DEFINITIONS
from monitor.history.overview import budget
from monitor.reports import EVIDENCE, runbook
from monitor.reports import REPORTS as ALL
from monitor.site import drawing, since, told, words
from monitor.site.contents import Board
from monitor.status import Status
from monitor.text import count, legible, one_line, seconds

REPORTS = tuple(f"{each.name}/" if each.is_folder else each.name for each in reversed(ALL) if each != EVIDENCE)
"""The reports that a page links to, what is for people before what is for programs. Evidence is linked file by file."""

SIBLINGS = ("status.json", "feed.atom", "badge.json")

MANY_TENANTS = 5
"""Where there are more, one that is well is a line, which unfolds."""

_BESIDE = Path(__file__).parent
_HEXES = {"up": "1a7f37", "degraded": "9a6700", "down": "b3121d", "unknown": "7530b5", "skipped": "59636e"}


Book = Callable[[str], str]


def _nowhere(_path: str) -> str:
    return ""


def style() -> str:
    """The style of all pages of the site."""
    return _text("site.css")


def section(path: str) -> Markup:
    """What the runbook says of a cause; empty where it has no such section."""
    return Markup(runbook.section(path))  # noqa: S704 - our own text, by our own renderer


def render(
    board: Board,
    *,
    latest: str = "",
    reports: tuple[str, ...] = (),
    siblings: tuple[str, ...] = (),
    documents: str = "",
    book: Book = _nowhere,
) -> str:
    """The page. ``latest`` leads to the newest run's reports, of which these are there; ``siblings`` lie beside it.

    ``documents`` leads to the documents of the suite; empty where they are not there.

    ``book`` gives the address of a section of the runbook (``docs/runbook.md#connection``); without one its path is
    told, and no link. What the section says stands in the page in any case.
    """
    script = _text("age.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    text: str = _template().render(
        board=board,
        latest=latest,
        reports=reports,
        siblings=siblings,
        documents=documents,
        book=book,
        policy=policy,
        style=Markup(style()),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        colour=_HEXES[board.status],
        version=VERSION,
        generator=NAME,
    )
    return text.lstrip()


def _finalize(value: Any) -> Any:
    """Whatever is put into the page, legible; Jinja escapes it afterwards."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else legible(value)


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_BESIDE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.globals |= {
        "definitions": DEFINITIONS,
        "text": text,
        "words": words,
        "drawing": drawing,
        "told": told,
        "Status": Status,
        "section": section,
        "since": since,
        "MANY_TENANTS": MANY_TENANTS,
    }
    environment.filters |= {
        "budget": budget,
        "line": one_line,
        "count": count,
        "seconds": seconds,
    }
    return environment.get_template("page.html.jinja")


@cache
def _text(name: str) -> str:
    return (_BESIDE / name).read_text(encoding="utf-8")
