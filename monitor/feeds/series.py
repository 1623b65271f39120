"""A run as Prometheus' series: one table of what there is, and the samples of each.

No sample has a timestamp, since neither node_exporter nor the Pushgateway takes one: the run's time is a value. No
label has a reason, an id or a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder, generate_latest
from prometheus_client.metrics_core import Metric

from monitor.feeds import readout
from monitor.feeds.readout import ProbeReadout, TenantReadout
from monitor.status import Status
from monitor.telling.latest import began
from monitor.text import one_line
from monitor.transactions import ratelimit
from monitor.verdict import DEPENDENCIES, PHASES, Run

PREFIX = "auth0_synthetic_"
TENANT = ("mode", "tenant")
PROBE = (*TENANT, "target", "probe")
_LABEL = 200
"""Characters of a label's value; names of ours are far shorter."""

_UP = {Status.UP: 1.0, Status.DEGRADED: 1.0, Status.DOWN: 0.0}


class Sample(NamedTuple):
    """One value, and what its labels say in the order of its series' own."""

    labels: tuple[str, ...]
    value: float


Samples = Callable[[Run, TenantReadout], Iterator[Sample]]
"""The samples of a series of one tenant; ``labels`` without mode and tenant, which all have."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row: a series' name after the prefix, what it says, its labels, and where its samples come from."""

    name: str
    says: str
    labels: tuple[str, ...]
    samples: Samples
    is_info: bool = False

    @property
    def full_name(self) -> str:
        return f"{PREFIX}{self.name}{'_info' if self.is_info else ''}"


def _probe(probe: ProbeReadout) -> tuple[str, str]:
    return probe.verdict.target, probe.verdict.probe


