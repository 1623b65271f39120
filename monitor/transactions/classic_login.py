"""Classic Login, which some tenants have still: what its page would send, and what its errors stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.configuration.targets import Login
from monitor.exchange import Exchange
from monitor.failures import Failure
from monitor.transactions import oauth_errors


def question(row: Login, settings: Mapping[str, Any], username: str, password: str) -> dict[str, Any]:
    """The JSON of ``POST /usernamepassword/login``, by the settings that the page has for its scripts."""
    options = settings.get("internalOptions")
    inner = (
        {name: value for name, value in options.items() if isinstance(value, str)} if isinstance(options, dict) else {}
    )
    tenant = settings.get("auth0Tenant")
    return {
        **inner,  # as the page's own script does: a tenant may want any of them again
        "client_id": row.tenant.variables.client_id,
        "tenant": tenant if isinstance(tenant, str) else row.tenant.host.partition(".")[0],
        "redirect_uri": row.tenant.variables.callback,
        "scope": row.scope,
        "connection": row.connection,
        "username": username,
        "password": password,
        "_intstate": "deprecated",
    }


def judged(exchange: Exchange, flow: str) -> Failure:
    """The failure that a refusal stands for: it names its kind as ``code``, in the words of the token endpoint."""
    try:
        document = json.loads(exchange.body)
    except (ValueError, RecursionError):
        document = None
    code = document.get("code") if isinstance(document, dict) else None
    word = code if isinstance(code, str) and code in oauth_errors.KNOWN else ""
    return oauth_errors.judged(replace(exchange, word=word), flow)
