"""Every variable that the suite reads: its group, its name, its form, its default, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo

from monitor import console
from monitor.configuration.forms import (
    CALLBACK,
    FLOWS,
    Flow,
    addresses,
    callback_url,
    claims_of,
    client_ids,
    connection_names,
    header_value,
    known_flows,
    organization_name,
    origin,
    page_url,
    totp_secret_of,
)

PREFIX = "AUTH0_"
FEED = "AUTH0_FEED_"
NOTIFY = "AUTH0_NOTIFY"
RECOVERIES = "AUTH0_NOTIFY_RECOVERIES"
RUNBOOK = "AUTH0_RUNBOOK_URL"
DEFAULT_CONNECTION = "Username-Password-Authentication"


class VariableGroup(Enum):
    """Where docs/configuration.md lists a variable: the heading, and the sentence below it.

    Every definition has exactly one: a field of Variables among its annotations, any other variable in its Variable.
    """

    FIRST_RUN = "First run", "Set these five, and the first run can begin."
    TENANTS = "Tenants", "One tenant needs none of these. Several tenants, and dedicated deployments, do."
    LOGINS = "Logins", "How the synthetic user logs in, and what the tokens must contain."
    CONNECTIONS = (
        "Connections",
        "Which connections to log in through. Each may have a user and expected claims of its own.",
    )
    MANAGEMENT = (
        "Management API",
        (
            "What Auth0 itself knows of a failure, and what ends on a day: optional, and read only "
            "([management-api.md](management-api.md)). The domain by Auth0's own name is asked: set "
            "`AUTH0_CANONICAL_DOMAIN` where `AUTH0_DOMAIN` is a custom domain."
        ),
    )
    PROBING = "Probing", "Thresholds and timeouts, in seconds, and how often a login is refused on purpose."
    DEPENDENCIES = (
        "Dependencies",
        "Which status pages are read: Auth0's own, and those of other services ([dependencies.md](dependencies.md)).",
    )
    ALERTING = "Alerting", "When an alert opens and closes, and who is notified ([alerting.md](alerting.md))."
    FEEDS = (
        "Feeds",
        "To which other monitors each run is sent ([feeds.md](feeds.md)). Each variable turns its feed on.",
    )
    HISTORY = (
        "History",
        "Where runs are kept, and the objective that they are measured against ([history.md](history.md)).",
    )

    def __init__(self, title: str, about: str) -> None:
        self.title, self.about = title, about


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that is no field of a tenant: its group, what it is for, and its default, as a reader is shown it."""

    group: VariableGroup
    meaning: str
    default: str = ""


