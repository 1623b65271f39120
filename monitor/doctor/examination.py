"""All that the doctor looks at, in order; what breaks on the way costs only its own lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from monitor.configuration import settings
from monitor.configuration.settings import Settings
from monitor.configuration.targets import Tenant
from monitor.doctor import alarms, feeding, github, knowledge, network, page_lines, surroundings, tenants
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.secrets import Scrubber
from monitor.text import one_line, place
from monitor.wire.door import Door

AT_ONCE = 16
"""Tenants that are asked at the same time."""

Section = Callable[[], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at: the clone, the folder of its reports, who logs in, reads the pages, is fed."""

    root: Path
    reports: Path
    login: Callable[[Door, Scrubber, Sequence[Tenant]], Iterable[Line]]
    pages: Callable[[Door, Scrubber, Settings], Iterable[Line]] = page_lines.unread
    push: feeding.Trial = feeding.untried
    knowledge: Callable[[Door, Scrubber, Sequence[Tenant]], Iterable[Line]] = knowledge.unasked


def lines(wish: Wish) -> Iterator[Line]:
    """Every line, without secrets."""
    scrubber = Scrubber()
    for line in _lines(wish, scrubber):
        what, *cures = (one_line(scrubber.scrub(text)) for text in (line.what, *line.cures))
        yield Line(one_line(line.section), line.mark, what, tuple(cures))


def _lines(wish: Wish, scrubber: Scrubber) -> Iterator[Line]:
    values, remarks = settings.environment(wish.root)
    configured = settings.load(values, scrubber, wish.root, remarks)
    workflow = Workflow.read(wish.root, values)
    yield from _guarded("Settings", lambda: tenants.lines(configured, values, workflow))
    out = _guarded(surroundings.OUT, lambda: surroundings.way_out(values))
    yield from out
    door = Door(scrubber, values)
    reached: list[Tenant] = []
    closed = any(line.mark is Mark.BAD for line in out)
    asked = [tenant for tenant in configured.tenants if not tenant.blocked and not closed]
    if closed and configured.tenants:
        yield Line(surroundings.OUT, Mark.OFF, "no tenant is probed before that is fixed")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for tenant, told in zip(asked, pool.map(lambda each: _way(door, each), asked), strict=True):
            yield from told
            reached += [] if any(line.mark is Mark.BAD for line in told) else [tenant]
    yield from _guarded(page_lines.SECTION, lambda: wish.pages(door, scrubber, configured))
    yield from _guarded("Management API", lambda: wish.knowledge(door, scrubber, asked))
    yield from _guarded("Logins", lambda: wish.login(door, scrubber, reached))
    yield from _guarded(surroundings.FILES, lambda: surroundings.files(wish.reports, configured.memory))
    yield from _guarded(github.SECTION, lambda: github.lines(wish.root, values, workflow))
    yield from _guarded(alarms.SECTION, lambda: alarms.lines(values, workflow))
    yield from _guarded(alarms.PULSE, lambda: alarms.pulse(values, workflow))
    yield from _guarded(feeding.SECTION, lambda: feeding.lines(values, workflow))
    yield from _guarded(feeding.SECTION, lambda: wish.push(values, wish.reports, scrubber))


def _way(door: Door, tenant: Tenant) -> list[Line]:
    return _guarded(network.section(tenant), lambda: network.lines(door, tenant))


def _guarded(section: str, look: Section) -> list[Line]:
    """What it says; where our own code breaks, that, and no traceback, which may hold what must not be written."""
    told: list[Line] = []
    try:
        told.extend(look())
    except Exception as error:  # noqa: BLE001 - see above
        what = f"the doctor itself failed here ({type(error).__name__} in {place(error)})"
        told.append(Line(section, Mark.BAD, what, ("a bug in the monitor: please report it",)))
    return told
