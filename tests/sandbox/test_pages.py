"""The status pages say what they should, in their own formats, and each fault changes those that it should."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

import sandbox
from tests.drills.pages import MANNERS, PAGE_DRILLS, WHOLE
from tests.sandbox.asking import THREADS, Client, Starting
from tests.sandbox.portrait import told
from tests.sandbox.reading import PAGES, all_said
from tests.sandbox.said import HEALTHY

PATHS = [path for pages in PAGES.values() for path, _ in pages.values()]
FILLED_IN = {
    "AUTH0_STATUS_URL": "domain",
    "AUTH0_DEPENDENCY_FACEBOOK_URL": "component",
    "AUTH0_DEPENDENCY_SALESFORCE_URL": "component",
}
"""Of these addresses the monitor fills in a part."""


def summary(client: Client, service: str) -> Any:
    return client.page(f"{service}/api/v2/summary.json").json()


def test_a_healthy_sandbox_says_so_on_every_page(well: Client) -> None:
    assert all_said(well, at_once=THREADS) == HEALTHY


@pytest.mark.parametrize("fault", PAGE_DRILLS)
def test_a_fault_changes_these_pages_and_no_others(fault: str, started: Starting) -> None:
    changed = PAGE_DRILLS[fault].said
    assert changed
    assert changed.items() & HEALTHY.items() == set()
    client = started(fault)

    assert all_said(client, late=[name for name, said in changed.items() if said == "timeout"]) == HEALTHY | changed
    assert client.get("/testall").text == "OK"


def test_every_shape_of_every_format_can_be_had_at_once(started: Starting) -> None:
    shapes = [name for name in PAGE_DRILLS if name not in WHOLE and name.rpartition("-")[2] not in MANNERS]
    said = all_said(started(*shapes))

    assert said["auth0 feed"] == "Investigating, Identified, In progress, Scheduled, Resolved, Resolved"
    assert said["salesforce"] == "MAJOR_INCIDENT_CORE; Confirmed; Confirmed; Resolved; planned; planned"
    assert "broken" not in said.values()


def test_a_slow_page_is_twenty_seconds_late() -> None:
    from sandbox.faults.pages import LATE

    assert LATE == 20
    assert {f"{format_}-slow" for format_ in PAGES} <= PAGE_DRILLS.keys()


@pytest.mark.parametrize(
    "fault",
    ["certificate-expired", "certificate-wrong-name", "html-instead-of-json", "redirect", "huge-body", "blip", "reset"],
)
def test_faults_of_the_tenant_leave_the_pages_alone(fault: str, started: Starting) -> None:
    assert all_said(started(fault)) == HEALTHY


def test_every_address_in_the_environment_is_answered(well: Client) -> None:
    addresses = {name: value for name, value in well.settings.items() if value.startswith(well.box.pages)}
    parts = {
        name: field for name, url in addresses.items() for _, field, _, _ in string.Formatter().parse(url) if field
    }
    values = {"AUTH0_DEPENDENCY_FACEBOOK_URL": "graph-api", "AUTH0_DEPENDENCY_SALESFORCE_URL": "EU45"}
    paths = {
        name: url.format(domain="a.example", component=values.get(name, "")).removeprefix(f"{well.box.pages}/")
        for name, url in addresses.items()
    }

    assert parts == FILLED_IN
    assert len(addresses) == 37
    assert {name: well.page(path).status_code for name, path in paths.items()} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_that_is_known_is_not_sent_again(path: str, well: Client) -> None:
    first = well.page(path)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    again = well.page(path, headers={"If-None-Match": f'"another", {tag}'})

    assert tag.startswith('"')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert "Content-Length" not in again.headers
    assert well.page(path, headers={"If-Modified-Since": modified}).status_code == 304
    assert well.page(path, headers={"If-None-Match": '"another"', "If-Modified-Since": modified}).content


def test_what_is_ill_is_marked_too(started: Starting) -> None:
    client = started("slack-incident", "heroku-html")
    for path in ("slack/api/v2.0.0/current", "heroku/api/v4/current-status"):
        tag = client.page(path).headers["ETag"]

        assert client.page(path, headers={"If-None-Match": tag}).status_code == 304


def test_pages_may_be_read_only(well: Client) -> None:
    head, post = well.page("auth0/", "HEAD"), well.page("auth0/", "POST")

    assert (head.status_code, head.content) == (200, b"")
    assert (post.status_code, post.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    ["", "github", "github/", "nobody/feed", "auth0", "auth0/api/v2/summary.json", "../test", "statusio/1.0/status/x"],
)
def test_a_page_that_does_not_exist_is_not_found(path: str, well: Client) -> None:
    response = well.page(path)

    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "ETag" not in response.headers


def test_meta_has_a_shell_wherever_it_has_nothing(well: Client) -> None:
    response = well.page("facebook/outage-events-feed-nothing.rss")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_salesforce_knows_one_instance_only(well: Client) -> None:
    response = well.page("salesforce/v1/instances/EU46/status")

    assert (response.status_code, list(response.json())) == (404, ["message"])


@pytest.mark.parametrize("path", ["feed", "rss", "api/rss"])
def test_auth0_wants_to_know_the_tenant(path: str, well: Client) -> None:
    response = well.page(f"auth0/{path}")

    assert (response.status_code, response.text) == (200, "Domain is required.")
    assert response.headers["Content-Type"] == "text/plain"


def test_azure_begins_with_a_newline(well: Client) -> None:
    assert well.page("azure-ad/en-us/status/feed/").text.startswith("\n<?xml ")


def test_resend_leaves_empty_lists_out(well: Client, started: Starting) -> None:
    assert {"incidents", "scheduled_maintenances"}.isdisjoint(summary(well, "resend"))
    assert "incidents" in summary(started("statuspage-incident"), "resend")


def test_twilio_has_groups_and_local_times(well: Client) -> None:
    document = summary(well, "twilio")
    groups = {each["id"]: each["name"] for each in document["components"] if each["group"]}
    members = [(groups[each["group_id"]], each["name"]) for each in document["components"] if not each["group"]]

    assert ("Programmable Messaging", "SMS") in members
    assert ("Carrier Network", "SMS, Europe") in members
    assert document["page"]["updated_at"].endswith("-07:00")


def test_github_has_a_component_that_is_none_and_a_maintenance_to_come(well: Client) -> None:
    document = summary(well, "github")
    begins = datetime.fromisoformat(document["scheduled_maintenances"][0]["scheduled_for"])

    assert document["page"]["name"] == "GitHub"
    assert "Visit www.githubstatus.com for more information" in [each["name"] for each in document["components"]]
    assert timedelta(days=1.9) < begins - datetime.now(UTC) < timedelta(days=2)


def test_an_open_incident_is_hours_old_at_most(started: Starting) -> None:
    client = started("slack-incident", "google-incident", "azure-incident")
    slack = client.page("slack/api/v2.0.0/current").json()["active_incidents"][0]["date_updated"]
    google = client.page("google-cloud/incidents.json").json()[0]
    azure = client.page("azure-ad/en-us/status/feed/").text.rpartition("<pubDate>")[2].partition("</pubDate>")[0]

    assert "end" not in google
    assert azure.endswith(" Z")
    for at in (datetime.fromisoformat(slack), datetime.fromisoformat(google["modified"]), parsedate_to_datetime(azure)):
        assert timedelta() < datetime.now(UTC) - at.astimezone(UTC) < timedelta(hours=1)


def test_a_huge_page_is_as_long_as_it_says(started: Starting) -> None:
    client = started("pages-huge")
    with client.session.get(f"{client.box.pages}/slack/api/v2.0.0/current", timeout=10) as response:
        assert len(response.content) == int(response.headers["Content-Length"]) > 50_000_000


def test_who_asks_for_a_page_is_noted(started: Starting) -> None:
    client = started("meta-empty", delay=0.05)
    client.page("facebook/nothing")
    took = client.page("auth0/feed?domain=a.example").elapsed
    client.page("nobody/")
    asked = client.box.asked

    assert [(each.path, each.status, each.target, each.kind) for each in asked] == [
        ("/status/facebook/nothing", 200, "pages", "facebook"),
        ("/status/auth0/feed", 200, "pages", "auth0"),
        ("/status/nobody/", 404, "pages", ""),
    ]
    assert took >= timedelta(seconds=0.05)


def test_the_faults_of_all_pages_are_told_of_here() -> None:
    formats = {*PAGES, "pages"}

    assert {name for name in sandbox.known_faults() if name.partition("-")[0] in formats} == PAGE_DRILLS.keys()


def test_all_of_them_together_say_nothing(started: Starting) -> None:
    client = started(*PAGE_DRILLS)
    client.timeout = 0.5

    assert told(lambda: str(client.page("slack/api/v2.0.0/current").status_code)) == "timeout"
