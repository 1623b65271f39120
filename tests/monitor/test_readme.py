"""The documents and the variables are one: none is undocumented, and none that is documented is unknown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.configuration import variables
from monitor.configuration.variables import PREFIX, RUN_VARIABLES, Variables

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"

FIELDS = "|".join(name.upper() for name in Variables.model_fields)
OWN = "USERNAME|PASSWORD|EXPECTED_CLAIMS"
TENANT = r"(?:PROD|STAGING|<NAME>)_"
CONNECTION = r"CONNECTION_(?:<NAME>|[A-Z0-9_]+)"
DEPENDENCY = r"DEPENDENCY_(?:<NAME>|[A-Z0-9_]+)_(?:URL|FORMAT|PAGE|COMPONENTS|REGIONS)"
OF_A_TENANT = rf"(?:{TENANT})?(?:{FIELDS}|{CONNECTION}_(?:{OWN}))"
KNOWN = re.compile(rf"{PREFIX}(?:{OF_A_TENANT}|{DEPENDENCY})|{'|'.join(RUN_VARIABLES)}")
NAMED = re.compile(rf"\b{PREFIX}(?:<NAME>_|[A-Z0-9_])[A-Z0-9_<>]*[A-Z0-9]")

needs_readme = pytest.mark.skipif(not README.exists(), reason="there is no README.md")


def documents() -> list[Path]:
    return [file for file in (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))) if file.exists()]


@needs_readme
def test_table_of_the_readme_is_the_one_that_the_variables_make() -> None:
    shown = re.search(
        r"<!-- variables -->\n+(.*?)\n+<!-- /variables -->", README.read_text(encoding="utf-8"), re.DOTALL
    )

    assert shown, "README.md has no table between <!-- variables --> and <!-- /variables -->"
    assert shown[1] == variables.table(), "put there what `python -m monitor.configuration.variables` prints"


@needs_readme
def test_every_variable_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    names = [*(f"{PREFIX}{name.upper()}" for name in Variables.model_fields), *RUN_VARIABLES]
    names += [*variables.CONNECTION_VARIABLES, *variables.DEPENDENCY_VARIABLES]

    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("document", documents(), ids=lambda file: file.name)
def test_every_variable_that_a_document_names_is_known(document: Path) -> None:
    named = set(NAMED.findall(document.read_text(encoding="utf-8")))

    assert {name for name in named if not KNOWN.fullmatch(name)} == set()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("AUTH0_DOMAIN", True),
        ("AUTH0_TENANTS", True),
        ("AUTH0_PROD_DOMAIN", True),
        ("AUTH0_<NAME>_DOMAIN", True),
        ("AUTH0_STAGING_CONNECTION_CORP_AD_PASSWORD", True),
        ("AUTH0_CONNECTION_<NAME>_USERNAME", True),
        ("AUTH0_DEPENDENCY_ACME_URL", True),
        ("AUTH0_DEPENDENCY_<NAME>_REGIONS", True),
        ("AUTH0_PROD_DEPENDENCY_ACME_URL", False),
        ("AUTH0_DEPENDENCY_ACME_TIMEOUT", False),
        ("AUTH0_DOMIAN", False),
        ("AUTH0_OTHER_DOMAIN", False),
        ("AUTH0_CONNECTION_<NAME>_SCOPE", False),
    ],
)
def test_names_are_found_and_known(name: str, *, known: bool) -> None:
    assert NAMED.findall(f"set `{name}`, and {name}=x") == [name, name]
    assert bool(KNOWN.fullmatch(name)) is known
