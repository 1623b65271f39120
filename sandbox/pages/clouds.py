"""The pages of AWS, Azure, Google and Meta: each has a format of its own."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_BE
from datetime import datetime
from typing import Any

from sandbox.answers import Answer, html_answer, json_answer, page
from sandbox.pages.feeds import Item, item, rss, rss_answer
from sandbox.pages.scene import PACIFIC, Event, Scene, rfc822

UTF_16 = "application/json; charset=utf-16"
AWS_REGIONS = {
    "us-east-1": "N. Virginia",
    "ap-south-2": "Hyderabad",
    "me-central-1": "UAE",  # which is no name of a region: it stands in the service's suffix only
}
AWS_STATUSES = {
    "incident": ("3", "Service disruption: "),
    "elsewhere": ("3", "Service disruption: "),
    "minor": ("2", "Performance issues: "),
    "maintenance": ("1", "Informational message: "),
    "resolved": ("0", "Service is operating normally: [RESOLVED] "),
}
"""The status of an event, and how its title begins in the feed."""
AZURE_CATEGORIES = {
    "Microsoft Entra ID": ("Microsoft Entra ID", "West Europe"),
    "Azure Kubernetes Service": ("Azure Kubernetes Service", "West US 2"),
}
GOOGLE_PRODUCTS = {
    "google-workspace": ("Gmail", "Admin Console", "Google Drive"),
    "google-cloud": ("Identity Platform", "Google Compute Engine", "Google Kubernetes Engine"),
}
"""What matters first, of an archive that goes round all of them."""
GOOGLE_IMPACTS = {"incident": ("SERVICE_OUTAGE", "high"), "resolved": ("SERVICE_INFORMATION", "low")}
META_LEVELS = {"incident": "Major outage", "minor": "Some disruptions", "resolved": "Resolved"}
META_FEEDS = {
    "outage-events-feed-facebook-login.rss": "Facebook Login",
    "outage-events-feed-graph-api.rss": "Graph API",
}


def aws(scene: Scene, path: str, _: str) -> Answer | None:
    """One event is open for months, far away, and one that is over is always there."""
    events = [
        *scene.events("us-east-1", "ap-south-2"),
        scene.past("us-east-1", 3),
        scene.event("incident", "me-central-1", days=150),
    ]
    if path == "public/currentevents":
        text = json.dumps([_aws_event(event) for event in events])
        return Answer(BOM_UTF16_BE + text.encode("utf-16-be"), content_type=UTF_16)
    if path == "rss/all.rss":
        site = "https://status.aws.example/"
        items = [
            Item(
                f"{site}#multipleservices-{event.what}_{_epoch(event.touched)}",
                AWS_STATUSES[event.shape][1] + event.title,
                event.text,
                event.told,
                event.touched,
            )
            for event in events
        ]
        title = "Amazon Web Services Service Status"
        return rss_answer(rss(title, site, items, now=scene.now, dated=_pacific))
    return None


def _aws_event(event: Event) -> dict[str, Any]:
    status = AWS_STATUSES[event.shape][0]
    ended = {"end_time": str(_epoch(event.over))} if event.over else {}
    summary = f"{'[RESOLVED] ' * (status == '0')}{event.title}"
    names = {"iam": "AWS Identity and Access Management", "lambda": "AWS Lambda", "ses": "Amazon Simple Email Service"}
    return {
        "date": str(_epoch(event.told)),
        "arn": f"arn:aws:health:{event.what}::event/MULTIPLE_SERVICES/OPERATIONAL_ISSUE/{event.id.upper()}",
        "region_name": AWS_REGIONS[event.what],
        "status": status,
        "service": f"multipleservices-{event.what}",
        "service_name": "Multiple services",
        "summary": summary,
        "event_log": [
            {"summary": summary, "message": update.text, "status": 1, "timestamp": _epoch(update.at)}
            for update in reversed(event.updates)
        ],
        "impacted_services": {
            f"{key}-{event.what}": {"service_name": name, "current": status, "max": "1" if status == "0" else status}
            for key, name in names.items()
        },
        **ended,
    }


def _epoch(at: datetime) -> int:
    return int(at.timestamp())


def _pacific(at: datetime) -> str:
    return at.astimezone(PACIFIC).strftime("%a, %d %b %Y %H:%M:%S %Z")


def azure(scene: Scene, path: str, _: str) -> Answer | None:
    """What is over disappears; dates end in a bare Z, and a newline stands before everything else."""
    if path != "en-us/status/feed/":
        return None
    items = [
        Item(
            event.title.lower().replace(" ", "-"),
            event.title,
            f"<p>{event.text}</p>",
            event.told,
            event.touched,
            AZURE_CATEGORIES[event.what],
        )
        for event in scene.events(*AZURE_CATEGORIES)
    ]
    site = "https://azure.status.example/en-us/status/"
    xml = rss("Azure Status", site, items, now=scene.now, dated=lambda at: rfc822(at).replace("GMT", "Z"))
    return rss_answer(f"\n{xml}")


def google(scene: Scene, path: str, _: str) -> Answer | None:
    """An archive of what is over, and before it what is open."""
    workspace = scene.service == "google-workspace"
    if path != ("appsstatus/dashboard/incidents.json" if workspace else "incidents.json"):
        return None
    products = GOOGLE_PRODUCTS[scene.service]
    archive = [scene.past(products[number % 3], 4 + 11 * number) for number in range(12)]
    events = [*scene.events(products[0], products[2] if workspace else ""), *archive]
    return json_answer([_google_incident(scene, event) for event in events])


def _google_incident(scene: Scene, event: Event) -> dict[str, Any]:
    """One that is open has no end, or one that is null."""
    impact, severity = GOOGLE_IMPACTS.get(event.shape, ("SERVICE_DISRUPTION", "medium"))
    product = {"title": event.what, "id": scene.identity("product", event.what)}
    updates = [
        {
            "created": update.at.isoformat(),
            "modified": update.at.isoformat(),
            "when": update.at.isoformat(),
            "text": f"**Summary:** {update.text}",
            "status": "AVAILABLE" if update.status == "resolved" else impact,
            "affected_locations": [],
        }
        for update in event.updates
    ]
    open_ended = {} if event.shape == "incident" else {"end": None}
    return {
        "id": event.id,
        "number": str(int(event.id, 16)),
        "begin": event.begins.isoformat(),
        "created": event.told.isoformat(),
        **({"end": event.over.isoformat()} if event.over else open_ended),
        "modified": event.touched.isoformat(),
        "external_desc": event.title,
        "updates": updates,
        "most_recent_update": updates[0],
        "status_impact": impact,
        "severity": severity,
        "service_key": product["id"],
        "service_name": event.what if scene.service == "google-workspace" else "Multiple Products",
        "affected_products": [product],
        "uri": f"incidents/{event.id}",
        "currently_affected_locations": [],
        "previously_affected_locations": [],
    }


def meta(scene: Scene, path: str, _: str) -> Answer | None:
    """The feed of logins may be ill; the other one is always well, and anything else is a shell in HTML.

    The list of all products says the same, and of those that are well that they are.
    """
    logins = scene.events("Facebook Login")
    if path == "data/orgs.json":
        state = next((META_LEVELS[event.shape] for event in logins if not event.over), "No known issues")
        states = {"Facebook Login": state, "Graph API": "No known issues", "Ads Manager": "Low disruptions"}
        return json_answer(
            [
                {"id": name.lower().replace(" ", "-"), "name": name, "services": [{"name": name, "status": told}]}
                for name, told in states.items()
            ]
        )
    if path not in META_FEEDS:
        return html_answer(page("Meta Status", "This page needs JavaScript."))
    events = logins if META_FEEDS[path] == "Facebook Login" else []
    items = [
        Item(told.id, f"[{META_LEVELS[event.shape]}]: {event.what}", told.html, told.published, told.updated)
        for event, told in ((event, item(event)) for event in events)
    ]
    title = f"Meta Status - {META_FEEDS[path]}"
    return rss_answer(rss(title, "https://metastatus.example/", items, now=scene.now))
