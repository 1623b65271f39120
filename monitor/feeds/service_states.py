"""A tenant's state for readers of Nagios' kind, which have four words and one of them is UNKNOWN: text and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor import text
from monitor.feeds import readout
from monitor.feeds.readout import ProbeReadout, TenantReadout
from monitor.reports import findings
from monitor.status import Status
from monitor.verdict import DEPENDENCIES, Run

CODES = {Status.UP: 0, Status.DEGRADED: 1, Status.DOWN: 2, Status.UNKNOWN: 3, Status.SKIPPED: 3}
"""Of what was not asked nothing is known."""

UNKNOWN = CODES[Status.UNKNOWN]

_ILLEGAL = re.compile(r"""[`~!$%^&*|'"<>?,()=;\\/\x00-\x1f]""")
_CAUSES, _FIGURES, _NAMED = 3, 30, 8
"""How many causes, figures and probes are told: what is written to a pipe at once has 4,096 bytes."""

_LINE, _DETAIL = 300, 200


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a service: its name, its value, the unit (s, or none), and from where on it is a warning."""

    name: str
    value: float
    unit: str = ""
    warn: float | None = None

    def __str__(self) -> str:
        warn = f"{self.warn:g}" if self.warn is not None else ""
        value = f"{self.value:.3f}" if self.unit else f"{self.value:g}"
        return f"'{self.name}'={value}{self.unit};{warn};;0"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What is told of one service: the exit status of a plugin, a line, more lines, and figures.

    Nothing in the texts is a reader's own sign: no ``|``, no backslash, no line end.
    """

    service: str
    code: int
    line: str
    details: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    def unknown(self, why: str) -> ServiceState:
        """The same, of which nothing is known any more, for this reason."""
        return replace(self, code=UNKNOWN, line=plain(f"UNKNOWN: {why}; the run said {self.line}", _LINE))


def plain(foreign: str, bound: int = _DETAIL) -> str:
    """A text in one line, without the signs by which Nagios, Icinga and Checkmk tell parts from each other."""
    return text.one_line(foreign.replace("|", "/").replace("\\", "/"), bound)


def service_name(tenant: str) -> str:
    """What the service of a tenant is called there: ``auth0 prod``."""
    return f"auth0 {_ILLEGAL.sub('_', text.one_line(tenant, 80)) or findings.NOBODY}"


def of_tenants(run: Run) -> tuple[ServiceState, ...]:
    """The state of each tenant, and of the services that they lean on; all unknown where the run is of no real one."""
    states = (_state(run, tenant, service_name(tenant.name)) for tenant in readout.tenants(run))
    return tuple(_real(run, state) for state in states)


def of_run(run: Run) -> ServiceState:
    """The state of all tenants together: their services' pages are weak witnesses, and make it degraded at worst."""
    found = readout.tenants(run)
    own = [tenant for tenant in found if tenant.name != DEPENDENCIES]
    status = readout.worst_of(own or found)
    services = {tenant.status for tenant in found} if own else set()
    if status is Status.UP and services & {Status.DEGRADED, Status.DOWN}:
        status = Status.DEGRADED
    probes = tuple(probe for tenant in found for probe in tenant.probes)
    causes = run.diagnosis.causes if run.diagnosis else ()
    whole = TenantReadout("", status, probes, {}, causes)
    return _real(run, _state(run, whole, "auth0"))


def of_target(run: Run, tenant: str, target: str = "") -> ServiceState:
    """The state of a tenant, or of one of its targets (``corp`` or ``prod:corp``); unknown where it was not asked."""
    found = next((each for each in readout.tenants(run) if each.name == tenant), None)
    if found is None:
        return ServiceState(service_name(tenant), UNKNOWN, plain(f"UNKNOWN: the run asked no tenant {tenant}"))
    if not target:
        return _real(run, _state(run, found, service_name(tenant)))
    name = next((each for each in (target, f"{tenant}:{target}") if each in found.targets), "")
    if not name:
        known = text.some([each.removeprefix(f"{tenant}:") for each in found.targets], _NAMED)
        line = plain(f"UNKNOWN: the run asked no target {target} of {tenant}; there are {known}", _LINE)
        return ServiceState(service_name(tenant), UNKNOWN, line)
    probes = tuple(each for each in found.probes if f"{each.verdict.target}:".startswith(f"{name}:"))
    ids = {each.verdict.id for each in probes}
    causes = tuple(each for each in found.causes if ids.intersection(each.verdicts))
    part = TenantReadout(name, Status(found.targets[name][0]), probes, {}, causes)
    return _real(run, _state(run, part, service_name(name)))


def aged(state: ServiceState, run: Run, now: float, max_age: float) -> ServiceState:
    """The same as it is now: with its age as a figure, and unknown where the run is too old to say anything."""
    age = readout.age(run, now)
    if age is None:
        return state.unknown("when the run was cannot be read, or lies ahead: look at this machine's clock")
    older = replace(state, figures=(*state.figures, Figure("age", round(age), "s", max_age)))
    if age > max_age:
        return older.unknown(f"no run for {text.duration(age)}, which is more than {text.duration(max_age)}")
    return older


def _real(run: Run, state: ServiceState) -> ServiceState:
    why = readout.unreal(run)
    return state.unknown(why) if why else state


def _state(run: Run, tenant: TenantReadout, service: str) -> ServiceState:
    word = str(Status.UNKNOWN if tenant.status is Status.SKIPPED else tenant.status).upper()
    ill = [probe for probe in tenant.probes if probe.verdict.ill]
    said = plain(f"{word}: {_why(tenant, ill)}", _LINE)
    return ServiceState(service, CODES[tenant.status], said, tuple(_details(run, tenant, ill)), tuple(_figures(tenant)))


def _why(tenant: TenantReadout, ill: Sequence[ProbeReadout]) -> str:
    if tenant.causes:
        first = tenant.causes[0]
        more = f"; {text.count(len(tenant.causes) - 1, 'other cause')}" if len(tenant.causes) > 1 else ""
        return f"{first.sentence} ({findings.whose(first)}){more}"
    if ill:
        return f"{text.count(len(ill), 'probe')} of {len(tenant.probes):,} not up"
    if not tenant.judged:
        return "nothing was judged"
    held = sum(probe.status is Status.UP for probe in tenant.probes)
    return f"{text.count(held, 'probe')} up"


def _details(run: Run, tenant: TenantReadout, ill: Sequence[ProbeReadout]) -> Iterator[str]:
    for cause in tenant.causes[:_CAUSES]:
        yield plain(f"{cause.status}, {findings.whose(cause)}: {cause.sentence}")
        yield plain(f"next: {cause.runbook}")
    if ill:
        yield plain(f"probes: {text.some([findings.place(probe.verdict) for probe in ill], _NAMED)}")
    yield plain(f"run of {run.started}" + ("" if run.ended == "finished" else f", incomplete: {run.ended}"))


def _figures(tenant: TenantReadout) -> Iterator[Figure]:
    """How many probes have each status, and how long the slowest right answer of each target took."""
    counts = {status: sum(probe.status is status for probe in tenant.probes) for status in Status}
    yield from (Figure(f"probes {status}", float(number)) for status, number in counts.items())
    slowest: dict[str, ProbeReadout] = {}
    for probe in _timed(tenant.probes):
        before = slowest.get(probe.verdict.target)
        if before is None or (probe.verdict.seconds or 0.0) > (before.verdict.seconds or 0.0):
            slowest[probe.verdict.target] = probe
    logins_first = sorted(slowest.items(), key=lambda pair: pair[1].verdict.kind == "dedicated")  # and nodes last
    for target, probe in logins_first[:_FIGURES]:
        yield Figure(
            _ILLEGAL.sub("_", text.one_line(target, 60)) or "unnamed",
            probe.verdict.seconds or 0.0,
            "s",
            probe.verdict.budget,
        )


def _timed(probes: Iterable[ProbeReadout]) -> Iterator[ProbeReadout]:
    for probe in probes:
        right = probe.status in (Status.UP, Status.DEGRADED)
        if right and probe.verdict.seconds is not None and probe.verdict.budget is not None:
            yield probe
