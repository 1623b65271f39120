"""A page in status.io's format."""

from __future__ import annotations

from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import Event, Scene, iso

CODES = {
    "incident": (500, "Service Disruption"),
    "minor": (300, "Degraded Performance"),
    "maintenance": (200, "Planned Maintenance"),
}
STATES = {"investigating": 100, "identified": 200, "monitoring": 300, "resolved": 400}


def document(scene: Scene, path: str, _: str) -> Answer | None:
    if path != "1.0/status/sandboxpage":
        return None
    events = scene.events("API")
    code = max((CODES[event.shape] for event in events if event.shape in CODES), default=None)
    now = {"status": code[1] if code else "Operational", "status_code": code[0] if code else 100}
    well = {"status": "Operational", "status_code": 100}
    container = {"id": scene.identity("container"), "name": "Primary", "updated": iso(scene.now)}
    written = {
        "status_overall": {"updated": iso(scene.now), **now},
        "status": [
            {
                "id": scene.identity(name),
                "name": name,
                "updated": iso(scene.now),
                **status,
                "containers": [container | status],
            }
            for name, status in {"API": now, "Dashboard": well, "Website": well}.items()
        ],
        "incidents": [_event(scene, event) for event in events if not event.planned],
        "maintenance": {
            "active": [_event(scene, event) for event in events if event.shape == "maintenance"],
            "upcoming": [_event(scene, event) for event in events if event.shape == "future"],
        },
    }
    return json_answer({"result": written})


def _event(scene: Scene, event: Event) -> dict[str, Any]:
    code = CODES.get(event.shape, (100, ""))[0]
    planned = {"datetime_planned_start": iso(event.begins), "datetime_planned_end": iso(event.ends or event.begins)}
    return {
        "name": event.title,
        "_id": event.id,
        "datetime_open": iso(event.told),
        **(planned if event.planned else {}),
        **({"datetime_resolved": iso(event.over)} if event.over else {}),
        "messages": [
            {
                "details": update.text,
                "state": STATES.get(update.status, 100),
                "status": 100 if update.status == "resolved" else code,
                "datetime": iso(update.at),
            }
            for update in event.updates
        ],
        "containers_affected": [{"name": "Primary", "_id": scene.identity("container")}],
        "components_affected": [{"name": event.what, "_id": scene.identity(event.what)}],
    }
