"""A run as other monitoring systems read it: FEEDS has a row for each."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from monitor.configuration import mistakes
from monitor.feeds import sending
from monitor.feeds.feed_settings import FeedSettings, Unsent, read
from monitor.feeds.sending import Courier, Sending
from monitor.secrets import Scrubber
from monitor.verdict import Run


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed: its name, what it is in words, its module, and the variables that turn its sending on (one of them will).

    The module's ``render(run, settings)`` is a pure function that gives the bytes of all that is sent; its
    ``send(run, settings, courier)`` sends it, and says so in a line, or raises Unsent. Without a variable it is only
    rendered. The module is imported when it is needed.
    """

    name: str
    title: str
    module: str
    variables: tuple[str, ...] = ()
    is_on: Callable[[Mapping[str, str]], bool] = lambda _: True

    def on(self, values: Mapping[str, str]) -> bool:
        """Whether these variables turn it on."""
        return any(values.get(name, "").strip() for name in self.variables) and self.is_on(values)

    def render(self, run: Run, settings: FeedSettings) -> bytes:
        rendered: bytes = importlib.import_module(self.module).render(run, settings)
        return rendered

    def send(self, run: Run, settings: FeedSettings, courier: Courier) -> str:
        """Send this run. Raises Unsent, also where a variable cannot be read or a package is missing."""
        for name in self.variables:
            if why := mistakes.reason(name, courier.values.get(name, "")):
                raise Unsent(f"{name}: {why}")
        try:
            module = importlib.import_module(self.module)
        except ImportError as error:
            raise Unsent(f"{error.name or 'a package'} is not installed: see docs/feeds.md") from None
        said: str = module.send(run, settings, courier)
        return said


def _otel_is_on(values: Mapping[str, str]) -> bool:
    """OpenTelemetry's own switch."""
    return values.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"


FEEDS = (
    FeedRow("prometheus", "Prometheus, by a file", "monitor.feeds.textfile", ("AUTH0_FEED_PROMETHEUS_FILE",)),
    FeedRow("pushgateway", "Prometheus' Pushgateway", "monitor.feeds.pushgateway", ("AUTH0_FEED_PUSHGATEWAY_URL",)),
    FeedRow("passive", "Nagios or Naemon, by passive results", "monitor.feeds.passive", ("AUTH0_FEED_NAGIOS_FILE",)),
    FeedRow("icinga", "Icinga 2, by its API", "monitor.feeds.icinga", ("AUTH0_FEED_ICINGA_URL",)),
    FeedRow("checkmk", "Checkmk, by a spool file", "monitor.feeds.checkmk", ("AUTH0_FEED_CHECKMK_FOLDER",)),
    FeedRow("otlp", "OpenTelemetry, by OTLP", "monitor.feeds.otlp", ("OTEL_EXPORTER_OTLP_ENDPOINT",), _otel_is_on),
    FeedRow("newrelic", "New Relic, by its Event API", "monitor.feeds.newrelic", ("AUTH0_FEED_NEWRELIC_ACCOUNT",)),
    FeedRow("datadog", "Datadog, by its API", "monitor.feeds.datadog", ("AUTH0_FEED_DATADOG_URL",)),
    FeedRow("pingdom", "Pingdom, by a custom HTTP check", "monitor.feeds.pingdom"),
    FeedRow("zabbix", "Zabbix, by a trapper item", "monitor.feeds.zabbix", ("AUTH0_FEED_ZABBIX_SERVER",)),
    FeedRow("splunk", "Splunk, by its HTTP Event Collector", "monitor.feeds.splunk", ("AUTH0_FEED_SPLUNK_URL",)),
    FeedRow(
        "azure", "Azure's Application Insights", "monitor.feeds.appinsights", ("AUTH0_FEED_AZURE_CONNECTION_STRING",)
    ),
    FeedRow("kuma", "Uptime Kuma, a monitor for each tenant", "monitor.feeds.uptime_kuma", ("AUTH0_FEED_KUMA_URL",)),
    FeedRow("gatus", "Gatus, an endpoint for each tenant", "monitor.feeds.gatus", ("AUTH0_FEED_GATUS_URL",)),
    FeedRow(
        "statuspage",
        "Statuspage, a component for each tenant",
        "monitor.feeds.statuspage_components",
        ("AUTH0_FEED_STATUSPAGE_PAGE",),
    ),
    FeedRow("ctrf", "CTRF, for readers in CI", "monitor.feeds.ctrf_feed"),
)
"""All there are: a new one is a row here, a module, its variables, and a page of the docs."""


def on(values: Mapping[str, str]) -> tuple[FeedRow, ...]:
    """The feeds that these variables turn on."""
    return tuple(feed for feed in FEEDS if feed.on(values))


_SPARE = 0.95
"""The share of the time that sending itself may take, so that it ends by itself, and says why."""


def push(run: Run, values: Mapping[str, str], scrubber: Scrubber) -> list[Sending]:
    """Send this run to all that these variables name, all at once and within their time; nothing is raised."""
    settings = read(values)
    if run.asked_elsewhere:
        return [Sending(feed.name, f"nothing is sent: shard {run.shard} has no tenant") for feed in on(values)]
    courier = Courier.within(values, scrubber, settings.seconds * _SPARE)
    turned_on = {feed.name: feed for feed in on(values)}
    work = {name: _sender(feed, run, settings, courier) for name, feed in turned_on.items()}
    return [_naming(turned_on[came.feed], came) for came in sending.at_once(settings.seconds, work)]


def _naming(feed: FeedRow, came: Sending) -> Sending:
    """The same; what failed names a variable of its feed, so that whoever reads the line knows where to look."""
    if not came.failed or any(name in came.said for name in feed.variables):
        return came
    return replace(came, said=f"{came.said} ({feed.variables[0]})")


def _sender(feed: FeedRow, run: Run, settings: FeedSettings, courier: Courier) -> Callable[[], str]:
    return lambda: feed.send(run, settings, courier)