RUN_VARIABLES = {
    "AUTH0_TENANTS": Variable(
        VariableGroup.TENANTS,
        "names of several tenants, separated by commas. Each tenant then has variables of its own, such as "
        "`AUTH0_<NAME>_DOMAIN`; the names without a tenant are the defaults for all",
    ),
    "AUTH0_ENV": Variable(
        VariableGroup.TENANTS,
        "only on GitHub Actions: lines of `NAME=value`, as in `.env`, for variables that the workflow does not name. A "
        "secret, a variable, or both ([github.md](github.md))",
    ),
    "AUTH0_DEPENDENCIES": Variable(
        VariableGroup.DEPENDENCIES,
        "the services whose status pages are read, separated by commas: names from "
        "[dependencies.md](dependencies.md), your own services, `default` for the eight that Auth0 lists, or `none`",
        "the eight, and every service of your own",
    ),
    NOTIFY: Variable(
        VariableGroup.ALERTING,
        "where alerts are sent: `pagerduty+events://ROUTING_KEY`, `jsm://KEY` and "
        "[Apprise](https://appriseit.com/services/) URLs, separated by spaces or commas. A secret",
    ),
    RECOVERIES: Variable(
        VariableGroup.ALERTING,
        "who is notified of a recovery: `closing`, everybody but pagers that cannot close an alert and would page "
        "again, or `all` ([alerting.md](alerting.md))",
        "`closing`",
    ),
    RUNBOOK: Variable(
        VariableGroup.ALERTING,
        "the page of your runbook that alerts link to, to which `#section` is added, or an address with `{section}` "
        "in it",
        "the copy on the site that `MONITOR_SITE_URL` names, else on GitHub this repository's docs/runbook.md",
    ),
    "AUTH0_ISSUES": Variable(
        VariableGroup.ALERTING,
        "the repository in which each alert is an issue, as `owner/name`, or `none`",
        "on GitHub Actions the workflow's own repository, elsewhere none",
    ),
    "AUTH0_CONFIRM": Variable(
        VariableGroup.ALERTING,
        "the threshold for an alert, and for its recovery: a number of runs in a row (`2`), a time (`5m`), or both "
        "(`2 5m`); `runner=15m` for one owner only",
        "`2 90s`",
    ),
    "AUTH0_TELL": Variable(
        VariableGroup.ALERTING,
        "the status that opens an alert: `down`, which includes targets that cannot be judged, or `degraded` as well",
        "`down`",
    ),
    "AUTH0_MAINTENANCE": Variable(
        VariableGroup.ALERTING,
        "when no alert is sent: `2026-12-01T22:00Z/PT2H`, several separated by spaces or commas, `prod=…` for one "
        "tenant only ([alerting.md](alerting.md#maintenance))",
    ),
    "AUTH0_MAINTENANCE_AT_MOST": Variable(
        VariableGroup.ALERTING,
        "how long an issue with the label `auth0-maintenance` holds alerts back if it names no end: `24h`, `90m`, `2d`",
        "`24h`",
    ),
    "AUTH0_HEARTBEAT_URL": Variable(
        VariableGroup.ALERTING,
        "the address that is called at the end of each round, to say that the monitor is alive: Healthchecks, Uptime "
        "Kuma, Gatus, Better Stack, Cronitor, Checkly, Dead Man's Snitch, or any address, in which `{status}` becomes "
        "`up` or `down`. A secret",
    ),
    "AUTH0_HEARTBEAT_FORM": Variable(
        VariableGroup.ALERTING,
        "the kind of that address: `healthchecks`, `uptime-kuma`, `gatus`, `better-stack`, `cronitor`, `checkly`, "
        "`dead-mans-snitch` or `plain`",
        "what the address looks like",
    ),
    "AUTH0_HEARTBEAT_KEY": Variable(VariableGroup.ALERTING, "the token of Gatus' external endpoint. A secret"),
    "AUTH0_FEED_PROMETHEUS_FILE": Variable(
        VariableGroup.FEEDS,
        "the file that node_exporter's textfile collector reads, ending in `.prom` ([prometheus.md](prometheus.md))",
    ),
    "AUTH0_FEED_PUSHGATEWAY_URL": Variable(
        VariableGroup.FEEDS, "the address of a Pushgateway ([prometheus.md](prometheus.md#pushgateway))"
    ),
    "AUTH0_FEED_PUSHGATEWAY_KEY": Variable(
        VariableGroup.FEEDS, "`user:password` for Basic authentication there, or a Bearer token. A secret"
    ),
    "AUTH0_FEED_PUSHGATEWAY_JOB": Variable(
        VariableGroup.FEEDS, "the job that the groups there belong to", "`auth0_synthetic`"
    ),
    "AUTH0_FEED_NAGIOS_FILE": Variable(
        VariableGroup.FEEDS, "the command file of Nagios or Naemon, for passive results ([nagios.md](nagios.md))"
    ),
    "AUTH0_FEED_ICINGA_URL": Variable(
        VariableGroup.FEEDS, "the address of Icinga 2's API, such as `https://icinga.acme.example:5665`"
    ),
    "AUTH0_FEED_ICINGA_KEY": Variable(VariableGroup.FEEDS, "`user:password` of an API user there. A secret"),
    "AUTH0_FEED_CHECKMK_FOLDER": Variable(VariableGroup.FEEDS, "the spool folder of a Checkmk agent"),
    "AUTH0_FEED_NEWRELIC_ACCOUNT": Variable(
        VariableGroup.FEEDS, "the number of a New Relic account ([newrelic.md](newrelic.md))"
    ),
    "AUTH0_FEED_NEWRELIC_KEY": Variable(VariableGroup.FEEDS, "its license key. A secret"),
    "AUTH0_FEED_NEWRELIC_URL": Variable(
        VariableGroup.FEEDS,
        "where its events are taken; of an account in the EU it is `https://insights-collector.eu01.nr-data.net`",
        "`https://insights-collector.newrelic.com`",
    ),
    "AUTH0_FEED_DATADOG_URL": Variable(
        VariableGroup.FEEDS,
        "the address of Datadog's API at your site, such as `https://api.datadoghq.eu` ([datadog.md](datadog.md))",
    ),
    "AUTH0_FEED_DATADOG_KEY": Variable(VariableGroup.FEEDS, "an API key there. A secret"),
    "AUTH0_FEED_ZABBIX_SERVER": Variable(
        VariableGroup.FEEDS, "a Zabbix server or proxy, as `zabbix.acme.example:10051` ([zabbix.md](zabbix.md))"
    ),
    "AUTH0_FEED_SPLUNK_URL": Variable(
        VariableGroup.FEEDS,
        "the address of Splunk's HTTP Event Collector, such as `https://splunk.acme.example:8088` "
        "([splunk.md](splunk.md))",
    ),
    "AUTH0_FEED_SPLUNK_KEY": Variable(VariableGroup.FEEDS, "the token of an input there. A secret"),
    "AUTH0_FEED_SPLUNK_INDEX": Variable(VariableGroup.FEEDS, "the index of its events", "the token's"),
    "AUTH0_FEED_AZURE_CONNECTION_STRING": Variable(
        VariableGroup.FEEDS, "of an Application Insights resource ([azure-monitor.md](azure-monitor.md)). A secret"
    ),
    "AUTH0_FEED_KUMA_URL": Variable(
        VariableGroup.FEEDS, "the address of Uptime Kuma, such as `https://kuma.acme.example` ([kuma.md](kuma.md))"
    ),
    "AUTH0_FEED_KUMA_KEY": Variable(
        VariableGroup.FEEDS, "the token of each tenant's push monitor: `prod=…, staging=…`. A secret"
    ),
    "AUTH0_FEED_GATUS_URL": Variable(
        VariableGroup.FEEDS, "the address of Gatus, such as `https://gatus.acme.example` ([gatus.md](gatus.md))"
    ),
    "AUTH0_FEED_GATUS_KEY": Variable(VariableGroup.FEEDS, "the token of its external endpoints. A secret"),
    "AUTH0_FEED_GATUS_GROUP": Variable(VariableGroup.FEEDS, "the group that these are in", "`auth0`"),
    "AUTH0_FEED_STATUSPAGE_PAGE": Variable(
        VariableGroup.FEEDS, "the id of a page at Atlassian Statuspage ([statuspage.md](statuspage.md))"
    ),
    "AUTH0_FEED_STATUSPAGE_KEY": Variable(VariableGroup.FEEDS, "an API key there. A secret"),
    "AUTH0_FEED_STATUSPAGE_COMPONENTS": Variable(
        VariableGroup.FEEDS, "the id of each tenant's component: `prod=…, staging=…`"
    ),
    "AUTH0_FEED_STATUSPAGE_URL": Variable(
        VariableGroup.FEEDS, "the address of Statuspage's API", "`https://api.statuspage.io`"
    ),
    "AUTH0_FEED_HOST": Variable(
        VariableGroup.FEEDS,
        "the host that the services belong to in Nagios, Icinga and Zabbix, and that Datadog and Splunk get",
        "`auth0`",
    ),
    "AUTH0_FEED_MAX_AGE": Variable(
        VariableGroup.FEEDS,
        "how long a run counts for receivers that cannot tell its age themselves, such as `5m`. About three times as "
        "long as the pause between two runs is a good value",
        "`10m`",
    ),
    "AUTH0_FEED_TIMEOUT": Variable(
        VariableGroup.FEEDS, "within which time all feeds together are sent after a run", "`10s`"
    ),
    "AUTH0_HISTORY": Variable(
        VariableGroup.HISTORY, "the file of `python -m monitor.history`", "`.monitor/history.sqlite`"
    ),
    "AUTH0_SLO_EXCLUDES": Variable(
        VariableGroup.HISTORY,
        "what is left out of error budgets: `maintenance` (the windows of `AUTH0_MAINTENANCE` and of its issues), or "
        "`none`. By default downtime in a maintenance counts as any other",
        "`none`",
    ),
    "AUTH0_MEMORY": Variable(
        VariableGroup.HISTORY,
        "the file that remembers between runs when a refusal was last asked for, and what status pages said",
        "`.monitor/memory.sqlite`",
    ),
}
"""The variables of the run itself; all others belong to a tenant."""

