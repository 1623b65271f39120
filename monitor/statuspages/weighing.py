"""What a page means to an Auth0 tenant: the worst of what matters there, in one sentence, and what does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from monitor.statuspages.page import Component, Notice, Page, Severity
from monitor.text import count, duration, minute, some

_NAMED = 4
"""How many components a sentence names."""

_TITLE = 120
"""Characters of a title."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a page matters: patterns (``*`` and ``?``, in any case) of components and of regions.

    None at all: everything. ``!pattern`` leaves out. A component's pattern is held against its name and against
    ``group/name``; where a page names no components, it is looked for in a notice's text. What has no region is in
    all. A notice as severe as ``whatever`` matters whatever it is on.
    """

    components: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    whatever: Severity | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The severity of what matters, and why, in a sentence that ends without a full stop.

    ``notices`` are those that count, worst first; ``aside`` what is open and does not count, in words.
    """

    severity: Severity
    told: str
    notices: tuple[Notice, ...] = ()
    aside: str = ""


def weigh(page: Page, wanted: Wanted, *, now: datetime, stale: timedelta) -> Reading:
    """Take the worst over the components that matter and the notices that are open on them.

    A notice that nobody has touched for longer than ``stale`` is told of, and does not count; neither does a
    maintenance to come. A filter that matches no component is UNKNOWN.
    """
    chosen = [part for part in page.components or () if _matters(part, wanted)]
    if page.components is not None and not chosen:
        return Reading(Severity.UNKNOWN, _nothing(page.components, wanted))
    near = list(filter(None, (_concerning(notice, wanted) for notice in page.notices)))
    open_ = [notice for notice in near if not _ended(notice, now)]
    planned = [notice for notice in open_ if _planned(notice, now)]
    current = [notice for notice in open_ if notice not in planned]
    old = [notice for notice in current if notice.touched and now - notice.touched > stale]
    counted = sorted((notice for notice in current if notice not in old), key=_order)
    ill = sorted((part for part in chosen if part.severity is not Severity.OK), key=lambda part: -part.severity)
    severity = max([notice.severity for notice in counted] + [part.severity for part in ill], default=Severity.OK)
    aside = "; ".join(_aside(old, planned, len(page.notices) - len(near), stale))
    if page.banner is not None and page.banner > severity and not _explained(page, wanted):
        said = f"the page calls itself {_word(page.banner)}, and does not say of what"
        return Reading(max(severity, Severity.UNKNOWN), said, tuple(counted), aside)
    return Reading(severity, _sentence(severity, counted, ill, chosen, wanted), tuple(counted), aside)


def _matters(part: Component, wanted: Wanted) -> bool:
    named = _fits(wanted.components, part.name, f"{part.group}/{part.name}")
    return named and (not part.region or _fits(wanted.regions, part.region))


def _fits(patterns: Iterable[str], *names: str) -> bool:
    """Whether one of these names is wanted: by some pattern, if there is any, and left out by none."""
    low = [name.casefold() for name in names]
    wanted = [pattern.casefold() for pattern in patterns if not pattern.startswith("!")]
    left_out = [pattern[1:].casefold() for pattern in patterns if pattern.startswith("!")]
    return not _any(left_out, low) and (not wanted or _any(wanted, low))


def _any(patterns: list[str], names: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


def _concerning(notice: Notice, wanted: Wanted) -> Notice | None:
    """The notice with the components that matter alone, as severe as it is there; None where it concerns none."""
    parts = tuple(part for part in notice.components if _matters(part, wanted))
    if parts:
        return replace(notice, components=parts, severity=max(part.severity for part in parts))
    severe = wanted.whatever is not None and notice.severity >= wanted.whatever
    if severe or (not notice.components and not notice.text):
        return notice
    near = not notice.components or any(
        not part.region or _fits(wanted.regions, part.region) for part in notice.components
    )
    return notice if near and _in_text(notice.text, wanted.components) else None


def _in_text(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether a text is of what is wanted; where nothing is, it is. What it says besides leaves nothing out."""
    sought = [
        pattern.lstrip("*") for pattern in patterns if not pattern.startswith("!")
    ]  # a word is sought, not a part
    words = [re.escape(pattern).replace(r"\*", r"\S*").replace(r"\?", ".") for pattern in sought]
    found = any(re.search(rf"(?<!\w){word}(?!\w)", text, re.IGNORECASE) for word in words)
    return bool(text) and (found or not sought)


def _planned(notice: Notice, now: datetime) -> bool:
    return notice.severity is Severity.MAINTENANCE and notice.since is not None and notice.since > now


def _ended(notice: Notice, now: datetime) -> bool:
    """Whether its end has come; a maintenance that takes longer than planned goes on."""
    return notice.until is not None and notice.until <= now and notice.severity is not Severity.MAINTENANCE


def _order(notice: Notice) -> tuple[int, float]:
    return -notice.severity, -(notice.since.timestamp() if notice.since else 0.0)


def _explained(page: Page, wanted: Wanted) -> bool:
    """Whether what stands at the top is the state of something that does not matter here."""
    others = [part.severity for part in page.components or () if not _matters(part, wanted)]
    return page.banner is not None and max(others, default=Severity.OK) >= page.banner


def _sentence(
    severity: Severity, counted: list[Notice], ill: list[Component], chosen: list[Component], wanted: Wanted
) -> str:
    if counted and counted[0].severity is severity:
        others = len(counted) - 1
        more = f"; and {others:,} more that {'is' if others == 1 else 'are'} open" if others else ""
        return notice_told(counted[0]) + more
    if ill:
        return f"{_names(part for part in ill if part.severity is severity)}: {_word(severity)}"
    names = _names(chosen) or ", ".join(wanted.components[:_NAMED])
    return "nothing is wrong" + (f" with {names}" if names else "")


def notice_told(notice: Notice) -> str:
    """``"Login fails" (major) since 2026-11-22 21:04 UTC, on Login; see https://…``."""
    since = f" since {minute(notice.since.timestamp())}" if notice.since else ""
    until = f" until {minute(notice.until.timestamp())}" if notice.until else ""
    on = f", on {_names(notice.components)}" if notice.components else ""
    see = f"; see {notice.link}" if notice.link else ""
    return f'"{notice.title[:_TITLE]}" ({_word(notice.severity)}){since}{until}{on}{see}'


def _aside(old: list[Notice], planned: list[Notice], elsewhere: int, stale: timedelta) -> Iterator[str]:
    for notice in old:
        yield f"not counted, since nobody has touched it for {_days(stale)}: {notice_told(notice)}"
    for notice in planned:
        yield f"to come: {notice_told(notice)}"
    if elsewhere:
        yield f"{elsewhere:,} open on what does not matter here"


def _days(length: timedelta) -> str:
    """``14 days``, and what is no whole number of days as any other time."""
    whole = not length % timedelta(days=1)
    return count(length.days, "day") if whole else duration(length.total_seconds())


def _nothing(components: tuple[Component, ...], wanted: Wanted) -> str:
    if not components:
        return "the page lists no component"
    sought = ", ".join((*wanted.components, *wanted.regions))
    return f"no component of the page fits {sought}; it has {_names(components)}"


def _names(parts: Iterable[Component]) -> str:
    return some(dict.fromkeys(f"{part.name} ({part.region})" if part.region else part.name for part in parts), _NAMED)


def _word(severity: Severity) -> str:
    return "not understood" if severity is Severity.UNKNOWN else severity.name.lower()
