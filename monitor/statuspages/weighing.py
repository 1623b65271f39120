"""What a page means to an Auth0 tenant: the worst of what matters there, in one sentence, and what does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from monitor.statuspages.page import DAY, Alive, Component, Notice, Page, Severity
from monitor.text import minute, some

_NAMED = 4
"""How many components a sentence names."""

_FORESEEN = timedelta(days=366)
"""Nobody plans further ahead: what begins later has a number for a time that is none."""

_TITLE = 120
"""Characters of a title."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a page matters: patterns (``*`` and ``?``, in any case) of components and of regions.

    None at all: everything. ``!pattern`` leaves out. A component's pattern is held against its name and against
    ``group/name``; where a page names no components, it is looked for in a notice's text. What has no region is in
    all. A notice as severe as ``whatever`` matters whatever it is on. With ``every`` each component's pattern has to
    fit some component: somebody named those of one page, and one that fits nothing has another name now.
    """

    components: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    whatever: Severity | None = None
    every: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The severity of what matters, and why, in a sentence that ends without a full stop.

    ``incidents`` are those that count, worst first; ``aside`` what is open and does not count, in words. ``vague`` says
    that what is ill does not name what matters: by it nobody can be sure that it does. ``stopped`` says that the page
    is too old to be believed.
    """

    severity: Severity
    told: str
    notices: tuple[Notice, ...] = ()
    aside: str = ""
    vague: bool = False
    stopped: bool = False


def weigh(page: Page, wanted: Wanted, *, now: datetime, stale: timedelta) -> Reading:
    """Take the worst over the components that matter and the notices that are open on them.

    An incident that nobody has touched for longer than ``stale`` is told of, and does not count; neither does what is
    to come. A filter that matches no component is UNKNOWN, and so is a pattern of it that somebody named; and so is a
    page that has stopped: what was said so long ago is neither health nor trouble.
    """
    open_ = [incident for incident in page.notices if not _ended(incident, now)]
    planned = [each for each in open_ if _planned(each, now)]
    old = [each for each in open_ if each not in planned and each.touched and now - each.touched > stale]
    here = [each for each in open_ if each not in planned and each not in old]
    near = list(filter(None, (_concerning(incident, wanted) for incident in here)))
    aside = "; ".join((*_aside(wanted, old, planned, stale), *_elsewhere(wanted, here)))
    if page.alive and now - page.alive.at > page.alive.bound(stale):
        return Reading(Severity.UNKNOWN, _stopped(page.alive, now), aside=aside, stopped=True)
    chosen = [part for part in page.components or () if _matters(part, wanted)]
    counted = sorted(near, key=_order)
    incidents = tuple(each.notice for each in counted)
    ill = sorted((part for part in chosen if part.severity is not Severity.OK), key=lambda part: -part.severity)
    severity = max([each.severity for each in incidents] + [part.severity for part in ill], default=Severity.OK)
    unmatched = _unmatched(page, wanted, chosen)
    if unmatched and severity <= Severity.UNKNOWN:
        return Reading(Severity.UNKNOWN, unmatched, incidents, aside)
    unexplained = page.banner is not None and page.banner > severity and not _explained(page, wanted)
    if page.banner is not None and unexplained and severity <= Severity.UNKNOWN:
        said = f"the page calls itself {_word(page.banner)}, and does not say of what"
        return Reading(Severity.UNKNOWN, said, incidents, aside)
    said = _sentence(severity, counted, ill, chosen, wanted)
    vague = bool(counted) and not any(part.severity is severity for part in ill) and counted[0].note != ""
    if unmatched:
        said = f"{said}; {unmatched}"
    return Reading(severity, said, incidents, aside, vague)


def fitting_nothing(page: Page, wanted: Wanted) -> list[str]:
    """The patterns of a filter that fit no component of a page that lists some: a letter is wrong, or a name is old."""
    parts = page.components or ()
    patterns = [(pattern, Wanted((pattern.removeprefix("!"),))) for pattern in wanted.components]
    return [pattern for pattern, alone in patterns if parts and not any(_matters(part, alone) for part in parts)]


