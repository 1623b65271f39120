"""Lanes: of each target of a history how it is, and how it has been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from monitor.configuration.services import SERVICES
from monitor.history import DAY, HOUR, Bar, ErrorBudget, Finding, History, PastTarget, State
from monitor.history.planned import Window, spans_of
from monitor.incidents import DAYS
from monitor.site.contents import Lane, Span
from monitor.status import ILL, SEVERITY, Status
from monitor.text import count, one_line
from monitor.verdict import Run, is_unread

WINDOWS = (90, 30, 7, 1)
"""Days, of which a lane tells its figures."""

GONE = 7
"""Days after which a target that nobody has asked any more has no lane."""

YOUNG = 7
"""Days of which latencies are drawn by the hour, where there are no more."""

NEW, LEAST_HOURS, LEAST_DAYS = 3, 24, 14
"""Days of history whose bars are hours; and how many hours, and how many days, a strip has at least."""

FLOWS = {
    "password": "password grant",
    "password-realm": "password grant (password-realm)",
    "oauth-ro": "password grant (oauth-ro)",
    "universal-login": "Universal Login",
}
"""How people call the flows of a login."""

_SINCE = {
    Status.DOWN: frozenset({Status.DOWN}),
    Status.DEGRADED: frozenset({Status.DOWN, Status.DEGRADED}),
}
"""Which observations in a row are the illness of a status; what is unknown is none that began."""


class Lanes:
    """The targets of a history as a page shows them at a time; ``run`` is the newest run, where its file is there.

    ``slos`` are the objectives by target, as shares, and ``left_out`` the maintenances that are in no error budget.
    """

    def __init__(
        self,
        history: History,
        run: Run | None,
        now: float,
        slos: Mapping[str, float] | None = None,
        left_out: Sequence[Window] = (),
    ) -> None:
        self._history, self._now, self._slos, self._left_out = history, now, slos or {}, left_out
        self._budgets = {(each.target, each.budget) for each in run.verdicts if each.budget} if run else set()

    def all(self) -> tuple[Lane, ...]:
        """Tenants by name, each before its parts, and dependencies last."""
        targets = [each for each in self._history.targets if each.sort != "metric" and self._asked(each)]
        whole = {each.tenant for each in targets if each.sort not in ("tenant", "dependency")}
        lanes = [self._lane(each, drawn=each.name not in whole) for each in targets]
        ill = {each.tenant for each in lanes if each.ill and each.sort != "dependency"}
        return tuple(self._with_its_hours(each) if each.tenant in ill else each for each in lanes)

    def _with_its_hours(self, lane: Lane) -> Lane:
        """This with the last 24 hours, and with since when it is ill: whoever reads it at night asks that first."""
        until = max(self._now, (self._history.last or 0.0) + 1)
        hours = self._history.hours(lane.name, until) if lane.sort in ("tenant", "login") else ()
        found = self._history.outages(lane.name, statuses=_SINCE.get(lane.status, frozenset()))[:1] if lane.ill else ()
        spell = next((each for each in found if each.open), None)
        return replace(lane, hours=hours, began=spell.began if spell else None, before=spell.after if spell else None)

    def _bars(self, name: str, until: float) -> tuple[Bar, ...]:
        """Days, as many as the history has; hours while it has few."""
        age = until - (self._history.first if self._history.first is not None else until)
        if age <= NEW * DAY:
            return self._history.hours(name, until, hours=max(LEAST_HOURS, int(age // HOUR) + 2))
        return self._history.bars(name, until, days=min(DAYS, max(LEAST_DAYS, int(age // DAY) + 2)))

    def _asked(self, target: PastTarget) -> bool:
        """Whether anybody asked it lately; one that was never judged, but asked, is not left out."""
        if target.last is not None and target.last >= self._now - GONE * DAY:
            return True
        return bool(self._history.observations(target.name, self._now - GONE * DAY, self._now + 1))

    def _lane(self, target: PastTarget, *, drawn: bool) -> Lane:
        name, until = target.name, max(self._now, (self._history.last or 0.0) + 1)
        spans = tuple(self._spans(target, until))
        state = self._history.state(name, self._now)
        found = self._found(state, name) if state.run and state.status in ILL else ()
        young = target.first is not None and until - target.first <= YOUNG * DAY
        bars = self._bars(name, until)
        since, step = (target.first or until, HOUR) if young else (bars[0].day, DAY)
        timed = drawn and target.sort != "dependency"
        latencies = self._history.latencies(name, since, until, step=step) if timed else ()
        return Lane(
            name=name,
            label=_label(target),
            sort=target.sort,
            status=state.status,
            seen=state.seen if state.run else state.known,
            said=_said(found),
            unread=bool(found) and all(is_unread(each.status, each.failure) for each in found),
            bars=bars,
            spans=spans,
            latencies=latencies if any(each.n for each in latencies) else (),
            budgets=tuple(sorted({budget for of, budget in self._budgets if _within(of, name)})),
            allowance=self._allowance(target, until),
            until=until,
        )

    def _allowance(self, target: PastTarget, until: float) -> ErrorBudget | None:
        """Its error budget: a service's page has none, since the objective is the tenant's."""
        if target.sort == "dependency" or target.name not in self._slos:
            return None
        without = spans_of(target.name, self._left_out)
        return self._history.budget(target.name, until, slo=self._slos[target.name], without=without)

    def _spans(self, target: PastTarget, until: float) -> Iterator[Span]:
        """The windows, the longest first; none reaches back to before the target was judged for the first time."""
        before = 0.0
        life = max(1.0, until - target.first) if target.first is not None else DAY
        for days in WINDOWS:
            length = min(days * DAY, life)
            if length != before:
                before, since = length, until - length
                uptime = self._history.uptime(target.name, since, until)
                yield Span(length, uptime, self._history.latency(target.name, since, until))

    def _found(self, seen: State, name: str) -> list[Finding]:
        found = [each for each in self._history.run(seen.run).findings if _within(each.target, name)]
        return sorted(found, key=lambda each: -SEVERITY[each.status])


def _label(target: PastTarget) -> str:
    """What people call it: a service by its own name, a login by its flow, since its connection stands above it."""
    part = target.name.partition(":")[2]
    if target.sort == "dependency":
        return SERVICES[part].title if part in SERVICES else part
    if target.sort == "login":
        return FLOWS.get(part.partition(":")[0], part)
    return "profile" if target.sort == "account" else part or target.name


def _said(found: Sequence[Finding]) -> str:
    """The worst reason, and how many others there are."""
    reasons = dict.fromkeys(one_line(each.reason) for each in found)
    more = f" (and {count(len(reasons) - 1, 'other reason')})" if len(reasons) > 1 else ""
    return next(iter(reasons), "") + more


def _within(target: str, name: str) -> bool:
    """Whether this target is the one of that name, or a part of it."""
    return f"{target}:".startswith(f"{name}:")
