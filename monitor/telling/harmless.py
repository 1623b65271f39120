"""Text from outside, made harmless for whoever shows it: no mention, link, markup or reference comes of it."""

from __future__ import annotations

import re
from urllib.parse import quote

from monitor.text import one_line

BOUND = 600
"""Characters of one line."""

_QUOTES = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'"})
_GAP = "\u200b"
"""A space of no width: what stands on both sides of it is two words to any program, and one to the eye."""


def plain(text: str) -> str:
    """For chats and mails: legible, and not what Slack, Discord or Teams take for a mention, a link or markup."""
    text = one_line(text, BOUND).translate(_QUOTES)
    text = re.sub(r"@(?=\S)", f"@{_GAP}", text).replace("](", f"]{_GAP}(")
    return re.sub(r"([*_~|]{2,})", lambda match: _GAP.join(match[1]), text)


def code(text: str) -> str:
    """For GitHub: in a span of code, in which nothing is a mention, a reference, a link or markup."""
    text = one_line(text, BOUND).strip() or "–"
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def address(link: str) -> str:
    """A link that ends where it ends; empty where it is none."""
    fine = re.match(r"https?://", link, re.IGNORECASE)
    return quote(link, safe="/:?#[]@!$&'*+,;=%~-._") if fine else ""
