"""A run as OpenTelemetry's metrics: Prometheus' series by other names, and the times of all exchanges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
)

from monitor.feeds import readout, series
from monitor.feeds.otlp_attributes import OWN, exchanges, http, nano, number, pairs
from monitor.feeds.readout import TenantReadout
from monitor.telling.latest import began
from monitor.verdict import Run

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0)
"""Of the histogram, in seconds: the usual ones are of milliseconds, where all of these would be in the first."""

POINTS = 4_000
"""How many are in one metric, and in one request: some receivers take no more than a megabyte."""

_OF_ONE = ("url.full", "network.peer.address", f"{OWN}request_id")
"""What is told of one exchange, and would make a series of each."""


def metrics(run: Run) -> Iterator[Metric]:
    """Prometheus' series by other names, of so many points at a time, and the times of all exchanges as a histogram."""
    tenants = readout.tenants(run)
    at = nano(readout.ended(run))
    for family in series.families(run, tenants):
        name = family.name.removeprefix(series.PREFIX)
        unit = "s" if name.endswith("_seconds") else ""
        points = [
            NumberDataPoint(
                attributes=pairs({f"{OWN}{label}": value for label, value in sample.labels.items()}),
                time_unix_nano=at,
                as_double=sample.value,
            )
            for sample in family.samples
        ]
        for start in range(0, len(points), POINTS):
            some = Gauge(data_points=points[start : start + POINTS])
            short = f"{OWN}{name.removesuffix('_seconds')}"
            yield Metric(name=short, description=family.documentation, unit=unit, gauge=some)
    if durations := list(_durations(run, tenants, at)):
        yield Metric(
            name="http.client.request.duration",
            unit="s",
            description="How long the exchanges of the run took.",
            histogram=Histogram(
                data_points=durations, aggregation_temporality=AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
            ),
        )


def _durations(run: Run, tenants: Sequence[TenantReadout], at: int) -> Iterator[HistogramDataPoint]:
    found: dict[tuple[tuple[str, Any], ...], list[float]] = {}
    for tenant in tenants:
        for attempt in exchanges(tenant).values():
            known = {name: value for name, value in http(attempt).items() if name not in _OF_ONE}
            key = tuple((known | {f"{OWN}tenant": tenant.name, f"{OWN}mode": run.mode}).items())
            found.setdefault(key, []).append(number(attempt.get("seconds")))
    for attributes, values in found.items():
        counts = [0] * (len(BOUNDS) + 1)
        for value in values:
            counts[sum(value > bound for bound in BOUNDS)] += 1
        yield HistogramDataPoint(
            attributes=pairs(dict(attributes)),
            start_time_unix_nano=nano(began(run)),
            time_unix_nano=at,
            count=len(values),
            sum=sum(values),
            min=min(values),
            max=max(values),
            explicit_bounds=BOUNDS,
            bucket_counts=counts,
        )
