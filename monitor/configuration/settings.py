"""The environment, read in one place: which tenants there are, and what is wrong with those that cannot be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.configuration import assembly, envfile, hiding, mistakes, plain_secrets, selection
from monitor.configuration.targets import Dependency, Tenant
from monitor.configuration.variables import PREFIX, TUNING
from monitor.secrets import Scrubber

MEMORY, _MEMORY = "AUTH0_MEMORY", ".monitor/memory.sqlite"


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
    """The variables of the process over those of ``root/.env``, and remarks on lines of it that cannot be read.

    A variable that stands in the value of another is one that cannot be read. Where nothing of the file can be, the
    values have its name, and why.
    """
    file = envfile.read(root / envfile.NAME)
    environ = dict(os.environ)
    odd = f"{mistakes.MARK}it begins with a character that cannot be read; set it again"
    environ |= {name: odd for name, value in environ.items() if value.strip().startswith(mistakes.MARK)}
    values = {name: value for name, value in {**file.values, **environ}.items() if value.strip()}
    for name, holder in list(mistakes.swallowed(values)):
        why = f"it stands in the value of {holder}: a line end is lost, or a quote is missing"
        values.setdefault(name, mistakes.MARK + why)
    if file.unread:
        values[envfile.NAME] = file.unread
    return values, (*file.remarks, *envfile.beaten(file, environ))


def load(values: Mapping[str, str], scrubber: Scrubber, root: Path, remarks: tuple[str, ...] = ()) -> Settings:
    """The settings in these variables. Their secrets are told to the scrubber before anything else can go wrong."""
    held = hiding.keep_secrets(values, scrubber)
    tenants = assembly.tenants(values)
    odd = (*hiding.keep_names(values, scrubber), *assembly.remarks(values, tenants))
    selected = selection.select(values, tenants)
    memory = root / values.get(MEMORY, _MEMORY).strip()
    if why := mistakes.reason_of_file(MEMORY, values.get(MEMORY, "")):
        memory, odd = root / _MEMORY, (*odd, f"{MEMORY}: {why}; until then it is {_MEMORY}")
    names = [name for tenant in tenants for name in (tenant.name, tenant.domain, *tenant.variables.connections)]
    plain = plain_secrets.remarks(held, [*names, *(service.id for service in selected.dependencies)])
    return Settings(tenants, selected.dependencies, memory, (*remarks, *odd, *selected.remarks, *plain))


def without_tenants(values: Mapping[str, str]) -> dict[str, str]:
    """These variables without all that says whom to ask."""
    tuning = {f"{PREFIX}{name.upper()}" for name in TUNING}
    others = {name: value for name, value in values.items() if not name.startswith(PREFIX) or name in tuning}
    return {name: value for name, value in others.items() if name != envfile.NAME}
