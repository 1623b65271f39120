"""How a variable is set, exactly: in a shell, in .env, and on GitHub, where it is a secret or a variable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.configuration import selection
from monitor.configuration.variables import PREFIX, RUN_VARIABLES, Variables

WORKFLOW = ".github/workflows/synthetic.yml"

_PRIVATE = {"client_id", "management_client_id", "username"}
"""Fields that are secrets on GitHub without being of our type for secrets."""

_EXAMPLES = {"domain": "acme.eu.auth0.com", "tenants": "prod,staging", "nodes": "10.0.0.1,10.0.0.2"}
_NAMED = re.compile(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b")


@dataclass(frozen=True, slots=True)
class Workflow:
    """What the scheduled run hands on: secrets, variables, and the environments that hold them (empty: none).

    There is one for each tenant that AUTH0_TENANTS names, which has its variables without the tenant's name in them;
    a tenant without a name has the environment auth0.
    """

    secrets: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    environments: tuple[str, ...] = ()

    @classmethod
    def read(cls, root: Path, values: Mapping[str, str]) -> Workflow:
        """The workflow of this clone, for the tenants in these variables; nothing where there is none."""
        try:
            text = (root / WORKFLOW).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return cls()
        text = re.sub(r"(?m)(^|\s)#.*$", "", text)
        found = {kind: frozenset(re.findall(rf"\b{kind}\.({PREFIX}\w+)", text)) for kind in ("secrets", "vars")}
        names = [name.strip() for name in values.get(f"{PREFIX}TENANTS", "").split(",") if name.strip()]
        return cls(found["secrets"], found["vars"], tuple(names) or ("auth0",))

    def place(self, variable: str) -> tuple[str, str]:
        """The environment that holds this variable (empty: the repository), and what it is called there."""
        for name in self.environments:
            prefix = f"{PREFIX}{selection.capitals(name)}_"
            if variable.startswith(prefix):
                return name, f"{PREFIX}{variable.removeprefix(prefix)}"
        shared = {f"{PREFIX}DOMAIN", *RUN_VARIABLES} - {selection.LIST}
        alone = len(self.environments) == 1 and variable not in shared
        return (self.environments[0] if alone else ""), variable

    def is_secret(self, variable: str) -> bool:
        """Whether this variable is a secret of GitHub's: as the workflow has it, or as its kind."""
        if variable in self.secrets | self.variables:
            return variable in self.secrets
        fields = [name for name in Variables.model_fields if variable.endswith(f"_{name.upper()}")]
        field = max(fields, key=len, default="")
        private = field in _PRIVATE or bool(field and "SecretStr" in repr(Variables.model_fields[field]))
        return private or (variable.startswith(selection.PREFIX) and variable.endswith("_URL"))

    def how(self, variable: str) -> tuple[str, ...]:
        """What to type: for a shell, for .env, for GitHub, and where the workflow does not know the variable yet."""
        example = next((value for name, value in _EXAMPLES.items() if variable.lower().endswith(name)), "...")
        shell = f"in a shell: export {variable}='{example}' (in .env the same without export)"
        if not self.secrets | self.variables:
            return (shell,)  # there is no workflow here, as in a container
        place, name = self.place(variable)
        there = f" --env {place}" if place else ""
        secret = self.is_secret(name)
        typed = f"gh {'secret' if secret else 'variable'} set {name}{there}" + (
            "" if secret else f" --body '{example}'"
        )
        if name not in self.secrets | self.variables:
            typed = f"a line {name}=... in the secret {PREFIX}ENV: gh secret set {PREFIX}ENV{there} < FILE"
        return (shell, f"on GitHub: {typed}")

    def cures(self, sentence: str) -> tuple[str, ...]:
        """How to set the variables that this sentence names."""
        return tuple(line for name in dict.fromkeys(_NAMED.findall(sentence)) for line in self.how(name))