@dataclass(frozen=True, slots=True)
class _Concern:
    """An incident as far as it concerns what matters, and what is to be said of that."""

    notice: Notice
    note: str = ""


def _matters(part: Component, wanted: Wanted) -> bool:
    named = _fits(wanted.components, part.name, f"{part.group}/{part.name}", *part.also)
    return named and (not part.region or _fits(wanted.regions, part.region))


def _fits(patterns: Iterable[str], *names: str) -> bool:
    """Whether one of these names is wanted: by some pattern, if there is any, and left out by none."""
    low = [name.casefold() for name in names]
    wanted = [pattern.casefold() for pattern in patterns if not pattern.startswith("!")]
    left_out = [pattern[1:].casefold() for pattern in patterns if pattern.startswith("!")]
    return not _any(left_out, low) and (not wanted or _any(wanted, low))


def _any(patterns: list[str], names: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names)


def _concerning(incident: Notice, wanted: Wanted) -> _Concern | None:
    """The incident with the components that matter alone, as severe as it is there; None where it concerns none.

    One that names nothing where others do, beside a filter, may concern what matters or not: what is said in it is a
    hint, and no more.
    """
    parts = tuple(part for part in incident.components if _matters(part, wanted))
    if parts:
        return _Concern(replace(incident, components=parts, severity=max(part.severity for part in parts)))
    if wanted.whatever is not None and incident.severity >= wanted.whatever:
        return _Concern(incident)
    if not incident.components and not incident.text:
        if not incident.said or all(pattern.startswith("!") for pattern in wanted.components):
            return _Concern(incident)
        hint = _found_in(f"{incident.title} {incident.said}", wanted.components)
        note = "open, and does not name your components" + (f", but its text speaks of {hint}" if hint else "")
        return _Concern(replace(incident, severity=min(incident.severity, Severity.DEGRADED)), note)
    near = not incident.components or any(
        not part.region or _fits(wanted.regions, part.region) for part in incident.components
    )
    return _Concern(incident) if near and _in_text(incident.text, wanted.components) else None


