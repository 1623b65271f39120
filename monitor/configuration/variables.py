"""Every variable that the suite reads: its name, its form, its default, and what it is for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from monitor.configuration.forms import (
    FLOWS,
    Flow,
    addresses,
    claims_of,
    connection_names,
    known_flows,
    origin,
    page_url,
)

PREFIX = "AUTH0_"
NOTIFY = "AUTH0_NOTIFY"
DEFAULT_CONNECTION = "Username-Password-Authentication"

RUN_VARIABLES = {
    "AUTH0_TENANTS": "names of several tenants, separated by commas; each then has variables of its own, "
    "`AUTH0_<NAME>_DOMAIN` and so on, with the names below as defaults for all",
    "AUTH0_DEPENDENCIES": "the services whose status pages are read, separated by commas: names of "
    "docs/dependencies.md, your own, `default` for the eight of Auth0's page, or `none` (default: the eight, and every "
    "service of your own)",
    "AUTH0_ENV": "on GitHub Actions alone: lines of `NAME=value`, as in `.env`, for variables that the workflow does "
    "not name; a secret, a variable, or both (docs/github.md)",
    "AUTH0_MEMORY": "the file that remembers between runs when a refusal was last asked for, and what status pages "
    "said (default: `.monitor/memory.sqlite`)",
    "AUTH0_HISTORY": "the file of `python -m monitor.history` (default: `.monitor/history.sqlite`)",
    "AUTH0_CONFIRM": "when something is believed, and its end as well: after so many runs (`2`), after so long (`5m`), "
    "or both (`2 5m`); for one owner alone `runner=15m` (default: `2 90s`)",
    "AUTH0_TELL": "what makes an incident: `down`, which is also who cannot be judged, or `degraded` besides (default: "
    "`down`)",
    NOTIFY: "whom to tell of incidents: [Apprise](https://appriseit.com/services/) URLs, apart by space or "
    "comma. A secret",
    "AUTH0_ISSUES": "the repository in which incidents are issues, as `owner/name`, or `none` (default: within GitHub "
    "Actions the workflow's own, elsewhere none)",
    "AUTH0_MAINTENANCE": "when nobody is told: `2026-12-01T22:00Z/PT2H`, several apart by space or comma, for one "
    "tenant alone `prod=…` (docs/telling.md)",
    "AUTH0_HEARTBEAT_URL": "whom to tell at the end of each round that the monitor is alive: Healthchecks, Uptime "
    "Kuma, Gatus, or any address, in which `{status}` becomes `up` or `down`. A secret",
    "AUTH0_HEARTBEAT_FORM": "which of `healthchecks`, `uptime-kuma`, `gatus`, `plain` that is (default: by its shape)",
    "AUTH0_HEARTBEAT_KEY": "the token of Gatus' external endpoint",
}
"""The variables of the run itself; all others belong to a tenant."""

DEPENDENCY_VARIABLES = {
    "AUTH0_DEPENDENCY_<NAME>_URL": "the address to read this service's status from, instead of its row's; of a name "
    "that has no row it makes one; of `CONTROL` any that has nothing to do with Auth0 and answers 200, the control "
    "target of docs/diagnosis.md. The values after its `?`, and long parts of its path with digits in them, are "
    "secrets",
    "AUTH0_DEPENDENCY_<NAME>_FORMAT": "how that is written (default: its row's, or `statuspage`; the formats are in "
    "docs/dependencies.md)",
    "AUTH0_DEPENDENCY_<NAME>_PAGE": "the page for people to open (default: its row's, or the address's host)",
    "AUTH0_DEPENDENCY_<NAME>_COMPONENTS": "which of its components matter, separated by commas; `*` and `?` stand for "
    "any letters and any letter, a `!` before one leaves it out, and `*` alone takes all",
    "AUTH0_DEPENDENCY_<NAME>_REGIONS": "the same for its regions",
}

CONNECTION_VARIABLES = {
    "AUTH0_CONNECTION_<NAME>_USERNAME": "a user of this connection's own; NAME is the connection's, in capitals, "
    "with `_` for whatever is neither letter nor digit",
    "AUTH0_CONNECTION_<NAME>_PASSWORD": "that user's password",
    "AUTH0_CONNECTION_<NAME>_EXPECTED_CLAIMS": "the claims that a login through this connection must bring",
}


Claims = Annotated[dict[str, Any], BeforeValidator(claims_of)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


PageUrl = Annotated[str, BeforeValidator(page_url)]


class Variables(BaseModel):
    """What may be set for a tenant: AUTH0_<FIELD>, or AUTH0_<TENANT>_<FIELD> where there are several."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    domain: Annotated[str, BeforeValidator(origin)] = Field(
        description="the tenant's domain or custom domain, with or without `https://`, with a port if it needs one"
    )
    client_id: str | None = Field(None, description="the application that the synthetic user logs in to")
    client_secret: SecretStr | None = Field(None, description="its secret; not needed by a public application")
    username: str | None = Field(None, description="the synthetic user: an account without privileges")
    password: SecretStr | None = Field(None, description="the synthetic user's password")
    connections: Annotated[tuple[str, ...], BeforeValidator(connection_names)] = Field(
        (DEFAULT_CONNECTION,), description="the connections to log in through, separated by commas"
    )
    flows: Annotated[tuple[Flow, ...], BeforeValidator(known_flows)] = Field(
        (),
        description=f"which of {', '.join(f'`{flow}`' for flow in FLOWS)} to use; by default `password-realm` where a "
        "user is set, `client-credentials` where an audience is, `refresh` where the scope has `offline_access`",
    )
    audience: str | None = Field(None, description="the API that access tokens are asked for")
    scope: str = Field("openid profile email", description="the scope that is asked for")
    id_token: SecretStr | None = Field(None, description="sent as Bearer to `/test` and `/testall`, where it is set")
    id_token_alg: Literal["RS256", "HS256", "PS256"] = Field(
        "RS256", description="how the application's ID tokens are signed"
    )
    expected_claims: Claims = Field(
        default_factory=dict,
        description="the claims that your extensions add, as JSON: name to exact value, or to a JSON Schema",
    )
    nodes: Annotated[tuple[str, ...], BeforeValidator(addresses)] = Field(
        (), description="addresses of the nodes of a dedicated deployment, separated by commas"
    )
    health_api_key: SecretStr | None = Field(None, description="key of the nodes' `health/status/*` endpoints")
    region: str | None = Field(
        None,
        description="the tenant's region on Auth0's status page, such as `EU-1`; `US-*` means any of several (default: "
        "by the domain, where it tells)",
    )
    status_url: Annotated[SecretStr, BeforeValidator(page_url)] = Field(
        SecretStr("https://status.auth0.com/feed?domain={domain}"),
        description="Auth0's status for this tenant, as a feed (`/feed`, `/rss`, `/api/rss`); `{domain}` stands for "
        "its domain. That of a Private Cloud holds a token, and is a secret",
    )
    status_page: PageUrl = Field(
        "https://status.auth0.com/",
        description="Auth0's status page: for people to open, and read where the feed cannot be, or says that "
        "something is wrong. With a status_url of your own it is read only if it is set too",
    )
    uptime_url: PageUrl = Field("https://status.auth0.com/api/uptime", description="Auth0's uptime figures, by region")
    uptime_page: PageUrl = Field("https://uptime.auth0.com/", description="Auth0's uptime report, for people")
    login: Literal["optional", "required"] = Field(
        "optional",
        description="`required`: it is an error where no user is set, and `AUTH0_FLOWS` does not say who logs in "
        "instead: so a secret that is missing is never a green run. The scheduled run sets it",
    )
    device: str = Field("auth0-synthetic-monitoring", description="the device that `oauth-ro` names")
    budget: Seconds = Field(2.0, description="seconds within which an answer is due; later is degraded")
    login_budget: Seconds = Field(3.0, description="the same for a login, which runs your extensions")
    timeout: Seconds = Field(30.0, description="seconds after which we stop listening, over the whole exchange")
    connect_timeout: Seconds = Field(5.0, description="seconds for the name, the connection and TLS, of those")
    page_timeout: Seconds = Field(
        10.0, description="seconds after which we stop listening to a status page; no login waits for it"
    )
    stale_after: float = Field(
        14.0, gt=0, le=36_500, description="days without an update after which an open incident does not count any more"
    )
    refusals_every: float = Field(
        3600.0,
        ge=0,
        le=31_536_000,
        description="seconds between two refusals that send credentials, on a live tenant; 0 is always",
    )
    slo: float = Field(
        99.9,
        gt=0,
        lt=100,
        description="the objective: how many of a hundred observations are to be well, by the history",
    )


TUNING = frozenset(
    {"budget", "login_budget", "timeout", "connect_timeout", "page_timeout", "stale_after", "refusals_every", "slo"}
)
"""The fields that may be set without configuring a tenant: they hold in the sandbox too."""


def table() -> str:
    """The table of the variables, in Markdown: what the README shows."""
    rows = ["| variable | default | what it is |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | | {told} |" for name, told in RUN_VARIABLES.items()]
    for name, field in Variables.model_fields.items():
        default = None if field.is_required() or field.default_factory else field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = (
            ",".join(default)
            if isinstance(default, tuple)
            else f"{default:g}"
            if isinstance(default, float)
            else default
        )
        rows.append(f"| `{PREFIX}{name.upper()}` | {f'`{shown}`' if shown else ''} | {field.description} |")
    rows += [f"| `{name}` | | {told} |" for name, told in (CONNECTION_VARIABLES | DEPENDENCY_VARIABLES).items()]
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())  # noqa: T201 -- this is what it is called for
