"""Markdown that says what we mean, whatever a tenant has answered: nothing foreign is markup, mention or reference."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from monitor.text import LINE_BOUND, one_line

LIMIT = 1_000_000
"""Bytes: GitHub drops a step's summary whole where it is larger than 1 MiB."""

CUT = "\n\n**This summary is cut here, since GitHub shows no more than 1 MiB: report.html has everything.**\n"

_MARKUP = re.compile(r"""[<>&"'\\`*_{}\[\]()#+\-.!|~:@/$^=]""")


def text(foreign: str, bound: int = LINE_BOUND) -> str:
    """This as text in one line: whatever HTML or Markdown may read as its own is an entity.

    A backslash would do for Markdown alone, but not against GitHub's own: @names, #numbers, addresses that link.
    """
    return re.sub(_MARKUP, lambda found: f"&#{ord(found[0])};", one_line(foreign, bound))


def link(told: str, address: str) -> str:
    """A link, where that is an address of the web; the text alone, where it is not."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return text(told)
    if parts.scheme not in ("https", "http") or not parts.netloc or re.search(r"[\s<>\"`\\]", address):
        return text(told)
    return f"[{text(told)}](<{address}>)"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of cells that are Markdown already; nothing, where it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    names = list(headings)
    return "\n".join([f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}", *lines]) if lines else ""


def bounded(markdown: str) -> str:
    """This below the limit, cut at the end of a line, and saying so."""
    coded = markdown.encode("utf-8", "replace")
    if len(coded) <= LIMIT:
        return coded.decode()
    kept = coded[: LIMIT - len(CUT.encode())]
    return kept[: kept.rfind(b"\n")].decode("utf-8", "ignore") + CUT
