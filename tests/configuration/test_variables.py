"""The tables of the variables: what docs/configuration.md shows, and what the settings read, are one list."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from monitor.configuration import variables
from monitor.configuration.variables import (
    CONNECTION_VARIABLES,
    DEPENDENCY_VARIABLES,
    OTEL_VARIABLES,
    PREFIX,
    RUN_VARIABLES,
    TUNING,
    VariableGroup,
    Variables,
)
from tests.forks import python

ROOT = Path(__file__).parents[2]

NAMES = [f"{PREFIX}{name.upper()}" for name in Variables.model_fields]
NAMES += [*RUN_VARIABLES, *OTEL_VARIABLES, *CONNECTION_VARIABLES, *DEPENDENCY_VARIABLES]
FIRST = ["AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET", "AUTH0_USERNAME", "AUTH0_PASSWORD"]


def sections() -> dict[str, list[list[str]]]:
    """The cells of each row, by the heading that they stand below."""
    parts = re.split(r"^## (.+)$", variables.tables(), flags=re.MULTILINE)[1:]
    return {
        heading: [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines()
            if line.startswith("| `")
        ]
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


def rows() -> dict[str, list[str]]:
    """The cells of each row by variable."""
    return {cells[0].strip("`"): cells for section in sections().values() for cells in section}


def test_every_variable_is_in_exactly_one_group() -> None:
    groups = Counter(name for name, _ in variables.names_and_groups())

    assert groups == Counter(NAMES)


def test_every_group_is_a_section_of_its_own_variables_alone() -> None:
    grouped = {
        group.title: sorted(name for name, of in variables.names_and_groups() if of is group) for group in VariableGroup
    }

    assert {heading: sorted(cells[0].strip("`") for cells in rows) for heading, rows in sections().items()} == grouped
    assert all(grouped.values())


def test_what_a_first_run_needs_stands_first() -> None:
    heading, first = next(iter(sections().items()))

    assert heading == "First run"
    assert [cells[0].strip("`") for cells in first] == FIRST


def test_every_variable_has_one_row_and_every_row_three_cells() -> None:
    assert sorted(rows()) == sorted(NAMES)
    assert sum(len(section) for section in sections().values()) == len(NAMES)
    assert {name: cells for name, cells in rows().items() if len(cells) != 3} == {}


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
        ("AUTH0_CONFIRM", "`2 90s`"),
        ("AUTH0_DEPENDENCY_<NAME>_URL", "its row's"),
    ],
)
def test_tables_have_the_defaults(variable: str, default: str) -> None:
    assert rows()[variable][1] == default


def test_every_variable_is_described() -> None:
    assert all(len(cells[2]) > 10 for cells in rows().values())


def test_tuning_is_made_of_fields() -> None:
    assert set(Variables.model_fields) >= TUNING


def test_module_prints_the_tables() -> None:
    ran = subprocess.run(
        python("-m", "monitor.configuration.variables"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout == variables.tables() + "\n"


def test_values_that_are_read_already_stay_as_they_are() -> None:
    made = Variables(domain="https://a.invalid", connections=("a", "b"), expected_claims={"a": 1}, nodes=("10.0.0.1",))

    assert Variables.model_validate(made.model_dump()) == made


def test_what_is_no_text_is_no_domain() -> None:
    with pytest.raises(ValueError, match="domain"):
        Variables.model_validate({"domain": 1})
