"""The doctor reads the status pages when it is asked to: format, freshness, components, and names that fit nothing."""

from __future__ import annotations

from collections import Counter

import sandbox
from monitor.doctor.page_lines import SECTION
from sandbox.box import Sandbox
from tests.doctor.conftest import Doctor


def test_pages_are_read_only_when_that_is_asked_for(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box)

        assert Counter(asked.kind for asked in box.asked) == {"discovery": 1, "test": 1}
    assert told.lines(SECTION, "off") == ["the pages are not read | read each once: python -m monitor.doctor --pages"]
    assert told.code == 0


def test_every_page_is_read_once_and_nobody_logs_in(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box, "--pages", AUTH0_DEPENDENCIES="default,slack")
        asked = Counter(each.kind for each in box.asked)

    assert {asked[name] for name in ("github", "twilio", "sendgrid", "slack", "aws")} == {1}
    assert asked["login"] == 0
    assert told.code == 0
    lines = told.lines(SECTION)
    github = next(line for line in lines if line.startswith("github: "))
    assert github.startswith("github: statuspage; last update 20")
    assert "components Git Operations, " in github
    assert "nothing is wrong with API Requests" in github
    (auth0,) = (line for line in lines if line.startswith("Auth0, of "))
    assert ": auth0; last update 20" in auth0


def test_service_without_a_page_that_a_program_reads_is_off_and_names_its_page(
    doctor: Doctor, healthy: Sandbox
) -> None:
    told = doctor(healthy, "--pages", AUTH0_DEPENDENCIES="mandrill,x")

    off = told.lines(SECTION, "off")
    assert [line.partition(":")[0] for line in off] == ["mandrill", "x"]
    assert "look at https://status.mailchimp.com" in off[0]
    assert "X publishes no status" in off[1]


def test_names_that_fit_nothing_are_told_beside_those_that_there_are(doctor: Doctor, healthy: Sandbox) -> None:
    told = doctor(healthy, "--pages", AUTH0_DEPENDENCY_GITHUB_COMPONENTS="API Requests,API Request,!Pagess")

    assert told.code == 0
    unknown, note = told.lines(SECTION, "note")
    assert "no component of the page fits API Request; it has" in unknown
    assert note.startswith("github: nothing of the page fits API Request, !Pagess | ")
    assert "correct AUTH0_DEPENDENCY_GITHUB_COMPONENTS; it has components Git Operations, " in note


def test_format_that_was_recognised_is_told_with_the_variable_that_keeps_it(doctor: Doctor, healthy: Sandbox) -> None:
    own = {"AUTH0_DEPENDENCY_ACME_URL": f"{healthy.pages}/kuma/api/status-page/sandbox", "AUTH0_DEPENDENCIES": "acme"}
    told = doctor(healthy, "--pages", **own)

    lines = told.lines(SECTION, "ok")
    assert any(line.startswith("acme: kuma; last update 20") for line in lines)
    assert any("AUTH0_DEPENDENCY_ACME_FORMAT=kuma" in line for line in lines)


def test_page_that_cannot_be_read_is_noted_with_why_and_stops_no_run(doctor: Doctor) -> None:
    with sandbox.start(["statuspage-html"]) as box:
        told = doctor(box, "--pages")

    (note,) = told.lines(SECTION, "note")
    assert note.startswith("github: localhost: an HTML page")
    assert "see AUTH0_DEPENDENCY_GITHUB_URL" in note
    assert told.code == 0


def test_page_that_has_stopped_is_noted(doctor: Doctor) -> None:
    with sandbox.start(["pages-stopped"]) as box:
        told = doctor(box, "--pages")

    assert any("it may have stopped" in note for note in told.lines(SECTION, "note") if note.startswith("github"))


def test_api_of_the_users_own_is_noted_where_it_is_down(doctor: Doctor) -> None:
    with sandbox.start(["api-incident"]) as box:
        own = {"AUTH0_DEPENDENCY_ACME_API_URL": f"{box.pages}/api/actuator/health", "AUTH0_DEPENDENCIES": "acme-api"}
        down = doctor(box, "--pages", **own)
    with sandbox.start() as box:
        own = {"AUTH0_DEPENDENCY_ACME_API_URL": f"{box.pages}/api/actuator/health", "AUTH0_DEPENDENCIES": "acme-api"}
        well = doctor(box, "--pages", **own)

    (note,) = down.lines(SECTION, "note")
    assert "answered status 503" in note
    assert any(line.startswith("acme-api: health; answered in ") for line in well.lines(SECTION, "ok"))
