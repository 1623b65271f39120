"""From the variables to the tenants: which there are, what they are called, and what is wrong with any of their own."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from monitor.configuration import envfile, fields, mistakes, selection
from monitor.configuration.forms import (
    claims_of,
    day_of,
    fault_of_link,
    metadata_url,
    origin,
    provider_host,
    totp_secret_of,
)
from monitor.configuration.targets import ProviderSettings, Tenant, User
from monitor.configuration.variables import PREFIX, RUN_VARIABLES, RUNBOOK, TUNING, Variables
from monitor.failures import Misconfigured
from monitor.text import some
from monitor.verdict import DEPENDENCIES

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_LISTED = f"{PREFIX}TENANTS"
_OF_NO_PROBE = ("slo", "login")
"""Fields that no probe, or none of a complete tenant, depends on."""

_NAMED = 8
"""How many tenants a sentence names."""

_FORMS: Mapping[str, Callable[[str], Any]] = {
    "idp": provider_host,
    "issuer": str,
    "secret_expires": day_of,
    "metadata": metadata_url,
}
"""What may be said of the identity provider of a connection, and the form that it has."""

_OF_A_PROVIDER = re.compile(
    r"CONNECTION_(?P<connection>[A-Z0-9_]+?)_(?:IDP|ISSUER|(?P<horizon>SECRET_EXPIRES|METADATA))"
)

MADE = "tenant"
"""What a tenant is called that has no name, or none that may be told."""


def tenants(values: Mapping[str, str]) -> tuple[Tenant, ...]:
    """The tenants of these variables, at least one where any of them is a tenant's; a broken one says why it is."""
    domain = f"{PREFIX}DOMAIN"
    if _LISTED in values:
        return _several(values)
    if domain in values:
        return (_tenant(_own_name(values[domain].strip()), "", values),)
    strays = sorted(name for name in values if name.startswith(PREFIX) and not _is_of_the_run(name))
    misspelt_ones = [name for name, meant in misspelt(values, ()) if meant in (domain, _LISTED)]
    if strays or misspelt_ones:
        return (_broken(MADE, f"{domain} is not set, though {(misspelt_ones or strays)[0]} is: set it"),)
    if envfile.NAME in values:
        return (_broken(MADE, f"{envfile.NAME} is not read: {values[envfile.NAME]}"),)
    return ()


def remarks(values: Mapping[str, str], found: Iterable[Tenant]) -> tuple[str, ...]:
    """What looks wrong in these variables, though it may be meant."""
    known = tuple(found)
    of_domains: dict[str, list[str]] = {}
    for tenant in known:
        if not tenant.blocked:
            of_domains.setdefault(tenant.url, []).append(tenant.name)
    shared = (
        f"{some(names, _NAMED)} have one domain, {urlsplit(url).netloc}: give each its own, if they are not one tenant"
        for url, names in of_domains.items()
        if len(names) > 1
    )
    unnamed = (line for tenant in known for line in _of_nobody(tenant, values))
    likes = (f"{name} is set, but is not used: did you mean {meant}?" for name, meant in misspelt(values, known))
    lone = (fault.reason for tenant in known for field, fault in tenant.faults.items() if field in _OF_NO_PROBE)
    odd = (*mistakes.quoted(values), *mistakes.unseen(values), *_of_runbook(values))
    return (*odd, *shared, *unnamed, *likes, *lone)


def _of_runbook(values: Mapping[str, str]) -> Iterator[str]:
    if why := fault_of_link(RUNBOOK, values[RUNBOOK].strip()) if RUNBOOK in values else "":
        yield f"{RUNBOOK}: {why}; until then alerts link to this repository's own"


