"""The table of the variables: what the README shows, and what the settings read, are one list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.configuration import variables
from monitor.configuration.variables import (
    CONNECTION_VARIABLES,
    DEPENDENCY_VARIABLES,
    PREFIX,
    RUN_VARIABLES,
    TUNING,
    Variables,
)

ROOT = Path(__file__).parents[2]


OTHERS = RUN_VARIABLES | CONNECTION_VARIABLES | DEPENDENCY_VARIABLES


def rows() -> dict[str, list[str]]:
    """The table's cells by variable."""
    lines = [line.strip("|").split("|") for line in variables.table().splitlines()[2:]]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells] for cells in lines}


def test_table_has_every_variable_once() -> None:
    names = {f"{PREFIX}{name.upper()}" for name in Variables.model_fields} | set(OTHERS)

    assert set(rows()) == names
    assert len(variables.table().splitlines()) == 2 + len(names)


@pytest.mark.parametrize(
    ("variable", "default"),
    [
        ("AUTH0_DOMAIN", ""),
        ("AUTH0_CONNECTIONS", "`Username-Password-Authentication`"),
        ("AUTH0_BUDGET", "`2`"),
        ("AUTH0_REFUSALS_EVERY", "`3600`"),
        ("AUTH0_SCOPE", "`openid profile email`"),
        ("AUTH0_FLOWS", ""),
        ("AUTH0_EXPECTED_CLAIMS", ""),
    ],
)
def test_table_has_the_defaults(variable: str, default: str) -> None:
    assert rows()[variable][1] == default


def test_every_variable_is_described() -> None:
    assert all(len(cells[2]) > 10 for cells in rows().values())


def test_tuning_is_made_of_fields() -> None:
    assert set(Variables.model_fields) >= TUNING


def test_module_prints_the_table() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "monitor.configuration.variables"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout == variables.table() + "\n"


def test_values_that_are_read_already_stay_as_they_are() -> None:
    made = Variables(domain="https://a.invalid", connections=("a", "b"), expected_claims={"a": 1}, nodes=("10.0.0.1",))

    assert Variables.model_validate(made.model_dump()) == made


def test_what_is_no_text_is_no_domain() -> None:
    with pytest.raises(ValueError, match="domain"):
        Variables.model_validate({"domain": 1})
