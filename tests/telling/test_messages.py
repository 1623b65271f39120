"""What a message says, and in which order: what is ill, for whom, since when, whose work; then evidence; then links."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor import history
from monitor.configuration import settings
from monitor.owners import Owner
from monitor.reports import runbook
from monitor.secrets import Scrubber
from monitor.telling import background, by_apprise, sentences
from monitor.telling.commands import Telling
from monitor.telling.message import Event, Message
from monitor.text import minute
from tests.reports import runs
from tests.telling.desk import Desk, cause
from tests.telling.past import Ill, Past

SECTION = "docs/runbook.md#connection"


def opened(said: str = "", tenants: tuple[str, ...] = ("prod",), **more: object) -> Message:
    past = Past()
    for _ in range(2):
        past.run(Ill(Owner.EXTENSION, tenants, said=said), tenants=tenants)
    (incident,) = past.incidents()
    return sentences.message(incident, Event.OPENED, now=0.0, background=sentences.Background(**more))  # type: ignore[arg-type]


def test_first_line_is_what_for_whom_since_when_and_whose_work() -> None:
    message = opened("the connection users is broken")
    past = minute(1_795_381_200.0)

    assert message.headline == f"DOWN: prod: the connection users is broken; since {past}; extension, likely"


def test_first_line_ends_with_whose_work_it_is_however_much_there_is_to_say() -> None:
    message = opened("it is broken, " * 100, tuple(f"tenant-{number}" * 5 for number in range(9)))

    assert len(message.headline) <= sentences.HEADLINE
    assert "…; since " in message.headline
    assert message.headline.endswith("; extension, likely")


def test_evidence_stands_before_the_links_and_the_incidents_name_last(desk: Desk) -> None:
    for number in range(2):
        desk.run(cause(), link=f"https://ci.example/runs/{number}")
    desk.tell(AUTH0_RUNBOOK_URL="https://wiki.example/login")
    lines = desk.messages[0]["message"].splitlines()
    words = [line.partition(":")[0] for line in lines if line and not line.startswith("but")]

    assert words[:-1] == ["cause", "targets", "since", "say", "seen", "run", "last change", "runbook", "Auth0's status"]
    assert lines[-1].startswith("prod: down since ")
    assert "runbook: https://wiki.example/login#connection" in lines
    assert "Auth0's status: https://status.auth0.com/?domain=prod.example" in lines


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, ""),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/login"}, "https://wiki.example/login#connection"),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/login#top"}, "https://wiki.example/login#connection"),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/{section}.html"}, "https://wiki.example/connection.html"),
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/watch"},
            f"https://github.com/acme/watch/blob/HEAD/{SECTION}",
        ),
        ({"MONITOR_SITE_URL": "https://status.example/"}, "https://status.example/runbook.html#connection"),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "a/b",
                "MONITOR_SITE_URL": "https://status.example",
            },
            "https://status.example/runbook.html#connection",
        ),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "a/b",
                "MONITOR_SITE_URL": "https://status.example",
                "AUTH0_RUNBOOK_URL": "https://wiki.example/x",
            },
            "https://wiki.example/x#connection",
        ),
    ],
    ids=["none", "page", "page-with-a-section", "place", "github", "site", "site-before-github", "own-before-all"],
)
def test_runbooks_section_is_found_where_the_runbook_is(values: Mapping[str, str], address: str) -> None:
    assert runbook.address(values, SECTION) == address


@pytest.mark.parametrize(
    ("values", "page"),
    [
        ({}, "https://status.auth0.com/?domain=prod.example"),
        ({"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example"}, "https://status.auth0.com/?domain=own.example"),
        (
            {"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example", "AUTH0_STATUS_PAGE": "https://status.example/"},
            "https://status.example/",
        ),
        (
            {"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example", "AUTH0_STATUS_URL": "https://x.example/feed"},
            "",
        ),
    ],
    ids=["by-the-run", "by-the-settings", "own-page", "private-environment"],
)
def test_auth0s_status_is_that_of_the_tenant(values: Mapping[str, str], page: str) -> None:
    run = runs.run(runs.verdict(target="prod"), tenants=("prod",))

    assert background.status_pages(values, run)["prod"] == page


def test_secret_that_is_a_tenants_name_mangles_no_name_of_ours(desk: Desk, tmp_path: Path) -> None:
    """What came from outside is scrubbed of it, as of any other."""
    scrubber = Scrubber()
    settings.load(
        {"AUTH0_PASSWORD": "prod", "AUTH0_CLIENT_SECRET": "a-secret-that-came-back-in-an-error"}, scrubber, tmp_path
    )
    for _ in range(2):
        desk.run(cause(sentence="it says a-secret-that-came-back-in-an-error"))
    done = Telling({**desk.values, "AUTH0_ISSUES": ""}, scrubber.scrub)
    done.tell(history.read(desk.file), desk.file, desk.reports)
    said = desk.messages[0]

    assert said["title"].replace("\u200b", "").startswith("DOWN: prod: it says ***; since ")
    assert said["message"].splitlines()[-1].startswith("prod: down since ")
    assert "a-secret-that" not in said["title"] + said["message"]


def test_text_shows_a_link_as_its_address() -> None:
    text = by_apprise.text(opened(runbook=lambda section: f"https://wiki.example/{section}"))

    assert f"runbook: https://wiki.example/{SECTION}" in text