def _of_nobody(tenant: Tenant, values: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that says where a connection leads to which nobody asks."""
    asked = {_capitals(each) for each in tenant.variables.redirects}
    for name in sorted(values):
        own = _OF_A_PROVIDER.fullmatch(name.removeprefix(tenant.prefix)) if name.startswith(tenant.prefix) else None
        if own and not own["horizon"] and own["connection"] not in asked and "redirects" not in tenant.faults:
            yield f"{name} is set, and {tenant.variable('redirects')} does not name its connection: name it there"


def misspelt(values: Mapping[str, str], found: Iterable[Tenant]) -> Iterator[tuple[str, str]]:
    """Each variable that looks like one of these tenants', or of the run, and is none, and the one it looks like."""
    prefixes = {PREFIX, *(tenant.prefix for tenant in found)}
    known = {*RUN_VARIABLES, *(f"{prefix}{field.upper()}" for prefix in prefixes for field in Variables.model_fields)}
    free = (selection.PREFIX, *(f"{prefix}CONNECTION_" for prefix in prefixes))
    return mistakes.misspelt({name: values[name] for name in values if not name.startswith(free)}, known)


def _broken(name: str, why: str) -> Tenant:
    return Tenant.broken(name, Misconfigured(why))


def _is_of_the_run(name: str) -> bool:
    """Whether this variable says nothing of a tenant."""
    of_dependency = name.startswith(selection.PREFIX)
    return of_dependency or name in RUN_VARIABLES or name.removeprefix(PREFIX).lower() in TUNING


def _several(values: Mapping[str, str]) -> tuple[Tenant, ...]:
    if why := mistakes.reason(_LISTED, values[_LISTED]):
        return (_broken(MADE, f"{_LISTED}: {why}"),)
    names = [name.strip() for name in values[_LISTED].split(",") if name.strip()]
    made: list[Tenant] = []
    seen: dict[str, str] = {}
    meant = {f"{PREFIX}{field.upper()}" for field in Variables.model_fields}
    for name in names:
        prefix = _capitals(name)
        own = {f"{PREFIX}{prefix}_{field.upper()}" for field in Variables.model_fields}
        why = _fault_of_name(name, seen, own & meant)
        if why:
            made.append(_broken(_unused(name, names, made), f"{_LISTED}: {why}"))
        else:
            meant |= own
            seen[prefix] = name
            made.append(_tenant(name, f"{prefix}_", values))
    return tuple(made) or (_broken(MADE, f"{_LISTED} names no tenant; write it as prod,staging"),)


def _fault_of_name(name: str, seen: Mapping[str, str], twice: set[str]) -> str:
    """Why no tenant can be called this, beside those that were seen, by their prefixes; ``twice`` would mean two."""
    prefix = _capitals(name)
    if not _NAME.match(name):
        told = mistakes.shown(name if mistakes.may_be_a_secret(name) else _plain(name))
        return f"{told} is no name for a tenant; use letters, digits, - and _"
    if prefix in seen:
        return f"{name!r} and {seen[prefix]!r} would share the variables {PREFIX}{prefix}_…; rename one"
    if name.lower() == DEPENDENCIES or f"{PREFIX}{prefix}_" == selection.PREFIX:
        return f"{name!r} is the name of the group of services; rename the tenant"
    return f"{name!r} would give {min(twice)} a second meaning; rename it" if twice else ""


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.=-]", "_", name)


def _unused(name: str, names: list[str], made: list[Tenant]) -> str:
    """A name for a tenant that cannot have this one: like it, where it may be told."""
    like = MADE if "=" in name or PREFIX in name or mistakes.may_be_a_secret(name) else _plain(name)
    if _NAME.match(name) and name.lower() != DEPENDENCIES and names.count(name) == 1:
        return name
    taken = {tenant.name for tenant in made}
    return next(each for number in itertools.count(2) if (each := f"{like}.{number}") not in taken)


def _own_name(domain: str) -> str:
    """A tenant without a name is called after its host; one whose domain cannot be read is not called after that."""
    try:
        host = urlsplit(str(origin(domain))).hostname or ""
    except ValueError:
        return MADE
    return re.sub(r"[^A-Za-z0-9._-]", "_", host)[:80].strip("_") or MADE


