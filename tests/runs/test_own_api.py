"""An API of the user's own, behind an Action: a run in which it is down names it, and ends as with other services."""

from __future__ import annotations

from pathlib import Path

import pytest

import sandbox
from tests.runs.conftest import Run
from tests.suite import NOWHERE, Performance

NAME = "acme-api"
HEALTH = "/api/actuator/health"


def performed(folder: Path, *faults: str, address: str = "", **variables: str) -> Performance:
    with sandbox.start(faults) as box:
        own = {"AUTH0_DEPENDENCIES": "github,acme-api", "AUTH0_DEPENDENCY_ACME_API_URL": address or box.pages + HEALTH}
        return Run(box, folder)(**(own | variables))


def sentence(performance: Performance) -> str:
    return str(performance.document["diagnosis"]["sentence"])


def causes(performance: Performance) -> list[tuple[str, str]]:
    return [(each["rule"], each["owner"]) for each in performance.document["diagnosis"]["causes"]]


def test_api_that_is_down_alone_makes_the_run_degraded_and_is_named(tmp_path: Path) -> None:
    performance = performed(tmp_path, "api-incident")

    assert performance.verdicts["service_reports_no_incident", NAME]["status"] == "down"
    assert causes(performance) == [("api", "upstream")]
    assert NAME in sentence(performance)
    assert (performance.run["status"], performance.code) == ("degraded", 0)


def test_login_that_breaks_with_the_api_is_the_apis_by_its_name(tmp_path: Path) -> None:
    performance = performed(tmp_path, "login-500", "api-incident")

    assert causes(performance) == [("api-behind", "upstream")]
    assert NAME in sentence(performance)
    assert (performance.run["status"], performance.code) == ("down", 1)


def test_login_that_breaks_beside_an_api_that_is_well_is_an_extensions(tmp_path: Path) -> None:
    performance = performed(tmp_path, "login-500")

    assert [owner for _, owner in causes(performance)] == ["extension"]
    assert performance.verdicts["service_reports_no_incident", NAME]["status"] == "up"
    assert performance.code == 1


@pytest.mark.parametrize("form", ["", "answer", "health"])
def test_connection_that_is_refused_is_an_api_that_is_down_whatever_it_is_called(form: str, tmp_path: Path) -> None:
    named = {"AUTH0_DEPENDENCY_ACME_API_FORMAT": form} if form else {}
    performance = performed(tmp_path, address=f"{NOWHERE}/health", **named)

    verdict = performance.verdicts["service_reports_no_incident", NAME]
    assert (verdict["status"], verdict["failure"]) == ("down", "ApiFails")
    assert NAME in sentence(performance)
    assert (performance.run["status"], performance.code) == ("degraded", 0)


def test_cause_that_the_tenant_itself_tells_stays_and_the_api_is_named_beside_it(tmp_path: Path) -> None:
    performance = performed(tmp_path, "login-refused", "api-incident")

    assert {owner for _, owner in causes(performance)} == {"configuration", "upstream"}
    assert f"{NAME} is down" in sentence(performance)
