"""The environment, read in one place: which tenants there are, and what is wrong with those that cannot be asked."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.configuration import selection
from monitor.configuration.forms import claims_of
from monitor.configuration.targets import Dependency, Tenant, User
from monitor.configuration.variables import NOTIFY, PREFIX, RUN_VARIABLES, RUNBOOK, TUNING, Claims, Variables
from monitor.failures import Misconfigured
from monitor.secrets import Scrubber, tokens
from monitor.verdict import DEPENDENCIES

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_SENT = re.compile("(PASSWORD|SECRET|KEY|ID_TOKEN|CLIENT_ID|USERNAME|AUDIENCE|SCOPE|DEVICE)$")
_LISTED = "TENANTS"
_OF_A_CHANNEL = 12
"""Characters of a part of a channel's address that may be a token: what a run writes may have its shorter words."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment in our words: the tenants (none where nothing is configured), what they lean on, what was odd.

    ``memory`` is the file that remembers between runs.
    """

    tenants: tuple[Tenant, ...]
    dependencies: tuple[Dependency, ...]
    memory: Path
    remarks: tuple[str, ...] = ()


def environment(root: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """The variables of the process over those of ``root/.env``, and remarks on lines of it that cannot be read."""
    file = root / ".env"
    remarks: list[str] = []
    values: dict[str, str] = {}
    if file.is_file():
        from dotenv.parser import parse_stream

        with file.open(encoding="utf-8", errors="replace") as stream:
            for line in parse_stream(stream):
                if line.error:
                    remarks.append(f".env, line {line.original.line}: not NAME=value, so it is ignored")
                elif line.key:
                    values[line.key] = line.value or ""
    return {name: value for name, value in {**values, **os.environ}.items() if value.strip()}, tuple(remarks)


def load(values: Mapping[str, str], scrubber: Scrubber, root: Path, remarks: tuple[str, ...] = ()) -> Settings:
    """The settings in these variables. Their secrets are told to the scrubber before anything else can go wrong."""
    for name, value in values.items():
        if name.startswith(PREFIX) and re.search("(PASSWORD|SECRET|KEY|ID_TOKEN)$", name):
            scrubber.add(value.strip())
        elif name == NOTIFY or (name.startswith(PREFIX) and name.endswith("_URL") and name != RUNBOOK):
            for token in tokens(value.strip(), _OF_A_CHANNEL if name == NOTIFY else None):
                scrubber.add(token)
        if name.startswith(PREFIX) and _SENT.search(name):
            scrubber.name(value.strip(), name)
    tenants = _tenants(values)
    selected = selection.select(values, tenants)
    memory = root / values.get("AUTH0_MEMORY", ".monitor/memory.sqlite")
    return Settings(tenants, selected.dependencies, memory, (*remarks, *selected.remarks))


def without_tenants(values: Mapping[str, str]) -> dict[str, str]:
    """These variables without all that says whom to ask."""
    tuning = {f"{PREFIX}{name.upper()}" for name in TUNING}
    return {name: value for name, value in values.items() if not name.startswith(PREFIX) or name in tuning}


def _tenants(values: Mapping[str, str]) -> tuple[Tenant, ...]:
    if PREFIX + _LISTED in values:
        return _several(values)
    if PREFIX + "DOMAIN" in values:
        return (_tenant(_own_name(values[PREFIX + "DOMAIN"]), "", values),)
    stray = sorted(name for name in values if name.startswith(PREFIX) and not _is_of_the_run(name))
    if stray:
        return (Tenant.broken("tenant", Misconfigured(f"AUTH0_DOMAIN is not set, though {stray[0]} is: set it")),)
    return ()


def _is_of_the_run(name: str) -> bool:
    """Whether this variable says nothing of a tenant."""
    of_dependency = name.startswith(selection.PREFIX)
    return of_dependency or name in RUN_VARIABLES or name.removeprefix(PREFIX).lower() in TUNING


def _several(values: Mapping[str, str]) -> tuple[Tenant, ...]:
    names = [name.strip() for name in values[PREFIX + _LISTED].split(",") if name.strip()]
    tenants: list[Tenant] = []
    seen: dict[str, str] = {}
    meant = {f"{PREFIX}{field.upper()}" for field in Variables.model_fields}
    for name in names:
        prefix = _capitals(name)
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
        own = {f"{PREFIX}{prefix}_{field.upper()}" for field in Variables.model_fields}
        if not _NAME.match(name):
            reason = f"AUTH0_TENANTS: {plain!r} is no name for a tenant; use letters, digits, - and _"
            tenants.append(Tenant.broken(_unused(plain, names, tenants), Misconfigured(reason)))
        elif prefix in seen:
            reason = (
                f"AUTH0_TENANTS: {name!r} and {seen[prefix]!r} would share the variables AUTH0_{prefix}_…; rename one"
            )
            tenants.append(Tenant.broken(_unused(plain, names, tenants), Misconfigured(reason)))
        elif name.lower() == DEPENDENCIES or f"{PREFIX}{prefix}_" == selection.PREFIX:
            reason = f"AUTH0_TENANTS: {name!r} is what the services that tenants lean on are called; rename it"
            tenants.append(Tenant.broken(_unused(name, [*names, name], tenants), Misconfigured(reason)))
        elif own & meant:
            reason = f"AUTH0_TENANTS: {name!r} would give {min(own & meant)} a second meaning; rename it"
            tenants.append(Tenant.broken(name, Misconfigured(reason)))
        else:
            meant |= own
            seen[prefix] = name
            tenants.append(_tenant(name, f"{prefix}_", values))
    if not tenants:
        tenants.append(
            Tenant.broken("tenant", Misconfigured("AUTH0_TENANTS names no tenant; write it as prod,staging"))
        )
    return tuple(tenants)


def _unused(name: str, names: list[str], tenants: list[Tenant]) -> str:
    taken = {*names, *(tenant.name for tenant in tenants)}
    return next(each for n in itertools.count(2) if (each := f"{name}.{n}") not in taken)


def _own_name(domain: str) -> str:
    host = re.sub(r"^[a-z]+://", "", domain.strip().rpartition("@")[2], flags=re.IGNORECASE).partition("/")[0]
    return re.sub(r"[^A-Za-z0-9._-]", "_", re.sub(r":\d+$", "", host))[:80].strip("_") or "tenant"


def _capitals(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def _tenant(name: str, prefix: str, values: Mapping[str, str]) -> Tenant:
    """This tenant; a broken one, which says which variable is to blame, where a value is malformed or missing."""
    names = {field: _spelt(field.upper(), prefix, values) for field in Variables.model_fields}
    given = {field: values[names[field]].strip() for field in names if names[field] in values}
    if "domain" not in given:
        return Tenant.broken(name, Misconfigured(f"{names['domain']} is not set: set it to the domain of this tenant"))
    try:
        variables = Variables.model_validate(given)
        users = {each: _user(each, prefix, values) for each in variables.connections}
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        variable = names.get(str(first["loc"][0]) if first["loc"] else "", "")
        return Tenant.broken(name, Misconfigured(f"{variable}: {first['msg'].removeprefix('Value error, ')}"))
    except Misconfigured as misconfigured:
        return Tenant.broken(name, misconfigured)
    return Tenant(name=name, prefix=PREFIX + prefix, variables=variables, given=frozenset(given), users=users)


def _spelt(field: str, prefix: str, values: Mapping[str, str]) -> str:
    """The variable that this field of a tenant comes from: its own, else the one for all, else its own to be set."""
    own, shared = f"{PREFIX}{prefix}{field}", f"{PREFIX}{field}"
    return shared if own not in values and shared in values else own


def _user(connection: str, prefix: str, values: Mapping[str, str]) -> User:
    """The user of a connection's own; its fields are None where the tenant's hold."""
    own = {
        field: _spelt(f"CONNECTION_{_capitals(connection)}_{field}", prefix, values)
        for field in ("USERNAME", "PASSWORD", "EXPECTED_CLAIMS")
    }
    given: dict[str, Any] = {field: values.get(name) for field, name in own.items()}
    if bool(given["USERNAME"]) != bool(given["PASSWORD"]):
        missing, there = ("USERNAME", "PASSWORD") if given["PASSWORD"] else ("PASSWORD", "USERNAME")
        raise Misconfigured(f"{own[missing]} is not set, though {own[there]} is: set both or neither")
    return User.of(given["USERNAME"], given["PASSWORD"], _read_claims(own["EXPECTED_CLAIMS"], given["EXPECTED_CLAIMS"]))


def _read_claims(variable: str, value: str | None) -> Claims | None:
    try:
        return None if value is None else claims_of(value)  # type: ignore[return-value]
    except ValueError as error:
        raise Misconfigured(f"{variable}: {error}") from None