def _capitals(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def _tenant(name: str, prefix: str, values: Mapping[str, str]) -> Tenant:
    """This tenant; a broken one, which says which variable is to blame, where its domain is malformed or missing.

    What else is malformed costs what depends on it.
    """
    names = {field: _spelt(field.upper(), prefix, values) for field in Variables.model_fields}
    given = {field: values[names[field]].strip() for field in names if names[field] in values}
    if "domain" not in given:
        return _broken(name, f"{names['domain']} is not set: set it to the domain of this tenant")
    variables, faults = fields.read(given, names)
    if variables is None:
        return Tenant.broken(name, faults["domain"])
    users = {each: _user(each, prefix, values) for each in variables.connections}
    providers = {each: _provider(each, prefix, values) for each in _connections(variables, prefix, values)}
    return Tenant(name, PREFIX + prefix, variables, frozenset(given), users, providers, faults=faults, names=names)


def _connections(variables: Variables, prefix: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The connections that have an identity provider: those that are named, and those of which there is a horizon."""
    named = dict.fromkeys((*variables.redirects, *variables.connections))
    known = {_capitals(each) for each in named}
    others: dict[str, None] = {}
    for name in sorted(values):
        starts = [start for start in (f"{PREFIX}{prefix}", PREFIX) if name.startswith(f"{start}CONNECTION_")]
        own = _OF_A_PROVIDER.fullmatch(name.removeprefix(starts[0])) if starts else None
        if own and own["connection"] not in known and own["horizon"]:
            others[own["connection"].lower().replace("_", "-")] = None
    return (*named, *others)


def _provider(connection: str, prefix: str, values: Mapping[str, str]) -> ProviderSettings:
    """What is said of the identity provider of a connection; what is malformed of it costs what depends on it."""
    names = {field: _spelt(f"CONNECTION_{_capitals(connection)}_{field.upper()}", prefix, values) for field in _FORMS}
    read: dict[str, Any] = {}
    faults: dict[str, Misconfigured] = {}
    for field, name in names.items():
        value = values.get(name, "").strip()
        if why := mistakes.reason(name, value):
            faults[field] = Misconfigured(f"{name}: {why}")
        elif value:
            try:
                read[field] = _FORMS[field](value)
            except ValueError as error:
                faults[field] = Misconfigured(f"{name}: {error}")
    return ProviderSettings(**read, faults=faults, names=names)


def _spelt(field: str, prefix: str, values: Mapping[str, str]) -> str:
    """The variable that this field of a tenant comes from: its own, else the one for all, else its own to be set."""
    own, shared = f"{PREFIX}{prefix}{field}", f"{PREFIX}{field}"
    return shared if own not in values and shared in values else own


def _user(connection: str, prefix: str, values: Mapping[str, str]) -> User:
    """The user of a connection's own; its fields are None where the tenant's hold."""
    names = {
        field: _spelt(f"CONNECTION_{_capitals(connection)}_{field.upper()}", prefix, values)
        for field in ("username", "password", "expected_claims", "totp_secret")
    }
    given: dict[str, Any] = {field: values[name].strip() if name in values else None for field, name in names.items()}
    whys = {field: mistakes.reason(names[field], value) for field, value in given.items() if value is not None}
    faults = {field: Misconfigured(f"{names[field]}: {why}") for field, why in whys.items() if why}
    if bool(given["username"]) != bool(given["password"]):
        missing, there = ("username", "password") if given["password"] else ("password", "username")
        why = f"{names[missing]} is not set, though {names[there]} is: set both or neither"
        faults[missing] = Misconfigured(why)
    try:
        claims: Any = claims_of(None if "expected_claims" in faults else given["expected_claims"])
    except ValueError as error:
        claims = None
        faults["expected_claims"] = Misconfigured(f"{names['expected_claims']}: {error}")
    factor = _factor(given["totp_secret"], names["totp_secret"], faults)
    return User.of(
        given["username"], given["password"], expected_claims=claims, totp_secret=factor, faults=faults, names=names
    )


def _factor(given: str | None, name: str, faults: dict[str, Misconfigured]) -> str | None:
    """The secret of this user's authenticator app; what is wrong with it is put to the ``faults``."""
    try:
        return None if given is None or "totp_secret" in faults else str(totp_secret_of(given.strip()))
    except ValueError as error:
        faults["totp_secret"] = Misconfigured(f"{name}: {error}")
        return None
