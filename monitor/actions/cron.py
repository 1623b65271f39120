"""When a cron line of GitHub's begins runs: how many in a month, and how long none comes, if it were always on time."""

from __future__ import annotations

import re
from itertools import pairwise

DAYS = 31
"""Days of the month that is reckoned with: the longest, which begins on a Sunday."""

_FIELDS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 6)}
_SUNDAY = 7
"""Which it may be called, too."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES = {
    "month": {name: number for number, name in enumerate(_MONTHS, 1)},
    "weekday": {name: number for number, name in enumerate(_WEEKDAYS)},
}
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


def starts(line: str) -> list[int]:
    """The minutes of the month at which this line begins a run. Raises ValueError, naming what is no cron."""
    words = line.split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"{line[:40]!r} is no cron line: it has {len(words)} fields, and not 5")
    minutes, hours, days, months, weekdays = (_field(*named) for named in zip(_FIELDS, words, strict=True))
    if not months:
        return []
    both = not (words[2].startswith("*") or words[4].startswith("*"))
    of_days = (_begins(day, days, weekdays, both) for day in range(1, DAYS + 1))
    times = sorted(hour * 60 + minute for hour in hours for minute in minutes)
    return [number * 24 * 60 + time for number, begins in enumerate(of_days) if begins for time in times]


def _begins(day: int, days: set[int], weekdays: set[int], both: bool) -> bool:  # noqa: FBT001 - of a file's own
    """By cron's own rule: where ``both`` are restricted, either is enough."""
    by_date, by_weekday = day in days, (day - 1) % 7 in weekdays
    return (by_date or by_weekday) if both else (by_date and by_weekday)


def longest_pause(begun: list[int]) -> int | None:
    """Minutes from one of these starts to the next, at most, the month's end included; None where there is none."""
    if not begun:
        return None
    return max(after - before for before, after in pairwise([*begun, begun[0] + DAYS * 24 * 60]))


def _field(name: str, text: str) -> set[int]:
    least, most = _FIELDS[name]
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if not match:
            raise ValueError(f"{part[:20]!r} is no {name} of a cron line")
        whole = match["first"] == "*"
        first = least if whole else _number(name, match["first"])
        open_end = whole or (match["step"] and not match["last"])
        last = most if open_end else _number(name, match["last"] or match["first"])
        step = int(match["step"] or 1)
        bound = _SUNDAY if name == "weekday" else most
        if not least <= first <= last <= bound or not step:
            raise ValueError(f"{part[:20]!r} is no {name} of a cron line, which is from {least} to {most}")
        found |= set(range(first, last + 1, step))
    return {number % _SUNDAY for number in found} if name == "weekday" else found


def _number(name: str, text: str) -> int:
    known = _NAMES.get(name, {})
    if text.lower() in known:
        return known[text.lower()]
    if not text.isdecimal():
        raise ValueError(f"{text[:20]!r} is no {name} of a cron line")
    return int(text)