def _in_text(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether a text is of what is wanted; where nothing is, it is. What it says besides leaves nothing out."""
    sought = any(not pattern.startswith("!") for pattern in patterns)
    return bool(text) and (not sought or bool(_found_in(text, patterns)))


def _found_in(text: str, patterns: tuple[str, ...]) -> str:
    """The words of the first pattern that are in the text; a word is sought, and not a part of one."""
    for pattern in patterns:
        word = re.escape(pattern.lstrip("*")).replace(r"\*", r"\S*").replace(r"\?", ".")
        found = None if pattern.startswith("!") else re.search(rf"(?<!\w){word}(?!\w)", text, re.IGNORECASE)
        if found:
            return found[0]
    return ""


def _planned(incident: Notice, now: datetime) -> bool:
    """Whether it is to come: a maintenance at any time ahead; anything else beyond what a wrong clock explains."""
    if incident.since is None:
        return False
    ahead = incident.since - now
    return ahead > timedelta() if incident.severity is Severity.MAINTENANCE else DAY < ahead < _FORESEEN


def _ended(notice: Notice, now: datetime) -> bool:
    """Whether its end has come; a maintenance that takes longer than planned goes on."""
    return notice.until is not None and notice.until <= now and notice.severity is not Severity.MAINTENANCE


def _stopped(alive: Alive, now: datetime) -> str:
    """Why a page is not believed any more."""
    days = (now - alive.at).days
    ago = f"{days} days ago" if days > 1 else f"{(now - alive.at) // timedelta(hours=1)} hours ago"
    return f"the page says nothing newer than {minute(alive.at.timestamp())}, {ago}: it may have stopped"


def _order(concern: _Concern) -> tuple[int, bool, float]:
    since = concern.notice.since
    return -concern.notice.severity, concern.note != "", -(since.timestamp() if since else 0.0)


def _speaks_for_the_whole(page: Page, wanted: Wanted) -> bool:
    """Whether a page that lists no component says of the whole that it is well, to somebody who names none."""
    named = wanted.components or wanted.regions
    return page.components == () and not named and page.banner is Severity.OK


def _explained(page: Page, wanted: Wanted) -> bool:
    """Whether what stands at the top is the state of something that does not matter here."""
    others = [part.severity for part in page.components or () if not _matters(part, wanted)]
    return page.banner is not None and max(others, default=Severity.OK) >= page.banner


def _sentence(
    severity: Severity, counted: list[_Concern], ill: list[Component], chosen: list[Component], wanted: Wanted
) -> str:
    if counted and counted[0].notice.severity is severity:
        more = f"; and {len(counted) - 1} more that is open" if len(counted) > 1 else ""
        note = f", {counted[0].note}" if counted[0].note else ""
        return notice_told(counted[0].notice, note) + more
    if ill:
        worst = [part for part in ill if part.severity is severity]
        named = {part.name for part in worst}
        on_it = [each.notice for each in counted if named & {part.name for part in each.notice.components}]
        why = [*on_it, *(each.notice for each in counted)]
        open_ = f"; open on it: {notice_told(why[0])}" if why else ""
        return f"{_names(worst)}: {_word(severity)}{open_}"
    names = _names(chosen) or ", ".join(wanted.components[:_NAMED])
    return "nothing is wrong" + (f" with {names}" if names else "")


def notice_told(incident: Notice, note: str = "") -> str:
    """``"Login fails" (major) since 2026-11-22 21:04 UTC, on Login; see https://…``."""
    since = f" since {minute(incident.since.timestamp())}" if incident.since else ""
    until = f" until {minute(incident.until.timestamp())}" if incident.until else ""
    on = f", on {_names(incident.components)}" if incident.components else ""
    see = f"; see {incident.link}" if incident.link else ""
    return f'"{incident.title[:_TITLE]}" ({_word(incident.severity)}){since}{until}{on}{note}{see}'


def _aside(wanted: Wanted, old: list[Notice], planned: list[Notice], stale: timedelta) -> Iterator[str]:
    """What does not count: what was forgotten, and what is to come."""
    for each in old:
        if _concerning(each, wanted):
            days = f"{stale / DAY:g} days"
            yield f"not counted, since it had no update for {days}: {notice_told(each)}"
    coming = [each for each in planned if _concerning(each, wanted)]
    for each in coming:
        yield f"to come: {notice_told(each)}"


def _elsewhere(wanted: Wanted, here: list[Notice]) -> Iterator[str]:
    """What is open on something else: how much, and by its title what names no component."""
    elsewhere = [each for each in here if not _concerning(each, wanted)]
    nameless = list(dict.fromkeys(f'"{each.title[:_TITLE]}"' for each in elsewhere if not each.components))
    if elsewhere:
        titles = ", ".join(nameless[:_NAMED]) + (", …" if len(nameless) > _NAMED else "")
        yield f"{len(elsewhere)} open on what does not matter here" + (f": {titles}" if nameless else "")


def _unmatched(page: Page, wanted: Wanted, chosen: list[Component]) -> str:
    """What was sought on a page and is not there, in words; empty: nothing."""
    if page.components is None or _speaks_for_the_whole(page, wanted):
        return ""
    if not page.components:
        return "the page lists no component"
    idle = [each for each in fitting_nothing(page, wanted) if not each.startswith("!")] if wanted.every else []
    if chosen and not idle:
        return ""
    sought = idle if chosen else (*wanted.components, *wanted.regions)
    return f"no component of the page fits {', '.join(sought)}; it has {_names(page.components)}"


def _names(parts: Iterable[Component]) -> str:
    return some(dict.fromkeys(f"{part.name} ({part.region})" if part.region else part.name for part in parts), _NAMED)


def _word(severity: Severity) -> str:
    return "not understood" if severity is Severity.UNKNOWN else severity.name.lower()
