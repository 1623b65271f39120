"""The dashboard of deploy/grafana, as Grafana's own SDK writes it: `python -m tests.feeds.dashboard` writes it anew."""

from __future__ import annotations

from grafana_foundation_sdk.builders import (
    bargauge,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from tests.suite import ROOT

FILE = ROOT / "deploy/grafana/dashboard.json"
STATUSES = {"0": ("up", "green"), "1": ("degraded", "yellow"), "2": ("unknown", "purple"), "3": ("down", "red")}
SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")

LIVE = 'mode="live", tenant=~"$tenant"'
FRESH = f"and on (tenant) (time() - max by (tenant) (auth0_synthetic_last_run_timestamp_seconds{{{LIVE}}}) < $max_age)"
"""What is too old is not shown: a value that is scraped stays as it was when no run comes any more."""


def ranked(series: str, by: str) -> str:
    """A state set as one number: 0 up, 1 degraded, 2 unknown, 3 down, 4 skipped."""
    ranks = {"degraded": 1, "unknown": 2, "down": 3} | ({} if series.startswith("run") else {"skipped": 4})
    parts = (
        f'{rank} * sum by ({by}) (auth0_synthetic_{series}{{{LIVE}, status="{status}"}})'
        for status, rank in ranks.items()
    )
    return f"({' + '.join(parts)}) {FRESH}"


STATUS_OF_TENANTS = ranked("run_status", "tenant")
STATUS_OF_TARGETS = ranked("target_status", "tenant, target")
AGE = f"time() - max by (tenant) (auth0_synthetic_last_run_timestamp_seconds{{{LIVE}}})"
CAUSES = f"max by (tenant, owner, rule, status, confidence) (auth0_synthetic_cause_info{{{LIVE}}}) {FRESH}"
BY_OWNER = f"count by (owner) (auth0_synthetic_cause_info{{{LIVE}}})"
SHARE_OF_BUDGET = (
    f"max by (tenant, target) (auth0_synthetic_probe_duration_seconds{{{LIVE}}}"
    f" / auth0_synthetic_probe_budget_seconds{{{LIVE}}}) {FRESH}"
)
PHASES = f"max by (tenant, phase) (auth0_synthetic_probe_phase_duration_seconds{{{LIVE}}}) {FRESH}"
BUDGETS = f"min by (tenant) (auth0_synthetic_probe_budget_seconds{{{LIVE}}}) {FRESH}"
EXPIRY = f"min by (tenant, host) (auth0_synthetic_certificate_expiry_timestamp_seconds{{{LIVE}}}) - time()"
LEFT = (
    f"min by (tenant, endpoint) (auth0_synthetic_ratelimit_remaining{{{LIVE}}}"
    f" / auth0_synthetic_ratelimit_limit{{{LIVE}}}) {FRESH}"
)


def query(expression: str, legend: str = "") -> prometheus.Dataquery:
    asked = prometheus.Dataquery().expr(expression).legend_format(legend).datasource(SOURCE)
    return asked.range()


def newest(expression: str, legend: str = "") -> prometheus.Dataquery:
    return query(expression, legend).instant()


def statuses() -> list[models.ValueMapping]:
    options = {
        value: models.ValueMappingResult(text=word, color=colour, index=int(value))
        for value, (word, colour) in ({**STATUSES, "4": ("skipped", "text")}).items()
    }
    return [models.ValueMap(options=options)]


def thresholds(*steps: tuple[float | None, str]) -> dashboard.ThresholdsConfig:
    made = [models.Threshold(value=value, color=colour) for value, colour in steps]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(made)


def made() -> str:
    """The document's text."""
    day = 86_400.0
    board = (
        dashboard.Dashboard("Login through Auth0")
        .uid("auth0-synthetic")
        .description("What the synthetic monitor found. What is older than max_age is not shown.")
        .tags(["auth0", "synthetic"])
        .refresh("1m")
        .time("now-6h", "now")
        .with_variable(dashboard.DatasourceVariable("datasource").type("prometheus"))
        .with_variable(
            dashboard.QueryVariable("tenant")
            .datasource(SOURCE)
            .query('label_values(auth0_synthetic_run_status{mode="live"}, tenant)')
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .multi(multi=True)
            .include_all(include_all=True)
            .all_value(".*")
        )
        .with_variable(dashboard.ConstantVariable("max_age").value("600"))
        .with_panel(
            stat.Panel()
            .title("Status by tenant")
            .datasource(SOURCE)
            .with_target(newest(STATUS_OF_TENANTS, "{{tenant}}"))
            .mappings(statuses())
            .thresholds(thresholds((None, "green"), (1, "yellow"), (2, "purple"), (3, "red")))
            .no_value("unknown: no run")
            .height(6)
            .span(16)
        )
        .with_panel(
            stat.Panel()
            .title("Age of the last run")
            .datasource(SOURCE)
            .with_target(newest(AGE, "{{tenant}}"))
            .unit("s")
            .thresholds(thresholds((None, "green"), (300, "yellow"), (600, "red")))
            .no_value("no run")
            .height(6)
            .span(8)
        )
        .with_panel(
            statetimeline.Panel()
            .title("Status by connection and node")
            .datasource(SOURCE)
            .with_target(query(STATUS_OF_TARGETS, "{{target}}"))
            .mappings(statuses())
            .height(10)
            .span(24)
        )
        .with_panel(
            table.Panel()
            .title("Causes: whose work it is")
            .datasource(SOURCE)
            .with_target(newest(CAUSES).format(PromQueryFormat.TABLE))
            .no_value("nothing is ill")
            .height(8)
            .span(12)
        )
        .with_panel(
            timeseries.Panel()
            .title("Causes by owner")
            .datasource(SOURCE)
            .with_target(query(BY_OWNER, "{{owner}}"))
            .min(0)
            .height(8)
            .span(12)
        )
        .with_panel(
            timeseries.Panel()
            .title("Latency by phase, the slowest exchange, against the smallest budget")
            .datasource(SOURCE)
            .with_target(query(PHASES, "{{tenant}} {{phase}}").ref_id("A"))
            .with_target(query(BUDGETS, "{{tenant}} budget").ref_id("B"))
            .unit("s")
            .min(0)
            .height(9)
            .span(12)
        )
        .with_panel(
            timeseries.Panel()
            .title("Share of the budget that is used, by target")
            .datasource(SOURCE)
            .with_target(query(SHARE_OF_BUDGET, "{{target}}"))
            .unit("percentunit")
            .min(0)
            .thresholds(thresholds((None, "green"), (1, "red")))
            .height(9)
            .span(12)
        )
        .with_panel(
            bargauge.Panel()
            .title("Certificates: time until they expire")
            .datasource(SOURCE)
            .with_target(newest(EXPIRY, "{{host}}"))
            .unit("s")
            .thresholds(thresholds((None, "red"), (14 * day, "yellow"), (30 * day, "green")))
            .height(7)
            .span(12)
        )
        .with_panel(
            timeseries.Panel()
            .title("Rate limit that is left")
            .datasource(SOURCE)
            .with_target(query(LEFT, "{{tenant}} {{endpoint}}"))
            .unit("percentunit")
            .min(0)
            .max(1)
            .height(7)
            .span(12)
        )
    )
    return JSONEncoder(sort_keys=True, indent=2).encode(board.build()) + "\n"


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8")
