"""Auth0's own pages: the feeds of a tenant, the home page with all regions, and the uptime of each."""

from __future__ import annotations

import json
from typing import Any

from sandbox import STATIC
from sandbox.answers import Answer, html_answer, json_answer, page, text_answer
from sandbox.pages.feeds import atom, atom_answer, item, rss, rss_answer
from sandbox.pages.scene import Event, Scene, iso

SITE = "https://status.auth0.example/"
REGIONS = ("US-1", "US-3", "US-4", "US-5", "EU-1", "EU-2", "AU", "JP-1", "UK-1", "CA-1")
WHAT = "User Authentication"
IMPACTS = {"incident": "critical", "elsewhere": "critical", "minor": "minor", "resolved": "minor"}
UPTIMES = {"incident": "99.871", "elsewhere": "99.871", "minor": "99.998", "resolved": "99.982"}


def document(scene: Scene, path: str, domain: str) -> Answer | None:
    match scene.service, path:
        case "auth0", "feed" | "rss" | "api/rss":
            return _feed(scene, path, domain) if domain else text_answer("Domain is required.")
        case "auth0", "":
            return html_answer(home({"props": {"pageProps": {"activeIncidents": _regions(scene)}}, "page": "/"}))
        case "auth0", "api/uptime":
            return json_answer(
                [
                    {"region": each["region"], "environment": "Production", "uptime": each["response"]["uptime"]}
                    for each in _regions(scene)
                ]
            )
        case "auth0-uptime", "":
            rows = ", ".join(f"{each['region']} {each['response']['uptime']} %" for each in _regions(scene))
            return html_answer(page("Auth0 Uptime", f"The last 30 days: {rows}."))
    return None


def home(properties: Any) -> str:
    """The home page, which is drawn by a script from these."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Auth0 Status</title></head>\n'
        '<body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">'
        f"{properties if isinstance(properties, str) else json.dumps(properties)}</script></body></html>\n"
    )


def _feed(scene: Scene, path: str, domain: str) -> Answer:
    """The feed is the tenant's: what happens in other regions is not in it, and it is never empty."""
    items = [item(event) for event in (*scene.events(WHAT), scene.past("the Management API", 20))]
    title = f"Auth0 Status - Incidents of {domain}"
    if path == "feed":
        return atom_answer(atom(title, SITE, items, now=scene.now))
    return rss_answer(rss(title, SITE, items, now=scene.now, text_in="content:encoded"))


def _regions(scene: Scene) -> list[dict[str, Any]]:
    events = {STATIC["AUTH0_REGION"]: scene.events(WHAT), "AU": scene.events("", elsewhere=WHAT)}
    return [_region(scene, region, events.get(region, [])) for region in REGIONS]


def _region(scene: Scene, region: str, events: list[Event]) -> dict[str, Any]:
    well = {
        "status": "operational",
        "name": "All Systems Operational",
        "id": "",
        "updated_at": iso(scene.now),
        "impact": "none",
    }
    worst = min((UPTIMES[event.shape] for event in events if event.shape in UPTIMES), default="99.999")
    return {
        "region": region,
        "environment": "Production",
        "response": {
            "uptime": worst,
            "incidents": [_incident(event) for event in events] or [well],
        },
    }


def _incident(event: Event) -> dict[str, Any]:
    return {
        "status": event.status,
        "name": event.title,
        "id": event.id,
        "updated_at": iso(event.touched),
        "resolved_at": iso(event.over) if event.over else None,
        "scheduled_for": iso(event.begins) if event.planned else None,
        "monitoring_at": None,
        "authenticationAffected": event.shape in ("incident", "elsewhere"),
        "impact": IMPACTS.get(event.shape, "maintenance"),
        "isPrivate": False,
    }
