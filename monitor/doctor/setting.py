"""How a variable is set, exactly: in a shell, in .env, and on GitHub, where it is a secret or a variable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from monitor import selection
from monitor.variables import PREFIX, Variables

WORKFLOW = ".github/workflows/synthetic.yml"

_PRIVATE = {"client_id", "username", "status_url"}
"""Fields that are secrets on GitHub without being of our type for secrets."""

_EXAMPLES = {"domain": "acme.eu.auth0.com", "tenants": "prod,staging", "nodes": "10.0.0.1,10.0.0.2"}
_NAMED = re.compile(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b")


@dataclass(frozen=True, slots=True)
class Workflow:
    """What the scheduled run hands on: secrets, variables, and the environment that holds them (empty: none)."""

    secrets: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    environment: str = ""

    @classmethod
    def read(cls, root: Path) -> Workflow:
        """The workflow of this clone; nothing where there is none."""
        try:
            text = (root / WORKFLOW).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return cls()
        text = re.sub(r"(?m)(^|\s)#.*$", "", text)
        place = re.search(r"^\s+environment:\s*(?:\n\s+name:\s*)?([A-Za-z0-9_.-]+)\s*$", text, re.MULTILINE)
        found = {kind: frozenset(re.findall(rf"\b{kind}\.({PREFIX}\w+)", text)) for kind in ("secrets", "vars")}
        return cls(found["secrets"], found["vars"], place[1] if place else "")

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
        field = variable.removeprefix(PREFIX).lower()
        example = next((value for name, value in _EXAMPLES.items() if field.endswith(name)), "...")
        there = f" --env {self.environment}" if self.environment and field != "domain" else ""
        secret = self.is_secret(variable)
        body = "" if secret else f" --body '{example}'"
        typed = f"gh {'secret' if secret else 'variable'} set {variable}{there}{body}"
        told = [f"in a shell: export {variable}='{example}' (in .env the same without export)", f"on GitHub: {typed}"]
        if variable not in self.secrets | self.variables:
            kind = "secrets" if secret else "vars"
            told.append(f"and there, under env: of {WORKFLOW}: {variable}: ${{{{ {kind}.{variable} }}}}")
        return tuple(told)

    def cures(self, sentence: str) -> tuple[str, ...]:
        """How to set the variables that this sentence names."""
        return tuple(line for name in dict.fromkeys(_NAMED.findall(sentence)) for line in self.how(name))