DEPENDENCY_VARIABLES = {
    "AUTH0_DEPENDENCY_<NAME>_URL": Variable(
        VariableGroup.DEPENDENCIES,
        "the address that this service's status is read from. A name without a row becomes a service of your own. "
        "Its format is recognised from the answer. "
        "`CONTROL` is any address that has nothing to do with Auth0 and answers 200 "
        "([diagnosis.md](diagnosis.md)). The values after its `?`, and long parts of its path with digits in them, are "
        "secrets",
        "its row's",
    ),
    "AUTH0_DEPENDENCY_<NAME>_FORMAT": Variable(
        VariableGroup.DEPENDENCIES,
        "the format of that address ([dependencies.md](dependencies.md) lists them); `health` for an API of your own",
        "as the answer shows, else its row's",
    ),
    "AUTH0_DEPENDENCY_<NAME>_EXPECT": Variable(
        VariableGroup.DEPENDENCIES,
        "what that API must answer: a JSON Pointer and a value, such as `/data/state=ready`",
        "any 2xx, unless its body says otherwise",
    ),
    "AUTH0_DEPENDENCY_<NAME>_PAGE": Variable(
        VariableGroup.DEPENDENCIES, "the page for people to open", "its row's, or the address's host"
    ),
    "AUTH0_DEPENDENCY_<NAME>_COMPONENTS": Variable(
        VariableGroup.DEPENDENCIES,
        "which of its components matter, separated by commas. `*` stands for any letters and `?` for one letter. `!` "
        "before a component leaves it out. `*` alone takes all",
        "its row's",
    ),
    "AUTH0_DEPENDENCY_<NAME>_REGIONS": Variable(
        VariableGroup.DEPENDENCIES, "which of its regions matter, in the same form", "its row's"
    ),
    "AUTH0_DEPENDENCY_<NAME>_STALE_AFTER": Variable(
        VariableGroup.DEPENDENCIES,
        "`AUTH0_STALE_AFTER` for this service alone, whose page is updated less often than others",
        "`AUTH0_STALE_AFTER`",
    ),
}

