"""The settings, tenant by tenant: is each login, account and node complete, anything malformed, or read by nobody?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from monitor.configuration import expectations, selection
from monitor.configuration.forms import USER_FLOWS
from monitor.configuration.rows import ROWS, logins
from monitor.configuration.settings import Settings
from monitor.configuration.targets import Tenant
from monitor.configuration.variables import PREFIX, RUN_VARIABLES, Variables
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.failures import Failure, Misconfigured
from monitor.text import some

_WORDS = {
    "login": "logins of users",
    "account": "profiles of users",
    "refreshing": "a refresh token",
    "machine": "a machine's login",
    "impostor": "the refusal of a wrong secret",
    "redirect": "ways to identity providers",
    "provider-metadata": "metadata of identity providers",
    "provider-secret": "dates of identity providers' secrets",
    "canonical": "the canonical domain",
    "management": "the Management API",
    "node": "nodes",
    "metric": "health of nodes",
}
"""What a tenant's rows are called; those of ``tenant`` itself need its domain alone."""

_NAMED = 6
"""How many rows a line names."""

_OF_CONNECTION = re.compile(
    r"CONNECTION_(?P<connection>[A-Z0-9_]+?)_"
    r"(?:USERNAME|PASSWORD|EXPECTED_CLAIMS|TOTP_SECRET|IDP|ISSUER|SECRET_EXPIRES|METADATA)"
)


_OF = "Settings of "
_BY_FLOW = re.compile(r": a login by (\S+) needs it$")
"""What lacks to many logins lacks once."""


def section(tenant: Tenant) -> str:
    return f"{_OF}{tenant.name}"


