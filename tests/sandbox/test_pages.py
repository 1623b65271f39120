"""The status pages say what they should, in their own formats, and each fault changes those that it should."""

from __future__ import annotations

import json
import string
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

import sandbox
from tests.drills.pages import MANNERS, PAGE_DRILLS, WHOLE
from tests.sandbox.asking import THREADS, Client, Starting
from tests.sandbox.portrait import told
from tests.sandbox.reading import ATOM, NEXT_DATA, PAGES, all_said
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


# When things began and ended, by every format.


@dataclass(frozen=True)
class Busy:
    """A client of a sandbox in which everything has an incident, something that is over, and what is planned."""

    client: Client
    begun: datetime

    @property
    def now(self) -> datetime:
        """From when the pages are told: the start, or whole hours after."""
        return self.begun + (datetime.now(UTC) - self.begun) // timedelta(hours=1) * timedelta(hours=1)


@pytest.fixture(scope="module")
def busy() -> Iterator[Busy]:
    shapes = ("incident", "minor", "maintenance", "future", "resolved")
    names = [name for name in PAGE_DRILLS if name.rpartition("-")[2] in shapes and not name.startswith("pages-")]
    with sandbox.start(names) as box:
        client = Client(box)
        yield Busy(client, datetime.now(UTC))
        client.close()


