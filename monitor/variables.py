"""Every variable that the suite reads: its name, its form, its default, and what it is for."""

from __future__ import annotations

import ipaddress
import json
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

PREFIX = "AUTH0_"
DEFAULT_CONNECTION = "Username-Password-Authentication"

Flow = Literal["oauth-ro", "password", "password-realm", "client-credentials", "refresh", "none"]
FLOWS: tuple[Flow, ...] = get_args(Flow)
USER_FLOWS: tuple[Flow, ...] = ("oauth-ro", "password", "password-realm")

RUN_VARIABLES = {
    "AUTH0_TENANTS": "names of several tenants, separated by commas; each then has variables of its own, "
    "`AUTH0_<NAME>_DOMAIN` and so on, with the names below as defaults for all",
    "AUTH0_MEMORY": "the file that remembers between runs when a refusal was last asked for "
    "(default: `.monitor/refusals.sqlite`)",
}
"""The variables of the run itself; all others belong to a tenant."""

CONNECTION_VARIABLES = {
    "AUTH0_CONNECTION_<NAME>_USERNAME": "a user of this connection's own; NAME is the connection's, in capitals, "
    "with `_` for whatever is neither letter nor digit",
    "AUTH0_CONNECTION_<NAME>_PASSWORD": "that user's password",
    "AUTH0_CONNECTION_<NAME>_EXPECTED_CLAIMS": "the claims that a login through this connection must bring",
}


def _words(value: object) -> object:
    if isinstance(value, str):
        return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    return value


def _flows(value: object) -> object:
    words = _words(value)
    for word in words if isinstance(words, tuple) else ():
        if word not in FLOWS:
            raise ValueError(f"there is no flow of that name ({word[:30]!r}); the flows are {', '.join(FLOWS)}")
    return words


def _claims(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        claims = json.loads(value)
    except ValueError as error:
        raise ValueError(f"not JSON (at character {getattr(error, 'pos', 0) + 1})") from None
    if not isinstance(claims, dict) or not claims:
        raise ValueError('must be a JSON object of claims, such as {"https://example.com/roles": {"type": "array"}}')
    return claims


def _url(value: object) -> object:
    """``https://host[:port]`` from a domain with or without scheme and port; plain http only on loopback."""
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("not a domain; write it as acme.eu.auth0.com, with a port if it needs one") from None
    if (
        not host
        or parts.username
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or any(map(str.isspace, value))
    ):
        raise ValueError("not a domain; write it as acme.eu.auth0.com, with a port if it needs one, and nothing more")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not _is_loopback(host)):
        raise ValueError("plain http (or another scheme) would send passwords in the clear; only https is spoken")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port and port != {"https": 443, "http": 80}[parts.scheme] else ""
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _nodes(value: object) -> object:
    words = _words(value)
    for word in words if isinstance(words, tuple) else ():
        try:
            parts = urlsplit(word if "://" in word else f"https://{word}")
            fine = parts.hostname and parts.scheme == "https" and not parts.path.strip("/") and (parts.port or True)
        except ValueError:
            fine = False
        if not fine:
            raise ValueError("not a list of addresses; write them as 10.0.0.1,10.0.0.2:8443,[fd00::3]")
    return words


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Claims = Annotated[dict[str, Any], BeforeValidator(_claims)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Variables(BaseModel):
    """What may be set for a tenant: AUTH0_<FIELD>, or AUTH0_<TENANT>_<FIELD> where there are several."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")

    domain: Annotated[str, BeforeValidator(_url)] = Field(
        description="the tenant's domain or custom domain, with or without `https://`, with a port if it needs one"
    )
    client_id: str | None = Field(None, description="the application that the synthetic user logs in to")
    client_secret: SecretStr | None = Field(None, description="its secret; not needed by a public application")
    username: str | None = Field(None, description="the synthetic user: an account without privileges")
    password: SecretStr | None = Field(None, description="the synthetic user's password")
    connections: Words = Field(
        (DEFAULT_CONNECTION,), description="the connections to log in through, separated by commas"
    )
    flows: Annotated[tuple[Flow, ...], BeforeValidator(_flows)] = Field(
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
    nodes: Annotated[tuple[str, ...], BeforeValidator(_nodes)] = Field(
        (), description="addresses of the nodes of a dedicated deployment, separated by commas"
    )
    health_api_key: SecretStr | None = Field(None, description="key of the nodes' `health/status/*` endpoints")
    device: str = Field("auth0-synthetic-monitoring", description="the device that `oauth-ro` names")
    budget: Seconds = Field(2.0, description="seconds within which an answer is due; later is degraded")
    login_budget: Seconds = Field(3.0, description="the same for a login, which runs your extensions")
    timeout: Seconds = Field(30.0, description="seconds after which we stop listening, over the whole exchange")
    connect_timeout: Seconds = Field(5.0, description="seconds for the name, the connection and TLS, of those")
    refusals_every: float = Field(
        3600.0,
        ge=0,
        le=31_536_000,
        description="seconds between two refusals that send credentials, on a live tenant; 0 is always",
    )


TUNING = frozenset({"budget", "login_budget", "timeout", "connect_timeout", "refusals_every"})
"""The fields that may be set without configuring a tenant: they hold in the sandbox too."""


def table() -> str:
    """The table of the variables, in Markdown: what the README shows."""
    rows = ["| variable | default | what it is |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | | {told} |" for name, told in RUN_VARIABLES.items()]
    for name, field in Variables.model_fields.items():
        default = None if field.is_required() or field.default_factory else field.default
        shown = (
            ",".join(default)
            if isinstance(default, tuple)
            else f"{default:g}"
            if isinstance(default, float)
            else default
        )
        rows.append(f"| `{PREFIX}{name.upper()}` | {f'`{shown}`' if shown else ''} | {field.description} |")
    rows += [f"| `{name}` | | {told} |" for name, told in CONNECTION_VARIABLES.items()]
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())  # noqa: T201 -- this is what it is called for
