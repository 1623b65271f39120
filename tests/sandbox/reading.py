"""What the status pages say, in a few words each."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import requests

from monitor.configuration.services import SERVICES
from tests.sandbox.asking import FEW, SHORT, THREADS, Client
from tests.sandbox.portrait import told

ATOM = "{http://www.w3.org/2005/Atom}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
NEXT_DATA = re.compile(r'<script id="__NEXT_DATA__" type="application/json">(.*)</script></body></html>\n', re.DOTALL)


def read(response: requests.Response, say: Callable[[Any], str]) -> str:
    """What is said there, if it can be read at all."""
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if response.status_code != 200:
        return str(response.status_code)
    if int(response.headers.get("Age", "0")) > 86_400:
        return "an old copy"
    for mark, word in {b"Guest Wi-Fi": "portal", b"<!ENTITY": "bomb"}.items():
        if mark in response.content:
            return word
    try:
        return say(ET.fromstring(response.content.strip()) if kind.endswith("xml") else response)  # noqa: S314 -- ours
    except RecursionError:
        return "bomb"
    except (ValueError, ET.ParseError):
        return "broken" if response.content else "empty"


def _json(response: requests.Response) -> Any:
    assert "application/json" in response.headers["Content-Type"]
    return json.loads(response.content.decode(response.encoding or "utf-8"))


def _text(element: ET.Element | None) -> str:
    return element.text or "" if element is not None else ""


def _titles(root: ET.Element) -> str:
    return ", ".join(_text(item.find("title")) for item in root.iter("item")) or "nothing"


def _first(html: str) -> str:
    """The heading of the newest update."""
    return html.partition("<strong>")[2].partition("</strong>")[0]


def atom(root: ET.Element) -> str:
    return ", ".join(_first(_text(entry.find(f"{ATOM}content"))) for entry in root.iter(f"{ATOM}entry"))


def encoded(root: ET.Element) -> str:
    assert [item for item in root.iter("item") if item.find("description") is not None] == []
    return ", ".join(_first(_text(item.find(ENCODED))) for item in root.iter("item"))


def azure(root: ET.Element) -> str:
    assert _text(root.find("channel/title")) == "Azure Status"
    assert _text(root.find("channel/lastBuildDate")).endswith(" Z")
    return ", ".join(_text(category) for category in root.iter("category")) or "nothing"


def statuspage(response: requests.Response) -> str:
    summary = _json(response)
    ill = [f"{each['name']} {each['status']}" for each in summary["components"] if each["status"] != "operational"]
    listed = [*summary.get("incidents", []), *summary.get("scheduled_maintenances", [])]
    incidents = [f"{each['impact']} {each['status']}" for each in listed]
    return "; ".join([summary["status"]["indicator"], *ill, *incidents])


def aws(response: requests.Response) -> str:
    events = json.loads(response.content.decode("utf-16"))
    assert response.content.startswith(b"\xfe\xff")
    assert response.headers["Content-Type"] == "application/json; charset=utf-16"
    assert [event["service"] for event in events if (event["status"] == "0") != ("end_time" in event)] == []
    return ", ".join(f"{event['service'].partition('-')[2]} {event['status']}" for event in events)


def google(response: requests.Response) -> str:
    incidents = _json(response)
    now = [each for each in incidents if not each.get("end")]
    told_of = [f"{each['affected_products'][0]['title']} {each['status_impact']} {each['severity']}" for each in now]
    return "; ".join([*told_of, f"{len(incidents) - len(now)} over"])


def home(response: requests.Response) -> str:
    found = NEXT_DATA.search(response.text)
    if not found:
        raise ValueError("there is nothing for a script to draw")
    regions = json.loads(found[1])["props"]["pageProps"]["activeIncidents"]
    incidents = [(region["region"], each) for region in regions for each in region["response"]["incidents"]]
    ill = [
        f"{region} {each['status']} {each['impact']}{' authentication' * each['authenticationAffected']}"
        for region, each in incidents
        if each["id"]
    ]
    return "; ".join([f"{len(regions)} regions", *ill])


def uptime(response: requests.Response) -> str:
    regions = _json(response)
    assert all(each.keys() == {"region", "environment", "uptime"} for each in regions)
    return ", ".join(f"{each['region']} {each['uptime']}" for each in regions if each["uptime"] != "99.999")


def report(response: requests.Response) -> str:
    if "</html>" not in response.text:
        raise ValueError("the report ends in the middle")
    return ", ".join(each for each in re.findall(r"\S+ [\d.]+ %", response.text) if "99.999" not in each)


def slack(response: requests.Response) -> str:
    current = _json(response)
    return "; ".join([current["status"], *(f"{each['type']} {each['status']}" for each in current["active_incidents"])])


def salesforce(response: requests.Response) -> str:
    instance = _json(response)
    incidents = [each["status"] for each in instance["Incidents"]]
    return "; ".join([instance["status"], *incidents, *("planned" for _ in instance["Maintenances"])])


def heroku(response: requests.Response) -> str:
    status = _json(response)
    colours = " ".join(each["status"] for each in status["status"])
    return "; ".join([colours, *(each["state"] for each in (*status["incidents"], *status["scheduled"]))])


def statusio(response: requests.Response) -> str:
    page = _json(response)["result"]
    incidents = [f"incident {each['messages'][0]['status']}" for each in page["incidents"]]
    planned = [name for name in ("active", "upcoming") for _ in page["maintenance"][name]]
    return "; ".join([str(page["status_overall"]["status_code"]), *incidents, *planned])


def orgs(response: requests.Response) -> str:
    return ", ".join(f"{org['id']} {org['services'][0]['status']}" for org in _json(response))


def instatus(response: requests.Response) -> str:
    summary = _json(response)
    incidents = [f"{each['impact']} {each['status']}" for each in summary.get("activeIncidents", [])]
    return "; ".join(
        [summary["page"]["status"], *incidents, *(e["status"] for e in summary.get("activeMaintenances", []))]
    )


def first_component(response: requests.Response) -> str:
    return str(_json(response)["components"][0]["status"])


def better_stack(response: requests.Response) -> str:
    document = _json(response)
    reports = [each["attributes"] for each in document["included"] if each["type"] == "status_report"]
    return "; ".join(
        [document["data"]["attributes"]["aggregate_state"], *(each["aggregate_state"] for each in reports)]
    )


def sorry(response: requests.Response) -> str:
    return str(_json(response)["page"]["state"])


def states(response: requests.Response) -> str:
    document = _json(response)
    listed = document["components"] if "components" in document else document["notices"]
    return ", ".join(each["state"] for each in listed) or "nothing"


def apple(response: requests.Response) -> str:
    services = {each["serviceName"]: each["events"] for each in json.loads(response.text)["services"]}
    told = [f"{each['statusType']} {each['eventStatus']}" for each in services.pop("Sign in with Apple")]
    assert not any(services.values())
    return ", ".join(told) or "nothing"


def post(response: requests.Response) -> str:
    return str(_json(response)["Status"])


def kuma(response: requests.Response) -> str:
    return ", ".join(each["status"] for each in _json(response)["maintenanceList"]) or "nothing"


def beats(response: requests.Response) -> str:
    return " ".join(str(beat["status"]) for beat in _json(response)["heartbeatList"]["1"])


def cachet(response: requests.Response) -> str:
    return ", ".join(str(each.get("human_status", each["status"])) for each in _json(response)["data"]) or "nothing"


def rootly(response: requests.Response) -> str:
    summary = _json(response)
    return "; ".join([summary["status"]["indicator"], *(f"{e['impact']} {e['status']}" for e in summary["incidents"])])


def health(response: requests.Response) -> str:
    return str(_json(response)["status"])


Page = tuple[str, Callable[[Any], str]]
SUMMARY = "api/v2/summary.json"
PAGES: Mapping[str, dict[str, Page]] = {
    "statuspage": {
        name: (f"{name}/{SUMMARY}", statuspage)
        for name, service in SERVICES.items()
        if service.format == "statuspage" and service.address
    },
    "aws": {
        "aws": ("aws/public/currentevents", aws),
        "aws feed": ("aws/rss/all.rss", _titles),
        "ses": ("ses/public/currentevents", aws),
    },
    "azure": {
        "azure": ("azure-ad/en-us/status/feed/", azure),
        "m365": ("microsoft-365/en-us/status/feed/", azure),
    },
    "google": {
        "workspace": ("google-workspace/appsstatus/dashboard/incidents.json", google),
        "cloud": ("google-cloud/incidents.json", google),
    },
    "meta": {
        "login": ("facebook/outage-events-feed-facebook-login.rss", _titles),
        "graph": ("facebook/outage-events-feed-graph-api.rss", _titles),
        "orgs": ("facebook/data/orgs.json", orgs),
    },
    "auth0": {
        "auth0 feed": ("auth0/feed?domain=a.example", atom),
        "auth0 rss": ("auth0/rss?domain=a.example", encoded),
        "auth0 api rss": ("auth0/api/rss?domain=a.example", encoded),
        "auth0 home": ("auth0/", home),
        "auth0 uptime": ("auth0/api/uptime", uptime),
        "auth0 report": ("auth0-uptime/", report),
    },
    "slack": {"slack": ("slack/api/v2.0.0/current", slack)},
    "salesforce": {"salesforce": ("salesforce/v1/instances/EU45/status", salesforce)},
    "heroku": {"heroku": ("heroku/api/v4/current-status", heroku)},
    "statusio": {"statusio": ("statusio/1.0/status/sandboxpage", statusio)},
    "feed": {
        "ibm": ("ibm/status/api/notifications/feed.rss", _titles),
        "okta": ("okta/OktaTrustRSS", _titles),
        "atom": ("atom/feed.atom", atom),
    },
    "instatus": {
        "instatus": ("instatus/summary.json", instatus),
        "instatus parts": ("instatus/v2/components.json", first_component),
    },
    "betterstack": {"betterstack": ("betterstack/index.json", better_stack)},
    "sorry": {
        "sorry": ("postmark/api/v1/status", sorry),
        "sorry parts": ("postmark/api/v1/components", states),
        "sorry notices": ("postmark/api/v1/notices", states),
    },
    "apple": {"apple": ("apple/support/systemstatus/data/system_status_en_US.js", apple)},
    "microsoft": {"post": ("posts/api/posts/azure", post)},
    "kuma": {
        "kuma": ("kuma/api/status-page/sandbox", kuma),
        "kuma beats": ("kuma/api/status-page/heartbeat/sandbox", beats),
    },
    "cachet": {
        "cachet": ("cachet/api/v1/components", cachet),
        "cachet incidents": ("cachet/api/v1/incidents", cachet),
        "cachet schedules": ("cachet/api/v1/schedules", cachet),
    },
    "rootly": {"rootly": ("rootly/api/v1/status.json", rootly)},
    "api": {"api": ("api/actuator/health", health)},
}
"""Every page that there is, by format; in Statuspage's, of each service whose page the monitor reads."""


def all_said(client: Client, *, late: Collection[str] = (), at_once: int = FEW) -> Mapping[str, str]:
    """What each page of this sandbox says, asked so many at once; for those that are ``late`` nobody waits long."""

    def say(name: str, page: Page) -> str:
        return read(client.page(page[0], timeout=SHORT if name in late else client.timeout), page[1])

    pages = {name: page for each in PAGES.values() for name, page in each.items()}
    with ThreadPoolExecutor(THREADS if late else at_once) as pool:
        asked = {name: pool.submit(told, partial(say, name, page)) for name, page in pages.items()}
        return {name: answer.result() for name, answer in asked.items()}