OTEL_VARIABLES = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": Variable(
        VariableGroup.FEEDS,
        "the address of a receiver of OpenTelemetry's OTLP by HTTP ([opentelemetry.md](opentelemetry.md))",
    ),
    "OTEL_EXPORTER_OTLP_HEADERS": Variable(
        VariableGroup.FEEDS, "the headers that open it, as `api-key=…`, several separated by commas. A secret"
    ),
    "OTEL_EXPORTER_OTLP_TIMEOUT": Variable(
        VariableGroup.FEEDS, "milliseconds for each request to it, within `AUTH0_FEED_TIMEOUT`", "`10000`"
    ),
    "OTEL_EXPORTER_OTLP_COMPRESSION": Variable(VariableGroup.FEEDS, "`gzip` or `none`", "`none`"),
    "OTEL_SERVICE_NAME": Variable(
        VariableGroup.FEEDS, "the name of the service that these runs are of", "`auth0-synthetic-monitoring`"
    ),
    "OTEL_RESOURCE_ATTRIBUTES": Variable(
        VariableGroup.FEEDS, "more attributes of it, as `deployment.environment.name=prod`, separated by commas"
    ),
    "OTEL_SDK_DISABLED": Variable(VariableGroup.FEEDS, "`true` turns this feed off", "`false`"),
}
"""The variables of OpenTelemetry's own specification that are read."""