def lines(settings: Settings, values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    """All that the environment says, and what it lacks; what several tenants lack is said once."""
    if not settings.tenants:
        why = "no tenant is configured: only the sandbox would be asked, and --live refuses to run"
        needed = [f"{PREFIX}{name}" for name in ("DOMAIN", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")]
        yield Line("Settings", Mark.BAD, why, tuple(line for name in needed for line in workflow.how(name)))
    told = [(line, tenant.prefix) for tenant in settings.tenants for line in _tenant(tenant, values, workflow)]
    told += [(line, PREFIX) for line in _services(settings, workflow)]
    known = {line.what for line, _ in told}
    for remark in settings.remarks:
        if remark not in known:
            yield Line("Settings", Mark.NOTE, remark)
    if settings.tenants:
        yield from (
            line for line in _unread(settings, values) if not any(line.what in each for each in settings.remarks)
        )
    yield from _once(told)


def _once(told: list[tuple[Line, str]]) -> Iterator[Line]:
    """These lines, each that is not well once, with all that it holds for, whatever its variable is called for each."""
    sections: dict[tuple[object, ...], list[str]] = {}
    alike = [(line.mark, line.what.replace(prefix, PREFIX)) for line, prefix in told]
    for (line, _), key in zip(told, alike, strict=True):
        sections.setdefault(key, []).append(line.section)
    for (line, _), key in zip(told, alike, strict=True):
        if line.mark is Mark.OK:
            yield line
        elif where := sections.pop(key, []):
            others = [each.removeprefix(_OF) for each in dict.fromkeys(where) if each != line.section]
            yield line._replace(what=line.what + (f" (also {some(others, _NAMED)})" if others else ""))


def _tenant(tenant: Tenant, values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    where = section(tenant)
    if tenant.blocked:
        yield Line(where, Mark.BAD, tenant.blocked.reason, workflow.cures(tenant.blocked.reason))
        return
    own = {field: tenant.variable(field) for field in Variables.model_fields if field in tenant.given}
    given = sorted(name if name in values else f"{PREFIX}{field.upper()}" for field, name in own.items())
    yield Line(where, Mark.OK, f"set: {', '.join(given)}")
    faults = dict.fromkeys(_faults(tenant))
    for reason in faults:
        yield Line(where, Mark.BAD, reason, workflow.cures(reason.partition(":")[0]))
    lacking: dict[str, list[tuple[str, Mark]]] = {}
    flows: dict[str, list[str]] = {}
    for what, words in _WORDS.items():
        rows = ROWS[what](tenant)
        whole = [row.id.partition(":")[2] for row in rows if not row.blocked]
        if whole:
            named = f" ({some(whole, _NAMED)})" if any(whole) else ""
            yield Line(where, Mark.OK, f"{words}: complete{named}")
        for failure in {row.blocked.reason: row.blocked for row in rows if row.blocked}.values():
            if failure.reason not in faults:
                by_flow = _BY_FLOW.search(failure.reason)
                reason = failure.reason[: by_flow.start()] if by_flow else failure.reason
                lacking.setdefault(reason, []).append((words, _mark(what, tenant, failure)))
                flows.setdefault(reason, []).extend([by_flow[1]] if by_flow else [])
    for reason, kinds in lacking.items():
        mark = Mark.BAD if any(mark is Mark.BAD for _, mark in kinds) else Mark.OFF
        named_once = ", ".join(dict.fromkeys(words for words, _ in kinds))
        yield Line(where, mark, f"{named_once}: {reason}{_needing(flows[reason])}", workflow.cures(reason))


def _needing(flows: list[str]) -> str:
    by = ", ".join(dict.fromkeys(flows))
    return f": logins by {by} need it" if "," in by else f": a login by {by} needs it" if by else ""


def _faults(tenant: Tenant) -> Iterator[str]:
    """What is malformed of all that is set for this tenant, expected claims included, as a run will find them."""
    yield from (fault.reason for fault in tenant.faults.values())
    yield from (fault.reason for user in tenant.users.values() for fault in user.faults.values())
    for login in logins(tenant):
        try:
            expectations.of(login.expected_claims, login.claims_variable)
        except Misconfigured as fault:
            yield fault.reason


def _mark(what: str, tenant: Tenant, failure: Failure) -> Mark:
    """How bad it is that this cannot be asked. That no user logs in has to be meant: it is what most are here for."""
    if isinstance(failure, Misconfigured):
        return Mark.BAD
    meant = bool(tenant.variables.flows) and not {*USER_FLOWS} & {*tenant.variables.flows}
    return Mark.BAD if what == "login" and not meant else Mark.OFF


def _services(settings: Settings, workflow: Workflow) -> Iterator[Line]:
    """The services whose status pages are read."""
    where = "Settings of services"
    read = [each.service.name for each in settings.dependencies if not each.blocked]
    if read:
        yield Line(where, Mark.OK, f"status pages: {', '.join(read)}")
    for each in settings.dependencies:
        if each.blocked:
            bad = isinstance(each.blocked, Misconfigured)
            yield Line(where, Mark.BAD if bad else Mark.OFF, each.blocked.reason, workflow.cures(each.blocked.reason))


def _unread(settings: Settings, values: Mapping[str, str]) -> Iterator[Line]:
    """Variables that look like ours, and that nobody reads: a letter is wrong, or a tenant is not listed."""
    several = f"{PREFIX}TENANTS" in values
    prefixes = [PREFIX, *(f"{PREFIX}{selection.capitals(each.name)}_" for each in settings.tenants if several)]
    named = [name for each in settings.tenants for name in each.providers]
    connections = set(map(selection.capitals, named))
    unread = any(each.blocked or each.fault("connections", "redirects") for each in settings.tenants)
    known = {*RUN_VARIABLES, *(f"{prefix}{field.upper()}" for prefix in prefixes for field in Variables.model_fields)}
    for name in sorted(values):
        if not name.startswith(PREFIX) or name in known or name.startswith(selection.PREFIX):
            continue
        rests = [name.removeprefix(prefix) for prefix in prefixes if name.startswith(prefix)]
        owned = [match["connection"] for rest in rests if (match := _OF_CONNECTION.fullmatch(rest))]
        if connections.intersection(owned) or (owned and unread):  # it may be one of those that cannot be read
            continue
        near = difflib.get_close_matches(name, known, 1)
        cure = f"did you mean {near[0]}?" if near else "unset it, or see the variables in docs/configuration.md"
        if owned:
            cure = "name its connection in AUTH0_CONNECTIONS"
        yield Line("Settings", Mark.NOTE, f"{name} is set, but is not used", (cure,))
