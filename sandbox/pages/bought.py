"""The pages of those who rent one out, or run one of their own: Instatus, Better Stack, Sorry, Cachet, Rootly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import Event, Scene, iso

SITE = "https://status.sandbox.example"
WHAT = "API"
OTHERS = ("Dashboard", "Website")

INSTATUS = {
    "incident": ("MAJOROUTAGE", "ONEMAJOROUTAGE"),
    "minor": ("DEGRADEDPERFORMANCE", "HASISSUES"),
    "maintenance": ("UNDERMAINTENANCE", "UNDERMAINTENANCE"),
}
BETTER_STACK = {"incident": "downtime", "minor": "degraded", "maintenance": "maintenance"}
CACHET = {"incident": (4, "Major Outage"), "minor": (2, "Performance Issues")}
ROOTLY = {"incident": ("major", "critical"), "minor": ("minor", "minor")}
"""What a page calls itself, or its component, while the shape is there; with the others it is well."""


def _worst(events: list[Event], words: dict[str, Any], well: Any) -> Any:
    shapes = {event.shape for event in events}
    return next((word for shape, word in words.items() if shape in shapes), well)


def instatus(scene: Scene, path: str, _: str) -> Answer | None:
    """What is open, and beside it how the components are; a page that is well says nothing but that it is up."""
    events = scene.events(WHAT)
    state, whole = _worst(events, INSTATUS, ("OPERATIONAL", "UP"))
    if path == "v2/components.json":
        parts = {WHAT: state, **dict.fromkeys(OTHERS, "OPERATIONAL")}
        listed = [
            {"id": scene.identity(name), "name": name, "description": "", "status": status, "group": None}
            for name, status in parts.items()
        ]
        return json_answer({"components": listed})
    if path != "summary.json":
        return None
    incidents = [_instatus_event(event) for event in events if not event.planned]
    planned = [_instatus_event(event) for event in events if event.planned]
    return json_answer(
        {
            "page": {"name": "Sandbox", "url": SITE, "status": whole},
            **({"activeIncidents": incidents} if incidents else {}),
            **({"activeMaintenances": planned} if planned else {}),
        }
    )


def _instatus_event(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": event.id,
        "name": event.title,
        "url": f"{SITE}/{event.id}",
        "updatedAt": iso(event.touched),
    }
    if event.planned and event.ends:
        minutes = int((event.ends - event.begins).total_seconds() // 60)
        state = "NOTSTARTEDYET" if event.shape == "future" else "INPROGRESS"
        return told | {"start": iso(event.begins), "status": state, "duration": str(minutes)}
    impact = INSTATUS.get(event.shape, INSTATUS["minor"])[0]
    return told | {"started": iso(event.begins), "status": event.status.upper(), "impact": impact}


def better_stack(scene: Scene, path: str, _: str) -> Answer | None:
    """One resource of each name, with a day of history for today and the days before, and reports."""
    if path != "index.json":
        return None
    events = scene.events(WHAT)
    state = _worst(events, BETTER_STACK, "operational")
    included = [
        {"id": scene.identity("section"), "type": "status_page_section", "attributes": {"name": "Services"}},
        *(_resource(scene, name, state if name == WHAT else "operational") for name in (WHAT, *OTHERS)),
        *(each for event in events for each in _report(scene, event)),
    ]
    whole = {"company_name": "Sandbox", "aggregate_state": state, "updated_at": iso(scene.now - timedelta(days=300))}
    return json_answer({"data": {"id": "1", "type": "status_page", "attributes": whole}, "included": included})


def _resource(scene: Scene, name: str, state: str) -> dict[str, Any]:
    days = [f"{scene.now - timedelta(days=ago):%Y-%m-%d}" for ago in (2, 1, 0)]
    return {
        "id": scene.identity(name),
        "type": "status_page_resource",
        "attributes": {
            "status_page_section_id": scene.identity("section"),
            "public_name": name,
            "status": state,
            "availability": 0.9999,
            "status_history": [{"day": day, "status": "operational", "downtime_duration": 0} for day in days],
        },
    }


def _report(scene: Scene, event: Event) -> list[dict[str, Any]]:
    state = BETTER_STACK.get(event.shape, "maintenance" if event.planned else "resolved")
    ends = event.ends if event.planned else event.over
    report = {
        "title": event.title,
        "report_type": "maintenance" if event.planned else "manual",
        "starts_at": iso(event.begins),
        "ends_at": iso(ends) if ends else None,
        "affected_resources": [{"status_page_resource_id": scene.identity(event.what), "status": state}],
        "aggregate_state": state,
    }
    updates = [
        {
            "id": f"{event.id}{place}",
            "type": "status_update",
            "attributes": {"message": update.text, "published_at": iso(update.at)},
            "relationships": {"status_report": {"data": {"id": event.id, "type": "status_report"}}},
        }
        for place, update in enumerate(event.updates)
    ]
    return [{"id": event.id, "type": "status_report", "attributes": report}, *updates]


def sorry(scene: Scene, path: str, _: str) -> Answer | None:
    """The state of the whole, of the components, and the notices; none of them says how bad it is."""
    events = scene.events("SMTP")
    ill = any(event.shape == "incident" for event in events)
    state = "degraded" if ill else "operational"
    match path:
        case "api/v1/status":
            told = "Some systems are degraded" if ill else "All systems are operational"
            return json_answer({"page": {"name": "Sandbox mail", "state": state, "state_text": told, "url": SITE}})
        case "api/v1/components":
            parts = {"SMTP": state, "Web": "operational"}
            return json_answer({"components": [{"id": each, "name": each, "state": parts[each]} for each in parts]})
        case "api/v1/notices":
            return json_answer({"notices": [_notice(event) for event in events]})
    return None


def _notice(event: Event) -> dict[str, Any]:
    when = "past" if event.over else "future" if event.shape == "future" else "present"
    state = {"resolved": "resolved", "future": "scheduled", "maintenance": "underway"}.get(event.shape, "investigating")
    times = {"begins_at": iso(event.begins), "ends_at": iso(event.ends) if event.ends else None}
    return {
        "id": event.id,
        "type": "planned" if event.planned else "unplanned",
        "state": state,
        "timeline_state": when,
        "subject": event.title,
        "synopsis": event.text,
        "began_at": None if event.shape == "future" else iso(event.begins),
        "ended_at": iso(event.over) if event.over else None,
        **(times if event.planned else {}),
        "updated_at": iso(event.touched),
        "url": f"{SITE}/notices/{event.id}",
        "components": [{"id": event.what, "name": event.what, "state": "degraded"}],
        "updates": [{"content": update.text, "created_at": iso(update.at)} for update in event.updates],
    }


def cachet(scene: Scene, path: str, _: str) -> Answer | None:
    """Components that nobody has touched for years, incidents and schedules, each with its page."""
    events = scene.events(WHAT)
    number, name = _worst(events, CACHET, (1, "Operational"))
    match path:
        case "api/v1/components":
            states = {WHAT: (number, name), **dict.fromkeys(OTHERS, (1, "Operational"))}
            items = [
                {"id": place, "name": each, "status": states[each][0], "status_name": states[each][1], "enabled": True}
                | {"order": 0, "group_id": 0, "updated_at": _plain(scene.now - timedelta(days=900))}
                for place, each in enumerate(states, start=1)
            ]
        case "api/v1/incidents":
            items = [_cachet_incident(event) for event in events if not event.planned]
        case "api/v1/schedules":
            items = [_cachet_schedule(event) for event in events if event.planned]
        case _:
            return None
    paged = {"total": len(items), "count": len(items), "per_page": 20, "current_page": 1, "total_pages": 1}
    return json_answer({"meta": {"pagination": paged}, "data": items})


def _cachet_incident(event: Event) -> dict[str, Any]:
    return {
        "id": int(event.id[:6], 16),
        "component_id": 1,
        "component_status": CACHET.get(event.shape, (1, ""))[0],
        "name": event.title,
        "message": event.text,
        "status": 4 if event.over else 1,
        "human_status": "Fixed" if event.over else "Investigating",
        "is_resolved": bool(event.over),
        "visible": 1,
        "permalink": f"{SITE}/incidents/{event.id}",
        "occurred_at": _plain(event.begins),
        "created_at": _plain(event.told),
        "updated_at": _plain(event.touched),
    }


def _cachet_schedule(event: Event) -> dict[str, Any]:
    state = 0 if event.shape == "future" else 1
    named = {"id": int(event.id[:6], 16), "name": event.title, "message": event.text, "status": state}
    times = {"scheduled_at": _plain(event.begins), "completed_at": None}
    return named | times | {"created_at": _plain(event.told), "updated_at": _plain(event.touched)}


def _plain(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def rootly(scene: Scene, path: str, _: str) -> Answer | None:
    """Statuspage's words for the whole, incidents without components, and no maintenances."""
    if path != "api/v1/status.json":
        return None
    events = scene.events(WHAT)
    indicator = _worst(events, ROOTLY, ("none", ""))[0]
    described = "All Systems Operational" if indicator == "none" else "Service outage"
    return json_answer(
        {
            "page": {"name": "Sandbox", "url": SITE, "time_zone": "Etc/UTC", "updated_at": iso(scene.now)},
            "status": {"indicator": indicator, "description": described},
            "incidents": [_rootly_incident(event) for event in events],
        }
    )


def _rootly_incident(event: Event) -> dict[str, Any]:
    return {
        "name": event.title,
        "status": "resolved" if event.over else "started",
        "impact": ROOTLY.get(event.shape, ("", "minor"))[1],
        "started_at": iso(event.begins),
        "resolved_at": iso(event.over) if event.over else None,
        "url": f"{SITE}/incidents/{event.id}",
        "incident_updates": [
            {"body": update.text, "status": update.status, "created_at": iso(update.at)} for update in event.updates
        ],
    }
