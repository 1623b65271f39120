"""The rows of the services: whole, in the docs, and all that a new service needs."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.configuration import services
from monitor.configuration.forms import page_url
from monitor.configuration.selection import capitals, select
from monitor.configuration.services import DEFAULT, SEED, SERVICES, Service, table
from monitor.statuspages import FORMATS
from tests.forks import python

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "dependencies.md"


def test_names_are_plain_and_their_variables_differ() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in SERVICES)
    assert len({capitals(name) for name in SERVICES}) == len(SERVICES)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_row_is_whole(service: Service) -> None:
    assert service.title
    assert page_url(service.page) == service.page
    assert service.format in FORMATS
    for address in filter(None, (service.address, service.second, service.old)):
        assert page_url(address) == address
    assert not service.address.startswith("http:")


def test_eight_have_the_address_of_auth0s_old_page() -> None:
    assert len(SEED) == len(DEFAULT) == 8
    assert all(service.old for service in SEED)


def test_every_format_is_a_file_that_reads() -> None:
    files = {path.stem for path in (ROOT / "monitor" / "statuspages").glob("*.py")}

    assert set(FORMATS) <= files


def test_table_of_the_docs_is_the_one_that_the_rows_make() -> None:
    shown = re.search(r"<!-- services -->\n(.*?)\n<!-- /services -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    assert shown, "docs/dependencies.md has no table between <!-- services --> and <!-- /services -->"
    assert shown[1] == table(), "put there what `python -m monitor.configuration.services` prints"


def test_module_prints_the_table() -> None:
    ran = subprocess.run(
        python("-m", "monitor.configuration.services"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout == table() + "\n"


def test_new_service_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(SERVICES["github"], name="acme", title="Acme", address="https://status.acme.example/summary.json")
    monkeypatch.setitem(services.SERVICES, "acme", row)
    (dependency,) = select({"AUTH0_DEPENDENCIES": "acme"}, []).dependencies

    assert dependency.service == row
    assert dependency.blocked is None
    assert "| `acme` | Acme |" in table()