CONNECTION_VARIABLES = {
    "AUTH0_CONNECTION_<NAME>_USERNAME": Variable(
        VariableGroup.CONNECTIONS,
        "a user for this connection only. NAME is the connection's name in capitals, with `_` for whatever is neither "
        "letter nor digit",
    ),
    "AUTH0_CONNECTION_<NAME>_PASSWORD": Variable(VariableGroup.CONNECTIONS, "that user's password"),
    "AUTH0_CONNECTION_<NAME>_TOTP_SECRET": Variable(
        VariableGroup.CONNECTIONS, "the secret of that user's authenticator app, in base32"
    ),
    "AUTH0_CONNECTION_<NAME>_EXPECTED_CLAIMS": Variable(
        VariableGroup.CONNECTIONS, "the claims that a login through this connection must add"
    ),
    "AUTH0_CONNECTION_<NAME>_IDP": Variable(
        VariableGroup.CONNECTIONS,
        "the host of its identity provider, such as `login.corp.example`",
        "any but the tenant's; a change is degraded for a day",
    ),
    "AUTH0_CONNECTION_<NAME>_ISSUER": Variable(
        VariableGroup.CONNECTIONS,
        "the name by which the tenant calls itself to it, in SAML (`Issuer`) and WS-Federation (`wtrealm`)",
        "any; a change is degraded for a day",
    ),
    "AUTH0_CONNECTION_<NAME>_SECRET_EXPIRES": Variable(
        VariableGroup.CONNECTIONS,
        "the day on which the client secret from the identity provider expires, such as `2027-03-01`. Nobody but "
        "you knows it",
    ),
    "AUTH0_CONNECTION_<NAME>_METADATA": Variable(
        VariableGroup.CONNECTIONS,
        "the address of the identity provider's metadata: SAML, WS-Federation, or OpenID Connect's discovery document",
    ),
}