def hours(at: Any, now: datetime) -> float | None:
    """How many hours from now that is, however it is written."""
    if at is None:
        return None
    if isinstance(at, str) and at.isdigit():
        at = int(at)
    if isinstance(at, int):
        moment = datetime.fromtimestamp(at / 1000 if at > 1e11 else at, UTC)
    elif at[:3].isalpha():
        moment = parsedate_to_datetime(at.removesuffix("Z") + "+0000" if at.endswith("Z") else at)
    elif "/" in at:
        moment = datetime.strptime(at.removesuffix(" PDT") + "-0700", "%m/%d/%Y %H:%M%z")
    else:
        moment = datetime.fromisoformat(at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round((moment - now).total_seconds() / 3600, 1) + 0.0


def picked(each: Any, *names: str) -> list[Any]:
    return [each.get(name) for name in names]


def items(root: Any) -> list[dict[str, str]]:
    """The items of a feed, each by the names of what it has."""
    found = [*root.iter("item"), *root.iter(f"{ATOM}entry")]
    return [{part.tag.removeprefix(ATOM): part.text or "" for part in each} for each in found]


def of_home(response: Any) -> Any:
    found = NEXT_DATA.search(response.text)
    assert found
    regions = json.loads(found[1])["props"]["pageProps"]["activeIncidents"]
    return next(each["response"]["incidents"] for each in regions if each["region"] == "EU-1")


def included(document: Any, kind: str) -> list[Any]:
    return [each["attributes"] for each in document["included"] if each["type"] == kind]


ISSUED = ("created_at", "started_at", "updated_at", "resolved_at")
PLANNED = ("scheduled_for", "scheduled_until")
TIMES: dict[str, tuple[str, Callable[[Any], list[Any]], list[float | None]]] = {
    "statuspage": (
        "github/api/v2/summary.json",
        lambda d: [
            *picked(d["incidents"][0], *ISSUED),
            *picked(d["incidents"][-1], *ISSUED),
            *picked(d["scheduled_maintenances"][0], *PLANNED),
            *picked(d["scheduled_maintenances"][1], *PLANNED),
            d["incidents"][0]["incident_updates"][0]["created_at"],
            d["incidents"][0]["incident_updates"][1]["display_at"],
        ],
        [-0.5, -0.5, -0.1, None, -26, -26, -24, -24, -0.6, 1.4, 48, 50, -0.1, -0.5],
    ),
    "statuspage in local time": (
        "twilio/api/v2/summary.json",
        lambda d: [*picked(d["incidents"][0], *ISSUED), *picked(d["scheduled_maintenances"][0], *PLANNED)],
        [-0.5, -0.5, -0.1, None, -0.6, 1.4],
    ),
    "aws": (
        "aws/public/currentevents",
        lambda d: [
            *picked(d[0], "date", "end_time"),
            *(each["timestamp"] for each in d[0]["event_log"]),
            *picked(next(each for each in d if each["status"] == "0"), "date", "end_time"),
        ],
        [-0.5, None, -0.5, -0.1, -26, -24],
    ),
    "aws feed": (
        "aws/rss/all.rss",
        lambda d: [each["pubDate"].replace("PDT", "-0700") for each in items(d)[:2]],
        [-0.1, -0.2],
    ),
    "azure": ("azure-ad/en-us/status/feed/", lambda d: [items(d)[0]["pubDate"]], [-0.1]),
    "google": (
        "google-cloud/incidents.json",
        lambda d: [
            *picked(d[0], "begin", "created", "modified", "end"),
            *(each["when"] for each in d[0]["updates"]),
            *picked(next(each for each in d if each.get("end")), "begin", "modified", "end"),
        ],
        [-0.5, -0.5, -0.1, None, -0.1, -0.5, -26, -24, -24],
    ),
    "meta": (
        "facebook/outage-events-feed-facebook-login.rss",
        lambda d: [e["pubDate"] for e in items(d)[:2]],
        [-0.1, -0.2],
    ),
    "auth0 feed": (
        "auth0/feed?domain=a.example",
        lambda d: [items(d)[0]["published"], items(d)[0]["updated"], items(d)[-1]["updated"]],
        [-0.5, -0.1, -24 - 480],
    ),
    "auth0 rss": ("auth0/rss?domain=a.example", lambda d: [items(d)[0]["pubDate"]], [-0.1]),
    "auth0 home": (
        "auth0/",
        lambda d: [at for each in d for at in picked(each, "updated_at", "resolved_at", "scheduled_for")],
        [-0.1, None, None, -0.2, None, None, -0.6, None, -0.6, -72, None, 48, -24, -24, None],
    ),
    "slack": (
        "slack/api/v2.0.0/current",
        lambda d: [
            d["date_updated"],
            *picked(d["active_incidents"][0], "date_created", "date_updated"),
            d["active_incidents"][0]["notes"][1]["date_created"],
        ],
        [-0.1, -0.5, -0.1, -0.5],
    ),
    "salesforce": (
        "salesforce/v1/instances/EU45/status",
        lambda d: [
            *picked(d["Incidents"][0], "createdAt", "updatedAt"),
            *picked(d["Incidents"][0]["IncidentImpacts"][0], "startTime", "endTime"),
            *picked(d["Incidents"][-1]["IncidentImpacts"][0], "startTime", "endTime"),
            *picked(d["Maintenances"][0], "plannedStartTime", "plannedEndTime"),
        ],
        [-0.5, -0.1, -0.5, None, -26, -24, -0.6, 1.4],
    ),
    "heroku": (
        "heroku/api/v4/current-status",
        lambda d: [
            *picked(d["incidents"][0], "created_at", "updated_at", "resolved_at"),
            *picked(d["incidents"][-1], "created_at", "updated_at", "resolved_at"),
            *picked(d["scheduled"][0], "scheduled_for", "scheduled_until"),
        ],
        [-0.5, -0.1, None, -26, -24, -24, 48, 50],
    ),
    "statusio": (
        "statusio/1.0/status/sandboxpage",
        lambda d: [
            *picked(d["result"]["incidents"][0], "datetime_open", "datetime_resolved"),
            *picked(d["result"]["incidents"][-1], "datetime_open", "datetime_resolved"),
            *picked(d["result"]["maintenance"]["active"][0], "datetime_planned_start", "datetime_planned_end"),
            *picked(d["result"]["maintenance"]["upcoming"][0], "datetime_planned_start", "datetime_planned_end"),
        ],
        [-0.5, None, -26, -24, -0.6, 1.4, 48, 50],
    ),
    "atom": (
        "atom/feed.atom",
        lambda d: [*picked(items(d)[0], "published", "updated"), *picked(items(d)[1], "published", "updated")],
        [-0.5, -0.1, -26, -24],
    ),
    "ibm": ("ibm/status/api/notifications/feed.rss", lambda d: [items(d)[0]["pubDate"]], [-0.1]),
    "okta": ("okta/OktaTrustRSS", lambda d: [items(d)[0]["pubDate"], items(d)[1]["pubDate"]], [-0.1, -24]),
    "instatus": (
        "instatus/summary.json",
        lambda d: [
            *picked(d["activeIncidents"][0], "started", "updatedAt"),
            *(each["start"] for each in d["activeMaintenances"]),
        ],
        [-0.5, -0.1, -0.6, 48],
    ),
    "betterstack": (
        "betterstack/index.json",
        lambda d: [at for each in included(d, "status_report") for at in picked(each, "starts_at", "ends_at")],
        [-0.5, None, -0.5, None, -0.6, 1.4, 48, 50, -26, -24],
    ),
    "sorry": (
        "postmark/api/v1/notices",
        lambda d: [
            at
            for each in d["notices"]
            for at in picked(each, "began_at", "ended_at", "begins_at", "ends_at", "updated_at")
        ],
        [
            *(-0.5, None, None, None, -0.1),
            *(-0.6, None, -0.6, 1.4, -0.6),
            *(None, None, 48, 50, -72),
            *(-26, -24, None, None, -24),
        ],
    ),
    "apple": (
        "apple/support/systemstatus/data/system_status_en_US.js",
        lambda d: [
            at
            for each in d["services"][1]["events"]
            for at in picked(each, "epochStartDate", "epochEndDate", "datePosted")
        ],
        [-0.5, None, -0.1, -0.5, None, -0.2, -0.6, 1.4, -0.6, 48, 50, -72, -26, -24, -24],
    ),
    "microsoft": (
        "posts/api/posts/azure",
        lambda d: picked(d, "AuthoredDateTime", "InternalDateTime", "LastUpdatedTime"),
        [-48, 0, 0],
    ),
    "kuma": (
        "kuma/api/status-page/sandbox",
        lambda d: [
            at for each in d["maintenanceList"] for at in picked(each["timeslotList"][0], "startDate", "endDate")
        ],
        [-0.6, 1.4, 48, 50],
    ),
    "kuma beats": (
        "kuma/api/status-page/heartbeat/sandbox",
        lambda d: [each["time"] for each in d["heartbeatList"]["1"]],
        [-0.5, 0],
    ),
    "cachet": (
        "cachet/api/v1/incidents",
        lambda d: [at for each in d["data"] for at in picked(each, "occurred_at", "created_at", "updated_at")],
        [-0.5, -0.5, -0.1, -0.5, -0.5, -0.2, -26, -26, -24],
    ),
    "cachet schedules": (
        "cachet/api/v1/schedules",
        lambda d: [at for each in d["data"] for at in picked(each, "scheduled_at", "completed_at", "updated_at")],
        [48, None, -72],
    ),
    "rootly": (
        "rootly/api/v1/status.json",
        lambda d: [at for each in d["incidents"] for at in picked(each, "started_at", "resolved_at")],
        [-0.5, None, -0.5, None, -26, -24],
    ),
}
"""Of each page, the times of what it tells, and how many hours from now these are."""


def parsed(response: Any) -> Any:
    if "__NEXT_DATA__" in response.text:
        return of_home(response)
    if "xml" in response.headers["Content-Type"]:
        return ET.fromstring(response.content.strip())  # noqa: S314 -- ours
    return json.loads(response.content.decode("utf-16" if "utf-16" in response.headers["Content-Type"] else "utf-8"))


@pytest.mark.parametrize("page", TIMES)
def test_each_time_on_a_page_is_that_of_its_event(busy: Busy, page: str) -> None:
    path, times, expected = TIMES[page]
    found = [hours(at, busy.now) for at in times(parsed(busy.client.page(path)))]

    assert len(found) == len(expected)
    assert [(at, wanted) for at, wanted in zip(found, expected, strict=True) if (at is None) != (wanted is None)] == []
    assert [
        (at, wanted)
        for at, wanted in zip(found, expected, strict=True)
        if at is not None and wanted is not None and abs(at - wanted) > 0.11
    ] == []


# What is said of each event, beside its times.


TOLD: dict[str, tuple[str, Callable[[Any], Any], Any]] = {
    "statuspage, an update": (
        "github/api/v2/summary.json",
        lambda d: [
            [
                each["status"],
                each["affected_components"] and picked(each["affected_components"][0], "name", "new_status"),
            ]
            for each in d["incidents"][0]["incident_updates"]
        ],
        [["investigating", ["API Requests", "major_outage"]], ["investigating", None]],
    ),
    "statuspage, whom it concerns": (
        "github/api/v2/summary.json",
        lambda d: [each["components"][0]["name"] for each in (*d["incidents"], *d["scheduled_maintenances"])],
        [*["API Requests"] * 5, "Actions"],
    ),
    "statuspage, how bad": (
        "github/api/v2/summary.json",
        lambda d: [each["impact"] for each in (*d["incidents"], *d["scheduled_maintenances"])],
        ["critical", "minor", "minor", "maintenance", "maintenance", "maintenance"],
    ),
    "statuspage, a group": (
        "twilio/api/v2/summary.json",
        lambda d: {each["name"]: each["status"] for each in d["components"] if each["group"]},
        {
            "Programmable Messaging": "major_outage",
            "Authy": "operational",
            "Twilio Platform": "operational",
            "Carrier Network": "operational",
        },
    ),
    "statuspage, the whole": (
        "duo/api/v2/summary.json",
        lambda d: [d["page"]["name"], d["status"]["indicator"], len({each["id"] for each in d["components"]})],
        ["Duo", "major", 5],
    ),
    "aws": (
        "aws/public/currentevents",
        lambda d: [[e["region_name"], sorted(e["impacted_services"]), e["summary"][:10]] for e in (d[0], d[-2], d[-1])],
        [
            ["N. Virginia", [f"{name}-us-east-1" for name in ("iam", "lambda", "ses")], "Most reque"],
            ["N. Virginia", [f"{name}-us-east-1" for name in ("iam", "lambda", "ses")], "[RESOLVED]"],
            ["UAE", [f"{name}-me-central-1" for name in ("iam", "lambda", "ses")], "Most reque"],
        ],
    ),
    "aws, how bad": (
        "aws/public/currentevents",
        lambda d: [
            [e["status"], *(next(iter(e["impacted_services"].values()))[of] for of in ("current", "max"))] for e in d
        ],
        [["3", "3", "3"], ["2", "2", "2"], ["1", "1", "1"], ["0", "0", "1"], ["0", "0", "1"], ["3", "3", "3"]],
    ),
    "google, an update": (
        "google-cloud/incidents.json",
        lambda d: [[u["status"] for u in e["updates"]] + [e["most_recent_update"] == e["updates"][0]] for e in d[:3]],
        [
            ["SERVICE_OUTAGE", "SERVICE_OUTAGE", True],
            ["SERVICE_DISRUPTION", "SERVICE_DISRUPTION", True],
            ["AVAILABLE", "SERVICE_INFORMATION", "SERVICE_INFORMATION", True],
        ],
    ),
    "google, how bad": (
        "google-workspace/appsstatus/dashboard/incidents.json",
        lambda d: [[each["service_name"], each["severity"], each["status_impact"], "end" in each] for each in d[:3]],
        [
            ["Gmail", "high", "SERVICE_OUTAGE", False],
            ["Gmail", "medium", "SERVICE_DISRUPTION", True],
            ["Gmail", "low", "SERVICE_INFORMATION", True],
        ],
    ),
    "meta": (
        "facebook/outage-events-feed-facebook-login.rss",
        lambda d: [each["title"] for each in items(d)],
        [f"[{level}]: Facebook Login" for level in ("Major outage", "Some disruptions", "Resolved")],
    ),
    "auth0 home": (
        "auth0/",
        lambda d: [[each["status"], each["impact"], each["authenticationAffected"], each["isPrivate"]] for each in d],
        [
            ["investigating", "critical", True, False],
            ["identified", "minor", False, False],
            ["in_progress", "maintenance", False, False],
            ["scheduled", "maintenance", False, False],
            ["resolved", "minor", False, False],
        ],
    ),
    "auth0 uptime": (
        "auth0/api/uptime",
        lambda d: [[each["environment"], each["uptime"]] for each in d if each["region"] in ("EU-1", "AU")],
        [["Production", "99.871"], ["Production", "99.999"]],
    ),
    "slack": (
        "slack/api/v2.0.0/current",
        lambda d: [[each["type"], each["status"], each["services"]] for each in d["active_incidents"]],
        [
            [kind, state, ["Login/SSO"]]
            for kind, state in (("outage", "active"), ("incident", "active"), ("incident", "resolved"))
        ],
    ),
    "heroku": (
        "heroku/api/v4/current-status",
        lambda d: [
            [each["state"], each["resolved"], each["duration"], each["updates"][0]["status_prod"]]
            for each in (*d["incidents"], *d["scheduled"])
        ],
        [
            ["open", False, None, "red"],
            ["open", False, None, "yellow"],
            ["resolved", True, 7200, "green"],
            ["scheduled", False, None, "green"],
        ],
    ),
    "heroku, the systems": (
        "heroku/api/v4/current-status",
        lambda d: {each["system"]: each["status"] for each in d["status"]},
        {"Apps": "red", "Data": "green", "Tools": "green"},
    ),
    "salesforce": (
        "salesforce/v1/instances/EU45/status",
        lambda d: [
            [each["status"], *picked(each["IncidentImpacts"][0], "type", "severity"), each["instanceKeys"]]
            for each in d["Incidents"]
        ],
        [
            ["Confirmed", "majorFailure", "major", ["EU45"]],
            ["Confirmed", "performanceDegradation", "minor", ["EU45"]],
            ["Resolved", "performanceDegradation", "minor", ["EU45"]],
        ],
    ),
    "salesforce, the instance": (
        "salesforce/v1/instances/EU45/status",
        lambda d: picked(d, "key", "status", "isActive", "environment"),
        ["EU45", "MAJOR_INCIDENT_CORE", True, "production"],
    ),
    "statusio": (
        "statusio/1.0/status/sandboxpage",
        lambda d: [[m["status"], m["state"]] for each in d["result"]["incidents"] for m in each["messages"]],
        [[500, 100], [500, 100], [300, 200], [300, 100], [100, 400], [100, 300], [100, 100]],
    ),
    "statusio, the components": (
        "statusio/1.0/status/sandboxpage",
        lambda d: [
            [each["name"], each["status_code"], each["containers"][0]["status_code"]] for each in d["result"]["status"]
        ],
        [["API", 500, 500], ["Dashboard", 100, 100], ["Website", 100, 100]],
    ),
    "statusio, whom it concerns": (
        "statusio/1.0/status/sandboxpage",
        lambda d: {each["components_affected"][0]["name"] for each in d["result"]["incidents"]},
        {"API"},
    ),
    "instatus": (
        "instatus/summary.json",
        lambda d: [
            [each.get("status"), each.get("impact"), each.get("duration")]
            for each in (*d["activeIncidents"], *d["activeMaintenances"])
        ],
        [
            ["INVESTIGATING", "MAJOROUTAGE", None],
            ["IDENTIFIED", "DEGRADEDPERFORMANCE", None],
            ["RESOLVED", "DEGRADEDPERFORMANCE", None],
            ["INPROGRESS", None, "120"],
            ["NOTSTARTEDYET", None, "120"],
        ],
    ),
    "instatus, the components": (
        "instatus/v2/components.json",
        lambda d: {each["name"]: each["status"] for each in d["components"]},
        {"API": "MAJOROUTAGE", "Dashboard": "OPERATIONAL", "Website": "OPERATIONAL"},
    ),
    "betterstack": (
        "betterstack/index.json",
        lambda d: [
            [e["report_type"], e["aggregate_state"], e["affected_resources"][0]["status"]]
            for e in included(d, "status_report")
        ],
        [
            [kind, state, state]
            for kind, state in (
                ("manual", "downtime"),
                ("manual", "degraded"),
                ("maintenance", "maintenance"),
                ("maintenance", "maintenance"),
                ("manual", "resolved"),
            )
        ],
    ),
    "betterstack, the resources": (
        "betterstack/index.json",
        lambda d: {each["public_name"]: each["status"] for each in included(d, "status_page_resource")},
        {"API": "downtime", "Dashboard": "operational", "Website": "operational"},
    ),
    "betterstack, whom it concerns": (
        "betterstack/index.json",
        lambda d: {
            resource["status_page_resource_id"]
            == next(e["id"] for e in d["included"] if e["attributes"].get("public_name"))
            for each in included(d, "status_report")
            for resource in each["affected_resources"]
        },
        {True},
    ),
    "betterstack, the updates": (
        "betterstack/index.json",
        lambda d: [
            sum(
                update["relationships"]["status_report"]["data"]["id"] == report["id"]
                for update in d["included"]
                if update["type"] == "status_update"
            )
            for report in d["included"]
            if report["type"] == "status_report"
        ],
        [2, 2, 2, 1, 3],
    ),
    "sorry": (
        "postmark/api/v1/notices",
        lambda d: [picked(each, "type", "state", "timeline_state") for each in d["notices"]],
        [
            ["unplanned", "investigating", "present"],
            ["planned", "underway", "present"],
            ["planned", "scheduled", "future"],
            ["unplanned", "resolved", "past"],
        ],
    ),
    "sorry, the components": (
        "postmark/api/v1/components",
        lambda d: {each["name"]: each["state"] for each in d["components"]},
        {"SMTP": "degraded", "Web": "operational"},
    ),
    "apple": (
        "apple/support/systemstatus/data/system_status_en_US.js",
        lambda d: [picked(each, "statusType", "usersAffected", "eventStatus") for each in d["services"][1]["events"]],
        [
            ["Outage", "All users are affected", "ongoing"],
            ["Issue", "Some users are affected", "ongoing"],
            ["Maintenance", "Some users are affected", "ongoing"],
            ["Maintenance", "Some users are affected", "upcoming"],
            ["Issue", "Some users are affected", "resolved"],
        ],
    ),
    "kuma": (
        "kuma/api/status-page/sandbox",
        lambda d: [[each["id"], each["name"]] for group in d["publicGroupList"] for each in group["monitorList"]],
        [[1, "Login API"], [2, "Mails"]],
    ),
    "kuma, the beats": (
        "kuma/api/status-page/heartbeat/sandbox",
        lambda d: {name: [each["status"] for each in beats] for name, beats in d["heartbeatList"].items()},
        {"1": [0, 0], "2": [1, 1]},
    ),
    "kuma, what is planned": (
        "kuma/api/status-page/sandbox",
        lambda d: [picked(each, "status", "active", "strategy") for each in d["maintenanceList"]],
        [["under-maintenance", True, "single"], ["scheduled", True, "single"]],
    ),
    "cachet": (
        "cachet/api/v1/incidents",
        lambda d: [picked(each, "component_id", "component_status", "status", "is_resolved") for each in d["data"]],
        [[1, 4, 1, False], [1, 2, 1, False], [1, 1, 4, True]],
    ),
    "cachet, the components": (
        "cachet/api/v1/components",
        lambda d: [[*picked(each, "id", "name", "status", "status_name")] for each in d["data"]],
        [[1, "API", 4, "Major Outage"], [2, "Dashboard", 1, "Operational"], [3, "Website", 1, "Operational"]],
    ),
    "cachet, the pages": (
        "cachet/api/v1/incidents",
        lambda d: [d["meta"]["pagination"][name] for name in ("total", "count", "current_page", "total_pages")],
        [3, 3, 1, 1],
    ),
    "rootly": (
        "rootly/api/v1/status.json",
        lambda d: [picked(each, "status", "impact") for each in d["incidents"]],
        [["started", "critical"], ["started", "minor"], ["resolved", "minor"]],
    ),
    "microsoft": ("posts/api/posts/azure", lambda d: [d["Status"], bool(d["Title"])], ["Unavailable", True]),
}
"""What the pages tell of an incident, a small trouble, a maintenance, a planned one, and one that is over."""


@pytest.mark.parametrize("told_of", TOLD)
def test_each_event_is_told_of_as_what_it_is(busy: Busy, told_of: str) -> None:
    path, read, expected = TOLD[told_of]

    assert read(parsed(busy.client.page(path))) == expected


def test_the_components_that_a_tenant_needs_are_on_the_pages_of_their_services(well: Client) -> None:
    needed = {
        "github": {"API Requests", "Webhooks", "Git Operations", "Actions"},
        "sendgrid": {"Mail Sending", "SMTP", "API", "Event Webhook"},
        "twilio": {"SMS", "MMS", "Verify", "Lookup", "REST API"},
        "resend": {"API", "Email sending"},
    }

    for service, names in needed.items():
        listed = [each["name"] for each in summary(well, service)["components"]]
        assert names <= set(listed)
        assert len(set(listed)) == len(listed)


def test_an_api_that_is_ill_says_so_with_its_status_and_which_part_it_is(started: Starting) -> None:
    for fault, status, state in (("api-incident", 503, "DOWN"), ("api-minor", 200, "DEGRADED")):
        answer = started(fault).page("api/actuator/health")
        parts = {name: part["status"] for name, part in answer.json()["components"].items()}

        assert (answer.status_code, answer.json()["status"]) == (status, state)
        assert parts == {"db": state, "ping": "UP"}


NAMED: dict[str, Callable[[Any], list[Any]]] = {
    "slack/api/v2.0.0/current": lambda d: d["active_incidents"],
    "github/api/v2/summary.json": lambda d: [*d["incidents"], *d["scheduled_maintenances"]],
    "aws/public/currentevents": lambda d: [{"title": each["summary"], "id": each["arn"]} for each in d],
    "google-cloud/incidents.json": lambda d: [{"title": each["external_desc"], "id": each["id"]} for each in d[:4]],
    "heroku/api/v4/current-status": lambda d: [*d["incidents"], *d["scheduled"]],
    "statusio/1.0/status/sandboxpage": lambda d: [each | {"id": each["_id"]} for each in d["result"]["incidents"]],
    "instatus/summary.json": lambda d: [*d["activeIncidents"], *d["activeMaintenances"]],
    "postmark/api/v1/notices": lambda d: [{"title": each["subject"], "id": each["id"]} for each in d["notices"]],
    "cachet/api/v1/incidents": lambda d: d["data"],
    "auth0/": lambda d: d,
}


@pytest.mark.parametrize("path", NAMED)
def test_each_event_has_a_title_and_an_id_of_its_own_that_stays(busy: Busy, path: str) -> None:
    first, again = (NAMED[path](parsed(busy.client.page(path))) for _ in range(2))
    titles = [each.get("title") or each["name"] for each in first]

    assert first == again
    assert len(first) >= 3
    assert len({each["id"] for each in first}) == len(first)
    assert all(titles)
    assert "{" not in "".join(titles)
    assert titles[0].startswith("Most requests to ")