def _probe_status(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    for probe in tenant.probes:
        yield from (Sample((*_probe(probe), status), float(probe.status is status)) for status in Status)


def _probe_up(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    for probe in tenant.probes:
        if probe.status in _UP:
            yield Sample(_probe(probe), _UP[probe.status])


def _probe_duration(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    for probe in tenant.probes:
        if probe.verdict.seconds is not None:
            yield Sample(_probe(probe), probe.verdict.seconds)


def _probe_budget(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    for probe in tenant.probes:
        if probe.verdict.budget is not None:
            yield Sample(_probe(probe), probe.verdict.budget)


def _phases(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    """Of each exchange once, by the first probe that rests on it: several probes may."""
    done = set()
    for probe in tenant.probes:
        mark = (probe.verdict.target, str(probe.verdict.exchange))
        if probe.verdict.attempts and mark not in done:
            done.add(mark)
            phases = probe.verdict.phases
            yield from (Sample((*_probe(probe), phase), phases[phase]) for phase in PHASES if phase in phases)


def _target_status(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    for target, (seen, _seconds) in tenant.targets.items():
        yield from (Sample((target, status), float(seen == status)) for status in Status)


def _run_status(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    told = (status for status in Status if status is not Status.SKIPPED)
    yield from (Sample((status,), float(tenant.status is status)) for status in told)


def _run_duration(run: Run, _: TenantReadout) -> Iterator[Sample]:
    yield Sample((), run.seconds)


def _last_run(run: Run, _: TenantReadout) -> Iterator[Sample]:
    start = began(run)
    if start is not None:
        yield Sample((), start)


def _last_judged(run: Run, tenant: TenantReadout) -> Iterator[Sample]:
    if tenant.judged:
        yield from _last_run(run, tenant)


def _causes(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    named = {(cause.owner, cause.rule, cause.status, cause.confidence) for cause in tenant.causes}
    yield from (Sample(labels, 1.0) for labels in sorted(named))


def _expiry(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    """By host the soonest: nodes may each have a certificate of their own."""
    soonest: dict[str, float] = {}
    for attempt in _attempts(tenant):
        expires, host = attempt.get("certificate_expires"), _address(attempt)[0]
        if isinstance(expires, (int, float)) and host and tenant.name != DEPENDENCIES:
            soonest[host] = min(soonest.get(host, expires), expires)
    yield from (Sample((host,), expires) for host, expires in soonest.items())


def _remaining(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    yield from (Sample((path,), float(limit.remaining)) for path, limit in _limits(tenant).items())


def _limit(_: Run, tenant: TenantReadout) -> Iterator[Sample]:
    yield from (Sample((path,), float(limit.limit)) for path, limit in _limits(tenant).items())


def _limits(tenant: TenantReadout) -> dict[str, ratelimit.Limit]:
    """By the path that was asked, the limit of which the least is left."""
    found: dict[str, ratelimit.Limit] = {}
    for attempt in _attempts(tenant):
        headers = {str(name).lower(): str(value) for name, value in (attempt.get("headers") or {}).items()}
        limit, path = ratelimit.read(headers), _address(attempt)[1]
        if limit and path and tenant.name != DEPENDENCIES:
            found[path] = min(found.get(path, limit), limit, key=lambda each: each.remaining)
    return found


def _attempts(tenant: TenantReadout) -> Iterator[Mapping[str, Any]]:
    for probe in tenant.probes:
        yield from probe.verdict.attempts


def _address(attempt: Mapping[str, Any]) -> tuple[str, str]:
    """The host and the path that an attempt asked; empty where that is no address."""
    try:
        parts = urlsplit(str(attempt.get("url", "")))
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    return host, parts.path


SERIES = (
    Series(
        "probe_status",
        "Whether the probe has this status: 1 for one of the five, 0 for the others.",
        (*PROBE, "status"),
        _probe_status,
    ),
    Series(
        "probe_up",
        "1 where the probe is up or degraded, 0 where it is down; not there where it is unknown or skipped.",
        PROBE,
        _probe_up,
    ),
    Series("probe_duration_seconds", "How long the probe's transaction took, at the socket.", PROBE, _probe_duration),
    Series("probe_budget_seconds", "Within how many seconds a right answer was due.", PROBE, _probe_budget),
    Series(
        "probe_phase_duration_seconds",
        "How long each phase of an exchange took; of each exchange once, by the first probe that rests on it.",
        (*PROBE, "phase"),
        _phases,
    ),
    Series(
        "target_status",
        "Whether this is the status of a tenant's target (a login, a connection, a node), and of the tenant itself.",
        (*TENANT, "target", "status"),
        _target_status,
    ),
    Series("run_status", "Whether this is the status of the tenant in the last run.", (*TENANT, "status"), _run_status),
    Series("run_duration_seconds", "How long the last run took.", TENANT, _run_duration),
    Series("last_run_timestamp_seconds", "When the last run began.", TENANT, _last_run),
    Series(
        "last_judged_timestamp_seconds",
        "The same of the last run, where it judged this tenant; not there where it could not.",
        TENANT,
        _last_judged,
    ),
    Series(
        "cause",
        "A cause of failures: its owner, the rule that found it, and how sure that is.",
        (*TENANT, "owner", "rule", "status", "confidence"),
        _causes,
        is_info=True,
    ),
    Series(
        "certificate_expiry_timestamp_seconds",
        "When the certificate that this host showed expires.",
        (*TENANT, "host"),
        _expiry,
    ),
    Series(
        "ratelimit_remaining",
        "How many requests Auth0 still allowed after this one, by the answer's own word.",
        (*TENANT, "endpoint"),
        _remaining,
    ),
    Series("ratelimit_limit", "How many requests Auth0 allows in all.", (*TENANT, "endpoint"), _limit),
)
"""All there are; docs/prometheus.md has the same table."""


def families(run: Run, tenants: Sequence[TenantReadout]) -> Iterator[Metric]:
    """Every series of these tenants of the run that has a sample."""
    labelled = cache(lambda value: one_line(str(value), _LABEL))  # most stand in many a series
    for series in SERIES:
        family: Metric = (InfoMetricFamily if series.is_info else GaugeMetricFamily)(
            f"{PREFIX}{series.name}", series.says
        )
        seen: set[tuple[str, ...]] = set()
        for tenant in tenants:
            for sample in series.samples(run, tenant):
                values = tuple(labelled(each) for each in (run.mode, tenant.name, *sample.labels))
                if values not in seen:  # two of one name would make the whole unreadable
                    seen.add(values)
                    labels = dict(zip(series.labels, values, strict=True))
                    family.add_sample(series.full_name, labels, sample.value)
        if family.samples:
            yield family


class _Once:
    """What a registry collects: these families."""

    def __init__(self, families_: Iterable[Metric]) -> None:
        self._families = list(families_)

    def collect(self) -> Iterable[Metric]:
        return self._families


def registry(run: Run, tenants: Sequence[TenantReadout] | None = None) -> CollectorRegistry:
    """The run's series, of these tenants alone (None: of all), for a library's writer."""
    found = CollectorRegistry(auto_describe=False)
    found.register(_Once(families(run, readout.tenants(run) if tenants is None else tenants)))
    return found


def exposed(run: Run, accept: str = "", tenants: Sequence[TenantReadout] | None = None) -> tuple[str, bytes]:
    """The type and the text: of format 0.0.4, or OpenMetrics where ``accept`` asks for it, as Prometheus does."""
    encode, kind = choose_encoder(accept)
    return kind, encode(registry(run, tenants))


def text(run: Run, tenants: Sequence[TenantReadout] | None = None) -> bytes:
    """The series in format 0.0.4, which every reader takes."""
    return generate_latest(registry(run, tenants))