Claims = Annotated[dict[str, Any], BeforeValidator(claims_of)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


PageUrl = Annotated[str, BeforeValidator(page_url)]


class Variables(BaseModel):
    """What may be set for a tenant: AUTH0_<FIELD>, or AUTH0_<TENANT>_<FIELD> where there are several."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    domain: Annotated[str, BeforeValidator(origin), VariableGroup.FIRST_RUN] = Field(
        description="the tenant's domain or custom domain, with or without `https://`, with a port if it needs one"
    )
    client_id: Annotated[str | None, VariableGroup.FIRST_RUN] = Field(
        None, description="the application that the synthetic user logs in to"
    )
    client_secret: Annotated[SecretStr | None, VariableGroup.FIRST_RUN] = Field(
        None, description="its secret. A public application has none"
    )
    username: Annotated[str | None, VariableGroup.FIRST_RUN] = Field(
        None, description="the synthetic user: an account without privileges"
    )
    password: Annotated[SecretStr | None, VariableGroup.FIRST_RUN] = Field(
        None, description="the synthetic user's password"
    )
    connections: Annotated[tuple[str, ...], BeforeValidator(connection_names), VariableGroup.CONNECTIONS] = Field(
        (DEFAULT_CONNECTION,), description="the connections to log in through, separated by commas"
    )
    redirects: Annotated[tuple[str, ...], BeforeValidator(connection_names), VariableGroup.CONNECTIONS] = Field(
        (),
        description="the social and enterprise connections whose way to the identity provider is looked at, separated "
        "by commas. No user is needed ([connections.md](connections.md))",
    )
    saml_applications: Annotated[tuple[str, ...], BeforeValidator(client_ids), VariableGroup.CONNECTIONS] = Field(
        (),
        description="the client ids of applications that users come to by SAML, separated by commas. The certificate "
        "in the metadata of each is looked at",
    )
    canonical_domain: Annotated[str | None, BeforeValidator(origin), VariableGroup.TENANTS] = Field(
        None,
        description="the tenant's domain by Auth0's own name, such as `acme.eu.auth0.com`, where `AUTH0_DOMAIN` is a "
        "custom domain. The two are compared",
    )
    management_client_id: Annotated[str | None, VariableGroup.MANAGEMENT] = Field(
        None, description="the client id of an application of its own that may read the tenant's Management API"
    )
    management_client_secret: Annotated[SecretStr | None, VariableGroup.MANAGEMENT] = Field(
        None, description="the secret of that application"
    )
    flows: Annotated[tuple[Flow, ...], BeforeValidator(known_flows), VariableGroup.LOGINS] = Field(
        (),
        description=f"which of {', '.join(f'`{flow}`' for flow in FLOWS)} to use. By default `password-realm` where a "
        "user is set, `client-credentials` where an audience is, `refresh` where the scope has `offline_access`. "
        "[logins.md](logins.md) says what each asks",
    )
    audience: Annotated[str | None, VariableGroup.LOGINS] = Field(
        None, description="the API that access tokens are asked for"
    )
    scope: Annotated[str, VariableGroup.LOGINS] = Field(
        "openid profile email", description="the scope that is asked for"
    )
    id_token_alg: Annotated[Literal["RS256", "HS256", "PS256"], VariableGroup.LOGINS] = Field(
        "RS256", description="how the application's ID tokens are signed"
    )
    expected_claims: Annotated[Claims, VariableGroup.LOGINS] = Field(
        default_factory=dict,
        description="the claims that your extensions add, as JSON: name to exact value, or to a JSON Schema",
    )
    callback: Annotated[str, BeforeValidator(callback_url), VariableGroup.LOGINS] = Field(
        CALLBACK,
        description="the address that `universal-login` leads back to. Register it in the application's Allowed "
        "Callback URLs. It is never fetched",
    )
    organization: Annotated[str | None, BeforeValidator(organization_name), VariableGroup.LOGINS] = Field(
        None, description="the organization that `universal-login` logs in to, by its id (`org_...`) or its name"
    )
    totp_secret: Annotated[SecretStr | None, BeforeValidator(totp_secret_of), VariableGroup.LOGINS] = Field(
        None,
        description="the secret of the synthetic user's authenticator app, in base32, if the login asks for a second "
        "factor",
    )
    nodes: Annotated[tuple[str, ...], BeforeValidator(addresses), VariableGroup.TENANTS] = Field(
        (), description="addresses of the nodes of a dedicated deployment, separated by commas"
    )
    health_api_key: Annotated[SecretStr | None, BeforeValidator(header_value), VariableGroup.TENANTS] = Field(
        None, description="key of the nodes' `health/status/*` endpoints"
    )
    region: Annotated[str | None, VariableGroup.DEPENDENCIES] = Field(
        None,
        description="the tenant's region on Auth0's status page, such as `EU-1`; `US-*` means any of several. By "
        "default the domain says it, if it can",
    )
    status_url: Annotated[SecretStr, BeforeValidator(page_url), VariableGroup.DEPENDENCIES] = Field(
        SecretStr("https://status.auth0.com/feed?domain={domain}"),
        description="Auth0's status for this tenant, as a feed (`/feed`, `/rss`, `/api/rss`). `{domain}` stands for "
        "the tenant's domain. The address of a Private Cloud contains a token, and is a secret",
    )
    status_page: Annotated[PageUrl, VariableGroup.DEPENDENCIES] = Field(
        "https://status.auth0.com/",
        description="Auth0's status page for people. It is also read where the feed cannot be read, or reports an "
        "incident. If you set AUTH0_STATUS_URL, it is read only if you set this too",
    )
    uptime_url: Annotated[PageUrl, VariableGroup.DEPENDENCIES] = Field(
        "https://status.auth0.com/api/uptime", description="Auth0's uptime figures, by region"
    )
    uptime_page: Annotated[PageUrl, VariableGroup.DEPENDENCIES] = Field(
        "https://uptime.auth0.com/", description="Auth0's uptime report, for people"
    )
    login: Annotated[Literal["optional", "required"], VariableGroup.LOGINS] = Field(
        "optional",
        description="with `required`, a run without a user is an error, unless `AUTH0_FLOWS` says who logs in instead. "
        "So a missing secret never makes a green run. The scheduled run sets it",
    )
    revoke: Annotated[Literal["yes", "no"], VariableGroup.LOGINS] = Field(
        "yes", description="whether the refresh token of a run is revoked at its end"
    )
    device: Annotated[str, VariableGroup.LOGINS] = Field(
        "auth0-synthetic-monitoring", description="the device that `oauth-ro` names"
    )
    budget: Annotated[Seconds, VariableGroup.PROBING] = Field(
        2.0, description="threshold for an answer. A slower one is degraded"
    )
    login_budget: Annotated[Seconds, VariableGroup.PROBING] = Field(
        3.0, description="threshold for a login, which runs your extensions"
    )
    universal_login_budget: Annotated[Seconds, VariableGroup.PROBING] = Field(
        6.0, description="threshold for a login through Universal Login, all its pages together"
    )
    universal_logins_per_minute: Annotated[float, VariableGroup.PROBING] = Field(
        4.0,
        gt=0,
        le=600,
        description="logins through Universal Login that a live tenant is asked for in a minute. Auth0 lets one "
        "address post five times a minute to each page. Several connections take turns",
    )
    timeout: Annotated[Seconds, VariableGroup.PROBING] = Field(
        30.0, description="timeout of a whole exchange, its second attempt included"
    )
    connect_timeout: Annotated[Seconds, VariableGroup.PROBING] = Field(
        5.0, description="timeout of the name lookup, the connection and TLS, within the timeout above"
    )
    page_timeout: Annotated[Seconds, VariableGroup.DEPENDENCIES] = Field(
        10.0, description="timeout of a status page, in seconds. No login waits for it"
    )
    stale_after: Annotated[float, VariableGroup.DEPENDENCIES] = Field(
        14.0, gt=0, le=36_500, description="days without an update after which an open incident does not count any more"
    )
    id_token: Annotated[SecretStr | None, BeforeValidator(header_value), VariableGroup.PROBING] = Field(
        None, description="if set, it is sent as Bearer to `/test` and `/testall`"
    )
    expiry_warning: Annotated[float, VariableGroup.PROBING] = Field(
        21.0,
        gt=0,
        le=3650,
        description="days before the end of a certificate or a secret of a connection from which on it is degraded",
    )
    refusals_every: Annotated[float, VariableGroup.PROBING] = Field(
        3600.0,
        ge=0,
        le=31_536_000,
        description="seconds between two refusals that send credentials, on a live tenant; 0 means every run",
    )
    slo: Annotated[float, VariableGroup.HISTORY] = Field(
        99.9,
        gt=1,
        lt=100,
        description="the objective: the percentage of observations that must be up or degraded",
    )


TUNING = frozenset(
    {
        "budget",
        "login_budget",
        "universal_login_budget",
        "timeout",
        "connect_timeout",
        "page_timeout",
        "stale_after",
        "expiry_warning",
        "refusals_every",
        "slo",
    }
)
"""The fields that may be set without configuring a tenant: they hold in the sandbox too."""


def names_and_groups() -> list[tuple[str, VariableGroup]]:
    """Every variable of the suite, once with each group that its definition names."""
    fields = [(_name(name), group) for name, field in Variables.model_fields.items() for group in _groups(field)]
    return [*_others(RUN_VARIABLES | OTEL_VARIABLES), *fields, *_others(CONNECTION_VARIABLES | DEPENDENCY_VARIABLES)]


def tables() -> str:
    """The variables as docs/configuration.md shows them, in Markdown: for each group a heading, a sentence, a table."""
    rows = dict(_rows())
    parts = []
    for group in VariableGroup:
        own = [rows[name] for name, of in names_and_groups() if of is group]
        table = "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *own])
        parts.append(f"## {group.title}\n\n{group.about}\n\n{table}")
    return "\n\n".join(parts)


def _name(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _others(variables: Mapping[str, Variable]) -> list[tuple[str, VariableGroup]]:
    return [(name, variable.group) for name, variable in variables.items()]


def _groups(field: FieldInfo) -> list[VariableGroup]:
    return [group for group in field.metadata if isinstance(group, VariableGroup)]


def _rows() -> Iterator[tuple[str, str]]:
    """The row of each variable, by its name."""
    for name, field in Variables.model_fields.items():
        yield _name(name), f"| `{_name(name)}` | {_default(field)} | {field.description} |"
    others = RUN_VARIABLES | OTEL_VARIABLES | CONNECTION_VARIABLES | DEPENDENCY_VARIABLES
    for name, variable in others.items():
        yield name, f"| `{name}` | {variable.default} | {variable.meaning} |"


def _default(field: FieldInfo) -> str:
    """The default of a field, as code; nothing where it has none."""
    default = None if field.is_required() or field.default_factory else field.default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        default = ",".join(default)
    if isinstance(default, float):
        default = f"{default:g}"
    return f"`{default}`" if default else ""


if __name__ == "__main__":
    console.say(tables() + "\n")
