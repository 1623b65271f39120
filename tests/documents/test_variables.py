"""The documents and the variables are one: none is undocumented, and none that is documented is unknown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.configuration import variables
from monitor.configuration.variables import PREFIX, RUN_VARIABLES, Variables
from tests.documents.pages import GUIDES, ROOT, name

CONFIGURATION = ROOT / "docs/configuration.md"

FIELDS = "|".join(name.upper() for name in Variables.model_fields)
OWN = "USERNAME|PASSWORD|TOTP_SECRET|EXPECTED_CLAIMS|IDP|ISSUER|SECRET_EXPIRES|METADATA"
TENANT = r"(?:PROD|STAGING|<NAME>)_"
CONNECTION = r"CONNECTION_(?:<NAME>|[A-Z0-9_]+)"
DEPENDENCY = r"DEPENDENCY_(?:<NAME>|[A-Z0-9_]+)_(?:URL|FORMAT|EXPECT|PAGE|COMPONENTS|REGIONS|STALE_AFTER)"
OF_A_TENANT = rf"(?:{TENANT})?(?:{FIELDS}|{CONNECTION}_(?:{OWN}))"
KNOWN = re.compile(rf"{PREFIX}(?:{OF_A_TENANT}|{DEPENDENCY})|{'|'.join(RUN_VARIABLES)}")
NAMED = re.compile(rf"\b{PREFIX}(?:<NAME>_|[A-Z0-9_])[A-Z0-9_<>]*[A-Z0-9]")


def test_page_of_the_variables_shows_what_their_definitions_make() -> None:
    text = CONFIGURATION.read_text(encoding="utf-8")
    shown = re.search(r"<!-- variables -->\n+(.*?)\n+<!-- /variables -->", text, re.DOTALL)

    assert shown, f"{CONFIGURATION.name} has nothing between <!-- variables --> and <!-- /variables -->"
    assert shown[1] == variables.tables(), "put there what `python -m monitor.configuration.variables` prints"


@pytest.mark.parametrize("document", GUIDES, ids=name)
def test_every_variable_that_a_document_names_is_known(document: Path) -> None:
    named = set(NAMED.findall(document.read_text(encoding="utf-8")))

    assert {name for name in named if not KNOWN.fullmatch(name)} == set()


@pytest.mark.parametrize(
    ("variable", "known"),
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
def test_names_are_found_and_known(variable: str, *, known: bool) -> None:
    assert NAMED.findall(f"set `{variable}`, and {variable}=x") == [variable, variable]
    assert bool(KNOWN.fullmatch(variable)) is known
