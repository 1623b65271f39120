"""This machine's clock, by the times in all answers: whoever's clock is wrong, ours is when several hosts agree."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from statistics import median
from urllib.parse import urlsplit

from monitor.verdict import Verdict

MAY_DIFFER = 300.0
"""Seconds by which clocks may differ."""


def skew(verdicts: Iterable[Verdict]) -> float:
    """Seconds by which this machine's clock is ahead of the answers' own Date (negative: behind).

    0 where it differs by no more than clocks may, where fewer than two hosts told their time, or where they disagree.
    """
    seen = differences(verdicts)
    middle = median(seen) if seen else 0.0
    agreeing = [differs for differs in seen if abs(differs - middle) <= MAY_DIFFER]
    return middle if abs(middle) > MAY_DIFFER and len(agreeing) >= 2 and 2 * len(agreeing) > len(seen) else 0.0


def differences(verdicts: Iterable[Verdict]) -> list[float]:
    """The same seconds by each host that told its time, by its last answer."""
    seen: dict[str, float] = {}
    for verdict in verdicts:
        for attempt in verdict.attempts:
            try:
                answered = parsedate_to_datetime(attempt["headers"]["date"]).timestamp()
                seen[urlsplit(attempt["url"]).netloc] = attempt["started"] + attempt["seconds"] - answered
            except (KeyError, TypeError, ValueError):
                continue
    return list(seen.values())


def told(seconds: float) -> str:
    """``3.0 days behind``, ``45 minutes ahead``."""
    for unit, size in (("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)):
        if abs(seconds) >= 2 * size:
            return f"{abs(seconds) / size:.1f} {unit}s {'ahead' if seconds > 0 else 'behind'}"
    return f"{abs(seconds):.0f} seconds {'ahead' if seconds > 0 else 'behind'}"
