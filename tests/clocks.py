"""Times that nobody can read: seconds of the epoch where a person reads words."""

from __future__ import annotations

import re

_RAW = re.compile(r"(?<![\w./=-])1[4-9]\d{8}(?:\.\d+)?(?![\w-])")
"""Seconds from 2014 to 2033, as a word of their own: no part of an id, an address or a mark."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? UTC")


def raw(*texts: object) -> list[str]:
    """Every time in these texts, or in what these objects hold, that is told in seconds of the epoch."""
    return [found for text in texts for found in _RAW.findall(str(text))]


def read(text: str) -> list[str]:
    """Every time in this text that is told as people read it, in its order."""
    return _TIME.findall(text)


def shown(page: str) -> str:
    """What a page of HTML shows: its text, without its tags, its style and its scripts."""
    body = re.sub(r"<!--.*?-->|<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", body)
