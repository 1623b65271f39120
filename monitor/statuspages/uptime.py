"""The share of time that Auth0 says it was up in a region: from its API, or from its home page."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from monitor.failures import Unreadable
from monitor.statuspages.auth0 import is_home, regions_of
from monitor.statuspages.documents import json_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer

_DEEPEST = 3
"""How deep the percentages may lie: an envelope, a list, an object of each region."""

_NAMES = ("region", "name")
_SHARES = ("uptime", "percentage", "value", "response")


def uptime(answer: Answer, regions: tuple[str, ...] = ()) -> tuple[str, float]:
    """The first region that fits one of these patterns (``*`` and ``?``, in any case), and its percentage, 0 to 100.

    Unreadable where there is none.
    """
    told = dict(_home(answer) if is_home(answer) else _listed(json_of(answer, Any), _DEEPEST))
    fitting = [region for region in told if _fits(region, regions)]
    if not fitting:
        raise Unreadable(
            f"no uptime of {', '.join(regions) or 'any region'} among {', '.join(told)[:200] or 'nothing'}"
        )
    share = _percentage(told[fitting[0]])
    if share is None:
        raise Unreadable(f"the uptime of {fitting[0]} is no percentage between 0 and 100")
    return fitting[0], share


def _home(answer: Answer) -> Iterator[tuple[str, object]]:
    for each in regions_of(answer):
        yield plain(each.region), each.response.uptime


def _listed(document: Any, depth: int) -> Iterator[tuple[str, object]]:
    """Regions and what is said of them: a list of objects, an object by region, or either under one key."""
    if depth == 0:
        return
    if isinstance(document, list):
        for each in document:
            if isinstance(each, dict) and (name := _first(each, _NAMES)) and isinstance(name, str):
                yield plain(name), _first(each, _SHARES)
    elif isinstance(document, dict) and len(document) == 1 and isinstance(only := next(iter(document.values())), list):
        yield from _listed(only, depth - 1)
    elif isinstance(document, dict):
        nested = [each for each in document.values() if isinstance(each, dict) and _first(each, _SHARES) is None]
        if len(nested) == len(document) == 1:
            yield from _listed(nested[0], depth - 1)
            return
        yield from ((plain(name), value) for name, value in document.items())


def _first(known: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((known[name] for name in names if known.get(name) is not None), None)


def _fits(region: str, patterns: tuple[str, ...]) -> bool:
    return bool(region) and (
        not patterns or any(fnmatchcase(region.casefold(), pattern.casefold()) for pattern in patterns)
    )


def _percentage(told: object) -> float | None:
    for _ in range(_DEEPEST):
        if isinstance(told, dict):
            told = _first(told, _SHARES)
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        share = float(told.strip().removesuffix("%") if isinstance(told, str) else told)
    except (ValueError, OverflowError):
        return None
    return share if 0 <= share <= 100 else None
