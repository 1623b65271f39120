"""How much of Auth0's rate limit is left, as an answer's headers tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Limit(NamedTuple):
    """How many requests there are in all, and how many of them are left."""

    limit: int
    remaining: int


def read(headers: Mapping[str, str]) -> Limit | None:
    """From ``x-ratelimit-*``, else from ``Auth0-RateLimit: client;q=10;t=1;r=9``; None where neither can be read."""
    policy = dict(re.findall(r"(?:^|;)\s*([qr])=(\d+)", headers.get("auth0-ratelimit", "")))
    limit = headers.get("x-ratelimit-limit", policy.get("q", ""))
    remaining = headers.get("x-ratelimit-remaining", policy.get("r", ""))
    plain = re.fullmatch(r"\d{1,9}", limit.strip()) and re.fullmatch(r"\d{1,9}", remaining.strip())
    return Limit(int(limit), int(remaining)) if plain and int(limit) > 0 else None
