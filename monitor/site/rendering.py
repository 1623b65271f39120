"""index.html: the board put into the template, with its style and its one script in the file itself."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor import NAME, VERSION, text
from monitor.history.definitions import DEFINITIONS
from monitor.history.overview import budget
from monitor.reports import EVIDENCE
from monitor.reports import REPORTS as ALL
from monitor.site import drawing, told, words
from monitor.site.contents import Board
from monitor.status import Status
from monitor.text import count, legible, one_line, seconds

REPORTS = tuple(f"{each.name}/" if each.is_folder else each.name for each in reversed(ALL) if each != EVIDENCE)
"""The reports that a page links to, what is for people before what is for programs. Evidence is linked file by file."""

SIBLINGS = ("status.json", "feed.atom", "badge.json")

_BESIDE = Path(__file__).parent
_HEXES = {"up": "1a7f37", "degraded": "9a6700", "down": "b3121d", "unknown": "7530b5", "skipped": "59636e"}


def render(
    board: Board, *, latest: str = "", reports: tuple[str, ...] = (), siblings: tuple[str, ...] = (), books: str = ""
) -> str:
    """The page. ``latest`` leads to the newest run's reports, of which these are there; ``siblings`` lie beside it.

    ``books`` is the address that the runbook's path follows; without it the path is told, and no link.
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
        books=books,
        policy=policy,
        style=Markup(_text("site.css")),  # noqa: S704 - our own file
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
